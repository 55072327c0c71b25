package detect_test

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/catalog"
	"kozamori/internal/dispute"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// desk answers alerts, and plays the bank's fraud desk.
func (s *stage) desk() *dispute.Service {
	return &dispute.Service{Store: s.store, Queue: nowhere{}, Now: s.World.Now, Logger: slog.New(slog.DiscardHandler)}
}

// report says "not mine" to the oldest alert, but for some of its incident.
func (s *stage) report(t *testing.T, except ...string) string {
	t.Helper()
	rs := s.history(t)
	out, err := s.desk().Answer(t.Context(), rs[len(rs)-1].IncidentID(), dispute.Answerer{Watcher: "w1", Except: except}, watch.NotMine, watch.ViaPage)
	if err != nil || out.Dispute == nil {
		t.Fatalf("the answer is %+v (%v)", out, err)
	}
	return out.Dispute.ID
}

func (s *stage) dispute(t *testing.T, id string) *watch.Dispute {
	t.Helper()
	d, err := s.store.Dispute(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// What comes after the bank has closed a report is a story of its own, told and
// answered by itself; what becomes of what was reported goes to the report.
func TestWhatComesAfterAClosedReportIsAStoryOfItsOwn(t *testing.T) {
	for _, closed := range []bool{false, true} {
		s := newStage(newHouse(t), "acc_d")
		s.do(t, events(say("debit", "a", "t", 10*time.Minute, 5000, pending)))
		id := s.report(t)
		if closed {
			for _, status := range []watch.DisputeStatus{watch.DisputeReceived, watch.DisputeClosed} {
				if _, err := s.desk().SetStatus(t.Context(), "0125", id, status, ""); err != nil {
					t.Fatal(err)
				}
			}
		}
		said := len(s.dispute(t, id).Changes)
		s.do(t, events(say("debit", "b", "u", time.Minute, 300, "")))
		next := s.history(t)[0]
		if d := s.dispute(t, id); (len(d.Changes) == said) != closed || (next.Lead == "") != closed || (len(next.Deliveries) > 0) != closed {
			t.Errorf("closed %v: %d changes more, and the next debit belongs to %q and is told in %v", closed, len(d.Changes)-said, next.Lead, states(next))
		}
		said = len(s.dispute(t, id).Changes)
		s.do(t, events(say("debit", "c", "t", 9*time.Minute, 7000, "")))
		if d := s.dispute(t, id); len(d.Changes) != said+1 {
			t.Errorf("closed %v: that more was taken than was reported makes %d changes", closed, len(d.Changes)-said)
		}
	}
}

// What came too late to be news, and was reported all the same, goes on in its report.
func TestTheBankHearsWhatBecomesOfWhatCameTooLate(t *testing.T) {
	s := newStage(newHouse(t), "acc_d")
	s.do(t, events(say("debit", "a", "t", 20*24*time.Hour, 5000, "")))
	id := s.report(t)
	said := len(s.dispute(t, id).Changes)
	s.do(t, events(say("debit.reversed", "b", "t", 19*24*time.Hour, 5000, "")))
	if d := s.dispute(t, id); len(d.Changes) != said+1 || d.Changes[said].Shows == nil || d.Changes[said].Shows.UndoneAt.IsZero() {
		t.Errorf("the changes after it was reported are %+v", d.Changes[said:])
	}
}

// The bank hears nothing of what the person said was theirs.
func TestWhatWasExceptedFromAReportIsNotReportedLater(t *testing.T) {
	s := newStage(newHouse(t), "acc_d")
	s.do(t, events(say("debit", "a", "t", 10*time.Minute, 5000, ""), say("debit", "b", "u", 9*time.Minute, 300, pending)))
	id := s.report(t, s.history(t)[0].ID)
	was := s.dispute(t, id)
	s.do(t, events(say("debit", "c", "u", 8*time.Minute, 900, "")))
	if d := s.dispute(t, id); len(d.Changes) != len(was.Changes) || len(d.Also) != 0 || d.Version != was.Version {
		t.Errorf("the bank is told %+v, in version %d after %d", d.Changes[len(was.Changes):], d.Version, was.Version)
	}
}

// A report outlives the record that it was made on, which is kept for a time
// only or erased alone.
func TestTheBankHearsOfFurtherDebitsThoughTheRecordIsGone(t *testing.T) {
	s := newStage(newHouse(t), "acc_d")
	s.do(t, events(say("debit", "a", "t", 10*time.Minute, 5000, "")))
	id := s.report(t)
	gone := store.PutRecord(s.history(t)[0])
	gone.Delete = true
	s.Put(gone)
	s.jobs = nil
	s.do(t, events(say("debit", "b", "u", time.Minute, 300, "")))
	d := s.dispute(t, id)
	if c := d.Changes[len(d.Changes)-1]; c.Further == nil || c.Further.Amount != 300 || len(d.Also) != 1 {
		t.Errorf("the latest change is %+v", c)
	}
	if !slices.ContainsFunc(s.jobs, func(j string) bool { return strings.HasSuffix(j, id) }) {
		t.Errorf("the bank is not told: %q", s.jobs)
	}
}

// An event that comes again queues again what an earlier try may have died
// before it queued: what waits for its reader, once, and the report. Nothing
// else.
func TestARepetitionQueuesAgainWhatWaits(t *testing.T) {
	first, second := say("debit", "a", "t", 10*time.Minute, 5000, ""), say("debit", "b", "u", 9*time.Minute, 300, "")
	twin := say("debit", "c", "t", 8*time.Minute, 700, `,"descriptor":"PAYPAY"`) // the same id, another debit
	joined := say("debit", "d", "t", 20*time.Hour, 500, "")                      // another one, which joins the incident
	for name, c := range map[string]struct {
		answered bool
		again    jsontext.Value
		want     []string
	}{
		"the first of an incident":          {false, first, []string{"lead", "twin"}},
		"a further one":                     {false, second, []string{"lead"}},
		"another debit of the id":           {false, twin, []string{"lead", "twin"}},
		"one of the id that joined":         {false, joined, []string{"lead", "twin"}},
		"a further one of what is reported": {true, second, []string{"lead", "report"}},
	} {
		s := newStage(newHouse(t), "acc_r")
		s.do(t, events(first, second))
		lead := s.history(t)[1]
		if name == "one of the id that joined" {
			s.do(t, events(joined))
		}
		names := map[string]string{lead.ID + lead.Deliveries[0].ID: "lead"}
		if c.answered {
			names[s.report(t)] = "report"
		} else {
			s.do(t, events(twin))
			other := s.history(t)[0]
			names[other.ID+other.Deliveries[0].ID] = "twin"
		}
		s.jobs = nil
		s.do(t, events(c.again))
		var got []string
		for _, j := range s.jobs {
			got = append(got, names[strings.ReplaceAll(j, " ", "")])
		}
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q are queued, want %q (%q)", name, got, c.want, s.jobs)
		}
	}
}

// What joins a report has a last day to claim it, of which people are reminded on
// the record of the report.
func TestWhatJoinsAReportIsRemindedOf(t *testing.T) {
	s := newStage(newHouse(t), "acc_d")
	s.do(t, events(say("debit", "a", "t", 10*time.Minute, 5000, "")))
	id := s.report(t)
	claims := func() (days []time.Time) {
		for _, r := range s.history(t) {
			for _, d := range r.Deliveries {
				if d.Kind == watch.TellClaim {
					if r.ID != s.dispute(t, id).Record || !r.Due.Before(watch.ClaimDay(d.Seq)) {
						t.Errorf("%s is on %s, due at %s", d.ID, r.Txn, r.Due)
					}
					days = append(days, watch.ClaimDay(d.Seq))
				}
			}
		}
		return days
	}
	before := claims()
	s.do(t, events(say("debit", "b", "u", time.Minute, 300, `,"descriptor":"KYASH"`)))
	act, err := s.store.Activity(t.Context(), s.key)
	if err != nil {
		t.Fatal(err)
	}
	if of, _ := act.ReportedOf("kyash", s.World.Now()); of != id {
		t.Errorf("what joined is reported by %q, want %q", of, id)
	}
	want := catalog.ClaimDays(s.dispute(t, id).TotalAt(0), "0125", s.dispute(t, id).AnsweredAt)
	after := claims()
	slices.SortFunc(after, time.Time.Compare)
	if len(after) <= len(before) || !slices.EqualFunc(after, want, time.Time.Equal) {
		t.Errorf("reminded are %v, and %v after another debit joined, want %v", before, after, want)
	}
}
