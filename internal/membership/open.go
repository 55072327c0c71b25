package membership

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"kozamori/internal/quote"
	"kozamori/internal/store"
	"kozamori/internal/token"
	"kozamori/internal/watch"
)

// Invite makes a one-time invitation to watch over an account of the asker,
// for somebody they call by a name. ErrNotFound unless they own it,
// ErrFull, ErrMany, or a *watch.FieldError for a name that is too long.
func (d *Service) Invite(ctx context.Context, lineUser string, k watch.AccountKey, name string, hideAmount bool) (code string, expires time.Time, err error) {
	return d.InviteByMail(ctx, lineUser, k, name, "", hideAmount)
}

// InviteByMail is Invite for somebody who can accept by mail alone: the reader of
// the address is sent a mail, in the language of the owner, and needs the code as
// well, which the owner tells them. Without an address there is no mail.
// A *watch.FieldError for an address that is none, too; ErrUnsent.
func (d *Service) InviteByMail(ctx context.Context, lineUser string, k watch.AccountKey, name, address string, hideAmount bool) (code string, expires time.Time, err error) {
	if address != "" {
		var ok bool
		if address, ok = watch.MailAddress(address); !ok {
			return "", time.Time{}, &watch.FieldError{Field: "email", Problem: "is not a mail address"}
		}
	}
	name = strings.Join(strings.Fields(norm.NFC.String(strings.ToValidUTF8(name, ""))), " ")
	code = token.Aloud(inviteLen)
	secret := rand.Text()
	tell := d.news().Once()
	err = store.Retry(ctx, func() error {
		a, w, err := d.owned(ctx, lineUser, k)
		switch {
		case err != nil:
			return err
		case len(a.Watchers) >= watch.MaxWatchers:
			return ErrFull
		}
		if fe := watch.CheckName("name", name); fe != nil {
			return fe
		}
		list, open, err := d.invitesOf(ctx, k)
		if err != nil {
			return err
		}
		if len(open) >= maxInvites {
			return ErrMany
		}
		expires = d.now().Add(InviteLife).Truncate(time.Second)
		fresh := &store.Ticket{Kind: store.TicketInvite, Hash: d.Keys.Hash("invite", code), Owner: store.AccountTickets(k), Expires: expires}
		fresh.Body = invitations.Encode(&Invitation{OnAccount: watch.On(k), By: w.ID, Name: quote.Text(name), HideAmount: hideAmount})
		var hashes []string
		for _, t := range append(open, fresh) {
			hashes = append(hashes, t.Hash)
		}
		list.Body, list.Expires = inviteLists.Encode(&hashes), expires
		writes := []store.Write{store.PutTicket(list), store.PutTicket(fresh)}
		if address != "" {
			mailed, err := d.mailInvite(ctx, tell, secret, address, w.Lang, a, fresh)
			if err != nil {
				return err
			}
			writes = append(writes, mailed)
		}
		return d.Store.Write(ctx, writes...)
	})
	if err != nil {
		return "", time.Time{}, err
	}
	return grouped(code, inviteGroup), expires, nil
}

// mailInvite is the write that lets the reader of an address accept an invitation,
// whose mail it queues.
func (d *Service) mailInvite(ctx context.Context, tell func(context.Context, []watch.News) error, secret, address string, lang watch.Lang, a *watch.Account, invite *store.Ticket) (store.Write, error) {
	about := &enrolment{Bank: a.Bank, Role: watch.Guardian, Accounts: []tickedAccount{{Ref: a.Ref}}, Address: address, Lang: lang,
		Person: watch.MailPerson(rand.Text()), Invite: invite.Hash}
	t := &store.Ticket{Kind: store.TicketEnrol, Hash: d.Keys.Hash(enrolSecret, secret), Owner: invite.Owner, Body: enrolments.Encode(about), Expires: invite.Expires}
	if err := tell(ctx, []watch.News{about.mail(t, secret)}); err != nil {
		return store.Write{}, fmt.Errorf("%w: %w", ErrUnsent, err)
	}
	return store.PutTicket(t), nil
}

// invitesOf reads an account's open invitations, in the order in which they
// were made, and the list that names them. The writer that has the list with one
// more knows that there are no others.
func (d *Service) invitesOf(ctx context.Context, k watch.AccountKey) (list *store.Ticket, open []*store.Ticket, err error) {
	hash := d.Keys.Hash("invites", k.Bank+"\x00"+k.Ref)
	list, err = d.Store.Ticket(ctx, store.TicketInvites, hash)
	if errors.Is(err, store.ErrNotFound) {
		return &store.Ticket{Kind: store.TicketInvites, Hash: hash, Owner: store.AccountTickets(k)}, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	var hashes []string
	if err := inviteLists.Decode(list.Body, &hashes); err != nil {
		return nil, nil, err
	}
	for _, h := range hashes {
		switch t, err := d.Store.Ticket(ctx, store.TicketInvite, h); {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return nil, nil, err
		case t.UsedBy == "" && d.now().Before(t.Expires):
			open = append(open, t)
		}
	}
	return list, open, nil
}

// OpenInvitation is an invitation that is not taken yet, as owners of the
// account see it: never the code itself.
type OpenInvitation struct {
	ID            string // names it to Withdraw, and is good for nothing else
	Name          quote.Text
	HideAmount    bool
	Made, Expires time.Time
}

func openID(t *store.Ticket) string { return watch.Derive("open", t.Hash) }

// OpenInvitations lists an account's open invitations, in the order in which
// they were made. ErrNotFound unless the asker owns it.
func (d *Service) OpenInvitations(ctx context.Context, lineUser string, k watch.AccountKey) ([]OpenInvitation, error) {
	if _, _, err := d.owned(ctx, lineUser, k); err != nil {
		return nil, err
	}
	_, open, err := d.invitesOf(ctx, k)
	if err != nil {
		return nil, err
	}
	var out []OpenInvitation
	for _, t := range open {
		var inv Invitation
		if err := invitations.Decode(t.Body, &inv); err != nil {
			return nil, err
		}
		out = append(out, OpenInvitation{ID: openID(t), Name: inv.Name, HideAmount: inv.HideAmount, Made: t.Expires.Add(-InviteLife), Expires: t.Expires})
	}
	return out, nil
}

// Withdraw ends an open invitation of an account, at once, on the word of an
// owner. ErrNotFound unless they own it, ErrInvite if it is not open (any
// more): taken by somebody, over, or withdrawn.
func (d *Service) Withdraw(ctx context.Context, lineUser string, k watch.AccountKey, id string) error {
	return store.Retry(ctx, func() error {
		if _, _, err := d.owned(ctx, lineUser, k); err != nil {
			return err
		}
		_, open, err := d.invitesOf(ctx, k)
		if err != nil {
			return err
		}
		for _, t := range open {
			if openID(t) == id {
				return d.Store.Write(ctx, store.EndTicket(t))
			}
		}
		return ErrInvite
	})
}
