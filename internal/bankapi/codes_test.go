package bankapi_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"kozamori/internal/testkit/breadth"
	"kozamori/internal/testkit/tabletest"
	"kozamori/internal/watch"
)

// seeds is how many stories are tried of each store.
func seeds() uint64 {
	if breadth.Whole() {
		return 12
	}
	return 3
}

// What a bank's retries may do: whichever requests for codes come again under their
// names, late and in any order, a code that ended, because it was cancelled or another
// took its place, binds no customer.
func TestACodeThatEndedBindsNobodyWhicheverRequestComesAgain(t *testing.T) {
	t.Parallel()
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		for seed := range seeds() {
			chance := rand.New(rand.NewPCG(seed, 1))
			w := newWorldOn(t, kind)
			type made struct {
				code string
				ends time.Time
			}
			known, kept := map[int]*made{}, func(name int) bool { return name%2 == 1 }
			var did []string
			for range 12 {
				w.Add(time.Duration(chance.IntN(4)) * time.Minute)
				name := chance.IntN(5)
				did = append(did, fmt.Sprint(w.Now().Format("15:04 "), name))
				if m := known[name]; m != nil && chance.IntN(3) == 0 { // it is cancelled, if it is open
					did[len(did)-1] += " cancelled"
					ends := m.ends
					_, v := w.call(w.key, "GET", "/v1/banks/0168/accounts/acc_8f3k/codes", "")
					for _, c := range v["codes"].([]any) {
						c := c.(map[string]any)
						if at, err := time.Parse(time.RFC3339, c["expires_at"].(string)); err != nil || !at.Equal(ends) || at.Before(w.Now()) {
							continue
						}
						if status, _ := w.call(w.key, "DELETE", "/v1/banks/0168/accounts/acc_8f3k/codes/"+c["code_id"].(string), ""); status != 204 {
							t.Fatalf("%q: %d", did, status)
						}
						for _, other := range known { // of two that end in one second both are withdrawn
							if other.ends.Equal(ends) {
								other.ends = w.Now()
							}
						}
					}
					continue
				}
				rec := w.asked("POST", "/codes", fmt.Sprintf(`{"account_ref":"acc_8f3k","keep_others":%v}`, kept(name)), "Idempotency-Key", fmt.Sprint("req-", name))
				var v map[string]any
				if err := json.Unmarshal(rec.Body.Bytes(), &v); err != nil || rec.Code != 201 {
					t.Fatalf("%q: %d %v", did, rec.Code, err)
				}
				code, ends := v["code"].(string), v["expires_at"].(string)
				at, err := time.Parse(time.RFC3339, ends)
				if err != nil {
					t.Fatalf("%q: %v", did, err)
				}
				m := known[name]
				if m == nil {
					m = &made{code, at}
					known[name] = m
				}
				if m.code != code || at.After(m.ends) {
					t.Fatalf("%q: another code, or one that ends at %s and no longer at %s", did, at, m.ends)
				}
				for _, other := range known {
					if !kept(name) && other != m && other.ends.After(w.Now()) && !other.ends.After(m.ends) {
						other.ends = w.Now()
					}
				}
			}
			for name, m := range known {
				_, err := w.members.Redeem(t.Context(), fmt.Sprintf("U%032d", name), m.code, watch.Japanese)
				if open := m.ends.After(w.Now()); open != (err == nil) {
					t.Errorf("%q at %s: the code of %d, which ended or ends at %s: %v", did, w.Now().Format("15:04"), name, m.ends.Format("15:04"), err)
				}
			}
		}
	})
}
