package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"kozamori/internal/app"
	"kozamori/internal/catalog"
	"kozamori/internal/control"
	"kozamori/internal/dispute"
	"kozamori/internal/membership"
	"kozamori/internal/message"
	"kozamori/internal/queue"
	"kozamori/internal/reader"
	"kozamori/internal/session"
	"kozamori/internal/store"
	"kozamori/internal/testkit/markuptest"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/token"
	"kozamori/internal/watch"
	"kozamori/internal/web"
	"kozamori/internal/wording"
)

var account = watch.AccountKey{Bank: "0125", Ref: "acc_8f3k"}

// names knows one bank and one service.
type names struct{}

func (names) Bank(_ context.Context, _ string, lang watch.Lang) (string, wording.Contact) {
	name := "七十七銀行"
	if lang == watch.English {
		name = "The 77 Bank"
	}
	return name, wording.Contact{Phone: "0120-000-000", Hours: "9:00-17:00"}
}

func (names) Service(id string, _ watch.Lang) (string, wording.Contact) {
	if strings.HasPrefix(id, "many") {
		return "とても長い名前の決済サービス" + id, wording.Contact{Phone: "0120-990-633"}
	}
	return map[string]string{"paypay": "PayPay", "kyash": "Kyash"}[id], wording.Contact{Phone: "0120-990-633"}
}

// services are the few that there are.
type services struct{}

func (services) Services(watch.Lang) []wording.Choice {
	return []wording.Choice{{ID: "kyash", Name: "Kyash"}, {ID: "paypay", Name: "PayPay"}, {ID: "docomo", Name: "d払い（ドコモ口座）"}}
}
func (services) IsService(id string) bool { return id == "paypay" || id == "kyash" || id == "docomo" }
func (services) Fold(s string) string     { return catalog.Fold(s) }
func (services) LimitsOf(id string) (once, month int64) {
	return catalog.LimitsOf(id)
}

// mails keeps the confirmation mails that are queued.
type mails struct {
	mu   sync.Mutex
	base string // address of the pages
	sent []message.Message
	to   []string
	fail bool
}

func (m *mails) Send(_ context.Context, _ queue.Name, out ...queue.Outgoing) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, o := range out {
		var n watch.NewsMessage
		if err := json.Unmarshal(o.Body, &n); err != nil {
			return err
		}
		if n.News.Kind != watch.NewsConfirm {
			continue
		}
		if m.fail {
			return errors.New("no queue")
		}
		m.sent, m.to = append(m.sent, wording.ConfirmMail(n.News.To.Lang, m.base+"/mail/"+n.News.Secret)), append(m.to, n.News.To.Mail)
	}
	return nil
}

// world is the pages over a world of their own.
type world struct {
	*worldtest.World
	t        *testing.T
	table    *worldtest.Asked
	store    *store.Store
	disputes *dispute.Service
	controls *control.Service
	keys     *token.Keys
	sessions *session.Service
	mails    *mails
	srv      *httptest.Server
	file     string // of the store
	logger   *slog.Logger
}

func (w *world) now() time.Time      { return w.Now() }
func (w *world) add(d time.Duration) { w.Add(d) }

func newWorld(t *testing.T) *world { return newWorldAt(t, httptest.NewTLSServer) }

func newWorldAt(t *testing.T, serve func(http.Handler) *httptest.Server) *world {
	t.Helper()
	made := worldtest.New(t, worldtest.At(time.Date(2020, 9, 4, 5, 8, 0, 0, time.UTC)))
	w := &world{World: made, t: t, table: made.Table, store: made.Store, keys: made.Keys, file: made.File, logger: made.Logger}
	w.disputes = &dispute.Service{Store: w.store, Queue: w.Queue, Now: w.Now, Logger: w.logger}
	w.controls = &control.Service{Store: w.store, Queue: w.Queue, Now: w.Now, Logger: w.logger}
	w.mails = &mails{}
	w.sessions = &session.Service{Store: w.store, Keys: w.keys, Now: w.now}
	var h http.Handler
	w.srv = serve(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { h.ServeHTTP(rw, r) }))
	t.Cleanup(w.srv.Close)
	w.mails.base = w.srv.URL
	c := web.Config{Store: w.store, Disputes: w.disputes, Controls: w.controls, Names: names{}, Channels: app.Channels(), Keys: w.keys, BaseURL: w.srv.URL,
		Catalog: services{}, Mails: true, LineID: "@kozamori", Sessions: w.sessions, Membership: &membership.Service{Store: w.store, Keys: w.keys, Queue: w.mails, Now: w.now, Logger: w.logger},
		Now: w.now, Logger: w.logger}
	pages, statements := web.New(c), web.Statements(c)
	h = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { // as the routes of template.yaml say
		if strings.HasPrefix(r.URL.Path, "/home/") && strings.HasSuffix(r.URL.Path, wording.StatementPath) || r.URL.Path == reader.Path {
			statements.ServeHTTP(rw, r)
			return
		}
		pages.ServeHTTP(rw, r)
	})
	mail := func(a string) watch.Channel { return watch.Channel{Kind: watch.Email, Address: a} }
	line := watch.Channel{Kind: watch.LINE}
	w.put(store.PutAccount(&watch.Account{AccountKey: account, Mask: "普通 ***4567", Watchers: []watch.Watcher{
		{ID: "w1", Role: watch.Owner, LineUser: "U1", Lang: watch.Japanese, Channels: []watch.Channel{line, mail("owner@example.jp")}, Rules: watch.DefaultRules()},
		{ID: "g1", Role: watch.Guardian, Lang: watch.English, Channels: []watch.Channel{mail("guardian@example.jp")}, HideAmount: true}}}),
		store.PutRecord(w.record("r1", 100000)), store.PutRecord(w.record("r2", 4321)),
		// Somebody else's account at the same bank.
		store.PutAccount(&watch.Account{AccountKey: watch.AccountKey{Bank: "0125", Ref: "other"}, Watchers: []watch.Watcher{
			{ID: "w9", Role: watch.Owner, Lang: watch.Japanese, Channels: []watch.Channel{line}}}}))
	w.table.Taken()
	return w
}

