package wording

import (
	"slices"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/quote"
	"kozamori/internal/watch"
)

// AccountView is an account as one of its watchers reads of it.
type AccountView struct {
	Lang     watch.Lang
	BankName string
	Mask     quote.Text
	Watcher  watch.Watcher
	Path     string // of the account's pages, without a slash at its end
	// CallAfter is how long an urgent alert may stay unanswered before the family
	// is called, and half of it before the next channel is used; 0 is never.
	CallAfter time.Duration
	// Twins are since when the reader watches others that have the same name.
	Twins []time.Time
	// Untold names the services whose debits would not be told to an owner,
	// and Nothing tells that no service's would; Never that this is so whatever
	// they take.
	Untold         []string
	Nothing, Never bool
	Now            time.Time
	Feed           FeedFacts // of the bank
	Stops          bool      // its bank can be asked to stop something
}

var (
	tUntoldAll  = text{ja: "%[2]s、決済サービスの引き落としがあっても、お知らせしません。「お知らせの設定」で、「決済サービスの引き落とし」に%[1]dと書いて保存してください。", en: "With %[2]s you are not told when a payment service takes money. Under \"What you are told\", write %[1]d at \"Debits by payment services\" and save."}
	tUntoldMost = text{ja: "%[3]s、決済サービスが%[1]sを引き落としても、お知らせしません。「お知らせの設定」で、「決済サービスの引き落とし」に%[2]dと書いて保存してください。", en: "With %[3]s you are not told when a payment service takes %[1]s. Under \"What you are told\", write %[2]d at \"Debits by payment services\" and save."}
	tUntoldSome = text{ja: "%[3]s、次のサービスが%[1]sを引き落としても、お知らせしません：%[2]s。「お知らせの設定」で金額を見直してください。", en: "With %[3]s you are not told when these take %[1]s: %[2]s. Please look at the amounts under \"What you are told\"."}
	tUntoldNow  = text{ja: "いまの設定では", en: "the present settings"}
	tUntoldThen = text{ja: "この設定を保存すると", en: "these settings"}
	tAndMore    = text{ja: "%[1]sなど、ほか%[2]d", en: "%[1]s and %[2]d more"}
)

// leastYen is the amount from which on every debit is told.
const leastYen = 1

// maxUntold is how many services are named that stay untold.
const maxUntold = 5

// Expose finds what the settings keep from an owner, among some services.
func (a *AccountView) Expose(services []Choice) {
	if a.Watcher.Role != watch.Owner {
		return
	}
	var ids []string
	names := map[string]string{}
	for _, c := range services {
		ids, names[c.ID] = append(ids, c.ID), c.Name
	}
	untold := a.Watcher.Rules.Untold(ids, a.Now)
	a.Nothing = len(untold) == len(ids) && len(ids) > 0
	a.Never = a.Nothing && len(a.Watcher.Rules.UntoldOf(watch.MaxYen, ids, a.Now)) == len(ids)
	for _, id := range untold {
		a.Untold = append(a.Untold, names[id])
	}
}

// Safe tells whether the settings keep nothing from an owner.
func (a *AccountView) Safe() bool { return !a.Nothing && len(a.Untold) == 0 }

// alarm says that the settings leave the owner without protection; empty if
// they do not.
func (a *AccountView) alarm() string { return a.alarmOf(tUntoldNow) }

// alarmOf says so of the settings that are called so.
func (a *AccountView) alarmOf(these text) string {
	lang := langOf(a.Lang)
	switch {
	case a.Never:
		return tUntoldAll.in(lang, leastYen, these.in(lang))
	case a.Nothing:
		return tUntoldMost.in(lang, Yen(lang, watch.LargeDebit), leastYen, these.in(lang))
	case len(a.Untold) == 0:
		return ""
	}
	names := listed(lang, a.Untold[:min(len(a.Untold), maxUntold)])
	if more := len(a.Untold) - maxUntold; more > 0 {
		names = tAndMore.in(lang, names, more)
	}
	return tUntoldSome.in(lang, Yen(lang, watch.LargeDebit), names, these.in(lang))
}

// unanswered says what happens to an urgent alert that is not answered in time,
// or, if nothing does, the other text.
func (a *AccountView) unanswered(say, never text) string {
	lang := langOf(a.Lang)
	if a.CallAfter == 0 {
		return never.in(lang)
	}
	return say.in(lang, minutes(a.CallAfter))
}

// half is the view with half of the time, after which the next channel is used.
func (a *AccountView) half() *AccountView {
	h := *a
	h.CallAfter /= 2
	return &h
}

