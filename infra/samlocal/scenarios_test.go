package samlocal_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

var room = regexp.MustCompile(`/home/[\w-]{22}`)

func settings(ctx context.Context, w *town) error {
	user, err := w.person("settings")
	if err != nil {
		return err
	}
	guardian, err := w.person("guardian")
	if err != nil {
		return err
	}
	if err := w.binds(ctx, user, "acc_set", ""); err != nil {
		return err
	}
	if err := w.debit(ctx, "s1", "acc_set", 7777); err != nil {
		return err
	}
	if err := w.until("the phone rings", func() bool { return w.alerts(user, "7,777円") == 1 }); err != nil {
		return err
	}
	if err := w.press(user, "mine"); err != nil {
		return err
	}
	if err := w.until("the answer is known", func() bool { r := w.record(ctx, "acc_set"); return r != nil && r.Answer != nil }); err != nil {
		return err
	}
	if err := w.line.Say(user, "設定"); err != nil {
		return err
	}
	if err := w.shows(user, "設定のページを開く"); err != nil {
		return err
	}
	c := w.browser()
	_, at, err := page(c, link.FindString(w.newest(user)))
	if err != nil {
		return err
	}
	home, at, err := submit(c, at.String(), url.Values{"do": {wording.DoEnter}})
	if err != nil || at.Path != "/home" || !strings.Contains(home, "***4567") {
		return fmt.Errorf("the home page does not show the account: %w", err)
	}
	base := strings.TrimSuffix(at.String(), at.Path)
	mine := base + room.FindString(home)
	for address, shows := range map[string]string{base + "/home/help": "", mine + "/history": "7,777円", mine + "/history.csv": "7777", mine + "/services": "", mine + "/leave": "", mine + wording.StatementPath: wording.FieldFiles} {
		if body, _, err := page(c, address); err != nil || !strings.Contains(body, shows) {
			return fmt.Errorf("a page lacks %q: %w", shows, err)
		}
	}
	if body, err := upload(c, mine+wording.StatementPath, "取引日,摘要,出金金額,入金金額,残高\n2020/8/20,ﾄﾞｺﾓｺｳｻﾞ,28000,,34000\n"); err != nil || !strings.Contains(body, "28,000円") {
		return fmt.Errorf("a statement is not looked through: %w", err)
	}
	if err := w.line.SendFile(user, "a.csv", []byte("取引日,摘要,出金金額,入金金額,残高\n2020/8/20,ﾄﾞｺﾓｺｳｻﾞ,28001,,34000\n")); err != nil {
		return err
	}
	if err := w.shows(user, "28,001円"); err != nil {
		return fmt.Errorf("a file of the chat is not looked through: %w", err)
	}
	if err := w.among(ctx, "acc_set", func() error { return reportsPast(w, c, mine) }); err != nil {
		return err
	}
	body, _, err := page(c, mine+"/settings")
	if err != nil {
		return err
	}
	if _, _, err := submit(c, mine+"/settings", filled(body, "do", wording.DoSave, wording.FieldNameEmail, "new@example.jp")); err != nil {
		return err
	}
	var m sim.Mail
	if err := w.until("the mail that confirms an address arrives", func() bool { return w.mailTo("new@example.jp", &m) }); err != nil {
		return err
	}
	inMail := w.browser()
	if _, at, err = page(inMail, link.FindString(m.Text)); err != nil {
		return err
	}
	if _, _, err := submit(inMail, at.String(), url.Values{"do": {wording.DoConfirm}}); err != nil {
		return err
	}
	body, _, err = submit(c, mine+"/family/invite", url.Values{"do": {wording.DoInvite}, "name": {"むすめ"}})
	if err != nil {
		return err
	}
	if err := w.line.Say(guardian, code.FindString(body)); err != nil {
		return err
	}
	if err := w.shows(guardian, "a=join"); err != nil {
		return err
	}
	if err := w.press(guardian, "join"); err != nil {
		return err
	}
	if err := w.shows(user, "むすめ"); err != nil {
		return err
	}
	if body, _, err = page(c, mine+"/family"); err != nil {
		return err
	}
	m2 := hidden.FindStringSubmatch(body)
	if m2 == nil {
		return errors.New("the page of the family does not show the guardian")
	}
	if _, _, err = submit(c, mine+"/family", url.Values{"do": {wording.DoDismiss}, "watcher": {m2[1]}}); err != nil {
		return err
	}
	if err := w.shows(guardian, "見守り家族としての見守りが終わりました"); err != nil {
		return err
	}
	_, _, err = submit(c, mine+"/leave", url.Values{"do": {wording.DoLeave}})
	return err
}

