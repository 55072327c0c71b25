package watch

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// What people may set, in the numbers that banks and people were told. To
// change one is a decision of its own.
func TestTheBoundsOfSettings(t *testing.T) {
	known := func(string) bool { return true }
	words := func(n int) (out []string) {
		for i := range n {
			out = append(out, "ヤチン"+strings.Repeat("ア", i))
		}
		return out
	}
	trusts := func(n int) (out []Trust) {
		for i := range n {
			out = append(out, Trust{Service: "paypay", UpTo: int64(i + 1), Until: noon.Add(1)})
		}
		return out
	}
	until := func(d time.Duration) []Trust { return []Trust{{Service: "paypay", UpTo: 1, Until: noon.Add(d)}} }
	for name, c := range map[string]struct{ at, beyond Rules }{
		"a trillion yen":            {Rules{AnyDebit: 1_000_000_000_000}, Rules{AnyDebit: 1_000_000_000_001}},
		"twenty words":              {Rules{Keywords: words(20)}, Rules{Keywords: words(21)}},
		"words of two characters":   {Rules{Keywords: []string{"ガス"}}, Rules{Keywords: []string{"ガ"}}},
		"words of 30 characters":    {Rules{Keywords: []string{strings.Repeat("ア", 30)}}, Rules{Keywords: []string{strings.Repeat("ア", 31)}}},
		"fifteen trusts":            {Rules{Trusts: trusts(15)}, Rules{Trusts: trusts(16)}},
		"a trust of 366 days":       {Rules{Trusts: until(366 * 24 * time.Hour)}, Rules{Trusts: until(366*24*time.Hour + 1)}},
		"a pause of 31 days":        {Rules{PausedUntil: noon.Add(31 * 24 * time.Hour)}, Rules{PausedUntil: noon.Add(31*24*time.Hour + 1)}},
		"a month's total of 1 yen":  {Rules{MonthlyTotal: map[string]int64{"paypay": 1}}, Rules{MonthlyTotal: map[string]int64{"paypay": 0}}},
		"a least amount of nothing": {Rules{ServiceMinFor: map[string]int64{"paypay": 0}}, Rules{ServiceMinFor: map[string]int64{"paypay": -1}}},
	} {
		if faults := c.at.Check(&Rules{}, known, noon); faults != nil {
			t.Errorf("%s: %v", name, faults)
		}
		if faults := c.beyond.Check(&Rules{}, known, noon); len(faults) != 1 {
			t.Errorf("more than %s: %v", name, faults)
		}
	}
}

