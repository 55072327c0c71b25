package lambda

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
)

// HTTP turns requests of an HTTP API or a function URL (payload 2.0) into
// those of net/http, and answers back. A signature over a body holds: its
// bytes are those that were sent.
func HTTP(h http.Handler, log *slog.Logger) func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	return func(ctx context.Context, e events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		ctx, cancel := early(ctx)
		defer cancel()
		w := &answer{header: http.Header{}}
		r, err := request(ctx, e)
		if err != nil {
			http.Error(w, "the request cannot be read", http.StatusBadRequest)
			return w.event(), nil
		}
		serve(h, w, r, log)
		return w.event(), nil
	}
}

// onlyAt serves a handler where it is meant to be called, and nowhere else: a
// domain that asks banks for a certificate is worth nothing if the same is to be had
// at another. The host is where API Gateway took the request, and not what
// the caller says. An empty host is everywhere.
func onlyAt(host string, h http.Handler) http.Handler {
	if host == "" {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if at, _ := r.Context().Value(domain{}).(string); !strings.EqualFold(at, host) {
			http.NotFound(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// frontHeader is what the front says to its origin.
const frontHeader = "X-Kozamori-Front"

// behind serves a handler to those who know the secret of the front alone: rules at
// the front are worth nothing if the pages are to be had without it. hashes are the
// SHA-256 of the secrets, with commas between; without any there is no front. The
// handler does not see the secret.
func behind(hashes string, h http.Handler) http.Handler {
	if hashes == "" {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.Sum256([]byte(r.Header.Get(frontHeader)))
		given, known := []byte(hex.EncodeToString(sum[:])), 0
		for want := range strings.SplitSeq(hashes, ",") {
			known |= subtle.ConstantTimeCompare(given, []byte(want))
		}
		if known == 0 {
			http.NotFound(w, r)
			return
		}
		r.Header.Del(frontHeader)
		h.ServeHTTP(w, r)
	})
}

// domain is the key in a context of the domain at which a request came in.
type domain struct{}

// margin is the part of an invocation's time that is kept for saying what was
// not done.
const margin = time.Second

func early(ctx context.Context) (context.Context, context.CancelFunc) {
	end, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, end.Add(-min(margin, time.Until(end)/4)))
}

// serve answers 500 for a handler that panics, and says where, not about what.
func serve(h http.Handler, w *answer, r *http.Request, log *slog.Logger) {
	defer func() {
		if p := recover(); p != nil {
			log.ErrorContext(r.Context(), "a request panicked", "kind", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			*w = answer{header: http.Header{}}
			w.WriteHeader(http.StatusInternalServerError)
		}
	}()
	h.ServeHTTP(w, r)
}

func request(ctx context.Context, e events.APIGatewayV2HTTPRequest) (*http.Request, error) {
	body := []byte(e.Body)
	if e.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(e.Body); err != nil {
			return nil, err
		}
	}
	c := e.RequestContext
	path := e.RawPath
	if c.Stage != "" && c.Stage != "$default" {
		if rest, ok := strings.CutPrefix(path, "/"+c.Stage); ok && (rest == "" || rest[0] == '/') {
			path = rest
		}
	}
	// An HTTP API hands the path over decoded: decoding it again would make
	// another path of what was meant as it is written, "x%41" or "a?b".
	u := &url.URL{Path: path, RawQuery: e.RawQueryString}
	if !strings.HasPrefix(path, "/") {
		u.Path = "/" + path
	}
	ctx = context.WithValue(ctx, domain{}, c.DomainName)
	r, err := http.NewRequestWithContext(ctx, c.HTTP.Method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.URL, r.RequestURI = u, u.RequestURI()
	for k, v := range e.Headers { // values of a repeated header come joined
		r.Header.Set(k, v)
	}
	if len(e.Cookies) > 0 {
		r.Header.Set("Cookie", strings.Join(e.Cookies, "; "))
	}
	r.Host = r.Header.Get("Host")
	if r.Host == "" {
		r.Host = c.DomainName
	}
	r.Header.Del("Host")
	if c.HTTP.SourceIP != "" {
		r.RemoteAddr = net.JoinHostPort(c.HTTP.SourceIP, "0")
	}
	return r, nil
}

// answer gathers what a handler writes.
type answer struct {
	header http.Header
	sent   http.Header // as it was when the status was written
	status int
	body   bytes.Buffer
}

// Header is for http.ResponseWriter.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader is for http.ResponseWriter. Statuses below 200 are no answer.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= 200 {
		a.status, a.sent = status, a.header.Clone()
	}
}

// Write is for http.ResponseWriter.
func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		if a.header.Get("Content-Type") == "" {
			a.header.Set("Content-Type", http.DetectContentType(b))
		}
		a.WriteHeader(http.StatusOK)
	}
	return a.body.Write(b)
}

func (a *answer) event() events.APIGatewayV2HTTPResponse {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	e := events.APIGatewayV2HTTPResponse{StatusCode: a.status, Headers: map[string]string{}}
	for k, v := range a.sent {
		if k == "Set-Cookie" {
			e.Cookies = v
			continue
		}
		e.Headers[k] = strings.Join(v, ", ")
	}
	e.Body = a.body.String()
	if !utf8.ValidString(e.Body) {
		e.Body, e.IsBase64Encoded = base64.StdEncoding.EncodeToString(a.body.Bytes()), true
	}
	return e
}
