package dispute

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/watch"
)

func TestReferenceSurvivesBeingReadAloud(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^KZ-[34679ACDEFGHJKMNPQRTVWXY]{4}-[34679ACDEFGHJKMNPQRTVWXY]{4}$`)
	seen := map[string]bool{}
	for i := range 5000 {
		id := watch.Derive("test", strings.Repeat("x", i))
		ref := Reference(id)
		if !form.MatchString(ref) {
			t.Fatalf("Reference = %q", ref)
		}
		if ref != Reference(id) {
			t.Fatal("the same dispute got two references")
		}
		seen[ref] = true
	}
	if len(seen) != 5000 {
		t.Errorf("%d references for 5000 disputes", len(seen))
	}
}

func TestCallbackBody(t *testing.T) {
	t.Parallel()
	jst := func(h, m int) time.Time { return time.Date(2026, 11, 24, h, m, 11, 0, watch.JST) }
	opened := watch.DisputeChange{Seq: 1, Status: watch.DisputeOpened, At: jst(14, 8), By: watch.Owner, Via: watch.ViaLINE, TellBank: true}
	withdrawn := watch.DisputeChange{Seq: 2, Status: watch.DisputeWithdrawn, At: jst(14, 9), By: watch.Owner, Via: watch.ViaLINE, TellBank: true}
	again := watch.DisputeChange{Seq: 3, Status: watch.DisputeOpened, At: jst(14, 20), By: watch.Guardian, Via: watch.ViaPage, TellBank: true}
	d := &watch.Dispute{
		ID: "d1", Reference: "KZ-7F3K-9Q4M", OnAccount: watch.On(watch.AccountKey{Bank: "0125", Ref: "acc_1"}), Kind: watch.Debit, Txn: "t1",
		Service: "dbarai", Descriptor: "ﾄﾞｺﾓｺｳｻﾞ", Amount: 100000, OccurredAt: jst(14, 5), ReceivedAt: jst(14, 6), AlertedAt: jst(14, 6),
		AnsweredAt: again.At, AnsweredBy: again.By, Via: again.Via, Changes: []watch.DisputeChange{opened, withdrawn, again},
	}
	one := map[string]any{"transaction_id": "t1", "kind": "debit", "debit_status": "posted", "amount": 100000.0, "currency": "JPY", "service": "dbarai",
		"descriptor": "ﾄﾞｺﾓｺｳｻﾞ", "occurred_at": "2026-11-24T05:05:11Z", "received_at": "2026-11-24T05:06:11Z"}
	base := map[string]any{
		"transactions": []any{one},
		"dispute_id":   "d1", "reference": "KZ-7F3K-9Q4M", "bank": "0125", "account_ref": "acc_1", "transaction_id": "t1",
		"kind": "debit", "debit_status": "posted", "amount": 100000.0, "currency": "JPY", "service": "dbarai", "descriptor": "ﾄﾞｺﾓｺｳｻﾞ",
		"occurred_at": "2026-11-24T05:05:11Z", "received_at": "2026-11-24T05:06:11Z", "alerted_at": "2026-11-24T05:06:11Z",
	}
	for _, c := range []struct {
		name   string
		change watch.DisputeChange
		more   map[string]any
	}{
		{"the first opening keeps its own answer after a later one", opened, map[string]any{
			"type": "dispute.opened", "seq": 1.0, "answered_at": "2026-11-24T05:08:11Z", "answered_by": "owner", "via": "line"}},
		{"a withdrawal names the opening that it takes back", withdrawn, map[string]any{
			"type": "dispute.withdrawn", "seq": 2.0, "answered_at": "2026-11-24T05:08:11Z", "answered_by": "owner", "via": "line",
			"withdrawn_at": "2026-11-24T05:09:11Z"}},
		{"an opening again is a change of the same dispute", again, map[string]any{
			"type": "dispute.opened", "seq": 3.0, "answered_at": "2026-11-24T05:20:11Z", "answered_by": "guardian", "via": "page"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := map[string]any{}
			for _, m := range []map[string]any{base, c.more} {
				for k, v := range m {
					want[k] = v
				}
			}
			var got map[string]any
			body := CallbackBody(d, c.change)
			if err := json.Unmarshal(body, &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
			if string(body) != string(CallbackBody(d, c.change)) {
				t.Error("the body differs from attempt to attempt")
			}
		})
	}
	t.Run("a link has no amount and no currency", func(t *testing.T) {
		l := *d
		l.Kind, l.Amount = watch.LinkRegistered, 0
		if body := string(CallbackBody(&l, opened)); strings.Contains(body, "amount") || strings.Contains(body, "currency") {
			t.Errorf("body %s", body)
		}
	})
	t.Run("each change has an id of its own that stays", func(t *testing.T) {
		if a, b := CallbackID(d, opened), CallbackID(d, withdrawn); a == b || a != CallbackID(d, opened) {
			t.Errorf("ids %q, %q", a, b)
		}
	})
}
