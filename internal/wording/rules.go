package wording

import (
	"slices"
	"time"

	"kozamori/internal/watch"
)

// ruleWords are the words of one row of watch.Table: its field on the
// settings page, why it tells, and what is said of it at the beginning.
type ruleWords struct {
	rule string // the row's name
	// group is where its field stands on the settings page, in the order of
	// this list; nil if it has none.
	group *ruleGroup
	label sentence // with the service's name, of rules that are set for each
	hint  sentence
	end   sentence // the label of the end, of hours
	field string   // the field's name, if it is not the rule's
	not   bool     // the field asks for the opposite of the rule
	why   sentence // in an alert
	own   bool     // it says what its reader has set
	// unsure is said instead while too little is on record to say why.
	unsure sentence
	// lately is said instead of that once the account is watched for a while.
	lately sentence
	// after is said of what follows a link that was called the owner's own.
	after sentence
	when  text // to somebody whose account is connected, with the amount if the rule has one
}

// ruleGroup is a part of the settings page.
type ruleGroup struct {
	title text
	hint  *text
}

var (
	groupBasic  = ruleGroup{title: tSetBasic}
	groupEach   = ruleGroup{tSetEach, &tSetEachHint}
	groupOther  = ruleGroup{title: tSetOther}
	groupQuiet  = ruleGroup{tSetQuiet, &tSetQuietHint}
	groupPause  = ruleGroup{tSetPauseHead, &tSetPauseHint}
	groupTrusts = ruleGroup{tSetTrusts, &tSetTrustsHint}
)

// aboutRules holds the words of each rule, in the order of the settings page.
var aboutRules = []ruleWords{
	{rule: "service_min", group: &groupBasic, label: with(tSetMin), hint: with(tSetMinHint, leastYen), why: with(tWhyService), own: true, when: tcWhenService},
	{rule: "new_link", group: &groupBasic, label: with(tSetNewLink), why: with(tWhyLink), own: true, when: tcWhenLink},
	{rule: "under_attack", why: with(tWhyUnderAttack, theService)},                // nor can this
	{rule: "after_dispute", why: with(tWhyAfterDispute, days(watch.ReportedFor))}, // it cannot be switched off
	{rule: "first_seen", group: &groupBasic, label: with(tSetFirst), why: with(tWhyFirst, itsDebit), unsure: with(tWhyFirstWatched, itsDebit),
		lately: with(tWhyFirstLately, itsDebit, days(watch.FirstAfter))},
	{rule: "after_new_link", group: &groupBasic, label: with(tSetAfter, hours(watch.AfterNewLinkWindow)),
		why: with(tWhyAfterLink, hours(watch.AfterNewLinkWindow)), after: with(tWhyAfterOwn, hours(watch.AfterNewLinkWindow)), when: tcWhenPattern},
	{rule: "burst", group: &groupBasic, label: with(tSetBurst, minutes(watch.BurstWindow), watch.BurstCount),
		why: with(tWhyBurst, minutes(watch.BurstWindow), watch.BurstCount), when: tcWhenPattern},
	{rule: "near_limit", group: &groupBasic, label: with(tSetNear, tenths(watch.NearTenths)), why: with(tWhyNear, theService, tenths(watch.NearTenths)), when: tcWhenPattern},
	{rule: "night", group: &groupBasic, label: with(tSetNight, clock(0), clock(int(watch.NightUntil/time.Minute))), why: with(tWhyNight, clock(0), clock(int(watch.NightUntil/time.Minute)))},
	{rule: "ignore_undecided", group: &groupBasic, label: with(tSetUndecided), field: "undecided", not: true},
	{rule: "service_min_for", group: &groupEach, label: with(tSetEachMin)},
	{rule: "monthly_total", group: &groupEach, label: with(tSetMonthly), why: with(tWhyMonthly, theService, theMonth), own: true},
	{rule: "any_debit", group: &groupOther, label: with(tSetAny), hint: with(tSetAnyHint), why: with(tWhyAnyDebit), own: true, when: tcWhenAny},
	{rule: "overdrawn", group: &groupOther, label: with(tSetOverdrawn), why: with(tWhyOverdrawn)},
	{rule: "keywords", group: &groupOther, label: with(tSetWords), hint: with(tSetWordsHint, watch.MaxKeywords), why: with(tWhyKeyword), own: true},
	{rule: "quiet", group: &groupQuiet, label: with(tSetFrom), end: with(tSetTo)},
	{rule: "trusts", group: &groupTrusts, label: with(tSetTrust), field: "untrust"},
	{rule: "paused_until", group: &groupPause, label: with(tSetPause), field: "pause"},
}

