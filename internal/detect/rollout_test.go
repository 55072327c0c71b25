package detect_test

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/catalog"
	"kozamori/internal/detect"
	"kozamori/internal/queue"
	"kozamori/internal/quote"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

const day = 24 * time.Hour

// everySoOften is how often people charge a wallet, and how many of a hundred
// do: each week, on payday, with each pension (every other month on the 15th,
// or before a weekend), once a season.
var everySoOften = []struct {
	of            int
	least, spread time.Duration
}{{35, 7 * day, 0}, {15, day, 30 * day}, {30, 28 * day, 6 * day}, {15, 58 * day, 6 * day}, {5, 85 * day, 10 * day}}

// A wallet user of years; a bank binds them some day.
type user struct {
	ref     string
	since   time.Time // bound
	charges []time.Time
	service string
	knows   int // what the bank tells of the past: nothing, links, a year of history
}

// rollOut makes users who are bound within two months from a moment. Their
// charges begin two years before and go on for half a year.
func rollOut(r *rand.Rand, n int, from time.Time) []user {
	out := make([]user, n)
	for i := range out {
		u := &out[i]
		*u = user{ref: fmt.Sprint("u", i), since: from.Add(time.Duration(r.Int64N(int64(60 * day)))), knows: i % 3,
			service: []string{"PAYPAY", "ﾒﾙﾍﾟｲ", "ﾄﾞｺﾓｺｳｻﾞ"}[r.IntN(3)]}
		dice := r.IntN(100)
		k := 0
		for ; dice >= everySoOften[k].of; k++ {
			dice -= everySoOften[k].of
		}
		often := everySoOften[k]
		for at := from.Add(-2*365*day + time.Duration(r.Int64N(int64(often.least+often.spread)))); at.Before(from.Add(200 * day)); {
			u.charges = append(u.charges, at)
			at = at.Add(often.least + time.Duration(r.Int64N(int64(often.spread)+1)))
		}
	}
	return out
}

func (u *user) event(i int) jsontext.Value {
	return jsontext.Value(fmt.Sprintf(`{"id":"%s_%d","type":"debit","transaction_id":"t%d","account_ref":%q,"occurred_at":%q,"amount":3000,"currency":"JPY","descriptor":%q}`,
		u.ref, i, i, u.ref, u.charges[i].Format(time.RFC3339), u.service))
}

var users = flag.Int("users", 2000, "how many people a simulated roll-out has; 10,000 take a minute")

// The first debits, since they are watched, of people who have used a wallet
// for years wake none of them, whatever the bank tells of the past;
// those whose past says that there was no wallet are woken.
func TestNoWalletUserOfYearsIsWokenByTheirFirstDebit(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, 1, 5, 0, 0, 0, 0, watch.JST)
	w := worldtest.New(t, worldtest.At(from))
	stage := detect.New(detect.Config{Store: w.Store, Queue: discard{}, EscalateAfter: 15 * time.Minute, Now: w.Now, Logger: w.Logger})
	handle := func(bodies ...[]byte) {
		t.Helper()
		for _, b := range bodies {
			if v := stage.Handle(t.Context(), []queue.Message{{ID: "m", Body: b, Receives: 1}}); !v[0].Done {
				t.Fatalf("%+v", v[0])
			}
		}
	}
	n := *users
	strangers := n / 30
	people := rollOut(rand.New(rand.NewPCG(12, 12)), n+strangers, from)
	type news struct {
		at    time.Time
		event jsontext.Value
	}
	var feed []news
	for i := range people {
		u := &people[i]
		owner := worldtest.Owner("w1", lineUser, worldtest.ByLINE)
		owner.Since = u.since
		account := worldtest.Account(watch.AccountKey{Bank: "0125", Ref: u.ref}, owner)
		writes := []store.Write{store.PutAccount(account)}
		bound, _ := slices.BinarySearchFunc(u.charges, u.since, time.Time.Compare)
		var history []jsontext.Value
		switch stranger := i >= n; {
		case stranger:
			u.knows = 2
		case u.knows == 1:
			seed := watch.Seed{Descriptor: quote.Text(u.service), Since: from.AddDate(-3, 0, 0)}
			m := catalog.Link("", u.service, "0125")
			act, r := &watch.Activity{}, seed.Record(account.AccountKey, "", m.Service, m.Confidence, "", u.since)
			act.Apply(r)
			writes = append(writes, store.PutRecord(r), store.PutActivity(account.AccountKey, act))
		case u.knows == 2:
			for j := max(0, bound-3); j < bound; j++ {
				history = append(history, u.event(j))
			}
		}
		w.Put(writes...)
		if u.knows == 2 {
			w.Set(u.since)
			handle(wire.EncodeHistory(wire.History{Bank: "0125", Account: u.ref, From: u.since.AddDate(-1, 0, 0)}, u.since, history, wire.MaxMessage)...)
		}
		for j := bound; j < min(bound+2, len(u.charges)); j++ {
			feed = append(feed, news{u.charges[j], u.event(j)})
		}
	}
	slices.SortFunc(feed, func(a, b news) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(string(a.event), string(b.event))) })
	for len(feed) > 0 { // what came in one hour
		end := feed[0].at.Truncate(time.Hour).Add(time.Hour)
		k, _ := slices.BinarySearchFunc(feed, end, func(x news, end time.Time) int { return x.at.Compare(end) })
		var events []jsontext.Value
		for _, x := range feed[:k] {
			events = append(events, x.event)
		}
		w.Set(end)
		handle(wire.EncodeBatch("0125", end, events, wire.MaxMessage)...)
		feed = feed[k:]
	}
	woken, told, strange := map[int]int{}, 0, 0
	for i := range people {
		u := &people[i]
		for _, r := range w.History(watch.AccountKey{Bank: "0125", Ref: u.ref}) {
			if r.IsAlert() {
				told++
			}
			switch {
			case r.Critical() && i >= n:
				strange++
			case r.Critical():
				woken[u.knows]++
			}
		}
	}
	if len(woken) > 0 {
		t.Errorf("woken: %d without a past, %d with links, %d with a history", woken[0], woken[1], woken[2])
	}
	if told < 2*n-n/5 || strange != strangers {
		t.Errorf("%d alerts; of %d who had no wallet %d are woken", told, strangers, strange)
	}
}

// discard is a queue in which nothing stays.
type discard struct{}

func (discard) Send(context.Context, queue.Name, ...queue.Outgoing) error { return nil }
