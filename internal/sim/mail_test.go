package sim_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"kozamori/internal/sim"
)

const mailBody = `{"FromEmailAddress":"a@example.jp","Destination":{"ToAddresses":["b@example.jp"]},
"Content":{"Simple":{"Subject":{"Data":"件名"},"Body":{"Text":{"Data":"t"},"Html":{"Data":"<html><head></head>h</html>"}}}}}`

func call(t *testing.T, method, url, body string) (int, http.Header, string) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(b)
}

func TestScriptsReadTheMailbox(t *testing.T) {
	t.Parallel()
	rang := 0
	box := &sim.Mailbox{Now: time.Now, Changed: func() { rang++ }}
	srv := httptest.NewServer(box)
	t.Cleanup(srv.Close)
	const send = "/v2/email/outbound-emails"
	if status, _, body := call(t, "POST", srv.URL+"/sim/mail/fail?n=1&fault=429", ""); status != 200 {
		t.Fatal(status, body)
	}
	if status, h, _ := call(t, "POST", srv.URL+send, mailBody); status != 429 || h.Get("X-Amzn-ErrorType") != "TooManyRequestsException" {
		t.Errorf("%d %v", status, h)
	}
	if status, _, _ := call(t, "POST", srv.URL+send, strings.Replace(mailBody, "件名", "", 1)); status != 400 {
		t.Errorf("a mail without a subject: %d", status)
	}
	if status, _, body := call(t, "POST", srv.URL+send, mailBody); status != 200 || !strings.Contains(body, "mail-1") {
		t.Errorf("%d %s", status, body)
	}
	_, _, body := call(t, "GET", srv.URL+"/sim/mail/messages", "")
	var got struct{ Messages []sim.Mail }
	if err := json.Unmarshal([]byte(body), &got); err != nil || len(got.Messages) != 1 || got.Messages[0].Subject != "件名" || rang != 1 {
		t.Errorf("%v, rang %d times: %s", err, rang, body)
	}
	status, h, body := call(t, "GET", srv.URL+"/sim/mail/messages/mail-1/html", "")
	if status != 200 || !strings.Contains(body, `<base target="_blank">`) || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("%d %v %s", status, h, body)
	}
	for _, bad := range []string{"/sim/mail/fail?n=1&fault=x", "/sim/mail/fail?n=0&fault=429"} {
		if status, _, _ := call(t, "POST", srv.URL+bad, ""); status != 400 {
			t.Errorf("%s: %d", bad, status)
		}
	}
	if status, _, _ := call(t, "GET", srv.URL+"/sim/mail/messages/mail-9/html", ""); status != 404 {
		t.Errorf("an unknown mail: %d", status)
	}
}
