package chat

import (
	"context"
	"strings"

	"kozamori/internal/look"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// listed is how many alerts a list shows.
const listed = 10

func (t *talk) list(ctx context.Context) (plan, error) {
	accounts, lang, err := t.accounts(ctx)
	switch {
	case err != nil:
		return plan{}, err
	case len(accounts) == 0:
		return say(wording.NotConnected(lang)), nil
	}
	alerts, err := look.Latest(ctx, t.Store, accounts, listed)
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
	service, banks, err := look.Trouble(ctx, t.Store, accounts)
	if err != nil {
		return plan{}, err
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
	return say(wording.Trouble(f)), nil
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
	var all *wording.Message
	for _, b := range accounts {
		found, err := look.Services(ctx, t.Store, b.Account.AccountKey)
		if err != nil {
			return plan{}, err
		}
		var lines []wording.ServiceLine
		for _, s := range found {
			l := wording.ServiceLine{Activity: s.Activity, Record: s.Record}
			l.Name, _ = t.Names.Service(s.ID, lang)
			lines = append(lines, l)
		}
		bank, _ := t.Names.Bank(ctx, b.Account.Bank, lang)
		m := wording.ServicesMessage(lang, strings.TrimSpace(bank+" "+b.Account.Mask), lines, b.Watcher.HideAmount, t.at())
		wording.AnswerServices(&m, lines, b.Watcher.Role == watch.Guardian, b.Watcher.ID)
		if all == nil {
			all = &m
		} else {
			wording.AddServices(all, m)
		}
	}
	return say(*all), nil
}
