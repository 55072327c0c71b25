package store

import (
	"context"
	"iter"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
	"kozamori/internal/watch"
)

var tickets = codec.For[Ticket]("ticket")

// TicketKind says what a ticket lets its holder do.
type TicketKind string

// The tickets.
const (
	TicketNonce   TicketKind = "nonce"   // bind the accounts that a bank vouched for, once
	TicketInvite  TicketKind = "invite"  // become a guardian of an account, once
	TicketMail    TicketKind = "mail"    // confirm a mail address, once
	TicketDoor    TicketKind = "door"    // open a session, once
	TicketSession TicketKind = "session" // see and change settings for a while
	TicketEnrol   TicketKind = "enrol"   // watch by mail alone, with a code on paper
	TicketLeft    TicketKind = "left"    // an owner may bring back who left by a step, its hash
	TicketClerk   TicketKind = "clerk"   // a bank's clerk sees and works on its reports for a while

	// These permit nothing: they count the tickets of another kind, so that
	// no more are made than allowed.
	TicketInvites TicketKind = "invites" // an account's invitations
	TicketMails   TicketKind = "mails"   // a watcher's confirmation mails
	TicketKeys    TicketKind = "keys"    // the links to the settings that were mailed to a watcher

	// This permits nothing: it tells that a sign-in of a clerk was used up.
	TicketSignIn TicketKind = "sign_in"
	// This permits nothing: it finds a bank's enrolments by mail for one account, its
	// owner, without a look at those of all of its bank. See EnrolOf.
	TicketEnrolOf TicketKind = "enrol_of"
	// This permits nothing: it finds what is kept of a person who left. See LeftOf.
	TicketLeftOf TicketKind = "left_of"
)

// Ticket is what the holder of a secret may do until a time, stored under a
// keyed hash of the secret.
type Ticket struct {
	Kind TicketKind `json:"kind"`
	Hash string     `json:"hash"`
	// Owner groups tickets so that they can be found and ended: see
	// BankTickets, AccountTickets and PersonTickets.
	Owner   string         `json:"owner"`
	Body    jsontext.Value `json:"body,omitempty"` // what it is about; emptied of people once used
	Expires time.Time      `json:"expires"`
	UsedBy  string         `json:"used_by,omitempty"` // identifies no person by itself
	UsedAt  time.Time      `json:"used_at,omitzero"`
	Version int64          `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// BankTickets owns a bank's nonces and enrolments by mail.
func BankTickets(bank string) string { return "BANK#" + bank }

// ClerkTickets owns what a bank's clerks have.
func ClerkTickets(bank string) string { return "CLERKS#" + bank }

// AccountTickets owns what is about one account.
func AccountTickets(k watch.AccountKey) string { return "ACCOUNT#" + k.Bank + "#" + k.Ref }

// PersonTickets owns what is a LINE user's own.
func PersonTickets(lineUser string) string { return "PERSON#" + lineUser }

// EnrolOf finds an enrolment by mail, by its hash, for one of its accounts.
func EnrolOf(t *Ticket, k watch.AccountKey) *Ticket {
	return &Ticket{Kind: TicketEnrolOf, Hash: t.Hash + enrolOfMark + k.Ref, Owner: AccountTickets(k), Expires: t.Expires}
}

// LeftOf finds what is kept of a person who left an account, if they ask to be
// forgotten.
func LeftOf(t *Ticket, lineUser string) *Ticket {
	return &Ticket{Kind: TicketLeftOf, Hash: t.Hash, Owner: PersonTickets(lineUser), Expires: t.Expires}
}

// Enrolment is the hash of the enrolment that a ticket of EnrolOf finds.
func (t *Ticket) Enrolment() string {
	hash, _, _ := strings.Cut(t.Hash, enrolOfMark)
	return hash
}

// enrolOfMark stands in no hash.
const enrolOfMark = "#"

func ticketKey(kind TicketKind, hash string) Key { return Key{"T#" + hash, string(kind)} }
func ticketsPK(owner string) string              { return "TICKETS#" + owner }

// Ticket reads a ticket. ErrNotFound when it is unknown or gone; one that is
// only over may still be returned, so compare Expires.
func (s *Store) Ticket(ctx context.Context, kind TicketKind, hash string) (*Ticket, error) {
	var t Ticket
	v, err := read(ctx, s, ticketKey(kind, hash), tickets, &t)
	if err != nil {
		return nil, err
	}
	t.Version = v
	return &t, nil
}

// PutTicket writes a ticket at the version read. It is kept an hour past its
// end, so that who comes late hears "over" and not "unknown".
func PutTicket(t *Ticket) Write {
	return Write{Item: Item{Key: ticketKey(t.Kind, t.Hash), Body: tickets.Encode(t), Expires: until(t.Expires, time.Hour),
		History: Key{ticketsPK(t.Owner), stamp(t.Expires) + "#" + t.Hash}}, If: At(t.Version)}
}

// DeleteTicket removes a ticket.
func DeleteTicket(kind TicketKind, hash string) Write {
	return Write{Item: Item{Key: ticketKey(kind, hash)}, If: Any, Delete: true}
}

// EndTicket removes a ticket at the version read.
func EndTicket(t *Ticket) Write {
	return Write{Item: Item{Key: ticketKey(t.Kind, t.Hash)}, If: At(t.Version), Delete: true}
}

var ticketItems = as(under("T#", ""), tickets, func(t *Ticket, it Item) { t.Version = it.Version })

// TicketsFrom lists those of an owner's tickets that end at a time or later, in the
// order in which they end.
func (s *Store) TicketsFrom(ctx context.Context, owner string, from time.Time) iter.Seq2[*Ticket, error] {
	return all(ctx, s, Query{Index: History, PK: ticketsPK(owner), From: stamp(from)}, ticketItems)
}

// Tickets lists an owner's tickets that are still kept, in the order in which
// they end. The list may lag behind writes.
func (s *Store) Tickets(ctx context.Context, owner string) iter.Seq2[*Ticket, error] {
	return all(ctx, s, Query{Index: History, PK: ticketsPK(owner)}, ticketItems)
}
