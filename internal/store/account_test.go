package store_test

import (
	"errors"
	"testing"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

var watched = watch.AccountKey{Bank: "0125", Ref: "acc_1"}

// withAccount is a store with one account of two watchers.
func withAccount(t *testing.T) *store.Store {
	t.Helper()
	s := store.New(worldtest.Table(t, nil))
	a := &watch.Account{AccountKey: watched, Watchers: []watch.Watcher{{ID: "w1", LineUser: "U1", Role: watch.Owner}, {ID: "w2", LineUser: "U2", Role: watch.Guardian}}}
	if err := s.Write(t.Context(), store.PutAccount(a), store.PutActivity(watched, &watch.Activity{})); err != nil {
		t.Fatal(err)
	}
	return s
}

func version(t *testing.T, s *store.Store) int64 {
	t.Helper()
	a, err := s.Account(t.Context(), watched)
	if err != nil {
		t.Fatal(err)
	}
	return a.Version
}

func TestAnAccountIsReadAgainWhenAnotherWriterCameBetween(t *testing.T) {
	t.Parallel()
	s := withAccount(t)
	tries := 0
	a, err := s.UpdateAccount(t.Context(), watched, func(a *watch.Account) ([]store.Write, error) {
		if tries++; tries == 1 {
			if _, err := s.UpdateAccount(t.Context(), watched, func(a *watch.Account) ([]store.Write, error) {
				a.Mask = "普通 ***4567"
				return nil, nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		a.Watchers[0].Lang = watch.English
		return nil, nil
	})
	if err != nil || tries != 2 || a.Mask == "" || a.Watchers[0].Lang != watch.English || a.Version != version(t, s) {
		t.Errorf("after %d tries %+v, stored at version %d: %v", tries, a, version(t, s), err)
	}
}

func TestAnAccountIsWrittenOnlyIfThereIsSomethingToWrite(t *testing.T) {
	t.Parallel()
	person := store.PutPerson(&store.Person{LineUser: "U3"})
	for name, c := range map[string]struct {
		change func(*watch.Account) ([]store.Write, error)
		writes bool
		err    error
	}{
		"nothing changed": {func(*watch.Account) ([]store.Write, error) { return nil, nil }, false, nil},
		"nothing changed, a check": {func(*watch.Account) ([]store.Write, error) {
			return []store.Write{store.CheckPerson(&store.Person{LineUser: "U3"})}, nil
		}, false, nil},
		"nothing changed, a write": {func(*watch.Account) ([]store.Write, error) { return []store.Write{person}, nil }, true, nil},
		"a change":                 {func(a *watch.Account) ([]store.Write, error) { a.Mask = "x"; return nil, nil }, true, nil},
		"a change that gives up":   {func(a *watch.Account) ([]store.Write, error) { a.Mask = "x"; return nil, errDown }, false, errDown},
		"a change with a check": {func(a *watch.Account) ([]store.Write, error) {
			a.Mask = "x"
			return []store.Write{store.CheckPerson(&store.Person{LineUser: "U3"})}, nil
		}, true, nil},
		"a check that never holds": {func(a *watch.Account) ([]store.Write, error) {
			a.Mask = "x"
			return []store.Write{store.CheckPerson(&store.Person{LineUser: "U3", Version: 7})}, nil
		}, false, store.ErrConflict},
	} {
		t.Run(name, func(t *testing.T) {
			s := withAccount(t)
			before := version(t, s)
			if _, err := s.UpdateAccount(t.Context(), watched, c.change); !errors.Is(err, c.err) {
				t.Errorf("%v, want %v", err, c.err)
			}
			if got := version(t, s) != before; got != c.writes {
				t.Errorf("written %v, want %v", got, c.writes)
			}
		})
	}
}

var errDown = errors.New("down")

func TestAnAccountWithoutWatchersIsForgottenWithItsActivity(t *testing.T) {
	t.Parallel()
	s := withAccount(t)
	if err := s.Write(t.Context(), store.PutBinding("U1", store.Binding{OnAccount: watch.On(watched), Watcher: "w1"})); err != nil {
		t.Fatal(err)
	}
	_, err := s.UpdateAccount(t.Context(), watched, func(a *watch.Account) ([]store.Write, error) {
		a.Watchers = nil
		return []store.Write{store.DeleteBinding("U1", watched)}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Account(t.Context(), watched); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the account: %v", err)
	}
	if act, err := s.Activity(t.Context(), watched); err != nil || act.Version != 0 {
		t.Errorf("its activity %+v, %v", act, err)
	}
	if left, err := store.Collect(s.Bindings(t.Context(), "U1")); err != nil || len(left) != 0 {
		t.Errorf("%d bindings, %v", len(left), err)
	}
	called := false
	_, err = s.UpdateAccount(t.Context(), watched, func(*watch.Account) ([]store.Write, error) { called = true; return nil, nil })
	if called || !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an account without watchers: called %v, %v", called, err)
	}
}

// An account is due when an owner is to be reminded, or when an address that was
// replaced has been kept long enough: at the earlier of the two, and not else.
func TestAnAccountIsDueWhenItIsToBeLookedAt(t *testing.T) {
	t.Parallel()
	s := store.New(worldtest.Table(t, nil))
	at := time.Date(2026, 11, 28, 3, 0, 0, 0, time.UTC)
	k := watch.AccountKey{Bank: "0125", Ref: "acc#1"}
	a := &watch.Account{AccountKey: k, Watchers: []watch.Watcher{{ID: "w1", Role: watch.Owner}, {ID: "w2", Role: watch.Guardian}}}
	for _, c := range []struct {
		name   string
		change func()
		due    time.Time
	}{
		{"nothing waits", func() {}, time.Time{}},
		{"a reminder", func() { a.Watchers[0].RemindAt = at.AddDate(0, 1, 0) }, at.AddDate(0, 1, 0)},
		{"an address that ends before it", func() { a.Watchers[1].Former = []watch.Former{{Kind: watch.Email, Address: "a@example.jp", At: at}} }, at.Add(watch.RestoreFor)},
		{"the address is gone", func() { a.Watchers[1].Former = nil }, at.AddDate(0, 1, 0)},
		{"all is over", func() { a.Watchers[0].RemindAt = time.Time{} }, time.Time{}},
	} {
		c.change()
		if err := s.Write(t.Context(), store.PutAccount(a)); err != nil {
			t.Fatal(err)
		}
		a.Version++
		due, err := s.Waiting(t.Context())
		switch {
		case err != nil:
			t.Fatal(err)
		case c.due.IsZero():
			if len(due) > 0 {
				t.Errorf("%s: %+v", c.name, due)
			}
		case len(due) != 1 || due[0].Account != k || !due[0].Due().Equal(c.due):
			t.Errorf("%s: %+v, want it at %s", c.name, due, c.due)
		}
	}
}
