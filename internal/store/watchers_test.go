package store_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/store"
	"kozamori/internal/testkit/tabletest"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// listed is what the pages of a bank's watchers hold: per person the refs, in order.
func listed(t *testing.T, s *store.Store, bank string, limit int) map[string]string {
	t.Helper()
	out := map[string]string{}
	for part := range store.WatcherParts {
		for after := ""; ; {
			people, next, err := s.BankWatchers(t.Context(), bank, part, after, limit)
			if err != nil {
				t.Fatal(err)
			}
			if len(people) > limit || next != "" && len(people) != limit {
				t.Fatalf("a page of %d, %d wanted, next %q", len(people), limit, next)
			}
			for _, p := range people {
				var refs []string
				for _, b := range p.Bindings {
					if b.Account.Bank != bank {
						t.Errorf("an account of %s", b.Account.Bank)
					}
					refs = append(refs, b.Account.Ref+" as "+b.Watcher)
				}
				if _, twice := out[p.LineUser]; twice || p.LineUser <= after {
					t.Errorf("%s is listed twice, or before %q", p.LineUser, after)
				}
				out[p.LineUser] = strings.Join(refs, ", ")
			}
			if after = next; next == "" {
				break
			}
		}
	}
	return out
}

// Whatever people bind and unbind, the pages list each of them once with all of their
// accounts at the bank, at any size of a page.
func TestABanksWatchersAreListedOnceEach(t *testing.T) {
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		s := store.New(tabletest.On(t, kind, time.Now))
		rnd := rand.New(rand.NewPCG(19, 2))
		want := map[string]map[string]map[string]string{"0125": {}, "0168": {}} // bank, person, ref
		for range 300 {
			// One's id may begin with another's.
			bank, who, ref := []string{"0125", "0168"}[rnd.IntN(2)], fmt.Sprint("U", rnd.IntN(60)), fmt.Sprint("acc_", rnd.IntN(9))
			if rnd.IntN(8) == 0 {
				who = "mail-" + who
			}
			k := watch.AccountKey{Bank: bank, Ref: ref}
			if want[bank][who] == nil {
				want[bank][who] = map[string]string{}
			}
			if rnd.IntN(3) == 0 {
				delete(want[bank][who], ref)
				if err := s.Write(t.Context(), store.DeleteBinding(who, k)); err != nil {
					t.Fatal(err)
				}
				continue
			}
			as := fmt.Sprint("w", rnd.IntN(3))
			want[bank][who][ref] = ref + " as " + as
			if err := s.Write(t.Context(), store.PutBinding(who, store.Binding{OnAccount: watch.On(k), Watcher: as})); err != nil {
				t.Fatal(err)
			}
		}
		for bank, people := range want {
			is := map[string]string{}
			for who, refs := range people {
				if len(refs) > 0 {
					is[who] = strings.Join(slices.Sorted(maps.Values(refs)), ", ")
				}
			}
			for _, limit := range []int{1, 2, 7, store.MaxWatchersPage} {
				if d := cmp.Diff(is, listed(t, s, bank, limit)); d != "" {
					t.Errorf("%s, pages of %d (-want +got):\n%s", bank, limit, d)
				}
			}
		}
	})
}

// What is listed is true once it was read: who left, whose account is gone or cannot
// be read is left out, and keeps no one else out.
func TestOnlyWhoWatchesNowIsRead(t *testing.T) {
	t.Parallel()
	w := worldtest.New(t)
	s := w.Store
	bind := func(who, ref, as string) {
		w.Put(store.PutBinding(who, store.Binding{OnAccount: watch.On(watch.AccountKey{Bank: "0125", Ref: ref}), Watcher: as}))
	}
	k := func(ref string) watch.AccountKey { return watch.AccountKey{Bank: "0125", Ref: ref} }
	w.Put(store.PutAccount(worldtest.Account(k("a"), worldtest.Owner("w1", "U1"), worldtest.Guardian("w2", "U2"))),
		store.PutAccount(worldtest.Account(k("b"), worldtest.Owner("w1", "U1"))),
		store.Write{Item: store.Item{Key: store.Key{PK: "A#0125#bad", SK: "PROFILE"}, Body: []byte(`{"watchers":7}`)}, If: store.Any})
	for ref, as := range map[string]string{"a": "w1", "b": "w1", "gone": "w1", "bad": "w1"} {
		bind("U1", ref, as)
	}
	bind("U2", "a", "w2")
	bind("U3", "a", "w3") // left: the index lags behind
	bind("U4", "a", "w1") // another's
	var people []store.BankWatcher
	for part := range store.WatcherParts {
		page, _, err := s.BankWatchers(t.Context(), "0125", part, "", 10)
		if err != nil {
			t.Fatal(err)
		}
		people = append(people, page...)
	}
	watches, err := s.Watches(t.Context(), people)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for who, all := range watches {
		for _, one := range all {
			got[who] += one.Account.Ref + " as " + one.As.ID + " "
		}
	}
	if d := cmp.Diff(map[string]string{"U1": "a as w1 b as w1 ", "U2": "a as w2 "}, got); d != "" {
		t.Error(d)
	}
}

// A binding of the version before is listed once it was settled, and keeps what it held.
func TestABindingOfBeforeIsSettled(t *testing.T) {
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		s := store.New(tabletest.On(t, kind, time.Now))
		k := store.Key{PK: "U#U1", SK: "A#0125#acc_1"}
		before := func() {
			w := store.Write{Item: store.Item{Key: k, Body: []byte(`{"account":{"bank":"0125","ref":"acc_1"},"watcher":"w1","known_later":7}`)}, If: store.Any}
			if err := s.Write(t.Context(), w, store.PutPerson(&store.Person{LineUser: fmt.Sprint("U", time.Now().UnixNano())})); err != nil {
				t.Fatal(err)
			}
		}
		settle := func(k store.Key) bool {
			yes, err := s.SettleBinding(t.Context(), k)
			if err != nil {
				t.Fatal(err)
			}
			return yes
		}
		before()
		if got := listed(t, s, "0125", 10); len(got) != 0 {
			t.Fatalf("it is listed before: %v", got)
		}
		for range 2 { // the second time after a version before wrote it again
			if !settle(k) || settle(k) {
				t.Error("it is not settled, or once more")
			}
			if got := listed(t, s, "0125", 10); got["U1"] != "acc_1 as w1" {
				t.Errorf("settled: %v", got)
			}
			items, err := s.Get(t.Context(), k)
			if err != nil || !strings.Contains(string(items[k].Body), `"known_later":7`) {
				t.Errorf("%s %v", items[k].Body, err)
			}
			before()
		}
		for _, k := range []store.Key{{PK: "U#U1", SK: "PERSON"}, {PK: "U#U2", SK: "A#0125#acc_1"}, {PK: "A#0125#acc_1", SK: "PROFILE"}, {PK: "U#U1", SK: "A#0125#acc_1#later"}} {
			if settle(k) {
				t.Errorf("%v was settled", k)
			}
		}
	})
}

func TestABanksWatchersAreSpread(t *testing.T) {
	t.Parallel()
	var parts [store.WatcherParts]int
	for i := range 16_000 {
		parts[store.WatcherPart(fmt.Sprintf("U%032x", i*7919))]++
	}
	for part, n := range parts {
		if n < 800 || n > 1200 {
			t.Errorf("part %d has %d of 16,000", part, n)
		}
	}
}
