package detect_test

import (
	"testing"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// A registration that is on record, or whose removal is, was of another link than one
// that the bank names later for the same day: both stay what they are.
func TestARegistrationOnRecordIsNoLinkThatWasNamedLater(t *testing.T) {
	at := received.Add(-48 * time.Hour)
	registered := say("charge_link.registered", "e1", "lnk-1", 48*time.Hour, 0, `,"service":"docomo"`)
	removed := say("charge_link.removed", "e2", "lnk-1", 47*time.Hour, 0, `,"service":"docomo"`)
	for name, c := range map[string]struct {
		removed bool
		want    string
	}{"the registration was": {false, "docomo docomo"}, "the removal was": {true, "docomo"}} {
		h := newHouse(t)
		if c.removed {
			h.send(t, removed)
		} else {
			h.send(t, registered)
		}
		ids := h.seed(t, watch.Seed{Service: "docomo", Since: at})
		h.send(t, registered)
		if got := h.standing(t); got != c.want {
			t.Errorf("%s on record: %q stand, want %q", name, got, c.want)
		}
		if old := h.Record(ids[0]); !old.Complete || !old.UndoneAt.IsZero() {
			t.Errorf("%s on record: the link that was named is %+v", name, old)
		}
	}
}

// A link that was named and then erased alone holds up nothing that is said of it.
func TestWhatIsSaidOfALinkThatWasErasedIsDone(t *testing.T) {
	for name, said := range map[string]string{"its removal": "removed", "its registration": "registered"} {
		h := newHouse(t)
		ids := h.seed(t, watch.Seed{Service: "docomo", Since: received.Add(-48 * time.Hour)})
		gone := store.PutRecord(h.Record(ids[0]))
		gone.Delete = true
		h.Put(gone)
		h.send(t, say("charge_link."+said, "e1", "lnk-1", 48*time.Hour, 0, `,"service":"docomo"`)) // or it is not done
		if r := h.of(t, "lnk-1"); r.Complete != (said == "registered") || r.Alias != "" {
			t.Errorf("after %s on record is %+v", name, r)
		}
	}
}

// The registration of a link that was named is shown since the link was: by what was
// kept of that, or since it is on record; and it is found by what the bank called a
// service that the catalogue does not know, or by the text alone, as versions before did.
func TestTheRegistrationOfALinkThatWasNamedIsShownSinceThen(t *testing.T) {
	at := received.Add(-48 * time.Hour)
	for name, c := range map[string]struct {
		service string
		word    string
		shown   time.Time
	}{
		"of a known service":                    {"docomo", "", received.Add(-time.Hour)},
		"by a version that did not keep when":   {"docomo", "", time.Time{}},
		"of an unknown one":                     {"", "nonesuch", received.Add(-time.Hour)},
		"of one, by a version without its word": {"", "", received.Add(-time.Hour)},
	} {
		h := newHouse(t)
		seed := watch.Seed{Service: c.service, Since: at}
		said := `,"service":"docomo"`
		if c.service == "" {
			said = `,"service":"nonesuch"`
		}
		act, err := h.store.Activity(t.Context(), h.key)
		if err != nil {
			t.Fatal(err)
		}
		r := seed.Record(h.key, "", c.service, watch.Named, c.word, received.Add(-2*time.Hour))
		r.ShownAt = c.shown
		act.Apply(r)
		h.Put(store.PutRecord(r), store.PutActivity(h.key, act))
		h.send(t, say("charge_link.registered", "e1", "lnk-1", 48*time.Hour, 0, said))
		want := c.shown
		if want.IsZero() {
			want = r.RecordedAt
		}
		if is := h.of(t, "lnk-1"); !is.ShownAt.Equal(want) || !is.Past || is.IsAlert() {
			t.Errorf("%s: it is shown since %s, want %s; %+v", name, is.ShownAt, want, is)
		}
	}
}
