package notify

import (
	"context"

	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// answered words what a guardian answered or took back, for the owner. A
// delivery with a Seq tells of that change of the dispute, one without of
// "mine": an answer that was replaced in the meantime leaves nothing to tell,
// and never makes other words of the same delivery.
func (c *Composer) answered(ctx context.Context, r *watch.Record, d *watch.Delivery, f wording.AnswerFacts) (wording.Message, error) {
	if d.Seq == 0 {
		if r.Answer == nil || r.Answer.Value != watch.Mine {
			return wording.Message{}, errNothing
		}
		f.Answer = *r.Answer
		return wording.AnswerByOther(f), nil
	}
	if r.Dispute == "" {
		return wording.Message{}, store.ErrNotFound
	}
	dis, err := c.Store.Dispute(ctx, r.Dispute)
	if err != nil {
		return wording.Message{}, err
	}
	for _, change := range dis.Changes {
		if change.Seq != d.Seq {
			continue
		}
		f.Answer, f.Reference = watch.Answer{Value: watch.NotMine, Via: change.Via, At: change.At}, dis.Reference
		switch change.Status {
		case watch.DisputeOpened:
			return wording.AnswerByOther(f), nil
		case watch.DisputeWithdrawn:
			return wording.AnswerTakenBack(f), nil
		}
	}
	return wording.Message{}, errNothing
}
