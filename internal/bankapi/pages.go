package bankapi

import (
	"fmt"
	"html"
	"net/http"
	"strings"

	"kozamori/internal/problem"
)

// page is an answer for people.
type page string

func (p page) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write([]byte(p)) // who does not get it asks again
}

// problemPage says what a code means, and what its reader can do.
func (h *Handler) problemPage(_ http.ResponseWriter, r *http.Request, _ string) (int, any, error) {
	for _, p := range problem.Pages {
		if string(p.Code) != r.PathValue("code") {
			continue
		}
		var b strings.Builder
		fmt.Fprintf(&b, "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>%[1]s</title><h1>%[1]s</h1><p>HTTP %[2]d</p>", p.Code, p.Status)
		for _, part := range [][2]string{{"What it means", p.Means}, {"What to do", p.Do}} {
			fmt.Fprintf(&b, "<h2>%s</h2><p>%s</p>", part[0], html.EscapeString(part[1]))
		}
		return http.StatusOK, page(b.String() + "</html>\n"), nil
	}
	return 0, nil, errNotFound
}