func (w *world) put(writes ...store.Write) { w.t.Helper(); w.Put(writes...) }

func (w *world) record(id string, yen int64) *watch.Record {
	at := time.Date(2020, 9, 4, 5, 5, 11, 0, time.UTC)
	told := func(who string, ch watch.ChannelKind) watch.Delivery {
		return watch.Delivery{ID: "alert-" + who + "-" + string(ch), Kind: watch.TellAlert, Watcher: who, Channel: ch,
			State: watch.Accepted, CreatedAt: at.Add(time.Second), AcceptedAt: at.Add(2 * time.Second)}
	}
	return &watch.Record{ID: id, OnAccount: watch.On(account), Mask: "普通 ***4567", Kind: watch.Debit, Txn: "t-" + id, OccurredAt: at, Amount: yen,
		Descriptor: "PAYPAY", Service: "paypay", Confidence: watch.Seen, Status: watch.Posted, ReceivedAt: at.Add(time.Second), RecordedAt: at.Add(time.Second), Complete: true,
		Notices:    []watch.Notice{{Watcher: "w1", Reasons: watch.Because(watch.ServiceDebit | watch.FirstSeen | watch.Overdrawn)}},
		Deliveries: []watch.Delivery{told("w1", watch.LINE), told("w1", watch.Email), told("g1", watch.Email)}}
}

// link is the address of a watcher's page of a record, as a message has it.
func (w *world) link(record, watcher string) string {
	return w.srv.URL + "/a/" + w.keys.Sign(token.PurposeAnswer, token.AnswerSubject(record, watcher), w.now().Add(time.Hour))
}

// chatLink is link as it stands in the chat.
func (w *world) chatLink(record, watcher string) string {
	link := w.link(record, watcher)
	_, tok, _ := strings.Cut(link, "/a/")
	return link + "?" + token.InPlaceMark + "=" + w.keys.InPlace(tok)
}

func (w *world) stopLink(record, watcher string) string {
	return w.srv.URL + "/stop/" + w.keys.Sign(token.PurposeStop, token.AnswerSubject(record, watcher), w.now().Add(time.Hour))
}

// browser is one person's browser.
type browser struct {
	*http.Client
	t    *testing.T
	lang string
}

func (w *world) browser() *browser {
	c := *w.srv.Client()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	c.Jar = jar
	return &browser{Client: &c, t: w.t}
}

// page is what a browser ended up with.
type page struct {
	status int
	url    *url.URL
	header http.Header
	body   string
}

func (b *browser) do(method, address string, form url.Values, header ...string) page {
	b.t.Helper()
	if form != nil {
		header = append([]string{"Content-Type", "application/x-www-form-urlencoded"}, header...)
	}
	return b.raw(method, address, strings.NewReader(form.Encode()), header...)
}

func (b *browser) raw(method, address string, with io.Reader, header ...string) page {
	b.t.Helper()
	req, err := http.NewRequest(method, address, with)
	if err != nil {
		b.t.Fatal(err)
	}
	if b.lang != "" {
		req.Header.Set("Accept-Language", b.lang)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := b.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return page{res.StatusCode, res.Request.URL, res.Header, markuptest.Unmarked(string(body))}
}

func (b *browser) open(address string) page { b.t.Helper(); return b.do(http.MethodGet, address, nil) }

// press sends the form of a page that has this button, as its browser would.
func (b *browser) press(p page, do string) page {
	b.t.Helper()
	if !strings.Contains(p.body, `value="`+do+`"`) {
		b.t.Fatalf("the page has no button %q:\n%s", do, p.body)
	}
	return b.do(http.MethodPost, p.url.String(), p.formOf(b.t, do), "Sec-Fetch-Site", "same-origin", "Origin", "null")
}

// formOf is the form of a button as a browser would send it untouched.
func (p page) formOf(t *testing.T, do string) url.Values {
	t.Helper()
	for form := range strings.SplitSeq(p.body, "<form") {
		if strings.Contains(form, `value="`+do+`"`) {
			v := page{body: "<form" + form}.form(t)
			v.Set("do", do)
			return v
		}
	}
	return url.Values{"do": {do}}
}

// main is the page without its head.
func (p page) main() string { return p.body[max(0, strings.Index(p.body, "<main>")):] }

// says fails unless a page has the status and all of the words.
func (p page) says(t *testing.T, status int, words ...string) {
	t.Helper()
	if p.status != status {
		t.Errorf("status %d, want %d", p.status, status)
	}
	for _, s := range words {
		if !strings.Contains(p.body, s) {
			t.Errorf("the page does not say %q:\n%s", s, p.main())
		}
	}
}

func (p page) saysNot(t *testing.T, words ...string) {
	t.Helper()
	for _, s := range words {
		if strings.Contains(p.body, s) {
			t.Errorf("the page says %q:\n%s", s, p.main())
		}
	}
}

// stored reads how a record stands.
func (w *world) stored(id string) (answer watch.AnswerValue, version int64) {
	w.t.Helper()
	r, err := w.store.Record(context.Background(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	if r.Answer != nil {
		answer = r.Answer.Value
	}
	return answer, r.Version
}

// logged is the log so far.
func (w *world) logged() string { return w.Log.String() }
