package chat

import (
	"context"
	"errors"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/queue"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// askAddress sends the mail that asks the reader of an address whether mails
// may come there. It is queued before the claim is written: until then, the
// claim is not found. One that cannot be sent may be asked for again at once.
func (t *talk) askAddress(ctx context.Context) queue.Verdict {
	n, age := t.News, t.Now().Sub(t.sent)
	b, err := t.Membership.MailClaimed(ctx, n.Secret)
	switch {
	case errors.Is(err, membership.ErrNotFound) && age < newsWait:
		return queue.RetryAfter(queue.Backoff(t.receives, time.Second, time.Minute))
	case errors.Is(err, membership.ErrNotFound), errors.Is(err, membership.ErrExpired), err == nil && b.Already:
		return queue.Acknowledge
	case err != nil:
		return t.brokenNews("a claim cannot be read", err)
	}
	o := watch.Outcome{Result: watch.SendUnreachable, Problem: "mail is not set up"}
	if t.Mail != nil {
		o = t.Mail.Send(ctx, n.To.Mail, n.Key(), wording.ConfirmMail(n.To.Lang, t.BaseURL+"/mail/"+n.Secret))
	}
	switch {
	case o.Result == watch.SendAccepted:
		return queue.Acknowledge
	case o.Result == watch.SendRetry && age < membership.MailLife:
		return t.again(o)
	}
	if err := t.Membership.MailUnsent(ctx, n.Secret); err != nil {
		t.Logger.WarnContext(ctx, "a confirmation mail cannot be asked for again within a minute", "err", err)
	}
	return queue.DeadLetter("a confirmation mail could not be sent: " + o.Problem)
}
