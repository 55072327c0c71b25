package bankapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/membership"
	"kozamori/internal/problem"
	"kozamori/internal/store"
	"kozamori/internal/testkit/breadth"
	"kozamori/internal/testkit/tabletest"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// renames has an account of ours called by another ref, and wants a status.
func (w *world) renames(ref, by string, want int) map[string]any {
	w.t.Helper()
	status, v := w.call(w.key, "POST", "/v1/banks/0168/accounts/"+ref+"/refs", fmt.Sprintf(`{"account_ref":%q}`, by))
	if status != want {
		w.t.Errorf("%s becomes %s: %d %v, want %d", ref, by, status, v, want)
	}
	return v
}

// An account keeps all that is known of it when its bank calls it otherwise, and is
// found by each of its refs; the bank is told of it by the present one.
func TestAnAccountThatIsCalledOtherwiseKeepsAllThatIsKnownOfIt(t *testing.T) {
	t.Parallel()
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		w := newWorldOn(t, kind)
		bound := w.bound()
		send := w.bankSends()
		send(ours, http.StatusAccepted, w.said("a", "debit", "t1", "acc_8f3k", time.Hour, 5000, ""))
		send(ours, http.StatusUnprocessableEntity, w.said("bad", "debit", "t1", "acc_8f3k", time.Hour, -5, ""))
		d := w.disputed(bound, "t9")
		early, _ := w.call(w.key, "POST", "/v1/banks/0168/codes", `{"account_ref":"acc_new"}`) // before it is the same account
		got := w.renames("acc_8f3k", "acc_new", 200)
		if diff := cmp.Diff("acc_new", got["account_ref"]); diff != "" || len(got["refs"].([]any)) != 2 || early != 201 {
			t.Errorf("%v", got)
		}
		send(ours, http.StatusAccepted, w.said("late", "debit.reversed", "t1", "acc_8f3k", time.Minute, 1000, ""))
		send(ours, http.StatusAccepted, w.said("b", "debit.reversed", "t1", "acc_new", 0, 2000, ""), w.said("c", "debit", "t2", "acc_new", 0, 700, ""))
		send(ours, http.StatusUnprocessableEntity, w.said("worse", "debit", "t1", "acc_new", time.Hour, -5, ""))
		for _, ref := range []string{"acc_8f3k", "acc_new"} {
			of := "/v1/banks/0168/accounts/" + ref
			ask := func(path, key string) []any {
				t.Helper()
				status, v := w.call(w.key, "GET", path, "")
				if status != 200 || strings.Contains(path, "/accounts/") && v["account_ref"] != "acc_new" {
					t.Errorf("%s: %d %v", path, status, v)
				}
				list, _ := v[key].([]any)
				return list
			}
			for path, key := range map[string]string{of + "/watchers": "watchers", of + "/codes": "codes", of + "/trail": "steps", of + "/refs": "refs", of + "/erasure": ""} {
				want := map[string]int{"watchers": 1, "codes": 2, "steps": 3, "refs": 2}[key]
				if list := ask(path, key); len(list) != want {
					t.Errorf("%s: %v, want %d", path, list, want)
				}
			}
			_, v := w.call(w.key, "GET", "/v1/banks/0168/events?transaction_id=t1&account_ref="+ref, "")
			for _, e := range v["events"].([]any) {
				e := e.(map[string]any)
				if want := map[bool]any{true: "acc_new", false: e["account_ref"]}[e["outcome"] != "refused"]; e["account_ref"] != want {
					t.Errorf("an event of another name: %v", e)
				}
			}
			if n := len(v["events"].([]any)); n != 5 {
				t.Errorf("by %s: %d events: %s", ref, n, outcomes(v))
			}
			if _, v := w.call(w.key, "GET", "/v1/banks/0168/events/b?account_ref="+ref, ""); len(v["events"].([]any)) != 1 {
				t.Errorf("the event by %s: %v", ref, v)
			}
			list := ask("/v1/banks/0168/disputes?account_ref="+ref, "disputes")
			if len(list) != 1 || list[0].(map[string]any)["account_ref"] != "acc_new" {
				t.Errorf("disputes by %s: %v", ref, list)
			}
		}
		if _, v := w.call(w.key, "GET", "/v1/banks/0168/disputes/"+d.ID, ""); v["account_ref"] != "acc_new" {
			t.Errorf("the dispute is of %v", v["account_ref"])
		}
		w.renames("acc_new", "acc_8f3k", 200) // back to the first one
		w.renames("acc_8f3k", "acc_third", 200)
		send(ours, http.StatusAccepted, w.said("d", "debit.reversed", "t2", "acc_third", 0, 700, ""))
		if _, v := w.call(w.key, "GET", "/v1/banks/0168/events?transaction_id=t2&account_ref=acc_new", ""); len(v["events"].([]any)) != 2 {
			t.Errorf("after two more: %s", outcomes(v))
		}
	})
}

