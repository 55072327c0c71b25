package detect

import (
	"context"
	"sync"
	"time"

	"kozamori/internal/radar"
	"kozamori/internal/watch"
)

const (
	// askAgain is how old what is known of a bank's campaigns may be, and askFor how
	// long an event waits for it at most. After it could not be read an event waits
	// for it no more than once in countAgain.
	askAgain = 15 * time.Second
	askFor   = 100 * time.Millisecond
)

// attacks are the campaigns of banks, as far as a process knows.
type attacks struct {
	mu sync.Mutex
	of map[string]attack
}

type attack struct {
	standing *radar.Standing // nil if it was never read
	until    time.Time       // when it is to be read again
}

// campaigns are how those of a bank stand. If that cannot be read it is as it
// was last known: people are told of an event all the same.
func (s *Stage) campaigns(bank string) *radar.Standing {
	s.attacks.mu.Lock()
	defer s.attacks.mu.Unlock()
	is, now := s.attacks.of[bank], s.Now()
	if now.Before(is.until) && is.until.Sub(now) <= askAgain {
		return is.standing
	}
	ctx, cancel := context.WithTimeout(context.Background(), askFor)
	defer cancel()
	standing, err := s.Store.Standing(ctx, bank)
	if is.until = now.Add(askAgain); err != nil {
		is.until = now.Add(countAgain)
		s.Logger.Warn("the campaigns of a bank cannot be read now", "bank", bank, "err", err)
	} else {
		is.standing = standing
	}
	if s.attacks.of == nil {
		s.attacks.of = map[string]attack{}
	}
	s.attacks.of[bank] = is
	return is.standing
}

// evaluate says why a watcher is told of facts that were first known at a moment. What
// was known before its bank confirmed a campaign is no part of it.
func (a *accountWork) evaluate(w *watch.Watcher, f *watch.Facts, known time.Time) watch.Reason {
	now := a.Now()
	if f.Service != "" {
		if s := a.campaigns(a.account.Bank); s != nil {
			if is := s.Of(f.Service); is.State == radar.Confirmed && !known.Before(is.At) {
				return w.Rules.EvaluateUnderAttack(f, now)
			}
		}
	}
	return w.Rules.Evaluate(f, now)
}
