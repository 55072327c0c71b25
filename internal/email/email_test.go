package email_test

import (
	"context"
	"html"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"kozamori/internal/channel"
	"kozamori/internal/email"
	"kozamori/internal/email/ses"
	"kozamori/internal/message"
	"kozamori/internal/sim"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

const (
	to  = "hanako.yamada@example.jp"
	key = "5b0c2f52-6a3e-5b51-9a36-8d5a1f0c7e11"
)

// alert is a real alert, in Japanese.
func alert() message.Message {
	minus := int64(-70000)
	at := time.Date(2020, 9, 4, 5, 5, 11, 0, time.UTC)
	m := wording.Alert(wording.AlertFacts{
		Record: &watch.Record{ID: "r1", Kind: watch.Debit, Mask: "普通 ***4567", OccurredAt: at, RecordedAt: at, Amount: 100000,
			Descriptor: "ﾄﾞｺﾓｺｳｻﾞ", Balance: &minus, Service: "docomo", Status: watch.Pending},
		Notice:      watch.Notice{Watcher: "w1", Reasons: watch.Because(watch.ServiceDebit | watch.FirstSeen | watch.Overdrawn)},
		Delivery:    watch.Delivery{Channel: watch.Email, Lang: watch.Japanese, Watcher: "w1"},
		ServiceName: "d払い（ドコモ口座）", BankName: "七十七銀行", Bank: wording.Contact{Phone: "0120-000-000"},
		Link: "https://kozamori.example/a/t0ken?a=1&b=2", CanAnswer: true, OnPage: true,
	})
	m.StopURL = "https://kozamori.example/stop/t0ken"
	return m
}

// mailbox is SES's stand-in and a client of it.
func mailbox(t *testing.T) (*sim.Mailbox, *email.Client) {
	t.Helper()
	box := &sim.Mailbox{Now: time.Now}
	srv := httptest.NewServer(box)
	t.Cleanup(srv.Close)
	return box, client(t, srv.URL, nil)
}

// send sends a message as it is drawn.
func send(ctx context.Context, c *email.Client, to, key string, m message.Message) watch.Outcome {
	drawn, err := c.Draw(m)
	if err != nil {
		return watch.Outcome{Result: watch.SendRefused, Problem: err.Error()}
	}
	return c.Send(ctx, channel.Address{To: to, Key: key, Copies: m.Copies}, drawn)
}

func client(t *testing.T, endpoint string, h *http.Client) *email.Client {
	t.Helper()
	c, err := email.New(email.Config{
		Open:     ses.Open,
		AWS:      aws.Config{Region: "ap-northeast-1", Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "")},
		Endpoint: endpoint, From: "口座守 <alert@kozamori.example>", ReplyTo: "help@kozamori.example",
		ConfigurationSet: "kozamori", Labels: wording.LabelsIn, HTTP: h})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAMailArrivesAsItWasMeant(t *testing.T) {
	t.Parallel()
	box, c := mailbox(t)
	o := send(context.Background(), c, to, key, alert())
	if d := cmp.Diff(watch.Outcome{Result: watch.SendAccepted, ProviderID: "mail-1"}, o); d != "" {
		t.Fatal(d)
	}
	got := box.Messages()[0]
	got.At, got.Text, got.HTML = time.Time{}, "", ""
	want := sim.Mail{ID: "mail-1", From: "=?utf-8?q?=E5=8F=A3=E5=BA=A7=E5=AE=88?= <alert@kozamori.example>", FromName: "口座守",
		ReplyTo: []string{"<help@kozamori.example>"}, To: to, Subject: "【緊急】口座からの引き落としを確認してください",
		Headers: map[string]string{"Auto-Submitted": "auto-generated", "X-Entity-Ref-ID": key,
			"List-Unsubscribe": "<https://kozamori.example/stop/t0ken>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
		ConfigurationSet: "kozamori", Tags: map[string]string{"delivery": key}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	for _, secret := range []string{"100,000", "4567", "七十七", "ﾄﾞｺﾓ"} {
		if strings.Contains(got.Subject, secret) {
			t.Errorf("the subject holds %q", secret)
		}
	}
}

func TestAMailWithoutAStopPageOffersNone(t *testing.T) {
	t.Parallel()
	box, c := mailbox(t)
	m := alert()
	m.StopURL = ""
	send(context.Background(), c, to, "not a tag value!", m)
	got := box.Messages()[0]
	if d := cmp.Diff(map[string]string{"Auto-Submitted": "auto-generated"}, got.Headers); d != "" || len(got.Tags) != 0 {
		t.Errorf("headers (-want +got):\n%s\ntags %v", d, got.Tags)
	}
	if strings.Contains(got.Text+got.HTML, "止める") {
		t.Error("the mail speaks of stopping")
	}
}

var tags = regexp.MustCompile(`(?s)<style>.*?</style>|<[^>]*>`)

// shown is what a mail program shows of HTML, without white space.
func shown(s string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(s, " "))), "")
}

