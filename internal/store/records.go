package store

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	"kozamori/internal/codec"
	"kozamori/internal/watch"
)

var records = codec.For[watch.Record]("record")

const recordPK = "R#"

var recordItems = kind[watch.Record]{under(recordPK, "R"), readRecord}

func recordKey(id string) Key { return Key{recordPK + id, "R"} }

// recordBody is a record as it is stored. DynamoDB charges by the kilobyte
// begun, four times on the way of an alert, and an alert to one person is
// about that long: so the key alone holds the id (the entries of both indexes have
// that key), times are stored to the millisecond (our clocks are no finer), and
// what a message is as a rule is not said of it.
func recordBody(r *watch.Record) []byte {
	c := r.Clone()
	c.ID = ""
	ms := func(times ...*time.Time) {
		for _, t := range times {
			*t = t.Truncate(time.Millisecond)
		}
	}
	ms(&c.OccurredAt, &c.ReceivedAt, &c.RecordedAt, &c.UndoneAt, &c.SummedAt, &c.Due)
	for i := range c.Summed {
		ms(&c.Summed[i].At)
	}
	for i := range c.Notices {
		ms(&c.Notices[i].EscalateAt)
	}
	for i := range c.Deliveries {
		d := &c.Deliveries[i]
		ms(&d.CreatedAt, &d.Due, &d.AcceptedAt, &d.After)
		if d.Worded.Plain() && asked(d) {
			d.Worded = nil
		}
		if d.Lang == watch.Japanese { // as every version reads none
			d.Lang = ""
		}
	}
	for i := range c.Members {
		m := &c.Members[i]
		ms(&m.ReceivedAt, &m.RecordedAt, &m.Is.OccurredAt, &m.Is.UndoneAt, &m.Is.HeardAt, &m.Is.StageAt)
	}
	if c.Answer != nil {
		ms(&c.Answer.At)
	}
	return records.Encode(c)
}

func readRecord(it Item) (*watch.Record, error) {
	r := &watch.Record{}
	if err := records.Decode(it.Body, r); err != nil {
		return nil, err
	}
	r.ID, r.Version = strings.TrimPrefix(it.PK, recordPK), it.Version
	for i := range r.Deliveries {
		d := &r.Deliveries[i]
		if d.Worded == nil && asked(d) {
			d.Worded = &watch.Worded{}
		}
		if d.Lang == "" && d.Channel != "" {
			d.Lang = watch.Japanese
		}
	}
	return r, nil
}

// asked tells whether a channel was asked to take a message of an incident, by a release
// that words it first.
func asked(d *watch.Delivery) bool { return d.As != "" && d.Kind.OfIncident() }

// Record reads a record by id.
func (s *Store) Record(ctx context.Context, id string) (*watch.Record, error) {
	items, err := s.Get(ctx, recordKey(id))
	if err != nil {
		return nil, err
	}
	it, ok := items[recordKey(id)]
	if !ok {
		return nil, ErrNotFound
	}
	return readRecord(it)
}

// Lead reads the record that tells of a record's incident: its own if it began
// one, or if the other is gone.
func (s *Store) Lead(ctx context.Context, r *watch.Record) (*watch.Record, error) {
	for range maxLeads {
		if r.Lead == "" || r.Lead == r.ID {
			return r, nil
		}
		lead, err := s.Record(ctx, r.Lead)
		if errors.Is(err, ErrNotFound) {
			return r, nil
		}
		if err != nil {
			return nil, err
		}
		r = lead
	}
	return r, nil
}

// Telling reads the record that tells of a record's transaction: its own, or the
// one at the end of those under whose ids the bank says that its id replaced
// another.
func (s *Store) Telling(ctx context.Context, r *watch.Record) (*watch.Record, error) {
	seen := map[string]bool{r.ID: true}
	for r.Alias != "" && !seen[r.Alias] {
		next, err := s.Record(ctx, r.Alias)
		if err != nil {
			return nil, err
		}
		r = next
		seen[r.ID] = true
	}
	return r, nil
}

// maxLeads bounds how often an incident was taken into another.
const maxLeads = 5

