package wording

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// What the forms of ControlsPage ask for, and their fields.
const (
	DoControl     = "control"      // the bank is to stop something
	DoControlBack = "control-back" // no longer
	ControlsPath  = "/controls"

	FieldControl   = "control" // a kind, or the id of what is taken back
	FieldService   = "service"
	FieldDays      = "days"
	FieldCharge    = "per_charge"
	FieldMonth     = "per_month"
	FieldConfirmed = "sure" // set when it was asked whether this is meant
	stopsOnePress  = "1"
)

// StopDays are for how many days all automatic debits can be stopped.
func StopDays() []int { return []int{1, 3, 7, 14, 30} }

// ControlsFacts is what the page of what a bank can be asked to stop is made from.
type ControlsFacts struct {
	View    AccountView
	Home    string
	Account StopAccount
	Bank    Contact
	Now     time.Time
	// Sure is what is asked for and needs a second press; nil if nothing is.
	Sure *ControlFacts
	Days int // of Sure
	// Refused says why the bank was not asked just now.
	Refused *StopRefusal
	Wrong   bool // an amount was not such
}

var (
	tCtlTitle    = text{ja: "銀行に止めてもらう", en: "Have the bank stop it"}
	tCtlHint     = text{ja: "サービスの停止、新しい登録の停止、引き落としの上限", en: "Stop a service or new links, or set a limit"}
	tCtlCan      = text{ja: "頼めること", en: "What can be asked for"}
	tCtlTakeBack = text{ja: "取り下げる", en: "Take it back"}
	tCtlBackNote = text{ja: "取り下げると、%sに解除を頼み、この口座を見守る全員に知らせます。", en: "%s is asked to lift it, and everybody who watches the account is told."}
	tCtlLinkNote = text{ja: "どの決済サービスにも、この口座を新しく登録できなくします。", en: "The account can then be linked to no payment service."}
	tCtlDays     = text{ja: "止める日数", en: "For how many days"}
	tCtlDay      = text{ja: "%d日", en: "%d"}
	tCtlLimitBtn = text{ja: "上限を決める", en: "Set a limit"}
	tCtlLimitTx  = text{ja: "決済サービスの引き落としのうち、上限を超えるものを止めるよう頼みます。空欄は上限なしです。", en: "The bank is asked to stop debits by payment services above it. Empty is no limit."}
	tCtlWrong    = text{ja: "金額は、%sまでの数字で書いてください。", en: "Write amounts in digits, up to %s."}
	tCtlSure     = text{ja: "この停止を頼みますか", en: "Ask for this?"}
	tCtlYen      = text{ja: "円", en: "yen"}
)

// ControlsPage shows what a bank was asked to stop, and what it can be asked for.
func ControlsPage(f ControlsFacts) message.Page {
	lang := langOf(f.View.Lang)
	bank := orElse(f.View.BankName, tTheBank.in(lang))
	p := plainPage(lang, tCtlPage, tCtlTitle)
	p.Parts[0].Facts = []message.Fact{{Label: tFactAccount.in(lang), Value: f.View.Title()}}
	owner := f.View.Watcher.Role == watch.Owner
	if f.Refused != nil {
		no := StopRefused(lang, *f.Refused, f.View.BankName, f.Bank)
		p.Notice = no.Title
	}
	if f.Wrong {
		p.Notice = tCtlWrong.in(lang, Yen(lang, watch.MostLimit))
	}
	if f.Sure != nil {
		p.Parts = append(p.Parts, f.sure(lang), backTo(lang, f.Home))
		return p
	}
	switch {
	case len(f.Account.Offers) == 0:
		p.Parts[0].Text = []string{tCtlNoOffer.in(lang), tCtlNoOfferTx.in(lang)}
	case owner:
		p.Parts[0].Text = []string{tOfferText.in(lang, bank)}
	default:
		p.Parts[0].Text = []string{tOfferFamily.in(lang)}
	}
	p.Parts[0].Steps = []message.Step{callStep(lang, pick(f.Bank.Phone == "", tStepBankFind, tStepBankCall), bank, f.Bank)}
	for _, c := range f.Account.Controls {
		p.Parts = append(p.Parts, c.part(owner))
	}
	if forms := f.forms(lang); owner && len(forms) > 0 {
		p.Parts = append(p.Parts, message.Part{Message: message.Message{Lang: p.Lang, Title: tCtlCan.in(lang)}, Forms: forms})
	}
	p.Parts = append(p.Parts, backTo(lang, f.Home))
	return p
}

