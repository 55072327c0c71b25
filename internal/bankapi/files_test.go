package bankapi_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/queue"
	"kozamori/internal/watch"
)

const filesURL = "/v1/banks/0168/files"

func sumOf(body string) string {
	h := sha256.Sum256([]byte(body))
	return hex.EncodeToString(h[:])
}

// send sends a file with its manifest, to which more may be added.
func (w *world) send(body string, rows int, more string) (int, map[string]any) {
	w.t.Helper()
	return w.call(w.key, "POST", fmt.Sprintf("%s?rows=%d&sha256=%s%s", filesURL, rows, sumOf(body), more), body)
}

// waiting is how many messages wait in a queue.
func (w *world) waiting(q queue.Name) int {
	w.t.Helper()
	d, err := w.queue.Depth(context.Background(), q)
	if err != nil {
		w.t.Fatal(err)
	}
	return d.Waiting
}

func packed(body string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(body))
	_ = z.Close()
	return b.String()
}

// line is an event of a file.
func line(n int, more string) string {
	return fmt.Sprintf(`{"id":"e%d","type":"debit","transaction_id":"t%d","account_ref":"acc_8f3k","occurred_on":"2026-11-24","amount":%d,"currency":"JPY","descriptor":"PAYPAY"%s}`, n, n, 1000+n, more)
}

func TestOneBadRowOfAFileCostsThatRow(t *testing.T) {
	t.Parallel()
	for name, pack := range map[string]func(string) string{"as it is": strings.Clone, "packed": packed} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.bound()
			bad := strings.Replace(line(2, ""), "1002", "0", 1)
			body := pack(line(1, "") + "\n" + bad + "\r\n\n" + "not an event\n" + line(3, `,"status":"odd"`) + "\n" + line(4, ""))
			status, v := w.send(body, 5, "&feed=core&sequence=7")
			if status != 202 || v["state"] != "taken" || v["rows"] != 5.0 || v["accepted"] != 2.0 || v["refused"] != 3.0 || v["sequence"] != 7.0 || v["feed"] != "core" || v["layout"] != "JSON Lines" {
				t.Fatalf("%d %v", status, v)
			}
			if diff := cmp.Diff(map[string]any{"count": 2.0, "yen": 2005.0}, v["debits"]); diff != "" {
				t.Error(diff)
			}
			at := float64(len(line(1, "")) + 1)
			third := at + float64(len(bad)+3)
			want := []any{
				map[string]any{"line": 2.0, "byte": at, "id": "e2", "field": "amount", "reason": "must be from 1 to 10^12 yen", "code": "out_of_range"},
				map[string]any{"line": 4.0, "byte": third, "reason": "the body must be a JSON object", "code": "malformed"},
				map[string]any{"line": 5.0, "byte": third + 13, "id": "e3", "field": "status", "reason": "must be posted or pending", "code": "not_allowed"},
			}
			if diff := cmp.Diff(want, v["problems"]); diff != "" {
				t.Error(diff)
			}
			if _, again := w.call(w.key, "GET", filesURL+"/"+v["file_id"].(string), ""); !cmp.Equal(v, again) {
				t.Errorf("what is read later is another: %s", cmp.Diff(v, again))
			}
			w.detect()
			if n := len(w.records()); n != 2 {
				t.Errorf("%d records", n)
			}
		})
	}
}

func TestAFileThatDoesNotFitTellsNobody(t *testing.T) {
	t.Parallel()
	body := line(1, "") + "\n" + line(2, "")
	ofNational := national(100_000, "24 2 3000 PAYPAY", "24 1 50 RISOKU")
	for name, c := range map[string]struct{ body, query, why string }{
		"another checksum":        {body, "?rows=2&sha256=" + sumOf("x"), "its checksum is " + sumOf(body)},
		"fewer rows":              {body, "?rows=3&sha256=" + sumOf(body), "it has 2 rows, and the manifest says 3"},
		"cut short":               {body[:len(body)-40], "?rows=2&sha256=" + sumOf(body), "its checksum"},
		"a trailer of other rows": {strings.Replace(ofNational, "000000003000", "000000004000", 1), "?rows=2&accounts=as_written", "it does not fit itself"},
		"no end":                  {ofNational[:len(ofNational)-200], "?rows=2&accounts=as_written", "it does not fit itself"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.bound()
			query := c.query
			if !strings.Contains(query, "sha256") {
				query += "&sha256=" + sumOf(c.body)
			}
			status, v := w.call(w.key, "POST", filesURL+query, c.body)
			reason, _ := v["reason"].(string)
			if status != 422 || v["code"] != "file_refused" || !strings.HasPrefix(reason, c.why) {
				t.Fatalf("%d %v", status, v)
			}
			file, _ := v["file"].(map[string]any)
			if file["state"] != "refused" || file["accepted"] != 0.0 {
				t.Errorf("%v", file)
			}
			if n, m := w.waiting(queue.Events), w.waiting(queue.Bank); n != 0 || m != 0 {
				t.Errorf("%d and %d messages are on their way", n, m)
			}
			if status, _ := w.call(w.key, "GET", filesURL+"/"+file["file_id"].(string), ""); status != 200 {
				t.Errorf("the report is not kept: %d", status)
			}
		})
	}
}

func TestTheSameFileTwiceTellsNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bound()
	body := line(1, "") + "\n" + line(2, "") + "\n"
	_, first := w.send(body, 2, "")
	w.detect()
	told := w.told()
	w.Add(time.Hour)
	status, v := w.send(body, 2, "")
	if status != 200 || w.waiting(queue.Events) != 0 {
		t.Errorf("%d, and %d messages", status, w.waiting(queue.Events))
	}
	if diff := cmp.Diff(first, v); diff != "" {
		t.Errorf("what came of it is another: %s", diff)
	}
	// Packed it is another file of the same rows, and so is one with a row more.
	for _, again := range []string{packed(body), "\n" + body} {
		if status, v := w.send(again, 2, ""); status != 202 || v["accepted"] != 2.0 {
			t.Errorf("%d %v", status, v)
		}
		w.detect()
	}
	if diff := cmp.Diff(told, w.told()); diff != "" || len(w.records()) != 2 {
		t.Errorf("%d records: %s", len(w.records()), diff)
	}
}

func TestWhatLiesBetweenTwoFilesIsSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	day := func(d, n int) string {
		return strings.Replace(line(n, ""), "2026-11-24", fmt.Sprintf("2026-11-%02d", d), 1)
	}
	send := func(feed string, sequence, d int) any {
		t.Helper()
		_, v := w.send(day(d, 100*sequence+d), 1, fmt.Sprintf("&feed=%s&sequence=%d", feed, sequence))
		return v["gap"]
	}
	if gap := send("a", 1, 10); gap != nil {
		t.Errorf("before the first: %v", gap)
	}
	if gap := send("a", 2, 11); gap != nil {
		t.Errorf("nothing lies between: %v", gap)
	}
	want := any(map[string]any{"sequences": map[string]any{"from": 3.0, "to": 4.0}, "days": map[string]any{"from": "2026-11-12", "to": "2026-11-13"}})
	if diff := cmp.Diff(want, send("a", 5, 14)); diff != "" {
		t.Error(diff)
	}
	if gap := send("b", 9, 20); gap != nil {
		t.Errorf("of another feed: %v", gap)
	}
	if gap := send("a", 3, 12); gap != nil {
		t.Errorf("what comes later: %v", gap)
	}
	if gap := send("a", 6, 15); gap != nil {
		t.Errorf("after what came later: %v", gap)
	}
	// Files without numbers: between a Friday and a Monday there need be none.
	bare := func(d int) any {
		t.Helper()
		_, v := w.send(day(d, 900+d), 1, "&feed=bare")
		return v["gap"]
	}
	if first, gap := bare(13), bare(16); first != nil || gap != nil {
		t.Errorf("over a weekend: %v, %v", first, gap)
	}
	if diff := cmp.Diff(any(map[string]any{"days": map[string]any{"from": "2026-11-17", "to": "2026-11-17"}}), bare(18)); diff != "" {
		t.Error(diff)
	}
}

