package watch

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestNewsAreLateAndThenHistory(t *testing.T) {
	for _, c := range []struct {
		after                time.Duration
		dateOnly, late, past bool
	}{
		{0, false, false, false}, {-time.Hour, false, false, false}, {-30 * time.Hour, false, false, false},
		{3*time.Hour - 1, false, false, false}, {3 * time.Hour, false, true, false}, {8 * time.Hour, false, true, false},
		{27*time.Hour - 1, true, false, false}, {27 * time.Hour, true, true, false},
		{7 * 24 * time.Hour, false, true, false}, {7*24*time.Hour + 1, false, true, true},
	} {
		r := &Record{OccurredAt: noon, ReceivedAt: noon.Add(c.after), DateOnly: c.dateOnly, Complete: true}
		heard := time.Time{}
		if c.late {
			heard = r.ReceivedAt
		}
		if past := r.TooLate(); !r.HeardAt().Equal(heard) || past != c.past {
			t.Errorf("received after %s (date only: %v): late %s, history %v", c.after, c.dateOnly, r.HeardAt(), past)
		}
		// What a message says stays, whatever becomes of the record.
		said := r.Shows("")
		r.ReceivedAt = r.ReceivedAt.Add(100 * time.Hour)
		if !r.As(said).HeardAt().Equal(heard) {
			t.Errorf("received after %s: a message says that it was heard of at %s", c.after, r.As(said).HeardAt())
		}
	}
}

func TestWhatHappenedBeforeSomebodyWatchedIsHistoryToThem(t *testing.T) {
	w := &Watcher{Since: noon} // 2 November in Japan
	for at, want := range map[time.Time]bool{
		noon: false, noon.Add(-5 * time.Minute): false, noon.Add(-5*time.Minute - 1): true, noon.Add(-time.Hour): true, noon.Add(time.Hour): false,
	} {
		if got := (&Record{OccurredAt: at}).BeforeWatched(w); got != want {
			t.Errorf("%s is history: %v", at, got)
		}
	}
	day := func(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, JST) }
	for at, want := range map[time.Time]bool{day(1): true, day(2): false, day(3): false} {
		if got := (&Record{OccurredAt: at, DateOnly: true}).BeforeWatched(w); got != want {
			t.Errorf("the day %s is history: %v", at, got)
		}
	}
}

// A summary says each thing that came too late once: those of ten minutes in
// one message, and no two messages in a day.
func TestSummariesSayEachLateRecordOnce(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 3))
		a, now := &Activity{}, noon
		var debits, links int
		var yen int64
		var sums []*Summary
		for i := range 60 {
			now = now.Add(time.Duration(r.IntN(400)) * time.Minute)
			rec := &Record{ID: fmt.Sprint(i), Kind: Debit, OccurredAt: noon.AddDate(0, 0, -r.IntN(300)), Amount: int64(1 + r.IntN(1000))}
			rec.Returned = int64(r.IntN(int(rec.Amount)))
			switch r.IntN(4) {
			case 0:
				rec.Kind, rec.Amount, rec.Returned = LinkRegistered, 0, 0
				links++
			case 1:
				rec.UndoneAt = noon
				debits++
			default:
				debits++
				yen += rec.Amount - rec.Returned
			}
			was := a.Summary
			fresh := a.Sum(nil, rec, now)
			s := a.Summary
			if fresh != (was == nil || !now.Before(was.Until)) || fresh != (s != was) {
				t.Fatalf("seed %d: a new summary at %s: %v, the one before until %v", seed, now, fresh, was)
			}
			if fresh {
				sums = append(sums, s)
				if s.Record != rec.ID || !s.FirstAt.Equal(rec.OccurredAt) || !s.LastAt.Equal(rec.OccurredAt) {
					t.Fatalf("seed %d: a new summary is %+v", seed, s)
				}
				want := now.Add(10 * time.Minute)
				if was != nil {
					want = slices.MaxFunc([]time.Time{want, was.Until.Add(24 * time.Hour)}, time.Time.Compare)
				}
				if !s.Until.Equal(want) {
					t.Fatalf("seed %d: gathered until %s, want %s", seed, s.Until, want)
				}
			}
			if s.FirstAt.After(rec.OccurredAt) || s.LastAt.Before(rec.OccurredAt) {
				t.Fatalf("seed %d: %s lies outside of %s to %s", seed, rec.OccurredAt, s.FirstAt, s.LastAt)
			}
		}
		for _, s := range sums {
			debits, links, yen = debits-s.Debits, links-s.Links, yen-s.Yen
		}
		if debits != 0 || links != 0 || yen != 0 {
			t.Fatalf("seed %d: not said: %d debits, %d links, %d yen", seed, debits, links, yen)
		}
	}
}

