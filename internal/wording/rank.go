package wording

import (
	"slices"
	"strings"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// The three ranks that people learn, by what a message asks of its reader.
var (
	tUrgent = text{ja: "緊急", en: "Urgent"}       // act now: what the reader's reasons call critical, and stands
	tCheck  = text{ja: "確認", en: "Please check"} // please look: there is something to answer
	tNotice = text{ja: "お知らせ", en: "Notice"}     // for the record

	tMarked = text{ja: "【%s】", en: "[%s]"} // how a rank begins what a locked phone shows
)

// ranked gives a message its rank: in its badge, its tone, and what a locked phone
// shows of it. Only here is it decided which of the three it is.
func ranked(lang watch.Lang, m message.Message, critical bool) message.Message {
	asks := slices.ContainsFunc(m.Buttons, func(b message.Button) bool { return b.Postback != "" })
	is := tNotice
	switch {
	case critical:
		is, m.Tone = tUrgent, message.Critical
	case asks:
		is, m.Tone = tCheck, message.Notice
	}
	return marked(lang, m, is)
}

// marked is a message with the mark of a rank.
func marked(lang watch.Lang, m message.Message, is text) message.Message {
	m.Badge = is.in(lang)
	for _, other := range []text{tUrgent, tCheck, tNotice} {
		if rest, ok := strings.CutPrefix(m.Alt, tMarked.in(lang, other.in(lang))); ok {
			m.Alt = tMarked.in(lang, m.Badge) + rest
			break
		}
	}
	return m
}
