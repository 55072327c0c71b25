// Package session lets a LINE user see and change their settings in a browser
// for a while: the chat gives a door, a link that opens once; pressing its
// button makes a session, which a cookie carries. It never decides what a
// person may see: each account asks for itself who watches it.
package session

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
	"kozamori/internal/store"
	"kozamori/internal/token"
	"kozamori/internal/watch"
)

// How long they last.
const (
	DoorLife = watch.DoorFor
	Life     = watch.VisitFor // from its beginning, whatever is done in it
)

// ErrNone says that there is no such door or session, that it was used, or
// that it is over. Which of them is not said.
var ErrNone = errors.New("session: none")

// Session is a LINE user who is logged in.
type Session struct {
	LineUser string
	Lang     watch.Lang
	Expires  time.Time
	ByMail   bool // they have no chat; known of what is over too
	hash     string
	holder   holder
}

// Service opens and checks sessions.
type Service struct {
	Store *store.Store
	Keys  *token.Keys
	Now   func() time.Time
}

type holder struct {
	LineUser string     `json:"line_user"`
	Lang     watch.Lang `json:"lang,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

var holders = codec.For[holder]("ticket.session")

// Door makes the secret of a link that opens one session within DoorLife, in
// the language in which the person reads.
func (d *Service) Door(ctx context.Context, lineUser string, lang watch.Lang) (string, error) {
	secret, t := d.ticket(store.TicketDoor, &holder{LineUser: lineUser, Lang: lang}, DoorLife)
	return secret, d.Store.Write(ctx, store.PutTicket(t))
}

// Key is Door for a link that goes by mail, which may take its time.
func (d *Service) Key(ctx context.Context, person string, lang watch.Lang) (string, error) {
	secret, t := d.ticket(store.TicketDoor, &holder{LineUser: person, Lang: lang}, watch.KeyFor)
	return secret, d.Store.Write(ctx, store.PutTicket(t))
}

func (d *Service) ticket(kind store.TicketKind, who *holder, life time.Duration) (string, *store.Ticket) {
	secret := rand.Text()
	return secret, &store.Ticket{Kind: kind, Hash: d.Keys.Hash(string(kind), secret), Owner: store.PersonTickets(who.LineUser),
		Body: holders.Encode(who), Expires: d.Now().UTC().Add(life).Truncate(time.Second)}
}

// Look says whose door it is and whether it would open. It changes nothing,
// so that a preview of the link does not use it up. ErrNone, with the language
// of its holder if it was one.
func (d *Service) Look(ctx context.Context, door string) (Session, error) {
	s, _, err := d.open(ctx, store.TicketDoor, door)
	return s, err
}

// Enter uses a door up and begins a session, in one transaction. It returns
// the session's secret for the cookie. ErrNone.
func (d *Service) Enter(ctx context.Context, door string) (string, Session, error) {
	var secret string
	var s Session
	err := store.Retry(ctx, func() error {
		who, t, err := d.open(ctx, store.TicketDoor, door)
		if err != nil {
			s.Lang, s.ByMail = who.Lang, who.ByMail
			return err
		}
		var session *store.Ticket
		secret, session = d.ticket(store.TicketSession, &who.holder, Life)
		s = Session{LineUser: who.LineUser, Lang: who.Lang, Expires: session.Expires, ByMail: who.ByMail, hash: session.Hash}
		t.UsedBy, t.UsedAt = "session", d.Now().UTC()
		return d.Store.Write(ctx, store.PutTicket(t), store.PutTicket(session))
	})
	if err != nil {
		return "", Session{Lang: s.Lang, ByMail: s.ByMail}, err
	}
	return secret, s, nil
}

// Who finds the session of a cookie's secret. ErrNone, with the language of
// its holder if it was one.
func (d *Service) Who(ctx context.Context, secret string) (Session, error) {
	s, _, err := d.open(ctx, store.TicketSession, secret)
	return s, err
}

// Leave ends a session. Ending it twice is no error.
func (d *Service) Leave(ctx context.Context, s Session) error {
	return d.Store.Write(ctx, store.DeleteTicket(store.TicketSession, s.hash))
}

func (d *Service) open(ctx context.Context, kind store.TicketKind, secret string) (Session, *store.Ticket, error) {
	t, err := d.Store.Ticket(ctx, kind, d.Keys.Hash(string(kind), secret))
	if errors.Is(err, store.ErrNotFound) {
		return Session{}, nil, ErrNone
	}
	if err != nil {
		return Session{}, nil, err
	}
	var who holder
	if err := holders.Decode(t.Body, &who); err != nil {
		return Session{}, nil, err
	}
	if t.UsedBy != "" || !d.Now().Before(t.Expires) {
		return Session{Lang: who.Lang, ByMail: watch.ByMail(who.LineUser)}, nil, ErrNone
	}
	return Session{LineUser: who.LineUser, Lang: who.Lang, Expires: t.Expires, ByMail: watch.ByMail(who.LineUser), hash: t.Hash, holder: who}, t, nil
}
