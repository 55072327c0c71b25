package watch

import (
	"fmt"
	"slices"
	"strings"
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
		"as much as either":                       {3000, 3000, 3000, "", "docomo", 1, true},
		"a part of either, of one amount":         {3000, 3000, 1000, "", "docomo", 1, true},
		"all of what is left, of one amount":      {3000, 3000, 0, "", "docomo", 1, true},
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

// What is certain, and what may be, of several returns of one id, however many.
func TestOfWhichDebitsSeveralReturnsMayBe(t *testing.T) {
	for name, c := range map[string]struct {
		debits  []int64 // all of docomo, a day apart
		returns []int64 // 0 is all that is left
		want    string  // of each debit what is said to be back, ? if that is not certain, + if more may be
	}{
		"the next is of either again":               {[]int64{10000, 5000}, []int64{3000, 4000}, "4000?+ 3000?+"},
		"in the other order":                        {[]int64{5000, 10000}, []int64{3000, 4000}, "0+ 7000?"},
		"the next is of one alone":                  {[]int64{5000, 10000}, []int64{3000, 8000}, "0+ 10000?"},
		"the next shows of which the first was":     {[]int64{10000, 5000}, []int64{3000, 8000}, "8000 3000"},
		"both are gone":                             {[]int64{9000, 3000}, []int64{3000, 9000}, "9000 3000"},
		"all of what is left may be of either":      {[]int64{3000, 5000}, []int64{3000, 0}, "3000? 5000?"},
		"what is gone for two may be one's":         {[]int64{3000, 5000, 3000}, []int64{3000, 0}, "0+ 5000? 3000?"},
		"of three, what no other can be":            {[]int64{1000, 2000, 9000}, []int64{500, 8600}, "0+ 0+ 9000?"},
		"twice a part, of debits that were alike":   {[]int64{3000, 3000}, []int64{1000, 1000}, "0+ 2000?"},
		"the same as all of it, of two of three":    {[]int64{3000, 3000, 3000}, []int64{3000, 3000}, "0+ 3000? 3000?"},
		"the same as all of it, of each":            {[]int64{3000, 3000, 3000}, []int64{3000, 3000, 3000}, "3000 3000 3000"},
		"nine that are alike, and all of them":      {slices.Repeat([]int64{980}, 9), slices.Repeat([]int64{980}, 9), strings.TrimSpace(strings.Repeat("980 ", 9))},
		"nine that are alike, and half of them":     {slices.Repeat([]int64{980}, 9), slices.Repeat([]int64{980}, 4), strings.Repeat("0+ ", 5) + "980? 980? 980? 980?"},
		"of twenty ways, and each is of each":       {[]int64{3000, 3000, 3000, 3000, 3000, 3000}, []int64{3000, 3000, 3000}, "0+ 0+ 0+ 3000? 3000? 3000?"},
		"more than is left of any":                  {[]int64{3000, 5000}, []int64{9000}, "0 5000"},
		"a part, and then all that is left of both": {[]int64{3000, 5000}, []int64{1000, 0, 0}, "3000 5000"},
	} {
		for _, backwards := range []bool{false, true} {
			var all []Entry
			for i, yen := range c.debits {
				at := noon.Add(time.Duration(i) * 24 * time.Hour)
				all = append(all, Entry{Event: fmt.Sprint("d", i), Kind: Debit, Status: Posted, At: at, ReceivedAt: at, Amount: yen, Service: "docomo"})
			}
			for i, yen := range c.returns {
				at := noon.Add(time.Duration(10+i) * 24 * time.Hour)
				all = append(all, Entry{Event: fmt.Sprint("r", i), Kind: DebitReversed, At: at, ReceivedAt: at, Amount: yen})
			}
			if backwards {
				slices.Reverse(all)
			}
			a := &slowAccount{watcher: Watcher{ID: "w"}}
			for _, e := range all {
				a.add(t, 0, e)
			}
			records := slices.DeleteFunc(slices.Clone(a.ids[0]), func(r *Record) bool { return !r.Complete })
			slices.SortFunc(records, func(x, y *Record) int { return x.OccurredAt.Compare(y.OccurredAt) })
			var got []string
			for _, r := range records {
				say := fmt.Sprint(r.Amount - r.Kept())
				if r.Unsure {
					say += "?"
				}
				if r.MayBeIt {
					say += "+"
				}
				got = append(got, say)
			}
			if got := strings.Join(got, " "); got != c.want {
				t.Errorf("%s: %s, want %s", name, got, c.want)
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
		word, undoingWord        string // that no catalogue knows
	}{
		"the same":                             {"paypay", "", "paypay", false, "", ""},
		"another":                              {"paypay", "", "docomo", true, "", ""},
		"none":                                 {"paypay", "", "", false, "", ""},
		"of what is not known":                 {"", "", "docomo", false, "", ""},
		"of what no catalogue knows":           {Unlisted, "", "docomo", false, "", ""},
		"the other of two readings":            {"paypay", "docomo", "docomo", false, "", ""},
		"neither of two readings":              {"paypay", "docomo", "merpay", true, "", ""},
		"one, though one alone is read":        {"paypay", "docomo", "paypay", false, "", ""},
		"a word, of what was named":            {"paypay", "", "", true, "", "nune"},
		"a word, of what is not known":         {"", "", "", false, "", "nune"},
		"a word, of what an older one took":    {Unlisted, "", "", false, "", "nune"},
		"the same word":                        {Unlisted, "", "", false, "nune", "nune"},
		"another word":                         {Unlisted, "", "", true, "nune", "nunu"},
		"the word next to what the text names": {"paypay", "", "", false, "nune", "nune"},
		"another than both":                    {"paypay", "", "", true, "nune", "nunu"},
		"what the text names":                  {"paypay", "", "paypay", false, "nune", ""},
		"a service, of a word":                 {Unlisted, "", "docomo", true, "nune", ""},
		"the word, and a text that differs":    {"paypay", "", "docomo", false, "nune", "nune"},
		"another word, and the same text":      {"paypay", "", "paypay", true, "", "nune"},
	} {
		for _, kinds := range [][2]Kind{{Debit, DebitReversed}, {LinkRegistered, LinkRemoved}} {
			taken := Entry{Event: "a", Kind: kinds[0], At: noon, ReceivedAt: noon, Service: c.service, Word: c.word}
			if c.second != "" {
				taken.Second = &Second{Service: c.second}
			}
			if kinds[0] == Debit {
				taken.Status, taken.Amount = Posted, 5000
			}
			undone := Entry{Event: "b", Kind: kinds[1], At: noon.Add(time.Hour), ReceivedAt: noon.Add(time.Hour), Service: c.undoing, Word: c.undoingWord}
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
