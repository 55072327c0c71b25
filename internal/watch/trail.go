package watch

import (
	"bytes"
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"
)

// StepKind is what a step of the trail changed.
type StepKind string

// The kinds of steps.
const (
	StepSettings  StepKind = "settings"  // what a watcher is told, and where
	StepReported  StepKind = "reported"  // "not mine"
	StepWithdrawn StepKind = "withdrawn" // "not mine" taken back
	StepMine      StepKind = "mine"      // "mine", of something critical
	StepJoined    StepKind = "joined"    // a watcher came
	StepLeft      StepKind = "left"      // a watcher went, or was sent away
	StepErased    StepKind = "erased"    // the account was forgotten, with who watched it
	StepRestored  StepKind = "restored"  // a step was taken back
	StepReplaced  StepKind = "replaced"  // the bank calls the account by another ref
	StepHistory   StepKind = "history"   // debits of a statement became history
	StepControl   StepKind = "control"   // something was to be stopped by the bank, or no more
)

// Way is how somebody came to make a step.
type Way string

// The ways.
const (
	WayChat     Way = "chat"
	WayPage     Way = "page" // a page behind a link of the chat
	WayMail     Way = "mail" // a link in a mail
	WayBank     Way = "bank"
	WayOperator Way = "operator"
)

// Step is one step of an account's trail: a change of what protects it, which
// is written with the change itself and never altered. It names watchers by
// ids that mean nothing outside the account, and holds no address.
type Step struct {
	ID        string `json:"id"`
	OnAccount `json:"account"`
	At        time.Time `json:"at"`
	Kind      StepKind  `json:"kind"`
	Way       Way       `json:"way,omitempty"`
	// By made the step, and Of is whose protection it changed; empty if that is
	// no watcher's, or everybody's.
	By       string `json:"by,omitempty"`
	ByRole   Role   `json:"by_role,omitempty"`
	Of       string `json:"of,omitempty"`
	OfRole   Role   `json:"of_role,omitempty"`
	Lowered  bool   `json:"lowered,omitempty"` // somebody is protected less than before
	Turns    []Turn `json:"turns,omitempty"`
	Record   string `json:"record,omitempty"`   // the lead of the incident that was answered
	Restores string `json:"restores,omitempty"` // the step that this one takes back
	// Control is what the step is about, of one that asks a bank to stop something, or answers.
	Control *ControlStep `json:"control,omitempty"`
	// Over is the channel whose link was pressed, as the step is made; empty if
	// that is not known.
	Over ChannelKind `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// Turn is one thing that a step changed: a rule, by its name in Rules, or one
// of the others below. Before and After are as Rules writes them; absent is
// what is not set.
type Turn struct {
	Name   string         `json:"name"`
	Before jsontext.Value `json:"before,omitzero"`
	After  jsontext.Value `json:"after,omitzero"`
	Lowers bool           `json:"lowers,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// What a step can change but rules, and but the address of a channel, masked, which
// has the name of the channel.
const (
	TurnHideAmount = "hide_amount" // whether a guardian sees amounts
	TurnConsent    = "consent"     // the version of the policy that was agreed to
)

// NewStepID makes the id of a step.
func NewStepID() string { return "s" + strings.ToLower(rand.Text()) }

// Compare makes what a step says of a watcher who is changed: what differs
// between what they wanted before and after, in the order of the table, and
// whether any of it protects them less at the time now.
func Compare(before, after *Watcher, now time.Time) (turns []Turn, lowered bool) {
	was, is := members(&before.Rules), members(&after.Rules)
	for _, row := range table {
		if row.Value.Same(&before.Rules, &after.Rules) {
			continue
		}
		t := Turn{Name: row.Name, Before: was[row.Name], After: is[row.Name], Lowers: row.Value.lowers(&before.Rules, &after.Rules, now)}
		turns = append(turns, t)
	}
	for _, kind := range addressed(before, after) {
		if x, y := address(before, kind), address(after, kind); x != y {
			turns = append(turns, Turn{Name: string(kind), Before: text(mask(x)), After: text(mask(y)), Lowers: x != ""})
		}
	}
	if before.HideAmount != after.HideAmount {
		turns = append(turns, Turn{Name: TurnHideAmount, Before: truth(before.HideAmount), After: truth(after.HideAmount)})
	}
	return turns, slices.ContainsFunc(turns, func(t Turn) bool { return t.Lowers })
}

// members are the members of rules, by name, as they are stored.
func members(r *Rules) map[string]jsontext.Value {
	out := map[string]jsontext.Value{}
	b, err := jsonv1.Marshal(r)
	if err == nil {
		err = jsonv1.Unmarshal(b, &out)
	}
	if err != nil { // plain values always do
		panic("watch: rules do not encode: " + err.Error())
	}
	return out
}

// Rules are those that a step's turns are about, as they were before and after
// it, and the zero value of the rest. What cannot be read stays as the zero value.
func (s *Step) Rules() (before, after Rules) {
	fill := func(r *Rules, get func(*Turn) jsontext.Value) {
		var b bytes.Buffer
		for i := range s.Turns {
			t := &s.Turns[i]
			v := get(t)
			if v == nil || RuleNamed(t.Name).Name == "" {
				continue
			}
			b.Reset()
			b.WriteString(`{"` + t.Name + `":`)
			b.Write(v)
			b.WriteByte('}')
			_ = jsonv1.Unmarshal(b.Bytes(), r)
		}
	}
	fill(&before, func(t *Turn) jsontext.Value { return t.Before })
	fill(&after, func(t *Turn) jsontext.Value { return t.After })
	return before, after
}

// OfAddress is the channel whose address a turn changed, if it is that: or else it
// is something that only a newer version knows.
func (t *Turn) OfAddress() (ChannelKind, bool) {
	return ChannelKind(t.Name), RuleNamed(t.Name).Name == "" && t.Name != TurnHideAmount && t.Name != TurnConsent
}

// addressed are the channels that one of two has an address of, in the order of the
// alphabet.
func addressed(before, after *Watcher) (out []ChannelKind) {
	for _, c := range slices.Concat(before.Channels, after.Channels) {
		if c.Address != "" {
			out = append(out, c.Kind)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func address(w *Watcher, kind ChannelKind) string {
	c, _ := w.Channel(kind)
	if c == nil {
		return ""
	}
	return c.Address
}

// mask is an address as a person knows theirs again and no other reader can write to
// it: "h…@e…", or "…00" of a number.
func mask(s string) string {
	name, domain, ok := strings.Cut(s, "@")
	switch end := []rune(s); {
	case s == "":
		return ""
	case !ok || name == "" || domain == "":
		return "…" + string(end[max(len(end)-2, min(len(end), 4)):])
	}
	return string([]rune(name)[:1]) + "…@" + string([]rune(domain)[:1]) + "…"
}

func text(s string) jsontext.Value {
	if s == "" {
		return nil
	}
	v, err := jsontext.AppendQuote(nil, s)
	if err != nil { // not UTF-8, which no address of ours is
		return nil
	}
	return v
}

func truth(b bool) jsontext.Value {
	if b {
		return jsontext.Value("true")
	}
	return jsontext.Value("false")
}

// Said is a turn's text before and after, of a turn that is no rule.
func (t *Turn) Said() (before, after string) {
	read := func(v jsontext.Value) string {
		if v == nil || v.Kind() != '"' {
			return string(v)
		}
		s, err := jsontext.AppendUnquote(nil, v)
		if err != nil {
			return ""
		}
		return string(s)
	}
	return read(t.Before), read(t.After)
}

// Clone is a copy that shares nothing that changes.
func (w *Watcher) Clone() *Watcher {
	c := *w
	c.Channels, c.Former, c.EndedTrusts = slices.Clone(w.Channels), slices.Clone(w.Former), slices.Clone(w.EndedTrusts)
	c.Rules = *w.Rules.clone()
	return &c
}
