package watch

import "time"

// Outcome is what a channel says of one attempt to send.
type Outcome struct {
	Result     Result
	ProviderID string        // when accepted
	RetryAfter time.Duration // a provider's own wish; 0 if none
	Untaken    bool          // for SendRetry: it is certain that the provider did not take it
	Alone      bool          // for SendRetry: it may fail for this reader alone
	Problem    string        // for the operator: no addresses, no bodies, no tokens
}

// Result sorts the answers of providers by what must happen next.
type Result int

// The results of an attempt.
const (
	SendAccepted    Result = iota // taken, now or by an earlier attempt
	SendRetry                     // unknown or passing: the same key and body again
	SendExhausted                 // the provider takes no more this month: next channel now
	SendUnreachable               // this person cannot be reached over this channel
	SendRefused                   // this message will never be taken
)
