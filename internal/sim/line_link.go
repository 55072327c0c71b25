package sim

import (
	"html/template"
	"net/http"
	"time"
	"unicode/utf8"
)

// linkLife is how long a link token works, once.
const linkLife = 10 * time.Minute

type linkToken struct {
	user  string
	until time.Time
}

func (l *LINE) issueLink(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.users[r.PathValue("user")]
	if p == nil || !p.Following {
		fail(w, http.StatusNotFound, "Not found")
		return
	}
	now := l.Now()
	if l.links == nil {
		l.links = map[string]*linkToken{}
	}
	for k, t := range l.links {
		if !now.Before(t.until) {
			delete(l.links, k)
		}
	}
	token := random(16)
	l.links[token] = &linkToken{user: p.ID, until: now.Add(linkLife)}
	answer(w, http.StatusOK, map[string]string{"linkToken": token})
}

// PhoneCookie says on whose phone a page is open: LINE knows it by its login.
const PhoneCookie = "sim_line_user"

var dialogPage = template.Must(template.New("").Parse(`<!doctype html><html lang="ja"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>LINE (sim)</title>
<body style="font-family:sans-serif;margin:2rem"><h1>{{.Title}}</h1>
{{range .Users}}<p><a href="?linkToken={{$.Token}}&amp;nonce={{$.Nonce}}&amp;as={{.ID}}">{{.Name}}</a></p>{{end}}`))

// dialog is access.line.me's account link dialog. The user who opens it is known
// by PhoneCookie or the parameter as; otherwise it asks, like LINE's login.
func (l *LINE) dialog(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	page := func(status int, title string, users []User) {
		w.WriteHeader(status)
		_ = dialogPage.Execute(w, map[string]any{"Title": title, "Users": users,
			"Token": r.URL.Query().Get("linkToken"), "Nonce": r.URL.Query().Get("nonce")})
	}
	token, nonce, visitor := r.URL.Query().Get("linkToken"), r.URL.Query().Get("nonce"), r.URL.Query().Get("as")
	if c, err := r.Cookie(PhoneCookie); err == nil && visitor == "" {
		visitor = c.Value
	}
	if n := utf8.RuneCountInString(nonce); n < 10 || n > 255 {
		page(http.StatusBadRequest, "400 Bad Request", nil)
		return
	}
	if visitor == "" {
		page(http.StatusOK, "ログイン", l.Users())
		return
	}
	l.mu.Lock()
	t := l.links[token]
	delete(l.links, token) // used, whatever comes of it
	if t == nil || !l.Now().Before(t.until) {
		l.mu.Unlock()
		page(http.StatusBadRequest, "このリンクは使えません", nil)
		return
	}
	link := map[string]any{"result": "failed", "nonce": nonce}
	var h *webhook
	if p := l.users[t.user]; visitor == t.user && p.Following {
		link["result"] = "ok"
		l.show(p, ChatItem{From: FromUser, Kind: "link"})
		h = l.event(map[string]any{"type": "accountLink", "replyToken": l.replyTokenFor(t.user), "link": link}, t.user)
	} else {
		// A failed link has neither source nor reply token.
		h = l.event(map[string]any{"type": "accountLink", "link": link}, "")
	}
	l.mu.Unlock()
	l.deliver(h)
	if link["result"] == "ok" {
		page(http.StatusOK, "連携しました", nil)
		return
	}
	page(http.StatusOK, "連携できませんでした", nil)
}
