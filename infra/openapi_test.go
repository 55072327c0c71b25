package infra_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/google/go-cmp/cmp"
	yaml "github.com/oasdiff/yaml3"

	"kozamori/internal/bankapi"
	"kozamori/internal/problem"
	"kozamori/internal/wire"
)

// document reads the description. Replies may gain fields one day; here each
// must be described, so every object is closed.
func document(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		t.Fatal(err)
	}
	shut := false
	for _, s := range doc.Components.Schemas {
		closeObjects(s.Value, &shut)
	}
	return doc
}

func closeObjects(s *openapi3.Schema, shut *bool) {
	if s.Type.Is("object") && s.AdditionalProperties.Has == nil {
		s.AdditionalProperties = openapi3.BoolSchema{Has: shut}
	}
	for _, p := range s.Properties {
		if p.Ref == "" {
			closeObjects(p.Value, shut)
		}
	}
	if s.Items != nil && s.Items.Ref == "" {
		closeObjects(s.Items.Value, shut)
	}
}

// gate stands before a handler and checks each request and reply against the
// description: a request that is taken must be as described, and so must
// every reply.
type gate struct {
	t    *testing.T
	doc  *openapi3.T
	next http.Handler

	mu   sync.Mutex
	seen map[string]map[int]bool // route → statuses
}

func init() { openapi3filter.RegisterBodyDecoder("text/html", openapi3filter.PlainBodyDecoder) }

var placeholder = regexp.MustCompile(`\\\{[a-z_]+\\\}`)

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for path, item := range g.doc.Paths.Map() {
		pattern := regexp.MustCompile("^" + placeholder.ReplaceAllString(regexp.QuoteMeta(path), "([^/]+)") + "$")
		found := pattern.FindStringSubmatch(r.URL.EscapedPath())
		if found == nil {
			continue
		}
		params := map[string]string{}
		for i, name := range regexp.MustCompile(`\{([a-z_]+)\}`).FindAllStringSubmatch(path, -1) {
			params[name[1]] = found[i+1]
		}
		g.check(w, r, path, item, params)
		return
	}
	g.t.Errorf("%s %s is not described", r.Method, r.URL.Path)
	g.next.ServeHTTP(w, r)
}

func (g *gate) check(w http.ResponseWriter, r *http.Request, path string, item *openapi3.PathItem, params map[string]string) {
	op := item.GetOperation(r.Method)
	method := r.Method
	if op == nil {
		// Whatever is described of the path describes a refusal too.
		for _, op = range item.Operations() {
			break
		}
	}
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	rec := httptest.NewRecorder()
	g.next.ServeHTTP(rec, r)

	req := r.Clone(r.Context())
	req.Body = io.NopCloser(bytes.NewReader(body))
	in := &openapi3filter.RequestValidationInput{Request: req, PathParams: params,
		Route:   &routers.Route{Spec: g.doc, Path: path, PathItem: item, Method: method, Operation: op},
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true, RejectWhenRequestBodyNotSpecified: true}}
	if rec.Code < 300 {
		if err := openapi3filter.ValidateRequest(r.Context(), in); err != nil {
			g.t.Errorf("%s %s took a request that is not as described: %v", method, path, err)
		}
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: rec.Code, Header: rec.Header(), Options: in.Options}
	if err := openapi3filter.ValidateResponse(r.Context(), out.SetBodyBytes(rec.Body.Bytes())); err != nil {
		g.t.Errorf("%s %s: a reply with %d is not as described: %v", method, path, rec.Code, err)
	}
	if !regexp.MustCompile(`^r[a-z2-7]{26}$`).MatchString(rec.Header().Get(problem.RequestID)) {
		g.t.Errorf("%s %s: the reply with %d has the request id %q", method, path, rec.Code, rec.Header().Get(problem.RequestID))
	}
	if rec.Code >= 400 {
		g.explained(method+" "+path, rec)
	}
	g.mu.Lock()
	route := method + " " + path
	if g.seen[route] == nil {
		g.seen[route] = map[int]bool{}
	}
	g.seen[route][rec.Code] = true
	g.mu.Unlock()
	for k, v := range rec.Header() {
		w.Header()[k] = v
	}
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes())
}

// explained checks that a problem has a code, whose page is of its status.
func (g *gate) explained(route string, rec *httptest.ResponseRecorder) {
	var p struct {
		Type string       `json:"type"`
		Code problem.Code `json:"code"`
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil {
		g.t.Errorf("%s: a %d is no problem document: %v", route, rec.Code, err)
	}
	if p.Type != problem.PagesPath+string(p.Code) || !slices.ContainsFunc(problem.Pages, func(x problem.Page) bool { return x.Code == p.Code && x.Status == rec.Code }) {
		g.t.Errorf("%s: a %d has the code %q and the type %q", route, rec.Code, p.Code, p.Type)
	}
}

// Some generators read no anchors.
func TestTheDescriptionHasNoAnchors(t *testing.T) {
	t.Parallel()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(read(t, "openapi.yaml")), &doc); err != nil {
		t.Fatal(err)
	}
	n := 0
	var look func(*yaml.Node)
	look = func(x *yaml.Node) {
		if n++; x.Anchor != "" || x.Kind == yaml.AliasNode {
			t.Errorf("line %d: the anchor %s%s", x.Line, x.Anchor, x.Value)
			return
		}
		for _, c := range x.Content {
			look(c)
		}
	}
	if look(&doc); n < 1000 {
		t.Errorf("only %d nodes", n)
	}
}

