package store

import (
	"context"
	"errors"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
	"kozamori/internal/watch"
)

// What is due lies in partitions of its lane, so many that none of them is hot
// when ten thousand alerts a second come: DynamoDB writes a thousand units a
// second into one. An alert takes one when it is recorded and one when it is
// told, a critical one three, because it then waits for an answer.
var lanePartitions = map[watch.Lane]int{watch.LaneCritical: 64, watch.LaneLost: 32, watch.LaneHeld: 32, watch.LaneRest: 64}

// DuePartitions is how many there are, with the old ones; a sweep reads all.
const DuePartitions = 64 + 32 + 32 + 64 + oldPartitions

// oldPartitions is how many there were for all lanes together. What is due is
// written there until the table is spread, and found there for ever.
const oldPartitions = 8

// laneMarks stand behind the time in the sort key of what is due; the rest has
// none.
var laneMarks = map[watch.Lane]string{watch.LaneCritical: "#c", watch.LaneLost: "#l", watch.LaneHeld: "#h"}

func hashOf(id string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return h.Sum32()
}

const duePrefix = "DUE#"

func duePK(id string) string { return oldPK(int(hashOf(id) % oldPartitions)) }

func oldPK(n int) string { return duePrefix + strconv.Itoa(n) }

func lanePK(l watch.Lane, n int) string { return duePrefix + string(l) + "#" + strconv.Itoa(n) }

// laneOf is the lane of a sort key.
func laneOf(sk string) watch.Lane {
	for lane, mark := range laneMarks {
		if strings.HasSuffix(sk, mark) {
			return lane
		}
	}
	return watch.LaneRest
}

// Write is Table's, but for the partitions of what is due.
func (s *Store) Write(ctx context.Context, writes ...Write) error {
	if !s.Lanes.open.Load() {
		return s.Table.Write(ctx, writes...)
	}
	writes = slices.Clone(writes)
	for i := range writes {
		// What belongs into an audit list has partitions of its own there.
		if it := &writes[i].Item; strings.HasPrefix(it.Due.PK, duePrefix) {
			lane := laneOf(it.Due.SK)
			it.Due.PK = lanePK(lane, int(hashOf(it.PK)%uint32(lanePartitions[lane])))
		}
	}
	return s.Table.Write(ctx, writes...)
}

// DueRef names something that is due: exactly one of the first fields, up to
// Account, is set. Order is by when it is due, within its lane.
type DueRef struct {
	Record, Dispute  string
	Control, Inquiry string
	Round            string // of telling a bank's people
	Erasure, Account watch.AccountKey
	Lane             watch.Lane
	Order            string
}

// Due is when it is due; the zero time if that does not read.
func (r DueRef) Due() time.Time {
	at, _, _ := strings.Cut(r.Order, "#")
	t, _ := time.Parse(stampForm, at)
	return t
}

const (
	// duePage is how many keys of what is due are read at a time.
	duePage = 1000
	// sideBySide is how many partitions are read at a time.
	sideBySide = 32
)

// Due lists what is due at a time, the most urgent lane first and the oldest
// first in each, from up to limit things of each partition. The list may
// be stale: read each thing before acting on it. What only a newer version does
// when it is due is left to it, and takes no place of the limit.
func (s *Store) Due(ctx context.Context, at time.Time, limit int) ([]DueRef, error) {
	return s.due(ctx, watch.Lanes, func(watch.Lane) string { return stamp(at) + "~" }, func(int) int { return limit }, anything)
}

func anything(DueRef) bool { return true }

// DueBy is Due with a time for each lane, and about how many things of each are
// listed at most.
func (s *Store) DueBy(ctx context.Context, at func(watch.Lane) time.Time, most int) ([]DueRef, error) {
	return s.due(ctx, watch.Lanes, func(l watch.Lane) string { return stamp(at(l)) + "~" }, func(partitions int) int { return (most + partitions - 1) / partitions }, anything)
}

// Waiting lists all that is due at any time, as Due does.
func (s *Store) Waiting(ctx context.Context) ([]DueRef, error) {
	return s.due(ctx, watch.Lanes, func(watch.Lane) string { return "" }, func(int) int { return 1 << 30 }, anything)
}

// ToTell lists the records and disputes that are due first at any time in some lanes,
// up to limit for each partition.
func (s *Store) ToTell(ctx context.Context, lanes []watch.Lane, limit int) ([]DueRef, error) {
	return s.due(ctx, lanes, func(watch.Lane) string { return "" }, func(int) int { return limit }, func(ref DueRef) bool { return ref.Record != "" || ref.Dispute != "" })
}

