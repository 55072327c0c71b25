package wording

import (
	"strings"
	"testing"
)

func TestASubjectTellsIncidentsApart(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"ja", "en"} {
		seen := map[string]bool{}
		for _, id := range []string{"r1", "r2", "r3"} {
			s := Subject(lang, tAltDebit.in(langOf("")), id)
			if s != Subject(lang, tAltDebit.in(langOf("")), id) || !strings.HasPrefix(s, tAltDebit.ja) {
				t.Error(s)
			}
			seen[s] = true
		}
		if len(seen) != 3 {
			t.Error(seen)
		}
	}
}
