package wording

import (
	"slices"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// Choice is a payment service to choose.
type Choice struct{ ID, Name string }

// Values are what a form holds, by the names of its fields.
type Values map[string][]string

// Get is a field's value; empty if it has none.
func (v Values) Get(name string) string {
	if len(v[name]) == 0 {
		return ""
	}
	return v[name][0]
}

// Has tells whether a field holds a value.
func (v Values) Has(name, value string) bool { return slices.Contains(v[name], value) }

// Saved is what became of a form of the settings page.
type Saved int

// What became of it.
const (
	SavedNothing Saved = iota // only looked at, or only checked
	SavedNow
	SavedRefused  // a field cannot work
	SavedConflict // somebody saved others meanwhile
)

// SettingsFacts is what the settings page of an account is made from.
type SettingsFacts struct {
	View     AccountView
	Home     string
	Values   Values   // what the form shows
	Stored   Values   // what is stored now
	Was      string   // names the stored settings that Values began from
	Shown    []Choice // services with fields of their own
	Services []Choice // all services
	Trusts   []TrustLine
	Faults   map[string]watch.Fault // by field
	Saved    Saved
	Mail     Mailed
	Ended    bool         // mails have ended, whatever becomes of another address
	WhatIf   *WhatIfFacts // nil unless asked for
	Now      time.Time
}

// TrustLine is a service that is trusted.
type TrustLine struct {
	Key, Name string
	UpTo      int64
	Until     time.Time
}

// WhatIfFacts is what the form's rules would have told.
type WhatIfFacts struct {
	Days  int
	Hits  []HitLine // newest first
	Today int       // how many today's rules would have told
	Lost  []HitLine // those of them that would not be told any more, newest first
	Blind bool      // ordinary debits are not on record
	Since time.Time // when the record begins, if it is shorter than Days
	// Then is the account with the form's rules.
	Then AccountView
}

// HitLine is one record that would have been told.
type HitLine struct {
	At      time.Time
	Service string
	Link    bool
	Amount  int64
	Reasons watch.Reason
	New     bool // today's rules would not have told it
	Gone    bool // only today's rules would have told it
}

// What the forms of the settings page ask for.
const (
	DoCheck = "check"
	DoSave  = "save"
)

var (
	tSetName       = text{ja: "口座守：お知らせの設定", en: "Kozamori: what you are told"}
	tSetTitle      = text{ja: "お知らせの設定", en: "What you are told"}
	tSetText       = text{ja: "変えたいところを押して開き、書き換えてから、いちばん下の「保存する」を押してください。", en: "Tap what you would like to change, change it, then press \"Save\" at the bottom."}
	tSetForm       = text{ja: "変えられること", en: "What you can change"}
	tSetGuardian   = text{ja: "何も選ばなくても、緊急のお知らせにご本人が%s答えないときと、だれかが「身に覚えがない」と回答したときは、あなたにお知らせします。", en: "Even with nothing chosen here, you are told when its owner does not answer an urgent alert for %s, and when somebody answers that it was not them."}
	tSetGuardNever = text{ja: "何も選ばなくても、だれかが「身に覚えがない」と回答したときは、あなたにお知らせします。", en: "Even with nothing chosen here, you are told when somebody answers that it was not them."}
	tSetSaved      = text{ja: "保存しました。次の引き落としから、この設定でお知らせします。", en: "Saved. This applies from the next debit."}
	tSetSavedToo   = text{ja: "%[1]s%[2]s", en: "%[1]s %[2]s"}
	tSetRefused    = text{ja: "保存していません。赤い枠のところを直してください。", en: "Not saved. Please correct the fields framed in red."}
	tSetMend       = text{ja: "直すところ", en: "Please correct these"}
	tSetConflict   = text{ja: "保存していません。別の画面で、先に設定が変更されました。下の違いを確かめ、よければもう一度「保存する」を押してください。", en: "Not saved: the settings were changed somewhere else meanwhile. Look at the differences below; to keep yours, press \"Save\" again."}
	tSetDiff       = text{ja: "先に保存された設定との違い", en: "What differs from the saved settings"}
	tSetDiffLine   = text{ja: "保存済み：%[1]s、この画面：%[2]s", en: "saved: %[1]s / this page: %[2]s"}
	tSetDiffWords  = text{ja: "保存済みだけ：%[1]s、この画面だけ：%[2]s", en: "only saved: %[1]s / only on this page: %[2]s"}
	tSetNothing    = text{ja: "なし", en: "none"}
	tSetOn         = text{ja: "知らせる", en: "on"}
	tSetOff        = text{ja: "知らせない", en: "off"}
	tSetSave       = text{ja: "保存する", en: "Save"}
	tSetCheck      = text{ja: "保存する前に、過去のお知らせで試す", en: "Preview on past alerts"}
	tSetYen        = text{ja: "円以上", en: "yen or more"}
	tSetBasic      = text{ja: "決済サービス", en: "Payment services"}
	tSetEach       = text{ja: "サービスごとの金額", en: "Amounts for single services"}
	tSetEachHint   = text{ja: "空欄のサービスは、「決済サービスの引き落とし」の金額に従います。すべて知らせるなら1と書いてください。", en: "An empty field follows the amount at \"Debits by payment services\". For every debit write 1."}
	tSetAdd        = text{ja: "別のサービスを加える", en: "Add another service"}
	tSetAddNone    = text{ja: "選んでください", en: "Choose one"}
	tSetAddMin     = text{ja: "加えるサービスの引き落とし", en: "Debits by the added service"}
	tSetOther      = text{ja: "そのほかの引き落とし", en: "Other debits"}
	tSetQuiet      = text{ja: "お知らせを控える時間", en: "Quiet hours"}
	tSetQuietHint  = text{ja: "緊急のお知らせは、この時間にもお届けします。ほかは終わりの時刻にまとめて届きます。銀行がまとめて送ってくる引き落としも、この終わりの時刻にお知らせします。", en: "Urgent alerts come all the same; the others wait until the end. Debits that a bank sends all at once wait until then, too."}
	tSetFrom       = text{ja: "控える時間の始まり", en: "Quiet from"}
	tSetTo         = text{ja: "控える時間の終わり", en: "Quiet until"}
	tSetPauseHead  = text{ja: "お知らせを休む", en: "A pause"}
	tSetPauseHint  = text{ja: "お休み中は、緊急のお知らせだけが届きます。ほかはお送りせず、「最近のお知らせ」の一覧に載せます。", en: "Only urgent alerts come. The others are not sent, but stand in the list of your latest alerts."}
	tSetPause      = text{ja: "いつまで休みますか", en: "For how long"}
	tSetPauseNot   = text{ja: "休まない", en: "No pause"}
	tSetPauseKeep  = text{ja: "このまま%sまで休む", en: "As it is: until %s"}
	tSetPaused     = text{ja: "%sまで休みます", en: "paused until %s"}
	tSetTrusts     = text{ja: "お知らせを休止中のサービス", en: "Services you trust"}
	tSetTrust      = text{ja: "%[1]s：%[2]s以下は%[3]sまでお知らせを休止中。再開する", en: "Stop trusting %[1]s up to %[2]s (until %[3]s)"}
	tSetTrustsHint = text{ja: "再開するものに、チェックを入れてください。", en: "Tick what you want to be told of again."}
	tSetNow        = text{ja: "いま：%d件を設定中", en: "Now: %d set"}
	tSetNowNone    = text{ja: "いま：なし", en: "Now: none"}
	tSetNowIs      = text{ja: "いま：%s", en: "Now: %s"}
	tSetNowQuiet   = text{ja: "いま：%[1]sから%[2]sまで", en: "Now: from %[1]s until %[2]s"}
	tSetNowNight   = text{ja: "いま：%[1]sから翌日の%[2]sまで", en: "Now: from %[1]s until %[2]s the next day"}
	tSetLangHead   = text{ja: "言語", en: "Language"}
	tSetLang       = text{ja: "お知らせの言語", en: "Language of messages"}
	tSetLangHint   = text{ja: "見守っているすべての口座と、LINEの案内に使います。", en: "It applies to all accounts you watch, and to the chat."}
	tSetJapanese   = text{ja: "日本語", en: "Japanese"}
	tSetEnglish    = text{ja: "English（英語）", en: "English"}

	tFaultAmount  = text{ja: "%[1]sから%[2]sまでの金額を、数字で書いてください。", en: "Write an amount from %[1]s to %[2]s, in digits."}
	tFaultZero    = text{ja: "%[1]dでは、知らせるのか知らせないのかが分かりません。すべて知らせるなら%[2]dを、金額で知らせないなら空欄にしてください。", en: "%[1]d may mean all or nothing. For every debit write %[2]d; to be told of no amount leave it empty."}
	tFaultService = text{ja: "このサービスは選べません。", en: "This service cannot be chosen."}
	tFaultWord    = text{ja: "%[1]d文字から%[2]d文字で書いてください。", en: "Use %[1]d to %[2]d characters."}
	tFaultMany    = text{ja: "%d個までにしてください。", en: "There can be %d at most."}
	tFaultQuiet   = text{ja: "始まりと終わりに、違う時刻を入れてください。", en: "Fill in two different times."}
	tFaultChoose  = text{ja: "どのサービスの金額かを選んでください。", en: "Choose the service that the amount is for."}
	tFaultMail    = text{ja: "メールアドレスの形になっていません。ご確認ください。", en: "This is not an email address. Please check it."}
	tFaultOther   = text{ja: "この内容では設定できません。", en: "This cannot be set."}
)

// Fields about mails, and faults that only a form can have.
const (
	FieldNameEmail               = "email"
	FieldNameMailOff             = "mailoff"
	FaultMail        watch.Fault = "mail"
	FaultChoose      watch.Fault = "choose" // an amount without the service that it is for
	FaultZero        watch.Fault = "zero"   // 0, which may mean all or nothing
	FaultPause       watch.Fault = "pause"  // a pause that is not offered
)

func faultText(lang watch.Lang, f watch.Fault, field string) string {
	switch f {
	case "":
		return ""
	case watch.FaultAmount:
		return tFaultAmount.in(lang, roundYen(lang, 1), roundYen(lang, watch.MaxYen))
	case watch.FaultService:
		return tFaultService.in(lang)
	case watch.FaultWord:
		return tFaultWord.in(lang, watch.MinKeyword, watch.MaxKeyword)
	case watch.FaultMany:
		if name, _ := RuleField("trusts"); field == name {
			return tFaultMany.in(lang, watch.MaxTrusts)
		}
		return tFaultMany.in(lang, watch.MaxKeywords)
	case watch.FaultQuiet:
		return tFaultQuiet.in(lang)
	case FaultChoose:
		return tFaultChoose.in(lang)
	case FaultZero:
		return tFaultZero.in(lang, 0, leastYen)
	case FaultMail:
		return tFaultMail.in(lang)
	}
	return tFaultOther.in(lang)
}

// MayTry tells whether rules can be tried on the past. A guardian who may see
// no amounts would learn them by trying one limit after the other.
func (f *SettingsFacts) MayTry() bool { return !f.View.Watcher.HideAmount }

// SettingsPage is the page on which a watcher says what they want to be told.
func SettingsPage(f SettingsFacts) message.Page {
	lang := langOf(f.View.Lang)
	p := plainPage(lang, tSetName, tSetTitle, tSetText.in(lang))
	p.Parts[0].Facts = []message.Fact{{Label: tFactAccount.in(lang), Value: f.View.Title()}}
	if f.View.Watcher.Role == watch.Guardian {
		p.Parts[0].Text = append(p.Parts[0].Text, f.View.unanswered(tSetGuardian, tSetGuardNever))
	}
	p.Parts[0].Text, p.Parts[0].Alarm = append(p.Parts[0].Text, f.View.silence()...), f.View.alarm()
	switch f.Saved {
	case SavedNow:
		p.Notice = tSetSaved.in(lang)
		if say := f.mailed(); say != "" {
			p.Notice = tSetSavedToo.in(lang, p.Notice, say)
		}
	case SavedRefused:
		p.Notice = tSetRefused.in(lang)
	case SavedConflict:
		p.Notice = tSetConflict.in(lang)
		p.Parts = append(p.Parts, message.Part{Message: message.Message{Lang: p.Lang, Title: tSetDiff.in(lang), Facts: f.differences()}})
	}
	if f.WhatIf != nil {
		p.Parts = append(p.Parts, f.whatIf())
	}
	form := message.Form{Do: DoSave, Label: tSetSave.in(lang), Style: message.Primary, Fields: []message.Field{{Kind: message.FieldHidden, Name: "was", Value: f.Was}, f.shows()},
		Groups: append(f.groups(f.Values), f.mailGroup())}
	if f.MayTry() {
		form.More = []message.Form{{Do: DoCheck, Label: tSetCheck.in(lang), Style: message.Secondary}}
	}
	wrong := message.Part{Message: message.Message{Lang: p.Lang, Title: tSetMend.in(lang)}}
	// What was changed, or has to be, is not folded away.
	stored := f.groups(f.Stored)
	for i, g := range form.Groups {
		if i < len(stored) {
			form.Groups[i].Says = stored[i].Says // what holds now, not what was typed
		}
		open := i < len(stored) && !slices.EqualFunc(g.Fields, stored[i].Fields, sameValue)
		for j, x := range g.Fields {
			if fault := f.Faults[x.Name]; fault != "" {
				open, g.Fields[j].Error = true, faultText(lang, fault, x.Name)
				wrong.Links = append(wrong.Links, message.PageLink{Href: "#f-" + x.Name, Label: x.Label, Hint: g.Fields[j].Error})
			}
		}
		form.Groups[i].Open = g.Open || open
	}
	if f.Saved == SavedRefused {
		p.Parts = append(p.Parts, wrong)
	}
	p.Parts = append(p.Parts, message.Part{Message: message.Message{Lang: p.Lang, Title: tSetForm.in(lang)}, Forms: []message.Form{form}}, backTo(lang, f.Home))
	return p
}

func sameValue(a, b message.Field) bool {
	return a.Name == b.Name && a.Checked == b.Checked && (a.Kind == message.FieldCheck || a.Value == b.Value)
}
