package web

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"net/http"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

//go:embed style.css
var styleCSS string

// policy lets a page have its one style sheet, by its hash, and nothing else.
var policy = func() string {
	sum := sha256.Sum256([]byte(styleCSS))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
}()

// page writes a page.
func (s *site) page(w http.ResponseWriter, code int, p message.Page) {
	var b bytes.Buffer
	_ = draw(p).Render(&b) // a buffer takes everything
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", p.Lang)
	w.WriteHeader(code)
	_, _ = w.Write(b.Bytes())
}

// langOf is the language for a visitor we do not know: the one of ours
// that their browser likes best, else Japanese.
func langOf(r *http.Request) watch.Lang { return watch.Liked(r.Header.Get("Accept-Language")) }
