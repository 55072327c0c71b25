package wording

import (
	"slices"
	"strings"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

var (
	tWhatIf       = text{ja: "この設定なら、過去%[1]d日で%[2]d回、お知らせしていました", en: "With these settings you would have been told %[2]d times in the past %[1]d days"}
	tWhatIfNone   = text{ja: "この設定なら、過去%d日のお知らせはありませんでした", en: "With these settings you would have been told nothing in the past %d days"}
	tWhatIfSince  = text{ja: "記録がそろっているのは、%sからです。それより前のことは、分からないことがあります。", en: "The record is complete from %s on; of what happened before, something may be missing."}
	tWhatIfBlind  = text{ja: "決済サービス以外の引き落としは、お知らせしたものだけを記録しています。実際には、これより多くなることがあります。", en: "Debits other than by payment services are on record only if somebody was told of them, so there may have been more."}
	tWhatIfRest   = text{ja: "新しいものから%d回分を表示しています。", en: "The latest %d are shown."}
	tWhatIfUnsave = text{ja: "まだ保存していません。", en: "Nothing is saved yet."}
	tWhatIfToday  = text{ja: "いまの設定では%d回でした。", en: "With today's settings it was %d times."}
	tWhatIfLost   = text{ja: "いまの設定ならお知らせし、この設定ではお知らせしないもの：%d回", en: "Told with today's settings and not with these: %d"}
	tWhatIfGone   = text{ja: "%s → 知らせなくなります", en: "%s: not told any more"}
	tWhatIfNew    = text{ja: "%s → 新しく知らせます", en: "%s: told from now on"}
	tWhatIfDays   = text{ja: "この口座の記録は%d日分あります。", en: "There are %d days of this account on record."}
	tWhatIfLink   = text{ja: "%sへの口座の登録", en: "Charge link with %s"}
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
	m.Text = append(m.Text, tWhatIfToday.in(lang, w.Today))
	if !w.Since.IsZero() {
		if days := int(f.Now.Sub(w.Since) / (24 * time.Hour)); days >= 0 {
			m.Text = append(m.Text, tWhatIfDays.in(lang, days))
		}
		m.Text = append(m.Text, tWhatIfSince.in(lang, Date(lang, w.Since)))
	}
	if w.Blind {
		m.Text = append(m.Text, tWhatIfBlind.in(lang))
	}
	if len(w.Hits) > maxHits {
		m.Text = append(m.Text, tWhatIfRest.in(lang, maxHits))
	}
	p := message.Part{Message: m, Alarm: w.Then.alarmOf(tUntoldThen)}
	if len(w.Lost) > 0 {
		lost := tWhatIfLost.in(lang, len(w.Lost))
		if p.Alarm != "" {
			lost = tSetSavedToo.in(lang, p.Alarm, lost)
		}
		p.Alarm = lost
	}
	// What would be lost comes first: it is what to decide by.
	for _, h := range slices.Concat(w.Lost[:min(len(w.Lost), maxHits)], w.Hits[:min(len(w.Hits), maxHits)]) {
		say := orElse(h.Service, tWhatIfDebit.in(lang))
		if h.Link {
			say = tWhatIfLink.in(lang, orElse(h.Service, tTheService.in(lang)))
		} else if !f.View.Watcher.HideAmount {
			say += " " + Yen(lang, h.Amount)
		}
		switch {
		case h.Gone:
			say = tWhatIfGone.in(lang, say)
		case h.New:
			say = tWhatIfNew.in(lang, say)
		}
		if why := h.why(lang); why != "" {
			say += tWhatIfWhy.in(lang, why)
		}
		p.History = append(p.History, message.Moment{At: h.At, When: bankTime(lang, h.At, f.Now), Say: say})
	}
	return p
}

var tWhatIfWhy = text{ja: "（理由：%s）", en: " (because: %s)"}

// why is the most alarming reason of a line.
func (h *HitLine) why(lang watch.Lang) string {
	a := AlertFacts{Record: &watch.Record{OccurredAt: h.At}, ServiceName: h.Service, Notice: watch.Notice{Reasons: watch.Because(h.Reasons)}, Delivery: watch.Delivery{Lang: lang}}
	if why := a.why(); len(why) > 0 {
		return strings.TrimRight(why[0], "。.")
	}
	return ""
}
