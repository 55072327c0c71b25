package wire

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/watch"
)

var scanSeeds = []string{
	`{"events":[{"id":"evt_1","amount":100000,"descriptor":"ﾄﾞｺﾓｺｳｻﾞ","x":[1,-0.5e+7,true,false,null,{}]}]}`,
	`"\u30c9\ud83d\ude00\"\\\/\b\f\n\r\t"`, `"\ud800"`, `"\ude00\ud83d"`, `"\u12"`, `"\x"`, `"`, `"\`, "\"\t\"", `"\u0000"`, "\xff", "\"\xff\"",
	`01`, `-`, `-0`, `1.`, `.5`, `1e`, `1e+`, `1E-9`, `+1`, `- 1`, `NaN`, `tru`, `nulll`, `[1,]`, `[,1]`, `{"a":1,}`, `{"a"}`, `{1:2}`, `[1 2]`,
	` { "a" : [ ] } `, "\ufeff{}", `{}{}`, ``, " ", "\x00", "\u00a01", `[[[[[[]]]]]]`, `{"a":1,"a":2}`, "{\"a\":\x00}",
}

func FuzzScanTakesWhatJSONTextTakes(f *testing.F) {
	for _, s := range scanSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Count(s, "[")+strings.Count(s, "{") > maxDepth {
			t.Skip("nested deeper than any event")
		}
		c := scan{s: s}
		got := utf8.ValidString(s) && c.skip(0) && c.end()
		want := jsontext.Value(s).IsValid(jsontext.AllowDuplicateNames(true))
		if got != want {
			t.Fatalf("taken %v, by jsontext %v", got, want)
		}
		if v := strings.TrimSpace(s); got && v[0] == '"' {
			c := scan{s: v}
			text, _ := c.str()
			if b, err := jsontext.AppendUnquote(nil, v); err != nil || text != string(b) {
				t.Fatalf("read as %q, by jsontext as %q", text, b)
			}
		}
	})
}

func FuzzDecodeEventReadsWhatEncodingJSONReads(f *testing.F) {
	f.Add(`{"id":"evt_1","type":"debit","transaction_id":"t","account_ref":"acc_1","account_mask":"普通 ***4567","occurred_at":"2020-10-03T14:05:11+09:00","amount":100000,"currency":"JPY","descriptor":"ﾄﾞｺﾓ\u30b3","balance_after":-70000,"status":"posted"}`)
	f.Add(`{"id":"evt_2","type":"charge_link.registered","transaction_id":"l","account_ref":"acc_1","occurred_at":"2020-10-03T05:05:11.5Z","descriptor":"PAYPAY","service":"paypay","route":"web"}`)
	f.Add(`{"id":"evt_3","type":"debit.reversed","transaction_id":"t","account_ref":"acc_1","occurred_at":"2020-10-03T05:05:11Z","balance_after":null}`)
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		e, fe := DecodeEvent([]byte(s), "0125", now)
		if read, err := ReadBatch([]byte(`{"events":[{},`+s+`]}`), "0125", now); fe == nil && (err != nil || len(read) != 2 || read[1].Event.ID != e.ID) {
			t.Fatalf("alone it is read, in a batch not: %v", err)
		}
		if fe != nil {
			return
		}
		var plain struct {
			ID            string     `json:"id"`
			Kind          watch.Kind `json:"type"`
			TransactionID string     `json:"transaction_id"`
			AccountRef    string     `json:"account_ref"`
			AccountMask   string     `json:"account_mask"`
			OccurredAt    time.Time  `json:"occurred_at"`
			Amount        int64      `json:"amount"`
			Descriptor    string     `json:"descriptor"`
			BalanceAfter  *int64     `json:"balance_after"`
			Service       string     `json:"service"`
			Route         string     `json:"route"`
		}
		if err := json.Unmarshal([]byte(s), &plain); err != nil {
			t.Fatalf("taken, and not by encoding/json: %v", err)
		}
		same := e.ID == plain.ID && e.Kind == plain.Kind && e.TransactionID == plain.TransactionID && e.AccountRef == plain.AccountRef &&
			e.AccountMask == plain.AccountMask && e.OccurredAt.Equal(plain.OccurredAt.Truncate(time.Millisecond)) && e.Amount == plain.Amount &&
			e.Descriptor == plain.Descriptor && e.Service == plain.Service && e.Route == plain.Route &&
			(e.BalanceAfter == nil) == (plain.BalanceAfter == nil) && (e.BalanceAfter == nil || *e.BalanceAfter == *plain.BalanceAfter)
		if !same {
			t.Fatalf("read as %+v, by encoding/json as %+v", e, plain)
		}
		// What was taken survives the queue.
		body := EncodeBatch("0125", now, []jsontext.Value{jsontext.Value(s)}, 1<<20)
		b, err := DecodeBatch(body[0])
		if err != nil || len(b.Events) != 1 || b.Events[0].ID != e.ID || b.Events[0].Amount != e.Amount {
			t.Fatalf("out of the queue came %+v, %v", b, err)
		}
	})
}

func TestBodiesThatHoldMoreOrLessThanABatchAreRefused(t *testing.T) {
	many := `{"events":[` + strings.Repeat("1,", MaxEvents) + `1]}`
	for name, c := range map[string]struct {
		body string
		n    int
		ok   bool
	}{
		"one event":                     {` {"id":"x"} `, 1, true},
		"a batch":                       {` { "events" : [ {} , 1 , "a" ] } `, 3, true},
		"an empty batch":                {`{"events":[]}`, 0, true},
		"events with something wrong":   {`{"events":[{"id":1}, {"id":"a","id":"b"}, {"x":[{}]}, null, "a", {"amount":{"a":[1]}}, {"id":"e"}]}`, 7, true},
		"a name spelt with an escape":   {`{"\u0065vents":[{}]}`, 1, true},
		"one more than a batch holds":   {many, 0, false},
		"events and something else":     {`{"events":[],"x":1}`, 0, false},
		"events that are no list":       {`{"events":{}}`, 0, false},
		"a list":                        {`[{}]`, 0, false},
		"a batch cut off":               {`{"events":[{}`, 0, false},
		"a batch and more":              {`{"events":[{}]} x`, 0, false},
		"an event and a no-break space": {"{}\u00a0", 0, false},
		"an object that is not JSON":    {`{"a":1,}`, 0, false},
		"broken UTF-8":                  {"{\"events\":[\"\xff\"]}", 0, false},
		"nothing":                       {``, 0, false},
	} {
		raws, err := SplitBatch([]byte(c.body))
		if len(raws) != c.n || (err == nil) != c.ok {
			t.Errorf("%s: %d events, %v", name, len(raws), err)
		}
		read, rerr := ReadBatch([]byte(c.body), "0125", time.Now())
		if len(read) != len(raws) || (err == nil) != (rerr == nil) {
			t.Errorf("%s: %d events read, %v", name, len(read), rerr)
		}
		for i, raw := range raws {
			_, fe := DecodeEvent(raw, "0125", time.Now())
			if string(read[i].Raw) != string(raw) || (fe == nil) != (read[i].Problem == nil) || fe != nil && *fe != *read[i].Problem {
				t.Errorf("%s: event %d is read as %q, %v, alone as %q, %v", name, i, read[i].Raw, read[i].Problem, raw, fe)
			}
			if !raw.IsValid(jsontext.AllowDuplicateNames(true)) {
				t.Errorf("%s: %q is no value", name, raw)
			}
		}
	}
}
