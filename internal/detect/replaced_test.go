package detect_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/watch"
)

// heard is one event of a story, and when it was received.
type heard struct {
	said jsontext.Value
	at   time.Time
}

// chainOfIDs is what a bank says of one debit that it gives new ids, each in the
// place of one before: authorised, posted, posted again under another id. What an
// id replaces may be said late, texts may name no one, and each of it may come
// twice.
func chainOfIDs(r *rand.Rand) (out []heard) {
	n := 2 + r.IntN(4)
	add := func(kind, txn string, ago time.Duration, yen int64, more string) {
		at := received.Add(-ago).Add(time.Duration(r.IntN(90)) * time.Second)
		id := fmt.Sprintf("%s%d", kind[len(kind)-1:], len(out))
		out = append(out, heard{say(kind, id, txn, ago, yen, more), at})
		if r.IntN(5) == 0 {
			out = append(out, heard{say(kind, id, txn, ago, yen, more), at.Add(time.Minute)})
		}
	}
	minute := func(i int) time.Duration { return time.Duration(120-10*i) * time.Minute }
	for i := range n {
		txn := string(rune('a' + i))
		yen := int64(1000*(i+1) + r.IntN(2)*777*(5-i))
		more := ""
		if i == 0 && r.IntN(2) == 0 {
			more = pending
		}
		if i > 0 {
			of := fmt.Sprintf(`,"replaces":%q`, string(rune('a'+i-1)))
			if r.IntN(3) == 0 {
				more += `,"descriptor":"ｺｳｻﾞﾌﾘｶｴ"`
			}
			if r.IntN(4) == 0 {
				add("debit", txn, minute(i), yen, more)
			}
			more += of
		}
		add("debit", txn, minute(i), yen, more)
		if r.IntN(5) == 0 {
			add("debit.reversed", txn, minute(i)-time.Minute, 100+r.Int64N(50), "")
		}
	}
	return out
}

// A bank may give one debit a new id more than once, each in the place of the one
// before: in whatever order that is heard, it is one debit with the amount of the
// last, and each of the ids leads to it.
func TestIDsThatReplaceOneAnotherAreOneDebitInAnyOrder(t *testing.T) {
	t.Parallel()
	onBoth(t, 60, 15, idsThatReplaceOneAnother)
}

func idsThatReplaceOneAnother(t *testing.T, newHouse func(*testing.T) *house, seeds []uint64) {
	for _, seed := range seeds {
		r := rand.New(rand.NewPCG(seed, 21))
		story := chainOfIDs(r)
		tell := func(story []heard) string {
			h := newHouse(t)
			for _, e := range story {
				h.sendAt(t, e.at, e.said)
			}
			var out []string
			for _, x := range h.history(t) {
				if !x.Complete {
					continue
				}
				out = append(out, fmt.Sprintf("%d, %d back, again %d, at %s, by %d", x.Amount, x.Amount-x.Kept(), x.Again, x.OccurredAt.Format("15:04"), len(x.Story())))
			}
			slices.Sort(out)
			return strings.Join(out, "\n")
		}
		want := tell(story)
		if strings.Contains(want, "\n") {
			t.Fatalf("seed %d: not one debit:\n%s\n%s", seed, want, says(story))
		}
		for range 4 {
			order := slices.Clone(story)
			r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
			if got := tell(order); got != want {
				t.Fatalf("seed %d: got\n%s\nwant\n%s\n%s", seed, got, want, says(order))
			}
		}
	}
}

func says(story []heard) string {
	var out []string
	for _, e := range story {
		out = append(out, string(e.said)+" received "+e.at.Format("15:04:05"))
	}
	return strings.Join(out, "\n")
}

// underOneID is what a bank may say under one id in three days, under texts that
// name a service or no one.
func underOneID(r *rand.Rand) (out []heard) {
	texts := []string{"ｺｳｻﾞﾌﾘｶｴ", "", "ﾄﾞｺﾓｺｳｻﾞ", "PAYPAY"}
	for i := range 2 + r.IntN(4) {
		ago := time.Duration(r.IntN(10)) * []time.Duration{20 * time.Minute, 7 * time.Hour}[r.IntN(2)]
		kind, yen, more := "debit", int64(500*(1+r.IntN(4))), fmt.Sprintf(`,"descriptor":%q`, texts[r.IntN(len(texts)-r.IntN(2))])
		switch r.IntN(5) {
		case 0:
			kind, more, yen = "debit.reversed", "", []int64{0, 500, 1000}[r.IntN(3)]
		case 1, 2:
			more += pending
		}
		at := received.Add(-ago).Add(time.Duration(i) * time.Second)
		said := string(say(kind, fmt.Sprint("e", i), "t", ago, yen, more))
		if kind == "debit" && r.IntN(5) == 0 { // its day alone is known
			from := strings.Index(said, `"occurred_at":"`)
			said = said[:from] + `"occurred_on":"` + received.Add(-ago).In(watch.JST).Format(time.DateOnly) + said[from+len(`"occurred_at":"2020-10-03T03:06:00Z`):]
		}
		out = append(out, heard{jsontext.Value(said), at})
	}
	return out
}

// A text that names no one leaves a trace: what is on record of payment services
// is the same in whatever order a bank's events are heard, and however often.
func TestTextsThatNameNoOneCountInAnyOrder(t *testing.T) {
	t.Parallel()
	onBoth(t, 120, 25, textsThatNameNoOne)
}

func textsThatNameNoOne(t *testing.T, newHouse func(*testing.T) *house, seeds []uint64) {
	for _, seed := range seeds {
		r := rand.New(rand.NewPCG(seed, 22))
		story := underOneID(r)
		tell := func(story []heard) string {
			h := newHouse(t)
			for _, e := range story {
				h.sendAt(t, e.at, e.said)
			}
			var out []string
			for _, x := range h.history(t) {
				if x.Complete && x.Service != "" {
					out = append(out, fmt.Sprintf("%s %d, %d back, again %d %v, %s, at %s", x.Service, x.Amount, x.Amount-x.Kept(), x.Again, x.AfterReturn, x.Status, x.OccurredAt.Format("02.15:04")))
				}
			}
			slices.Sort(out)
			return strings.Join(out, "\n")
		}
		want := tell(story)
		for range 3 {
			order := slices.Clone(story)
			order = append(order, story[r.IntN(len(story))])
			r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
			if got := tell(order); got != want {
				t.Fatalf("seed %d: got\n%s\nwant\n%s\n%s", seed, got, want, says(order))
			}
		}
	}
}
