package wording

import (
	"slices"
	"strings"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/quote"
	"kozamori/internal/watch"
)

var (
	tTrailName  = text{ja: "口座守：変更の記録", en: "Kozamori: record of changes"}
	tTrailTitle = text{ja: "変更の記録", en: "Record of changes"}
	tTrailText  = text{ja: "この口座の見守り方を、だれが、いつ、どこから変えたかの記録です。あとから書き換えることはできません。銀行も見ることができます。", en: "Who changed how this account is watched, when and from where. It cannot be altered afterwards, and the bank can see it too."}
	tTrailNone  = text{ja: "あなたが見守りを始めてから、まだ変更はありません。", en: "Nothing has changed since you began to watch."}
	tTrailHint  = text{ja: "設定やメールアドレスを、だれがいつ変えたか", en: "Who changed settings or an email address, and when"}
	tTrailOlder = text{ja: "これより前の変更", en: "Earlier changes"}

	tStepSettings  = text{ja: "お知らせの設定が変わりました", en: "What is told was changed"}
	tStepLess      = text{ja: "お知らせが届きにくくなる変更がありました", en: "A change makes alerts less likely to arrive"}
	tStepReported  = text{ja: "「身に覚えがない」の申し出がありました", en: "A debit was reported as not theirs"}
	tStepReportEnd = text{ja: "「身に覚えがない」の申し出により、設定が変わりました", en: "Settings were changed because of a report"}
	tStepWithdrawn = text{ja: "「身に覚えがない」の申し出が取り消されました", en: "A report was taken back"}
	tStepMine      = text{ja: "緊急のお知らせに、本人の利用だという回答がありました", en: "An urgent alert was answered as theirs"}
	tStepJoined    = text{ja: "見守る人が加わりました", en: "Somebody began to watch"}
	tStepLeft      = text{ja: "見守る人が減りました", en: "Somebody no longer watches"}
	tStepErased    = text{ja: "口座の登録が消されました", en: "The account was erased"}
	tStepRestored  = text{ja: "変更が元に戻されました", en: "A change was taken back"}
	tStepReturned  = text{ja: "やめた人の見守りを再開しました", en: "Somebody who had left watches again"}
	tStepHistory   = text{ja: "過去の明細の引き落としが、履歴に加わりました", en: "Debits of past statements became history"}
	tStepHistEnds  = text{ja: "過去の明細の引き落としが履歴に加わり、そのサービスは「はじめて」と知らせなくなりました", en: "Debits of past statements became history: their services are no longer told of as new"}
	tStepReplaced  = text{ja: "銀行が、この口座を見分けるための記号を変えました。見守りはそのまま続きます", en: "The bank changed the token by which it names this account; watching goes on as before"}
	tStepOther     = text{ja: "変更がありました", en: "Something was changed"}

	tStepWhen  = text{ja: "日時", en: "When"}
	tStepWho   = text{ja: "変えた人", en: "Changed by"}
	tStepWhose = text{ja: "だれの設定か", en: "Whose settings"}
	tStepSeer  = text{ja: "だれの見守りか", en: "Whose watching"}
	tStepWay   = text{ja: "変えた場所", en: "Changed from"}
	tStepSaid  = text{ja: "回答した場所", en: "Answered from"}
	tStepBegan = text{ja: "手続きした場所", en: "Done from"}

	tByBank     = text{ja: "銀行", en: "The bank"}
	tByOperator = text{ja: "口座守の運営者", en: "The people who run Kozamori"}
	tByFamilyOf = text{ja: "%[1]s（%[2]s）", en: "%[1]s (%[2]s)"}
	tByUnsaid   = text{ja: "分かりません", en: "Not known"}

	tWayOf   = text{ja: "%[1]sの%[2]s", en: "%[2]s (as: %[1]s)"}
	tWayChat = text{ja: "LINEのトーク", en: "the chat on LINE"}
	tWayPage = text{ja: "口座守のページ", en: "a page of Kozamori"}
	tWayMail = text{ja: "メールのリンク", en: "a link in an email"}

	tTurn       = text{ja: "%[1]s → %[2]s", en: "%[1]s → %[2]s"}
	tTurnFrom   = text{ja: "%s以上を知らせる", en: "%s or more"}
	tTurnTo     = text{ja: "%sの届け先", en: "Address (%s)"}
	tTurnQuiet  = text{ja: "%[1]sから%[2]sまで", en: "%[1]s until %[2]s"}
	tTurnTrust  = text{ja: "%[1]sの%[2]s以下は%[3]sまで知らせない", en: "%[1]s up to %[2]s silent until %[3]s"}
	tTurnPause  = text{ja: "一時停止", en: "Pause"}
	tTurnUntil  = text{ja: "%sまで", en: "until %s"}
	tTurnOther  = text{ja: "そのほかの設定", en: "Another setting"}
	tTurnIs     = text{ja: "変更あり", en: "changed"}
	tTurnAmount = text{ja: "金額の変更あり", en: "an amount was changed"}
)