// What a replacement would mix up is refused, and changes nothing.
func TestARefThatNamesAnotherAccountReplacesNone(t *testing.T) {
	t.Parallel()
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		w := newWorldOn(t, kind)
		w.bound()
		bind := func(ref string) {
			t.Helper()
			_, v := w.call(w.key, "POST", "/v1/banks/0168/codes", fmt.Sprintf(`{"account_ref":%q}`, ref))
			if _, err := w.members.Redeem(t.Context(), neighbour, v["code"].(string), watch.Japanese); err != nil {
				t.Fatal(err)
			}
		}
		bind("acc_watched")
		bind("acc_left")
		if _, err := w.members.Unbind(t.Context(), neighbour, watch.AccountKey{Bank: ours, Ref: "acc_left"}, watch.WayChat); err != nil {
			t.Fatal(err)
		}
		w.renames("acc_x", "acc_y", 200)
		w.renames("acc_8f3k", "acc_2", 200)
		for _, c := range []struct {
			ref, by string
			status  int
			code    problem.Code
		}{
			{"acc_2", "acc_watched", 409, problem.RefTaken},
			{"acc_2", "acc_left", 409, problem.RefTaken}, // it was watched
			{"acc_2", "acc_x", 409, problem.RefTaken},
			{"acc_2", "acc_y", 409, problem.RefTaken},
			{"acc_y", "acc_2", 409, problem.RefTaken},
			{"acc_y", "acc_8f3k", 409, problem.RefTaken},
			{"acc_8f3k", "acc_3", 409, problem.RefReplaced},
			{"acc_8f3k", "acc_2", 200, ""}, // the same again
			{"acc_2", "acc_2", 200, ""},
			{"acc_2", "", 422, problem.Invalid},
			{"acc_2", "acc 3", 422, problem.Invalid},
			{"acc_2", strings.Repeat("a", watch.MaxRef+1), 422, problem.Invalid},
		} {
			v := w.renames(c.ref, c.by, c.status)
			if c.code != "" && v["code"] != string(c.code) {
				t.Errorf("%s becomes %s: %v", c.ref, c.by, v)
			}
			if c.code == problem.RefReplaced && v["present"] != "acc_2" {
				t.Errorf("%v", v)
			}
			if _, v := w.call(w.key, "GET", "/v1/banks/0168/accounts/acc_8f3k/refs", ""); v["account_ref"] != "acc_2" || len(v["refs"].([]any)) != 2 {
				t.Errorf("after %s and %s: %v", c.ref, c.by, v)
			}
		}
		again := func(key, ref, by string) (int, map[string]any) {
			t.Helper()
			rec := w.asked("POST", "/accounts/"+ref+"/refs", fmt.Sprintf(`{"account_ref":%q}`, by), "Idempotency-Key", key)
			var v map[string]any
			if err := json.Unmarshal(rec.Body.Bytes(), &v); err != nil {
				t.Fatal(err)
			}
			return rec.Code, v
		}
		for _, c := range []struct {
			key, ref, by string
			status       int
			now          any
		}{{"k1", "acc_2", "acc_3", 200, "acc_3"}, {"k2", "acc_3", "acc_2", 200, "acc_2"}, {"k1", "acc_2", "acc_3", 200, "acc_2"}, {"k1", "acc_2", "acc_4", 409, nil}} {
			if status, v := again(c.key, c.ref, c.by); status != c.status || v["account_ref"] != c.now {
				t.Errorf("%+v: %d %v", c, status, v)
			}
		}
	})
}