// due reads the partitions of some lanes, and the old ones: of each up to limit,
// which is asked with the number of its like, of what is wanted.
func (s *Store) due(ctx context.Context, lanes []watch.Lane, to func(watch.Lane) string, limit func(partitions int) int, wanted func(DueRef) bool) ([]DueRef, error) {
	var queries []Query
	var limits []int
	last := ""
	for _, l := range lanes {
		for n := range lanePartitions[l] {
			queries = append(queries, Query{Index: Due, PK: lanePK(l, n), To: to(l)})
			limits = append(limits, limit(lanePartitions[l]))
		}
		last = max(last, to(l))
	}
	for n := range oldPartitions {
		queries = append(queries, Query{Index: Due, PK: oldPK(n), To: last})
		limits = append(limits, limit(oldPartitions))
	}
	found, errs := make([][]DueRef, len(queries)), make([]error, len(queries))
	slots := make(chan struct{}, sideBySide)
	var wg sync.WaitGroup
	for i, q := range queries {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			found[i], errs[i] = s.dueIn(ctx, q, limits[i], func(ref DueRef) bool {
				at := to(ref.Lane)
				return slices.Contains(lanes, ref.Lane) && (at == "" || ref.Order <= at) && wanted(ref)
			})
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	out := slices.Concat(found...)
	slices.SortFunc(out, func(a, b DueRef) int {
		switch {
		case a.Lane.Before(b.Lane):
			return -1
		case b.Lane.Before(a.Lane):
			return 1
		}
		return strings.Compare(a.Order, b.Order)
	})
	return out, nil
}

func (s *Store) dueIn(ctx context.Context, q Query, limit int, wanted func(DueRef) bool) ([]DueRef, error) {
	var out []DueRef
	for {
		q.Limit = min(duePage, limit-len(out))
		page, err := s.Query(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, it := range page.Items {
			ref := dueRef(it.Key)
			if (ref == DueRef{}) {
				continue
			}
			if ref.Order, ref.Lane = it.Due.SK, laneOf(it.Due.SK); wanted(ref) {
				out = append(out, ref)
			}
		}
		if q.Cursor = page.Cursor; q.Cursor == "" || len(out) >= limit {
			return out, nil
		}
	}
}

// dueRef names what has a key; the zero value if this version knows no such
// thing.
func dueRef(k Key) DueRef {
	switch kind, id, _ := strings.Cut(k.PK, "#"); {
	case kind == "A" && k.SK == "PROFILE":
		bank, ref, _ := strings.Cut(id, "#")
		return DueRef{Account: watch.AccountKey{Bank: bank, Ref: ref}}
	case kind == "E" && k.SK == "WISH":
		return DueRef{Erasure: erased(k.PK)}
	case kind != k.SK:
		return DueRef{}
	case kind == "R":
		return DueRef{Record: id}
	case kind == "D":
		return DueRef{Dispute: id}
	case k.SK == controlSK:
		return DueRef{Control: id}
	case k.SK == inquirySK:
		return DueRef{Inquiry: id}
	case kind == "E":
		return DueRef{Erasure: erased(k.PK)}
	case kind == roundKind:
		return DueRef{Round: id}
	}
	return DueRef{}
}

var spreadings = codec.For[Spreading]("spreading")

// Spreading is how a table comes to have partitions for each lane. The version
// before looks only into the old ones: nothing is written into the new ones until
// a sweeper of this one has run for so long that no one goes back to that. Both
// are always read.
type Spreading struct {
	Since time.Time `json:"since"` // a sweeper that knows the lanes has run from then on
	Seen  time.Time `json:"seen"`  // and last wrote so
	Open  bool      `json:"open,omitempty"`

	Version int64 `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

const (
	// SpreadAfter is how long a sweeper must have run, and seenEvery how often it
	// says so. After spreadGap without, another version may have run.
	SpreadAfter = 14 * 24 * time.Hour
	seenEvery   = time.Hour
	spreadGap   = 3 * time.Hour
)

var spreadKey = Key{"SPREADING", "SPREADING"}

func readSpreading(ctx context.Context, t Table) (*Spreading, error) {
	var sp Spreading
	v, err := read(ctx, t, spreadKey, spreadings, &sp)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	sp.Version = v
	return &sp, nil
}

// Spreading reads how far the table is; at version 0 if no sweeper said anything.
func (s *Store) Spreading(ctx context.Context) (*Spreading, error) { return readSpreading(ctx, s) }

// PutSpreading writes it at the version it was read.
func PutSpreading(sp *Spreading) Write {
	return Write{Item: Item{Key: spreadKey, Body: spreadings.Encode(sp)}, If: At(sp.Version)}
}

// Lanes is what a program knows of where what is due is written to: to the old
// partitions, until it hears that the table is spread.
type Lanes struct{ open atomic.Bool }

// Warm makes the first read of a program, and hears of it.
func (l *Lanes) Warm(ctx context.Context, t Table) error {
	sp, err := readSpreading(ctx, t)
	if err == nil && sp.Open {
		l.open.Store(true)
	}
	return err
}

// Swept says that a sweeper that knows the lanes is at work.
func (s *Store) Swept(ctx context.Context, now time.Time) error {
	sp, err := s.Spreading(ctx)
	if err != nil {
		return err
	}
	switch {
	case sp.Open:
		s.Lanes.open.Store(true)
		return nil
	case sp.Since.IsZero() || now.Sub(sp.Seen) > spreadGap:
		sp.Since = now
	case now.Sub(sp.Seen) < seenEvery:
		return nil
	}
	sp.Seen, sp.Open = now, now.Sub(sp.Since) >= SpreadAfter
	err = s.Write(ctx, PutSpreading(sp))
	if _, lost := AsCondition(err); lost {
		return nil // another sweep says the same
	}
	if err == nil && sp.Open {
		s.Lanes.open.Store(true)
	}
	return err
}
