package web_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// everything reads the whole store. Nothing may be writing.
func (w *world) everything() map[string]string {
	w.t.Helper()
	return worldtest.Everything(w.t, w.file)
}

const (
	owner    = "U0000000000000000000000000000a11"
	daughter = "U0000000000000000000000000000b22"
)

var expires = regexp.MustCompile(`"expires":"([^"]+)"`)

func expired(body string, now time.Time) bool {
	m := expires.FindStringSubmatch(body)
	if m == nil {
		return false
	}
	at, err := time.Parse(time.RFC3339, m[1])
	return err == nil && !at.After(now)
}

func TestWhatErasingLeavesIsWhatThePageSays(t *testing.T) {
	ctx := context.Background()
	for name, byGuard := range map[string]bool{"an owner who erases": false, "a guardian who leaves before": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			members := &membership.Service{Store: w.store, Keys: w.keys, Now: w.now, Logger: w.logger}
			w.change(func(a *watch.Account) { a.Watchers[0].LineUser = owner })
			if _, err := members.Issue(ctx, account.Bank, membership.CodeRequest{AccountRef: account.Ref, Email: "bank@example.jp"}); err != nil {
				t.Fatal(err)
			}
			w.put(store.PutActivity(account, &watch.Activity{}))
			w.put(store.PutRefused(&store.Refused{ID: "q1", Bank: account.Bank, At: w.now(), Problem: "amount", Raw: `{"account_ref":"acc_8f3k"}`})...)
			b, home := w.login(owner, watch.Japanese)
			room := w.srv.URL + home.room(t)
			got := b.do(http.MethodPost, room+"/family/invite", url.Values{"do": {wording.DoInvite}, "name": {"長女"}})
			code := inviteCode.FindString(got.body)
			if _, err := members.Accept(ctx, daughter, code, watch.Japanese); err != nil {
				t.Fatal(err)
			}
			b.do(http.MethodPost, room+"/family/invite", url.Values{"do": {wording.DoInvite}}).says(t, 200, "招待をつくりました")
			b.send(b.open(room+"/settings"), wording.DoSave, "email", "new@example.jp").says(t, 200, "確認のメール")
			reader := w.browser()
			reader.press(reader.open(w.mails.sent[0].Buttons[0].URL), wording.DoConfirm).says(t, 200)
			b.send(b.open(room+"/settings"), wording.DoSave, "email", "other@example.jp").says(t, 200, "確認のメール")
			b.press(b.open(w.link("r1", "w1")), wording.DoNotMine).says(t, 200, "受付番号")
			d, guard := w.login(daughter, watch.Japanese)
			if byGuard {
				d.do(http.MethodPost, w.srv.URL+guard.room(t)+"/leave", url.Values{"do": {wording.DoErase}, "sure": {"on"}}).says(t, 404)
				d.do(http.MethodPost, w.srv.URL+guard.room(t)+"/leave", url.Values{"do": {wording.DoLeave}}).says(t, 200, "見守りをやめました", "7日間残り、そのあと消えます")
				for item, body := range w.everything() {
					_, kind, _ := strings.Cut(item, " left")
					back := strings.HasSuffix(item, " left"+kind) && (kind == "" || kind == "_of") // by which the owner can take it back
					if !back && strings.Contains(item+body, daughter) {
						t.Errorf("the guardian is still in %s: %s", item, body)
					}
				}
			}
			b.do(http.MethodPost, room+"/leave", url.Values{"do": {wording.DoErase}, "sure": {"on"}}).says(t, 200, "記録もあとで消します", "7日以内に", "証拠として5年間残ります", "35日以内に消えます")
			w.add(watch.RestoreFor + time.Hour)
			if err := members.EraseRest(ctx, account); err != nil { // sweep does
				t.Fatal(err)
			}
			var kept []string
			for item, body := range w.everything() {
				if expired(body, w.now()) || strings.HasPrefix(item, "history TICKETS") {
					continue // DynamoDB removes it; until then it cannot be read
				}
				all := item + " " + body
				for _, gone := range []string{owner, daughter, "@example.jp", "長女"} {
					if strings.Contains(all, gone) {
						t.Errorf("%q is still in %s: %s", gone, item, body)
					}
				}
				if strings.Contains(all, account.Ref) || strings.Contains(all, "***4567") {
					kept = append(kept, item[:strings.IndexByte(item+"#", '#')])
				}
			}
			for _, secret := range []string{owner, daughter, "@example.jp", "長女", account.Ref, "***4567", code, strings.TrimPrefix(home.room(t), "/home/")} {
				if log := w.logged(); strings.Contains(log, secret) {
					t.Errorf("the log holds %q:\n%s", secret, log)
				}
			}
			slices.Sort(kept)
			if kept = slices.Compact(kept); !slices.Equal(kept, []string{"history TRAIL", "items D", "items L"}) {
				t.Errorf("the account is still in %v", kept)
			}
		})
	}
}
