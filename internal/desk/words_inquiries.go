package desk

import "kozamori/internal/watch"

var (
	tInquiries   = text{"お客さまへの確認", "Inquiries"}
	tInquiry     = text{"お客さまへの確認の結果", "What came of an inquiry"}
	tNoInquiries = text{"まだ確認していません。", "Nothing has been asked yet."}
	tAskNew      = text{"取引に身に覚えがあるかを確認する", "Ask customers whether something was theirs"}
	tAskHint     = text{"見守っているお客さまに、いますぐ届きます。答えは「身に覚えがない」か「心当たりがある」です。届かない方と、答えのない方は、電話が必要なお客さまとして残ります。一度に%d件まで。", "Those who watch the accounts are asked at once, and answer that it was theirs, or not. Those who cannot be reached or do not answer are left to phone. At most %d at a time."}
	tAskItems    = text{"口座の参照番号と取引番号（一行ずつ、空白で区切る）", "Account reference and transaction id, one of each on a line"}
	tAskPress    = text{"お客さまに確認する", "Ask the customers"}
	tAskLine     = text{"%d行目を読み取れません。口座の参照番号と取引番号を、空白で区切って入力してください。", "Line %d cannot be read: it needs an account reference and a transaction id with a space between them."}
	tAskMany     = text{"入力がないか、多すぎます。%d件まで入力できます。", "Nothing was given, or too much: at most %d lines."}
	tAskedAt     = text{"確認した時刻", "Asked"}
	tAskedBy     = text{"担当者", "By"}
	tAskedN      = text{"件数", "Number"}
	tAnswerBy    = text{"回答の期限", "Answer by"}
	tReachedAt   = text{"届いた時刻", "Reached"}
	tAnsweredAt  = text{"回答の時刻", "Answered"}
	tPhone       = text{"電話", "Phone"}
	tCallThem    = text{"必要", "needed"}
	tOnlyPhone   = text{"電話が必要なお客さまだけを表示（%d件）", "Only those to phone (%d)"}
	tAllAsked    = text{"すべて表示（%d件）", "Show all (%d)"}
)

// inquiryStates are those of inquiries, in the order in which they are summed up.
var inquiryStates = []watch.InquiryState{watch.InquiryNotMine, watch.InquiryMine, watch.InquiryAsked, watch.InquiryWithdrawn, watch.InquiryUnanswered, watch.InquiryNotAsked}

var inquiryNames = map[watch.InquiryState]text{
	watch.InquiryAsked:      {"回答待ち", "waits for an answer"},
	watch.InquiryMine:       {"心当たりがある", "it was theirs"},
	watch.InquiryNotMine:    {"身に覚えがない", "it was not theirs"},
	watch.InquiryWithdrawn:  {"回答が取り消された", "the answer was taken back"},
	watch.InquiryUnanswered: {"期限までに回答がない", "no answer in time"},
	watch.InquiryNotAsked:   {"確認していない", "not asked"},
}

var inquiryReasons = map[watch.InquiryReason]text{
	watch.InquiryNoWatcher: {"見守っている方がいない", "no one watches the account"},
	watch.InquiryNotKnown:  {"記録がない", "nothing is on record"},
	watch.InquiryNoChannel: {"届ける手段がない", "no channel reaches them"},
	watch.InquiryUndone:    {"取り消し済み", "it was reversed or removed"},
	watch.InquiryOpen:      {"すでに確認中", "asked already"},
	watch.InquiryTooMany:   {"確認の上限に達した", "asked enough for now"},
}
