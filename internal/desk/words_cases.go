package desk

import "kozamori/internal/watch"

var (
	tByOldest  = text{"古い順", "Oldest first"}
	tByNewest  = text{"新しい順", "Newest first"}
	tByAmount  = text{"金額の大きい順", "By amount"}
	tByService = text{"サービス順", "By service"}

	tCutSorted   = text{"多いため、古いほうの%d件だけを並べています。", "There are many: only the oldest %d are sorted."}
	tMore        = text{"続きを見る", "Next page"}
	tNoNumber    = text{"受付番号の形になっていません。KZ から終わりまでを聞き直してください。", "This is no whole number of a report. Ask for all of it, from KZ on."}
	tNotFound    = text{"その受付番号の申し出は、この銀行にはありません。番号を聞き直してください。", "This bank has no report of that number. Ask for the number again."}
	tNotYetFound = text{"新しいほうの約%d件にはありませんでした。", "It is not among about %d of the latest."}
	tSearchOn    = text{"さらに古いものを探す", "Search older ones"}

	tNumber     = text{"受付番号（電話で聞いたもの）", "Number, as said on the phone"}
	tNumberHead = text{"受付番号", "Number"}
	tShow       = text{"表示", "Show"}
	tShowOpen   = text{"対応中のもの", "open ones"}
	tShowAll    = text{"すべて", "all"}
	tService    = text{"サービス", "Service"}
	tFind       = text{"探す", "Find"}
	tNoCases    = text{"ここに表示する申し出はありません。", "There are no reports to show here."}
	tOpenCases  = text{"対応中の申し出", "Open reports"}
	tAllCases   = text{"すべての申し出", "All reports"}
	tStatus     = text{"状態", "Status"}
	tAge        = text{"経過", "Age"}
	tAmount     = text{"金額", "Amount"}
	tAccount    = text{"口座（account_ref）", "Account (account_ref)"}
	tAnswered   = text{"申し出の時刻", "Reported at"}
	tLinks      = text{"口座登録%d件", "%d charge links"}
	tComma      = text{"、", ", "}
	tMinutes    = text{"%d分", "%d min"}
	tHours      = text{"%d時間", "%d h"}
	tDays       = text{"%d日", "%d d"}

	tCase         = text{"申し出 %s", "Report %s"}
	tMask         = text{"口座の表示", "Account as shown"}
	tBy           = text{"申し出た人", "Reported by"}
	tAlerted      = text{"最初のお知らせ", "First alert"}
	tAccepted     = text{"お知らせの送信", "Alert sent"}
	tFollows      = text{"先の申し出", "Follows"}
	tTransactions = text{"取引", "Transactions"}
	tTxnID        = text{"取引番号", "Transaction"}
	tKind         = text{"種類", "Kind"}
	tDescriptor   = text{"摘要", "Descriptor"}
	tOccurred     = text{"取引の時刻", "Occurred"}
	tReturned     = text{"戻った金額", "Returned"}
	tTimeline     = text{"経過", "Timeline"}
	tReach        = text{"だれに届いたか", "Who was told"}
	tReachHint    = text{"人の名前や連絡先は表示しません。", "Names and addresses of people are not shown."}
	tReachGone    = text{"この取引の記録は、もう保存されていません。", "The record of this transaction is kept no longer."}
	tWho          = text{"だれ", "Who"}
	tWhat         = text{"内容", "What"}
	tChannel      = text{"手段", "Channel"}
	tBecame       = text{"結果", "Outcome"}
	tWhen         = text{"時刻", "When"}
	tOwner        = text{"名義人", "owner"}
	tGuardian     = text{"家族%d", "family %d"}
	tAGuardian    = text{"家族", "a family member"}
	tCutRows      = text{"多いため、%d件だけを表示しています。", "There are many: only %d are shown."}
	tFormerly     = text{"以前の見守り手", "a former watcher"}
	tOthers       = text{"この口座のほかの申し出", "Other reports of this account"}
	tNoOthers     = text{"ほかの申し出はありません。", "There are no others."}

	tNotes     = text{"メモ（お客さまには見えません）", "Notes (no customer sees them)"}
	tNoNotes   = text{"メモはありません。", "There are no notes."}
	tNote      = text{"メモ（%d文字まで）", "Note (up to %d characters)"}
	tAddNote   = text{"メモを残す", "Add the note"}
	tNoteFull  = text{"メモは%d件までです。これ以上は残せません。", "A report holds %d notes, and this one is full."}
	tNoteWrong = text{"メモは空にせず、%d文字以内で、見えない文字を含まずに書いてください。", "Write a note of at most %d characters, and none that cannot be seen."}

	tActs       = text{"対応を伝える", "Say what was done"}
	tActsHint   = text{"押すと、すぐにお客さまに伝わります。下の枠は、お客さまが読む文です。英語で読むお客さまには英語で届き、自由文は書いたまま届きます。", "A press tells the customer at once. The frames below hold what the customer reads: in English or Japanese as they chose, and what you write yourself as you write it."}
	tOwnWords   = text{"お客さまへのことば（任意、%d文字まで）", "Words to the customer (optional, up to %d characters)"}
	tCheck      = text{"お客さまが読む文を確かめる", "See what the customer reads"}
	tReadyText  = text{"定型文", "Ready text"}
	tNoReady    = text{"なし", "none"}
	tNothingCan = text{"この申し出について伝えられることは、もうありません。", "Nothing can follow in this report any more."}

	tDone      = text{"伝えました。", "It was said."}
	tNoted     = text{"メモを残しました。", "The note was kept."}
	tChanged   = text{"開いたあとに、この申し出が変わりました。今の内容を確かめて、もう一度押してください。まだ何も行っていません。", "The report has changed since you opened it. See how it is now, and press again. Nothing was done yet."}
	tOrder     = text{"今の状態からは、その状態にできません。何も行っていません。", "That cannot follow the present status. Nothing was done."}
	tTextWrong = text{"ことばは%d文字以内で、見えない文字を含まずに書いてください。何も行っていません。", "Write at most %d characters, and none that cannot be seen. Nothing was done."}
	tBothTexts = text{"定型文と自由文は、どちらか一方にしてください。何も行っていません。", "Choose a ready text or write your own, not both. Nothing was done."}

	tCameIn      = text{"銀行から届いた", "Received from the bank"}
	tBankToldOf  = text{"（銀行が受け取った：%s）", "(the bank took it: %s)"}
	tBankLost    = text{"（銀行は受け取らなかった）", "(the bank never took it)"}
	tByClerk     = text{"（%s）", "(%s)"}
	tFurtherOne  = text{"申し出のあとの取引", "A transaction after the report"}
	tSaidNotMine = text{"「身に覚えがない」の申し出", "Reported as not theirs"}
	tTookBack    = text{"申し出の取り下げ", "The report was taken back"}
	tFirstTold   = text{"お知らせが最初に送信された", "The first alert was sent"}
)

