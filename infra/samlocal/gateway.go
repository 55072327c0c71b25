package samlocal

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"

	"kozamori/internal/testkit/emulator"
)

// route is a route of the HTTP API.
type route struct {
	key      string // "POST /line/webhook"
	method   string // or ANY
	segments []string
	function *function
	version  string // of the payload
}

// gateway is the HTTP API as its routes and integrations say.
type gateway struct {
	api    string
	domain string
	routes []route
	used   map[string]bool // route keys; the stack's lock is held
	stack  *Stack
}

// maxBody and maxHeaders are the HTTP API's quotas.
const (
	maxBody    = 10 << 20
	maxHeaders = 10240
	maxWait    = 30 * time.Second
)

func newRoute(key string, f *function, version string) (route, error) {
	method, path, ok := strings.Cut(key, " ")
	if !ok || !strings.HasPrefix(path, "/") {
		return route{}, fmt.Errorf("the route %q is not known here", key)
	}
	if version != "2.0" {
		return route{}, fmt.Errorf("the route %q has payloads of version %q", key, version)
	}
	return route{key, method, strings.Split(path[1:], "/"), f, version}, nil
}

// match tells whether a request is this route's, how well it fits, and its
// path parameters.
func (r *route) match(method string, path []string) (int, map[string]string, bool) {
	fits := 0
	if r.method == method {
		fits = 1
	} else if r.method != "ANY" {
		return 0, nil, false
	}
	params := map[string]string{}
	for i, s := range r.segments {
		name, variable := strings.CutPrefix(s, "{")
		name = strings.TrimSuffix(name, "}")
		switch greedy := strings.HasSuffix(name, "+"); {
		case i >= len(path) || variable && path[i] == "":
			return 0, nil, false
		case variable && greedy:
			params[strings.TrimSuffix(name, "+")] = strings.Join(path[i:], "/")
			return fits, params, true
		case variable:
			params[name] = path[i]
		case s != path[i]:
			return 0, nil, false
		}
		fits += 4 // each segment that is not taken greedily fits better
		if !variable {
			fits += 4
		}
	}
	return fits, params, len(path) == len(r.segments)
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	fail := func(status int, message string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]string{"message": message})
	}
	path := r.URL.EscapedPath()
	var best *route
	var params map[string]string
	fits := -1
	for i := range g.routes {
		if n, p, ok := g.routes[i].match(r.Method, strings.Split(strings.TrimPrefix(path, "/"), "/")); ok && n > fits {
			best, params, fits = &g.routes[i], p, n
		}
	}
	if best == nil {
		g.stack.problem("no route takes %s %s", r.Method, firstSegment(path))
		fail(http.StatusNotFound, "Not Found")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		fail(http.StatusRequestEntityTooLarge, "Request Entity Too Large")
		return
	}
	source := "arn:aws:execute-api:" + place + ":" + g.api + "/$default/" + strings.ReplaceAll(best.key, " ", "")
	if !g.stack.mayInvoke(best.function, "apigateway.amazonaws.com", source) {
		g.stack.problem("the API may not invoke %s", best.function.logical)
		fail(http.StatusInternalServerError, "Internal Server Error")
		return
	}
	g.stack.mu.Lock()
	g.used[best.key] = true
	g.stack.mu.Unlock()
	e, size := g.event(r, best, params, body)
	if size > maxHeaders {
		fail(431, "Request Header Fields Too Large")
		return
	}
	raw, err := best.function.invoke(r.Context(), e)
	if err != nil {
		g.stack.failed(best.function, err)
		fail(http.StatusInternalServerError, "Internal Server Error")
		return
	}
	answer(w, raw, fail)
}