func TestEachFormatMakesTheSameDebits(t *testing.T) {
	t.Parallel()
	const ref = accountOfFile
	ofNational := national(100_000, "24 2 3000 PAYPAY", "24 1 50 RISOKU", "24 2 3000 PAYPAY")
	ofAnser := anser(100_000, "24 2 3000 PAYPAY", "24 1 50 RISOKU", "24 2 3000 PAYPAY")
	ofCamt := camt(100_000, "24 2 3000 PAYPAY", "24 1 50 RISOKU", "24 2 3000 PAYPAY")
	for name, body := range map[string]string{"全銀": ofNational, "ANSER": ofAnser, "camt": ofCamt, "全銀, packed": packed(ofNational)} {
		for _, more := range []string{"&accounts=as_written", "&account_ref=" + ref} {
			w := newWorld(t)
			status, v := w.send(body, 3, more)
			if status != 202 || v["accepted"] != 2.0 || v["refused"] != 0.0 || !cmp.Equal(v["debits"], any(map[string]any{"count": 2.0, "yen": 6000.0})) || !cmp.Equal(v["credits"], any(map[string]any{"count": 1.0, "yen": 50.0})) {
				t.Errorf("%s %s: %d %v", name, more, status, v)
			}
			events := w.events()
			if len(events) != 2 || events[0].ID == events[1].ID {
				t.Fatalf("%s %s: %+v", name, more, events)
			}
			for _, e := range events {
				if e.AccountRef != ref || e.Amount != 3000 || e.Descriptor.Raw() != "PAYPAY" || !e.DateOnly || e.Kind != watch.Debit || e.Status != watch.Posted {
					t.Errorf("%s %s: %+v", name, more, e)
				}
			}
		}
	}
	w := newWorld(t)
	if status, v := w.send(ofNational, 3, ""); status != 422 || v["field"] != "accounts" {
		t.Errorf("nothing says how accounts are named: %d %v", status, v)
	}
	two := strings.Replace(ofAnser, "\n"+ref, "\nacc_other", 1)
	if status, v := w.send(two, 3, "&account_ref="+ref); status != 202 || v["refused"] != 1.0 {
		t.Errorf("a file about two accounts: %d %v", status, v)
	}
}

func TestOverlappingFilesMakeTheSameRows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ids := map[string]bool{}
	for _, body := range []string{
		national(100_000, "22 2 3000 PAYPAY", "23 2 700 PAYPAY"),
		national(97_000, "23 2 700 PAYPAY", "24 2 20 PAYPAY"),
	} {
		if status, v := w.send(body, 2, "&accounts=as_written"); status != 202 {
			t.Fatalf("%d %v", status, v)
		}
	}
	for _, e := range w.events() {
		ids[e.TransactionID] = true
	}
	if len(ids) != 3 {
		t.Errorf("%d debits", len(ids))
	}
}

func TestAManifestThatCannotBeReadIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sum := sumOf("x")
	for query, field := range map[string]string{
		"?sha256=" + sum:         "rows",
		"?rows=-1&sha256=" + sum: "rows",
		"?rows=1":                "sha256",
		"?rows=1&sha256=" + strings.ToUpper(sumOf("y")):           "sha256",
		"?rows=1&sequence=0&sha256=" + sum:                        "sequence",
		"?rows=1&feed=%20&sha256=" + sum:                          "feed",
		"?rows=1&accounts=mine&sha256=" + sum:                     "accounts",
		"?rows=1&account_ref=a%20b&sha256=" + sum:                 "account_ref",
		"?rows=1&accounts=as_written&account_ref=a&sha256=" + sum: "account_ref",
		"?rows=1&bank=0125&sha256=" + sum:                         "bank",
	} {
		if status, v := w.call(w.key, "POST", filesURL+query, "x"); status != 422 || v["field"] != field {
			t.Errorf("%s: %d %v", query, status, v)
		}
	}
	if status, _ := w.call(w.key, "POST", filesURL+"?rows=1&sha256="+sum, strings.Repeat("x", 4<<20+1)); status != 413 {
		t.Errorf("too large: %d", status)
	}
	bomb := packed(strings.Repeat(" ", 17<<20))
	if status, v := w.send(bomb, 1, ""); status != 413 || len(bomb) > 1<<20 {
		t.Errorf("too large unpacked: %d %v", status, v)
	}
	for body, why := range map[string]string{"": "it is empty", "\x1F\x8B\x00": "it cannot be unpacked", "%PDF-1.7": ""} {
		if status, v := w.send(body, 1, "&accounts=as_written"); status != 422 || why != "" && !strings.Contains(fmt.Sprint(v["reason"]), why) {
			t.Errorf("%q: %d %v", body, status, v)
		}
	}
}
