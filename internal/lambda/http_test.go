package lambda_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"kozamori/internal/lambda"
)

var (
	ctx   = context.Background()
	quiet = slog.New(slog.DiscardHandler)
)

// fixture reads an event that aws-lambda-go publishes.
func fixture[T any](t *testing.T, name string) T {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var v T
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// seen is what a handler of net/http saw of a request.
type seen struct {
	Method, URL, RequestURI, Host, Remote, Body string
	Header                                      http.Header
	Cookies                                     []string
	Length                                      int64
}

func look(t *testing.T, e events.APIGatewayV2HTTPRequest) seen {
	t.Helper()
	var s seen
	_, err := lambda.HTTP(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		s = seen{r.Method, r.URL.String(), r.RequestURI, r.Host, r.RemoteAddr, string(b), r.Header.Clone(), r.Header["Cookie"], r.ContentLength}
		s.Header.Del("Cookie")
	}), quiet)(ctx, e)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPublishedEventsAsRequests(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]seen{
		"apigw-v2-request-no-authorizer.json": {Method: "GET", URL: "/", RequestURI: "/", Host: "aaaaaaaaaa.execute-api.us-west-2.amazonaws.com", Remote: "1.2.3.4:0",
			Header: http.Header{"Accept": {"*/*"}, "Content-Length": {"0"}, "User-Agent": {"curl/7.58.0"}, "X-Amzn-Trace-Id": {"Root=1-5e9f0c65-1de4d666d4dd26aced652b6c"},
				"X-Forwarded-For": {"1.2.3.4"}, "X-Forwarded-Port": {"443"}, "X-Forwarded-Proto": {"https"}}},
		"apigw-v2-request-iam.json": {Method: "GET", URL: "/my/path?parameter1=value1&parameter1=value2&parameter2=value", RequestURI: "/my/path?parameter1=value1&parameter1=value2&parameter2=value",
			Host: "id.execute-api.us-east-1.amazonaws.com", Remote: "IP:0", Body: "{\r\n\t\"a\": 1\r\n}", Length: 13,
			Header: http.Header{"Header1": {"value1"}, "Header2": {"value2"}}, Cookies: []string{"cookie1; cookie2"}},
		"lambda-urls-request.json": {Method: "POST", URL: "/my/path?parameter1=value1&parameter1=value2&parameter2=value", RequestURI: "/my/path?parameter1=value1&parameter1=value2&parameter2=value",
			Host: "<url-id>.lambda-url.us-west-2.on.aws", Remote: "123.123.123.123:0", Body: "Hello from client!", Length: 18,
			Header: http.Header{"Header1": {"value1"}, "Header2": {"value1,value2"}}, Cookies: []string{"cookie1; cookie2"}},
	} {
		if diff := cmp.Diff(want, look(t, fixture[events.APIGatewayV2HTTPRequest](t, name))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestABodyIsTheBytesThatWereSent(t *testing.T) {
	t.Parallel()
	raw := "{\"a\": \"ﾄﾞｺﾓｺｳｻﾞ\\u2028\",\r\n \"b\":1}\xff\x00"
	e := fixture[events.APIGatewayV2HTTPRequest](t, "lambda-urls-request.json")
	e.Body, e.IsBase64Encoded = base64.StdEncoding.EncodeToString([]byte(raw)), true
	if got := look(t, e).Body; got != raw {
		t.Errorf("body %q", got)
	}
	e.Body = "no base64!"
	res, err := lambda.HTTP(http.NotFoundHandler(), quiet)(ctx, e)
	if err != nil || res.StatusCode != http.StatusBadRequest {
		t.Errorf("a body that is no base64: %d %v", res.StatusCode, err)
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ stage, raw, want string }{
		{"$default", "/v1/banks/0125/events", "/v1/banks/0125/events"},
		{"prod", "/prod/a/tok.en", "/a/tok.en"},
		{"prod", "/product", "/product"},
		{"prod", "/prod", ""},
		{"$default", "/a%2Fb/c", "/a%2Fb/c"},
		{"$default", "/x%41", "/x%41"},
		{"$default", "/a?b#c", "/a?b#c"},
		{"$default", "/100%", "/100%"},
		{"$default", "//evil.example/a", "//evil.example/a"},
		{"$default", "/口座", "/口座"},
	} {
		e := fixture[events.APIGatewayV2HTTPRequest](t, "apigw-v2-request-no-authorizer.json")
		e.RequestContext.Stage, e.RawPath = c.stage, c.raw
		var got string
		_, err := lambda.HTTP(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.URL.Path }), quiet)(ctx, e)
		if want := c.want; err != nil || got != want && (want != "" || got != "/") {
			t.Errorf("%s at stage %s: %q %v, want %q", c.raw, c.stage, got, err, c.want)
		}
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	e := fixture[events.APIGatewayV2HTTPRequest](t, "apigw-v2-request-no-authorizer.json")
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    events.APIGatewayV2HTTPResponse
	}{
		"nothing written is 200": {func(http.ResponseWriter, *http.Request) {}, events.APIGatewayV2HTTPResponse{StatusCode: 200, Headers: map[string]string{}}},
		"cookies stay apart, other headers are joined": {func(w http.ResponseWriter, _ *http.Request) {
			http.SetCookie(w, &http.Cookie{Name: "a", Value: "1"})
			http.SetCookie(w, &http.Cookie{Name: "b", Value: "2"})
			w.Header().Add("Vary", "Accept-Language")
			w.Header().Add("Vary", "Cookie")
			w.WriteHeader(http.StatusSeeOther)
		}, events.APIGatewayV2HTTPResponse{StatusCode: 303, Headers: map[string]string{"Vary": "Accept-Language, Cookie"}, Cookies: []string{"a=1", "b=2"}}},
		"text is text": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "口座")
			w.WriteHeader(http.StatusTeapot)
			w.Header().Set("Late", "yes")
		}, events.APIGatewayV2HTTPResponse{StatusCode: 200, Headers: map[string]string{"Content-Type": "text/plain; charset=utf-8"}, Body: "口座"}},
		"an early hint is no answer": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			w.WriteHeader(http.StatusAccepted)
		}, events.APIGatewayV2HTTPResponse{StatusCode: 202, Headers: map[string]string{}}},
		"bytes are base64": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write([]byte{0x89, 'P', 0xff})
		}, events.APIGatewayV2HTTPResponse{StatusCode: 200, Headers: map[string]string{"Content-Type": "image/png"}, Body: "iVD/", IsBase64Encoded: true}},
		"a panic is 500 and nothing of what was written": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X", "y")
			_, _ = io.WriteString(w, "half")
			panic("secret")
		}, events.APIGatewayV2HTTPResponse{StatusCode: 500, Headers: map[string]string{}}},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			got, err := lambda.HTTP(c.handler, slog.New(slog.NewJSONHandler(&out, nil)))(ctx, e)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(out.String(), "secret") {
				t.Error("the log quotes the panic")
			}
		})
	}
}

func TestWorkEndsBeforeLambdaEndsIt(t *testing.T) {
	t.Parallel()
	e := fixture[events.APIGatewayV2HTTPRequest](t, "apigw-v2-request-no-authorizer.json")
	for _, left := range []time.Duration{10 * time.Second, 400 * time.Millisecond} {
		short, cancel := context.WithTimeout(ctx, left)
		end, _ := short.Deadline()
		_, err := lambda.HTTP(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			got, ok := r.Context().Deadline()
			if before := end.Sub(got); !ok || before < 50*time.Millisecond || before > time.Second {
				t.Errorf("with %v: the handler must end %v before", left, before)
			}
		}), quiet)(short, e)
		cancel()
		if err != nil {
			t.Error(err)
		}
	}
}
