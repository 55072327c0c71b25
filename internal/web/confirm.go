package web

import (
	"errors"
	"net/http"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/wording"
)

// Links of the chat and of confirmation mails carry a secret that works once.
// Like the tokens of alerts it moves from the address into a cookie with the
// first request, which changes nothing else.
const (
	enterPath   = "/enter"
	confirmPath = "/confirm"
	secretLife  = 15 * time.Minute
)

// carry moves the secret of a link into a cookie for one path.
func (s *site) carry(path string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: cookie, Value: r.PathValue("secret"), Path: path, MaxAge: int(secretLife.Seconds()),
			HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode})
		http.Redirect(w, r, path+onward(r), http.StatusSeeOther)
	}
}

// onward is the mark of where a link to the settings leads on to; empty if it leads
// to the start.
func onward(r *http.Request) string {
	if "?"+r.URL.RawQuery == wording.ToFamily {
		return wording.ToFamily
	}
	return ""
}

// carried is the secret that carry put into the cookie; empty if there is none.
func carried(r *http.Request) string {
	c, err := r.Cookie(cookie)
	if err != nil {
		return ""
	}
	return c.Value
}

// confirm makes a mail address that a person typed a channel, when the reader
// of its mail presses the button.
func (s *site) confirm(w http.ResponseWriter, r *http.Request) {
	var b membership.Bound
	var err error
	post := r.Method == http.MethodPost
	if post {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if do, ok := s.button(w, r); !ok || !s.offered(w, r, do == wording.DoConfirm) {
			return
		}
		b, err = s.Membership.ConfirmMail(r.Context(), carried(r))
	} else {
		b, err = s.Membership.MailClaimed(r.Context(), carried(r))
	}
	speak(w, b.Watcher.Lang)
	switch {
	case errors.Is(err, membership.ErrNotFound), errors.Is(err, membership.ErrExpired):
		s.page(w, http.StatusForbidden, wording.ConfirmGonePage(spoken(w, r)))
	case err != nil:
		s.broken(w, r, err)
	case post:
		s.page(w, http.StatusOK, wording.ConfirmedPage(b.Watcher.Lang))
	default:
		s.page(w, http.StatusOK, wording.ConfirmPage(b.Watcher.Lang))
	}
}
