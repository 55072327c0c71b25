package sweep_test

import (
	"testing"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/radar"
	"kozamori/internal/store"
)

// A suspicion rings until its bank says what it is, and ends by itself once nothing has
// been added to it for long. The bank is told of both.
func TestASuspicionThatNothingAddsToEnds(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Put(store.PutBank(&store.Bank{Code: "0125", Callback: "https://bank.example/kozamori"}), store.PutFeed(&store.Feed{Bank: "0125", LastEvent: h.Now()}))
	for _, service := range []string{"docomo", "paypay"} {
		if err := h.Store.PutCampaign(t.Context(), radar.Open(&radar.Test{Bank: "0125", Service: service, Kind: radar.Refused, Seen: 9}, h.Now())); err != nil {
			t.Fatal(err)
		}
	}
	standing := func() *radar.Standing {
		t.Helper()
		s, err := h.Store.Standing(t.Context(), "0125")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if _, err := h.Store.UpdateCampaign(t.Context(), "0125", standing().Of("paypay").ID, func(c *radar.Campaign) error {
		c.Changes[0].ToldAt = h.Now()
		c.Set(radar.Confirmed, "佐藤", false, h.Now())
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	look := func() (suspected, jobs int) {
		t.Helper()
		h.Put(store.PutFeed(func() *store.Feed {
			f, err := h.Store.Feed(t.Context(), "0125")
			if err != nil {
				t.Fatal(err)
			}
			f.LastEvent = h.Now()
			return f
		}()))
		rep, err := h.stage.Sweep(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for msgs := h.Receive(queue.Bank); len(msgs) > 0; msgs = h.Receive(queue.Bank) {
			jobs += len(msgs)
			if err := h.Queue.Delete(t.Context(), queue.Bank, msgs...); err != nil {
				t.Fatal(err)
			}
		}
		return rep.Suspected, jobs
	}
	if n, jobs := look(); n != 1 || jobs != 1 {
		t.Errorf("%d are suspected, %d jobs", n, jobs)
	}
	h.Set(h.Now().Add(radar.Lapse + time.Hour).Truncate(time.Hour))
	look()
	if s := standing(); s.Of("docomo").State != radar.Ended || !s.Of("docomo").Untold || s.Of("paypay").State != radar.Confirmed {
		t.Errorf("%+v", s)
	}
	h.Add(5 * time.Minute)
	if n, jobs := look(); n != 0 || jobs == 0 {
		t.Errorf("after it ended %d are suspected, %d jobs", n, jobs)
	}
}
