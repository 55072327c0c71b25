package app_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/ingest"
	"kozamori/internal/intake"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// file has the bank send a file of events, an hour or so after midnight as a rule.
func (w *world) file(rows ...string) {
	w.t.Helper()
	body := strings.Join(rows, "\n")
	h := ingest.New(ingest.Config{Queue: w.queue, Store: w.store, Files: w.store, Now: w.Now, Logger: w.log})
	is, _, err := h.File(w.t.Context(), "0125", intake.Upload{Body: []byte(body), Rows: len(rows), SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte(body)))})
	if err != nil || is.Refused > 0 || is.Reason != "" {
		w.t.Fatalf("%v %+v", err, is)
	}
	w.settle()
}

// happen has the bank send events as they happen, which are told.
func (w *world) happen(events ...string) {
	w.t.Helper()
	var good []jsontext.Value
	for _, e := range events {
		good = append(good, jsontext.Value(e))
	}
	for _, body := range wire.EncodeBatch("0125", w.Now(), good, wire.MaxMessage) {
		if err := w.queue.Send(w.t.Context(), queue.Events, queue.Outgoing{Body: body, Group: "0125"}); err != nil {
			w.t.Fatal(err)
		}
	}
	w.settle()
}

// ofDay is a debit of a day, of which the bank tells no time.
func ofDay(txn, day, text string, yen int) string {
	return fmt.Sprintf(`{"id":"e_%s","type":"debit","transaction_id":%q,"account_ref":"acc_1","occurred_on":%q,"amount":%d,"currency":"JPY","descriptor":%q}`, txn, txn, day, yen, text)
}

// swept lets the time pass to a moment in Japan.
func (w *world) swept(at string) {
	w.t.Helper()
	to, err := time.ParseInLocation("2006-01-02 15:04", at, watch.JST)
	if err != nil {
		w.t.Fatal(err)
	}
	w.Set(to)
	if _, err := w.sweep.Sweep(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	w.settle()
}

func (w *world) phone() (out []string) {
	for _, m := range w.line.Messages() {
		out = append(out, string(m.Messages[0]))
	}
	return out
}

func TestANightlyFileIsToldInTheMorningOnce(t *testing.T) {
	for name, c := range map[string]struct {
		at    string // when the file comes
		says  string
		quiet *watch.Quiet
		told  string
	}{
		"after midnight":               {"2026-11-28 05:10", "昨日（11/27）の引き落としです", nil, "2026-11-28 07:30"},
		"before midnight":              {"2026-11-27 23:50", "昨日（11/27）の引き落としです", nil, "2026-11-28 07:30"},
		"after the hour":               {"2026-11-28 09:00", "2日前（11/27）の引き落としです", nil, "2026-11-29 07:30"},
		"with hours of a person's own": {"2026-11-28 05:10", "昨日（11/27）の引き落としです", &watch.Quiet{From: 23 * 60, To: 6 * 60}, "2026-11-28 06:00"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			a, err := w.store.Account(t.Context(), watch.AccountKey{Bank: "0125", Ref: "acc_1"})
			if err != nil {
				t.Fatal(err)
			}
			a.Watchers[0].Rules.Quiet, a.Watchers[0].Since = c.quiet, w.Now() // what is first since then is not urgent
			if err := w.store.Write(t.Context(), store.PutAccount(a)); err != nil {
				t.Fatal(err)
			}
			w.swept(c.at)
			rows := []string{ofDay("1", "2026-11-27", "PAYPAY", 1000), ofDay("2", "2026-11-27", "PAYPAY", 2000), ofDay("3", "2026-11-27", "PAYPAY", 3000)}
			w.file(rows...)
			if n := len(w.phone()); n != 0 {
				t.Fatalf("%d messages in the night", n)
			}
			before, err := time.ParseInLocation("2006-01-02 15:04", c.told, watch.JST)
			if err != nil {
				t.Fatal(err)
			}
			w.swept(before.Add(-time.Minute).Format("2006-01-02 15:04"))
			if n := len(w.phone()); n != 0 {
				t.Fatalf("%d messages before the hour", n)
			}
			w.swept(c.told)
			all := w.phone()
			if len(all) != 1 || !strings.Contains(all[0], c.says) || strings.Contains(all[0], "いま届きました") || !strings.Contains(all[0], "6,000円") || strings.Contains(all[0], "緊急") {
				t.Fatalf("the phone shows %q", all)
			}
			// The same rows again, packed in another file, tell nothing.
			w.file(append(rows, "")[:3]...)
			w.file(rows[1], rows[0], rows[2])
			w.Add(24 * time.Hour)
			w.swept(w.Now().In(watch.JST).Format("2006-01-02 15:04"))
			if n := len(w.phone()); n != 1 {
				t.Errorf("%d messages in the end", n)
			}
		})
	}
}

