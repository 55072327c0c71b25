package chat_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/quote"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// offered gives a bank a page of its own and asks the chat how to connect; it
// returns the token in the link to that page.
func (w *world) offered(user string) string {
	w.t.Helper()
	if _, err := w.store.Bank(context.Background(), "0125"); err != nil {
		b := &store.Bank{Code: "0125", LinkURL: "https://bank.example/line?from=kozamori"}
		if err := w.store.Write(context.Background(), store.PutBank(b), store.PutBank(&store.Bank{Code: "0168"})); err != nil {
			w.t.Fatal(err)
		}
	}
	w.say(user, "口座をつなぐ")
	_, after, ok := strings.Cut(strings.ReplaceAll(w.newest(user), `\u0026`, "&"), `"uri":"`)
	link, _, _ := strings.Cut(after, `"`)
	u, err := url.Parse(link)
	if !ok || err != nil || u.Host != "bank.example" || u.Query().Get("from") != "kozamori" {
		w.t.Fatalf("no way to the bank in %s", w.newest(user))
	}
	return u.Query().Get("linkToken")
}

// atTheBank is a customer who logged in at the bank, ticked accounts, and
// comes to LINE's dialog on somebody's phone.
func (w *world) atTheBank(phone, token string, refs ...string) (nonce string) {
	w.t.Helper()
	var ticked []membership.CodeRequest
	for _, ref := range refs {
		ticked = append(ticked, membership.CodeRequest{AccountRef: ref, Mask: quote.Text("普通 ***" + ref[len(ref)-1:])})
	}
	nonce, _, err := w.members.Nonce(context.Background(), "0125", ticked)
	if err != nil {
		w.t.Fatal(err)
	}
	w.dialog(phone, token, nonce)
	return nonce
}

func (w *world) dialog(phone, token, nonce string) {
	w.t.Helper()
	w.open(phone, token, nonce)
	w.settle()
}

// open opens LINE's dialog on a phone.
func (w *world) open(phone, token, nonce string) {
	w.t.Helper()
	res, err := http.Get(w.api + "/dialog/bot/accountLink?" + url.Values{"linkToken": {token}, "nonce": {nonce}, "as": {phone}}.Encode())
	if err != nil {
		w.t.Fatal(err)
	}
	_ = res.Body.Close()
}

func (w *world) watched(user string) int {
	w.t.Helper()
	list, err := w.members.Accounts(context.Background(), user)
	if err != nil {
		w.t.Fatal(err)
	}
	return len(list)
}

func TestConnectingAtTheBank(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.line.Duplicate(2)
	token := w.offered(alice)
	w.atTheBank(alice, token, "acc_1", "acc_2")
	for range 4 {
		w.Add(6 * time.Second)
		w.settle()
	}
	w.reads(alice, wording.Connected(wording.ConnectedFacts{}).Title, "七十七銀行 普通 ***1", "七十七銀行 普通 ***2", "「見守りをやめる」")
	if w.watched(alice) != 2 || len(w.shown(alice)) != 2 {
		t.Errorf("watches %d accounts after %d answers", w.watched(alice), len(w.shown(alice)))
	}
	w.Add(5 * time.Minute)
	w.atTheBank(alice, w.offered(alice), "acc_1")
	w.reads(alice, wording.Connected(wording.ConnectedFacts{Already: true}).Title)
}

func TestALinkThatFailsConnectsNothingAndIsUsedUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	// Somebody else opens the link: LINE does not tell, and neither do we.
	nonce := w.atTheBank(bob, w.offered(alice), "acc_1")
	if w.watched(alice)+w.watched(bob) != 0 || len(w.shown(bob)) != 0 {
		t.Errorf("watch %d and %d accounts; bob is told %v", w.watched(alice), w.watched(bob), w.shown(bob))
	}
	// What was used once binds nothing later.
	w.dialog(alice, w.offered(alice), nonce)
	w.reads(alice, wording.LinkFailed(ja).Title)
	// Nor does a nonce that came too late, or that was never made.
	nonce, _, err := w.members.Nonce(context.Background(), "0125", []membership.CodeRequest{{AccountRef: "acc_1"}})
	if err != nil {
		t.Fatal(err)
	}
	w.Add(membership.NonceLife)
	w.dialog(alice, w.offered(alice), nonce)
	w.reads(alice, wording.LinkFailed(ja).Title)
	w.dialog(alice, w.offered(alice), "abcdefghijklmnop")
	w.reads(alice, wording.LinkFailed(ja).Title)
	if w.watched(alice) != 0 {
		t.Errorf("watches %d accounts", w.watched(alice))
	}
}

func TestWithoutALinkTokenTheCodeIsStillAWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.offered(alice)
	w.line.FailAt(sim.LinkToken, 5, sim.ServerError)
	w.say(alice, "口座をつなぐ")
	w.reads(alice, "登録コード")
	if strings.Contains(w.newest(alice), "bank.example") {
		t.Error("a link without a token leads nowhere")
	}
}

func TestSettingsAreBehindALinkOfOnesOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.own(alice, account)
	w.say(alice, "設定")
	w.reads(alice, "https://kozamori.example/s/1ce", "1回だけ")
	w.say(bob, "settings")
	w.reads(bob, wording.NotConnected(watch.English).Title)
}
