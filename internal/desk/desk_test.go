package desk_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/clerk"
	"kozamori/internal/desk"
	"kozamori/internal/dispute"
	"kozamori/internal/radar"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

func TestAClerkWorksACase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d, other := w.report(ours, "acc_1", "dbarai", 98765), w.report(ours, "acc_1", "paypay", 1200)
	s := w.signedIn(ours, clerk.Work)
	list := words(s.page("/desk/0168"))
	for _, want := range []string{d.Reference, other.Reference, "￥98,765", "acc_1", "未着手", "係 work"} {
		if want = strings.ReplaceAll(want, "￥98,765", "98,765円"); !strings.Contains(list, want) {
			t.Errorf("the list lacks %q: %s", want, list)
		}
	}
	at := "/desk/0168/cases/" + d.ID
	is := words(s.page(at))
	for _, want := range []string{d.Reference, "98,765円", "ﾄﾞｺﾓｺｳｻﾞ", d.Txn, "acc_1", "***4567", "「身に覚えがない」の申し出", other.Reference, "受け付けた", "引き落としを止めた", "お口座からの引き落としを、すべて止めました"} {
		if !strings.Contains(is, want) {
			t.Errorf("the case lacks %q: %s", want, is)
		}
	}
	if strings.Contains(is, "再開する") || strings.Contains(is, "secret@") || strings.Contains(is, "Uacc_1") {
		t.Errorf("the case says too much: %s", is)
	}

	form := url.Values{"version": {versionOf(w.now(d))}, "text": {"お電話します。"}, "do": {"check"}}
	if code, page := s.press(at+"/status", form); code != http.StatusOK || strings.Count(words(page), "お電話します。") < 4 || w.now(d).Status != watch.DisputeOpened {
		t.Errorf("checking: %d %s", code, words(page))
	}
	form.Set("do", "received")
	if code, page := s.press(at+"/status", form); code != http.StatusSeeOther || !strings.Contains(words(page), "伝えました。") {
		t.Fatalf("received: %d %s", code, words(page))
	}
	now := w.now(d)
	if last := now.Changes[len(now.Changes)-1]; now.Status != watch.DisputeReceived || now.Text.Raw() != "お電話します。" || last.Clerk != "係 work" {
		t.Errorf("%+v", now)
	}
	if code, page := s.press(at+"/status", url.Values{"version": {form.Get("version")}, "do": {"frozen"}}); code != http.StatusConflict || !strings.Contains(words(page), "開いたあとに") {
		t.Errorf("an old page: %d %s", code, words(page))
	}
	if code, page := s.press(at+"/status", url.Values{"version": {versionOf(now)}, "do": {"frozen"}, "ready-frozen": {"account_stopped"}}); code != http.StatusSeeOther || !strings.Contains(words(page), "停止済み") {
		t.Errorf("frozen: %d %s", code, words(page))
	}
	if now = w.now(d); now.Changes[len(now.Changes)-1].Ready != "account_stopped" {
		t.Errorf("%+v", now.Changes)
	}
	if code, page := s.press(at+"/notes", url.Values{"version": {versionOf(now)}, "note": {"電話済み\r\n折り返し待ち"}}); code != http.StatusSeeOther || !strings.Contains(words(page), "電話済み") {
		t.Errorf("a note: %d %s", code, words(page))
	}
	if now = w.now(d); len(now.Notes) != 1 || now.Notes[0].Clerk != "係 work" || now.Notes[0].Text != "電話済み\n折り返し待ち" {
		t.Errorf("%+v", now.Notes)
	}
	if code, page := s.press(at+"/status", url.Values{"version": {versionOf(now)}, "do": {"closed"}}); code != http.StatusSeeOther || !strings.Contains(words(page), "再開する") {
		t.Errorf("closed: %d %s", code, words(page))
	}
	if list := words(s.page("/desk/0168")); strings.Contains(list, d.Reference) || !strings.Contains(words(s.page("/desk/0168?show=all")), d.Reference) {
		t.Error("a closed report stands among the open ones, or is gone")
	}
}

func TestWhatCannotFollowIsRefusedAndSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s, d := w.signedIn(ours, clerk.Work), w.report(ours, "acc_1", "dbarai", 98765)
	for name, c := range map[string]struct {
		path string
		form url.Values
		code int
	}{
		"what cannot follow":          {"/status", url.Values{"do": {"reopened"}}, http.StatusConflict},
		"no status":                   {"/status", url.Values{"do": {"opened"}}, http.StatusBadRequest},
		"nothing":                     {"/status", url.Values{}, http.StatusBadRequest},
		"two presses":                 {"/status", url.Values{"do": {"received", "closed"}}, http.StatusBadRequest},
		"a text that is too long":     {"/status", url.Values{"do": {"received"}, "text": {strings.Repeat("あ", dispute.MaxText+1)}}, http.StatusUnprocessableEntity},
		"a text with what hides":      {"/status", url.Values{"do": {"received"}, "text": {"a\u202eb"}}, http.StatusUnprocessableEntity},
		"both texts":                  {"/status", url.Values{"do": {"received"}, "text": {"a"}, "ready-received": {"we_call_you"}}, http.StatusUnprocessableEntity},
		"a ready text of another":     {"/status", url.Values{"do": {"received"}, "ready-received": {"settled"}}, http.StatusBadRequest},
		"a version that is none":      {"/status", url.Values{"do": {"received"}, "version": {"x"}}, http.StatusBadRequest},
		"a version from the future":   {"/status", url.Values{"do": {"received"}, "version": {"99"}}, http.StatusConflict},
		"a form that is much too big": {"/status", url.Values{"do": {"received"}, "text": {strings.Repeat("x", 64<<10)}}, http.StatusBadRequest},
		"an empty note":               {"/notes", url.Values{"note": {" \r\n "}}, http.StatusUnprocessableEntity},
		"a note that is too long":     {"/notes", url.Values{"note": {strings.Repeat("あ", dispute.MaxNote+1)}}, http.StatusUnprocessableEntity},
	} {
		before := w.everything()
		if !c.form.Has("version") {
			c.form.Set("version", versionOf(w.now(d)))
		}
		code, page := s.press("/desk/0168/cases/"+d.ID+c.path, c.form)
		if code != c.code || code < 500 && !strings.Contains(page, "</main>") {
			t.Errorf("%s: %d, want %d: %s", name, code, c.code, words(page))
		}
		if !maps.Equal(before, w.everything()) {
			t.Errorf("%s changed something", name)
		}
		if text := c.form.Get("text"); code == http.StatusUnprocessableEntity && text != "" && len(text) < 10 && !strings.Contains(page, text) {
			t.Errorf("%s: what was typed is gone", name)
		}
	}
}

// Over random reports of two banks, each clerk sees and changes what is their bank's and
// their role's, and nothing else, at every address that there is.
func TestBanksAndRolesNeverMix(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rng := rand.New(rand.NewPCG(7, 19))
	reports := map[string][]*watch.Dispute{}
	for range 24 {
		bank := []string{ours, theirs}[rng.IntN(2)]
		d := w.report(bank, fmt.Sprintf("acc_%s_%d", bank, rng.IntN(5)), []string{"dbarai", "paypay", ""}[rng.IntN(3)], rng.Int64N(300000)+1)
		reports[bank] = append(reports[bank], d)
	}
	campaigns, refused, asked := map[string]*radar.Campaign{}, map[string]string{}, map[string]string{}
	for _, bank := range []string{ours, theirs} {
		campaigns[bank] = w.campaign(bank, "dbarai")
		refused[bank] = w.refusal(bank, "acc_secret_of_"+bank)
		asked[bank] = w.asks(bank, "acc_secret_of_"+bank, "txn_secret_of_"+bank)
	}
	foreign := func(bank string) []*watch.Dispute {
		if bank == ours {
			return reports[theirs]
		}
		return reports[ours]
	}
	for _, bank := range []string{ours, theirs} {
		for _, role := range clerk.Roles {
			s := w.signedIn(bank, role)
			for _, at := range desk.Routes() {
				method, path, _ := strings.Cut(at, " ")
				if strings.HasSuffix(path, "/sign-out") || strings.HasSuffix(path, "/sign-in") || strings.HasSuffix(path, "/callback") {
					continue
				}
				for _, of := range []string{ours, theirs} {
					d := reports[of][rng.IntN(len(reports[of]))]
					alien := foreign(bank)[rng.IntN(len(foreign(bank)))]
					ids := []string{d.ID, alien.ID}
					switch {
					case strings.Contains(path, "/campaigns/"):
						ids = []string{campaigns[of].ID, campaigns[other(bank)].ID}
					case strings.Contains(path, "/refused/"):
						ids = []string{refused[of], refused[other(bank)]}
					case strings.Contains(path, "/inquiries/"):
						ids = []string{asked[of], asked[other(bank)]}
					}
					for _, id := range ids {
						address := strings.NewReplacer("{bank}", of, "{id}", id).Replace(path)
						before := w.everything()
						code, body, _ := s.ask(method, address, url.Values{"do": {"received"}, "note": {"x"}, "version": {versionOf(w.now(d))}, "state": {"confirmed"}, "items": {"acc_new txn_new"}, "key": {"k" + string(role)}})
						own := of == bank && (!strings.Contains(path, "{id}") || id == ids[0])
						who := fmt.Sprintf("%s of %s at %s %s", role, bank, method, address)
						if strings.Contains(body, "acc_secret_of_"+other(bank)) || strings.Contains(body, "txn_secret_of_"+other(bank)) {
							t.Fatalf("%s sees what another bank sent", who)
						}
						for _, x := range foreign(bank) {
							if strings.Contains(body, x.Reference) || strings.Contains(body, x.Account.Ref) || strings.Contains(body, x.Txn) {
								t.Fatalf("%s sees another bank's %s", who, x.Reference)
							}
						}
						changed := !maps.Equal(before, w.everything())
						switch {
						case !own && (code < 400 || changed):
							t.Errorf("%s: %d, changed %v", who, code, changed)
						case own && method == http.MethodGet && changed:
							t.Errorf("%s changed something", who)
						case own && changed && !may(role, method, path):
							t.Errorf("%s: it is not theirs to change", who)
						case own && !may(role, method, path) && code != http.StatusForbidden:
							t.Errorf("%s: %d", who, code)
						case own && method == http.MethodGet && may(role, method, path) && code != http.StatusOK:
							t.Errorf("%s: %d %s", who, code, words(body))
						}
					}
				}
			}
		}
	}
}