// silence says why the reader hears less than they may expect: a pause, or no
// channel that reaches them.
func (a *AccountView) silence() []string {
	lang := langOf(a.Lang)
	var out []string
	if until := a.Watcher.Rules.PausedUntil; a.Now.Before(until) {
		out = append(out, tHomePaused.in(lang, Time(lang, until, a.Now)))
	}
	if len(a.Watcher.Reachable()) == 0 {
		out = append(out, pick(watch.ByMail(a.Watcher.LineUser), tHomeBounced, tHomeUnheard).in(lang))
	}
	return out
}

// Title names the account: 七十七銀行 普通 ***4567. Of several with the same
// name the person knows each by when they connected it, as in the chat.
func (a *AccountView) Title() string {
	lang := langOf(a.Lang)
	name := Account(orElse(a.BankName, tTheBank.in(lang)), a.Mask)
	if len(a.Twins) == 0 {
		return name
	}
	since := Date(lang, a.Watcher.Since)
	if slices.ContainsFunc(a.Twins, func(t time.Time) bool { return Date(lang, t) == since }) {
		since = Time(lang, a.Watcher.Since, a.Now)
	}
	return tTwin.in(lang, name, pick(a.Watcher.Role == watch.Guardian, tcSinceFor, tcSince).in(lang, since))
}

var tTwin = text{ja: "%[1]s（%[2]s）", en: "%[1]s (%[2]s)"}

var (
	tDoorName   = text{ja: "口座守：設定を開く", en: "Kozamori: open settings"}
	tDoorTitle  = text{ja: "設定を開きますか", en: "Open your settings?"}
	tDoorText   = text{ja: "ボタンを押すと、%s間、設定の確認と変更ができます。このリンクは1回だけ使えます。", en: "Press the button to see and change your settings for %s. The link works once."}
	tDoorButton = text{ja: "設定を開く", en: "Open settings"}

	tDoorGone     = text{ja: "このリンクは使えません", en: "This link no longer works"}
	tDoorGoneText = text{ja: "リンクは1回だけ、%s以内に使えます。LINEで「設定」と送ると、新しいリンクをお送りします。", en: "A link works once, within %s. Send \"settings\" in LINE to get a new one."}

	tOver       = text{ja: "この画面の時間が終わりました", en: "This page has closed"}
	tOverText   = text{ja: "安全のため閉じました（開いてから%sが過ぎたとき、ログアウトや見守りの終了のとき）。", en: "It was opened %s ago, or you logged out or left."}
	tOverAgain  = text{ja: "もう一度開くときは、LINEで「設定」と送ってください。", en: "To open it again, send \"settings\" in LINE."}
	tNoRoom     = text{ja: "このページは見つかりません", en: "We cannot find this page"}
	tNoRoomText = text{ja: "見守りをやめた口座のページか、アドレスが違います。LINEで「設定」と送ると、開き直せます。", en: "It is of an account that you no longer watch, or the address is wrong. Send \"settings\" in LINE to start again."}
	tNoRoomMail = text{ja: "見守りをやめた口座のページか、アドレスが違います。", en: "It is of an account that you no longer watch, or the address is wrong."}
	tNotRoom    = text{ja: "何も変わっていません。前の画面に戻って、もう一度お試しください。", en: "Nothing has changed. Please go back and try again."}

	tHomeName    = text{ja: "口座守：設定", en: "Kozamori: settings"}
	tHomeTitle   = text{ja: "見守っている口座", en: "Accounts you watch"}
	tHomeNone    = text{ja: "登録されている口座はありません。LINEで「口座をつなぐ」と送ると、登録のしかたをご案内します。", en: "No account is connected. Send \"connect\" in LINE to see how."}
	tHomeUntil   = text{ja: "この画面は%sまで使えます。", en: "You can use these pages until %s."}
	tHomeOwner   = text{ja: "ご自身の口座", en: "Your own account"}
	tHomeGuard   = text{ja: "見守り家族として見守っています", en: "You watch it as a family member"}
	tHomePaused  = text{ja: "一時停止中です。%sまで、緊急のお知らせだけをお届けします。「お知らせの設定」から、すぐに再開できます。", en: "Paused: until %s only urgent alerts come. It can be ended at once under \"What you are told\"."}
	tHomeUnheard = text{ja: "いま、お知らせの届け先がありません。「お知らせの設定」でメールアドレスを登録するか、LINEのブロックを解除してください。", en: "Nothing reaches you at present. Give an email address under \"What you are told\", or unblock us in LINE."}
	tHomeAll     = text{ja: "すべての口座の見守りをまとめてやめるときや、記録をまとめて消すときは、LINEで「%s」と送ってください。", en: "To stop watching all accounts, or have all their records erased, send \"%s\" in LINE."}
	tHomeMore    = text{ja: "そのほか", en: "More"}
	tHomeEnd     = text{ja: "見終わったら", en: "When you are done"}
	tLeaveButton = text{ja: "この画面を閉じる（ログアウト）", en: "Log out"}
	tLeft        = text{ja: "ログアウトしました", en: "You are logged out"}
	tLeftText    = text{ja: "このページを閉じてください。もう一度開くときは、LINEで「設定」と送ってください。", en: "Please close this page. To open it again, send \"settings\" in LINE."}

	tLeftMail    = text{ja: "このページを閉じてください。もう一度開くときは、お知らせのメールから新しいリンクを受け取ってください。", en: "Please close this page. To open it again, get a new link from an email of ours."}
	tHomeNoMail  = text{ja: "登録されている口座はありません。もう一度始めるには、銀行にお申し出ください。", en: "No account is connected. To begin again, please ask the bank."}
	tHomeBounced = text{ja: "いま、お知らせの届け先がありません。「お知らせの設定」でメールアドレスを登録してください。", en: "Nothing reaches you at present. Give an email address under \"What you are told\"."}

	tGoSettings     = text{ja: "お知らせの設定", en: "What you are told"}
	tGoSettingsHint = text{ja: "金額、決済サービス、時間帯、届け先", en: "Amounts, services, quiet hours, channels"}
	tGoHistory      = text{ja: "これまでのお知らせ", en: "Past alerts"}
	tGoHistoryHint  = text{ja: "月ごとの一覧、銀行や警察に渡す記録", en: "By month, and a record for the bank or police"}
	tGoServices     = text{ja: "つながっているサービス", en: "Connected services"}
	tGoServicesHint = text{ja: "この口座を使った決済サービス", en: "Payment services that used this account"}
	tGoFamily       = text{ja: "見守り家族", en: "Family"}
	tGoFamilyHint   = text{ja: "ご家族の招待と終了", en: "Invite somebody, or end it"}
	tGoFamilyGuard  = text{ja: "だれが、何を見られるか", en: "Who watches, and who sees what"}
	tGoLeave        = text{ja: "見守りをやめる", en: "Stop watching"}
	tGoErase        = text{ja: "見守りをやめる・記録を消す", en: "Leave, or have records erased"}
	tGoHelp         = text{ja: "困ったとき", en: "I need help"}
	tGoHelpHint     = text{ja: "連絡先と、今すること", en: "Who to call, and what to do now"}
	tGoHome         = text{ja: "はじめの画面へ", en: "Back to the start"}
)

