package sweep

import (
	"context"
	"strings"
	"time"

	"kozamori/internal/health"
	"kozamori/internal/queue"
)

// LogDown is what is logged each minute of a provider that is down.
const LogDown = "a provider is still down"

const (
	lostProbe   = time.Minute      // after which a probe that was not made is taken for lost
	releasedFor = 10 * time.Minute // for which what waits for a provider that is back is looked for
	lastRound   = 99               // no further look follows
)

// providers looks at those that are down, or were not long ago: a look at them
// whose message was lost is queued again.
func (s *sweeping) providers(ctx context.Context) error {
	all, err := health.Providers(ctx, s.Store)
	if err != nil {
		return err
	}
	var jobs queue.Jobs
	for _, b := range all {
		age := s.Now().Sub(b.Since)
		if !b.Releasing.IsZero() {
			age = min(age, s.Now().Sub(b.Releasing))
		}
		switch {
		case b.Open:
			q, _, _ := strings.Cut(b.Provider, ".")
			s.Logger.Error(LogDown, "provider", b.Provider, "queue", q, "seconds", int64(age.Seconds()))
			s.rep.Down++
			if s.Now().Sub(b.Next) > lostProbe {
				jobs.Probe(b.Provider, 0, 0)
			}
		case b.Version > 0 && age < releasedFor:
			jobs.Probe(b.Provider, lastRound, 0)
		}
	}
	return jobs.Send(ctx, s.Queue)
}