// wordsOf finds the words of a rule.
func wordsOf(rule string) ruleWords {
	i := slices.IndexFunc(aboutRules, func(w ruleWords) bool { return w.rule == rule })
	if i < 0 {
		return ruleWords{rule: rule}
	}
	return aboutRules[i]
}

func (w ruleWords) value() watch.Value { return watch.RuleNamed(w.rule).Value }

func (w ruleWords) name() string { return orElse(w.field, w.rule) }

// RuleField tells the name of a rule's field on the settings page, and whether
// the field asks for the opposite. Empty if the page does not show the rule.
func RuleField(rule string) (name string, not bool) {
	w := wordsOf(rule)
	if w.group == nil {
		return "", false
	}
	return w.name(), w.not
}

// sentence is a text with what its verbs stand for, as far as that is the same
// for everybody.
type sentence struct {
	text text
	args []any
}

func with(t text, args ...any) sentence { return sentence{t, args} }

func (s sentence) in(lang watch.Lang, more ...any) string {
	return s.text.in(lang, slices.Concat(s.args, more)...)
}

// known is an argument that the alert knows.
type known func(*AlertFacts) string

var (
	theService known = func(f *AlertFacts) string { return orElse(f.ServiceName, tTheService.in(f.lang())) }
	// itsDebit is a debit by the service, as far as that is known.
	itsDebit known = func(f *AlertFacts) string {
		return pick(doubtful(f.Record), tLikelyDebit, tItsDebit).in(f.lang(), theService(f))
	}
	theMonth known = func(f *AlertFacts) string {
		return f.Record.OccurredAt.In(watch.JST).Format(tMonth.in(f.lang()))
	}
)

// why says each reason, in the order of the table: the most alarming first.
func (f *AlertFacts) why() []string {
	var out []string
	for _, row := range watch.Table() {
		s := wordsOf(row.Name).why
		if wordsOf(row.Name).own && f.Called {
			continue // it is a setting of somebody else's
		}
		about := f
		if f.Notice.Second.Reason != 0 && f.Notice.Second.Reason&(row.Reason|row.Unsure|row.Own) != 0 {
			second := *f // it is true of what the other name says
			second.ServiceName, about = f.SecondName, &second
		}
		switch {
		case row.Own != 0 && f.Notice.Reasons.Has(row.Own) && !f.Notice.Reasons.Has(row.Reason):
			s = wordsOf(row.Name).after
		case row.Lately != 0 && f.Notice.Reasons.Has(row.Lately) && !f.Notice.Reasons.Has(row.Reason):
			s = wordsOf(row.Name).lately
		case row.Unsure != 0 && f.Notice.Reasons.Has(row.Unsure) && !f.Notice.Reasons.Has(row.Reason):
			s = wordsOf(row.Name).unsure
		case row.Says == "" || !f.Notice.Reasons.Has(row.Reason):
			continue
		}
		args := slices.Clone(s.args)
		for i, a := range args {
			if ask, ok := a.(known); ok {
				args[i] = ask(about)
			}
		}
		out = append(out, s.text.in(f.lang(), args...))
	}
	if out == nil && f.Notice.Reasons.Unknown != "" { // a newer program's
		out = append(out, tWhyOther.in(f.lang()))
	}
	return out
}

// told says when somebody with these rules is told.
func told(lang watch.Lang, r *watch.Rules) []string {
	var out []string
	for _, w := range aboutRules {
		if w.when == (text{}) || !w.value().On(r) {
			continue
		}
		say := w.when.in(lang)
		if yen, ok := w.value().(watch.Yen); ok {
			say = w.when.in(lang, Yen(lang, *yen.At(r)))
		}
		if !slices.Contains(out, say) {
			out = append(out, say)
		}
	}
	return out
}

