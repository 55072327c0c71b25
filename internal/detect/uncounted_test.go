package detect

import (
	"log/slog"
	"testing"
	"time"

	"kozamori/internal/watch"
)

// Of what the radar cannot count the latest twenty thousand are remembered.
func TestWhatTheRadarCannotCountIsRememberedToABound(t *testing.T) {
	now := time.Date(2020, 10, 3, 5, 6, 0, 0, time.UTC)
	for had, want := range map[int]int{0: 1, 19_998: 19_999, 19_999: 20_000, 20_000: 20_000} {
		s := New(Config{Now: func() time.Time { return now }, Logger: slog.New(slog.DiscardHandler)})
		s.uncounted.rests = now.Add(time.Second)
		for range had {
			s.uncounted.list = append(s.uncounted.list, sight{bank: "old"})
		}
		s.look(t.Context(), &batch{refused: []*watch.Event{{Kind: watch.LinkRefused, Bank: "new", Service: "docomo", OccurredAt: now}}})
		list := s.uncounted.list
		if len(list) != want || list[len(list)-1].bank != "new" {
			t.Errorf("after %d more %d are remembered, want %d, the latest of which is of %s", had, len(list), want, list[len(list)-1].bank)
		}
	}
}
