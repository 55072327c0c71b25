package desk_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"kozamori/internal/app"
	"kozamori/internal/audit"
	"kozamori/internal/clerk"
	"kozamori/internal/desk"
	"kozamori/internal/dispute"
	"kozamori/internal/ingest"
	"kozamori/internal/inquiry"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/testkit/browsertest"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

func TestMain(m *testing.M) { browsertest.Main(m) }

var ctx = context.Background()

const ours, theirs = "0168", "0125"

// subjects are the clerks of each bank, by their role.
var subjects = map[clerk.Role]string{clerk.Look: "c-look", clerk.Work: "c-work", clerk.Manage: "c-manage"}

// world is two banks with their desks.
type world struct {
	*worldtest.World
	t         *testing.T
	url       string
	asked     *worldtest.Asked
	disputes  *dispute.Service
	clerks    *clerk.Service
	providers map[string]*sim.Provider
	made      int
	refuse    func([]store.Write) error // fails writes, if it is set
	// Reads of partitions that begin so fail, if it is not empty; of those, only of
	// keys that go on so.
	down, downSK string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, providers: map[string]*sim.Provider{}}
	w.World = worldtest.New(t)
	w.asked = &worldtest.Asked{Table: w.World.Store.Table}
	s := store.New(refusing{w.asked, w})
	w.disputes = &dispute.Service{Store: s, Queue: w.Queue, Now: w.Now, Logger: w.Logger}
	var pages http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { pages.ServeHTTP(rw, r) }))
	t.Cleanup(server.Close)
	w.url = server.URL
	w.clerks = &clerk.Service{Store: s, Keys: worldtest.Keys(t), Secret: func(context.Context, string) (string, error) { return "shared", nil }, BaseURL: w.url, Callback: desk.Callback, Inside: true, Now: w.Now}
	pages = desk.New(desk.Config{Store: s, Clerks: w.clerks, Disputes: w.disputes, Inquiries: &inquiry.Service{Store: s, Queue: w.Queue, Now: w.Now, Logger: w.Logger}, Names: app.NewNames(s, w.Now), Channels: app.Channels(), Texts: app.ReadyTexts, BaseURL: w.url, Now: w.Now, Logger: w.Logger,
		Replay: func(ctx context.Context, r *store.Refused) (int, []wire.Rejected, error) {
			got, err := ingest.Replay(ctx, w.Queue, s, r, w.Now())
			return got.Accepted, got.Rejected, err
		}})
	for bank, name := range map[string]string{ours: "中国銀行", theirs: "七十七銀行"} {
		p := &sim.Provider{ClientID: "kozamori", Secret: "shared", Redirect: w.url + desk.Callback(bank), Now: w.Now}
		for role, subject := range subjects {
			p.Clerks = append(p.Clerks, sim.Clerk{Subject: subject, Name: "係 " + string(role), Roles: []string{string(role)}})
		}
		at := httptest.NewServer(p)
		t.Cleanup(at.Close)
		p.Issuer = at.URL
		w.providers[bank] = p
		w.Put(store.PutBank(&store.Bank{Code: bank, Name: name, SignIn: &store.SignIn{Issuer: p.Issuer, ClientID: "kozamori", Claim: "roles", Look: []string{"look"}, Work: []string{"work"}, Manage: []string{"manage"}}}))
	}
	return w
}

// report is a report of a debit of a bank's account.
func (w *world) report(bank, ref, service string, yen int64) *watch.Dispute {
	w.t.Helper()
	k := watch.AccountKey{Bank: bank, Ref: ref}
	if _, err := w.World.Store.Account(ctx, k); err != nil {
		w.Put(store.PutAccount(worldtest.Account(k, worldtest.Owner("w-"+bank+ref, "U"+ref, worldtest.ByLINE), worldtest.Guardian("g-"+bank+ref, "V"+ref, worldtest.ByMail("secret@example.jp")))))
	}
	w.made++
	w.Add(time.Minute)
	e := watch.Event{Bank: bank, AccountRef: ref, TransactionID: fmt.Sprintf("txn-%s-%d", bank, w.made), Kind: watch.Debit}
	r := &watch.Record{ID: e.RecordID(), OnAccount: watch.On(k), Kind: watch.Debit, Txn: e.TransactionID, Amount: yen, Descriptor: "ﾄﾞｺﾓｺｳｻﾞ",
		Service: service, Mask: worldtest.Mask, OccurredAt: w.Now().Add(-time.Minute), ReceivedAt: w.Now().Add(-50 * time.Second), RecordedAt: w.Now(), Complete: true}
	w.Put(store.PutRecord(r))
	res, err := w.disputes.Answer(ctx, r.ID, dispute.Answerer{Watcher: "w-" + bank + ref}, watch.NotMine, watch.ViaLINE)
	if err != nil {
		w.t.Fatal(err)
	}
	return res.Dispute
}

// seat is a browser of a clerk who is signed in, or of a stranger.
type seat struct {
	*http.Client
	w    *world
	lang string
}

func (w *world) stranger() *seat {
	jar, _ := cookiejar.New(nil) // it takes no options that could be wrong
	return &seat{&http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, w, "ja"}
}

// signedIn is the browser of a clerk who went by their bank's provider.
func (w *world) signedIn(bank string, role clerk.Role) *seat {
	w.t.Helper()
	s := w.stranger()
	back := s.leads(s.leads(w.url+"/desk/"+bank+"/sign-in", nil), url.Values{"subject": {subjects[role]}})
	if to := s.leads(back, nil); to != w.url+"/desk/"+bank {
		w.t.Fatalf("the sign-in leads to %s", to)
	}
	return s
}

