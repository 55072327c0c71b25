package wire_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/testkit/codectest"
	"kozamori/internal/wire"
)

// write names the release that -write makes files of: the day, 2026-11-28.
var write = flag.String("write", "", "keep in testdata/written the messages that this program writes, as those that were written at this `day`")

// every holds an event of each type, and each field at least once.
var every = []string{
	`{"id":"e1","type":"debit","transaction_id":"t1","account_ref":"acc_1","account_mask":"普通 ***4567","occurred_at":"2026-11-24T11:59:00.5+09:00","amount":100000,"currency":"JPY","descriptor":"ﾄﾞｺﾓｺｳｻﾞ","balance_after":-5,"status":"pending","service":"d払い","route":"app","detail":"RTK","rail":"口座振替","collector":"1234567890"}`,
	`{"id":"e2","type":"debit","transaction_id":"t2","account_ref":"acc_1","occurred_on":"2026-11-24","amount":1,"currency":"JPY","descriptor":"ﾄﾞｺﾓｺｳｻﾞ","replaces":"t1"}`,
	`{"id":"e3","type":"debit.reversed","transaction_id":"t1","account_ref":"acc_1","occurred_at":"2026-11-24T11:59:30+09:00","amount":500}`,
	`{"id":"e4","type":"charge_link.registered","transaction_id":"l1","account_ref":"acc_1","occurred_at":"2026-11-24T11:59:40Z","service":"paypay","route":"web_kouza_furikae"}`,
	`{"id":"e5","type":"charge_link.removed","transaction_id":"l1","account_ref":"acc_1","occurred_at":"2026-11-24T12:59:40Z"}`,
}

// messagesNow are the messages that this program writes.
func messagesNow() map[string][]byte {
	var events []jsontext.Value
	for _, e := range every {
		events = append(events, jsontext.Value(e))
	}
	h := wire.History{Bank: "0168", Account: "acc_1", From: now.AddDate(-1, 0, 0)}
	return map[string][]byte{
		"news":          wire.EncodeBatch("0125", now, events, 1<<20)[0],
		"history":       wire.EncodeHistory(h, now, events, 1<<20)[0],
		"history.empty": wire.EncodeHistory(h, now, nil, 1<<20)[0],
		"history.open":  wire.EncodeHistory(wire.History{Bank: "0168", Account: "acc_1"}, now, events[:1], 1<<20)[0],
	}
}

// TestMessagesThatEachReleaseWroteAreReadAsThen compares what is read of the
// messages in testdata/written with what the program that wrote them read. The
// files are never changed.
func TestMessagesThatEachReleaseWroteAreReadAsThen(t *testing.T) {
	read := func(t *testing.T, body []byte) []byte {
		t.Helper()
		b, err := wire.DecodeBatch(body)
		if err != nil || len(b.Unread) > 0 {
			t.Fatalf("%v, %+v", err, b.Unread)
		}
		out, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if *write != "" {
		for name, body := range messagesNow() {
			file := filepath.Join("testdata/written", *write, name)
			keep(t, file+".txt", body)
			keep(t, file+".json", codectest.Indent(t, read(t, body)))
		}
	}
	files, err := filepath.Glob("testdata/written/*/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimPrefix(file, "testdata/written/"), func(t *testing.T) {
			var both [2][]byte
			for i, name := range []string{file, strings.TrimSuffix(file, "txt") + "json"} {
				if both[i], err = os.ReadFile(name); err != nil {
					t.Fatal(err)
				}
			}
			for _, l := range codectest.Lost(codectest.Parse(t, both[1]), codectest.Parse(t, read(t, both[0]))) {
				t.Error(l)
			}
		})
	}
}

// keep writes a file unless it is there.
func keep(t *testing.T, file string, b []byte) {
	t.Helper()
	if _, err := os.Stat(file); err == nil {
		return // what was written is not changed
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b, 0o644); err != nil {
		t.Fatal(err)
	}
}
