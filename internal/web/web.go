// Package web serves the pages that links in messages open: the page of an
// alert, where a watcher answers, and the page that ends mails. It owns how a
// link becomes a page, and what a request may do; what an answer means is
// package dispute's, and what the pages say is package wording's. A GET
// changes nothing: mail scanners and link previews open links.
//
// # How a link becomes a page
//
// A link carries a signed token (/a/{token}, /stop/{token}). The first
// request checks it, puts it into a cookie and redirects to an address
// without it (/alert/{handle}, /mails/{handle}), so that the token stays out
// of the address bar, of the history, of screenshots and of what people pass
// on. The handle is a keyed hash of the token: it opens nothing without the
// cookie. The cookie's path is that one address, so that two alerts in two
// tabs have two cookies, and a button can only ever act on the alert above
// it. Nothing is kept on our side.
//
// The cookie is SameSite=Lax and not Strict: people arrive from a mail
// program or LINE, and browsers do not send a Strict cookie after such a
// redirect. What Lax leaves open, a request from another site, is refused by
// its headers, and such a site does not know the handle.
package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/dispute"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/token"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// Paths are the beginnings of every address that the handler serves.
var Paths = []string{"/a/", "/alert/", "/stop/", "/mails/", "/s/", "/enter", "/mail/", "/confirm", "/r/", "/restore", "/join", "/join/", "/key", "/key/", "/home", "/home/"}

// sessionLife is how long a page can be used after its link was opened: long
// enough for a telephone call with a bank.
const sessionLife = watch.PageFor

// Disputes takes answers.
type Disputes interface {
	Look(ctx context.Context, record string, who dispute.Answerer) (dispute.Result, error)
	Answer(ctx context.Context, record string, who dispute.Answerer, value watch.AnswerValue, via watch.Via) (dispute.Result, error)
	Undo(ctx context.Context, record string, who dispute.Answerer, via watch.Via) (dispute.Result, error)
	Trust(ctx context.Context, record string, who dispute.Answerer) (dispute.Result, error)
}

// Names knows what people call banks and services, and how to reach them. A
// contact that is not known is empty.
type Names interface {
	Bank(ctx context.Context, code string, lang watch.Lang) (string, wording.Contact)
	Service(id string, lang watch.Lang) (string, wording.Contact)
}

// Config is what the pages work with.
type Config struct {
	Store    *store.Store
	Queue    queue.Sender // for news of what protects less
	Disputes Disputes
	Controls Controls // nil on the page of statements
	Names    Names
	Channels channel.Registry
	Keys     *token.Keys
	// Sessions and Membership serve the pages behind the chat's links, /s/ and
	// /home.
	Sessions   Sessions
	Membership Membership
	Catalog    Catalog
	Policy     watch.Policy // what people agree to when they begin
	Mails      bool         // whether mails go out at all
	LineID     string       // of the official account, "@kozamori", for invitations
	// EscalateAfter is how long a critical alert may stay unanswered before the
	// family is called, which the pages say; 0 is never.
	EscalateAfter time.Duration
	// BaseURL is the address of the pages as people see it, without a slash
	// at its end. With http:// cookies are sent without encryption too, which
	// is for trying things on one's own machine.
	BaseURL string
	Now     func() time.Time
	Logger  *slog.Logger
}

// site is the handler.
type site struct {
	Config
	secure bool
	most   int64 // bytes of a form of a session's pages
	routes http.Handler
}

// New makes the handler of the pages.
func New(c Config) http.Handler {
	return newSite(c, maxSettings, routes())
}

func newSite(c Config, most int64, all []route) *site {
	s := &site{Config: c, secure: !strings.HasPrefix(c.BaseURL, "http://"), most: most}
	s.routes = s.mux(all)
	return s
}

// status remembers what was answered, and in which language the person reads
// once that is known.
type status struct {
	http.ResponseWriter
	code   int
	lang   watch.Lang
	noChat bool
}

// speak makes every page of this answer, refusals too, one in a language.
func speak(w http.ResponseWriter, lang watch.Lang) {
	if s, ok := w.(*status); ok {
		s.lang = lang
	}
}

// chats says whether the visitor has a chat to go to.
func chats(w http.ResponseWriter, has bool) {
	if s, ok := w.(*status); ok {
		s.noChat = !has
	}
}

// noChat tells whether the visitor is known to have no chat.
func noChat(w http.ResponseWriter) bool {
	s, ok := w.(*status)
	return ok && s.noChat
}

// spoken is the language that speak set, else the one that the browser likes.
func spoken(w http.ResponseWriter, r *http.Request) watch.Lang {
	if s, ok := w.(*status); ok && s.lang != "" {
		return s.lang
	}
	return langOf(r)
}

func (w *status) WriteHeader(code int) {
	w.code = code
	w.ResponseWriter.WriteHeader(code)
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := s.Now()
	out := &status{ResponseWriter: w, code: http.StatusOK}
	s.headers(w.Header())
	// An old phone (Safari before 16.4) sends no Sec-Fetch-Site, and because
	// of our Referrer-Policy its own forms come with Origin: null. The cookie,
	// which it sends from no other site, and the handle protect it.
	if r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == "null" {
		r.Header.Del("Origin")
	}
	defer func() {
		if p := recover(); p != nil && p != http.ErrAbortHandler { //nolint:errorlint // a panic carries the value itself
			s.Logger.ErrorContext(r.Context(), "a page panicked", "route", r.Pattern)
			s.page(out, http.StatusInternalServerError, wording.BrokenPage(spoken(out, r), r.Method == http.MethodPost))
		} else if p != nil {
			panic(p)
		}
		// The pattern and not the address: an address can hold a token.
		s.Logger.InfoContext(r.Context(), "page", "route", r.Pattern, "method", r.Method, "status", out.code, "ms", s.Now().Sub(start).Milliseconds())
	}()
	s.routes.ServeHTTP(out, r)
}

func (s *site) headers(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Vary", "Accept-Language, Cookie")
	if s.secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// fromChat tells whether a page is reached from the chat, and not from an alert.
func fromChat(r *http.Request) bool {
	return slices.ContainsFunc([]string{homePath, enterPath, confirmPath}, func(p string) bool {
		rest, ok := strings.CutPrefix(r.URL.Path, p)
		return ok && (rest == "" || rest[0] == '/')
	})
}

func (s *site) unknown(w http.ResponseWriter, r *http.Request) {
	p := wording.UnknownPage(spoken(w, r))
	if fromChat(r) {
		p = wording.UnknownRoomPage(spoken(w, r), noChat(w))
	}
	s.page(w, http.StatusNotFound, p)
}

// notTaken refuses what no page of ours asks for.
func (s *site) notTaken(w http.ResponseWriter, r *http.Request, code int) {
	p := wording.NotTakenPage(spoken(w, r))
	if fromChat(r) {
		p = wording.NotTakenRoomPage(spoken(w, r))
	}
	s.page(w, code, p)
}

// broken says that something is wrong on our side; err must not name a person.
func (s *site) broken(w http.ResponseWriter, r *http.Request, err error) {
	s.Logger.ErrorContext(r.Context(), "a page could not be made", "route", r.Pattern, "err", err)
	if errors.Is(err, context.Canceled) {
		return
	}
	w.Header().Set("Retry-After", "5")
	s.page(w, http.StatusServiceUnavailable, wording.BrokenPage(spoken(w, r), r.Method == http.MethodPost))
}
