package wording

import (
	"slices"
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
// bank and its number. Where the longest has no room for that, the bank is shortened,
// since two banks may show the same digits; the message names it whole. Empty if there
// is none to be named.
func accountOn(account string, says ...string) string {
	return accountIn(account, func(of string) bool {
		return !slices.ContainsFunc(says, func(say string) bool {
			label := say + " " + of
			return quote.Cells(label) > labelCells || utf8.RuneCountInString(label) > labelRoom
		})
	})
}

// accountIn is the longest name of an account that fits.
func accountIn(account string, fits func(of string) bool) string {
	bank, number := bankAndNumber(account)
	if bank == "" || fits(bank+" "+number) {
		return strings.TrimSpace(bank + " " + number)
	}
	digits := strings.TrimLeft(number, "*＊●•×・") // that some are not shown is said by the message
	short := bank
	for _, kind := range strings.Split(tKindsOfBank.ja, "、") {
		short = strings.TrimSuffix(short, kind)
	}
	for _, kind := range strings.Fields(tKindsOfBank.en) {
		short = strings.TrimSuffix(strings.TrimPrefix(short, kind+" "), " "+kind)
	}
	letters := []rune(orElse(short, bank))
	for i, number := range []string{number, digits} {
		for n := len(letters); n > 0; n-- {
			name, ok := cutBank(letters, n, leastOfBank[i])
			if of := name + " " + number; ok && fits(of) {
				return of
			}
		}
	}
	return number
}

// cutBank leaves so many letters of a bank's name and its end, which tells a bank from
// the trust bank of its name; false if they say too little.
func cutBank(letters []rune, n, least int) (string, bool) {
	if n == len(letters) {
		return string(letters), true
	}
	end := string(letters[len(letters)-1:])
	if quote.Cells(end) == 1 {
		end = string(letters[len(letters)-min(3, len(letters)):])
	}
	if n+utf8.RuneCountInString(end) >= len(letters) || n < 2 || quote.Cells(string(letters[:n])) < least {
		return "", false
	}
	return strings.TrimSpace(string(letters[:n])) + "…" + strings.TrimSpace(end), true
}

// leastOfBank is how many cells of a bank's name, before its end, tell anything: before
// all of the number, and before its digits alone.
var leastOfBank = [2]int{4, 2}

// tKindsOfBank are what many banks' names end or begin with.
var tKindsOfBank = text{ja: "銀行、信用金庫、信用組合、労働金庫、農業協同組合", en: "The Bank of the Banking Corporation Bank"}

// bankAndNumber are the parts of an account's name; what stands alone is its number.
func bankAndNumber(account string) (bank, number string) {
	words := strings.Fields(account)
	if len(words) == 0 {
		return "", ""
	}
	number = words[len(words)-1]
	if len(words) == 1 {
		return "", number
	}
	bank = words[0]
	for _, w := range words[1 : len(words)-1] {
		if quote.Cells(w) > utf8.RuneCountInString(w) { // 普通, 当座
			break
		}
		bank += " " + w
	}
	return bank, number
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
	tNotTheirsQuick = text{ja: "本人は覚えがない", en: "Not them"}
	tMineQuick      = text{ja: "心当たりがある", en: "Was me"}
	tTheirsQuick    = text{ja: "本人の利用です", en: "Was them"}
)

// answerLabels are the two answers as buttons say them, and both as quick replies.
// Only the one that makes safer is loud: no one is to press the other for its colour.
func answerLabels(lang watch.Lang, guardian bool, account string) (notMine, mine message.Button) {
	no, yes := pick(guardian, tNotTheirs, tNotMine).in(lang), pick(guardian, tTheirs, tMine).in(lang)
	of := accountOn(account, no, yes)
	notMine = message.Button{Label: onAccount(lang, no, of), Style: message.Danger}
	mine = message.Button{Label: onAccount(lang, yes, of), Style: message.Secondary}
	if max(utf8.RuneCountInString(notMine.Label), utf8.RuneCountInString(mine.Label)) > quickRoom {
		no, yes = pick(guardian, tNotTheirsQuick, tNotMineQuick).in(lang), pick(guardian, tTheirsQuick, tMineQuick).in(lang)
		longest := max(utf8.RuneCountInString(no), utf8.RuneCountInString(yes))
		of = accountIn(account, func(of string) bool { return longest+1+utf8.RuneCountInString(of) <= quickRoom })
		notMine.Short, mine.Short = onAccount(lang, no, of), onAccount(lang, yes, of)
	}
	return notMine, mine
}
