package watch

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestADeliveryIsMadeOnceAndHeldUntilItsTime(t *testing.T) {
	now := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	w := &Watcher{ID: "w", Lang: English, HideAmount: true}
	r := &Record{}
	for _, c := range []struct {
		seq  int
		at   time.Time
		want Delivery
	}{
		{0, now, Delivery{ID: "alert-w-line", State: Queued, Due: now.Add(LostAfter)}},
		{1, now.Add(-time.Hour), Delivery{ID: "alert-w-line-1", Seq: 1, State: Queued, Due: now.Add(LostAfter)}},
		{2, now.Add(1), Delivery{ID: "alert-w-line-2", Seq: 2, State: Held, Due: now.Add(1)}},
	} {
		c.want.Kind, c.want.Watcher, c.want.Channel, c.want.Lang, c.want.CreatedAt, c.want.HideAmount = TellAlert, "w", LINE, English, now, true
		d, fresh := r.Deliver(TellAlert, w, LINE, c.seq, now, c.at)
		if diff := cmp.Diff(&c.want, d); diff != "" || !fresh {
			t.Errorf("new %v: %s", fresh, diff)
		}
		again, fresh := r.Deliver(TellAlert, w, LINE, c.seq, now.Add(time.Minute), now)
		if diff := cmp.Diff(&c.want, again); diff != "" || fresh {
			t.Errorf("again, new %v: %s", fresh, diff)
		}
	}
	if len(r.Deliveries) != 3 {
		t.Errorf("%d deliveries", len(r.Deliveries))
	}
}

func TestTheNextDeliveryGoesOverTheNextChannelThatReaches(t *testing.T) {
	now := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	w := &Watcher{ID: "w", Channels: []Channel{{Kind: Bank, UnreachableSince: now}, {Kind: LINE}, {Kind: Email, Address: "a@example.jp"}}}
	r := &Record{}
	for _, want := range []ChannelKind{LINE, Email} {
		if d, ok := r.DeliverNext(TellAlert, w, 0, now, now); !ok || d.Channel != want {
			t.Fatalf("%v, %v, want %s", d, ok, want)
		}
	}
	if d, ok := r.DeliverNext(TellAlert, w, 0, now, now); ok || d != nil {
		t.Errorf("a third one: %v", d)
	}
}

func TestAFeedbackKeyComesApartAgain(t *testing.T) {
	key := (&Delivery{ID: "alert-w-line"}).FeedbackKey("r1")
	if record, delivery, ok := ParseFeedbackKey(key); !ok || record != "r1" || delivery != "alert-w-line" {
		t.Errorf("%q %q %v", record, delivery, ok)
	}
	for _, none := range []string{"", "r1", "r1_", "_alert", "_"} {
		if _, _, ok := ParseFeedbackKey(none); ok {
			t.Errorf("%q is taken for a key", none)
		}
	}
}

func TestAWatcherIsFoundByIDAndByWhoTheyAre(t *testing.T) {
	a := &Account{Watchers: []Watcher{{ID: "w", LineUser: "u"}, {ID: "mail"}}}
	for id, want := range map[string]*Watcher{"w": &a.Watchers[0], "mail": &a.Watchers[1], "u": nil, "": nil} {
		if got, ok := a.Watcher(id); got != want || ok != (want != nil) {
			t.Errorf("%q: %v %v", id, got, ok)
		}
	}
	// Those who only read mails have no user; no user means every watcher.
	for user, want := range map[string]*Watcher{"u": &a.Watchers[0], "w": nil, "": nil} {
		if got, ok := a.WatcherOf(user); got != want || ok != (want != nil) {
			t.Errorf("user %q: %v %v", user, got, ok)
		}
	}
}

func TestAnAccountIsWatchedSinceItsFirstWatcher(t *testing.T) {
	noon := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	if since := (&Account{}).WatchedSince(); !since.IsZero() {
		t.Errorf("no watcher since %v", since)
	}
	a := &Account{Watchers: []Watcher{{Since: noon}, {Since: noon.Add(-time.Hour)}, {Since: noon.Add(time.Hour)}}}
	if since := a.WatchedSince(); !since.Equal(noon.Add(-time.Hour)) {
		t.Errorf("watched since %v", since)
	}
}

// What must be said goes over the first channel that reaches the person; if none
// does, over their first one all the same; and nowhere if they have none.
func TestWhatMustBeSaidGoesOverSomeChannel(t *testing.T) {
	dead := func(k ChannelKind) Channel { return Channel{Kind: k, UnreachableSince: noon} }
	for name, c := range map[string]struct {
		channels []Channel
		want     ChannelKind
		again    ChannelKind // the second time
	}{
		"no channel":                 {nil, "", ""},
		"one that reaches":           {[]Channel{{Kind: LINE}}, LINE, ""},
		"one that does not":          {[]Channel{dead(LINE)}, LINE, ""},
		"two, neither of which does": {[]Channel{dead(Email), dead(LINE)}, Email, ""},
		"two, the second does":       {[]Channel{dead(LINE), {Kind: Email}}, Email, ""},
		"two that do":                {[]Channel{{Kind: LINE}, {Kind: Email}}, LINE, Email},
	} {
		r, w := &Record{}, &Watcher{ID: "w", Channels: c.channels}
		for _, want := range []ChannelKind{c.want, c.again} {
			d, ok := r.Say(TellDispute, w, 3, noon, noon)
			if ok != (want != "") || ok && (d.Channel != want || d.Seq != 3 || d.State != Queued) {
				t.Errorf("%s: %+v, %v, want %q", name, d, ok, want)
			}
		}
	}
}
