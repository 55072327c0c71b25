// Package phrase understands what people type into the chat: it brings the
// spellings of a phrase together and finds what is meant by it, one meaning or
// none. It is a table of words and, where no word of it decides, a list of what
// others wrote; no learned model: its reader can say why a phrase was taken as it
// was. It never acts, and it never answers.
package phrase

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Meaning is what a person wants with a phrase.
type Meaning string

// The meanings.
const (
	Unsure   Meaning = ""                  // ask back
	Dispute  Meaning = "dispute"           // something was not them
	Mine     Meaning = "mine"              // it was them
	Undo     Meaning = "undo"              // take an answer back
	Stop     Meaning = "stop"              // stop the money
	Help     Meaning = "help"              // something happened; what now?
	Phone    Meaning = "phone"             // a number to call
	Balance  Meaning = "balance-not-known" // what is on the account
	Settings Meaning = "settings"          // what is told, and when
	Pause    Meaning = "pause"             // less of it for a while
	Leave    Meaning = "leave"             // no more, and forget me
	Family   Meaning = "family"            // somebody else is to watch
	History  Meaning = "history"           // what was taken so far
	Connect  Meaning = "connect"           // watch an account
	Guide    Meaning = "guide"             // what can be done here
	Thanks   Meaning = "thanks"
)

// maxLen is how many characters of a text are read.
const maxLen = 500

// Read returns what is meant by a text of any length and content. It is read
// without the pleasantries around it, then as it stands, then as Japanese in
// Latin letters, and last sentence by sentence: the first reading that decides
// holds. What no rule knows is taken as the examples are that are most like it, if
// hardly one of them is a denial. Of two meanings in a text a denial wins, and a denial that cannot be
// placed makes of everything else a question.
func Read(text string) Meaning {
	ready()
	if rs := []rune(text); len(rs) > maxLen {
		text = string(rs[:maxLen])
	}
	m, decided := read(text)
	switch {
	case m != Dispute && (m != Unsure || !decided) && (m != Undo || !takenBack(text) || deniesApart(text)) && denies(text):
		return Dispute
	case m == doubtful && !negated(text) && otherwise(text, Unsure) == Mine:
		return Mine
	case m == doubtful, calm[m] && negated(text):
		return Unsure
	case m == Unsure && !decided && negated(text) && !astray(text):
		if nearest(text) == Stop { // "no more of it": the report is offered with what stops it
			return Stop
		}
		return Dispute // of what, if not of what we told
	case m == Unsure && !decided:
		return nearest(text)
	case m != Dispute: // a denial by the rules stays one
		return otherwise(text, m)
	}
	return m
}

func read(text string) (m Meaning, decided bool) {
	core := bare(text)
	for _, t := range []string{core, text, inKana(text)} {
		if t == "" {
			continue
		}
		if m, decided := decide(t); decided {
			if t == text && t != core && much(core) && (m == Thanks || m == Guide || m == Help) {
				continue // only what stands around it was understood
			}
			return m, true
		}
	}
	if !much(core) {
		core = text
	}
	m = bySentence(core)
	return m, m != Unsure
}

// much tells whether more is said than a word or two.
func much(text string) bool {
	t := fold(text, false)
	return utf8.RuneCountInString(t.japanese) > 8 && t.english == "" || strings.Count(t.english, " ") > 4
}

// doubtful is "mine" of a text in which something speaks against it.
const doubtful Meaning = "doubtful"

// calm are the meanings of which none has to do with a denial.
var calm = map[Meaning]bool{Phone: true, Balance: true, History: true, Connect: true, Guide: true, Thanks: true}

// negated tells whether a text denies something, of whatever kind.
func negated(text string) bool {
	t := fold(text, false)
	return denial.MatchString(harmless.ReplaceAllString(t.japanese, "")) || denialEnglish.MatchString(harmless.ReplaceAllString(t.english, " "))
}

// deniesApart tells whether a sentence of several denies and no other takes anything
// back, so that only all of them together look as if they did.
func deniesApart(text string) bool {
	found := false
	all := sentences(text)
	for _, s := range all {
		switch m, _ := decide(unwrapped(s)); {
		case m == Undo, m == Mine, m == doubtful, sorry.MatchString(s):
			return false
		case m == Dispute:
			found = found || deniesAlone(s, true)
		}
	}
	return found && len(all) > 1
}

// sorry is what people say who were wrong.
var sorry = regexp.MustCompile(`(?i)\b(sorry|apolog|my bad)|ごめん|すみません|すいません|申し訳`)

