package app_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"kozamori/internal/app"
	"kozamori/internal/watch"
)

func TestABanksOwnNumbersAreToldByTheirHours(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	put := func(body string) { h.t.Helper(); h.call(http.MethodPut, "/contacts", body) }
	put(`{"contacts":[{"phone":"022-111-1111","for":"不正な引き落としの窓口","hours":"平日 9:00-17:00"},{"phone":"0120-222-222","hours":"平日9:00-17:00以外"}]}`)
	day := time.Date(2026, 11, 24, 12, 0, 0, 0, watch.JST) // a Tuesday
	for at, want := range map[time.Time]string{day: "022-111-1111", day.Add(9 * time.Hour): "0120-222-222", day.AddDate(0, 0, 5): "0120-222-222"} {
		_, c := app.Names{Store: h.store}.At(at).Bank(context.Background(), "0125", watch.Japanese)
		if c.Phone != want || c.CheckedOn != h.Now().In(watch.JST).Format(time.DateOnly) {
			t.Errorf("at %s: %+v", at, c)
		}
	}
	put(`{"contacts":[]}`)
	if _, c := (app.Names{Store: h.store}).Bank(context.Background(), "0125", watch.Japanese); c.Phone != "" {
		t.Errorf("taken away, and still %+v", c)
	}
}
