package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestTheFloorDoesTheWork(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	key := []byte("0123456789abcdef0123456789abcdef")
	h := &handler{key: key, log: &log{file: f}, watched: map[string]bool{"acc_1": true}}
	h.log.turn.L = &h.log.mu
	go h.log.writes()
	event := func(ref, text string) string {
		return fmt.Sprintf(`{"id":"e","type":"debit","account_ref":%q,"occurred_at":"2026-11-30T12:00:00+09:00","amount":3000,"currency":"JPY","descriptor":%q,"balance_after":null}`, ref, text)
	}
	post := func(body, sign string) (int, string) {
		at := strconv.FormatInt(time.Now().Unix(), 10)
		mac := hmac.New(sha256.New, key)
		_, _ = mac.Write([]byte("m." + at + "." + sign))
		r := httptest.NewRequest(http.MethodPost, "/v1/banks/0125/events", strings.NewReader(body))
		r.Header.Set("Webhook-Id", "m")
		r.Header.Set("Webhook-Timestamp", at)
		r.Header.Set("Webhook-Signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		b, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		return w.Code, string(b)
	}
	for name, c := range map[string]struct {
		body, sign string
		code       int
		alerts     int
	}{
		"one that alerts":         {event("acc_1", "ﾄﾞｺﾓｺｳｻﾞ"), "", 202, 1},
		"one of another account":  {event("acc_2", "ﾄﾞｺﾓｺｳｻﾞ"), "", 202, 0},
		"one of an ordinary text": {event("acc_1", "ATM ｼﾕﾂｷﾝ"), "", 202, 0},
		"a card's bill":           {event("acc_1", "PAYPAYｶｰﾄﾞ"), "", 202, 0},
		"a batch":                 {`{"events":[` + event("acc_1", "PAYPAY") + `, ` + event("acc_1", "x") + `,` + event("acc_1", "ﾒﾙﾍﾟｲ") + `]}`, "", 202, 2},
		"another's signature":     {event("acc_1", "PAYPAY"), "{}", 401, 0},
		"what is no JSON":         {`{"id`, "", 400, 0},
		"an event without an id":  {`{"type":"debit"}`, "", 400, 0},
	} {
		if c.sign == "" {
			c.sign = c.body
		}
		_, before := post("", "")
		code, after := post(c.body, c.sign)
		if got := strings.Count(after, " alert\n") - strings.Count(before, " alert\n"); code != c.code || got != c.alerts {
			t.Errorf("%s: %d, %d alerts", name, code, got)
		}
	}
}
