package web

import (
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

// stopLink is what List-Unsubscribe names: opened by a person it leads to a
// page with a button, posted by a mail program it ends the mails (RFC 8058).
func (s *site) stopLink(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		s.arrive(mailRoom)(w, r)
		return
	}
	v, err := s.check(r, mailRoom, r.PathValue("token"))
	if err == nil && !v.expired {
		err = s.stopMails(r.Context(), v.look.Record.Account, v.who.Watcher)
	}
	if !s.welcome(w, r, v, err) {
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte(wording.StoppedLine(v.look.Watcher.Lang) + "\n"))
}

// mails asks whether to end mails, and ends them.
func (s *site) mails(w http.ResponseWriter, r *http.Request) {
	v, ok := s.enter(w, r, mailRoom)
	if !ok {
		return
	}
	if r.Method != http.MethodPost {
		_, mails := v.look.Watcher.Mail()
		f := wording.StopFacts{Lang: v.look.Watcher.Lang, Mask: v.look.Record.Mask, Stopped: !mails,
			Other: s.over(&v.look.Watcher, func(c *channel.Channel) bool { return !c.Stoppable })}
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
	if s.welcome(w, r, v, s.stopMails(r.Context(), v.look.Record.Account, v.who.Watcher)) {
		again(w, r)
	}
}

// stopMails takes the mail channel, with its address, off a watcher.
func (s *site) stopMails(ctx context.Context, k watch.AccountKey, watcher string) error {
	err := settings.New(s.Store, s.Queue).StopMails(ctx, k, settings.Who{Watcher: watcher, Way: watch.WayMail, At: s.Now()})
	if errors.Is(err, store.ErrNotFound) {
		return dispute.ErrNotFound
	}
	return err
}