var kindNames = map[watch.Kind]text{
	watch.Debit:          {"引き落とし", "debit"},
	watch.DebitReversed:  {"引き落としの取消", "debit reversed"},
	watch.LinkRegistered: {"口座登録", "charge link registered"},
	watch.LinkRemoved:    {"口座登録の解除", "charge link removed"},
}

var tellNames = map[watch.DeliveryKind]text{
	watch.TellAlert:   {"お知らせ", "alert"},
	watch.TellChanged: {"変化", "change"},
	watch.TellUndone:  {"取消", "reversal"},
	watch.TellMore:    {"続き", "what else happened"},
	watch.TellSummary: {"まとめ", "summary"},
	watch.TellDispute: {"銀行の対応", "what the bank did"},
	watch.TellAnswer:  {"家族の回答", "a family member's answer"},
	watch.TellClaim:   {"請求の期限", "time left to claim"},
}

var stateNames = map[watch.DeliveryState]text{
	watch.Queued:      {"送信待ち", "waiting"},
	watch.Held:        {"朝まで保留", "held until morning"},
	watch.Sending:     {"送信中", "being sent"},
	watch.Accepted:    {"送信済み", "sent"},
	watch.Undelivered: {"届かず", "not delivered"},
	watch.Cancelled:   {"取りやめ", "not needed any more"},
	watch.Gathered:    {"ほかとまとめて", "sent with another"},
}
