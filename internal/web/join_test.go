package web_test

import (
	"strings"
	"testing"

	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// A code with a character too few, too many or such as no code has is told what is
// wrong with it, and is no wrong try: a person may copy it from paper many times.
func TestASlipInThePapersCodeIsNamedAndNotCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	secret, paper := w.enrolled(&visitor{id: "fumi", account: watch.AccountKey{Bank: "0125", Ref: "acc_fumi"}})
	b := w.browser()
	p := b.open(w.srv.URL + "/join/" + secret)
	for range 3 {
		for typed, want := range map[string]string{
			"":                         "まだ書かれていません",
			"NHHN-ATEA-JYR":            "1文字足りません", // without a digit, as by chance it is
			"100000":                   "6文字足りません",
			"わかりません":                   "6文字足りません",
			"わかりませんわかりません":             "使われない文字があります：わ か り ま せ",
			strings.Repeat("7F3K", 30): "108文字多い",
			paper[:len(paper)-1]:       "1文字足りません",
			paper[:len(paper)-2]:       "2文字足りません",
			paper + "7":                "1文字多い",
			paper[:len(paper)-1] + "O": "使われない文字があります：O",
		} {
			kept := strings.TrimSpace(typed)
			kept = kept[:min(len(kept), 100)]
			got := b.send(p, wording.DoJoin, wording.FieldCode, typed)
			got.says(t, 422, want, "間違いの回数に数えていません", `value="`+kept+`"`)
			got.saysNot(t, "あと")
		}
	}
	b.send(p, wording.DoJoin, wording.FieldCode, "7F3K-9Q4M-AACD").says(t, 422, "コードが違います。あと4回")
	b.send(p, wording.DoJoin, wording.FieldCode, paper).says(t, 200, "お知らせを始めました")
}
