package notify

import (
	"context"
	"errors"

	"kozamori/internal/message"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// answered words what a guardian answered or took back, for the owner. A
// delivery with a Seq tells of that change of the dispute, one without of
// "mine": an answer that was replaced in the meantime leaves nothing to tell,
// and never makes other words of the same delivery.
func (c *Composer) answered(ctx context.Context, r *watch.Record, d *watch.Delivery, f wording.AnswerFacts) (m message.Message, err error) {
	if d.Seq == 0 {
		answer := d.Answer
		if answer == nil {
			answer = r.Answer
		}
		if replaced := r.Answer == nil || r.Answer.Value != watch.Mine; answer == nil || answer.Value != watch.Mine || d.Attempts == 0 && replaced {
			return message.Message{}, errNothing
		}
		f.Answer, f.Covers = *answer, r.TotalSaid(d.Says)
		f.By, err = c.guardian(ctx, r, f.Lang, f.Answer.Watcher)
		return wording.AnswerByOther(f), err
	}
	if r.Dispute == "" {
		return message.Message{}, store.ErrNotFound
	}
	dis, err := c.Store.Dispute(ctx, r.Dispute)
	if err != nil {
		return message.Message{}, err
	}
	for _, change := range dis.Changes {
		if change.Seq != d.Seq {
			continue
		}
		if f.By, err = c.guardian(ctx, r, f.Lang, change.Watcher); err != nil {
			return message.Message{}, err
		}
		total := dis.TotalAt(d.Seq)
		f.Answer, f.Reference, f.Covers = watch.Answer{Value: watch.NotMine, Via: change.Via, At: change.At}, dis.Reference, &total
		switch change.Status {
		case watch.DisputeOpened:
			return wording.AnswerByOther(f), nil
		case watch.DisputeWithdrawn:
			return wording.AnswerTakenBack(f), nil
		}
	}
	return message.Message{}, errNothing
}

// guardian is who answered, as the owner knows them; without a name if they
// no longer watch.
func (c *Composer) guardian(ctx context.Context, r *watch.Record, lang watch.Lang, watcher string) (wording.Guardian, error) {
	a, err := c.Store.Account(ctx, r.Account)
	if errors.Is(err, store.ErrNotFound) {
		return wording.Guardian{}, nil
	}
	if err != nil {
		return wording.Guardian{}, err
	}
	return wording.GuardianOf(lang, a.Watchers, watcher), nil
}
