package app

import (
	"testing"
	"time"

	"kozamori/internal/catalog"
	"kozamori/internal/watch"
)

// Only a number from a page of its owner, looked up within a year, that any
// telephone dials, is shown.
func TestANumberOfTheCatalogueIsShownOnlyIfItIsSound(t *testing.T) {
	now := time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)
	good := catalog.Contact{Phone: "0120-000-000", For: "24時間", Checked: "2026-11", Official: true}
	for name, c := range map[string]struct {
		change func(*catalog.Contact)
		shown  bool
	}{
		"an official one":              {func(*catalog.Contact) {}, true},
		"one of somebody else's page":  {func(c *catalog.Contact) { c.Official = false }, false},
		"one of a year ago":            {func(c *catalog.Contact) { c.Checked = "2025-12" }, true},
		"one of before that":           {func(c *catalog.Contact) { c.Checked = "2025-10-31" }, false},
		"one of no day":                {func(c *catalog.Contact) { c.Checked = "" }, false},
		"one that few telephones dial": {func(c *catalog.Contact) { c.Phone = "#9785" }, false},
	} {
		n := good
		c.change(&n)
		second := good
		second.Phone = "0120-111-111"
		got := toCall([]catalog.Contact{n, second}, now)
		want := "0120-111-111"
		if c.shown {
			want = n.Phone
		}
		if got.Phone != want || got.For != "24時間" || got.CheckedOn == "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := toCall(nil, now); got.Phone != "" {
		t.Errorf("a number from nowhere: %+v", got)
	}
	// The numbers that are there today are dialled by any telephone.
	for _, s := range catalog.Services() {
		if c := toCall(s.Contacts, now); c.Phone != "" && !watch.Dials(c.Phone) {
			t.Errorf("%s: %q", s.ID, c.Phone)
		}
	}
}
