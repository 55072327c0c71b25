package watch

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"kozamori/internal/codec"
)

// remembered is what an activity should remember of records, the slow way:
// from all of them at once.
func remembered(records []*Record) *Activity {
	a := &Activity{Services: map[string]*ServiceActivity{}}
	var last time.Time
	var debits []RecentDebit
	for _, r := range records {
		s := a.Services[r.Service]
		if s == nil {
			s = &ServiceActivity{FirstAt: r.OccurredAt, Months: map[string]int64{}}
			a.Services[r.Service] = s
		}
		s.FirstAt = slices.MinFunc([]time.Time{s.FirstAt, r.OccurredAt}, time.Time.Compare)
		s.LastAt = slices.MaxFunc([]time.Time{s.LastAt, r.OccurredAt}, time.Time.Compare)
		last = slices.MaxFunc([]time.Time{last, r.OccurredAt}, time.Time.Compare)
		if r.Kind == LinkRegistered {
			s.Links = append(s.Links, Link{Record: r.ID, RegisteredAt: r.OccurredAt, RemovedAt: r.UndoneAt})
			continue
		}
		s.Debits++
		if r.Confidence == Undecided {
			s.Doubtful++
		}
		if r.UndoneAt.IsZero() {
			debits = append(debits, RecentDebit{Record: r.ID, At: r.OccurredAt, Amount: r.Amount, Service: r.Service})
			s.Months[r.OccurredAt.In(JST).Format("2006-01")] += r.Amount - r.Returned
		}
	}
	for _, s := range a.Services {
		slices.SortFunc(s.Links, func(x, y Link) int { return x.RegisteredAt.Compare(y.RegisteredAt) })
		var kept []Link // the latest fifty that stand, and the latest ten that do not
		n := map[bool]int{}
		for _, l := range slices.Backward(s.Links) {
			if n[l.RemovedAt.IsZero()]++; n[true] <= 50 && l.RemovedAt.IsZero() || n[false] <= 10 && !l.RemovedAt.IsZero() {
				kept = slices.Insert(kept, 0, l)
			}
		}
		s.Links = kept
		var months []string
		for m := range s.Months {
			months = append(months, m)
		}
		slices.Sort(months)
		for _, m := range months[:max(0, len(months)-2)] {
			delete(s.Months, m)
		}
		if len(s.Months) == 0 {
			s.Months = nil
		}
	}
	debits = slices.DeleteFunc(debits, func(d RecentDebit) bool { return last.Sub(d.At) > 7*24*time.Hour+time.Hour })
	slices.SortFunc(debits, func(x, y RecentDebit) int { return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Record, y.Record)) })
	a.Recent = debits[max(0, len(debits)-100):]
	return a
}

// The bounds of months, links and recent debits keep the latest, whatever
// order the records come in.
func TestAnActivityRemembersTheLatest(t *testing.T) {
	for seed := range uint64(90) {
		r := rand.New(rand.NewPCG(seed, 5))
		var records []*Record
		// Over two years, or over ten days: one bound is met, or another.
		span := []int{730 * 24 * 60, 10 * 24 * 60, 8 * 24 * 60}[seed%3]
		for i := range 1 + r.IntN(300) {
			x := &Record{ID: fmt.Sprint(i), Kind: Debit, Complete: true, Service: []string{"docomo", "docomo", "paypay"}[r.IntN(3)],
				OccurredAt: noon.Add(time.Duration(r.IntN(span)) * time.Minute), Amount: int64(1 + r.IntN(9))}
			if r.IntN(3) == 0 {
				x.Confidence = Undecided
			}
			if i < 2 { // the ends, and exactly as long ago as is remembered
				x.OccurredAt = noon.Add(time.Duration(span) * time.Minute).Add(-time.Duration(i) * (7*24 + 1) * time.Hour)
			}
			switch kind := r.IntN(8); {
			case i == 0: // the latest stands
			case kind == 0:
				x.Kind, x.Amount, x.Route = LinkRegistered, 0, "web"
				x.OccurredAt = x.OccurredAt.Add(time.Duration(i) * time.Millisecond) // no two at one moment
				if i%2 == 0 {
					x.UndoneAt = x.OccurredAt.Add(time.Hour)
				}
			case kind == 1:
				x.UndoneAt = x.OccurredAt.Add(time.Hour)
			case kind == 2:
				x.Returned = int64(r.IntN(int(x.Amount)))
			}
			records = append(records, x)
		}
		want := remembered(records)
		// The latest comes last: what is too old goes when a debit is added.
		r.Shuffle(len(records)-1, func(i, j int) { records[i+1], records[j+1] = records[j+1], records[i+1] })
		slices.Reverse(records)
		got := &Activity{}
		for _, x := range records {
			got.Apply(x)
		}
		for id, s := range got.Services {
			if last := lastStanding(got.Recent, id); last != 0 && s.LastAmount != last {
				t.Fatalf("seed %d: the last amount of %s is %d, want %d", seed, id, s.LastAmount, last)
			}
			s.LastAmount = 0
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d: the slow way (-) and the activity (+):\n%s", seed, diff)
		}
	}
}