func other(bank string) string {
	if bank == ours {
		return theirs
	}
	return ours
}

// may tells who may do what where: written down here once more, and not read from the
// routes.
func may(role clerk.Role, method, path string) bool {
	switch {
	case method == http.MethodGet:
		return role == clerk.Manage || !strings.HasSuffix(path, "/sheet") && !strings.HasSuffix(path, "/cases.csv")
	case strings.Contains(path, "/cases/"), strings.HasSuffix(path, "/inquiries"):
		return role != clerk.Look
	}
	return role == clerk.Manage
}

func TestWhoIsNotSignedInSeesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.report(ours, "acc_1", "dbarai", 98765)
	in := w.signedIn(ours, clerk.Manage)
	before := w.everything()
	for name, s := range map[string]*seat{"a stranger": w.stranger(), "a clerk whose hour is over": in} {
		if s == in {
			w.Add(clerk.Life)
		}
		for _, at := range desk.Routes() {
			method, path, _ := strings.Cut(at, " ")
			if strings.HasSuffix(path, "/sign-in") || strings.HasSuffix(path, "/callback") {
				continue
			}
			code, body, _ := s.ask(method, strings.NewReplacer("{bank}", ours, "{id}", d.ID).Replace(path), url.Values{"do": {"received"}, "version": {"1"}, "note": {"x"}})
			if code != http.StatusUnauthorized || strings.Contains(body, d.Reference) || !strings.Contains(body, "/desk/0168/sign-in") {
				t.Errorf("%s: %s: %d %s", name, at, code, words(body))
			}
		}
	}
	if !maps.Equal(before, w.everything()) {
		t.Error("something changed")
	}
	for _, bank := range []string{"9999", "0001", "x", "%00"} {
		if code, _, _ := w.stranger().ask("GET", "/desk/"+bank, nil); code != http.StatusNotFound {
			t.Errorf("%s: %d", bank, code)
		}
	}
}

func TestRequestsFromOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s, d := w.signedIn(ours, clerk.Manage), w.report(ours, "acc_1", "dbarai", 98765)
	before := w.everything()
	posts := 0
	for _, at := range desk.Routes() {
		method, path, _ := strings.Cut(at, " ")
		if method != http.MethodPost {
			continue
		}
		posts++
		for _, head := range []map[string]string{{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}, {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}} {
			r, err := http.NewRequestWithContext(ctx, method, w.url+strings.NewReplacer("{bank}", ours, "{id}", d.ID).Replace(path), strings.NewReader(url.Values{"do": {"received"}, "version": {versionOf(w.now(d))}, "note": {"x"}}.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for k, v := range head {
				r.Header.Set(k, v)
			}
			res, err := s.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			if res.StatusCode != http.StatusForbidden {
				t.Errorf("%s with %v: %d", at, head, res.StatusCode)
			}
		}
	}
	if posts < 3 || !maps.Equal(before, w.everything()) {
		t.Errorf("%d addresses take a post, or something changed", posts)
	}
	if code, _, _ := s.ask("GET", "/desk/0168", nil); code != http.StatusOK {
		t.Errorf("the clerk is signed out by another site: %d", code)
	}
}

// Every act of a clerk, and every look, stands in the audit list of their bank, by what
// the provider knows them as.
func TestEveryActOfAClerkStandsInTheAuditList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.report(ours, "acc_1", "dbarai", 98765)
	s := w.signedIn(ours, clerk.Work)
	s.page("/desk/0168")
	s.page("/desk/0168/cases/" + d.ID)
	s.press("/desk/0168/cases/"+d.ID+"/status", url.Values{"version": {versionOf(w.now(d))}, "do": {"received"}})
	s.press("/desk/0168/cases/"+d.ID+"/status", url.Values{"version": {versionOf(w.now(d))}, "do": {"reopened"}})
	s.ask("POST", "/desk/0168/sign-out", url.Values{})
	got := map[string]int{}
	for _, a := range w.acts(ours) {
		if a.Actor.Kind != "clerk" || a.Actor.ID != "c-work" {
			t.Errorf("%+v", a)
		}
		got[a.What+" "+string(a.Result)]++
	}
	want := map[string]int{"clerk.enter done": 1, "disputes.read done": 1, "dispute.read done": 2, "dispute.status done": 1, "dispute.status refused": 1, "clerk.leave done": 1}
	if !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if len(w.acts(theirs)) != 0 {
		t.Error("the other bank's list has something")
	}
}

// What cannot be written down is neither done nor shown.
func TestWithoutTheAuditListNothingIsDone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.report(ours, "acc_1", "dbarai", 98765)
	s := w.signedIn(ours, clerk.Manage)
	form := url.Values{"version": {versionOf(w.now(d))}, "do": {"received"}}
	before := w.everything()
	w.refuse = func(writes []store.Write) error {
		if slices.ContainsFunc(writes, func(x store.Write) bool { return strings.HasPrefix(x.Item.PK, "ACT#") }) {
			return errors.New("throttled")
		}
		return nil
	}
	for _, x := range []struct{ method, path string }{{"GET", ""}, {"GET", "/cases/" + d.ID}, {"GET", "/sheet"}, {"GET", "/cases.csv"}, {"POST", "/cases/" + d.ID + "/status"}} {
		if code, body, _ := s.ask(x.method, "/desk/0168"+x.path, form); code != http.StatusServiceUnavailable || strings.Contains(body, d.Reference) {
			t.Errorf("%s %s: %d", x.method, x.path, code)
		}
	}
	if !maps.Equal(before, w.everything()) {
		t.Error("something changed")
	}
}

// A long list comes page by page, and each report stands on one of them.
func TestALongListPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.signedIn(ours, clerk.Look)
	want := map[string]bool{}
	for i := range 2*desk.PageRows + 3 {
		want[w.report(ours, "acc_1", "dbarai", int64(1000+i*7%50)).Reference] = true
	}
	for _, by := range []string{"", "newest", "amount", "service"} {
		w.Add(time.Minute)
		got, next, pages := map[string]bool{}, "/desk/0168?by="+by, 0
		for next != "" {
			page := s.page(next)
			if pages++; len(page) > 30<<10 {
				t.Errorf("a page has %d bytes", len(page))
			}
			for ref := range want {
				if strings.Contains(page, ref) {
					if got[ref] {
						t.Errorf("by %q: %s stands on two pages", by, ref)
					}
					got[ref] = true
				}
			}
			next = nextOf(page)
		}
		if pages != 3 || !maps.Equal(got, want) {
			t.Errorf("by %q: %d of %d on %d pages", by, len(got), len(want), pages)
		}
	}
}

func TestAReportIsFoundByTheNumberSaidOnThePhone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d, foreign := w.report(ours, "acc_1", "dbarai", 98765), w.report(theirs, "acc_1", "dbarai", 98765)
	s := w.signedIn(ours, clerk.Look)
	for _, said := range []string{d.Reference, strings.ToLower(d.Reference), strings.ReplaceAll(d.Reference, "-", " "), " " + d.Reference + " "} {
		if code, _, head := s.ask("GET", "/desk/0168?"+url.Values{"number": {said}}.Encode(), nil); code != http.StatusSeeOther || head.Get("Location") != "/desk/0168/cases/"+d.ID {
			t.Errorf("%q: %d %s", said, code, head.Get("Location"))
		}
	}
	for _, said := range []string{foreign.Reference, "KZ-AAAA-AAAA", "KZ-7F3K", "hello"} {
		if page := s.page("/desk/0168?" + url.Values{"number": {said}}.Encode()); strings.Contains(page, foreign.ID) || !strings.Contains(page, `role="alert"`) {
			t.Errorf("%q: %s", said, words(page))
		}
	}
}
