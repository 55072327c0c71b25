package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// change alters the stored account.
func (w *world) change(f func(*watch.Account)) {
	w.t.Helper()
	a, err := w.store.Account(context.Background(), account)
	if err != nil {
		w.t.Fatal(err)
	}
	f(a)
	w.put(store.PutAccount(a))
}

func TestSaveThatIsPressedTwiceIsNoConflict(t *testing.T) {
	w := newWorld(t)
	b, p := w.settings()
	for range 2 {
		b.send(p, wording.DoSave, "service_min", "2000").says(t, 200, "保存しました")
	}
	b.send(p, wording.DoSave, "service_min", "3000").says(t, 409, "先に設定が変更されました")
}

func TestATrustThatIsOverDoesNotStandInTheWay(t *testing.T) {
	w := newWorld(t)
	w.change(func(a *watch.Account) {
		a.Watchers[0].Rules.Trusts = []watch.Trust{
			{Service: "paypay", UpTo: 3000, Until: w.now().Add(-time.Hour)},
			{Service: "gone", UpTo: 3000, Until: w.now().Add(time.Hour)},
			{Service: "kyash", UpTo: 500, Until: w.now().Add(time.Hour)}}
	})
	b, p := w.settings()
	p.says(t, 200, "Kyash：500円以下")
	p.saysNot(t, "3,000円以下")
	b.send(p, wording.DoSave, "service_min", "2000").says(t, 200, "保存しました")
	// What another version may know stays as it is.
	if r := w.rules(); r.ServiceMin != 2000 || len(r.Trusts) != 2 || r.Trusts[0].Service != "gone" || r.Trusts[1].Service != "kyash" {
		t.Errorf("%+v", r)
	}
}

func TestATrustMadeWhileTheFormWasOpenIsKept(t *testing.T) {
	w := newWorld(t)
	b, p := w.settings()
	trust := watch.Trust{Service: "paypay", UpTo: 4321, Until: w.now().Add(time.Hour).UTC()}
	w.change(func(a *watch.Account) { a.Watchers[0].Rules.Trusts = []watch.Trust{trust} })
	b.send(p, wording.DoSave, "service_min", "2000").says(t, 200, "保存しました")
	if r := w.rules(); r.ServiceMin != 2000 || !cmp.Equal(r.Trusts, []watch.Trust{trust}) {
		t.Errorf("%+v", r)
	}
	// And it ends by its own box alone.
	p = b.open(p.url.String())
	b.send(p, wording.DoSave, "untrust", fmt.Sprintf("paypay|4321|%d", trust.Until.Unix())).says(t, 200, "保存しました")
	if r := w.rules(); len(r.Trusts) != 0 {
		t.Errorf("%+v", r.Trusts)
	}
}

func TestAServiceThatNobodyKnowsIsRefusedWhereItIsChosen(t *testing.T) {
	w := newWorld(t)
	b, p := w.settings()
	b.send(p, wording.DoSave, "add", "evil", "add_min", "100").says(t, 422, "このサービスは選べません", `id="e-add"`)
	b.send(p, wording.DoSave, "add", "kyash", "add_min", "").says(t, 422, `id="e-add_min"`)
}

func TestAGuardianTriesRulesOnlyOnWhatTheyCouldHaveSeen(t *testing.T) {
	w := newWorld(t)
	joined := w.now().Add(-24 * time.Hour)
	w.change(func(a *watch.Account) {
		g := &a.Watchers[1]
		g.LineUser, g.HideAmount, g.Lang, g.Since = "U2", false, watch.Japanese, joined
	})
	old := w.record("r0", 777000)
	old.OccurredAt = joined.Add(-time.Hour)
	w.put(store.PutRecord(old))
	b, home := w.login("U2", watch.Japanese)
	p := b.open(w.srv.URL + home.room(t) + "/settings")
	got := b.send(p, wording.DoCheck, "service_min", "1")
	got.says(t, 200, "2回、お知らせしていました", "100,000円", "9月3日")
	got.saysNot(t, "777,000")

	// Who may see no amounts would learn them by trying one limit after the
	// other.
	w.change(func(a *watch.Account) { a.Watchers[1].HideAmount = true })
	p = b.open(p.url.String())
	p.saysNot(t, `value="check"`)
	got = b.send(p, wording.DoCheck, "service_min", "50000")
	got.says(t, 400, "何も変わっていません")
	got.saysNot(t, "お知らせしていました", "100,000")
	b.send(p, wording.DoSave, "service_min", "50000").says(t, 200, "保存しました")
}

