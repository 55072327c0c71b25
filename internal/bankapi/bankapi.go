// Package bankapi is what banks call apart from sending events: codes that bind a
// customer, nonces for LINE's account link, files of events and the past of an account, who watches it and who changed that, disputes and their status, what customers asked it to stop, what it asks them, erasure,
// what became of events, the health of the feed, the numbers that customers call, and the payment services that events may name. It shows a bank nothing of another bank's, and of
// people only that they watch: never a LINE id or an address.
package bankapi

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"kozamori/internal/callback"
	"kozamori/internal/catalog"
	"kozamori/internal/dispute"
	"kozamori/internal/intake"
	"kozamori/internal/membership"
	"kozamori/internal/problem"
	"kozamori/internal/queue"
	"kozamori/internal/ratelimit"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// MaxBody is the largest body of a request in bytes, but for histories and files.
const MaxBody = 16 << 10

// Membership is what the API needs of membership.Service.
type Membership interface {
	Issue(ctx context.Context, bank string, req membership.CodeRequest) (membership.Issued, error)
	Nonce(ctx context.Context, bank string, accounts []membership.CodeRequest) (nonce string, expires time.Time, err error)
	OpenCodes(ctx context.Context, bank, accountRef string) ([]*store.Code, error)
	Cancel(ctx context.Context, bank, accountRef, id string) error
	Replace(ctx context.Context, bank string, r membership.Replacement) (*store.Names, error)
	Erase(ctx context.Context, bank, accountRef string) error
	Enrol(ctx context.Context, bank string, req membership.EnrolRequest) (membership.Enrolment, error)
	Enrolments(ctx context.Context, bank, accountRef string) ([]*membership.Enrolment, error)
	CancelEnrolment(ctx context.Context, bank, id string) error
}

// Disputes is what the API needs of dispute.Service.
type Disputes interface {
	Set(ctx context.Context, bank, disputeID string, say dispute.Status) (*watch.Dispute, error)
	Resend(ctx context.Context, bank, disputeID string, seq int) (*watch.Dispute, error)
	Note(ctx context.Context, bank, disputeID, clerk, text string, read int64) (*watch.Dispute, error)
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
	Controls   Controls
	Inquiries  Inquiries
	// Services lists the catalog's, in its order.
	Services func() []*catalog.Service
	Queue    queue.Sender // takes histories, to the events queue
	// Replay puts what was refused through the checks once more, and says how many
	// events they accept now and what is still wrong with the others.
	Replay func(ctx context.Context, r *store.Refused) (accepted int, rejected []wire.Rejected, err error)
	// Take takes a file that a bank sent, and says whether it was taken before.
	Take func(ctx context.Context, bank string, file intake.Upload) (came *store.File, known bool, err error)
	// Ping calls a bank's endpoint once, with nothing to tell. store.ErrNotFound if
	// there is no such bank.
	Ping func(ctx context.Context, bank string) (callback.Pinged, error)
	// Texts lists what a bank can say of a report without writing it.
	Texts func() []dispute.ReadyText
	// LineID is the LINE account's basic id, "@123abcde"; codes come without
	// a link if it is empty.
	LineID string
	Mails  bool               // whether mails go out at all
	Limit  *ratelimit.Limiter // requests of each bank; nil limits none
	Now    func() time.Time
	Logger *slog.Logger
}

// Handler serves /v1/banks/{bank}/… except that it takes no events, /v1/services, and
// what there is to read about problems.
type Handler struct {
	Config
	mux   *http.ServeMux
	tally *store.Tallier // of what was refused
}

// endpoint answers a request of a bank whose key was right, or of anybody if
// the route is public, with the status
// and the body of success or an error that problemOf knows.
type endpoint func(h *Handler, w http.ResponseWriter, r *http.Request, bank string) (status int, body any, err error)

