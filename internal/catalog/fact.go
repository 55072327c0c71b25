package catalog

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"kozamori/internal/phone"
	"kozamori/internal/watch"
)

// Bank is a bank as people and its descriptors know it. What is not known is
// absent.
type Bank struct {
	Code, NameJa, NameEn string
	Group                string   // 信用金庫, ＪＡ …: what it is one of many of
	Former               []Former // codes and names on old statements
	Cells                []int    // lengths that it cuts descriptors at, in half-width cells
	CellsFrom            Origin
	Prints               []Print // marks in front of names, as it prints them
	Docomo               string  // what it did in September 2020
	Contact              Contact // the first of Contacts
	Contacts             []Contact
	Claims               []Claim
	Notes, Sources       []string

	place place
}

// Origin is where something was read, and the day or month on which. Editions of
// before say it of less.
type Origin struct{ Source, Checked string }

// Print is a mark in front of names.
type Print struct {
	Mark string
	Origin
}

// Former is a code and name that a bank, or one that went into it, had.
type Former struct{ Code, NameJa, Until, Source string }

// Name is what people call the bank.
func (b *Bank) Name(lang watch.Lang) string {
	if lang == watch.English {
		return b.NameEn
	}
	return b.NameJa
}

// called tells whether people mean the bank by a name.
func (b *Bank) called(name string) bool {
	is := func(full string) bool { return full == name || full == name+"銀行" || full == name+"ネット銀行" }
	for _, f := range b.Former {
		if is(f.NameJa) {
			return true
		}
	}
	return is(b.NameJa)
}

// Contact is how people reach somebody, and how we know.
type Contact struct {
	Phone    string // absent unless a source says so
	For      string // who it is for, and when it is answered
	Checked  string // the day or month somebody looked it up: 2026-11
	Source   string
	Official bool // the source is a page of its own
}

// CheckedFor is for how long a number may be shown after it was looked up.
const CheckedFor = 366 * 24 * time.Hour

// Stale tells whether a number was looked up too long ago to be shown.
func (c *Contact) Stale(now time.Time) bool {
	at, ok := c.LookedUp()
	return !ok || now.Sub(at) > CheckedFor
}

// LookedUp is when somebody looked the number up: the end of the month, if no day is
// said.
func (c *Contact) LookedUp() (time.Time, bool) {
	at, err := time.Parse(time.DateOnly, c.Checked)
	if err != nil {
		at, err = time.Parse("2006-01", c.Checked)
		at = at.AddDate(0, 1, 0)
	}
	return at, err == nil
}

// contact reads "number | who for and when | day it was looked up | source |
// official".
func contact(f *field, to *[]Contact) error {
	p, err := f.parts(5)
	if err != nil {
		return err
	}
	switch {
	case !phone.Dials(p[0]) && !carriers.MatchString(p[0]):
		return wrong(f.place, "%q is no telephone number: it %s", p[0], phone.Problem(p[0]))
	case !isDate(p[2]) || p[3] == "":
		return wrong(f.place, "a number says when (2026-11) and where it was looked up")
	case p[4] != "" && p[4] != "official":
		return wrong(f.place, "a source is official or not, which is said with the word official, not %q", p[4])
	}
	*to = append(*to, Contact{Phone: p[0], For: p[1], Checked: p[2], Source: p[3], Official: p[4] != ""})
	return nil
}

// carriers are numbers of some networks alone (#9785): kept, and never shown.
var carriers = regexp.MustCompile(`^#[0-9]{3,5}$`)

// Ask is a way to report that is no telephone: a form, or the app.
type Ask struct{ Where, For, Checked, Source string }

// ask reads "where | who for | day it was looked up | source".
func ask(f *field, to *[]Ask) error {
	p, err := f.parts(4)
	if err != nil {
		return err
	}
	if p[0] == "" || !isDate(p[2]) || p[3] == "" {
		return wrong(f.place, "a way to report says where, when (2026-11) and where it was looked up")
	}
	*to = append(*to, Ask{p[0], p[1], p[2], p[3]})
	return nil
}

// Claim is how long a loss can be claimed.
type Claim struct {
	Days   int
	Since  string // notice: from the day that it was noticed; loss: from the day of the loss
	What   string // what has to be done in that time, in Japanese
	AsOf   string
	Source string
}

// SecondHand tells whether the source is none of the service's or bank's own.
func (c *Claim) SecondHand() bool { return strings.Contains(c.Source, "二次資料") }

// Like tells that it is said of stolen passbooks and internet banking, and nothing
// is said of payment services.
func (c *Claim) Like() bool { return strings.Contains(c.What, "盗難通帳") }

// claim reads "days | notice or loss | what | as of | source".
func claim(f *field, to *[]Claim) error {
	p, err := f.parts(5)
	if err != nil {
		return err
	}
	days, err := strconv.Atoi(p[0])
	switch {
	case err != nil || days < 1 || days > 3660:
		return wrong(f.place, "%q is no number of days", p[0])
	case p[1] != "notice" && p[1] != "loss":
		return wrong(f.place, "a claim runs from the notice or from the loss, not from %q", p[1])
	case p[2] == "" || !isDate(p[3]) || p[4] == "":
		return wrong(f.place, "a claim says what has to be done, the day that it is of (2026-11) and where it was read")
	}
	*to = append(*to, Claim{days, p[1], p[2], p[3], p[4]})
	return nil
}

// Limit is the most yen that a service takes, and how we know.
type Limit struct {
	Yen    int64  // 0 if not known
	AsOf   string // the day or month that the source speaks of: 2020-09
	Source string
}

// LimitsOf tells the most yen that a service takes from anybody's account at
// once and in a calendar month; 0 is not known.
func LimitsOf(service string) (once, month int64) {
	if s, ok := ByID(service); ok {
		return s.Once.Yen, s.Month.Yen
	}
	return 0, 0
}

// mostYen is more than any wallet takes: what is above it is a slip of the pen.
const mostYen = 100_000_000

// limit reads "yen | as of | source".
func limit(f *field, old Limit) (Limit, error) {
	p, err := f.parts(3)
	if err != nil {
		return old, err
	}
	yen, err := strconv.ParseInt(p[0], 10, 64)
	switch {
	case old.Yen > 0:
		return old, wrong(f.place, "%s is there twice", f.name)
	case err != nil || yen < 1 || yen > mostYen:
		return old, wrong(f.place, "%q is no number of yen, written in digits only", p[0])
	case !isDate(p[1]):
		return old, wrong(f.place, "a limit says the day or month that it is of (2026-11), not %q", p[1])
	case p[2] == "":
		return old, wrong(f.place, "a limit says where it was read")
	}
	return Limit{yen, p[1], p[2]}, nil
}

// day reads "2025-04-30 | source".
func day(f *field, old string) (string, error) {
	p, err := f.parts(2)
	if err != nil {
		return "", err
	}
	if old != "" || !isDate(p[0]) || p[1] == "" {
		return "", wrong(f.place, "%s is one day or month (2025-04-30) and where it was read", f.name)
	}
	return p[0], nil
}

// isDate tells whether a text is a day (2026-11-30) or a month (2026-11) of
// these times.
func isDate(s string) bool {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t, err = time.Parse("2006-01", s)
	}
	return err == nil && t.Year() >= 2000 && t.Year() < 2100
}
