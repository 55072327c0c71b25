package lesson_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"kozamori/internal/lesson"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// writer counts writes, and fails or hangs when it is told to.
type writer struct {
	*store.Store
	writes int
	err    error
	hang   bool
}

func (w *writer) Write(ctx context.Context, writes ...store.Write) error {
	w.writes++
	if w.hang {
		<-ctx.Done()
		return ctx.Err()
	}
	if w.err != nil {
		return w.err
	}
	return w.Store.Write(ctx, writes...)
}

func account(bank string, i int) watch.AccountKey {
	return watch.AccountKey{Bank: bank, Ref: fmt.Sprintf("acc-%d", i)}
}

func forms(t *testing.T, w *worldtest.World, bank string) map[string]lesson.Proposal {
	t.Helper()
	found, err := lesson.Proposals(t.Context(), w.Store, bank)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]lesson.Proposal{}
	for _, p := range found {
		out[string(p.Kind)+" "+p.Form] = p
	}
	return out
}

// A form of fewer than 20 accounts is never shown, however often it comes, to
// however many processes; one of somewhat more is, and about how many.
func TestAFormIsShownFromTwentyAccountsOn(t *testing.T) {
	t.Parallel()
	w := worldtest.New(t)
	for n := range 19 {
		for process := range 5 {
			c := lesson.New(w.Store, w.Now, w.Logger)
			for i := range n + 1 {
				for range 1 + process {
					c.Saw(account("0125", i), lesson.Unnamed, fmt.Sprintf("ヌネ%d", n), "")
				}
			}
			c.Save(t.Context())
		}
	}
	if got := forms(t, w, "0125"); len(got) != 0 {
		t.Fatalf("shown are %+v", got)
	}
	for _, n := range []int{40, 200, 700} {
		w := worldtest.New(t)
		for process := range 4 { // each sees some of the accounts, and some are seen twice
			c := lesson.New(w.Store, w.Now, w.Logger)
			for i := range n {
				if i%4 == process || i%7 == 0 {
					c.Saw(account("0125", i), lesson.Rail, "XRAIL", "")
				}
			}
			c.Save(t.Context())
		}
		p := forms(t, w, "0125")["rail XRAIL"]
		if p.Accounts < n*3/4 || p.Accounts > n*5/4 || p.What == "" {
			t.Errorf("%d accounts are told as %+v", n, p)
		}
	}
}

// How many accounts there were is worked out, and is never said to be more than
// the debits that they had.
func TestNoMoreAccountsThanDebits(t *testing.T) {
	t.Parallel()
	w := worldtest.New(t)
	c := lesson.New(w.Store, w.Now, w.Logger)
	for n := 25; n < 75; n++ {
		for i := range n {
			c.Saw(account("0125", i), lesson.Unnamed, fmt.Sprintf("ヌネ%d", n), "")
		}
	}
	c.Save(t.Context())
	shown := forms(t, w, "0125")
	for _, p := range shown {
		if p.Accounts > p.Debits {
			t.Errorf("%d accounts had %d debits", p.Accounts, p.Debits)
		}
	}
	if len(shown) < 30 {
		t.Errorf("only %d forms are shown", len(shown))
	}
}

// What is written down holds no account, and no two forms of one account are
// told to be of one.
func TestNoAccountIsWrittenDown(t *testing.T) {
	t.Parallel()
	w := worldtest.New(t)
	c := lesson.New(w.Store, w.Now, w.Logger)
	for i := range 40 {
		c.Saw(account("0125", 7), lesson.Word, fmt.Sprintf("PAYPAYヌ%d", i), "paypay")
	}
	c.Answer(account("0125", 7), "PAYPAYヌ", "paypay", true)
	c.Save(t.Context())
	places := map[string]bool{}
	for part, err := range w.Store.Lessons(t.Context(), "0125") {
		if err != nil {
			t.Fatal(err)
		}
		if body := string(store.PutLessons(part).Item.Body); strings.Contains(body, "acc-7") {
			t.Error(body)
		}
		for _, l := range part.Counted {
			places[string(l.Accounts)] = true
		}
	}
	if len(places) < 20 {
		t.Errorf("one account stands at %d places for 41 forms", len(places))
	}
}