// among does something while two guardians watch an account, one on LINE and one by
// mail.
func (w *town) among(ctx context.Context, account string, do func() error) error {
	k := watch.AccountKey{Bank: "0125", Ref: account}
	daughter, err := w.person("daughter")
	if err != nil {
		return err
	}
	change := func(f func([]watch.Watcher) []watch.Watcher) error {
		return store.Retry(ctx, func() error {
			a, err := w.store.Account(ctx, k)
			if err != nil {
				return err
			}
			a.Watchers = f(a.Watchers)
			return w.store.Write(ctx, store.PutAccount(a))
		})
	}
	guardian := func(id, user string, c watch.Channel) watch.Watcher {
		return watch.Watcher{ID: id, Role: watch.Guardian, LineUser: user, Lang: watch.Japanese, Since: time.Now().UTC(), Channels: []watch.Channel{c}, Rules: watch.DefaultRules()}
	}
	if err := change(func(all []watch.Watcher) []watch.Watcher {
		return append(all, guardian("g_line", daughter, watch.Channel{Kind: watch.LINE}), guardian("g_mail", "", watch.Channel{Kind: watch.Email, Address: "son@example.jp"}))
	}); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	var m sim.Mail
	if err := w.until("the guardians hear of it", func() bool {
		return strings.Contains(w.newest(daughter), "身に覚えがない") && w.mailTo("son@example.jp", &m)
	}); err != nil {
		return err
	}
	return change(func(all []watch.Watcher) []watch.Watcher {
		return slices.DeleteFunc(all, func(x watch.Watcher) bool { return x.ID == "g_line" || x.ID == "g_mail" })
	})
}

// reportsPast keeps what one statement tells, and reports what another does: the
// bank hears of it.
func reportsPast(w *town, c *http.Client, mine string) error {
	body, err := upload(c, mine+wording.StatementPath, "取引日,ご利用内容,出金額,入金額,残高\n2020/8/21,KYASH,1000,,33000\n")
	if err != nil {
		return err
	}
	rows := func(body string) string {
		_, after, _ := strings.Cut(body, `name="`+wording.FieldRows+`" value="`)
		packed, _, _ := strings.Cut(after, `"`)
		return packed
	}
	body2, _, err := submit(c, mine+wording.StatementPath, url.Values{"do": {wording.DoKeep}, wording.FieldRows: {rows(body)}})
	if err != nil || !strings.Contains(body2, "履歴に加わりました") {
		return fmt.Errorf("a debit of a statement is not kept: %w", err)
	}
	if body, err = upload(c, mine+wording.StatementPath, "取引日,ご利用内容,出金額,入金額,残高\n2019/10/5,ﾄﾞｺﾓｺｳｻﾞ,30000,,70000\n2020/8/20,ﾄﾞｺﾓｺｳｻﾞ,28000,,34000\n"); err != nil {
		return err
	}
	body, _, err = submit(c, mine+wording.StatementPath, url.Values{"do": {wording.DoNotMine}, wording.FieldPart: {"1", "2"}, wording.FieldRows: {rows(body)}})
	if err != nil || !strings.Contains(body, "KZ-") {
		return fmt.Errorf("debits of a statement are not reported: %w", err)
	}
	var told sim.BankDispute
	return w.until("the bank hears of the statement", func() bool { return w.heard("acc_set", &told) })
}

var (
	code   = regexp.MustCompile(`\b[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5}\b`)
	hidden = regexp.MustCompile(`name="watcher" value="([^"]+)"`)
	input  = regexp.MustCompile(`<input[^>]* name="([^"]+)"[^>]*>`)
	value  = regexp.MustCompile(` value="([^"]*)"`)
)