// StepLine is a step of the trail as one watcher reads of it.
type StepLine struct {
	Step    *watch.Step
	Reader  *watch.Watcher
	Service func(id string) string // what people call a service
	// Called is what the reader calls a guardian; nil, or empty, if they call them nothing.
	Called func(id string) quote.Text
	// Channel is what people call a channel; nil, or empty, if it has no name here.
	Channel func(watch.ChannelKind, watch.Lang) string
}

// TrailFacts is what the page of an account's trail is made from.
type TrailFacts struct {
	View  AccountView
	Home  string
	Steps []StepLine
	Older string // address of the next page; empty if there is none
	Now   time.Time
}

// TrailPage lists who changed what protects an account.
func TrailPage(f TrailFacts) message.Page {
	lang := langOf(f.View.Lang)
	p := plainPage(lang, tTrailName, tTrailTitle, tTrailText.in(lang))
	p.Parts[0].Facts = []message.Fact{{Label: tFactAccount.in(lang), Value: f.View.Title()}}
	if len(f.Steps) == 0 {
		p.Parts[0].Text = append(p.Parts[0].Text, tTrailNone.in(lang))
	}
	for _, s := range f.Steps {
		m := message.Message{Lang: p.Lang, Title: s.title().in(lang),
			Facts: append([]message.Fact{{Label: tStepWhen.in(lang), Value: Time(lang, s.Step.At, f.Now)}}, s.facts(lang, f.Now)...)}
		p.Parts = append(p.Parts, message.Part{Message: m})
	}
	end := backTo(lang, f.Home)
	if f.Older != "" {
		end.Links = append([]message.PageLink{{Href: f.Older, Label: tTrailOlder.in(lang), Hint: ""}}, end.Links...)
	}
	p.Parts = append(p.Parts, end)
	return p
}

// StepWords are what a line of the file says of a step: what it was, and who
// made it.
func StepWords(lang watch.Lang, s StepLine, now time.Time) (whatItWas, by string) {
	lang = langOf(lang)
	say := []string{s.title().in(lang)}
	for _, f := range s.turns(lang, now) {
		say = append(say, tcServMine.in(lang, f.Label, f.Value))
	}
	by = orElse(s.from(lang), s.by(lang))
	between := "／"
	if lang == watch.English {
		between = " / "
	}
	return strings.Join(say, between), by
}

func (s *StepLine) title() text {
	switch s.Step.Kind {
	case watch.StepSettings:
		return pick(s.Step.Lowered, tStepLess, tStepSettings)
	case watch.StepReported:
		return pick(s.Step.Of != "", tStepReportEnd, tStepReported)
	case watch.StepWithdrawn:
		return tStepWithdrawn
	case watch.StepMine:
		return tStepMine
	case watch.StepJoined:
		return tStepJoined
	case watch.StepLeft:
		return tStepLeft
	case watch.StepErased:
		return tStepErased
	case watch.StepRestored:
		return pick(s.Step.Returned(), tStepReturned, tStepRestored)
	case watch.StepReplaced:
		return tStepReplaced
	case watch.StepHistory:
		return pick(s.Step.Lowered, tStepHistEnds, tStepHistory)
	case watch.StepControl:
		return s.controlTitle()
	}
	return tStepOther
}

