package edition_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"math/rand"
	"strings"
	"sync"
	"testing"
	"time"

	"kozamori/internal/catalog"
	"kozamori/internal/edition"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
)

// world is a store, who publishes into it, and a program that reads it.
type world struct {
	*testing.T
	now     time.Time
	store   *store.Store
	publish *edition.Publisher
	live    *edition.Live
	reads   int
	fault   error
	spoil   func(*store.Manifest)
	swap    func([]byte) []byte
	log     strings.Builder
}

func (w *world) Manifest(ctx context.Context) (*store.Manifest, error) {
	if w.reads++; w.fault != nil {
		return nil, w.fault
	}
	m, err := w.store.Manifest(ctx)
	if err == nil && w.spoil != nil {
		w.spoil(m)
	}
	return m, err
}

func (w *world) CatalogText(ctx context.Context, name string, parts int) ([]byte, error) {
	w.reads++
	text, err := w.store.CatalogText(ctx, name, parts)
	if err == nil && w.swap != nil {
		text = w.swap(text)
	}
	return text, err
}

func key(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte(strings.Repeat(string(rune('a'+seed)), ed25519.SeedSize)))
}

func public(k ed25519.PrivateKey) ed25519.PublicKey { return k.Public().(ed25519.PublicKey) }

// newWorld is not for parallel tests: the edition in use is the process's.
func newWorld(t *testing.T) *world {
	t.Cleanup(func() { catalog.BuiltIn().Use() })
	w := &world{T: t, now: time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC), store: store.New(worldtest.Table(t, time.Now))}
	w.publish = &edition.Publisher{Store: w.store, Key: key(0), Now: func() time.Time { return w.now }}
	w.live = w.program(public(key(0)))
	return w
}

func (w *world) program(keys ...ed25519.PublicKey) *edition.Live {
	return &edition.Live{Store: w, Keys: keys, Now: func() time.Time { return w.now }, Logger: slog.New(slog.NewTextHandler(&w.log, nil))}
}

// put publishes the built-in edition and some entries, as of a day.
func (w *world) put(entries string) {
	w.Helper()
	if _, err := w.publish.Publish(w.Context(), "", textOf(entries)); err != nil {
		w.Fatal(err)
	}
}

func textOf(entries string) []byte {
	return []byte(strings.Replace(string(catalog.Text()), "Version: "+catalog.BuiltIn().Version(), "Version: 2026-12-01", 1) + "\n" + entries + "\n")
}

func (w *world) later(d time.Duration) {
	w.now = w.now.Add(d)
	w.live.Refresh(w.Context())
}

func (w *world) is(bank, text, service string) {
	w.Helper()
	d := catalog.Decide(&catalog.Evidence{Bank: bank, Descriptor: text})
	if d.Service() != service {
		w.Errorf("%s of bank %q is %q, want %q\n%s", text, bank, d.Service(), service, w.log.String())
	}
}

const nune = "Service: nunepay\nJa: ヌネペイ\nEn: Nunepay\nDebit: charge\nName: ヌネペイ | guessed\n"

func TestAPublishedEditionIsInUseWithinAMinute(t *testing.T) {
	w := newWorld(t)
	w.later(0)
	w.is("0168", "ヌネペイ", "")
	if w.reads != 1 {
		t.Errorf("%d reads at the start", w.reads)
	}
	w.put(nune)
	for range 1000 {
		w.later(edition.Stale / 1002)
	}
	if w.is("0168", "ヌネペイ", ""); w.reads != 1 {
		t.Errorf("%d reads within a minute", w.reads)
	}
	w.later(edition.Stale)
	w.is("0168", "ヌネペイ", "nunepay")
	if s, ok := catalog.ByID("nunepay"); !ok || s.NameJa != "ヌネペイ" || !strings.HasPrefix(catalog.IDOf("0168"), "2026-12-01.") {
		t.Errorf("the service is %+v, the edition %s", s, catalog.IDOf("0168"))
	}
	reads := w.reads
	for range 10 {
		w.later(edition.Stale)
	}
	if w.reads != reads+10 {
		t.Errorf("%d reads in ten minutes in which nothing was published", w.reads-reads)
	}
}

func TestWithoutAKeyNothingIsRead(t *testing.T) {
	w := newWorld(t)
	w.put(nune)
	w.live = w.program()
	w.later(time.Hour)
	w.is("0168", "ヌネペイ", "")
	if w.reads != 0 {
		t.Errorf("%d reads", w.reads)
	}
}

