package chat

import (
	"context"
	"slices"
	"time"

	"kozamori/internal/enrol"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// What is looked at for a list.
const (
	listed   = 10 // alerts
	pageSize = 50 // records
	maxPages = 6  // of an account: a busy one shows what is recent
)

// own is an alert with the watcher who asks.
type own struct {
	record *watch.Record
	bound  enrol.Bound
}

// latest finds the person's latest alerts over all their accounts, newest
// first. Only what they were told is theirs to see.
func (t *talk) latest(ctx context.Context, list []enrol.Bound, n int) ([]own, error) {
	var out []own
	for _, b := range list {
		found, cursor := 0, ""
		for range maxPages {
			records, next, err := t.Store.History(ctx, b.Account.AccountKey, time.Time{}, time.Time{}, pageSize, cursor)
			if err != nil {
				return nil, err
			}
			for _, r := range records {
				if _, told := r.Notice(b.Watcher.ID); told && found < n {
					out = append(out, own{r, b})
					found++
				}
			}
			if cursor = next; cursor == "" || found == n {
				break
			}
		}
	}
	slices.SortStableFunc(out, func(x, y own) int { return y.record.OccurredAt.Compare(x.record.OccurredAt) })
	return out[:min(len(out), n)], nil
}

func (t *talk) list(ctx context.Context) (plan, error) {
	accounts, lang, err := t.accounts(ctx)
	switch {
	case err != nil:
		return plan{}, err
	case len(accounts) == 0:
		return say(wording.NotConnected(lang)), nil
	}
	alerts, err := t.latest(ctx, accounts, listed)
	if err != nil {
		return plan{}, err
	}
	f := wording.ListFacts{Lang: lang, Now: t.at()}
	for _, a := range alerts {
		it := wording.ListItem{Record: a.record, HideAmount: a.bound.Watcher.HideAmount}
		it.ServiceName, _ = t.Names.Service(a.record.Service, lang)
		if len(accounts) > 1 {
			it.BankName, _ = t.Names.Bank(ctx, a.record.Account.Bank, lang)
		}
		f.Items = append(f.Items, it)
	}
	if len(alerts) > 0 {
		f.Link = t.Link(alerts[0].record, alerts[0].bound.Watcher.ID)
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
	alerts, err := t.latest(ctx, accounts, listed)
	if err != nil {
		return plan{}, err
	}
	var banks []string
	f := wording.TroubleFacts{Lang: lang}
	for _, a := range alerts {
		if a.record.Answer == nil || a.record.Answer.Value != watch.Mine {
			banks = append(banks, a.record.Account.Bank)
			f.Service.Name, f.Service.Contact = t.Names.Service(a.record.Service, lang)
			break
		}
	}
	for _, b := range accounts {
		if !slices.Contains(banks, b.Account.Bank) {
			banks = append(banks, b.Account.Bank)
		}
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
	return say(wording.Trouble(f)), nil
}
