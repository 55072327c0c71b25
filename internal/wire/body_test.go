package wire_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

var now = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

func debit(id string) string {
	return `{"id":"` + id + `","type":"debit","transaction_id":"t-` + id + `","account_ref":"acc","occurred_at":"2026-11-24T11:59:00+09:00","amount":100000,"currency":"JPY","descriptor":"ﾄﾞｺﾓｺｳｻﾞ"}`
}

func batch(events ...string) []byte { return []byte(`{"events":[` + strings.Join(events, ",") + `]}`) }

func read(t *testing.T, body []byte) wire.Body {
	t.Helper()
	b, err := wire.ReadBody(body, "0125", now)
	if err != nil {
		t.Fatalf("%.200q: %v", body, err)
	}
	return b
}

// sorted are the ids of the events that are taken, and what is wrong with the
// others: "2 amount bad_number".
func sorted(b wire.Body) (taken, refused []string) {
	for i := range b.Events {
		e := &b.Events[i]
		if !e.Refused() {
			taken = append(taken, e.Event.ID)
		}
		for _, p := range e.Problems {
			refused = append(refused, strings.ReplaceAll(fmt.Sprintf("%d %s %s", i, p.Field, p.Code), "  ", " "))
		}
	}
	return taken, refused
}

func TestAFieldOfAnEventIsRefusedForWhatIsWrongWithIt(t *testing.T) {
	edit := func(old, new string) string { return strings.Replace(debit("a"), old, new, 1) }
	with := func(members string) string { return edit(`"id"`, members+`,"id"`) }
	at := func(s string) string { return edit(`2026-11-24T11:59:00+09:00`, s) }
	on := func(s string) string {
		return edit(`"occurred_at":"2026-11-24T11:59:00+09:00"`, `"occurred_on":"`+s+`"`)
	}
	link := func(s string) string {
		return `{"id":"a","type":"charge_link.registered","transaction_id":"t","account_ref":"acc","occurred_at":"2026-11-24T02:59:00Z",` + s + `}`
	}
	for name, c := range map[string]struct {
		event string
		want  []string // nil if it is taken
	}{
		"a field given twice":             {edit(`"amount":100000`, `"amount":1,"amount":100000`), []string{"amount duplicate_field"}},
		"null given twice":                {with(`"status":null,"status":null`), []string{"status duplicate_field"}},
		"an unknown field given twice":    {with(`"x":1,"x":1`), []string{"x duplicate_field"}},
		"an unknown field":                {with(`"x":{"y":[1,{"z":null}]}`), nil},
		"half a character in it":          {with(`"x":{"y":["\ud842"]}`), []string{"x encoding"}},
		"null is absent":                  {with(`"status":null,"balance_after":null,"replaces":null,"service":null`), nil},
		"null where something must be":    {edit(`100000`, `null`), []string{"amount missing"}},
		"an amount in words":              {edit(`100000`, `"100000"`), []string{"amount wrong_type"}},
		"an amount that is true":          {edit(`100000`, `true`), []string{"amount wrong_type"}},
		"an amount of zero":               {edit(`100000`, `0`), []string{"amount out_of_range"}},
		"a negative amount":               {edit(`100000`, `-1`), []string{"amount out_of_range"}},
		"the largest amount":              {edit(`100000`, `1000000000000`), nil},
		"too large an amount":             {edit(`100000`, `1000000000001`), []string{"amount out_of_range"}},
		"an amount beyond all":            {edit(`100000`, `99999999999999999999`), []string{"amount bad_number"}},
		"a fraction":                      {edit(`100000`, `1.5`), []string{"amount bad_number"}},
		"an exponent":                     {edit(`100000`, `1e5`), []string{"amount bad_number"}},
		"zeros in front":                  {edit(`100000`, `0100000`), []string{"amount bad_number"}},
		"a plus":                          {edit(`100000`, `+1`), []string{"amount bad_number"}},
		"underscores":                     {edit(`100000`, `100_000`), []string{"amount bad_number"}},
		"full-width digits":               {edit(`100000`, `１０`), []string{"amount bad_number"}},
		"not a number":                    {edit(`100000`, `NaN`), []string{"amount bad_number"}},
		"a balance below zero":            {with(`"balance_after":-100000000000000`), nil},
		"a balance beyond its limit":      {with(`"balance_after":-100000000000001`), []string{"balance_after out_of_range"}},
		"dollars":                         {edit(`JPY`, `USD`), []string{"currency not_allowed"}},
		"no currency":                     {edit(`,"currency":"JPY"`, ``), []string{"currency missing"}},
		"255 characters":                  {edit(`ﾄﾞｺﾓｺｳｻﾞ`, strings.Repeat("ｱ", 255)), nil},
		"256 characters":                  {edit(`ﾄﾞｺﾓｺｳｻﾞ`, strings.Repeat("ｱ", 256)), []string{"descriptor too_long"}},
		"an escaped control character":    {edit(`ﾄﾞｺﾓｺｳｻﾞ`, `\u0007`), []string{"descriptor control_character"}},
		"a raw tab":                       {edit(`ﾄﾞｺﾓｺｳｻﾞ`, "a\tb"), []string{"descriptor control_character"}},
		"a raw line feed":                 {edit(`ﾄﾞｺﾓｺｳｻﾞ`, "a\nb"), []string{"descriptor control_character"}},
		"no character":                    {with("\"x\":\"\uffff\""), []string{"x control_character"}},
		"half a character":                {edit(`ﾄﾞｺﾓｺｳｻﾞ`, `\ud842`), []string{"descriptor encoding"}},
		"the other half":                  {edit(`ﾄﾞｺﾓｺｳｻﾞ`, `\udfb7𠮷`), []string{"descriptor encoding"}},
		"a whole character in escapes":    {edit(`ﾄﾞｺﾓｺｳｻﾞ`, `\ud842\udfb7`), nil},
		"an escape that JSON lacks":       {edit(`ﾄﾞｺﾓｺｳｻﾞ`, `\x41`), []string{"descriptor encoding"}},
		"broken UTF-8":                    {edit(`ﾄﾞｺﾓｺｳｻﾞ`, "\xff"), []string{"descriptor encoding"}},
		"UTF-8 cut within a character":    {edit(`ﾄﾞｺﾓｺｳｻﾞ`, "ﾄﾞ\xef\xbd"), []string{"descriptor encoding"}},
		"a name with broken UTF-8":        {with("\"x\xff\":1"), []string{"? encoding"}},
		"an unknown type":                 {edit(`"debit"`, `"credit"`), []string{"type not_allowed"}},
		"no type":                         {edit(`"type":"debit",`, ``), []string{"type missing"}},
		"no transaction id":               {edit(`"transaction_id":"t-a",`, ``), []string{"transaction_id missing"}},
		"an id of white space":            {edit(`"t-a"`, `" \u3000 "`), []string{"transaction_id empty"}},
		"an id of which nothing is seen":  {edit(`"t-a"`, `"\ufeff \u200b\u2060"`), []string{"transaction_id empty"}},
		"an id with white space about it": {edit(`"t-a"`, `"  t-a  "`), nil},
		"128 characters of id":            {edit(`"t-a"`, `" `+strings.Repeat("x", 128)+` "`), nil},
		"129 characters of id":            {edit(`"t-a"`, `"`+strings.Repeat("x", 129)+`"`), []string{"transaction_id too_long"}},
		"a reference with a space":        {edit(`"acc"`, `"a b"`), []string{"account_ref not_allowed"}},
		"a reference with a slash":        {edit(`"acc"`, `"a/b"`), []string{"account_ref not_allowed"}},
		"a reference of two dots":         {edit(`"acc"`, `".."`), []string{"account_ref not_allowed"}},
		"a reference with all it may":     {edit(`"acc"`, `"Az09_.~-..."`), nil},
		"an empty reference":              {edit(`"acc"`, `""`), []string{"account_ref empty"}},
		"a list for a string":             {edit(`"acc"`, `["acc"]`), []string{"account_ref wrong_type"}},
		"a number for a string":           {edit(`"acc"`, `1`), []string{"account_ref wrong_type"}},
		"a list for an event":             {`[1]`, []string{" wrong_type"}},
		"a string for an event":           {`"a"`, []string{" wrong_type"}},

		"ten minutes ahead":          {at(`2026-11-24T03:10:00Z`), nil},
		"a moment more":              {at(`2026-11-24T03:10:00.001Z`), []string{"occurred_at in_the_future"}},
		"the year 2000":              {at(`2000-01-01T00:00:00Z`), nil},
		"the year before":            {at(`1999-12-31T23:59:59Z`), []string{"occurred_at out_of_range"}},
		"letters in lower case":      {at(`2026-11-24t02:59:00z`), nil},
		"second 60":                  {at(`2016-12-31T23:59:60Z`), nil},
		"second 60 within a month":   {at(`2016-12-30T23:59:60Z`), []string{"occurred_at bad_time"}},
		"second 60 of another hour":  {at(`2016-12-31T22:59:60Z`), []string{"occurred_at bad_time"}},
		"second 60 in Japan":         {at(`2017-01-01T08:59:60+09:00`), nil},
		"second 61":                  {at(`2016-12-31T23:59:61Z`), []string{"occurred_at bad_time"}},
		"a fraction of many digits":  {at(`2026-11-24T02:59:00.1234567890123456789Z`), nil},
		"a point and no fraction":    {at(`2026-11-24T02:59:00.Z`), []string{"occurred_at bad_time"}},
		"a comma":                    {at(`2026-11-24T02:59:00,5Z`), []string{"occurred_at bad_time"}},
		"an hour of one digit":       {at(`2026-11-24T1:02:03Z`), []string{"occurred_at bad_time"}},
		"hour 24":                    {at(`2026-11-23T24:00:00Z`), []string{"occurred_at bad_time"}},
		"a zone of a day":            {at(`2026-11-24T02:59:00+24:00`), []string{"occurred_at bad_time"}},
		"a zone of sixty minutes":    {at(`2026-11-24T02:59:00+09:60`), []string{"occurred_at bad_time"}},
		"a zone without its colon":   {at(`2026-11-24T02:59:00+0900`), []string{"occurred_at bad_time"}},
		"a zone to the west":         {at(`2026-11-23T17:59:00-08:30`), nil},
		"no zone":                    {at(`2026-11-24T02:59:00`), []string{"occurred_at bad_time"}},
		"a space for the T":          {at(`2026-11-24 02:59:00Z`), []string{"occurred_at bad_time"}},
		"30 February":                {at(`2026-02-30T00:00:00Z`), []string{"occurred_at bad_time"}},
		"29 February of a leap year": {at(`2024-02-29T00:00:00Z`), nil},
		"month 13":                   {at(`2026-13-01T00:00:00Z`), []string{"occurred_at bad_time"}},
		"a day":                      {on(`2026-11-24`), nil},
		"tomorrow":                   {on(`2026-11-25`), []string{"occurred_on in_the_future"}},
		"a day and more":             {on(`2026-11-24T00:00:00Z`), []string{"occurred_on bad_time"}},
		"a day before 2000":          {on(`1999-12-31`), []string{"occurred_on out_of_range"}},
		"a day and a time":           {with(`"occurred_on":"2026-11-24"`), []string{"occurred_on does_not_belong"}},
		"neither":                    {edit(`"occurred_at":"2026-11-24T11:59:00+09:00",`, ``), []string{"occurred_at missing"}},

		"all that a bank may know":   {with(`"service":"docomo","rail":"RTK","collector":"0123456789","detail":"ﾃﾞｲﾊﾞﾗｲ","replaces":" p1 "`), nil},
		"a link":                     {link(`"service":"paypay"`), nil},
		"a link without its service": {link(`"service":"","descriptor":""`), []string{"service missing"}},
		"one whose service breaks":   {link(`"service":"\ud842"`), []string{"service encoding"}},
		"a link with what debits have": {link(`"service":"paypay","amount":1,"currency":"JPY","status":"posted","balance_after":1,"replaces":"p"`),
			[]string{"amount does_not_belong", "currency does_not_belong", "balance_after does_not_belong", "status does_not_belong", "replaces does_not_belong"}},
		"all that is wrong at once": {`{"id":"","type":"debit","account_ref":"a b","amount":01,"amount":2,"currency":"USD","descriptor":"\ud842","occurred_at":"x"}`,
			[]string{"id empty", "account_ref not_allowed", "amount bad_number", "amount duplicate_field", "currency not_allowed", "descriptor encoding", "occurred_at bad_time", "transaction_id missing"}},
		"more than an event may hold": {with(`"x":"` + strings.Repeat("x", wire.MaxEvent) + `"`), []string{" too_large"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := read(t, batch(debit("g1"), c.event, debit("g2")))
			taken, refused := sorted(b)
			want := []string{"g1", "a", "g2"}
			if c.want != nil {
				want = []string{"g1", "g2"}
				for i := range c.want {
					c.want[i] = strings.ReplaceAll("1 "+c.want[i], "  ", " ")
				}
			}
			if diff := cmp.Diff(want, taken); diff != "" {
				t.Errorf("taken:\n%s%v", diff, refused)
			}
			if diff := cmp.Diff(c.want, refused, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("problems:\n%s", diff)
			}
			if len(b.Events) == 3 && string(b.Events[1].Raw) != c.event {
				t.Errorf("raw %q", b.Events[1].Raw)
			}
			for _, p := range b.Events[1].Problems {
				if p.Problem == "" || p.Code == "" {
					t.Errorf("%+v does not say what is wrong", p)
				}
			}
		})
	}
}

