package detect_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/detect"
	"kozamori/internal/queue"
	"kozamori/internal/radar"
	"kozamori/internal/store"
	"kozamori/internal/testkit/tabletest"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// radarMeter counts what DynamoDB would charge for the radar's items.
type radarMeter struct {
	store.Table
	reads, writes float64
	sizes         map[store.Key]int
}

func (m *radarMeter) get(ctx context.Context, price float64, keys []store.Key) (map[store.Key]store.Item, error) {
	found, err := m.Table.Get(ctx, keys...)
	for _, k := range keys {
		if strings.HasPrefix(k.PK, "RADAR#") {
			m.reads += price * math.Max(1, math.Ceil(float64(len(found[k].Body)+len(k.PK)+len(k.SK)+60)/4096))
		}
	}
	return found, err
}

func (m *radarMeter) Get(ctx context.Context, keys ...store.Key) (map[store.Key]store.Item, error) {
	return m.get(ctx, 1, keys)
}

func (m *radarMeter) Glance(ctx context.Context, keys ...store.Key) (map[store.Key]store.Item, error) {
	return m.get(ctx, .5, keys)
}

func (m *radarMeter) Write(ctx context.Context, writes ...store.Write) error {
	for _, w := range writes {
		if strings.HasPrefix(w.Item.PK, "RADAR#") {
			size := len(w.Item.Body) + len(w.Item.PK) + len(w.Item.SK) + 60
			m.writes += float64(len(writes)) * math.Ceil(float64(max(size, m.sizes[w.Item.Key]))/1024) // twice in a transaction, or more
			m.sizes[w.Item.Key] = size
		}
	}
	return m.Table.Write(ctx, writes...)
}

// The radar costs at most $0.10 per million events, at the prices of us-east-1: of wallets' debits
// alone, one in twenty near the limit, which come hour by hour and so share little.
func TestTheRadarCostsLittle(t *testing.T) {
	h := newHouseOn(t, tabletest.Embedded)
	m := &radarMeter{Table: h.store.Table, sizes: map[store.Key]int{}}
	stage := detect.New(detect.Config{Store: store.New(m), Queue: h.queue, Now: h.World.Now, Logger: h.World.Logger})
	rng := rand.New(rand.NewPCG(371, 9))
	n := 0
	for range 40 * 24 {
		var events []jsontext.Value
		say := func(kind watch.Kind, ref, more string) {
			n++
			events = append(events, jsontext.Value(fmt.Sprintf(`{"id":"e%d","type":%q,"transaction_id":"t%d","account_ref":%q,"occurred_at":%q,"service":"docomo"%s}`,
				n, kind, n, ref, h.World.Now().Add(-time.Duration(rng.IntN(3600))*time.Second).Format(time.RFC3339), more)))
		}
		for range 15 {
			yen := 3000
			if rng.IntN(20) == 0 {
				yen = 95_000
			}
			say(watch.Debit, fmt.Sprint("acc_", rng.IntN(100_000)), fmt.Sprintf(`,"amount":%d,"currency":"JPY","descriptor":"ﾄﾞｺﾓｺｳｻﾞ"`, yen))
		}
		if rng.IntN(24) < 9 {
			say(watch.LinkRegistered, fmt.Sprint("acc_", rng.IntN(100_000)), "")
		}
		if rng.IntN(24) < 2 {
			say(watch.LinkRefused, fmt.Sprint("acc_", rng.IntN(100_000)), `,"reason":"pin"`)
		}
		for _, body := range wire.EncodeBatch("0125", h.World.Now(), events, 1<<20) {
			if v := stage.Handle(t.Context(), []queue.Message{{ID: "m", Body: body, Receives: 1}}); !v[0].Done {
				t.Fatalf("%+v", v[0])
			}
		}
		h.Add(time.Hour)
	}
	cost := (m.writes*0.625 + m.reads*0.125) / float64(n)
	t.Logf("%d events: %.0f writes and %.0f reads, $%.3f per million events", n, m.writes, m.reads, cost)
	if cost > 0.10 || m.writes == 0 || m.reads == 0 {
		t.Errorf("%.0f writes and %.0f reads of %d events, $%.3f per million", m.writes, m.reads, n, cost)
	}
}

// What is counted is the same on both kinds of store, in any cut and however often:
// attempts that were refused, links, and charges near the limit that follow a link; of
// accounts that no one watches, and by account, not by event.
func TestTheRadarCountsAccountsOnEachStore(t *testing.T) {
	t.Parallel()
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		t.Parallel()
		h := newHouseOn(t, kind)
		say := func(n int, kind watch.Kind, ref string, minute int, more string) jsontext.Value {
			return jsontext.Value(fmt.Sprintf(`{"id":"e%d","type":%q,"transaction_id":"t%d","account_ref":%q,"occurred_at":%q,"service":"docomo"%s}`,
				n, kind, n, ref, received.Add(time.Duration(minute)*time.Minute).Format(time.RFC3339), more))
		}
		const most, pin = `,"amount":95000,"currency":"JPY","descriptor":"ﾄﾞｺﾓｺｳｻﾞ"`, `,"reason":"pin"`
		events := []jsontext.Value{
			say(1, watch.LinkRefused, "a", -50, pin), say(2, watch.LinkRefused, "a", -49, pin), say(3, watch.LinkRefused, "b", -48, pin),
			say(4, watch.LinkRegistered, "a", -40, ""), say(5, watch.LinkRegistered, "c", -39, ""), say(6, watch.LinkRegistered, "d", -20*60, ""),
			say(7, watch.Debit, "a", -30, most), say(8, watch.Debit, "a", -29, most), say(9, watch.Debit, "d", -28, most),
			say(10, watch.Debit, "e", -30, most),                                                                     // was not linked
			say(11, watch.Debit, "c", -30, strings.Replace(most, "95000", "89999", 1)),                               // is not near the limit
			say(12, watch.LinkRefused, "z", -40*60, pin),                                                             // too old to say anything
			jsontext.Value(strings.Replace(string(say(13, watch.LinkRefused, "y", -47, pin)), "docomo", "何とかペイ", 1)), // of a service that the catalogue does not know
		}
		for range 3 {
			h.send(t, events...)
			for _, e := range events {
				h.send(t, e)
			}
		}
		cells, err := h.store.Cells(t.Context(), "0125", received.Add(-radar.LinkedFor), received)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		by := map[string][]*radar.Cell{}
		for _, c := range cells {
			by[c.Service+" "+string(c.Kind)] = append(by[c.Service+" "+string(c.Kind)], c)
		}
		for k, list := range by {
			n, first := radar.Sum(list)
			var txns []string
			for _, s := range first {
				txns = append(txns, s.Txn)
			}
			got[k] = fmt.Sprintf("%d%v", n, txns)
		}
		want := map[string]string{"docomo refused": "2[t1 t2 t3]", "docomo linked": "3[t6 t4 t5]", "docomo charged": "2[t7 t8 t9]", "unlisted refused": "1[t13]"}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("counted\n%v, want\n%v", got, want)
		}
	})
}
