package app_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"kozamori/internal/app"
	"kozamori/internal/radar"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// A bank that dismisses a campaign, or ends it, is told of the attack that begins a
// minute later, and of that alone.
func TestAnAttackIsSeenAMinuteAfterAnotherWasOver(t *testing.T) {
	t.Parallel()
	for _, to := range []string{"dismissed", "ended"} {
		h := newBesieged(t, func(*app.Means) {})
		h.hour() // its bank is heard
		usual, err := h.store.RadarNorm(t.Context(), "9000")
		if err != nil {
			t.Fatal(err)
		}
		n, err := h.store.RadarNorm(t.Context(), "0125")
		if err != nil {
			t.Fatal(err)
		}
		n.Hours, n.Kinds, n.Through = usual.Hours, usual.Kinds, usual.Through
		if err := h.store.Write(t.Context(), store.PutRadarNorm(n)); err != nil {
			t.Fatal(err)
		}
		attack := func(who string, accounts int) (out []map[string]any) {
			t.Helper()
			var events []string
			for i := range accounts {
				events = append(events, h.says(watch.LinkRefused, fmt.Sprint(who, i), "docomo", pin))
			}
			if len(events) > 0 {
				h.tells(events...)
			}
			h.Add(time.Minute)
			h.look()
			return h.suspected()
		}
		h.Set(h.Now().Add(radar.Width).Truncate(radar.Width))
		first := attack("first_", 60)
		if len(first) != 1 {
			t.Fatalf("of an attack the bank is told %v", first)
		}
		h.call(http.MethodPost, fmt.Sprintf("/campaigns/%v/state", first[0]["campaign_id"]), fmt.Sprintf(`{"state":%q}`, to))
		over := h.Now()
		if got := attack("first_", 0); len(got) != 0 {
			t.Errorf("after it is %s: %v", to, got)
		}
		next := attack("other_", 64)
		if len(next) != 1 {
			t.Fatalf("after one was %s, of another attack the bank is told %v", to, next)
		}
		attack("other_", 0)
		got := h.call(http.MethodGet, fmt.Sprintf("/campaigns/%v", next[0]["campaign_id"]), "")
		since, err := time.Parse(time.RFC3339, got["since"].(string))
		evidence := got["evidence"].([]any)
		if seen := evidence[0].(map[string]any)["seen"].(float64); err != nil || since.Before(over.Truncate(time.Second)) || len(evidence) != 1 || seen < 56 || seen > 72 {
			t.Errorf("the attack after one that was %s at %s: %v", to, over, got)
		}
	}
}
