// Package bankapi is what banks call apart from sending events: codes that bind a
// customer, nonces for LINE's account link, the past of an account, who watches it and who changed that, disputes and their status, erasure,
// what became of events, the health of the feed, and the payment services that events may name. It shows a bank nothing of another bank's, and of
// people only that they watch: never a LINE id or an address.
package bankapi

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"kozamori/internal/catalog"
	"kozamori/internal/dispute"
	"kozamori/internal/membership"
	"kozamori/internal/problem"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// MaxBody is the largest body of a request in bytes, but for histories.
const MaxBody = 16 << 10

// Membership is what the API needs of membership.Service.
type Membership interface {
	Issue(ctx context.Context, bank string, req membership.CodeRequest) (membership.Issued, error)
	Nonce(ctx context.Context, bank string, accounts []membership.CodeRequest) (nonce string, expires time.Time, err error)
	Erase(ctx context.Context, bank, accountRef string) error
}

// Disputes is what the API needs of dispute.Service.
type Disputes interface {
	SetStatus(ctx context.Context, bank, disputeID string, status watch.DisputeStatus, text string) (*watch.Dispute, error)
}

var (
	_ Membership = (*membership.Service)(nil)
	_ Disputes   = (*dispute.Service)(nil)
)

// Config is what the API works with.
type Config struct {
	Store      *store.Store
	Membership Membership
	Disputes   Disputes
	// Services lists the catalog's, in its order.
	Services func() []*catalog.Service
	Queue    queue.Sender // takes histories, to the events queue
	// LineID is the LINE account's basic id, "@123abcde"; codes come without
	// a link if it is empty.
	LineID string
	Now    func() time.Time
	Logger *slog.Logger
}

// Handler serves /v1/banks/{bank}/… except that it takes no events, and /v1/services.
type Handler struct {
	Config
	mux   *http.ServeMux
	tally *store.Tallier // of what was refused
}

// endpoint answers a request of a bank whose key was right, or of anybody if
// the route is public, with the status
// and the body of success or an error that problemOf knows.
type endpoint func(h *Handler, w http.ResponseWriter, r *http.Request, bank string) (status int, body any, err error)

var routes = []struct {
	method, path string
	public       bool // needs no key
	serve        endpoint
}{
	{http.MethodPost, "/v1/banks/{bank}/codes", false, (*Handler).issueCode},
	{http.MethodPost, "/v1/banks/{bank}/nonces", false, (*Handler).issueNonce},
	{http.MethodPost, historyPath, false, (*Handler).history},
	{http.MethodGet, "/v1/banks/{bank}/accounts/{account_ref}/watchers", false, (*Handler).watchers},
	{http.MethodGet, "/v1/banks/{bank}/accounts/{account_ref}/trail", false, (*Handler).trail},
	{http.MethodDelete, "/v1/banks/{bank}/accounts/{account_ref}", false, (*Handler).erase},
	{http.MethodGet, "/v1/banks/{bank}/disputes", false, (*Handler).listDisputes},
	{http.MethodGet, "/v1/banks/{bank}/disputes/{dispute_id}", false, (*Handler).readDispute},
	{http.MethodPost, "/v1/banks/{bank}/disputes/{dispute_id}/status", false, (*Handler).setStatus},
	{http.MethodGet, "/v1/banks/{bank}/health", false, (*Handler).health},
	{http.MethodGet, eventsPath, false, (*Handler).transaction},
	{http.MethodGet, eventsPath + "/{event_id}", false, (*Handler).event},
	{http.MethodGet, "/v1/services", true, (*Handler).listServices},
}

// Routes lists what the API serves, "GET /v1/banks/{bank}/disputes".
func Routes() []string {
	var out []string
	for _, r := range routes {
		out = append(out, r.method+" "+r.path)
	}
	return out
}

// New makes the handler.
func New(c Config) *Handler {
	h := &Handler{Config: c, mux: http.NewServeMux(), tally: store.NewTallier()}
	allowed := map[string][]string{eventsPath: {http.MethodPost}} // which ingest serves
	for _, r := range routes {
		allowed[r.path] = append(allowed[r.path], r.method)
		h.mux.HandleFunc(r.method+" "+r.path, func(w http.ResponseWriter, req *http.Request) { h.serve(w, req, r.path, r.public, r.serve) })
	}
	for path, methods := range allowed {
		slices.Sort(methods)
		h.mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Allow", strings.Join(methods, ", "))
			writeProblem(w, errMethod)
		})
	}
	h.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { writeProblem(w, errNotFound) })
	return h
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

// serve checks the key unless the route is public, runs one endpoint and answers.
func (h *Handler) serve(w http.ResponseWriter, r *http.Request, path string, public bool, run endpoint) {
	bank := r.PathValue("bank")
	defer func() {
		if p := recover(); p != nil {
			h.Logger.ErrorContext(r.Context(), "bankapi: a request panicked", "path", path)
			writeProblem(w, errInternal)
		}
	}()
	var err error
	if !public {
		err = h.authorize(r, bank)
	}
	var status int
	var body any
	if err == nil {
		most := int64(MaxBody)
		if path == historyPath {
			most = wire.MaxBody
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
		status, body, err = run(h, w, r, bank)
	}
	if err != nil {
		p := problemOf(err)
		if p.Status >= http.StatusInternalServerError {
			h.Logger.ErrorContext(r.Context(), "bankapi: a request failed on our side", "path", path, "status", p.Status, "err", err)
		}
		writeProblem(w, p)
		return
	}
	problem.Reply(w, status, body)
}
