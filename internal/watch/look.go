package watch

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Look is the body of a message in queue.Due: things of one lane that are due,
// to be looked at together. What works on it reads each before acting.
type Look struct {
	Lane     Lane     `json:"lane"`
	Records  []string `json:"records,omitempty"`
	Disputes []string `json:"disputes,omitempty"`
	// Round is instead the part of a bank's people who are told of its feed.
	Round string `json:"round,omitempty"`
	// At is when they are due, or were found; From is how many of the lane came
	// before them then. What ends its quiet hours is sent at a pace from there.
	At   time.Time `json:"at"`
	From int       `json:"from,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}