func TestTextAndHTMLSayTheSame(t *testing.T) {
	t.Parallel()
	box, c := mailbox(t)
	m := alert()
	m.Foot = "暗証番号をお尋ねすることはありません。"
	send(context.Background(), c, to, key, m)
	got := box.Messages()[0]
	says := []string{m.Badge, m.Title, m.Amount, m.Foot}
	for _, f := range m.Facts {
		says = append(says, f.Label, f.Value)
	}
	says = append(append(says, m.Why...), m.Text...)
	for _, s := range m.Steps {
		says = append(says, s.Text, s.Tel)
	}
	l := wording.LabelsIn(m.Lang)
	says = append(says, l.Why, l.Steps, l.Brand, l.MailNote, l.StopMail, "内容を見て回答する")
	if len(says) < 20 {
		t.Fatalf("the alert says too little: %q", says)
	}
	plain, drawn := strings.Join(strings.Fields(got.Text), ""), shown(got.HTML)
	for _, s := range says {
		s = strings.Join(strings.Fields(s), "")
		if s == "" || !strings.Contains(plain, s) || !strings.Contains(drawn, s) {
			t.Errorf("%q is missing: in the text %v, in the HTML %v", s, !strings.Contains(plain, s), !strings.Contains(drawn, s))
		}
	}
	for _, url := range []string{m.StopURL, "https://kozamori.example/a/t0ken?a=1&b=2"} {
		if !strings.Contains(got.Text, url) || !strings.Contains(got.HTML, strings.ReplaceAll(url, "&", "&amp;")) {
			t.Errorf("%s is missing", url)
		}
	}
	// What only LINE can do is not offered.
	if strings.Contains(plain+drawn, "心当たりがある") {
		t.Error("a mail has a button that does nothing")
	}
	if !strings.Contains(got.HTML, `href="tel:0120-000-000"`) {
		t.Error("the number cannot be tapped")
	}
}

func TestTheHTMLLoadsNothing(t *testing.T) {
	t.Parallel()
	box, c := mailbox(t)
	send(context.Background(), c, to, key, alert())
	got := box.Messages()[0].HTML
	for _, bad := range []string{"<img", "<script", "<link", "src=", "url(", "@import", "<form"} {
		if strings.Contains(strings.ToLower(got), bad) {
			t.Errorf("the mail has %s", bad)
		}
	}
	if !strings.Contains(got, `<html lang="ja">`) || !strings.Contains(got, "prefers-color-scheme:dark") {
		t.Error("no language or no dark colours")
	}
	if len(got) > 30<<10 {
		t.Errorf("%d bytes", len(got))
	}
}

func TestWhatIsSaidByOthersIsEscaped(t *testing.T) {
	t.Parallel()
	box, c := mailbox(t)
	m := alert()
	m.Text = append(m.Text, `<img src=x onerror=alert(1)> & "`)
	m.Steps = append(m.Steps, message.Step{Text: "call", Tel: "javascript:alert(1)"})
	send(context.Background(), c, to, key, m)
	got := box.Messages()[0].HTML
	if strings.Contains(got, "<img") || strings.Contains(got, `href="javascript`) {
		t.Error("markup passed through")
	}
}

