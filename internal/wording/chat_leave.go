package wording

import (
	"slices"
	"strings"
	"time"

	"kozamori/internal/button"
	"kozamori/internal/message"
	"kozamori/internal/watch"
)

var (
	tcAskLeave     = text{ja: "この口座の見守りをやめますか", en: "Stop watching this account?"}
	tcAskWhich     = text{ja: "どの口座の見守りをやめますか", en: "Which account shall we stop watching?"}
	tcLeftBefore   = text{ja: "この口座の見守りは、少し前に終わりました。お知らせは届きません。", en: "The watching of this account ended a short while ago. You hear nothing about it."}
	tcLeftBeforeRe = text{ja: "ご自分でやめたのでなければ、下のボタンで元に戻してください。設定も元に戻ります。終わってから%d日のあいだ、戻せます。", en: "If you did not do this yourself, bring it back with the button below. Your settings come back with it. You can do so until %d days after it ended."}
	tcAltLeave     = text{ja: "見守りをやめる手続き", en: "Ending the watch"}
	tcAskLeaveTx   = text{ja: "やめると、お知らせは届かなくなります。やめない場合は、このままで結構です。", en: "You will get no more alerts. To keep watching, do nothing."}
	tcLeaveOthers  = text{ja: "あなたがやめると、見守り家族へのお知らせも終わり、そのことを伝えます。", en: "If you leave, your family members will be told, and get no more alerts."}
	tcLeaveFor     = text{ja: "見守り家族をやめたことは、口座の名義人に伝えます。", en: "If you stop watching for family, the owner of the account is told."}
	tcLeaveBank    = text{ja: "見守りをやめたことは、銀行に記録として伝わります。お名前、LINE、メールアドレスは伝えません。", en: "The bank sees that the watching has ended, but not your name, LINE account or email address."}
	tcLeaveErase   = text{ja: "やめても、これまでのお知らせの記録は%[1]s残ります。「%[2]s」を押すと、記録も%[3]d日後に消します。", en: "Records of past alerts are kept for %[1]s after you leave. If you press \"%[2]s\", they are erased after %[3]d days."}
	tcLeaveButton  = text{ja: "見守りをやめる", en: "Stop watching"}
	tcLeaveAll     = text{ja: "すべての口座をやめる", en: "Stop watching all of them"}
	tcLeaveRow     = text{ja: "やめる：%s", en: "Stop: %s"}
	tcLeaveShow    = text{ja: "%sの見守りをやめる", en: "Stop watching %s"}
	tcAccountNo    = text{ja: "口座%d", en: "Account %d"}
	tcNumbered     = text{ja: "%[1]d. %[2]s", en: "%[1]d. %[2]s"}
	tcSince        = text{ja: "%sから見守り", en: "watched since %s"}
	tcSinceFor     = text{ja: "%sから、見守り家族として", en: "watched for family since %s"}
	tcLeft         = text{ja: "口座の見守りをやめました", en: "We have stopped watching"}
	tcLeftText     = text{ja: "お知らせは、もう届きません。", en: "You will get no more alerts."}
	tcLeftKept     = text{ja: "これまでのお知らせの記録は、%[1]sで消えます。「身に覚えがない」と銀行に伝えた記録と、見守り方の変更の記録は、証拠として%[2]s残ります。", en: "Records of past alerts are deleted after %[1]s. What was reported to the bank, and who changed how the account is watched, is kept as evidence for %[2]s."}
	tcLeftSelf     = text{ja: "あなたのLINEの情報、メールアドレス、設定は、あなたが見守りを元に戻せるように%s残り、そのあと消えます。", en: "So that you can set this back, your LINE id, email address and settings are kept for %s and deleted then."}
	tcLeftNotMe    = text{ja: "ご自分でやめたのでなければ、%[1]d日以内に「%[2]s」を押してください。見守りも設定も元に戻ります。", en: "If you did not do this, press \"%[2]s\" within %[1]d days: the watching and your settings come back."}
	tcLeftNotAny   = text{ja: "ご自分でやめたのでなければ、%d日以内に、下のボタンで口座ごとに元に戻してください。設定も元に戻ります。", en: "If you did not do this, use the buttons below within %d days, one for each account: the watching and your settings come back."}
	tcLeftSeek     = text{ja: "ご自分でやめたのでなければ、%[1]d日以内に、LINEのトークかメールに届く「%[2]s」を押してください。", en: "If you did not do this, press \"%[2]s\" within %[1]d days: it is in the message that we send you on LINE or by email."}
	tcLeftRow      = text{ja: "%[1]s：%[2]s", en: "%[1]s: %[2]s"}
	tcLeftBack     = text{ja: "あなたのLINEの情報、メールアドレス、設定は、口座の名義人が見守りを元に戻せるように%s残り、そのあと消えます。", en: "So that an owner of the account can set this back, your LINE id, email address and settings are kept for %s and deleted then."}
	tcLeftAgain    = text{ja: "もう一度始めるときは、銀行で新しい登録コードを受け取ってください。", en: "To begin again, get a new code from your bank."}
	tcLeftInvite   = text{ja: "見守り家族としてもう一度見守るには、口座の名義人からの新しい招待が必要です。", en: "To watch for family again, you need another invitation by the owner."}

	tcErase       = text{ja: "記録も消す", en: "Erase the records too"}
	tcAskErase    = text{ja: "見守りをやめて、記録も消しますか", en: "Stop watching, and erase the records?"}
	tcAltErase    = text{ja: "記録を消す手続き", en: "Erasing records"}
	tcAskEraseTx  = text{ja: "見守りは、すぐに終わります。設定とお知らせの記録は、%d日後にすべて消します。それまでは元に戻せます。", en: "Watching stops at once. Settings and records are all erased after %d days; until then it can all be set back."}
	tcEraseNot    = text{ja: "消さない場合は、このままで結構です。", en: "To keep them, do nothing."}
	tcEraseButton = text{ja: "やめて、記録も消す", en: "Stop and erase"}
	tcEraseAll    = text{ja: "すべてやめて、記録も消す", en: "Stop and erase all of them"}
	tcEraseShow   = text{ja: "%sの見守りをやめて、記録も消す", en: "Stop watching %s and erase its records"}
	tcEraseOn     = text{ja: "設定とお知らせの記録は、%sにすべて消します。そのあとは、元に戻せません。", en: "Settings and records are all erased on %s. After that, nothing can be set back."}
	tcErasedRest  = text{ja: "見守り家族として見ていた口座と、ほかの名義人もいる口座は、見守りだけをやめました。", en: "Accounts that you watched for family, or that have another owner too, are only watched no more."}
	tcEraseRow    = text{ja: "消す：%s", en: "Erase: %s"}
	tcEraseOthers = text{ja: "「%s」を押すと、ほかの口座の見守りもやめます。", en: "\"%s\" stops watching the other accounts too."}
	tcEraseCannot = text{ja: "記録を消せる口座がありません", en: "There is no account that you can have erased"}
	tcEraseCannTx = text{ja: "記録を消せるのは、ほかに名義人がいない、ご自身の口座だけです。そのほかは、銀行にご相談ください。", en: "You can have your own account erased, if it has no other owner. About others, please ask the bank."}
)

