package town

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/store/embedded"
	"kozamori/internal/testkit/kvtest"
)

func TestATownTellsEverythingAndSaysWhatItTook(t *testing.T) {
	t.Parallel()
	o := Defaults()
	o.Scale, o.Days, o.Seed = 50_000, 30, 7
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if r.Untold != 0 || r.Dead != 0 || r.Answered == 0 {
		t.Errorf("%d overdue, %d dead letters, %d answers", r.Untold, r.Dead, r.Answered)
	}
	of := map[string]Class{}
	for _, c := range r.Classes {
		of[c.Name] = c
	}
	// A month of 32 owners who pay four times, and the bank that is attacked.
	if n := of["others"].N; n < 60 || n > 200 || of[heldClass].N == 0 || of[heldClass].Worst > 2*time.Minute {
		t.Errorf("%+v", r.Classes)
	}
	var text strings.Builder
	r.Print(&text)
	for _, want := range []string{"35 banks", "others", "DynamoDB, writes", "yen an owner and month", "100×"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the report has no %q:\n%s", want, text.String())
		}
	}
	if r.Yen <= 0 || r.Yen > 10 {
		t.Errorf("%.3f yen an owner and month", r.Yen)
	}
}

func TestWhoSendsLittleWaitsForNoStorm(t *testing.T) {
	t.Parallel()
	s := &stage{perSec: 1}
	s.add("storm", 36_000)
	s.add("quiet", 360)
	s.hour("storm")
	if s.others != 0 || s.worst < 30_000 || s.peak < 10 || len(s.backlog) != 1 {
		t.Errorf("%+v", s)
	}
	for range 10 {
		s.hour("")
	}
	if len(s.backlog) != 0 {
		t.Errorf("it never ends: %+v", s)
	}
	s = &stage{perSec: 1}
	s.add("a", 3600)
	s.add("b", 3600)
	if s.hour(""); s.worst != 3600 {
		t.Errorf("two hours' work of two, in one: the last waits %v", s.worst)
	}
}

func TestTheCalendarIsThatOfJapan(t *testing.T) {
	t.Parallel()
	day := func(s string) float64 {
		d, err := time.ParseInLocation(time.DateOnly, s, japan)
		if err != nil {
			t.Fatal(err)
		}
		return weight(d)
	}
	if !(day("2026-04-27") > day("2026-04-30") && day("2026-04-30") > day("2026-04-10") && day("2026-04-10") > day("2026-04-09") && day("2026-04-09") > day("2026-04-11") &&
		day("2026-12-31") > day("2026-11-30")) {
		t.Error("weights are not in order")
	}
	sum := 0.0
	for _, b := range banks {
		sum += b.deposits
	}
	if len(banks) != 35 || sum < 500 || sum > 700 {
		t.Errorf("%d banks with %.1f trillion", len(banks), sum)
	}
}

func TestTheMeterChargesAsDynamoDBDoes(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := &kvtest.Memory{}
	table := embedded.On(db, embedded.Options{})
	defer func() { _ = table.Close() }()
	m := newMeter(table)
	body := func(n int) []byte { return fmt.Appendf(nil, `{"a":%q}`, strings.Repeat("x", n)) }
	put := func(pk string, n int, due string) store.Write {
		w := store.Write{Item: store.Item{Key: store.Key{PK: pk, SK: "R"}, Body: body(n)}, If: store.Any}
		if due != "" {
			w.Item.Due = store.Key{PK: "DUE#rest#1", SK: due}
		}
		return w
	}
	took := func(what string, want load, do func() error) {
		t.Helper()
		m.sum = [fixed + 1]load{}
		if err := do(); err != nil {
			t.Fatal(err)
		}
		var got load
		for _, l := range m.sum {
			got.add(l)
		}
		if got != want {
			t.Errorf("%s takes %+v, want %+v", what, got, want)
		}
	}
	took("a small item", load{writes: 1}, func() error { return m.Write(ctx, put("R#1", 10, "")) })
	took("one of 2 KB with an entry of what is due", load{writes: 4}, func() error { return m.Write(ctx, put("R#2", 2000, "20260401T0000")) })
	took("another time", load{writes: 5}, func() error { return m.Write(ctx, put("R#2", 2000, "20260401T0001")) })
	took("the same time", load{writes: 3}, func() error { return m.Write(ctx, put("R#2", 2000, "20260401T0001")) })
	took("a smaller item without, priced as the larger", load{writes: 4}, func() error { return m.Write(ctx, put("R#2", 10, "")) })
	took("two together", load{writes: 4}, func() error { return m.Write(ctx, put("R#3", 10, ""), put("R#4", 10, "")) })
	took("reading one of 5 KB and one that is not there", load{writes: 5, reads: 3}, func() error {
		if err := m.Write(ctx, put("R#5", 5000, "")); err != nil {
			return err
		}
		_, err := m.Get(ctx, store.Key{PK: "R#5", SK: "R"}, store.Key{PK: "R#6", SK: "R"})
		return err
	})
	took("a list of what is due", load{reads: 0.5}, func() error {
		_, err := m.Query(ctx, store.Query{Index: store.Due, PK: "DUE#rest#1", Limit: 10})
		return err
	})
	if m.due("2027") {
		t.Error("something is due that was written without")
	}
}