// Records reads many records together, each at most once. What does not decode
// is left out like what is not there, so that it costs only itself: Record
// tells which of both it is.
func (s *Store) Records(ctx context.Context, ids []string) (map[string]*watch.Record, error) {
	keys := make([]Key, len(ids))
	for i, id := range ids {
		keys[i] = recordKey(id)
	}
	items, err := s.Get(ctx, keys...)
	if err != nil {
		return nil, err
	}
	out := make(map[string]*watch.Record, len(items))
	for _, id := range ids {
		it, ok := items[recordKey(id)]
		if !ok {
			continue
		}
		if r, err := readRecord(it); err == nil {
			out[id] = r
		}
	}
	return out, nil
}

// OnRecord tells of which ids there was a record a moment ago. Each id has an
// entry.
func (s *Store) OnRecord(ctx context.Context, ids []string) (map[string]bool, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	keys := make([]Key, len(ids))
	for i, id := range ids {
		keys[i] = recordKey(id)
	}
	get := s.Get
	if t, ok := s.Table.(Glancer); ok {
		get = t.Glance
	}
	items, err := get(ctx, keys...)
	if err != nil {
		return nil, err
	}
	out := make(map[string]bool, len(ids))
	for i, id := range ids {
		_, out[id] = items[keys[i]]
	}
	return out, nil
}

// PutRecord writes a record at the version it was read; a record of version 0
// must not exist yet.
func PutRecord(r *watch.Record) Write {
	keep := KeepRecord
	if r.Unheard() && len(r.Twins) == 0 {
		keep = KeepUnheard // it is asked for by no one, and leads to no other
	}
	it := Item{
		Key:     recordKey(r.ID),
		Body:    recordBody(r),
		Expires: until(r.RecordedAt, keep),
		History: Key{accountPK(r.Account), stamp(r.OccurredAt)},
	}
	if !r.Due.IsZero() {
		it.Due = Key{duePK(r.ID), stamp(r.Due) + laneMarks[r.Lane()]}
	}
	return Write{Item: it, If: At(r.Version)}
}

// UpdateRecord reads a record, lets change alter it, and writes it back,
// again and again until no other writer came between. When change returns an
// error nothing is written and the error is returned with the record as read;
// without one the record comes back as it is stored now.
func (s *Store) UpdateRecord(ctx context.Context, id string, change func(*watch.Record) error) (*watch.Record, error) {
	var r *watch.Record
	err := Retry(ctx, func() (err error) {
		if r, err = s.Record(ctx, id); err != nil {
			return err
		}
		return s.changeRecord(ctx, r, change)
	})
	return r, err
}

// UpdateReadRecord is UpdateRecord for a record that was read a moment ago: it
// is read again only if another writer has changed it since. The record given
// stays as it is; the one returned can be given next.
func (s *Store) UpdateReadRecord(ctx context.Context, read *watch.Record, change func(*watch.Record) error) (*watch.Record, error) {
	r := read.Clone()
	err := s.changeRecord(ctx, r, change)
	if _, lost := AsCondition(err); lost {
		return s.UpdateRecord(ctx, read.ID, change)
	}
	return r, err
}

func (s *Store) changeRecord(ctx context.Context, r *watch.Record, change func(*watch.Record) error) error {
	if err := change(r); err != nil {
		return err
	}
	err := s.Write(ctx, PutRecord(r))
	if err == nil {
		r.Version++
	}
	return err
}

// History lists an account's records, newest first, between two times of
// occurrence (zero is open), but for those that are Unheard.
func (s *Store) History(ctx context.Context, k watch.AccountKey, from, to time.Time) iter.Seq2[*watch.Record, error] {
	return func(yield func(*watch.Record, error) bool) {
		for r, err := range s.AllRecords(ctx, k, from, to) {
			if (err != nil || !r.Unheard()) && !yield(r, err) {
				return
			}
		}
	}
}

// AllRecords is History with those that are Unheard.
func (s *Store) AllRecords(ctx context.Context, k watch.AccountKey, from, to time.Time) iter.Seq2[*watch.Record, error] {
	q := Query{Index: History, PK: accountPK(k), Reverse: true}
	if !from.IsZero() {
		q.From = stamp(from)
	}
	if !to.IsZero() {
		q.To = stamp(to) + "~"
	}
	return all(ctx, s, q, recordItems)
}
