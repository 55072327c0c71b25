package watch

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// Where days alone are known, the events of one day happened in the order in which they
// were received (the contract says so). What that decides is this and nothing else: a
// posting of less than was authorised, which comes first, is a debit next to that; and a
// return of all that had been taken by then is one before what is posted after it. In each
// order people are told of as much as was posted.
func TestWhatTheOrderOfADayDecides(t *testing.T) {
	midnight := time.Date(noon.Year(), noon.Month(), noon.Day(), 0, 0, 0, 0, JST)
	returns := []string{"back 5000", "back 7000", "back 4000", "back 1000", "back 0", "free 5000", "free 1000", ""}
	for _, posted := range []string{"posted 5000", "posted 7000", "posted 4000"} {
		for _, back := range returns {
			story := said(t, slices.DeleteFunc([]string{"pending 5000 day", posted + " day", back + " day"}, func(s string) bool { return s == " day" })...)
			want := ""
			permute(story, func(order []Entry) {
				whole := false // all that had been taken came back before the posting was heard of
				for i := range order {
					order[i].At, order[i].ReceivedAt = midnight, midnight.Add(time.Duration(13+i)*time.Hour)
				}
				at := func(is func(Entry) bool) int { return slices.IndexFunc(order, is) }
				pending, booked := at(func(e Entry) bool { return e.opens() && e.Status == Pending }), at(func(e Entry) bool { return e.opens() && e.Status == Posted })
				if undone := at(func(e Entry) bool { return !e.opens() }); undone >= 0 {
					whole = undone < booked && pending < booked && (order[undone].Amount == 0 || order[undone].Amount == order[pending].Amount)
				}
				records, _ := record(t, order)
				told := int64(0)
				for _, r := range records {
					if r.Complete {
						told = max(told, r.Amount)
					}
				}
				if told < order[booked].Amount {
					t.Errorf("%s: %d are told of", says(order), told)
				}
				if whole || posted == "posted 4000" {
					return
				}
				if got := comesTo(records); want == "" {
					want = got
				} else if got != want {
					t.Errorf("%s\ncome to %s, and in another order to %s", says(order), got, want)
				}
			})
			if strings.TrimSpace(want) == "" && posted != "posted 4000" {
				t.Error(fmt.Sprint(posted, ", ", back, ": no order was compared"))
			}
		}
	}
}
