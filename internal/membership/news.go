package membership

import (
	"slices"
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
		Guardian: watch.NewsOf{LineUser: g.LineUser, Watcher: g.ID, HideAmount: g.HideAmount, Role: g.Role}, Ref: a.Ref}
	if to.Role == watch.Owner {
		n.Guardian.Name = g.Name // no other reader sees it
	}
	if list := to.Addressed(); len(list) > 0 {
		n.To.Mail, n.Over = list[0].Address, list[0].Kind
	}
	return n
}

// ofLeaving is what all hear when a watcher leaves, and with them everybody in
// gone: the others over each of their channels, and the one who leaves over those
// that are not the chat, since who held their telephone is not known; an owner over
// the chat too who left on a page. With erases the records are to go later.
func ofLeaving(a *watch.Account, w *watch.Watcher, gone []watch.Watcher, way watch.Way, ids leavings, erases bool, now time.Time) []watch.News {
	var out []watch.News
	for i := range a.Watchers {
		x := &a.Watchers[i]
		kind := watch.NewsGone
		switch {
		case x.ID != w.ID && slices.ContainsFunc(gone, func(g watch.Watcher) bool { return g.ID == x.ID }):
			kind = watch.NewsEnded
		case w.Role == watch.Guardian && x.Role == watch.Owner:
			kind = watch.NewsLeft
		}
		about := w
		if kind == watch.NewsEnded {
			about = x // their own watching is over
		}
		n := one(kind, a, x, about)
		n.Step, n.Erases = ids.of(a, about.ID), erases
		out = append(out, everywhere(n, x, x.ID != w.ID || w.Role == watch.Owner && way != watch.WayChat, now)...)
	}
	return out
}

// ofDismissal is what all hear when an owner ends a guardian's watching: the
// guardian and the others over each of their channels, the owner over those that
// are not the chat.
func ofDismissal(a *watch.Account, by, gone *watch.Watcher, ids leavings, now time.Time) []watch.News {
	var out []watch.News
	for i := range a.Watchers {
		x := &a.Watchers[i]
		kind := watch.NewsGone
		if x.ID == gone.ID {
			kind = watch.NewsDismissed
		}
		n := one(kind, a, x, gone)
		n.Step = ids.of(a, gone.ID)
		out = append(out, everywhere(n, x, x.ID != by.ID, now)...)
	}
	return out
}

// everywhere is one piece of news over each channel of its reader; over LINE only
// if the chat is to tell them. That their own watching ends is told at the addresses
// too that they had until a few days ago: a person who holds their telephone could
// replace those first.
func everywhere(n watch.News, to *watch.Watcher, chat bool, now time.Time) []watch.News {
	var out []watch.News
	if _, reads := to.Chat(); reads && chat && to.LineUser != "" {
		out = append(out, n)
	}
	for _, c := range to.Addressed() {
		x := n
		x.Alone, x.To.Mail, x.Over = true, c.Address, c.Kind
		x.Turn = string(c.Kind)
		out = append(out, x)
	}
	if n.Guardian.Watcher != to.ID {
		return out
	}
	for _, f := range to.Before(now) {
		x := n
		x.Alone, x.To.Mail, x.Over, x.Turn = true, f.Address, f.Kind, string(f.Kind)+" before "+f.Address
		out = append(out, x)
	}
	return out
}
