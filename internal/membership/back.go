package membership

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
	"kozamori/internal/news"
	"kozamori/internal/quote"
	"kozamori/internal/settings"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// leaver is a watcher as they were when they left. It is kept for as long as an
// owner, or they themselves if they are one, can take that back, under the id of the
// step that says so.
type leaver struct {
	Watcher watch.Watcher `json:"watcher"`
	Mask    quote.Text    `json:"mask,omitempty"` // of the account, which may be forgotten

	Unknown jsontext.Value `json:",embed"`
}

var leavers = codec.For[leaver]("ticket.left")

// leavings are the ids of the steps that say who goes: the same in each try of an
// act, and when it is done again because a process died.
type leavings map[string]string

func (l leavings) of(a *watch.Account, watcher string) string {
	if l[watcher] == "" {
		l[watcher] = "s" + watch.Derive("left", a.Bank, a.Ref, watcher, strconv.FormatInt(a.Version, 10))
	}
	return l[watcher]
}

// keepLeaver keeps a watcher until the step that says that they left is too old
// to be taken back.
func keepLeaver(s *watch.Step, w *watch.Watcher, mask quote.Text) []store.Write {
	t := &store.Ticket{Kind: store.TicketLeft, Hash: s.ID, Owner: store.AccountTickets(s.Account),
		Body: leavers.Encode(&leaver{Watcher: *w, Mask: mask}), Expires: s.At.Add(watch.RestoreFor)}
	out := []store.Write{store.PutTicket(t)}
	if w.LineUser != "" {
		out = append(out, store.PutTicket(store.LeftOf(t, w.LineUser)))
	}
	return out
}

// leaver reads who left by a step. store.ErrNotFound if that is not kept, or is over.
func (d *Service) leaver(ctx context.Context, step string, now time.Time) (*store.Ticket, *leaver, error) {
	t, err := d.Store.Ticket(ctx, store.TicketLeft, step)
	if err != nil {
		return nil, nil, err
	}
	if !now.Before(t.Expires) {
		return nil, nil, store.ErrNotFound
	}
	var l leaver
	if err := leavers.Decode(t.Body, &l); err != nil {
		return nil, nil, err
	}
	return t, &l, nil
}

