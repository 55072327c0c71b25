package wording

import "kozamori/internal/message"

var (
	tcHidden    = text{ja: "金額が表示されなくなりました", en: "You see no amounts any more"}
	tcHiddenTx  = text{ja: "口座の名義人が、あなたに金額を見せない設定にしました。お知らせは、これまでどおり届きます。", en: "The owner of the account has chosen to show you no amounts. Alerts reach you as before."}
	tcShown     = text{ja: "金額が表示されるようになりました", en: "You see amounts now"}
	tcShownTx   = text{ja: "口座の名義人が、あなたに金額を見せる設定にしました。", en: "The owner of the account has chosen to show you amounts."}
	tcAgain     = text{ja: "招待した方は、すでに見守り家族です", en: "The person you invited is a family member already"}
	tcAgainText = text{ja: "%[1]sは、すでにあなたの口座を見守っています。見える内容を変えるときや、心当たりがないときは「%[2]s」と送ってください。", en: "%[1]s already watches over your account. To change what they see, or if you do not recognise this, send \"%[2]s\"."}
)

// AmountsChanged tells a guardian that an owner shows them amounts, or hides
// them.
func AmountsChanged(f GuardianFacts) message.Message {
	lang := langOf(f.Lang)
	title := pick(f.HideAmount, tcHidden, tcShown).in(lang)
	m := chat(lang, title, title, pick(f.HideAmount, tcHiddenTx, tcShownTx).in(lang))
	m.Facts = append(accountFacts(lang, []ChatAccount{f.Account}), message.Fact{Label: tFamSees.in(lang), Value: pick(f.HideAmount, tFamHidden, tFamAll).in(lang)})
	return m
}

// GuardianAgain tells an owner that somebody who is a guardian already took
// another invitation, and what they see.
func GuardianAgain(f GuardianFacts) message.Message { return f.message(tcAgain, tcAgainText) }
