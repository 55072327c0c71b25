package membership

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/unicode/norm"

	"kozamori/internal/codec"
	"kozamori/internal/quote"
	"kozamori/internal/store"
	"kozamori/internal/token"
	"kozamori/internal/watch"
)

// Invitations to guardians (見守り家族).
const (
	InviteLife  = watch.InviteFor
	inviteLen   = 15 // letters of 24: 68 bits
	inviteGroup = 5  // unlike a bank's code, so that neither is taken for the other
	maxInvites  = 5  // open at a time for one account
)

var (
	// ErrInvite says that an invitation binds nothing: unknown, mistyped,
	// withdrawn or used by somebody. Which of them is not said.
	ErrInvite = errors.New("membership: not an invitation")
	// ErrOwn says that somebody who is an owner opened an invitation.
	ErrOwn = errors.New("membership: an owner needs no invitation")
	// ErrMany says that too many invitations of the account are open.
	ErrMany = errors.New("membership: too many open invitations")
)

// defaultRules of an owner report every link and payment service. A guardian
// has none until they choose: they are woken when a critical alert goes
// unanswered, which asks for no rule.
func defaultRules(r watch.Role) watch.Rules {
	if r == watch.Guardian {
		return watch.Rules{}
	}
	return watch.DefaultRules()
}

