package sim

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"
)

// BankControl is something that a customer asked the bank to stop, as the bank has it in
// its books.
type BankControl struct {
	ControlID  string          `json:"control_id"`
	Reference  string          `json:"reference"`
	AccountRef string          `json:"account_ref"`
	Control    string          `json:"control"`
	Service    string          `json:"service,omitempty"`
	Until      time.Time       `json:"until,omitzero"`
	PerCharge  int64           `json:"per_charge,omitempty"`
	PerMonth   int64           `json:"per_month,omitempty"`
	State      string          `json:"state"`
	Text       string          `json:"text,omitempty"`
	Seq        int             `json:"seq"` // of the latest change that we told
	At         time.Time       `json:"at"`  // when that came in
	Last       json.RawMessage `json:"last"`
}

// Controls lists what the bank was asked to stop, oldest first.
func (b *Bank) Controls() []BankControl {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := []BankControl{}
	for _, c := range b.controls {
		out = append(out, *c)
	}
	return out
}

// SetControl answers what a customer asked the bank to stop, and writes it into its books if
// Kozamori took it.
func (b *Bank) SetControl(ctx context.Context, id, state, text string) (Answer, error) {
	body, err := json.Marshal(map[string]string{"state": state, "text": text})
	if err != nil {
		return Answer{}, err
	}
	a, err := b.post(ctx, "controls/"+url.PathEscape(id)+"/state", body, nil)
	if err != nil || a.Status != http.StatusOK {
		return a, err
	}
	b.mu.Lock()
	b.enter(bankEntry{Control: id, Status: state, Text: text})
	b.mu.Unlock()
	b.changed()
	return a, nil
}

// control finds one in the books. The caller holds the lock.
func (b *Bank) control(id string) *BankControl {
	for _, c := range b.controls {
		if c.ControlID == id {
			return c
		}
	}
	return nil
}

// asked writes a callback about a control into the books; the lock is held.
func (b *Bank) asked(c *Callback) {
	state := map[string]string{"control.requested": "requested", "control.withdrawn": "withdrawn"}[c.Type]
	var told BankControl
	if state == "" || json.Unmarshal(c.Body, &told) != nil {
		return
	}
	is := b.control(told.ControlID)
	if is == nil {
		is = &BankControl{}
		b.controls = append(b.controls, is)
	}
	if told.Seq <= is.Seq {
		b.violations = append(b.violations, "a change of a control after a later one")
		return
	}
	*is = told
	is.State, is.At, is.Last = state, c.At, c.Body
}

// answersControl is the route with which a control is answered by hand.
func (b *Bank) answersControl(w http.ResponseWriter, r *http.Request) {
	pass(w, r, func(body []byte) (Answer, error) {
		var in struct{ State, Text string }
		if err := json.Unmarshal(body, &in); err != nil {
			return Answer{Status: http.StatusBadRequest}, nil //nolint:nilerr // it is the answer
		}
		return b.SetControl(r.Context(), r.PathValue("control_id"), in.State, in.Text)
	})
}
