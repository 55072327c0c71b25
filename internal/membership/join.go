package membership

import (
	"context"
	"errors"
	"slices"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// Offer is what the mail of an enrolment offers to its reader, who may be a
// stranger: it names no account.
type Offer struct {
	Bank    string
	Role    watch.Role
	Family  bool // an owner asks, and not the bank
	Lang    watch.Lang
	Expires time.Time
	Left    int // wrong codes that are still allowed
}

func offerOf(t *store.Ticket, about *enrolment) Offer {
	return Offer{Bank: about.Bank, Role: about.Role, Family: about.Invite != "", Lang: about.Lang, Expires: t.Expires, Left: MaxJoinWrong - about.Wrong}
}

// Offered says what an enrolment offers and changes nothing. ErrNotFound,
// ErrExpired or ErrEnrolled, with the language of its reader if it was one.
func (d *Service) Offered(ctx context.Context, secret string) (Offer, error) {
	t, about, err := d.openEnrolment(ctx, d.Keys.Hash(enrolSecret, secret))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return Offer{}, ErrNotFound
	case t == nil:
		return Offer{}, err
	}
	return offerOf(t, about), err
}

// Decline ends an enrolment on the word of the reader of its mail. ErrNotFound,
// ErrExpired or ErrEnrolled.
func (d *Service) Decline(ctx context.Context, secret string) error {
	err := d.endEnrolment(ctx, d.Keys.Hash(enrolSecret, secret), EnrolDeclined)
	if errors.Is(err, store.ErrNotFound) {
		return ErrNotFound
	}
	return err
}

// Join binds the reader of an enrolment's mail who has its code, all accounts in
// one transaction with the enrolment's end. The same again, as long as they watch,
// comes back as Already. Any error but those below leaves it open whether they were
// bound: join again.
// ErrNotFound, ErrExpired, ErrEnrolled, ErrCode, ErrFull, ErrOwnerless.
func (d *Service) Join(ctx context.Context, secret, code string) ([]Bound, Offer, error) {
	hash := d.Keys.Hash(enrolSecret, secret)
	var bound []Bound
	var offer Offer
	var verdict error
	tell := d.news().Once()
	err := store.Retry(ctx, func() error {
		bound, verdict = nil, nil
		t, about, err := d.openEnrolment(ctx, hash)
		switch {
		case errors.Is(err, store.ErrNotFound):
			verdict = ErrNotFound
			return nil
		case t == nil:
			return err
		}
		offer = offerOf(t, about)
		switch {
		case err != nil && t.UsedBy != "" && d.right(about, code):
			bound, verdict, err = d.joinedBefore(ctx, about)
			return err
		case err != nil:
			verdict = err
			return nil //nolint:nilerr // a verdict ends the tries
		case !d.right(about, code):
			return d.wrongPaper(ctx, t, about, &offer, &verdict)
		case about.Invite != "":
			bound, verdict = d.joinFamily(ctx, t, about, code)
			return nil
		}
		bound, verdict, err = d.join(ctx, t, about, tell)
		return err
	})
	if err == nil {
		err = verdict
	}
	if err != nil {
		return nil, offer, err
	}
	if len(bound) > 0 && !bound[0].Already {
		d.logger().InfoContext(ctx, "membership: bound by mail", "bank", bound[0].Account.Bank, "accounts", len(bound))
	}
	return bound, offer, nil
}

// wrongPaper counts a wrong code against an enrolment; with the last one it is over.
func (d *Service) wrongPaper(ctx context.Context, t *store.Ticket, about *enrolment, offer *Offer, verdict *error) error {
	about.Wrong++
	offer.Left = MaxJoinWrong - about.Wrong
	*verdict, t.Body = ErrCode, enrolments.Encode(about)
	d.logger().Warn(LogCodeWrong)
	if about.Wrong >= MaxJoinWrong {
		*verdict, t = ErrEnrolled, about.over(t, EnrolLocked)
	}
	return d.Store.Write(ctx, store.PutTicket(t))
}

