package catalog

import (
	"slices"
	"testing"
	"time"

	"kozamori/internal/watch"
)

// Terms run from the first debit of each service that stands, and the bank's from
// the first of all.
func TestEachTermRunsFromItsOwnFirstDebit(t *testing.T) {
	t.Parallel()
	day := func(d int) time.Time { return time.Date(2026, 11, d, 12, 0, 0, 0, watch.JST) }
	var total watch.Total
	add := func(service string, d int, undone bool) {
		s := &watch.Shown{Amount: 1000, Service: service, OccurredAt: day(d)}
		if undone {
			s.UndoneAt = day(d + 1)
		}
		total.Add(watch.Debit, s)
	}
	add("kyash", 2, true) // given back: there is no loss
	add("kyash", 20, false)
	add("kyash", 25, false)
	add("docomo", 5, false)
	got := func(bank string) []string {
		var out []string
		for _, d := range ClaimDays(total, bank, day(26)) {
			out = append(out, d.In(watch.JST).Format("01-02"))
		}
		return out
	}
	// Kyash: 10 days from the 20th; d払い: 30 days from the report; ゆうちょ: 30 days from the 5th.
	if want := []string{"11-30", "12-26"}; !slices.Equal(got("0125"), want) {
		t.Errorf("%v, want %v", got("0125"), want)
	}
	if want := []string{"11-30", "12-05", "12-26"}; !slices.Equal(got("9900"), want) {
		t.Errorf("%v, want %v", got("9900"), want)
	}
	if days := ClaimDays(watch.Total{}, "9900", day(26)); len(days) > 0 {
		t.Errorf("without a loss: %v", days)
	}
}
