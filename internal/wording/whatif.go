package wording

import "kozamori/internal/message"

var (
	tWhatIf       = text{ja: "この設定なら、過去%[1]d日で%[2]d回お知らせしていました", en: "With these settings you would have been told %[2]d times in the past %[1]d days"}
	tWhatIfNone   = text{ja: "この設定なら、過去%d日のお知らせはありませんでした", en: "With these settings you would have been told nothing in the past %d days"}
	tWhatIfSince  = text{ja: "記録がそろっているのは、%sからです。それより前のことは、分からないことがあります。", en: "The record is complete from %s on; of what happened before, something may be missing."}
	tWhatIfBlind  = text{ja: "決済サービス以外の引き落としは、お知らせしたものだけを記録しています。実際には、これより多くなることがあります。", en: "Debits other than by payment services are on record only if somebody was told of them, so there may have been more."}
	tWhatIfRest   = text{ja: "新しいものから%d回分を表示しています。", en: "The latest %d are shown."}
	tWhatIfUnsave = text{ja: "まだ保存していません。", en: "Nothing is saved yet."}
	tWhatIfLink   = text{ja: "%sのチャージ連携", en: "Charge link with %s"}
	tWhatIfDebit  = text{ja: "引き落とし", en: "Debit"}
)

// maxHits is how many alerts a trial of rules names one by one.
const maxHits = 20

func (f *SettingsFacts) whatIf() message.Part {
	lang, w := langOf(f.View.Lang), f.WhatIf
	m := message.Message{Lang: string(lang), Title: tWhatIf.in(lang, w.Days, len(w.Hits))}
	if len(w.Hits) == 0 {
		m.Title = tWhatIfNone.in(lang, w.Days)
	}
	m.Text = []string{tWhatIfUnsave.in(lang)}
	if !w.Since.IsZero() {
		m.Text = append(m.Text, tWhatIfSince.in(lang, Date(lang, w.Since)))
	}
	if w.Blind {
		m.Text = append(m.Text, tWhatIfBlind.in(lang))
	}
	if len(w.Hits) > maxHits {
		m.Text = append(m.Text, tWhatIfRest.in(lang, maxHits))
	}
	p := message.Part{Message: m}
	for _, h := range w.Hits[:min(len(w.Hits), maxHits)] {
		say := orElse(h.Service, tWhatIfDebit.in(lang))
		if h.Link {
			say = tWhatIfLink.in(lang, orElse(h.Service, tTheService.in(lang)))
		} else if !f.View.Watcher.HideAmount {
			say += " " + Yen(lang, h.Amount)
		}
		p.History = append(p.History, message.Moment{At: h.At, When: bankTime(lang, h.At, f.Now), Say: say})
	}
	return p
}
