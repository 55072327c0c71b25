package desk

import "kozamori/internal/watch"

var (
	tSheet       = text{"集計", "Summary"}
	tSheetDays   = text{"期間（申し出の日）", "Days of the reports"}
	tReports     = text{"申し出", "Reports"}
	tStillOpen   = text{"対応中", "Open"}
	tTakenBack   = text{"取り下げ", "Taken back"}
	tAccounts    = text{"口座", "Accounts"}
	tDebits      = text{"引き落とし", "Debits"}
	tLinkCount   = text{"口座登録", "Charge links"}
	tTaken       = text{"引き落とされた金額", "Taken"}
	tCutSheet    = text{"多いため、新しいほうの%d件だけを数えています。", "There are many: only the latest %d are counted."}
	tAddUp       = text{"集計する", "Add up"}
	tFile        = text{"CSVファイル", "CSV file"}
	tMedians     = text{"かかった時間", "How long it took"}
	tMediansHint = text{"中央値（分）。両方の時刻がわかる申し出だけを数えています", "The median in minutes, of the reports of which both times are known"}
	tStep        = text{"区間", "Step"}
	tMedian      = text{"中央値（分）", "Median (min)"}
	tOfReports   = text{"件数", "Reports"}
	tFinders     = text{"だれが見つけたか", "Who found it"}
	tNoService   = text{"わからないもの", "unknown"}
	tByServices  = text{"サービス別", "By service"}
	tByDays      = text{"日別", "By day"}
	tDay         = text{"日", "Day"}
)

var waitNames = [...]text{
	debitToAlert:  {"引き落とし → お知らせ", "debit → alert"},
	alertToReport: {"お知らせ → 申し出", "alert → report"},
	reportToBank:  {"申し出 → 銀行に届く", "report → bank told"},
	reportToStop:  {"申し出 → 停止", "report → stop"},
	debitToStop:   {"引き落とし → 停止", "debit → stop"},
}

var viaNames = map[watch.Via]text{
	watch.ViaLINE: {"LINE", "LINE"},
	watch.ViaPage: {"ページ", "page"},
}
