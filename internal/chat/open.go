package chat

import (
	"context"
	"errors"
	"slices"
	"sort"
	"time"

	"kozamori/internal/button"
	"kozamori/internal/dispute"
	"kozamori/internal/history"
	"kozamori/internal/membership"
	"kozamori/internal/message"
	"kozamori/internal/phrase"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

const (
	// openMost is how many incidents of an account are offered at most, and
	// openLook how many of its records are looked at for them: one story alone
	// may have hundreds.
	openMost, openLook = 300, 20000
)

// list offers what waits for an answer; without any, the latest alerts.
func (t *talk) list(ctx context.Context) (plan, error) {
	accounts, lang, err := t.accounts(ctx)
	switch {
	case err != nil:
		return plan{}, err
	case len(accounts) == 0:
		return t.unconnected(ctx, lang)
	}
	f, err := t.open(ctx, accounts, lang)
	switch {
	case err != nil:
		return plan{}, err
	case len(f.Items) == 0:
		return t.latest(ctx, accounts, lang)
	}
	return say(wording.OpenIncidents(f)), nil
}

// denied answers somebody who says that something was not them: with what
// waits for an answer, else with a number to call.
func (t *talk) denied(ctx context.Context) (plan, error) {
	accounts, lang, err := t.accounts(ctx)
	if err != nil {
		return plan{}, err
	}
	f, err := t.open(ctx, accounts, lang)
	switch {
	case err != nil:
		return plan{}, err
	case len(f.Items) > 0:
		p := say(wording.OpenIncidents(f))
		also := wording.WhomToCall
		switch {
		case phrase.Asks(t.Event.Text, phrase.Stop):
			also = wording.StopMoney
		case !phrase.Asks(t.Event.Text, phrase.Phone):
			return p, nil
		}
		help, err := t.help(ctx, accounts, lang)
		p.say = []message.Message{also(help), p.say[0]} // the last is what is in sight
		return p, err
	case len(accounts) == 0:
		p, err := t.trouble(ctx)
		if left, ok, e := t.leftBefore(ctx, lang); err == nil && ok {
			p.say = append(p.say, left)
		} else if e != nil {
			err = e
		}
		return p, err
	}
	help, err := t.help(ctx, accounts, lang)
	return say(wording.NothingOpen(help)), err
}

// open finds the incidents of a person's accounts that wait for an answer,
// newest first.
func (t *talk) open(ctx context.Context, accounts []membership.Bound, lang watch.Lang) (wording.OpenFacts, error) {
	f := wording.OpenFacts{Lang: lang, Now: t.at(), Several: len(accounts) > 1}
	for _, b := range accounts {
		alerts, _, err := history.Alerts(ctx, t.Store, b, t.at().Add(-watch.OpenFor), time.Time{}, openMost, openLook)
		if err != nil {
			return f, err
		}
		for _, a := range alerts {
			lead := a.Record
			if lead.Answered() || lead.Over() || lead.Past {
				continue
			}
			w := b.Watcher
			it := wording.OpenItem{Lead: lead, Watcher: w.ID, Guardian: w.Role == watch.Guardian, HideAmount: w.HideAmount, Link: t.Link(lead, w.ID)}
			if d, ok := lead.LastTold(w.ID); ok {
				it.Delivery = d.ID
			}
			it.TakenBack = a.TakenBack
			if a.Related != nil {
				it.Related = a.Related.Reference
			}
			if len(a.Pieces) > 1 {
				it.Mark = lead.Mark()
			}
			it.ServiceName, _ = t.Names.Service(lead.Service, lang)
			it.BankName, _ = t.Names.Bank(ctx, lead.Account.Bank, lang)
			f.Items = append(f.Items, it)
		}
	}
	sort.SliceStable(f.Items, func(i, j int) bool { return latestPart(f.Items[i].Lead).After(latestPart(f.Items[j].Lead)) })
	return f, nil
}

// latestPart is when the latest part of an incident happened.
func latestPart(lead *watch.Record) time.Time {
	parts := lead.Parts()
	return parts[len(parts)-1].OccurredAt
}

// ask shows what "not me" would report, and asks: the incident of a card, or
// each of a service on an account that waits for an answer. What is reported
// already is said as it stands, if nothing else waits.
func (t *talk) ask(ctx context.Context, p button.Press) (plan, error) {
	res, err := t.Disputes.Look(ctx, p.Record, dispute.Answerer{LineUser: t.Event.User})
	switch {
	case errors.Is(err, dispute.ErrNotFound):
		lang, err := t.lang(ctx)
		return say(wording.Unknown(lang)), err
	case err != nil:
		return plan{}, err
	}
	open, base := []history.Alert(nil), ""
	if p.Delivery == "" {
		if open, base, err = t.openOf(ctx, p.Record, res); err != nil {
			return plan{}, err
		}
	}
	several := len(open) > 1 || len(open) == 1 && open[0].Record.StoryID() != res.Record.StoryID()
	if res.Outcome == dispute.AlreadyOpen && !several {
		out := say(wording.DisputeAlready(t.disputeFacts(ctx, res)))
		about(&out, res.Record)
		return out, nil
	}
	if !several {
		out := say(wording.AskIncident(t.whole(ctx, res)))
		about(&out, res.Record)
		return out, nil
	}
	var f wording.IncidentFacts
	for _, a := range slices.Backward(open) { // the oldest first, as in one incident
		of := res
		of.Whole = a.Record
		f.Parts = append(f.Parts, t.whole(ctx, of).Parts...)
	}
	sort.SliceStable(f.Parts, func(i, j int) bool { return f.Parts[i].Record.OccurredAt.Before(f.Parts[j].Record.OccurredAt) })
	press := button.Press{Verb: button.NotMine, Record: base, Watcher: res.Watcher.ID, Asked: t.Now(), Whole: true}
	return say(wording.AskIncidents(f, press)), nil
}

// whole is all of an incident that stands alike.
func (t *talk) whole(ctx context.Context, res dispute.Result) wording.IncidentFacts {
	var says []watch.Said
	mark := ""
	if res.Record != res.Whole {
		mark, res.Record = res.Whole.Mark(), res.Whole
	}
	for _, part := range res.Record.Parts() {
		if part.Complete {
			says = append(says, watch.Said{Record: part.ID})
		}
	}
	f := t.incident(ctx, res, says)
	for i := range f.Parts {
		f.Parts[i].Mark = mark
	}
	return f
}

// openOf lists the incidents of a record's service on its account that wait for
// an answer, the newest first, and gives a record of the service in the first.
func (t *talk) openOf(ctx context.Context, record string, res dispute.Result) (open []history.Alert, base string, err error) {
	asked, err := t.Store.Record(ctx, record)
	if err != nil {
		return nil, "", err
	}
	accounts, _, err := t.accounts(ctx)
	if err != nil {
		return nil, "", err
	}
	for _, b := range accounts {
		if b.Account.AccountKey == res.Record.Account && b.Watcher.ID == res.Watcher.ID {
			if open, err = history.Open(ctx, t.Store, b, asked.Service, record, t.Now()); err != nil {
				return nil, "", err
			}
		}
	}
	for _, a := range open {
		for _, p := range a.Parts {
			if p.Service == asked.Service {
				return open, p.ID, nil
			}
		}
	}
	return open, record, nil
}

// shown are the incidents, but that of the record, that a button is about which
// was shown at a time.
func (t *talk) shown(ctx context.Context, p button.Press) ([]string, error) {
	res, err := t.Disputes.Look(ctx, p.Record, dispute.Answerer{LineUser: t.Event.User})
	if err != nil {
		return nil, err
	}
	open, _, err := t.openOf(ctx, p.Record, res)
	var out []string
	for _, a := range open {
		if !a.Record.RecordedAt.After(p.Asked.Add(time.Second)) && a.Record.StoryID() != res.Record.StoryID() {
			out = append(out, a.Record.ID)
		}
	}
	return out, err
}
