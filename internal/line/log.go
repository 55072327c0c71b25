package line

import (
	"log/slog"
	"net/http"
	"strings"
)

// LogCall is what is logged of each call to LINE, which keeps no logs for its
// callers and asks for this: the time, the method, the endpoint, the status, and
// LINE's id of the request.
const LogCall = "LINE was called"

// idlePerHost is how many connections to LINE stay open between calls: a new one
// costs a handshake, and the default keeps two.
const idlePerHost = 128

// logged logs each call that goes through it.
type logged struct {
	http.RoundTripper
	log *slog.Logger
}

// RoundTrip is for http.RoundTripper.
func (l logged) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := l.RoundTripper.RoundTrip(r)
	call := []any{"method", r.Method, "endpoint", endpoint(r.URL.Path)}
	if err != nil {
		l.log.WarnContext(r.Context(), LogCall, append(call, "status", "no answer")...)
		return res, err
	}
	level := slog.LevelInfo
	if res.StatusCode >= http.StatusBadRequest && res.StatusCode != http.StatusConflict {
		level = slog.LevelWarn
	}
	call = append(call, "status", res.StatusCode, "request", res.Header.Get("X-Line-Request-Id"))
	if accepted := res.Header.Get("X-Line-Accepted-Request-Id"); accepted != "" {
		call = append(call, "accepted_request", accepted)
	}
	l.log.Log(r.Context(), level, LogCall, call...)
	return res, nil
}

// endpoint is a path without what it names: people and their menus.
func endpoint(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if len(p) > 24 || userID(p) {
			parts[i] = "{id}"
		}
	}
	return strings.Join(parts, "/")
}
