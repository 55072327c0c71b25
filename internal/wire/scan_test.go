package wire

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

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
		c := scan{s: s, dirty: !utf8.ValidString(s)}
		flaw, ok := c.value(0)
		got := ok && flaw == fine && c.end()
		want := jsontext.Value(s).IsValid(jsontext.AllowDuplicateNames(true)) && !noCharacter(s)
		if got != want && (!strings.Contains(s, "\\u") || got) { // an escaped U+FFFF is no character either
			t.Fatalf("taken %v, by jsontext %v", got, want)
		}
		if v := strings.TrimSpace(s); got && v[0] == '"' {
			c := scan{s: v}
			text, _, _ := c.str()
			if b, err := jsontext.AppendUnquote(nil, v); err != nil || text != string(b) {
				t.Fatalf("read as %q, by jsontext as %q", text, b)
			}
		}
	})
}

func FuzzAnEventIsReadAsEncodingJSONReadsIt(f *testing.F) {
	f.Add(`{"id":"evt_1","type":"debit","transaction_id":"t","account_ref":"acc_1","account_mask":"普通 ***4567","occurred_at":"2020-10-03T14:05:11+09:00","amount":100000,"currency":"JPY","descriptor":"ﾄﾞｺﾓ\u30b3","balance_after":-70000,"status":"posted"}`)
	f.Add(`{"id":"evt_2","type":"charge_link.registered","transaction_id":"l","account_ref":"acc_1","occurred_at":"2020-10-03T05:05:11.5Z","descriptor":"PAYPAY","service":"paypay","route":"web"}`)
	f.Add(`{"id":"evt_3","type":"debit.reversed","transaction_id":"t","account_ref":"acc_1","occurred_at":"2020-10-03T05:05:11Z","balance_after":null}`)
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		if strings.HasPrefix(strings.TrimLeft(s, space), `{"events`) {
			t.Skip("a batch")
		}
		alone, err := ReadBody([]byte(s), "0125", now)
		if err != nil || alone.Events[0].Refused() {
			return
		}
		e := alone.Events[0].Event
		batch, err := ReadBody([]byte(`{"events":[{},`+s+`]}`), "0125", now)
		if err != nil || len(batch.Events) != 2 || batch.Events[1].Refused() || batch.Events[1].Event.ID != e.ID {
			t.Fatalf("alone it is read, in a batch not: %+v, %v", batch, err)
		}
		var plain struct {
			ID            string     `json:"id"`
			Kind          watch.Kind `json:"type"`
			TransactionID string     `json:"transaction_id"`
			AccountRef    string     `json:"account_ref"`
			AccountMask   string     `json:"account_mask"`
			Amount        int64      `json:"amount"`
			Descriptor    string     `json:"descriptor"`
			BalanceAfter  *int64     `json:"balance_after"`
			Service       string     `json:"service"`
			Route         string     `json:"route"`
		}
		if err := json.Unmarshal([]byte(s), &plain, jsontext.AllowDuplicateNames(true)); err != nil {
			t.Fatalf("taken, and not by json: %v", err)
		}
		same := e.ID == strings.TrimSpace(plain.ID) && e.Kind == plain.Kind && e.TransactionID == strings.TrimSpace(plain.TransactionID) && e.AccountRef == plain.AccountRef &&
			e.AccountMask.Raw() == plain.AccountMask && e.Amount == plain.Amount && e.Descriptor.Raw() == plain.Descriptor && e.Service == plain.Service && e.Route == plain.Route &&
			(e.BalanceAfter == nil) == (plain.BalanceAfter == nil) && (e.BalanceAfter == nil || *e.BalanceAfter == *plain.BalanceAfter)
		if !same {
			t.Fatalf("read as %+v, by json as %+v", e, plain)
		}
		// What the door takes is the same behind it.
		body := EncodeBatch("0125", now, []jsontext.Value{alone.Events[0].Raw}, 1<<20)
		b, err := DecodeBatch(body[0])
		if err != nil || len(b.Events) != 1 {
			t.Fatalf("out of the queue came %+v, %v", b, err)
		}
		if diff := cmp.Diff(e, b.Events[0]); diff != "" {
			t.Fatalf("at the door (-) and behind it (+):\n%s", diff)
		}
	})
}
