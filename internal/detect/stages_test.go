package detect_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/catalog"
	"kozamori/internal/dispute"
	"kozamori/internal/watch"
)

// A debit that may be a bill is one bill, however many stages its bank tells of.
func TestTheStagesOfADebitAreOneBill(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const card = `,"descriptor":"PAYPAYｶ"`
	h.send(t, say("debit", "a", "t", 10*time.Minute, 9000, card+pending))
	h.send(t, say("debit", "b", "t", 5*time.Minute, 9100, card))
	bills, err := h.store.Bills(t.Context(), h.key)
	if err != nil || len(bills.Forms) != 1 || len(bills.Forms[0].Debits) != 1 || bills.Forms[0].Debits[0].Amount != 9000 {
		t.Errorf("remembered are %+v (%v)", bills, err)
	}
	if rs := h.history(t); len(rs) != 1 || rs[0].Amount != 9100 {
		t.Errorf("on record are %d debits, the first of %d yen", len(rs), rs[0].Amount)
	}
}

// Of two debits of one id, a reversal that names a service undoes that of the
// service, though the other one came later.
func TestAReversalUndoesTheDebitOfTheServiceThatItNames(t *testing.T) {
	t.Parallel()
	for service, want := range map[string]string{"docomo": "docomo", "paypay": "paypay", "": "paypay"} {
		h := newHouse(t)
		h.send(t, say("debit", "a", "t", 10*time.Minute, 300, ""), say("debit", "b", "t", 9*time.Minute, 300, `,"descriptor":"PAYPAY"`))
		more := ""
		if service != "" {
			more = `,"service":"` + service + `"`
		}
		h.send(t, say("debit.reversed", "r", "t", time.Minute, 300, more))
		undone := ""
		for _, r := range h.history(t) {
			if !r.UndoneAt.IsZero() {
				undone += r.Service
			}
		}
		if undone != want {
			t.Errorf("a reversal that names %q undoes the debit of %q, want %q", service, undone, want)
		}
	}
}

// That a debit was presented again is written down for the record of the later
// one, though the bank said no more of that, and though it was written once only.
func TestThatADebitIsPresentedAgainIsOnRecordWhenTheReturnIsHeardOfLast(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.send(t, say("debit", "a", "t", 26*time.Hour, 3000, ""))
	h.send(t, say("debit", "b", "t", time.Hour, 3000, ""))
	h.send(t, say("debit.reversed", "r", "t", 25*time.Hour, 3000, ""))
	rs := h.history(t)
	if len(rs) != 2 || !rs[0].AfterReturn || !rs[0].UndoneAt.IsZero() || rs[1].AfterReturn || rs[1].UndoneAt.IsZero() {
		t.Fatalf("%d records, the later of them presented again: %v", len(rs), rs[0].AfterReturn)
	}
}

// What becomes of a transaction goes to the report that it is in, also when
// what had been called the person's own was reported later, under another
// number.
func TestWhatWasReportedFirstGoesOnInItsOwnReport(t *testing.T) {
	t.Parallel()
	s := newStage(newHouse(t), "acc_d")
	s.do(t, events(say("debit", "a", "t", 10*time.Minute, 5000, pending), say("debit", "b", "u", 9*time.Minute, 300, pending)))
	rs := s.history(t)
	lead := rs[len(rs)-1]
	first := s.report(t, rs[0].ID)
	for _, status := range []watch.DisputeStatus{watch.DisputeReceived, watch.DisputeClosed} {
		if _, err := s.desk().SetStatus(t.Context(), "0125", first, status, ""); err != nil {
			t.Fatal(err)
		}
	}
	out, err := s.desk().Answer(t.Context(), lead.ID, dispute.Answerer{Watcher: "w1", Confirmed: s.dispute(t, first).AnsweredAt}, watch.NotMine, watch.ViaPage)
	if err != nil || out.Dispute == nil || out.Dispute.Follows != first {
		t.Fatalf("reported later is %+v (%v)", out, err)
	}
	second := out.Dispute.ID
	for _, c := range []struct {
		event, txn    string
		yen           int64
		first, second int // changes more
	}{{"c", "t", 7000, 1, 0}, {"d", "u", 900, 0, 1}} {
		before, after := len(s.dispute(t, first).Changes), len(s.dispute(t, second).Changes)
		s.do(t, events(say("debit", c.event, c.txn, 8*time.Minute, c.yen, "")))
		if f, n := len(s.dispute(t, first).Changes)-before, len(s.dispute(t, second).Changes)-after; f != c.first || n != c.second {
			t.Errorf("that %s was posted at %d yen is %d changes of the first report and %d of the one that follows it, want %d and %d",
				c.txn, c.yen, f, n, c.first, c.second)
		}
	}
}

