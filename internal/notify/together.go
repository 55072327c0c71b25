package notify

import (
	"context"
	"errors"

	"kozamori/internal/channel"
	"kozamori/internal/message"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// gathered words what a delivery and those that go with it say.
func (c *Composer) gathered(ctx context.Context, r *watch.Record, d *watch.Delivery, w *watch.Watcher, ch *channel.Channel) (message.Message, error) {
	say := together{Composer: c, lang: d.Lang, ch: ch, accounts: map[watch.AccountKey]*watch.Account{}}
	if err := say.incident(ctx, r, d, w); err != nil {
		return message.Message{}, err
	}
	var ids []string
	for _, o := range d.Gathers {
		ids = append(ids, o.Record)
	}
	records, err := c.Store.Records(ctx, ids)
	if err != nil {
		return message.Message{}, err
	}
	for _, o := range d.Gathers {
		if x := records[o.Record]; x != nil {
			if err := say.another(ctx, x, o.Delivery); err != nil {
				return message.Message{}, err
			}
		}
	}
	switch {
	case len(say.all)+len(say.past) == 0:
		return message.Message{}, errNothing
	case len(say.all) == 1 && len(say.past) == 0:
		return wording.Incident(say.all[0]), nil
	}
	return wording.Together(wording.TogetherFacts{Lang: d.Lang, Incidents: say.all, Past: say.past, Cards: ch.InPlace,
		All: asking(c.linkOver(ch, r, d), wording.AllMark, d.ID)}), nil
}

// together gathers what a message says of several incidents and of the past.
type together struct {
	*Composer
	lang     watch.Lang // of the message: a person may read two on two accounts
	ch       *channel.Channel
	accounts map[watch.AccountKey]*watch.Account
	all      []wording.IncidentFacts
	past     []wording.SummaryFacts
}

func (t *together) incident(ctx context.Context, r *watch.Record, d *watch.Delivery, w *watch.Watcher) error {
	f, err := t.facts(ctx, r, d, w, t.ch)
	if err == nil {
		t.all = append(t.all, f)
	}
	if errors.Is(err, errNothing) {
		return nil
	}
	return err
}

// another adds what a delivery of another record says to its watcher.
func (t *together) another(ctx context.Context, r *watch.Record, delivery string) error {
	d, ok := r.Delivery(delivery)
	if !ok {
		return nil
	}
	a := t.accounts[r.Account]
	if a == nil {
		var err error
		if a, err = t.Store.Account(ctx, r.Account); err != nil {
			return ignoreNotFound(err)
		}
		t.accounts[r.Account] = a
	}
	w, ok := a.Watcher(d.Watcher)
	if !ok {
		return nil
	}
	own := *d
	own.Lang = t.lang
	if d.Kind != watch.TellSummary {
		return t.incident(ctx, r, &own, w)
	}
	if d.Sum == nil {
		return nil
	}
	link, err := t.pastLink(ctx, t.ch, r, d)
	if err == nil {
		bank, _ := t.Names.Bank(ctx, r.Account.Bank, t.lang)
		t.past = append(t.past, wording.SummaryFacts{Lang: t.lang, HideAmount: d.HideAmount || w.HideAmount, BankName: bank, Mask: r.Mask, Sum: *d.Sum, Link: link})
	}
	return err
}