// What strangers wrote is kept as it came; it is cleaned where it is shown.
func TestAnEventIsReadWhole(t *testing.T) {
	raw := `{"id":" e1 ","type":"debit","transaction_id":"\u3000t1 ","account_ref":"acc","account_mask":"普通 ***4567","occurred_at":"2026-11-24T11:59:10.123456+09:00",` +
		`"amount":5,"currency":"JPY","descriptor":"ﾄﾞｺﾓ\u202eｺｳｻﾞ\u200b―","detail":"a\u061cb","balance_after":-7,"status":"pending","service":"docomo","route":"web","rail":"RTK","collector":"0123","replaces":" p1","colour":"red","a b":1}`
	b := read(t, []byte(raw))
	balance := int64(-7)
	want := []wire.Read{{Raw: []byte(raw), Ignored: []string{"colour", "?"}, Event: watch.Event{ID: "e1", Kind: watch.Debit, TransactionID: "t1", Bank: "0125", AccountRef: "acc", AccountMask: "普通 ***4567",
		OccurredAt: time.Date(2026, 11, 24, 2, 59, 10, 123_000_000, time.UTC), ReceivedAt: now, Amount: 5, Descriptor: "ﾄﾞｺﾓ\u202eｺｳｻﾞ\u200b―", Detail: "a\u061cb",
		BalanceAfter: &balance, Status: watch.Pending, Service: "docomo", Route: "web", Rail: "RTK", Collector: "0123", Replaces: "p1"}}}
	if diff := cmp.Diff(want, b.Events); diff != "" {
		t.Error(diff)
	}
	day := read(t, []byte(`{"id":"e1","type":"debit.reversed","transaction_id":"t1","account_ref":"acc","occurred_on":"2026-11-24"}`)).Events[0]
	if want := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC); day.Refused() || !day.Event.DateOnly || !day.Event.OccurredAt.Equal(want) || day.Event.Status != watch.Posted {
		t.Errorf("a day is read as %+v", day)
	}
}

