package sim

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// bankClock is how far a callback's timestamp may be off, either way.
const bankClock = 5 * time.Minute

func (b *Bank) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /sim/bank/callback", b.callback)
	mux.HandleFunc("GET /sim/bank/disputes", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]any{"disputes": b.Disputes()})
	})
	mux.HandleFunc("GET /sim/bank/callbacks", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]any{"callbacks": b.Callbacks(), "attempts": b.Attempts(), "violations": b.Violations()})
	})
	mux.HandleFunc("POST /sim/bank/fail", func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.FormValue("n"))
		f := BankFault(r.FormValue("fault"))
		if err != nil || n < 1 || n > 1000 || !slices.Contains([]BankFault{BankDown, BankRefuses, BankHangs, BankDropped}, f) {
			answer(w, http.StatusBadRequest, map[string]string{"message": "fault is 503, 401, timeout or accept-then-drop, n from 1 to 1000"})
			return
		}
		b.Fail(n, f)
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /sim/bank/events", func(w http.ResponseWriter, r *http.Request) {
		pass(w, r, func(body []byte) (Answer, error) { return b.Post(r.Context(), body) })
	})
	mux.HandleFunc("POST /sim/bank/codes", func(w http.ResponseWriter, r *http.Request) {
		pass(w, r, func(body []byte) (Answer, error) { return b.IssueCode(r.Context(), body) })
	})
	mux.HandleFunc("GET /sim/bank/login", b.login)
	mux.HandleFunc("POST /sim/bank/login", b.login)
	mux.HandleFunc("POST /sim/bank/disputes/{dispute_id}/status", func(w http.ResponseWriter, r *http.Request) {
		pass(w, r, func(body []byte) (Answer, error) {
			var in struct{ Status, Text string }
			if err := json.Unmarshal(body, &in); err != nil {
				return Answer{Status: http.StatusBadRequest}, nil //nolint:nilerr // it is the answer
			}
			return b.SetStatus(r.Context(), r.PathValue("dispute_id"), in.Status, in.Text)
		})
	})
	mux.HandleFunc("GET /sim/bank/controls", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]any{"controls": b.Controls()})
	})
	mux.HandleFunc("POST /sim/bank/controls/{control_id}/state", b.answersControl)
	mux.ServeHTTP(w, r)
}

// pass does something with a request's body and answers as Kozamori did.
func pass(w http.ResponseWriter, r *http.Request, do func([]byte) (Answer, error)) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 2<<20))
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	a, err := do(body)
	if err != nil {
		answer(w, http.StatusBadGateway, map[string]string{"message": err.Error()})
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body)
}

func (b *Bank) callback(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	fault := b.nextFault()
	switch fault {
	case BankDown:
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	case BankRefuses:
		w.WriteHeader(http.StatusUnauthorized)
		return
	case BankHangs:
		<-r.Context().Done()
		return
	}
	if !b.verify(body, r.Header) {
		b.mu.Lock()
		b.violations = append(b.violations, "a callback is not signed with our secret now")
		b.mu.Unlock()
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	b.take(r.Header.Get(webhooks.HeaderWebhookID), body)
	b.changed()
	if fault == BankDropped {
		panic(http.ErrAbortHandler) // closes the connection without an answer
	}
	w.WriteHeader(http.StatusNoContent)
}

func (b *Bank) nextFault() BankFault {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.attempts++
	if len(b.faults) == 0 {
		return b.down
	}
	f := b.faults[0]
	b.faults = b.faults[1:]
	return f
}

func (b *Bank) verify(body []byte, h http.Header) bool {
	sec, err := strconv.ParseInt(h.Get(webhooks.HeaderWebhookTimestamp), 10, 64)
	if err != nil || b.Now().Sub(time.Unix(sec, 0)).Abs() > bankClock {
		return false
	}
	for _, s := range b.secrets() {
		if wh, err := webhooks.NewWebhook(s); err == nil && wh.VerifyIgnoringTimestamp(body, h) == nil {
			return true
		}
	}
	return false
}

// take writes a callback into the books, once for each webhook-id, and counts that it
// came again.
func (b *Bank) take(id string, body []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var c struct {
		BankDispute
		Type string `json:"type"`
		Bank string `json:"bank"`
	}
	if err := json.Unmarshal(body, &c); err != nil || c.Bank != b.Code {
		b.violations = append(b.violations, "a callback is no JSON object about this bank")
		return
	}
	for i := range b.callbacks {
		if old := &b.callbacks[i]; old.ID == id {
			if string(old.Body) != string(body) {
				b.violations = append(b.violations, "another body under a used webhook-id")
			}
			old.Again++
			return
		}
	}
	b.enter(bankEntry{Callback: &Callback{ID: id, At: b.Now(), Type: c.Type, Body: body}})
}