func TestATrialSaysFromWhenOnTheRecordIsWhole(t *testing.T) {
	w := newWorld(t)
	w.change(func(a *watch.Account) {
		a.Watchers[0].Since, a.Watchers[1].Since = w.now().AddDate(0, 0, -3), w.now().AddDate(0, 0, -10)
	})
	old := w.record("r0", 500) // of somebody who left long ago
	old.OccurredAt = w.now().AddDate(0, 0, -60)
	w.put(store.PutRecord(old))
	b, p := w.settings()
	b.send(p, wording.DoCheck).says(t, 200, "3回、お知らせしていました", "記録がそろっているのは、2020年8月25日からです")
	w.change(func(a *watch.Account) { a.Watchers[1].Since = w.now().AddDate(-1, 0, 0) })
	b.send(p, wording.DoCheck).saysNot(t, "記録がそろっているのは")
}

func TestAPageStaysSmallWhateverItShows(t *testing.T) {
	w := newWorld(t)
	const n = 130
	var writes []store.Write
	for i := range n {
		r := w.record(fmt.Sprint("many", i), int64(100000+i))
		r.OccurredAt = r.OccurredAt.Add(-time.Duration(i) * time.Minute)
		writes = append(writes, store.PutRecord(r))
	}
	w.put(writes[:65]...)
	w.put(writes[65:]...)
	w.change(func(a *watch.Account) {
		r := &a.Watchers[0].Rules
		for i := range 20 {
			r.Keywords = append(r.Keywords, strings.Repeat("ガ", 28)+fmt.Sprint(10+i))
		}
		for i := range watch.MaxTrusts {
			r.Trusts = append(r.Trusts, watch.Trust{Service: "paypay", UpTo: int64(1000 + i), Until: w.now().Add(time.Hour)})
		}
	})
	small := func(p page) page {
		t.Helper()
		if len(p.body) > 30<<10 {
			t.Errorf("%s has %d bytes", p.url.Path, len(p.body))
		}
		return p
	}
	b, p := w.settings()
	small(b.send(small(p), wording.DoCheck)).says(t, 200, "132回、お知らせしていました", "新しいものから20回分")
	address := strings.TrimSuffix(p.url.String(), "/settings") + "/history"
	seen := map[string]bool{}
	for range 10 {
		h := small(b.open(address))
		h.says(t, 200, "2020年9月のお知らせ")
		for i := range n {
			if s := wording.Yen(watch.Japanese, int64(100000+i)); strings.Contains(h.body, s) {
				seen[s] = true
			}
		}
		_, rest, ok := strings.Cut(h.body, `page=`)
		number, _, _ := strings.Cut(rest, `"`)
		if !ok || !strings.Contains(h.body, "この月の続き") {
			break
		}
		address = strings.TrimSuffix(p.url.String(), "/settings") + "/history?month=2020-09&page=" + number
	}
	if len(seen) != n {
		t.Errorf("the pages of the month show %d of %d alerts", len(seen), n)
	}
}

func TestRefusalsSpeakTheLanguageOfWhoIsLoggedIn(t *testing.T) {
	w := newWorld(t)
	w.change(func(a *watch.Account) { a.Watchers[0].Lang = watch.English })
	b, home := w.login("U1", watch.Japanese)
	b.lang = "ja"
	home.says(t, 200, `lang="en"`, "Accounts you watch")
	room := w.srv.URL + home.room(t)
	b.open(w.srv.URL+"/home/nothing/settings").says(t, 404, "We cannot find this page")
	b.do(http.MethodPost, room+"/family", url.Values{"do": {"x"}}).says(t, 400, "Please go back and try again")
	w.table.Fail(true)
	b.open(room+"/settings").says(t, 503)
	w.table.Fail(false)
	w.add(30 * time.Minute)
	w.change(func(*watch.Account) {})
	b.open(room+"/settings").says(t, 403, "時間が終わりました") // of the session itself: it was begun in Japanese
}