// routes are what there is, each with the scope that its keys need, and the act
// that the audit list knows it as.
var routes = []route{
	{http.MethodPost, "/v1/banks/{bank}/codes", ScopeEnrol, "code.issue", (*Handler).issueCode},
	{http.MethodPost, "/v1/banks/{bank}/nonces", ScopeEnrol, "nonce.issue", (*Handler).issueNonce},
	{http.MethodPost, enrolmentsPath, ScopeEnrol, "enrolment.make", (*Handler).enrol},
	{http.MethodGet, enrolmentsPath, ScopeEnrol, "enrolments.read", (*Handler).listEnrolments},
	{http.MethodDelete, enrolmentsPath + "/{enrolment_id}", ScopeEnrol, "enrolment.cancel", (*Handler).cancelEnrolment},
	{http.MethodPost, historyPath, ScopeEvents, "history.send", (*Handler).history},
	{http.MethodPost, filesPath, ScopeEvents, "file.send", (*Handler).sendFile},
	{http.MethodGet, filesPath + "/{file_id}", ScopeEvents, "file.read", (*Handler).readFile},
	{http.MethodGet, "/v1/banks/{bank}/accounts/{account_ref}/watchers", ScopeEnrol, "watchers.read", (*Handler).watchers},
	{http.MethodGet, "/v1/banks/{bank}/accounts/{account_ref}/trail", ScopeDisputes, "trail.read", (*Handler).trail},
	{http.MethodGet, codesOfPath, ScopeEnrol, "codes.read", (*Handler).listCodes},
	{http.MethodDelete, codesOfPath + "/{code_id}", ScopeEnrol, "code.cancel", (*Handler).cancelCode},
	{http.MethodGet, refsPath, ScopeEnrol, "refs.read", (*Handler).listRefs},
	{http.MethodPost, refsPath, ScopeEnrol, "ref.replace", (*Handler).replaceRef},
	{http.MethodDelete, "/v1/banks/{bank}/accounts/{account_ref}", ScopeErase, "account.erase", (*Handler).erase},
	{http.MethodGet, "/v1/banks/{bank}/accounts/{account_ref}/erasure", ScopeErase, "erasure.read", (*Handler).erasure},
	{http.MethodGet, "/v1/banks/{bank}/disputes", ScopeDisputes, "disputes.read", (*Handler).listDisputes},
	{http.MethodGet, "/v1/banks/{bank}/disputes/{dispute_id}", ScopeDisputes, "dispute.read", (*Handler).readDispute},
	{http.MethodPost, "/v1/banks/{bank}/disputes/{dispute_id}/status", ScopeDisputes, "dispute.status", (*Handler).setStatus},
	{http.MethodPost, "/v1/banks/{bank}/disputes/{dispute_id}/notes", ScopeDisputes, "dispute.note", (*Handler).addNote},
	{http.MethodGet, "/v1/banks/{bank}/texts", ScopeDisputes, "texts.read", (*Handler).listTexts},
	{http.MethodGet, campaignsPath, ScopeDisputes, "campaigns.read", (*Handler).listCampaigns},
	{http.MethodGet, campaignsPath + "/{campaign_id}", ScopeDisputes, "campaign.read", (*Handler).readCampaign},
	{http.MethodPost, campaignsPath + "/{campaign_id}/state", ScopeDisputes, "campaign.state", (*Handler).setCampaign},
	{http.MethodGet, controlsPath, ScopeDisputes, "controls.read", (*Handler).listControls},
	{http.MethodGet, openPath, ScopeDisputes, "controls.open", (*Handler).listOpenControls},
	{http.MethodGet, controlPath, ScopeDisputes, "control.read", (*Handler).readControl},
	{http.MethodPost, controlPath + "/state", ScopeDisputes, "control.state", (*Handler).setControl},
	{http.MethodPost, inquiriesPath, ScopeDisputes, "inquiries.ask", (*Handler).ask},
	{http.MethodGet, inquiriesPath, ScopeDisputes, "inquiries.read", (*Handler).listInquiries},
	{http.MethodGet, inquiriesPath + "/{request_id}", ScopeDisputes, "inquiries.read", (*Handler).readInquiries},
	{http.MethodGet, offeringsPath, ScopeContacts, "offerings.read", (*Handler).listOfferings},
	{http.MethodPut, offeringsPath, ScopeContacts, "offerings.set", (*Handler).putOfferings},
	{http.MethodGet, "/v1/banks/{bank}/health", ScopeFeed, "health.read", (*Handler).health},
	{http.MethodGet, "/v1/banks/{bank}/feed", ScopeFeed, "feed.read", (*Handler).feed},
	{http.MethodGet, eventsPath, ScopeEvents, "transaction.read", (*Handler).transaction},
	{http.MethodGet, eventsPath + "/{event_id}", ScopeEvents, "event.read", (*Handler).event},
	{http.MethodGet, refusedPath, ScopeFeed, "refused.read", (*Handler).listRefused},
	{http.MethodGet, refusedPath + "/{refused_id}", ScopeFeed, "refused.read", (*Handler).readRefused},
	{http.MethodPost, refusedPath + "/{refused_id}/replay", ScopeFeed, "refused.replay", (*Handler).replayRefused},
	{http.MethodGet, callbacksPath, ScopeFeed, "callbacks.read", (*Handler).listCallbacks},
	{http.MethodPost, callbacksPath + "/ping", ScopeFeed, "callback.ping", (*Handler).ping},
	{http.MethodGet, callbacksPath + "/{webhook_id}/attempts", ScopeFeed, "callback.read", (*Handler).readCallback},
	{http.MethodPost, callbacksPath + "/{webhook_id}/resend", ScopeFeed, "callback.resend", (*Handler).resendAny},
	{http.MethodPost, "/v1/banks/{bank}/disputes/{dispute_id}/callbacks/{seq}", ScopeFeed, "callback.resend", (*Handler).resendCallback},
	{http.MethodGet, keysPath, ScopeKeys, "keys.read", (*Handler).listKeys},
	{http.MethodPost, keysPath, ScopeKeys, "key.make", (*Handler).makeKey},
	{http.MethodPost, keysPath + "/{key_id}/rotation", anyKey, "key.rotate", (*Handler).rotateKey},
	{http.MethodDelete, keysPath + "/{key_id}", anyKey, "key.end", (*Handler).endKey},
	{http.MethodGet, contactsPath, ScopeContacts, "contacts.read", (*Handler).listContacts},
	{http.MethodPut, contactsPath, ScopeContacts, "contacts.set", (*Handler).putContacts},
	{http.MethodGet, auditPath, ScopeAudit, "audit.read", (*Handler).readAudit},
	{http.MethodGet, "/v1/services", public, "", (*Handler).listServices},
	{http.MethodGet, problem.PagesPath + "{code}", public, "", (*Handler).problemPage},
}

