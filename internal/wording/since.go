package wording

import "kozamori/internal/watch"

// Since is what a report took in though what was answered did not show it.
type Since struct {
	Via  watch.Via // a message, or a page
	Came []*watch.Record
	Grew bool // of some it showed less
	Undo bool // the report can be taken back
}

var (
	tUnseenCame = text{ja: "このページをご覧のあいだに増えた分（%s）も、このお申し出に含めて銀行へ伝えています。", en: "What came while you looked at the page (%s) is part of this report too, and we are telling the bank."}
	tUnseenGrew = text{ja: "このページをご覧のあいだに内容が変わりました。いまの内容で銀行へ伝えています。", en: "The debit changed while you looked at the page. We are telling the bank of it as it is now."}
	tSinceCame  = text{ja: "お知らせのあとに増えた分（%s）も、このお申し出に含めて銀行へ伝えています。", en: "What came after the alert (%s) is part of this report too, and we are telling the bank."}
	tSinceGrew  = text{ja: "お知らせのあとに内容が変わりました。いまの内容で銀行へ伝えています。", en: "The debit changed after the alert. We are telling the bank of it as it is now."}
	tSinceUndo  = text{ja: "増えた分に心当たりがあるときは、「取り消す」を押してから「%s」を開き、心当たりのあるもののチェックを外して、もう一度回答してください。", en: "If you recognise what was added, press \"Take it back\", then open \"%s\", untick what you recognise and answer again."}
	tUnseenUndo = text{ja: "増えた分に心当たりがあるときは、「取り消す」を押し、心当たりのあるもののチェックを外して、もう一度回答してください。", en: "If you recognise what was added, press \"Take it back\", untick what you recognise and answer again."}
	tUnseenBank = text{ja: "増えた分に心当たりがあるときは、銀行に受付番号を伝えてください。", en: "If you recognise what was added, give the bank the report number."}
)

// said says that, with what it comes to.
func (s *Since) said(lang watch.Lang, hide bool) (out []string) {
	page := s.Via != watch.ViaLINE
	if len(s.Came) > 0 {
		c := covers{lang: lang, total: watch.TotalOf(s.Came, nil), hide: hide}
		out = append(out, pick(page, tUnseenCame, tSinceCame).in(lang, c.said()))
	}
	if s.Grew {
		out = append(out, pick(page, tUnseenGrew, tSinceGrew).in(lang))
	}
	return out
}

// mended is how it is put right on a page, or where one is a tap away.
func (s *Since) mended(lang watch.Lang, onPage bool) string {
	switch {
	case len(s.Came) == 0:
		return ""
	case s.Undo && onPage:
		return tUnseenUndo.in(lang)
	case s.Undo:
		return tSinceUndo.in(lang, tDetails.in(lang))
	}
	return tUnseenBank.in(lang)
}