func TestWhatIsUrgentInANightlyFileIsToldAtOnce(t *testing.T) {
	w := newWorld(t)
	w.swept("2026-11-28 05:10")
	w.file(`{"id":"e_l","type":"charge_link.registered","transaction_id":"l","account_ref":"acc_1","occurred_on":"2026-11-27","service":"paypay"}`)
	all := strings.Join(w.phone(), "\n")
	if !strings.Contains(all, "昨日（11/27）の登録です") || !strings.Contains(all, "緊急") {
		t.Errorf("the phone shows %s", all)
	}
}

// What a file brings is no story of its own to who was told of it as it happened.
func TestAFileOfWhatWasToldTellsNothing(t *testing.T) {
	w := newWorld(t)
	w.swept("2026-11-27 12:00")
	w.send("1")
	w.settle()
	if n := len(w.phone()); n != 1 {
		t.Fatalf("%d messages", n)
	}
	w.swept("2026-11-28 05:10")
	w.file(ofDay("1", "2026-11-27", "ﾄﾞｺﾓｺｳｻﾞ", 100_000))
	w.swept("2026-11-28 07:30")
	if n := len(w.phone()); n != 1 {
		t.Errorf("%d messages: %s", n, w.phone()[n-1])
	}
}

// Nothing of a file rings before the hour, be it a row of long ago or what became of
// something that was told as it happened.
func TestNothingOfAFileRingsInTheNight(t *testing.T) {
	event := func(kind, id, txn, at, more string) string {
		return fmt.Sprintf(`{"id":%q,"type":%q,"transaction_id":%q,"account_ref":"acc_1",%s%s}`, id, kind, txn, at, more)
	}
	yen := func(n int) string {
		return fmt.Sprintf(`,"amount":%d,"currency":"JPY","descriptor":"PAYPAY"`, n)
	}
	noon, evening := `"occurred_at":"2026-11-27T12:00:00+09:00"`, `"occurred_at":"2026-11-27T20:00:00+09:00"`
	day, old := `"occurred_on":"2026-11-27"`, `"occurred_on":"2026-11-18"`
	for name, c := range map[string]struct {
		before []string // told as it happened
		file   []string
		told   int // in the morning
	}{
		"a debit of long ago":                 {nil, []string{event("debit", "f", "1", old, yen(1000))}, 1},
		"a link of long ago":                  {nil, []string{event("charge_link.registered", "f", "l", old, `,"service":"paypay"`)}, 1},
		"debits of long ago and of the day":   {nil, []string{event("debit", "f", "1", old, yen(1000)), event("debit", "g", "2", day, yen(2000))}, 1},
		"a link is removed":                   {[]string{event("charge_link.registered", "b", "l", noon, `,"service":"paypay"`)}, []string{event("charge_link.removed", "f", "l", evening, `,"service":"paypay"`)}, 1},
		"a link is removed, by day":           {[]string{event("charge_link.registered", "b", "l", noon, `,"service":"paypay"`)}, []string{event("charge_link.removed", "f", "l", day, `,"service":"paypay"`)}, 1},
		"a debit came back":                   {[]string{event("debit", "b", "1", noon, yen(1000))}, []string{event("debit.reversed", "f", "1", evening, "")}, 1},
		"some of a debit came back":           {[]string{event("debit", "b", "1", noon, yen(1000))}, []string{event("debit.reversed", "f", "1", evening, `,"amount":300,"currency":"JPY"`)}, 1},
		"a debit became more":                 {[]string{event("debit", "b", "1", noon, yen(1000)+`,"status":"pending"`)}, []string{event("debit", "f", "1", day, yen(1500))}, 1},
		"a debit is another service's":        {[]string{event("debit", "b", "1", noon, yen(1000))}, []string{event("debit", "f", "1", noon, strings.Replace(yen(1000), "PAYPAY", "ﾒﾙﾍﾟｲ", 1))}, 1},
		"a debit of long ago came back":       {[]string{event("debit", "b", "1", noon, yen(1000))}, []string{event("debit", "f", "2", old, yen(500)), event("debit.reversed", "g", "2", evening, "")}, 1},
		"a link that was removed":             {nil, []string{event("charge_link.registered", "b", "l", noon, `,"service":"paypay"`), event("charge_link.removed", "f", "l", evening, `,"service":"paypay"`)}, 1},
		"a link of long ago that was removed": {nil, []string{event("charge_link.registered", "b", "l", old, `,"service":"paypay"`), event("charge_link.removed", "f", "l", evening, `,"service":"paypay"`)}, 1},
		"a debit that came back":              {nil, []string{event("debit", "b", "1", noon, yen(1000)), event("debit.reversed", "f", "1", evening, "")}, 0}, // and nothing is left to tell
		"debits of another service that day":  {[]string{event("debit", "b", "1", noon, yen(1000))}, []string{event("debit", "f", "2", day, strings.Replace(yen(500), "PAYPAY", "ﾒﾙﾍﾟｲ", 1))}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			a, err := w.store.Account(t.Context(), watch.AccountKey{Bank: "0125", Ref: "acc_1"})
			if err != nil {
				t.Fatal(err)
			}
			w.swept("2026-10-27 12:00")
			a.Watchers[0].Since = w.Now()
			if err := w.store.Write(t.Context(), store.PutAccount(a)); err != nil {
				t.Fatal(err)
			}
			w.swept("2026-11-27 21:00")
			if len(c.before) > 0 {
				w.happen(c.before...)
			}
			before := len(w.phone())
			w.swept("2026-11-28 02:00")
			w.file(c.file...)
			for at := w.Now(); at.Before(time.Date(2026, 11, 28, 7, 29, 0, 0, watch.JST)); at = at.Add(10 * time.Minute) {
				w.swept(at.In(watch.JST).Format("2006-01-02 15:04"))
			}
			for _, m := range w.phone()[before:] {
				if !strings.Contains(m, "緊急") {
					t.Errorf("it rings in the night: %s", m)
				}
			}
			night := len(w.phone())
			w.swept("2026-11-28 07:30")
			w.swept("2026-11-28 07:41")
			if n := len(w.phone()) - night; n != c.told {
				t.Errorf("%d messages in the morning, want %d: %s", n, c.told, w.phone()[night:])
			}
		})
	}
}

