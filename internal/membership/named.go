package membership

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

var (
	// ErrRefTaken says that a ref names, or named, another account.
	ErrRefTaken = errors.New("membership: the ref is another account's")
	// ErrRefOld says that a ref was replaced already, so that it cannot be replaced.
	ErrRefOld = errors.New("membership: the ref was replaced by another one")
	// ErrRefMany says that the ref of an account was replaced store.MaxNames times.
	ErrRefMany = errors.New("membership: the ref was replaced too often")
)

// Replacement is what a bank says when it calls an account by another ref.
type Replacement struct {
	Ref, By string
	// IdempotencyKey is the bank's own name of the request, optional.
	IdempotencyKey string
}

// Replace makes a ref the one by which a bank calls an account from now on: the
// account keeps its watchers and all that is known of it, and its earlier refs lead to
// it still. The account need not be watched. It is one transaction: the same again
// changes nothing. A *watch.FieldError says what cannot be taken; ErrRefTaken,
// ErrRefOld, ErrRefMany, ErrOtherRequest.
func (d *Service) Replace(ctx context.Context, bank string, r Replacement) (*store.Names, error) {
	if fe := watch.CheckRef("account_ref", r.By); fe != nil {
		return nil, fe
	}
	var request string
	if r.IdempotencyKey != "" {
		request = d.Keys.Hash("replacement", bank+"\x00"+r.IdempotencyKey)
	}
	by := watch.AccountKey{Bank: bank, Ref: r.By}
	var names *store.Names
	err := store.Retry(ctx, func() (err error) {
		if names, err = d.Store.Names(ctx, watch.AccountKey{Bank: bank, Ref: r.Ref}); err != nil {
			return err
		}
		for _, n := range names.Later {
			if request != "" && n.Request == request {
				if n.Ref != r.By {
					return ErrOtherRequest
				}
				return nil // it was done, whatever the ref has become since
			}
		}
		switch {
		case names.Now() == r.By:
			return nil
		case names.Now() != r.Ref:
			return ErrRefOld
		case len(names.Later) >= store.MaxNames:
			return ErrRefMany
		}
		checks, err := d.free(ctx, names, by)
		if err != nil {
			return err
		}
		switch known, err := d.Store.Renames(ctx, bank); {
		case err != nil:
			return err
		case !known:
			if err := d.Store.Write(ctx, store.PutRenames(bank)); err != nil {
				return err
			}
		}
		writes := store.ReplaceName(names, store.Name{Ref: r.By, Since: d.now().Truncate(time.Millisecond), Request: request})
		writes = append(writes, d.Store.PutStep(d.replaced(names.Account)))
		if err := d.Store.Write(ctx, append(writes, checks...)...); err != nil {
			return err
		}
		names, err = d.Store.Names(ctx, names.Account)
		return err
	})
	return names, err
}

// replaced is the step of the trail that says that a bank calls an account otherwise.
func (d *Service) replaced(k watch.AccountKey) *watch.Step {
	s := d.step(k, watch.StepReplaced, &watch.Watcher{}, watch.WayBank)
	s.Of, s.OfRole = "", ""
	return s
}

// free is ErrRefTaken if a ref is none of an account's, and names or named another: it
// is watched, was replaced or took the place of one, or has a trail or records. The
// checks it returns keep forwards from leading to forwards: that the ref's own is not
// replaced meanwhile, nor that of the account becomes a later one of another.
func (d *Service) free(ctx context.Context, of *store.Names, k watch.AccountKey) ([]store.Write, error) {
	if slices.Contains(of.Refs(), k.Ref) {
		return nil, nil
	}
	switch _, err := d.Store.Account(ctx, k); {
	case err == nil:
		return nil, ErrRefTaken
	case !errors.Is(err, store.ErrNotFound):
		return nil, err
	}
	other, err := d.Store.Names(ctx, k)
	if err != nil {
		return nil, err
	}
	if other.Account != k || other.Version > 0 {
		return nil, ErrRefTaken
	}
	steps, _, err := d.Store.TrailPage(ctx, k, 1, "")
	if err != nil {
		return nil, err
	}
	records, err := store.First(d.Store.AllRecords(ctx, k, time.Time{}, time.Time{}), 1)
	if err != nil {
		return nil, err
	}
	if len(steps)+len(records) > 0 {
		return nil, ErrRefTaken
	}
	checks := []store.Write{store.CheckNames(other)}
	if of.Version == 0 {
		a, err := d.account(ctx, of.Account)
		if err != nil {
			return nil, err
		}
		if a.AccountKey != of.Account { // it became a later ref of another since its names were read
			return nil, &store.ConditionError{}
		}
		checks = append(checks, store.CheckAccount(a))
	}
	return checks, nil
}

