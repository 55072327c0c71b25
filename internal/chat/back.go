package chat

import (
	"context"
	"errors"

	"kozamori/internal/message"
	"kozamori/internal/store"
	"kozamori/internal/wording"
)

// wayBack adds to news of somebody who left how an owner brings them back; who left
// reads that an owner can.
func (t *talk) wayBack(ctx context.Context, words message.Message) (message.Message, error) {
	n := t.News
	if n.Step == "" {
		return words, nil
	}
	kept, err := t.Membership.Kept(ctx, n.Step)
	if err != nil || !kept {
		return words, err
	}
	if n.To.Watcher == n.Guardian.Watcher {
		return wording.MayReturn(words), nil
	}
	step, err := t.Store.Step(ctx, n.Step)
	if err != nil {
		return words, err
	}
	account, err := t.Store.Account(ctx, step.Account)
	if errors.Is(err, store.ErrNotFound) {
		return words, nil
	}
	if err != nil {
		return words, err
	}
	reader, still := account.Watcher(n.To.Watcher)
	if !still || !step.Returnable(reader, t.Now()) {
		return words, nil
	}
	return wording.WithWayBack(words, wording.LoweredFacts{Link: t.RestoreLink(step, reader.ID), ByMail: n.Alone, Restorable: true, Now: t.Now(),
		Line: wording.StepLine{Step: step, Reader: reader}}), nil
}
