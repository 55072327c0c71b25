package chat

import (
	"context"
	"errors"

	"kozamori/internal/message"
	"kozamori/internal/news"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// tellSilence tells a person that their bank's feed is silent, or heard again: each
// once for a silence. It is noted before a channel is asked, so that who was told, and
// died before that was written, is told of the end, too.
func (t *talk) tellSilence(ctx context.Context) queue.Verdict {
	n := t.News
	at, err := t.watchAt(ctx, n.To.LineUser, n.Bank)
	if err != nil {
		return t.brokenNews("who is told of a feed cannot be checked", err)
	}
	if at == nil {
		return queue.Acknowledge // they left, or the account was erased
	}
	told, silent, err := t.silence(ctx)
	if err != nil {
		return t.brokenNews("what a person was told of a feed cannot be read", err)
	}
	heard := n.Kind == watch.NewsHeard
	switch {
	case heard && (told == nil || told.ToldAt.IsZero() || !told.BackAt.IsZero()):
		return queue.Acknowledge
	case !heard && told != nil && !told.ToldAt.IsZero():
		return t.heardMeanwhile(ctx, at, told, silent)
	case !heard && told == nil && !silent:
		return queue.Acknowledge
	}
	if told == nil {
		if err := t.noteSilence(ctx, at, func(*store.Silenced) {}); err != nil {
			return t.brokenNews("who is told of a feed cannot be written down", err)
		}
	}
	words := wording.FeedSilence(t.silenceFacts(ctx, at.As.Lang))
	if watch.ByMail(at.As.LineUser) && t.KeyLink != nil {
		words = wording.WithKey(words, t.KeyLink(at.As.LineUser, at.As.ID))
	}
	v := t.tell(ctx, &parcel{user: at.As.LineUser, mail: n.To.Mail, over: t.Channels.Named(n.Over), key: n.Key(), what: "news of a bank's feed",
		since: t.sent, within: keyLife, words: []message.Message{words}})
	switch {
	case v.DeadLetter != "": // the pages say it, too; nothing waits for this
		t.Logger.WarnContext(ctx, "a person cannot be told of a feed", "bank", n.Bank, "why", v.DeadLetter)
		return queue.Acknowledge
	case !v.Done:
		return v
	}
	err = t.noteSilence(ctx, at, func(q *store.Silenced) {
		if heard {
			q.BackAt = t.Now().UTC()
		} else {
			q.ToldAt = t.Now().UTC()
		}
	})
	if err != nil {
		return t.brokenNews("who was told of a feed cannot be written down", err)
	}
	if heard {
		return queue.Acknowledge
	}
	if told, silent, err = t.silence(ctx); err != nil {
		return t.brokenNews("what a person was told of a feed cannot be read", err)
	}
	return t.heardMeanwhile(ctx, at, told, silent)
}

// heardMeanwhile has a person told of the end of a silence that ended while they were
// told of it: the round that tells of the end may have passed them.
func (t *talk) heardMeanwhile(ctx context.Context, at *store.Watch, told *store.Silenced, silent bool) queue.Verdict {
	if silent || told == nil || !told.BackAt.IsZero() {
		return queue.Acknowledge
	}
	n := t.News
	heard := news.OfSilence(watch.NewsHeard, at.Account, at.As, n.Silent, n.Since, t.Now())
	if err := (news.Service{Queue: t.Queue}).Tell(ctx, []watch.News{heard}); err != nil {
		return t.brokenNews("that a bank is heard again cannot be queued", err)
	}
	return queue.Acknowledge
}

// silence is what the person was told of this silence, and whether it lasts.
func (t *talk) silence(ctx context.Context) (told *store.Silenced, lasts bool, err error) {
	n := t.News
	p, err := t.Store.Person(ctx, n.To.LineUser)
	if err != nil {
		return nil, false, err
	}
	f, err := t.Store.Feed(ctx, n.Bank)
	if err != nil {
		return nil, false, err
	}
	since := f.SilentSince
	if n.Silent != "" {
		since = f.SilentOf(n.Silent)
	}
	return p.Silence(n.Bank, n.Silent, n.Since), since.Equal(n.Since), nil
}

// noteSilence changes what the person was told of this silence, as long as they watch.
func (t *talk) noteSilence(ctx context.Context, at *store.Watch, change func(*store.Silenced)) error {
	n := t.News
	return store.Retry(ctx, func() error {
		p, err := t.Store.Person(ctx, n.To.LineUser)
		if err != nil {
			return err
		}
		a, err := t.Store.Account(ctx, at.Account.AccountKey)
		if err != nil {
			return ignoreGone(err)
		}
		if _, still := a.Watcher(at.As.ID); !still {
			return nil
		}
		if p.Silence(n.Bank, n.Silent, n.Since) == nil {
			p.BeginSilence(store.Silenced{Bank: n.Bank, Kind: n.Silent, Since: n.Since, BegunAt: t.Now().UTC()})
		}
		change(p.Silence(n.Bank, n.Silent, n.Since))
		return t.Store.Write(ctx, store.PutPerson(p), store.CheckAccount(a))
	})
}

func ignoreGone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// watchAt is an account of a bank that a person watches and where something reaches
// them; nil if there is none.
func (t *talk) watchAt(ctx context.Context, lineUser, bank string) (*store.Watch, error) {
	who := store.BankWatcher{LineUser: lineUser}
	for b, err := range t.Store.Bindings(ctx, lineUser) {
		if err != nil {
			return nil, err
		}
		if b.Account.Bank == bank {
			who.Bindings = append(who.Bindings, *b)
		}
	}
	all, err := t.Store.Watches(ctx, []store.BankWatcher{who})
	if err != nil {
		return nil, err
	}
	for _, w := range all[lineUser] {
		if len(w.As.Reachable()) > 0 {
			return &w, nil
		}
	}
	return nil, nil
}

func (t *talk) silenceFacts(ctx context.Context, lang watch.Lang) wording.SilenceFacts {
	n := t.News
	f := wording.SilenceFacts{Lang: lang, Kind: n.Silent, Since: n.Since, Now: t.Now()}
	if n.Kind == watch.NewsHeard {
		if f.Back = n.Back; f.Back.IsZero() {
			f.Back = t.Now()
		}
	}
	f.BankName, _ = t.Names.Bank(ctx, n.Bank, lang)
	return f
}
