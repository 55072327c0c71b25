package watch_test

import (
	"reflect"
	"testing"
	"time"

	"kozamori/internal/watch"
)

// other changes a field of a struct to another value.
func other(t *testing.T, f reflect.Value) {
	t.Helper()
	switch v := f.Addr().Interface().(type) {
	case *int:
		*v++
	case *int64:
		*v++
	case *bool:
		*v = !*v
	case *string:
		*v += "x"
	case *time.Time:
		*v = v.Add(time.Second)
	case *watch.Reasons:
		v.Reason ^= watch.Burst
	default:
		t.Fatalf("a field of %T", v)
	}
}

// Other words need another key, whichever part of them is another; the same do not.
func TestOtherWordsNeedAnotherKey(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	made := func() (watch.Worded, *watch.PastSum) {
		return watch.Worded{Debits: 2, Yen: 3000, First: at, Last: at, Parts: []watch.WordedPart{{Record: "r1", Follows: true}}},
			&watch.PastSum{Debits: 2, Yen: 3000, FirstAt: at, LastAt: at}
	}
	takes := func(change func(*watch.Worded, *watch.PastSum), renewed bool) int {
		was, wasSum := made()
		before := watch.Delivery{Worded: &was, Sum: wasSum}
		w, sum := made()
		change(&w, sum)
		d := watch.Delivery{Worded: &was, Sum: sum}
		d.Word(w, &before, renewed)
		return d.Take
	}
	if n := takes(func(*watch.Worded, *watch.PastSum) {}, false); n != 0 {
		t.Errorf("the same words: %d", n)
	}
	tried := 0
	each := func(name string, of func(*watch.Worded, *watch.PastSum) any) {
		var w watch.Worded
		w.Parts = make([]watch.WordedPart, 1)
		for i, f := range reflect.VisibleFields(reflect.TypeOf(of(&w, &watch.PastSum{})).Elem()) {
			if f.Name == "Unknown" || f.Name == "Parts" || name == "sum" && f.Name == "At" {
				continue
			}
			tried++
			change := func(w *watch.Worded, s *watch.PastSum) { other(t, reflect.ValueOf(of(w, s)).Elem().Field(i)) }
			if n := takes(change, false); n != 1 {
				t.Errorf("another %s of the %s: %d", f.Name, name, n)
			}
			if n := takes(change, true); n != 0 {
				t.Errorf("another %s of the %s, which has another key already: %d", f.Name, name, n)
			}
		}
	}
	each("message", func(w *watch.Worded, _ *watch.PastSum) any { return w })
	each("part", func(w *watch.Worded, _ *watch.PastSum) any { return &w.Parts[0] })
	each("sum", func(_ *watch.Worded, s *watch.PastSum) any { return s })
	if tried < 15 {
		t.Errorf("%d fields", tried)
	}
	first := watch.Delivery{}
	w, _ := made()
	first.Word(w, &watch.Delivery{}, false)
	if first.Take != 0 {
		t.Error("what was never handed over has another key")
	}
}

// What nobody answered, and what somebody knows, has nothing that they recognised beside
// a report.
func TestOnlyAReportHasPartsThatAreRecognised(t *testing.T) {
	t.Parallel()
	r := &watch.Record{ID: "r1", Kind: watch.Debit, Complete: true, Amount: 1000}
	if got := r.Recognised(); got != nil {
		t.Errorf("%v", got)
	}
	for v, want := range map[watch.AnswerValue]int{watch.Mine: 0, watch.NotMine: 1} {
		r.Answer = &watch.Answer{Value: v, Except: []string{"r1"}}
		if got := r.Recognised(); len(got) != want {
			t.Errorf("%s: %v", v, got)
		}
	}
}
