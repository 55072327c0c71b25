package wire_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// The limits that banks were told. To change one is a decision of its own.
func TestTheLimitsOfWhatBanksSend(t *testing.T) {
	many := func(n int) []byte {
		events := make([]string, n)
		for i := range events {
			events[i] = debit(fmt.Sprint(i))
		}
		return batch(events...)
	}
	if b := read(t, many(500)); len(b.Events) != 500 {
		t.Errorf("of 500 events %d are read", len(b.Events))
	}
	if _, err := wire.ReadBody(many(501), "0125", now); !errors.Is(err, wire.ErrTooMany) {
		t.Errorf("501 events: %v", err)
	}
	sized := func(n int) string {
		e := debit("a")
		return strings.Replace(e, `"id"`, `"x":"`+strings.Repeat("x", n-len(e)-len(`"x":"",`))+`","id"`, 1)
	}
	for n, ok := range map[int]bool{65536: true, 65537: false} {
		b := read(t, batch(sized(n)))
		if e := &b.Events[0]; len(e.Raw) != n || e.Refused() == ok || !ok && !strings.Contains(e.Problems[0].Problem, "64 KiB") {
			t.Errorf("an event of %d bytes: %+v", n, e.Problems)
		}
	}
	if wire.MaxBody != 1048576 || wire.MaxMessage != 262144 {
		t.Errorf("bodies of %d bytes, messages of %d", wire.MaxBody, wire.MaxMessage)
	}
}

// Lists in lists are walked as deep at the door as behind it, wherever they
// stand.
func TestHowDeepListsMayLie(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	with := func(members string) string { return strings.Replace(debit("b"), `"id"`, members+`,"id"`, 1) }
	for name, c := range map[string]struct {
		most int
		body func(lists string) []byte
		want []string // what is wrong with the second event
	}{
		"a field that events do not have": {100, func(l string) []byte { return batch(debit("a"), with(`"x":`+l)) }, nil},
		"one whose name is flawed":        {100, func(l string) []byte { return batch(debit("a"), with(`"\ud842":`+l)) }, []string{"1 ? encoding"}},
		"a field that is given twice":     {100, func(l string) []byte { return batch(debit("a"), with(`"status":null,"status":`+l)) }, []string{"1 status duplicate_field"}},
		"a field of text":                 {100, func(l string) []byte { return batch(debit("a"), with(`"rail":`+l)) }, []string{"1 rail wrong_type"}},
		"an event that is none":           {101, func(l string) []byte { return batch(debit("a"), l) }, []string{"1 wrong_type"}},
		"what stands before the list of events": {100, func(l string) []byte {
			return []byte(`{"x":` + l + `,"events":[` + debit("a") + "," + debit("b") + "]}")
		}, nil},
		"what stands after it": {100, func(l string) []byte {
			return []byte(`{"events":[` + debit("a") + "," + debit("b") + `],"x":` + l + "}")
		}, nil},
	} {
		b, err := wire.ReadBody(c.body(deep(c.most)), "0125", now)
		_, refused := sorted(b)
		if diff := cmp.Diff(c.want, refused); diff != "" || err != nil {
			t.Errorf("%s, %d deep: %v\n%s", name, c.most, err, diff)
		}
		b, err = wire.ReadBody(c.body(deep(c.most+1)), "0125", now)
		if _, refused := sorted(b); err == nil && !strings.Contains(strings.Join(refused, " "), "malformed") {
			t.Errorf("%s, %d deep: %q", name, c.most+1, refused)
		}
	}
	for n, want := range map[int]int{100: 1, 101: 0} {
		line := with(`"x":` + deep(n))
		b, err := wire.DecodeBatch([]byte("k1 0125 2026-11-24T03:00:00Z\n" + line + "\n"))
		if err != nil || len(b.Events) != want || len(b.Unread) != 1-want {
			t.Errorf("behind the door, %d deep: %+v, %v", n, b.Unread, err)
		}
	}
}

// An event that breaks ends where another one seems to begin, and nowhere else.
func TestWhereAnotherEventSeemsToBegin(t *testing.T) {
	within := func(s string) string { return strings.Replace(debit("b"), `"id":`, `,`+s+`,"id":`, 1) }
	for name, c := range map[string]struct {
		broken string
		events int
	}{
		"an object in a list, of a name that events do not have": {within(`"x":[1,{"zzz":1}]`), 3},
		"of a name that they have":                               {within(`"x":[1,{"id":"y"}]`), 4},
		"after another object, of any name":                      {within(`"x":[{},{"zzz":1}]`), 4},
		"of a name that is no word":                              {within(`"x":[{},{"z z":1}]`), 3},
		"of an empty name":                                       {within(`"x":[{},{"":1}]`), 3},
		"of a name without a quote":                              {within(`"x":[{},{zid":1}]`), 3},
		"of a name without a colon":                              {within(`"x":[{},{"id" 1}]`), 3},
		"of a very long name":                                    {within(`"x":[{},{"` + strings.Repeat("z", 64) + `":1}]`), 3},
	} {
		b := read(t, batch(debit("a"), c.broken, debit("c")))
		taken, refused := sorted(b)
		if !slices.Equal(taken, []string{"a", "c"}) || len(b.Events) != c.events || len(refused) == 0 {
			t.Errorf("%s: %q of %d events are taken, want %d events; refused %q", name, taken, len(b.Events), c.events, refused)
		}
	}
}