func TestEveryAnswerOfSESIsSorted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault sim.MailFault
		want  watch.Outcome
		kept  int
	}{
		"too many at once is tried again soon": {sim.MailThrottled,
			watch.Outcome{Result: watch.SendRetry, RetryAfter: 2 * time.Second, Untaken: true, Problem: "SES answered 429 TooManyRequestsException"}, 0},
		"a spent daily quota is tried again later": {sim.MailDailyQuota,
			watch.Outcome{Result: watch.SendRetry, RetryAfter: time.Minute, Untaken: true, Problem: "SES answered 429 TooManyRequestsException"}, 0},
		"a paused account is tried again later": {sim.MailPaused,
			watch.Outcome{Result: watch.SendRetry, RetryAfter: time.Minute, Untaken: true, Problem: "SES answered 400 SendingPausedException"}, 0},
		"a sender that is not verified yet is tried again later": {sim.MailUnverified,
			watch.Outcome{Result: watch.SendRetry, RetryAfter: time.Minute, Untaken: true, Problem: "SES answered 400 MailFromDomainNotVerifiedException"}, 0},
		"an identity that is not verified yet is tried again later": {sim.MailIdentity,
			watch.Outcome{Result: watch.SendRetry, RetryAfter: time.Minute, Untaken: true, Alone: true, Problem: "SES answered 400 MessageRejected"}, 0},
		"a missing permission is tried again later": {sim.MailForbidden,
			watch.Outcome{Result: watch.SendRetry, RetryAfter: time.Minute, Untaken: true, Problem: "SES answered 403 AccessDeniedException"}, 0},
		"a refused message is given up": {sim.MailRejected,
			watch.Outcome{Result: watch.SendRefused, Problem: "SES answered 400 MessageRejected"}, 0},
		"a bad address is not reached": {sim.MailBadAddress,
			watch.Outcome{Result: watch.SendUnreachable, Problem: "SES answered 400 BadRequestException"}, 0},
		"a server error is tried again": {sim.MailServerError,
			watch.Outcome{Result: watch.SendRetry, Problem: "SES answered 500 InternalServiceErrorException"}, 0},
		"a lost answer is tried again, and says that the mail may be there": {sim.MailDropped,
			watch.Outcome{Result: watch.SendRetry, Problem: "SES gave no answer; the mail may have been sent"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			box, client := mailbox(t)
			box.Fail(1, c.fault)
			got := send(context.Background(), client, to, key, alert())
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if len(box.Messages()) != c.kept || box.Requests() != 1 {
				t.Errorf("%d mails of %d requests, want %d of 1: the SDK must not repeat", len(box.Messages()), box.Requests(), c.kept)
			}
			if strings.Contains(got.Problem, "example.jp") {
				t.Errorf("the problem names somebody: %q", got.Problem)
			}
		})
	}
}

func TestSilenceIsTriedAgain(t *testing.T) {
	t.Parallel()
	box, c := mailbox(t)
	box.Fail(1, sim.MailHang)
	over := make(chan struct{})
	go func() { // its time is over once it is asked, however long that takes
		for box.Requests() == 0 {
			runtime.Gosched()
		}
		close(over)
	}()
	got := send(worldtest.Overdue(over), c, to, key, alert())
	if d := cmp.Diff(watch.Outcome{Result: watch.SendRetry, Problem: "SES did not answer in time; the mail may have been sent"}, got); d != "" {
		t.Error(d)
	}
	if box.Requests() != 1 {
		t.Errorf("%d requests", box.Requests())
	}
}

// stuck is a connection on which nothing ever comes back.
type stuck struct{}

func (stuck) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// A mail is held as being sent for a minute: no attempt may outlive that.
func TestAnAttemptEndsByItselfWithinAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		got := send(context.Background(), client(t, "http://ses.example", &http.Client{Transport: stuck{}}), to, key, alert())
		if took := time.Since(start); got.Result != watch.SendRetry || took != 20*time.Second {
			t.Errorf("%+v after %v", got, took)
		}
	})
}

func TestARefusedConnectionSentNothing(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.NotFoundHandler())
	srv.Close()
	got := send(context.Background(), client(t, srv.URL, nil), to, key, alert())
	if d := cmp.Diff(watch.Outcome{Result: watch.SendRetry, Problem: "SES cannot be reached; nothing was sent"}, got); d != "" {
		t.Error(d)
	}
}

func TestAnAnswerThatDoesNotParseIsNoReasonToSendTwice(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"MessageId":`)) }))
	t.Cleanup(srv.Close)
	if got := send(context.Background(), client(t, srv.URL, nil), to, key, alert()); got.Result != watch.SendAccepted {
		t.Errorf("%+v", got)
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	asked := 0
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	t.Cleanup(elsewhere.Close)
	srv := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	t.Cleanup(srv.Close)
	if got := send(context.Background(), client(t, srv.URL, nil), to, key, alert()); got.Result == watch.SendAccepted || asked != 0 {
		t.Errorf("%+v, asked %d times", got, asked)
	}
}

func TestAnAddressThatIsNoneIsNotAskedFor(t *testing.T) {
	t.Parallel()
	box, c := mailbox(t)
	if got := send(context.Background(), c, "nobody", key, alert()); got.Result != watch.SendUnreachable || strings.Contains(got.Problem, "nobody") {
		t.Errorf("%+v", got)
	}
	if box.Requests() != 0 {
		t.Error("SES was asked")
	}
}

func TestASenderThatIsNoAddressIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []email.Config{{Open: ses.Open, From: "口座守", Labels: wording.LabelsIn}, {Open: ses.Open, From: "a@example.jp", ReplyTo: "x", Labels: wording.LabelsIn}, {Open: ses.Open, From: "a@example.jp"}, {From: "a@example.jp", Labels: wording.LabelsIn}} {
		if _, err := email.New(c); err == nil || strings.Contains(err.Error(), "口座守") {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
