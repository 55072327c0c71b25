package membership

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
	"kozamori/internal/quote"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// NonceLife is how long a nonce waits for LINE's account link. LINE's own
// link token lives as long.
const NonceLife = watch.LinkFor

// MaxTicked is how many accounts one nonce can bind.
const MaxTicked = 10

// ErrLink says that an account link bound nothing: LINE said that it failed,
// or the nonce is unknown, used by somebody, or about nothing any more.
var ErrLink = errors.New("membership: the account link binds nothing")

type ticked struct {
	Bank     string          `json:"bank"`
	Accounts []tickedAccount `json:"accounts"`
	Lang     watch.Lang      `json:"lang,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

type tickedAccount struct {
	Ref   string     `json:"ref"`
	Mask  quote.Text `json:"mask,omitempty"`
	Email string     `json:"email,omitempty"`
	// What the bank told of the account's past; without links once it is used.
	Links       []watch.Seed `json:"links,omitempty"`
	HistoryFrom time.Time    `json:"history_from,omitzero"`

	Unknown jsontext.Value `json:",embed"`
}

var nonces = codec.For[ticked]("ticket.nonce")

// Nonce makes the nonce with which a bank sends its customer to LINE's
// account-link dialog, for the accounts that the customer ticked after
// logging in at the bank. A *watch.FieldError says what cannot be taken.
func (d *Service) Nonce(ctx context.Context, bank string, accounts []CodeRequest) (nonce string, expires time.Time, err error) {
	if n := len(accounts); n == 0 || n > MaxTicked {
		return "", time.Time{}, &watch.FieldError{Field: "accounts", Problem: fmt.Sprintf("must hold 1 to %d accounts", MaxTicked)}
	}
	list, fe := tick(accounts, d.now())
	if fe != nil {
		return "", time.Time{}, fe
	}
	if err := d.byFirst(ctx, bank, list); err != nil {
		return "", time.Time{}, err
	}
	about := ticked{Bank: bank, Accounts: list}
	for _, req := range accounts {
		about.Lang = cmp.Or(about.Lang, req.Lang)
	}
	nonce, expires = rand.Text()+rand.Text(), d.now().Add(NonceLife).Truncate(time.Second)
	err = d.Store.Write(ctx, store.PutTicket(&store.Ticket{Kind: store.TicketNonce, Hash: d.Keys.Hash("nonce", nonce),
		Owner: store.BankTickets(bank), Body: nonces.Encode(&about), Expires: expires}))
	if err != nil {
		return "", time.Time{}, err
	}
	return nonce, expires, nil
}

// tick reads the accounts that a bank vouches for together.
func tick(accounts []CodeRequest, now time.Time) ([]tickedAccount, *watch.FieldError) {
	var out []tickedAccount
	links := 0
	for i, req := range accounts {
		mail, fe := req.check()
		if fe == nil && slices.ContainsFunc(out, func(a tickedAccount) bool { return a.Ref == req.AccountRef }) {
			fe = &watch.FieldError{Field: "account_ref", Problem: "stands twice"}
		}
		var before past
		if fe == nil {
			before, fe = req.past(now)
		}
		if links += len(before.Links); fe == nil && links > MaxLinks {
			fe = &watch.FieldError{Field: "links", Problem: fmt.Sprintf("must be at most %d in all accounts together", MaxLinks)}
		}
		if fe != nil {
			fe.Field = fmt.Sprintf("accounts[%d].%s", i, fe.Field)
			return nil, fe
		}
		out = append(out, tickedAccount{Ref: req.AccountRef, Mask: req.Mask, Email: mail, Links: before.Links, HistoryFrom: before.From})
	}
	return out, nil
}

// Linked consumes the nonce of an account-link event. When LINE says that the
// link is good, the LINE user is bound to every account that the bank ticked,
// all in one transaction; when it failed nothing is bound and the nonce is
// used up all the same. The same event again gives the same accounts. ErrLink,
// ErrExpired, ErrFull.
func (d *Service) Linked(ctx context.Context, lineUser, nonce string, ok bool, lang watch.Lang) ([]Bound, error) {
	hash := d.Keys.Hash("nonce", nonce)
	var bound []Bound
	var verdict error
	err := store.Retry(ctx, func() error {
		bound, verdict = nil, nil
		t, err := d.Store.Ticket(ctx, store.TicketNonce, hash)
		if errors.Is(err, store.ErrNotFound) {
			verdict = ErrLink
			return nil
		}
		if err != nil {
			return err
		}
		var about ticked
		if err := nonces.Decode(t.Body, &about); err != nil {
			return err
		}
		now := d.now()
		if t.UsedBy != "" {
			verdict = ErrLink
			if t.UsedBy == d.alias(lineUser) && ok {
				bound, verdict, err = d.linkedBefore(ctx, lineUser, about)
			}
			return err
		}
		t.UsedBy, t.UsedAt = "nobody", now
		writes := []store.Write{}
		switch {
		case !ok || lineUser == "":
			verdict = ErrLink
		case !now.Before(t.Expires):
			verdict = ErrExpired
		default:
			writes, bound, verdict, err = d.bindAll(ctx, lineUser, about.Bank, about.Accounts, grant{Role: watch.Owner, Langs: []watch.Lang{lang, "", about.Lang}, Way: watch.WayChat}, now)
			if err != nil {
				return err
			}
			if verdict == nil {
				t.UsedBy = d.alias(lineUser)
			} else {
				writes = nil
			}
		}
		// What the bank said of people is not kept longer than it is needed.
		for i := range about.Accounts {
			about.Accounts[i].Email, about.Accounts[i].Links = "", nil
		}
		t.Body = nonces.Encode(&about)
		return d.Store.Write(ctx, append(writes, store.PutTicket(t))...)
	})
	if err == nil {
		err = verdict
	}
	if err != nil {
		return nil, err
	}
	return bound, nil
}

// bindAll makes the writes that bind a person to all of some accounts of a bank.
// An empty language of the grant stands for that of the person.
func (d *Service) bindAll(ctx context.Context, person, bank string, accounts []tickedAccount, g grant, now time.Time) (writes []store.Write, bound []Bound, verdict, err error) {
	p, err := d.Store.Person(ctx, person)
	if err != nil {
		return nil, nil, nil, err
	}
	for i, l := range g.Langs {
		g.Langs[i] = cmp.Or(l, p.Lang)
	}
	address := g.Email
	for _, x := range accounts {
		a, err := d.account(ctx, watch.AccountKey{Bank: bank, Ref: x.Ref})
		if err != nil {
			return nil, nil, nil, err
		}
		if listed(bound, a) {
			continue // one account by two refs, since one took the other's place
		}
		g.Mask, g.Email = x.Mask, cmp.Or(address, x.Email)
		more, b, err := d.bindTo(ctx, a, p, g, past{x.Links, x.HistoryFrom}, now)
		if errors.Is(err, ErrFull) {
			return nil, nil, err, nil
		}
		if err != nil {
			return nil, nil, nil, err
		}
		writes, bound = append(writes, more...), append(bound, b)
	}
	return append(writes, store.PutPerson(p)), bound, nil, nil
}

// linkedBefore reads what a nonce bound when it was used.
func (d *Service) linkedBefore(ctx context.Context, lineUser string, about ticked) ([]Bound, error, error) {
	var out []Bound
	for _, x := range about.Accounts {
		a, err := d.account(ctx, watch.AccountKey{Bank: about.Bank, Ref: x.Ref})
		if err != nil {
			return nil, nil, err
		}
		if w, ok := a.WatcherOf(lineUser); ok && !listed(out, a) {
			out = append(out, Bound{Account: a, Watcher: *w, Already: true})
		}
	}
	if len(out) == 0 {
		return nil, ErrLink, nil
	}
	return out, nil, nil
}
