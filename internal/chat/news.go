package chat

import (
	"context"
	"errors"
	"slices"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// newsWait is how long news that is queued before it is true waits until it
// is: a watcher who is about to leave, for one. sweep ends an erasure that was
// cut off within it.
const newsWait = time.Hour

// newsSoon and newsMost bound the pauses in which it is looked for.
const newsSoon, newsMost = time.Second, time.Minute

// tellNews tells one person what became of a guardian. The same news again
// goes out under the same key, which LINE drops.
func (t *talk) tellNews(ctx context.Context) queue.Verdict {
	n := t.News
	switch n.Kind {
	case watch.NewsLanguage:
		return t.newMenu(ctx)
	case watch.NewsConfirm:
		return t.askAddress(ctx)
	case watch.NewsStep:
		return t.tellStep(ctx)
	case watch.NewsEnrol:
		return t.askToJoin(ctx)
	case watch.NewsWelcome:
		return t.welcomeByMail(ctx)
	case watch.NewsKey:
		return t.mailKey(ctx)
	case watch.NewsExposed:
		return t.tellExposed(ctx)
	case watch.NewsSilent, watch.NewsHeard:
		return t.tellSilence(ctx)
	case watch.NewsInquiry:
		return t.tellInquiry(ctx)
	}
	if !slices.Contains(watch.NewsKinds, n.Kind) {
		// A newer program's, which may take it on the next try.
		t.Logger.Error("news of a kind that this program does not know", "receives", t.receives)
		return t.later()
	}
	so, may, err := t.cameTrue(ctx)
	switch {
	case err != nil:
		return t.brokenNews("news cannot be checked", err)
	case !so && may && t.Now().Sub(t.sent) < newsWait:
		return queue.RetryAfter(queue.Backoff(t.receives, newsSoon, newsMost))
	case !so:
		return queue.Acknowledge // it never came to that, or is over, which is told too
	}
	if n.To.Watcher != n.Guardian.Watcher {
		// An owner, who may have left meanwhile.
		if still, err := t.stillWatches(ctx, n); err != nil || !still {
			if err != nil {
				return t.brokenNews("who is told cannot be checked", err)
			}
			return queue.Acknowledge
		}
	}
	words, err := t.wayBack(ctx)
	if err != nil {
		return t.brokenNews("whether it can be taken back cannot be read", err)
	}
	if watch.ByMail(n.To.LineUser) && n.To.Watcher != n.Guardian.Watcher { // others of the account are theirs to see in the settings
		words = wording.WithKey(words, t.KeyLink(n.To.LineUser, n.To.Watcher))
	}
	p := &parcel{user: n.To.LineUser, mail: n.To.Mail, over: t.Channels.Named(n.Over), key: n.Key(), what: "news of a guardian",
		since: t.sent, within: keyLife, words: []message.Message{words}}
	if n.Alone {
		p.user = ""
	}
	return t.tell(ctx, p)
}

// stillWatches tells whether the reader of news watches the account.
func (t *talk) stillWatches(ctx context.Context, n *watch.News) (bool, error) {
	if n.To.LineUser != "" {
		_, still, err := t.binding(ctx, n.To.LineUser, n.To.Watcher)
		return still, err
	}
	a, err := t.Store.Account(ctx, watch.AccountKey{Bank: n.Bank, Ref: n.Ref})
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, still := a.Watcher(n.To.Watcher)
	return still, nil
}

// keyLife is how long LINE keeps a retry key, with a margin.
const keyLife = 23 * time.Hour

// cameTrue tells whether the news is so, and if not, whether it may yet be.
func (t *talk) cameTrue(ctx context.Context) (so, may bool, err error) {
	g := t.News.Guardian
	if t.News.Step != "" {
		// Of an act that was tried twice that is told which was written.
		if _, err := t.Store.Step(ctx, t.News.Step); errors.Is(err, store.ErrNotFound) {
			return false, true, nil
		} else if err != nil {
			return false, false, err
		}
	}
	b, watches, err := t.binding(ctx, g.LineUser, g.Watcher)
	if err != nil {
		return false, false, err
	}
	switch t.News.Kind {
	case watch.NewsJoined, watch.NewsAgain:
		return watches, false, nil
	case watch.NewsHidden, watch.NewsShown:
		if !watches {
			return false, false, nil
		}
		a, err := t.Store.Account(ctx, b.Account)
		if errors.Is(err, store.ErrNotFound) {
			return false, false, nil
		}
		if err != nil {
			return false, false, err
		}
		w, in := a.Watcher(g.Watcher)
		return in && w.HideAmount == g.HideAmount, in, nil
	}
	return !watches, true, nil
}

// binding finds the account of which a LINE user is this watcher.
func (t *talk) binding(ctx context.Context, lineUser, watcher string) (*store.Binding, bool, error) {
	for b, err := range t.Store.Bindings(ctx, lineUser) {
		if err != nil {
			return nil, false, err
		}
		if b.Watcher == watcher {
			return b, true, nil
		}
	}
	return nil, false, nil
}

// newsWords words news; with returns what takes it back is added below.
func (t *talk) newsWords(ctx context.Context, returns bool) message.Message {
	n := t.News
	bank, _ := t.Names.Bank(ctx, n.Bank, n.To.Lang)
	f := wording.GuardianFacts{Lang: n.To.Lang, Mail: watch.ByMail(n.To.LineUser), Name: n.Guardian.Name, HideAmount: n.Guardian.HideAmount, Erases: n.Erases, Returns: returns,
		Account: wording.ChatAccount{BankName: bank, Mask: n.Mask}}
	switch n.Kind {
	case watch.NewsJoined:
		return wording.GuardianJoined(f)
	case watch.NewsAgain:
		return wording.GuardianAgain(f)
	case watch.NewsHidden, watch.NewsShown:
		return wording.AmountsChanged(f)
	case watch.NewsLeft:
		return wording.GuardianLeft(f)
	case watch.NewsGone:
		return wording.SomebodyLeft(f, n.Guardian.Role, n.To.Watcher == n.Guardian.Watcher)
	case watch.NewsForgotten:
		return wording.Forgotten(f)
	case watch.NewsErased:
		if n.Guardian.Role == watch.Owner {
			return wording.OwnErased(f)
		}
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
