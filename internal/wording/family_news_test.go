package wording

import (
	"strings"
	"testing"

	"kozamori/internal/watch"
)

func TestEachNewsOfTheFamilyPagesIsSaid(t *testing.T) {
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		var all []string
		for n := FamilyDismissed; n <= FamilyMany; n++ {
			all = append(all, n.in(lang))
		}
		golden(t, "family-news", lang, strings.Join(all, "\n")+"\n")
	}
}
