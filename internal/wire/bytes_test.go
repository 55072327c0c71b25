package wire

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/watch"
)

// What is found in a value, and where the walk stands after it.
func TestEachFlawIsNamedAndTheWalkGoesOn(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for s, want := range map[string]struct {
		f    flaw
		rest string
		ok   bool
	}{
		`"a" x`: {fine, " x", true}, `"\u00e9\ud83d\ude00\\" x`: {fine, " x", true}, "\"a\xff\" x": {badUTF8, " x", true}, "\"\\n\xff\" x": {badUTF8, " x", true},
		"\"a\x1f\" x": {control, " x", true}, "\"a\x1f\\\" x\" y": {control, " y", true}, "\"a \" x": {fine, " x", true}, "\"\\x\x01\" y": {control, " y", true},
		`"\ud83d" x`: {halfChar, " x", true}, `"\ude00\ud83d" x`: {halfChar, " x", true}, `"\n\ud83d\"" x`: {halfChar, " x", true}, `"\/\b\f\r\t\ud83d" x`: {halfChar, " x", true},
		`"\x" x`: {badEscape, " x", true}, `"\u12" x`: {badEscape, " x", true}, `"\u123" x`: {badEscape, " x", true}, `"\u12g4" x`: {badEscape, " x", true}, `"\ud83d\x" x`: {badEscape, " x", true},
		`"\u123x" x`: {badEscape, " x", true}, `"\U0041" x`: {badEscape, " x", true}, `"\aF" x`: {badEscape, " x", true}, `"\uaAfF\ud83d" x`: {halfChar, " x", true},
		"\"\uFFFE\" x": {control, " x", true}, "\"\uFFFF\" x": {control, " x", true}, "\"\uFFFD\" x": {fine, " x", true}, "{\"\uFFFF\":1} x": {control, " x", true},
		`"a`: {fine, "", false}, `"\"`: {fine, "", false}, `"\`: {fine, "", false}, "\"\x01": {fine, "", false}, ``: {badNumber, "", false}, `,`: {badNumber, ",", false},
		`[1,"\x",01] x`: {badEscape, " x", true}, `[01,"\x"] x`: {badNumber, " x", true}, `{"\x":01} x`: {badEscape, " x", true}, `{"a":01,"\x":2} x`: {badNumber, " x", true},
		`[] x`: {fine, " x", true}, `{} x`: {fine, " x", true}, `[1,] x`: {badNumber, "] x", false}, `[1 2]`: {fine, "2]", false}, `{"a" 1}`: {fine, "1}", false}, `{"a":1,}`: {fine, "}", false}, `{"a":1 2}`: {fine, "2}", false},
		`{a:1}`: {fine, "a:1}", false}, `[1`: {fine, "", false}, `[`: {badNumber, "", false}, `{`: {fine, "", false}, `{"a":`: {badNumber, "", false}, `[[1 2]]`: {fine, "2]]", false},
		`1a x`: {badNumber, " x", true}, `+1 x`: {badNumber, " x", true}, ` 1 x`: {fine, " x", true}, "\t\r\n1 x": {fine, " x", true}, "\v1 x": {badNumber, " x", true},
		deep(101) + "x": {fine, "x", true}, deep(102): {fine, "[" + strings.Repeat("]", 102), false}, strings.Repeat(`{"a":`, 101) + "1" + strings.Repeat("}", 101): {fine, "1" + strings.Repeat("}", 101), false},
	} {
		c := scan{s: s, dirty: !utf8.ValidString(s)}
		f, ok := c.value(0)
		if ok != want.ok || c.s[c.i:] != want.rest || ok && f != want.f {
			t.Errorf("%.40q: flaw %d, ok %v, then %.40q; want %d, %v, %.40q", s, f, ok, c.s[c.i:], want.f, want.ok, want.rest)
		}
		if rough := ok && f != fine && !strings.Contains(s, "\uFFFE") && !strings.Contains(s, "\uFFFF"); ok && c.rough != rough {
			t.Errorf("%.40q: rough %v", s, c.rough)
		}
	}
	for _, d := range []string{",", ":", "{", "}", "[", "]", `"`, " ", "\t", "\r", "\n"} {
		c := scan{s: " 12" + d + "3"}
		if text, f, ok := c.scalar(); text != "12" || f != fine || !ok || c.i != 3 {
			t.Errorf("a number before %q is read as %q (%d, %v), to %d", d, text, f, ok, c.i)
		}
	}
}

var number = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

func TestNumbersAreThoseOfJSON(t *testing.T) {
	var try func(s string, left int)
	try = func(s string, left int) {
		if got := isNumber(s); got != number.MatchString(s) {
			t.Errorf("%q is a number: %v", s, got)
		}
		for _, c := range "-+.eEd019/:" {
			if left > 0 {
				try(s+string(c), left-1)
			}
		}
	}
	try("", 5)
}

var rfc3339 = regexp.MustCompile(`^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))$`)

// plainTime reads a time the slow way.
func plainTime(s string) (time.Time, bool) {
	m := rfc3339.FindStringSubmatch(s)
	if m == nil {
		return time.Time{}, false
	}
	n := func(i int) int { x, _ := strconv.Atoi(m[i]); return x }
	at := time.Date(n(1), time.Month(n(2)), n(3), 0, 0, 0, 0, time.UTC)
	if int(at.Month()) != n(2) || at.Day() != n(3) || n(4) > 23 || n(5) > 59 || n(6) > 60 || n(9) > 23 || n(10) > 59 {
		return time.Time{}, false
	}
	fraction, _ := strconv.Atoi((m[7] + "0000000000")[min(1, len(m[7])):][:9])
	at = at.Add(time.Duration(n(4))*time.Hour + time.Duration(n(5))*time.Minute + time.Duration(n(6))*time.Second + time.Duration(fraction))
	zone := time.Duration(n(9))*time.Hour + time.Duration(n(10))*time.Minute
	if m[8] == "-" {
		zone = -zone
	}
	return at.Add(-zone), true
}

// A leap second is at the end of a month in UTC, in whatever zone it is said;
// each other second of a day is one. Behind the door any second 60 is read: the
// doors of before took it.
func TestSecond60IsTheEndOfAMonth(t *testing.T) {
	for _, day := range []string{"2016-12-31", "2017-01-01", "2016-12-30", "2016-06-30", "2016-07-01", "2024-02-29", "2024-02-28", "2026-02-28"} {
		for _, zone := range []string{"Z", "+00:00", "-00:00", "+09:00", "-08:30", "+23:59", "-23:59", "+05:45", "-12:00"} {
			for minute := range 24 * 60 {
				s := fmt.Sprintf("%sT%02d:%02d:%%02d%s", day, minute/60, minute%60, zone)
				last, err := time.Parse(time.RFC3339, fmt.Sprintf(s, 59))
				if err != nil {
					t.Fatal(err)
				}
				last = last.UTC()
				leaps := last.Hour() == 23 && last.Minute() == 59 && last.AddDate(0, 0, 1).Day() == 1
				var e watch.Event
				if fe := readTime(&e, fmt.Sprintf(s, 60)); (fe == nil) != leaps || leaps && !e.OccurredAt.Equal(last.Add(time.Second)) {
					t.Errorf(s+": %v", 60, fe)
				}
				if !lenientTime(&e, fmt.Sprintf(s, 60)) || !e.OccurredAt.Equal(last.Add(time.Second)) {
					t.Errorf(s+": behind the door %s", 60, e.OccurredAt)
				}
				for second := range 60 {
					if day != "2016-12-31" || len(zone) > 1 && zone != "+09:00" {
						break // all seconds of one day in two zones
					}
					if fe := readTime(&e, fmt.Sprintf(s, second)); fe != nil {
						t.Errorf(s+": %v", second, fe)
					}
				}
			}
		}
	}
}

func TestTimesAreThoseOfRFC3339(t *testing.T) {
	check := func(s string) {
		t.Helper()
		got, _, ok := parseTime(s)
		want, is := plainTime(s)
		if ok != is || ok && !got.Equal(want) {
			t.Errorf("%q: %s (%v), want %s (%v)", s, got.UTC(), ok, want, is)
		}
	}
	r := rand.New(rand.NewPCG(1, 1))
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	for range 20000 {
		s := fmt.Sprintf("%04d-%02d-%02d%s%02d:%02d:%02d", r.IntN(10000), r.IntN(14), r.IntN(33), pick("T", "t"), r.IntN(25), r.IntN(61), r.IntN(62))
		s += pick("", "", ".", ".0", ".1", ".123456789", ".9999999999999") + pick("Z", "z", "+09:00", fmt.Sprintf("%s%02d:%02d", pick("+", "-"), r.IntN(25), r.IntN(61)))
		check(s)
	}
	for _, s := range []string{"2026-11-24T12:34:56Z", "2026-11-24T12:34:56.789+09:00", "2026-11-24T12:34:56-08:30"} {
		for i := range s {
			check(s[:i])
			check(s[:i] + s[i+1:])
			for _, b := range "0123456789:;/+-.,ZzTtUA @" {
				check(s[:i] + string(b) + s[i+1:])
				check(s[:i] + string(b) + s[i:])
			}
		}
	}
	for y := range 30 { // each month's last day, and the next
		for m := 1; m <= 12; m++ {
			for d := 28; d <= 32; d++ {
				check(fmt.Sprintf("%04d-%02d-%02dT00:00:00Z", 1990+y*4+y%4, m, d))
			}
		}
	}
}

// A line feed or a return ends an event in the queue, and is only white space
// in JSON. An event without either is kept as the bank wrote it.
func TestAnEventIsOneLine(t *testing.T) {
	for in, want := range map[string]string{
		`{"a" : 1}`: `{"a" : 1}`, "\n{\"a\" : 1}": `{"a":1}`, "\r{\"a\" : 1}": `{"a":1}`, "{\"a\" : 1}\n": `{"a":1}`, "{\"a\" : 1\r}": `{"a":1}`, "{\"a\"\t: 1}": "{\"a\"\t: 1}",
		"{\n\"a\\\" \": \" \\\\\" }": `{"a\" ":" \\"}`, "\n": "", "\n\"\\": `"\`,
	} {
		got := EncodeBatch("0125", historyNow, []jsontext.Value{jsontext.Value(in)}, 1<<20)
		if len(got) != 1 || string(got[0]) != "k1 0125 2026-11-24T03:00:00Z\n"+want+"\n" {
			t.Errorf("%q is written as %q", in, got)
		}
	}
}

// A reply tells of each event what became of it.
func TestTheReplyTellsOfEachEvent(t *testing.T) {
	fault := watch.FieldError{Field: "amount", Problem: "p", Code: watch.CodeRange}
	other := watch.FieldError{Field: "id", Problem: "q", Code: watch.CodeMissing}
	ev := func(id, service string) watch.Event { return watch.Event{ID: id, Service: service} }
	b := Body{Ignored: []string{"x"}, Events: []Read{
		{Raw: jsontext.Value("0"), Event: ev("a", "")},
		{Raw: jsontext.Value("1"), Event: ev("b", "paypay"), Problems: []watch.FieldError{fault, other}, Ignored: []string{"y"}},
		{Raw: jsontext.Value("2"), Event: ev("c\n", "no-such"), Ignored: []string{"z"}},
		{Raw: jsontext.Value("3"), Event: ev("d", "paypay")},
		{Raw: jsontext.Value("4"), Event: ev("e", "nosuch")},
	}}
	rep, good := b.Sort()
	want := Reply{Accepted: 4, IgnoredInBatch: []string{"x"}, Ignored: []Ignored{{1, "b", []string{"y"}}, {2, "", []string{"z"}}},
		Rejected:        []Rejected{{1, "b", Fault{"amount", "p", watch.CodeRange}, []Fault{{"amount", "p", watch.CodeRange}, {"id", "q", watch.CodeMissing}}}},
		UnknownServices: []UnknownService{{2, "", "no-such"}, {4, "e", "nosuch"}}}
	if got, want := fmt.Sprintf("%+v", rep), fmt.Sprintf("%+v", want); got != want {
		t.Errorf("the reply is\n%s\nwant\n%s", got, want)
	}
	if got := fmt.Sprintf("%s", good); got != "[0 2 3 4]" {
		t.Errorf("taken are %s", got)
	}
	if none, _ := (&Body{}).Sort(); none.Rejected == nil || none.Ignored != nil {
		t.Errorf("of nothing the reply is %+v; the list of those refused is there", none)
	}
}

func TestIDsAreRepeatedOnlyIfTheyAreIDs(t *testing.T) {
	for s, ok := range map[string]bool{"a": true, "!~": true, "a b": false, "a\x7f": false, "é": false, "a\n": false, strings.Repeat("x", 128): true, strings.Repeat("x", 129): false} {
		want := ""
		if ok {
			want = s
		}
		if got := ShortID(s); got != want {
			t.Errorf("%q is repeated as %q", s, got)
		}
	}
}

func TestBoundsAreSaidAsPeopleReadThem(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 1: "1", 999_999: "999999", 100_000: "100000", 1_000_000: "10^6", 1_000_001: "1000001", 1_200_000: "1200000", 12_000_000: "12000000", 2_000_000: "2000000", 10_000_000: "10^7", 1_000_000_000_000: "10^12", -1: "-1", -100_000_000_000_000: "-10^14",
	} {
		if got := power(n); got != want {
			t.Errorf("%d is said as %s", n, got)
		}
	}
}

func TestAMomentOfThePast(t *testing.T) {
	now := historyNow
	for s, want := range map[string]struct {
		at   time.Time
		day  bool
		code watch.Code
	}{
		"2026-11-24":                {time.Date(2026, 11, 24, 0, 0, 0, 0, watch.JST), true, ""},
		"2026-11-24T12:00:00+09:00": {now, false, ""}, "2026-11-24T03:00:00.001Z": {code: watch.CodeFuture}, "2026-11-25": {code: watch.CodeFuture},
		"2026-11-24 ": {code: watch.CodeTime}, "yesterday": {code: watch.CodeTime}, "1999-12-31": {code: watch.CodeTime}, "2000-01-01": {time.Date(2000, 1, 1, 0, 0, 0, 0, watch.JST), true, ""},
	} {
		at, day, fe := ReadPast("since", s, now)
		var code watch.Code
		if fe != nil {
			if code = fe.Code; fe.Field != "since" {
				t.Errorf("%q: %v", s, fe)
			}
		}
		if code != want.code || day != want.day || !at.Equal(want.at) {
			t.Errorf("%q: %s, a day: %v, %q", s, at, day, code)
		}
	}
	for name, c := range map[string][3]string{"": {strings.Repeat("ｱ", 64), strings.Repeat("ｱ", 255), strings.Repeat("ｱ", 64)},
		"service": {strings.Repeat("x", 65), "", ""}, "descriptor": {"", strings.Repeat("x", 256), ""}, "route": {"", "", "\n"}} {
		got := ""
		if fe := CheckLink(c[0], c[1], c[2]); fe != nil {
			got = fe.Field
		}
		if got != name {
			t.Errorf("a fault of %q, want %q", got, name)
		}
	}
	if fe := CheckLink("", "", ""); fe != nil {
		t.Errorf("a link of which nothing is said: %v", fe)
	}
}

func TestAHistoryThatIsNone(t *testing.T) {
	for body, want := range map[string]string{
		"[]": "the body must be a JSON object", `{"id":"x"}`: "the body has no list of events", `{"events":{}}`: "events must be a list",
		`{"events":[` + strings.Repeat(pastDebit+",", MaxEvents) + pastDebit + `]}`: ErrTooMany.Error(),
		`{"events":[],"from":"2026-11-24T03:00:00.001Z"}`:                           "from: is in the future",
	} {
		b, h, err := ReadHistory([]byte(body), "0168", "acc_1", historyNow)
		if err == nil || err.Error() != want || len(b.Events) > 0 || h.Bank != "0168" || h.Account != "acc_1" || !h.From.IsZero() {
			t.Errorf("%.60s: %+v %+v %v, want %s", body, b, h, err, want)
		}
	}
	old := strings.Replace(pastDebit, "2025-11-05", "2025-11-04", 1)
	for _, events := range []string{pastDebit + "," + old, old + "," + pastDebit} {
		if _, h, err := ReadHistory([]byte(`{"events":[`+events+`]}`), "0168", "acc_1", historyNow); err != nil || !h.From.Equal(time.Date(2025, 11, 4, 3, 0, 0, 0, time.UTC)) {
			t.Errorf("whole since %s (%v), want its oldest debit", h.From, err)
		}
	}
	for _, from := range []string{`"2000-01-01T00:00:00Z"`, `"2026-11-24T03:00:00Z"`} {
		if _, h, err := ReadHistory([]byte(`{"events":[],"from":`+from+`}`), "0168", "acc_1", historyNow); err != nil || h.From.IsZero() {
			t.Errorf("from %s: %+v, %v", from, h, err)
		}
	}
	for _, from := range []string{`{"a":1}`, `[1]`, `7`, `"\ud842"`, `true`} { // then the events follow
		if _, _, err := ReadHistory([]byte(`{"from":`+from+`,"events":[`+pastDebit+`]}`), "0168", "acc_1", historyNow); err == nil || !strings.HasPrefix(err.Error(), "from: must be") {
			t.Errorf("from %s: %v", from, err)
		}
	}
	fields := []string{"events", "from"}
	if b, _, err := ReadHistory([]byte(`{"other":1,"events":[`+pastDebit+`],"more":2,"from":null}`), "0168", "acc_1", historyNow); err != nil || !slices.Equal(b.Ignored, []string{"other", "more"}) {
		t.Errorf("next to %q %q is ignored (%v)", fields, b.Ignored, err)
	}
}