// Kept tells whether the one who left by a step can still be brought back.
func (d *Service) Kept(ctx context.Context, step string) (bool, error) {
	_, _, err := d.leaver(ctx, step, d.now())
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// LeavingStep is the id of the step that will say that a watcher leaves an account as
// it is now.
func LeavingStep(a *watch.Account, watcher string) string { return leavings{}.of(a, watcher) }

// Left is the account of an owner who left by a step of their own, with them as they
// were, if they can still take it back; lineUser is theirs, if it is known.
// store.ErrNotFound if not.
func (d *Service) Left(ctx context.Context, id, watcher, lineUser string) (Bound, error) {
	_, l, err := d.leaver(ctx, id, d.now()) // first: others must not learn whether there is such a step
	if err != nil {
		return Bound{}, err
	}
	step, err := d.Store.Step(ctx, id)
	switch {
	case err != nil:
		return Bound{}, err
	case !step.OwnLeaving(watcher, d.now()) || lineUser != "" && lineUser != l.Watcher.LineUser:
		return Bound{}, store.ErrNotFound
	}
	return Bound{Account: &watch.Account{AccountKey: step.Account, Mask: l.Mask}, Watcher: l.Watcher}, nil
}

// Leaving is an account that an owner left, with the step that says so.
type Leaving struct {
	Bound

	Step string
}

// LeftBy are the accounts that a person of LINE left as an owner and can still come
// back to: who holds their telephone afterwards may not be the one who left.
func (d *Service) LeftBy(ctx context.Context, lineUser string) ([]Leaving, error) {
	var out []Leaving
	for t, err := range d.Store.Tickets(ctx, store.PersonTickets(lineUser)) {
		if err != nil {
			return nil, err
		}
		if t.Kind != store.TicketLeftOf {
			continue
		}
		_, l, err := d.leaver(ctx, t.Hash, d.now())
		if err == nil {
			var left Bound
			if left, err = d.Left(ctx, t.Hash, l.Watcher.ID, lineUser); err == nil {
				out = append(out, Leaving{Bound: left, Step: t.Hash})
			}
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
	}
	return out, nil
}

// Restore takes a step of the trail back: what it lowered for a watcher, on the word
// of anyone who watches the account, or that somebody watches no more, on the word
// of an owner, be it the one who left; back tells that it was the second. It may be repeated.
// settings.ErrNoStep, settings.ErrOver.
func (d *Service) Restore(ctx context.Context, k watch.AccountKey, id string, who settings.Who) (back bool, err error) {
	step, err := d.Store.Step(ctx, id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return false, settings.ErrNoStep
	case err != nil:
		return false, err
	case step.Kind == watch.StepLeft && step.Account == k:
		if step.OwnLeaving(who.Watcher, who.At) {
			return true, d.comeBack(ctx, step, who)
		}
		return true, d.bringBack(ctx, step, who)
	}
	return false, settings.New(d.Store, d.Queue).Restore(ctx, k, id, who)
}

var errBack = errors.New("membership: they watch the account")

// bringBack makes the one who left by a step a watcher again, with the settings that
// they had, and tells everybody who watches.
func (d *Service) bringBack(ctx context.Context, step *watch.Step, who settings.Who) error {
	tell := d.news().Once()
	made := watch.Step{ID: watch.NewStepID(), OnAccount: step.OnAccount, At: who.At.UTC(), Kind: watch.StepRestored, Way: who.Way, Over: who.Over,
		Of: step.Of, OfRole: step.OfRole, Restores: step.ID}
	_, err := d.Store.UpdateAccount(ctx, step.Account, func(a *watch.Account) ([]store.Write, error) {
		by, ok := a.Watcher(who.Watcher)
		if !ok || by.Role != watch.Owner || who.LineUser != "" && who.LineUser != by.LineUser {
			return nil, settings.ErrNoStep
		}
		made.By, made.ByRole = by.ID, by.Role
		if _, in := a.Watcher(step.Of); in {
			return nil, errBack
		}
		writes, err := d.admitAgain(ctx, a, step, who.At)
		if err != nil {
			return nil, err
		}
		if err := tell(ctx, news.OfStep(a, &made, nil)); err != nil {
			return nil, err
		}
		return append(writes, d.Store.PutStep(&made)), nil
	})
	return d.isBack(ctx, step, err)
}

// comeBack makes an owner who left by their own press, or by that of a person who
// held their telephone, a watcher again; by now the account may have no watcher.
func (d *Service) comeBack(ctx context.Context, step *watch.Step, who settings.Who) error {
	tell := d.news().Once()
	made := watch.Step{ID: watch.NewStepID(), OnAccount: step.OnAccount, At: who.At.UTC(), Kind: watch.StepRestored, Way: who.Way, Over: who.Over,
		By: step.Of, ByRole: step.OfRole, Of: step.Of, OfRole: step.OfRole, Restores: step.ID}
	err := store.Retry(ctx, func() error {
		left, err := d.Left(ctx, step.ID, who.Watcher, who.LineUser)
		if err != nil {
			return err
		}
		a, err := d.account(ctx, step.Account)
		if err != nil {
			return err
		}
		if _, in := a.Watcher(step.Of); in {
			return errBack
		}
		if a.Mask == "" {
			a.Mask = left.Account.Mask
		}
		kept, err := d.unwish(ctx, a.AccountKey)
		if err != nil {
			return err
		}
		writes, err := d.admitAgain(ctx, a, step, who.At)
		if errors.Is(err, errBack) && len(kept) > 0 {
			// They came back by themselves; what they press keeps their records.
			return errors.Join(err, d.Store.Write(ctx, kept...))
		}
		if err != nil {
			return err
		}
		writes = append(writes, kept...)
		if err := tell(ctx, news.OfStep(a, &made, nil)); err != nil {
			return err
		}
		return d.Store.Write(ctx, append(writes, store.PutAccount(a), d.Store.PutStep(&made))...)
	})
	return d.isBack(ctx, step, err)
}

// isBack says how it ended that somebody was to be brought back.
func (d *Service) isBack(ctx context.Context, step *watch.Step, err error) error {
	switch {
	case errors.Is(err, errBack):
		return nil
	case errors.Is(err, store.ErrNotFound):
		return settings.ErrOver
	case err != nil:
		return err
	}
	d.logger().InfoContext(ctx, "membership: bound again", "bank", step.Account.Bank)
	return nil
}

// admitAgain makes the one who left by a step a watcher, in memory, and the writes
// that go with it.
func (d *Service) admitAgain(ctx context.Context, a *watch.Account, step *watch.Step, now time.Time) ([]store.Write, error) {
	t, l, err := d.leaver(ctx, step.ID, now)
	if err != nil {
		return nil, err
	}
	w := l.Watcher.Clone()
	if _, in := a.WatcherOf(w.LineUser); in {
		return nil, errBack
	}
	if len(a.Watchers) >= watch.MaxWatchers {
		return nil, settings.ErrOver
	}
	writes := []store.Write{store.EndTicket(t), store.DeleteTicket(store.TicketLeftOf, t.Hash)}
	w.EndFormer(now)
	if w.LineUser != "" {
		p, err := d.Store.Person(ctx, w.LineUser)
		if err != nil {
			return nil, err
		}
		// They may have blocked us, or come back, meanwhile.
		if c, ok := w.Chat(); ok && !p.FollowEvent.IsZero() {
			c.UnreachableSince = p.UnfollowedAt
		}
		binding, err := d.binding(ctx, a, w)
		if err != nil {
			return nil, err
		}
		p.Expires = time.Time{}
		if p.Lang == "" {
			p.Lang = w.Lang
		}
		writes = append(writes, binding, store.PutPerson(p))
	}
	a.Watchers = append(a.Watchers, *w)
	return writes, nil
}
