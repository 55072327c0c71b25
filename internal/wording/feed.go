package wording

import (
	"strings"
	"time"

	"kozamori/internal/watch"
)

// FeedFacts are how the events of a bank arrive, as its customers are told. The zero
// value says nothing.
type FeedFacts struct {
	BankName string
	Until    time.Time // when the bank was last heard
	Silent   time.Time // since when it should have been; zero if all is well
	// Debits and Links are since when nothing is told of these alone; zero if it is.
	Debits, Links time.Time
	Now           time.Time
}

// SilenceTold is how long a bank is silent before its customers read so.
const SilenceTold = time.Hour

var (
	tFeedSilent = text{ja: "%[1]sからの連絡が%[2]sから届いていません。その間の引き落としは、回復後にまとめてお知らせします。それまでは、通帳や銀行のアプリでご確認ください。", en: "%[1]s has told us nothing since %[2]s. What is debited meanwhile we tell you together once it is back. Until then, please look at your passbook or the bank's app."}
	tFeedDebits = text{ja: "%[1]sからの引き落としの連絡が%[2]sから届いていません。その間の引き落としは、回復後にまとめてお知らせします。それまでは、通帳や銀行のアプリでご確認ください。", en: "%[1]s has told us of no debits since %[2]s. What is debited meanwhile we tell you together once it is back. Until then, please look at your passbook or the bank's app."}
	tFeedLinks  = text{ja: "%[1]sからの、決済サービスへの口座の登録の連絡が%[2]sから届いていません。その間の登録は、回復後にまとめてお知らせします。", en: "%[1]s has told us of no new charge links since %[2]s. What is registered meanwhile we tell you together once it is back."}
	tFeedUntil  = text{ja: "%[1]sからの連絡は、%[2]sまで届いています。", en: "%[1]s was last heard at %[2]s."}
)

// alarm says that the bank is silent, as a whole, or of debits or links; empty if it is
// not, or not for long.
func (f *FeedFacts) alarm(lang watch.Lang) string {
	bank := orElse(f.BankName, tTheBank.in(lang))
	if f.told(f.Silent) {
		return tFeedSilent.in(lang, bank, f.clock(lang, f.Silent))
	}
	var says []string
	if f.told(f.Debits) {
		says = append(says, tFeedDebits.in(lang, bank, f.clock(lang, f.Debits)))
	}
	if f.told(f.Links) {
		says = append(says, tFeedLinks.in(lang, bank, f.clock(lang, f.Links)))
	}
	return strings.Join(says, "\n")
}

func (f *FeedFacts) told(since time.Time) bool {
	return !since.IsZero() && f.Now.Sub(since) >= SilenceTold
}

// say says until when the bank was heard, if not that it is silent; empty if it never
// was.
func (f *FeedFacts) say(lang watch.Lang) string {
	if f.Until.IsZero() {
		return ""
	}
	if s := f.alarm(lang); s != "" {
		return s
	}
	return tFeedUntil.in(lang, orElse(f.BankName, tTheBank.in(lang)), f.clock(lang, f.Until))
}

// clock is a time, with its day if that is not today.
func (f *FeedFacts) clock(lang watch.Lang, t time.Time) string {
	if Day(lang, t, f.Now) != Day(lang, f.Now, f.Now) {
		return Time(lang, t, f.Now)
	}
	at := t.In(watch.JST).Format("15:04")
	if lang == watch.English {
		at += " JST"
	}
	return at
}
