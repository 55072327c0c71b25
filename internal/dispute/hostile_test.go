package dispute_test

import (
	"encoding/json"
	"testing"

	"kozamori/internal/dispute"
	"kozamori/internal/quote"
	"kozamori/internal/testkit/hostile"
	"kozamori/internal/watch"
)

// A bank's desk reads in a callback what people read, at its full length.
func TestACallbackHidesNothing(t *testing.T) {
	for _, x := range hostile.Texts() {
		d := hostile.Dispute(x.Raw)
		d.Changes = append(d.Changes, watch.DisputeChange{Seq: 2, Status: watch.DisputeUpdated, Further: &watch.Further{Kind: watch.Debit, Descriptor: quote.Text(x.Raw)}})
		for _, c := range d.Changes {
			var got struct {
				Descriptor   string
				Transactions []struct{ Descriptor string }
				Further      struct{ Descriptor string }
			}
			if err := json.Unmarshal(dispute.CallbackBody(d, c), &got); err != nil {
				t.Fatal(err)
			}
			for _, s := range []string{got.Descriptor, got.Transactions[0].Descriptor, got.Further.Descriptor} {
				if flaw := hostile.Flaw(s); flaw != "" || s != "" && s != quote.Text(x.Raw).Full() {
					t.Errorf("%s %q reaches the bank as %q: %s", x.Kind, x.Raw, s, flaw)
				}
			}
		}
	}
}
