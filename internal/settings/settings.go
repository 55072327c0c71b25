// Package settings changes what a watcher wants to be told of an account, and
// how: rules, trusts, a pause, quiet hours, the language, a mail address, and
// whether amounts are shown. Each such change goes through Change, whether the
// chat, a page or an answer asks for it. It binds and unbinds no watcher, and
// never decides who may ask.
package settings

import (
	"context"
	"errors"
	"slices"
	"sort"
	"time"

	"kozamori/internal/news"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// Settings changes what is stored.
type Settings struct {
	store *store.Store
	news  news.Service
}

// New makes Settings over a store, which tell of what protects less over a
// queue.
func New(s *store.Store, q queue.Sender) Settings { return Settings{s, news.Service{Queue: q}} }

// Who names a watcher of an account: by id, by their LINE user, or by both,
// which must then be one and the same; and how their settings come to change.
type Who struct {
	Watcher, LineUser string
	Way               watch.Way
	// Over is the channel whose link they pressed, if that is known.
	Over watch.ChannelKind
	At   time.Time
}

func (w Who) of(a *watch.Account) (*watch.Watcher, bool) {
	if w.Watcher == "" {
		return a.WatcherOf(w.LineUser)
	}
	found, ok := a.Watcher(w.Watcher)
	return found, ok && (w.LineUser == "" || w.LineUser == found.LineUser)
}

// Change is one change on its way.
type Change struct {
	Account *watch.Account // as it was read; only Watcher may be altered
	Watcher *watch.Watcher
	Along   []store.Write // what is committed together with the change, or checked
	By      string        // who makes it: the watcher themselves, unless it is altered
	Kind    watch.StepKind
	// Restores is the step that this change takes back.
	Restores string
}

// Change lets change alter what one watcher of an account wants, with the
// conventions of store.UpdateAccount, and returns how it is stored now. What
// turns stands in the trail, in the same transaction.
// store.ErrNotFound unless they watch the account.
func (s Settings) Change(ctx context.Context, k watch.AccountKey, who Who, change func(*Change) error) (*Change, error) {
	var c *Change
	step := watch.Step{ID: watch.NewStepID(), OnAccount: watch.On(k), Way: who.Way, Over: who.Over, At: who.At.UTC()}
	tell := s.news.Once()
	_, err := s.store.UpdateAccount(ctx, k, func(a *watch.Account) ([]store.Write, error) {
		w, ok := who.of(a)
		if !ok {
			return nil, store.ErrNotFound
		}
		c = &Change{Account: a, Watcher: w, By: w.ID, Kind: watch.StepSettings}
		before := w.Clone()
		if err := change(c); err != nil {
			return nil, err
		}
		w.KeepFormer(before, who.At)
		if c.Kind != watch.StepReported { // what that had kept silent is told
			w.KeepEnded(before, who.At)
		}
		w.Remind(services(who.At), who.At)
		step.Kind, step.Restores, step.By, step.ByRole, step.Of, step.OfRole = c.Kind, c.Restores, "", "", w.ID, w.Role
		if by, ok := a.Watcher(c.By); ok {
			step.By, step.ByRole = by.ID, by.Role
		}
		if err := s.wished(ctx, c, before, who); err != nil {
			return nil, err
		}
		if step.Turns, step.Lowered = watch.Compare(before, w, who.At); len(step.Turns) > 0 {
			c.Along = append(c.Along, s.store.PutStep(&step))
			if err := tell(ctx, news.OfStep(a, &step, before)); err != nil {
				return nil, err
			}
		}
		return c.Along, nil
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// Errors of Restore.
var (
	// ErrNoStep says that there is no such step, or none that the asker may set
	// back.
	ErrNoStep = errors.New("settings: no such step")
	// ErrOver says that a step is too old to be set back in one tap, or that the
	// one whom it was about is gone.
	ErrOver = errors.New("settings: too late to set back")
)

// Restore sets back what a step lowered, on the word of any who watch the
// account. It may be repeated. ErrNoStep, ErrOver: then what can be set back is.
func (s Settings) Restore(ctx context.Context, k watch.AccountKey, id string, who Who) error {
	step, err := s.store.Step(ctx, id)
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && step.Account != k:
		return ErrNoStep
	case err != nil:
		return err
	}
	whole := true
	_, err = s.Change(ctx, k, Who{Watcher: step.Of, Way: who.Way, At: who.At}, func(c *Change) error {
		by, ok := who.of(c.Account)
		switch {
		case !ok:
			return ErrNoStep
		case !step.Restorable(who.At):
			return ErrOver
		}
		c.By, c.Kind, c.Restores = by.ID, watch.StepRestored, step.ID
		whole = step.Restore(c.Watcher, who.At)
		return nil
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && !whole {
		return ErrOver
	}
	return err
}

// Speak makes a language that of a watcher.
func (s Settings) Speak(ctx context.Context, k watch.AccountKey, who Who, lang watch.Lang) error {
	_, err := s.Change(ctx, k, who, func(c *Change) error {
		c.Watcher.Lang = lang
		return nil
	})
	return err
}

// Stop takes a channel, with its address, off a watcher. What is queued for it
// finds no address and takes the next channel. It may be repeated.
func (s Settings) Stop(ctx context.Context, k watch.AccountKey, who Who, over watch.ChannelKind) error {
	_, err := s.Change(ctx, k, who, func(c *Change) error {
		c.Watcher.DropChannel(over)
		return nil
	})
	return err
}

var errOlder = errors.New("settings: an older event")

// Pause keeps back what is not critical until a time, on each of a person's
// accounts; the zero time ends it. at is when they asked: of two wishes the
// later one counts, in whatever order they come or come again.
func (s Settings) Pause(ctx context.Context, lineUser string, accounts []watch.AccountKey, at, until time.Time) error {
	at = at.UTC()
	_, err := s.store.UpdatePerson(ctx, lineUser, func(p *store.Person) error {
		if at.Before(p.PauseEvent) {
			return errOlder
		}
		p.PauseEvent = at
		return nil
	})
	for _, k := range accounts {
		if err == nil {
			err = s.pauseOne(ctx, k, lineUser, at, until)
		}
	}
	if errors.Is(err, errOlder) {
		return nil
	}
	return err
}

// wished keeps when a pause was changed elsewhere than in the chat, so that a
// press there that was made before, and comes again, does not change it back.
func (s Settings) wished(ctx context.Context, c *Change, before *watch.Watcher, who Who) error {
	if who.Way == watch.WayChat || c.Watcher.Rules.PausedUntil.Equal(before.Rules.PausedUntil) || watch.ByMail(c.Watcher.LineUser) {
		return nil
	}
	p, err := s.store.Person(ctx, c.Watcher.LineUser)
	if err != nil {
		return err
	}
	if at := who.At.UTC(); p.Version > 0 && p.PauseEvent.Before(at) {
		p.PauseEvent = at
		c.Along = append(c.Along, store.PutPerson(p))
	}
	return nil
}

func (s Settings) pauseOne(ctx context.Context, k watch.AccountKey, lineUser string, at, until time.Time) error {
	_, err := s.Change(ctx, k, Who{LineUser: lineUser, Way: watch.WayChat, At: at}, func(c *Change) error {
		p, err := s.store.Person(ctx, lineUser)
		if err != nil {
			return err
		}
		if !p.PauseEvent.Equal(at) {
			return errOlder
		}
		if !c.Watcher.Rules.PausedUntil.Equal(until) {
			c.Watcher.Rules.PausedUntil = until
		}
		c.Along = append(c.Along, store.CheckPerson(p))
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil // they left meanwhile
	}
	return err
}

// Trust adds to the watcher's rules that debits of a service up to an amount
// stay silent until a time, and returns the watcher.
func (s Settings) Trust(ctx context.Context, k watch.AccountKey, who Who, t watch.Trust) (watch.Watcher, error) {
	c, err := s.Change(ctx, k, who, func(c *Change) error {
		c.Watcher.Rules.Trusts = addTrust(c.Watcher.Rules.Trusts, t, who.At)
		return nil
	})
	if err != nil {
		return watch.Watcher{}, err
	}
	return *c.Watcher, nil
}

// addTrust adds t and drops what is over, and what t covers: a trust of the
// same service that is neither higher nor longer. Beyond what rules may hold
// those go that would end first: debits of theirs are told again.
func addTrust(trusts []watch.Trust, t watch.Trust, now time.Time) []watch.Trust {
	kept := slices.DeleteFunc(slices.Clone(trusts), func(o watch.Trust) bool {
		covered := o.Service == t.Service && o.UpTo <= t.UpTo && !o.Until.After(t.Until)
		ended := !now.Before(o.Until)
		switch {
		case covered:
			t.GoesOnFrom(o)
		case ended && o.Service == t.Service && t.Unknown == nil: // it is trusted again
			t.Unknown = o.Unknown
		}
		return covered || ended
	})
	if over := len(kept) + 1 - watch.MaxTrusts; over > 0 {
		sort.SliceStable(kept, func(i, j int) bool { return kept[i].Until.Before(kept[j].Until) })
		kept = kept[over:]
	}
	return append(kept, t)
}

// Report makes an account safer of which a watcher said "not mine", and is how
// it is stored: the trust of all who watch it in these services ends, and for a
// while what is new to it is critical to the one who said it, in the dispute as. It returns the
// watchers as they were whose trust ended.
func Report(a *watch.Account, w *watch.Watcher, services []string, as string, at time.Time) (store.Write, []*watch.Watcher) {
	var ended []*watch.Watcher
	for i := range a.Watchers {
		x := &a.Watchers[i]
		if trusts := without(x.Rules.Trusts, services); len(trusts) < len(x.Rules.Trusts) {
			ended = append(ended, x.Clone())
			x.Rules.Trusts = trusts
		}
	}
	w.AddReport(as, at)
	return store.PutAccount(a), ended
}

func without(trusts []watch.Trust, services []string) []watch.Trust {
	return slices.DeleteFunc(slices.Clone(trusts), func(t watch.Trust) bool { return slices.Contains(services, t.Service) })
}

var errNoChange = errors.New("settings: nothing to change")

// Reported makes another account of a person safer who said "not mine" of some
// services, in the dispute as: their trust in them ends there too. It may be repeated.
func (s Settings) Reported(ctx context.Context, k watch.AccountKey, lineUser string, services []string, as string, way watch.Way, at time.Time) error {
	_, err := s.Change(ctx, k, Who{LineUser: lineUser, Way: way, At: at}, func(c *Change) error {
		c.By, c.Kind = "", watch.StepReported
		was := *c.Watcher
		trusts := without(was.Rules.Trusts, services)
		c.Watcher.AddReport(as, at)
		if len(trusts) == len(was.Rules.Trusts) && c.Watcher.ReportedAt.Equal(was.ReportedAt) {
			return errNoChange
		}
		c.Watcher.Rules.Trusts = trusts
		return nil
	})
	if errors.Is(err, errNoChange) {
		return nil
	}
	return err
}