// An incident that is full goes on in pieces of it, each as full as the first,
// until there are as many as a report holds; what comes then begins another one.
func TestAFullIncidentGoesOnInPiecesOfIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const each = watch.MaxMembers + 1
	n := 0
	more := func(count int) {
		var events []jsontext.Value
		for range count {
			n++
			events = append(events, say("debit", fmt.Sprint("e", n), fmt.Sprint("t", n), 10*time.Minute-time.Duration(n)*time.Second, 100, ""))
		}
		h.send(t, events...)
	}
	for _, c := range []struct {
		further int
		want    string // how many debits each piece tells of, and which incident they are of
	}{
		{each, "51"},
		{1, "51 1"},
		{each - 1, "51 51"},
		{1, "51 51 1"}, // behind the last piece, not the first
		{3*each - 1, "51 51 51 51 51"},
		{each, "51 51 51 51 51 51"},
		{2, "51 51 51 51 51 51 / 2"},
	} {
		more(c.further)
		all := map[string]*watch.Record{}
		var roots []*watch.Record
		for r, err := range h.store.History(t.Context(), h.key, time.Time{}, time.Time{}) {
			if err != nil {
				t.Fatal(err)
			}
			all[r.ID] = r
		}
		for _, r := range all {
			if r.Lead == "" && r.Continues == "" {
				roots = append(roots, r)
			}
		}
		slices.SortFunc(roots, func(a, b *watch.Record) int { return a.OccurredAt.Compare(b.OccurredAt) })
		var got []string
		for _, root := range roots {
			sizes := fmt.Sprint(len(root.Parts()))
			for _, id := range root.Pieces {
				p := all[id]
				if p.Continues != root.ID || len(p.Deliveries) == 0 {
					t.Errorf("%s continues %q and is told in %v", p.Txn, p.Continues, states(p))
				}
				sizes += fmt.Sprint(" ", len(p.Parts()))
			}
			got = append(got, sizes)
		}
		if s := strings.Join(got, " / "); s != c.want {
			t.Fatalf("after %d debits the pieces are %q, want %q", n, s, c.want)
		}
	}
}

// What goes on after days goes on from the latest piece of an incident, however long ago
// the first was.
func TestAnIncidentInPiecesGoesOnFromTheLatest(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := 0
	for _, c := range []struct {
		ago    time.Duration
		debits int
	}{{45 * time.Hour, watch.MaxMembers + 1}, {24 * time.Hour, watch.MaxMembers + 1}, {3 * time.Hour, 1}} {
		var events []jsontext.Value
		for range c.debits {
			n++
			events = append(events, say("debit", fmt.Sprint("e", n), fmt.Sprint("t", n), c.ago-time.Duration(n)*time.Second, 100, ""))
		}
		h.send(t, events...)
	}
	var roots []*watch.Record
	for r, err := range h.store.History(t.Context(), h.key, time.Time{}, time.Time{}) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Lead == "" && r.Continues == "" {
			roots = append(roots, r)
		}
	}
	if len(roots) != 1 || len(roots[0].Pieces) != 2 {
		t.Fatalf("%d debits of three days are %d incidents, the last of which has %d further pieces", n, len(roots), len(roots[0].Pieces))
	}
}

// The message of a new piece comes some seconds after that of the piece before it, as a
// second message of one incident does.
func TestANewPieceIsToldAfterTheOneBefore(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var events []jsontext.Value
	for n := range watch.MaxMembers + 2 {
		events = append(events, say("debit", fmt.Sprint("e", n), fmt.Sprint("t", n), 10*time.Minute-time.Duration(n)*time.Second, 100, ""))
	}
	h.send(t, events[1:]...)
	h.accept(t)
	h.send(t, events[0])
	for _, r := range h.history(t) {
		if r.Continues != "" && (len(r.Deliveries) != 1 || !r.Deliveries[0].After.Equal(received.Add(watch.GatherFor))) {
			t.Errorf("it is told by %+v", r.Deliveries)
		} else if r.Continues != "" {
			return
		}
	}
	t.Error("the incident does not go on")
}

// A posting is a stage of the debit of its id, also when its text names somebody
// else, of whom nobody is told.
func TestAPostingThatNamesSomebodyElseIsAStage(t *testing.T) {
	t.Parallel()
	const other = "NTTﾄﾞｺﾓ"
	if catalog.Nameless("0125", other, "") {
		t.Fatalf("%q names no one", other)
	}
	h := newHouse(t)
	h.send(t, say("debit", "a", "t", 10*time.Minute, 3000, pending))
	h.send(t, say("debit", "b", "t", 5*time.Minute, 9000, `,"descriptor":"`+other+`"`), say("debit", "c", "u", 5*time.Minute, 9000, `,"descriptor":"`+other+`"`))
	rs := h.history(t)
	if len(rs) != 1 || rs[0].Amount != 9000 || rs[0].Service != "docomo" || rs[0].Status != watch.Posted {
		t.Errorf("on record are %d, the first of %d yen by %s", len(rs), rs[0].Amount, rs[0].Service)
	}
}
