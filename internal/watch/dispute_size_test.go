package watch

import (
	"strings"
	"testing"

	json "github.com/go-json-experiment/json/v1" // as package codec encodes

	"kozamori/internal/quote"
)

// Whatever a dispute gets more of, what is counted of it grows by no less than its
// item does, and by not very much more: neither is an item full before it is called
// so, nor is a report cut in pieces that has room.
func TestADisputeCountsWhatItKeeps(t *testing.T) {
	t.Parallel()
	const long = 400
	text := strings.Repeat("x", long)
	balance := int64(-70_000)
	kept := func(d *Dispute) int {
		b, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		return len(b)
	}
	shown := func() *Shown { return &Shown{Amount: 90_000, OccurredAt: noon, Reasons: Because(ServiceDebit)} }
	// base has one of each, and of each no more than it must.
	base := func() *Dispute {
		return &Dispute{ID: "d1", Kind: Debit, Record: "r1", OccurredAt: noon, ReceivedAt: noon, AnsweredAt: noon, Status: DisputeOpened,
			Also:    []Disputed{{Record: "r2", Kind: Debit, ReceivedAt: noon, Was: *shown()}},
			History: []Entry{{Event: "e1", Kind: Debit, At: noon, ReceivedAt: noon}},
			Changes: []DisputeChange{
				{Seq: 1, Status: DisputeOpened, At: noon, TellBank: true, Opens: &Opening{Record: "r1", Kind: Debit, ReceivedAt: noon}},
				{Seq: 2, Status: DisputeUpdated, At: noon, TellBank: true, Shows: shown(), Of: "r2"},
				{Seq: 3, Status: DisputeUpdated, At: noon, TellBank: true, Further: &Further{Record: "r3", Kind: Debit, OccurredAt: noon}},
			}}
	}
	if d := base(); d.bytes() < kept(d) {
		t.Errorf("%d bytes are counted as %d", kept(d), d.bytes())
	}
	for name, grow := range map[string]func(*Dispute){
		"its transaction's id":       func(d *Dispute) { d.Txn = text },
		"its descriptor":             func(d *Dispute) { d.Descriptor = quote.Text(text) },
		"a further one":              func(d *Dispute) { d.Also = append(d.Also, d.Also[0]) },
		"a further one's id":         func(d *Dispute) { d.Also[0].Txn = text },
		"a further one's descriptor": func(d *Dispute) { d.Also[0].Was.Descriptor = quote.Text(text) },
		"a further one's service":    func(d *Dispute) { d.Also[0].Was.Service = text },
		"a further one's other":      func(d *Dispute) { d.Also[0].Was.Other = text },
		"a further one's end":        func(d *Dispute) { d.Also[0].Was.UndoneAt = noon },
		"a further one's lateness":   func(d *Dispute) { d.Also[0].Was.HeardAt = noon },
		"a further one's stage":      func(d *Dispute) { d.Also[0].Was.StageAt = noon },
		"a further one's balance":    func(d *Dispute) { d.Also[0].Was.Balance = &balance },
		"a further one's second":     func(d *Dispute) { d.Also[0].Was.Second = &Second{Service: "paypay", Bank: true} },
		"an opening":                 func(d *Dispute) { d.Changes = append(d.Changes, d.Changes[0]) },
		"an opening's id":            func(d *Dispute) { d.Changes[0].Opens.Txn = text },
		"an update":                  func(d *Dispute) { d.Changes = append(d.Changes, d.Changes[1]) },
		"an update's descriptor":     func(d *Dispute) { d.Changes[1].Shows.Descriptor = quote.Text(text) },
		"a change's watcher":         func(d *Dispute) { d.Changes[1].Watcher = text },
		"a change's key":             func(d *Dispute) { d.Changes[1].IdempotencyKey = text },
		"that a change is told":      func(d *Dispute) { d.Changes[1].ToldAt = noon },
		"that a change is given up":  func(d *Dispute) { d.Changes[1].GaveUpAt = noon },
		"news":                       func(d *Dispute) { d.Changes = append(d.Changes, d.Changes[2]) },
		"news of an id":              func(d *Dispute) { d.Changes[2].Further.Txn = text },
		"news of a service":          func(d *Dispute) { d.Changes[2].Further.Service = text },
		"news of a descriptor":       func(d *Dispute) { d.Changes[2].Further.Descriptor = quote.Text(text) },
		"an entry":                   func(d *Dispute) { d.History = append(d.History, d.History[0]) },
		"an entry's event":           func(d *Dispute) { d.History[0].Event = text },
		"an entry's transaction":     func(d *Dispute) { d.History[0].Txn = text },
	} {
		small, big := base(), base()
		grow(big)
		more, counted := kept(big)-kept(small), big.bytes()-small.bytes()
		if counted < min(more, long) || counted > 2*more+150 {
			t.Errorf("with %s it grows by %d bytes, counted as %d", name, more, counted)
		}
	}
	// The bank's words are bounded by themselves.
	small, big := base(), base()
	big.Changes = append(big.Changes, DisputeChange{Seq: 4, Status: DisputeFrozen, At: noon, Text: quote.Text(text), Clerk: text})
	if small.bytes() != big.bytes() {
		t.Errorf("the bank's own change is counted as %d bytes", big.bytes()-small.bytes())
	}
}
