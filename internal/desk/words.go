package desk

import (
	"fmt"

	"kozamori/internal/clerk"
	"kozamori/internal/watch"
)

// text is a sentence in both languages.
type text struct{ ja, en string }

func (t text) in(lang watch.Lang, args ...any) string {
	s := t.ja
	if lang == watch.English {
		s = t.en
	}
	if len(args) == 0 {
		return s
	}
	return fmt.Sprintf(s, args...)
}

var (
	tDesk    = text{"口座守 不正対応デスク", "Kozamori fraud desk"}
	tDeskOf  = text{"%s 不正対応デスク", "Fraud desk of %s"}
	tAs      = text{"%s（%s）", "%s (%s)"}
	tNav     = text{"デスクのページ", "Pages of the desk"}
	tCases   = text{"申し出", "Reports"}
	tSignOut = text{"サインアウト", "Sign out"}

	tDoor         = text{"%sのデスクに入る", "Enter the desk of %s"}
	tDoorText     = text{"銀行のアカウントでサインインしてください。", "Sign in with your account at the bank."}
	tDoorLostText = text{"サインインの期限が切れていたため、押されたことは行っていません。もう一度サインインして、やりなおしてください。", "You were signed in no longer, so that what you pressed was not done. Sign in again, and repeat it."}
	tSignIn       = text{"サインイン", "Sign in"}
	tNoDoorText   = text{"このアドレスにデスクはありません。銀行から知らされたアドレスを開いてください。", "There is no desk at this address. Open the one that your bank has given you."}

	tNotIn          = text{"サインインできませんでした", "You are not signed in"}
	tNotInText      = text{"銀行のログインから戻った内容を確かめられませんでした。デスクのアドレスを開いて、もう一度サインインしてください。くりかえすときは、銀行のシステム担当者に知らせてください。", "What came back from your bank's login cannot be verified. Open the desk's address and sign in again. If it happens again, tell those who run your bank's systems."}
	tNoRoleText     = text{"銀行のアカウントに、このデスクの権限がありません。銀行のシステム担当者に頼んでください。", "Your account at the bank has no role at this desk. Ask those who run your bank's systems for one."}
	tNoProviderText = text{"銀行のログインがいま応答していません。しばらくしてから、もう一度お試しください。", "Your bank's login does not answer now. Try again in a while."}

	tUnknown      = text{"見つかりません", "There is nothing here"}
	tUnknownText  = text{"このアドレスには何もありません。ほかの銀行の申し出は見られません。", "There is nothing at this address. The reports of other banks are not shown."}
	tNotTaken     = text{"受け付けられません", "This is not taken"}
	tNotTakenText = text{"このデスクのページから送られたものではないため、何も行っていません。", "It did not come from a page of this desk, so that nothing was done."}
	tNotYours     = text{"権限がありません", "You may not do this"}
	tNotYoursText = text{"あなたの権限ではできないことなので、何も行っていません。", "Your role does not allow it, and nothing was done."}
	tBroken       = text{"ページを開けません", "The page cannot be shown"}
	tBrokenText   = text{"こちらの不具合です。しばらくしてから、もう一度開いてください。何かを押したあとなら、行われたかどうかを申し出のページで確かめてください。", "Something is wrong on our side. Open it again in a while. If you had pressed something, see on the report's page whether it was done."}
)

var roleNames = map[clerk.Role]text{
	clerk.Look:   {"閲覧", "look"},
	clerk.Work:   {"対応", "work"},
	clerk.Manage: {"管理", "manage"},
}

var statusNames = map[watch.DisputeStatus]text{
	watch.DisputeOpened:    {"未着手", "new"},
	watch.DisputeWithdrawn: {"取り下げ", "taken back"},
	watch.DisputeReceived:  {"受付済み", "received"},
	watch.DisputeFrozen:    {"停止済み", "stopped"},
	watch.DisputeRefunded:  {"返金済み", "refunded"},
	watch.DisputeClosed:    {"終了", "closed"},
	watch.DisputeReopened:  {"再開", "reopened"},
	watch.DisputeUpdated:   {"取引の変化", "the transaction changed"},
}

// pressNames are on the buttons that set a status.
var pressNames = map[watch.DisputeStatus]text{
	watch.DisputeReceived: {"受け付けた", "Received"},
	watch.DisputeFrozen:   {"引き落としを止めた", "Debits stopped"},
	watch.DisputeRefunded: {"返金した", "Refunded"},
	watch.DisputeClosed:   {"対応を終えた", "Close"},
	watch.DisputeReopened: {"再開する", "Reopen"},
}
