package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"kozamori/events"
	"kozamori/internal/queue"
	"kozamori/internal/sim"
	"kozamori/internal/watch"
)

var japan = watch.JST

// composed is an event as the page asks for it; Body is one that is to be sent as it
// stands, whatever the other fields say.
type composed struct {
	Bank       string          `json:"bank"`
	Type       string          `json:"type"`
	Descriptor string          `json:"descriptor"`
	Service    string          `json:"service"`
	Amount     int64           `json:"amount"`
	Ago        int64           `json:"ago_minutes"` // how long before now it occurred
	Txn        string          `json:"transaction_id"`
	Body       json.RawMessage `json:"body,omitzero"`
	ID         string          `json:"webhook_id"`
	Again      bool            `json:"again"` // it was sent before, under that id
}

// event is the body that a bank would post.
func (c *composed) event(now time.Time) json.RawMessage {
	if len(c.Body) > 0 && string(c.Body) != "null" {
		return c.Body
	}
	tag := strconv.FormatInt(now.UnixNano(), 36)
	txn := c.Txn
	if txn == "" {
		txn = "own-" + tag
	}
	of := events.Accounts[c.Bank]
	e := map[string]any{"id": "evt-own-" + tag, "type": c.Type, "transaction_id": txn, "account_ref": of.Ref, "account_mask": of.Mask,
		"occurred_at": now.Add(-time.Duration(c.Ago) * time.Minute).In(japan).Format(time.RFC3339)}
	if c.Service != "" {
		e["service"] = c.Service
	}
	if c.Descriptor != "" {
		e["descriptor"] = c.Descriptor
	}
	if watch.Kind(c.Type) == watch.Debit {
		e["amount"], e["currency"] = c.Amount, "JPY"
	}
	b, _ := json.Marshal(e) // plain values always do
	return b
}

// exchange is a request that a bank made, or got, with its body.
type exchange struct {
	At      time.Time       `json:"at"`
	Bank    string          `json:"bank"`
	What    string          `json:"what"`
	ID      string          `json:"webhook_id"`
	Request json.RawMessage `json:"request"`
	Status  int             `json:"status,omitempty"` // 0 for a callback, which the bank took
	Reply   json.RawMessage `json:"reply,omitempty"`
}

// exchanges are the latest requests that were made from the page.
type exchanges struct {
	mu   sync.Mutex
	list []exchange
}

func (x *exchanges) add(e exchange) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.list = append(x.list, e)
	x.list = x.list[max(0, len(x.list)-shown):]
}

func (x *exchanges) all() []exchange {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.list)
}

// posts has a bank post a body, and keeps both sides of it for the page.
func (s *stack) posts(r *http.Request, bank *sim.Bank, what, id string, body []byte) (sim.Answer, error) {
	if id == "" {
		id = "msg_page_" + strconv.FormatInt(s.clock.now().UnixNano(), 36)
	}
	a, err := bank.PostAs(r.Context(), id, body)
	if err == nil {
		e := exchange{At: s.clock.now(), Bank: bank.Code, What: what, ID: id, Request: body, Status: a.Status, Reply: a.Body}
		if !json.Valid(body) {
			e.Request, _ = json.Marshal(string(body))
		}
		s.posted.add(e)
		s.hub.change()
	}
	return a, err
}

// compose posts an event of the user's own.
func (s *stack) compose(w http.ResponseWriter, r *http.Request) {
	var c composed
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&c); err != nil {
		writeJSON(w, http.StatusBadRequest, map[string]string{"message": "the body is not JSON: " + err.Error()})
		return
	}
	bank := s.Banks[c.Bank]
	if bank == nil {
		writeJSON(w, http.StatusNotFound, map[string]string{"message": "there is no such bank"})
		return
	}
	body := c.event(s.clock.now())
	what := "event of your own"
	if c.Again {
		what = "sent again"
	}
	a, err := s.posts(r, bank, what, c.ID, body)
	if err != nil {
		writeJSON(w, http.StatusBadGateway, map[string]string{"message": err.Error()})
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"status": a.Status, "body": a.Body, "request": body})
}

// talked are the latest requests and callbacks, newest first.
func (s *stack) talked() []exchange {
	out := append([]exchange{}, s.posted.all()...) // a list, if an empty one: the page counts it
	for _, code := range codes {
		all := s.Banks[code].Callbacks()
		for _, c := range all[max(0, len(all)-shown):] {
			out = append(out, exchange{At: c.At, Bank: code, What: "callback " + c.Type, ID: c.ID, Request: c.Body})
		}
	}
	slices.SortStableFunc(out, func(a, b exchange) int { return b.At.Compare(a.At) })
	return out[:min(len(out), shown)]
}

// deadLetter is a message that no worker takes any more.
type deadLetter struct {
	Queue queue.Name `json:"queue"`
	Why   string     `json:"why"`
	At    time.Time  `json:"at"`
	Tries int        `json:"tries"`
}

// deadLetters are the latest of each queue, without what they say.
func (s *stack) deadLetters(r *http.Request) ([]deadLetter, error) {
	out := []deadLetter{}
	for _, n := range queue.Names {
		list, err := s.System.Queue.Dead(r.Context(), n, shown)
		if err != nil {
			return nil, err
		}
		for _, d := range list {
			out = append(out, deadLetter{n, d.Why, d.DiedAt, d.Receives})
		}
	}
	return out, nil
}
