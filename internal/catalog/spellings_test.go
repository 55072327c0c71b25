package catalog

import (
	"strings"
	"testing"
)

// An entry has each of its spellings once, and not very many.
func TestAnEntryHasEachSpellingOnce(t *testing.T) {
	t.Parallel()
	many := builtIn
	many.words += "\nSame: ヌネ A1 B1\n\nSame: ソヌ A2 B2\n\nSame: タチ A3 B3\n\nSame: ワヲ A4 B4\n"
	many.services += "\nService: kemu\nJa: けむ\nEn: Kemu\nDebit: charge\nName: ヌネソヌタチワヲ | guessed\n"
	d, err := read(many)
	if err != nil {
		t.Fatal(err)
	}
	of := map[*word][]string{}
	for _, w := range d.spellings() {
		of[w.of] = append(of[w.of], w.text)
	}
	most := 0
	for entry, texts := range of {
		seen := map[string]bool{Fold(entry.text): true}
		letters := 0
		for _, text := range texts {
			if seen[text] {
				t.Errorf("%s is spelled %s twice", entry.text, text)
			}
			seen[text] = true
			if strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
				letters++
			}
		}
		most = max(most, len(texts)-letters)
	}
	if len(of) < 50 || most != maxSpellings-1 {
		t.Errorf("%d entries have other spellings, %d at most; want %d of one that has 81", len(of), most, maxSpellings-1)
	}
}
