package store

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"kozamori/internal/codec"
	"kozamori/internal/watch"
)

var (
	accounts   = codec.For[watch.Account]("account")
	activities = codec.For[watch.Activity]("activity")
	bills      = codec.For[watch.Bills]("bills")
	disputes   = codec.For[watch.Dispute]("dispute")
)

// How long things are kept.
const (
	KeepRecord  = 400 * 24 * time.Hour // also how long a transaction id is remembered
	KeepDispute = 5 * 365 * 24 * time.Hour
	// KeepUnheard is how long a debit is kept of which no one is told, for what
	// else its bank may say of it: longer than watch.PostWithin.
	KeepUnheard = 30 * 24 * time.Hour
	// KeepCopies is how long what was erased may live on in copies that are
	// kept against failures: backups of the table (35 days, the most that
	// DynamoDB keeps), and messages that could not be handled (see
	// queue.KeepDead).
	KeepCopies = 35 * 24 * time.Hour
)

// Bounds of Store.KeepDispute.
const (
	LeastKeepDispute = 30 * 24 * time.Hour
	MostKeepDispute  = 30 * 365 * 24 * time.Hour
)

// Store reads and writes the house's things as items of a table. Everything
// that changes is versioned: read it, change it, write it At the version read,
// and start again on a *ConditionError (Retry does the loop).
type Store struct {
	Table
	// Lanes says where what is due is written to. Stores may share it.
	Lanes *Lanes
	// KeepDispute is how long a dispute is kept as evidence, from its latest
	// answer on.
	KeepDispute time.Duration
}

// New makes a Store over a table, which keeps disputes for KeepDispute.
func New(t Table) *Store { return &Store{Table: t, Lanes: &Lanes{}, KeepDispute: KeepDispute} }

// Retry runs f until it does not lose against another writer: it starts again,
// after a little jitter, when f returns a *ConditionError. It gives up with
// ErrConflict after 12 times.
func Retry(ctx context.Context, f func() error) error {
	for try := range 12 {
		err := f()
		if _, lost := AsCondition(err); !lost {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(rand.Int64N(int64(2*time.Millisecond) << min(try, 6)))):
		}
	}
	return ErrConflict
}

// stampForm is of times in keys, which their order is that of.
const stampForm = "20060102T150405.000Z"

// read decodes one item into v. ErrNotFound if it is absent.
func read[T any](ctx context.Context, t Table, k Key, c codec.Codec[T], v *T) (int64, error) {
	items, err := t.Get(ctx, k)
	if err != nil {
		return 0, err
	}
	it, ok := items[k]
	if !ok {
		return 0, ErrNotFound
	}
	return it.Version, c.Decode(it.Body, v)
}

func accountPK(k watch.AccountKey) string          { return "A#" + k.Bank + "#" + k.Ref }
func profileKey(k watch.AccountKey) Key            { return Key{accountPK(k), "PROFILE"} }
func activityKey(k watch.AccountKey) Key           { return Key{accountPK(k), "ACTIVITY"} }
func billsKey(k watch.AccountKey) Key              { return Key{accountPK(k), "BILLS"} }
func disputeKey(id string) Key                     { return Key{"D#" + id, "D"} }
func stamp(t time.Time) string                     { return t.UTC().Format(stampForm) }
func until(t time.Time, d time.Duration) time.Time { return t.Add(d).Truncate(time.Second) }

// Account reads one account, by any of its refs: its key is by the first one (Names).
// ErrNotFound if it has no watcher.
func (s *Store) Account(ctx context.Context, k watch.AccountKey) (*watch.Account, error) {
	for range 2 {
		items, err := s.Get(ctx, profileKey(k))
		if err != nil {
			return nil, err
		}
		it, ok := items[profileKey(k)]
		if !ok {
			return nil, ErrNotFound
		}
		a, at, err := readAccount(it)
		if a != nil || err != nil {
			return a, err
		}
		k = at
	}
	return nil, ErrNotFound
}

// UnreadableError names an account whose items do not decode. Its text does
// not: it goes to logs.
type UnreadableError struct {
	Account watch.AccountKey
	err     error
}