// Called is what a reader calls the guardians of an account: the names that owners
// gave, which no others see.
func Called(a *watch.Account, reader *watch.Watcher) func(id string) quote.Text {
	return func(id string) quote.Text {
		if reader.Role == watch.Owner && a != nil {
			if w, ok := a.Watcher(id); ok {
				return w.Name
			}
		}
		return ""
	}
}

// who names a watcher to the reader: by what they are, and a guardian by what the
// reader calls them.
func (s *StepLine) who(lang watch.Lang, id string, role watch.Role) string {
	switch {
	case id == s.Reader.ID:
		return tByYou.in(lang)
	case role == watch.Owner:
		return tByOwner.in(lang)
	case role == watch.Guardian:
		if s.Called != nil {
			if name := s.Called(id).Line(); name != "" {
				return tByFamilyOf.in(lang, tByFamily.in(lang), name)
			}
		}
		return tByFamily.in(lang)
	}
	return tByUnsaid.in(lang)
}

func (s *StepLine) by(lang watch.Lang) string {
	switch {
	case s.Step.By != "":
		return s.who(lang, s.Step.By, s.Step.ByRole)
	case s.Step.Way == watch.WayBank:
		return tByBank.in(lang)
	case s.Step.Way == watch.WayOperator:
		return tByOperator.in(lang)
	}
	return tByUnsaid.in(lang)
}

func (s *StepLine) way(lang watch.Lang) string {
	switch s.Step.Way {
	case watch.WayChat:
		return tWayChat.in(lang)
	case watch.WayPage:
		return tWayPage.in(lang)
	case watch.WayMail:
		return tWayMail.in(lang)
	}
	return ""
}

// from is by whose LINE or mail a step was made: who held the telephone is not
// known, so no one is said to have made it.
func (s *StepLine) from(lang watch.Lang) string {
	way := s.way(lang)
	if way == "" || s.Step.By == "" {
		return way
	}
	return tWayOf.in(lang, s.by(lang), way)
}

// where is what it was that was done from somewhere.
func (s *StepLine) where() text {
	switch s.Step.Kind {
	case watch.StepMine, watch.StepReported, watch.StepWithdrawn:
		return pick(s.Step.Kind == watch.StepReported && s.Step.Of != "", tStepWay, tStepSaid)
	case watch.StepJoined, watch.StepLeft, watch.StepErased:
		return tStepBegan
	}
	return tStepWay
}

func (s *StepLine) facts(lang watch.Lang, now time.Time) []message.Fact {
	if s.Step.Kind == watch.StepControl {
		return s.controlFacts(lang, now)
	}
	out := []message.Fact{{Label: tStepWho.in(lang), Value: s.by(lang)}}
	if from := s.from(lang); from != "" {
		out[0] = message.Fact{Label: s.where().in(lang), Value: from}
	}
	if s.Step.Of != "" && s.Step.Of != s.Step.By {
		label := pick(s.Step.Kind == watch.StepLeft || s.Step.Returned(), tStepSeer, tStepWhose)
		out = append(out, message.Fact{Label: label.in(lang), Value: s.who(lang, s.Step.Of, s.Step.OfRole)})
	}
	return append(out, s.turns(lang, now)...)
}

