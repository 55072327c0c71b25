package watch_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/watch"
)

func mailTo(address string) watch.Channel {
	return watch.Channel{Kind: watch.Email, Address: address}
}

func TestAnAddressThatWasReplacedIsKeptForAWeek(t *testing.T) {
	former := func(address string, at time.Time) watch.Former {
		return watch.Former{Kind: watch.Email, Address: address, At: at.UTC()}
	}
	old := former("old@mail.example", noon.Add(-watch.RestoreFor+1))
	for name, c := range map[string]struct {
		before, now []watch.Channel
		had, want   []watch.Former
	}{
		"another address":                  {[]watch.Channel{mailTo("a@mail.example")}, []watch.Channel{mailTo("b@mail.example")}, nil, []watch.Former{former("a@mail.example", noon)}},
		"none any more":                    {[]watch.Channel{mailTo("a@mail.example")}, nil, nil, []watch.Former{former("a@mail.example", noon)}},
		"the same":                         {[]watch.Channel{mailTo("a@mail.example")}, []watch.Channel{mailTo("a@mail.example")}, nil, nil},
		"the first":                        {nil, []watch.Channel{mailTo("a@mail.example")}, nil, nil},
		"a channel without an address":     {[]watch.Channel{{Kind: watch.LINE}}, nil, nil, nil},
		"one that was kept before":         {[]watch.Channel{mailTo("a@mail.example")}, nil, []watch.Former{old}, []watch.Former{old, former("a@mail.example", noon)}},
		"one that was kept for a week":     {nil, nil, []watch.Former{former("older@mail.example", noon.Add(-watch.RestoreFor)), old}, []watch.Former{old}},
		"one of another channel, replaced": {[]watch.Channel{{Kind: "post", Address: "a"}, mailTo("m@mail.example")}, []watch.Channel{{Kind: "post", Address: "b"}, mailTo("m@mail.example")}, nil, []watch.Former{{Kind: "post", Address: "a", At: noon.UTC()}}},
	} {
		had := append([]watch.Former{}, c.had...)
		w, before := &watch.Watcher{Channels: c.now, Former: had}, &watch.Watcher{Channels: c.before}
		w.KeepFormer(before, noon)
		if diff := cmp.Diff(c.want, w.Former, cmp.Comparer(func(a, b []watch.Former) bool { return fmt.Sprint(a) == fmt.Sprint(b) })); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if fmt.Sprint(had) != fmt.Sprint(append([]watch.Former{}, c.had...)) {
			t.Errorf("%s: what others hold was changed", name)
		}
	}
}

func TestTheOldestAddressesStayWhenThereAreMany(t *testing.T) {
	w := &watch.Watcher{}
	for i := range 30 {
		before := w.Clone()
		before.SetChannel(mailTo(fmt.Sprintf("%d@mail.example", i)))
		w.SetChannel(mailTo(fmt.Sprintf("%d@mail.example", i+1)))
		w.KeepFormer(before, noon.Add(time.Duration(i)*time.Minute))
	}
	if n := len(w.Former); n != 24 || w.Former[0].Address != "0@mail.example" || w.Former[23].Address != "23@mail.example" {
		t.Errorf("%d are kept: %v", n, w.Former)
	}
}

func TestMailsToANewAddressGoToTheOneBeforeForADay(t *testing.T) {
	at := func(address string, ago time.Duration) watch.Former {
		return watch.Former{Kind: watch.Email, Address: address, At: noon.Add(-ago)}
	}
	w := &watch.Watcher{Channels: []watch.Channel{{Kind: watch.LINE}, mailTo("now@mail.example")}, Former: []watch.Former{
		at("day@mail.example", watch.CopyFor), at("a@mail.example", watch.CopyFor-1), at("b@mail.example", 0), at("a@mail.example", time.Hour),
		at("now@mail.example", time.Hour), {Kind: "post", Address: "street", At: noon},
	}}
	if diff := cmp.Diff([]string{"a@mail.example", "b@mail.example"}, w.Copies(watch.Email, noon)); diff != "" {
		t.Error(diff)
	}
	w.DropChannel(watch.Email)
	if got := w.Copies(watch.Email, noon); got != nil {
		t.Errorf("without an address, mails go to %v", got)
	}
}

