package desk_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kozamori/internal/clerk"
	"kozamori/internal/feed"
	"kozamori/internal/queue"
	"kozamori/internal/radar"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// campaign is one that is suspected at a bank.
func (w *world) campaign(bank, service string) *radar.Campaign {
	w.t.Helper()
	c := radar.Open(&radar.Test{Bank: bank, Service: service, Kind: radar.Refused, From: w.Now().Add(-time.Hour), To: w.Now(), Seen: 41, Expected: 1.5}, w.Now())
	c.Transactions = []string{"txn_secret_of_" + bank}
	if err := w.World.Store.PutCampaign(ctx, c); err != nil {
		w.t.Fatal(err)
	}
	return c
}

// refusal is an event that was refused, and would be taken now.
func (w *world) refusal(bank, ref string) string {
	w.t.Helper()
	raw := fmt.Sprintf(`{"id":"e1","type":"debit","transaction_id":"t1","account_ref":%q,"occurred_at":%q,"amount":1000,"currency":"JPY","descriptor":"PAYPAY"}`, ref, w.Now().Format(time.RFC3339))
	x := &store.Refused{Bank: bank, At: w.Now(), Webhook: "msg_1", EventID: "e1", Txn: "t1", Ref: ref, Field: "amount", Problem: "is missing", Raw: raw}
	x.ID = watch.Derive("refused", bank, raw)
	w.Put(store.PutRefused(x)...)
	return x.ID
}

func TestACampaignIsDecidedOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.campaign(ours, "dbarai")
	w.report(ours, "acc_1", "dbarai", 98765)
	look, manage := w.signedIn(ours, clerk.Look), w.signedIn(ours, clerk.Manage)
	if list := words(look.page("/desk/0168")); !strings.Contains(list, "攻撃の疑いが続いています") {
		t.Errorf("the list does not say that an attack is under way: %s", list)
	}
	if page := words(look.page("/desk/0168/campaigns/" + c.ID)); strings.Contains(page, "攻撃だと認める") || !strings.Contains(page, "41") || !strings.Contains(page, "1.5") {
		t.Errorf("who may only look: %s", page)
	}
	at := "/desk/0168/campaigns/" + c.ID
	if page := words(manage.page(at)); !strings.Contains(page, "攻撃だと認める") {
		t.Errorf("who may decide: %s", page)
	}
	for _, step := range []struct {
		state, says string
		code        int
	}{{"suspected", "", 400}, {"confirmed", "判断を記録しました", 303}, {"dismissed", "その状態にできません", 409}, {"confirmed", "判断を記録しました", 303}, {"ended", "終わった", 303}, {"confirmed", "その状態にできません", 409}} {
		if code, page := manage.press(at+"/state", url.Values{"state": {step.state}}); code != step.code || !strings.Contains(words(page), step.says) {
			t.Errorf("%s: %d %s", step.state, code, words(page))
		}
	}
	is, err := w.World.Store.Campaign(ctx, ours, c.ID)
	if err != nil || is.State != radar.Ended || len(is.Changes) != 3 || is.Changes[1].Clerk != "係 manage" || is.Changes[1].Own {
		t.Errorf("%+v %v", is, err)
	}
	stands, err := w.World.Store.Standing(ctx, ours)
	if err != nil || stands.Of("dbarai").State != radar.Ended {
		t.Errorf("%+v %v", stands, err)
	}
	if list := words(look.page("/desk/0168")); strings.Contains(list, "攻撃の疑いが続いています") {
		t.Error("what has ended stands on the list")
	}
}

func TestWhatWasRefusedIsReplayed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.refusal(ours, "acc_1")
	s := w.signedIn(ours, clerk.Manage)
	if list := words(s.page("/desk/0168/refused")); !strings.Contains(list, "is missing") || !strings.Contains(list, "acc_1") {
		t.Errorf("%s", list)
	}
	if page := words(s.page("/desk/0168/refused/" + id)); !strings.Contains(page, "PAYPAY") {
		t.Errorf("%s", page)
	}
	if code, page := s.press("/desk/0168/refused/"+id+"/replay", url.Values{}); code != http.StatusOK || !strings.Contains(words(page), "受け付けた連絡：1、受け付けなかった連絡：0") {
		t.Errorf("%d %s", code, words(page))
	}
	if got := w.Receive(queue.Events); len(got) != 1 {
		t.Errorf("%d messages are queued", len(got))
	}
}

func TestTheFeedIsShownWithGapsAndLag(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	f := &store.Feed{Bank: ours, LastEvent: w.Now().Add(-40 * time.Minute), Numbered: w.Now()}
	f.Heard(watch.Debit, w.Now().Add(-40*time.Minute))
	h := &feed.Health{Bank: ours, Silent: []feed.Silence{{Kind: watch.LinkRegistered, Since: w.Now().Add(-3 * time.Hour)}}, LateSince: w.Now().Add(-time.Hour)}
	w.Put(store.PutFeed(f), store.PutFeedHealth(h))
	for _, n := range []int64{1, 2, 7} {
		w.Put(store.PutNumber(ours, feed.Number{Feed: "core", Sequence: n, At: w.Now().Add(-2 * time.Minute)}))
	}
	s := w.signedIn(ours, clerk.Look)
	page := words(s.page("/desk/0168/feed"))
	for _, want := range []string{"口座登録が、", "ふだんより遅れて", "3–6", "core", "最後の引き落とし"} {
		if !strings.Contains(page, want) {
			t.Errorf("it lacks %q: %s", want, page)
		}
	}
	if page := words(w.signedIn(theirs, clerk.Look).page("/desk/0125/feed")); strings.Contains(page, "core") || !strings.Contains(page, "ふだんどおり") {
		t.Errorf("the other bank: %s", page)
	}
}

// What is the matter with campaigns, the feed or what was refused is no matter of a
// report: it opens, and is worked on.
func TestADeskWithoutRadarAndFeedWorksOnReports(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.report(ours, "acc_1", "dbarai", 98765)
	s := w.signedIn(ours, clerk.Work)
	for _, down := range []struct{ pk, sk, page string }{{"RADAR#", "", "/campaigns"}, {"B#", "FEED", "/feed"}, {"N#", "", "/feed"}, {"Q#", "", "/refused"}} {
		w.down, w.downSK = down.pk, down.sk
		if list := words(s.page("/desk/0168?show=all")); !strings.Contains(list, d.Reference) {
			t.Errorf("%s: the list: %s", down.pk, list)
		}
		s.page("/desk/0168/cases/" + d.ID)
		if code, _ := s.press("/desk/0168/cases/"+d.ID+"/notes", url.Values{"version": {versionOf(w.now(d))}, "note": {down.pk + down.page}}); code != http.StatusSeeOther {
			t.Errorf("%s: a note: %d", down.pk, code)
		}
		if code, _, head := s.ask("GET", "/desk/0168"+down.page, nil); down.pk != "N#" && (code != http.StatusServiceUnavailable && code != http.StatusOK || code == http.StatusServiceUnavailable && head.Get("Retry-After") == "") {
			t.Errorf("%s: its own page: %d", down.pk, code)
		}
	}
}
