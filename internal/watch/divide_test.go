package watch

import (
	"slices"
	"testing"
	"time"

	"kozamori/internal/quote"
)

// Where one debit ends and the next begins, to the second.
func TestWhatIsStillTheSameDebit(t *testing.T) {
	for _, c := range []struct {
		name string
		said []string
		want string
	}{
		{"posted fourteen days after it was authorised", []string{"pending 100", "posted 100 +14d"}, "02.12:00 posted 100"},
		{"posted a second later than that, of another amount", []string{"pending 100", "posted 101 +14d +1s"}, "02.12:00 pending 100; 16.12:00 posted 101"},
		{"posted 27 days after it was authorised", []string{"pending 100", "posted 100 +27d"}, "02.12:00 posted 100"},
		{"posted later than that", []string{"pending 100", "posted 100 +27d +1s"}, "02.12:00 pending 100; 29.12:00 posted 100"},
		{"presented again 35 days after it came back", []string{"posted 100", "back 0 +1h", "posted 100 +35d +1h"}, "02.12:00 posted 100 undone; 07.13:00 posted 100 after return"},
		{"presented a second later than that", []string{"posted 100", "back 0 +1h", "posted 100 +35d +1h +1s"}, "02.12:00 posted 100 undone; 07.13:00 posted 100"},
		{"presented again by another service", []string{"posted 100", "back 0 +1h", "posted 100 +1d paypay"}, "02.12:00 posted 100 undone; 03.12:00 posted 100 paypay"},
		{"an authorisation later on the day of its posting", []string{"posted 100", "pending 100 +1h"}, "02.12:00 posted 100"},
		{"one of another amount", []string{"posted 100", "pending 101 +1h"}, "02.12:00 posted 100; 02.13:00 pending 101"},
		{"one by another service", []string{"posted 100", "pending 100 +1h paypay"}, "02.12:00 posted 100; 02.13:00 pending 100 paypay"},
		{"one on another day", []string{"posted 100", "pending 100 +1d"}, "02.12:00 posted 100; 03.12:00 pending 100"},
		{"lowered on its day", []string{"pending 5000", "pending 300 +1h"}, "02.12:00 pending 300"},
		{"lowered on another day", []string{"pending 5000", "pending 300 +1d"}, "02.12:00 pending 5000; 03.12:00 pending 300"},
		{"the same amount on another day", []string{"pending 5000", "pending 5000 +1d"}, "02.12:00 pending 5000; 03.12:00 pending 5000"},
		{"raised on another day by another service", []string{"pending 5000", "pending 9000 +1d paypay"}, "02.12:00 pending 5000; 03.12:00 pending 9000 paypay"},
		{"posted on another day by another service", []string{"pending 5000", "posted 5000 +1d paypay"}, "02.12:00 pending 5000; 03.12:00 posted 5000 paypay"},
		{"posted on another day without a service", []string{"pending 5000", "posted 5000 +1d unknown"}, "02.12:00 posted 5000"},
		{"authorised without a service", []string{"pending 5000 unknown", "posted 5000 +1d"}, "02.12:00 posted 5000"},
		{"a posting and the authorisation that it lowers, at one moment", []string{"posted 800", "pending 1000"}, "02.12:00 posted 800"},
		{"of two corrections at one moment the one received later", []string{"posted 800", "posted 900"}, "02.12:00 posted 900"},
		{"posted with another amount than is left", []string{"pending 3000", "back 1000 +1h", "posted 2500 +1d"}, "02.12:00 posted 2500 back 1000"},
		{"posted with less than came back", []string{"pending 3000", "back 2000 +1h", "posted 1500 +1d"}, "02.12:00 posted 1500 undone"},
		{"authorised again with what is left", []string{"pending 3000", "back 1000 +1h", "pending 2000 +2h"}, "02.12:00 pending 2000 back 1000"},
		{"a reversal at the moment of its debit", []string{"posted 3000", "posted 500 +1d", "back 500 +1d"}, "02.12:00 posted 3000; 03.12:00 posted 500 undone"},
		{"a part of the latest that is large enough", []string{"posted 3000", "posted 500 +1d", "back 400 +2d"}, "02.12:00 posted 3000; 03.12:00 posted 500 back 400"},
		{"a part of the only one that is large enough", []string{"posted 3000", "posted 500 +1d", "back 2000 +2d"}, "02.12:00 posted 3000 back 2000; 03.12:00 posted 500"},
		{"more than any of them is", []string{"posted 3000", "posted 500 +1d", "back 5000 +2d"}, "02.12:00 posted 3000; 03.12:00 posted 500 undone"},
		{"just so much before one that is larger", []string{"posted 500", "posted 3000 +1d", "back 500 +2d"}, "02.12:00 posted 500 undone; 03.12:00 posted 3000"},
		{"all of one, where the latest came back already", []string{"posted 500", "posted 300 +1d", "back 300 +2d", "back 0 +3d"}, "02.12:00 posted 500 undone; 03.12:00 posted 300 undone"},
		{"more, where all came back already", []string{"posted 500", "back 500 +1d", "back 7 +2d"}, "02.12:00 posted 500 undone"},
		{"two that came before the debit", []string{"back 100 -2m", "back 200 -1m", "posted 500"}, "02.12:00 posted 500 back 300"},
		{"a link of another service", []string{"link 0", "link 0 +1h paypay"}, "02.12:00 link; 02.13:00 link paypay"},
	} {
		t.Run(c.name, func(t *testing.T) {
			entries := said(t, c.said...)
			for i := range entries {
				if entries[i].Service == "unknown" {
					entries[i].Service = ""
				}
			}
			permute(entries, func(order []Entry) {
				records, _ := record(t, order)
				if got := shape(records); got != c.want {
					t.Errorf("%v:\n got %s\nwant %s", events(order), got, c.want)
				}
			})
		})
	}
}

