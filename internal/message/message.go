// Package message is what a message to a person, or a page of ours, consists
// of: title, amount, facts, steps, buttons, fields. It says neither what stands
// there nor how a channel draws it, so the sentences and the channels meet here
// without knowing each other. It holds no sentence.
package message

import "slices"

// Tone is how urgent a message looks. Each tone has a word as well as a
// colour, for people who do not see colours.
type Tone string

// The tones.
const (
	Critical Tone = "critical" // 緊急
	Notice   Tone = "notice"   // お知らせ
	Calm     Tone = "calm"     // a confirmation, a welcome
)

// Message is one message to a person, in their language.
type Message struct {
	Lang string // "ja" or "en"
	// Alt is the subject of a mail and what a phone's lock screen shows: it
	// carries no amount and no account.
	Alt   string
	Tone  Tone
	Badge string // the tone in a word: 緊急
	Title string // what happened, in a sentence
	// Amount is set large, "100,000円", or the reference number of a dispute;
	// empty when there is none or the watcher may not see it.
	Amount  string   `json:",omitzero"`
	Facts   []Fact   `json:",omitzero"` // service, account, time
	Left    Fact     `json:",omitzero"` // stands in the place of facts that are left out in brief; empty for none
	Why     []string `json:",omitzero"` // why you are told
	Text    []string `json:",omitzero"` // paragraphs
	More    []string `json:",omitzero"` // further ones, which are not needed for an answer
	Steps   []Step   `json:",omitzero"` // what to do now, in the order that helps
	Buttons []Button `json:",omitzero"`
	Choices []Button `json:",omitzero"` // quick replies: shown only until the next message
	Foot    string   `json:",omitzero"` // small print
	// Brief has a channel on which only a little is in sight at once leave what
	// is not needed to answer to the page that a button opens: Why, More, Steps,
	// Foot, and facts that are More.
	Brief bool `json:",omitzero"`
	// Cards are shown in the message's place, one next to the other, by a channel
	// that can; others show them below it.
	Cards []Message `json:",omitzero"`
	// StopURL is the page that ends messages of this channel; a mail names it
	// in its foot and its headers. Empty if there is none.
	StopURL string `json:",omitzero"`
	// Note says why a mail came, in the place of Labels.MailNote; empty if that is
	// true.
	Note string `json:",omitzero"`
	// Incident is the incident that it speaks of, if it speaks of one: the
	// subject of a mail tells them apart. It is not shown as it stands.
	Incident string `json:",omitzero"`
	// Copies are addresses of the same reader that a mail goes to unseen: those
	// that a new one replaced a moment ago.
	Copies []string `json:"-"`
}

// Fact is a labelled value.
type Fact struct {
	Label, Value string
	More         bool `json:",omitzero"` // it is not needed for an answer
	Blank        bool `json:",omitzero"` // to be written in by hand
}

// Paragraphs are all of a message's.
func (m *Message) Paragraphs() []string { return append(slices.Clip(m.Text), m.More...) }

// InBrief is the part of a message that is needed to answer it.
func (m Message) InBrief() Message {
	m.Facts = slices.DeleteFunc(slices.Clone(m.Facts), func(f Fact) bool { return f.More })
	if m.Left.Value != "" {
		m.Facts = append(m.Facts, m.Left)
	}
	m.Why, m.More, m.Steps, m.Foot = nil, nil, nil, ""
	return m
}

// Step is something to do, with a phone number to tap where there is one.
type Step struct {
	Text string
	Tel  string `json:",omitzero"` // phone.Tel makes the link, if there can be one
}

// Style says how a button looks.
type Style string

// The styles of buttons.
const (
	Primary   Style = "primary"
	Danger    Style = "danger"
	Secondary Style = "secondary"
	Link      Style = "link"
)

// Button does exactly one of: a postback (LINE), saying Say as the user
// (LINE), or opening URL (everywhere). A channel leaves out what it cannot do.
type Button struct {
	Label    string
	Short    string `json:",omitzero"` // the same for where 20 characters are shown; empty if Label will do
	Style    Style
	Postback string `json:",omitzero"` // at most 300 characters
	Display  string `json:",omitzero"` // what the chat shows as said by the user when tapped
	Say      string `json:",omitzero"` // sent as text by the user
	URL      string `json:",omitzero"`
}

// Labels are the few words with which a channel or a page surrounds a message.
type Labels struct {
	Brand    string // 口座守
	Why      string // heading of Message.Why
	Steps    string // heading of Message.Steps
	Call     string // before a phone number
	MailNote string // why this mail came
	StopMail string // label of the link that ends the mails
}
