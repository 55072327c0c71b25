package chat

import (
	"context"
	"errors"
	"time"

	"kozamori/internal/button"
	"kozamori/internal/dispute"
	"kozamori/internal/line"
	"kozamori/internal/message"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// answerAlert acts on a button of an alert and words what came of it. The
// event's id is the idempotency key, so that an event that comes again acts
// once, whatever was pressed in between.
func (t *talk) answerAlert(ctx context.Context, p button.Press) (plan, error) {
	res, out, err := t.pressAlert(ctx, p)
	if res.Record != nil {
		about(&out, res.Record)
	}
	return out, err
}

// about notes of which incident an answer speaks, if it comes by mail.
func about(p *plan, r *watch.Record) {
	for i := range p.say {
		p.say[i].Incident = r.CaseID()
	}
}

func (t *talk) pressAlert(ctx context.Context, p button.Press) (dispute.Result, plan, error) {
	who := dispute.Answerer{LineUser: t.Event.User, At: t.at(), IdempotencyKey: t.Event.ID, Delivery: p.Delivery, Confirmed: p.Asked, Way: watch.WayChat}
	var res dispute.Result
	var err error
	if p.Verb == button.NotMine && p.Whole {
		who.Confirmed = time.Time{} // it says when it was shown, and confirms no report
		if who.Also, err = t.shown(ctx, p); err != nil && !errors.Is(err, dispute.ErrNotFound) {
			return res, plan{}, err
		}
	}
	if res, out, done, err := t.own(ctx, p, who); done || err != nil {
		return res, out, err
	}
	if p.Verb == button.Mine && p.Whole && p.Mark != "" {
		who.Whole, who.Mark = true, p.Mark
	}
	if p.Verb == button.Undo {
		who.Mark = p.Mark
	}
	who.Other = p.Verb == button.Mine && p.Other
	switch p.Verb {
	case button.NotMine:
		res, err = t.Disputes.Answer(ctx, p.Record, who, watch.NotMine, watch.ViaLINE)
	case button.Mine:
		res, err = t.Disputes.Answer(ctx, p.Record, who, watch.Mine, watch.ViaLINE)
	case button.Undo:
		res, err = t.Disputes.Undo(ctx, p.Record, who, watch.ViaLINE)
	case button.Trust:
		res, err = t.Disputes.Trust(ctx, p.Record, who)
	}
	switch {
	case errors.Is(err, dispute.ErrNotFound):
		lang, err := t.lang(ctx)
		return res, say(wording.Unknown(lang)), err
	case errors.Is(err, dispute.ErrTooLate):
		return res, say(wording.UndoTooLate(t.disputeFacts(ctx, res))), nil
	case errors.Is(err, dispute.ErrNotAllowed):
		return res, say(wording.OwnerOnly(res.Watcher.Lang)), nil
	case errors.Is(err, dispute.ErrNoTrust) && res.Outcome != dispute.AlreadyOpen:
		return res, say(wording.Useless(res.Watcher.Lang)), nil
	case err != nil && !errors.Is(err, dispute.ErrNoTrust):
		return res, plan{}, err
	case res.All && res.Outcome == dispute.Changed:
		f := t.whole(ctx, res)
		f.NotTaken = true
		return res, say(wording.Incident(f)), nil
	case res.All && res.Outcome != dispute.AlreadyOpen:
		res.Record = res.Whole
	case err == nil && p.Verb == button.Trust:
		return res, say(wording.Trusted(t.answerFacts(ctx, res))), nil
	}
	return res, say(t.outcome(ctx, p.Verb, res)), nil
}

// outcome words what an answer did, or what stands.
func (t *talk) outcome(ctx context.Context, pressed button.Verb, res dispute.Result) message.Message {
	own := res.Record.Answer != nil && res.Record.Answer.Watcher == res.Watcher.ID
	switch res.Outcome {
	case dispute.Opened:
		return wording.DisputeOpened(t.disputeFacts(ctx, res))
	case dispute.AlreadyOpen:
		switch {
		case pressed == button.NotMine && res.Repeated:
			// Its first answer was lost: it reads as it would have.
			return wording.DisputeOpened(t.disputeFacts(ctx, res))
		case pressed == button.Mine && !own:
			return wording.AlreadyAnswered(t.answerFacts(ctx, res))
		}
		f := t.disputeFacts(ctx, res)
		f.SaidMine = pressed == button.Mine
		return wording.DisputeAlready(f)
	case dispute.Changed:
		return t.changed(ctx, res)
	case dispute.Confirm:
		return wording.ConfirmUndo(t.disputeFacts(ctx, res))
	case dispute.Withdrawn, dispute.AlreadyWithdrawn:
		return wording.DisputeWithdrawn(t.disputeFacts(ctx, res))
	case dispute.Mine:
		return wording.MineThanks(t.answerFacts(ctx, res))
	case dispute.AlreadyMine:
		if pressed == button.Mine && own {
			return wording.MineThanks(t.answerFacts(ctx, res))
		}
		return wording.AlreadyAnswered(t.answerFacts(ctx, res))
	}
	return wording.Useless(res.Watcher.Lang)
}

// changed shows what has happened in an incident since the message that was
// answered, and asks again.
func (t *talk) changed(ctx context.Context, res dispute.Result) message.Message {
	f := t.incident(ctx, res, res.Unseen)
	f.NotTaken = true
	var pieces []*watch.Record
	for _, g := range res.Groups {
		for _, l := range g.Pieces {
			if l.StandsAs(res.Record) {
				pieces = append(pieces, l)
			}
		}
	}
	f.SumUp(watch.SumOfAll(pieces, res.Watcher.ID, "", res.Unseen), false)
	return wording.Incident(f)
}

// incident is what is said of some of an incident's parts.
func (t *talk) incident(ctx context.Context, res dispute.Result, says []watch.Said) wording.IncidentFacts {
	w, r := res.Watcher, res.Record
	d := watch.Delivery{Kind: watch.TellMore, Watcher: w.ID, Channel: line.Channel.Kind, Lang: w.Lang, HideAmount: w.HideAmount, Several: t.several(ctx), CreatedAt: t.Now()}
	if last, ok := r.LastTold(w.ID); ok {
		d.ID = last.ID
	}
	names := wording.Names{
		Bank:    func(code string) (string, wording.Contact) { return t.Names.Bank(ctx, code, w.Lang) },
		Service: t.serviceOf(w.Lang),
	}
	return wording.IncidentOf(r, says, d, &w, names, t.Link(r, w.ID), false)
}

func (t *talk) disputeFacts(ctx context.Context, res dispute.Result) wording.DisputeFacts {
	w, r := res.Watcher, res.Record
	f := wording.DisputeFacts{Lang: w.Lang, Dispute: res.Dispute, At: t.at(), Watcher: w.ID, Guardian: w.Role == watch.Guardian,
		HideAmount: w.HideAmount, Several: t.several(ctx), UndoUntil: res.UndoUntil, Family: res.Family, Unasked: !r.AskedOf(w.ID), Link: t.Link(r, w.ID)}
	f.BankName, f.Bank = t.Names.Bank(ctx, r.Account.Bank, w.Lang)
	f.ServiceName, f.Service = t.Names.Service(r.Service, w.Lang)
	f.ServiceOf = t.serviceOf(w.Lang)
	if rest := res.Whole.Recognised(); res.Outcome == dispute.AlreadyOpen && len(rest) > 0 {
		total := watch.TotalOf(rest, nil)
		f.Recognised, f.Record = &total, r.ID
	}
	f.Since = since(res)
	opened := res.Outcome == dispute.Opened || res.Outcome == dispute.AlreadyOpen
	if opened {
		f.Stops = t.stopsOf(ctx, res)
	}
	if parts, in := watch.SilencedFor(w.ID, res.Groups); opened && len(parts) > 0 {
		total := watch.TotalOf(parts, nil)
		f.Silenced, f.SilencedIn = &total, in
	}
	return f
}

// since is what a report took in that the message which was answered did not show.
func since(res dispute.Result) wording.Since {
	s := wording.Since{Via: watch.ViaLINE}
	for _, g := range res.Groups {
		a := g.Record.Answer
		if a == nil || a.Value != watch.NotMine || a.Watcher != res.Watcher.ID || a.Via != watch.ViaLINE {
			continue
		}
		s.Add(g.Record)
	}
	return s
}

func (t *talk) answerFacts(ctx context.Context, res dispute.Result) wording.AnswerFacts {
	w, r := res.Watcher, res.Record
	f := wording.AnswerFacts{Lang: w.Lang, Record: r, Watcher: w.ID, Guardian: w.Role == watch.Guardian,
		HideAmount: w.HideAmount, Several: t.several(ctx), Trust: res.Offer, TrustDays: dispute.TrustDays, Unasked: !r.AskedOf(w.ID), Link: t.Link(r, w.ID)}
	f.BankName, _ = t.Names.Bank(ctx, r.Account.Bank, w.Lang)
	f.ServiceName, _ = t.Names.Service(r.Service, w.Lang)
	f.ServiceOf = t.serviceOf(w.Lang)
	total := watch.TotalOf(r.Parts(), nil)
	if r.Answer != nil {
		f.Answer = *r.Answer
	}
	if res.Dispute != nil && res.Outcome == dispute.AlreadyOpen {
		f.Reference, total = res.Dispute.Reference, res.Dispute.TotalAt(0)
	}
	f.Covers = &total
	return f
}

func (t *talk) serviceOf(lang watch.Lang) func(id string) (string, wording.Contact) {
	return func(id string) (string, wording.Contact) { return t.Names.Service(id, lang) }
}

// several tells whether the person watches more than one account: then each
// button names its own.
func (t *talk) several(ctx context.Context) bool {
	several, err := t.Store.Several(ctx, t.Event.User)
	return several || err != nil
}
