package sim_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"kozamori/internal/sim"
)

func bankSecret() string {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw)
	return "whsec_" + base64.StdEncoding.EncodeToString(raw)
}

// bankSide is a bank on a server, and Kozamori's side of the talk.
type bankSide struct {
	t       *testing.T
	now     time.Time
	bank    *sim.Bank
	url     string
	changes int
}

func newBankSide(t *testing.T) *bankSide {
	b := &bankSide{t: t, now: time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)}
	b.bank = &sim.Bank{Code: "0125", Secrets: []string{bankSecret(), bankSecret()}, Now: func() time.Time { return b.now }, Changed: func() { b.changes++ }}
	srv := httptest.NewServer(b.bank)
	t.Cleanup(srv.Close)
	b.url = srv.URL
	return b
}

// tell posts a callback as Kozamori does and returns the status; 0 if the
// connection broke.
func (b *bankSide) tell(secret, id, body string, at time.Time) int {
	b.t.Helper()
	wh, err := webhooks.NewWebhook(secret)
	if err != nil {
		b.t.Fatal(err)
	}
	sig, err := wh.Sign(id, at, []byte(body))
	if err != nil {
		b.t.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodPost, b.url+"/sim/bank/callback", strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set(webhooks.HeaderWebhookID, id)
	r.Header.Set(webhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	r.Header.Set(webhooks.HeaderWebhookSignature, sig)
	res, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		return 0
	}
	defer func() { _ = res.Body.Close() }()
	return res.StatusCode
}

const (
	openedBody    = `{"type":"dispute.opened","seq":1,"dispute_id":"d1","reference":"KZ-7F3K-9Q4M","bank":"0125","account_ref":"acc_1","transaction_id":"t1","amount":100000}`
	withdrawnBody = `{"type":"dispute.withdrawn","seq":2,"dispute_id":"d1","reference":"KZ-7F3K-9Q4M","bank":"0125","account_ref":"acc_1","transaction_id":"t1","amount":100000}`
)

func TestTheBankTakesWhatIsSignedAndNothingElse(t *testing.T) {
	t.Parallel()
	b := newBankSide(t)
	for _, c := range []struct {
		name, secret, id string
		at               time.Time
		want             int
	}{
		{"signed with the present secret", b.bank.Secrets[0], "m1", b.now, 204},
		{"signed with the secret that is being replaced", b.bank.Secrets[1], "m2", b.now, 204},
		{"signed by somebody else", bankSecret(), "m3", b.now, 401},
		{"an old one again", b.bank.Secrets[0], "m4", b.now.Add(-6 * time.Minute), 401},
	} {
		if got := b.tell(c.secret, c.id, `{"type":"watcher.unreachable","bank":"0125"}`, c.at); got != c.want {
			t.Errorf("%s: %d", c.name, got)
		}
	}
	if n, v := len(b.bank.Callbacks()), b.bank.Violations(); n != 2 || len(v) != 2 {
		t.Errorf("%d taken, violations %v", n, v)
	}
}

func TestTheBanksBooks(t *testing.T) {
	t.Parallel()
	b := newBankSide(t)
	s := b.bank.Secrets[0]
	b.bank.Fail(1, sim.BankDown)
	b.bank.Fail(1, sim.BankRefuses)
	b.bank.Fail(1, sim.BankDropped)
	for i, want := range []int{503, 401, 0, 204, 204} {
		if got := b.tell(s, "m1", openedBody, b.now); got != want {
			t.Errorf("attempt %d: %d, want %d", i+1, got, want)
		}
	}
	b.tell(s, "m2", withdrawnBody, b.now)
	want := sim.BankDispute{DisputeID: "d1", Reference: "KZ-7F3K-9Q4M", AccountRef: "acc_1", Transaction: "t1", Amount: 100000,
		Status: "withdrawn", Seq: 2, At: b.now, Signed: true, Last: json.RawMessage(withdrawnBody)}
	if diff := cmp.Diff([]sim.BankDispute{want}, b.bank.Disputes()); diff != "" {
		t.Error(diff)
	}
	if c := b.bank.Callbacks(); len(c) == 2 && (c[0].Again != 2 || c[1].Again != 0) {
		t.Errorf("the first came again %d times, want 2; the second %d, want 0", c[0].Again, c[1].Again)
	}
	if v := b.bank.Violations(); len(v) != 0 || len(b.bank.Callbacks()) != 2 || b.bank.Attempts() != 6 {
		t.Errorf("violations %v, %d callbacks, %d attempts", v, len(b.bank.Callbacks()), b.bank.Attempts())
	}
	b.tell(s, "m2", openedBody, b.now)
	b.tell(s, "m3", openedBody, b.now)
	b.tell(s, "m4", `{"type":"dispute.opened","bank":"0168"}`, b.now)
	if diff := cmp.Diff([]string{"another body under a used webhook-id", "a change of a dispute after a later one", "a callback is no JSON object about this bank"}, b.bank.Violations()); diff != "" {
		t.Error(diff)
	}
	b.bank.Down(sim.BankDown)
	if got := b.tell(s, "m5", openedBody, b.now); got != 503 {
		t.Errorf("a bank that is down answered %d", got)
	}
	if b.changes == 0 {
		t.Error("a change was not reported")
	}
}

func TestScriptsDriveTheBank(t *testing.T) {
	t.Parallel()
	b := newBankSide(t)
	b.bank.APIKey = "key"
	var asked []string
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		wh, _ := webhooks.NewWebhook(b.bank.Secrets[0])
		signed := wh.VerifyIgnoringTimestamp(body, r.Header) == nil
		asked = append(asked, strings.TrimSpace(r.Method+" "+r.URL.Path+" "+string(body)+" "+r.Header.Get("Authorization"))+" "+strconv.FormatBool(signed))
		_, _ = io.WriteString(w, `{"ok":true}`)
	}))
	t.Cleanup(api.Close)
	b.bank.API = api.URL
	b.tell(b.bank.Secrets[0], "m1", openedBody, b.now)
	for _, c := range []struct{ path, body string }{
		{"/sim/bank/events", `{"id":"e1"}`},
		{"/sim/bank/codes", `{"account_ref":"acc_1"}`},
		{"/sim/bank/disputes/d1/status", `{"status":"frozen","text":"止めました"}`},
	} {
		status, _, body := call(t, "POST", b.url+c.path, c.body)
		if status != 200 || body != `{"ok":true}` {
			t.Errorf("%s: %d %s", c.path, status, body)
		}
	}
	want := []string{
		`POST /v1/banks/0125/events {"id":"e1"} true`,
		`POST /v1/banks/0125/codes {"account_ref":"acc_1"} Bearer key false`,
		`POST /v1/banks/0125/disputes/d1/status {"status":"frozen","text":"止めました"} Bearer key false`,
	}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Error(diff)
	}
	_, _, body := call(t, "GET", b.url+"/sim/bank/disputes", "")
	var books struct{ Disputes []sim.BankDispute }
	if err := json.Unmarshal([]byte(body), &books); err != nil || len(books.Disputes) != 1 || books.Disputes[0].Status != "frozen" || books.Disputes[0].Text != "止めました" {
		t.Errorf("%s, %v", body, err)
	}
	if status, _, _ := call(t, "POST", b.url+"/sim/bank/fail?fault=503&n=1", ""); status != 204 {
		t.Error(status)
	}
	if status, _, _ := call(t, "POST", b.url+"/sim/bank/fail?fault=nonsense&n=1", ""); status != 400 {
		t.Error(status)
	}
	if got := b.tell(b.bank.Secrets[0], "m2", withdrawnBody, b.now); got != 503 {
		t.Errorf("%d", got)
	}
	api.Close()
	if a, err := b.bank.Post(context.Background(), []byte(`{}`)); err == nil {
		t.Errorf("posting to no address: %+v", a)
	}
}
