package problem_test

import (
	"os"
	"regexp"
	"testing"

	"kozamori/internal/problem"
)

// Each code that is declared has one page, of an error, with something to read.
func TestEachCodeHasAPage(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("codes.go")
	if err != nil {
		t.Fatal(err)
	}
	pages := map[problem.Code]problem.Page{}
	for _, p := range problem.Pages {
		if _, twice := pages[p.Code]; twice || p.Status < 400 || p.Status > 599 || p.Means == "" || p.Do == "" {
			t.Errorf("the page of %q is there twice, or says nothing: %+v", p.Code, p)
		}
		pages[p.Code] = p
	}
	declared := regexp.MustCompile(`(?m)^\t[A-Z]\w+ +Code = "([a-z_]+)"$`).FindAllStringSubmatch(string(source), -1)
	for _, d := range declared {
		if _, ok := pages[problem.Code(d[1])]; !ok {
			t.Errorf("%s has no page", d[1])
		}
	}
	if len(declared) != len(pages) || len(pages) < 20 {
		t.Errorf("%d codes and %d pages", len(declared), len(pages))
	}
}
