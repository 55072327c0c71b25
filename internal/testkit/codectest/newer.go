package codectest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"kozamori/internal/queue"
	"kozamori/internal/store"
)

// Newer is a table in which a newer version of the program writes, too: after
// each write of the program under test it puts a member into each object of
// the item, and a name into each set of reasons, that the program does not
// know. It notes which of them the program's next write loses.
type Newer struct {
	store.Table
	// Leaves tells which items, by their place, the newer version leaves alone
	// while the program works on them. Nil is none.
	Leaves func(place string) bool

	mu   sync.Mutex
	n    int
	lost map[string]int // by place: "R/R deliveries[] shows"
	kept map[string]int
	all  map[string]int
}

// Places counts, by place, how often the program did something to an object or a
// set of reasons.
type Places map[string]int

// Add adds others.
func (p Places) Add(more Places) {
	for place, times := range more {
		p[place] += times
	}
}

// Lost says where the program wrote an object, or a set of reasons, without
// what the newer version had put there, or wrote another one in its place.
// What is gone with its object is not lost.
func (n *Newer) Lost() Places { return n.copy(n.lost) }

// Kept counts, for each place, how often what the newer version had put there
// was given back.
func (n *Newer) Kept() Places { return n.copy(n.kept) }

// Placed counts where the newer version put something into an item: at a place that
// is neither kept nor lost the program was not seen to write a second time.
func (n *Newer) Placed() Places { return n.copy(n.all) }

func (n *Newer) copy(of map[string]int) Places {
	n.mu.Lock()
	defer n.mu.Unlock()
	out := Places{}
	out.Add(of)
	return out
}

// Write does the writes, and those of the newer version.
func (n *Newer) Write(ctx context.Context, writes ...store.Write) error {
	keys := make([]store.Key, 0, len(writes))
	for i := range writes {
		keys = append(keys, writes[i].Item.Key)
	}
	was, err := n.Get(ctx, keys...)
	if err != nil {
		return err
	}
	if err := n.Table.Write(ctx, writes...); err != nil {
		return err
	}
	var marked []store.Write
	for _, w := range writes {
		place := placeOf(w.Item.Key)
		if w.Delete || w.Check {
			continue
		}
		doc := decode(w.Item.Body)
		if old, ok := was[w.Item.Key]; ok {
			lost, kept := compare(marks(place, decode(old.Body)), marks(place, doc))
			n.note(lost, kept, nil)
		}
		if n.Leaves == nil || !n.Leaves(place) {
			n.note(nil, nil, n.mark(place, doc))
			w.Item.Body, w.If = encode(doc), store.Any
			marked = append(marked, w)
		}
	}
	return n.Table.Write(ctx, marked...)
}

func (n *Newer) note(lost, kept, placed []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.lost == nil {
		n.lost, n.kept, n.all = map[string]int{}, map[string]int{}, map[string]int{}
	}
	for _, p := range placed {
		n.all[p]++
	}
	for _, l := range lost {
		n.lost[l]++
	}
	for _, k := range kept {
		n.kept[k]++
	}
}

// Queue is a queue whose messages a newer version of the program sent: each
// has members, and words, that the program does not know.
func (n *Newer) Queue(q queue.Queue) queue.Queue { return newerQueue{q, n} }

type newerQueue struct {
	queue.Queue
	n *Newer
}

func (q newerQueue) Send(ctx context.Context, name queue.Name, msgs ...queue.Outgoing) error {
	out := slices.Clone(msgs)
	for i := range out {
		if name != queue.Events {
			out[i].Body = q.n.marked(string(name), out[i].Body)
			continue
		}
		lines := strings.Split(strings.TrimSuffix(string(out[i].Body), "\n"), "\n")
		lines[0] += " x_new=1"
		for j, line := range lines[1:] {
			lines[j+1] = string(q.n.marked("event", []byte(line)))
		}
		out[i].Body = []byte(strings.Join(lines, "\n") + "\n")
	}
	return q.Queue.Send(ctx, name, out...)
}

func (n *Newer) marked(place string, body []byte) []byte {
	doc := decode(body)
	n.mark(place, doc)
	return encode(doc)
}

