package desk_test

import (
	"strings"
	"testing"
	"time"

	"kozamori/internal/clerk"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// A case lists what was asked to be stopped on its account and no other, each with what
// the bank answered and when.
func TestACaseListsWhatTheBankWasAskedToStop(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.report(ours, "acc_stops", "docomo", 30_000)
	at := w.Now().Add(-3 * time.Hour)
	put := func(ref string, kind watch.ControlKind, service string, states ...watch.ControlState) *watch.Control {
		k := watch.AccountKey{Bank: ours, Ref: ref}
		c := &watch.Control{ID: watch.ControlID(k, kind, service), Reference: "KZ-" + strings.ToUpper(string(kind)[:4]), OnAccount: watch.On(k), Kind: kind, Service: service}
		for i, s := range states {
			c.State = s
			x := watch.ControlChange{Seq: i + 1, State: s, At: at.Add(time.Duration(i) * time.Hour)}
			if s.OfBank() {
				x.Text = "窓口で承りました"
			}
			c.Changes = append(c.Changes, x)
		}
		w.Put(store.PutControl(c))
		return c
	}
	seat := w.signedIn(ours, clerk.Look)
	page := seat.page("/desk/0168/cases/" + d.ID)
	if !strings.Contains(page, "依頼はありません。") {
		t.Error("a case without stops does not say so")
	}
	put("acc_stops", watch.StopService, "docomo", watch.ControlRequested)
	put("acc_stops", watch.StopLinks, "", watch.ControlRequested, watch.ControlApplied)
	put("acc_other", watch.StopDebits, "", watch.ControlRequested, watch.ControlRefused)
	page = seat.page("/desk/0168/cases/" + d.ID)
	_, page, _ = strings.Cut(page, "止めてほしいという依頼</h2>")
	page, _, _ = strings.Cut(page, "</section>")
	for _, want := range []string{"の引き落とし", "銀行の回答待ち", "決済サービスへの新しい登録", "停止中", "窓口で承りました", at.UTC().Format(time.RFC3339), at.Add(time.Hour).UTC().Format(time.RFC3339)} {
		if !strings.Contains(page, want) {
			t.Errorf("the case does not say %q: %s", want, page)
		}
	}
	for _, not := range []string{"停止しないと回答", "すべての自動の引き落とし"} {
		if strings.Contains(page, not) {
			t.Errorf("the case says %q of another account", not)
		}
	}
}

func TestEachKindAndStateOfAStopHasItsWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.report(ours, "acc_all", "docomo", 30_000)
	k := watch.AccountKey{Bank: ours, Ref: "acc_all"}
	seat := w.signedIn(ours, clerk.Look)
	for _, kind := range watch.ControlKinds() {
		for _, s := range []watch.ControlState{watch.ControlRequested, watch.ControlWithdrawn, watch.ControlApplied, watch.ControlRefused, watch.ControlNotOffered, watch.ControlLifted, watch.ControlKept, watch.ControlEnded} {
			c := &watch.Control{ID: watch.ControlID(k, kind, "docomo"), Reference: "R", OnAccount: watch.On(k), Kind: kind, Service: "docomo", State: s,
				Changes: []watch.ControlChange{{Seq: 1, State: s, At: w.Now()}}}
			put := store.PutControl(c)
			put.If = store.Any
			w.Put(put)
			page := seat.page("/desk/0168/cases/" + d.ID)
			if strings.Contains(page, ">"+string(s)+"<") || strings.Contains(page, ">"+string(kind)+"<") {
				t.Errorf("%s %s has no words", kind, s)
			}
		}
	}
}
