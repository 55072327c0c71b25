package wording

import (
	"slices"
	"time"

	"kozamori/internal/button"
	"kozamori/internal/message"
	"kozamori/internal/watch"
)

var (
	tLessAlt      = text{ja: "お知らせの設定が変わりました", en: "What you are told was changed"}
	tLessMineAlt  = text{ja: "緊急のお知らせに回答がありました", en: "An urgent alert was answered"}
	tLessMine     = text{ja: "この変更をしていないときは、すぐに「%s」を押してください。変える前に戻します。", en: "If you did not change this, press \"%s\" now: it is set back."}
	tLessOther    = text{ja: "ご本人に心当たりがないときや、だれかに言われて変えたときは、「%s」で変える前に戻せます。", en: "If they did not do this, or were told to, \"%s\" sets it back."}
	tLessAnswer   = text{ja: "この回答をしていないときは、すぐに「身に覚えがない」に変えてください。銀行に伝えます。", en: "If you did not answer this, change it to \"not me\" now: we tell the bank."}
	tLessAnswered = text{ja: "ご本人に心当たりがないときは、「身に覚えがない」に変えてください。銀行に伝えます。", en: "If it was not them, change it to \"not me\": we tell the bank."}
	tLessPageOpen = text{ja: "ページで確かめて戻す", en: "Look, and set it back"}
	tLessLook     = text{ja: "お知らせを開く", en: "Open the alert"}
	tLessFor      = text{ja: "%d日のあいだ、戻せます。", en: "It can be set back for %d days."}
	tLessNotMe    = text{ja: "自分ではありません", en: "It was not me"}
	tLessBack     = text{ja: "元に戻す", en: "Set it back"}
	tLessDone     = text{ja: "変える前の設定に戻しました", en: "The settings are as they were before"}
	tLessDoneText = text{ja: "ほかに見守っている方にもお伝えしました。覚えのない変更が続くときは、銀行に電話してください。", en: "The others who watch are told. If such changes go on, call your bank."}
	tLessOver     = text{ja: "この変更は、もうここからは戻せません", en: "This can no longer be set back from here"}
	tLessOverText = text{ja: "戻せるのは変更から%d日までです。今の設定は、「設定」のページで見られます。", en: "That is possible for %d days. The settings page shows what holds now."}
	tLessAsWas    = text{ja: "この変更は、すでに元に戻っています", en: "This has been set back already"}
	tLessAsWasTx  = text{ja: "今の設定は、「設定」のページで見られます。", en: "The settings page shows what holds now."}
	tLeftAsWas    = text{ja: "やめた方は、いまこの口座を見守っています。", en: "The one who had left watches the account now."}
	tLessGone     = text{ja: "このリンクは使えません", en: "This link does not work"}
	tLessGoneText = text{ja: "期限が切れたか、見守りをやめています。", en: "It is over, or you watch this account no longer."}
	tLessPage     = text{ja: "口座守：変更を元に戻す", en: "Kozamori: set a change back"}
	tLessAsk      = text{ja: "この変更を元に戻しますか", en: "Set this change back?"}
	tLeftMine     = text{ja: "この手続きをしていないときは、すぐに「%s」を押してください。見守りを元に戻します。", en: "If you did not do this, press \"%s\" now: the watching goes on as before."}
	tLeftOther    = text{ja: "ご本人に心当たりがないときや、だれかに言われて手続きをしたときは、「%s」で見守りを元に戻せます。", en: "If they did not do this, or were told to, \"%s\" makes them watch again."}
	tLeftSays     = text{ja: "見守る人が減りました。元に戻すと、その前と同じ設定で見守りを再開します。", en: "Somebody no longer watches. If you set it back, they watch again with the settings that they had."}
	tLeftCan      = text{ja: "口座の名義人は、%sのあいだ、あなたの見守りを元に戻せます。", en: "For %s, an owner of the account can make you watch it again."}
	tBackDone     = text{ja: "見守りを元に戻しました", en: "They watch the account again"}
	tBackDoneText = text{ja: "設定は、やめる前と同じです。見守りを再開した方と、ほかに見守っている方にもお伝えします。", en: "Their settings are as they were before. They are told, and so are the others who watch."}
	tBackYou      = text{ja: "口座の名義人からの手続きで、あなたの見守りを再開しました。設定は、やめる前と同じです。見守らないときは、いつでもやめられます。", en: "An owner of the account set this back: you watch the account again, with the settings that you had. You can stop at any time."}
	tBackMe       = text{ja: "あなたの見守りを再開しました", en: "You watch the account again"}
	tBackMeTx     = text{ja: "やめた手続きを取り消して、見守りを再開しました。設定は、やめる前と同じです。見守らないときは、いつでもやめられます。", en: "That you had left was set back: you watch the account again, with the settings that you had. You can stop at any time."}
	tLessBackAlt  = text{ja: "お知らせの設定が元に戻りました", en: "A change was set back"}
)