// Whatever is wrong with what is published, the last good edition stays in use,
// and the next good one follows it.
func TestTheLastGoodEditionStays(t *testing.T) {
	for name, wrong := range map[string]func(*world){
		"the store does not answer": func(w *world) { w.fault = errors.New("no answer") },
		"the manifest is gone":      func(w *world) { w.fault = store.ErrNotFound },
		"another signed it":         func(w *world) { w.publish.Key = key(1); w.live.Keys = append(w.live.Keys, public(key(2))) },
		"a signature that is none":  func(w *world) { w.spoil = func(m *store.Manifest) { m.Signature = nil } },
		"the manifest was altered": func(w *world) {
			w.spoil = func(m *store.Manifest) { m.Signed = strings.Replace(m.Signed, "sha", "SHA", 1) }
		},
		"the sequence was altered":          func(w *world) { w.spoil = func(m *store.Manifest) { m.Sequence += 7 } },
		"a text is another":                 func(w *world) { w.swap = func([]byte) []byte { return edition.Pack(catalog.Text()) } },
		"a text is cut short":               func(w *world) { w.swap = func(b []byte) []byte { return b[:len(b)/2] } },
		"a text is no text":                 func(w *world) { w.swap = func([]byte) []byte { return []byte("x") } },
		"a text that would fill the memory": func(w *world) { w.swap = func([]byte) []byte { return edition.Pack(make([]byte, 50<<20)) } },
		"an older manifest is put back":     func(w *world) { old := w.past(1); w.spoil = func(m *store.Manifest) { *m = *old } },
		"an older one under a newer number": func(w *world) { old := w.past(1); w.spoil = func(m *store.Manifest) { *m = *old; m.Sequence = 9 } },
		"an edition that cannot be parsed":  func(w *world) { w.force("Nonsense: x\n") },
		"an edition that lost what it knew": func(w *world) { w.force("Credit: 口座振替RTK | salary 給与\n") },
		"an edition that rings on the rents": func(w *world) {
			w.force("\nService: x\nJa: x\nEn: x\nDebit: charge\nName: チンリヨウトウ | guessed\n")
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.put("Bill: ヌ | x") // the first manifest
			w.put(nune)
			w.later(0)
			w.is("0168", "ヌネペイ", "nunepay")
			id := catalog.IDOf("0168")
			wrong(w)
			if w.fault == nil && w.publish.Key.Equal(key(0)) && !strings.Contains(name, "edition that") {
				w.put(nune + "Name: ヌネハライ | guessed\n")
			}
			w.later(edition.Stale)
			w.is("0168", "ヌネペイ", "nunepay")
			w.is("0168", "ヌネハライ", "")
			if catalog.IDOf("0168") != id {
				t.Errorf("the edition is %s, was %s", catalog.IDOf("0168"), id)
			}
			if !strings.Contains(w.log.String(), "level=ERROR") && w.publish.Key.Equal(key(0)) {
				t.Errorf("nothing is logged: %s", w.log.String())
			}
			w.fault, w.spoil, w.swap, w.publish.Key = nil, nil, nil, key(0)
			w.put(nune + "Name: ヌネハライ | guessed\n\n")
			w.later(edition.Stale)
			w.is("0168", "ヌネハライ", "nunepay")
		})
	}
}

// past is a manifest that was in use.
func (w *world) past(sequence int64) *store.Manifest {
	w.Helper()
	m, err := w.store.PastManifest(w.Context(), sequence)
	if err != nil {
		w.Fatal(err)
	}
	return m
}

// force signs an edition that Publish would refuse.
func (w *world) force(entries string) {
	w.Helper()
	if _, err := w.publish.Publish(w.Context(), "", textOf(entries)); err == nil {
		w.Errorf("%q is published", entries)
	}
	w.forceText("", textOf(entries))
}

