package membership

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
	"kozamori/internal/quote"
	"kozamori/internal/store"
	"kozamori/internal/token"
	"kozamori/internal/watch"
)

// Enrolment by mail: a bank gives an address, and its customer a code on paper.
// The mail to the address names the bank and nothing else; only who has both,
// the mailbox and the paper, begins to watch. So a wrong address tells a stranger
// nothing, a lost paper opens nothing, and a mail that is forwarded or read by a
// scanner binds no one. The code is of no use in the chat.
const (
	JoinLife = watch.JoinFor
	// MaxJoinWrong is how many wrong codes end an enrolment.
	MaxJoinWrong = 5
	enrolCode    = "enrol code"
	enrolSecret  = "enrol"
)

// EnrolState is what became of an enrolment.
type EnrolState string

// The states.
const (
	EnrolOpen      EnrolState = "open"
	EnrolJoined    EnrolState = "joined"    // the person watches
	EnrolDeclined  EnrolState = "declined"  // the reader of the mail said that it is not for them
	EnrolLocked    EnrolState = "locked"    // too many wrong codes
	EnrolCancelled EnrolState = "cancelled" // by the bank, or by a newer enrolment
	EnrolExpired   EnrolState = "expired"
	EnrolReturned  EnrolState = "returned" // the mail came back, or was refused: the address is wrong
)

var (
	// ErrOwnerless says that an account has no owner whom a guardian could watch
	// with.
	ErrOwnerless = errors.New("membership: no owner watches the account")
	// ErrEnrolled says that an enrolment can be used no more: used by somebody,
	// declined, cancelled, or locked by too many wrong codes.
	ErrEnrolled = errors.New("membership: the enrolment is over")
)

// EnrolRequest is what a bank says of a customer who is to be told by mail alone.
type EnrolRequest struct {
	Role       watch.Role
	Email      string
	Lang       watch.Lang
	Accounts   []CodeRequest
	Name       quote.Text // what owners call a guardian, optional
	HideAmount bool       // from a guardian
	// KeepOthers leaves other open enrolments for the accounts, in the same role, as
	// they are; without it they end.
	KeepOthers bool
	// IdempotencyKey is the bank's own name of the request, optional.
	IdempotencyKey string
}

// Enrolment is an enrolment as its bank sees it: neither the code nor the address.
type Enrolment struct {
	ID              string
	Role            watch.Role
	Accounts        []string // account_ref
	State           EnrolState
	Issued, Expires time.Time
	UsedAt          time.Time
	Code            string // grouped for writing down; only when it is made
}

type enrolment struct {
	Bank       string          `json:"bank"`
	Role       watch.Role      `json:"role"`
	Accounts   []tickedAccount `json:"accounts,omitempty"`
	Address    string          `json:"address,omitempty"`
	Lang       watch.Lang      `json:"lang,omitempty"`
	Name       quote.Text      `json:"name,omitempty"`
	HideAmount bool            `json:"hide_amount,omitempty"`
	Person     string          `json:"person"`           // who watches, once they do
	Code       string          `json:"code,omitempty"`   // a keyed hash of it
	Invite     string          `json:"invite,omitempty"` // the hash of an owner's invitation, whose code it is then
	Wrong      int             `json:"wrong,omitempty"`
	Ended      EnrolState      `json:"ended,omitempty"`
	Request    string          `json:"request,omitempty"` // a keyed hash of what was asked for

	Unknown jsontext.Value `json:",embed"`
}

var enrolments = codec.For[enrolment]("ticket.enrol")

// check returns the body of the ticket of a request, or what cannot be taken.
func (req *EnrolRequest) check(bank string, now time.Time) (*enrolment, *watch.FieldError) {
	about := &enrolment{Bank: bank, Role: req.Role, Lang: req.Lang, Name: req.Name, HideAmount: req.HideAmount}
	var ok bool
	if about.Address, ok = watch.MailAddress(req.Email); !ok {
		return nil, &watch.FieldError{Field: "email", Problem: "is not a mail address"}
	}
	switch guardian := req.Role == watch.Guardian; {
	case !guardian && req.Role != watch.Owner:
		return nil, &watch.FieldError{Field: "role", Problem: "must be owner or guardian"}
	case !guardian && (req.Name != "" || req.HideAmount):
		return nil, &watch.FieldError{Field: "role", Problem: "must be guardian for a name or hidden amounts"}
	}
	if fe := watch.CheckName("name", req.Name.Raw()); fe != nil {
		return nil, fe
	}
	if fe := checkLang(req.Lang); fe != nil {
		return nil, fe
	}
	if n := len(req.Accounts); n == 0 || n > MaxTicked {
		return nil, &watch.FieldError{Field: "accounts", Problem: fmt.Sprintf("must hold 1 to %d accounts", MaxTicked)}
	}
	accounts, fe := tick(req.Accounts, now)
	if fe != nil {
		return nil, fe
	}
	for i := range accounts {
		accounts[i].Email = ""
		if req.Role == watch.Guardian && (len(accounts[i].Links) > 0 || !accounts[i].HistoryFrom.IsZero()) {
			return nil, &watch.FieldError{Field: fmt.Sprintf("accounts[%d]", i), Problem: "must hold nothing of the past for a guardian"}
		}
	}
	about.Accounts = accounts
	return about, nil
}