// join commits all that an enrolment of a bank binds.
func (d *Service) join(ctx context.Context, t *store.Ticket, about *enrolment, tell func(context.Context, []watch.News) error) ([]Bound, error, error) {
	now := d.now()
	if err := d.ownersOf(ctx, about); errors.Is(err, ErrOwnerless) {
		return nil, err, nil
	} else if err != nil {
		return nil, nil, err
	}
	k := watch.AccountKey{Bank: about.Bank, Ref: about.Accounts[0].Ref}
	var err error
	if about.Person, err = d.samePerson(ctx, k, about); err != nil {
		return nil, nil, err
	}
	writes, bound, verdict, err := d.bindAll(ctx, about.Person, about.Bank, about.Accounts, grant{Role: about.Role, Email: about.Address, Name: about.Name,
		HideAmount: about.HideAmount, Langs: []watch.Lang{about.Lang}, Way: watch.WayMail}, now)
	if err != nil || verdict != nil {
		return nil, verdict, err
	}
	news := []watch.News{d.welcome(t, about)}
	for i := range bound {
		if b := &bound[i]; about.Role == watch.Guardian && !b.Already {
			news = append(news, toOwners(watch.NewsJoined, b.Account, &b.Watcher)...)
		}
	}
	if err := tell(ctx, news); err != nil {
		return nil, nil, err
	}
	t.UsedBy, t.UsedAt = d.alias(about.Person), now
	about.over(t, "")
	if err := d.Store.Write(ctx, append(writes, store.PutTicket(t))...); err != nil {
		return nil, nil, err
	}
	for i := range bound {
		bound[i].Account.Version++
	}
	return bound, nil, nil
}

// welcome is the mail to who begins to watch. It is looked for whether they do.
func (d *Service) welcome(t *store.Ticket, about *enrolment) watch.News {
	return watch.News{Kind: watch.NewsWelcome, Bank: about.Bank, Turn: t.Hash,
		To: watch.NewsTo{LineUser: about.Person, Lang: about.Lang, Mail: about.Address}}
}

// joinFamily lets the reader of a mail accept an owner's invitation.
func (d *Service) joinFamily(ctx context.Context, t *store.Ticket, about *enrolment, code string) ([]Bound, error) {
	var err error
	if about.Person, err = d.samePerson(ctx, watch.AccountKey{Bank: about.Bank, Ref: about.Accounts[0].Ref}, about); err != nil {
		return nil, err
	}
	b, err := d.accept(ctx, about.Person, code, grant{Role: watch.Guardian, Email: about.Address, Langs: []watch.Lang{about.Lang}, Way: watch.WayMail})
	switch {
	case errors.Is(err, ErrInvite), errors.Is(err, ErrOwn):
		return nil, ErrEnrolled // taken back, or used on LINE meanwhile
	case err != nil:
		return nil, err
	}
	if err := d.news().Tell(ctx, []watch.News{d.welcome(t, about)}); err != nil {
		return nil, err
	}
	t.UsedBy, t.UsedAt = d.alias(about.Person), d.now()
	return []Bound{b}, d.Store.Write(ctx, store.PutTicket(about.over(t, "")))
}

// joinedBefore finds what an enrolment bound when it was used.
func (d *Service) joinedBefore(ctx context.Context, about *enrolment) ([]Bound, error, error) {
	var out []Bound
	for _, x := range about.Accounts {
		a, err := d.account(ctx, watch.AccountKey{Bank: about.Bank, Ref: x.Ref})
		if err != nil {
			return nil, nil, err
		}
		if w, ok := a.WatcherOf(about.Person); ok && !listed(out, a) {
			out = append(out, Bound{Account: a, Watcher: *w, Already: true})
		}
	}
	if len(out) == 0 {
		return nil, ErrEnrolled, nil
	}
	return out, nil, nil
}

// samePerson is who joins: the one who watches the account in that role by mail
// alone and has, or had, the same address, so that one mailbox is not told twice;
// else a new person. A person who stopped the mails begins again so.
func (d *Service) samePerson(ctx context.Context, k watch.AccountKey, about *enrolment) (string, error) {
	a, err := d.account(ctx, k)
	if err != nil {
		return "", err
	}
	for _, w := range a.Watchers {
		c, has := w.Mail()
		same := has && c.Address == about.Address || slices.ContainsFunc(w.Former, func(f watch.Former) bool {
			return !has && f.Address == about.Address
		})
		if watch.ByMail(w.LineUser) && w.Role == about.Role && same {
			return w.LineUser, nil
		}
	}
	return about.Person, nil
}
