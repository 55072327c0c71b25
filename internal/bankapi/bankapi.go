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

// routes are what there is, each with the scope that its keys need.
var routes = []struct {
	method, path string
	scope        Scope
	serve        endpoint
}{
	{http.MethodPost, "/v1/banks/{bank}/codes", ScopeEnrol, (*Handler).issueCode},
	{http.MethodPost, "/v1/banks/{bank}/nonces", ScopeEnrol, (*Handler).issueNonce},
	{http.MethodPost, historyPath, ScopeEvents, (*Handler).history},
	{http.MethodGet, "/v1/banks/{bank}/accounts/{account_ref}/watchers", ScopeEnrol, (*Handler).watchers},
	{http.MethodGet, "/v1/banks/{bank}/accounts/{account_ref}/trail", ScopeDisputes, (*Handler).trail},
	{http.MethodDelete, "/v1/banks/{bank}/accounts/{account_ref}", ScopeErase, (*Handler).erase},
	{http.MethodGet, "/v1/banks/{bank}/disputes", ScopeDisputes, (*Handler).listDisputes},
	{http.MethodGet, "/v1/banks/{bank}/disputes/{dispute_id}", ScopeDisputes, (*Handler).readDispute},
	{http.MethodPost, "/v1/banks/{bank}/disputes/{dispute_id}/status", ScopeDisputes, (*Handler).setStatus},
	{http.MethodGet, "/v1/banks/{bank}/health", ScopeFeed, (*Handler).health},
	{http.MethodGet, eventsPath, ScopeEvents, (*Handler).transaction},
	{http.MethodGet, eventsPath + "/{event_id}", ScopeEvents, (*Handler).event},
	{http.MethodGet, keysPath, ScopeKeys, (*Handler).listKeys},
	{http.MethodPost, keysPath, ScopeKeys, (*Handler).makeKey},
	{http.MethodPost, keysPath + "/{key_id}/rotation", anyKey, (*Handler).rotateKey},
	{http.MethodDelete, keysPath + "/{key_id}", anyKey, (*Handler).endKey},
	{http.MethodGet, "/v1/services", public, (*Handler).listServices},
}

// Routes that need a key, but no scope; and such that need none.
const (
	anyKey Scope = "any key"
	public Scope = "public"
)

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
		h.mux.HandleFunc(r.method+" "+r.path, func(w http.ResponseWriter, req *http.Request) { h.serve(w, req, r.path, r.scope, r.serve) })
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

// serve checks the key and what it is for, unless the route is public, runs one endpoint and answers.
func (h *Handler) serve(w http.ResponseWriter, r *http.Request, path string, scope Scope, run endpoint) {
	bank := r.PathValue("bank")
	defer func() {
		if p := recover(); p != nil {
			h.Logger.ErrorContext(r.Context(), "bankapi: a request panicked", "path", path)
			writeProblem(w, errInternal)
		}
	}()
	var err error
	if scope != public {
		var k *store.APIKey
		k, err = h.authorize(r, bank)
		if err == nil && scope != anyKey && !slices.Contains(ScopesOf(k), scope) {
			err = errScope(scope)
		}
		r = r.WithContext(context.WithValue(r.Context(), callerKey{}, k))
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