// Of a file only a new link, a debit after one and what comes near a limit ring in the
// night: what is the first of its kind, one of many or an overdraft was so yesterday.
func TestWhatIsOldNewsWaitsHoweverRemarkable(t *testing.T) {
	at := func(id, hour, more string) string {
		return fmt.Sprintf(`{"id":"e_%s","type":"debit","transaction_id":%q,"account_ref":"acc_1","occurred_at":"2026-11-27T%s:00+09:00","currency":"JPY","descriptor":"PAYPAY",%s}`, id, id, hour, more)
	}
	link := `{"id":"e_l","type":"charge_link.registered","transaction_id":"l","account_ref":"acc_1","occurred_at":"2026-11-27T09:00:00+09:00","service":"paypay"}`
	for name, c := range map[string]struct {
		file  []string
		rings bool
	}{
		"the first of its kind":     {[]string{at("1", "10:00", `"amount":1000`)}, false},
		"three within an hour":      {[]string{at("1", "10:00", `"amount":1000`), at("2", "10:05", `"amount":1000`), at("3", "10:10", `"amount":1000`)}, false},
		"an overdraft":              {[]string{at("1", "10:00", `"amount":1000,"balance_after":-500`)}, false},
		"near the limit, the first": {[]string{at("1", "10:00", `"amount":1900000`)}, true},
		"a link":                    {[]string{link}, true},
		"a debit after a link":      {[]string{link, at("1", "10:00", `"amount":1000`)}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			a, err := w.store.Account(t.Context(), watch.AccountKey{Bank: "0125", Ref: "acc_1"})
			if err != nil {
				t.Fatal(err)
			}
			w.swept("2026-05-01 12:00")
			a.Watchers[0].Since = w.Now()
			if err := w.store.Write(t.Context(), store.PutAccount(a)); err != nil {
				t.Fatal(err)
			}
			w.swept("2026-11-28 02:00")
			w.file(c.file...)
			if all := w.phone(); len(all) > 0 != c.rings || c.rings && !strings.Contains(all[0], "緊急") {
				t.Errorf("in the night the phone shows %d messages", len(all))
			}
			w.swept("2026-11-28 07:30")
			if all := w.phone(); len(all) != 1 || !c.rings && strings.Contains(all[0], "緊急") {
				t.Errorf("in the morning it shows %d messages", len(all))
			}
		})
	}
}
