package membership_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// What the version before made is not found by its accounts, and a newer enrolment ends
// it all the same: of its accounts and role alone, among those of both versions.
func TestAnEnrolmentEndsThoseOfTheVersionBefore(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), &post{}
	of := func(ref string) func(*membership.EnrolRequest) {
		return func(r *membership.EnrolRequest) { r.Accounts = []membership.CodeRequest{{AccountRef: ref}} }
	}
	before := func(ref string) membership.Enrolment {
		_, e := w.enrol(p, of(ref))
		w.Add(time.Second)
		w.write(store.DeleteTicket(store.TicketEnrolOf, store.EnrolOf(&store.Ticket{Hash: e.ID}, watch.AccountKey{Bank: account.Bank, Ref: ref}).Hash))
		return e
	}
	old, other := before("acc_a"), before("acc_c")
	for i := range 3 { // both versions run
		w.enrol(p, of(fmt.Sprintf("x%d", i)))
		w.Add(time.Second)
	}
	late := before("acc_b")
	state := func(e membership.Enrolment) membership.EnrolState {
		t.Helper()
		list, err := w.members.Enrolments(context.Background(), account.Bank, "")
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(list, func(x *membership.Enrolment) bool { return x.ID == e.ID })
		if i < 0 {
			t.Fatalf("%s is not listed", e.ID)
		}
		return list[i].State
	}
	_, newer := w.enrol(p, func(r *membership.EnrolRequest) {
		r.Accounts = []membership.CodeRequest{{AccountRef: "acc_a"}, {AccountRef: "acc_b"}}
	})
	for what, c := range map[string]struct {
		e    membership.Enrolment
		want membership.EnrolState
	}{
		"of the account": {old, membership.EnrolCancelled}, "made while both ran": {late, membership.EnrolCancelled},
		"of another account": {other, membership.EnrolOpen}, "the newer one": {newer, membership.EnrolOpen},
	} {
		if got := state(c.e); got != c.want {
			t.Errorf("%s is %s, want %s", what, got, c.want)
		}
	}
}