func TestABrokenEventCostsItself(t *testing.T) {
	a, c, d := debit("a"), debit("c"), debit("d")
	edit := func(old, new string) string { return strings.Replace(debit("b"), old, new, 1) }
	for name, broken := range map[string]string{
		"a string that is not closed":             edit(`ｺｳｻﾞ"`, `ｺｳｻﾞ`),
		"an id that is not closed":                edit(`"b",`, `"b,`),
		"a name that is not closed":               edit(`"type":`, `"type:`),
		"a last backslash":                        edit(`ｺｳｻﾞ"`, `ｺｳｻﾞ\"`),
		"Shift_JIS whose last byte is one":        edit(`ﾄﾞｺﾓｺｳｻﾞ`, "\x83\x5c"),
		"a brace that is not there":               edit(`"}`, `"`),
		"a brace too many":                        edit(`"}`, `"}}`),
		"a bracket too many":                      edit(`"}`, `"]}`),
		"the end of the batch within":             edit(`"}`, `"}]}`),
		"an object that is not closed":            edit(`"id"`, `"x":{"y":1,"id"`),
		"a list that is not closed":               edit(`"id"`, `"x":[{"y":1},"id"`),
		"a list and an object that are not":       edit(`"id"`, `"id":"b","x":[{"y":[1`),
		"a comma too many":                        edit(`,"type"`, `,,"type"`),
		"a comma at the end":                      edit(`"}`, `",}`),
		"no comma":                                edit(`,"type"`, ` "type"`),
		"no colon":                                edit(`"id":`, `"id"`),
		"a quote that is not escaped":             edit(`ｺｳｻﾞ`, `ｺ"ｻ"`),
		"a comment":                               edit(`"id"`, `/* "b" */"id"`),
		"single quotes":                           `{'id':'b'}`,
		"thousands":                               edit(`100000`, `100,000`),
		"words":                                   `nothing at all`,
		"nothing":                                 ``,
		"only a brace":                            `{`,
		"only a quote":                            `"`,
		"a batch in a batch that is not closed":   `{"events":[` + debit("b"),
		"deeper than anything":                    edit(`"id"`, `"x":`+strings.Repeat("[", 200)+strings.Repeat("]", 200)+`,"id"`),
		"a broken list of objects with our names": edit(`"id"`, `"x":[{"p":1},{"q":2},"id"`),
	} {
		t.Run(name, func(t *testing.T) {
			for place, body := range map[string][]byte{"first": batch(broken, a, c, d), "in the middle": batch(a, broken, c, d), "last": batch(a, c, d, broken),
				"spread out": []byte("{ \"events\" : [\n" + a + " ,\n\t" + broken + "\n,\r\n " + c + ",\n" + d + "\n]\n}\n")} {
				b, err := wire.ReadBody(body, "0125", now)
				if err != nil {
					t.Fatalf("%s: %v", place, err)
				}
				taken, refused := sorted(b)
				if diff := cmp.Diff([]string{"a", "c", "d"}, only("acd", taken)); diff != "" || len(refused) == 0 {
					t.Errorf("%s: taken\n%s%v", place, diff, refused)
				}
			}
		})
	}
}

