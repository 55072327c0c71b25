package watch

import (
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Consent is that a person was shown what is processed, for what, by whom and
// for how long, and went on.
type Consent struct {
	At      time.Time `json:"at"`
	Way     Way       `json:"way"`
	Version string    `json:"version,omitempty"` // of the operator's policy; empty if it has none

	Unknown jsontext.Value `json:",embed"`
}

// Turn is what a step of the trail says of it.
func (c *Consent) Turn() Turn {
	if c.Version == "" {
		return Turn{Name: TurnConsent, After: truth(true)}
	}
	return Turn{Name: TurnConsent, After: text(c.Version)}
}

// Policy is what the operator of a deployment tells of how data of people is
// handled, apart from what the messages and pages say themselves.
type Policy struct {
	Operator string // who runs it, as people read it; empty if it is not said
	URL      string // where the policy stands; empty if there is none
	Version  string // of the policy, such as 2026-11-29
}

// mailPerson begins the ids of people who are reached by mail alone. Those of
// LINE begin with U.
const mailPerson = "mail-"

// MailPerson makes the id of a person who is reached by mail alone from random
// letters.
func MailPerson(random string) string { return mailPerson + strings.ToLower(random) }

// ByMail tells whether a person is one who is reached by mail alone, and has no
// chat to go to.
func ByMail(person string) bool { return strings.HasPrefix(person, mailPerson) }
