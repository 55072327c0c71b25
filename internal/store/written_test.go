package store_test

import (
	"context"
	"encoding/json"
	"flag"
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
	"kozamori/internal/watch"
)

// write names the release that -write makes a file of: the day, 2026-11-28.
var write = flag.String("write", "", "keep in testdata/written the items that this program writes, as those that were written at this `day`")

// item is an item in a file of testdata/written. The files are never changed:
// they stand for what lies in tables.
type item struct {
	PK, SK  string
	History []string        `json:",omitempty"`
	Due     []string        `json:",omitempty"`
	Expires time.Time       `json:",omitzero"`
	Body    json.RawMessage `json:",omitempty"`
}

// one of each kind of item: how it is put, and all ways by which it is found
// again, each with how what was found is written.
type one struct {
	kind string
	put  func(*store.Store) store.Write
	find map[string]func(context.Context, *store.Store) (v any, again store.Write, err error)
}

func full[T any](set func(*T)) *T {
	v := new(T)
	codectest.Full(v)
	set(v)
	return v
}

type (
	find    = func(context.Context, *store.Store) (any, store.Write, error)
	findAll = map[string]find
)

// found makes a find of a read and a put.
func found[T any](read func(context.Context, *store.Store) (*T, error), put func(*T) store.Write) find {
	return func(ctx context.Context, s *store.Store) (any, store.Write, error) {
		v, err := read(ctx, s)
		if err != nil {
			return nil, store.Write{}, err
		}
		return v, put(v), nil
	}
}

// putRefused is the item itself, without the keys that lead to it.
func putRefused(r *store.Refused) store.Write { return store.PutRefused(r)[0] }

