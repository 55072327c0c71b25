package wording

import (
	"time"

	"kozamori/internal/button"
	"kozamori/internal/message"
	"kozamori/internal/watch"
)

var (
	tcAskPause     = text{ja: "お知らせを、いつまで休みますか", en: "How long shall we pause your alerts?"}
	tcAltPause     = text{ja: "お知らせを休む手続き", en: "Pausing your alerts"}
	tcPauseUrgent  = text{ja: "お休み中は、緊急のお知らせだけが届きます。", en: "Only urgent alerts come during a pause."}
	tcPauseLost    = text{ja: "ほかはお送りせず、「最近のお知らせ」の一覧に載せます。", en: "The others are not sent, but stand in the list of your latest alerts."}
	tcPauseFor     = text{ja: "%s休む", en: "For %s"}
	tcPauseMorning = text{ja: "明日の朝%d時まで休む", en: "Until %d tomorrow morning"}
	tcPauseToday   = text{ja: "今朝%d時まで休む", en: "Until %d this morning"}
	tcPaused       = text{ja: "お知らせを休みます", en: "Your alerts are paused"}
	tcPausedUntil  = text{ja: "再開する日時", en: "They start again"}
	tcPausedResume = text{ja: "すぐに再開する", en: "Start again now"}
	tcResumed      = text{ja: "お知らせを再開しました", en: "Your alerts are on again"}
	tcResumedText  = text{ja: "これまでどおり、すぐにお知らせします。", en: "We tell you at once, as before."}
	tcNotPaused    = text{ja: "お知らせは止まっていません", en: "Your alerts are not paused"}
)

// Hours of the clock in Japan. A pause "until the morning" ends at morningHour,
// of the same day for those who are still up before nightEnds.
const (
	morningHour = 7
	nightEnds   = 5
)

// morning is the end of a pause "until the morning".
func morning(now time.Time) (end time.Time, today bool) {
	j := now.In(watch.JST)
	today = j.Hour() < nightEnds
	end = time.Date(j.Year(), j.Month(), j.Day(), morningHour, 0, 0, 0, watch.JST)
	if !today {
		end = end.AddDate(0, 0, 1)
	}
	return end, today
}

// What the settings page offers of pauses; nothing leaves it as it is.
const (
	PauseOver    = "over"
	PauseShort   = "short"
	PauseMorning = "morning"
	PauseLong    = "long"
)

// PauseEnd is when the pause of a choice ends that is made now: the zero time for
// PauseOver. False if the page offers no such choice.
func PauseEnd(choice string, now time.Time) (time.Time, bool) {
	switch choice {
	case PauseOver:
		return time.Time{}, true
	case PauseShort:
		return now.Add(button.Short).UTC(), true
	case PauseMorning:
		end, _ := morning(now)
		return end.UTC(), true
	case PauseLong:
		return now.Add(button.Long).UTC(), true
	}
	return time.Time{}, false
}

// AskPause offers to pause everything that is not critical.
func AskPause(lang watch.Lang, now time.Time) message.Message {
	lang = langOf(lang)
	m := chat(lang, tcAltPause.in(lang), tcAskPause.in(lang), tcPauseUrgent.in(lang), tcPauseLost.in(lang))
	add := func(label string, p button.Press) {
		p.Verb = button.Pause
		m.Buttons = append(m.Buttons, message.Button{Label: label, Display: label, Style: message.Secondary, Postback: p.Data()})
	}
	end, today := morning(now)
	add(tcPauseFor.in(lang, hours(button.Short)), button.Press{For: button.Short})
	add(pick(today, tcPauseToday, tcPauseMorning).in(lang, morningHour), button.Press{Until: end})
	add(tcPauseFor.in(lang, weeks(button.Long)), button.Press{For: button.Long})
	m.Choices = choices(lang, CmdLeave, CmdGuide)
	return m
}

// Paused confirms a pause and says when it ends.
func Paused(lang watch.Lang, until, now time.Time) message.Message {
	lang = langOf(lang)
	m := chat(lang, tcPaused.in(lang), tcPaused.in(lang), tcPauseUrgent.in(lang), tcPauseLost.in(lang))
	m.Facts = []message.Fact{{Label: tcPausedUntil.in(lang), Value: Time(lang, until, now)}}
	m.Buttons = []message.Button{{Label: tcPausedResume.in(lang), Style: message.Secondary, Say: Word(lang, CmdResume)}}
	return m
}

// Resumed confirms that a pause is over, or that there was none.
func Resumed(lang watch.Lang, paused bool) message.Message {
	lang = langOf(lang)
	title := pick(paused, tcResumed, tcNotPaused).in(lang)
	return chat(lang, title, title, tcResumedText.in(lang))
}
