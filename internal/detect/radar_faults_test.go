package detect_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/detect"
	"kozamori/internal/queue"
	"kozamori/internal/radar"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// radarless is a table whose items of the radar are away while it is down, and which
// counts how often they were asked for.
type radarless struct {
	store.Table
	down  bool
	asked int
}

func (r *radarless) away(keys ...store.Key) error {
	for _, k := range keys {
		if strings.HasPrefix(k.PK, "RADAR#") && k.SK != "STANDING" {
			if r.asked++; r.down {
				return errors.New("the radar is away")
			}
		}
	}
	return nil
}

func (r *radarless) Get(ctx context.Context, keys ...store.Key) (map[store.Key]store.Item, error) {
	if err := r.away(keys...); err != nil {
		return nil, err
	}
	return r.Table.Get(ctx, keys...)
}

// scope is a house on such a table.
func scope(t *testing.T) (*house, *radarless) {
	t.Helper()
	h := newHouse(t)
	r := &radarless{Table: h.Table}
	c := h.Config
	c.Store = store.New(r)
	h.Stage = detect.New(c)
	return h, r
}

// seen is an event of a service, some time before it was received.
func seen(kind watch.Kind, id, ref string, ago time.Duration, yen int64) jsontext.Value {
	more := `,"reason":"pin"`
	if kind == watch.Debit {
		more = fmt.Sprintf(`,"amount":%d,"currency":"JPY","descriptor":"ﾄﾞｺﾓｺｳｻﾞ"`, yen)
	}
	return jsontext.Value(fmt.Sprintf(`{"id":%q,"type":%q,"transaction_id":%q,"account_ref":%q,"occurred_at":%q,"service":"docomo"%s}`,
		id, kind, id, ref, received.Add(-ago).Format(time.RFC3339Nano), more))
}