// ChatLeaveFacts is what leaving in the chat is worded from.
type ChatLeaveFacts struct {
	Lang     watch.Lang
	Accounts []ChatAccount
	Now      time.Time
	// KeepDays is how long a dispute is kept as evidence, RecordDays how long
	// records that were not erased, CopyDays how long what is gone lives on in
	// copies against failures.
	KeepDays, RecordDays, CopyDays int
}

// row is the account at a place of the list, by a number unless that is 0. Of
// several with the same name the person knows each by when they connected it.
func (f *ChatLeaveFacts) row(i, n int) message.Fact {
	lang, a := langOf(f.Lang), &f.Accounts[i]
	value := a.name()
	if !a.Since.IsZero() {
		since := Date(lang, a.Since)
		for j := range f.Accounts {
			if b := &f.Accounts[j]; j != i && b.name() == a.name() && Date(lang, b.Since) == Date(lang, a.Since) {
				since = Time(lang, a.Since, f.Now)
			}
		}
		value += "\n" + pick(a.Guardian, tcSinceFor, tcSince).in(lang, since)
	}
	if n == 0 {
		return message.Fact{Label: tFactAccount.in(lang), Value: value}
	}
	return message.Fact{Label: tcAccountNo.in(lang, n), Value: value}
}

func anyAccount(ChatAccount) bool { return true }

// rows lists the accounts that which says; numbered by their place, if they
// are several.
func (f *ChatLeaveFacts) rows(numbered bool, which func(ChatAccount) bool) []message.Fact {
	var out []message.Fact
	for i, a := range f.Accounts {
		n := 0
		if numbered && len(f.Accounts) > 1 {
			n = i + 1
		}
		if r := f.row(i, n); which(a) && r.Value != "" {
			out = append(out, r)
		}
	}
	return out
}