// Enrol has the mail sent that asks the reader of an address whether they want to
// watch accounts of a bank, and returns the code that the bank hands to its
// customer. A *watch.FieldError says what cannot be taken; ErrOwnerless,
// ErrOtherRequest, ErrUnsent.
func (d *Service) Enrol(ctx context.Context, bank string, req EnrolRequest) (Enrolment, error) {
	about, fe := req.check(bank, d.now())
	if fe != nil {
		return Enrolment{}, fe
	}
	if err := d.byFirst(ctx, bank, about.Accounts); err != nil {
		return Enrolment{}, err
	}
	if err := d.ownersOf(ctx, about); err != nil {
		return Enrolment{}, err
	}
	code, secret := token.Aloud(codeLen), rand.Text()
	if req.IdempotencyKey != "" {
		seed := bank + "\x00" + req.IdempotencyKey
		code, secret = d.Keys.Aloud(codeLen, enrolCode, seed), d.Keys.Hash("enrol secret", seed)
		about.Request = d.Keys.Hash("enrol request", fmt.Sprintf("%+v", req))
	}
	about.Person, about.Code = watch.MailPerson(rand.Text()), d.Keys.Hash(enrolCode, code)
	t, err := d.offer(ctx, secret, store.BankTickets(bank), about, JoinLife)
	if err != nil {
		return Enrolment{}, err
	}
	if !req.KeepOthers {
		if err := d.endOthers(ctx, bank, t, about); err != nil {
			return Enrolment{}, err
		}
	}
	out := d.enrolmentOf(t, about)
	out.Code = group(code)
	return out, d.called(ctx, bank, []*Enrolment{&out})
}

// offer writes the ticket of an enrolment and queues its mail. The same request
// again finds the ticket that it made.
func (d *Service) offer(ctx context.Context, secret, owner string, about *enrolment, life time.Duration) (*store.Ticket, error) {
	hash := d.Keys.Hash(enrolSecret, secret)
	var t *store.Ticket
	tell := d.news().Once()
	err := store.Retry(ctx, func() (err error) {
		if about.Request != "" {
			t, err = d.Store.Ticket(ctx, store.TicketEnrol, hash)
			var was enrolment
			switch {
			case errors.Is(err, store.ErrNotFound):
			case err != nil:
				return err
			case enrolments.Decode(t.Body, &was) != nil || was.Request != about.Request:
				return ErrOtherRequest
			default:
				*about = was
				return nil
			}
		}
		t = &store.Ticket{Kind: store.TicketEnrol, Hash: hash, Owner: owner, Body: enrolments.Encode(about), Expires: d.now().Add(life).Truncate(time.Second)}
		if err := tell(ctx, []watch.News{about.mail(t, secret)}); err != nil {
			return fmt.Errorf("%w: %w", ErrUnsent, err)
		}
		writes := []store.Write{store.PutTicket(t)}
		for _, x := range about.Accounts {
			writes = append(writes, store.PutTicket(store.EnrolOf(t, watch.AccountKey{Bank: about.Bank, Ref: x.Ref})))
		}
		return d.Store.Write(ctx, writes...)
	})
	return t, err
}

// mail is the mail that asks its reader whether they want to watch.
func (e *enrolment) mail(t *store.Ticket, secret string) watch.News {
	return watch.News{Kind: watch.NewsEnrol, Bank: e.Bank, Turn: t.Hash, Secret: secret,
		To: watch.NewsTo{LineUser: e.Person, Lang: e.Lang, Mail: e.Address}}
}

// ownersOf is ErrOwnerless if a guardian is to watch an account without an owner.
func (d *Service) ownersOf(ctx context.Context, about *enrolment) error {
	if about.Role != watch.Guardian {
		return nil
	}
	for _, x := range about.Accounts {
		a, err := d.account(ctx, watch.AccountKey{Bank: about.Bank, Ref: x.Ref})
		if err != nil {
			return err
		}
		if unowned(a) {
			return ErrOwnerless
		}
	}
	return nil
}