// leads is where an address leads to.
func (s *seat) leads(address string, post url.Values) string {
	s.w.t.Helper()
	get := s.Get
	if post != nil {
		get = func(a string) (*http.Response, error) { return s.PostForm(a, post) }
	}
	res, err := get(address)
	if err != nil {
		s.w.t.Fatal(err)
	}
	body, _ := io.ReadAll(res.Body)
	_ = res.Body.Close()
	to, err := res.Location()
	if err != nil {
		s.w.t.Fatalf("%s leads nowhere: %s %s", address, res.Status, body)
	}
	return to.String()
}

// ask makes a request of the desk and reads the page.
func (s *seat) ask(method, path string, form url.Values) (int, string, http.Header) {
	s.w.t.Helper()
	r, err := http.NewRequestWithContext(ctx, method, s.w.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		s.w.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Accept-Language", s.lang)
	res, err := s.Do(r)
	if err != nil {
		s.w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		s.w.t.Fatal(err)
	}
	return res.StatusCode, string(body), res.Header
}

// page is a page that is there.
func (s *seat) page(path string) string {
	s.w.t.Helper()
	code, body, _ := s.ask("GET", path, nil)
	if code != http.StatusOK {
		s.w.t.Fatalf("GET %s: %d %s", path, code, body)
	}
	return body
}

// press posts a form and follows where it leads.
func (s *seat) press(path string, form url.Values) (int, string) {
	s.w.t.Helper()
	code, body, head := s.ask("POST", path, form)
	if code == http.StatusSeeOther {
		return code, s.page(head.Get("Location"))
	}
	return code, body
}

// now is a report as it is stored.
func (w *world) now(d *watch.Dispute) *watch.Dispute {
	w.t.Helper()
	is, err := w.World.Store.Dispute(ctx, d.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return is
}

func versionOf(d *watch.Dispute) string { return fmt.Sprint(d.Version) }

// everything is all that is stored, but who asked for what, and sessions.
func (w *world) everything() map[string]string {
	w.t.Helper()
	all := worldtest.Everything(w.t, w.File)
	maps.DeleteFunc(all, func(k, _ string) bool { return strings.Contains(k, "ACT#") || strings.Contains(k, "T#") })
	return all
}

var tags = regexp.MustCompile(`<[^>]*>`)

// words are what a page says, without its marks.
func words(page string) string {
	_, body, _ := strings.Cut(page, "</style>")
	return strings.Join(strings.Fields(tags.ReplaceAllString(body, " ")), " ")
}

// refusing is a table that may refuse writes.
type refusing struct {
	store.Table
	w *world
}

func (r refusing) Get(ctx context.Context, keys ...store.Key) (map[store.Key]store.Item, error) {
	for _, k := range keys {
		if r.w.down != "" && strings.HasPrefix(k.PK, r.w.down) && (r.w.downSK == "" || strings.HasPrefix(k.SK, r.w.downSK)) {
			return nil, errors.New("throttled")
		}
	}
	return r.Table.Get(ctx, keys...)
}

func (r refusing) Query(ctx context.Context, q store.Query) (store.Page, error) {
	if r.w.down != "" && q.Index != store.History && strings.HasPrefix(q.PK, r.w.down) {
		return store.Page{}, errors.New("throttled")
	}
	return r.Table.Query(ctx, q)
}

func (r refusing) Write(ctx context.Context, writes ...store.Write) error {
	if r.w.refuse != nil {
		if err := r.w.refuse(writes); err != nil {
			return err
		}
	}
	return r.Table.Write(ctx, writes...)
}

// acts are those in a bank's audit list, without the steps of trails.
func (w *world) acts(bank string) (out []audit.Act) {
	w.t.Helper()
	w.Add(audit.Abandoned)
	l := &audit.List{Store: w.World.Store, Now: w.Now, Logger: w.Logger}
	if _, err := l.Chain(ctx, bank); err != nil {
		w.t.Fatal(err)
	}
	list, err := l.Read(ctx, bank, 0, 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, e := range list {
		var a audit.Act
		if err := json.Unmarshal(e.Entry, &a); err != nil {
			w.t.Fatal(err)
		}
		if !strings.HasPrefix(a.What, "trail.") {
			out = append(out, a)
		}
	}
	return out
}

var nextLink = regexp.MustCompile(`<p class="more"><a href="([^"]*)"`)

// nextOf is where a list goes on; empty on its last page.
func nextOf(page string) string {
	m := nextLink.FindStringSubmatch(page)
	if m == nil {
		return ""
	}
	return "/desk/0168" + strings.TrimPrefix(html.UnescapeString(m[1]), "/desk/0168")
}

// newRecorder is what a handler answers.
func newRecorder(h http.Handler, r *http.Request) *http.Response {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec.Result()
}

// withdraw takes a report back, as its owner.
func (w *world) withdraw(d *watch.Dispute) {
	w.t.Helper()
	res, err := w.disputes.Undo(ctx, d.Record, dispute.Answerer{Watcher: d.Watcher, Confirmed: d.AnsweredAt}, watch.ViaPage)
	if err != nil || res.Outcome != dispute.Withdrawn {
		w.t.Fatal(res.Outcome, err)
	}
}
