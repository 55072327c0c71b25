// Package watch is the vocabulary of the house (events, accounts, watchers,
// rules, records, deliveries, answers, disputes) and the rules that decide
// whether a watcher is told. It is pure: no I/O, no clock, no other package
// of ours.
package watch

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"kozamori/internal/quote"
)

// JST is the zone of calendar months, quiet hours and everything said to
// people. Japan has had no daylight saving time since 1951.
var JST = time.FixedZone("JST", 9*60*60)

// Kind says what a bank reports.
type Kind string

// The four kinds of events.
const (
	Debit          Kind = "debit"
	DebitReversed  Kind = "debit.reversed"
	LinkRegistered Kind = "charge_link.registered"
	LinkRemoved    Kind = "charge_link.removed"
)

// Status says how far a debit has come at the bank.
type Status string

// A debit is posted unless the bank says that it is still pending.
const (
	Posted  Status = "posted"
	Pending Status = "pending"
)

// Event is what a bank reports about one account. The bank's TransactionID
// identifies the debit or the link; a reversal or a removal carries the id of
// the debit or link that it undoes.
type Event struct {
	ID            string
	Kind          Kind
	TransactionID string
	Bank          string // 金融機関コード, 4 digits
	AccountRef    string
	AccountMask   quote.Text // as the owner knows the account, "普通 ***4567"
	OccurredAt    time.Time  // the first moment in Japan of the day, if DateOnly
	DateOnly      bool       // the bank told the day and no time
	ReceivedAt    time.Time  // when ingest had it durable
	Amount        int64      // yen; 0 for links
	Descriptor    quote.Text // 摘要
	Detail        quote.Text // 摘要内容, what some banks print next to it
	Rail          string     // how the money was drawn, in the bank's own word, "RTK"
	Collector     string     // 委託者コード
	BalanceAfter  *int64     // yen; nil if the bank did not say
	Status        Status
	Service       string // the bank's own word for the service; may be empty
	Route         string // how a link was registered, "web_kouza_furikae"
	History       bool   // the bank gave it as history: whatever its age it rings nowhere
	File          string // which file of the bank's it came in; empty if in none
	Replaces      string // TransactionID of the pending debit that this one takes the place of
}

// Account names the account that the event is about.
func (e *Event) Account() AccountKey { return AccountKey{Bank: e.Bank, Ref: e.AccountRef} }

// IsLink tells whether the event is about a charge link, not a debit.
func (e *Event) IsLink() bool { return e.Kind == LinkRegistered || e.Kind == LinkRemoved }

// RecordID is the id of the record that this event belongs to. A debit, its
// posted twin and its reversal share one; so do a link and its removal. It is
// derived from what the bank keeps stable, so that putting the record
// conditionally is the duplicate check. The account is part of it, because
// some banks number transactions per account.
func (e *Event) RecordID() string {
	subject := "debit"
	if e.IsLink() {
		subject = "link"
	}
	return Derive("record", e.Bank, subject, e.AccountRef, e.TransactionID)
}

// Derive makes a short, stable, URL-safe id (26 characters, 130 bits) from parts.
func Derive(parts ...string) string {
	h := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return lower32.EncodeToString(h[:])[:26]
}

// DeriveUUID makes a stable UUID from parts. It has the form of version 5
// (RFC 9562), though its hash is SHA-256: LINE was seen to refuse retry keys of
// some versions, and takes 4 and 5.
func DeriveUUID(parts ...string) string {
	b := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	b[6] = b[6]&0x0f | 0x50
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:16])
}

// Crockford's alphabet in lower case: no i, l, o, u.
var lower32 = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)
