package membership

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// People who have no chat open their settings by a link that is mailed to them when they
// ask for it: an old mail that was forwarded, or is found, shows no settings.
const (
	keysWithin = watch.KeysWithin
	maxKeys    = 5           // such mails within keysWithin
	keyTwice   = time.Minute // a second press within this asks for no second mail
)

// keysAsked is the list of the mails with a link to the settings that somebody
// asked for.
type keysAsked struct {
	At []time.Time `json:"at"`

	Unknown jsontext.Value `json:",embed"`
}

var keyLists = codec.For[keysAsked]("ticket.keys")

// ByMail is who watches as a watcher and is reached by mail alone. ErrNotFound if
// there is no such person any more.
func (d *Service) ByMail(ctx context.Context, person, watcher string) (Bound, error) {
	list, err := d.Accounts(ctx, person)
	if err != nil {
		return Bound{}, err
	}
	i := slices.IndexFunc(list, func(b Bound) bool { return b.Watcher.ID == watcher })
	if i < 0 || !watch.ByMail(person) {
		return Bound{}, ErrNotFound
	}
	return list[i], nil
}

// AskKey has a mail sent with a link to their settings to somebody who is reached
// by mail alone, at the address of one of the accounts. Twice within a minute it is
// one mail. ErrNotFound, ErrMany, ErrUnsent.
func (d *Service) AskKey(ctx context.Context, person, watcher string) (Bound, error) {
	b, err := d.ByMail(ctx, person, watcher)
	if err != nil {
		return Bound{}, err
	}
	hash, now := d.Keys.Hash("keys", watcher), d.now()
	tell := d.news().Once()
	err = store.Retry(ctx, func() error {
		t, err := d.Store.Ticket(ctx, store.TicketKeys, hash)
		var asked keysAsked
		switch {
		case errors.Is(err, store.ErrNotFound):
			t = &store.Ticket{Kind: store.TicketKeys, Hash: hash, Owner: store.PersonTickets(person)}
		case err != nil:
			return err
		default:
			if err := keyLists.Decode(t.Body, &asked); err != nil {
				return err
			}
		}
		asked.At = slices.DeleteFunc(asked.At, func(at time.Time) bool { return now.Sub(at) >= keysWithin })
		if n := len(asked.At); n > 0 && now.Sub(asked.At[n-1]) < keyTwice {
			return nil
		} else if n >= maxKeys {
			return ErrMany
		}
		asked.At = append(asked.At, now)
		t.Body, t.Expires = keyLists.Encode(&asked), now.Add(keysWithin).Truncate(time.Second)
		mail := watch.News{Kind: watch.NewsKey, Bank: b.Account.Bank, Turn: watch.Derive("key", watcher, now.Format(time.RFC3339Nano)),
			To: watch.NewsTo{LineUser: person, Watcher: watcher, Lang: b.Watcher.Lang}}
		if err := tell(ctx, []watch.News{mail}); err != nil {
			return errors.Join(ErrUnsent, err)
		}
		return d.Store.Write(ctx, store.PutTicket(t))
	})
	return b, err
}
