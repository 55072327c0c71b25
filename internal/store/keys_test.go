package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/testkit/tabletest"
)

// oldKey is a key as the version before writes it: next to the state of the feed.
func oldKey(hash string) store.Write {
	return store.Write{Item: store.Item{Key: store.Key{PK: "B#0125", SK: "KEY#" + hash}, Body: []byte(`{"bank":"0125","hash":"` + hash + `","created_at":"2026-11-24T03:00:00Z","known_later":7}`)}, If: store.Absent}
}

// endOldKey ends one as the version before does.
func endOldKey(hash string) store.Write {
	return store.Write{Item: store.Item{Key: store.Key{PK: "B#0125", SK: "KEY#" + hash}}, If: store.Any, Delete: true}
}

// keysWorld is a table on which two versions work with keys.
type keysWorld struct {
	*testing.T
	*store.Store
}

func (w keysWorld) do(writes ...store.Write) {
	w.Helper()
	if err := w.Write(w.Context(), writes...); err != nil {
		w.Fatal(err)
	}
}

// works tells which of some keys open the bank, asked for and listed.
func (w keysWorld) works(hashes ...string) string {
	w.Helper()
	var out []string
	for _, h := range hashes {
		switch k, err := w.APIKey(w.Context(), "0125", h); {
		case err == nil && k.Hash == h:
			out = append(out, h)
		case !errors.Is(err, store.ErrNotFound):
			w.Errorf("%s: %+v %v", h, k, err)
		}
	}
	list, err := store.Collect(w.APIKeys(w.Context(), "0125"))
	if err != nil || len(list) != len(out) {
		w.Errorf("%d are listed, %d work, %v", len(list), len(out), err)
	}
	return strings.Join(out, " ")
}

// before tells which keys the version before sees.
func (w keysWorld) before(hashes ...string) string {
	w.Helper()
	var out []string
	for _, h := range hashes {
		k := store.Key{PK: "B#0125", SK: "KEY#" + h}
		items, err := w.Get(w.Context(), k)
		if err != nil {
			w.Fatal(err)
		}
		if _, ok := items[k]; ok {
			out = append(out, h)
		}
	}
	return strings.Join(out, " ")
}

// While two versions run, what either makes or ends counts for both; after the keys
// were settled what is written next to the feed opens nothing, and the version before
// goes on with what this one makes and ends.
func TestKeysAreOfOneMindInTwoVersions(t *testing.T) {
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		now := time.Now
		w := keysWorld{t, store.New(tabletest.On(t, kind, now))}
		all := []string{"a", "b", "c", "d", "e", "f"}
		expect := func(when, this, before string) {
			t.Helper()
			if got, was := w.works(all...), w.before(all...); got != this || was != before {
				t.Errorf("%s: %q work here and %q in the version before, want %q and %q", when, got, was, this, before)
			}
		}
		make := func(hash string) {
			t.Helper()
			if err := w.AddAPIKey(t.Context(), &store.APIKey{Bank: "0125", Hash: hash, CreatedAt: now()}); err != nil {
				t.Fatal(err)
			}
		}
		w.do(oldKey("a"), oldKey("b"))
		expect("keys of before", "a b", "a b")
		make("c")
		expect("one more", "a b c", "a b c")
		w.do(endOldKey("c"))
		expect("which the version before ends", "a b", "a b")
		k, err := w.APIKey(t.Context(), "0125", "a")
		if err != nil {
			t.Fatal(err)
		}
		w.do(store.DeleteAPIKey(k)...)
		expect("one of before that this one ends", "b", "b")
		w.do(oldKey("d"))
		expect("one that the version before makes", "b d", "b d")

		if settled, err := w.KeysSettled(t.Context(), "0125"); err != nil || settled {
			t.Errorf("settled by itself: %t %v", settled, err)
		}
		if keys, err := w.SettleKeys(t.Context(), "0125"); err != nil || len(keys) != 2 {
			t.Fatalf("%d settled, %v", len(keys), err)
		}
		expect("settled", "b d", "b d")
		w.do(oldKey("e"))
		expect("what is written next to the feed", "b d", "b d e")
		make("f")
		expect("one more", "b d f", "b d e f")
		used, err := w.APIKey(t.Context(), "0125", "b")
		if err != nil {
			t.Fatal(err)
		}
		used.LastUsed = now()
		w.do(store.PutAPIKey(used)...) // a member that it does not know is given back
		k, err = w.APIKey(t.Context(), "0125", "d")
		if err != nil {
			t.Fatal(err)
		}
		w.do(store.DeleteAPIKey(k)...)
		expect("ended", "b f", "b e f")
		if _, lost := store.AsCondition(w.Write(t.Context(), store.PutAPIKey(k)...)); !lost {
			t.Error("one that was ended comes back")
		}
		w.do(endOldKey("f"))
		if _, err := w.SettleKeys(t.Context(), "0125"); err != nil {
			t.Fatal(err)
		}
		expect("settled again, after the version before came back", "b e", "b e")
		if k, err := w.APIKey(t.Context(), "0125", "b"); err != nil || !strings.Contains(string(k.Unknown), "known_later") || k.LastUsed.IsZero() {
			t.Errorf("%+v %v", k, err)
		}
	})
}

// A bank's first key settles its keys.
func TestTheKeysOfANewBankAreSettled(t *testing.T) {
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		w := keysWorld{t, store.New(tabletest.On(t, kind, time.Now))}
		if err := w.AddAPIKey(t.Context(), &store.APIKey{Bank: "0125", Hash: "a", CreatedAt: time.Now()}); err != nil {
			t.Fatal(err)
		}
		w.do(oldKey("b"))
		if got := w.works("a", "b"); got != "a" {
			t.Errorf("%q work", got)
		}
	})
}

// As many keys as can be settled are, and with more nothing is changed.
func TestAsManyKeysAreSettledAsOneCallCanWrite(t *testing.T) {
	w := keysWorld{t, store.New(tabletest.On(t, tabletest.Embedded, time.Now))}
	for i := range store.MaxSettled {
		w.do(oldKey(fmt.Sprint("k", i)))
	}
	if keys, err := w.SettleKeys(t.Context(), "0125"); err != nil || len(keys) != store.MaxSettled {
		t.Errorf("%d settled, %v", len(keys), err)
	}
	w.do(oldKey("more"))
	if _, err := w.SettleKeys(t.Context(), "0125"); err == nil {
		t.Error("one more is settled")
	}
}