func TestWhatCanBeSetBackInOneTap(t *testing.T) {
	step := watch.Step{Kind: watch.StepSettings, At: noon, Of: "w1", Lowered: true}
	for name, c := range map[string]struct {
		change func(*watch.Step)
		after  time.Duration
		want   bool
	}{
		"what lowered, in the week": {func(*watch.Step) {}, watch.RestoreFor - 1, true},
		"a week later":              {func(*watch.Step) {}, watch.RestoreFor, false},
		"another kind of step":      {func(s *watch.Step) { s.Kind = "joined" }, 0, false},
		"what did not lower":        {func(s *watch.Step) { s.Lowered = false }, 0, false},
		"what is about no watcher":  {func(s *watch.Step) { s.Of = "" }, 0, false},
	} {
		s := step
		c.change(&s)
		if got := s.Restorable(noon.Add(c.after)); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestSettingBackSaysWhetherAllCouldBe(t *testing.T) {
	was := &watch.Watcher{ID: "w1", Rules: watch.DefaultRules(), Channels: []watch.Channel{mailTo("a@mail.example")}}
	is := was.Clone()
	is.Rules.Burst, is.Rules.FirstSeen = false, false
	is.SetChannel(mailTo("b@mail.example"))
	turns, _ := watch.Compare(was, is, noon)
	step := &watch.Step{Kind: watch.StepSettings, At: noon, Of: "w1", Turns: turns, Lowered: true}
	if turns[len(turns)-1].Name != string(watch.Email) {
		t.Fatalf("the address is not the last of %v", turns)
	}
	kept := is.Clone()
	kept.KeepFormer(was, noon)
	if whole := step.Restore(kept, noon); !whole || !kept.Rules.Burst || !kept.Rules.FirstSeen {
		t.Errorf("all can be set back, and whole is %v: %+v", whole, kept.Rules)
	}
	if c, _ := kept.Channel(watch.Email); c.Address != "a@mail.example" {
		t.Errorf("the address is %q", c.Address)
	}
	for name, former := range map[string][]watch.Former{
		"no address is kept":     nil,
		"one of another moment":  {{Kind: watch.Email, Address: "a@mail.example", At: noon.Add(1)}},
		"one of another channel": {{Kind: "post", Address: "a@mail.example", At: noon}},
	} {
		lost := is.Clone()
		lost.Former = former
		if whole := step.Restore(lost, noon); whole || !lost.Rules.Burst {
			t.Errorf("%s: whole is %v, rules %+v", name, whole, lost.Rules)
		}
		if c, _ := lost.Channel(watch.Email); c.Address != "b@mail.example" {
			t.Errorf("%s: the address is %q", name, c.Address)
		}
	}
	// A rule that only a newer program knows stays as it is, and is said to.
	newer := *step
	newer.Turns = append([]watch.Turn{{Name: "storm", Lowers: true}}, turns...)
	set := is.Clone()
	set.KeepFormer(was, noon)
	if whole := newer.Restore(set, noon); whole || !set.Rules.Burst {
		t.Errorf("with a newer rule whole is %v, rules %+v", whole, set.Rules)
	}
	// What did not lower is left alone.
	mild := *step
	mild.Turns = []watch.Turn{{Name: "storm"}}
	if !mild.Restore(is.Clone(), noon) {
		t.Error("what did not lower is missed")
	}
}

func TestAServiceIsSetBackByItself(t *testing.T) {
	was := &watch.Watcher{Rules: watch.Rules{ServiceMin: 1, ServiceMinFor: map[string]int64{"a": 100, "b": 100}}}
	is := was.Clone()
	is.Rules.ServiceMinFor = map[string]int64{"a": 900, "b": 100, "c": 500}
	turns, _ := watch.Compare(was, is, noon)
	step := &watch.Step{Turns: turns}
	now := is.Clone()
	now.Rules.ServiceMinFor = map[string]int64{"a": 50, "b": 700, "c": 500} // a was lowered since, b raised by another step
	before := now.Rules.ServiceMinFor
	step.Restore(now, noon)
	if diff := cmp.Diff(map[string]int64{"a": 50, "b": 700}, now.Rules.ServiceMinFor); diff != "" {
		t.Error(diff)
	}
	if len(before) != 3 {
		t.Error("the amounts that others hold were changed")
	}
	empty := is.Clone()
	empty.Rules.ServiceMinFor, empty.Rules.ServiceMin = nil, 1000
	step.Restore(empty, noon)
	if diff := cmp.Diff(map[string]int64{"a": 100}, empty.Rules.ServiceMinFor); diff != "" {
		t.Error(diff)
	}
}

func TestAPauseThatIsOverOrShorterDoesNotLower(t *testing.T) {
	pause := func(d time.Duration) *watch.Watcher {
		return &watch.Watcher{Rules: watch.Rules{PausedUntil: noon.Add(d)}}
	}
	for name, c := range map[string]struct {
		before, after time.Duration
		want          bool
	}{
		"a longer one":              {time.Hour, 2 * time.Hour, true},
		"a shorter one":             {2 * time.Hour, time.Hour, false},
		"one that is over":          {-2 * time.Hour, -time.Hour, false},
		"one that ends now":         {-2 * time.Hour, 0, false},
		"one that ends in a moment": {-2 * time.Hour, 1, true},
	} {
		if _, lowers := watch.Compare(pause(c.before), pause(c.after), noon); lowers != c.want {
			t.Errorf("%s lowers: %v", name, lowers)
		}
	}
}

// What a step holds of the rules is a copy: what is chosen later does not
// reach it, nor what it is compared with.
func TestACopyOfAWatcherSharesNoRules(t *testing.T) {
	w := &watch.Watcher{Rules: watch.Rules{
		ServiceMinFor: map[string]int64{"a": 1}, MonthlyTotal: map[string]int64{"a": 1}, Keywords: []string{"ガス"},
		Trusts: []watch.Trust{{Service: "a", UpTo: 1}}, Quiet: &watch.Quiet{From: 1, To: 2},
	}}
	c := w.Clone()
	c.Rules.ServiceMinFor["a"], c.Rules.MonthlyTotal["a"], c.Rules.Keywords[0] = 2, 2, "ミズ"
	c.Rules.Trusts[0].UpTo, c.Rules.Quiet.From = 2, 3
	want := watch.Rules{
		ServiceMinFor: map[string]int64{"a": 1}, MonthlyTotal: map[string]int64{"a": 1}, Keywords: []string{"ガス"},
		Trusts: []watch.Trust{{Service: "a", UpTo: 1}}, Quiet: &watch.Quiet{From: 1, To: 2},
	}
	if diff := cmp.Diff(want, w.Rules); diff != "" {
		t.Error(diff)
	}
}

func TestTheLastDayOfAClaim(t *testing.T) {
	loss := time.Date(2026, 10, 31, 15, 30, 0, 0, time.UTC) // 1 November in Japan
	noticed := time.Date(2026, 11, 10, 14, 59, 0, 0, time.UTC)
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, watch.JST) }
	if got := watch.ClaimEnds(30, true, loss, noticed); !got.Equal(day(2026, 12, 1)) {
		t.Errorf("30 days after the loss it is %v", got)
	}
	if got := watch.ClaimEnds(60, false, loss, noticed); !got.Equal(day(2027, 1, 9)) {
		t.Errorf("60 days after it was noticed it is %v", got)
	}
	for _, d := range []time.Time{day(2026, 12, 1), day(2027, 1, 9), day(2028, 2, 29), day(2026, 10, 31)} {
		if got := watch.ClaimDay(watch.ClaimSeq(d.Add(23 * time.Hour))); !got.Equal(d) {
			t.Errorf("%v is numbered %d, which is %v", d, watch.ClaimSeq(d), got)
		}
	}
	if n := watch.ClaimSeq(day(2026, 12, 1)); n != 20261201 { // records hold such numbers
		t.Errorf("1 December 2026 has the number %d", n)
	}
}