func (e *UnreadableError) Error() string { return e.err.Error() }
func (e *UnreadableError) Unwrap() error { return e.err }

// Accounts reads many accounts and the activity of those for which
// withActivity says so, together. Accounts without watchers are left out. One that is
// asked for by a later ref (Names) stands under that ref, and its own key is by the first.
// An *UnreadableError names one that makes the whole call fail.
func (s *Store) Accounts(ctx context.Context, keys []watch.AccountKey, withActivity func(watch.AccountKey) bool) (map[watch.AccountKey]*watch.Account, map[watch.AccountKey]*watch.Activity, error) {
	return readAccounts(ctx, s, keys, withActivity, readAccount)
}

// decode reads an account of type A out of its item; nil, and where it stands, if it
// stands elsewhere.
type decode[A any] func(it Item) (account *A, first watch.AccountKey, err error)

func readAccounts[A any](ctx context.Context, s *Store, keys []watch.AccountKey, withActivity func(watch.AccountKey) bool, as decode[A]) (map[watch.AccountKey]*A, map[watch.AccountKey]*watch.Activity, error) {
	r := accountsRead[A]{as, make(map[watch.AccountKey]*A, len(keys)), map[watch.AccountKey]*watch.Activity{}}
	forwarded, err := r.read(ctx, s, keys, keys, withActivity)
	if err == nil && len(forwarded) > 0 {
		first := make([]watch.AccountKey, len(forwarded))
		later := make([]watch.AccountKey, 0, len(forwarded))
		for k := range forwarded {
			first[len(later)] = forwarded[k]
			later = append(later, k)
		}
		_, err = r.read(ctx, s, later, first, withActivity)
	}
	if err != nil {
		return nil, nil, err
	}
	return r.accounts, r.activities, nil
}

type accountsRead[A any] struct {
	as         decode[A]
	accounts   map[watch.AccountKey]*A
	activities map[watch.AccountKey]*watch.Activity
}

// read adds accounts by the refs by which they are asked for, which stand where at
// says, and returns those that stand elsewhere.
func (r *accountsRead[A]) read(ctx context.Context, s *Store, keys, at []watch.AccountKey, withActivity func(watch.AccountKey) bool) (forwarded map[watch.AccountKey]watch.AccountKey, err error) {
	want := make([]Key, 0, 2*len(keys))
	for i, k := range keys {
		want = append(want, profileKey(at[i]))
		if withActivity(k) {
			want = append(want, activityKey(at[i]))
		}
	}
	items, err := s.Get(ctx, want...)
	if err != nil {
		return nil, err
	}
	for i, k := range keys {
		it, ok := items[profileKey(at[i])]
		if !ok {
			continue
		}
		a, first, err := r.as(it)
		if err != nil {
			return nil, &UnreadableError{k, err}
		}
		if a == nil {
			if forwarded == nil {
				forwarded = map[watch.AccountKey]watch.AccountKey{}
			}
			forwarded[k] = first
			continue
		}
		r.accounts[k] = a
		if it, ok := items[activityKey(at[i])]; ok && withActivity(k) {
			act := &watch.Activity{}
			if err := activities.Decode(it.Body, act); err != nil {
				return nil, &UnreadableError{k, err}
			}
			act.Version = it.Version
			r.activities[k] = act
		}
	}
	return forwarded, nil
}

// Activity reads an account's activity; an empty one at version 0 if there is
// none yet.
func (s *Store) Activity(ctx context.Context, k watch.AccountKey) (*watch.Activity, error) {
	var a watch.Activity
	v, err := read(ctx, s, activityKey(k), activities, &a)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	a.Version = v
	return &a, nil
}

// PutAccount writes an account at the version it was read.
func PutAccount(a *watch.Account) Write {
	it := Item{Key: profileKey(a.AccountKey), Body: accounts.Encode(a)}
	if due := a.Due(); !due.IsZero() {
		it.Due = Key{duePK(it.PK), stamp(due) + "#" + it.PK}
	}
	return Write{Item: it, If: At(a.Version)}
}

// CheckAccount lets an account's version decide and changes nothing.
func CheckAccount(a *watch.Account) Write {
	w := PutAccount(a)
	w.Check = true
	return w
}

