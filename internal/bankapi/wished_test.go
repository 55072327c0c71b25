package bankapi_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/settings"
	"kozamori/internal/watch"
)

// A bank that a customer asks reads that an erasure waits, and until when it can be
// taken back; not once it was, nor of another bank's account.
func TestABankReadsThatAnErasureWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.bound()
	reads := func(key, bank string) (at, until any) {
		t.Helper()
		status, v := w.call(key, http.MethodGet, "/v1/banks/"+bank+"/accounts/acc_8f3k/erasure", "")
		if status != http.StatusOK || v["state"] != "none" {
			t.Fatalf("%d %v", status, v)
		}
		return v["wished_at"], v["erases_at"]
	}
	if at, until := reads(w.key, "0168"); at != nil || until != nil {
		t.Errorf("before any wish: %v %v", at, until)
	}
	if err := w.members.EraseOwn(context.Background(), person, account, watch.WayChat); err != nil {
		t.Fatal(err)
	}
	now := w.Now().UTC()
	if at, until := reads(w.key, "0168"); at != now.Format(time.RFC3339Nano) || until != now.Add(watch.RestoreFor+membership.EraseAgain).Format(time.RFC3339Nano) {
		t.Errorf("it waits: %v %v", at, until)
	}
	if at, until := reads(w.other, "0125"); at != nil || until != nil {
		t.Errorf("another bank reads %v %v", at, until)
	}
	for s, err := range w.store.Trail(context.Background(), account) {
		if err != nil || s.Kind != watch.StepLeft {
			continue
		}
		if _, err := w.members.Restore(context.Background(), account, s.ID, settings.Who{LineUser: person, Watcher: b.Watcher.ID, Way: watch.WayChat, At: w.Now()}); err != nil {
			t.Fatal(err)
		}
		break
	}
	if at, until := reads(w.key, "0168"); at != nil || until != nil {
		t.Errorf("after they came back: %v %v", at, until)
	}
}
