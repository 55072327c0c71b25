package wording

import (
	"time"

	"kozamori/internal/watch"
)

// FeedFacts are how the events of a bank arrive, as its customers are told. The zero
// value says nothing.
type FeedFacts struct {
	BankName string
	Until    time.Time // when the bank was last heard
	Silent   time.Time // since when it should have been; zero if all is well
	Now      time.Time
}

// SilenceTold is how long a bank is silent before its customers read so.
const SilenceTold = time.Hour

var (
	tFeedSilent = text{ja: "%[1]sからの連絡が%[2]sから届いていません。その間の引き落としは、回復後にまとめてお知らせします。それまでは、通帳や銀行のアプリでご確認ください。", en: "%[1]s has told us nothing since %[2]s. What is debited meanwhile we tell you together once it is back. Until then, please look at your passbook or the bank's app."}
	tFeedUntil  = text{ja: "%[1]sからの連絡は、%[2]sまで届いています。", en: "%[1]s was last heard at %[2]s."}
)

// alarm says that the bank is silent; empty if it is not, or not for long.
func (f *FeedFacts) alarm(lang watch.Lang) string {
	if f.Silent.IsZero() || f.Now.Sub(f.Silent) < SilenceTold {
		return ""
	}
	return tFeedSilent.in(lang, orElse(f.BankName, tTheBank.in(lang)), f.clock(lang, f.Silent))
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
