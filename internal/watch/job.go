package watch

import "github.com/go-json-experiment/json/jsontext"

// Job is the body of a message in a channel's queue: it names what to send
// and carries nothing about a person. Either Record and Delivery are set, or
// Dispute.
type Job struct {
	Record   string `json:"record,omitempty"`
	Delivery string `json:"delivery,omitempty"`
	Dispute  string `json:"dispute,omitempty"`
	// Again tells that another job of the same delivery may have been queued.
	Again bool `json:"again,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}