// LoweredFacts is what a message about a step of the trail is made from.
type LoweredFacts struct {
	Line    StepLine
	Account ChatAccount
	// Link is the page that sets it back, or of the alert that was answered;
	// empty if neither can be.
	Link string
	// Services are of the alert that was answered, if it can be read.
	Services []string
	// ByMail tells that it goes out as a mail, which has links alone.
	ByMail bool
	// Restorable tells that one tap sets it back.
	Restorable bool
	// Undone tells that it is as before already.
	Undone bool
	Now    time.Time
}

func (f *LoweredFacts) lang() watch.Lang { return langOf(f.Line.Reader.Lang) }

// own tells whether the reader is who made the step, or whose settings it
// changed: they know whether it was them.
func (f *LoweredFacts) own() bool {
	return f.Line.Step.By == f.Line.Reader.ID || f.Line.Step.Of == f.Line.Reader.ID
}

// Lowered tells one who watches an account that it is protected less than
// before, or that this was taken back.
func Lowered(f LoweredFacts) message.Message {
	lang := f.lang()
	m := chat(lang, tLessAlt.in(lang), f.Line.title().in(lang))
	m.Facts = append(append(accountFacts(lang, []ChatAccount{f.Account}),
		message.Fact{Label: tStepWhen.in(lang), Value: Time(lang, f.Line.Step.At, f.Now)}), f.Line.facts(lang, f.Now)...)
	switch {
	case f.Line.Step.Returned():
		m.Alt = m.Title
		if f.Line.Step.Of == f.Line.Reader.ID {
			m.Alt, m.Title = tBackMe.in(lang), tBackMe.in(lang)
			m.Text = []string{pick(f.Line.Step.By == f.Line.Reader.ID, tBackMeTx, tBackYou).in(lang)}
		}
	case f.Line.Step.Kind == watch.StepRestored:
		m.Alt = tLessBackAlt.in(lang)
	case f.Restorable:
		m.Text = f.wayBack(pick(f.own(), tLessMine, tLessOther))
		m.Buttons = f.back()
	case f.Line.Step.Kind == watch.StepMine && f.Link != "":
		m.Alt = tLessMineAlt.in(lang)
		m.Text = []string{pick(f.own(), tLessAnswer, tLessAnswered).in(lang)}
		if len(f.Services) > 0 {
			m.Facts = slices.Insert(m.Facts, 0, message.Fact{Label: tFactService.in(lang), Value: listed(lang, f.Services)})
		}
		label := f.notMine().in(lang)
		m.Buttons = []message.Button{{Label: label, Display: saidOf(lang, label, f.Account.name()), Style: message.Danger, Postback: answering(button.NotMine, f.Line.Step.Record, f.Line.Reader.ID)},
			{Label: tLessLook.in(lang), Style: message.Secondary, URL: f.Link}}
	}
	if len(m.Buttons) > 0 {
		m = ranked(lang, m, false)
	}
	if f.ByMail && f.Link != "" {
		m.Buttons = f.leadsOn(m.Buttons)
	}
	return m
}

func (f *LoweredFacts) wayBack(say text) []string {
	lang := f.lang()
	return []string{say.in(lang, f.backLabel()), tLessFor.in(lang, watch.RestoreDays)}
}

func (f *LoweredFacts) backLabel() string { return pick(f.own(), tLessNotMe, tLessBack).in(f.lang()) }

// back are the buttons that take the step back, and that lead to its page.
func (f *LoweredFacts) back() []message.Button {
	label := f.backLabel()
	out := []message.Button{{Label: label, Display: label, Style: message.Danger,
		Postback: button.Press{Verb: button.Restore, Step: f.Line.Step.ID, Watcher: f.Line.Reader.ID}.Data()}}
	if f.Link != "" {
		out = append(out, message.Button{Label: tLessPageOpen.in(f.lang()), Style: message.Secondary, URL: f.Link})
	}
	return out
}