// only is the one thing of a list.
func only[T any](list []*T, err error) (*T, error) {
	if err == nil && len(list) != 1 {
		return nil, store.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

func kinds(s *store.Store) []one {
	written := time.Date(2026, 11, 3, 4, 0, 0, 0, time.UTC)
	account := full(func(a *watch.Account) { a.AccountKey = watched })
	activity := full(func(*watch.Activity) {})
	record := full(func(r *watch.Record) { r.ID, r.OnAccount = "rec_1", watch.On(watched) })
	dispute := full(func(d *watch.Dispute) { d.ID, d.OnAccount = "dis_1", watch.On(watched) })
	bank := full(func(b *store.Bank) { b.Code = "0125" })
	key := full(func(k *store.APIKey) { k.Bank, k.Hash = "0125", "hash_1" })
	feed := full(func(f *store.Feed) { f.Bank = "0125" })
	erasure := full(func(e *store.Erasure) { e.OnAccount = watch.On(watched) })
	refused := full(func(r *store.Refused) { r.ID, r.Bank = "ref_1", "0125" })
	old := full(func(r *store.Refused) { r.ID, r.Bank, r.Old = "ref_2", "0168", true })
	person := full(func(p *store.Person) { p.LineUser = "U1" })
	binding := full(func(b *store.Binding) { b.OnAccount = watch.On(watched) })
	code := full(func(c *store.Code) { c.Hash, c.OnAccount = "code_1", watch.On(watched) })
	seen := full(func(w *store.Seen) { w.ID = "W1" })
	ticket := full(func(t *store.Ticket) { t.Hash, t.Owner = "ticket_1", store.AccountTickets(watched) })

	trace := full(func(t *store.Trace) { t.Bank, t.Event, t.Record = "0125", "evt_1", "rec_1" })

	due := func(of func(store.DueRef) bool, f find) find {
		return func(ctx context.Context, s *store.Store) (any, store.Write, error) {
			refs, err := s.Due(ctx, written.AddDate(0, 0, 1), 100)
			if err == nil && !slices.ContainsFunc(refs, of) {
				err = store.ErrNotFound
			}
			if err != nil {
				return nil, store.Write{}, err
			}
			return f(ctx, s)
		}
	}
	recordByID := found(func(ctx context.Context, s *store.Store) (*watch.Record, error) { return s.Record(ctx, "rec_1") }, store.PutRecord)
	disputeByID := found(func(ctx context.Context, s *store.Store) (*watch.Dispute, error) { return s.Dispute(ctx, "dis_1") }, s.PutDispute)
	erasureOf := found(func(ctx context.Context, s *store.Store) (*store.Erasure, error) { return s.Erasure(ctx, watched) }, store.PutErasure)
	return []one{
		{"account", func(*store.Store) store.Write { return store.PutAccount(account) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*watch.Account, error) { return s.Account(ctx, watched) }, store.PutAccount),
			"many": found(func(ctx context.Context, s *store.Store) (*watch.Account, error) {
				as, _, err := s.Accounts(ctx, []watch.AccountKey{watched}, func(watch.AccountKey) bool { return true })
				return as[watched], err
			}, store.PutAccount),
		}},
		{"activity", func(*store.Store) store.Write { return store.PutActivity(watched, activity) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*watch.Activity, error) { return s.Activity(ctx, watched) },
				func(a *watch.Activity) store.Write { return store.PutActivity(watched, a) }),
			"many": found(func(ctx context.Context, s *store.Store) (*watch.Activity, error) {
				_, as, err := s.Accounts(ctx, []watch.AccountKey{watched}, func(watch.AccountKey) bool { return true })
				return as[watched], err
			}, func(a *watch.Activity) store.Write { return store.PutActivity(watched, a) }),
		}},
		{"record", func(*store.Store) store.Write { return store.PutRecord(record) }, findAll{
			"one": recordByID,
			"many": found(func(ctx context.Context, s *store.Store) (*watch.Record, error) {
				rs, err := s.Records(ctx, []string{"rec_1"})
				return rs["rec_1"], err
			}, store.PutRecord),
			"history": found(func(ctx context.Context, s *store.Store) (*watch.Record, error) {
				return only(store.Collect(s.History(ctx, watched, written, written.AddDate(0, 0, 1))))
			}, store.PutRecord),
			"due": due(func(r store.DueRef) bool { return r.Record == "rec_1" }, recordByID),
		}},
		{"dispute", func(s *store.Store) store.Write { return s.PutDispute(dispute) }, findAll{
			"one": disputeByID,
			"list": found(func(ctx context.Context, s *store.Store) (*watch.Dispute, error) {
				list, _, err := s.Disputes(ctx, "0125", 10, "")
				return only(list, err)
			}, s.PutDispute),
			"due": due(func(r store.DueRef) bool { return r.Dispute == "dis_1" }, disputeByID),
		}},
		{"bank", func(*store.Store) store.Write { return store.PutBank(bank) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*store.Bank, error) { return s.Bank(ctx, "0125") }, store.PutBank),
			"list": found(func(ctx context.Context, s *store.Store) (*store.Bank, error) {
				return only(store.Collect(s.Banks(ctx)))
			}, store.PutBank),
		}},
		{"api_key", func(*store.Store) store.Write { return store.PutAPIKey(key) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*store.APIKey, error) {
				return s.APIKey(ctx, "0125", "hash_1")
			}, store.PutAPIKey),
			"list": found(func(ctx context.Context, s *store.Store) (*store.APIKey, error) {
				return only(store.Collect(s.APIKeys(ctx, "0125")))
			}, store.PutAPIKey),
		}},
		{"feed", func(*store.Store) store.Write { return store.PutFeed(feed) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*store.Feed, error) { return s.Feed(ctx, "0125") }, store.PutFeed),
		}},
		{"erasure", func(*store.Store) store.Write { return store.PutErasure(erasure) }, findAll{
			"one": erasureOf,
			"due": due(func(r store.DueRef) bool { return r.Erasure == watched }, erasureOf),
		}},
		{"refused", func(*store.Store) store.Write { return putRefused(refused) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*store.Refused, error) {
				return s.Refused(ctx, "0125", "ref_1")
			}, putRefused),
			"list": found(func(ctx context.Context, s *store.Store) (*store.Refused, error) {
				return only(store.Collect(s.Quarantine(ctx, "0125")))
			}, putRefused),
		}},
		{"refused", func(*store.Store) store.Write { return putRefused(old) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*store.Refused, error) {
				return s.Refused(ctx, "0168", "ref_2")
			}, putRefused),
			"list": found(func(ctx context.Context, s *store.Store) (*store.Refused, error) {
				return only(store.Collect(s.Quarantine(ctx, "0168")))
			}, putRefused),
		}},
		{"trace", func(*store.Store) store.Write { return store.PutTrace(trace) }, findAll{
			"list": found(func(ctx context.Context, s *store.Store) (*store.Trace, error) {
				return only(s.Traced(ctx, "0125", "evt_1"))
			}, store.PutTrace),
		}},
		{"person", func(*store.Store) store.Write { return store.PutPerson(person) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*store.Person, error) { return s.Person(ctx, "U1") }, store.PutPerson),
		}},
		{"binding", func(*store.Store) store.Write { return store.PutBinding("U1", *binding) }, findAll{
			"list": found(func(ctx context.Context, s *store.Store) (*store.Binding, error) {
				return only(store.Collect(s.Bindings(ctx, "U1")))
			}, func(b *store.Binding) store.Write { return store.PutBinding("U1", *b) }),
		}},
		{"code", func(*store.Store) store.Write { return store.PutCode(code) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*store.Code, error) { return s.Code(ctx, "code_1") }, store.PutCode),
			"list": found(func(ctx context.Context, s *store.Store) (*store.Code, error) {
				return only(store.Collect(s.Codes(ctx, watched)))
			}, store.PutCode),
		}},
		{"seen", func(*store.Store) store.Write { return store.PutSeen(seen) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*store.Seen, error) { return s.Seen(ctx, "W1") }, store.PutSeen),
		}},
		{"ticket", func(*store.Store) store.Write { return store.PutTicket(ticket) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*store.Ticket, error) {
				return s.Ticket(ctx, store.TicketMail, "ticket_1")
			}, store.PutTicket),
			"list": found(func(ctx context.Context, s *store.Store) (*store.Ticket, error) {
				return only(store.Collect(s.Tickets(ctx, store.AccountTickets(watched))))
			}, store.PutTicket),
		}},
	}
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
		items := readItems(t, file)
		everyWay(t, filepath.Base(file)+"/", items, func(t *testing.T, v any) {
			for _, l := range codectest.NotUnderstood(v) {
				t.Error("not understood any more: ", l)
			}
		})
	}
	for _, k := range kinds(store.New(nil)) {
		covered[k.kind] = true
	}
	for _, k := range codec.Kinds() {
		if k.Name == "tally" {
			continue // each process writes its own, and none writes it back
		}
		part, _, _ := strings.Cut(k.Name, ".")
		if !covered[k.Name] && part != "message" && (part != "ticket" || k.Name == "ticket") {
			t.Errorf("items of kind %q are not among those kept", k.Name)
		}
	}
}

