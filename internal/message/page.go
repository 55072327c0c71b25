package message

import "time"

// Page is what one of our pages says, from the top down.
type Page struct {
	Lang string // "ja" or "en"
	Name string // of the window; no amount, no account
	// Notice says on top that what was asked for just now was not done; empty
	// if nothing was.
	Notice string
	Parts  []Part
}

// Part is a part of a page: a message, what can be done about it, and what
// happened when.
type Part struct {
	Message
	Alarm   string // said in red before anything else; empty if there is none
	QR      string // an SVG of ours; empty if there is none
	QRName  string // what it is, for screen readers
	Picture Picture
	Links   []PageLink
	Forms   []Form
	History []Moment
}

// Picture compares amounts at a glance: drawn as bars, and written.
type Picture struct {
	Title string
	Bars  []Bar // none leaves the picture out
	Note  string
}

// Bar is one of them.
type Bar struct {
	Label, Value string
	Share        float64 // of the longest, from 0 to 1
}

// PageLink leads to another page of ours.
type PageLink struct{ Href, Label, Hint string }

// Form is a button that asks us to do something.
type Form struct {
	Do    string // what is asked for: notmine, mine, undo, trust, stop
	Label string
	Style Style
	Note  string // said before the button; may be empty
	// Fields and then Groups stand before the button, More are further
	// buttons of the form.
	Fields []Field
	Groups []Group
	More   []Form // only Do, Label and Style count
}

// Group is fields that are folded away under a heading until it is tapped.
type Group struct {
	Title  string
	Says   string // what is set now, in a few words, shown while it is folded
	Open   bool
	Text   []string
	Fields []Field
}

// FieldKind says how a field is filled in.
type FieldKind string

// The kinds of fields.
const (
	FieldText   FieldKind = "text"
	FieldNumber FieldKind = "number" // typed with the keys for digits, in yen
	FieldEmail  FieldKind = "email"
	FieldTime   FieldKind = "time"
	FieldLines  FieldKind = "lines"
	FieldCheck  FieldKind = "check"
	FieldSelect FieldKind = "select"
	FieldHidden FieldKind = "hidden"
	FieldFile   FieldKind = "file" // one file or several
)

// Field is one thing to fill in.
type Field struct {
	Kind    FieldKind
	Name    string
	Label   string
	Hint    string
	Value   string
	Unit    string // behind a number
	Checked bool
	Options []Option
	Error   string // what is wrong with the value, shown next to it
}

// Option is one choice of a FieldSelect.
type Option struct{ Value, Label string }

// Moment is a line of an alert's history.
type Moment struct {
	At   time.Time
	When string // in words
	Say  string
}
