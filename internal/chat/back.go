package chat

import (
	"context"
	"errors"

	"kozamori/internal/membership"
	"kozamori/internal/message"
	"kozamori/internal/store"
	"kozamori/internal/watch"
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

// unconnected answers somebody who watches no account: with the way back, if they
// left one as its owner within the last days, else with how to begin.
func (t *talk) unconnected(ctx context.Context, lang watch.Lang) (plan, error) {
	m, ok, err := t.leftBefore(ctx, lang)
	if err == nil && !ok {
		m = wording.NotConnected(lang)
	}
	return say(m), err
}

// leftBefore offers to bring back an owner who left, or in whose name somebody did who
// had their telephone.
func (t *talk) leftBefore(ctx context.Context, lang watch.Lang) (m message.Message, ok bool, err error) {
	left, err := t.Membership.LeftBy(ctx, t.Event.User)
	if err != nil || len(left) == 0 {
		return m, false, err
	}
	f := wording.ChatLeaveFacts{Lang: lang, Now: t.at()}
	for _, l := range left {
		f.Accounts = append(f.Accounts, t.chatAccounts(ctx, lang, []membership.Bound{l.Bound})...)
		f.Accounts[len(f.Accounts)-1].Step = l.Step
	}
	return wording.LeftBefore(f), true, nil
}
