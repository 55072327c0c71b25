package wording

import (
	"time"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

var (
	tAltChanged       = text{ja: "【お知らせ】引き落としの内容が変わりました", en: "[Notice] A debit has changed"}
	tAltUrgentChanged = text{ja: "【緊急】引き落としの内容が変わりました。確認してください", en: "[Urgent] A debit has changed. Please check it"}
	tAltReturned      = sure{text{ja: "【お知らせ】引き落としの一部が戻りました", en: "[Notice] Part of a debit came back"},
		text{ja: "【お知らせ】引き落としの一部が戻った可能性があります", en: "[Notice] Part of a debit may have come back"}}

	tTitleAmount   = text{ja: "%sによる引き落としの金額が変わりました", en: "The amount of the debit by %s has changed"}
	tTitleAgain    = text{ja: "%sによる引き落としが、もう一度行われました", en: "%s has taken the debit again"}
	tTitleService2 = text{ja: "%sによる引き落としと分かりました", en: "The debit turns out to be by %s"}
	tTitleNoName   = text{ja: "%sではない決済サービスによる引き落としと分かりました", en: "The debit turns out to be by a payment service other than %s"}
	tTitleReturned = sure{text{ja: "%sによる引き落としの一部が戻りました", en: "Part of the debit by %s came back"},
		text{ja: "%sによる引き落としの一部が戻った可能性があります", en: "Part of the debit by %s may have come back"}}
	tTitleMayAgain = text{ja: "%sによる引き落としの連絡が、もう一度ありました", en: "The bank has told us again of a debit by %s"}

	tAmountFromTo    = text{ja: "金額が%[1]sから%[2]sに変わりました。", en: "The amount changed from %[1]s to %[2]s."}
	tAmountChanged   = text{ja: "金額が変わりました。", en: "The amount has changed."}
	tAgainText       = text{ja: "いったん取り消された引き落としです。", en: "This debit had been reversed before."}
	tAfterReturn     = text{ja: "先に取り消された引き落としが、もう一度行われました。", en: "A debit that had been reversed was taken again."}
	tTitleUnnamed    = text{ja: "%sの引き落としかどうかは、確かではありません", en: "It is not certain that the debit is by %s"}
	tUnnamed         = text{ja: "先に%sの引き落としとお知らせしましたが、その後の銀行からの連絡により、確かではないことが分かりました。", en: "We told you that the debit is by %s. From what the bank has told us since, that is not certain."}
	tTitleAgainDoubt = text{ja: "%sの引き落としが前に取り消されたかどうかは、確かではありません", en: "It is not certain that the debit by %s had been reversed before"}
	tAgainDoubt      = text{ja: "先に、いったん取り消された引き落としとお知らせしましたが、その後の銀行からの連絡により、確かではないことが分かりました。", en: "We told you that this debit had been reversed before. From what the bank has told us since, that is not certain."}
	tServiceFromTo   = text{ja: "決済サービスが%[1]sから%[2]sに変わりました。", en: "The payment service changed from %[1]s to %[2]s."}
	tServiceNoName   = text{ja: "銀行によると、%sではなく、口座守がまだ名前を知らない決済サービスによるものです。", en: "The bank says that it is not by %s, but by a payment service that Kozamori does not know by name yet."}
	tAltStands       = text{ja: "【お知らせ】先のお知らせを訂正します。確認してください", en: "[Notice] A correction of what we told you. Please check it"}
	tAltUrgentStands = text{ja: "【緊急】先のお知らせを訂正します。確認してください", en: "[Urgent] A correction of what we told you. Please check it"}
	tTitleStands     = text{ja: "%[1]sによる引き落としは、%[2]sいません", en: "The debit by %[1]s has not %[2]s"}
	tTitlePosted     = text{ja: "%sによる引き落としは、取り消しのあとに確定しました", en: "The debit by %s was posted after its reversal"}
	tTitleLinkStands = text{ja: "%sへの口座の登録は、解除されていません", en: "The charge link with %s has not been removed"}
	// Of what the bank undid that may have been this one or another.
	tTitleMayStand     = text{ja: "%[1]sによる引き落としは、%[2]sいない可能性があります", en: "The debit by %[1]s may not have %[2]s"}
	tTitleLinkMayStand = text{ja: "%sへの口座の登録は、解除されていない可能性があります", en: "The charge link with %s may not have been removed"}
	tMayStand          = text{ja: "先に%sとお知らせしましたが、銀行からの続報では、別の引き落としだった可能性があります。", en: "We told you that it had %s. From what the bank has told us since, it may have been another debit."}
	tLinkMayStand      = text{ja: "先に解除されたとお知らせしましたが、銀行からの続報では、別の登録だった可能性があります。", en: "We told you that it had been removed. From what the bank has told us since, it may have been another link."}
	tStands            = text{ja: "先に%sとお知らせしましたが、銀行からの続報では、それは別の引き落としでした。", en: "We told you that it had %s. The bank has now told us that this was another debit."}
	tReleased          = text{ja: "先に取り消しをお知らせしましたが、取り消されたのは確定前の引き落としで、その後に確定しました。", en: "We told you of a reversal. It was of the pending debit, which has been posted since."}
	tLinkStands        = text{ja: "先に解除されたとお知らせしましたが、銀行からの続報では、それは別の登録でした。", en: "We told you that it had been removed. The bank has now told us that this was another link."}
	tMayStands         = text{ja: "先に%s可能性があるとお知らせしましたが、銀行からの続報では、それは別の引き落としでした。", en: "We told you that it may have %s. The bank has now told us that this was another debit."}
	tMayLinkStands     = text{ja: "先に解除された可能性があるとお知らせしましたが、銀行からの続報では、それは別の登録でした。", en: "We told you that it may have been removed. The bank has now told us that this was another link."}
	tTitleLess         = text{ja: "%[1]sによる引き落としで%[2]s金額は、お知らせより少ないと分かりました", en: "Less of the debit by %[1]s has %[2]s than we told you"}
	tTitleMayLess      = text{ja: "%[1]sによる引き落としで%[2]s金額は、お知らせより少ない可能性があります", en: "Less of the debit by %[1]s may have %[2]s than we told you"}
	tLess              = text{ja: "%sとお知らせした金額の一部は、銀行からの続報では、別の引き落としのものでした。", en: "The bank has now told us that some of what we told you had %s was of another debit."}
	tMayLess           = text{ja: "%sとお知らせした金額の一部は、銀行からの続報では、別の引き落としのものだった可能性があります。", en: "From what the bank has told us since, some of what we told you had %s may have been of another debit."}
	tStillMay          = text{ja: "先に%s可能性があるとお知らせしましたが、銀行からの続報では、別の引き落としだったと考えられます。", en: "We told you that it may have %s. From what the bank has told us since, it was more likely another debit."}
	tLinkStillMay      = text{ja: "先に解除された可能性があるとお知らせしましたが、銀行からの続報では、別の登録だったと考えられます。", en: "We told you that it may have been removed. From what the bank has told us since, it was more likely another link."}
	tMayAgainText      = text{ja: "先に取り消された可能性があるとお知らせした引き落としです。取り消されていたのなら、もう一度引き落とされました。通帳や入出金明細でご確認ください。", en: "We told you that this debit may have been reversed. If it was, it has been taken again. Please check your passbook or statement."}
	tUnheardAgainText  = text{ja: "先に取り消された可能性のある引き落としです。取り消されていたのなら、もう一度引き落とされました。通帳や入出金明細でご確認ください。", en: "This debit may have been reversed before. If it was, it has been taken again. Please check your passbook or statement."}
	tReturnedOf        = sure{text{ja: "%[1]sのうち%[2]sが戻りました。", en: "%[2]s of %[1]s came back."},
		text{ja: "%[1]sのうち%[2]sが戻った可能性があります。", en: "%[2]s of %[1]s may have come back."}}
	tOfThePast      = text{ja: "過去の引き落としについての連絡です。", en: "This is about a debit of the past."}
	tReturnedSome   = sure{text{ja: "一部が戻りました。", en: "Part of it came back."}, text{ja: "一部が戻った可能性があります。", en: "Part of it may have come back."}}
	tAnswerWasFor   = text{ja: "先の回答は%sについてのものです。新しい内容についても、心当たりがあるかお答えください。", en: "The earlier answer was about %s. Please say whether you recognise the debit as it is now."}
	tAnswerWasOther = text{ja: "先の回答は、変わる前の内容についてのものです。新しい内容についても、心当たりがあるかお答えください。", en: "The earlier answer was about the debit as it was before. Please say whether you recognise it as it is now."}
	tTheDebit       = text{ja: "決済サービス", en: "a payment service"}

	tLateDays     = text{ja: "%d日前の引き落としです。銀行からの連絡が、いま届きました。", en: "This debit is %d days old. The bank has told us only now."}
	tLateHours    = text{ja: "約%d時間前の引き落としです。銀行からの連絡が、いま届きました。", en: "This debit is about %d hours old. The bank has told us only now."}
	tLinkDays     = text{ja: "%d日前の登録です。銀行からの連絡が、いま届きました。", en: "This link is %d days old. The bank has told us only now."}
	tLinkHours    = text{ja: "約%d時間前の登録です。銀行からの連絡が、いま届きました。", en: "This link is about %d hours old. The bank has told us only now."}
	tChangeDays   = text{ja: "%d日前の変更です。銀行からの連絡が、いま届きました。", en: "This change is %d days old. The bank has told us only now."}
	tChangeHours  = text{ja: "約%d時間前の変更です。銀行からの連絡が、いま届きました。", en: "This change is about %d hours old. The bank has told us only now."}
	tChangeDay1   = text{ja: "昨日の変更です。銀行からの連絡が、いま届きました。", en: "This change is from the day before. The bank has told us only now."}
	tBegan        = text{ja: "%d日前に始まった引き落としです。", en: "The debit began %d days before."}
	tBegan1       = text{ja: "前の日に始まった引き落としです。", en: "The debit began on the day before."}
	tLateDay1     = text{ja: "昨日の引き落としです。銀行からの連絡が、いま届きました。", en: "This debit is from the day before. The bank has told us only now."}
	tFileDays     = text{ja: "%[1]d日前（%[2]s）の引き落としです。", en: "This debit is %[1]d days old (%[2]s)."}
	tFileOn       = text{ja: "%sの引き落としです。", en: "This debit is of %s."}
	tLinkFileOn   = text{ja: "%sの登録です。", en: "This link is of %s."}
	tFileDay1     = text{ja: "昨日（%s）の引き落としです。", en: "This debit is from yesterday (%s)."}
	tFileDay0     = text{ja: "今日（%s）の引き落としです。", en: "This debit is from today (%s)."}
	tLinkFileDays = text{ja: "%[1]d日前（%[2]s）の登録です。", en: "This link is %[1]d days old (%[2]s)."}
	tLinkFileDay1 = text{ja: "昨日（%s）の登録です。", en: "This link is from yesterday (%s)."}
	tLinkFileDay0 = text{ja: "今日（%s）の登録です。", en: "This link is from today (%s)."}
	tChangeFile   = text{ja: "%sの変更です。", en: "The change is from %s."}
	tLinkDay1     = text{ja: "昨日の登録です。銀行からの連絡が、いま届きました。", en: "This link is from the day before. The bank has told us only now."}
)

// Changed words what has become of a debit that the watcher was told of: more
// was taken, it was presented again, it is another service's, or some of it
// came back. f.Was is what they were told before.
func Changed(f AlertFacts) message.Message {
	lang, r, was := f.lang(), f.Record, f.Was
	if was == nil {
		was = &watch.Shown{}
	}
	_, more := was.Changed(r)
	service := orElse(orOther(lang, f.ServiceName, doubtful(r)), tTheDebit.in(lang))
	m := message.Message{Lang: string(lang), Tone: message.Notice, Alt: tAltChanged.in(lang), Facts: f.facts()}
	if more && f.critical() && !r.TooLate() {
		m.Tone, m.Alt = message.Critical, tAltUrgentChanged.in(lang)
	}
	hide := f.Delivery.HideAmount
	link := r.Kind == watch.LinkRegistered
	if !hide && !link {
		m.Amount = Yen(lang, r.Amount)
	}
	f.nameChange(&m, was, service)
	if r.Amount > was.Amount || r.Amount != was.Amount && was.TakenAgain(r) {
		m.Text = append(m.Text, hidden(hide, tAmountChanged, tAmountFromTo, lang, Yen(lang, was.Amount), Yen(lang, r.Amount)))
	}
	switch {
	case r.Service == was.Service || r.Service == "" || f.WasServiceName == "" || was.NameDoubted(r):
	case f.ServiceName == "":
		m.Text = append(m.Text, tServiceNoName.in(lang, f.WasServiceName))
	default:
		m.Text = append(m.Text, tServiceFromTo.in(lang, f.WasServiceName, service))
	}
	if doubt := f.doubted(); doubt != "" {
		m.Text = append(m.Text, doubt)
	}
	m.Text = append(m.Text, disagreements([]AlertFacts{f})...)
	if r.Returned > was.Back(r) || r.Returned > 0 && (was.Doubted(r) || was.Stands(r) || was.TakenAgain(r)) {
		m.Text = append(m.Text, hidden(hide, orFreed(r, &tReturnedSome, &tFreedSome), orFreed(r, &tReturnedOf, &tFreedOf), lang, Yen(lang, r.Amount), Yen(lang, r.Returned)))
	}
	if f.unsure() {
		m.Text = append(m.Text, unsureOf(lang, f)...)
	}
	if was.MayNow(r) {
		m.Text = append(m.Text, f.mayBack(link || m.Title == tTitleMayBack.in(lang, service))...)
	}
	if not := f.notIt(); not != "" {
		m.Text = append(m.Text, not)
	}
	if was.OfHistory {
		m.Text = append(m.Text, tOfThePast.in(lang))
	}
	if say := f.changedLate(); say != "" {
		m.Text = append(m.Text, say)
	}
	if !more {
		if f.Link != "" {
			m.Buttons = []message.Button{{Label: tDetails.in(lang), Style: message.Link, URL: f.Link}}
		}
		return ranked(lang, m, false)
	}
	if f.AnsweredBefore != nil {
		m.Text = append(m.Text, hidden(hide || link, tAnswerWasOther, tAnswerWasFor, lang, Yen(lang, f.AnsweredBefore.Amount)))
	}
	if r.Status == watch.Pending {
		m.More = append(m.More, tPending.in(lang))
	}
	m.Why = f.why()
	m.Steps = f.steps(m.Tone == message.Critical)
	m.Buttons, m.Brief = f.buttons(), f.Link != ""
	return ranked(lang, m, m.Tone == message.Critical)
}

// nameChange gives a message its title, and the words that are of this kind of change
// alone. Each kind is named by what is true of it: of none nothing is said.
func (f *AlertFacts) nameChange(m *message.Message, was *watch.Shown, service string) {
	lang, r := f.lang(), f.Record
	link := r.Kind == watch.LinkRegistered
	if was.Stands(r) {
		m.Alt = pick(m.Tone == message.Critical, tAltUrgentStands, tAltStands).in(lang)
	}
	switch {
	case was.Stands(r) && link:
		m.Title = pick(r.MayBeIt, tTitleLinkMayStand, tTitleLinkStands).in(lang, orElse(f.ServiceName, tTheDebit.in(lang)))
		m.Text = append(m.Text, f.stands())
	case was.Stands(r) && r.Returned > 0:
		m.Title = pick(r.MayBeIt || r.MayStand(), tTitleMayLess, tTitleLess).in(lang, service, undoneBy(was).in(lang))
		if less := pick(r.MayBeIt || r.MayStand(), tMayLess, tLess); r.Released(was) {
			m.Text = append(m.Text, tReleased.in(lang))
		} else {
			m.Text = append(m.Text, less.in(lang, undoneBy(was).in(lang)))
		}
	case was.Stands(r) && r.Released(was):
		m.Title = tTitlePosted.in(lang, service)
		m.Text = append(m.Text, f.stands())
	case was.Stands(r):
		m.Title = pick(r.MayBeIt, tTitleMayStand, tTitleStands).in(lang, service, pick(was.Freed > 0, tFreedStill, tBackStill).in(lang))
		m.Text = append(m.Text, f.stands())
	case was.TakenAgain(r) && was.MayStand():
		m.Title = tTitleMayAgain.in(lang, service)
		m.Text = append(m.Text, tMayAgainText.in(lang))
	case was.TakenAgain(r) && r.MayBeAgain:
		m.Title = tTitleMayAgain.in(lang, service)
		m.Text = append(m.Text, tUnheardAgainText.in(lang))
	case was.TakenAgain(r):
		m.Title = tTitleAgain.in(lang, service)
		m.Text = append(m.Text, tAgainText.in(lang))
	case r.Amount > was.Amount:
		m.Title = tTitleAmount.in(lang, service)
	case was.NameDoubted(r):
		m.Title = tTitleUnnamed.in(lang, f.wasBy())
	case r.Service != was.Service && r.Service != "" && f.ServiceName == "" && f.WasServiceName != "":
		m.Title = tTitleNoName.in(lang, f.WasServiceName)
	case r.Service != was.Service && r.Service != "":
		m.Title = tTitleService2.in(lang, service)
	case was.Unnamed(r):
		m.Title = tTitleUnnamed.in(lang, f.wasBy())
	case was.AgainDoubted(r):
		m.Title = tTitleAgainDoubt.in(lang, service)
	case r.Returned > 0 && (was.MoreBack(r) || was.Doubted(r)):
		m.Tone, m.Alt, m.Title = message.Calm, orFreed(r, &tAltReturned, &tAltFreed).in(lang), orFreed(r, &tTitleReturned, &tTitleFreed).in(lang, service)
	case was.MayNow(r):
		f.nameMayBack(m, service)
	case was.NotIt(r):
		f.nameNotIt(m, service)
	}
	m.Text = append(m.Text, f.certainNoMore()...)
}

// stands says that what was told as undone stands, or may.
func (f *AlertFacts) stands() string {
	link, may := f.Record.Kind == watch.LinkRegistered, f.Was.MayStand()
	switch {
	case f.Record.Released(f.Was):
		return tReleased.in(f.lang())
	case link:
		return pick(f.Record.MayBeIt, pick(may, tLinkStillMay, tLinkMayStand), pick(may, tMayLinkStands, tLinkStands)).in(f.lang())
	}
	return pick(f.Record.MayBeIt, pick(may, tStillMay, tMayStand), pick(may, tMayStands, tStands)).in(f.lang(), undoneBy(f.Was).in(f.lang()))
}

// hidden says it without amounts to a watcher who may not see them.
func hidden(hide bool, without, with text, lang watch.Lang, amounts ...any) string {
	if hide {
		return without.in(lang)
	}
	return with.in(lang, amounts...)
}

// late says how old news are that the bank brought late, or in a file; empty if they are
// neither. What is history was no news. told is when its reader is told of it.
func late(lang watch.Lang, r *watch.Record, told time.Time) string {
	if r.File != "" && !r.Past {
		link := r.Kind == watch.LinkRegistered
		on := shortDay(r.OccurredAt)
		switch days := daysBetween(r.OccurredAt, told); {
		case told.IsZero():
			return pick(link, tLinkFileOn, tFileOn).in(lang, on)
		case days > 1:
			return pick(link, tLinkFileDays, tFileDays).in(lang, days, on)
		case days == 1:
			return pick(link, tLinkFileDay1, tFileDay1).in(lang, on)
		}
		return pick(link, tLinkFileDay0, tFileDay0).in(lang, on)
	}
	heard := r.HeardAt()
	if heard.IsZero() || r.Past {
		return ""
	}
	link := r.Kind == watch.LinkRegistered
	return age(lang, r.OccurredAt, heard, r.DateOnly, pick(link, tLinkDays, tLateDays), pick(link, tLinkDay1, tLateDay1), pick(link, tLinkHours, tLateHours))
}

// changedLate says that the bank brought what made a debit worse late, or else
// that it is of a debit of an earlier day.
func (f *AlertFacts) changedLate() string {
	r, was := f.Record, f.Was
	if _, more := was.Changed(r); !more || was.Stands(r) || r.Kind == watch.LinkRegistered {
		return ""
	}
	lang, heard, stage := f.lang(), r.HeardAt(), r.StageAt()
	switch {
	case r.File != "":
		return tChangeFile.in(lang, Day(lang, stage, f.now()))
	case !heard.IsZero() && !heard.Equal(was.HeardAt):
		return age(lang, stage, heard, r.DateOnly, tChangeDays, tChangeDay1, tChangeHours)
	case !heard.IsZero() || stage.Equal(was.StageAt):
		return ""
	}
	switch days := daysBetween(r.OccurredAt, stage); {
	case days > 1:
		return tBegan.in(lang, days)
	case days == 1:
		return tBegan1.in(lang)
	}
	return ""
}

// daysBetween counts the midnights in Japan between two moments.
func daysBetween(from, to time.Time) int {
	midnight := func(t time.Time) time.Time {
		j := t.In(watch.JST)
		return time.Date(j.Year(), j.Month(), j.Day(), 0, 0, 0, 0, watch.JST)
	}
	return int(midnight(to).Sub(midnight(from)) / (24 * time.Hour))
}

// ofFile says of what day it is what all of it came in a file of the bank's; empty if it
// is of more than one.
func (f *IncidentFacts) ofFile() (say string, all bool) {
	for i := range f.Parts {
		p := &f.Parts[i]
		if p.Record.File == "" {
			return "", false
		}
		is := late(p.lang(), p.Record, p.told())
		if i == 0 {
			say = is
		} else if say != is {
			say = ""
		}
	}
	return say, true
}

// shortDay is a day as it stands in brackets: 11/27.
func shortDay(t time.Time) string { return t.In(watch.JST).Format("1/2") }

// age says how old something was when it was heard of.
func age(lang watch.Lang, at, heard time.Time, dateOnly bool, inDays, day1, inHours text) string {
	d := heard.Sub(at)
	switch days := daysBetween(at, heard); {
	case days > 1:
		return inDays.in(lang, days)
	case days == 1 && (dateOnly || d >= 12*time.Hour):
		return day1.in(lang)
	}
	return inHours.in(lang, int(d/time.Hour))
}
