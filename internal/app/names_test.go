package app

import (
	"testing"
	"time"

	"kozamori/internal/catalog"
	"kozamori/internal/phone"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
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
		if c := toCall(s.Contacts, now); c.Phone != "" && !phone.Dials(c.Phone) {
			t.Errorf("%s: %q", s.ID, c.Phone)
		}
	}
}

// A bank's number is shown as people in Japan know it, and one that would be
// refused today is passed over.
func TestANumberOfABankIsShownAsItIsDialled(t *testing.T) {
	t.Parallel()
	const international = "+81-3-1234-5678"
	for name, c := range map[string]struct {
		list []store.Contact
		want string
	}{
		"as it is":          {[]store.Contact{{Phone: "022-000-0000"}}, "022-000-0000"},
		"with a plus":       {[]store.Contact{{Phone: international}}, "03-1234-5678"},
		"another country's": {[]store.Contact{{Phone: "+1-212-555-0100"}}, "+1-212-555-0100"},
		"a dear one first":  {[]store.Contact{{Phone: "0990-123-456"}, {Phone: international}}, "03-1234-5678"},
	} {
		s := store.New(worldtest.Table(t, time.Now))
		b := &store.Bank{Code: "9999", Name: "試験銀行"}
		b.SetContacts(c.list)
		if err := s.Write(t.Context(), store.PutBank(b)); err != nil {
			t.Fatal(err)
		}
		if _, got := (Names{Store: s}).Bank(t.Context(), b.Code, watch.Japanese); got.Phone != c.want {
			t.Errorf("%s: %q, want %q", name, got.Phone, c.want)
		}
	}
}

// At night the night line is named, by the hours of Japan; a bank's own number
// goes first unless the bank says that it is closed and the catalogue has one that
// is answered.
func TestWhoIsAnsweredNowIsNamed(t *testing.T) {
	t.Parallel()
	day := catalog.Contact{Phone: "0120-111-111", For: "相談窓口（平日9:00-17:00）", Checked: "2026-11", Official: true}
	night := catalog.Contact{Phone: "0120-222-222", For: "喪失受付（夜間・休日、24時間）", Checked: "2026-11", Official: true}
	vague := catalog.Contact{Phone: "0120-333-333", For: "お客さまセンター", Checked: "2026-11", Official: true}
	at := func(d, h int) time.Time { return time.Date(2026, 11, d, h, 0, 0, 0, watch.JST) } // the 30th is a Monday
	for name, c := range map[string]struct {
		list []catalog.Contact
		at   time.Time
		want string
	}{
		"by day":                  {[]catalog.Contact{day, night}, at(30, 12), day.Phone},
		"by night":                {[]catalog.Contact{day, night}, at(30, 22), night.Phone},
		"on a Sunday":             {[]catalog.Contact{day, night}, at(29, 12), night.Phone},
		"no hours are known":      {[]catalog.Contact{day, vague}, at(30, 22), vague.Phone},
		"the only one, closed":    {[]catalog.Contact{day}, at(30, 22), day.Phone},
		"answered before unknown": {[]catalog.Contact{vague, night}, at(30, 22), night.Phone},
	} {
		if got := toCall(c.list, c.at); got.Phone != c.want {
			t.Errorf("%s: %s, want %s", name, got.Phone, c.want)
		}
	}
	for name, c := range map[string]struct {
		hours string
		at    time.Time
		own   bool
	}{
		"the bank is open":       {"平日9:00-15:00", at(30, 12), true},
		"the bank is closed":     {"平日9:00-15:00", at(30, 22), false},
		"its hours do not read":  {"窓口の時間", at(30, 22), true},
		"the bank gave no hours": {"", at(30, 22), true},
	} {
		n := Names{at: c.at}
		if own := !(n.closed(c.hours) && n.answered(wording.Contact{Phone: night.Phone, For: night.For})); own != c.own {
			t.Errorf("%s: its own number first: %v", name, own)
		}
	}
	if n := (Names{at: at(30, 22)}); !(!n.closed("平日9:00-15:00") || !n.answered(wording.Contact{Phone: day.Phone, For: day.For})) {
		t.Error("a closed line goes before the bank's own")
	}
}

// The alarm of old numbers rings for what is not told any more, and for nothing on
// the day on which this program is deployed.
func TestOnlyNumbersThatGrewOldAreAnAlarm(t *testing.T) {
	of := func(checked string, official bool) catalog.Contact {
		return catalog.Contact{Phone: "0120-000-000", Checked: checked, Official: official}
	}
	all := []catalog.Contact{of("2026-11", true), of("2026-03-05", true), of("2024-12", true), of("2015-03", true), of("2026-03", false), of("", true), {Phone: "#9110", Checked: "2026-03", Official: true}}
	for day, want := range map[string]int{"2026-11-30": 0, "2027-03-06": 0, "2027-03-07": 1, "2027-12-01": 1, "2027-12-03": 2} {
		now, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		if got := expired(all, now); got != want {
			t.Errorf("on %s: %d, want %d", day, got, want)
		}
	}
	newest := time.Time{}
	for _, s := range catalog.Services() {
		for i := range s.Contacts {
			if at, ok := s.Contacts[i].LookedUp(); ok && at.After(newest) {
				newest = at
			}
		}
	}
	if n := oldNumbers(newest); n != 0 {
		t.Errorf("%d numbers of our catalogue ring from the first day", n)
	}
	if oldNumbers(newest.AddDate(3, 0, 0)) == 0 {
		t.Error("no number of our catalogue ever rings")
	}
}
