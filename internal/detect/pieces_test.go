package detect_test

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/detect"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// update changes a record as it is stored.
func (h *house) update(t *testing.T, id string, change func(*watch.Record)) {
	t.Helper()
	if _, err := h.store.UpdateRecord(t.Context(), id, func(r *watch.Record) error { change(r); return nil }); err != nil {
		t.Fatal(err)
	}
}

// fill makes an incident so full that what comes next is told in another piece of it.
func (h *house) fill(t *testing.T, id string) {
	t.Helper()
	h.update(t, id, func(r *watch.Record) {
		for !r.Full() {
			r.Descriptor += "ﾄﾞｺﾓｺｳｻﾞ"
		}
	})
}

// of is the record of a transaction.
func (h *house) of(t *testing.T, txn string) *watch.Record {
	t.Helper()
	for _, r := range h.history(t) {
		if r.Txn == txn {
			return r
		}
	}
	t.Fatalf("%s is not on record", txn)
	return nil
}

// place is the piece of an incident that a transaction is told in.
func (h *house) place(t *testing.T, txn string) string {
	t.Helper()
	r := h.of(t, txn)
	if len(r.Deliveries) == 0 && r.Lead == "" {
		t.Errorf("%s is told to no one", txn)
	}
	switch {
	case r.Lead != "":
		return "in " + h.Record(r.Lead).Txn
	case r.Continues != "":
		for _, o := range h.history(t) {
			if o.ID == r.Continues {
				return "a piece of " + o.Txn
			}
		}
		return "a piece of what is gone"
	}
	return "by itself"
}

// twoPieces is an incident, a, that goes on in a piece of it, b. Both are full.
func twoPieces(t *testing.T) *house {
	h := newHouse(t)
	for _, txn := range []string{"a", "b"} {
		h.send(t, say("debit", txn, txn, 10*time.Minute, 3000, ""))
		h.fill(t, h.of(t, txn).ID)
	}
	if at := h.place(t, "b"); at != "a piece of a" {
		t.Fatalf("what comes after a full incident is %s", at)
	}
	return h
}

// What comes when an incident is full is told in its latest piece, or is a new piece
// of it, as long as the incident takes further alerts and its report further
// transactions. Else it is told by itself, and never by no one.
func TestWhereWhatComesAfterAFullIncidentIsTold(t *testing.T) {
	roomy := func(r *watch.Record) { r.Descriptor = "ﾄﾞｺﾓｺｳｻﾞ" }
	mine := func(r *watch.Record) { r.Answer = &watch.Answer{Value: watch.Mine, Watcher: "w1", At: received} }
	many := func(r *watch.Record) { r.Pieces = append([]string{"v", "x", "y", "z"}, r.Pieces...) }
	both := func(change func(h *house, r *watch.Record)) func(*testing.T, *house) {
		return func(t *testing.T, h *house) {
			for _, txn := range []string{"a", "b"} {
				h.update(t, h.of(t, txn).ID, func(r *watch.Record) { change(h, r) })
			}
		}
	}
	one := func(txn string, change func(*watch.Record)) func(*testing.T, *house) {
		return func(t *testing.T, h *house) { h.update(t, h.of(t, txn).ID, change) }
	}
	gone := func(txn string) func(*testing.T, *house) {
		return func(t *testing.T, h *house) {
			w := store.PutRecord(h.of(t, txn))
			w.Delete = true
			h.Put(w)
		}
	}
	reported := func(t *testing.T, h *house, status watch.DisputeStatus) {
		a := h.of(t, "a")
		d := &watch.Dispute{ID: "d", OnAccount: watch.On(h.key), Record: a.ID, Watcher: "w1", AnsweredAt: received, Status: status, Service: "docomo"}
		h.Put(h.store.PutDispute(d))
		h.reports(t, d, status != watch.DisputeClosed)
		h.update(t, a.ID, func(r *watch.Record) {
			r.Dispute, r.Answer = d.ID, &watch.Answer{Value: watch.NotMine, Watcher: "w1", At: received}
		})
	}
	for name, c := range map[string]struct {
		change func(*testing.T, *house)
		want   string
		joins  bool // the report about it
	}{
		"both pieces are full":                     {func(*testing.T, *house) {}, "a piece of a", false},
		"the latest piece has room":                {one("b", roomy), "in b", false},
		"the latest was said to be the owner's":    {one("b", func(r *watch.Record) { roomy(r); mine(r) }), "a piece of a", false},
		"the latest has joined another":            {one("b", func(r *watch.Record) { roomy(r); r.Lead = "x" }), "a piece of a", false},
		"the latest is gone":                       {gone("b"), "a piece of a", false},
		"the first is gone":                        {gone("a"), "by itself", false},
		"the first was said to be the owner's":     {one("a", mine), "by itself", false},
		"there are as many pieces as there may be": {one("a", many), "by itself", false},
		"all of it was said to be the owner's":     {both(func(_ *house, r *watch.Record) { mine(r) }), "by itself", false},
		"the first is reported":                    {func(t *testing.T, h *house) { reported(t, h, watch.DisputeOpened) }, "a piece of a", true},
		"it is, and the latest piece has room":     {func(t *testing.T, h *house) { reported(t, h, watch.DisputeOpened); one("b", roomy)(t, h) }, "in b", true},
		"it is, and there are no more pieces":      {func(t *testing.T, h *house) { reported(t, h, watch.DisputeOpened); one("a", many)(t, h) }, "by itself", false},
		"the report about it is kept no longer": {func(t *testing.T, h *house) {
			reported(t, h, watch.DisputeOpened)
			d, err := h.store.Dispute(t.Context(), "d")
			if err != nil {
				t.Fatal(err)
			}
			w := h.store.PutDispute(d)
			w.Delete = true
			h.Put(w)
		}, "a piece of a", false},
		"the report about the first alone is closed": {func(t *testing.T, h *house) { reported(t, h, watch.DisputeClosed) }, "by itself", false},
	} {
		h := twoPieces(t)
		c.change(t, h)
		h.send(t, say("debit", "c", "c", time.Minute, 700, ""))
		if got := h.place(t, "c"); got != c.want {
			t.Errorf("%s: what comes next is %s, want %s", name, got, c.want)
		}
		if d, err := h.store.Dispute(t.Context(), "d"); err == nil && (len(d.Also) == 1) != c.joins {
			t.Errorf("%s: the report is also about %+v", name, d.Also)
		}
	}
}