func (d *Service) enrolmentOf(t *store.Ticket, about *enrolment) Enrolment {
	e := Enrolment{ID: t.Hash, Role: about.Role, State: about.Ended, Issued: t.Expires.Add(-JoinLife), Expires: t.Expires}
	for _, x := range about.Accounts {
		e.Accounts = append(e.Accounts, x.Ref)
	}
	switch {
	case t.UsedBy != "":
		e.State, e.UsedAt = EnrolJoined, t.UsedAt
	case e.State == "" && !d.now().Before(t.Expires):
		e.State = EnrolExpired
	case e.State == "":
		e.State = EnrolOpen
	}
	return e
}

// CancelEnrolment ends an open enrolment of a bank. store.ErrNotFound if there is
// none, or it is over.
func (d *Service) CancelEnrolment(ctx context.Context, bank, id string) error {
	t, err := d.Store.Ticket(ctx, store.TicketEnrol, id)
	if err == nil && t.Owner != store.BankTickets(bank) {
		err = store.ErrNotFound
	}
	if err != nil {
		return err
	}
	err = d.endEnrolment(ctx, id, EnrolCancelled)
	if errors.Is(err, ErrEnrolled) || errors.Is(err, ErrExpired) {
		return store.ErrNotFound
	}
	return err
}

// MailReturned ends an open enrolment whose mail never reached its reader. It may
// be repeated.
func (d *Service) MailReturned(ctx context.Context, id string) error {
	err := d.endEnrolment(ctx, id, EnrolReturned)
	if errors.Is(err, ErrEnrolled) || errors.Is(err, ErrExpired) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// endOthers cancels the bank's other open enrolments of the same role for any of
// the accounts.
func (d *Service) endOthers(ctx context.Context, bank string, newest *store.Ticket, about *enrolment) error {
	var refs []string
	for _, x := range about.Accounts {
		names, err := d.Store.Names(ctx, watch.AccountKey{Bank: bank, Ref: x.Ref})
		if err != nil {
			return err
		}
		refs = append(refs, names.Refs()...)
	}
	for _, ref := range refs {
		err := d.enrolmentsFor(ctx, watch.AccountKey{Bank: bank, Ref: ref}, func(t *store.Ticket, other *enrolment) error {
			return d.endIfOf(ctx, t, newest, other, about.Role, refs)
		})
		if err != nil {
			return err
		}
	}
	return d.endOlder(ctx, bank, newest, about.Role, refs)
}

// endEnrolment ends an enrolment that is open, and forgets what was said of the
// person. ErrEnrolled, ErrExpired.
func (d *Service) endEnrolment(ctx context.Context, hash string, as EnrolState) error {
	return store.Retry(ctx, func() error {
		t, about, err := d.openEnrolment(ctx, hash)
		if err != nil {
			return err
		}
		return d.Store.Write(ctx, store.PutTicket(about.over(t, as)))
	})
}

// over makes an enrolment one that is over, without what it says of people.
func (e *enrolment) over(t *store.Ticket, as EnrolState) *store.Ticket {
	e.Ended, e.Address, e.Name = as, "", ""
	for i := range e.Accounts {
		e.Accounts[i].Links, e.Accounts[i].Mask = nil, ""
	}
	t.Body = enrolments.Encode(e)
	return t
}

// openEnrolment reads an enrolment that can be used. store.ErrNotFound,
// ErrEnrolled or ErrExpired, with the enrolment unless it was not found.
func (d *Service) openEnrolment(ctx context.Context, hash string) (*store.Ticket, *enrolment, error) {
	t, err := d.Store.Ticket(ctx, store.TicketEnrol, hash)
	if err != nil {
		return nil, nil, err
	}
	var about enrolment
	if err := enrolments.Decode(t.Body, &about); err != nil {
		return nil, nil, err
	}
	switch {
	case t.UsedBy != "" || about.Ended != "":
		return t, &about, ErrEnrolled
	case !d.now().Before(t.Expires):
		return t, &about, ErrExpired
	}
	return t, &about, nil
}

// right tells whether a code is that of an enrolment.
func (d *Service) right(about *enrolment, code string) bool {
	if about.Invite != "" {
		return d.inviteHash(code) == about.Invite
	}
	c := strings.ReplaceAll(code, "-", "")
	if b := bare(code); b != "" {
		c = b
	}
	return d.Keys.Hash(enrolCode, c) == about.Code
}