// A process dies after any of its writes, or what it wrote is not known to it, and the
// bank asks again: the account has the new ref, once.
func TestAReplacementIsDoneOnceWheneverItsProcessDies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bound()
	table := &dying{Table: w.store.Table}
	w.store.Table = table
	was := worldtest.Bytes(t, w.file)
	for n := int64(0); ; n++ {
		table.left.Store(n)
		_, _ = w.members.Replace(t.Context(), ours, membership.Replacement{Ref: "acc_8f3k", By: "acc_2"})
		whole := table.left.Load() >= 0
		table.left.Store(1 << 30)
		names, err := w.store.Names(t.Context(), watch.AccountKey{Bank: ours, Ref: "acc_8f3k"})
		if a, e := w.store.Account(t.Context(), watch.AccountKey{Bank: ours, Ref: names.Now()}); err != nil || e != nil || len(a.Watchers) != 1 {
			t.Fatalf("dead after %d writes: %v %v %v", n, names, err, e)
		}
		names, err = w.members.Replace(t.Context(), ours, membership.Replacement{Ref: "acc_8f3k", By: "acc_2"})
		if err != nil || len(names.Later) != 1 || names.Now() != "acc_2" {
			t.Fatalf("dead after %d writes, again: %v %v", n, names, err)
		}
		steps, err := store.Collect(w.store.Trail(t.Context(), account))
		if n := len(slices.DeleteFunc(steps, func(s *watch.Step) bool { return s.Kind != watch.StepReplaced })); err != nil || n != 1 {
			t.Errorf("%d steps of the trail, %v", n, err)
		}
		if whole {
			break
		}
		worldtest.Restore(t, w.file, was)
	}
}

// Whatever accounts take, leave and lend each other's refs at one time, no ref leads to
// two accounts, and none to a ref that leads further.
func TestForwardsNeverLeadToForwards(t *testing.T) {
	t.Parallel()
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		seeds := uint64(breadth.Of(12, 40))
		if kind != tabletest.Embedded {
			seeds = 4
		}
		for seed := range seeds {
			r := rand.New(rand.NewPCG(seed, 3))
			w := newWorldOn(t, kind)
			codes := map[string]string{}
			refs := []string{"acc_a", "acc_b", "acc_c", "acc_d"}
			for _, ref := range refs {
				i, err := w.members.Issue(t.Context(), ours, membership.CodeRequest{AccountRef: ref})
				if err != nil {
					t.Fatal(err)
				}
				codes[ref] = i.Code
			}
			var wg sync.WaitGroup
			for i := range 10 {
				ref, by, bind := refs[r.IntN(4)], refs[r.IntN(4)], r.IntN(4) == 0
				wg.Go(func() {
					var err error
					if bind {
						_, err = w.members.Redeem(context.Background(), fmt.Sprint(person[:30], seed, i), codes[ref], watch.Japanese)
					} else {
						_, err = w.members.Replace(context.Background(), ours, membership.Replacement{Ref: ref, By: by})
					}
					if err != nil && !slices.ContainsFunc([]error{membership.ErrRefOld, membership.ErrRefTaken, membership.ErrCode, store.ErrConflict}, func(e error) bool { return errors.Is(err, e) }) {
						t.Errorf("seed %d: %v", seed, err)
					}
				})
			}
			wg.Wait()
			for _, ref := range refs {
				k := watch.AccountKey{Bank: ours, Ref: ref}
				f, err := w.store.Forward(t.Context(), k)
				if errors.Is(err, store.ErrNotFound) {
					continue
				}
				names, nerr := w.store.Names(t.Context(), k)
				if err != nil || nerr != nil || names.Account.Ref != f.To || !slices.Contains(names.Refs(), ref) {
					t.Fatalf("seed %d: %s: %+v %+v %v %v", seed, ref, f, names, err, nerr)
				}
				if _, err := w.store.Forward(t.Context(), names.Account); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("seed %d: %s leads to %s, which leads further", seed, ref, f.To)
				}
			}
		}
	})
}