// away is a table of which one record cannot be read.
type away struct {
	store.Table
	key store.Key
}

var errAway = errors.New("the shelf is away")

func (a *away) Get(ctx context.Context, keys ...store.Key) (map[store.Key]store.Item, error) {
	if slices.Contains(keys, a.key) {
		return nil, errAway
	}
	return a.Table.Get(ctx, keys...)
}

// hiding has the stage work on a table of which a record cannot be read.
func (h *house) hiding(id string) {
	config := h.Config
	config.Store = store.New(&away{Table: h.Table, key: store.PutRecord(&watch.Record{ID: id}).Item.Key})
	h.Stage = detect.New(config)
}

// An event whose incident, or report, cannot be read comes again: it begins no story of
// its own, and nothing of it is left out.
func TestWhatCannotBeReadOfAnIncidentIsWaitedFor(t *testing.T) {
	next := say("debit", "c", "c", time.Minute, 700, "")
	none := func(*testing.T, *house) {}
	for name, c := range map[string]struct {
		hidden string
		change func(*testing.T, *house)
		event  jsontext.Value
	}{
		"the first":                       {"a", none, next},
		"the latest":                      {"b", none, next},
		"the latest, by way of the first": {"b", func(t *testing.T, h *house) { h.update(t, h.of(t, "b").ID, func(r *watch.Record) { r.Lead = "x" }) }, next},
		"the first, of days ago, by way of the latest": {"a", func(t *testing.T, h *house) {
			act, err := h.store.Activity(t.Context(), h.key)
			if err != nil {
				t.Fatal(err)
			}
			act.Stories = act.Stories[len(act.Stories)-1:]
			h.Put(store.PutActivity(h.key, act))
		}, next},
		"what carries the days until which it can be claimed": {"a", func(t *testing.T, h *house) { (&stage{house: h}).report(t) }, say("debit", "d", "b", 10*time.Minute, 9000, "")},
	} {
		h := twoPieces(t)
		c.change(t, h)
		h.hiding(h.of(t, c.hidden).ID)
		body := wire.EncodeBatch("0125", received, []jsontext.Value{c.event}, 1<<20)[0]
		v := h.Handle(t.Context(), []queue.Message{{ID: "m", Body: body, Receives: 1}})[0]
		if log := h.Log.String(); v.Done || v.DeadLetter != "" || !strings.Contains(log, errAway.Error()) || strings.Contains(log, "panic") {
			t.Errorf("%s cannot be read: the event is %+v; the log says\n%s", name, v, log)
		}
		if rs := h.history(t); len(rs) != 2 || rs[0].Amount+rs[1].Amount != 6000 {
			t.Errorf("%s cannot be read: %d are on record", name, len(rs))
		}
	}
}

// The message of each new piece comes some seconds after that of the piece just before
// it, and what joins a piece is told after its own last message.
func TestPiecesAreToldOneAfterTheOther(t *testing.T) {
	h := newHouse(t)
	next := func(txn string, full bool) *watch.Record {
		t.Helper()
		h.Clock.Add(time.Second)
		h.sendAt(t, h.World.Now(), say("debit", txn, txn, time.Minute, 3000, ""))
		r := h.of(t, txn)
		if r.Lead != "" {
			r = h.Record(r.Lead)
		}
		h.accept(t)
		if full {
			h.fill(t, r.ID)
		}
		return r
	}
	var last time.Time // when the message before goes out
	for _, c := range []struct {
		txn, told string
		full      bool
		messages  int
	}{{"a", "a", true, 1}, {"b", "b", true, 1}, {"c", "c", false, 1}, {"d", "c", true, 2}, {"e", "e", true, 1}} {
		r := next(c.txn, c.full)
		if r.Txn != c.told || len(r.Deliveries) != c.messages {
			t.Fatalf("%s is told in %s, by %v", c.txn, r.Txn, states(r))
		}
		d := r.Deliveries[c.messages-1]
		if want := last.Add(watch.GatherFor); c.txn != "a" && !d.After.Equal(want) {
			t.Errorf("%s is told after %s, want %s", c.txn, d.After, want)
		}
		last = cmp.Or(d.After, d.CreatedAt)
	}
}
