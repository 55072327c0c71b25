package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Panel serves what the platform holds, for scripts and for a page that shows
// the phones, under /sim/line/:
//
//	GET  messages                    every push and reply taken, oldest first
//	GET  violations
//	GET  users                       the phones
//	POST users                       {"name","lang","following"} adds one
//	GET  users/{user}/chat           both sides, oldest first
//	POST users/{user}/follow, block
//	POST users/{user}/say            {"text"}
//	POST users/{user}/tap            {"data","display"}
//	GET  users/{user}/open?url=      opens a link on that phone: the browser is theirs from now on
//	GET  menus/{menu}, menus/{menu}/image
//	GET  events                      server-sent events: {"seq","user"} at each change
//	POST faults                      {"endpoint","fault","n"}
func (l *LINE) Panel() http.Handler {
	mux := http.NewServeMux()
	get := func(path string, what func(*http.Request) any) {
		mux.HandleFunc("GET /sim/line/"+path, func(w http.ResponseWriter, r *http.Request) { answer(w, http.StatusOK, what(r)) })
	}
	get("messages", func(*http.Request) any { return map[string]any{"messages": l.Messages(), "accepted": l.Accepted()} })
	get("violations", func(*http.Request) any { return map[string]any{"violations": l.Violations()} })
	get("users", func(*http.Request) any { return map[string]any{"users": l.Users()} })
	get("users/{user}/chat", func(r *http.Request) any { return map[string]any{"items": l.Chat(r.PathValue("user"))} })
	post := func(path string, do func(user string, in panelInput) (any, error)) {
		mux.HandleFunc("POST /sim/line/"+path, func(w http.ResponseWriter, r *http.Request) {
			var in panelInput
			if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&in); err != nil && !errors.Is(err, io.EOF) {
				fail(w, http.StatusBadRequest, "the body is not the JSON that is wanted")
				return
			}
			out, err := do(r.PathValue("user"), in)
			switch {
			case errors.Is(err, ErrNotFriend):
				fail(w, http.StatusConflict, err.Error())
			case err != nil:
				fail(w, http.StatusBadRequest, err.Error())
			default:
				answer(w, http.StatusOK, out)
			}
		})
	}
	done := struct{}{}
	post("users", func(_ string, in panelInput) (any, error) {
		if in.Name == "" {
			return nil, errors.New("sim: a user needs a name")
		}
		return map[string]string{"id": l.AddUser(User{Name: in.Name, Lang: in.Lang, Following: in.Following})}, nil
	})
	post("users/{user}/follow", func(user string, _ panelInput) (any, error) { return done, l.Follow(user) })
	post("users/{user}/block", func(user string, _ panelInput) (any, error) { return done, l.Block(user) })
	post("users/{user}/say", func(user string, in panelInput) (any, error) { return done, l.Say(user, in.Text) })
	post("users/{user}/file", func(user string, in panelInput) (any, error) { return done, l.SendFile(user, in.Name, []byte(in.Text)) })
	post("users/{user}/tap", func(user string, in panelInput) (any, error) { return done, l.Tap(user, in.Data, in.Display) })
	post("faults", func(_ string, in panelInput) (any, error) {
		if in.N < 0 || in.N > 10_000 || in.Fault == "" {
			return nil, errors.New("sim: n faults are wanted, at most 10,000")
		}
		if in.Endpoint == "" {
			in.Endpoint = Push
		}
		l.FailAt(in.Endpoint, in.N, in.Fault)
		return done, nil
	})
	mux.HandleFunc("GET /sim/line/users/{user}/open", l.open)
	mux.HandleFunc("GET /sim/line/menus/{menu}", l.showMenu)
	mux.HandleFunc("GET /sim/line/menus/{menu}/image", l.showMenu)
	mux.HandleFunc("GET /sim/line/events", l.stream)
	// A page elsewhere must not tap buttons here.
	return http.NewCrossOriginProtection().Handler(mux)
}

type panelInput struct {
	Name, Lang, Text, Data, Display string
	Following                       bool
	Endpoint                        Endpoint
	Fault                           Fault
	N                               int
}

// open makes the browser that of a user, for the account link dialog, and
// goes where the link leads.
func (l *LINE) open(w http.ResponseWriter, r *http.Request) {
	u, err := url.Parse(r.URL.Query().Get("url"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		fail(w, http.StatusBadRequest, "the url is not one that LINE opens")
		return
	}
	http.SetCookie(w, &http.Cookie{Name: PhoneCookie, Value: r.PathValue("user"), Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, u.String(), http.StatusSeeOther)
}

func (l *LINE) showMenu(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	m := l.menus[r.PathValue("menu")]
	wantImage := strings.HasSuffix(r.URL.Path, "/image")
	switch {
	case m == nil || wantImage && m.image == nil:
		fail(w, http.StatusNotFound, "Not found")
	case wantImage:
		w.Header().Set("Content-Type", m.mime)
		_, _ = w.Write(m.image)
	default:
		answer(w, http.StatusOK, m)
	}
}

// heartbeat keeps a quiet stream open, and finds that its reader left.
const heartbeat = 15 * time.Second

func (l *LINE) stream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	flush := http.NewResponseController(w)
	_ = flush.SetReadDeadline(time.Time{}) // it lasts
	_ = flush.SetWriteDeadline(time.Time{})
	after, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64)
	if err != nil {
		after = l.seq()
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	_, _ = io.WriteString(w, ": here\n\n")
	for {
		changes, next := l.Changes(after)
		for _, c := range changes {
			after = c.Seq
			b, _ := json.Marshal(c)
			if _, err := fmt.Fprintf(w, "id: %d\ndata: %s\n\n", c.Seq, b); err != nil {
				return
			}
		}
		if flush.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-beat.C:
			_, _ = io.WriteString(w, ": still here\n\n")
		case <-next:
		}
	}
}
