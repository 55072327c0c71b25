package wording

import (
	"strings"
	"unicode"

	"kozamori/internal/quote"
	"kozamori/internal/watch"
)

// What strangers wrote is said here and nowhere else: as a quotation that is
// named as one, and in messages only if no program makes a link of it.

var (
	tFactDesc   = text{ja: "通帳の表示", en: "On the passbook"}
	tFactWord   = text{ja: "銀行が知らせたサービス名", en: "What the bank calls it"}
	tOnPageOnly = text{ja: "リンクや電話番号のような文字が含まれるため、お知らせのページだけに表示します。", en: "It holds what looks like a link or a phone number, so only the page of the alert shows it."}

	tBankSays     = text{ja: "%[1]sからのご連絡：%[2]s", en: "%[1]s writes: %[2]s"}
	tBankSaysHid  = text{ja: "%sから連絡文が届いています。口座の名義人が読めます。", en: "There is a note by %s, which the owner of the account can read."}
	tBankSaysPage = text{ja: "%[1]sから連絡文が届いています。%[2]s", en: "There is a note by %[1]s. %[2]s"}
)

// quoted is a descriptor as people read it; page tells that it is for a page of
// ours. Empty if there is nothing to see.
func quoted(lang watch.Lang, t quote.Text, page bool) string {
	switch {
	case t.Empty():
		return ""
	case !page && t.Lures() != quote.NoLure:
		return tOnPageOnly.in(lang)
	}
	return t.Quoted(lang == watch.English)
}

// bankNote is what the bank wrote itself. Amounts may stand anywhere in it, so
// the reader who sees no amounts reads only that there is something.
func bankNote(lang watch.Lang, bank string, said quote.Text, hide, page bool) []string {
	switch {
	case said.Empty():
		return nil
	case hide:
		return []string{tBankSaysHid.in(lang, bank)}
	case !page && said.Lures() != quote.NoLure:
		return []string{tBankSaysPage.in(lang, bank, tOnPageOnly.in(lang))}
	}
	return []string{tBankSays.in(lang, bank, said.Whole(lang == watch.English))}
}

// Account names an account: by its bank, and by its mask as far as that shows
// nothing but a kind of account and digits.
func Account(bank string, mask quote.Text) string { return strings.TrimSpace(bank + " " + label(mask)) }

// label is a mask or a name: bare if it is made of letters and digits, else
// quoted, and empty if a program would make a link of it.
func label(t quote.Text) string {
	s := t.Line()
	switch {
	case s == "" || t.Lures() != quote.NoLure:
		return ""
	case strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.In(r, unicode.L, unicode.M, unicode.Nd) && !strings.ContainsRune(" *＊●•×・-ー－()（）", r)
	}):
		return t.Quoted(false)
	}
	return s
}
