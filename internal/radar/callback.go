package radar

import (
	"encoding/json"
	"fmt"
	"time"

	"kozamori/internal/watch"
)

// The types of callbacks about a campaign.
const (
	TypeSuspected = "campaign.suspected"
	TypeEnded     = "campaign.ended"
)

// Types are all of them.
var Types = []string{TypeSuspected, TypeEnded}

// EvidenceFacts is evidence as its bank reads it.
type EvidenceFacts struct {
	Kind     Kind    `json:"kind"`
	From     string  `json:"from"`
	To       string  `json:"to"`
	Seen     int     `json:"seen"`
	Expected float64 `json:"expected"`
}

// Facts is a campaign as its bank reads it, in callbacks and by the API.
type Facts struct {
	Campaign     string          `json:"campaign_id"`
	Bank         string          `json:"bank"`
	Service      string          `json:"service"`
	State        State           `json:"state"`
	Since        string          `json:"since"`
	KnownAt      string          `json:"known_at"`
	Evidence     []EvidenceFacts `json:"evidence"`
	Transactions []string        `json:"transaction_ids"`
}

func jst(t time.Time) string { return t.In(watch.JST).Format(time.RFC3339) }

// Facts are those of the campaign.
func (c *Campaign) Facts() Facts {
	f := Facts{Campaign: c.ID, Bank: c.Bank, Service: c.Service, State: c.State, Since: jst(c.Since), KnownAt: jst(c.KnownAt),
		Evidence: []EvidenceFacts{}, Transactions: append([]string{}, c.Transactions...)}
	for _, e := range c.Evidence {
		f.Evidence = append(f.Evidence, EvidenceFacts{e.Kind, jst(e.From), jst(e.To), e.Seen, float64(e.Usually) / 1000})
	}
	return f
}

// CallbackID is the webhook-id of a callback, the same for each attempt.
func (c *Campaign) CallbackID(x *Change) string {
	return "msg_" + watch.Derive("campaign", c.Bank, c.ID, fmt.Sprint(x.Seq))
}

// Type is the type of the callback of a change.
func (x *Change) Type() string {
	if x.State == Ended {
		return TypeEnded
	}
	return TypeSuspected
}

// CallbackBody is what the bank is told of a change: the campaign as it is when it is
// first told.
func (c *Campaign) CallbackBody(x *Change) ([]byte, error) {
	return json.Marshal(struct {
		Type string `json:"type"`
		Seq  int    `json:"seq"`
		At   string `json:"at"`
		Facts
	}{x.Type(), x.Seq, jst(x.At), c.Facts()})
}