// A bank erases an account by any of its refs, and nothing of it is left under any; it
// still finds the disputes by each, and a customer who comes back is told again.
func TestAnAccountIsErasedByAnyOfItsRefs(t *testing.T) {
	t.Parallel()
	for _, by := range []string{"acc_8f3k", "acc_2", "acc_3"} {
		t.Run(by, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			code := func(ref string) string {
				_, v := w.call(w.key, "POST", "/v1/banks/0168/codes", fmt.Sprintf(`{"account_ref":%q,"keep_others":true,"email":"kept@example.jp"}`, ref))
				return v["code"].(string)
			}
			code("acc_3") // it is made before the ref is another account's
			b := w.bound()
			send := w.bankSends()
			send(ours, http.StatusAccepted, w.said("a", "debit", "t1", "acc_8f3k", time.Hour, 5000, ""))
			w.disputed(b, "t9")
			w.renames("acc_8f3k", "acc_2", 200)
			send(ours, http.StatusUnprocessableEntity, w.said("bad", "debit", "t1", "acc_2", time.Hour, -5, ""))
			w.renames("acc_2", "acc_3", 200)
			code("acc_2")
			if status, v := w.call(w.key, "DELETE", "/v1/banks/0168/accounts/"+by, ""); status != 204 {
				t.Fatalf("%d %v", status, v)
			}
			rest := func() {
				t.Helper()
				w.Add(membership.EraseAgain + time.Minute)
				for range 2 {
					if err := w.members.EraseRest(t.Context(), account); err != nil {
						t.Fatal(err)
					}
				}
			}
			rest()
			for k, v := range w.everything() {
				for _, kind := range []string{"R#", "C#", "Q#", "E#", "U#"} {
					if strings.HasPrefix(k, kind) && strings.Contains(k+v, "acc_") || strings.Contains(v, "kept@example.jp") {
						t.Errorf("is left: %s %s", k, v)
					}
				}
			}
			found := func(ref string) int {
				_, v := w.call(w.key, "GET", "/v1/banks/0168/disputes?account_ref="+ref, "")
				return len(v["disputes"].([]any))
			}
			for _, ref := range []string{"acc_8f3k", "acc_2", "acc_3"} {
				if n := found(ref); n != 1 {
					t.Errorf("%d disputes by %s", n, ref)
				}
			}
			names, err := w.store.Names(t.Context(), watch.AccountKey{Bank: ours, Ref: by})
			if err != nil || names.Now() != "acc_3" || !names.Expires.After(w.Now().Add(store.KeepDispute-time.Hour)) {
				t.Fatalf("%+v %v", names, err)
			}
			if _, err := w.members.Redeem(t.Context(), person, code(by), watch.Japanese); err != nil {
				t.Fatal(err)
			}
			w.Add(store.KeepDispute + time.Hour)
			send(ours, http.StatusAccepted, w.said("z", "debit", "t7", "acc_3", 0, 5000, ""))
			if _, v := w.call(w.newKey(ours, time.Time{}), "GET", "/v1/banks/0168/events/z", ""); v["events"] == nil {
				t.Errorf("who came back is not told of acc_3: %v", v)
			}
		})
	}
}

// Of an account that was erased for good nothing is left once its disputes are gone.
func TestTheNamesOfAnErasedAccountEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bound()
	w.renames("acc_8f3k", "acc_2", 200)
	w.call(w.key, "DELETE", "/v1/banks/0168/accounts/acc_2", "")
	w.Add(membership.EraseAgain + time.Minute)
	if err := w.members.EraseRest(t.Context(), account); err != nil {
		t.Fatal(err)
	}
	w.Add(store.KeepDispute + 24*time.Hour)
	items, err := w.store.Get(t.Context(), store.Key{PK: "A#0168#acc_2", SK: "PROFILE"}, store.Key{PK: "NAMES#0168#acc_8f3k", SK: "NAMES"})
	if err != nil || len(items) != 0 {
		t.Errorf("%v %v", items, err)
	}
}

// A file of a night tells of rows that an earlier one told of, by the ref of before: they
// are the same debits.
func TestRowsOfAStatementAreTheSameByEachRef(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	txns := func(more string, rows ...string) (out []string) {
		t.Helper()
		body := anser(100_000, rows...)
		if status, v := w.send(body, len(rows), more); status != 202 || v["refused"] != 0.0 {
			t.Fatalf("%s: %d %v", more, status, v)
		}
		for _, e := range w.events() {
			out = append(out, e.TransactionID)
		}
		return out
	}
	was := txns("&account_ref=acc_1", "24 2 3000 PAYPAY", "24 2 3000 PAYPAY")
	w.renames("acc_1", "acc_2", 200)
	is := txns("&account_ref=acc_2", "24 2 3000 PAYPAY", "24 2 3000 PAYPAY", "24 2 700 PAYPAY")
	if len(is) != 3 || !slices.Equal(is[:2], was) {
		t.Errorf("%v, were %v", is, was)
	}
	if other := txns("&account_ref=acc_3", "24 2 3000 PAYPAY"); slices.Contains(was, other[0]) {
		t.Error("another account's row is the same")
	}
}
