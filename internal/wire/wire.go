// Package wire is how events travel. It has two readers on one scanner:
//
//   - ReadBody, for the door, reads what banks send, strictly: what is wrong
//     with an event is named in full and costs that event and no other.
//   - DecodeBatch, behind the door, reads what a door let in, leniently: the
//     program on the other side of the queue may be one version newer or older.
//     What it does not know it ignores; a line that it cannot read costs itself.
//
// It never looks at who watches an account, and does no I/O.
package wire

import "time"

// Limits of what banks send.
const (
	MaxAmount  = 1_000_000_000_000 // yen
	MaxBalance = 100 * MaxAmount   // yen, and as much below zero
	MaxAhead   = 10 * time.Minute  // how far occurred_at may lie in the future
	MaxEvents  = 500               // per request
	MaxEvent   = 64 << 10          // bytes of an event
	MaxBody    = 1 << 20           // bytes of a request

	MaxID   = 128 // characters, as are those below
	MaxText = 255
	MaxWord = 64

	maxUnknown  = 100 // fields of an event whose names are looked at
	maxIgnored  = 20  // of them are told
	maxProblems = 20  // of an event are told
)

// MaxMessage is how many bytes of events one message of the queue holds.
const MaxMessage = 256 << 10

// LogRefused is what a stage logs when events of a bank are refused: there is
// an alarm on it, because somebody may not be warned of what they were about.
const LogRefused = "events of a bank are refused"
