package bankapi_test

import (
	"net/http"
	"testing"
	"time"

	"kozamori/internal/watch"
)

// TestABankReadsWhoChangedWhatProtectsItsAccounts wants each step with roles
// alone, no address, in pages, and nothing of another bank's.
func TestABankReadsWhoChangedWhatProtectsItsAccounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	was := &watch.Watcher{ID: "w1", Rules: watch.DefaultRules(), Channels: []watch.Channel{{Kind: watch.Email, Address: "hanako@example.jp"}}}
	is := was.Clone()
	is.Rules.ServiceMin = 30_000
	is.DropChannel(watch.Email)
	for i, id := range []string{"s1", "s2", "s3"} {
		s := watch.Step{ID: id, OnAccount: watch.On(account), At: time.Date(2026, 11, 24, 3, i, 0, 0, time.UTC), Kind: watch.StepSettings, Way: watch.WayPage,
			By: "w1", ByRole: watch.Owner, Of: "w2", OfRole: watch.Guardian}
		s.Turns, s.Lowered = watch.Compare(was, is, s.At)
		w.write(w.store.PutStep(&s))
	}
	cursor := ""
	for i, id := range []string{"s3", "s2", "s1"} {
		status, v := w.call(w.key, http.MethodGet, "/v1/banks/0168/accounts/acc_8f3k/trail?limit=1&cursor="+cursor, "")
		steps, _ := v["steps"].([]any)
		if status != http.StatusOK || len(steps) != 1 {
			t.Fatalf("%d %v", status, v)
		}
		s := steps[0].(map[string]any)
		if s["id"] != id || s["by"] != "owner" || s["of"] != "guardian" || s["way"] != "page" || s["lowered"] != true {
			t.Errorf("step %d: %v", i, s)
		}
		changes := s["changes"].([]any)
		first, mail := changes[0].(map[string]any), changes[1].(map[string]any)
		if len(changes) != 2 || first["name"] != "service_min" || first["before"] != 1.0 || first["after"] != 30_000.0 || mail["name"] != "email" || len(mail) != 2 {
			t.Errorf("%v", changes)
		}
		cursor, _ = v["cursor"].(string)
	}
	if cursor != "" {
		t.Error("there is more behind the last")
	}
	if status, v := w.call(w.other, http.MethodGet, "/v1/banks/0125/accounts/acc_8f3k/trail", ""); status != http.StatusOK || len(v["steps"].([]any)) != 0 {
		t.Errorf("another bank reads %d %v", status, v)
	}
}
