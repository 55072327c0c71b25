package store

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"sync"
	"time"

	"kozamori/internal/watch"
)

// What an audit list holds is package audit's; here is where it lies. What was
// done stands at first by itself, found in the index of what is due, and then in
// a block of its bank's list. A step of a trail stands in both.

const (
	actPK = "ACT#"
	// auditShards spread what is not in the list yet: people's steps are among it,
	// and no one partition may hold up a bank's.
	auditShards = 8
)

func actKey(id string) Key { return Key{actPK + id, "ACT"} }

func auditDue(bank, id string, at time.Time) Key {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return Key{auditShard(bank, int(h.Sum32()%auditShards)), stamp(at) + "#" + id}
}

func auditShard(bank string, n int) string { return fmt.Sprintf("AUDIT#%s#%d", bank, n) }

// PutAct keeps an act until it stands in its bank's list.
func PutAct(bank, id string, at time.Time, body []byte) Write {
	return Write{Item: Item{Key: actKey(id), Body: body, Due: auditDue(bank, id, at)}, If: Any}
}

// Unlisted is what is to be put into a bank's audit list: an act, or a step of a
// trail.
type Unlisted struct {
	Item
	Act bool
}

// Step reads what is a step.
func (u *Unlisted) Step() (*watch.Step, error) { return stepItems.decode(u.Item) }

// Unlisted reads the first n that are to be put into a bank's list, by the time
// at which they were done, from the place that the last one of before stood at.
func (s *Store) Unlisted(ctx context.Context, bank string, n int, after string) (list []Unlisted, last string, err error) {
	var shards [auditShards][]Item
	var errs [auditShards]error
	var wg sync.WaitGroup
	for i := range shards {
		wg.Go(func() {
			q := Query{Index: Due, PK: auditShard(bank, i), From: after, Limit: n}
			shards[i], _, errs[i] = some(ctx, s, q, n, func(k Key) bool { return k.SK == "ACT" || k.SK == "L" })
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, "", err
		}
	}
	found := slices.Concat(shards[:]...)
	slices.SortFunc(found, func(a, b Item) int { return strings.Compare(a.Due.SK, b.Due.SK) })
	found = found[:min(n, len(found))]
	keys := make([]Key, len(found))
	for i, it := range found {
		keys[i] = it.Key
	}
	if len(keys) == 0 {
		return nil, "", nil
	}
	items, err := s.Get(ctx, keys...)
	if err != nil {
		return nil, "", err
	}
	for _, k := range keys {
		if it, ok := items[k]; ok && it.Due.PK != "" { // the index may lag behind
			list = append(list, Unlisted{it, strings.HasPrefix(k.PK, actPK)})
		}
	}
	if len(found) == n {
		last = found[n-1].Due.SK + "\x01"
	}
	return list, last, nil
}

// Listed are the writes by which what was put into the list is no longer to be:
// an act goes, a step stays in its trail.
func Listed(u Unlisted) Write {
	if u.Act {
		return Write{Item: Item{Key: u.Key}, If: At(u.Version), Delete: true}
	}
	u.Due = Key{}
	return Write{Item: u.Item, If: At(u.Version)}
}

func auditPK(bank string) string { return "CHAIN#" + bank }

func blockKey(bank string, first int64) Key { return Key{auditPK(bank), fmt.Sprintf("%015d", first)} }

func auditHead(bank string) Key { return Key{auditPK(bank), "HEAD"} }

// AuditHead reads what is kept of the end of a bank's list; nil at version 0 if
// there is none.
func (s *Store) AuditHead(ctx context.Context, bank string) (body []byte, version int64, err error) {
	items, err := s.Get(ctx, auditHead(bank))
	it := items[auditHead(bank)]
	return it.Body, it.Version, err
}

// PutAuditHead writes it at the version read. It is kept for ever.
func PutAuditHead(bank string, body []byte, version int64) Write {
	return Write{Item: Item{Key: auditHead(bank), Body: body}, If: At(version)}
}

// PutBlock adds a block to a bank's list.
func PutBlock(bank string, first int64, body []byte, expires time.Time) Write {
	return Write{Item: Item{Key: blockKey(bank, first), Body: body, Expires: expires}, If: Absent}
}

// Block is one of a bank's audit list.
type Block struct {
	First int64 // the number of its first entry, as its key has it
	Body  []byte
}

// Blocks reads the n blocks of a bank's list from the one on that holds the entry
// of a number, or from the first after it. none are left if it returns fewer.
func (s *Store) Blocks(ctx context.Context, bank string, from int64, n int) ([]Block, error) {
	q := Query{PK: auditPK(bank), To: blockKey(bank, from).SK, Reverse: true}
	before, _, err := some(ctx, s, q, 1, isBlock)
	if err != nil {
		return nil, err
	}
	q = Query{PK: auditPK(bank), From: blockKey(bank, from).SK, To: blockKey(bank, 999_999_999_999_999).SK}
	if len(before) == 1 {
		q.From = before[0].SK
	}
	items, _, err := some(ctx, s, q, n, isBlock)
	if err != nil {
		return nil, err
	}
	var out []Block
	for _, it := range items {
		var b Block
		if _, err := fmt.Sscanf(it.SK, "%d", &b.First); err != nil {
			continue
		}
		b.Body = it.Body
		out = append(out, b)
	}
	return out, nil
}

func isBlock(k Key) bool { return len(k.SK) == 15 && strings.Trim(k.SK, "0123456789") == "" }

// StepBody reads a step of a trail as it is stored, which may be nil.
func (s *Store) StepBody(ctx context.Context, id string) ([]byte, error) {
	items, err := s.Get(ctx, stepKey(id))
	return items[stepKey(id)].Body, err
}
