package detect_test

import (
	"fmt"
	"testing"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// A debit that its bank raises all day has ten people told each time. Its record
// stays within an item, and still knows what each was told first and last, and how
// often.
func TestARecordThatIsRaisedAllDayStaysSmall(t *testing.T) {
	for _, texts := range []string{"PAYPAY", "PAYPAY" + fmt.Sprintf("%0240d", 0)} {
		h := newHouse(t)
		h.Change(h.key, func(a *watch.Account) {
			for i := range 9 {
				a.Watchers = append(a.Watchers, worldtest.Owner(fmt.Sprintf("w%d", i+2), fmt.Sprintf("U%032x", i+2), worldtest.ByLINE, worldtest.ByMail(fmt.Sprintf("o%d@example.jp", i))))
			}
		})
		const times = watch.MaxEntries - 1
		largest, id := 0, ""
		for n := range times {
			h.send(t, say("debit", fmt.Sprintf("e%d", n), "t", 20*time.Minute-time.Duration(n)*time.Second, 1000+int64(n), pending+`,"descriptor":"`+texts+`"`))
			if id == "" {
				id = h.history(t)[0].ID
			}
			is, err := h.store.UpdateRecord(t.Context(), id, func(r *watch.Record) error {
				for i := range r.Deliveries {
					if d := &r.Deliveries[i]; d.State.Waits() {
						d.State, d.AcceptedAt = watch.Accepted, h.World.Now()
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			h.Add(10 * time.Second)
			largest = max(largest, len(store.PutRecord(is).Item.Body))
		}
		r := h.Record(id)
		for i := range 10 {
			w := fmt.Sprintf("w%d", i+1)
			told, yen := 0, []int64{}
			for _, d := range r.Deliveries {
				if d.Watcher != w {
					continue
				}
				told += 1 + d.OmittedTold
				for _, s := range r.SaidBy(&d) {
					if s.Is != nil {
						yen = append(yen, s.Is.Amount)
					} else {
						yen = append(yen, r.Amount)
					}
				}
			}
			if told != times || yen[0] != 1000 || yen[len(yen)-1] != 1000+times-1 || len(r.Untold(w, watch.LINE, len(r.Deliveries))) != 0 {
				t.Errorf("%s was told %d times of %d: %v", w, told, times, yen)
			}
		}
		if largest > 200_000 {
			t.Errorf("the record has up to %d bytes", largest)
		}
		t.Log("bytes", largest, "messages kept", len(r.Deliveries))
	}
}
