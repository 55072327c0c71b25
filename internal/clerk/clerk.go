// Package clerk signs in the clerks of banks, each by the identity provider of their
// own bank (OpenID Connect, the authorization code flow with PKCE), and knows who is
// signed in. It owns which clerk may do what; it never sees a password, and never
// decides what of a bank there is to see.
//
// # How a clerk signs in
//
// Begin makes a secret, which a cookie carries, and the address of the provider. State,
// nonce and PKCE's verifier are keyed hashes of that secret: nothing is kept on our side,
// and what passes through the provider says nothing of it. Finish takes what the provider
// sends back, once: that a sign-in was used up is kept until it would be over. Each bank
// has a callback address of its own, so that what one bank's provider says is never
// asked of another's.
package clerk

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
	"kozamori/internal/store"
	"kozamori/internal/token"
)

// How long things last.
const (
	Life      = time.Hour        // of a session, from its beginning, whatever is done in it
	BeginLife = 10 * time.Minute // from Begin to Finish
)

// MaxName is how many characters of a clerk's name are shown.
const MaxName = 40

// Role is what a clerk may do at their bank.
type Role string

// The roles; each may do what those before it may.
const (
	Look   Role = "look"   // sees reports, campaigns and the feed
	Work   Role = "work"   // sets statuses and writes notes
	Manage Role = "manage" // decides on campaigns, replays refused events, takes lists away
)

// Roles lists them, the least first.
var Roles = []Role{Look, Work, Manage}

// May tells whether a role may do what another may.
func (r Role) May(need Role) bool {
	is := slices.Index(Roles, r)
	return is >= 0 && is >= slices.Index(Roles, need)
}

var (
	// ErrNone says that there is no such session, or that it is over. Which of them is
	// not said.
	ErrNone = errors.New("clerk: no session")
	// ErrNoProvider says that there is no such bank, or that it has no identity
	// provider here. Which of them is not said.
	ErrNoProvider = errors.New("clerk: the bank has no identity provider")
	// ErrUnavailable says that the provider, or the secret shared with it, cannot be had
	// now.
	ErrUnavailable = errors.New("clerk: the identity provider cannot be asked now")
	// ErrRefused says that a sign-in is not one that we began, was used up, is over, or
	// that what the provider sent is not what was asked for. A *RefusedError tells why.
	ErrRefused = errors.New("clerk: refused")
	// ErrNoRole says that the provider knows the clerk, and names no role of theirs.
	ErrNoRole = errors.New("clerk: no role")
)

// RefusedError is ErrRefused with the reason, for a log: it holds nothing that the
// browser or the provider sent.
type RefusedError struct{ Reason string }

func (e *RefusedError) Error() string { return "clerk: refused: " + e.Reason }

// Unwrap is for errors.Is.
func (e *RefusedError) Unwrap() error { return ErrRefused }

// Clerk is a clerk who is signed in.
type Clerk struct {
	Bank    string
	ID      string // what the provider knows them as: the claim sub
	Name    string // to be shown, at most MaxName characters
	Role    Role
	Expires time.Time

	hash string
}

// holder is what a session holds.
type holder struct {
	Bank   string `json:"bank"`
	ID     string `json:"id"`
	Name   string `json:"name"`
	Role   Role   `json:"role"`
	Issuer string `json:"issuer"`
	Client string `json:"client_id"`

	Unknown jsontext.Value `json:",embed"`
}

var holders = codec.For[holder]("ticket.clerk")

// Service signs clerks in.
type Service struct {
	Store *store.Store
	Keys  *token.Keys
	// Secret is what a bank's provider knows us by; empty if the bank has none, as a
	// public client.
	Secret func(ctx context.Context, bank string) (string, error)
	// BaseURL is the address of the pages, without a slash at its end. Paths are
	// those of each bank below it.
	BaseURL string
	// Callback is the path to which a bank's provider sends clerks back.
	Callback func(bank string) string
	// HTTP calls providers; nil takes one with a timeout. Inside lets it call
	// addresses that are not of the public internet, and without encryption.
	HTTP   *http.Client
	Inside bool
	Now    func() time.Time

	mu        sync.Mutex
	providers map[string]*provider // by bank
}

// Who finds the session of a cookie's secret at a bank. It ends as soon as the bank's
// settings name another provider, or none. ErrNone.
func (s *Service) Who(ctx context.Context, bank, secret string) (Clerk, *store.Bank, error) {
	b, in, err := s.signIn(ctx, bank)
	if errors.Is(err, ErrNoProvider) || err == nil && secret == "" {
		err = ErrNone
	}
	if err != nil {
		return Clerk{}, b, err
	}
	t, err := s.Store.Ticket(ctx, store.TicketClerk, s.Keys.Hash(string(store.TicketClerk), secret))
	if errors.Is(err, store.ErrNotFound) {
		err = ErrNone
	}
	if err != nil {
		return Clerk{}, b, err
	}
	var h holder
	if err := holders.Decode(t.Body, &h); err != nil {
		return Clerk{}, b, err
	}
	if h.Bank != bank || h.Issuer != in.Issuer || h.Client != in.ClientID || t.UsedBy != "" || !s.Now().Before(t.Expires) {
		return Clerk{}, b, ErrNone
	}
	return Clerk{Bank: h.Bank, ID: h.ID, Name: h.Name, Role: h.Role, Expires: t.Expires, hash: t.Hash}, b, nil
}

// Leave ends a session. Ending it twice is no error.
func (s *Service) Leave(ctx context.Context, c Clerk) error {
	return s.Store.Write(ctx, store.DeleteTicket(store.TicketClerk, c.hash))
}

// enter begins a session.
func (s *Service) enter(ctx context.Context, in *store.SignIn, c Clerk) (string, Clerk, error) {
	secret := rand.Text()
	c.Expires = s.Now().UTC().Add(Life).Truncate(time.Second)
	c.hash = s.Keys.Hash(string(store.TicketClerk), secret)
	t := &store.Ticket{Kind: store.TicketClerk, Hash: c.hash, Owner: store.ClerkTickets(c.Bank), Expires: c.Expires,
		Body: holders.Encode(&holder{Bank: c.Bank, ID: c.ID, Name: c.Name, Role: c.Role, Issuer: in.Issuer, Client: in.ClientID})}
	return secret, c, s.Store.Write(ctx, store.PutTicket(t))
}

// signIn is how a bank's clerks sign in. ErrNoProvider.
func (s *Service) signIn(ctx context.Context, bank string) (*store.Bank, *store.SignIn, error) {
	if len(bank) != 4 || strings.Trim(bank, "0123456789") != "" {
		return nil, nil, ErrNoProvider
	}
	b, err := s.Store.Bank(ctx, bank)
	if errors.Is(err, store.ErrNotFound) || err == nil && b.SignIn == nil {
		return nil, nil, ErrNoProvider
	}
	if err != nil {
		return nil, nil, err
	}
	return b, b.SignIn, nil
}
