package radar

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Over is what counts no more of a service, because its bank dismissed or ended a
// campaign: all that had been counted by then. The zero value is nothing.
type Over struct {
	At time.Time `json:"at"` // nothing of before counts
	// Counted is what had been counted by then in the cells that were not over.
	Counted []Counted `json:"counted,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// Counted is what a cell had counted at some time, but for the names.
type Counted struct {
	Kind   Kind      `json:"kind"`
	At     time.Time `json:"at"`     // when the cell begins
	Sketch string    `json:"sketch"` // as Cell.Counted

	Unknown jsontext.Value `json:",embed"`
}

// Of is what a cell has counted by now.
func (c *Cell) Of() Counted { return Counted{Kind: c.Kind, At: c.At.UTC(), Sketch: c.Counted} }

// With is the same with what some cells have counted that were not over by then.
func (o Over) With(cells ...*Cell) Over {
	o.Counted = slices.Clip(o.Counted)
	for _, c := range cells {
		if !c.At.Before(CellOf(o.At)) && c.Counted != "" {
			o.Counted = append(o.Counted, c.Of())
		}
	}
	return o
}

// seen is how many accounts cells of a kind counted since a moment that had not been
// counted by then, and the first transactions.
func (o *Over) seen(kind Kind, cells []*Cell, from time.Time) (accounts int, first []Seen) {
	list := within(cells, CellOf(from))
	var before []*Cell
	for i := range o.Counted {
		if c := &o.Counted[i]; c.Kind == kind && !c.At.Before(CellOf(from)) {
			before = append(before, &Cell{At: c.At, Counted: c.Sketch})
		}
	}
	accounts, first = Sum(list)
	if len(before) > 0 {
		known, _ := Sum(before)
		accounts, _ = Sum(append(before, list...))
		accounts -= known
	}
	return accounts, slices.DeleteFunc(first, func(s Seen) bool { return s.At.Before(from) })
}

// Over is what counts no more of a service. A version of before said of it when the
// campaign was over alone: then nothing of that cell counts.
func (s *Standing) Over(service string) Over {
	x := s.Of(service)
	switch {
	case x.ID == "" || x.State.Open() && x.Over == nil:
		return Over{}
	case x.State.Open() || x.Over != nil && x.Over.At.Equal(x.At):
		return *x.Over
	}
	return Over{At: CellOf(x.At).Add(Width)}
}

// Close notes what cells had counted when the latest campaign of a service was over.
func (s *Standing) Close(service string, cells []*Cell) {
	for i := range s.Services {
		if x := &s.Services[i]; x.Service == service && !x.State.Open() {
			o := Over{At: x.At}.With(slices.DeleteFunc(slices.Clone(cells), func(c *Cell) bool { return c.Service != service })...)
			x.Over = &o
		}
	}
}

// Closes tells whether a campaign is over, and how its service stands does not say so.
func (s *Standing) Closes(c *Campaign) bool {
	x := s.Of(c.Service)
	return !c.State.Open() && (x.ID < c.ID || x.ID == c.ID && x.State.Open())
}