func TestASeedIsHistoryAndOneLinkOfADay(t *testing.T) {
	k := AccountKey{Bank: "0125", Ref: "a"}
	s := Seed{Descriptor: "ﾄﾞｺﾓ", Since: time.Date(2026, 3, 1, 0, 0, 0, 0, JST), DateOnly: true, Route: "web"}
	r := s.Record(k, "***1", "docomo", Seen, "", noon)
	if !r.Past || r.Kind != LinkRegistered || !r.Complete || r.Service != "docomo" || r.Confidence != Seen || r.Descriptor != "ﾄﾞｺﾓ" || r.Route != "web" || !r.DateOnly ||
		r.Mask != "***1" || r.Account != k || !r.OccurredAt.Equal(s.Since) || !r.ReceivedAt.Equal(noon) || !r.RecordedAt.Equal(noon) || r.Txn != r.ID || r.Event != r.ID || r.ID == "" {
		t.Errorf("%+v", r)
	}
	if plain := NewRecord("x", k, r.Story()[0]); !r.Seeded() || plain.Seeded() {
		t.Errorf("named by the bank when it bound the account: %v; sent by it: %v", r.Seeded(), plain.Seeded())
	}
	id := func(change func(*Seed, *AccountKey, *string)) string {
		s, k, service := s, k, "docomo"
		change(&s, &k, &service)
		return s.Record(k, "", service, Seen, "", noon).ID
	}
	for name, same := range map[string]string{
		"later on its day": id(func(s *Seed, _ *AccountKey, _ *string) { s.Since = s.Since.Add(24*time.Hour - 1).UTC() }),
		"in other words":   id(func(s *Seed, _ *AccountKey, _ *string) { s.Descriptor, s.Route = "X", "" }),
	} {
		if same != r.ID {
			t.Errorf("the link %s is another", name)
		}
	}
	unknown := id(func(_ *Seed, _ *AccountKey, service *string) { *service = "" })
	for name, other := range map[string]string{
		"day":       id(func(s *Seed, _ *AccountKey, _ *string) { s.Since = s.Since.Add(24 * time.Hour) }),
		"day ago":   id(func(s *Seed, _ *AccountKey, _ *string) { s.Since = s.Since.Add(-1) }),
		"bank":      id(func(_ *Seed, k *AccountKey, _ *string) { k.Bank = "0168" }),
		"account":   id(func(_ *Seed, k *AccountKey, _ *string) { k.Ref = "b" }),
		"service":   id(func(_ *Seed, _ *AccountKey, service *string) { *service = "paypay" }),
		"knowledge": unknown,
	} {
		if other == r.ID {
			t.Errorf("the link of another %s is the same", name)
		}
	}
	if id(func(s *Seed, _ *AccountKey, service *string) { s.Descriptor, *service = "X", "" }) == unknown {
		t.Error("two unknown services are one")
	}
}

// News end a week after it happened, or after the end of the day by which it is known.
func TestWhatIsAWeekLateIsHistory(t *testing.T) {
	day := 24 * time.Hour
	midnight := noon.Add(-12 * time.Hour)
	for _, c := range []struct {
		at       time.Time
		dateOnly bool
		after    time.Duration
		history  bool
	}{
		{noon, false, 7 * day, false},
		{noon, false, 7*day + time.Millisecond, true},
		{midnight, true, 7 * day, false},
		{midnight, true, 8*day - time.Millisecond, false},
		{midnight, true, 8 * day, false},
		{midnight, true, 8*day + time.Millisecond, true},
	} {
		e := Entry{Event: "e", Kind: Debit, Status: Posted, At: c.at, ReceivedAt: c.at.Add(c.after), Amount: 9, Service: "docomo", DateOnly: c.dateOnly}
		r := NewRecord("r", AccountKey{}, e)
		r.Txn = "t"
		if got := r.TooLate(); got != c.history {
			t.Errorf("%s after, day %v: history %v, want %v", c.after, c.dateOnly, got, c.history)
		}
		if got := r.As(r.Shows("")).TooLate(); got != c.history {
			t.Errorf("%s after, day %v: as it was shown history %v, want %v", c.after, c.dateOnly, got, c.history)
		}
		// A later stage is late by its own time, and tells of what was critical without hurry.
		first := Entry{Event: "d", Kind: Debit, Status: Pending, At: c.at.Add(-day), ReceivedAt: c.at.Add(-day), Amount: 1, Service: "docomo"}
		s := NewRecord("s", AccountKey{}, first)
		s.Notices = []Notice{{Watcher: "w", Reasons: Because(AfterNewLink)}}
		was := s.Shows("w")
		if _, fresh, err := Add([]*Record{s}, e); err != nil || len(fresh) > 0 || s.Amount != 9 {
			t.Fatalf("no stage of it: %+v", s)
		}
		if got := s.Urgency([]Said{{Record: "s", Was: was}}, "w").Critical(); got == c.history {
			t.Errorf("%s after, day %v: a change is critical: %v", c.after, c.dateOnly, got)
		}
	}
}