func TestItemsGiveBackTheMembersOfAVersionToCome(t *testing.T) {
	t.Parallel()
	items := itemsNow()
	for i := range items {
		doc := codectest.Parse(t, items[i].Item.Body)
		if codectest.Strange(doc) == 0 {
			t.Fatal("there is no object to put a member into")
		}
		items[i].Item.Body = codectest.Render(t, doc)
	}
	everyWay(t, "", items, func(*testing.T, any) {})
}

// early is before anything in the items ends.
func early() time.Time { return time.Date(2026, 11, 3, 4, 5, 0, 0, time.UTC) }

// everyWay finds each kind of item in a table of these in every way that there
// is, and wants what was found to be written back to the same places with
// nothing lost.
func everyWay(t *testing.T, name string, items []store.Write, check func(*testing.T, any)) {
	for _, k := range kinds(store.New(nil)) {
		for way, find := range k.find {
			t.Run(name+k.kind+"/"+way, func(t *testing.T) {
				s := store.New(worldtest.Table(t, early))
				if err := s.Write(t.Context(), items...); err != nil {
					t.Fatal(err)
				}
				v, again, err := find(t.Context(), s)
				if err != nil {
					t.Fatal(err)
				}
				check(t, v)
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
				if was.History != is.History || was.Due != is.Due || was.Expires.IsZero() != is.Expires.IsZero() {
					t.Errorf("its places are %v %v %v, were %v %v %v", is.History, is.Due, is.Expires, was.History, was.Due, was.Expires)
				}
			})
		}
	}
}

// itemsNow are the writes that make a table of one item of each kind.
func itemsNow() (out []store.Write) {
	s := store.New(nil)
	for _, k := range kinds(s) {
		w := k.put(s)
		out = append(out, store.Write{Item: w.Item, If: store.Any})
	}
	return out
}

// keepItems writes a file of the items of this program unless there is one.
func keepItems(t *testing.T, file string) {
	t.Helper()
	if _, err := os.Stat(file); err == nil {
		t.Fatal("it is kept already; what was written is not changed")
	}
	var out []item
	for _, w := range itemsNow() {
		it := w.Item
		i := item{PK: it.PK, SK: it.SK, Expires: it.Expires, Body: it.Body}
		if it.History != (store.Key{}) {
			i.History = []string{it.History.PK, it.History.SK}
		}
		if it.Due != (store.Key{}) {
			i.Due = []string{it.Due.PK, it.Due.SK}
		}
		out = append(out, i)
	}
	b, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, codectest.Indent(t, b), 0o644); err != nil {
		t.Fatal(err)
	}
}

// readItems are the writes that make a table what a file says.
func readItems(t *testing.T, file string) []store.Write {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var items []item
	if err := json.Unmarshal(b, &items); err != nil {
		t.Fatal(err)
	}
	var out []store.Write
	for _, i := range items {
		it := store.Item{Key: store.Key{PK: i.PK, SK: i.SK}, Expires: i.Expires, Body: i.Body}
		if i.History != nil {
			it.History = store.Key{PK: i.History[0], SK: i.History[1]}
		}
		if i.Due != nil {
			it.Due = store.Key{PK: i.Due[0], SK: i.Due[1]}
		}
		out = append(out, store.Write{Item: it, If: store.Any})
	}
	return out
}
