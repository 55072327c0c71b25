package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"kozamori/internal/channel"
	"kozamori/internal/dispute"
	"kozamori/internal/settings"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// stopLink is what ends what a channel brings; a mail names it as
// List-Unsubscribe: opened by a person it leads to a page with a button, posted by
// a mail program it ends the mails (RFC 8058).
func (s *site) stopLink(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		s.arrive(stopRoom)(w, r)
		return
	}
	v, err := s.check(r, stopRoom, r.PathValue("token"))
	if err == nil && !v.expired {
		err = s.stops(r.Context(), v)
	}
	if !s.welcome(w, r, v, err) {
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte(wording.StoppedLine(v.look.Watcher.Lang, s.Channels.Label(v.over, v.look.Watcher.Lang)) + "\n"))
}

// stop asks whether to end what a channel brings, and ends it.
func (s *site) stop(w http.ResponseWriter, r *http.Request) {
	v, ok := s.enter(w, r, stopRoom)
	if !ok {
		return
	}
	if r.Method != http.MethodPost {
		_, told := v.look.Watcher.Channel(v.over)
		f := wording.StopFacts{Lang: v.look.Watcher.Lang, Channel: s.Channels.Label(v.over, v.look.Watcher.Lang), Mask: v.look.Record.Mask, Stopped: !told,
			Other: s.over(&v.look.Watcher, func(c *channel.Channel) bool { return c.Kind != v.over })}
		f.BankName, _ = s.Names.Bank(r.Context(), v.look.Record.Account.Bank, f.Lang)
		s.page(w, http.StatusOK, wording.StopPage(f))
		return
	}
	do, ok := s.asked(w, r, v)
	if !ok {
		return
	}
	if do != wording.DoStop {
		s.page(w, http.StatusBadRequest, wording.NotTakenPage(v.look.Watcher.Lang))
		return
	}
	if s.welcome(w, r, v, s.stops(r.Context(), v)) {
		again(w, r)
	}
}

// stops takes the channel of a link, with its address, off a watcher. That of a
// program that knows more channels is left to it.
func (s *site) stops(ctx context.Context, v visit) error {
	ch, err := s.Channels.Get(v.over)
	if err != nil || !ch.Stoppable {
		return dispute.ErrNotFound
	}
	who := settings.Who{Watcher: v.who.Watcher, Way: cmp.Or(ch.Way, watch.WayPage), Over: ch.Kind, At: s.Now()}
	err = settings.New(s.Store, s.Queue).Stop(ctx, v.look.Record.Account, who, ch.Kind)
	if errors.Is(err, store.ErrNotFound) {
		return dispute.ErrNotFound
	}
	return err
}
