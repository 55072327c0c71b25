package chat

import (
	"context"
	"errors"
	"slices"

	"kozamori/internal/button"
	"kozamori/internal/membership"
	"kozamori/internal/message"
	"kozamori/internal/queue"
	"kozamori/internal/settings"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// tellStep tells one who watches an account, over one channel, of a step that
// protects it less than before, or that was taken back. It is queued before the
// step is written.
func (t *talk) tellStep(ctx context.Context) queue.Verdict {
	n := t.News
	step, err := t.Store.Step(ctx, n.Step)
	switch {
	case errors.Is(err, store.ErrNotFound) && t.Now().Sub(t.sent) < newsWait:
		return queue.RetryAfter(queue.Backoff(t.receives, newsSoon, newsMost))
	case errors.Is(err, store.ErrNotFound):
		return queue.Acknowledge // it never came to that
	case err != nil:
		return t.brokenNews("a step cannot be read", err)
	}
	account, err := t.Store.Account(ctx, step.Account)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return t.brokenNews("who is told cannot be checked", err)
	}
	var reader *watch.Watcher
	if account != nil {
		reader, _ = account.Watcher(n.To.Watcher)
	}
	if reader == nil {
		return queue.Acknowledge // they left, or the account was erased
	}
	var words message.Message
	if step.Kind == watch.StepControl && step.Control != nil {
		is, so, err := t.controlWords(ctx, step, account, reader, n)
		switch {
		case err != nil:
			return t.brokenNews("what a bank was asked to stop cannot be read", err)
		case !so:
			return queue.Acknowledge
		}
		words = is
	} else {
		words = t.stepWords(ctx, step, account, reader, n)
	}
	p := &parcel{user: n.To.LineUser, key: n.Key(), what: "news of a change", since: t.sent, within: keyLife, words: []message.Message{words}}
	if n.To.Mail != "" {
		p.user, p.mail, p.over = "", n.To.Mail, t.Channels.Named(n.Over)
		p.of = &store.Binding{OnAccount: watch.On(step.Account), Watcher: reader.ID}
	}
	return t.tell(ctx, p)
}

func (t *talk) stepWords(ctx context.Context, step *watch.Step, account *watch.Account, reader *watch.Watcher, n *watch.News) message.Message {
	bank, _ := t.Names.Bank(ctx, n.Bank, reader.Lang)
	f := wording.LoweredFacts{Account: wording.ChatAccount{BankName: bank, Mask: n.Mask}, Restorable: step.Restorable(t.Now()), Now: t.Now(), ByMail: n.To.Mail != "",
		Line: wording.StepLine{Step: step, Reader: reader, Called: wording.Called(account, reader), Service: func(id string) string {
			name, _ := t.Names.Service(id, reader.Lang)
			return name
		}, Channel: t.Channels.Name}}
	incident := ""
	switch {
	case f.Restorable:
		f.Link = t.RestoreLink(step, reader.ID)
	case step.Record != "":
		if r, err := t.Store.Record(ctx, step.Record); err == nil {
			f.Link, incident = t.Link(r, reader.ID), r.CaseID()
			for _, p := range r.Parts() {
				if name := f.Line.Service(p.Service); name != "" && !slices.Contains(f.Services, name) {
					f.Services = append(f.Services, name)
				}
			}
		}
	}
	m := wording.Lowered(f)
	m.Incident = incident
	return m
}

// restore takes a step back on the word of one who watches the account.
func (t *talk) restore(ctx context.Context, p button.Press) (plan, error) {
	list, lang, err := t.accounts(ctx)
	i := slices.IndexFunc(list, func(b membership.Bound) bool { return b.Watcher.ID == p.Watcher })
	switch {
	case err != nil:
		return plan{}, err
	case i < 0:
		left, err := t.Membership.Left(ctx, p.Step, p.Watcher, t.Event.User)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return t.useless(ctx)
		case err != nil:
			return plan{}, err
		}
		list, i, lang = []membership.Bound{left}, 0, left.Watcher.Lang
	}
	if step, err := t.ofControl(ctx, p.Step, list[i].Account.AccountKey); err == nil {
		return t.askAgain(ctx, step, list[i], lang)
	} else if !errors.Is(err, settings.ErrNoStep) {
		return plan{}, err
	}
	back, err := t.Membership.Restore(ctx, list[i].Account.AccountKey, p.Step,
		settings.Who{Watcher: p.Watcher, LineUser: t.Event.User, Way: watch.WayChat, At: t.Now()})
	switch {
	case errors.Is(err, settings.ErrNoStep):
		return t.useless(ctx)
	case errors.Is(err, settings.ErrOver):
		return say(wording.RestoreOver(lang)), nil
	case err != nil:
		return plan{}, err
	case back:
		return say(wording.Returned(lang)), nil
	}
	return say(wording.Restored(lang)), nil
}
