package watch

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, JST)

// said builds entries in a shorthand: "pending 1", "posted 100 +2d",
// "back 10 +3h", "posted 5 paypay", "posted 5 day" of which only the day is known.
// Each is received a second after the one before.
func said(t *testing.T, lines ...string) []Entry {
	t.Helper()
	var out []Entry
	for i, line := range lines {
		e := Entry{Event: fmt.Sprintf("e%d", i), Kind: Debit, Service: "docomo", At: noon, ReceivedAt: noon.Add(time.Duration(i) * time.Second)}
		for j, word := range strings.Fields(line) {
			switch {
			case word == "pending":
				e.Status = Pending
			case word == "posted":
				e.Status = Posted
			case word == "back":
				e.Kind, e.Service = DebitReversed, ""
			case word == "free": // of the authorisation alone
				e.Kind, e.Service, e.Status = DebitReversed, "", Pending
			case word == "replaces": // what bore its own id
				e.Replaces = true
			case word == "link":
				e.Kind = LinkRegistered
			case word == "unlink":
				e.Kind, e.Service = LinkRemoved, ""
			case word == "day":
				e.At, e.DateOnly = noon.Add(-12*time.Hour), true
			case j == 1 && word[0] >= '0' && word[0] <= '9':
				if _, err := fmt.Sscan(word, &e.Amount); err != nil {
					t.Fatal(err)
				}
			case strings.HasSuffix(word, "d") && word[0] == '+':
				var n int
				if _, err := fmt.Sscanf(word, "+%dd", &n); err != nil {
					t.Fatal(err)
				}
				e.At = e.At.AddDate(0, 0, n)
			case word[0] == '+' || word[0] == '-':
				d, err := time.ParseDuration(word)
				if err != nil {
					t.Fatal(err)
				}
				e.At = e.At.Add(d)
			default:
				e.Service = word
			}
		}
		out = append(out, e)
	}
	return out
}

