package app_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/app"
	"kozamori/internal/email"
	"kozamori/internal/email/ses"
	"kozamori/internal/notify"
	"kozamori/internal/queue"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/testkit/markuptest"
	"kozamori/internal/token"
	"kozamori/internal/watch"
	"kozamori/internal/web"
	"kozamori/internal/wording"
)

// withMail gives a world a mailbox behind SES's own client, and the pages
// that mails link to.
func withMail(t *testing.T) (*world, *sim.Mailbox) {
	t.Helper()
	w := newWorld(t)
	w.also()
	box := &sim.Mailbox{Now: w.Now}
	mailService := httptest.NewServer(box)
	t.Cleanup(mailService.Close)
	keys, err := token.NewKeys(token.Key{ID: "m", Secret: bytes.Repeat([]byte{1}, 32)})
	if err != nil {
		t.Fatal(err)
	}
	var pages http.Handler
	site := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { pages.ServeHTTP(rw, r) }))
	t.Cleanup(site.Close)
	pages = web.New(web.Config{Store: w.store, Disputes: w.disputes, Names: app.Names{Store: w.store}, Channels: app.Channels(), Keys: keys, BaseURL: site.URL, Now: w.Now, Logger: w.log})
	client, err := email.New(email.Config{Open: ses.Open, Endpoint: mailService.URL, From: "口座守 <alert@kozamori.example>", Labels: wording.LabelsIn})
	if err != nil {
		t.Fatal(err)
	}
	n := notify.New(notify.Config{Store: w.store, Queue: w.queue, Channels: registry(t, email.Channel.With(client)), Now: w.Now, Logger: w.log,
		Composer: &notify.Composer{Store: w.store, Names: app.Names{Store: w.store}, Tokens: keys, BaseURL: site.URL}})
	w.stages[queue.Email] = n.Handle
	return w, box
}

var answerLink = regexp.MustCompile(`http://\S+/a/\S+`)

func submit(t *testing.T, c *http.Client, address string, form url.Values) string {
	t.Helper()
	res, err := c.PostForm(address, form)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %v %s", address, res.StatusCode, err, body)
	}
	return markuptest.Unmarked(string(body))
}

