package detect

import (
	"strings"
	"testing"
	"time"

	"kozamori/internal/quote"
	"kozamori/internal/watch"
)

// The events of a call are taken as they happened, but an ordinary debit after whatever
// else is said of its id at the same time or later: it may be what became of that.
func TestOnlyAnOrdinaryDebitWaitsForWhatElseIsSaidOfIt(t *testing.T) {
	const shop, wallet = "NTTﾄﾞｺﾓ", "ﾄﾞｺﾓｺｳｻﾞ"
	type e struct {
		name, txn string
		kind      watch.Kind
		text      string
		at        int // minutes
		replaces  string
	}
	for name, c := range map[string]struct {
		events []e
		want   string
	}{
		"as they happened":                    {[]e{{"b", "2", watch.Debit, wallet, 2, ""}, {"a", "1", watch.Debit, wallet, 1, ""}}, "a b"},
		"those of one moment as they came":    {[]e{{"b", "2", watch.Debit, wallet, 1, ""}, {"a", "1", watch.Debit, shop, 1, ""}}, "b a"},
		"a posting, then its authorisation":   {[]e{{"p", "1", watch.Debit, shop, 1, ""}, {"a", "1", watch.Debit, wallet, 2, ""}, {"c", "3", watch.Debit, wallet, 3, ""}}, "a c p"},
		"at the same moment":                  {[]e{{"p", "1", watch.Debit, shop, 1, ""}, {"a", "1", watch.Debit, wallet, 1, ""}}, "a p"},
		"its authorisation, then the posting": {[]e{{"a", "1", watch.Debit, wallet, 1, ""}, {"p", "1", watch.Debit, shop, 2, ""}, {"c", "3", watch.Debit, wallet, 3, ""}}, "a p c"},
		"a posting of another id":             {[]e{{"p", "2", watch.Debit, shop, 1, ""}, {"a", "1", watch.Debit, wallet, 2, ""}}, "p a"},
		"one that is replaced":                {[]e{{"p", "1", watch.Debit, shop, 1, ""}, {"a", "2", watch.Debit, wallet, 2, "1"}, {"c", "3", watch.Debit, wallet, 3, ""}}, "a c p"},
		"one that replaces":                   {[]e{{"p", "1", watch.Debit, shop, 1, "2"}, {"a", "1", watch.Debit, wallet, 2, ""}}, "p a"},
		"two postings alone":                  {[]e{{"q", "1", watch.Debit, shop, 2, ""}, {"p", "1", watch.Debit, shop, 1, ""}}, "p q"},
		"an undoing of no service":            {[]e{{"r", "1", watch.DebitReversed, "", 1, ""}, {"a", "1", watch.Debit, wallet, 2, ""}, {"c", "3", watch.Debit, wallet, 3, ""}}, "r a c"},
	} {
		b := &batch{byAccount: map[watch.AccountKey][]work{}, needsActivity: map[watch.AccountKey]bool{}}
		var k watch.AccountKey
		for _, x := range c.events {
			is := &watch.Event{ID: x.name, Kind: x.kind, Bank: "0125", AccountRef: "acc_1", TransactionID: x.txn, Replaces: x.replaces,
				Descriptor: quote.Text(x.text), OccurredAt: time.Date(2020, 10, 3, 5, x.at, 0, 0, time.UTC)}
			k = is.Account()
			b.add(is, "", 0)
		}
		var got []string
		for _, w := range inOrder(b.byAccount[k]) {
			got = append(got, w.event.ID)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: in order they are %q, want %q", name, s, c.want)
		}
	}
}
