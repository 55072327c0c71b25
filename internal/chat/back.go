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
func (t *talk) wayBack(ctx context.Context) (message.Message, error) {
	n, words := t.News, t.newsWords(ctx, false)
	if n.Step == "" {
		return words, nil
	}
	kept, err := t.Membership.Kept(ctx, n.Step)
	if err != nil || !kept {
		return words, err
	}
	step, err := t.Store.Step(ctx, n.Step)
	if err != nil {
		return words, err
	}
	if step.OwnLeaving(n.To.Watcher, t.Now()) {
		left, err := t.Membership.Left(ctx, n.Step, n.To.Watcher, n.To.LineUser)
		if err != nil {
			return words, err
		}
		return wording.WithWayBack(t.newsWords(ctx, true), wording.LoweredFacts{Link: t.RestoreLink(step, n.To.Watcher), ByMail: n.Alone, Restorable: true, Now: t.Now(),
			Line: wording.StepLine{Step: step, Reader: &left.Watcher}}), nil
	}
	if n.To.Watcher == n.Guardian.Watcher {
		return wording.MayReturn(words), nil
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