// placeOf is the kind of an item: its key without what is particular to it.
func placeOf(k store.Key) string {
	pk, _, _ := strings.Cut(k.PK, "#")
	sk, _, named := strings.Cut(k.SK, "#")
	if named || len(k.SK) <= len("ACTIVITY") && k.SK == strings.ToUpper(k.SK) && strings.Trim(k.SK, "0123456789") != "" {
		return pk + "/" + sk
	}
	return pk
}

const newMember = "x_new"

// passes tells whether a member is an object that is handed on as it is (the
// words of an answer), or holds only amounts by name.
func passes(at, name string) bool {
	return slices.Contains([]string{"months", "service_min_for", "monthly_total"}, name) || name == "answer" && strings.HasPrefix(at, "W")
}

// mark puts a mark into each object, and a name into each set of reasons, that has
// none, and says at which places it did.
func (n *Newer) mark(place string, doc any) (at []string) {
	each(place, doc, func(s spot, d map[string]any) {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.n++
		if _, ok := d[newMember]; !ok {
			d[newMember] = fmt.Sprint("m", n.n)
			at = append(at, s.place)
		}
		if reasons, ok := d["reasons"].(string); ok && !strings.Contains(reasons, newMember) {
			d["reasons"] = strings.Trim(fmt.Sprintf("%s,%s_%d", reasons, newMember, n.n), ",")
			at = append(at, s.place+" reasons")
		}
	})
	return at
}

// marks are the marks of a document by where they are; "" for each object
// without one.
func marks(place string, doc any) map[spot][]string {
	out := map[spot][]string{}
	each(place, doc, func(at spot, d map[string]any) {
		mark, _ := d[newMember].(string)
		out[at] = append(out[at], mark)
		if reasons, ok := d["reasons"].(string); ok {
			_, name, _ := strings.Cut(reasons, newMember)
			at = at.in("reasons", "")
			out[at] = append(out[at], name)
		}
	})
	return out
}

// compare says at which places marks are gone though an object stands there
// that has none, and at which all are there.
func compare(was, is map[spot][]string) (lost, kept []string) {
	for at, before := range was {
		gone := slices.ContainsFunc(before, func(m string) bool { return m != "" && !slices.Contains(is[at], m) })
		switch {
		case gone && slices.Contains(is[at], ""):
			lost = append(lost, at.place)
		case !gone:
			kept = append(kept, at.place)
		}
	}
	return lost, kept
}

// spot is where an object stands: its place, and in which of the elements of
// the lists on the way there.
type spot struct{ place, of string }

func (s spot) in(name, element string) spot {
	return spot{s.place + " " + name, s.of + " " + name + element}
}

// names tell the elements of a list apart: the first that is there does, with the
// service if it stands for a dispute or an incident.
var names = []string{"id", "record", "watcher", "seq", "event", "dispute", "lead", "kind", "name", "service"}

func element(e any) string {
	d, _ := e.(map[string]any)
	for _, name := range names {
		id, ok := d[name]
		if !ok {
			continue
		}
		if name == "dispute" || name == "lead" {
			return fmt.Sprint(" ", id, " ", d["service"])
		}
		return fmt.Sprint(" ", id)
	}
	return ""
}

func each(place string, doc any, do func(at spot, d map[string]any)) {
	walk(spot{place, place}, doc, do)
}

func walk(at spot, doc any, do func(at spot, d map[string]any)) {
	switch d := doc.(type) {
	case []any:
		for _, e := range d {
			walk(spot{at.place + "[]", at.of + "[" + element(e) + "]"}, e, do)
		}
	case map[string]any:
		services := strings.HasSuffix(at.place, " services")
		for name, e := range d {
			switch {
			case passes(at.place, name):
			case services:
				walk(at.in("*", " "+name), e, do)
			default:
				walk(at.in(name, ""), e, do)
			}
		}
		if !services {
			do(at, d)
		}
	}
}

func decode(b []byte) any {
	dec := json.NewDecoder(strings.NewReader(string(b)))
	dec.UseNumber()
	var doc any
	if err := dec.Decode(&doc); err != nil {
		panic(err)
	}
	return doc
}

func encode(doc any) []byte {
	b, err := json.Marshal(doc)
	if err != nil {
		panic(err)
	}
	return b
}