// WithWayBack is news of somebody who left to an owner who can bring them back.
func WithWayBack(m message.Message, f LoweredFacts) message.Message {
	m.Text = append(slices.Clone(m.Text), f.wayBack(pick(f.own(), tLeftMine, tLeftOther))...)
	m.Buttons = append(slices.Clone(m.Buttons), f.back()...)
	m = ranked(f.lang(), m, false)
	if f.ByMail && f.Link != "" {
		m.Buttons = f.leadsOn(m.Buttons)
	}
	return m
}

// MayReturn is news to the one who left of what an owner can do.
func MayReturn(m message.Message) message.Message {
	lang := langOf(watch.Lang(m.Lang))
	m.Text = append(slices.Clone(m.Text), tLeftCan.in(lang, span(lang, watch.RestoreDays)))
	return m
}

// leadsOn is what is left of the buttons in a mail: the link, under the name of the
// button that stands on its page and that the text speaks of.
func (f *LoweredFacts) leadsOn(list []message.Button) []message.Button {
	out := slices.DeleteFunc(slices.Clone(list), func(b message.Button) bool { return b.URL == "" })
	if f.Restorable {
		for i := range out {
			out[i].Label = list[0].Label
		}
	}
	return out
}

// notMine is how the reader says that an answer was wrong, or not given by them.
func (f *LoweredFacts) notMine() text {
	switch {
	case f.own():
		return tLessNotMe
	case f.Line.Reader.Role == watch.Guardian:
		return tNotTheirs
	}
	return tNotMine
}

// Restored answers the press that set a step back.
func Restored(lang watch.Lang) message.Message {
	lang = langOf(lang)
	m := chat(lang, tLessBackAlt.in(lang), tLessDone.in(lang), tLessDoneText.in(lang))
	m.Choices = choices(lang, CmdSettings, CmdList)
	return m
}

// Returned answers the press that brought a watcher back.
func Returned(lang watch.Lang) message.Message {
	lang = langOf(lang)
	m := chat(lang, tBackDone.in(lang), tBackDone.in(lang), tBackDoneText.in(lang))
	m.Choices = choices(lang, CmdFamily, CmdList)
	return m
}

// RestoreOver answers a press that came too late.
func RestoreOver(lang watch.Lang) message.Message {
	lang = langOf(lang)
	m := chat(lang, tLessOver.in(lang), tLessOver.in(lang), tLessOverText.in(lang, watch.RestoreDays))
	m.Choices = choices(lang, CmdSettings)
	return m
}

// DoRestore is what the form of RestorePage asks for; the step stands in the
// field StepField.
const (
	DoRestore = "restore"
	StepField = "step"
)

// RestorePage asks whether to set a step back.
func RestorePage(f LoweredFacts) message.Page {
	lang := f.lang()
	p := plainPage(lang, tLessPage, tLessAsk)
	p.Parts[0].Facts = Lowered(f).Facts
	if f.Undone {
		return plainPage(lang, tLessPage, tLessAsWas, pick(f.Line.Step.Kind == watch.StepLeft, tLeftAsWas, tLessAsWasTx).in(lang))
	}
	if !f.Restorable {
		return RestoredPage(lang, false)
	}
	if f.Line.Step.Kind == watch.StepLeft { // no turn says what it did
		p.Parts[0].Text = []string{tLeftSays.in(lang)}
	}
	p.Parts[0].Forms = []message.Form{{Do: DoRestore, Label: f.backLabel(), Style: message.Danger,
		Fields: []message.Field{{Kind: message.FieldHidden, Name: StepField, Value: f.Line.Step.ID}}}}
	return p
}

// RestoredPage says that a step was set back, or that it is too late for that.
func RestoredPage(lang watch.Lang, done bool) message.Page {
	lang = langOf(lang)
	if done {
		return plainPage(lang, tLessPage, tLessDone, tLessDoneText.in(lang))
	}
	return plainPage(lang, tLessPage, tLessOver, tLessOverText.in(lang, watch.RestoreDays))
}

// ReturnedPage says that a watcher was brought back.
func ReturnedPage(lang watch.Lang) message.Page {
	lang = langOf(lang)
	return plainPage(lang, tLessPage, tBackDone, tBackDoneText.in(lang))
}

// RestoreGonePage is for a link that opens nothing.
func RestoreGonePage(lang watch.Lang) message.Page {
	lang = langOf(lang)
	return plainPage(lang, tLessPage, tLessGone, tLessGoneText.in(lang))
}