func TestAMailIsAnsweredOnItsPageAndMailsCanBeStopped(t *testing.T) {
	w, box := withMail(t)
	w.line.Fail(2, sim.QuotaSpent)
	w.send("t1")
	w.settle()
	mails := box.Messages()
	if len(mails) != 1 || mails[0].To != "owner@example.jp" {
		t.Fatalf("mails: %+v", mails)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	res, err := browser.Get(answerLink.FindString(mails[0].Text))
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	body := submit(t, browser, res.Request.URL.String(), url.Values{"do": {"notmine"}})
	if !strings.Contains(body, "受付番号：") {
		t.Errorf("the page: %s", body)
	}
	w.settle()
	if got := w.bank.types(); got != "dispute.opened" || w.bank.bad != 0 {
		t.Errorf("the bank heard %q, %d badly signed", got, w.bank.bad)
	}
	// The mail program stops the mails; the next alert finds no channel that
	// works, and the bank is told so.
	stop := strings.Trim(mails[0].Headers["List-Unsubscribe"], "<>")
	submit(t, http.DefaultClient, stop, url.Values{"List-Unsubscribe": {"One-Click"}})
	w.send("t2")
	w.Add(watch.GatherFor)
	w.settle()
	// The guardian was called because of the report, and hears of what followed.
	if n := len(slices.DeleteFunc(box.Messages(), func(m sim.Mail) bool { return m.To != "owner@example.jp" })); n != 1 {
		t.Errorf("%d mails to the owner after they were stopped", n)
	}
	// It hears of the further debit of a service that was reported, too.
	heard := strings.Fields(w.bank.types())
	slices.Sort(heard)
	if got := strings.Join(heard, " "); got != "dispute.opened dispute.updated watcher.unreachable" {
		t.Errorf("the bank heard %q", got)
	}
}

func TestFaultsOfSESEndInAMail(t *testing.T) {
	for name, c := range map[string]struct {
		fault sim.MailFault
		mails int
	}{
		"a server error":         {sim.MailServerError, 1},
		"too many at once":       {sim.MailThrottled, 1},
		"a spent daily quota":    {sim.MailDailyQuota, 1},
		"a paused account":       {sim.MailPaused, 1},
		"a missing permission":   {sim.MailForbidden, 1},
		"a lost answer, doubled": {sim.MailDropped, 2}, // SES knows no retry key
	} {
		t.Run(name, func(t *testing.T) {
			w, box := withMail(t)
			w.line.Fail(1, sim.QuotaSpent)
			box.Fail(1, c.fault)
			w.send("t1")
			for range 10 {
				w.settle()
				w.Add(20 * time.Second)
			}
			if n := len(box.Messages()); n != c.mails {
				t.Errorf("%d mails, want %d", n, c.mails)
			}
			r := w.only()
			if d, ok := r.Delivery("alert-w1-email"); !ok || d.State != watch.Accepted || strings.Contains(d.Problem, "@") {
				t.Errorf("%+v", d)
			}
		})
	}
}

// only is the one record of the account.
func (w *world) only() *watch.Record {
	w.t.Helper()
	list, err := store.First(w.store.History(w.t.Context(), watch.AccountKey{Bank: "0125", Ref: "acc_1"}, time.Time{}, time.Time{}), 10)
	if err != nil || len(list) != 1 {
		w.t.Fatalf("%d records, %v", len(list), err)
	}
	return list[0]
}

// What SES publishes of a mail decides which way this alert and the next one
// take.
func TestWhatSESSaysOfAMailDecidesTheNextWay(t *testing.T) {
	bounce := func(kind, sub string) string {
		return `{"eventType":"Bounce","bounce":{"bounceType":"` + kind + `","bounceSubType":"` + sub + `","bouncedRecipients":[{"emailAddress":"OWNER@example.jp","action":"failed"}]},`
	}
	complaint := `{"eventType":"Complaint","complaint":{"complainedRecipients":[{"emailAddress":"owner@example.jp"}],"complaintFeedbackType":"abuse"},`
	for name, c := range map[string]struct {
		event       string
		first, then string // how this alert and the next one arrive
	}{
		"an address that does not exist is written to no more, and this alert goes to LINE": {bounce("Permanent", "General"), "mail line", "line"},
		"a full mailbox may have room again":                                                {bounce("Transient", "MailboxFull"), "mail", "mail"},
		"a mail that is too large says nothing of the next":                                 {bounce("Transient", "MessageTooLarge"), "mail", "mail"},
		"a bounce that SES cannot explain changes nothing":                                  {bounce("Undetermined", "Undetermined"), "mail", "mail"},
		"a complaint was seen, and ends the mails":                                          {complaint, "mail", "line"},
		"a delivery changes nothing":                                                        {`{"eventType":"Delivery","delivery":{"recipients":["owner@example.jp"]},`, "mail", "mail"},
	} {
		t.Run(name, func(t *testing.T) {
			w, box := withMail(t)
			a, err := w.store.Account(t.Context(), watch.AccountKey{Bank: "0125", Ref: "acc_1"})
			if err != nil {
				t.Fatal(err)
			}
			slices.Reverse(a.Watchers[0].Channels) // mail first
			if err := w.store.Write(t.Context(), store.PutAccount(a)); err != nil {
				t.Fatal(err)
			}
			mails, pushes := 0, 0
			arrived := func() string {
				w.settle()
				var ways []string
				for _, m := range box.Messages()[mails:] {
					if m.To == "owner@example.jp" {
						ways = append(ways, "mail")
					}
				}
				for range w.line.Messages()[pushes:] {
					ways = append(ways, "line")
				}
				mails, pushes = len(box.Messages()), len(w.line.Messages())
				return strings.Join(ways, " ")
			}
			w.send("t1")
			first := arrived()
			tags, err := json.Marshal(map[string][]string{"delivery": {box.Messages()[0].Tags["delivery"]}})
			if err != nil {
				t.Fatal(err)
			}
			f, err := email.ParseFeedback([]byte(c.event + `"mail":{"destination":["owner@example.jp"],"tags":` + string(tags) + `}}`))
			if err != nil {
				t.Fatal(err)
			}
			stage := notify.New(notify.Config{Store: w.store, Queue: w.queue, Channels: app.Channels(), Now: w.Now, Logger: w.log})
			for range 2 { // EventBridge may bring it twice
				if err := stage.Bounced(t.Context(), f); err != nil {
					t.Fatal(err)
				}
			}
			if got := strings.TrimSpace(first + " " + arrived()); got != c.first {
				t.Errorf("this alert came by %q, want %q", got, c.first)
			}
			w.send("t2")
			w.Add(watch.GatherFor)
			if got := arrived(); got != c.then {
				t.Errorf("the next alert came by %q, want %q", got, c.then)
			}
		})
	}
}