func TestTextsAreCheckedCharacterByCharacter(t *testing.T) {
	for s, want := range map[string]Code{
		"": CodeEmpty, "a": "", "漢字": "", "漢字漢": CodeTooLong, "\x1f": CodeControl, " ": "", "~": "", "\x7f": CodeControl, "\u009f": CodeControl, "\u00a0": "",
		"\uFFFD": "", "\uFFFE": CodeControl, "\uFFFF": CodeControl, "\U00010000": "", "a\n": CodeControl, "\na": CodeControl, "abc": CodeTooLong,
	} {
		var got Code
		if fe := CheckText("f", s, 1, 2); fe != nil {
			if got = fe.Code; fe.Field != "f" || fe.Error() != "f: "+fe.Problem || strings.Contains(fe.Problem, s) && s != "" {
				t.Errorf("%q: %v", s, fe)
			}
		}
		if got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
	if whole := (&FieldError{Problem: "p"}); whole.Error() != "p" {
		t.Errorf("a fault of the whole: %v", whole)
	}
	for n, ok := range map[int]bool{0: true, 40: true, 41: false} {
		if fe := CheckMask("m", strings.Repeat("＊", n)); (fe == nil) != ok {
			t.Errorf("a mask of %d characters: %v", n, fe)
		}
	}
}

func TestAnAccountRefNeedsNoEscape(t *testing.T) {
	const may = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.~-"
	for r := rune(0); r < 0x100; r++ {
		if fe := CheckRef("r", "x"+string(r)); (fe == nil) != strings.ContainsRune(may, r) {
			t.Errorf("%q: %v", r, fe)
		}
	}
	for s, ok := range map[string]bool{"": false, "a": true, ".": false, "..": false, "...": true, ".a": true, strings.Repeat("a", 64): true, strings.Repeat("a", 65): false} {
		if fe := CheckRef("r", s); (fe == nil) != ok || fe != nil && fe.Field != "r" {
			t.Errorf("%q: %v", s, fe)
		}
	}
}

func TestMailAddressesToTheirBounds(t *testing.T) {
	label := strings.Repeat("a", 63)
	long := label + "." + label + "." + label + "." // 192
	for s, want := range map[string]string{
		strings.Repeat("a", 64) + "@b.jp": "=", strings.Repeat("a", 65) + "@b.jp": "",
		"x@" + label + ".jp": "=", "x@" + label + "a.jp": "",
		"x@" + long + strings.Repeat("a", 58) + ".jp": "=", "x@" + long + strings.Repeat("a", 59) + ".jp": "",
		"09azAZ!#$%&'*+/=?^_`{|}~.-x@b.jp": "=", "x@0-9.jp": "=", "x@b.09": "", "x@b.j": "", "x@b.j9": "=", "x@b.9j": "", "x@jp": "", "x@-b.jp": "", "x@b-.jp": "",
		"x@b..jp": "", "x@.jp": "", "x@b_c.jp": "", "x@b/c.jp": "", "x@b:c.jp": "", "x@b@c.jp": "", "@b.jp": "", "x": "", "": "", "x y@b.jp": "", "x,y@b.jp": "",
		".x@b.jp": `".x"@b.jp`, "x.@b.jp": `"x."@b.jp`, "x..y@b.jp": `"x..y"@b.jp`, "x.y@b.jp": "=",
		`"x y"@b.jp`: "=", `"x@y"@b.jp`: "=", `"x"@b.jp`: "x@b.jp", `"x~ "@b.jp`: "=", "\"x\x7f\"@b.jp": "", "\"x\x1f\"@b.jp": "", `"é"@b.jp`: "", `"x@b.jp`: "", `x"@b.jp`: "",
		`"` + strings.Repeat("a", 63) + ` "@b.jp`: "=", `"` + strings.Repeat("a", 64) + ` "@b.jp`: "", `"n" <x@b.jp`: "",
	} {
		if want == "=" {
			want = s
		}
		if got, ok := MailAddress(s); got != want || ok != (want != "") {
			t.Errorf("%q: %q (%v), want %q", s, got, ok, want)
		}
	}
	// A byte more at either end of what may stand there.
	for b := range 0x80 {
		c := string(rune(b))
		letter := strings.Contains("abcdefghijklmnopqrstuvwxyz", strings.ToLower(c))
		if _, ok := MailAddress("x@b." + c + "x"); ok != letter {
			t.Errorf("a last label that begins with %q: %v", c, ok)
		}
		if _, ok := MailAddress("x@b" + c + "c.jp"); ok != (letter || c >= "0" && c <= "9" || c == "-" || c == ".") {
			t.Errorf("a label that holds %q: %v", c, ok)
		}
		atom := letter || c >= "0" && c <= "9" || strings.Contains("!#$%&'*+-/=?^_`{|}~.", c)
		if _, ok := MailAddress("x" + c + "y@b.jp"); ok != atom {
			t.Errorf("a local part that holds %q: %v", c, ok)
		}
	}
}

func TestDaysAreThoseOfJapan(t *testing.T) {
	midnight := time.Date(2026, 11, 30, 15, 0, 0, 0, time.UTC)
	if day(midnight) != "2026-12-01" || day(midnight.Add(-1)) != "2026-11-30" || month(midnight) != "2026-12" || month(midnight.Add(-1)) != "2026-11" {
		t.Errorf("midnight in Japan is at the end of %s", day(midnight.Add(-1)))
	}
}

func TestSingleValuesOfRules(t *testing.T) {
	r := &Rules{AnyDebit: 1, ServiceMinFor: map[string]int64{"paypay": 0}}
	for _, row := range Table() {
		want := row.Name == "any_debit" || row.Name == "service_min_for" || row.Value.On(&Rules{})
		if row.Value.On(r) != want {
			t.Errorf("%s is on: %v", row.Name, !want)
		}
		if got := RuleNamed(row.Name); got.Name != row.Name || got.Reason != row.Reason {
			t.Errorf("the rule named %s is %s", row.Name, got.Name)
		}
	}
	if none := RuleNamed("none"); none.Name != "" || none.Value != nil {
		t.Errorf("a rule of no name is %s", none.Name)
	}
	hours := RuleNamed("quiet").Value
	at := func(from, to int) *Rules { return &Rules{Quiet: &Quiet{From: from, To: to}} }
	if !hours.Same(at(1, 2), at(1, 2)) || hours.Same(at(1, 2), at(1, 3)) || hours.Same(at(1, 2), at(0, 2)) || hours.Same(at(1, 2), &Rules{}) || hours.Same(&Rules{}, at(1, 2)) {
		t.Error("quiet hours are compared by something else than their ends")
	}
	if (&Rules{}).Reads() || !(&Rules{Keywords: []string{"ガス"}}).Reads() || (&Rules{AnyDebit: 1}).Reads() {
		t.Error("rules without words read the text, or those with words do not")
	}
}

func TestIDsAreShortAndOfOneAlphabet(t *testing.T) {
	seen := map[string]bool{}
	for i := range 200 {
		id := Derive("x", strings.Repeat("y", i))
		if utf8.RuneCountInString(id) != 26 || strings.Trim(id, "0123456789abcdefghjkmnpqrstvwxyz") != "" || seen[id] {
			t.Errorf("%d: %q", i, id)
		}
		seen[id] = true
		u := DeriveUUID("x", strings.Repeat("y", i))
		if u[14] != '5' || !slices.Contains([]byte("89ab"), u[19]) || seen[u] {
			t.Errorf("%d: %q", i, u)
		}
		seen[u] = true
	}
	if Derive("a", "b") == Derive("ab") || DeriveUUID("a", "b") == DeriveUUID("ab") {
		t.Error("parts run into each other")
	}
	e := Event{Bank: "0125", AccountRef: "a", TransactionID: "t", Kind: LinkRegistered}
	removed := e
	removed.Kind = LinkRemoved
	if e.Account() != (AccountKey{Bank: "0125", Ref: "a"}) {
		t.Errorf("the account is %+v", e.Account())
	}
	if removed.RecordID() != e.RecordID() || !e.IsLink() || !removed.IsLink() || (&Event{Kind: Debit}).IsLink() || (&Event{Kind: DebitReversed}).IsLink() {
		t.Error("a link and its removal are not one, or a debit is a link")
	}
}

// What people and banks are told of times and counts, in the numbers that they
// were told. To change one is a decision of its own.
func TestTheTimesThatPeopleWereTold(t *testing.T) {
	for name, c := range map[string][2]time.Duration{
		"an enrolment code works": {CodeFor, 15 * time.Minute}, "an invitation works": {InviteFor, 24 * time.Hour}, "a mail address can be confirmed": {MailFor, time.Hour},
		"the way into the bank's page works": {LinkFor, 10 * time.Minute}, "the link to the settings works": {DoorFor, 10 * time.Minute}, "the settings stay open": {VisitFor, 30 * time.Minute},
		"not mine can be taken back": {UndoFor, 10 * time.Minute}, "an alert's page can be used": {PageFor, 2 * time.Hour}, "after a new link": {AfterNewLinkWindow, 72 * time.Hour},
		"a few mails that ask": {MailsWithin, 2 * time.Hour}, "a few links to the settings": {KeysWithin, 2 * time.Hour}, "what is open to be answered": {OpenFor, 90 * 24 * time.Hour},
		"an enrolment by mail waits": {JoinFor, 7 * 24 * time.Hour}, "a link to the settings by mail": {KeyFor, 30 * time.Minute}, "a change can be set back": {RestoreFor, 7 * 24 * time.Hour},
		"a burst": {BurstWindow, 60 * time.Minute}, "messages gather": {GatherFor, 5 * time.Second}, "after a report": {ReportedFor, 30 * 24 * time.Hour}, "news": {PastAfter, 7 * 24 * time.Hour},
	} {
		if c[0] != c[1] {
			t.Errorf("%s: for %s, people were told %s", name, c[0], c[1])
		}
	}
	if CodeLen != 12 || BurstCount != 3 || MaxName != 20 || MaxWatchers != 10 {
		t.Errorf("a code of %d letters, a burst of %d, names of %d characters, %d people", CodeLen, BurstCount, MaxName, MaxWatchers)
	}
}

// A first debit is called so once 30 days of history, or 100 days of watching,
// would have shown an earlier one.
func TestWhenADebitIsCalledTheFirst(t *testing.T) {
	const day = 24 * time.Hour
	rules := Rules{FirstSeen: true}
	for name, c := range map[string]struct {
		known, watched time.Duration
		want           Reason
	}{
		"nothing is known":           {0, 0, FirstWatched},
		"almost 30 days of history":  {30*day - 1, 0, FirstWatched},
		"30 days of history":         {30 * day, 0, FirstSeen},
		"watched for almost 30 days": {0, 30*day - 1, FirstWatched},
		"watched for 30 days":        {0, 30 * day, FirstWatched | FirstLately},
		"for almost 100 days":        {0, 100*day - 1, FirstWatched | FirstLately},
		"watched for 100 days":       {0, 100 * day, FirstSeen},
	} {
		if got := rules.Evaluate(&Facts{Service: "docomo", Amount: 1, FirstSeen: true, KnownFor: c.known, WatchedFor: c.watched}, noon); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if got := (&Rules{MonthlyTotal: map[string]int64{"docomo": 1}}).Evaluate(&Facts{Service: "docomo", Amount: 1, MonthTotal: 1}, noon); got != MonthlyTotal {
		t.Errorf("a total of one yen is reached: %v", got)
	}
	if got := (&Rules{}).Evaluate(&Facts{Service: "docomo", Amount: 1, AfterReport: true}, noon); got != AfterDispute || !got.Critical() {
		t.Errorf("what follows a report is told for %v", got)
	}
}
