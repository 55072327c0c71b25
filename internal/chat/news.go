package chat

import (
	"context"
	"slices"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// newsWait is how long news of somebody's going waits until they have gone: it
// is queued before. An erasure that was cut off is ended by sweep within it.
const newsWait = time.Hour

// tellNews tells one person what became of a guardian. The same news again
// goes out under the same key, which LINE drops.
func (t *talk) tellNews(ctx context.Context) queue.Verdict {
	n := t.News
	if n.Kind == watch.NewsLanguage {
		return t.newMenu(ctx)
	}
	watches, err := t.watches(ctx, n.Guardian.LineUser, n.Guardian.Watcher)
	switch {
	case err != nil:
		return t.brokenNews("news cannot be checked", err)
	case n.Kind == watch.NewsJoined && !watches:
		return queue.OK // gone again, which is told too
	case n.Kind != watch.NewsJoined && watches && t.Now().Sub(t.sent) < newsWait:
		return queue.Later(queue.Backoff(t.receives, time.Second, time.Minute))
	case n.Kind != watch.NewsJoined && watches:
		return queue.OK // it never came to that
	}
	if n.To.Watcher != n.Guardian.Watcher {
		// An owner, who may have left meanwhile.
		if still, err := t.watches(ctx, n.To.LineUser, n.To.Watcher); err != nil || !still {
			if err != nil {
				return t.brokenNews("who is told cannot be checked", err)
			}
			return queue.OK
		}
	}
	o := t.LINE.PushAll(ctx, n.To.LineUser, n.Key(), t.newsWords(ctx))
	switch {
	case o.Result == watch.SendAccepted:
		return queue.OK
	case o.Result == watch.SendRetry && t.Now().Sub(t.sent) < keyLife:
		return queue.Later(max(o.RetryAfter, queue.Backoff(t.receives, time.Second, 5*time.Minute)))
	}
	return queue.Never("news of a guardian could not be sent: " + o.Problem)
}

// keyLife is how long LINE keeps a retry key, with a margin.
const keyLife = 23 * time.Hour

// watches tells whether a LINE user is this watcher of an account.
func (t *talk) watches(ctx context.Context, lineUser, watcher string) (bool, error) {
	list, err := t.Store.Bindings(ctx, lineUser)
	return slices.ContainsFunc(list, func(b store.Binding) bool { return b.Watcher == watcher }), err
}

func (t *talk) newsWords(ctx context.Context) wording.Message {
	n := t.News
	bank, _ := t.Names.Bank(ctx, n.Bank, n.To.Lang)
	f := wording.GuardianFacts{Lang: n.To.Lang, Name: n.Guardian.Name, HideAmount: n.Guardian.HideAmount,
		Account: wording.ChatAccount{BankName: bank, Mask: n.Mask}}
	switch n.Kind {
	case watch.NewsJoined:
		return wording.GuardianJoined(f)
	case watch.NewsLeft:
		return wording.GuardianLeft(f)
	case watch.NewsForgotten:
		return wording.Forgotten(f)
	case watch.NewsErased:
		return wording.WatchEnded(f, true)
	case watch.NewsEnded:
		return wording.WatchEnded(f, false)
	}
	return wording.Dismissed(f)
}

func (t *talk) brokenNews(what string, err error) queue.Verdict {
	t.Logger.Error(what, "news", t.News.Kind, "receives", t.receives, "err", err)
	return t.later()
}
