package watch

import "strings"

// FeedbackKind is what became of a message after its provider accepted it.
type FeedbackKind string

// What becomes of messages. Anything else changes nothing.
const (
	Bounced    FeedbackKind = "bounced"    // it did not arrive and no other will
	Complained FeedbackKind = "complained" // it arrived, and was called spam
)

// Feedback is what the provider of a channel says of a message that it had
// accepted.
type Feedback struct {
	Channel   ChannelKind
	Kind      FeedbackKind
	Key       string // the delivery's FeedbackKey
	Addresses []string
}

// FeedbackKey names the delivery to a provider who gives it back with what
// became of the message. The same delivery has the same key.
func (d *Delivery) FeedbackKey(record string) string { return record + "_" + d.ID }

// ParseFeedbackKey takes a key apart again. False if it is none.
func ParseFeedbackKey(key string) (record, delivery string, ok bool) {
	record, delivery, ok = strings.Cut(key, "_")
	return record, delivery, ok && record != "" && delivery != ""
}