// keepNames are the writes by which the names of an account that begins to be watched
// stay: an erasure may be about to have them forgotten.
func (d *Service) keepNames(ctx context.Context, k watch.AccountKey) ([]store.Write, error) {
	names, err := d.Store.Names(ctx, k)
	if err != nil || names.Version == 0 {
		return nil, err
	}
	if !names.Expires.IsZero() {
		writes, err := d.Store.KeepNames(ctx, names, time.Time{})
		if err == nil {
			err = d.Store.Write(ctx, writes...)
		}
		if err != nil {
			return nil, err
		}
		names.Version++
	}
	return []store.Write{store.CheckNames(names)}, nil
}

// byFirst names accounts by their first refs, under which what is about them is kept.
func (d *Service) byFirst(ctx context.Context, bank string, accounts []tickedAccount) error {
	keys := make([]watch.AccountKey, len(accounts))
	for i, x := range accounts {
		keys[i] = watch.AccountKey{Bank: bank, Ref: x.Ref}
	}
	first, err := d.Store.First(ctx, keys...)
	if err != nil {
		return err
	}
	for i := range accounts {
		accounts[i].Ref = first[keys[i]].Ref
		if slices.ContainsFunc(accounts[:i], func(x tickedAccount) bool { return x.Ref == accounts[i].Ref }) {
			return &watch.FieldError{Field: fmt.Sprintf("accounts[%d].account_ref", i), Problem: "stands twice"}
		}
	}
	return nil
}

// called names the accounts of enrolments as their bank calls them at present.
func (d *Service) called(ctx context.Context, bank string, list []*Enrolment) error {
	var keys []watch.AccountKey
	for _, e := range list {
		for _, ref := range e.Accounts {
			keys = append(keys, watch.AccountKey{Bank: bank, Ref: ref})
		}
	}
	if len(keys) == 0 {
		return nil
	}
	first, err := d.Store.First(ctx, keys...)
	if err != nil {
		return err
	}
	for i, k := range keys {
		keys[i] = first[k]
	}
	now, err := d.Store.Called(ctx, keys...)
	if err != nil {
		return err
	}
	for _, e := range list {
		for i := range e.Accounts {
			e.Accounts[i] = now[keys[0]].Now()
			keys = keys[1:]
		}
	}
	return nil
}

// listed tells whether an account stands in a list: as one of two refs, if one took the
// other's place since the list was made.
func listed(list []Bound, a *watch.Account) bool {
	return slices.ContainsFunc(list, func(b Bound) bool { return b.Account.AccountKey == a.AccountKey })
}

// forgetNames are the writes by which the names of an account that was erased go once
// no dispute of it is left that its bank could look for by one of them: unless it is
// watched again.
func (d *Service) forgetNames(ctx context.Context, names *store.Names, now time.Time) ([]store.Write, error) {
	if names.Version == 0 {
		return nil, nil
	}
	switch _, err := d.Store.Account(ctx, names.Account); {
	case errors.Is(err, store.ErrNotFound):
		writes, err := d.Store.KeepNames(ctx, names, now.Add(d.Store.KeepDispute))
		return append(writes, store.CheckAccount(&watch.Account{AccountKey: names.Account})), err
	default:
		return nil, err
	}
}

// namesAny tells whether a refused body names an account by any of its refs.
func namesAny(raw string, of *store.Names) bool {
	return slices.ContainsFunc(of.Refs(), func(ref string) bool { return names(raw, ref) })
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
