package wording

import (
	"strings"
	"unicode/utf8"

	"kozamori/internal/message"
	"kozamori/internal/quote"
	"kozamori/internal/watch"
)

// LINE shows so many characters of a button's label and of a quick reply, and sets a
// label smaller rather than in two lines: one of so many cells is as large as what
// stands around it on the narrowest phone, give or take a tenth.
const (
	labelRoom  = 40
	quickRoom  = 20
	labelCells = 36
)

var tcOnButton = text{ja: "%[1]s %[2]s", en: "%[1]s %[2]s"}

// accountOn is how buttons that say so much name an account, all in one way: by its
// bank and its number, or by the number alone where the longest has no room. The
// message names it whole. Empty if there is none to be named.
func accountOn(account string, says ...string) string {
	words := strings.Fields(account)
	if len(words) == 0 {
		return ""
	}
	bank, number := words[0], words[len(words)-1]
	for _, w := range words[1:] {
		if quote.Cells(w) > utf8.RuneCountInString(w) || w == number { // 普通, 当座
			break
		}
		bank += " " + w
	}
	of := bank + " " + number
	if len(words) == 1 {
		of = number
	}
	for _, say := range says {
		if label := say + " " + of; quote.Cells(label) > labelCells || utf8.RuneCountInString(label) > labelRoom {
			return number
		}
	}
	return of
}

// labelOf is a label with the account that it is about, if that must be said.
func labelOf(lang watch.Lang, say, account string) string {
	return onAccount(lang, say, accountOn(account, say))
}

func onAccount(lang watch.Lang, say, of string) string {
	if of == "" {
		return say
	}
	return tcOnButton.in(lang, say, of)
}

// The answers where there is room for quickRoom characters, with an account's number.
var (
	tNotMineQuick   = text{ja: "身に覚えがない", en: "Not me"}
	tNotTheirsQuick = text{ja: "本人は身に覚えがない", en: "Not them"}
	tMineQuick      = text{ja: "自分です", en: "It was me"}
	tTheirsQuick    = text{ja: "本人の利用です", en: "It was them"}
)

// answerLabels are the two answers as buttons say them, and both as quick replies.
// Only the one that makes safer is loud: no one is to press the other for its colour.
func answerLabels(lang watch.Lang, guardian bool, account string) (notMine, mine message.Button) {
	no, yes := pick(guardian, tNotTheirs, tNotMine).in(lang), pick(guardian, tTheirs, tMine).in(lang)
	of := accountOn(account, no, yes)
	notMine = message.Button{Label: onAccount(lang, no, of), Style: message.Danger}
	mine = message.Button{Label: onAccount(lang, yes, of), Style: message.Secondary}
	if max(utf8.RuneCountInString(notMine.Label), utf8.RuneCountInString(mine.Label)) > quickRoom {
		of = accountOn(account, strings.Repeat(" ", labelCells))
		notMine.Short = onAccount(lang, pick(guardian, tNotTheirsQuick, tNotMineQuick).in(lang), of)
		mine.Short = onAccount(lang, pick(guardian, tTheirsQuick, tMineQuick).in(lang), of)
	}
	return notMine, mine
}
