package wording

import (
	"strings"
	"testing"

	"kozamori/internal/catalog"
	"kozamori/internal/watch"
)

// Whatever the catalogue says that a debit may be instead reads as a whole in
// both languages: what cannot be translated is said only of another of that name.
func TestWhatADebitMayBeInsteadIsSaidInBothLanguages(t *testing.T) {
	t.Parallel()
	bills := map[string]string{}
	for _, line := range strings.Split(string(catalog.Text()), "\n") {
		kind, value, ok := strings.Cut(line, ": ")
		if !ok || !strings.Contains("Bill Not Brand Front", kind) {
			continue
		}
		word, _, _ := strings.Cut(value, " |")
		letters := []rune(word)
		for _, name := range []string{"PAYPAY", "ペイペイ", "ファミペイ", "メルペイ", "エーユーペイ", "ラクテンペイ", ""} {
			for k := range len(letters) + 1 {
				for _, text := range []string{name + string(letters[:k]), word + "　" + name} {
					d := catalog.Decide(&catalog.Evidence{Bank: "0005", Descriptor: text})
					if bill := d.Bill(); bill != "" {
						bills[bill] = text
					}
				}
			}
		}
	}
	if len(bills) < 15 {
		t.Errorf("only %d: %v", len(bills), bills)
	}
	for bill, text := range bills {
		r := &watch.Record{Confidence: watch.Undecided, Other: bill}
		en := itWas(watch.English, r)
		if strings.Contains(en, tOtherNamesake.en) {
			t.Errorf("%s (%s) is %q", bill, text, en)
		}
		if ja := itWas(watch.Japanese, r); len([]rune(ja)) > labelRoom || len([]rune(en)) > labelRoom {
			t.Errorf("%q or %q is more than a button has room for", ja, en)
		}
	}
}
