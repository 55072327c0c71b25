package watch

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Job is the body of a message in a channel's queue: it names what to send
// and carries nothing about a person. Either Record and Delivery are set, or
// Dispute, or Provider, or one of those below.
type Job struct {
	Record   string `json:"record,omitempty"`
	Delivery string `json:"delivery,omitempty"`
	Dispute  string `json:"dispute,omitempty"`
	// Again tells that another job of the same delivery may have been queued.
	Again bool `json:"again,omitempty"`
	// Provider names one that was down: it is called once, or what waits for it
	// is released if it is back. Round counts how often that was done.
	Provider string `json:"provider,omitempty"`
	Round    int    `json:"round,omitempty"`

	// Letter is the key of a mail that tells of no alert; see store.Letter.
	Letter string `json:"letter,omitempty"`
	// Feed is a bank, which is to be told how its feed is.
	Feed string `json:"feed,omitempty"`
	// File is one that the bank Of sent, which is to be told what came of it; or Part of
	// it, from 1, is to be taken.
	File string `json:"file,omitempty"`
	Of   string `json:"of,omitempty"`
	Part int    `json:"part,omitempty"`
	// Gone asks whether the channel took the delivery after its reader had left, at Since.
	Gone bool `json:"gone,omitempty"`
	// Callback is one that the bank Of asked for once more, by its webhook-id.
	Callback string `json:"callback,omitempty"`
	// Control is one of which the bank is to be told what it has not taken.
	Control string `json:"control,omitempty"`
	// Inquiry is one that may have been answered, of which the bank is to be told.
	Inquiry string `json:"inquiry,omitempty"`
	// Back is a provider that is back since Since: what of Records and Disputes waits
	// for it is queued.
	Back     string    `json:"back,omitempty"`
	Since    time.Time `json:"since,omitzero"`
	Records  []string  `json:"records,omitempty"`
	Disputes []string  `json:"disputes,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}
