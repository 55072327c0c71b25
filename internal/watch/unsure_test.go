package watch

import (
	"testing"
	"time"
)

// A bank that gives one id to two debits says that some came back: of which one is
// told as certain only if that is known.
func TestOfWhichDebitSomeCameBack(t *testing.T) {
	day := 24 * time.Hour
	for name, c := range map[string]struct {
		first, second    int64
		back             int64
		service, textOf2 string // of the return, and of the second debit
		of               int    // the debit that it is taken for
		unsure           bool
	}{
		"as much as either":                       {3000, 3000, 3000, "", "docomo", 1, false},
		"a part of either, of one amount":         {3000, 3000, 1000, "", "docomo", 1, false},
		"all of what is left, of one amount":      {3000, 3000, 0, "", "docomo", 1, false},
		"a part of either":                        {9000, 3000, 1000, "", "docomo", 1, true},
		"all of one and a part of the other":      {9000, 3000, 3000, "", "docomo", 1, true},
		"the same, and the earlier is all of it":  {3000, 9000, 3000, "", "docomo", 0, true},
		"of no service, of two, of one amount":    {3000, 3000, 1000, "", "paypay", 1, true},
		"all of either, of two services":          {3000, 3000, 3000, "", "paypay", 1, true},
		"all of what is left, of two services":    {3000, 3000, 0, "", "paypay", 1, true},
		"of one amount, and of a service named":   {3000, 3000, 0, "docomo", "paypay", 0, false},
		"more than one of them":                   {9000, 3000, 5000, "", "docomo", 0, false},
		"more than the later, and all of the one": {9000, 3000, 9000, "", "docomo", 0, false},
		"all, of which one is not said":           {9000, 3000, 0, "", "docomo", 1, true},
		"of the service of one":                   {9000, 3000, 1000, "paypay", "paypay", 1, false},
		"of that of the other":                    {9000, 3000, 1000, "docomo", "paypay", 0, false},
		"of neither's service":                    {9000, 3000, 1000, "kyash", "paypay", 1, true},
		"of no service, of two":                   {9000, 3000, 1000, "", "paypay", 1, true},
	} {
		a := &slowAccount{watcher: Watcher{ID: "w"}}
		add := func(e Entry) { a.add(t, 0, e) }
		add(Entry{Event: "a", Kind: Debit, Status: Posted, At: noon, ReceivedAt: noon, Amount: c.first, Service: "docomo"})
		add(Entry{Event: "b", Kind: Debit, Status: Posted, At: noon.Add(day), ReceivedAt: noon.Add(day), Amount: c.second, Service: c.textOf2})
		add(Entry{Event: "c", Kind: DebitReversed, At: noon.Add(day + time.Hour), ReceivedAt: noon.Add(day + time.Hour), Amount: c.back, Service: c.service})
		for i, r := range a.ids[0] {
			if back := r.Amount - r.Kept(); back > 0 != (i == c.of) || r.Unsure != (i == c.of && c.unsure) {
				t.Errorf("%s: of debit %d came back %d, unsure %v", name, i, back, r.Unsure)
			}
			if i == c.of && knows(r).Unsure != c.unsure {
				t.Errorf("%s: it is told as unsure %v", name, knows(r).Unsure)
			}
		}
	}
}

// Two returns of one amount are two, unless they are of one moment or of one id.
func TestWhichReturnsAreOne(t *testing.T) {
	midnight := time.Date(noon.Year(), noon.Month(), noon.Day(), 0, 0, 0, 0, JST)
	for name, c := range map[string]struct {
		second Entry
		days   bool
		want   int64
	}{
		"of one moment, under two ids":      {Entry{Event: "c", At: noon}, false, 1000},
		"of one moment, under one id":       {Entry{Event: "b", At: noon}, false, 1000},
		"of two moments, under two ids":     {Entry{Event: "c", At: noon.Add(time.Second)}, false, 2000},
		"of one day alone, under one id":    {Entry{Event: "b", At: midnight}, true, 1000},
		"of one day alone, under two ids":   {Entry{Event: "c", At: midnight}, true, 2000},
		"of two days alone, under two ids":  {Entry{Event: "c", At: midnight.AddDate(0, 0, 1)}, true, 2000},
		"of a day and of a moment, two ids": {Entry{Event: "c", At: noon}, true, 2000},
	} {
		first := Entry{Event: "b", Kind: DebitReversed, At: noon, ReceivedAt: noon.Add(time.Hour), Amount: 1000}
		second := c.second
		second.Kind, second.Amount, second.ReceivedAt = DebitReversed, 1000, noon.Add(2*time.Hour)
		if c.days {
			first.At, first.DateOnly = midnight, true
			second.DateOnly = second.At != noon
		}
		for _, order := range [][]Entry{{first, second}, {second, first}} {
			a := &slowAccount{watcher: Watcher{ID: "w"}}
			a.add(t, 0, Entry{Event: "a", Kind: Debit, Status: Posted, At: noon.Add(-24 * time.Hour), ReceivedAt: noon, Amount: 5000, Service: "docomo"})
			for _, e := range order {
				a.add(t, 0, e)
			}
			if got := a.ids[0][0].Returned; len(a.ids[0]) != 1 || got != c.want {
				t.Errorf("%s: %d yen came back, want %d", name, got, c.want)
			}
		}
	}
}

// A removal that names another service than a link's is of another link, in any
// order; a return is taken for the debit, and it is known that it was misnamed.
func TestWhatNamesAnotherService(t *testing.T) {
	for name, c := range map[string]struct {
		service, second, undoing string
		other                    bool
	}{
		"the same":                      {"paypay", "", "paypay", false},
		"another":                       {"paypay", "", "docomo", true},
		"none":                          {"paypay", "", "", false},
		"of what is not known":          {"", "", "docomo", false},
		"of what no catalogue knows":    {Unlisted, "", "docomo", false},
		"the other of two readings":     {"paypay", "docomo", "docomo", false},
		"neither of two readings":       {"paypay", "docomo", "merpay", true},
		"one, though one alone is read": {"paypay", "docomo", "paypay", false},
	} {
		for _, kinds := range [][2]Kind{{Debit, DebitReversed}, {LinkRegistered, LinkRemoved}} {
			taken := Entry{Event: "a", Kind: kinds[0], At: noon, ReceivedAt: noon, Service: c.service}
			if c.second != "" {
				taken.Second = &Second{Service: c.second}
			}
			if kinds[0] == Debit {
				taken.Status, taken.Amount = Posted, 5000
			}
			undone := Entry{Event: "b", Kind: kinds[1], At: noon.Add(time.Hour), ReceivedAt: noon.Add(time.Hour), Service: c.undoing}
			for _, order := range [][]Entry{{taken, undone}, {undone, taken}} {
				a := &slowAccount{watcher: Watcher{ID: "w"}}
				for _, e := range order {
					a.add(t, 0, e)
				}
				for _, r := range a.ids[0] {
					stands, misnamed := c.other && kinds[0] == LinkRegistered, c.other && kinds[0] == Debit
					if r.Complete && (r.UndoneAt.IsZero() != stands || r.Misnamed != misnamed) {
						t.Errorf("%s: %s, then %s: undone at %v, misnamed %v", name, order[0].Kind, order[1].Kind, r.UndoneAt, r.Misnamed)
					}
				}
			}
		}
	}
}
