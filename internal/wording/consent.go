package wording

import (
	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// ConsentFacts is what people are shown before they begin: who runs the service,
// and for how long things are kept.
type ConsentFacts struct {
	Policy watch.Policy
	// RecordDays is how long records are kept, KeepDays what was reported and who
	// changed what.
	RecordDays, KeepDays int
}

var (
	tConsTitle  = text{ja: "ご利用にあたって", en: "What you agree to"}
	tConsWhat   = text{ja: "扱う情報", en: "What is processed"}
	tConsMail   = text{ja: "銀行が知らせる引き落としと決済サービスの登録（日時、金額、通帳の表示）、あなたのメールアドレス、設定と回答", en: "debits and payment-service registrations that the bank reports (time, amount, passbook text), your email address, your settings and answers"}
	tConsLINE   = text{ja: "銀行が知らせる引き落としと決済サービスの登録（日時、金額、通帳の表示）、LINEでのあなたのID、メールアドレス（登録があるとき）、設定と回答", en: "debits and payment-service registrations that the bank reports (time, amount, passbook text), your ID on LINE, your email address if there is one, your settings and answers"}
	tConsFor    = text{ja: "使いみち", en: "What for"}
	tConsForIs  = text{ja: "あなたへのお知らせ、「身に覚えがない」という回答を銀行に伝えること、不正の広がりを早く見つけるための集計（ほかの銀行には、あなたの口座のことを伝えません）", en: "telling you, telling the bank when you answer that it was not you, and counting, to notice early when fraud spreads (other banks learn nothing about your account)"}
	tConsBank   = text{ja: "銀行に伝わること", en: "What the bank sees"}
	tConsBankIs = text{ja: "お知らせが届いたか、あなたの回答、見守る人が名義人か家族か、設定の変更、見守りの開始と終了。お名前、LINE、メールアドレスは伝えません。", en: "whether messages reached you, your answers, whether an owner or a family member watches, changes of settings, and when watching begins and ends; not your name, LINE account or email address"}
	tConsWho    = text{ja: "扱う者", en: "By whom"}
	tConsWhoIs  = text{ja: "%s（口座守の運営者）と、口座のある銀行", en: "%s, who run Kozamori, and the bank of the account"}
	tConsWhoAny = text{ja: "口座守の運営者と、口座のある銀行", en: "those who run Kozamori, and the bank of the account"}
	tConsLINEYa = text{ja: "%s。トークはLINEヤフーの設備を通ります。", en: "%s. What is written in the chat goes through LINE (LY Corporation)."}
	tConsLong   = text{ja: "期間", en: "For how long"}
	tConsLongIs = text{ja: "お知らせの記録は%[1]s。「身に覚えがない」の申し出と変更の記録は、証拠として%[2]s。LINEでのID、メールアドレス、設定は、見守りをやめてから%[3]s。", en: "Records of alerts for %[1]s. What is reported to the bank, and changes of settings, for %[2]s, as evidence. Your ID on LINE, email address and settings for %[3]s after you leave."}
	tConsPolicy = text{ja: "個人情報の取り扱い（くわしく）", en: "Privacy policy"}
	tConsSend   = text{ja: "登録コードを送ると、次の内容に同意したことになります。いつでもやめられます。", en: "By sending the code you agree to this. You can leave at any time."}
	tConsPress  = text{ja: "ボタンを押すと、次の内容に同意したことになります。いつでもやめられます。", en: "By pressing the button you agree to this. You can leave at any time."}
	tConsGoOn   = text{ja: "見守りのために、次の情報を扱います。このままお使いになると、同意したことになります。同意しないときは「%s」と送ってください。", en: "To watch, we process what follows. By going on you agree to it. If you do not agree, send \"%s\"."}
	tConsLine   = text{ja: "・%[1]s：%[2]s", en: "- %[1]s: %[2]s"}
	tConsAbove  = text{ja: "ボタンを押すと、ここに書いた内容に同意したことになります。いつでもやめられます。", en: "By pressing the button you agree to what is written here. You can leave at any time."}
	tConsAgreed = text{ja: "同意した内容", en: "Agreed to"}
	tConsNoVers = text{ja: "ご利用の説明", en: "the terms shown"}
	tConsVers   = text{ja: "個人情報の取り扱い（%s版）", en: "privacy policy, version %s"}
)

// facts say what is processed, for what, by whom, what the bank sees of it, and for
// how long.
func (c *ConsentFacts) facts(lang watch.Lang, what text) []message.Fact {
	by := tConsWhoAny.in(lang)
	if c.Policy.Operator != "" {
		by = tConsWhoIs.in(lang, c.Policy.Operator)
	}
	if what == tConsLINE {
		by = tConsLINEYa.in(lang, by)
	}
	return []message.Fact{{Label: tConsWhat.in(lang), Value: what.in(lang)}, {Label: tConsFor.in(lang), Value: tConsForIs.in(lang)}, {Label: tConsWho.in(lang), Value: by},
		{Label: tConsBank.in(lang), Value: tConsBankIs.in(lang)},
		{Label: tConsLong.in(lang), Value: tConsLongIs.in(lang, span(lang, c.RecordDays), span(lang, c.KeepDays), span(lang, watch.RestoreDays))}}
}

// onLINE adds what is agreed to by an act in the chat, behind what is to be done.
func (c *ConsentFacts) onLINE(lang watch.Lang, m *message.Message, by string) {
	m.Text = append(m.Text, by)
	for _, f := range c.facts(lang, tConsLINE) {
		m.Text = append(m.Text, tConsLine.in(lang, f.Label, f.Value))
	}
	if c.Policy.URL != "" {
		m.Buttons = append(m.Buttons, message.Button{Label: tConsPolicy.in(lang), Style: message.Link, URL: c.Policy.URL})
	}
}

// consented is what the trail says that somebody agreed to.
func consented(lang watch.Lang, version string) string {
	if version == "" || version == "true" {
		return tConsNoVers.in(lang)
	}
	return tConsVers.in(lang, version)
}
