package store

import (
	"context"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
	"kozamori/internal/watch"
)

// KeepTrace is how long an event is found by its bank's id of it.
const KeepTrace = 90 * 24 * time.Hour

var traces = codec.For[Trace]("trace")

// Trace leads from a bank's id of an event to the record that the event went
// into, or that said the same already. What a bank calls its events stands in
// it as a hash, so that it says nothing once the record is gone.
type Trace struct {
	Bank   string    `json:"-"`
	Event  string    `json:"-"` // the bank's id
	Record string    `json:"-"`
	At     time.Time `json:"at"` // when the event was received

	Unknown jsontext.Value `json:",embed"`
}

// A bank may give every event the same id: the record in the sort key keeps
// such traces from being one item that all detectors write.
func (t *Trace) key() Key { return Key{tracePK(t.Bank, t.Event), t.Record} }

func tracePK(bank, event string) string { return "V#" + watch.Derive("event", bank, event) }

// PutTrace keeps a trace.
func PutTrace(t *Trace) Write {
	return Write{Item: Item{Key: t.key(), Body: traces.Encode(t), Expires: until(t.At, KeepTrace)}, If: Any}
}

// MaxTraced is how many records Traced names for one id.
const MaxTraced = 20

// Traced finds the records that events of this id went into: one, unless the
// bank gives its ids more than once.
func (s *Store) Traced(ctx context.Context, bank, event string) ([]*Trace, error) {
	page, err := s.Query(ctx, Query{PK: tracePK(bank, event), Limit: MaxTraced})
	if err != nil {
		return nil, err
	}
	var out []*Trace
	for _, it := range page.Items {
		if !under("V#", "")(it.Key) {
			continue // of a version to come
		}
		t := &Trace{Bank: bank, Event: event, Record: it.SK}
		if err := traces.Decode(it.Body, t); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// DeleteRecord removes a record and the traces of the events in it.
func DeleteRecord(r *watch.Record) []Write {
	out := []Write{{Item: Item{Key: recordKey(r.ID)}, If: Any, Delete: true}}
	seen := map[Key]bool{}
	for _, e := range r.Story() {
		t := Trace{Bank: r.Account.Bank, Event: e.Event, Record: r.ID}
		if k := t.key(); e.Event != "" && !seen[k] {
			seen[k] = true
			out = append(out, Write{Item: Item{Key: k}, If: Any, Delete: true})
		}
	}
	return out
}