// A summary is of what came from its beginning on until the next one begins, and
// still stands; each record is in one summary.
func TestASummaryIsOfWhatCameBeforeTheNext(t *testing.T) {
	next := noon.Add(time.Hour)
	rec := func(id string, at time.Time, change func(*Record)) *Record {
		r := &Record{ID: id, Kind: Debit, Past: true, Complete: true, Amount: 1000, Returned: 1, OccurredAt: noon.Add(-100 * time.Hour), SummedAt: at}
		if change != nil {
			change(r)
		}
		return r
	}
	summary := func(seq int, at time.Time) Delivery {
		return Delivery{ID: "s", Kind: TellSummary, Seq: seq, CreatedAt: at}
	}
	first := rec("first", noon, func(r *Record) {
		// Of another channel it was made a moment later; and other kinds count for nothing.
		r.Deliveries = []Delivery{summary(0, noon.Add(time.Second)), summary(0, noon), {ID: "x", Kind: TellMore, CreatedAt: noon.Add(-time.Hour)}}
	})
	second := rec("second", next, func(r *Record) { r.Deliveries = []Delivery{summary(0, next), summary(1, next.Add(time.Hour))} })
	all := []*Record{
		first, second,
		rec("before", noon.Add(-1), nil),
		rec("last", next.Add(-1), func(r *Record) { r.OccurredAt = r.OccurredAt.Add(time.Hour) }),
		rec("link", noon.Add(1), func(r *Record) { r.Kind, r.OccurredAt = LinkRegistered, r.OccurredAt.Add(-time.Hour) }),
		rec("undone", noon.Add(1), func(r *Record) { r.UndoneAt = noon }),
		rec("half", noon.Add(1), func(r *Record) { r.Complete = false }),
		rec("news", noon.Add(1), func(r *Record) { r.Past = false }),
		rec("never", time.Time{}, nil),
		rec("late", next.Add(2*time.Hour), nil),
	}
	for name, c := range map[string]struct {
		of          *Record
		seq         int
		debits      int
		links       int
		yen         int64
		first, last time.Duration // before noon
	}{
		"the first":             {first, 0, 2, 1, 1998, 101 * time.Hour, 99 * time.Hour},
		"the next":              {second, 0, 1, 0, 999, 100 * time.Hour, 100 * time.Hour},
		"the latest has no end": {second, 1, 1, 0, 999, 100 * time.Hour, 100 * time.Hour},
	} {
		got := c.of.SumUp(summaryOf(t, c.of, c.seq), all, noon.Add(99*time.Hour))
		if got.Debits != c.debits || got.Links != c.links || got.Yen != c.yen || !got.At.Equal(noon.Add(99*time.Hour)) ||
			!got.FirstAt.Equal(noon.Add(-c.first)) || !got.LastAt.Equal(noon.Add(-c.last)) || got.Empty() {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if n := second.Summaries(); n != 2 {
		t.Errorf("it carries %d summaries", n)
	}
	if n := all[2].Summaries(); n != 0 {
		t.Errorf("one that carries none has %d", n)
	}
}

// What a statement tells did not come from the bank late: nothing is said of that.
func TestWhatAStatementTellsIsNotLate(t *testing.T) {
	t.Parallel()
	row := StatementRow{Day: time.Date(2019, 10, 5, 0, 0, 0, 0, JST), Yen: 9, Text: "ﾄﾞｺﾓｺｳｻﾞ"}
	now := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	r := row.Record(&Account{AccountKey: AccountKey{Bank: "0125", Ref: "a"}}, "docomo", Seen, "", "", now)
	lead := row.Record(&Account{AccountKey: AccountKey{Bank: "0125", Ref: "b"}}, "docomo", Seen, "", "", now)
	lead.Join(r)
	for _, p := range append(lead.Parts(), r) {
		if !p.HeardAt().IsZero() || !p.OfStatement() || !p.DateOnly || p.Amount != 9 {
			t.Errorf("%+v", p)
		}
	}
}
