// Package membership binds people to the accounts that their bank vouches for, and
// lets go of them: one-time codes, leaving, following and blocking on LINE,
// erasure by the bank. It never talks to people or to banks itself: what the
// others are to hear it queues. It never decides what a watcher is told of
// their account.
package membership

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/token"
	"kozamori/internal/watch"
)

// Limits of codes.
const (
	CodeLife  = watch.CodeFor
	MaxWrong  = 5         // wrong codes in a row before a LINE user is locked
	LockedFor = time.Hour // also how long a wrong code is held against them
)

var (
	// ErrCode says that a code binds nothing: unknown, mistyped, withdrawn or
	// used by somebody. Which of them is not said.
	ErrCode = errors.New("membership: not a code that binds anything")
	// ErrExpired says that the code was right and is over.
	ErrExpired = errors.New("membership: the code is over")
	// ErrFull says that the account has all the watchers it can have.
	ErrFull = fmt.Errorf("membership: an account has at most %d watchers", watch.MaxWatchers)
	// ErrNotFound says that the person does not watch such an account.
	ErrNotFound = errors.New("membership: not found")
)

// Locked says that a LINE user tried too many wrong codes and may try again
// at a time.
type Locked struct{ Until time.Time }

func (*Locked) Error() string { return "membership: too many wrong codes" }

// Bound is an account as one of its watchers has it.
type Bound struct {
	Account *watch.Account
	Watcher watch.Watcher
	Already bool // the person watched the account before and gained nothing
}

// GuardianOnly tells whether somebody watches accounts, and none of them is their own.
func GuardianOnly(accounts []Bound) bool {
	return len(accounts) > 0 && !slices.ContainsFunc(accounts, func(b Bound) bool { return b.Watcher.Role != watch.Guardian })
}

// Service binds and unbinds.
type Service struct {
	Store *store.Store
	Keys  *token.Keys
	// Queue takes news for the others of an account, when a guardian comes or
	// goes, and for all of them when their bank has the account forgotten; nil
	// sends no news.
	Queue  queue.Sender
	Policy watch.Policy // what people agree to when they begin
	// EraseLook is how many of a bank's refused events one call looks through for an
	// account that is erased; 0 is eraseLook.
	EraseLook int
	Now       func() time.Time // time.Now if nil
	Logger    *slog.Logger     // slog.Default if nil
}

func (d *Service) now() time.Time {
	if d.Now == nil {
		return time.Now().UTC()
	}
	return d.Now().UTC()
}

func (d *Service) logger() *slog.Logger {
	if d.Logger == nil {
		return slog.Default()
	}
	return d.Logger
}

// alias tells whether it was the same person who used a code, an invitation or
// a nonce, without keeping who it was: they may ask to be forgotten before it
// is over.
func (d *Service) alias(lineUser string) string { return d.Keys.Hash("user", lineUser) }

// Accounts lists the accounts that a LINE user watches, the longest watched
// first.
func (d *Service) Accounts(ctx context.Context, lineUser string) ([]Bound, error) {
	var keys []watch.AccountKey
	for b, err := range d.Store.Bindings(ctx, lineUser) {
		if err != nil {
			return nil, err
		}
		keys = append(keys, b.Account)
	}
	if len(keys) == 0 {
		return nil, nil
	}
	accounts, _, err := d.Store.Accounts(ctx, keys, func(watch.AccountKey) bool { return false })
	if err != nil {
		return nil, err
	}
	var found []*Bound // pointers are sorted by code that every program has
	for _, k := range keys {
		// The account decides: a binding alone gives nothing.
		if a := accounts[k]; a != nil {
			if w, ok := a.WatcherOf(lineUser); ok {
				found = append(found, &Bound{Account: a, Watcher: *w, Already: true})
			}
		}
	}
	slices.SortStableFunc(found, func(x, y *Bound) int { return x.Watcher.Since.Compare(y.Watcher.Since) })
	var out []Bound
	for _, b := range found {
		out = append(out, *b)
	}
	return out, nil
}
