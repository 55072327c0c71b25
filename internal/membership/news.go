package membership

import (
	"time"

	"kozamori/internal/news"
	"kozamori/internal/watch"
)

// newsAgain is how long after an invitation was taken it may be taken once
// more by the same person, because an answer was lost, and the owners are told
// again: LINE drops the second.
const newsAgain = time.Hour

// news queues news.
func (d *Service) news() news.Service { return news.Service{Queue: d.Queue} }

// toOwners is news of a guardian for every owner of an account.
func toOwners(kind watch.NewsKind, a *watch.Account, g *watch.Watcher) []watch.News {
	var out []watch.News
	for i := range a.Watchers {
		if w := &a.Watchers[i]; w.Role == watch.Owner && w.LineUser != "" {
			out = append(out, one(kind, a, w, g))
		}
	}
	return out
}

// toGuardians is news for the guardians among those who go.
func toGuardians(kind watch.NewsKind, a *watch.Account, gone []watch.Watcher) []watch.News {
	return farewells(kind, a, gone, func(w *watch.Watcher) bool { return w.Role == watch.Guardian })
}

// farewells lists the news of their own leaving for the watchers that which
// selects.
func farewells(kind watch.NewsKind, a *watch.Account, gone []watch.Watcher, which func(*watch.Watcher) bool) []watch.News {
	var out []watch.News
	for i := range gone {
		if w := &gone[i]; w.LineUser != "" && which(w) {
			out = append(out, one(kind, a, w, w))
		}
	}
	return out
}

// inTurn tells news apart that may come true again of the same guardian.
func inTurn(list []watch.News, turn string) []watch.News {
	for i := range list {
		list[i].Turn = turn
	}
	return list
}

func one(kind watch.NewsKind, a *watch.Account, to, g *watch.Watcher) watch.News {
	n := watch.News{Kind: kind, Bank: a.Bank, Mask: a.Mask, To: watch.NewsTo{LineUser: to.LineUser, Watcher: to.ID, Lang: to.Lang},
		Guardian: watch.NewsOf{LineUser: g.LineUser, Watcher: g.ID, HideAmount: g.HideAmount}}
	if to.Role == watch.Owner {
		n.Guardian.Name = g.Name // no other reader sees it
	}
	if list := to.Addressed(); len(list) > 0 {
		n.To.Mail, n.Over = list[0].Address, list[0].Kind
	}
	return n
}

// ofLeaving is what the others are told when a watcher leaves, and with them
// everybody in gone.
func ofLeaving(a *watch.Account, w *watch.Watcher, gone []watch.Watcher) []watch.News {
	if w.Role == watch.Guardian {
		return toOwners(watch.NewsLeft, a, w)
	}
	return toGuardians(watch.NewsEnded, a, gone)
}
