package wording

import (
	"slices"

	"kozamori/internal/watch"
)

// Since is what a report took in though what was answered did not show it.
type Since struct {
	Via  watch.Via // a message, or a page
	Came []*watch.Record
	// Silenced are those that a trust had kept from who answered, whenever they came.
	Silenced []*watch.Record
	Grew     bool // of some it showed less
	Undo     bool // the report can be taken back
}

var (
	tUnseenCame = text{ja: "このページをご覧のあいだに増えた分（%s）も、このお申し出に含めて銀行へ伝えています。", en: "What came while you looked at the page (%s) is part of this report too, and we are telling the bank."}
	tUnseenGrew = text{ja: "このページをご覧のあいだに内容が変わりました。いまの内容で銀行へ伝えています。", en: "The debit changed while you looked at the page. We are telling the bank of it as it is now."}
	tSinceCame  = text{ja: "お知らせのあとに増えた分（%s）も、このお申し出に含めて銀行へ伝えています。", en: "What came after the alert (%s) is part of this report too, and we are telling the bank."}
	tSinceGrew  = text{ja: "お知らせのあとに内容が変わりました。いまの内容で銀行へ伝えています。", en: "The debit changed after the alert. We are telling the bank of it as it is now."}
	tSinceKept  = text{ja: "「知らせない」と設定されていたあいだの引き落とし（%s）も、このお申し出に含めて銀行へ伝えています。", en: "What was taken while you had asked us not to tell you (%s) is part of this report too, and we are telling the bank."}
	tSinceUndo  = text{ja: "%sに心当たりがあるときは、「取り消す」を押してから「%s」を開き、心当たりのあるもののチェックを外して、もう一度回答してください。", en: "If you recognise %s, press \"Undo\", then open \"%s\", untick what you recognise and answer again."}
	tUnseenUndo = text{ja: "%sに心当たりがあるときは、「取り消す」を押し、心当たりのあるもののチェックを外して、もう一度回答してください。", en: "If you recognise %s, press \"Undo\", untick what you recognise and answer again."}
	tUnseenBank = text{ja: "%sに心当たりがあるときは、銀行に受付番号を伝えてください。", en: "If you recognise %s, give the bank the report number."}

	tWhatCame = text{ja: "増えた分", en: "what was added"}
	tWhatKept = text{ja: "「知らせない」と設定されていたあいだの分", en: "what you had not been told of"}
	tWhatBoth = text{ja: "これらの分", en: "any of this"}
)

// Add takes in what the answer to an incident reported and had not shown who gave it.
func (s *Since) Add(r *watch.Record) {
	s.Grew = s.Grew || len(r.Answer.Grew) > 0
	for _, p := range r.Parts() {
		switch n, ok := p.Notice(r.Answer.Watcher); {
		case !slices.Contains(r.Answer.Unseen, p.ID):
		case ok && n.Silenced:
			s.Silenced = append(s.Silenced, p)
		default:
			s.Came = append(s.Came, p)
		}
	}
}

// said says that, with what it comes to.
func (s *Since) said(lang watch.Lang, hide bool) (out []string) {
	page := s.Via != watch.ViaLINE
	if len(s.Came) > 0 {
		c := covers{lang: lang, total: watch.TotalOf(s.Came, nil), hide: hide}
		out = append(out, pick(page, tUnseenCame, tSinceCame).in(lang, c.said()))
	}
	if len(s.Silenced) > 0 {
		c := covers{lang: lang, total: watch.TotalOf(s.Silenced, nil), hide: hide}
		out = append(out, tSinceKept.in(lang, c.said()))
	}
	if s.Grew {
		out = append(out, pick(page, tUnseenGrew, tSinceGrew).in(lang))
	}
	return out
}

// mended is how it is put right on a page, or where one is a tap away.
func (s *Since) mended(lang watch.Lang, onPage bool) string {
	what := tWhatCame
	switch came, kept := len(s.Came) > 0, len(s.Silenced) > 0; {
	case came && kept:
		what = tWhatBoth
	case kept:
		what = tWhatKept
	case !came:
		return ""
	}
	say := what.in(lang)
	switch {
	case s.Undo && onPage:
		return tUnseenUndo.in(lang, say)
	case s.Undo:
		return tSinceUndo.in(lang, say, tDetails.in(lang))
	}
	return tUnseenBank.in(lang, say)
}