// turns say what was before and after. A reader who sees no amounts sees none
// of these either.
func (s *StepLine) turns(lang watch.Lang, now time.Time) []message.Fact {
	before, after := s.Step.Rules()
	var out []message.Fact
	add := func(label, value string) { out = append(out, message.Fact{Label: label, Value: value}) }
	turn := func(label, x, y string) {
		add(label, tTurn.in(lang, orElse(x, tSetNothing.in(lang)), orElse(y, tSetNothing.in(lang))))
	}
	hide := s.Reader.HideAmount
	yen := func(n int64) string {
		if n == 0 {
			return tSetOff.in(lang)
		}
		return tTurnFrom.in(lang, Yen(lang, n))
	}
	for i := range s.Step.Turns {
		t := &s.Step.Turns[i]
		w := wordsOf(t.Name)
		x, y := t.Said()
		switch v := w.value().(type) {
		case watch.Flag:
			turn(w.label.in(lang), pick(v.On(&before) != w.not, tSetOn, tSetOff).in(lang), pick(v.On(&after) != w.not, tSetOn, tSetOff).in(lang))
		case watch.Yen:
			if hide {
				add(w.label.in(lang), tTurnAmount.in(lang))
				continue
			}
			turn(w.label.in(lang), yen(*v.At(&before)), yen(*v.At(&after)))
		case watch.YenFor:
			for _, id := range v.Differ(&before, &after) {
				label := w.label.in(lang, s.service(lang, id))
				own := func(r *watch.Rules) string {
					if n, ok := (*v.At(r))[id]; ok {
						return yen(n)
					}
					return ""
				}
				if hide {
					add(label, tTurnAmount.in(lang))
					continue
				}
				turn(label, own(&before), own(&after))
			}
		case watch.Words:
			turn(w.label.in(lang), said(*v.At(&before)), said(*v.At(&after)))
		case watch.Trusted:
			trusts := func(r *watch.Rules) string {
				var list []string
				for _, t := range *v.At(r) {
					if hide {
						list = append(list, s.service(lang, t.Service))
					} else {
						list = append(list, tTurnTrust.in(lang, s.service(lang, t.Service), Yen(lang, t.UpTo), Date(lang, t.Until)))
					}
				}
				return strings.Join(list, "、")
			}
			turn(tSetTrusts.in(lang), trusts(&before), trusts(&after))
		case watch.Hours:
			hours := func(q *watch.Quiet) string {
				if q == nil {
					return ""
				}
				return tTurnQuiet.in(lang, clock(q.From), clock(q.To))
			}
			turn(tSetQuiet.in(lang), hours(*v.At(&before)), hours(*v.At(&after)))
		case watch.Until:
			until := func(t time.Time) string {
				if t.IsZero() {
					return ""
				}
				return tTurnUntil.in(lang, Time(lang, t, now))
			}
			turn(tTurnPause.in(lang), until(*v.At(&before)), until(*v.At(&after)))
		default:
			switch t.Name {
			case watch.TurnConsent:
				add(tConsAgreed.in(lang), consented(lang, quote.Text(y).Line()))
			case watch.TurnHideAmount:
				turn(tFamSees.in(lang), pick(x == "true", tFamHidden, tFamAll).in(lang), pick(y == "true", tFamHidden, tFamAll).in(lang))
			default:
				if over, _ := t.OfAddress(); s.channel(lang, over) != "" {
					turn(tTurnTo.in(lang, s.channel(lang, over)), quote.Text(x).Line(), quote.Text(y).Line())
				} else { // a newer program's
					add(tTurnOther.in(lang), tTurnIs.in(lang))
				}
			}
		}
	}
	return out
}

func (s *StepLine) service(lang watch.Lang, id string) string {
	return orElse(s.Service(id), tServUnknown.in(lang))
}

func (s *StepLine) channel(lang watch.Lang, kind watch.ChannelKind) string {
	if s.Channel == nil {
		return ""
	}
	return s.Channel(kind, lang)
}

// said are words as they may be shown.
func said(words []string) string {
	shown := slices.Clone(words)
	for i, w := range shown {
		shown[i] = quote.Text(w).Line()
	}
	return strings.Join(shown, "、")
}
