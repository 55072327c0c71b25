package wording

import (
	"strconv"
	"strings"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// DoKeep asks to make the debits of statements history of the account.
const DoKeep = "keep"

// Fields of the form in which debits of statements are ticked: the debits, and
// that the person is sure that they are of this account, where that was asked
// (FieldAsked).
const (
	FieldRows = "rows"
	FieldSure = "sure"
)

var (
	tsChoose    = text{ja: "身に覚えのないものを選んでください", en: "Tick what was not you"}
	tsChooseHow = text{ja: "「%[1]s」を押すと、選んだものをひとつの受付番号で%[2]sに伝えます。", en: "If you press \"%[1]s\", we tell %[2]s of what is ticked, under one report number."}
	tsKeeps     = text{ja: "どちらのボタンでも、ここにある引き落としは、この口座の履歴に加わります。履歴にあるサービスは、これから「はじめて」とは知らせません。ほかの行は保存しません。", en: "With either button the debits listed here become history of this account, and their services are no longer told of as new. Nothing of other rows is kept."}
	tsReport    = text{ja: "選んだものは身に覚えがない", en: "What is ticked was not me"}
	tsKeep      = text{ja: "すべて心当たりがある（履歴に残す）", en: "I recognise all of them (keep as history)"}
	tsSure      = text{ja: "これは、この口座の明細です", en: "These are statements of this account"}
	tsSureWhy   = text{ja: "別の口座の明細かもしれません。銀行に届け出る前に、確かめてください。", en: "They may be of another account. Please make sure before anything is reported."}
	tsUnsure    = text{ja: "この口座の明細かどうかが、まだ確かめられていません。確かめて、チェックを入れてください。", en: "It is not said yet that these are statements of this account. Please make sure, and tick the box."}
	tsUnticked  = text{ja: "ひとつも選ばれていません。身に覚えのないものにチェックを入れてください。", en: "Nothing is ticked. Please tick what was not you."}
	tsChosen    = text{ja: "%[1]s　%[2]s", en: "%[1]s: %[2]s"}
	tsIsKept    = text{ja: "履歴にあります", en: "in the history"}
	tsKnown     = text{ja: "すでに記録のある引き落とし", en: "Debits that are on record"}
	tsKnownHow  = text{ja: "銀行から連絡があったもの、または回答や届け出の済んだものです。くわしい内容と回答は、それぞれのページにあります。", en: "The bank has told us of these, or they are answered or reported. Each has a page of its own."}
	tsReported  = text{ja: "届け出済み", en: "reported"}
	tsOnRecord  = text{ja: "記録にあります", en: "on record"}
	tsOthers    = text{ja: "ほかの引き落とし（新しい順）", en: "Other debits, newest first"}
	tsGuardian  = text{ja: "届け出と履歴への追加は、口座の名義人だけができます。", en: "Only the account's owner can report these, or keep them as history."}
	tsOtherAcct = text{ja: "ファイルに書かれた口座番号が、この口座（%s）と違うようです。ご自分の明細か、確かめてください。", en: "The account number in the files does not seem to be that of this account (%s). Please make sure that they are yours."}

	tkReported  = text{ja: "お申し出を受け付けました", en: "Your report has been accepted"}
	tkOpening   = text{ja: "%sに伝えています。次のページで、伝わったかどうか、届け出の期限、これからすることを確かめてください。", en: "We are telling %s. The next page shows whether they have it, until when it can be claimed, and what to do now."}
	tkKept      = text{ja: "履歴に加えました", en: "They are history of the account now"}
	tkNothing   = text{ja: "新しく加わったものはありません", en: "There was nothing new"}
	tkCount     = text{ja: "%d件が、この口座の履歴に加わりました。", en: "Debits that were added to the account's history: %d."}
	tkAlready   = text{ja: "%d件は、すでに記録にありました。", en: "On record already: %d."}
	tkUnsaid    = text{ja: "選んだうちの%d件は、回答や届け出が済んでいるか、銀行から連絡のあったものです。「これまでのお知らせ」からお答えください。", en: "Of what was ticked, %d had been answered or reported, or the bank has told us of them: please answer under the past alerts."}
	tkSee       = text{ja: "届け出の内容と控えを見る", en: "See the report, and the claim sheet"}
	tkServices  = text{ja: "つながっているサービスを見る", en: "See the connected services"}
	tkLookAgain = text{ja: "ほかの明細を調べる", en: "Look through other statements"}
)

// asks tells whether the person is asked first if the statements are of this
// account.
func (f *StatementFacts) asks() bool {
	return f.Ask || f.OtherBank != "" || f.NamedBank != "" || f.OtherAccount || f.Accounts > 1
}

// says is a debit as lists name it.
func (d *LookedDebit) says(lang watch.Lang) string {
	who := orElse(d.Service, tTheService.in(lang))
	if d.Other != "" {
		who = tsOr.in(lang, who, otherBill(lang, d.Other))
	}
	says := []string{Yen(lang, d.Yen), who, d.Text.Quoted(lang == watch.English)}
	switch {
	case d.Pending:
		says = append(says, tsPending.in(lang))
	case d.Reported:
		says = append(says, tsReported.in(lang))
	case d.Link != "":
		says = append(says, tsOnRecord.in(lang))
	case d.Kept:
		says = append(says, tsIsKept.in(lang))
	}
	return strings.Join(says, " / ")
}

// debits are the parts of the page that list debits: those to tick, those that are
// on record, and the others.
func (f *StatementFacts) debits(lang watch.Lang) (out []message.Part) {
	if p, ok := f.choices(lang); ok {
		out = append(out, p)
	}
	known := message.Part{Message: message.Message{Lang: string(lang), Title: tsKnown.in(lang), Text: []string{tsKnownHow.in(lang)}}}
	others := message.Message{Lang: string(lang), Title: pick(f.Packed == "", tsDebits, tsOthers).in(lang)}
	more := 0
	for i := range f.Debits {
		switch d := &f.Debits[i]; {
		case d.Choice > 0:
		case d.Link != "":
			known.Links = append(known.Links, message.PageLink{Href: d.Link, Label: d.Day.Format(tDate.in(lang)), Hint: d.says(lang)})
		case len(others.Facts) == maxDebits:
			more++
		default:
			others.Facts = append(others.Facts, message.Fact{Label: d.Day.Format(tDate.in(lang)), Value: d.says(lang)})
		}
	}
	if more > 0 {
		others.Text = append(others.Text, tsMore.in(lang, more))
	}
	if f.View.Watcher.Role == watch.Guardian {
		others.Text = append(others.Text, tsGuardian.in(lang))
	}
	if len(known.Links) > 0 {
		out = append(out, known)
	}
	if len(others.Facts) > 0 {
		out = append(out, message.Part{Message: others})
	}
	return out
}

// choices is the form in which debits are ticked.
func (f *StatementFacts) choices(lang watch.Lang) (message.Part, bool) {
	if f.Packed == "" {
		return message.Part{}, false
	}
	report := tsReport.in(lang)
	p := message.Part{Message: message.Message{Lang: string(lang), Title: tsChoose.in(lang),
		Text: []string{tsChooseHow.in(lang, report, orElse(f.View.BankName, tTheBank.in(lang))), tsKeeps.in(lang)}}}
	form := message.Form{Do: DoNotMine, Label: report, Style: message.Danger, More: []message.Form{{Do: DoKeep, Label: tsKeep.in(lang), Style: message.Secondary}}}
	for i := range f.Debits {
		if d := &f.Debits[i]; d.Choice > 0 {
			form.Fields = append(form.Fields, message.Field{Kind: message.FieldCheck, Name: FieldPart, Value: strconv.Itoa(d.Choice), Checked: d.Ticked,
				Label: tsChosen.in(lang, d.Day.Format(tDate.in(lang)), d.says(lang))})
		}
	}
	toldApart(lang, form.Fields)
	if f.asks() {
		sure := message.Field{Kind: message.FieldCheck, Name: FieldSure, Label: tsSure.in(lang), Hint: tsSureWhy.in(lang)}
		if f.Unsure {
			sure.Error = tsUnsure.in(lang)
		}
		form.Fields = append(form.Fields, sure, message.Field{Kind: message.FieldHidden, Name: FieldAsked, Value: "1"})
	}
	form.Fields = append(form.Fields, message.Field{Kind: message.FieldHidden, Name: FieldRows, Value: f.Packed})
	p.Forms = []message.Form{form}
	return p, true
}

// KeptFacts is what came of debits of statements that were kept or reported.
type KeptFacts struct {
	View                  AccountView
	Home                  string
	Kept, Already, Unsaid int
	References            []string // of what was reported; none if nothing was
	Link                  string   // to the report's page
}

// KeptPage says what came of them.
func KeptPage(f KeptFacts) message.Page {
	lang := langOf(f.View.Lang)
	title := tkNothing
	switch {
	case len(f.References) > 0:
		title = tkReported
	case f.Kept > 0:
		title = tkKept
	}
	p := plainPage(lang, tsName, title, f.View.Title())
	m := &p.Parts[0]
	for _, r := range f.References {
		m.Facts = append(m.Facts, message.Fact{Label: tFactReference.in(lang), Value: r})
	}
	if len(f.References) > 0 {
		m.Text = append(m.Text, tkOpening.in(lang, orElse(f.View.BankName, tTheBank.in(lang))))
		m.Links = append(m.Links, message.PageLink{Href: f.Link, Label: tkSee.in(lang), Hint: ""})
	}
	for _, x := range []struct {
		n   int
		say text
	}{{f.Kept, tkCount}, {f.Already, tkAlready}, {f.Unsaid, tkUnsaid}} {
		if x.n > 0 {
			m.Text = append(m.Text, x.say.in(lang, x.n))
		}
	}
	m.Links = append(m.Links, message.PageLink{Href: f.View.Path + "/services", Label: tkServices.in(lang), Hint: ""},
		message.PageLink{Href: f.View.Path + StatementPath, Label: tkLookAgain.in(lang), Hint: ""})
	p.Parts = append(p.Parts, backTo(lang, f.Home))
	return p
}
