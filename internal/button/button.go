// Package button owns what a button in the chat carries: a verb and what it is
// about, as LINE hands them back in a postback. The data lie in messages on
// people's phones for years, so that what was once written stays readable: no
// verb and no key is ever renamed or given another meaning, and what is not
// known is ignored. It never decides who may press: data prove nothing, and
// who acts is the user that LINE's webhook names.
package button

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Verb is what a button asks for.
type Verb string

// The verbs. The forms of an alert's page use those of answers as well.
const (
	NotMine Verb = "notmine" // of a Record: "that was not me"
	Mine    Verb = "mine"    // of a Record: "that was me"
	Ask     Verb = "ask"     // of a Record: shows what "not me" would report, and asks
	Undo    Verb = "undo"    // of a Record: takes "not mine" back; Asked is when the report was made that is confirmed
	Trust   Verb = "trust"   // of a Record: debits like it stay silent
	Leave   Verb = "leave"   // of a Watcher, or All: stop watching; Asked tells when the button was shown
	Erase   Verb = "erase"   // the same for erasing; without a Watcher it asks which
	Join    Verb = "join"    // of a Code: become a guardian
	Pause   Verb = "pause"   // For a while, or Until a time
	Restore Verb = "restore" // a Step that lowered what is told, for a Watcher of its account
	Control Verb = "control" // of a Watcher's account: the bank is to stop what Kind says; Asked tells when that was confirmed
)

// Verbs lists them all.
var Verbs = []Verb{NotMine, Mine, Ask, Undo, Trust, Leave, Erase, Join, Pause, Restore, Control}

// All stands for the watcher of every account of a person.
const All = "all"

// The lengths of a pause.
const (
	Short = time.Hour
	Long  = 7 * 24 * time.Hour
)

var lengths = map[string]time.Duration{"1h": Short, "168h": Long}

// until begins the end of a pause in Unix seconds, in the place of a length.
const until = "until."

// Press is one button. What its verb does not use is left empty.
type Press struct {
	Verb     Verb
	Record   string
	Watcher  string    // who was asked, or whose watching it is about
	Code     string    // of an invitation
	Delivery string    // the message that is answered: an answer stands for what it said
	Asked    time.Time // to the second
	For      time.Duration
	Until    time.Time // to the second
	Step     string    // of the trail
	Kind     string    // of a control
	Service  string    // of a control
	// Whole tells that "not me" is about each incident of the record's service, on
	// its account, that waited for an answer when the button was shown (Asked), and
	// "mine" about all pieces of the incident, as Mark says that they were shown, or,
	// without Mark, about each incident of the service, as "not me" is. Of a
	// report that is taken back Mark is what was named.
	Whole bool
	Mark  string
	// Other tells that "mine" is said of what else the debit may be, such as a
	// card's bill.
	Other bool
}

// Data is the press as a postback carries it, at most 300 characters.
func (p Press) Data() string {
	v := url.Values{"a": {string(p.Verb)}}
	set := func(key, value string) {
		if value != "" {
			v.Set(key, value)
		}
	}
	set("r", p.Record)
	set("w", p.Watcher)
	set("c", p.Code)
	set("d", p.Delivery)
	set("step", p.Step)
	set("m", p.Mark)
	set("k", p.Kind)
	set("v", p.Service)
	if p.Whole {
		set("s", "1")
	}
	if p.Other {
		set("o", "1")
	}
	if !p.Asked.IsZero() {
		set("t", strconv.FormatInt(p.Asked.Unix(), 36))
	}
	for name, d := range lengths {
		if d == p.For {
			set("for", name)
		}
	}
	if !p.Until.IsZero() {
		set("for", until+strconv.FormatInt(p.Until.Unix(), 10))
	}
	return v.Encode()
}

// Parse reads the data of a postback. False if no button of ours ever carried
// such a verb. What else cannot be read is left empty.
func Parse(data string) (Press, bool) {
	v, err := url.ParseQuery(data)
	p := Press{Verb: Verb(v.Get("a")), Record: v.Get("r"), Watcher: v.Get("w"), Code: v.Get("c"), Delivery: v.Get("d"), Step: v.Get("step"), Mark: v.Get("m"), Kind: v.Get("k"), Service: v.Get("v"), For: lengths[v.Get("for")], Whole: v.Get("s") == "1", Other: v.Get("o") == "1"}
	if err != nil || !slices.Contains(Verbs, p.Verb) {
		return Press{}, false
	}
	if n, err := strconv.ParseInt(v.Get("t"), 36, 64); err == nil {
		p.Asked = time.Unix(n, 0)
	}
	if seconds, fixed := strings.CutPrefix(v.Get("for"), until); fixed {
		if n, err := strconv.ParseInt(seconds, 10, 64); err == nil {
			p.Until = time.Unix(n, 0)
		}
	}
	return p, true
}
