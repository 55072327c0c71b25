package wording

import (
	"slices"
	"time"

	"kozamori/internal/button"
	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// AnswerFacts is what is said back to an answer that is no dispute.
type AnswerFacts struct {
	Lang        watch.Lang
	Record      *watch.Record // nil for Unknown
	Answer      watch.Answer  // the standing answer
	Watcher     string        // id of the watcher who reads this
	Guardian    bool          // the reader is not the owner of the account
	ServiceName string        // in the reader's language; empty if unknown
	BankName    string        // the same
	By          Guardian      // who answered, for AnswerByOther and AnswerTakenBack
	Reference   string        // of the dispute, if there is one
	// Covers is what the answer is about; nil is the record alone. ServiceOf
	// names its other services; nil if there are none.
	Covers     *watch.Total
	ServiceOf  func(id string) (string, Contact)
	HideAmount bool
	Several    bool // the reader watches other accounts, too
	Unasked    bool // no message with buttons was sent to the reader: the page asks them
	// Trust is what is offered by MineThanks, or was set for Trusted; the
	// zero value offers nothing. UpTo is yen, Days how long an offer holds.
	Trust     watch.Trust
	TrustDays int
	Link      string // page of the alert; empty leaves the button out
}

func (f *AnswerFacts) lang() watch.Lang { return langOf(f.Lang) }

var (
	tAltThanks    = text{ja: "回答を受け取りました", en: "Thank you for your answer"}
	tThanks       = text{ja: "ありがとうございます。ご本人の利用として記録しました", en: "Thank you. We have noted that it was you"}
	tThanksTheirs = text{ja: "ありがとうございます。ご本人の利用として記録しました", en: "Thank you. We have noted that it was them"}
	tIfWrong      = text{ja: "違っていたときは、元のお知らせの「%s」を押してください。", en: "If that is wrong, press \"%s\" in the alert."}
	tIfWrongOpen  = text{ja: "違っていたときは、「%[2]s」を開き、「%[1]s」を押してください。", en: "If that is wrong, open \"%[2]s\" and press \"%[1]s\"."}
	tOwnLink      = text{ja: "登録から%[1]sのあいだの引き落としは、合計%[2]sまで、「%[4]s」ではなく「%[3]s」としてお知らせします。短い時間に続いたときなど、注意が必要なときはこれまでどおり「%[4]s」です。", en: "Its debits within %[1]s are marked \"%[3]s\" and not \"%[4]s\", up to %[2]s in all. They are still marked \"%[4]s\" when something looks wrong, such as several in a short time."}
	tTrustOffer   = text{ja: "%[1]sの%[2]s以下の引き落としを、%[3]d日間お知らせしないこともできます。", en: "We can stop telling you of debits by %[1]s of up to %[2]s for %[3]d days."}
	tTrustButton  = text{ja: "%d日間は知らせない", en: "Mute for %d days"}
	tTrustDisplay = text{ja: "%[1]sの%[2]s以下は%[3]d日間知らせない", en: "Don't tell me about %[1]s up to %[2]s for %[3]d days"}
	tAltTrusted   = text{ja: "お知らせの設定を変更しました", en: "Your settings have changed"}
	tTrusted      = text{ja: "お知らせの設定を変更しました", en: "Your settings have changed"}
	tTrustedText  = text{ja: "%[1]sの%[2]s以下の引き落としは、%[3]sまでお知らせしません。", en: "We will not tell you of debits by %[1]s of up to %[2]s until %[3]s."}
	tTrustedStill = text{ja: "決済サービスへの新しい登録や、短い時間に続く引き落としなど、注意が必要なときはこれまでどおりお知らせします。", en: "We still tell you when something looks wrong, such as a new charge link or several debits in a short time."}

	tAlready      = text{ja: "このお知らせには、すでに回答があります", en: "This alert has been answered already"}
	tAltAlready   = text{ja: "すでに回答済みです", en: "Already answered"}
	tFactAnswer   = text{ja: "回答", en: "Answer"}
	tOtherMine    = text{ja: "この口座を見守る方が「本人の利用です」と回答しました", en: "Somebody who watches this account answered \"It was them\""}
	tOtherNotMine = text{ja: "この口座を見守る方が「身に覚えがない」と回答しました", en: "Somebody who watches this account answered \"That was not me\""}
	tAltOther     = text{ja: "【お知らせ】口座を見守る方がお知らせに回答しました", en: "[Notice] Somebody who watches the account answered an alert"}
	tOtherToBank  = text{ja: "この回答は%sに伝えます。心当たりがあるときは、銀行に受付番号を伝えてください。", en: "We are telling %s. If you recognise it after all, give the bank the report number."}
	tAltUnknown   = text{ja: "お知らせが見つかりません", en: "No such alert"}
	tUnknown      = text{ja: "お知らせが見つかりません", en: "We cannot find this alert"}
	tUnknownText  = text{ja: "保存期間が過ぎたか、口座の登録が解除されています。心配なことがあれば、銀行に直接ご連絡ください。", en: "It is no longer kept, or the account is no longer connected. If you are worried, please contact the bank directly."}
	tDate         = text{ja: "2006年1月2日", en: "2 January 2006"} // a time layout
)

// Date writes a day in JST with its year.
func Date(lang watch.Lang, t time.Time) string {
	return t.In(watch.JST).Format(tDate.in(lang))
}

// MineThanks confirms "that was me", and offers to trust the service when
// f.Trust says so.
func MineThanks(f AnswerFacts) message.Message {
	lang := f.lang()
	m := f.message(tAltThanks, tThanks)
	m.Title = thanks(lang, f.Guardian, f.Record)
	m.Text = []string{f.ifWrong(pick(f.Guardian, tNotTheirs, tNotMine))}
	m.Text = append(m.Text, ownLink(lang, f.Record)...)
	if f.Unasked && f.Link != "" {
		m.Buttons = []message.Button{{Label: tDetails.in(lang), Style: message.Link, URL: f.Link}}
	}
	if f.Trust.Service != "" && f.ServiceName != "" && f.TrustDays > 0 && !f.HideAmount {
		upTo := Yen(lang, f.Trust.UpTo)
		m.Text = append(m.Text, tTrustOffer.in(lang, f.ServiceName, upTo, f.TrustDays))
		m.Buttons = slices.Insert(m.Buttons, 0, message.Button{
			Label: labelOf(lang, tTrustButton.in(lang, f.TrustDays), accountIf(f.Several, f.account())), Style: message.Link,
			Display:  saidOf(lang, tTrustDisplay.in(lang, f.ServiceName, upTo, f.TrustDays), f.account()),
			Postback: answering(button.Trust, f.Record.ID, f.Watcher),
		})
	}
	return m
}

// ownLink says what follows from calling a link the owner's own.
func ownLink(lang watch.Lang, r *watch.Record) []string {
	if !r.CalledOwn() {
		return nil
	}
	return []string{tOwnLink.in(lang, hours(watch.AfterNewLinkWindow), Yen(lang, watch.OwnLinkYen), tCheck.in(lang), tUrgent.in(lang))}
}

// ifWrong says where an answer is put right: in the message that asked, or on the
// page if none did.
func (f *AnswerFacts) ifWrong(notMine text) string {
	lang := f.lang()
	if f.Unasked && f.Link != "" {
		return tIfWrongOpen.in(lang, notMine.in(lang), tDetails.in(lang))
	}
	return tIfWrong.in(lang, f.asked())
}

// asked is 身に覚えがない as the button says it on the message that first asked: its
// reader may have had other accounts then, or none.
func (f *AnswerFacts) asked() string {
	several := f.Several
	if i := slices.IndexFunc(f.Record.Deliveries, func(d watch.Delivery) bool {
		return d.Watcher == f.Watcher && d.Kind.OfIncident() && d.Report == "" && (d.State == watch.Accepted || d.State.Waits())
	}); i >= 0 {
		several = f.Record.Deliveries[i].Several
	}
	label, _ := answerLabels(f.lang(), f.Guardian, accountIf(several, f.account()))
	return label.Label
}

// Trusted confirms that a service is trusted up to an amount until a date.
func Trusted(f AnswerFacts) message.Message {
	lang := f.lang()
	m := f.message(tAltTrusted, tTrusted)
	service := orElse(f.ServiceName, tTheService.in(lang))
	m.Text = []string{
		tTrustedText.in(lang, service, Yen(lang, f.Trust.UpTo), Date(lang, f.Trust.Until)),
		tTrustedStill.in(lang),
	}
	return m
}

// AlreadyAnswered answers somebody whose answer changes nothing any more.
func AlreadyAnswered(f AnswerFacts) message.Message {
	lang := f.lang()
	m := f.message(tAltAlready, tAlready)
	m.Facts = append(m.Facts, f.answer()...)
	if f.Link != "" {
		m.Buttons = []message.Button{{Label: tDetails.in(lang), Style: message.Link, URL: f.Link}}
	}
	return m
}

// AnswerByOther tells somebody what another watcher answered, and which.
func AnswerByOther(f AnswerFacts) message.Message {
	lang := f.lang()
	m := f.message(tAltOther, tOtherMine)
	m.Tone, m.Badge, m.Title = message.Notice, tNotice.in(lang), f.By.title(lang, tNamedMine, tOtherMine)
	m.Facts = append(append(m.Facts, f.answer()...), f.By.facts(lang)...)
	m.Text = []string{f.ifWrong(tNotMine)}
	if f.Answer.Value == watch.NotMine {
		m.Title = f.By.title(lang, tNamedNotMine, tOtherNotMine)
		m.Text = []string{tOtherToBank.in(lang, orElse(f.BankName, tTheBank.in(lang)))}
	}
	if f.Link != "" {
		m.Buttons = []message.Button{{Label: tDetails.in(lang), Style: message.Link, URL: f.Link}}
	}
	return m
}

// Unknown is said of an alert that does not exist, is no longer kept, or is
// not the reader's: which of them it was stays unsaid.
func Unknown(lang watch.Lang) message.Message {
	lang = langOf(lang)
	return message.Message{Lang: string(lang), Alt: tAltUnknown.in(lang), Tone: message.Calm, Badge: tInfo.in(lang),
		Title: tUnknown.in(lang), Text: []string{tUnknownText.in(lang)}}
}

func (f *AnswerFacts) message(alt, title text) message.Message {
	lang, r := f.lang(), f.Record
	m := message.Message{Lang: string(lang), Alt: alt.in(lang), Tone: message.Calm, Badge: tInfo.in(lang), Title: title.in(lang)}
	total := watch.TotalOf([]*watch.Record{r}, nil)
	if f.Covers != nil {
		total = *f.Covers
	}
	services := servicesOf(total, Named{Name: f.ServiceName}, f.ServiceOf)
	if r.Answer != nil && r.Answer.Other {
		services = nil // it took nothing
	}
	c := covers{lang: lang, total: total, services: services, account: f.account(), hide: f.HideAmount, now: r.RecordedAt}
	m.Facts = c.facts()
	return m
}

func (f *AnswerFacts) account() string { return Account(f.BankName, f.Record.Mask) }

func (f *AnswerFacts) answer() []message.Fact {
	lang := f.lang()
	said := tMine
	if f.Answer.Value == watch.NotMine {
		said = tNotMine
	}
	out := []message.Fact{{Label: tFactAnswer.in(lang), Value: said.in(lang)}}
	if f.Answer.Other && f.Record.Other != "" {
		out[0].Value = tItWas.in(lang, otherBill(lang, f.Record.Other))
	}
	if !f.Answer.At.IsZero() {
		out = append(out, message.Fact{Label: tFactAnswered.in(lang), Value: Time(lang, f.Answer.At, f.Record.RecordedAt)})
	}
	if f.Reference != "" {
		out = append(out, message.Fact{Label: tFactReference.in(lang), Value: f.Reference})
	}
	return out
}