// denies tells whether a part of a text says, by itself, that it was not them.
func denies(text string) bool {
	parts, whole := clauses(text), sentences(text)
	if len(parts) < 2 && len(whole) < 2 {
		return false
	}
	// "I left it, and it still charges me" is one denial.
	return slices.ContainsFunc(slices.Concat(parts, pairs(parts)), func(p string) bool { return deniesAlone(p, false) }) ||
		slices.ContainsFunc(slices.Concat(whole, pairs(whole)), func(s string) bool { return deniesAlone(s, true) }) ||
		len(whole) > 2 && (deniesAlone(strings.Join(whole[1:], "。 "), true) || deniesAlone(strings.Join(whole[:len(whole)-1], "。 "), true))
}

// pairs joins each part with the next.
func pairs(parts []string) []string {
	var out []string
	for i := 1; i < len(parts); i++ {
		out = append(out, parts[i-1]+"。 "+parts[i])
	}
	return out
}

// deniesAlone tells whether a part of a text is a denial, whatever else stands in
// the text. One that no rule knows has to speak of money, or be a whole sentence
// that says nothing else.
func deniesAlone(part string, sentence bool) bool {
	if feared.MatchString(part) {
		return false
	}
	m, decided := read(further.ReplaceAllString(part, ""))
	if m == Unsure && !decided && negated(part) && !astray(part) {
		t := fold(part, false)
		return ofMoney.MatchString(t.japanese) || ofMoney.MatchString(t.english) || sentence && !much(part)
	}
	return m == Dispute
}

// contrary sets what follows against what was said: "I said it was not me, but".
var contrary = regexp.MustCompile(`(?i)\b(but|actually)\b|けど|でも|ですが`)

// takenBack tells whether a part of a text takes an answer back, by itself or by
// saying that it was them. Of a text of one part, or of two that are set against each
// other, the whole has told.
func takenBack(text string) bool {
	if parts := strings.Split(bare(text), "。"); len(parts) < 2 && (len(clauses(text)) < 2 || contrary.MatchString(text)) || len(parts) == 2 && parts[1] == "sorry" {
		return true
	}
	all := clauses(text)
	if s := sentences(text); len(s) > 1 {
		all = append(all, s...)
	}
	return slices.ContainsFunc(all, func(part string) bool {
		m, _ := decide(unwrapped(part))
		return m == Undo || m == Mine || m == doubtful
	})
}

// astray tells whether what is denied may be something else than a debit.
func astray(text string) bool {
	return elsewhere.MatchString(strings.ToLower(norm.NFKC.String(text)))
}

// further is what joins a sentence to the one before.
var further *regexp.Regexp

// feared is what has not happened: "what if somebody used it?".
var feared *regexp.Regexp

// Asks tells whether somebody who says that something was not them wants another
// thing as well: a number to call, or that the money stops.
func Asks(text string, wanted Meaning) bool {
	ready()
	if rs := []rune(text); len(rs) > maxLen {
		text = string(rs[:maxLen])
	}
	parts := clauses(text)
	for _, p := range parts {
		if m, _ := decide(p); m == wanted {
			return len(parts) > 1
		}
	}
	return false
}

// decide tries the rules in their order, and the first that fits decides: what
// people say who lose money stands before all that is convenient.
func decide(text string) (m Meaning, decided bool) {
	for _, slack := range []bool{false, true} {
		t := fold(text, slack)
		if m, ok := whole[slack][t.japanese]; ok {
			return m, true
		}
		t.japanese, t.english = leftAlone(t.japanese), keptOn.ReplaceAllString(calming.ReplaceAllString(t.english, " fine "), " ")
		for i := range rules {
			if !rules[i].fits(t) {
				continue
			}
			if rules[i].meaning == Mine && !certain(text) {
				if len(rules[i].patterns) > 0 {
					continue
				}
				return doubtful, true
			}
			return rules[i].meaning, true
		}
	}
	return Unsure, false
}

// bySentence reads each sentence by itself. What a denial stands next to does not
// matter; else all that is understood must be one meaning.
func bySentence(text string) Meaning {
	var found Meaning
	for _, s := range sentences(text) {
		m, decided := decide(s)
		if m == doubtful {
			m = Unsure
		}
		switch {
		case m == Dispute:
			return Dispute
		case found == Mine && m == Undo || found == Undo && m == Mine:
			found = Undo // it was them, so what they said before is not
		case !decided || m == found:
		case m == Unsure || found != Unsure:
			return Unsure
		default:
			found = m
		}
	}
	if found == Mine && !certain(text) {
		return Unsure
	}
	return found
}

// fits reports whether each group has a word in the text, each pattern is in it,
// and none of not.
func (r *rule) fits(t folded) bool {
	if len(r.patterns) > 0 && t.slack {
		return false
	}
	for _, words := range r.all {
		if !t.has(words) {
			return false
		}
	}
	for _, p := range r.patterns {
		if side := t.side(p.japanese); side == "" || !p.MatchString(side) {
			return false
		}
	}
	return !t.has(r.not)
}