func TestAPauseAndASilenceAreSaid(t *testing.T) {
	w := newWorld(t)
	b, p := w.settings()
	p.saysNot(t, "一時停止中", "届け先がありません")
	w.change(func(a *watch.Account) {
		a.Watchers[0].Rules.PausedUntil = w.now().Add(time.Hour)
		for i := range a.Watchers[0].Channels {
			a.Watchers[0].Channels[i].UnreachableSince = w.now()
		}
	})
	for _, address := range []string{p.url.String(), w.srv.URL + "/home"} {
		b.open(address).says(t, 200, "一時停止中です。9月4日(金) 15:08まで", "届け先がありません")
	}
	w.add(time.Hour)
	b, home := w.login("U1", watch.Japanese)
	home.saysNot(t, "一時停止中")
	b.open(w.srv.URL+home.room(t)+"/settings").saysNot(t, "一時停止中")
}

func TestEndingAWatchingTwiceIsNoError(t *testing.T) {
	w := newWorld(t)
	b, p := w.inside("/family")
	for i, who := range []string{"g1", "g1", "nobody"} {
		got := b.do(http.MethodPost, p.url.String(), url.Values{"do": {wording.DoDismiss}, "watcher": {who}})
		if i == 0 {
			got.says(t, 200, "見守りを終えました", "その人に伝えます")
			continue
		}
		got.says(t, 200, "その人は、もう見守っていません")
		got.saysNot(t, "LINEで伝えます") // no second message
	}
	b.do(http.MethodPost, p.url.String(), url.Values{"do": {wording.DoDismiss}, "watcher": {"w1"}}).says(t, 404)
}

func TestAConfirmationIsNoWayBackOnceMailsAreStopped(t *testing.T) {
	w := newWorld(t)
	b, p := w.settings()
	b.send(p, wording.DoSave, "email", "new@example.jp").says(t, 200, "確認のメールを送りました")
	reader := w.browser()
	got := reader.open(w.mails.sent[0].Buttons[0].URL)
	reader.do(http.MethodPost, got.url.String(), url.Values{"do": {"x"}}).says(t, 400)
	reader.press(got, wording.DoConfirm).says(t, 200, "このアドレスにお知らせします")
	reader.press(got, wording.DoConfirm).says(t, 200, "このアドレスにお知らせします")
	b.send(p, wording.DoSave, "mailoff", "on").says(t, 200, "やめました")
	reader.press(got, wording.DoConfirm).says(t, 403, "このリンクは使えません")
	if log := w.logged(); strings.Contains(log, "example.jp") {
		t.Errorf("an address is in the log:\n%s", log)
	}
}

func TestTheNumberOfDaysThatIsSaidIsTheOneThatIsKept(t *testing.T) {
	w := newWorld(t)
	w.store.KeepDispute = 500 * 24 * time.Hour
	b, p := w.inside("/leave")
	p.says(t, 200, "証拠として約16か月残ります", "約13か月で消えます")
	b.press(b.open(w.link("r1", "w1")), wording.DoNotMine).says(t, 200, "受付番号")
	id := watch.Derive("dispute", "r1")
	w.add(499 * 24 * time.Hour)
	if _, err := w.store.Dispute(context.Background(), id); err != nil {
		t.Errorf("the dispute is gone too early: %v", err)
	}
	w.add(2 * 24 * time.Hour)
	if _, err := w.store.Dispute(context.Background(), id); err == nil {
		t.Error("the dispute is kept too long")
	}
}

// forgets makes the people of the account ones who have reported nothing lately:
// for else they are not offered to be told less.
func (w *world) forgets() {
	w.change(func(a *watch.Account) {
		for i := range a.Watchers {
			a.Watchers[i].ReportedAt = time.Time{}
		}
	})
}
