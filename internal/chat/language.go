package chat

import (
	"context"
	"errors"
	"time"

	"kozamori/internal/line"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

func (t *talk) inJapanese(context.Context) (plan, error) { return t.speak(watch.Japanese), nil }
func (t *talk) inEnglish(context.Context) (plan, error)  { return t.speak(watch.English), nil }

// speak goes on in a language, for every account of the person: alerts, pages
// and the menu follow.
func (t *talk) speak(lang watch.Lang) plan {
	p := say(wording.Speaking(lang))
	p.do = func(ctx context.Context) error { return t.Membership.Speak(ctx, t.Event.User, lang) }
	return p
}

var errUnknown = errors.New("chat: nothing is kept of the person")

// changePerson changes what is kept of a person. Of somebody who was forgotten
// nothing is kept again.
func (t *talk) changePerson(ctx context.Context, user string, change func(*store.Person)) error {
	_, err := t.Store.UpdatePerson(ctx, user, func(p *store.Person) error {
		if p.Version == 0 {
			return errUnknown
		}
		change(p)
		return nil
	})
	if errors.Is(err, errUnknown) {
		return nil
	}
	return err
}

// menuTime is how long LINE may take about a menu: what the person says next
// waits for it.
const menuTime = 3 * time.Second

// syncMenu makes LINE show a person the menu of the language in which the chat
// speaks to them, for those who watch an account or for those who do not yet. forgotten tells that LINE may have forgotten what it was told. A
// menu that was replaced since is renewed so as well.
func (t *talk) syncMenu(ctx context.Context, user string, forgotten bool) error {
	if t.Menus == nil || user == "" || watch.ByMail(user) || t.Event.Standby || t.Event.Kind == line.Unfollow {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, menuTime)
	defer cancel()
	list, lang, err := t.accountsOf(ctx, user)
	if err != nil {
		return err
	}
	p, err := t.Store.Person(ctx, user)
	if err != nil {
		return err
	}
	was := p.Menu
	if forgotten {
		was = ""
	}
	now, err := t.Menus.Show(ctx, user, line.MenuOf(lang, len(list) > 0), was)
	if err != nil || now == p.Menu {
		return err
	}
	return t.changePerson(ctx, user, func(p *store.Person) { p.Menu = now })
}

// newMenu follows a change of language on the page.
func (t *talk) newMenu(ctx context.Context) queue.Verdict {
	switch err := t.syncMenu(ctx, t.News.To.LineUser, false); {
	case err == nil:
		return queue.Acknowledge
	case t.Now().Sub(t.sent) < newsWait:
		return queue.RetryAfter(queue.Backoff(t.receives, time.Second, queue.LongestPause))
	default:
		t.Logger.Warn("a person may see the menu of another language", "err", err)
		return queue.Acknowledge // their next event tries again
	}
}
