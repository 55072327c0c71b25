package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"kozamori/internal/store"
)

// pagedTable answers queries from pages of its own and counts them. Behind
// the last page it fails.
type pagedTable struct {
	store.Table
	pages   [][]string // bodies
	fails   error
	queries int
}

func (p *pagedTable) Query(_ context.Context, q store.Query) (store.Page, error) {
	if want := fmt.Sprint(p.queries); q.Cursor != want && p.queries > 0 {
		return store.Page{}, fmt.Errorf("cursor %q, want %q", q.Cursor, want)
	}
	if p.queries == len(p.pages) {
		return store.Page{}, p.fails
	}
	var page store.Page
	for i, body := range p.pages[p.queries] {
		page.Items = append(page.Items, store.Item{Key: store.Key{PK: "BANKS", SK: fmt.Sprint(i)}, Body: []byte(body), Version: int64(i + 1)})
	}
	if p.queries++; p.queries < len(p.pages) || p.fails != nil {
		page.Cursor = fmt.Sprint(p.queries)
	}
	return page, nil
}

func codesOf(banks []*store.Bank) (out string) {
	for _, b := range banks {
		out += b.Code
	}
	return out
}

func TestAListGoesOnFromPageToPageUntilItsEndOrItsFirstError(t *testing.T) {
	t.Parallel()
	a, b, c := `{"code":"a"}`, `{"code":"b"}`, `{"code":"c"}`
	down := errors.New("down")
	for name, p := range map[string]struct {
		table   *pagedTable
		want    string
		queries int
		err     bool
	}{
		"nothing":               {&pagedTable{pages: [][]string{{}}}, "", 1, false},
		"one page":              {&pagedTable{pages: [][]string{{a, b}}}, "ab", 1, false},
		"an empty page between": {&pagedTable{pages: [][]string{{a}, {}, {b, c}}}, "abc", 3, false},
		"a page fails":          {&pagedTable{pages: [][]string{{a}}, fails: down}, "a", 1, true},
		"an item is unreadable": {&pagedTable{pages: [][]string{{a, `[]`, b}, {c}}}, "a", 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			var got []*store.Bank
			var failed error
			for bank, err := range store.New(p.table).Banks(t.Context()) {
				if failed != nil {
					t.Fatal("it goes on after an error")
				}
				if failed = err; err == nil {
					got = append(got, bank)
				}
			}
			if codesOf(got) != p.want || (failed != nil) != p.err || p.table.queries != p.queries {
				t.Errorf("%s, %v after %d queries; want %s after %d", codesOf(got), failed, p.table.queries, p.want, p.queries)
			}
			for i, bank := range got {
				if bank.Version == 0 {
					t.Errorf("bank %d has no version", i)
				}
			}
			p.table.queries = 0
			switch all, err := store.Collect(store.New(p.table).Banks(t.Context())); {
			case p.err != (err != nil):
				t.Errorf("collected: %v", err)
			case err == nil && codesOf(all) != p.want:
				t.Errorf("collected %s, want %s", codesOf(all), p.want)
			}
		})
	}
}

func TestTheFirstOfAListReadNoPageMoreThanTheyNeed(t *testing.T) {
	t.Parallel()
	table := &pagedTable{pages: [][]string{{`{"code":"a"}`, `{"code":"b"}`}, {`{"code":"c"}`}}}
	list := store.New(table).Banks(t.Context())
	for n, want := range map[int]struct {
		codes   string
		queries int
	}{1: {"a", 1}, 2: {"ab", 1}, 3: {"abc", 2}, 9: {"abc", 2}} {
		table.queries = 0
		got, err := store.First(list, n)
		if err != nil || codesOf(got) != want.codes || table.queries != want.queries {
			t.Errorf("the first %d: %s after %d queries, %v; want %s after %d", n, codesOf(got), table.queries, err, want.codes, want.queries)
		}
	}
}