// lastStanding is the amount of the latest debit of a service, the greatest of
// those at one moment; 0 if there is none.
func lastStanding(recent []RecentDebit, service string) int64 {
	var at time.Time
	var yen int64
	for _, d := range recent {
		if d.Service == service && (d.At.After(at) || d.At.Equal(at) && d.Amount > yen) {
			at, yen = d.At, d.Amount
		}
	}
	return yen
}

func TestAHistoryReachesAsFarBackAsItWasTold(t *testing.T) {
	a := &Activity{}
	if a.Since(time.Time{}) || !a.HistoryFrom.IsZero() {
		t.Error("no time is taken for one")
	}
	for _, c := range []struct {
		from time.Time
		news bool
	}{{noon, true}, {noon, false}, {noon.Add(1), false}, {noon.Add(-1), true}, {noon, false}, {time.Time{}, false}} {
		was := a.HistoryFrom
		if news := a.Since(c.from); news != c.news || news && !a.HistoryFrom.Equal(c.from) || !news && !a.HistoryFrom.Equal(was) {
			t.Errorf("%s: news %v, known since %s", c.from, news, a.HistoryFrom)
		}
	}
	a.HistoryFrom = noon
	for at, want := range map[time.Time]time.Duration{noon: 0, noon.Add(-1): 0, noon.Add(time.Hour): time.Hour} {
		if got := a.Facts(&Record{Kind: Debit, Service: "docomo", OccurredAt: at}).KnownFor; got != want {
			t.Errorf("at %s it is known for %s, want %s", at, got, want)
		}
	}
	if got := (&Activity{}).Facts(&Record{Kind: Debit, Service: "docomo", OccurredAt: noon}).KnownFor; got != 0 {
		t.Errorf("an account of which nothing is known is known for %s", got)
	}
}

