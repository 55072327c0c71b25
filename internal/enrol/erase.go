package enrol

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// eraseAtOnce is how many items one transaction of an erasure deletes.
const eraseAtOnce = 25

// Erase forgets an account of a bank: who watches it, their bindings, its
// activity, records, open codes, and what of it lies in quarantine. Disputes
// stay, as evidence: they name no person and no address. Erasing what is not
// there, or was half erased, is no error. An error leaves the rest: erase
// again.
func (d *Desk) Erase(ctx context.Context, bank, accountRef string) error {
	k := watch.AccountKey{Bank: bank, Ref: accountRef}
	// What could bind somebody goes first: if it is used meanwhile, that makes
	// an account, which the next step finds.
	if err := d.endSecrets(ctx, k); err != nil {
		return err
	}
	gone, err := d.eraseAccount(ctx, k)
	if err != nil {
		return err
	}
	records, err := d.eraseRecords(ctx, k)
	if err != nil {
		return err
	}
	refused, err := d.eraseRefused(ctx, k)
	if err != nil {
		return err
	}
	d.closeDoors(ctx, gone)
	d.logger().InfoContext(ctx, "enrol: erased", "bank", bank, "watchers", len(gone), "records", records, "refused", refused)
	return nil
}

func (d *Desk) eraseAccount(ctx context.Context, k watch.AccountKey) (gone []watch.Watcher, err error) {
	err = store.Retry(ctx, func() error {
		a, err := d.Store.Account(ctx, k)
		if errors.Is(err, store.ErrNotFound) {
			return d.Store.Write(ctx, store.DeleteActivity(k))
		}
		if err != nil {
			return err
		}
		gone = append([]watch.Watcher(nil), a.Watchers...)
		return d.takeOff(ctx, a, gone)
	})
	return gone, err
}

func (d *Desk) eraseRecords(ctx context.Context, k watch.AccountKey) (int, error) {
	n, cursor := 0, ""
	for {
		records, next, err := d.Store.History(ctx, k, time.Time{}, time.Time{}, 100, cursor)
		if err != nil {
			return n, err
		}
		var writes []store.Write
		for _, r := range records {
			writes = append(writes, store.DeleteRecord(r.ID))
		}
		if err := d.inParts(ctx, writes); err != nil {
			return n, err
		}
		n += len(writes)
		if cursor = next; cursor == "" {
			return n, nil
		}
	}
}

func (d *Desk) eraseRefused(ctx context.Context, k watch.AccountKey) (int, error) {
	n, cursor := 0, ""
	for {
		refused, next, err := d.Store.Quarantine(ctx, k.Bank, 100, cursor)
		if err != nil {
			return n, err
		}
		var writes []store.Write
		for _, r := range refused {
			if names(r.Raw, k.Ref) {
				writes = append(writes, store.DeleteRefused(k.Bank, r.ID))
			}
		}
		if err := d.inParts(ctx, writes); err != nil {
			return n, err
		}
		n += len(writes)
		if cursor = next; cursor == "" {
			return n, nil
		}
	}
}

// names tells whether a refused body names an account: as one of its strings,
// however they are escaped, or between quotes where it is no JSON.
func names(raw, ref string) bool {
	dec := jsontext.NewDecoder(strings.NewReader(raw), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	for {
		tok, err := dec.ReadToken()
		if err != nil {
			break
		}
		if tok.Kind() == '"' && tok.String() == ref {
			return true
		}
	}
	quoted, _ := json.Marshal(ref) // a string always does
	return bytes.Contains([]byte(raw), quoted) || strings.Contains(raw, `"`+ref+`"`)
}

// endSecrets removes an account's codes, invitations and mail claims, and the
// nonces of its bank that name it.
func (d *Desk) endSecrets(ctx context.Context, k watch.AccountKey) error {
	codes, err := d.Store.Codes(ctx, k)
	if err != nil {
		return err
	}
	tickets, err := d.Store.Tickets(ctx, store.AccountTickets(k))
	if err != nil {
		return err
	}
	banks, err := d.Store.Tickets(ctx, store.BankTickets(k.Bank))
	if err != nil {
		return err
	}
	var writes []store.Write
	for _, hash := range codes {
		writes = append(writes, store.DeleteCode(hash))
	}
	for _, t := range tickets {
		writes = append(writes, store.DeleteTicket(t.Kind, t.Hash))
	}
	for _, t := range banks {
		if names(string(t.Body), k.Ref) {
			writes = append(writes, store.DeleteTicket(t.Kind, t.Hash))
		}
	}
	return d.inParts(ctx, writes)
}

func (d *Desk) inParts(ctx context.Context, writes []store.Write) error {
	for len(writes) > 0 {
		n := min(len(writes), eraseAtOnce)
		if err := d.Store.Write(ctx, writes[:n]...); err != nil {
			return err
		}
		writes = writes[n:]
	}
	return nil
}

// Forget is a person asking to be forgotten: they leave every account, and of
// accounts that nobody watches then, records go too. Disputes stay, as for
// Erase. It returns what they watched. An error leaves the rest: forget again.
func (d *Desk) Forget(ctx context.Context, lineUser string) ([]Bound, error) {
	list, err := d.Accounts(ctx, lineUser)
	if err != nil {
		return nil, err
	}
	for _, b := range list {
		k, alone := b.Account.AccountKey, len(leaving(b.Account, b.Watcher.ID)) == len(b.Account.Watchers)
		if alone {
			// Before they leave: if we die here, they can ask again.
			if err := d.endSecrets(ctx, k); err != nil {
				return nil, err
			}
			if _, err := d.eraseRecords(ctx, k); err != nil {
				return nil, err
			}
		}
		if _, err := d.Unbind(ctx, lineUser, k); err != nil && !errors.Is(err, ErrNotFound) {
			return nil, err
		}
		if alone {
			if _, err := d.eraseRecords(ctx, k); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

// ErrShared says that an account has another owner, whose records they are
// too: one of them can leave, but not erase.
var ErrShared = errors.New("enrol: the account has another owner")

// EraseOwn is Erase on the word of the account's only owner. ErrNotFound
// unless they own it, ErrShared if they are not the only one.
func (d *Desk) EraseOwn(ctx context.Context, lineUser string, k watch.AccountKey) error {
	a, own, err := d.owned(ctx, lineUser, k)
	if err != nil {
		return err
	}
	for _, w := range a.Watchers {
		if w.Role == watch.Owner && w.ID != own.ID {
			return ErrShared
		}
	}
	return d.Erase(ctx, k.Bank, k.Ref)
}
