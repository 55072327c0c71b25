package main

import (
	"fmt"
	"strings"
	"testing"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// People of a version before are listed once the operator has settled them, however
// many there are; the audit list says so.
func TestPeopleOfBeforeAreListedOnceTheyWereSettled(t *testing.T) {
	w := newWorld(t)
	w.bank("0125", "七十七銀行")
	var before []store.Write
	for i := range 2300 { // more than two pages of the walk
		ref := fmt.Sprint("acc_", i%7)
		before = append(before, store.Write{Item: store.Item{Key: store.Key{PK: fmt.Sprint("U#U", i/2), SK: "A#0125#" + ref},
			Body: []byte(`{"account":{"bank":"0125","ref":"` + ref + `"},"watcher":"w1"}`)}, If: store.Any})
	}
	before = append(before, store.PutBinding("mail-1", store.Binding{OnAccount: watch.On(watch.AccountKey{Bank: "0125", Ref: "acc_1"}), Watcher: "w1"}))
	for i := 0; i < len(before); i += store.MaxWrites {
		if err := w.store.Write(t.Context(), before[i:min(i+store.MaxWrites, len(before))]...); err != nil {
			t.Fatal(err)
		}
	}
	w.transcript("watchers", "bank watchers", "bank watchers -settle", "bank watchers -settle -json", "bank watchers 0125")
	w.chain()
	if code, out, _ := w.ctl("audit"); code != 0 || strings.Count(out, "watchers.settle") != 2 {
		t.Errorf("exit %d, the audit list:\n%s", code, out)
	}
}
