package chat

import (
	"context"

	"kozamori/internal/history"
	"kozamori/internal/membership"
	"kozamori/internal/message"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// listed is how many alerts a list shows.
const listed = 10

// recent lists the latest alerts, answered or not.
func (t *talk) recent(ctx context.Context) (plan, error) {
	accounts, lang, err := t.accounts(ctx)
	switch {
	case err != nil:
		return plan{}, err
	case len(accounts) == 0:
		return say(wording.NotConnected(lang)), nil
	}
	return t.latest(ctx, accounts, lang)
}

func (t *talk) latest(ctx context.Context, accounts []membership.Bound, lang watch.Lang) (plan, error) {
	alerts, err := history.Latest(ctx, t.Store, accounts, listed)
	if err != nil {
		return plan{}, err
	}
	f := wording.ListFacts{Lang: lang, Now: t.at()}
	for _, a := range alerts {
		it := wording.ListItem{Record: a.Record, HideAmount: a.Bound.Watcher.HideAmount}
		it.ServiceName, _ = t.Names.Service(a.Record.Service, lang)
		if len(accounts) > 1 {
			it.BankName, _ = t.Names.Bank(ctx, a.Record.Account.Bank, lang)
		}
		f.Items = append(f.Items, it)
	}
	if len(alerts) > 0 {
		f.Link = t.Link(alerts[0].Record, alerts[0].Bound.Watcher.ID)
	}
	return say(wording.RecentAlerts(f)), nil
}

// trouble says what to do now: about the latest alert that is not known to be
// the person's own doing, else about their first account.
func (t *talk) trouble(ctx context.Context) (plan, error) {
	accounts, lang, err := t.accounts(ctx)
	if err != nil {
		return plan{}, err
	}
	f, err := t.help(ctx, accounts, lang)
	return say(wording.Trouble(f)), err
}

func (t *talk) help(ctx context.Context, accounts []membership.Bound, lang watch.Lang) (wording.TroubleFacts, error) {
	service, banks, err := history.Trouble(ctx, t.Store, accounts)
	if err != nil {
		return wording.TroubleFacts{}, err
	}
	f := wording.TroubleFacts{Lang: lang}
	f.Service.Name, f.Service.Contact = t.Names.Service(service, lang)
	for i, code := range banks {
		var b wording.Named
		b.Name, b.Contact = t.Names.Bank(ctx, code, lang)
		if i == 0 {
			f.Bank = b
		} else {
			f.Banks = append(f.Banks, b)
		}
	}
	return f, nil
}

// services lists the payment services that touched the person's accounts, and
// asks about each.
func (t *talk) services(ctx context.Context) (plan, error) {
	accounts, lang, err := t.accounts(ctx)
	switch {
	case err != nil:
		return plan{}, err
	case len(accounts) == 0:
		return say(wording.NotConnected(lang)), nil
	}
	all, err := t.servicesOf(ctx, accounts, lang, false)
	if err != nil {
		return plan{}, err
	}
	return say(*all), nil
}

// servicesOf words what services touched accounts, of all of them as many as
// one message holds; nil if used leaves none of the accounts to tell of.
func (t *talk) servicesOf(ctx context.Context, accounts []membership.Bound, lang watch.Lang, used bool) (*message.Message, error) {
	var all *message.Message
	room, more := wording.MaxServices, 0
	for _, b := range accounts {
		found, err := history.Services(ctx, t.Store, b.Account.AccountKey)
		if err != nil {
			return nil, err
		}
		if used && len(found) == 0 {
			continue
		}
		fits := min(room, len(found))
		room, more = room-fits, more+len(found)-fits
		if all != nil && fits == 0 && len(found) > 0 {
			continue
		}
		var lines []wording.ServiceLine
		for _, s := range found[:fits] {
			l := wording.ServiceLine{Activity: s.Activity, Record: s.Record}
			l.Name, _ = t.Names.Service(s.ID, lang)
			lines = append(lines, l)
		}
		bank, _ := t.Names.Bank(ctx, b.Account.Bank, lang)
		account, only := wording.Account(bank, b.Account.Mask), ""
		if len(accounts) > 1 {
			only = account
		}
		m := wording.ServicesMessage(lang, account, lines, b.Watcher.HideAmount)
		wording.AnswerServices(&m, lines, only, b.Watcher.Role == watch.Guardian, b.Watcher.ID)
		if all == nil {
			all = &m
		} else {
			wording.AddServices(all, m)
		}
	}
	if all != nil {
		wording.EndServices(all, more)
	}
	return all, nil
}

// servicesOnce are the services of accounts that were connected just now, for
// the event that connected them and no other: a code that is sent twice is
// told of once. Nil if there is nothing to tell.
func (t *talk) servicesOnce(ctx context.Context, list []membership.Bound, lang watch.Lang) (*message.Message, error) {
	all, err := t.servicesOf(ctx, list, lang, true)
	if err != nil || all == nil {
		return nil, err
	}
	told, err := t.Store.Seen(ctx, "services "+list[0].Watcher.ID)
	switch {
	case err != nil:
		return nil, err
	case told.Version > 0 && told.Phase != t.Event.ID:
		return nil, nil
	case told.Version > 0:
		return all, nil
	}
	told.Phase, told.At = t.Event.ID, t.Now()
	return all, t.Store.Write(ctx, store.PutSeen(told))
}