// Two reversals of one amount: are they one that was said twice?
func TestWhichReversalsAreOne(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Entry)
		back   int64
	}{
		"at one moment, under one id":           {func(*Entry) {}, 10},
		"at one moment, under another id":       {func(e *Entry) { e.Event = "x" }, 10},
		"at another moment, under one id":       {func(e *Entry) { e.At = e.At.Add(1) }, 20},
		"on one day, under one id":              {func(e *Entry) { e.DateOnly = true }, 10},
		"on one day, under another id":          {func(e *Entry) { e.DateOnly, e.Event = true, "x" }, 20},
		"of another amount, at the same moment": {func(e *Entry) { e.Amount = 30 }, 40},
	} {
		entries := said(t, "posted 100", "back 10 +1h", "back 10 +1h")
		entries[2].Event = entries[1].Event
		c.change(&entries[2])
		entries[1].DateOnly = entries[2].DateOnly
		permute(entries, func(order []Entry) {
			records, _ := record(t, order)
			if len(records) != 1 || records[0].Returned != c.back {
				t.Errorf("%s: %d came back, want %d", name, records[0].Returned, c.back)
			}
		})
	}
}

func TestDividingLeavesWhatItIsGiven(t *testing.T) {
	entries := said(t, "posted 500 +1d", "posted 100", "back 0 +2d")
	was := slices.Clone(entries)
	Divide(entries)
	if !slices.Equal(events(entries), events(was)) {
		t.Errorf("the order is now %v", events(entries))
	}
	if out := Divide(nil); len(out) != 0 {
		t.Errorf("nothing is divided into %v", out)
	}
}

// The known service of a debit goes with its words, whatever is said of it later.
func TestADebitsServiceIsTheLatestThatIsKnown(t *testing.T) {
	for _, c := range []struct{ first, second, third, want string }{
		{"", "", "", ""}, {"kyash", "", "", "kyash"}, {"", "kyash", "", "kyash"}, {"", "", "kyash", "kyash"},
		{"kyash", "paypay", "", "paypay"}, {"kyash", "", "paypay", "paypay"},
	} {
		entries := said(t, "pending 100", "pending 100 +1m", "posted 100 +2m")
		for i, s := range []string{c.first, c.second, c.third} {
			entries[i].Service, entries[i].Descriptor = s, quote.Text("W"+s)
		}
		permute(entries, func(order []Entry) {
			records, _ := record(t, order)
			if len(records) != 1 || records[0].Service != c.want || records[0].Descriptor != quote.Text("W"+c.want) {
				t.Errorf("%+v: %d records, of %q (%q)", c, len(records), records[0].Service, records[0].Descriptor)
			}
		})
	}
}

// Quiet hours, for each minute of a day.
func TestQuietHoursEndAtTheirEnd(t *testing.T) {
	const day = 24 * 60
	for _, q := range []Quiet{{0, 1, nil}, {0, day - 1, nil}, {day - 1, 0, nil}, {22 * 60, 7 * 60, nil}, {13 * 60, 14 * 60, nil}, {1, 0, nil}, {60, 60, nil}} {
		long := (q.To - q.From + day) % day
		for m := range day {
			at := time.Date(2026, 12, 31, 0, m, 0, 0, JST).Add(59 * time.Second)
			end, quiet := q.End(at.UTC())
			if want := (m-q.From+day)%day < long; quiet != want {
				t.Fatalf("%d to %d, at %d: quiet %v", q.From, q.To, m, quiet)
			}
			if want := at.Add(-59 * time.Second).Add(time.Duration((q.To-m+day)%day) * time.Minute); quiet && !end.Equal(want) {
				t.Fatalf("%d to %d, at %d: until %s, want %s", q.From, q.To, m, end, want)
			}
		}
	}
}
