// Package desk serves the pages on which a bank's fraud desk works: the reports that
// are open, one report with all that its bank may know of it, campaigns, the health of
// the feed, what was refused, what the bank asks its customers, and what can be taken away of it. The pages have no
// scripts, like those for people. It owns how a report is shown to a clerk and which
// clerk may press what; who is a clerk is package clerk's, and what an act does is that
// of packages dispute, inquiry, radar and ingest, as the bank API does it. A clerk sees nothing
// of another bank's, and of people their roles alone.
package desk

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/clerk"
	"kozamori/internal/dispute"
	"kozamori/internal/inquiry"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
	"kozamori/internal/wording"
)

// Root is the beginning of every address that the handler serves.
const Root = "/desk"

// Callback is the path to which the identity provider of a bank leads back.
func Callback(bank string) string { return Root + "/" + bank + "/callback" }

// Clerks signs clerks in.
type Clerks interface {
	Begin(ctx context.Context, bank, page string) (address, carried string, err error)
	Finish(ctx context.Context, bank, carried string, q url.Values) (secret string, c clerk.Clerk, page string, err error)
	Who(ctx context.Context, bank, secret string) (clerk.Clerk, *store.Bank, error)
	Leave(ctx context.Context, c clerk.Clerk) error
}

// Inquiries asks those who watch accounts.
type Inquiries interface {
	Ask(ctx context.Context, bank string, req inquiry.Request) (*inquiry.Asked, error)
}

// Disputes takes what the bank says of a report.
type Disputes interface {
	Set(ctx context.Context, bank, disputeID string, say dispute.Status) (*watch.Dispute, error)
	Note(ctx context.Context, bank, disputeID, clerk, text string, read int64) (*watch.Dispute, error)
}

// Names knows what people call services and banks.
type Names interface {
	Bank(ctx context.Context, code string, lang watch.Lang) (string, wording.Contact)
	Service(id string, lang watch.Lang) (string, wording.Contact)
}

var (
	_ Clerks    = (*clerk.Service)(nil)
	_ Disputes  = (*dispute.Service)(nil)
	_ Inquiries = (*inquiry.Service)(nil)
)

// Config is what the pages work with.
type Config struct {
	Store     *store.Store
	Clerks    Clerks
	Disputes  Disputes
	Inquiries Inquiries
	Names     Names
	Channels  channel.Registry // what they are called
	Texts     func() []dispute.ReadyText
	// Replay puts what was refused through the checks once more, and says how many
	// events they accept now and what is still wrong with the others.
	Replay func(ctx context.Context, r *store.Refused) (accepted int, rejected []wire.Rejected, err error)
	// BaseURL is the address of the pages as people see it, without a slash at its end.
	// With http:// cookies are sent without encryption, too, which is for trying.
	BaseURL string
	Now     func() time.Time
	Logger  *slog.Logger
}

// site is the handler.
type site struct {
	Config
	secure bool
	routes http.Handler
}

// New makes the handler of the pages.
func New(c Config) http.Handler {
	s := &site{Config: c, secure: !strings.HasPrefix(c.BaseURL, "http://")}
	s.routes = s.mux(routes())
	return s
}

// watched remembers what was answered.
type watched struct {
	http.ResponseWriter
	code int
}

func (w *watched) WriteHeader(code int) {
	w.code = code
	w.ResponseWriter.WriteHeader(code)
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := s.Now()
	out := &watched{w, http.StatusOK}
	s.headers(out.Header())
	if r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == "null" {
		r.Header.Del("Origin") // of an old browser's own form; the cookie comes from no other site
	}
	defer func() {
		if p := recover(); p != nil && p != http.ErrAbortHandler { //nolint:errorlint // a panic carries the value itself
			s.Logger.ErrorContext(r.Context(), "a page of the desk panicked", "route", r.Pattern)
			s.sorry(out, r, http.StatusInternalServerError, tBroken, tBrokenText)
		} else if p != nil {
			panic(p)
		}
		// The pattern and not the address, which names a report.
		s.Logger.InfoContext(r.Context(), "desk page", "route", r.Pattern, "method", r.Method, "status", out.code, "ms", s.Now().Sub(start).Milliseconds())
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

// sorry is a page that says why there is no other, to whom we do not know.
func (s *site) sorry(w http.ResponseWriter, r *http.Request, code int, title, says text) {
	lang := watch.Liked(r.Header.Get("Accept-Language"))
	s.write(w, code, plain(lang, title.in(lang), says.in(lang)))
}

// broken says that something is wrong on our side; err must not name a person.
func (s *site) broken(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	s.Logger.ErrorContext(r.Context(), "a page of the desk could not be made", "route", r.Pattern, "err", err)
	w.Header().Set("Retry-After", "5")
	s.sorry(w, r, http.StatusServiceUnavailable, tBroken, tBrokenText)
}
