package chat

import (
	"context"
	"errors"

	"kozamori/internal/dispute"
	"kozamori/internal/inquiry"
	"kozamori/internal/message"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// tellInquiry asks one who watches an account what their bank wants to know. It says what is
// true now, with the buttons of an alert: what they press is an answer to the incident.
func (t *talk) tellInquiry(ctx context.Context) queue.Verdict {
	n := t.News
	q, err := t.Store.Inquiry(ctx, n.Inquiry)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return queue.Acknowledge // it was erased with its account: it is written before it is queued
	case err != nil:
		return t.brokenNews("an inquiry cannot be read", err)
	case q.State != watch.InquiryAsked || !t.Now().Before(q.AnswerBy):
		return queue.Acknowledge // it was answered, or is over
	}
	who := dispute.Answerer{Watcher: n.To.Watcher, LineUser: n.To.LineUser}
	res, err := t.Disputes.Look(ctx, q.Record, who)
	switch {
	case errors.Is(err, dispute.ErrNotFound):
		return queue.Acknowledge // they left
	case err != nil:
		return t.brokenNews("what a bank asks about cannot be read", err)
	case res.Outcome != dispute.Unanswered && res.Outcome != dispute.AlreadyWithdrawn, res.Record.Over():
		return queue.Acknowledge
	}
	own := *t
	own.Event.User = n.To.LineUser
	f := own.whole(ctx, res)
	if len(f.Parts) == 0 {
		return queue.Acknowledge
	}
	mark := res.Whole.Mark() // "mine" is about what is shown here, whatever was told before
	for i := range f.Parts {
		f.Parts[i].Mark = mark
	}
	words := wording.Inquiry(f, q.AnswerBy, t.Now())
	words.Incident = res.Record.CaseID()
	p := &parcel{user: n.To.LineUser, mail: n.To.Mail, over: t.Channels.Named(n.Over), key: n.Key(), what: "an inquiry of a bank", since: t.sent, within: keyLife, words: []message.Message{words}}
	if p.user == "" {
		p.of = &store.Binding{OnAccount: watch.On(q.Account), Watcher: res.Watcher.ID}
		p.words[0] = wording.PressedOnPage(words)
	}
	v := t.tell(ctx, p)
	if !v.Done {
		return v
	}
	if err := inquiry.Reached(ctx, t.Store, q.ID, t.Now().UTC()); err != nil {
		return t.brokenNews("that an inquiry was taken cannot be written", err)
	}
	return v
}
