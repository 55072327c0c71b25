package watch

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Worded is what the words of a message come from apart from what it shows of each part,
// as that was when a channel was first asked to take it. A message that may have been
// taken is sent again as it was, whatever has become of all that since.
type Worded struct {
	// Debits, Yen, First and Last are what it sums up, if that is not in its Sum.
	Debits int       `json:"debits,omitempty"`
	Yen    int64     `json:"yen,omitempty"`
	First  time.Time `json:"first,omitzero"`
	Last   time.Time `json:"last,omitzero"`
	// Earlier tells that its reader knew of debits of the service.
	Earlier bool `json:"earlier,omitempty"`
	// Among tells that its incident had more than one part.
	Among bool         `json:"among,omitempty"`
	Parts []WordedPart `json:"parts,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// Plain tells that there is nothing out of the ordinary; not if nothing is known.
func (w *Worded) Plain() bool {
	return w != nil && len(w.Parts) == 0 && w.Unknown == nil && w.same(&Worded{})
}

// WordedPart is that of one part, if there is any.
type WordedPart struct {
	Record   string  `json:"record"`
	Follows  bool    `json:"follows,omitempty"`  // a link of which its reader knows
	Silenced bool    `json:"silenced,omitempty"` // see Notice
	Related  bool    `json:"related,omitempty"`  // the same
	Second   Reasons `json:"second,omitzero"`    // the same
	Called   bool    `json:"called,omitempty"`   // no rule of its reader's matched

	Unknown jsontext.Value `json:",embed"`
}

// Part finds what is known of a part; nothing if it is nothing out of the ordinary.
func (w *Worded) Part(record string) WordedPart {
	if i := slices.IndexFunc(w.Parts, func(p WordedPart) bool { return p.Record == record }); i >= 0 {
		return w.Parts[i]
	}
	return WordedPart{Record: record}
}

// Add notes what is known of a part.
func (w *Worded) Add(p WordedPart) {
	if p.same(WordedPart{Record: p.Record}) {
		return
	}
	w.Parts = append(w.Parts, p)
}

func (p WordedPart) same(o WordedPart) bool {
	return p.Record == o.Record && p.Follows == o.Follows && p.Silenced == o.Silenced && p.Related == o.Related && p.Second.Reason == o.Second.Reason && p.Called == o.Called
}

// same tells whether the words are the same.
func (w *Worded) same(o *Worded) bool {
	return w.Debits == o.Debits && w.Yen == o.Yen && w.First.Equal(o.First) && w.Last.Equal(o.Last) && w.Earlier == o.Earlier && w.Among == o.Among &&
		slices.EqualFunc(w.Parts, o.Parts, WordedPart.same)
}

// same tells whether two sums are said with the same words.
func (s *PastSum) same(o *PastSum) bool {
	if s == nil || o == nil {
		return s == o
	}
	return s.Debits == o.Debits && s.Yen == o.Yen && s.Links == o.Links && s.Changed == o.Changed && s.More == o.More && s.FirstAt.Equal(o.FirstAt) && s.LastAt.Equal(o.LastAt)
}

// Word gives a delivery that no channel has yet what it is worded from. If it was
// handed over with other words, another key is needed. before is the delivery as it
// was, and renewed tells that it has another key by now.
func (d *Delivery) Word(w Worded, before *Delivery, renewed bool) {
	if was := before.Worded; was != nil {
		w.Unknown = was.Unknown
		for i := range w.Parts {
			w.Parts[i].Unknown = was.Part(w.Parts[i].Record).Unknown
		}
	}
	d.Worded = &w
	handed := before.Worded != nil || before.Sum != nil || before.Attempts > 0
	if same := before.Worded != nil && w.same(before.Worded) && before.Sum.same(d.Sum) && before.SumOf == d.SumOf && before.Related == d.Related; handed && !renewed && !same {
		d.Take++
	}
}