func TestWhatIsWrongIsAllNamed(t *testing.T) {
	edit := func(old, new string) string { return strings.Replace(debit("b"), old, new, 1) }
	back := func(more string) string {
		return `{"id":"b","type":"debit.reversed","transaction_id":"t","account_ref":"acc","occurred_at":"2026-11-24T02:59:00Z"` + more + `}`
	}
	for name, c := range map[string]struct {
		event string
		want  []string
	}{
		"a status of a bank's own":                 {edit(`"id"`, `"status":"authorised","id"`), []string{"0 status not_allowed"}},
		"a name that holds no character":           {edit(`"id"`, "\"x\uffff\":1,\"id\""), []string{"0 ? control_character"}},
		"a reversal's amount without its currency": {back(`,"amount":5`), []string{"0 currency missing"}},
		"a reversal of all":                        {back(``), nil},
		"a flaw, and then what breaks":             {edit(`"id"`, `"x":["\ud842",],"id"`), []string{"0 x encoding", "0 malformed"}},
		"a flawed name, and then what breaks":      {edit(`"id"`, `"\ud842":,"id"`), []string{"0 ? encoding", "0 malformed"}},
	} {
		_, refused := sorted(read(t, batch(c.event)))
		if diff := cmp.Diff(c.want, refused); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	both := read(t, batch(edit(`"id"`, `"occurred_on":"2026-11-24","id"`))).Events[0]
	link := read(t, batch(`{"id":"b","type":"charge_link.registered","transaction_id":"t","account_ref":"acc","occurred_at":"2026-11-24T02:59:00Z","service":"paypay","status":"posted"}`)).Events[0]
	if !strings.Contains(both.Problems[0].Problem, "occurred_at") || !strings.Contains(link.Problems[0].Problem, "type") {
		t.Errorf("a bank is told %q, and %q", both.Problems, link.Problems)
	}
}

// A body that is not all UTF-8 costs the events that are not.
func TestAnEscapeIsReadBesideBrokenText(t *testing.T) {
	bad, good := strings.Replace(debit("a"), "ｺｳｻﾞ", "\xff", 1), strings.Replace(debit("b"), "ﾄﾞｺﾓｺｳｻﾞ", `\u3042`, 1)
	b := read(t, batch(bad, good))
	if taken, _ := sorted(b); !slices.Equal(taken, []string{"b"}) || b.Events[1].Event.Descriptor != "あ" {
		t.Errorf("%q are taken, %+v", taken, b.Events[1])
	}
}

func TestWhatFollowsABodyIsRefused(t *testing.T) {
	for _, after := range []string{"\x00", " \x00", "x", "{}"} {
		if _, err := wire.ReadBody([]byte(debit("a")+after), "0125", now); err == nil {
			t.Errorf("an event alone, and then %q, is taken", after)
		}
		if b, err := wire.ReadBody([]byte(string(batch(debit("a")))+after), "0125", now); err == nil && !slices.ContainsFunc(b.Events, func(r wire.Read) bool { return r.Refused() }) {
			t.Errorf("a batch, and then %q, is taken", after)
		}
	}
	for _, end := range []string{`,"x":"\ud842"}`, `,"x":01}`} { // in a flaw it may be seen that quotes are not escaped
		b := read(t, []byte(`{"events":[`+debit("a")+`]`+end))
		if taken, refused := sorted(b); !slices.Equal(taken, []string{"a"}) || len(refused) != 1 {
			t.Errorf("%s: taken %q, refused %q", end, taken, refused)
		}
	}
}

// Whatever a door let in is read behind it, whatever its limits are.
func TestBehindTheDoorThereAreNoLimits(t *testing.T) {
	line := strings.Replace(debit("a"), "100000", "9223372036854775807", 1)
	b, err := wire.DecodeBatch([]byte("k1 0125 2026-11-24T03:00:00Z\n" + line + "\n"))
	if err != nil || len(b.Events) != 1 || b.Events[0].Amount != 9223372036854775807 || b.Events[0].Kind != watch.Debit {
		t.Errorf("%+v, %v", b, err)
	}
	bodies := wire.EncodeBatch("0125", now, []jsontext.Value{jsontext.Value(line)}, 10)
	if len(bodies) != 1 || !bytes.Contains(bodies[0], []byte(line)) {
		t.Errorf("one that is larger than a message should be is sent as %q", bodies)
	}
}
