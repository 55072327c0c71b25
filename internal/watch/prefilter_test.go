package watch_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/watch"
)

// randomAccount is of people whose rules are anything that a stored account may have,
// also words that could not be saved today.
func randomAccount(r *rand.Rand) *watch.Account {
	a := &watch.Account{}
	for range 1 + r.IntN(watch.MaxWatchers) {
		rules := watch.DefaultRules()
		rules.Overdrawn = r.IntN(8) == 0
		if r.IntN(6) == 0 {
			rules.AnyDebit = r.Int64N(4) - 1
		}
		if r.IntN(8) == 0 {
			rules.PausedUntil = noon.Add(time.Hour)
		}
		for range r.IntN(5) {
			rules.Keywords = append(rules.Keywords, randomText(r, 1+r.IntN(5)))
		}
		if r.IntN(40) == 0 {
			rules.Keywords = append(rules.Keywords, "", "\x83")
		}
		a.Watchers = append(a.Watchers, watch.Watcher{ID: fmt.Sprint("w", len(a.Watchers)), Rules: rules})
	}
	return a
}

// randomText is of few characters, so that words are often in it.
func randomText(r *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		b.WriteString([]string{"ヤ", "チ", "ン", "ガ", "ス", "A", "1", " ", "é", "\U0002A6A5"}[r.IntN(10)])
	}
	return b.String()
}

// What does not pass has no reason for anybody, over whatever rules and debits there are;
// and what passes was asked for by somebody, who may have paused, but for the rest of a
// word whose first characters are there.
func TestThePrefilterStopsNothingThatRulesTell(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 0))
	passed, stopped, vain := 0, 0, 0
	for range 20_000 {
		a := randomAccount(r)
		f := watch.Facts{Amount: r.Int64N(4), Overdrawn: r.IntN(3) == 0, Keyword: randomText(r, r.IntN(12)), OccurredAt: noon}
		if r.IntN(50) == 0 {
			f.Keyword = "\x83" + f.Keyword + "\xe3\x83"
		}
		asked, begun := false, false
		for i := range a.Watchers {
			rules := a.Watchers[i].Rules
			rules.PausedUntil = time.Time{}
			asked = asked || rules.Evaluate(&f, noon) != 0
			for _, word := range rules.Keywords {
				first := []rune(word)
				begun = begun || len(first) < 2 || strings.Contains(f.Keyword, string(first[:min(4, len(first))]))
			}
		}
		p := a.Prefilter()
		text := f.Keyword
		if !p.Reads() {
			text = ""
		}
		switch got := p.Passes(f.Amount, f.Overdrawn, text); {
		case asked && !got, got && !asked && !begun:
			t.Fatalf("%+v of %+v: asked for %v, begun %v, passes %v", f, a, asked, begun, got)
		case !got:
			stopped++
		case asked:
			passed++
		default:
			vain++
		}
	}
	if passed < 1000 || stopped < 1000 || vain > passed/2 {
		t.Errorf("%d pass, %d do not, and %d pass in vain: such accounts show nothing", passed, stopped, vain)
	}
}

// A new rule about debits of no payment service must be in the prefilter, or it is
// never asked: these are.
func TestEachRuleOfOtherDebitsIsInThePrefilter(t *testing.T) {
	t.Parallel()
	var about []string
	for _, row := range watch.Table() {
		if row.About&watch.OtherDebits != 0 {
			about = append(about, row.Name)
		}
	}
	if want := []string{"overdrawn", "any_debit", "keywords"}; !slices.Equal(about, want) {
		t.Errorf("rules about other debits are %q, and the prefilter knows %q", about, want)
	}
}

func BenchmarkOtherDebitOfAFamily(b *testing.B) {
	a := &watch.Account{}
	for w := range watch.MaxWatchers {
		rules := watch.DefaultRules()
		for word := range 50 {
			rules.Keywords = append(rules.Keywords, fmt.Sprintf("%dカゾ%dクノコトハ", w, word))
		}
		a.Watchers = append(a.Watchers, watch.Watcher{Rules: rules})
	}
	text := "コウザフリカエカゾクスイドウリヨウキン"
	b.Run("prefilter", func(b *testing.B) {
		p := a.Prefilter()
		for b.Loop() {
			if !p.Reads() || p.Passes(3000, false, text) {
				b.Fatal("it passes")
			}
		}
	})
	b.Run("plain", func(b *testing.B) {
		f := watch.Facts{Amount: 3000, Keyword: text, OccurredAt: noon}
		for b.Loop() {
			for i := range a.Watchers {
				if a.Watchers[i].Rules.Evaluate(&f, noon) != 0 {
					b.Fatal("it is told")
				}
			}
		}
	})
	b.Run("making", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			a.Prefilter()
		}
	})
}
