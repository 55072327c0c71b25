package web_test

import (
	"strings"
	"testing"

	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

func TestASummarySaysWhatHoldsNowAndNotWhatWasTyped(t *testing.T) {
	for name, c := range map[string]struct {
		do  string
		set []string
	}{
		"rules are tried":   {wording.DoCheck, []string{"quiet_from", "22:00", "quiet_to", "07:00", "lang", "en"}},
		"a field is wrong":  {wording.DoSave, []string{"quiet_from", "22:00", "quiet_to", "07:00", "lang", "en", "any_debit", "x"}},
		"others were saved": {wording.DoSave, []string{"quiet_from", "22:00", "quiet_to", "07:00", "lang", "en", "was", "other"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			b, p := w.settings()
			got := b.send(p, c.do, c.set...)
			got.says(t, got.status, "いま：日本語", `value="22:00"`)
			got.saysNot(t, "いま：22:00", "いま：English")
		})
	}
}

func TestAConflictNamesOnlyTheWordsThatDiffer(t *testing.T) {
	w := newWorld(t)
	w.change(func(a *watch.Account) {
		a.Watchers[0].Rules.Keywords = []string{"ヤチン", "デンキ", "スイドウ"}
	})
	b, p := w.settings()
	got := b.send(p, wording.DoSave, "was", "other", "keywords", "ヤチン\nデンキ\nガクヒ ２ガツ")
	got.says(t, 409, "保存済みだけ：スイドウ、この画面だけ：ガクヒ ２ガツ")
	if n := strings.Count(got.body, "ヤチン"); n != 1 {
		t.Errorf("a word of both stands there %d times", n)
	}
}

// Settings that leave an owner without protection are said in red, where they
// are saved and on the page that everything begins with.
func TestBeingUnprotectedIsSaidInRed(t *testing.T) {
	off := []string{"service_min", ""} // every box of the page
	for _, row := range watch.Table() {
		if field, _ := wording.RuleField(row.Name); field != "" {
			if _, box := row.Value.(watch.Flag); box {
				off = append(off, field, "")
			}
		}
	}
	for name, c := range map[string]struct {
		set  []string
		says string
	}{
		"no amount":     {[]string{"service_min", ""}, "決済サービスの引き落としがあっても、お知らせしません"},
		"every box off": {off, "決済サービスの引き落としがあっても、お知らせしません"},
		"too much":      {[]string{"service_min", "30001"}, "決済サービスが30,000円を引き落としても、お知らせしません"},
		"one service":   {[]string{"service_min_for.paypay", "50000"}, "30,000円を引き落としても、お知らせしません：PayPay。"},
		"nothing":       {[]string{"service_min", "30000"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			b, p := w.settings()
			p.saysNot(t, `class="alarm"`)
			// Before it is saved, too, whatever there is on record.
			if tried := b.send(p, wording.DoCheck, c.set...); c.says == "" {
				tried.saysNot(t, "お知らせしません。「お知らせの設定」で")
			} else {
				tried.says(t, 200, `class="alarm" role="alert"`, "この設定を保存すると、", c.says)
			}
			b, p = w.settings()
			saved := b.send(p, wording.DoSave, c.set...)
			home := b.open(w.srv.URL + "/home")
			if c.says == "" {
				saved.saysNot(t, `class="alarm"`)
				home.saysNot(t, `class="alarm"`)
				return
			}
			saved.says(t, 200, "保存しました", `class="alarm" role="alert"`, c.says)
			home.says(t, 200, `class="alarm" role="alert"`, c.says)
		})
	}
}

// Rules are compared with today's before they are saved: what would be lost
// comes first, and each line says why.
func TestATrialComparesWithToday(t *testing.T) {
	w := newWorld(t)
	b, p := w.settings()
	got := b.send(p, wording.DoCheck, "service_min", "5000", "first_seen", "")
	got.says(t, 200, "この設定なら、過去90日で1回", "いまの設定では2回でした", `class="alarm"`, "この設定ではお知らせしないもの：1回", "PayPay 4,321円 → 知らせなくなります", "（理由：")
	b.send(p, wording.DoCheck, "any_debit", "1").saysNot(t, "知らせなくなります")
}
