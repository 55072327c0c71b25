package chat

import (
	"context"
	"errors"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/message"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// consent is what people are shown before they begin.
func (t *talk) consent() wording.ConsentFacts {
	return wording.ConsentFacts{Policy: t.Policy, KeepDays: days(t.Store.KeepDispute), RecordDays: days(store.KeepRecord)}
}

// askToJoin has the mail sent that asks the reader of an address whether they want
// to watch. It is queued before the enrolment is written: until then, that is not
// found.
func (t *talk) askToJoin(ctx context.Context) queue.Verdict {
	n, age := t.News, t.Now().Sub(t.sent)
	o, err := t.Membership.Offered(ctx, n.Secret)
	switch {
	case errors.Is(err, membership.ErrNotFound) && age < newsWait:
		return queue.RetryAfter(queue.Backoff(t.receives, time.Second, time.Minute))
	case errors.Is(err, membership.ErrNotFound), errors.Is(err, membership.ErrExpired), errors.Is(err, membership.ErrEnrolled):
		return queue.Acknowledge
	case err != nil:
		return t.brokenNews("an enrolment cannot be read", err)
	}
	f := wording.EnrolFacts{Lang: o.Lang, Role: o.Role, Family: o.Family, Expires: o.Expires, Now: t.Now(), Link: t.BaseURL + "/join/" + n.Secret}
	f.BankName, _ = t.Names.Bank(ctx, o.Bank, o.Lang)
	return t.mailNews(ctx, &store.Letter{To: n.To.Mail, Enrolment: n.Turn, Until: o.Expires, What: "the mail of an enrolment"}, wording.EnrolMail(f))
}

// mailNews queues one mail, if mails go out at all.
func (t *talk) mailNews(ctx context.Context, l *store.Letter, m message.Message) queue.Verdict {
	over := t.Channels.Named(t.News.Over)
	if !t.SetUp(over) {
		return queue.DeadLetter(l.What + " could not be sent: mail is not set up")
	}
	l.Key, l.Channel = t.News.Key(), over
	if err := t.post(ctx, l, m); err != nil {
		return t.brokenNews("a mail cannot be queued", err)
	}
	return queue.Acknowledge
}

// welcomeByMail greets somebody who began to watch by mail alone. It is queued
// before they do.
func (t *talk) welcomeByMail(ctx context.Context) queue.Verdict {
	n := t.News
	list, err := t.Membership.Accounts(ctx, n.To.LineUser)
	switch {
	case err != nil:
		return t.brokenNews("who began to watch cannot be read", err)
	case len(list) == 0 && t.Now().Sub(t.sent) < newsWait:
		return queue.RetryAfter(queue.Backoff(t.receives, newsSoon, newsMost))
	case len(list) == 0:
		return queue.Acknowledge // it never came to that, or is over
	}
	w := list[0].Watcher
	f := wording.MailWelcomeFacts{Lang: w.Lang, Accounts: t.chatAccounts(ctx, w.Lang, list), Guardian: w.Role == watch.Guardian, Rules: w.Rules,
		Link: t.KeyLink(n.To.LineUser, w.ID), Consent: t.consent()}
	return t.mailNews(ctx, &store.Letter{To: n.To.Mail, Of: bindingOf(list[0]), Until: t.sent.Add(keyLife), What: "the first mail to a person"}, wording.MailWelcome(f))
}

// mailKey mails a link to the settings to somebody who asked for it.
func (t *talk) mailKey(ctx context.Context) queue.Verdict {
	n := t.News
	b, err := t.Membership.ByMail(ctx, n.To.LineUser, n.To.Watcher)
	switch {
	case errors.Is(err, membership.ErrNotFound):
		return queue.Acknowledge
	case err != nil:
		return t.brokenNews("who asked for a link cannot be read", err)
	}
	c, ok := b.Watcher.Mail()
	if !ok || t.Key == nil || t.Now().Sub(t.sent) >= watch.KeyFor {
		return queue.Acknowledge
	}
	link, err := t.Key(ctx, n.To.LineUser, b.Watcher.Lang)
	if err != nil {
		return t.brokenNews("a link cannot be made", err)
	}
	return t.mailNews(ctx, &store.Letter{To: c.Address, Of: bindingOf(b), Until: t.sent.Add(watch.KeyFor), What: "a link to the settings"}, wording.KeyMail(b.Watcher.Lang, link))
}

func bindingOf(b membership.Bound) *store.Binding {
	return &store.Binding{OnAccount: watch.On(b.Account.AccountKey), Watcher: b.Watcher.ID}
}