// eachAccount adds a button for every account, and one for all of them. Each
// carries when it was shown: an old one asks again.
func (f *ChatLeaveFacts) eachAccount(m *message.Message, verb button.Verb, accounts []ChatAccount, one, row, show, all text) {
	lang := langOf(f.Lang)
	add := func(label, shown, watcher string) {
		m.Buttons = append(m.Buttons, message.Button{Label: label, Style: message.Danger, Display: shown, Postback: button.Press{Verb: verb, Watcher: watcher, Asked: f.Now}.Data()})
	}
	if len(f.Accounts) == 1 {
		if len(accounts) == 1 {
			add(one.in(lang), show.in(lang, orElse(accounts[0].name(), tFactAccount.in(lang))), accounts[0].Watcher)
		}
		return
	}
	shown := 0
	for i, a := range f.Accounts {
		for _, b := range accounts {
			if a.Watcher != b.Watcher || shown == maxButtons {
				continue
			}
			shown++
			name := tcNumbered.in(lang, i+1, orElse(a.name(), tFactAccount.in(lang)))
			label := row.in(lang, tcNumbered.in(lang, i+1, ""))
			add(strings.TrimSpace(label)+" "+orElse(accountOn(a.name(), label), tFactAccount.in(lang)), show.in(lang, name), a.Watcher)
		}
	}
	add(all.in(lang), all.in(lang), button.All)
}

// guardians tells whether others stop watching when the person leaves.
func (f *ChatLeaveFacts) guardians() bool {
	for _, a := range f.Accounts {
		if a.Guardians {
			return true
		}
	}
	return false
}

// watchesForOthers tells whether the person is a guardian anywhere.
func (f *ChatLeaveFacts) watchesForOthers() bool {
	return slices.ContainsFunc(f.Accounts, func(a ChatAccount) bool { return a.Guardian })
}

// ownerStays tells whether an account has an owner who can take the leaving back.
func (f *ChatLeaveFacts) ownerStays() bool {
	return slices.ContainsFunc(f.Accounts, func(a ChatAccount) bool { return !a.Erasable })
}

// leftBack says what is kept of a person who leaves while an owner stays.
func leftBack(lang watch.Lang) string { return tcLeftBack.in(lang, span(lang, watch.RestoreDays)) }

// eraseOn says when what was asked at a time to be erased is.
func eraseOn(lang watch.Lang, asked time.Time) string {
	return tcEraseOn.in(lang, Date(lang, asked.Add(watch.RestoreFor)))
}

// again says how each kind of account is watched once more.
func (f *ChatLeaveFacts) again(m *message.Message) {
	lang := langOf(f.Lang)
	if slices.ContainsFunc(f.Accounts, func(a ChatAccount) bool { return !a.Guardian }) {
		m.Text = append(m.Text, tcLeftAgain.in(lang))
	}
	if f.watchesForOthers() {
		m.Text = append(m.Text, tcLeftInvite.in(lang))
	}
}

// AskLeave asks which account to stop watching: one press does it.
func AskLeave(f ChatLeaveFacts) message.Message {
	lang := langOf(f.Lang)
	m := chat(lang, tcAltLeave.in(lang), pick(len(f.Accounts) == 1, tcAskLeave, tcAskWhich).in(lang), tcAskLeaveTx.in(lang))
	m.Facts = f.rows(true, anyAccount)
	f.eachAccount(&m, button.Leave, f.Accounts, tcLeaveButton, tcLeaveRow, tcLeaveShow, tcLeaveAll)
	erasable := false
	for _, a := range f.Accounts {
		erasable = erasable || a.Erasable
	}
	if f.guardians() {
		m.Text = append(m.Text, tcLeaveOthers.in(lang))
	}
	if f.watchesForOthers() {
		m.Text = append(m.Text, tcLeaveFor.in(lang))
	}
	if f.ownerStays() {
		m.Text = append(m.Text, leftBack(lang))
	}
	m.Text = append(m.Text, tcLeaveBank.in(lang))
	if erasable {
		m.Text = append(m.Text, tcLeaveErase.in(lang, span(lang, f.RecordDays), tcErase.in(lang), watch.RestoreDays))
		m.Buttons = append(m.Buttons, message.Button{Label: tcErase.in(lang), Style: message.Secondary, Display: tcErase.in(lang), Postback: button.Press{Verb: button.Erase}.Data()})
	}
	return m
}

