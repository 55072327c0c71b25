package watch

import (
	"testing"
	"time"
)

// What may be a card's bill is no use of the service that is named like the
// card; what is of the same kind is known from it.
func TestABillDoesNotMakeAServiceKnown(t *testing.T) {
	maybe := &Record{ID: "b", Kind: Debit, Complete: true, Service: "paypay", Confidence: Undecided, OccurredAt: noon, Amount: 1}
	sure := &Record{ID: "s", Kind: Debit, Complete: true, Service: "paypay", Confidence: Seen, OccurredAt: noon, Amount: 1}
	link := &Record{ID: "l", Kind: LinkRegistered, Complete: true, Service: "paypay", OccurredAt: noon}
	for name, c := range map[string]struct {
		before      []*Record
		sure, maybe bool // is the first
	}{
		"nothing before": {nil, true, true},
		"a bill":         {[]*Record{maybe}, true, false},
		"a charge":       {[]*Record{sure}, false, false},
		"both":           {[]*Record{maybe, sure}, false, false},
		"a link":         {[]*Record{link}, false, false},
	} {
		var a Activity
		for _, r := range c.before {
			a.Apply(r)
		}
		if got := a.Facts(sure).FirstSeen; got != c.sure {
			t.Errorf("%s: a charge is the first: %v", name, got)
		}
		if got := a.Facts(maybe).FirstSeen; got != c.maybe {
			t.Errorf("%s: a bill is the first: %v", name, got)
		}
		for _, r := range c.before {
			a.Replace(r, nil)
		}
		if s := a.Services["paypay"]; s != nil && (s.Debits != 0 || s.Doubtful != 0) {
			t.Errorf("%s: taken back, %+v is left", name, s)
		}
	}
}

// What a bank has announced of an account's history is known once some of the
// history is there, and not before: by itself it makes no first debit critical.
func TestAPromisedHistoryIsKnownOnceItIsThere(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for _, promised := range []int{0, 10, 400} { // days back; 0 is not at all
		for _, sent := range []int{0, 5, 40, 500} {
			for _, promisedFirst := range []bool{true, false} {
				for _, watched := range []time.Duration{day, 99 * day, 101 * day} {
					act := &Activity{}
					promise := func() {
						if promised > 0 {
							act.Promise(noon.AddDate(0, 0, -promised))
						}
					}
					if promisedFirst {
						promise()
					}
					if sent > 0 {
						act.Since(noon.AddDate(0, 0, -sent))
					}
					if !promisedFirst {
						promise()
					}
					known := 0
					if sent > 0 {
						known = max(sent, promised)
					}
					f := act.Facts(&Record{Kind: Debit, Service: "docomo", Amount: 1, OccurredAt: noon, Complete: true})
					f.WatchedFor = watched
					if f.KnownFor != time.Duration(known)*day {
						t.Errorf("promised %d, sent %d: known for %s", promised, sent, f.KnownFor)
					}
					rules := DefaultRules()
					if got, want := rules.Evaluate(&f, noon).Critical(), known >= 30 || watched >= FirstAfterFeed; got != want {
						t.Errorf("promised %d, sent %d, watched for %s: critical %v", promised, sent, watched, got)
					}
				}
			}
		}
	}
}

// What may not have come back is taken. The version before counted it as returned:
// what it counted is what is taken back.
func TestWhatMayNotHaveComeBackIsCountedAsTaken(t *testing.T) {
	month := func(a *Activity) int64 { return a.Services["docomo"].Months["2026-11"] }
	for name, c := range map[string]struct {
		returned int64
		undone   bool
		before   int64 // counted by the version before
	}{
		"a part": {3000, false, 2000},
		"all":    {0, true, 0},
	} {
		a := &Activity{Services: map[string]*ServiceActivity{"docomo": {Debits: 2, Months: map[string]int64{"2026-11": 700 + c.before}}}}
		was := &Record{ID: "r", Kind: Debit, Complete: true, Amount: 5000, Service: "docomo", OccurredAt: noon, Returned: c.returned, Unsure: true}
		if c.undone {
			was.UndoneAt, was.Returned = noon.Add(time.Hour), 0
		}
		is := was.Clone()
		a.Replace(was, is)
		if got := month(a); got != 5700 || is.Counted != 5000-c.before || a.Services["docomo"].Debits != 2 || len(a.Recent) != 1 {
			t.Errorf("%s: %d yen of the month, %d of them counted as taken, %d recent", name, got, is.Counted, len(a.Recent))
		}
		sure := is.Clone()
		sure.Unsure = false
		a.Replace(is, sure)
		if got := month(a); got != 700+c.before || sure.Counted != 0 || c.undone && len(a.Recent) > 0 {
			t.Errorf("%s, for certain: %d yen of the month, %d of them counted as taken, %d recent", name, got, sure.Counted, len(a.Recent))
		}
	}
}
