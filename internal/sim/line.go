// Package sim stands in for the outside: the LINE platform, a mailbox, a
// bank. It behaves as they are documented to, with faults on demand, and
// imports no stage.
package sim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// Fault is a way in which LINE fails.
type Fault string

// The faults.
const (
	ServerError    Fault = "500"
	RateLimited    Fault = "429"
	QuotaSpent     Fault = "quota"
	TokenRefused   Fault = "401"
	BadRequest     Fault = "400"
	AcceptThenDrop Fault = "accept-then-drop" // the message is taken, the answer never comes
)

// LINEMessage is a push that LINE took.
type LINEMessage struct {
	ID       string            `json:"id"`
	At       time.Time         `json:"at"`
	To       string            `json:"to"`
	Via      string            `json:"via"` // push
	RetryKey string            `json:"retry_key"`
	Messages []json.RawMessage `json:"messages"`
	body     string
}

// LINE is the platform's push API.
type LINE struct {
	Token string
	Now   func() time.Time

	mu         sync.Mutex
	taken      []LINEMessage
	byKey      map[string]int // retry key → place in taken
	faults     []Fault
	spent      bool
	violations []string
}

// Fail makes the next n pushes fail.
func (l *LINE) Fail(n int, f Fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for range n {
		l.faults = append(l.faults, f)
	}
}

// Messages lists what was taken, oldest first.
func (l *LINE) Messages() []LINEMessage {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]LINEMessage(nil), l.taken...)
}

// Violations lists what LINE's rules forbid and a client did: another body or
// recipient under a used retry key.
func (l *LINE) Violations() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.violations...)
}

func (l *LINE) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer "+l.Token {
		answer(w, http.StatusUnauthorized, map[string]string{"message": "Authentication failed"})
		return
	}
	switch r.Method + " " + r.URL.Path {
	case "POST /v2/bot/message/push":
		l.push(w, r)
	case "GET /v2/bot/message/quota":
		answer(w, http.StatusOK, map[string]any{"type": "limited", "value": 200})
	case "GET /v2/bot/message/quota/consumption":
		used := 0
		if l.spent {
			used = 200
		}
		answer(w, http.StatusOK, map[string]any{"totalUsage": used})
	default:
		answer(w, http.StatusNotFound, map[string]string{"message": "Not found"})
	}
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (l *LINE) push(w http.ResponseWriter, r *http.Request) {
	var raw json.RawMessage
	var body struct {
		To       string            `json:"to"`
		Messages []json.RawMessage `json:"messages"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 2<<20)).Decode(&raw); err != nil ||
		json.Unmarshal(raw, &body) != nil || len(body.Messages) == 0 || len(body.Messages) > 5 {
		answer(w, http.StatusBadRequest, map[string]string{"message": "The request body is not valid"})
		return
	}
	var fault Fault
	if len(l.faults) > 0 {
		fault, l.faults = l.faults[0], l.faults[1:]
	}
	switch fault {
	case ServerError:
		answer(w, http.StatusInternalServerError, map[string]string{"message": "Internal error"})
		return
	case TokenRefused:
		answer(w, http.StatusUnauthorized, map[string]string{"message": "Authentication failed"})
		return
	case BadRequest:
		answer(w, http.StatusBadRequest, map[string]string{"message": "The request body is not valid"})
		return
	case RateLimited, QuotaSpent:
		l.spent = fault == QuotaSpent
		answer(w, http.StatusTooManyRequests, map[string]string{"message": "Too many"})
		return
	}
	key := r.Header.Get("X-Line-Retry-Key")
	if i, ok := l.byKey[key]; ok && key != "" && l.Now().Sub(l.taken[i].At) < 24*time.Hour {
		if l.taken[i].body != string(raw) {
			l.violations = append(l.violations, "another body under a used retry key")
		}
		w.Header().Set("X-Line-Accepted-Request-Id", l.taken[i].ID)
		answer(w, http.StatusConflict, map[string]string{"message": "The retry key is already accepted"})
		return
	}
	m := LINEMessage{ID: fmt.Sprintf("req-%d", len(l.taken)+1), At: l.Now(), To: body.To, Via: "push", RetryKey: key,
		Messages: body.Messages, body: string(raw)}
	if l.byKey == nil {
		l.byKey = map[string]int{}
	}
	l.byKey[key] = len(l.taken)
	l.taken = append(l.taken, m)
	if fault == AcceptThenDrop {
		panic(http.ErrAbortHandler) // closes the connection without an answer
	}
	w.Header().Set("X-Line-Request-Id", m.ID)
	answer(w, http.StatusOK, map[string]any{"sentMessages": []map[string]string{{"id": m.ID}}})
}
