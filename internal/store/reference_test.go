package store_test

import (
	"fmt"
	"testing"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/testkit/tabletest"
	"kozamori/internal/watch"
)

// More disputes than one write takes, of a version that knew no references, and one of
// another bank with the reference of one of them.
func TestTheReferencesOfABankAreSettled(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		s := store.New(tabletest.On(t, kind, func() time.Time { return at }))
		number := func(i int) string { return fmt.Sprintf("KZ-AAAA-%04d", i) }
		put := func(bank string, i int) {
			d := &watch.Dispute{ID: bank + number(i), Reference: number(i), OnAccount: watch.On(watch.AccountKey{Bank: bank, Ref: "a"}), AnsweredAt: at.Add(time.Duration(i) * time.Minute)}
			if err := s.Write(t.Context(), s.PutDispute(d)); err != nil {
				t.Fatal(err)
			}
		}
		const n = store.MaxWrites + 20
		for i := range n {
			put("0125", i)
		}
		put("0168", 7)
		if found, all, err := s.Referenced(t.Context(), "0125", number(7)); err != nil || all || len(found) > 0 {
			t.Fatalf("before: %v %t %v", found, all, err)
		}
		for range 2 { // again does the same again
			if got, err := s.SettleReferences(t.Context(), "0125"); err != nil || got != n {
				t.Fatalf("%d settled, %v", got, err)
			}
		}
		for i := range n {
			found, all, err := s.Referenced(t.Context(), "0125", number(i))
			if err != nil || !all || len(found) != 1 || found[0].ID != "0125"+number(i) || found[0].Version != 1 {
				t.Fatalf("%s: %+v %t %v", number(i), found, all, err)
			}
		}
		if found, all, err := s.Referenced(t.Context(), "0125", "KZ-BBBB-0000"); err != nil || !all || len(found) > 0 {
			t.Errorf("a number that there is not: %v %t %v", found, all, err)
		}
		if found, all, err := s.Referenced(t.Context(), "0168", number(7)); err != nil || all || len(found) > 0 {
			t.Errorf("another bank's: %v %t %v", found, all, err)
		}
	})
}