func TestEveryRouteIsDescribedAndEveryDescriptionIsARoute(t *testing.T) {
	t.Parallel()
	doc := document(t)
	var described []string
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			described = append(described, method+" "+path)
		}
	}
	served := append(bankapi.Routes(), "POST /v1/banks/{bank}/events")
	slices.Sort(described)
	slices.Sort(served)
	if diff := cmp.Diff(served, described); diff != "" {
		t.Errorf("served (-) and described (+):\n%s", diff)
	}
}

func TestRequestsAndRepliesAreAsDescribed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.everyEvent()
	w.everyFileCall()
	d := w.everyAccountCall()
	w.everyRefCall()
	w.everyDisputeCall(d)
	w.everyRefusedCall()
	w.everyKeyCall(d)

	// Each status that is described was seen, but for those that only a
	// failure of ours brings.
	for path, item := range w.gate.doc.Paths.Map() {
		for method, op := range item.Operations() {
			for status := range op.Responses.Map() {
				if status == "500" || status == "405" || (status == "503" || status == "429") && !strings.HasSuffix(path, "/events") || status == "429" && method == http.MethodGet {
					continue
				}
				var code int
				_, _ = fmt.Sscan(status, &code)
				if !w.gate.seen[method+" "+path][code] {
					t.Errorf("%s %s never answered %s here", method, path, status)
				}
			}
		}
	}
}

func TestWhatTheBankIsToldIsAsDescribed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.everyCallback()
	told := map[string]int{}
	for _, c := range w.bank.Callbacks() {
		told[c.Type]++
		item := w.gate.doc.Webhooks[c.Type]
		if item == nil {
			t.Errorf("%s is not described", c.Type)
			continue
		}
		var v any
		if err := json.Unmarshal(c.Body, &v); err != nil {
			t.Fatal(err)
		}
		if err := item.Post.RequestBody.Value.Content.Get("application/json").Schema.Value.VisitJSON(v); err != nil {
			t.Errorf("%s: %v", c.Type, err)
		}
	}
	for name := range w.gate.doc.Webhooks {
		if told[name] == 0 {
			t.Errorf("%s is described and never sent", name)
		}
	}
	if v := w.bank.Violations(); len(v) > 0 {
		t.Error(v)
	}
}

func TestTheDescriptionOfEventsTakesWhatIngestTakes(t *testing.T) {
	t.Parallel()
	schema := document(t).Paths.Find("/v1/banks/{bank}/events").Post.RequestBody.Value.Content.Get("application/json").Schema.Value
	base := map[string]map[string]any{
		"debit": {"id": "e1", "type": "debit", "transaction_id": "t1", "account_ref": "acc_1", "occurred_at": "2026-11-24T12:00:00+09:00",
			"amount": 100, "currency": "JPY", "descriptor": "PAYPAY"},
		"reversal": {"id": "e1", "type": "debit.reversed", "transaction_id": "t1", "account_ref": "acc_1", "occurred_at": "2026-11-24T12:00:00+09:00"},
		"link": {"id": "e1", "type": "charge_link.registered", "transaction_id": "t1", "account_ref": "acc_1",
			"occurred_at": "2026-11-24T12:00:00+09:00", "service": "paypay"},
		"refused link": {"id": "e1", "type": "charge_link.refused", "transaction_id": "t1", "account_ref": "acc_1",
			"occurred_at": "2026-11-24T12:00:00+09:00", "service": "paypay", "reason": "pin"},
	}
	// Each value is tried in each field, and each field is left out.
	values := []any{nil, "", "x", "JPY", "posted", "debit", "charge_link.removed", "a b", "a#b", "a\nb", "a\u0085b", "\u007f", ".", "..", "a/b", "Az09_.~-", "2026-11-24T12:00:00Z", "2026-11-24", "2026-11-31", "2026-11-24 12:00",
		strings.Repeat("あ", 41), strings.Repeat("a", 65), strings.Repeat("a", 129), strings.Repeat("a", 256),
		0, 1, -1, 1.5, 1_000_000_000_000, 1_000_000_000_001, -100_000_000_000_000, -100_000_000_000_001, true, []any{}, map[string]any{}}
	fields := []string{"id", "type", "transaction_id", "account_ref", "account_mask", "occurred_at", "amount", "currency", "descriptor",
		"balance_after", "status", "service", "route", "detail", "rail", "collector", "occurred_on", "replaces", "unknown", "reason"}
	n := 0
	for name, event := range base {
		for _, field := range fields {
			for i := -1; i < len(values); i++ {
				e := map[string]any{}
				for k, v := range event {
					e[k] = v
				}
				delete(e, field)
				if i >= 0 {
					e[field] = values[i]
				}
				raw, err := json.Marshal(e)
				if err != nil {
					t.Fatal(err)
				}
				read, err := wire.ReadBody(raw, "0125", time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC))
				if err != nil {
					t.Fatal(err)
				}
				taken := !read.Events[0].Refused()
				var v any
				_ = json.Unmarshal(raw, &v)
				described := schema.VisitJSON(v) == nil
				// The description does not say that an empty service names none.
				unsaid := e["service"] == ""
				if described != taken && !(unsaid && described) {
					t.Errorf("%s, %s: described %v, taken %v (%v)", name, raw, described, taken, read.Events[0].Problems)
				}
				n++
			}
		}
	}
	if n < 1000 {
		t.Errorf("only %d events tried", n)
	}
}