func TestFactsOfARecord(t *testing.T) {
	yen := func(n int64) *int64 { return &n }
	a := &Activity{Services: map[string]*ServiceActivity{"docomo": {Links: []Link{{RegisteredAt: noon}}}}}
	for name, c := range map[string]struct {
		r    Record
		want Facts
	}{
		"a link":                                 {Record{Kind: LinkRegistered, Service: "docomo"}, Facts{Link: true, Service: "docomo"}},
		"a debit of no service, at the last yen": {Record{Kind: Debit, Amount: 5, Balance: yen(0)}, Facts{Amount: 5}},
		"an overdraft":                           {Record{Kind: Debit, Amount: 5, Balance: yen(-1)}, Facts{Amount: 5, Overdrawn: true}},
		"one that may be a bill":                 {Record{Kind: Debit, Amount: 5, Confidence: Undecided, Other: "カードの請求"}, Facts{Amount: 5, Undecided: true}},
		"one next to an unknown word":            {Record{Kind: Debit, Amount: 5, Confidence: Undecided}, Facts{Amount: 5}},
		"one of which the day alone is known":    {Record{Kind: Debit, Amount: 5, DateOnly: true, OccurredAt: noon}, Facts{Amount: 5, DateOnly: true, OccurredAt: noon}},
		"a debit of a service that was linked":   {Record{Kind: Debit, Amount: 5, Service: "docomo", OccurredAt: noon}, Facts{Amount: 5, Service: "docomo", MonthTotal: 5, AfterLink: true, OccurredAt: noon}},
	} {
		if diff := gocmp.Diff(c.want, a.Facts(&c.r)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// A record that only its undoing has reached adds nothing to take back.
func TestHalfARecordLeavesTheActivityAlone(t *testing.T) {
	a := &Activity{}
	a.Apply(&Record{ID: "1", Kind: Debit, Service: "docomo", Amount: 5, Complete: true, OccurredAt: noon})
	want := a.Clone()
	half := NewRecord("2", AccountKey{}, Entry{Event: "e", Kind: DebitReversed, At: noon, Amount: 5})
	a.Apply(half)
	a.Replace(half, nil)
	half.Service = "docomo"
	a.Replace(half, nil)
	a.Replace(&Record{ID: "3", Kind: Debit, Amount: 9, Complete: true, OccurredAt: noon}, nil) // of no service
	a.Replace(&Record{ID: "4", Kind: LinkRegistered, Service: "none", Complete: true}, nil)
	if diff := gocmp.Diff(want, a); diff != "" {
		t.Error(diff)
	}
	a.Replace(&Record{ID: "1", Kind: Debit, Service: "docomo", Amount: 5, Complete: true, OccurredAt: noon}, nil)
	if s := a.Services["docomo"]; s.Debits != 0 || len(s.Months) != 0 || s.LastAmount != 0 || len(a.Recent) != 0 || s.FirstAt.IsZero() {
		t.Errorf("what is taken back leaves %+v %v; that the service touched the account stays", s, a.Recent)
	}
}

func TestABurstCountsEachDebitOnce(t *testing.T) {
	a := &Activity{}
	one, two := &Record{ID: "1", Kind: Debit, Service: "docomo", Amount: 1, Complete: true, OccurredAt: noon}, &Record{ID: "2", Kind: Debit, Service: "docomo", Amount: 1, Complete: true, OccurredAt: noon}
	a.Apply(one)
	a.Apply(two)
	if a.Facts(two).Burst {
		t.Error("two debits, one of them counted twice, are a burst")
	}
	if !a.Facts(&Record{ID: "3", Kind: Debit, Service: "docomo", OccurredAt: noon}).Burst {
		t.Error("three debits are none")
	}
}

func TestTheLastAmountIsThatOfTheLatestDebit(t *testing.T) {
	debit := func(id, service string, days int, yen int64) *Record {
		return &Record{ID: id, Kind: Debit, Service: service, Amount: yen, Complete: true, OccurredAt: noon.AddDate(0, 0, days)}
	}
	for _, order := range [][]int64{{5, 9}, {9, 5}} { // at one moment: the greater
		a := &Activity{}
		for i, yen := range order {
			a.Apply(debit(fmt.Sprint(i), "docomo", 0, yen))
		}
		if got := a.Services["docomo"].LastAmount; got != 9 {
			t.Errorf("after %v it is %d", order, got)
		}
	}
	a := &Activity{}
	a.Apply(debit("1", "paypay", 0, 7))
	a.Apply(debit("2", "docomo", 30, 8))
	a.Apply(debit("3", "paypay", -1, 9)) // too long ago to be remembered, and before the 7 yen
	if got := a.Services["paypay"].LastAmount; got != 7 {
		t.Errorf("of a service whose debits are long ago it is %d, want 7", got)
	}
	a.Apply(debit("4", "", 30, 8))
	a.Apply(&Record{ID: "5", Kind: LinkRegistered, Complete: true, OccurredAt: noon})
	if s := a.Services[""]; s == nil || s.Debits != 0 || !s.LastAt.Equal(noon) || len(s.Links) != 1 {
		t.Errorf("of no known service there is %+v, want the link alone", s)
	}
}

// What was said to be another's makes what the service does next critical, and
// so it does what is new, for a month.
func TestWhatFollowsAReport(t *testing.T) {
	reported := []Reported{{Dispute: "d", Service: "docomo", At: noon}}
	for name, c := range map[string]struct {
		reported   []Reported
		f          Facts
		of, person bool // after a report of the account, and after one of the person
	}{
		"the same service":              {reported, Facts{Service: "docomo"}, true, false},
		"another one that is known":     {reported, Facts{Service: "paypay"}, false, false},
		"one not seen before":           {reported, Facts{Service: "paypay", FirstSeen: true}, true, true},
		"a link":                        {reported, Facts{Service: "paypay", Link: true}, true, true},
		"a debit of no service":         {reported, Facts{}, false, false},
		"no service, and none reported": {[]Reported{{Dispute: "d", At: noon}}, Facts{}, false, false},
		"no service, and a new link":    {[]Reported{{Dispute: "d", At: noon}}, Facts{Link: true}, true, true},
		"nothing reported":              {nil, Facts{Service: "docomo", FirstSeen: true}, false, true},
		"the first of two was of it":    {[]Reported{reported[0], {Service: "paypay", At: noon}}, Facts{Service: "docomo"}, true, false},
	} {
		a, w := &Activity{Reported: c.reported}, &Watcher{ReportedAt: noon}
		for after, within := range map[time.Duration]bool{0: true, 30 * 24 * time.Hour: true, 30*24*time.Hour + 1: false} {
			if got := a.AfterReport(&c.f, noon.Add(after), noon.Add(after)); got != (c.of && within) {
				t.Errorf("%s, %s later: after a report %v", name, after, got)
			}
			if got := AfterReport(w.ReportsWithin(noon.Add(after)), &c.f, noon.Add(after), noon.Add(after)); got != (c.person && within) {
				t.Errorf("%s, %s later: after a report of the person %v", name, after, got)
			}
		}
		if AfterReport((&Watcher{}).ReportsWithin(noon), &c.f, time.Time{}.Add(time.Hour), time.Time{}.Add(time.Hour)) {
			t.Errorf("%s: a person who reported nothing did", name)
		}
	}
}

// What a newer program wrote of a link or a debit stays when the record changes,
// and one that is no longer remembered is taken back without a trace.
func TestWhatANewerProgramKnowsOfALinkOrADebitStays(t *testing.T) {
	a := &Activity{}
	link := &Record{ID: "l", Kind: LinkRegistered, Service: "docomo", Complete: true, OccurredAt: noon}
	debit := &Record{ID: "d", Kind: Debit, Service: "docomo", Amount: 5, Complete: true, OccurredAt: noon}
	a.Apply(link)
	a.Apply(debit)
	a.Services["docomo"].Links[0].Unknown, a.Recent[0].Unknown = []byte(`{"x":1}`), []byte(`{"y":2}`)
	removed, raised := link.Clone(), debit.Clone()
	removed.UndoneAt, raised.Amount = noon.Add(1), 9
	a.Replace(link, removed)
	a.Replace(debit, raised)
	if l, d := a.Services["docomo"].Links[0], a.Recent[0]; string(l.Unknown) != `{"x":1}` || l.RemovedAt.IsZero() || string(d.Unknown) != `{"y":2}` || d.Amount != 9 {
		t.Errorf("%+v %+v", l, d)
	}
	for i := range 12 {
		a.Apply(&Record{ID: fmt.Sprint(i), Kind: LinkRegistered, Service: "docomo", Complete: true, OccurredAt: noon.Add(time.Duration(1+i) * time.Hour), UndoneAt: noon.AddDate(0, 0, 1)})
	}
	want := slices.Clone(a.Services["docomo"].Links)
	a.Replace(removed, nil)
	if diff := gocmp.Diff(want, a.Services["docomo"].Links); diff != "" {
		t.Errorf("a link that was forgotten is taken back:\n%s", diff)
	}
}

// Each alert writes its account's activity, and capacity is counted by the
// kilobyte: what is kept of two wallets must not grow with the years, and fits
// into the first with the names of the item and a story that goes on.
func TestAnActivityStaysBelowAKilobyte(t *testing.T) {
	now := noon.AddDate(2, 0, 0)
	act, n := &Activity{}, 0
	act.Since(now.AddDate(-3, 0, 0))
	add := func(service string, at time.Time, yen int64) {
		n++
		e := Entry{Event: "e", Kind: Debit, Status: Posted, Service: service, At: at, ReceivedAt: at, Amount: yen}
		if yen == 0 {
			e.Kind, e.Route = LinkRegistered, "web_kouza_furikae"
		}
		act.Apply(NewRecord(Derive("record", fmt.Sprint(n)), AccountKey{Bank: "0125", Ref: "a"}, e))
	}
	largest := 0
	for d := range 730 { // a wallet each week, another each month
		at := now.AddDate(0, 0, d-730)
		if d == 0 {
			add("docomo", at, 0)
			add("paypay", at, 0)
		}
		if d%7 == 0 {
			add("docomo", at, 3000)
		}
		if d%30 == 0 {
			add("paypay", at, 10000)
		}
		act.Stories = []Story{{Lead: Derive("record", fmt.Sprint(n)), Service: "docomo", At: at.UTC()}}
		b, err := codec.Marshal(act)
		if err != nil {
			t.Fatal(err)
		}
		largest = max(largest, len(b))
	}
	const names = 75 // PK with a reference of 36 characters, SK, v and w
	t.Logf("%d bytes at most", largest+names)
	if largest+names > 1<<10 {
		t.Errorf("%d bytes, and %d of the item's names", largest, names)
	}
}
