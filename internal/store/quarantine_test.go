package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
)

// Whatever fills a refused event, what is kept of it is no larger than an item
// may be, and is given back to the byte.
func TestWhateverFillsARefusedEventIsKept(t *testing.T) {
	s := store.New(worldtest.Table(t, time.Now))
	for name, fill := range map[string]string{"control characters": "\x01", "brackets": "<", "quotes": `"`, "separators": "\u2028", "broken": "\xff",
		"broken brackets": "\xff<", "broken control": "\xff\x01", "wide": "口", "new lines": "\n"} {
		raw := strings.Repeat(fill, 64<<10/len(fill))
		r := &store.Refused{ID: name, Bank: "0125", At: time.Now(), EventID: "e", Problem: "p"}
		r.SetRaw([]byte(raw))
		if err := s.Write(t.Context(), store.PutRefused(r)...); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, err := s.Refused(t.Context(), "0125", name); err != nil || string(got.Bytes()) != raw {
			t.Errorf("%s: not given back, %v", name, err)
		}
	}
}

// Items of before stand in one partition of a bank; they are read, listed in
// their place and removed all the same.
func TestQuarantineIsOneListOverAllItsPartitions(t *testing.T) {
	start := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	s := store.New(worldtest.Table(t, func() time.Time { return start }))
	partitions := map[string]bool{}
	var want []string
	for i := range 60 {
		r := &store.Refused{ID: fmt.Sprint("r", i), Bank: "0125", At: start.Add(time.Duration(i) * time.Second), Problem: "p", Raw: "{}"}
		w := store.PutRefused(r)[0]
		if i%7 == 0 { // as it was written before
			body, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			w.Item.Key, w.Item.Body, w.Item.History = store.Key{PK: "Q#0125", SK: r.ID}, body, store.Key{PK: "Q#0125", SK: r.At.Format("20060102T150405.000Z") + "#" + r.ID}
		}
		partitions[w.Item.PK] = true
		if err := s.Write(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		want = append([]string{r.ID}, want...)
	}
	if len(partitions) < 12 {
		t.Errorf("%d partitions of 60 events", len(partitions))
	}
	list := func() []*store.Refused {
		t.Helper()
		all, err := store.Collect(s.Quarantine(t.Context(), "0125"))
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	got := list()
	for i, r := range got {
		if i >= len(want) || r.ID != want[i] {
			t.Fatalf("number %d is %s, of %d", i, r.ID, len(got))
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d listed, want %d", len(got), len(want))
	}
	if some, err := store.First(s.Quarantine(t.Context(), "0125"), 3); err != nil || len(some) != 3 || some[2].ID != want[2] {
		t.Errorf("the first three: %v, %v", some, err)
	}
	if other, err := store.Collect(s.Quarantine(t.Context(), "0168")); err != nil || len(other) != 0 {
		t.Errorf("another bank's: %v, %v", other, err)
	}
	for _, id := range []string{"r0", "r1"} { // one of each kind
		r, err := s.Refused(t.Context(), "0125", id)
		if err != nil || r.ID != id {
			t.Fatalf("%s: %+v, %v", id, r, err)
		}
		if err := s.Write(t.Context(), store.DeleteRefused(r)...); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Refused(t.Context(), "0125", id); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s is still there: %v", id, err)
		}
	}
	if n := len(list()); n != len(want)-2 {
		t.Errorf("%d left", n)
	}
}

func TestWhatIsNoUTF8IsKeptToTheByte(t *testing.T) {
	s := store.New(worldtest.Table(t, time.Now))
	for _, raw := range []string{"{}", "{\"a\":\"\xff\"}", "", "ﾄ\xef\xbe"} {
		r := &store.Refused{ID: "r", Bank: "0125", At: time.Now()}
		r.SetRaw([]byte(raw))
		if err := s.Write(t.Context(), store.PutRefused(r)...); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Refused(t.Context(), "0125", "r"); err != nil || string(got.Bytes()) != raw {
			t.Errorf("%q came back as %q, %v", raw, got.Bytes(), err)
		}
	}
}
