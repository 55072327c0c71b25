package ingest_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What integrators do wrong is named, to a bank of the sandbox alone.
func TestTheSandboxSaysWhichPartIsWrong(t *testing.T) {
	t.Parallel()
	sandbox, other := newDesk(t, "0125"), newDesk(t, "0168")
	text := strings.TrimPrefix(sandbox.cur, "whsec_")
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	at := strconv.FormatInt(now.Unix(), 10)
	sum := func(key []byte, signed string) []byte {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(signed))
		return mac.Sum(nil)
	}
	v1 := func(key []byte, signed string) string {
		return "v1," + base64.StdEncoding.EncodeToString(sum(key, signed))
	}
	right := sum(key, "msg_1."+at+"."+good)
	valued := base64.StdEncoding.EncodeToString(right)
	for name, c := range map[string]struct{ id, timestamp, signature, field, says string }{
		"a space after v1,":   {"msg_1", at, "v1, " + valued, "webhook-signature", "right value"},
		"in quotes":           {"msg_1", at, `v1,"` + valued + `"`, "webhook-signature", "right value"},
		"commas between":      {"msg_1", at, "v1,AAAA,v1," + valued, "webhook-signature", "right value"},
		"no id":               {"", at, "v1,AAAA", "webhook-id", "missing"},
		"no time":             {"msg_1", "", "v1,AAAA", "webhook-timestamp", "missing"},
		"a time in words":     {"msg_1", "2026-11-28T00:00:00Z", "v1,AAAA", "webhook-timestamp", "Unix time in seconds"},
		"milliseconds":        {"msg_1", strconv.FormatInt(now.UnixMilli(), 10), "v1,AAAA", "webhook-timestamp", "milliseconds"},
		"a slow clock":        {"msg_1", strconv.FormatInt(now.Add(-400*time.Second).Unix(), 10), "v1,AAAA", "webhook-timestamp", "400 seconds behind our clock; at most 300"},
		"a fast clock":        {"msg_1", strconv.FormatInt(now.Add(400*time.Second).Unix(), 10), "v1,AAAA", "webhook-timestamp", "400 seconds ahead of our clock"},
		"no signature":        {"msg_1", at, "", "webhook-signature", "missing"},
		"no version":          {"msg_1", at, base64.StdEncoding.EncodeToString(right), "webhook-signature", "its version and a comma"},
		"the secret's text":   {"msg_1", at, v1([]byte(sandbox.cur), "msg_1."+at+"."+good), "webhook-signature", "text of the secret"},
		"not decoded":         {"msg_1", at, v1([]byte(text), "msg_1."+at+"."+good), "webhook-signature", "base64 decoded"},
		"the body alone":      {"msg_1", at, v1(key, good), "webhook-signature", "body alone"},
		"without the id":      {"msg_1", at, v1(key, at+"."+good), "webhook-signature", "time and body"},
		"without dots":        {"msg_1", at, v1(key, "msg_1"+at+good), "webhook-signature", "without the dots"},
		"a line's end":        {"msg_1", at, v1(key, "msg_1."+at+"."+good+"\n"), "webhook-signature", "line's end"},
		"hexadecimal":         {"msg_1", at, "v1," + hex.EncodeToString(right), "webhook-signature", "hexadecimal"},
		"base64 without =":    {"msg_1", at, "v1," + base64.RawStdEncoding.EncodeToString(right), "webhook-signature", "padded"},
		"anything else wrong": {"msg_1", at, "v1,AAAA", "webhook-signature", "bytes of this body"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, d := range []*desk{sandbox, other} {
				r := httptest.NewRequest(http.MethodPost, "/v1/banks/0125/events", strings.NewReader(good))
				for header, value := range map[string]string{"webhook-id": c.id, "webhook-timestamp": c.timestamp, "webhook-signature": c.signature} {
					if value != "" {
						r.Header.Set(header, value)
					}
				}
				w := httptest.NewRecorder()
				d.handler.ServeHTTP(w, r)
				switch told := w.Body.String(); {
				case w.Code != http.StatusUnauthorized:
					t.Errorf("%d %s", w.Code, told)
				case d == sandbox && (!strings.Contains(told, `"field":"`+c.field+`"`) || !strings.Contains(told, c.says)):
					t.Errorf("told %s, want %s %q", told, c.field, c.says)
				case d == other && (strings.Contains(told, `"field"`) || strings.Contains(told, `"reason"`)):
					t.Errorf("a bank that is not of the sandbox is told %s", told)
				}
			}
		})
	}
}

// What is wrong with a signature may be that another body was signed than was sent.
func TestTheSandboxKnowsABodyThatWasWrittenAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "0125")
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(d.cur, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	at := strconv.FormatInt(now.Unix(), 10)
	for name, c := range map[string]struct{ signed, sent, says string }{
		"signed before it got an end of line": {good, good + "\n", "without the white space at its end"},
		"signed after a parser had it":        {`{"events":[]}`, `{ "events": [ ] }`, "as a parser writes it again"},
		"another body":                        {`{"events":[]}`, `{"events":[{}]}`, "bytes of this body"},
		"no JSON":                             {``, `{"events"`, "bytes of this body"},
	} {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte("msg_1." + at + "." + c.signed))
		r := httptest.NewRequest(http.MethodPost, "/v1/banks/0125/events", strings.NewReader(c.sent))
		r.Header.Set("webhook-id", "msg_1")
		r.Header.Set("webhook-timestamp", at)
		r.Header.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
		w := httptest.NewRecorder()
		d.handler.ServeHTTP(w, r)
		if w.Code != http.StatusUnauthorized || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s: %d %s, want %q", name, w.Code, w.Body, c.says)
		}
	}
}

// Where the clock is set forward, a caller may be right by its own.
func TestACallerMayBeRightByTheClockOfCallers(t *testing.T) {
	t.Parallel()
	const ahead = 24 * time.Hour
	alone, both := newDesk(t, "0125"), newDesk(t, "0125")
	both.serve([]string{"0125"}, func() time.Time { return now.Add(-ahead) })
	for off, want := range map[time.Duration][2]int{0: {202, 202}, -ahead: {401, 202}, 4*time.Minute - ahead: {401, 202}, 6*time.Minute - ahead: {401, 401}, -ahead / 2: {401, 401}, ahead: {401, 401}} {
		for i, d := range []*desk{alone, both} {
			if w := d.post(t, "0125", d.cur, good, now.Add(off)); w.Code != want[i] {
				t.Errorf("%v off, %d clocks: %d %s, want %d", off, i+1, w.Code, w.Body, want[i])
			}
		}
	}
	if w := both.post(t, "0125", both.cur, good, now.Add(-ahead-400*time.Second)); !strings.Contains(w.Body.String(), "400 seconds behind our clock") {
		t.Errorf("a slow clock is told %s", w.Body)
	}
}
