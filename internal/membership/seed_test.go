package membership_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/watch"
)

// A link that a bank names with a code is of the service that the bank calls it
// by, else of that which its descriptor says; each one is on record once.
func TestTheLinksThatABankNamesWithACode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.mustRedeem(alice, w.issue(membership.CodeRequest{HistoryFrom: "2020-01-01", Links: []membership.LinkRequest{
		{Service: "paypay", Descriptor: "ﾄﾞｺﾓｺｳｻﾞ", Since: "2020-05-01"},
		{Service: "その他", Descriptor: "ﾄﾞｺﾓｺｳｻﾞ", Since: "2020-06-01"},
		{Service: "  ", Descriptor: "ﾄﾞｺﾓｺｳｻﾞ", Since: "2020-06-01"},
		{Service: "kyash ", Since: "2020-07-01"},
		{Descriptor: "ﾇﾈﾉﾍ", Since: "2020-08-01"},
	}}))
	var got []string
	for r, err := range w.store.History(t.Context(), account, time.Time{}, time.Time{}) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Kind != watch.LinkRegistered || !r.Past || !r.Complete {
			t.Errorf("%s is %+v", r.ID, r)
		}
		got = append(got, fmt.Sprintf("%s %s %s", r.OccurredAt.In(watch.JST).Format("01-02"), r.Service, r.Confidence))
	}
	want := "08-01  , 07-01 kyash named, 06-01 docomo elsewhere, 05-01 paypay named"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("on record are %s", s)
	}
	act, err := w.store.Activity(t.Context(), account)
	if err != nil || len(act.Services["paypay"].Links) != 1 || len(act.Services["docomo"].Links) != 1 || len(act.Services["kyash"].Links) != 1 || act.HistoryPromised.IsZero() {
		t.Errorf("remembered are %+v (%v)", act, err)
	}
}
