package chat

import (
	"context"
	"errors"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/wording"
)

// askAddress has the mail sent that asks the reader of an address whether mails
// may come there. It is queued before the claim is written: until then, the
// claim is not found.
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
	return t.mailNews(ctx, &store.Letter{To: n.To.Mail, Until: t.sent.Add(membership.MailLife), What: "a confirmation mail"}, wording.ConfirmMail(n.To.Lang, t.BaseURL+"/mail/"+n.Secret))
}