type route struct {
	method, path string
	scope        Scope
	act          string
	serve        endpoint
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
		h.mux.HandleFunc(r.method+" "+r.path, func(w http.ResponseWriter, req *http.Request) { h.serve(w, req, r) })
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

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set(problem.RequestID, problem.NewID())
	h.mux.ServeHTTP(w, r)
}

// serve checks the key and what it is for, unless the route is public, runs one
// endpoint, sees to it that it stands in the audit list, and answers.
func (h *Handler) serve(w http.ResponseWriter, r *http.Request, to route) {
	id := w.Header().Get(problem.RequestID)
	defer func() {
		if p := recover(); p != nil {
			h.Logger.ErrorContext(r.Context(), "bankapi: a request panicked", "path", to.path, "request", id)
			writeProblem(w, errInternal)
		}
	}()
	status, body, err := h.run(w, r, to, id)
	if err != nil {
		p := problemOf(err)
		if p.Status >= http.StatusInternalServerError {
			h.Logger.ErrorContext(r.Context(), "bankapi: a request failed on our side", "path", to.path, "request", id, "status", p.Status, "err", err)
		}
		writeProblem(w, p)
		return
	}
	if p, ok := body.(page); ok {
		p.write(w)
		return
	}
	problem.Reply(w, status, body)
}

func (h *Handler) run(w http.ResponseWriter, r *http.Request, to route, id string) (status int, body any, err error) {
	bank := r.PathValue("bank")
	most := int64(MaxBody)
	switch to.path {
	case historyPath:
		most = wire.MaxBody
	case filesPath:
		most = intake.MaxUpload
	}
	r.Body = http.MaxBytesReader(w, r.Body, most)
	if to.scope == public {
		return to.serve(h, w, r, bank)
	}
	k, err := h.authorize(r, bank)
	if err != nil {
		return 0, nil, err
	}
	room := h.Limit.Take(k.Bank, 1, h.Now())
	room.Tell(w.Header())
	if !room.OK { // before it stands in a list: a program that runs wild writes nothing
		return 0, nil, &problem.Problem{Status: http.StatusTooManyRequests, Code: problem.RateLimited, Title: "more requests than this bank may send; send the same one again",
			RetryAfter: room.RetryAfter()}
	}
	if e := r.Header.Get("Content-Encoding"); e != "" && e != "identity" && to.path != filesPath { // before it stands in a list
		return 0, nil, &problem.Problem{Status: http.StatusUnsupportedMediaType, Code: problem.Encoding, Title: "a body is sent as it is, without Content-Encoding"}
	}
	act := h.begins(r, to, id, k)
	r = r.WithContext(context.WithValue(r.Context(), callerKey{}, call{k, act}))
	defer func() {
		if p := recover(); p != nil {
			_ = act.end(r.Context(), http.StatusInternalServerError)
			panic(p)
		}
	}()
	if r.Method == http.MethodDelete { // what it is about is its address, and none has parameters: a?b is no a
		_, err = query(r)
	}
	switch {
	case to.scope != anyKey && !slices.Contains(ScopesOf(k), to.scope):
		err = errScope(to.scope)
	case err == nil:
		status, body, err = to.serve(h, w, r, bank)
	}
	came := status
	if err != nil {
		came = problemOf(err).Status
	}
	switch unkept := act.end(r.Context(), came); {
	case unkept == nil:
	case act.kept: // it was done, and stands in the list as begun
		h.Logger.ErrorContext(r.Context(), "bankapi: the result of an act cannot be kept", "path", to.path, "request", id, "err", unkept)
	case err == nil:
		return 0, nil, fmt.Errorf("bankapi: an act cannot be kept: %w", unkept)
	}
	return status, body, err
}