func TestWhereABrokenEventEnds(t *testing.T) {
	a, c := debit("a"), debit("c")
	unclosed := strings.Replace(debit("b"), `ｺｳｻﾞ"`, `ｺｳｻﾞ`, 1)
	for name, x := range map[string]struct {
		body string
		raws []string // of what is refused
	}{
		"at the next event":            {`{"events":[` + a + `,` + unclosed + ` , ` + c + `]}`, []string{unclosed}},
		"and a list after the batch's": {`{"events":[` + unclosed + `,` + a + `,` + c + `],"x":[{"p":1},{"q":2}]}`, []string{unclosed, `],"x":[{"p":1},`, `{"q":2}`}},
		"at the end of the batch":      {`{"events":[` + a + `,` + c + `,` + unclosed + ` ] } `, []string{unclosed}},
		"at the end of the body":       {`{"events":[` + a + `,` + c + `,{"id":"b`, []string{`{"id":"b`}},
		"with the braces it has":       {`{"events":[` + a + `,{"x":[{"id":"\ud842"},{"id":2}]},` + c + `]}`, []string{`{"x":[{"id":"\ud842"},{"id":2}]}`}},
		"the batch, if it does not":    {`{"events":[` + a + `,` + c, []string{``}},
		"with what follows the list":   {`{"events":[` + a + `,` + c + `]`, []string{`]`}},
		"with what follows the batch":  {`{"events":[` + a + `,` + c + `]} x`, []string{`]} x`}},
		"and the list given twice":     {`{"events":[` + a + `,` + c + `],"events":[]}`, []string{`],"events":[]}`}},
		"and nothing between commas":   {`{"events":[` + a + `,,` + c + `,]}`, []string{``, ``}},
		"an empty list and what is in": {`{"events":[],"x":}`, []string{`],"x":}`}},
	} {
		b := read(t, []byte(x.body))
		var got []string
		for _, e := range b.Events {
			if e.Refused() {
				got = append(got, string(e.Raw))
			}
		}
		if diff := cmp.Diff(x.raws, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		if taken, _ := sorted(b); len(taken) != 2 && name != "an empty list and what is in" {
			t.Errorf("%s: taken %v", name, taken)
		}
	}
}

func TestWhereOnlyACommaIsMissingEachEventIsTaken(t *testing.T) {
	a, c, odd := debit("a"), debit("c"), `{"colour":1,`+debit("d")[1:]
	broken := strings.Replace(debit("b"), `ｺｳｻﾞ"`, `ｺｳｻﾞ`, 1)
	for body, want := range map[string][]string{
		`{"events":[` + a + c + `]}`: {"a", "c"}, `{"events":[` + a + " \n" + odd + c + `],"x":{}}`: {"a", "d", "c"},
		`{"events":[` + a + c + broken + `,` + odd + `]}`: {"a", "c", "d"},
	} {
		if taken, refused := sorted(read(t, []byte(body))); !cmp.Equal(taken, want) {
			t.Errorf("%s: taken %v, %v", body, taken, refused)
		}
	}
}

func TestBodiesThatHoldNoEventsThatCanBeTold(t *testing.T) {
	many := string(batch(strings.Repeat("{},", wire.MaxEvents) + "{}"))
	for name, c := range map[string]struct {
		body string
		at   int // -1: it is read
		n    int
	}{
		"one event":                        {` {"id":"x"} `, -1, 1},
		"one event after a mark of UTF-8":  {"\ufeff" + debit("a"), -1, 1},
		"a batch":                          {` { "events" : [ {} , 1 , "a" ] } `, -1, 3},
		"an empty batch":                   {`{"events":[]}`, -1, 0},
		"a name spelt with an escape":      {`{"\u0065vents":[{}]}`, -1, 1},
		"something before and after":       {`{"version":2,"a b":[{}],"events":[{}],"x":{}}`, -1, 1},
		"one more than a batch holds":      {many, -2, 0},
		"events that are no list":          {`{"events":{}}`, 10, 0},
		"a list":                           {`[{}]`, 0, 0},
		"nothing":                          {``, 0, 0},
		"an event cut off":                 {`{"id":`, 6, 0},
		"an event and more":                {`{"id":"x"} x`, 11, 0},
		"an event and a no-break space":    {"{}\u00a0", 2, 0},
		"an object with a comma too many":  {`{"a":1,}`, 7, 0},
		"UTF-16":                           {"{\x00\"\x00", 1, 0},
		"something broken before the list": {`{"a":,"events":[]}`, 5, 0},
	} {
		b, err := wire.ReadBody([]byte(c.body), "0125", now)
		be, whole := errors.AsType[*wire.BodyError](err)
		switch {
		case c.at == -1 && err != nil, c.at == -2 && !errors.Is(err, wire.ErrTooMany), c.at >= 0 && !whole:
			t.Errorf("%s: %v", name, err)
		case whole && be.At != c.at:
			t.Errorf("%s: byte %d, want %d", name, be.At, c.at)
		case len(b.Events) != c.n:
			t.Errorf("%s: %d events", name, len(b.Events))
		}
	}
	if got := read(t, []byte(`{"version":2,"a b":[{}],"events":[{}],"x":{}}`)).Ignored; !cmp.Equal(got, []string{"version", "?", "x"}) {
		t.Errorf("ignored of the batch: %q", got)
	}
}

// FuzzWhateverOneEventHoldsTheOthersAreTaken puts any bytes into an event, and
// in the place of one. Only bytes that leave well-formed JSON may make
// something else of it: that is read as JSON.
func FuzzWhateverOneEventHoldsTheOthersAreTaken(f *testing.F) {
	for _, s := range []string{`\ud842`, "\t", "\xff", "\xe3\x81", `"`, `\`, `"}`, `"}]`, `"}]}`, `"},{"id":"`, `","x":[{"a":"`, `"},[{"a":"`, `"}],"x":[{"a":"`,
		`"}],"events":[{"a":"`, `","y":[{"id":1},{"id":2}],"x":[{"a":"`, `","amount":0100,"x":"`, "\x83\x5c", `"}]}{"events":[{"id":"`, `","x":{`, "\x01\"}],\"\":[{\"\":\"", `","a":0100}],"":[{"":"`, `]}`, `{`, `,{"id":"`, `"},"`, ``} {
		f.Add([]byte(s))
	}
	others := []string{debit("a"), debit("b"), debit("c"), debit("d")}
	f.Fuzz(func(t *testing.T, junk []byte) {
		for _, event := range []string{`{"id":"x","descriptor":"` + string(junk) + `"}`, `{"id":"x",` + string(junk) + `}`, `{"id":"x","descriptor":"` + string(junk), string(junk)} {
			for at := range len(others) + 1 {
				salvage(t, batch(slices.Insert(slices.Clone(others), at, event)...))
			}
		}
	})
}

// salvage fails if an event of a batch, "a" to "d", is not taken, unless it is
// well-formed and has another meaning.
func salvage(t *testing.T, body []byte) {
	t.Helper()
	read, err := wire.ReadBody(body, "0125", now)
	if json.Valid(body) || errors.Is(err, wire.ErrTooMany) {
		return
	}
	if err != nil {
		t.Fatalf("%q: %v", body, err)
	}
	taken, _ := sorted(read)
	if !cmp.Equal(only("abcd", taken), []string{"a", "b", "c", "d"}) {
		t.Fatalf("%q: taken %v", body, taken)
	}
	for i := range read.Events {
		if e := &read.Events[i]; !e.Refused() && !json.Valid(e.Raw) {
			t.Fatalf("%q is taken and is not JSON", e.Raw)
		}
	}
	for _, b := range wire.EncodeBatch("0125", now, raws(read), 1<<20) {
		if got, err := wire.DecodeBatch(b); err != nil || len(got.Unread) > 0 || len(got.Events) != len(taken) {
			t.Fatalf("%q: behind the door %d of %d events, %v", body, len(got.Events), len(taken), err)
		}
	}
}

// only keeps those of the ids that are in set, which junk may have added to.
func only(set string, ids []string) []string {
	var out []string
	for _, id := range ids {
		if len(id) == 1 && strings.Contains(set, id) {
			out = append(out, id)
		}
	}
	return out
}
