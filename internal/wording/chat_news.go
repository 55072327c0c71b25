package wording

import (
	"kozamori/internal/message"
	"kozamori/internal/watch"
)

var (
	tcDismissed   = text{ja: "見守り家族としての見守りが終わりました", en: "You no longer watch over this account"}
	tcDismissedTx = text{ja: "口座の名義人が、あなたの見守りを終えました。", en: "The owner of the account has ended your watching."}
	tcEndedTx     = text{ja: "口座の名義人が、口座の見守りをやめました。それに伴い、あなたの見守りも終わりました。", en: "The owner of the account has stopped having it watched, and your watching has ended with it."}
	tcErasedTx    = text{ja: "口座の名義人が、口座の見守りをやめ、記録を消しました。それに伴い、あなたの見守りも終わりました。", en: "The owner of the account has stopped having it watched and had its records erased, and your watching has ended with it."}
	tcErasesTx    = text{ja: "口座の名義人が、口座の見守りをやめ、記録も消す手続きをしました。それに伴い、あなたの見守りも終わりました。", en: "The owner of the account has stopped having it watched and asked for its records to be erased, and your watching has ended with it."}
	tcForgotten   = text{ja: "口座の見守りが終わりました", en: "Your account is no longer watched"}
	tcForgottenTx = text{ja: "%sの手続きにより、この口座の、口座守での登録と記録が消えました。", en: "%s has had this account and its records erased from Kozamori."}
	tcForgottenAs = text{ja: "心当たりがないときは、銀行にお問い合わせください。", en: "If this surprises you, please ask the bank."}
	tcGone        = text{ja: "見守る人が減りました", en: "Somebody no longer watches this account"}
	tcGoneOwner   = text{ja: "名義人のひとりの見守りが終わりました。", en: "The watching of one of the owners has ended."}
	tcGoneFamily  = text{ja: "見守り家族のひとりの見守りが終わりました。", en: "The watching of one of the family has ended."}
	tcGoneCheck   = text{ja: "心当たりがないときは、名義人ご本人に直接お確かめになるか、銀行に電話してください。", en: "If this surprises you, please ask the owner yourself, or call the bank."}
	tcGoneSelf    = text{ja: "口座の見守りをやめる手続きがありました", en: "Your watching of an account was ended"}
	tcGoneSelfTx  = text{ja: "手続きをしていないときは、スマートフォンをだれかが使ったおそれがあります。すぐに銀行に電話してください。", en: "If you did not do this, somebody may have used your phone: call your bank at once."}
	tcGoneAgain   = text{ja: "もう一度見守るときは、銀行の登録コード（見守り家族は名義人の招待）でお申し込みください。", en: "To watch it again, use a code of the bank (as family: an invitation of the owner)."}
	tcOwnErased   = text{ja: "見守りをやめ、記録を消す手続きがありました", en: "Your watching of an account was ended and its records erased"}
	tcOwnErasedTx = text{ja: "設定と記録は消え、元には戻せません。", en: "Settings and records are gone, and cannot be brought back."}
	tcOwnErasesTx = text{ja: "設定と記録は、手続きの%d日後に消えます。", en: "Settings and records are erased %d days after that."}
	tcOwnErasedRe = text{ja: "もう一度見守るときは、銀行の登録コードでお申し込みください。", en: "To watch it again, use a code of the bank."}
	tcEndedSilent = text{ja: "この口座のお知らせは、もう届きません。", en: "You will hear no more about this account."}
	tcEndedCheck  = text{ja: "心当たりがないときは、名義人ご本人に、電話などで直接お確かめください。", en: "If this surprises you, please ask the owner yourself, for example by telephone."}
)

// Dismissed tells a guardian that an owner ended their watching.
func Dismissed(f GuardianFacts) message.Message { return f.ended(tcDismissedTx) }

// WatchEnded tells a guardian that the owner left, and that their watching is
// over with it; erased tells that the records went too.
func WatchEnded(f GuardianFacts, erased bool) message.Message {
	return f.ended(pick(erased, tcErasedTx, pick(f.Erases, tcErasesTx, tcEndedTx)))
}

// SomebodyLeft tells those who watch on that one of them does not any more; or the
// one who left, over another channel than the one by which it was done.
func SomebodyLeft(f GuardianFacts, role watch.Role, self bool) message.Message {
	lang := langOf(f.Lang)
	m := chat(lang, tcGone.in(lang), tcGone.in(lang), pick(role == watch.Owner, tcGoneOwner, tcGoneFamily).in(lang), tcGoneCheck.in(lang))
	if self {
		m = chat(lang, tcGoneSelf.in(lang), tcGoneSelf.in(lang), tcEndedSilent.in(lang), tcGoneSelfTx.in(lang))
		if f.Erases {
			m.Title, m.Alt = tcOwnErased.in(lang), tcOwnErased.in(lang)
			m.Text = append(m.Text, tcOwnErasesTx.in(lang, watch.RestoreDays))
		}
		if !f.Returns { // what takes it back is said below
			m.Text = append(m.Text, tcGoneAgain.in(lang))
		}
	}
	m.Tone, m.Badge = message.Notice, tNotice.in(lang)
	m.Facts = accountFacts(lang, []ChatAccount{f.Account})
	return m
}

// OwnErased is news that a version before queues, which erased at once: it tells an owner, over another channel than the one by which it was done,
// that they had their account erased.
func OwnErased(f GuardianFacts) message.Message {
	lang := langOf(f.Lang)
	m := chat(lang, tcOwnErased.in(lang), tcOwnErased.in(lang), tcEndedSilent.in(lang), tcOwnErasedTx.in(lang), tcGoneSelfTx.in(lang), tcOwnErasedRe.in(lang))
	m.Tone, m.Badge = message.Notice, tNotice.in(lang)
	m.Facts = accountFacts(lang, []ChatAccount{f.Account})
	return m
}

// Forgotten tells a watcher that the bank had the account forgotten.
func Forgotten(f GuardianFacts) message.Message {
	lang := langOf(f.Lang)
	m := chat(lang, tcForgotten.in(lang), tcForgotten.in(lang), tcForgottenTx.in(lang, orElse(f.Account.BankName, tTheBank.in(lang))),
		tcEndedSilent.in(lang), tcForgottenAs.in(lang))
	m.Facts = accountFacts(lang, []ChatAccount{f.Account})
	return m
}

func (f *GuardianFacts) ended(why text) message.Message {
	lang := langOf(f.Lang)
	m := chat(lang, tcDismissed.in(lang), tcDismissed.in(lang), why.in(lang), tcEndedSilent.in(lang), tcEndedCheck.in(lang))
	m.Facts = accountFacts(lang, []ChatAccount{f.Account})
	return m
}
