package control

import (
	"encoding/json"
	"strconv"
	"time"

	"kozamori/internal/token"
	"kozamori/internal/watch"
)

// Facts is what a bank is told of a control wherever it is told: in callbacks and when it
// asks. It names no person. Times are UTC.
type Facts struct {
	ControlID  string            `json:"control_id"`
	Reference  string            `json:"reference"`
	Bank       string            `json:"bank"`
	AccountRef string            `json:"account_ref"`
	Control    watch.ControlKind `json:"control"`
	Service    string            `json:"service,omitempty"`
	Terms
	DisputeID        string     `json:"dispute_id,omitempty"`
	DisputeReference string     `json:"dispute_reference,omitempty"`
	RequestedAt      time.Time  `json:"requested_at"`
	RequestedBy      watch.Role `json:"requested_by"`
	Via              watch.Via  `json:"via"`
}

// Terms are what a control says apart from its kind.
type Terms struct {
	Until     time.Time `json:"until,omitzero"`
	PerCharge int64     `json:"per_charge,omitempty"` // yen
	PerMonth  int64     `json:"per_month,omitempty"`  // yen
}

// TermsOf are those of a request.
func TermsOf(t watch.ControlTerms) Terms { return Terms{t.Until.UTC(), t.PerCharge, t.PerMonth} }

// FactsOf takes them from a control, of which the bank calls its account by ref, as it was
// at a change of it; the latest if that is 0.
func FactsOf(c *watch.Control, ref string, seq int) Facts {
	f := Facts{ControlID: c.ID, Reference: c.Reference, Bank: c.Account.Bank, AccountRef: ref, Control: c.Kind, Service: c.Service}
	for _, x := range c.Changes {
		if x.State != watch.ControlRequested || seq != 0 && x.Seq > seq {
			continue
		}
		f.Terms, f.RequestedAt, f.RequestedBy, f.Via = TermsOf(x.Terms), x.At.UTC(), x.By, x.Via
		if f.DisputeID, f.DisputeReference = x.Dispute, ""; x.Dispute != "" {
			f.DisputeReference = token.Reference(x.Dispute)
		}
	}
	return f
}

// CallbackBody is what the bank is told of a change of an owner's: the same bytes for the
// same stored change, and the same name of its account.
func CallbackBody(c *watch.Control, ref string, x *watch.ControlChange) []byte {
	b := struct {
		Type string `json:"type"`
		Seq  int    `json:"seq"`
		Facts
		WithdrawnAt time.Time  `json:"withdrawn_at,omitzero"`
		WithdrawnBy watch.Role `json:"withdrawn_by,omitempty"`
	}{Type: CallbackType(x), Seq: x.Seq, Facts: FactsOf(c, ref, x.Seq)}
	if x.State == watch.ControlWithdrawn {
		b.WithdrawnAt, b.WithdrawnBy = x.At.UTC(), x.By
	}
	body, err := json.Marshal(b)
	if err != nil {
		panic("control: callback does not encode: " + err.Error()) // plain strings and times always do
	}
	return body
}

// CallbackType is the type of an owner's change: "control.requested" or
// "control.withdrawn".
func CallbackType(x *watch.ControlChange) string { return "control." + string(x.State) }

// CallbackID is the webhook-id of a change, the same at each attempt.
func CallbackID(c *watch.Control, x *watch.ControlChange) string {
	return "msg_" + watch.Derive("callback", c.ID, strconv.Itoa(x.Seq))
}
