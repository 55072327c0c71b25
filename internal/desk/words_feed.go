package desk

import "kozamori/internal/radar"

var (
	tCampaigns   = text{"攻撃の疑い", "Attacks"}
	tCampaign    = text{"攻撃の疑い：%s", "Attack by %s"}
	tNoCampaigns = text{"攻撃の疑いはありません。", "None is suspected."}
	tBand        = text{"攻撃の疑いが続いています", "An attack is under way"}
	tNoBand      = text{"攻撃の疑いがあるかどうかを、いま確かめられません。申し出はこのまま対応できます。", "Whether an attack is suspected cannot be read now. Reports can be worked on as ever."}
	tSince       = text{"いつから", "Since"}
	tKnown       = text{"気づいた時刻", "Noticed"}
	tLast        = text{"最後に見つかった時刻", "Last seen"}
	tEvidence    = text{"見つかったこと", "What was seen"}
	tSeenWhat    = text{"内容", "What"}
	tSeen        = text{"口座の数", "Accounts"}
	tUsually     = text{"ふだん", "Usually"}
	tFrom        = text{"から", "From"}
	tTo          = text{"まで", "To"}
	tDecide      = text{"判断する", "Decide"}
	tDecideHint  = text{"攻撃だと認めると、そのサービスへの信頼は止まり、この銀行のお客さまへのお知らせは最も急ぐものになります。", "Once confirmed, trust in that service is suspended, and alerts of it to this bank's customers are the most urgent."}
	tDecided     = text{"判断を記録しました。", "The decision was kept."}

	tFeed           = text{"連絡の状態", "Feed"}
	tFeedWell       = text{"銀行からの連絡は、ふだんどおり届いています。", "The bank's events arrive as usual."}
	tEverything     = text{"すべての連絡", "everything"}
	tSilentSince    = text{"%sが、%sから届いていません。", "Nothing of this has come since then: %s, %s."}
	tLateSince      = text{"%sから、連絡がふだんより遅れて届いています。", "Events come later than usual since %s."}
	tHeardUntil     = text{"最後に届いた時刻", "Heard until"}
	tNextBeat       = text{"次のハートビート", "Next heartbeat"}
	tLastOf         = text{"最後の%s", "Last %s"}
	tPauses         = text{"知らされている停止", "Announced pauses"}
	tGaps           = text{"抜けている番号", "Missing numbers"}
	tNoGaps         = text{"抜けている番号はありません。", "No number is missing."}
	tGapsHint       = text{"この番号の連絡を、もう一度送ってください。すでに届いたものが重なっても、お知らせは増えません。", "Send the requests of these numbers again. What has come before is told no second time."}
	tStream         = text{"系統", "Feed"}
	tMissing        = text{"番号", "Numbers"}
	tArrivals       = text{"時間ごとの件数", "Events by the hour"}
	tArrivalsHint   = text{"新しい順。遅れは、取引から届くまで", "The latest first. The lag is from the transaction to its arrival"}
	tHour           = text{"時間", "Hour"}
	tAcceptedEvents = text{"受け付け", "Accepted"}
	tRefusedEvents  = text{"拒否", "Refused"}
	tKnownEvents    = text{"既知", "Known"}
	tLagHalf        = text{"遅れ（中央値）", "Lag, median"}
	tLagMost        = text{"遅れ（ほぼすべて）", "Lag, nearly all"}

	tRefused      = text{"受け付けなかった連絡", "Refused events"}
	tRefusedOne   = text{"受け付けなかった連絡", "A refused event"}
	tNoRefused    = text{"受け付けなかった連絡はありません。", "Nothing was refused."}
	tRefusedHint  = text{"お客さまには伝わっていません。", "No customer was told of them."}
	tEventID      = text{"連絡のid", "Event id"}
	tField        = text{"項目", "Field"}
	tProblem      = text{"理由", "Problem"}
	tWebhook      = text{"webhook-id", "webhook-id"}
	tRaw          = text{"届いた内容", "What was sent"}
	tRawCut       = text{"長いため、はじめだけを表示しています。", "It is long: only its beginning is shown."}
	tReplay       = text{"もう一度検査する", "Check it again"}
	tReplayHint   = text{"検査に通れば受け付け、お客さまに伝わります。", "What passes now is accepted, and its customers are told."}
	tReplayed     = text{"受け付けた連絡：%d、受け付けなかった連絡：%d", "Accepted: %d, still refused: %d"}
	tCannotReplay = text{"一部しか保存していないため、検査できません。銀行から送り直してください。", "Less of it is kept than was sent. Send it again from the bank."}
)

var campaignNames = map[radar.State]text{
	radar.Suspected: {"疑い", "suspected"},
	radar.Confirmed: {"攻撃と認めた", "confirmed"},
	radar.Dismissed: {"攻撃ではない", "dismissed"},
	radar.Ended:     {"終わった", "ended"},
}

var decideNames = map[radar.State]text{
	radar.Confirmed: {"攻撃だと認める", "Confirm the attack"},
	radar.Dismissed: {"攻撃ではない", "It is none"},
	radar.Ended:     {"終わったことにする", "It has ended"},
}

var evidenceNames = map[radar.Kind]text{
	radar.Refused:  {"拒否された口座登録", "refused attempts to link"},
	radar.Charged:  {"登録直後の上限近い引き落とし", "charges near the limit after a link"},
	radar.NewLink:  {"新しい口座登録", "new links"},
	radar.Reported: {"お客さまの申し出", "reports by customers"},
}
