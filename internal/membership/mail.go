package membership

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
	"kozamori/internal/settings"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// Confirmation of a mail address that a person typed.
const (
	MailLife    = watch.MailFor
	maxMails    = 3 // confirmation mails of one watcher within mailsWithin
	mailsWithin = watch.MailsWithin
	mailTwice   = time.Minute // the same address within this is one press too many
)

// ErrUnsent says that the confirmation mail could not be queued: nothing was
// noted.
var ErrUnsent = errors.New("membership: the confirmation mail could not be queued")

// ErrAsked says that a mail to this address was asked for a moment ago.
var ErrAsked = errors.New("membership: this confirmation mail was asked for a moment ago")

type mailClaim struct {
	watch.OnAccount `json:"account"`
	Watcher         string `json:"watcher"`
	Address         string `json:"address,omitempty"`
	Mark            string `json:"mark,omitempty"` // a keyed hash of the address, once that is used
	// Unsent is written by the version before: the mail was not taken.
	Unsent bool `json:"unsent,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// mailsAsked is the list of the mails that a watcher asked for.
type mailsAsked struct {
	At   []time.Time `json:"at"`
	Last string      `json:"last"` // hash of the latest claim

	Unknown jsontext.Value `json:",embed"`
}

var (
	mailClaims = codec.For[mailClaim]("ticket.mail")
	mailLists  = codec.For[mailsAsked]("ticket.mails")
)

// ClaimMail notes that a person wants alerts of an account at an address, and
// queues the mail with the secret: the address is used only once that comes
// back. A *watch.FieldError for an address that is none,
// ErrMany when too many mails were asked for, ErrAsked for what was asked for
// twice, ErrUnsent, ErrNotFound unless they watch
// the account.
func (d *Service) ClaimMail(ctx context.Context, lineUser string, k watch.AccountKey, address string) (secret, sendTo string, err error) {
	sendTo, ok := watch.MailAddress(address)
	if !ok {
		return "", "", &watch.FieldError{Field: "email", Problem: "is not a mail address"}
	}
	secret = rand.Text()
	tell := d.news().Once()
	err = store.Retry(ctx, func() error {
		a, err := d.Store.Account(ctx, k)
		if errors.Is(err, store.ErrNotFound) {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		w, ok := a.WatcherOf(lineUser)
		if !ok {
			return ErrNotFound
		}
		hash := d.Keys.Hash("mail", secret)
		list, err := d.oneMoreMail(ctx, k, w.ID, sendTo, hash)
		if err != nil {
			return err
		}
		claim := &store.Ticket{Kind: store.TicketMail, Hash: hash, Owner: list.Owner, Expires: list.Expires}
		claim.Body = mailClaims.Encode(&mailClaim{OnAccount: watch.On(k), Watcher: w.ID, Address: sendTo})
		mail := watch.News{Kind: watch.NewsConfirm, Bank: k.Bank, Turn: hash, Secret: secret,
			To: watch.NewsTo{LineUser: lineUser, Watcher: w.ID, Lang: w.Lang, Mail: sendTo}}
		if err := tell(ctx, []watch.News{mail}); err != nil {
			return fmt.Errorf("%w: %w", ErrUnsent, err)
		}
		return d.Store.Write(ctx, store.PutTicket(list), store.PutTicket(claim))
	})
	if err != nil {
		return "", "", err
	}
	return secret, sendTo, nil
}

// oneMoreMail is the list of a watcher's mails with one more that is asked for
// now. ErrMany if there were too many lately, ErrAsked if it is the latest again.
func (d *Service) oneMoreMail(ctx context.Context, k watch.AccountKey, watcher, address, claim string) (*store.Ticket, error) {
	hash, now := d.Keys.Hash("mails", watcher), d.now()
	list, err := d.Store.Ticket(ctx, store.TicketMails, hash)
	var asked mailsAsked
	switch {
	case errors.Is(err, store.ErrNotFound):
		list = &store.Ticket{Kind: store.TicketMails, Hash: hash, Owner: store.AccountTickets(k)}
	case err != nil:
		return nil, err
	default:
		if err := mailLists.Decode(list.Body, &asked); err != nil {
			return nil, err
		}
	}
	if n := len(asked.At); n > 0 && now.Sub(asked.At[n-1]) < mailTwice {
		switch waits, err := d.waits(ctx, asked.Last, address); {
		case err != nil:
			return nil, err
		case waits:
			return nil, ErrAsked
		}
	}
	asked.At = slices.DeleteFunc(asked.At, func(at time.Time) bool { return now.Sub(at) >= mailsWithin })
	if len(asked.At) >= maxMails {
		return nil, ErrMany
	}
	asked.At, asked.Last = append(asked.At, now), claim
	list.Body, list.Expires = mailLists.Encode(&asked), now.Add(MailLife).Truncate(time.Second)
	return list, nil
}

// waits tells whether a claim is for an address whose mail went and was not
// answered yet.
func (d *Service) waits(ctx context.Context, hash, address string) (bool, error) {
	t, err := d.Store.Ticket(ctx, store.TicketMail, hash)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var c mailClaim
	if err := mailClaims.Decode(t.Body, &c); err != nil {
		return false, err
	}
	return c.Address == address && !c.Unsent && t.UsedBy == "", nil
}

// MailClaimed says whose confirmation mail it is and changes nothing.
// ErrNotFound or ErrExpired.
func (d *Service) MailClaimed(ctx context.Context, secret string) (Bound, error) {
	_, _, b, err := d.claim(ctx, secret)
	return b, err
}

// ConfirmMail makes the address of a claim a channel of its watcher, in place
// of the one they had. Again it changes nothing, and is ErrNotFound if mails
// go there no more. ErrNotFound or ErrExpired.
func (d *Service) ConfirmMail(ctx context.Context, secret string) (Bound, error) {
	_, claim, bound, err := d.claim(ctx, secret)
	if err != nil || bound.Already {
		return bound, err
	}
	c, err := settings.New(d.Store, d.Queue).Change(ctx, claim.Account, settings.Who{Watcher: claim.Watcher, Way: watch.WayMail, Over: watch.Mailed, At: d.now()}, func(c *settings.Change) error {
		t, claim, b, err := d.claimOf(ctx, secret, c.Account)
		if bound = b; err != nil || b.Already {
			return err
		}
		c.Watcher.SetMail(claim.Address)
		claim.Address, claim.Mark = "", d.markMail(claim.Address)
		t.UsedBy, t.UsedAt = claim.Watcher, d.now()
		t.Body = mailClaims.Encode(&claim)
		c.Along = append(c.Along, store.PutTicket(t))
		return nil
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return Bound{}, ErrNotFound
	case err != nil:
		return Bound{}, err
	}
	return Bound{Account: c.Account, Watcher: *c.Watcher, Already: bound.Already}, nil
}

func (d *Service) claim(ctx context.Context, secret string) (*store.Ticket, mailClaim, Bound, error) {
	return d.claimOf(ctx, secret, nil)
}

// claimOf reads a claim and what it is about; the account, if it is not nil, is
// the claim's as it was read a moment ago. ErrNotFound or ErrExpired.
func (d *Service) claimOf(ctx context.Context, secret string, a *watch.Account) (*store.Ticket, mailClaim, Bound, error) {
	t, err := d.Store.Ticket(ctx, store.TicketMail, d.Keys.Hash("mail", secret))
	if errors.Is(err, store.ErrNotFound) {
		return nil, mailClaim{}, Bound{}, ErrNotFound
	}
	if err != nil {
		return nil, mailClaim{}, Bound{}, err
	}
	var c mailClaim
	if err := mailClaims.Decode(t.Body, &c); err != nil {
		return nil, c, Bound{}, err
	}
	if !d.now().Before(t.Expires) {
		return nil, c, Bound{}, ErrExpired
	}
	if a == nil {
		if a, err = d.Store.Account(ctx, c.Account); errors.Is(err, store.ErrNotFound) {
			return nil, c, Bound{}, ErrNotFound
		}
		if err != nil {
			return nil, c, Bound{}, err
		}
	}
	w, ok := a.Watcher(c.Watcher)
	if !ok {
		return nil, c, Bound{}, ErrNotFound
	}
	if ch, mails := w.Mail(); t.UsedBy != "" && (!mails || d.markMail(ch.Address) != c.Mark) {
		return nil, c, Bound{}, ErrNotFound // stopped since, or replaced
	}
	return t, c, Bound{Account: a, Watcher: *w, Already: t.UsedBy != ""}, nil
}

func (d *Service) markMail(address string) string { return d.Keys.Hash("address", address) }
