package chat

import (
	"context"
	"errors"
	"slices"
	"time"

	"kozamori/internal/button"
	"kozamori/internal/control"
	"kozamori/internal/dispute"
	"kozamori/internal/history"
	"kozamori/internal/membership"
	"kozamori/internal/message"
	"kozamori/internal/settings"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// Controls asks banks to stop something; see control.Service.
type Controls interface {
	Request(ctx context.Context, k watch.AccountKey, ask control.Ask, who control.Who) (control.Result, error)
	Again(ctx context.Context, k watch.AccountKey, id string, who control.Who) (control.Result, error)
}

// sureFor is how long a question whether to stop something can be answered: the times that
// it names are counted from when it was asked.
const sureFor = time.Hour

// stops are the accounts of a person whose banks can be asked to stop something, with what
// they were asked already.
func (t *talk) stops(ctx context.Context, list []membership.Bound, lang watch.Lang) ([]wording.StopAccount, error) {
	var out []wording.StopAccount
	for _, b := range list {
		a, err := t.stopAccount(ctx, b, lang)
		if err != nil {
			return nil, err
		}
		if len(a.Offers) > 0 {
			out = append(out, a)
		}
	}
	return out, nil
}

func (t *talk) stopAccount(ctx context.Context, b membership.Bound, lang watch.Lang) (a wording.StopAccount, err error) {
	offers, err := t.offered(ctx, b.Account.Bank)
	if err != nil || len(offers) == 0 {
		return a, err
	}
	name, _ := t.Names.Bank(ctx, b.Account.Bank, lang)
	a = wording.StopAccount{ChatAccount: wording.ChatAccount{BankName: name, Mask: b.Account.Mask, Watcher: b.Watcher.ID, Guardian: b.Watcher.Role == watch.Guardian}, Offers: offers, HideYen: b.Watcher.HideAmount}
	found, err := history.Services(ctx, t.Store, b.Account.AccountKey)
	if err != nil {
		return a, err
	}
	ids := controlIDs(b.Account.AccountKey)
	for _, s := range found {
		if s.ID == "" {
			continue
		}
		called, _ := t.Names.Service(s.ID, lang)
		if called == "" || slices.ContainsFunc(a.Services, func(c wording.Choice) bool { return c.ID == s.ID }) {
			continue
		}
		a.Services = append(a.Services, wording.Choice{ID: s.ID, Name: called})
		ids = append(ids, watch.ControlID(b.Account.AccountKey, watch.StopService, s.ID))
	}
	list, err := t.Store.Controls(ctx, b.Account.AccountKey, ids...)
	if err != nil {
		return a, err
	}
	for _, c := range list {
		a.Controls = append(a.Controls, t.controlFacts(ctx, c, c.Last(), b, lang))
	}
	return a, nil
}

// controlIDs are those of an account that are of no service.
func controlIDs(k watch.AccountKey) (out []string) {
	for _, kind := range []watch.ControlKind{watch.StopLinks, watch.StopDebits, watch.LimitDebits} {
		out = append(out, watch.ControlID(k, kind, ""))
	}
	return out
}

// offered lists what a bank can be asked to stop.
func (t *talk) offered(ctx context.Context, bank string) ([]watch.ControlKind, error) {
	b, err := t.Store.Bank(ctx, bank)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return b.Offered(), nil
}

func (t *talk) controlFacts(ctx context.Context, c *watch.Control, x *watch.ControlChange, b membership.Bound, lang watch.Lang) wording.ControlFacts {
	f := wording.ControlFacts{Lang: lang, Is: control.Said(c, x, t.Now()), At: x.At, HideYen: b.Watcher.HideAmount, Now: t.Now()}
	f.Account = wording.ChatAccount{Mask: b.Account.Mask, Watcher: b.Watcher.ID, Guardian: b.Watcher.Role == watch.Guardian}
	f.Account.BankName, f.Bank = t.Names.Bank(ctx, b.Account.Bank, lang)
	f.Service, _ = t.Names.Service(c.Service, lang)
	return f
}

// control asks a bank to stop something: at once for one service, and after a question for
// what is wider.
func (t *talk) control(ctx context.Context, p button.Press) (plan, error) {
	list, lang, err := t.accounts(ctx)
	if err != nil {
		return plan{}, err
	}
	i := slices.IndexFunc(list, func(b membership.Bound) bool { return b.Watcher.ID == p.Watcher })
	kind := watch.ControlKind(p.Kind)
	if i < 0 || !slices.Contains([]watch.ControlKind{watch.StopService, watch.StopLinks, watch.StopDebits}, kind) {
		return t.useless(ctx)
	}
	b := list[i]
	if kind.Wide() && (p.Asked.IsZero() || t.at().Sub(p.Asked) > sureFor || t.at().Before(p.Asked.Add(-time.Minute))) {
		return t.askStop(ctx, b, lang, kind, len(list) > 1)
	}
	ask := control.Ask{Kind: kind, Service: p.Service, Terms: watch.ControlTerms{Until: p.Until}}
	if p.Record != "" {
		r, err := t.Store.Record(ctx, p.Record)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return plan{}, err
		}
		if err == nil {
			ask.Dispute = r.Dispute
		}
	}
	res, err := t.Controls.Request(ctx, b.Account.AccountKey, ask, t.controls())
	return t.controlled(ctx, b, lang, res, err)
}

// controls is who presses.
func (t *talk) controls() control.Who {
	return control.Who{LineUser: t.Event.User, Via: watch.ViaLINE, Way: watch.WayChat, At: t.at(), IdempotencyKey: t.Event.ID}
}