// Why each reason.
var (
	tWhyUnderAttack  = text{ja: "%sの不正な登録や引き落としがこの銀行の口座で起きていると、銀行が確認している間の動きです。", en: "This comes while your bank has confirmed that %s is being linked to its accounts, or is taking money from them, fraudulently."}
	tWhyAfterDispute = text{ja: "「身に覚えがない」とのお申し出から%s以内の動きです。", en: "This comes within %s of a report of what was not recognised."}
	tWhyAfterLink    = text{ja: "決済サービスへの登録から%s以内の引き落としです。", en: "The debit came within %s of a new charge link."}
	tWhyBurst        = text{ja: "決済サービスの引き落としが、%[1]s以内に%[2]d回以上ありました。", en: "Payment services took money %[2]d times or more within %[1]s."}
	tWhyFirstWatched = text{ja: "口座守に登録してからは、この口座での%sは初めてです。", en: "It is the first %s from this account since it was connected."}
	tWhyAfterOwn     = text{ja: "「本人の利用」と回答のあった登録から%s以内の引き落としです。", en: "The debit came within %s of a charge link that was answered as theirs."}
	tWhyFirstLately  = text{ja: "この口座では、少なくともこの%[2]s、%[1]sはありませんでした。", en: "There was no %[1]s from this account in the last %[2]s at least."}
	tWhyFirst        = text{ja: "この口座では、%sは初めてです。", en: "It is the first %s from this account."}
	tWhyOverdrawn    = text{ja: "引き落としのあと、残高がマイナス（当座貸越）になりました。", en: "The debit left the account overdrawn."}
	tWhyMonthly      = text{ja: "%[1]sとみられる引き落としの%[2]sの合計が、設定した金額に達しました。", en: "What looks like debits by %[1]s has reached the amount you set for %[2]s."}
	tWhyNear         = text{ja: "%[1]sが1回または1か月に引き落とせる上限の、%[2]s以上です。", en: "It is %[2]s or more of the most that %[1]s takes at once or in a month."}
	tWhyNight        = text{ja: "深夜（%[1]s～%[2]s）の引き落としです。", en: "The debit was made at night, between %[1]s and %[2]s."}
	tWhyLink         = text{ja: "決済サービスへの新しい登録は、すべてお知らせする設定です。", en: "You asked to be told of every new charge link."}
	tWhyService      = text{ja: "決済サービスの引き落としをお知らせする設定です。", en: "You asked to be told of debits by payment services."}
	tWhyAnyDebit     = text{ja: "設定した金額以上の引き落としです。", en: "The debit is at least the amount you set."}
	tWhyKeyword      = text{ja: "設定したことばが通帳の表示にあります。", en: "What the passbook shows has a word that you asked for."}
	tWhyOther        = text{ja: "お知らせする設定にあてはまりました。", en: "It matches what you asked to be told."}
	tItsDebit        = text{ja: "%sの引き落とし", en: "debit by %s"}
	tLikelyDebit     = text{ja: "%sとみられる引き落とし", en: "debit that looks like %s"}
	tMonth           = text{ja: "1月", en: "January"} // a time layout
)

// The fields of the settings page.
var (
	tSetNewLink   = text{ja: "決済サービスに口座が登録されたとき", en: "A new charge link is registered"}
	tSetFirst     = text{ja: "初めてのサービスが引き落としたとき", en: "A service takes money for the first time"}
	tSetAfter     = text{ja: "決済サービスへの登録から%s以内に引き落とされたとき", en: "A debit within %s of a new link"}
	tSetBurst     = text{ja: "%[1]s以内に%[2]d回以上引き落とされたとき", en: "%[2]d debits or more within %[1]s"}
	tSetMin       = text{ja: "決済サービスの引き落とし", en: "Debits by payment services"}
	tSetMinHint   = text{ja: "この金額以上をお知らせします。すべてなら%dです。空欄：この項目ではお知らせしません。", en: "You are told of debits of this amount or more; for all of them write %d. Empty turns it off."}
	tSetNear      = text{ja: "サービスの上限（1回または1か月）の%s以上が引き落とされたとき", en: "A debit takes %s or more of a service's limit, at once or in a month"}
	tSetNight     = text{ja: "深夜（%[1]s～%[2]s）に引き落とされたとき", en: "A debit at night, between %[1]s and %[2]s"}
	tSetUndecided = text{ja: "カードの引き落としと見分けられないときも知らせる", en: "Also when it may have been a card"}
	tSetEachMin   = text{ja: "%sの引き落とし", en: "Debits by %s"}
	tSetMonthly   = text{ja: "%sの1か月の合計", en: "Monthly total of %s"}
	tSetAny       = text{ja: "どの引き落としでも", en: "Any debit at all"}
	tSetAnyHint   = text{ja: "家賃や公共料金も含みます。空欄：この項目ではお知らせしません。", en: "Rent and utilities count too. Empty turns it off."}
	tSetOverdrawn = text{ja: "残高がマイナスになったとき", en: "The account is overdrawn"}
	tSetWords     = text{ja: "通帳の表示にあることば", en: "Words on the passbook"}
	tSetWordsHint = text{ja: "1行に1つ、%d個まで書けます。通帳に印字されることばです。", en: "One a line, up to %d, as the passbook prints them."}
)