// counts are how many accounts the radar has counted, of each kind.
func (h *house) counts(t *testing.T) string {
	t.Helper()
	cells, err := h.store.Cells(t.Context(), "0125", received.Add(-2*radar.LinkedFor), received.Add(2*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	n := map[radar.Kind]int{}
	for _, c := range cells {
		is, _ := radar.Sum([]*radar.Cell{c})
		n[c.Kind] += is
	}
	return fmt.Sprintf("%d refused, %d linked, %d charged", n[radar.Refused], n[radar.NewLink], n[radar.Charged])
}

// What cannot be counted now is counted with a later call, and not tried at each: a
// store that is down is asked again after ten seconds. The events are done all the same.
func TestWhatTheRadarCannotCountIsCountedLater(t *testing.T) {
	for name, e := range map[string]struct {
		before, event jsontext.Value
		want          string
	}{
		"an attempt": {nil, seen(watch.LinkRefused, "a", "x", time.Minute, 0), "1 refused, 0 linked, 0 charged"},
		"a link":     {nil, seen(watch.LinkRegistered, "a", "x", time.Minute, 0), "0 refused, 1 linked, 0 charged"},
		"a charge":   {seen(watch.LinkRegistered, "b", "x", time.Hour, 0), seen(watch.Debit, "a", "x", time.Minute, 90_000), "0 refused, 1 linked, 1 charged"},
	} {
		h, r := scope(t)
		if e.before != nil {
			h.send(t, e.before)
		}
		before := h.counts(t)
		r.down = true
		h.send(t, e.event)
		if log := h.Log.String(); h.counts(t) != before || !strings.Contains(log, `"what the radar sees cannot be counted now" sights=1 err="the radar is away"`) {
			t.Errorf("%s: counted are %s, and the log is\n%s", name, h.counts(t), log)
		}
		r.down, r.asked = false, 0
		h.Add(10*time.Second - 1)
		if h.send(t, debit("acc_1", "s", 1, 100, "ｽ-ﾊﾟ-", "")); r.asked != 0 || h.counts(t) != before {
			t.Errorf("%s: too soon the radar is asked for %d items", name, r.asked)
		}
		h.Add(1)
		if h.send(t, debit("acc_1", "s", 1, 100, "ｽ-ﾊﾟ-", "")); h.counts(t) != e.want {
			t.Errorf("%s: in the end counted are %s, want %s", name, h.counts(t), e.want)
		}
	}
}

// What another version wrote of the radar, and this one cannot read, costs itself: all
// else of the call is counted, and the log says what is not.
func TestWhatTheRadarCannotReadCostsItself(t *testing.T) {
	linkedAt := func(ago time.Duration) radar.Linked {
		return radar.Linked{Bank: "0125", Service: "docomo", At: radar.PeriodOf(received.Add(-ago)), Places: "?"}
	}
	events := []jsontext.Value{
		seen(watch.LinkRegistered, "l", "linked", 20*time.Hour, 0), seen(watch.LinkRegistered, "m", "unread", 9*time.Hour, 0),
		seen(watch.Debit, "c", "linked", time.Minute, 90_000), seen(watch.Debit, "d", "unread", time.Minute, 90_000),
		seen(watch.LinkRefused, "r", "other", time.Minute, 0),
	}
	for name, c := range map[string]struct {
		spoil     store.Write
		want, log string
	}{
		"nothing": {store.Write{}, "1 refused, 2 linked, 2 charged", ""},
		"links of a period, between others": {store.PutLinked(new(linkedAt(9 * time.Hour))), "1 refused, 2 linked, 1 charged",
			`"links of a period cannot be read" bank=0125 err=`},
		"the same, where links are added": {store.PutLinked(new(linkedAt(9 * time.Hour))), "1 refused, 2 linked, 1 charged",
			`"links of a period cannot be added to" bank=0125 err=`},
		"a cell": {store.PutCell(&radar.Cell{Bank: "0125", Service: "docomo", Kind: radar.Charged, At: radar.CellOf(received.Add(-time.Minute)), Counted: "?"}),
			"1 refused, 2 linked, 0 charged", `"a cell of the radar cannot be added to" bank=0125 err=`},
	} {
		h := newHouse(t)
		if c.log != "" {
			h.Put(c.spoil)
		}
		h.send(t, events...)
		if log := h.Log.String(); h.counts(t) != c.want || !strings.Contains(log, c.log) || c.log == "" && strings.Contains(log, "cannot") {
			t.Errorf("%s is spoilt: counted are %s, want %s; the log is\n%s", name, h.counts(t), c.want, log)
		}
	}
}

// The radar sees what happens now, within what it compares: not the past, nor what
// bears a time far ahead; of a day alone no charge, for its hour is not known; and a
// charge from nine tenths of what the service takes at once.
func TestWhatTheRadarSees(t *testing.T) {
	link := seen(watch.LinkRegistered, "l", "x", time.Hour, 0)
	onDay := func(e jsontext.Value) jsontext.Value {
		return jsontext.Value(strings.Replace(string(e), `"occurred_at":"2020-10-03T05:06:00Z"`, `"occurred_on":"2020-10-03"`, 1))
	}
	kyash := func(e jsontext.Value) jsontext.Value {
		return jsontext.Value(strings.NewReplacer(`"docomo"`, `"kyash"`, "ﾄﾞｺﾓｺｳｻﾞ", "KYASH").Replace(string(e)))
	}
	for name, c := range map[string]struct {
		events  []jsontext.Value
		history bool
		want    string
	}{
		"just not too old":         {[]jsontext.Value{seen(watch.LinkRefused, "r", "x", 25*time.Hour-time.Millisecond, 0)}, false, "1 refused, 0 linked, 0 charged"},
		"too old":                  {[]jsontext.Value{seen(watch.LinkRefused, "r", "x", 25*time.Hour, 0)}, false, "0 refused, 0 linked, 0 charged"},
		"ahead, by less":           {[]jsontext.Value{seen(watch.LinkRefused, "r", "x", time.Millisecond-time.Hour, 0)}, false, "1 refused, 0 linked, 0 charged"},
		"ahead, by an hour":        {[]jsontext.Value{seen(watch.LinkRefused, "r", "x", -time.Hour, 0)}, false, "0 refused, 0 linked, 0 charged"},
		"history":                  {[]jsontext.Value{link}, true, "0 refused, 0 linked, 0 charged"},
		"near the limit":           {[]jsontext.Value{link, seen(watch.Debit, "d", "x", 0, 90_000)}, false, "0 refused, 1 linked, 1 charged"},
		"not near it":              {[]jsontext.Value{link, seen(watch.Debit, "d", "x", 0, 89_999)}, false, "0 refused, 1 linked, 0 charged"},
		"near it, on a known day":  {[]jsontext.Value{link, onDay(seen(watch.Debit, "d", "x", 0, 95_000))}, false, "0 refused, 1 linked, 0 charged"},
		"of no link":               {[]jsontext.Value{seen(watch.Debit, "d", "x", 0, 90_000)}, false, "0 refused, 0 linked, 0 charged"},
		"a link of a known day":    {[]jsontext.Value{onDay(seen(watch.LinkRegistered, "l", "x", 0, 0)), seen(watch.Debit, "d", "x", 0, 90_000)}, false, "0 refused, 0 linked, 1 charged"},
		"of a service of no limit": {[]jsontext.Value{kyash(link), kyash(seen(watch.Debit, "d", "x", 0, 90_000))}, false, "0 refused, 1 linked, 0 charged"},
		"of a link before the day": {[]jsontext.Value{seen(watch.LinkRegistered, "l", "x", 24*time.Hour, 0), seen(watch.Debit, "d", "x", 0, 90_000)}, false, "0 refused, 1 linked, 1 charged"},
	} {
		h := newHouse(t)
		bodies := wire.EncodeBatch("0125", received, c.events, 1<<20)
		if c.history {
			bodies = wire.EncodeHistory(wire.History{Bank: "0125", Account: "x"}, received, c.events, 1<<20)
		}
		for _, b := range bodies {
			if v := h.Handle(t.Context(), []queue.Message{{ID: "m", Receives: 1, Body: b}}); !v[0].Done {
				t.Errorf("%s: %+v", name, v[0])
			}
		}
		if got := h.counts(t); got != c.want {
			t.Errorf("%s: counted are %s, want %s", name, got, c.want)
		}
	}
}

// A link whose period cannot be written down is not done: what is charged after it would
// be taken for a charge of no new link.
func TestALinkOfAPeriodThatCannotBeReadIsCountedLater(t *testing.T) {
	h := newHouse(t)
	period := radar.Linked{Bank: "0125", Service: "docomo", At: radar.PeriodOf(received.Add(-time.Hour))}
	shelf := &away{Table: h.Table, key: store.PutLinked(&period).Item.Key}
	config := h.Config
	config.Store = store.New(shelf)
	h.Stage = detect.New(config)
	h.send(t, seen(watch.LinkRegistered, "l", "x", time.Hour, 0))
	if got := h.counts(t); got != "0 refused, 0 linked, 0 charged" {
		t.Errorf("counted are %s while its period cannot be read", got)
	}
	shelf.key = store.Key{}
	h.Add(10 * time.Second)
	h.send(t, seen(watch.Debit, "d", "x", time.Minute, 90_000))
	if got := h.counts(t); got != "0 refused, 1 linked, 1 charged" {
		t.Errorf("in the end counted are %s", got)
	}
}

// An attempt to link that was refused is the radar's alone, though its account is watched.
func TestARefusedAttemptLeavesNoRecord(t *testing.T) {
	h := newHouse(t)
	h.send(t, seen(watch.LinkRefused, "r", "acc_1", time.Minute, 0))
	if rs := h.history(t); len(rs) != 0 || h.counts(t) != "1 refused, 0 linked, 0 charged" {
		t.Errorf("%d are on record, and counted are %s", len(rs), h.counts(t))
	}
}