// filled is the first form of a page as it stands, with some more values.
func filled(body string, more ...string) url.Values {
	_, body, _ = strings.Cut(body, "<form")
	body, _, _ = strings.Cut(body, "</form>")
	v := url.Values{}
	for _, in := range input.FindAllStringSubmatch(body, -1) {
		if strings.Contains(in[0], `type="checkbox"`) && !strings.Contains(in[0], " checked") {
			continue
		}
		if val := value.FindStringSubmatch(in[0]); val != nil {
			v.Set(in[1], val[1])
		}
	}
	for i := 0; i < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

func bankReads(ctx context.Context, w *town) error {
	user, err := w.person("bank")
	if err != nil {
		return err
	}
	if err := w.binds(ctx, user, "acc_bank", ""); err != nil {
		return err
	}
	if err := w.debit(ctx, "r1", "acc_bank", 8888); err != nil {
		return err
	}
	if err := w.until("the phone rings", func() bool { return w.alerts(user, "8,888円") == 1 }); err != nil {
		return err
	}
	if err := w.press(user, "notmine"); err != nil {
		return err
	}
	var told sim.BankDispute
	if err := w.until("the bank hears of the dispute", func() bool { return w.heard("acc_bank", &told) }); err != nil {
		return err
	}
	who, err := w.ask(ctx, http.MethodGet, "/accounts/acc_bank/watchers", "", http.StatusOK)
	if list, _ := who["watchers"].([]any); err != nil || len(list) != 1 {
		return fmt.Errorf("watchers %v: %w", who, err)
	}
	if _, err := w.ask(ctx, http.MethodGet, "/disputes/"+told.DisputeID, "", http.StatusOK); err != nil {
		return err
	}
	list, err := w.ask(ctx, http.MethodGet, "/disputes?limit=5", "", http.StatusOK)
	if ds, _ := list["disputes"].([]any); err != nil || len(ds) == 0 {
		return fmt.Errorf("disputes %v: %w", list, err)
	}
	if _, err := w.ask(ctx, http.MethodGet, "/health", "", http.StatusOK); err != nil {
		return err
	}
	if ping, err := w.ask(ctx, http.MethodPost, "/callbacks/ping", "", http.StatusOK); err != nil || ping["taken"] != true {
		return fmt.Errorf("a ping %v: %w", ping, err)
	}
	if err := attacks(ctx, w, user); err != nil {
		return err
	}
	for _, public := range []string{"/v1/services", "/v1/problems/invalid"} {
		res, err := http.Get(w.URL() + public)
		if err != nil {
			return err
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK {
			return fmt.Errorf("%s is answered with %d", public, res.StatusCode)
		}
	}
	past := fmt.Sprintf(`{"events":[{"id":"e_past","type":"debit","transaction_id":"p1","account_ref":"acc_bank","occurred_at":%q,"amount":500,"currency":"JPY","descriptor":"ﾄﾞｺﾓｺｳｻﾞ"}]}`,
		time.Now().AddDate(0, -2, 0).Format(time.RFC3339))
	if _, err := w.ask(ctx, http.MethodPost, "/accounts/acc_bank/history", past, http.StatusAccepted); err != nil {
		return err
	}
	if err := w.until("the past is on record", func() bool {
		list, err := store.First(w.store.History(ctx, watch.AccountKey{Bank: "0125", Ref: "acc_bank"}, time.Time{}, time.Time{}), 10)
		return err == nil && slices.ContainsFunc(list, func(r *watch.Record) bool { return r.Txn == "p1" && r.Past })
	}); err != nil {
		return err
	}
	if err := bucketed(ctx, w); err != nil {
		return err
	}
	if err := file(ctx, w); err != nil {
		return err
	}
	// A refused event stays in quarantine, which erasing looks through.
	a, err := w.bank.Post(ctx, []byte(`{"events":[{"id":"e_bad","type":"debit","transaction_id":"r2","account_ref":"acc_bank","occurred_at":"2026-11-24T00:00:00Z","amount":-1,"currency":"JPY","descriptor":"X"}]}`))
	if err != nil || a.Status != http.StatusUnprocessableEntity {
		return fmt.Errorf("a bad event is answered with %d: %w", a.Status, err)
	}
	if _, err := w.ask(ctx, http.MethodDelete, "/accounts/acc_bank", "", http.StatusNoContent); err != nil {
		return err
	}
	if err := w.shows(user, "口座の見守りが終わりました"); err != nil {
		return err
	}
	if r := w.record(ctx, "acc_bank"); r != nil {
		return errors.New("a record outlives its account")
	}
	return nil
}

func joinsAndLeaves(ctx context.Context, w *town) error {
	user, err := w.person("link")
	if err != nil {
		return err
	}
	b, err := w.store.Bank(ctx, "0125")
	if err != nil {
		return err
	}
	b.LinkURL = "https://bank.example/line"
	if err := w.store.Write(ctx, store.PutBank(b)); err != nil {
		return err
	}
	if err := w.line.Say(user, "口座をつなぐ"); err != nil {
		return err
	}
	if err := w.shows(user, "bank.example"); err != nil {
		return err
	}
	_, after, _ := strings.Cut(w.newest(user), `https://bank.example/line`)
	query, _, _ := strings.Cut(after, `"`)
	q, err := url.ParseQuery(strings.TrimPrefix(query, "?"))
	if err != nil {
		return err
	}
	nonce, err := w.ask(ctx, http.MethodPost, "/nonces", `{"accounts":[{"account_ref":"acc_link","account_mask":"普通 ***4567"}]}`, http.StatusCreated)
	if err != nil {
		return err
	}
	res, err := http.Get(w.lineURL + "/dialog/bot/accountLink?" + url.Values{"linkToken": {q.Get("linkToken")}, "nonce": {text(nonce["nonce"])}, "as": {user}}.Encode())
	if err != nil {
		return err
	}
	_ = res.Body.Close()
	if err := w.shows(user, "口座の見守りを始めました"); err != nil {
		return err
	}
	if err := w.line.Say(user, "解除"); err != nil {
		return err
	}
	if err := w.shows(user, "a=leave"); err != nil {
		return err
	}
	if err := w.press(user, "leave"); err != nil {
		return err
	}
	if err := w.shows(user, "口座の見守りをやめました"); err != nil {
		return err
	}
	return w.line.Block(user)
}