// DeleteAccount removes an account at the version it was read.
func DeleteAccount(a *watch.Account) Write {
	return Write{Item: Item{Key: profileKey(a.AccountKey)}, If: At(a.Version), Delete: true}
}

// PutActivity writes an account's activity at the version it was read.
func PutActivity(k watch.AccountKey, a *watch.Activity) Write {
	return Write{Item: Item{Key: activityKey(k), Body: activities.Encode(a)}, If: At(a.Version)}
}

// Bills reads an account's bills; none at version 0 if there is none yet.
func (s *Store) Bills(ctx context.Context, k watch.AccountKey) (*watch.Bills, error) {
	var b watch.Bills
	v, err := read(ctx, s, billsKey(k), bills, &b)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	b.Version = v
	return &b, nil
}

// PutBills writes an account's bills at the version they were read.
func PutBills(k watch.AccountKey, b *watch.Bills) Write {
	return Write{Item: Item{Key: billsKey(k), Body: bills.Encode(b), Expires: until(b.Last(), watch.KeepBill)}, If: At(b.Version)}
}

// DeleteActivity removes an account's activity, with its bills.
func DeleteActivity(k watch.AccountKey) []Write {
	return []Write{{Item: Item{Key: activityKey(k)}, If: Any, Delete: true}, {Item: Item{Key: billsKey(k)}, If: Any, Delete: true}}
}

// Dispute reads a dispute by id.
func (s *Store) Dispute(ctx context.Context, id string) (*watch.Dispute, error) {
	var d watch.Dispute
	v, err := read(ctx, s, disputeKey(id), disputes, &d)
	if err != nil {
		return nil, err
	}
	d.Version = v
	return &d, nil
}

// PutDispute writes a dispute at the version it was read.
func (s *Store) PutDispute(d *watch.Dispute) Write {
	it := Item{
		Key:     disputeKey(d.ID),
		Body:    disputes.Encode(d),
		Expires: until(d.AnsweredAt, s.KeepDispute),
		History: Key{"B#" + d.Account.Bank, stamp(d.AnsweredAt) + "#" + d.ID},
	}
	if !d.Due.IsZero() {
		it.Due = Key{duePK(d.ID), stamp(d.Due) + "#D#" + d.ID}
		if d.Parked {
			it.Due.SK += laneMarks[watch.LaneLost]
		}
	}
	return Write{Item: it, If: At(d.Version)}
}

// UpdateDispute is UpdateRecord for a dispute.
func (s *Store) UpdateDispute(ctx context.Context, id string, change func(*watch.Dispute) error) (*watch.Dispute, error) {
	var d *watch.Dispute
	err := Retry(ctx, func() (err error) {
		if d, err = s.Dispute(ctx, id); err != nil {
			return err
		}
		if err = change(d); err != nil {
			return err
		}
		return s.Write(ctx, s.PutDispute(d))
	})
	return d, err
}

var disputeItems = as(under("D#", "D"), disputes, func(d *watch.Dispute, it Item) { d.Version = it.Version })

// Disputes is a page of a bank's disputes, newest first, with a cursor that
// the bank brings back for the next; empty on the last.
func (s *Store) Disputes(ctx context.Context, bank string, limit int, cursor string) ([]*watch.Dispute, string, error) {
	return s.disputes(ctx, bank, true, limit, cursor)
}

// OldestDisputes is Disputes from the other end, with cursors of its own.
func (s *Store) OldestDisputes(ctx context.Context, bank string, limit int, cursor string) ([]*watch.Dispute, string, error) {
	return s.disputes(ctx, bank, false, limit, cursor)
}

func (s *Store) disputes(ctx context.Context, bank string, newest bool, limit int, cursor string) ([]*watch.Dispute, string, error) {
	items, cursor, err := some(ctx, s, Query{Index: History, PK: "B#" + bank, Reverse: newest, Cursor: cursor}, limit, disputeItems.is)
	if err != nil {
		return nil, "", err
	}
	var out []*watch.Dispute
	for _, it := range items {
		d, err := disputeItems.decode(it)
		if err != nil {
			return nil, "", err
		}
		out = append(out, d)
	}
	return out, cursor, nil
}