// DoEnter and DoLogout are what the forms of the door and of the home page
// ask for.
const (
	DoEnter  = "enter"
	DoLogout = "logout"
)

func plainPage(lang watch.Lang, name, title text, say ...string) message.Page {
	m := message.Message{Lang: string(lang), Tone: message.Calm, Badge: tInfo.in(lang), Title: title.in(lang), Text: say}
	return message.Page{Lang: string(lang), Name: name.in(lang), Parts: []message.Part{{Message: m}}}
}

// DoorPage asks whether to open the settings: opening the link alone
// uses nothing up.
func DoorPage(lang watch.Lang) message.Page {
	lang = langOf(lang)
	p := plainPage(lang, tDoorName, tDoorTitle, tDoorText.in(lang, minutes(watch.VisitFor)))
	p.Parts[0].Forms = []message.Form{{Do: DoEnter, Label: tDoorButton.in(lang), Style: message.Primary}}
	return p
}

// DoorGonePage says that a link to the settings, or the session that it
// opened, is over, was used or never was.
func DoorGonePage(lang watch.Lang, noChat bool) message.Page {
	lang = langOf(lang)
	if noChat {
		return plainPage(lang, tDoorName, tDoorGone, tMailOverText.in(lang))
	}
	return plainPage(lang, tDoorName, tDoorGone, tDoorGoneText.in(lang, minutes(watch.DoorFor)))
}

// SessionOverPage says that a session has ended.
func SessionOverPage(lang watch.Lang, noChat bool) message.Page {
	lang = langOf(lang)
	return plainPage(lang, tHomeName, tOver, tOverText.in(lang, minutes(watch.VisitFor)), pick(noChat, tMailOverText, tOverAgain).in(lang))
}

