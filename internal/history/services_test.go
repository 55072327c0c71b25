package history_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"kozamori/internal/history"
	"kozamori/internal/quote"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// Whatever links stand on an account, of whatever service or of none that is known,
// each is a row of its own, with its day and with what passbook and bank call it: the
// oldest most of all.
func TestEachLinkThatStandsIsARow(t *testing.T) {
	t.Parallel()
	w := worldtest.New(t)
	for seed := range uint64(40) {
		rnd := rand.New(rand.NewPCG(seed, 12))
		k := watch.AccountKey{Bank: "0125", Ref: fmt.Sprint("a", seed)}
		act := &watch.Activity{}
		want := map[string]string{}
		for range 1 + rnd.IntN(50) {
			s := watch.Seed{Since: time.Date(2015+rnd.IntN(11), time.Month(1+rnd.IntN(12)), 1+rnd.IntN(28), 0, 0, 0, 0, watch.JST), DateOnly: true}
			service, word := []string{"paypay", "docomo", ""}[rnd.IntN(3)], ""
			if service == "" && rnd.IntN(2) == 0 {
				s.Descriptor = quote.Text([]string{"ｿﾉﾀ", "ｱﾚｺﾚ"}[rnd.IntN(2)])
			}
			if service == "" && (s.Descriptor == "" || rnd.IntN(2) == 0) {
				word = fmt.Sprint("nazo", rnd.IntN(3))
			}
			r := s.Record(k, "", service, watch.Named, word, time.Now())
			if want[r.ID] != "" {
				continue
			}
			act.Apply(r)
			w.Put(store.PutRecord(r))
			want[r.ID] = fmt.Sprint(service, s.Descriptor, word, s.Since.UTC())
		}
		w.Put(store.PutActivity(k, act))
		rows, err := history.Services(t.Context(), w.Store, k)
		if err != nil {
			t.Fatal(err)
		}
		last, of := map[string]time.Time{}, map[string]int{}
		for _, x := range rows {
			of[x.ID]++
		}
		for _, x := range rows {
			if len(x.Activity.Links) != 1 || x.Activity.Links[0].Record != x.Record {
				t.Fatalf("seed %d: a row is about %+v", seed, x)
			}
			at := x.Activity.Links[0].RegisteredAt
			if is := fmt.Sprint(x.ID, x.Text, x.Word.Raw(), at.UTC()); is != want[x.Record] {
				t.Errorf("seed %d: it says %q, want %q", seed, is, want[x.Record])
			}
			if at.Before(last[x.ID]) || x.Links != of[x.ID] {
				t.Errorf("seed %d: %s of %s stands after %s, one of %d of %d", seed, at, x.ID, last[x.ID], x.Links, of[x.ID])
			}
			last[x.ID] = at
			delete(want, x.Record)
		}
		for _, left := range want {
			t.Errorf("seed %d: not shown: %q", seed, left)
		}
	}
}
