package web

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"

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
func langOf(r *http.Request) watch.Lang {
	type liked struct {
		lang watch.Lang
		q    float64
	}
	var list []liked
	for _, part := range strings.Split(r.Header.Get("Accept-Language"), ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		base, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(name)), "-")
		l := liked{lang: watch.Lang(base), q: 1}
		if q, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			l.q, _ = strconv.ParseFloat(q, 64)
		}
		if l.q > 0 && (l.lang == watch.Japanese || l.lang == watch.English) {
			list = append(list, l)
		}
	}
	if len(list) == 0 {
		return watch.Japanese
	}
	return slices.MaxFunc(list, func(a, b liked) int { return cmp.Compare(a.q, b.q) }).lang
}
