package chat

import (
	"context"
	"errors"

	"kozamori/internal/message"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// tellExposed reminds an owner of what their settings keep from them, by what
// they are now.
func (t *talk) tellExposed(ctx context.Context) queue.Verdict {
	n := t.News
	account, err := t.Store.Account(ctx, watch.AccountKey{Bank: n.Bank, Ref: n.Ref})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return t.brokenNews("who is reminded cannot be checked", err)
	}
	var w *watch.Watcher
	if account != nil {
		w, _ = account.Watcher(n.To.Watcher)
	}
	if w == nil {
		return queue.Acknowledge // they left, or the account was erased
	}
	v := wording.AccountView{Lang: w.Lang, Mask: account.Mask, Watcher: *w, Now: t.Now()}
	v.BankName, _ = t.Names.Bank(ctx, n.Bank, w.Lang)
	v.Expose(t.Names.Services(w.Lang))
	if v.Safe() {
		return queue.Acknowledge // it was changed meanwhile
	}
	words := wording.Exposed(v)
	if watch.ByMail(w.LineUser) {
		words = wording.WithKey(words, t.KeyLink(w.LineUser, w.ID))
	}
	p := &parcel{user: w.LineUser, mail: n.To.Mail, over: t.Channels.Named(n.Over), key: n.Key(), what: "a reminder of settings", since: t.sent, within: keyLife,
		words: []message.Message{words}}
	if p.user == "" {
		p.of = &store.Binding{OnAccount: watch.On(account.AccountKey), Watcher: w.ID}
	}
	return t.tell(ctx, p)
}