// Invitation is what an invitation offers.
type Invitation struct {
	watch.OnAccount `json:"account"`
	By              string     `json:"by"`             // the owner's watcher id
	Name            quote.Text `json:"name,omitempty"` // what the owner calls the guardian
	HideAmount      bool       `json:"hide_amount,omitempty"`
	Again           bool       `json:"again,omitempty"` // who took it was a guardian already
	Mask            quote.Text `json:"-"`
	Expires         time.Time  `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

var (
	invitations = codec.For[Invitation]("ticket.invite")
	inviteLists = codec.For[[]string]("ticket.invites") // hashes
)

// owned reads an account for its owner. ErrNotFound unless they own it.
func (d *Service) owned(ctx context.Context, lineUser string, k watch.AccountKey) (*watch.Account, *watch.Watcher, error) {
	a, err := d.Store.Account(ctx, k)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, ErrNotFound
	}
	if err != nil {
		return nil, nil, err
	}
	w, ok := a.WatcherOf(lineUser)
	if !ok || w.Role != watch.Owner {
		return nil, nil, ErrNotFound
	}
	return a, w, nil
}

var inviteInText = regexp.MustCompile(`(?:^|[^0-9A-Z])([0-9A-Z]{5}[- ]*[0-9A-Z]{5}[- ]*[0-9A-Z]{5})(?:[^0-9A-Z]|$)`)

// LooksLikeInvite finds an invitation in what a person sent, as LooksLikeCode
// does for a code.
func LooksLikeInvite(text string) (string, bool) {
	if utf8.RuneCountInString(text) > maxMessage {
		return "", false
	}
	text = strings.Map(fold, strings.ToUpper(norm.NFKC.String(text)))
	c, ok := within(text, inviteInText, func(s string) bool { return strings.Trim(s, token.Letters) == "" })
	if !ok {
		return "", false
	}
	return grouped(c, inviteGroup), true
}

func (d *Service) inviteHash(code string) string {
	c, _ := LooksLikeInvite(code)
	return d.Keys.Hash("invite", strings.ReplaceAll(c, "-", ""))
}

// Invitation says what an invitation offers to a LINE user, and binds
// nothing. A wrong one counts against them like a wrong code. ErrInvite,
// ErrExpired, ErrOwn or *Locked.
func (d *Service) Invitation(ctx context.Context, lineUser, code string) (Invitation, error) {
	var inv Invitation
	err := d.invited(ctx, lineUser, code, func(_ *store.Person, _ *store.Ticket, a *watch.Account, i Invitation) error {
		inv = i
		inv.Mask = a.Mask
		switch w, in := a.WatcherOf(lineUser); {
		case in && w.Role == watch.Owner:
			return ErrOwn
		case in:
			inv.HideAmount = inv.HideAmount || w.HideAmount
		}
		return nil
	})
	return inv, err
}

// Accept binds a LINE user as a guardian, in one transaction with the
// invitation's end, and the owners are told. By a guardian it comes back as
// Already: another invitation can hide amounts from them and never shows any.
// Any other error than those below leaves it open whether they were bound:
// accept again.
// ErrInvite, ErrExpired, ErrOwn, ErrFull or *Locked.
func (d *Service) Accept(ctx context.Context, lineUser, code string, lang watch.Lang) (Bound, error) {
	return d.accept(ctx, lineUser, code, grant{Role: watch.Guardian, Langs: []watch.Lang{lang}, Way: watch.WayChat})
}

func (d *Service) accept(ctx context.Context, lineUser, code string, g grant) (Bound, error) {
	var bound Bound
	var used time.Time
	again := "" // of which invitation
	err := d.invited(ctx, lineUser, code, func(p *store.Person, t *store.Ticket, a *watch.Account, inv Invitation) error {
		now := d.now()
		if w, ok := a.WatcherOf(lineUser); ok && w.Role == watch.Owner {
			return ErrOwn
		}
		offer := g
		offer.Langs = append(slices.Clone(g.Langs), p.Lang)
		fresh := t.UsedBy == ""
		if fresh { // else the owner may have changed it since
			offer.Name, offer.HideAmount = inv.Name, inv.HideAmount
			t.UsedBy, t.UsedAt = d.alias(lineUser), now
		}
		writes, b, err := d.bindTo(ctx, a, p, offer, past{}, now)
		if err != nil {
			return err
		}
		inv.Name, inv.Again = "", inv.Again || b.Already && fresh
		if used, again = t.UsedAt, ""; inv.Again {
			again = watch.Derive("invite", t.Hash)
		}
		t.Body = invitations.Encode(&inv)
		if err := d.Store.Write(ctx, append(writes, store.PutPerson(p), store.PutTicket(t))...); err != nil {
			return err
		}
		a.Version++
		bound = b
		return nil
	})
	if err != nil {
		return Bound{}, err
	}
	if g := bound.Watcher; d.now().Sub(used) < newsAgain {
		list := toOwners(watch.NewsJoined, bound.Account, &g)
		if again != "" {
			list = inTurn(toOwners(watch.NewsAgain, bound.Account, &g), again)
		}
		if err := d.news().Tell(ctx, list); err != nil {
			return Bound{}, err
		}
	}
	if !bound.Already {
		d.logger().InfoContext(ctx, "membership: a guardian joined", "bank", bound.Account.Bank, "watchers", len(bound.Account.Watchers))
	}
	return bound, nil
}

// invited reads what an invitation is about and lets act use it, again and
// again until no other writer came between.
func (d *Service) invited(ctx context.Context, lineUser, code string, act func(*store.Person, *store.Ticket, *watch.Account, Invitation) error) error {
	hash := d.inviteHash(code)
	var verdict error
	err := store.Retry(ctx, func() error {
		verdict = nil
		now := d.now()
		p, err := d.Store.Person(ctx, lineUser)
		if err != nil {
			return err
		}
		if now.Before(p.LockedUntil) {
			verdict = &Locked{Until: p.LockedUntil}
			return nil
		}
		wrong := func() error {
			if verdict = d.wrongCode(p, now); errors.Is(verdict, ErrCode) {
				verdict = ErrInvite
			}
			return d.Store.Write(ctx, store.PutPerson(p))
		}
		t, err := d.Store.Ticket(ctx, store.TicketInvite, hash)
		if errors.Is(err, store.ErrNotFound) || err == nil && t.UsedBy != "" && t.UsedBy != d.alias(lineUser) {
			return wrong()
		}
		if err != nil {
			return err
		}
		if !now.Before(t.Expires) {
			verdict = ErrExpired
			return nil
		}
		var inv Invitation
		if err := invitations.Decode(t.Body, &inv); err != nil {
			return err
		}
		inv.Expires = t.Expires
		a, err := d.Store.Account(ctx, inv.Account)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		// The inviter must still be an owner, and a guest who used it once and left
		// does not come back with it.
		var by *watch.Watcher
		if err == nil {
			by, _ = a.Watcher(inv.By)
		}
		if by == nil || by.Role != watch.Owner {
			return wrong()
		}
		if _, in := a.WatcherOf(lineUser); t.UsedBy != "" && !in {
			return wrong()
		}
		return act(p, t, a, inv)
	})
	if err == nil {
		err = verdict
	}
	return err
}

// Dismiss ends a guardian's watching, on the owner's word, and the guardian is
// told. An owner can take it back for watch.RestoreFor. ErrNotFound unless the asker owns the account and the other is a guardian of it.
func (d *Service) Dismiss(ctx context.Context, lineUser string, k watch.AccountKey, watcher string) (watch.Watcher, error) {
	var gone watch.Watcher
	tell, ids := d.news().Once(), leavings{}
	_, err := d.Store.UpdateAccount(ctx, k, func(a *watch.Account) ([]store.Write, error) {
		own, ok := a.WatcherOf(lineUser)
		g, in := a.Watcher(watcher)
		if !ok || own.Role != watch.Owner || !in || g.Role != watch.Guardian {
			return nil, ErrNotFound
		}
		gone = *g
		if err := tell(ctx, ofDismissal(a, own, g, ids, d.now())); err != nil {
			return nil, err
		}
		by, before := *own, *a
		writes, err := d.takeOff(ctx, a, []watch.Watcher{gone})
		return append(writes, d.leaving(&by, &before, []watch.Watcher{gone}, watch.WayPage, ids)...), err
	})
	if errors.Is(err, store.ErrNotFound) {
		err = ErrNotFound
	}
	if err != nil {
		return watch.Watcher{}, err
	}
	d.closeDoors(ctx, []watch.Watcher{gone})
	return gone, nil
}
