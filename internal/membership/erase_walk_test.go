package membership_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/store"
	"kozamori/internal/testkit/tabletest"
	"kozamori/internal/testkit/worldtest"
)

// A bank's quarantine may be longer than what one call has time for. It is looked
// through in parts, by whatever is due, and in the end nothing names the account.
func TestALongQuarantineIsLookedThroughInParts(t *testing.T) {
	t.Parallel()
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		ctx := context.Background()
		for _, c := range []struct {
			refused, look int
			again         bool // erased once more on the way
		}{{0, 3, false}, {2, 3, false}, {3, 3, false}, {4, 3, false}, {40, 3, false}, {40, 7, true}, {40, 100, false}} {
			clock := worldtest.NewClock(worldtest.Start)
			st := store.New(tabletest.On(t, kind, clock.Now))
			members := &membership.Service{Store: st, Keys: worldtest.Keys(t), Now: clock.Now, EraseLook: c.look}
			refuse := func(n int, ref string) {
				t.Helper()
				if err := st.Write(ctx, store.PutRefused(&store.Refused{ID: fmt.Sprint("q", n, ref), Bank: account.Bank, At: clock.Now(), Raw: `{"account_ref":"` + ref + `"}`})...); err != nil {
					t.Fatal(err)
				}
			}
			left := func(ref string) (n int) {
				t.Helper()
				for r, err := range st.Quarantine(ctx, account.Bank) {
					if err != nil {
						t.Fatal(err)
					}
					if r.Raw == `{"account_ref":"`+ref+`"}` {
						n++
					}
				}
				return n
			}
			others := 0
			for n := range c.refused {
				if refuse(n, account.Ref); n%2 == 0 {
					refuse(n, "acc_other")
					others++
				}
				clock.Add(time.Second)
			}
			if err := members.Erase(ctx, account.Bank, account.Ref); err != nil {
				t.Fatal(err)
			}
			if e, err := st.Erasure(ctx, account); err != nil || (e.Walk != "") != (c.refused+others > c.look) {
				t.Fatalf("%+v: after the call the erasure is %+v, %v", c, e, err)
			}
			refuse(-1, account.Ref) // came in at the same moment
			erased, calls := clock.Now(), 0
			for {
				e, err := st.Erasure(ctx, account)
				if errors.Is(err, store.ErrNotFound) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				if calls++; calls > 200 {
					t.Fatalf("%+v: it does not end: %+v", c, e)
				}
				if c.again && calls == 3 {
					if err := members.Erase(ctx, account.Bank, account.Ref); err != nil {
						t.Fatal(err)
					}
					erased = clock.Now()
				}
				before := left(account.Ref) + left("acc_other")
				if err := members.EraseRest(ctx, account); err != nil {
					t.Fatal(err)
				}
				if gone := before - left(account.Ref) - left("acc_other"); gone > c.look {
					t.Errorf("%+v: one call removed %d", c, gone)
				}
				clock.Add(time.Minute)
			}
			if left(account.Ref) != 0 || left("acc_other") != others {
				t.Errorf("%+v: %d name the account, and %d of %d others are left", c, left(account.Ref), left("acc_other"), others)
			}
			if over := clock.Now().Sub(erased); over < membership.EraseAgain {
				t.Errorf("%+v: it was over after %v", c, over)
			}
		}
	})
}
