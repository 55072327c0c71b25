package watch

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Overruled is an answer "mine" that stands no more, because somebody has said "not
// mine" since.
type Overruled struct {
	Watcher string    `json:"watcher"`
	At      time.Time `json:"at"`

	Unknown jsontext.Value `json:",embed"`
}

// keepOverruled bounds them: a person who changes their mind more often has shown that
// already.
const keepOverruled = 10

// Overrule notes that an answer of the incident stands no more; only "mine" is noted, for
// what was reported is told by its dispute.
func (r *Record) Overrule(was *Answer) {
	if was == nil || was.Value != Mine || r.Answer != nil && r.Answer.Value == Mine {
		return
	}
	r.overruled(Overruled{Watcher: was.Watcher, At: was.At})
	r.Overruled = r.Overruled[max(0, len(r.Overruled)-keepOverruled):]
}

// overruled adds one that is not there yet: one answer may have been of several pieces.
func (r *Record) overruled(o Overruled) {
	if slices.ContainsFunc(r.Overruled, func(x Overruled) bool { return x.Watcher == o.Watcher && x.At.Equal(o.At) }) {
		return
	}
	r.Overruled = append(slices.Clip(r.Overruled), o)
}
