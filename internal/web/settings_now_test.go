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