func TestWhatDeservesAnEntryOrATrap(t *testing.T) {
	t.Parallel()
	w := worldtest.New(t)
	c := lesson.New(w.Store, w.Now, w.Logger)
	for i := range 60 {
		a := account("0125", i)
		c.Saw(a, lesson.Word, "PAYPAYグルメ", "paypay")
		c.Answer(a, "PAYPAYグルメ", "paypay", i%20 != 0)
		c.Saw(a, lesson.Word, "PAYPAYシヨップ", "paypay")
		c.Answer(a, "PAYPAYシヨップ", "paypay", i%3 == 0)
		c.Saw(a, lesson.Word, "PAYPAYマダ", "paypay")
		c.Answer(a, "PAYPAY", "paypay", true)
		c.Answer(a, "イデア", "idare", i%3 == 0)
		c.Other(a, "PAYPAYカ", "paypay")
		c.Saw(a, lesson.Word, "PAYPAYロウン", "paypay")
		c.Other(a, "PAYPAYロウン", "paypay")
		c.Answer(a, "PAYPAYロウン", "paypay", i%2 == 0)
		c.Saw(a, lesson.Service, "nunepay", "")
		c.Saw(account("0168", i), lesson.Unnamed, "RTKヌネ", "")
		c.Saw(a, lesson.Unnamed, "", "")
	}
	c.Save(t.Context())
	got := forms(t, w, "0125")
	for form, want := range map[string]string{"word PAYPAYグルメ": "entry: it is", "word PAYPAYシヨップ": "trap, or fraud", "word PAYPAYマダ": "a look",
		"answered イデア": "trap, or fraud", "answered PAYPAY": "", "answered PAYPAYカ": "another reading at this bank", "word PAYPAYロウン": "trap, or fraud", "service nunepay": "entry: a service", "unnamed RTKヌネ": ""} {
		p := got[form]
		if want == "" && p.What != "" || want != "" && !strings.Contains(p.What, want) {
			t.Errorf("%s deserves %q, want %q", form, p.What, want)
		}
	}
	if p := got["word PAYPAYグルメ"]; p.Mine != 57 || p.NotMine != 3 || p.Debits != 60 {
		t.Errorf("%+v", p)
	}
	if p := forms(t, w, "0168"); len(p) != 1 {
		t.Errorf("the other bank has %+v", p)
	}
}

// Counting costs a write each five minutes at most, and waits for no store.
func TestCountingStandsInNobodysWay(t *testing.T) {
	t.Parallel()
	w := worldtest.New(t)
	s := &writer{Store: w.Store}
	c := lesson.New(s, w.Now, w.Logger)
	c.Save(t.Context())
	if s.writes != 0 {
		t.Error("nothing was counted, and is written")
	}
	for range 1000 {
		c.Saw(account("0125", 1), lesson.Unnamed, "ヌ", "")
		c.Save(t.Context())
		w.Add(time.Second)
	}
	if s.writes != 4 {
		t.Errorf("%d writes in 1,000 seconds", s.writes)
	}
	s.err = errors.New("no")
	w.Add(time.Hour)
	c.Saw(account("0125", 1), lesson.Unnamed, "ヌ", "")
	c.Save(t.Context())
	c.Save(t.Context())
	if s.writes != 5 {
		t.Errorf("%d writes: a store that fails is asked again at once", s.writes)
	}
	s.err, s.hang = nil, true
	w.Add(time.Hour)
	began := time.Now()
	c.Save(context.Background())
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("a store that does not answer holds for %v", took)
	}
	s.hang = false
	w.Add(time.Hour)
	c.Save(t.Context())
	for part, err := range w.Store.Lessons(t.Context(), "0125") {
		if err != nil || part.Counted[0].Debits != 1001 {
			t.Errorf("%+v (%v)", part, err)
		}
	}
	var off *lesson.Counter
	off.Saw(account("0125", 1), lesson.Unnamed, "ヌ", "")
	off.Save(t.Context())
}

// However much comes, what is kept is bounded and fits an item.
func TestWhatIsCountedIsBounded(t *testing.T) {
	t.Parallel()
	w := worldtest.New(t)
	c := lesson.New(w.Store, w.Now, w.Logger)
	for i := range 5000 {
		c.Saw(account("0125", i), lesson.Unnamed, strings.Repeat("鵺", 200)+fmt.Sprint(i), "")
		c.Saw(account("0125", i), lesson.Word, fmt.Sprint(i)+strings.Repeat("鵺", 200), strings.Repeat("x", 30))
	}
	c.Save(t.Context())
	n := 0
	for part, err := range w.Store.Lessons(t.Context(), "0125") {
		if err != nil {
			t.Fatal(err)
		}
		n += len(part.Counted)
		if it := store.PutLessons(part).Item; len(it.Body) > 200<<10 || it.Expires.IsZero() {
			t.Errorf("%d bytes until %v", len(it.Body), it.Expires)
		}
	}
	if n == 0 || n > 400 {
		t.Errorf("%d forms are kept", n)
	}
	w.Add(40 * 24 * time.Hour)
	c.Saw(account("0125", 1), lesson.Rail, "X", "")
	c.Save(t.Context())
	n = 0
	for _, err := range w.Store.Lessons(t.Context(), "0125") {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 2 {
		t.Errorf("%d months", n)
	}
}