// part is one thing that the bank was asked to stop.
func (f *ControlFacts) part(owner bool) message.Part {
	lang := f.lang()
	m := message.Message{Lang: string(lang), Title: f.what(), Facts: f.facts()[1:]}
	m.Facts = slices.Insert(m.Facts, 0, message.Fact{Label: tCtlState.in(lang), Value: f.state()})
	if !f.Since.IsZero() {
		m.Facts = slices.Insert(m.Facts, 1, message.Fact{Label: tCtlSince.in(lang), Value: Time(lang, f.Since, f.Now)})
	}
	m.Text = f.bankSaid(f.Is.Text)
	p := message.Part{Message: m}
	back := f.Is.Asked == watch.ControlRequested && (f.Is.Stands || f.Is.State == watch.ControlRequested || f.Is.State == watch.ControlUnanswered)
	hidden := []message.Field{{Kind: message.FieldHidden, Name: FieldControl, Value: f.Is.ID}}
	switch {
	case owner && back:
		p.Forms = []message.Form{{Do: DoControlBack, Label: tCtlTakeBack.in(lang), Style: message.Secondary, Note: tCtlBackNote.in(lang, f.bank()), Fields: hidden}}
	case f.Again:
		p.Forms = []message.Form{{Do: DoControl, Label: tCtlAgain.in(lang), Style: message.Danger, Fields: hidden}}
	}
	return p
}

// forms ask the bank for what it offers and what does not stand.
func (f *ControlsFacts) forms(lang watch.Lang) (out []message.Form) {
	field := func(name, value string) message.Field {
		return message.Field{Kind: message.FieldHidden, Name: name, Value: value}
	}
	for _, s := range f.Account.open() {
		out = append(out, StopForm(lang, s))
	}
	has := func(kind watch.ControlKind) bool {
		return slices.Contains(f.Account.Offers, kind) && !f.Account.stands(kind, "")
	}
	if has(watch.StopLinks) {
		out = append(out, message.Form{Do: DoControl, Label: tAskLinks.in(lang), Style: message.Secondary, Note: tCtlLinkNote.in(lang), Fields: []message.Field{field(FieldControl, string(watch.StopLinks))}})
	}
	if has(watch.StopDebits) {
		days := message.Field{Kind: message.FieldSelect, Name: FieldDays, Label: tCtlDays.in(lang), Value: stopsOnePress}
		for _, n := range StopDays() {
			days.Options = append(days.Options, message.Option{Value: strconv.Itoa(n), Label: tCtlDay.in(lang, n)})
		}
		out = append(out, message.Form{Do: DoControl, Label: tAskDebits.in(lang), Style: message.Secondary, Note: tSureDebitsTx.in(lang), Fields: []message.Field{field(FieldControl, string(watch.StopDebits)), days}})
	}
	if has(watch.LimitDebits) && !f.Account.HideYen {
		out = append(out, message.Form{Do: DoControl, Label: tCtlLimitBtn.in(lang), Style: message.Secondary, Note: tCtlLimitTx.in(lang), Fields: []message.Field{field(FieldControl, string(watch.LimitDebits)),
			{Kind: message.FieldNumber, Name: FieldCharge, Label: tCtlCharge.in(lang), Unit: tCtlYen.in(lang)},
			{Kind: message.FieldNumber, Name: FieldMonth, Label: tCtlMonth.in(lang), Unit: tCtlYen.in(lang)}}})
	}
	return out
}

// StopForm asks the bank with one press to stop a service.
func StopForm(lang watch.Lang, s Choice) message.Form {
	return message.Form{Do: DoControl, Label: tAskService.in(langOf(lang), s.Name), Style: message.Secondary, Fields: []message.Field{
		{Kind: message.FieldHidden, Name: FieldControl, Value: string(watch.StopService)}, {Kind: message.FieldHidden, Name: FieldService, Value: s.ID}}}
}

// withControls adds to a report what the bank was asked to stop with it.
func (f *PageFacts) withControls(m message.Message) message.Message {
	for _, c := range f.Controls {
		m.Facts = append(m.Facts, c.fact())
	}
	return m
}

// sure asks whether what stops more than one service is meant.
func (f *ControlsFacts) sure(lang watch.Lang) message.Part {
	c := f.Sure
	m := message.Message{Lang: string(lang), Tone: message.Notice, Badge: tCheck.in(lang), Title: tCtlSure.in(lang), Facts: slices.DeleteFunc(c.facts(), func(x message.Fact) bool {
		return x.Value == "" || x.Label == tStepWhen.in(lang) || x.Label == tCtlNumber.in(lang)
	})}
	switch c.Is.Kind {
	case watch.StopLinks:
		m.Text = []string{tSureLinksText.in(lang)}
	case watch.StopDebits:
		m.Text = []string{tSureDebitsTx.in(lang)}
	}
	field := func(name, value string) message.Field {
		return message.Field{Kind: message.FieldHidden, Name: name, Value: value}
	}
	fields := []message.Field{field(FieldControl, string(c.Is.Kind)), field(FieldConfirmed, stopsOnePress)}
	if f.Days > 0 {
		fields = append(fields, field(FieldDays, strconv.Itoa(f.Days)))
	}
	for name, yen := range map[string]int64{FieldCharge: c.Is.Terms.PerCharge, FieldMonth: c.Is.Terms.PerMonth} {
		if yen > 0 {
			fields = append(fields, field(name, strconv.FormatInt(yen, 10)))
		}
	}
	slices.SortFunc(fields, func(a, b message.Field) int { return strings.Compare(a.Name, b.Name) })
	return message.Part{Message: m, Forms: []message.Form{{Do: DoControl, Label: tSureButton.in(lang), Style: message.Danger, Fields: fields}}}
}