// shape says what the records of one id come to.
func shape(records []*Record) string {
	var out []string
	for _, r := range records {
		if !r.Complete && r.UndoneAt.IsZero() {
			continue
		}
		s := fmt.Sprintf("%s %d", r.Status, r.Amount)
		if r.Kind == LinkRegistered {
			s = "link"
		}
		if !r.Complete {
			s = "nothing"
		}
		if r.Service != "docomo" && r.Complete {
			s += " " + r.Service
		}
		if r.Returned > 0 {
			s += fmt.Sprintf(" back %d", r.Returned)
		}
		if r.Again > 0 {
			s += fmt.Sprintf(" again %d", r.Again)
		}
		if r.AfterReturn {
			s += " after return"
		}
		if !r.UndoneAt.IsZero() {
			s += " undone"
		}
		out = append(out, r.OccurredAt.Format("02.15:04 ")+s)
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

// record keeps entries as detect does: one after the other, each transaction
// in a record of its own, and the activity that they make.
func record(t *testing.T, entries []Entry) ([]*Record, *Activity) {
	var records []*Record
	act := &Activity{}
	for _, e := range entries {
		if len(records) == 0 {
			records = append(records, NewRecord("root", AccountKey{}, e))
			act.Apply(records[0])
			continue
		}
		was := map[string]*Record{}
		for _, r := range records {
			was[r.ID] = r.Clone()
		}
		changed, fresh, err := Add(records, e)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range fresh {
			r := &Record{ID: fmt.Sprint("twin", len(records))}
			r.Tell(f)
			records = append(records, r)
			changed = append(changed, r)
		}
		for _, r := range MarkPresented(records) {
			if !slices.Contains(changed, r) {
				changed = append(changed, r)
			}
		}
		for _, r := range changed {
			act.Replace(was[r.ID], r)
		}
	}
	return records, act
}

// sums is an activity without the ids of its records.
func sums(t *testing.T, a *Activity) string {
	for _, s := range a.Services {
		for i := range s.Links {
			s.Links[i].Record = ""
		}
	}
	for i := range a.Recent {
		a.Recent[i].Record = ""
	}
	slices.SortFunc(a.Recent, func(x, y RecentDebit) int {
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Amount, y.Amount), cmp.Compare(x.Service, y.Service))
	})
	b, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestWhatABankSaysUnderOneID(t *testing.T) {
	for _, c := range []struct {
		name string
		said []string
		want string
	}{
		{"a debit", []string{"posted 100"}, "02.12:00 posted 100"},
		{"the same again", []string{"posted 100", "posted 100"}, "02.12:00 posted 100"},
		{"authorised and posted", []string{"pending 100", "posted 100 +2d"}, "02.12:00 posted 100"},
		{"one yen, then all", []string{"pending 1", "posted 100000"}, "02.12:00 posted 100000"},
		{"raised before it is posted", []string{"pending 5000", "pending 300000 +1h"}, "02.12:00 pending 300000"},
		{"raised on another day", []string{"pending 5000", "pending 300000 +1d"}, "02.12:00 pending 300000"},
		{"corrected on its day", []string{"posted 1000", "posted 800 +1h"}, "02.12:00 posted 800"},
		{"part of it came back", []string{"posted 100000", "back 1000 +1h"}, "02.12:00 posted 100000 back 1000"},
		{"two parts of one amount came back", []string{"posted 100000", "back 1000 +1h", "back 1000 +2h"}, "02.12:00 posted 100000 back 2000"},
		{"all came back in parts", []string{"posted 3000", "back 1000 +1h", "back 2000 +2h"}, "02.12:00 posted 3000 undone"},
		{"all came back", []string{"posted 3000", "back 0 +1h"}, "02.12:00 posted 3000 undone"},
		{"more came back than was taken", []string{"posted 1000", "back 100000 +1h"}, "02.12:00 posted 1000 undone"},
		{"presented again on its day", []string{"posted 3000", "back 3000 +1h", "posted 3000 +2h"}, "02.14:00 posted 3000 again 1"},
		{"presented again after it came back", []string{"posted 3000", "back 3000 +1h", "posted 3000 +2d"}, "02.12:00 posted 3000 undone; 04.12:00 posted 3000 after return"},
		{"another amount after it came back", []string{"posted 3000", "back 3000 +1h", "posted 2000 +2d"}, "02.12:00 posted 3000 undone; 04.12:00 posted 2000"},
		{"taken once more after it was presented again", []string{"posted 3000", "back 3000 +1h", "posted 3000 +2d", "posted 3000 +3d"},
			"02.12:00 posted 3000 undone; 04.12:00 posted 3000 after return; 05.12:00 posted 3000"},
		{"presented again long after", []string{"posted 3000", "back 3000 +1h", "posted 3000 +40d"}, "02.12:00 posted 3000 undone; 12.12:00 posted 3000"},
		{"an authorisation that is released, and posted all the same", []string{"pending 3000", "free 3000 +1h", "posted 3000 +1d"}, "02.12:00 posted 3000"},
		{"one that is released once it is posted", []string{"pending 3000", "posted 3000 +1h", "free 3000 +2h"}, "02.12:00 posted 3000"},
		{"one that is released, of which nothing is posted", []string{"pending 3000", "free 0 +1h"}, "02.12:00 pending 3000 undone"},
		{"one that is released in part, and posted whole", []string{"pending 5000", "free 1000 +1h", "posted 5000 +1d"}, "02.12:00 posted 5000"},
		{"one that is released in part, and posted less that", []string{"pending 5000", "free 1000 +1h", "posted 4000 +1d"}, "02.12:00 posted 4000"},
		{"and some of that came back", []string{"pending 8000", "free 3000 +1h", "posted 5000 +1d", "back 1000 +2d"}, "02.12:00 posted 5000 back 1000"},
		{"and some had come back before", []string{"pending 8000", "free 3000 +1h", "back 1000 +2h", "posted 5000 +1d"}, "02.12:00 posted 5000 back 1000"},
		{"and it is posted less both", []string{"pending 8000", "free 3000 +1h", "back 1000 +2h", "posted 4000 +1d"}, "02.12:00 posted 5000 back 1000"},
		{"released in two parts, the rest posted", []string{"pending 8000", "free 1000 +1h", "free 2000 +2h", "posted 5000 +1d"}, "02.12:00 posted 5000"},
		{"what came back of the posting of a released one", []string{"pending 3000", "free 3000 +1h", "posted 3000 +1d", "back 1000 +2d"}, "02.12:00 posted 3000 back 1000"},
		{"a posting without an authorisation, and a release", []string{"posted 3000", "free 3000 +1h"}, "02.12:00 posted 3000"},
		{"a release of the one that is still authorised", []string{"posted 3000", "pending 3000 +1d", "free 0 +2d"}, "02.12:00 posted 3000; 03.12:00 pending 3000 undone"},
		{"a released authorisation and its posting", []string{"pending 3000", "back 3000 +1h", "posted 3000 +1d"}, "03.12:00 posted 3000 again 1"},
		{"an authorisation whose release is told after its posting", []string{"pending 3000", "posted 3000 +1d", "back 3000 +1h"}, "02.12:00 posted 3000"},
		{"and one that came back after it, too", []string{"pending 3000", "posted 3000 +1d", "back 3000 +1h", "back 3000 +2d"}, "02.12:00 posted 3000 undone"},
		{"a posting less what came back before", []string{"pending 3000", "back 1000 +1h", "posted 2000 +1d"}, "02.12:00 posted 3000 back 1000"},
		{"a daily sequence number", []string{"posted 3000", "posted 3000 +1d", "posted 3000 +2d"}, "02.12:00 posted 3000; 03.12:00 posted 3000; 04.12:00 posted 3000"},
		{"one reference for a series", []string{"posted 980", "posted 980 +30d", "posted 980 +61d"}, "02.12:00 posted 980; 02.12:00 posted 980; 02.12:00 posted 980"},
		{"another service under the same id", []string{"posted 980", "posted 980 paypay"}, "02.12:00 posted 980; 02.12:00 posted 980 paypay"},
		{"a pending debit that is posted under another name", []string{"pending 980 kyash", "posted 980 paypay"}, "02.12:00 posted 980 paypay"},
		{"a pending debit whose service shows when it is posted", []string{"pending 980 x", "posted 980 +1d"}, "02.12:00 pending 980 x; 03.12:00 posted 980"},
		{"two authorisations of one sequence", []string{"pending 1000", "pending 500 +1d", "posted 1000 +1d", "posted 500 +2d"}, "02.12:00 posted 1000; 03.12:00 posted 500"},
		{"a reversal finds its debit by its amount", []string{"posted 3000", "posted 500 +1d", "back 3000 +2d"}, "02.12:00 posted 3000 undone; 03.12:00 posted 500"},
		{"a reversal of all undoes the latest", []string{"posted 3000", "posted 500 +1d", "back 0 +2d"}, "02.12:00 posted 3000; 03.12:00 posted 500 undone"},
		{"an authorisation that comes after its posting says nothing", []string{"posted 3000", "pending 3000"}, "02.12:00 posted 3000"},
		{"a reversal that a clock put before its debit", []string{"back 3000 -1m", "posted 3000"}, "02.12:00 posted 3000 undone"},
		{"one yen, then all by the day of its booking", []string{"pending 1", "posted 100000 day"}, "02.12:00 posted 100000"},
		{"one yen, then all at the time of its booking", []string{"pending 1", "posted 100000 -12h"}, "02.12:00 posted 100000"},
		{"a posting of an earlier time, and its day's other debit", []string{"pending 1", "posted 100000 -12h", "pending 500 +1h"}, "02.12:00 posted 100000; 02.13:00 pending 500"},
		{"an authorisation after the posting before it", []string{"posted 1000", "pending 3000 +1h"}, "02.12:00 posted 1000; 02.13:00 pending 3000"},
		{"taken again on the day, of which no more is known", []string{"posted 3000 day", "back 3000 day", "posted 3000 day"}, "02.00:00 posted 3000 again 1"},
		{"taken again and returned again", []string{"posted 3000 day", "back 3000 day", "posted 3000 day", "back 3000 day"}, "02.00:00 posted 3000 again 1 undone"},
		{"said twice before it came back", []string{"posted 3000 day", "posted 3000 day", "back 3000 day"}, "02.00:00 posted 3000 undone"},
		{"came back before it was said twice", []string{"back 3000 day", "posted 3000 day", "posted 3000 day"}, "02.00:00 posted 3000 undone"},
		{"corrected down and up on its day", []string{"posted 1000 day", "posted 800 day", "posted 1000 day"}, "02.00:00 posted 1000"},
		{"a link registered again on the day", []string{"link 0 day", "unlink 0 day", "link 0 day"}, "02.00:00 link; 02.00:00 link undone"},
		{"a link", []string{"link 0", "link 0 +1h"}, "02.12:00 link"},
		{"a link that was removed", []string{"link 0", "unlink 0 +1h"}, "02.12:00 link undone"},
		{"a link registered again after its removal", []string{"link 0", "unlink 0 +1h", "link 0 +2h"}, "02.12:00 link undone; 02.14:00 link"},
		{"a link registered again on another day", []string{"link 0", "link 0 +3d"}, "02.12:00 link; 05.12:00 link"},
	} {
		t.Run(c.name, func(t *testing.T) {
			entries := said(t, c.said...)
			if c.name == "a pending debit whose service shows when it is posted" {
				entries[0].Service = ""
				c.want = "02.12:00 posted 980"
			}
			permute(entries, func(order []Entry) {
				order = append(slices.Clone(order), order[rand.IntN(len(order))]) // and one of them twice
				records, _ := record(t, order)
				if got := shape(records); got != c.want {
					t.Errorf("%v:\n got %s\nwant %s", events(order), got, c.want)
				}
			})
		})
	}
}

func events(entries []Entry) (out []string) {
	for _, e := range entries {
		out = append(out, e.Event)
	}
	return out
}

func permute(entries []Entry, each func([]Entry)) {
	if len(entries) > 4 {
		panic("too many orders")
	}
	var rec func(n int)
	rec = func(n int) {
		if n == len(entries) {
			each(entries)
			return
		}
		for i := n; i < len(entries); i++ {
			entries[n], entries[i] = entries[i], entries[n]
			rec(n + 1)
			entries[n], entries[i] = entries[i], entries[n]
		}
	}
	rec(0)
}

// randomStory is what a careless bank may say under one id.
func randomStory(r *rand.Rand) []Entry {
	kinds := []Kind{Debit, Debit, Debit, DebitReversed}
	if r.IntN(4) == 0 {
		kinds = []Kind{LinkRegistered, LinkRegistered, LinkRemoved}
	}
	var out []Entry
	for i := range 1 + r.IntN(7) {
		e := Entry{Event: fmt.Sprint("e", i), Kind: kinds[r.IntN(len(kinds))], At: noon.Add(time.Duration(r.IntN(20)) * 7 * time.Hour)}
		e.ReceivedAt = e.At.Add(time.Duration(i) * time.Second)
		if e.Kind == Debit {
			e.Status = []Status{Pending, Posted}[r.IntN(2)]
			e.Amount = []int64{1, 500, 1000, 100000}[r.IntN(4)]
		}
		if e.Kind == DebitReversed {
			e.Amount = []int64{0, 1, 500, 1000, 100000}[r.IntN(5)]
		}
		if e.opens() {
			e.Service = []string{"docomo", "docomo", "docomo", "paypay", ""}[r.IntN(5)]
		}
		out = append(out, e)
	}
	return out
}

var (
	histories     = flag.Int("histories", 3_000, "how many random histories are tried")
	historiesFrom = flag.Int("histories-from", 0, "the first seed of those histories")
)

// Whatever order a bank's events come in, and however often, the same records
// come of them, and the same activity: those that all of them together make.
func TestTheSameComesOfEventsInAnyOrder(t *testing.T) {
	for seed := *historiesFrom; seed < *historiesFrom+*histories; seed++ {
		r := rand.New(rand.NewPCG(uint64(seed), 7))
		entries := randomStory(r)
		var plain []*Record // the slow way: all at once
		act := &Activity{}
		for i, c := range Divide(entries) {
			x := &Record{ID: fmt.Sprint(i)}
			x.Tell(c)
			plain = append(plain, x)
		}
		MarkPresented(plain)
		for _, x := range plain {
			act.Apply(x)
		}
		want := shape(plain)
		order := slices.Clone(entries)
		order = append(order, entries[r.IntN(len(entries))])
		r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		records, all := record(t, order)
		if got, want := sums(t, all), sums(t, act); got != want {
			t.Fatalf("seed %d: %v\nactivity\n got %s\nwant %s", seed, describe(order), got, want)
		}
		if got := shape(records); got != want {
			t.Fatalf("seed %d: %v\n got %s\nwant %s", seed, describe(order), got, want)
		}
	}
}

func describe(entries []Entry) string {
	var b strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&b, "\n %s %s %s %d %s %s", e.Event, e.Kind, e.Status, e.Amount, cmp.Or(e.Service, "-"), e.At.Format("02.15:04"))
	}
	return b.String()
}
