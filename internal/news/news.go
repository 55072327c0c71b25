// Package news queues what people are to hear of an account that is no alert:
// who came, who went, what protects it less than before. It words nothing,
// and never decides whether something happened: what is queued before it is
// true is checked by package chat, which tells it.
package news

import (
	"context"
	"time"

	"kozamori/internal/codec"
	"kozamori/internal/queue"
	"kozamori/internal/watch"
)

var messages = codec.For[watch.NewsMessage]("message.news")

// Service queues news. Its zero value queues none.
type Service struct{ Queue queue.Sender }

// Tell queues news. Of what is about to change it is queued before that has
// changed: afterwards a process can die in between, and of those who go it is
// unknown then who is to be told. The sender looks whether it came true. So an
// error means that nothing may change.
func (d Service) Tell(ctx context.Context, list []watch.News) error {
	if d.Queue == nil || len(list) == 0 {
		return nil
	}
	var out []queue.Outgoing
	for _, n := range list {
		group := n.To.LineUser
		if group == "" {
			group = n.To.Watcher
		}
		out = append(out, queue.Outgoing{Body: messages.Encode(&watch.NewsMessage{News: &n}), Group: watch.Derive("chat", group), Trace: n.Key()})
	}
	return d.Queue.Send(ctx, queue.Chat, out...)
}

// Once is Tell for an act that is tried again and again until no other writer
// comes between: the same news is queued once.
func (d Service) Once() func(context.Context, []watch.News) error {
	told := map[string]bool{}
	return func(ctx context.Context, list []watch.News) error {
		var fresh []watch.News
		for _, n := range list {
			if !told[n.Key()] {
				fresh = append(fresh, n)
			}
		}
		if err := d.Tell(ctx, fresh); err != nil {
			return err
		}
		for _, n := range fresh {
			told[n.Key()] = true
		}
		return nil
	}
}

// OfStep is what a step of the trail is to all who watch the account: one piece
// of news for each of their channels, if it protects less than before, was
// taken back, or is of what a bank is to stop. The one who made it does not hear over the channel by which they
// did. before is the watcher whom it is about as they were: an address that is
// taken from them hears of it too.
func OfStep(a *watch.Account, step *watch.Step, before *watch.Watcher) []watch.News {
	if !step.Lowered && step.Kind != watch.StepRestored && step.Kind != watch.StepControl {
		return nil
	}
	var out []watch.News
	for i := range a.Watchers {
		w := &a.Watchers[i]
		own := step.By == w.ID
		n := watch.News{Kind: watch.NewsStep, Bank: a.Bank, Mask: a.Mask, Step: step.ID, To: watch.NewsTo{LineUser: w.LineUser, Watcher: w.ID, Lang: w.Lang},
			Guardian: watch.NewsOf{LineUser: w.LineUser, Watcher: w.ID}}
		// The incident tells owners of a guardian's answer, over the first channel
		// that reaches them; the step over the others.
		answered := step.Kind == watch.StepMine && step.ByRole == watch.Guardian && w.Role == watch.Owner && !own
		told := func(over watch.ChannelKind) bool {
			list := w.Reachable()
			return answered && len(list) > 0 && list[0].Kind == over
		}
		if c, reads := w.Chat(); reads && w.LineUser != "" && !(own && step.Way == watch.WayChat) && !told(c.Kind) {
			out = append(out, n)
		}
		// A person without a chat hears of it by mail all the same: a mail is passed on.
		there := func(over watch.ChannelKind) bool {
			known := step.Over != "" && step.Over == over || step.Over == "" && step.Way == watch.WayMail
			return own && known && !watch.ByMail(w.LineUser)
		}
		for _, x := range addresses(w, before, there) {
			if told(x.over) {
				continue
			}
			n.Over, n.To.Mail, n.Turn = x.over, x.address, x.turn
			out = append(out, n)
		}
	}
	return out
}

// OfExposure reminds an owner, in the chat or where they are reached if that
// does not bring it, that their settings keep debits from them. at tells one
// reminder from the next.
func OfExposure(a *watch.Account, w *watch.Watcher, at time.Time) []watch.News {
	n := watch.News{Kind: watch.NewsExposed, Bank: a.Bank, Mask: a.Mask, Ref: a.Ref, Turn: at.UTC().Format(time.DateOnly),
		To: watch.NewsTo{LineUser: w.LineUser, Watcher: w.ID, Lang: w.Lang}, Guardian: watch.NewsOf{LineUser: w.LineUser, Watcher: w.ID}}
	if list := w.Addressed(); len(list) > 0 {
		n.To.Mail, n.Over = list[0].Address, list[0].Kind
	}
	if n.To.LineUser == "" && n.To.Mail == "" {
		return nil
	}
	return []watch.News{n}
}

// OfSilence tells a person of a silence of their bank's feed, or of its end: in the chat,
// or where they are reached if that does not bring it. The same silence has the same key.
func OfSilence(kind watch.NewsKind, a *watch.Account, w *watch.Watcher, silent watch.Kind, since, back time.Time) watch.News {
	n := watch.News{Kind: kind, Bank: a.Bank, Silent: silent, Since: since.UTC(), Back: back.UTC(), Turn: a.Bank + string(silent) + since.UTC().Format(time.RFC3339Nano),
		To: watch.NewsTo{LineUser: w.LineUser, Lang: w.Lang}, Guardian: watch.NewsOf{LineUser: w.LineUser, Watcher: w.LineUser}}
	if list := w.Addressed(); len(list) > 0 {
		n.To.Mail, n.Over = list[0].Address, list[0].Kind
	}
	return n
}

type address struct {
	over          watch.ChannelKind
	address, turn string
}

// addresses are where a watcher is reached apart from LINE, and was a moment
// ago, but where they made the step themselves. The first has no turn: it is
// where news goes that LINE does not bring, and hears once.
func addresses(w, before *watch.Watcher, there func(watch.ChannelKind) bool) []address {
	var out []address
	for i, c := range w.Addressed() {
		x := address{over: c.Kind, address: c.Address}
		if i > 0 {
			x.turn = string(c.Kind)
		}
		if !there(c.Kind) {
			out = append(out, x)
		}
	}
	if before == nil || before.ID != w.ID {
		return out
	}
	for _, c := range before.Addressed() {
		is, has := w.Channel(c.Kind)
		if has && is.Address == c.Address || !has && there(c.Kind) {
			continue
		}
		out = append(out, address{c.Kind, c.Address, "before " + string(c.Kind)})
	}
	return out
}

// OfInquiry is a bank's question to those who watch an account: its owners whom a channel
// may reach, or the guardians if there is no such owner. One piece for each, in the chat or
// where they are reached if that does not bring it.
func OfInquiry(a *watch.Account, q *watch.Inquiry) (out []watch.News) {
	for _, role := range []watch.Role{watch.Owner, watch.Guardian} {
		for i := range a.Watchers {
			w := &a.Watchers[i]
			if w.Role != role || len(w.Reachable()) == 0 {
				continue
			}
			n := watch.News{Kind: watch.NewsInquiry, Inquiry: q.ID, To: watch.NewsTo{LineUser: w.LineUser, Watcher: w.ID, Lang: w.Lang},
				Guardian: watch.NewsOf{LineUser: w.LineUser, Watcher: w.ID}}
			if list := w.Addressed(); len(list) > 0 {
				n.To.Mail, n.Over = list[0].Address, list[0].Kind
			}
			if n.To.LineUser != "" || n.To.Mail != "" {
				out = append(out, n)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}
