package app_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"kozamori/internal/app"
	"kozamori/internal/watch"
)

// While what is kept of a bank's feed, and of who was told of it, is throttled, people
// are told as before, and the feed is heard once it is not.
func TestWithoutTheItemsOfFeedsPeopleAreToldAsBefore(t *testing.T) {
	t.Parallel()
	table := &radarless{feed: true}
	h := newBesieged(t, func(m *app.Means) { table.Table, m.Table = m.Table, table })
	if err := h.line.Follow(lineUser); err != nil {
		t.Fatal(err)
	}
	h.settle()
	p := &person{town: h.town, id: lineUser}
	p.says(h.call(http.MethodPost, "/codes", `{"account_ref":"acc_1"}`)["code"].(string))
	table.down.Store(true)
	for i := range 3 {
		table.hangs.Store(i == 1)
		h.Add(2 * time.Minute) // what is heard is noted each minute
		h.tells(h.says(watch.Debit, "acc_1", "docomo", fmt.Sprintf(`,"amount":%d,"currency":"JPY","descriptor":"ﾄﾞｺﾓｺｳｻﾞ"`, 2_002+i)))
		for range 6 {
			h.Add(time.Second)
			h.settle()
		}
		h.shows(fmt.Sprintf("2,%03d円", 2+i))
	}
	table.hangs.Store(false)
	if _, err := h.system.Sweep().Sweep(context.Background()); err == nil || table.tried.Load() < 4 {
		t.Errorf("the feeds were not down: %v, tried %d times", err, table.tried.Load())
	}
	table.down.Store(false)
	if _, err := h.system.Sweep().Sweep(context.Background()); err != nil {
		t.Error(err)
	}
	h.Add(2 * time.Minute)
	h.tells(h.says(watch.Debit, "acc_1", "docomo", `,"amount":2009,"currency":"JPY","descriptor":"ﾄﾞｺﾓｺｳｻﾞ"`))
	h.settle()
	f, err := h.store.Feed(context.Background(), "0125")
	if err != nil || h.Now().Sub(f.LastEvent) > 2*time.Minute {
		t.Errorf("the feed is heard until %s at %s: %v", f.LastEvent, h.Now(), err)
	}
}
