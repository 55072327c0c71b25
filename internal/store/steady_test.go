package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// Where no other process writes, an account that nobody wrote is not read again; one that
// was changed, erased, or watched anew after that is.
func TestWatchedReadsWhatWasWrittenAndNothingElse(t *testing.T) {
	t.Parallel()
	w := worldtest.New(t)
	k := watch.AccountKey{Bank: "0125", Ref: "acc_1"}
	other := watch.AccountKey{Bank: "0125", Ref: "acc_2"}
	filters := store.NewPrefilters(1 << 20)
	looks := func(activity bool) (*store.Watched, int) {
		t.Helper()
		w.Table.Taken()
		as, _, err := w.Store.Watched(t.Context(), filters, []watch.AccountKey{k}, func(watch.AccountKey) bool { return activity })
		if err != nil {
			t.Fatal(err)
		}
		reads := strings.Fields(w.Table.Taken())
		return as[k], len(slices.DeleteFunc(reads, func(keys string) bool { return keys == "0" }))
	}
	put := func(amount int64) {
		a := worldtest.Account(k, worldtest.Owner("w1", "U1", worldtest.ByLINE))
		a.Watchers[0].Rules.AnyDebit = amount
		if old, err := w.Store.Account(t.Context(), k); err == nil {
			a.Version = old.Version
		}
		w.Put(store.PutAccount(a))
	}
	is := func(what string, a *store.Watched, n, wantReads int, tells int64) {
		t.Helper()
		if n != wantReads {
			t.Errorf("%s: %d reads, want %d", what, n, wantReads)
		}
		if tells == 0 {
			if a != nil {
				t.Errorf("%s: somebody watches it", what)
			}
			return
		}
		if a == nil || !a.Prefilter.Passes(tells, false, "") || a.Prefilter.Passes(tells-1, false, "") {
			t.Fatalf("%s: %+v does not tell of %d alone", what, a, tells)
		}
		whole, err := a.Account(t.Context(), w.Store)
		if err != nil || whole.Watchers[0].Rules.AnyDebit != tells {
			t.Errorf("%s: the account is %+v, %v", what, whole, err)
		}
	}
	a, n := looks(false)
	is("nobody watches it", a, n, 1, 0)
	put(5000)
	a, n = looks(false)
	is("it is watched", a, n, 1, 5000)
	a, n = looks(false)
	is("it is the same", a, n, 0, 5000)
	a, n = looks(true)
	is("its activity is asked for", a, n, 1, 5000)
	put(7000)
	a, n = looks(false)
	is("it was changed", a, n, 1, 7000)
	w.Put(store.PutAccount(worldtest.Account(other, worldtest.Owner("w1", "U1", worldtest.ByLINE))))
	a, n = looks(false)
	is("another was written", a, n, 0, 7000)
	old, err := w.Store.Account(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	kept, n := looks(false)
	w.Put(store.DeleteAccount(old))
	if _, err := kept.Account(t.Context(), w.Store); n != 0 || !errors.Is(err, store.ErrNotFound) {
		t.Errorf("it is erased since it was found unwritten: %d reads, %v", n, err)
	}
	a, n = looks(false)
	is("it was erased", a, n, 1, 0)
	put(9000) // at version 1 again
	a, n = looks(false)
	is("it is watched anew", a, n, 1, 9000)
}
