package watch

import "strings"

// MailKind is what became of a mail after it was accepted.
type MailKind string

// What becomes of mails. Anything else changes nothing.
const (
	MailBounced    MailKind = "bounced"    // it did not arrive and no other will
	MailComplained MailKind = "complained" // it arrived, and was called spam
)

// MailFeedback is what a mail provider says of a mail that it had accepted.
type MailFeedback struct {
	Kind      MailKind
	Key       string // the delivery's MailKey
	Addresses []string
}

// MailKey names the delivery to the mail provider, who gives it back with
// bounces. The same delivery has the same key.
func (d *Delivery) MailKey(record string) string { return record + "_" + d.ID }

// ParseMailKey takes a key apart again. False if it is none.
func ParseMailKey(key string) (record, delivery string, ok bool) {
	record, delivery, ok = strings.Cut(key, "_")
	return record, delivery, ok && record != "" && delivery != ""
}
