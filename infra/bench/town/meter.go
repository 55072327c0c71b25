package town

import (
	"context"
	"math"
	"strings"
	"sync"

	"kozamori/internal/store"
)

// DynamoDB's limits: of one partition key, a second; adaptive splits part what
// is hot by sort keys within some minutes, but never one item, and not an index
// whose sort keys go on in time. What is reported is without them.
const (
	keyWrites, keyReads     = 1000, 3000
	tableWrites, tableReads = 40_000, 40_000 // of a table, on demand, before a raise
)

// load is units.
type load struct{ writes, reads float64 }

// class is how the load of a kind of keys goes with the size of a town.
type class int

const (
	shared   class = iota // one key for all, or for a bank: takes more the larger the town is
	ofPeople              // a key for each person or thing: there are more of them, and each takes the same
	spread                // over store.DuePartitions
	fixed                 // written or read by each process, so often a minute
)

// classes are those of the kinds of keys: of what stands before what a key is of.
var classes = map[string]class{"A": ofPeople, "R": ofPeople, "D": ofPeople, "E": ofPeople, "U": ofPeople, "C": ofPeople, "W": ofPeople, "S": ofPeople,
	"T": ofPeople, "V": ofPeople, "STEP": ofPeople, "history of A": ofPeople, "due DUE": spread,
	"B": fixed, "LESSONS": fixed, "SPREADING": fixed, "BREAKER": fixed, "BANKS": fixed, "CHAIN": fixed, "due AUDIT": fixed, "CATALOG": fixed}

// processes is how many of each function are at work, at full size.
const processes = 20

// meter is a table that counts what DynamoDB would charge, and for which key.
type meter struct {
	store.Table
	mu    sync.Mutex
	kept  map[store.Key]placed // what is stored, for what its rewriting takes
	dues  map[string]int       // how many things are due, by the minute
	Bytes float64              // kept

	sweeping bool // what is listed now is listed once a minute in any town

	sum     [fixed + 1]load // in all
	minute  map[string]*load
	hour    map[string]*load
	minutes int
	worst   map[string]load // of one key of a kind: of people in a minute, as if in one second; of others in an hour, the mean of its seconds
	table   load            // of the worst hour, the mean of its seconds
}

type placed struct {
	due  store.Key
	size float64
}

func newMeter(t store.Table) *meter {
	return &meter{Table: t, kept: map[store.Key]placed{}, dues: map[string]int{}, minute: map[string]*load{}, hour: map[string]*load{}, worst: map[string]load{}}
}

func size(it *store.Item) float64 {
	return float64(len(it.PK) + len(it.SK) + len(it.Body) + len(it.History.PK) + len(it.History.SK) + len(it.Due.PK) + len(it.Due.SK) + 60)
}

func (m *meter) add(index, pk string, l load) {
	c := classes[kindOf(index+pk)]
	if m.sweeping && l.writes == 0 {
		c = fixed
		l.reads /= processes // but there is one sweeper
	}
	m.sum[c].add(l)
	if c == fixed {
		return
	}
	if m.minute[index+pk] == nil {
		m.minute[index+pk] = &load{}
	}
	m.minute[index+pk].add(l)
}

func (l *load) add(o load) { l.writes, l.reads = l.writes+o.writes, l.reads+o.reads }

func (m *meter) read(index, pk string, units float64)  { m.add(index, pk, load{reads: units}) }
func (m *meter) write(index, pk string, units float64) { m.add(index, pk, load{writes: units}) }

// Get reads items, each rounded up to 4 KB.
func (m *meter) Get(ctx context.Context, keys ...store.Key) (map[store.Key]store.Item, error) {
	return m.get(ctx, 1, keys)
}

// Glance reads items at half the price.
func (m *meter) Glance(ctx context.Context, keys ...store.Key) (map[store.Key]store.Item, error) {
	return m.get(ctx, 0.5, keys)
}

