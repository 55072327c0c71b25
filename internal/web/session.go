package web

import (
	"crypto/subtle"
	"errors"
	"net/http"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/dispute"
	"kozamori/internal/token"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// room is a kind of page that links open.
type room struct {
	purpose string // of its tokens
	path    string // of its pages, before the handle
}

var (
	alertRoom = room{token.PurposeAnswer, "/alert/"}
	stopRoom  = room{token.PurposeStop, "/mails/"}
)

// cookie is the name of the cookie that holds the token of one page.
const cookie = "kozamori"

// handle names the page of a token in its address.
func (s *site) handle(in room, tok string) string {
	return s.Keys.Hash("page\x00"+in.purpose, tok)[:22]
}

// inPlace is the name of the cookie that holds the mark of a link that did not
// come in a mail.
const inPlace = cookie + "-in-place"

// visit is who came to which record, and how it stands for them.
type visit struct {
	byMail  bool // or so it may be: what lowers protection is not theirs to do
	record  string
	who     dispute.Answerer
	look    dispute.Result
	expired bool
	ends    time.Time         // of the link by which they came
	over    watch.ChannelKind // of a link that ends what a channel brings
}

// errNoSession says that a page was asked for without its cookie.
var errNoSession = errors.New("web: no session")

// check takes a token apart and looks at its record. dispute.ErrNotFound if
// it is no token of ours or its watcher no longer watches: both read the same
// items, so that they take the same time.
func (s *site) check(r *http.Request, in room, tok string) (visit, error) {
	subject, err := s.Keys.Verify(in.purpose, tok, s.Now())
	v := visit{expired: errors.Is(err, token.ErrExpired), ends: token.Ends(tok)}
	record, watcher, over, ok := token.ParseStopSubject(subject)
	v.over = s.Channels.Named(watch.ChannelKind(over))
	if err != nil && !v.expired || !ok {
		record, watcher = "none", "none"
	}
	v.record, v.who = record, dispute.Answerer{Watcher: watcher}
	v.look, err = s.Disputes.Look(r.Context(), record, v.who)
	return v, err
}

// arrive is the first request of a link: the token moves from the address
// into a cookie.
func (s *site) arrive(in room) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		tok := r.PathValue("token")
		v, err := s.check(r, in, tok)
		if !s.welcome(w, r, v, err) {
			return
		}
		path := in.path + s.handle(in, tok)
		http.SetCookie(w, &http.Cookie{Name: cookie, Value: tok, Path: path, MaxAge: int(sessionLife.Seconds()),
			HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode})
		if k := r.URL.Query().Get(token.InPlaceMark); k != "" {
			http.SetCookie(w, &http.Cookie{Name: inPlace, Value: k, Path: path, MaxAge: int(sessionLife.Seconds()),
				HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode})
		}
		http.Redirect(w, r, path+pageAsked(r), http.StatusSeeOther)
	}
}

// enter is every later request: the token comes in the cookie.
func (s *site) enter(w http.ResponseWriter, r *http.Request, in room) (visit, bool) {
	c, err := r.Cookie(cookie)
	if err != nil || subtle.ConstantTimeCompare([]byte(s.handle(in, c.Value)), []byte(r.PathValue("handle"))) != 1 {
		return visit{}, s.welcome(w, r, visit{}, errNoSession)
	}
	v, err := s.check(r, in, c.Value)
	k, missing := r.Cookie(inPlace)
	v.byMail = missing != nil || subtle.ConstantTimeCompare([]byte(s.Keys.InPlace(c.Value)), []byte(k.Value)) != 1
	if v.who.Way = watch.WayPage; v.byMail {
		v.who.Way = watch.WayMail
	}
	return v, s.welcome(w, r, v, err)
}

// welcome answers a visitor who cannot be shown the page that they came for.
func (s *site) welcome(w http.ResponseWriter, r *http.Request, v visit, err error) bool {
	switch {
	case errors.Is(err, errNoSession):
		s.page(w, http.StatusForbidden, wording.ReopenPage(langOf(r)))
	case errors.Is(err, dispute.ErrNotFound):
		s.unknown(w, r)
	case err != nil:
		s.broken(w, r, err)
	case v.expired:
		lang := v.look.Watcher.Lang
		bank, contact := s.Names.Bank(r.Context(), v.look.Record.Account.Bank, lang)
		reference := ""
		if a := v.look.Record.Answer; v.look.Dispute != nil && a != nil && a.Value == watch.NotMine {
			reference = v.look.Dispute.Reference
		}
		s.page(w, http.StatusGone, wording.ExpiredPage(lang, bank, contact, reference,
			s.over(&v.look.Watcher, func(c *channel.Channel) bool { return c.InPlace })))
	default:
		return true
	}
	return false
}

// over is what a watcher calls the first such channel that reaches them; empty
// if there is none.
func (s *site) over(w *watch.Watcher, such func(*channel.Channel) bool) string {
	for _, c := range w.Reachable() {
		if ch, err := s.Channels.Get(c.Kind); err == nil && such(&ch) {
			return ch.In(w.Lang)
		}
	}
	return ""
}
