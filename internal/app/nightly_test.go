package app_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"kozamori/internal/ingest"
	"kozamori/internal/intake"
	"kozamori/internal/store"
	"kozamori/internal/watch"
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