func (m *meter) get(ctx context.Context, price float64, keys []store.Key) (map[store.Key]store.Item, error) {
	found, err := m.Table.Get(ctx, keys...)
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, k := range keys {
		it := found[k]
		m.read("", k.PK, price*math.Max(1, math.Ceil(size(&it)/4096)))
	}
	return found, err
}

// Query reads what it finds together, of an index at half the price.
func (m *meter) Query(ctx context.Context, q store.Query) (store.Page, error) {
	page, err := m.Table.Query(ctx, q)
	m.mu.Lock()
	defer m.mu.Unlock()
	sum, price := 0.0, 0.5
	for i := range page.Items {
		sum += size(&page.Items[i])
	}
	if q.Index == store.Primary {
		price = 1
	}
	m.read([]string{"", "history of ", "due "}[q.Index], q.PK, price*math.Max(1, math.Ceil(sum/4096)))
	return page, err
}

// Write counts an item twice in a transaction, and its entries in the indexes.
func (m *meter) Write(ctx context.Context, writes ...store.Write) error {
	m.mu.Lock() // so that what is noted comes in the order of the writes
	defer m.mu.Unlock()
	if err := m.Table.Write(ctx, writes...); err != nil {
		return err
	}
	price := 1.0
	if len(writes) > 1 {
		price = 2
	}
	for i := range writes {
		w := &writes[i]
		was := m.kept[w.Item.Key]
		is := placed{w.Item.Due, size(&w.Item)}
		if w.Delete {
			is = placed{}
		}
		m.write("", w.Item.PK, price*math.Max(1, math.Ceil(math.Max(was.size, is.size)/1024)))
		if w.Check {
			continue
		}
		if w.Item.History.PK != "" {
			m.write("history of ", w.Item.History.PK, math.Ceil(is.size/1024))
		}
		if was.due != is.due {
			m.moved(was.due, is.due)
		}
		m.Bytes += is.size - was.size
		if m.kept[w.Item.Key] = is; w.Delete {
			delete(m.kept, w.Item.Key)
		}
	}
	return nil
}

// moved counts an entry of what is due that goes from one key to another; the
// zero key is none.
func (m *meter) moved(from, to store.Key) {
	if from.PK != "" {
		m.write("due ", from.PK, 1)
		at := minuteOf(from.SK)
		if m.dues[at]--; m.dues[at] == 0 {
			delete(m.dues, at)
		}
	}
	if to.PK != "" {
		m.write("due ", to.PK, 1)
		m.dues[minuteOf(to.SK)]++
	}
}

// minuteOf is the minute of a sort key of what is due.
func minuteOf(sk string) string { return sk[:min(len(sk), len("20060102T1504"))] }

// due tells whether anything is due by a minute.
func (m *meter) due(by string) bool {
	for at := range m.dues {
		if at <= by {
			return true
		}
	}
	return false
}

// kindOf is the kind of a key: what stands before what it is of.
func kindOf(key string) string {
	kind, _, _ := strings.Cut(key, "#")
	return kind
}

func (m *meter) most(kind string, l load) {
	w := m.worst[kind]
	m.worst[kind] = load{math.Max(w.writes, l.writes), math.Max(w.reads, l.reads)}
}

// tick ends a minute.
func (m *meter) tick() {
	for k, l := range m.minute {
		kind := kindOf(k)
		switch classes[kind] {
		case ofPeople:
			m.most(kind, *l)
			k = kind // in the hour: all of them
		case spread:
			k = kind
		}
		if m.hour[k] == nil {
			m.hour[k] = &load{}
		}
		m.hour[k].add(*l)
	}
	clear(m.minute)
	if m.minutes++; m.minutes%60 != 0 {
		return
	}
	var all load
	for k, l := range m.hour {
		l.writes, l.reads = l.writes/3600, l.reads/3600
		all.add(*l)
		switch classes[kindOf(k)] {
		case spread:
			m.most(k, load{l.writes / store.DuePartitions, l.reads / store.DuePartitions})
		case shared:
			m.most(kindOf(k), *l)
		}
	}
	m.table = load{math.Max(m.table.writes, all.writes), math.Max(m.table.reads, all.reads)}
	clear(m.hour)
}