// event is the request as the HTTP API hands it on, and how large its headers
// are.
func (g *gateway) event(r *http.Request, to *route, params map[string]string, body []byte) (events.APIGatewayV2HTTPRequest, int) {
	e := events.APIGatewayV2HTTPRequest{Version: "2.0", RouteKey: to.key, RawPath: r.URL.Path, RawQueryString: r.URL.RawQuery,
		Headers: map[string]string{}, PathParameters: params}
	size := 0
	for k, v := range r.Header {
		for _, s := range v {
			size += len(k) + len(s)
		}
		if k == "Cookie" {
			for _, c := range v {
				e.Cookies = append(e.Cookies, strings.Split(c, "; ")...)
			}
			continue
		}
		e.Headers[strings.ToLower(k)] = strings.Join(v, ",")
	}
	e.Headers["host"] = g.domain
	e.Headers["x-forwarded-for"], e.Headers["x-forwarded-proto"], e.Headers["x-forwarded-port"] = "203.0.113.7", "https", "443"
	now := time.Now().UTC()
	e.RequestContext = events.APIGatewayV2HTTPRequestContext{RouteKey: to.key, AccountID: Account, Stage: "$default", RequestID: newID(), APIID: g.api,
		DomainName: g.domain, DomainPrefix: g.api, Time: now.Format("02/Jan/2006:15:04:05 -0700"), TimeEpoch: now.UnixMilli(),
		HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{Method: r.Method, Path: r.URL.Path, Protocol: "HTTP/1.1", SourceIP: "203.0.113.7", UserAgent: r.UserAgent()}}
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	// Only what is text by its type arrives as it was sent.
	if plain := strings.HasPrefix(kind, "text/") || kind == "application/json" || kind == "application/xml" || kind == "application/javascript"; plain && utf8.Valid(body) {
		e.Body = string(body)
	} else if len(body) > 0 {
		e.Body, e.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), true
	}
	return e, size
}

// answer writes what a function answered.
func answer(w http.ResponseWriter, raw []byte, fail func(int, string)) {
	var res events.APIGatewayV2HTTPResponse
	var body []byte
	err := json.Unmarshal(raw, &res)
	if body = []byte(res.Body); err == nil && res.IsBase64Encoded {
		body, err = base64.StdEncoding.DecodeString(res.Body)
	}
	if err != nil || res.StatusCode < 100 {
		fail(http.StatusInternalServerError, "Internal Server Error")
		return
	}
	for k, v := range res.Headers {
		w.Header().Set(k, v)
	}
	for k, v := range res.MultiValueHeaders {
		w.Header()[http.CanonicalHeaderKey(k)] = v
	}
	for _, c := range res.Cookies {
		w.Header().Add("Set-Cookie", c)
	}
	w.WriteHeader(res.StatusCode)
	_, _ = w.Write(body)
}

func firstSegment(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return "/" + first + "/…"
}

func (s *Stack) makeGateway() error {
	s.gateway = &gateway{used: map[string]bool{}, stack: s}
	integrations := map[string]route{}
	if err := s.each("AWS::ApiGatewayV2::Api", func(_, api string, p map[string]any) error {
		if s.gateway.api != "" || p["ProtocolType"] != "HTTP" || p["Body"] != nil {
			return errors.New("one HTTP API with routes of their own is known here")
		}
		s.gateway.api, s.gateway.domain = api, api+".execute-api."+emulator.Region+".amazonaws.com"
		return nil
	}); err != nil {
		return err
	}
	if err := s.each("AWS::ApiGatewayV2::Integration", func(_, id string, p map[string]any) error {
		var in struct{ IntegrationType, PayloadFormatVersion, IntegrationUri string }
		if err := into(p, &in); err != nil {
			return err
		}
		f := s.byARN(in.IntegrationUri)
		if in.IntegrationType != "AWS_PROXY" || f == nil {
			return errors.New("not an integration of a function")
		}
		integrations["integrations/"+id] = route{function: f, version: in.PayloadFormatVersion}
		return nil
	}); err != nil {
		return err
	}
	keys := map[string]bool{}
	if err := s.each("AWS::ApiGatewayV2::Route", func(_, _ string, p map[string]any) error {
		to, ok := integrations[text(p["Target"])]
		if !ok {
			return errors.New("leads to no integration")
		}
		r, err := newRoute(text(p["RouteKey"]), to.function, to.version)
		if err == nil && keys[r.key] {
			err = fmt.Errorf("%s is there twice", r.key)
		}
		keys[r.key] = true
		s.gateway.routes = append(s.gateway.routes, r)
		return err
	}); err != nil {
		return err
	}
	stages := 0
	if err := s.each("AWS::ApiGatewayV2::Stage", func(_, name string, p map[string]any) error {
		stages++
		settings, _ := p["RouteSettings"].(map[string]any)
		for key := range settings {
			if !keys[key] { // a deployment would fail
				return fmt.Errorf("has settings for %s, which is no route", key)
			}
		}
		if name != "$default" || p["AutoDeploy"] != true {
			return errors.New("the stage $default that deploys itself is known here")
		}
		return nil
	}); err != nil {
		return err
	}
	if stages != 1 {
		return fmt.Errorf("%d stages of the API", stages)
	}
	url, err := s.serve(s.gateway)
	s.url = url
	return err
}
