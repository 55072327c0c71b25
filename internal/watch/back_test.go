package watch

import (
	"testing"
	"time"
)

// What came back of a record of the past is news if it happened since its reader
// watches, is no older than a week, and was not known.
func TestWhenAReturnOfThePastIsNews(t *testing.T) {
	const day = 24 * time.Hour
	midnight := time.Date(noon.Year(), noon.Month(), noon.Day(), 0, 0, 0, 0, JST)
	w := &Watcher{ID: "w", Since: noon}
	debit := Entry{Event: "d", Kind: Debit, Status: Posted, At: noon.Add(-20 * day), ReceivedAt: noon, Amount: 9000, Service: "docomo"}
	back := func(at, received time.Time, dateOnly bool) Entry {
		return Entry{Event: "r" + at.String(), Kind: DebitReversed, At: at, ReceivedAt: received, Amount: 1000, DateOnly: dateOnly}
	}
	now := back(noon.Add(time.Hour), noon.Add(time.Hour), false)
	for name, c := range map[string]struct {
		was, is []Entry // nil: there was no record
		change  func(*Record)
		told    int64 // that was back before, in yen; -1 if it is no news
	}{
		"it happened now":                           {[]Entry{debit}, []Entry{debit, now}, nil, 0},
		"all of it came back":                       {[]Entry{debit}, []Entry{debit, back(noon.Add(time.Hour), noon.Add(time.Hour), false), {Event: "all", Kind: DebitReversed, At: noon.Add(2 * time.Hour), ReceivedAt: noon.Add(2 * time.Hour)}}, nil, 0},
		"within the skew of clocks":                 {[]Entry{debit}, []Entry{debit, back(noon.Add(-ClockSkew), noon, false)}, nil, 0},
		"before that":                               {[]Entry{debit}, []Entry{debit, back(noon.Add(-ClockSkew-1), noon, false)}, nil, -1},
		"a week ago":                                {[]Entry{debit}, []Entry{debit, back(noon.Add(time.Hour), noon.Add(time.Hour+PastAfter), false)}, nil, 0},
		"more than a week ago":                      {[]Entry{debit}, []Entry{debit, back(noon.Add(time.Hour), noon.Add(time.Hour+PastAfter+1), false)}, nil, -1},
		"on the day on which they began":            {[]Entry{debit}, []Entry{debit, back(midnight, noon.Add(time.Hour), true)}, nil, 0},
		"on the day before":                         {[]Entry{debit}, []Entry{debit, back(midnight.Add(-day), noon.Add(time.Hour), true)}, nil, -1},
		"on a day that ended a week ago":            {[]Entry{debit}, []Entry{debit, back(midnight, midnight.Add(day+PastAfter), true)}, nil, 0},
		"on a day that ended longer ago":            {[]Entry{debit}, []Entry{debit, back(midnight, midnight.Add(day+PastAfter+1), true)}, nil, -1},
		"it was known":                              {[]Entry{debit, now}, []Entry{debit, now}, nil, -1},
		"it was known, and is corrected":            {[]Entry{debit, now}, []Entry{debit, now, {Event: "c", Kind: Debit, Status: Posted, At: debit.At, ReceivedAt: noon, Amount: 8000, Service: "docomo"}}, nil, -1},
		"an old one is heard of after it":           {[]Entry{debit, now}, []Entry{debit, back(noon.Add(-10*day), noon.Add(2*time.Hour), false), now}, nil, -1},
		"it was heard of before its debit":          {[]Entry{now}, []Entry{debit, now}, nil, 0},
		"it comes with its debit":                   {nil, []Entry{debit, now}, nil, 0},
		"another part came back in the past":        {[]Entry{debit, back(noon.Add(-10*day), noon, false)}, []Entry{debit, back(noon.Add(-10*day), noon, false), now}, nil, 1000},
		"it was shown when they began":              {[]Entry{debit}, []Entry{debit, now}, func(r *Record) { r.ShownAt = noon }, -1},
		"it was named when they began":              {[]Entry{debit}, []Entry{debit, now}, func(r *Record) { r.Txn = r.ID }, -1},
		"of no history, but of before they watched": {[]Entry{debit}, []Entry{debit, now}, func(r *Record) { r.Past = false }, 0},
		"of no history, and since they watch": {[]Entry{debit}, []Entry{debit, now}, func(r *Record) {
			r.Past = false
			r.Entries[0].At, r.OccurredAt = noon, noon
		}, -1},
	} {
		var was *Record
		if c.was != nil {
			was = &Record{ID: "r", Txn: "t", Past: true}
			was.Tell(c.was)
		}
		is := &Record{ID: "r", Txn: "t", Past: true}
		is.Tell(c.is)
		if c.change != nil {
			c.change(is)
		}
		knows := is.BackNow(was, w)
		if (knows != nil) != (c.told >= 0) {
			t.Errorf("%s: news is %+v", name, knows)
			continue
		}
		if knows != nil && (knows.Amount-knows.Kept() != c.told || !knows.OfHistory || knows.Reasons != Reasons{}) {
			t.Errorf("%s: known before is %+v, want %d yen back", name, knows, c.told)
		}
	}
}
