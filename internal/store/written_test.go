package store_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/codec"
	"kozamori/internal/store"
	"kozamori/internal/testkit/codectest"
	"kozamori/internal/testkit/worldtest"
)

// write names the release that -write makes a file of: the day, 2026-11-28.
var write = flag.String("write", "", "keep in testdata/written the items that this program writes, as those that were written at this `day`")

// item is an item in a file of testdata/written. The files are never changed:
// they stand for what lies in tables.
type item struct {
	Kind    string
	PK, SK  string
	History []string        `json:",omitempty"`
	Due     []string        `json:",omitempty"`
	Expires time.Time       `json:",omitzero"`
	Body    json.RawMessage `json:",omitempty"`
}

func TestItemsThatEachReleaseWroteAreFoundAndRewrittenInTheirPlaces(t *testing.T) {
	t.Parallel()
	if *write != "" {
		keepItems(t, filepath.Join("testdata/written", *write+".json"))
	}
	files, err := filepath.Glob("testdata/written/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	covered := map[string]bool{}
	for _, file := range files {
		items, of := readItems(t, file)
		everyWay(t, filepath.Base(file)+"/", items, of, func(t *testing.T, v any) {
			for _, l := range codectest.NotUnderstood(v) {
				t.Error("not understood any more: ", l)
			}
		})
		for _, kind := range of {
			covered[kind] = true
		}
	}
	for _, k := range codec.Kinds() {
		if k.Name == "tally" || k.Name == "hour" {
			continue // each process writes its own, and none writes it back
		}
		part, _, _ := strings.Cut(k.Name, ".")
		if !covered[k.Name] && k.Type.PkgPath() != "" && strings.HasSuffix(k.Type.PkgPath(), "/store") && part == k.Name {
			t.Errorf("items of kind %q are not among those kept: go test ./internal/store -write DAY", k.Name)
		}
	}
}

func TestItemsGiveBackTheMembersOfAVersionToCome(t *testing.T) {
	t.Parallel()
	items, of := itemsNow()
	for i := range items {
		doc := codectest.Parse(t, items[i].Item.Body)
		if codectest.Strange(doc) == 0 {
			t.Fatal("there is no object to put a member into")
		}
		items[i].Item.Body = codectest.Render(t, doc)
	}
	everyWay(t, "", items, of, func(*testing.T, any) {})
}

// early is before anything in the items ends.
func early() time.Time { return time.Date(2026, 11, 3, 4, 5, 0, 0, time.UTC) }

// place is one in an index without what only newer versions say, the lane of what is due,
// that of a binding among its bank's watchers, and only older ones: the id of a record,
// which each entry names in its key.
func place(k store.Key, record string) store.Key {
	if strings.HasPrefix(k.PK, "WATCH#") {
		return store.Key{}
	}
	for _, mark := range []string{"#c", "#l", "#h"} {
		k.SK = strings.TrimSuffix(k.SK, mark)
	}
	if id, is := strings.CutPrefix(record, "R#"); is {
		k.SK = strings.TrimSuffix(strings.TrimSuffix(k.SK, "#"+id), "#R")
	}
	return k
}

// everyWay finds each kind of item that is among these, in a table of them and
// in every way that there is, and wants what was found to be written back to
// the same places with nothing lost.
func everyWay(t *testing.T, name string, items []store.Write, of []string, check func(*testing.T, any)) {
	for n, k := range kinds(store.New(nil)) {
		if !slices.Contains(of, k.kind) {
			continue
		}
		for way, find := range k.find {
			t.Run(fmt.Sprint(name, k.kind, n, "/", way), func(t *testing.T) {
				s := store.New(worldtest.Table(t, early))
				writeAll(t, s, items)
				v, again, err := find(t.Context(), s)
				if err != nil {
					t.Fatal(err)
				}
				check(t, v)
				if again.Item.PK == "" {
					return
				}
				i := slices.IndexFunc(items, func(w store.Write) bool { return w.Item.Key == again.Item.Key })
				if i < 0 {
					t.Fatalf("it is written to %v, where it was not", again.Item.Key)
				}
				was, is := items[i].Item, again.Item
				if err := s.Write(t.Context(), again); err != nil {
					t.Error("it cannot be written back: ", err)
				}
				for _, l := range codectest.Lost(codectest.Parse(t, was.Body), codectest.Parse(t, is.Body)) {
					t.Error(l)
				}
				if place(was.History, was.PK) != place(is.History, is.PK) || place(was.Due, was.PK) != place(is.Due, is.PK) || was.Expires.IsZero() != is.Expires.IsZero() {
					t.Errorf("its places are %v %v %v, were %v %v %v", is.History, is.Due, is.Expires, was.History, was.Due, was.Expires)
				}
			})
		}
	}
}

// writeAll writes any number of items.
func writeAll(t *testing.T, s *store.Store, items []store.Write) {
	t.Helper()
	for part := range slices.Chunk(items, store.MaxWrites) {
		if err := s.Write(t.Context(), part...); err != nil {
			t.Fatal(err)
		}
	}
}

// itemsNow are the writes that make a table of one item of each kind, and the
// kind of each.
func itemsNow() (out []store.Write, of []string) {
	s := store.New(nil)
	for _, k := range kinds(s) {
		w := k.put(s)
		out, of = append(out, store.Write{Item: w.Item, If: store.Any}), append(of, k.kind)
	}
	return out, of
}

// keepItems adds to a file the items of this program whose kinds are not in it.
func keepItems(t *testing.T, file string) {
	t.Helper()
	var out []item
	if b, err := os.ReadFile(file); err == nil {
		if err := json.Unmarshal(b, &out); err != nil {
			t.Fatal(err)
		}
	}
	known := map[string]bool{}
	for _, i := range out {
		known[i.Kind] = true
	}
	items, of := itemsNow()
	for n, w := range items {
		it := w.Item
		i := item{Kind: of[n], PK: it.PK, SK: it.SK, Expires: it.Expires, Body: it.Body}
		if it.History != (store.Key{}) {
			i.History = []string{it.History.PK, it.History.SK}
		}
		if it.Due != (store.Key{}) {
			i.Due = []string{it.Due.PK, it.Due.SK}
		}
		if !known[i.Kind] {
			out = append(out, i)
		}
	}
	b, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, codectest.Indent(t, b), 0o644); err != nil {
		t.Fatal(err)
	}
}

// readItems are the writes that make a table what a file says, and the kind of
// each item.
func readItems(t *testing.T, file string) (out []store.Write, of []string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var items []item
	if err := json.Unmarshal(b, &items); err != nil {
		t.Fatal(err)
	}
	for _, i := range items {
		it := store.Item{Key: store.Key{PK: i.PK, SK: i.SK}, Expires: i.Expires, Body: i.Body}
		if i.History != nil {
			it.History = store.Key{PK: i.History[0], SK: i.History[1]}
		}
		if i.Due != nil {
			it.Due = store.Key{PK: i.Due[0], SK: i.Due[1]}
		}
		out, of = append(out, store.Write{Item: it, If: store.Any}), append(of, i.Kind)
	}
	return out, of
}