func (t *talk) askStop(ctx context.Context, b membership.Bound, lang watch.Lang, kind watch.ControlKind, several bool) (plan, error) {
	a, err := t.stopAccount(ctx, b, lang)
	switch {
	case err != nil:
		return plan{}, err
	case a.Guardian:
		return say(wording.OwnerOnly(lang)), nil
	case !slices.Contains(a.Offers, kind):
		return t.controlled(ctx, b, lang, control.Result{}, control.ErrNotOffered)
	}
	return say(wording.AskStop(lang, a, kind, several, t.at())), nil
}

// controlled says what became of what was asked for.
func (t *talk) controlled(ctx context.Context, b membership.Bound, lang watch.Lang, res control.Result, err error) (plan, error) {
	no := func(why wording.StopRefusal) (plan, error) {
		name, contact := t.Names.Bank(ctx, b.Account.Bank, lang)
		return say(wording.StopRefused(lang, why, name, contact)), nil
	}
	switch {
	case errors.Is(err, control.ErrNotFound), errors.Is(err, control.ErrTerms):
		return t.useless(ctx)
	case errors.Is(err, control.ErrNotAllowed):
		return say(wording.OwnerOnly(lang)), nil
	case errors.Is(err, control.ErrNotOffered):
		return no(wording.StopNoOffer)
	case errors.Is(err, control.ErrWeaker):
		return no(wording.StopWeaker)
	case errors.Is(err, control.ErrFull):
		return no(wording.StopFull)
	case err != nil:
		return plan{}, err
	case len(res.Control.Changes) == 0:
		return t.useless(ctx)
	}
	f := t.controlFacts(ctx, res.Control, res.Control.Last(), b, lang)
	f.Standing = res.Outcome == control.Already || res.Outcome == control.Nothing
	return say(wording.Control(f)), nil
}

// askAgain asks once more for what was taken back, on the word of one who watches the account.
func (t *talk) askAgain(ctx context.Context, step *watch.Step, b membership.Bound, lang watch.Lang) (plan, error) {
	res, err := t.Controls.Again(ctx, b.Account.AccountKey, step.Control.ID, t.controls())
	return t.controlled(ctx, b, lang, res, err)
}

// ofControl reads the step of a press, if it is about something that a bank was asked to
// stop on an account.
func (t *talk) ofControl(ctx context.Context, id string, k watch.AccountKey) (*watch.Step, error) {
	step, err := t.Store.Step(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && (step.Kind != watch.StepControl || step.Control == nil || step.Account != k) {
		return nil, settings.ErrNoStep
	}
	return step, err
}

// controlWords words a step about something that a bank was asked to stop; false if a later
// change has overtaken it, of which its reader is told as well.
func (t *talk) controlWords(ctx context.Context, step *watch.Step, account *watch.Account, reader *watch.Watcher, n *watch.News) (message.Message, bool, error) {
	c, err := t.Store.Control(ctx, step.Control.ID)
	switch {
	case errors.Is(err, store.ErrNotFound): // erased with its account, or a moment ago
		return message.Message{}, false, nil
	case err != nil:
		return message.Message{}, false, err
	case c.Last().Seq != step.Control.Seq:
		return message.Message{}, false, nil
	}
	line := wording.StepLine{Step: step, Reader: reader, Called: wording.Called(account, reader)}
	f := wording.ControlFacts{Lang: reader.Lang, Is: *step.Control, At: step.At, By: line.Whose(), HideYen: reader.HideAmount, Step: step.ID, ByMail: n.To.Mail != "", Now: t.Now()}
	f.Account = wording.ChatAccount{Mask: n.Mask, Watcher: reader.ID, Guardian: reader.Role == watch.Guardian}
	f.Account.BankName, f.Bank = t.Names.Bank(ctx, n.Bank, reader.Lang)
	f.Service, _ = t.Names.Service(step.Control.Service, reader.Lang)
	f.Again = reader.Role == watch.Owner || c.TakenBack(t.Now())
	f.Link = t.RestoreLink(step, reader.ID)
	return wording.Control(f), true, nil
}

// stopsOf are the services of a report that its reader can have stopped with one press.
func (t *talk) stopsOf(ctx context.Context, res dispute.Result) (out []wording.Choice) {
	if res.Dispute == nil || res.Watcher.Role != watch.Owner || t.Controls == nil {
		return nil
	}
	k := res.Record.Account
	offers, err := t.offered(ctx, k.Bank)
	if err != nil || !slices.Contains(offers, watch.StopService) {
		return nil // the number of the report is worth more
	}
	of := res.Dispute.TotalAt(0).Of
	var ids []string
	for _, id := range of {
		ids = append(ids, watch.ControlID(k, watch.StopService, id))
	}
	list, err := t.Store.Controls(ctx, k, ids...)
	if err != nil {
		t.Logger.WarnContext(ctx, "what was to be stopped cannot be read for a report", "err", err)
		return nil
	}
	for _, id := range of {
		name, _ := t.Names.Service(id, res.Watcher.Lang)
		stands := slices.ContainsFunc(list, func(c *watch.Control) bool {
			return c.Kind == watch.StopService && c.Service == id && slices.Contains([]watch.ControlState{watch.ControlRequested, watch.ControlApplied, watch.ControlNotOffered}, c.State)
		})
		if name != "" && !stands {
			out = append(out, wording.Choice{ID: id, Name: name})
		}
	}
	return out
}
