// Package phrase understands what people type into the chat: it brings the
// spellings of a phrase together and finds what is meant by it, one meaning or
// none. It is a table of words, not a learned model: its reader can say why
// a phrase was taken as it was. It never acts, and it never answers.
package phrase

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

// Read returns what is meant by a text of any length and content. The rules
// are tried in their order, and the first that fits decides: what people say
// who lose money stands before all that is convenient.
func Read(text string) Meaning {
	ready()
	for _, slack := range []bool{false, true} {
		t := fold(text, slack)
		if m, ok := whole[slack][t.japanese]; ok {
			return m
		}
		t.japanese, t.english = leftAlone(t.japanese), keptOn.ReplaceAllString(t.english, " ")
		for i := range rules {
			if !rules[i].fits(t) {
				continue
			}
			if rules[i].meaning == Mine && !certain(text) {
				return Unsure
			}
			return rules[i].meaning
		}
	}
	return Unsure
}

// fits reports whether each group has a word in the text, and none of not.
func (r *rule) fits(t folded) bool {
	for _, words := range r.all {
		if !t.has(words) {
			return false
		}
	}
	return !t.has(r.not)
}