// AskErase says what erasing means and what is kept, and asks once more.
func AskErase(f ChatLeaveFacts) message.Message {
	lang := langOf(f.Lang)
	var own []ChatAccount
	for _, a := range f.Accounts {
		if a.Erasable {
			own = append(own, a)
		}
	}
	if len(own) == 0 {
		m := chat(lang, tcAltErase.in(lang), tcEraseCannot.in(lang), tcEraseCannTx.in(lang))
		m.Choices = choices(lang, CmdLeave, CmdGuide)
		return m
	}
	m := chat(lang, tcAltErase.in(lang), tcAskErase.in(lang), append([]string{tcAskEraseTx.in(lang, watch.RestoreDays)}, whatStays(lang, f.KeepDays, f.CopyDays)...)...)
	m.Facts = f.rows(true, func(a ChatAccount) bool { return a.Erasable })
	if f.guardians() {
		m.Text = append(m.Text, tcLeaveOthers.in(lang))
	}
	if len(own) < len(f.Accounts) {
		m.Text = append(m.Text, tcEraseOthers.in(lang, tcEraseAll.in(lang)))
	}
	if f.watchesForOthers() {
		m.Text = append(m.Text, tcLeaveFor.in(lang))
	}
	m.Text = append(m.Text, tcLeaveBank.in(lang), tcEraseNot.in(lang))
	f.eachAccount(&m, button.Erase, own, tcEraseButton, tcEraseRow, tcEraseShow, tcEraseAll)
	return m
}

// Left confirms that accounts are no longer watched, and says what is kept.
func Left(f ChatLeaveFacts) message.Message {
	lang := langOf(f.Lang)
	m := chat(lang, tcLeft.in(lang), tcLeft.in(lang), tcLeftText.in(lang))
	m.Facts = f.rows(false, anyAccount)
	if slices.ContainsFunc(f.Accounts, func(a ChatAccount) bool { return !a.Guardian }) {
		m.Text = append(m.Text, tcLeftKept.in(lang, span(lang, f.RecordDays), span(lang, f.KeepDays)), tEraseCopies.in(lang, f.CopyDays))
		if !f.ownerStays() {
			m.Text = append(m.Text, tcLeftSelf.in(lang, span(lang, watch.RestoreDays)))
		}
	}
	f.notMe(&m)
	if f.ownerStays() {
		m.Text = append(m.Text, leftBack(lang))
	}
	f.again(&m)
	return m
}

// LeftBefore tells an owner who watches no account any more which they left within
// the last days, and offers to bring them back.
func LeftBefore(f ChatLeaveFacts) message.Message {
	lang := langOf(f.Lang)
	m := chat(lang, tcNone.in(lang), tcNone.in(lang))
	m.Facts = f.rows(false, anyAccount)
	f.notMe(&m)
	m.Text = []string{tcLeftBefore.in(lang), tcLeftBeforeRe.in(lang, watch.RestoreDays), tcNoneText.in(lang)}
	m.Choices = choices(lang, CmdConnect, CmdTrouble)
	return m
}

// notMe adds the buttons by which an owner who left is brought back, and says so.
func (f *ChatLeaveFacts) notMe(m *message.Message) {
	lang := langOf(f.Lang)
	own := slices.DeleteFunc(slices.Clone(f.Accounts), func(a ChatAccount) bool { return a.Step == "" })
	say := tcLeftNotMe.in(lang, watch.RestoreDays, tLessNotMe.in(lang))
	if len(own) > 1 {
		say = tcLeftNotAny.in(lang, watch.RestoreDays)
	}
	for _, a := range own {
		label := tLessNotMe.in(lang)
		if len(own) > 1 {
			label = tcLeftRow.in(lang, label, orElse(a.name(), tFactAccount.in(lang)))
		}
		m.Buttons = append(m.Buttons, message.Button{Label: label, Display: label, Style: message.Secondary,
			Postback: button.Press{Verb: button.Restore, Step: a.Step, Watcher: a.Watcher}.Data()})
	}
	if len(own) > 0 {
		m.Text = append([]string{say}, m.Text...)
	}
}

// Erased confirms that accounts are no longer watched, and says when the records of
// those which can be erased go, until when that can be taken back, and what is kept.
func Erased(f ChatLeaveFacts) message.Message {
	lang := langOf(f.Lang)
	m := chat(lang, tEraseDone.in(lang), tEraseDone.in(lang), append([]string{tcLeftText.in(lang), eraseOn(lang, f.Now)}, whatStays(lang, f.KeepDays, f.CopyDays)...)...)
	m.Facts = f.rows(false, anyAccount)
	f.notMe(&m)
	for _, a := range f.Accounts {
		if !a.Erasable {
			m.Text = append(m.Text, tcErasedRest.in(lang))
			break
		}
	}
	f.again(&m)
	return m
}
