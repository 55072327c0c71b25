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

// recent lists the latest alerts, answered or not.
func (t *talk) recent(ctx context.Context) (plan, error) {
	accounts, lang, err := t.accounts(ctx)
	switch {
	case err != nil:
		return plan{}, err
	case len(accounts) == 0:
		return t.unconnected(ctx, lang)
	}
	return t.latest(ctx, accounts, lang)
}

func (t *talk) latest(ctx context.Context, accounts []membership.Bound, lang watch.Lang) (plan, error) {
	alerts, err := history.Latest(ctx, t.Store, accounts, wording.MaxList)
	if err != nil {
		return plan{}, err
	}
	f := wording.ListFacts{Lang: lang, Now: t.at()}
	f.Feeds = t.feeds(ctx, accounts, lang)
	for _, a := range alerts {
		it := wording.ListItem{HistoryEntry: wording.HistoryEntry{Record: a.Record, Parts: a.Parts, Dispute: a.Dispute, Groups: a.Groups, Paused: a.Paused, Link: t.Link(a.Record, a.Bound.Watcher.ID)},
			HideAmount: a.Bound.Watcher.HideAmount}
		it.Service, _ = t.Names.Service(a.Newest().Service, lang)
		if a.Related != nil {
			it.Related = a.Related.Reference
		}
		if len(accounts) > 1 {
			it.BankName, _ = t.Names.Bank(ctx, a.Record.Account.Bank, lang)
		}
		f.Items = append(f.Items, it)
	}
	return say(wording.RecentAlerts(f)), nil
}

// feeds tells until when the banks of accounts were heard. What cannot be read is left
// out: the list is worth more.
func (t *talk) feeds(ctx context.Context, accounts []membership.Bound, lang watch.Lang) (out []wording.FeedFacts) {
	told := map[string]bool{}
	for _, b := range accounts {
		code := b.Account.Bank
		if told[code] {
			continue
		}
		told[code] = true
		f, err := t.Store.Feed(ctx, code)
		if err != nil {
			t.Logger.WarnContext(ctx, "the feed of a bank cannot be read for its customers", "bank", code, "err", err)
			continue
		}
		name, _ := t.Names.Bank(ctx, code, lang)
		out = append(out, wording.FeedFacts{BankName: name, Until: f.Until(), Silent: f.SilentSince, Debits: f.SilentOf(watch.Debit), Links: f.SilentOf(watch.LinkRegistered), Now: t.at()})
	}
	return out
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
	services, banks, err := history.Trouble(ctx, t.Store, accounts)
	if err != nil {
		return wording.TroubleFacts{}, err
	}
	f := wording.TroubleFacts{Lang: lang, None: len(accounts) == 0, Guardian: membership.GuardianOnly(accounts)}
	for _, id := range services {
		name, contact := t.Names.Service(id, lang)
		f.Services = append(f.Services, wording.Named{Name: name, Contact: contact})
	}
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
		return t.unconnected(ctx, lang)
	}
	all, err := t.servicesOf(ctx, accounts, lang, false)
	if err != nil {
		return plan{}, err
	}
	return say(*all), nil
}

// servicesOf words what services touched accounts; nil if used leaves none of
// the accounts to tell of.
func (t *talk) servicesOf(ctx context.Context, accounts []membership.Bound, lang watch.Lang, used bool) (*message.Message, error) {
	f := wording.ServicesListFacts{Lang: lang, Now: t.at()}
	for _, b := range accounts {
		found, err := history.Services(ctx, t.Store, b.Account.AccountKey)
		if err == nil {
			err = history.Standing(ctx, t.Store, b, found, t.at())
		}
		if err != nil {
			return nil, err
		}
		if used && len(found) == 0 {
			continue
		}
		bank, _ := t.Names.Bank(ctx, b.Account.Bank, lang)
		a := wording.AccountServices{Name: wording.Account(bank, b.Account.Mask), Watcher: b.Watcher.ID, Guardian: b.Watcher.Role == watch.Guardian, HideAmount: b.Watcher.HideAmount}
		for _, s := range found {
			l := wording.ServiceLine{Activity: s.Activity, Record: s.Record, Links: s.Links, Unknown: s.ID == "", Text: s.Text, Word: s.Word, NameOf: func(id string) string {
				name, _ := t.Names.Service(id, lang)
				return name
			}}
			l.Name, _ = t.Names.Service(s.ID, lang)
			l.Stands(s.Group, s.Open(), s.Reports)
			if lead := s.Asks(); lead != "" {
				l.Record = lead
			}
			switch open := s.Open(); {
			case len(open) > 0:
				l.Link = t.Link(open[0], b.Watcher.ID) // by mail the only way to answer
			case l.Settled && s.Group.Record != nil:
				l.Link = t.Link(s.Group.Record, b.Watcher.ID)
			}
			a.Services = append(a.Services, l)
		}
		f.Accounts = append(f.Accounts, a)
	}
	if len(f.Accounts) == 0 {
		return nil, nil
	}
	m := wording.ServicesList(f)
	return &m, nil
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
