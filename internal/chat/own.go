package chat

import (
	"context"
	"errors"
	"slices"
	"time"

	"kozamori/internal/button"
	"kozamori/internal/dispute"
	"kozamori/internal/history"
	"kozamori/internal/message"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// own answers 心当たりがある of the list of services: as on its page, each incident of the
// service that waited when the list was shown is called the presser's own as far as
// it is of that service alone. An incident of several services is shown, and asks:
// the list named only one of them. False leaves the answer to the record alone.
func (t *talk) own(ctx context.Context, p button.Press, who dispute.Answerer) (dispute.Result, plan, bool, error) {
	if p.Verb != button.Mine || !p.Whole || p.Mark != "" || p.Delivery != "" || p.Asked.IsZero() {
		return dispute.Result{}, plan{}, false, nil
	}
	look, err := t.Disputes.Look(ctx, p.Record, dispute.Answerer{LineUser: t.Event.User})
	if errors.Is(err, dispute.ErrNotFound) {
		return look, plan{}, false, nil
	}
	var open []history.Alert
	if err == nil {
		open, _, err = t.openOf(ctx, p.Record, look)
	}
	if err != nil {
		return look, plan{}, false, err
	}
	shownBy := p.Asked.Add(time.Second) // it is to the second
	open = slices.DeleteFunc(open, func(a history.Alert) bool { return a.Record.RecordedAt.After(shownBy) })
	who.Confirmed = time.Time{} // it says when the list was shown
	service := look.Record.Service
	if len(open) == 0 || len(open) == 1 && open[0].Record.StoryID() == look.Record.StoryID() && alone(open[0], service) {
		return look, plan{}, false, nil
	}
	var all []*watch.Record
	var asks []message.Message
	best := look
	for _, a := range open {
		res, m, err := t.ownOne(ctx, a, service, shownBy, who)
		switch {
		case err != nil:
			return best, plan{}, false, err
		case m != nil:
			asks = append(asks, *m)
			continue
		}
		if len(all) == 0 || res.Offer.UpTo > best.Offer.UpTo {
			best = res
		}
		all = append(all, res.Record.Parts()...)
	}
	out := plan{say: asks[:min(len(asks), askedOwn)]}
	if len(all) > 0 {
		f, total := t.answerFacts(ctx, best), watch.TotalOf(all, nil)
		f.Covers = &total
		out.say = append([]message.Message{wording.MineThanks(f)}, out.say...)
	}
	return best, out, true, nil
}

// askedOwn is how many incidents are shown at most that 心当たりがある does not cover: a
// reply has five messages. The list still has the others.
const askedOwn = 4

// ownOne calls an incident the presser's own, or gives the message that asks: it is of
// other services too, or there is more of it than they were told when the list was
// shown.
func (t *talk) ownOne(ctx context.Context, a history.Alert, service string, shownBy time.Time, who dispute.Answerer) (dispute.Result, *message.Message, error) {
	if !alone(a, service) {
		res, err := t.Disputes.Look(ctx, a.Record.ID, dispute.Answerer{LineUser: t.Event.User})
		if err != nil {
			return res, nil, err
		}
		f := t.whole(ctx, res)
		f.Mixed = true
		m := wording.Incident(f)
		return res, &m, nil
	}
	for _, d := range a.Record.Deliveries {
		if d.Watcher == a.Bound.Watcher.ID && d.Kind.OfIncident() && !d.CreatedAt.After(shownBy) {
			who.Delivery = d.ID // the last of what they had been told
		}
	}
	res, err := t.Disputes.Answer(ctx, a.Record.ID, who, watch.Mine, watch.ViaLINE)
	if err != nil || res.Outcome != dispute.Changed {
		if res.All {
			res.Record = res.Whole
		}
		return res, nil, err
	}
	m := t.changed(ctx, res)
	if res.All {
		f := t.whole(ctx, res)
		f.NotTaken = true
		m = wording.Incident(f)
	}
	return res, &m, nil
}

// alone tells whether an incident is of one service alone.
func alone(a history.Alert, service string) bool {
	return !slices.ContainsFunc(a.Parts, func(p *watch.Record) bool { return p.Service != service })
}
