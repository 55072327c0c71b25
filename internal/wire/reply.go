package wire

import (
	"cmp"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/catalog"
	"kozamori/internal/quote"
	"kozamori/internal/watch"
)

// Fault is one thing that is wrong with an event.
type Fault struct {
	Field   string     `json:"field,omitempty"`
	Problem string     `json:"problem"`
	Code    watch.Code `json:"code"`
}

// Rejected is an event that was refused: the first fault, and all of them.
type Rejected struct {
	Index int    `json:"index"`
	ID    string `json:"id,omitempty"`
	Fault
	Problems []Fault `json:"problems"`
}

// Ignored are the fields of an event that events do not have. It was taken
// without them.
type Ignored struct {
	Index  int      `json:"index"`
	ID     string   `json:"id,omitempty"`
	Fields []string `json:"fields"`
}

// UnknownService is what an event calls its service, and the catalogue does not.
// The event was taken, and is recognised by its descriptor.
type UnknownService struct {
	Index   int    `json:"index"`
	ID      string `json:"id,omitempty"`
	Service string `json:"service"`
}

// Reply is the body of a 202, and of a 422 together with its problem.
type Reply struct {
	Accepted        int              `json:"accepted"`
	Rejected        []Rejected       `json:"rejected"`
	Ignored         []Ignored        `json:"ignored,omitempty"`
	IgnoredInBatch  []string         `json:"ignored_in_batch,omitempty"`
	UnknownServices []UnknownService `json:"unknown_services,omitempty"`
}

// Sort makes the reply for the events of a body, and parts those that are taken
// from those that are refused.
func (b *Body) Sort() (rep Reply, good []jsontext.Value) {
	rep = Reply{Rejected: []Rejected{}, IgnoredInBatch: b.Ignored}
	for i := range b.Events {
		e := &b.Events[i]
		id := ShortID(e.Event.ID)
		if len(e.Ignored) > 0 {
			rep.Ignored = append(rep.Ignored, Ignored{i, id, e.Ignored})
		}
		if e.Refused() {
			rep.Rejected = append(rep.Rejected, Refusal(i, id, e.Problems))
			continue
		}
		if s := e.Event.Service; s != "" {
			if _, ok := catalog.ByID(s); !ok {
				rep.UnknownServices = append(rep.UnknownServices, UnknownService{i, id, Word(s)})
			}
		}
		good = append(good, e.Raw)
	}
	rep.Accepted = len(good)
	return rep, good
}

// Refusal makes the entry of an event that was refused.
func Refusal(i int, id string, problems []watch.FieldError) Rejected {
	r := Rejected{Index: i, ID: id}
	for _, p := range problems {
		r.Problems = append(r.Problems, Fault{p.Field, p.Problem, p.Code})
	}
	r.Fault = r.Problems[0]
	return r
}

// Word is what a bank calls a service, as a reply gives it back: as it was
// written, but for what cannot be seen; "?" if nothing can.
func Word(s string) string { return cmp.Or(quote.Text(s).Full(), "?") }

// ShortID keeps an id for a reply or a trace only if it is one.
func ShortID(s string) string { return visible(s, 128) }

// visible is a text of at most so many visible characters of ASCII; empty if it
// is none.
func visible(s string, most int) string {
	if len(s) > most {
		return ""
	}
	for _, r := range s {
		if r <= ' ' || r > '~' {
			return ""
		}
	}
	return s
}