// UnknownRoomPage answers a visitor who opens a page behind the chat's link that is
// not there or not theirs.
func UnknownRoomPage(lang watch.Lang, noChat bool) message.Page {
	lang = langOf(lang)
	return plainPage(lang, tHomeName, tNoRoom, pick(noChat, tNoRoomMail, tNoRoomText).in(lang))
}

// NotTakenRoomPage answers a request that no form of such a page makes.
func NotTakenRoomPage(lang watch.Lang) message.Page {
	lang = langOf(lang)
	return plainPage(lang, tHomeName, tNotTaken, tNotRoom.in(lang))
}

// LoggedOutPage confirms that a session has ended.
func LoggedOutPage(lang watch.Lang, noChat bool) message.Page {
	lang = langOf(lang)
	return plainPage(lang, tHomeName, tLeft, pick(noChat, tLeftMail, tLeftText).in(lang))
}

// HomePage lists a person's accounts and what can be done with each. home is
// its own path.
func HomePage(lang watch.Lang, accounts []AccountView, home string, until time.Time, noChat bool) message.Page {
	lang = langOf(lang)
	p := plainPage(lang, tHomeName, tHomeTitle, tHomeUntil.in(lang, until.In(watch.JST).Format("15:04")))
	p.Parts[0].Links = []message.PageLink{{Href: home + "/help", Label: tGoHelp.in(lang), Hint: tGoHelpHint.in(lang)}}
	if len(accounts) == 0 {
		p.Parts[0].Text = append([]string{pick(noChat, tHomeNoMail, tHomeNone).in(lang)}, p.Parts[0].Text...)
	}
	for _, a := range accounts {
		family, leave := tGoFamilyHint, tGoErase
		if a.Watcher.Role == watch.Guardian {
			family, leave = tGoFamilyGuard, tGoLeave
		}
		part := message.Part{Message: message.Message{Lang: p.Lang, Title: a.Title(), Text: []string{pick(a.Watcher.Role == watch.Guardian, tHomeGuard, tHomeOwner).in(lang)}},
			Links: []message.PageLink{
				{Href: a.Path + "/settings", Label: tGoSettings.in(lang), Hint: tGoSettingsHint.in(lang)},
				{Href: a.Path + "/history", Label: tGoHistory.in(lang), Hint: tGoHistoryHint.in(lang)},
				{Href: a.Path + "/services", Label: tGoServices.in(lang), Hint: tGoServicesHint.in(lang)},
				{Href: a.Path + "/trail", Label: tTrailTitle.in(lang), Hint: tTrailHint.in(lang)},
				{Href: a.Path + StatementPath, Label: tsTitle.in(lang), Hint: tGoStatement.in(lang)},
				{Href: a.Path + "/family", Label: tGoFamily.in(lang), Hint: family.in(lang)},
				{Href: a.Path + "/leave", Label: leave.in(lang), Hint: ""},
			}}
		if a.Stops {
			part.Links = slices.Insert(part.Links, 3, message.PageLink{Href: a.Path + ControlsPath, Label: tCtlTitle.in(lang), Hint: tCtlHint.in(lang)})
		}
		part.Text, part.Alarm = append(part.Text, a.silence()...), a.alarm()
		switch quiet := a.Feed.alarm(lang); {
		case quiet != "" && part.Alarm == "":
			part.Alarm = quiet
		case a.Feed.say(lang) != "":
			part.Text = append(part.Text, a.Feed.say(lang))
		}
		p.Parts = append(p.Parts, part)
	}
	end := message.Part{Message: message.Message{Lang: p.Lang, Title: tHomeEnd.in(lang)},
		Forms: []message.Form{{Do: DoLogout, Label: tLeaveButton.in(lang), Style: message.Secondary}}}
	if len(accounts) > 1 && !noChat {
		end.Text = []string{tHomeAll.in(lang, Word(lang, CmdLeave))}
	}
	p.Parts = append(p.Parts, end)
	return p
}

// WithWayHome ends a page that was opened from the rooms with the way back.
func WithWayHome(p message.Page, home string) message.Page {
	p.Parts = append(p.Parts, backTo(langOf(watch.Lang(p.Lang)), home))
	return p
}

// backTo is the part at the end of a page that leads home.
func backTo(lang watch.Lang, home string) message.Part {
	return message.Part{Message: message.Message{Lang: string(lang), Title: tHomeMore.in(lang)}, Links: []message.PageLink{{Href: home, Label: tGoHome.in(lang), Hint: ""}}}
}