func (w *world) forceText(bank string, text []byte) {
	w.Helper()
	was, err := w.store.Manifest(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	m, err := edition.Verify([]ed25519.PublicKey{public(key(0))}, was)
	if err != nil {
		w.Fatal(err)
	}
	packed := edition.Pack(text)
	name := edition.Hash(text)
	m.Sequence++
	kept := m.Editions[:0]
	for _, e := range m.Editions {
		if e.Bank != bank {
			kept = append(kept, e)
		}
	}
	m.Editions = append(kept, edition.Entry{Bank: bank, ID: "forced", SHA256: name, Parts: 1})
	signed := edition.Sign(key(0), m)
	signed.Version = was.Version
	if err := w.store.Write(w.Context(), append(store.PutCatalogText(name, packed), store.PutManifest(signed)...)...); err != nil {
		w.Fatal(err)
	}
}

func TestABankAddsForItselfOnly(t *testing.T) {
	w := newWorld(t)
	own := []byte("Of: paypay\nName: ヌネハライ | seen\n")
	if _, err := w.publish.Publish(t.Context(), "0168", own); err != nil {
		t.Fatal(err)
	}
	w.later(0)
	w.is("0168", "ヌネハライ", "paypay")
	w.is("0005", "ヌネハライ", "")
	if catalog.IDOf("0168") == catalog.IDOf("0005") || catalog.IDOf("0005") != catalog.BuiltIn().ID() {
		t.Errorf("the editions are %s and %s", catalog.IDOf("0168"), catalog.IDOf("0005"))
	}
	w.put(nune) // a new edition for all keeps what the bank added
	w.later(edition.Stale)
	w.is("0168", "ヌネハライ", "paypay")
	w.is("0168", "ヌネペイ", "nunepay")
	w.is("0005", "ヌネペイ", "nunepay")

	// What one bank adds and cannot be read costs no other bank anything.
	w.forceText("0125", []byte("Of: nothing\nName: ヌ | seen\n"))
	w.forceText("", textOf(nune+"Name: ヌヌペイ | guessed\n"))
	w.later(edition.Stale)
	w.is("0125", "ヌヌペイ", "nunepay")
	w.is("0168", "ヌネハライ", "paypay")

	if _, err := w.publish.Publish(t.Context(), "0168", nil); err != nil {
		t.Fatal(err)
	}
	w.later(edition.Stale)
	w.is("0168", "ヌネハライ", "")
	w.is("0168", "ヌヌペイ", "nunepay")
	for name, c := range map[string]struct{ bank, text string }{
		"a service of its own": {"0168", nune}, "a bank that is none": {"9999", "Bill: ヌ | x\n"}, "nonsense": {"0168", "x"},
	} {
		if _, err := w.publish.Publish(t.Context(), c.bank, []byte(c.text)); err == nil {
			t.Errorf("%s is published", name)
		}
	}
}

// A new edition that what a bank added does not go with is refused.
func TestAnEditionCarriesWhatBanksAdded(t *testing.T) {
	w := newWorld(t)
	w.put(nune)
	if _, err := w.publish.Publish(t.Context(), "0168", []byte("Of: nunepay\nName: ヌネハライ | seen\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := w.publish.Publish(t.Context(), "", textOf("")); err == nil || !strings.Contains(err.Error(), "0168") {
		t.Errorf("a service that a bank speaks of was taken away: %v", err)
	}
}

// An edition that is older than the program's own is not used.
func TestTheNewerOfBuiltInAndPublishedIsUsed(t *testing.T) {
	w := newWorld(t)
	old := strings.Replace(string(textOf(nune)), "Version: 2026-12-01", "Version: 2020-01-01", 1)
	if _, err := w.publish.Publish(t.Context(), "", []byte(old)); err != nil {
		t.Fatal(err)
	}
	w.later(0)
	w.is("0168", "ヌネペイ", "")
	if catalog.IDOf("") != catalog.BuiltIn().ID() || !strings.Contains(w.log.String(), "older") {
		t.Errorf("%s is in use: %s", catalog.IDOf(""), w.log.String())
	}
}

// An edition of any size that is taken is read again, whatever an item holds.
func TestEditionsOfManyParts(t *testing.T) {
	w := newWorld(t)
	rng := rand.New(rand.NewSource(1))
	var b strings.Builder
	for b.Len() < edition.MaxText-120_000 { // which does not pack
		fmt.Fprintf(&b, "# %x%x%x%x\n", rng.Uint64(), rng.Uint64(), rng.Uint64(), rng.Uint64())
	}
	m, err := w.publish.Publish(t.Context(), "", textOf(nune+b.String()))
	if err != nil {
		t.Fatal(err)
	}
	if e, _ := m.Base(); e.Parts < 3 {
		t.Errorf("%d parts", e.Parts)
	}
	w.later(0)
	w.is("0168", "ヌネペイ", "nunepay")
	if _, err := w.publish.Publish(t.Context(), "", textOf(b.String()+b.String())); err == nil {
		t.Error("more than is read is published")
	}
}

// After a failure the next look comes soon, and not at once.
func TestAFailureIsTriedAgainSoon(t *testing.T) {
	w := newWorld(t)
	w.put(nune)
	w.fault = errors.New("no answer")
	for range 10 {
		w.later(time.Second)
	}
	if w.reads != 1 {
		t.Errorf("%d reads within ten seconds", w.reads)
	}
	w.fault = nil
	w.later(time.Second)
	w.is("0168", "ヌネペイ", "nunepay")
}

// Decisions go on while an edition changes, each by a whole one.
func TestDecisionsGoOnWhileAnEditionChanges(t *testing.T) {
	w := newWorld(t)
	w.put(nune)
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for ctx.Err() == nil {
				d := catalog.Decide(&catalog.Evidence{Bank: "0009", Descriptor: "PAYPAY"})
				if d.Service() != "paypay" {
					t.Errorf("PAYPAY is %q meanwhile", d.Service())
					return
				}
			}
		})
	}
	for i := range 5 {
		w.put(nune + fmt.Sprintf("Name: ヌネノ%dペイ | guessed\n", i))
		w.later(edition.Stale)
	}
	stop()
	wg.Wait()
}
