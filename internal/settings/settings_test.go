package settings_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/settings"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

var (
	account = watch.AccountKey{Bank: "0125", Ref: "acc_1"}
	noon    = time.Date(2026, 11, 28, 3, 0, 0, 0, time.UTC)
)

func world(t *testing.T) (*store.Store, settings.Settings) {
	t.Helper()
	s := store.New(worldtest.Table(t, nil))
	if err := s.Write(t.Context(), store.PutAccount(&watch.Account{AccountKey: account, Watchers: []watch.Watcher{
		{ID: "w1", LineUser: "U1", Role: watch.Owner, Channels: []watch.Channel{{Kind: watch.LINE}, {Kind: watch.Email, Address: "a@example.com"}}},
		{ID: "w2", LineUser: "U2", Role: watch.Guardian, Channels: []watch.Channel{{Kind: watch.LINE}}},
	}})); err != nil {
		t.Fatal(err)
	}
	return s, settings.New(s, nil)
}

func watchers(t *testing.T, s *store.Store) (owner, guardian watch.Watcher) {
	t.Helper()
	a, err := s.Account(t.Context(), account)
	if err != nil {
		t.Fatal(err)
	}
	return a.Watchers[0], a.Watchers[1]
}

func TestWhoIsChangedIsWhoIsNamedAndNobodyElse(t *testing.T) {
	t.Parallel()
	for who, found := range map[settings.Who]bool{
		{Watcher: "w2"}: true, {LineUser: "U2"}: true, {Watcher: "w2", LineUser: "U2"}: true,
		{Watcher: "w2", LineUser: "U1"}: false, {Watcher: "w3"}: false, {LineUser: "U3"}: false, {}: false,
	} {
		s, st := world(t)
		err := st.Speak(t.Context(), account, who, watch.English)
		if (err == nil) != found || err != nil && !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%+v: %v", who, err)
		}
		owner, guardian := watchers(t, s)
		if owner.Lang != "" || (guardian.Lang == watch.English) != found {
			t.Errorf("%+v: the owner speaks %q, the guardian %q", who, owner.Lang, guardian.Lang)
		}
	}
}

func TestMailsAreStoppedSetAndReplaced(t *testing.T) {
	t.Parallel()
	s, st := world(t)
	for range 2 {
		if err := st.Stop(t.Context(), account, settings.Who{Watcher: "w1"}, watch.Email); err != nil {
			t.Fatal(err)
		}
	}
	owner, _ := watchers(t, s)
	if diff := cmp.Diff([]watch.Channel{{Kind: watch.LINE}}, owner.Channels); diff != "" {
		t.Error(diff)
	}
	for _, address := range []string{"b@example.com", "c@example.com"} {
		owner.SetChannel(watch.Channel{Kind: watch.Email, Address: address})
		if diff := cmp.Diff([]watch.Channel{{Kind: watch.LINE}, {Kind: watch.Email, Address: address}}, owner.Channels); diff != "" {
			t.Error(diff)
		}
	}
}

func TestOfTwoPausesTheLaterOneCounts(t *testing.T) {
	t.Parallel()
	s, st := world(t)
	gone := watch.AccountKey{Bank: "0125", Ref: "acc_gone"}
	pause := func(at, until time.Time) {
		t.Helper()
		if err := st.Pause(t.Context(), "U1", []watch.AccountKey{gone, account}, at, until); err != nil {
			t.Fatal(err)
		}
	}
	hour, week := noon.Add(time.Hour), noon.Add(7*24*time.Hour)
	pause(noon.Add(time.Second), week)
	pause(noon, hour)
	owner, guardian := watchers(t, s)
	if !owner.Rules.PausedUntil.Equal(week) || !guardian.Rules.PausedUntil.IsZero() {
		t.Errorf("paused until %v, the guardian until %v", owner.Rules.PausedUntil, guardian.Rules.PausedUntil)
	}
	pause(noon.Add(2*time.Second), time.Time{})
	if owner, _ = watchers(t, s); !owner.Rules.PausedUntil.IsZero() {
		t.Errorf("still paused until %v", owner.Rules.PausedUntil)
	}
}

// A press in the chat that comes again does not undo what was said on the page
// since.
func TestAPauseOfThePageCountsAfterAnOlderOneOfTheChat(t *testing.T) {
	t.Parallel()
	s, st := world(t)
	pressed := func() {
		t.Helper()
		if err := st.Pause(t.Context(), "U1", []watch.AccountKey{account}, noon, noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	pressed()
	for _, end := range []time.Time{{}, noon.Add(7 * 24 * time.Hour)} {
		_, err := st.Change(t.Context(), account, settings.Who{LineUser: "U1", Way: watch.WayPage, At: noon.Add(time.Minute)}, func(c *settings.Change) error {
			c.Watcher.Rules.PausedUntil = end
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		pressed()
		if owner, _ := watchers(t, s); !owner.Rules.PausedUntil.Equal(end) {
			t.Errorf("paused until %v, wished was %v", owner.Rules.PausedUntil, end)
		}
	}
}

func TestATrustTakesThePlaceOfWhatItCovers(t *testing.T) {
	t.Parallel()
	s, st := world(t)
	trust := func(service string, yen int64, days int) watch.Watcher {
		t.Helper()
		w, err := st.Trust(t.Context(), account, settings.Who{Watcher: "w1", LineUser: "U1", At: noon},
			watch.Trust{Service: service, UpTo: yen, Until: noon.AddDate(0, 0, days)})
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	trust("paypay", 1000, 30)
	trust("paypay", 5000, 10) // higher, but shorter: both stay
	trust("docomo", 1000, 30)
	w := trust("paypay", 5000, 30)
	owner, _ := watchers(t, s)
	want := []watch.Trust{{Service: "docomo", UpTo: 1000, Until: noon.AddDate(0, 0, 30)}, {Service: "paypay", UpTo: 5000, Until: noon.AddDate(0, 0, 30), Since: noon.AddDate(0, 0, 10).Add(-watch.TrustFor)}}
	if diff := cmp.Diff(want, owner.Rules.Trusts); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(owner.Rules.Trusts, w.Rules.Trusts); diff != "" {
		t.Error("what is returned:", diff)
	}
}

// Accounts are written by store's own functions in few places: a change of what
// a watcher wants that went past this package would leave no trail.
func TestNoOtherPackageWritesWhatWatchersWant(t *testing.T) {
	t.Parallel()
	allowed := map[string]string{
		"store/store.go":       "defines the write",
		"store/account.go":     "the loop",
		"settings/settings.go": "what watchers want",
		"settings/remind.go":   "when they are reminded of it, and addresses that end",
		"membership/redeem.go": "who watches: binding, by each of the ways in",
		"membership/leave.go":  "who watches: leaving",
		"membership/back.go":   "who watches: one who left is brought back",
		"membership/invite.go": "who watches: a guardian is dismissed",
		"membership/erase.go":  "who watches: erasure",
		"membership/follow.go": "whether LINE reaches them",
		"notify/notify.go":     "whether a channel reaches them",
		"notify/bounce.go":     "whether mails reach them",
	}
	writes := regexp.MustCompile(`\b(PutAccount|UpdateAccount)\(`)
	seen := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		name := filepath.ToSlash(strings.TrimPrefix(path, ".."+string(filepath.Separator)))
		if err == nil && writes.Match(text) && !strings.HasPrefix(name, "testkit/") {
			if seen[name] = true; allowed[name] == "" {
				t.Errorf("%s writes accounts; what a watcher wants goes through settings.Change", name)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range allowed {
		if !seen[name] {
			t.Errorf("%s writes no accounts (any more)", name)
		}
	}
}

// TestWhatTurnsStandsInTheTrail makes a change that turns something, one that
// turns nothing, and one that is refused: a step is written with the first
// alone, and with the change itself or not at all.
func TestWhatTurnsStandsInTheTrail(t *testing.T) {
	t.Parallel()
	s, st := world(t)
	who := settings.Who{Watcher: "w1", LineUser: "U1", Way: watch.WayPage, At: noon}
	turn := func(change func(*watch.Rules), refused error) error {
		_, err := st.Change(t.Context(), account, who, func(c *settings.Change) error {
			change(&c.Watcher.Rules)
			return refused
		})
		return err
	}
	if err := turn(func(r *watch.Rules) { r.NewLink = false; r.ServiceMin = 0 }, store.ErrNotFound); err == nil {
		t.Fatal("a change that is refused is made")
	}
	if err := turn(func(*watch.Rules) {}, nil); err != nil {
		t.Fatal(err)
	}
	if err := turn(func(r *watch.Rules) { r.AnyDebit = 777 }, nil); err != nil {
		t.Fatal(err)
	}
	steps, err := store.Collect(s.Trail(t.Context(), account))
	if err != nil || len(steps) != 1 {
		t.Fatalf("%d steps, %v", len(steps), err)
	}
	p := steps[0]
	if p.By != "w1" || p.Of != "w1" || p.Way != watch.WayPage || !p.At.Equal(noon) || p.Kind != watch.StepSettings || len(p.Turns) != 1 || p.Turns[0].Name != "any_debit" {
		t.Errorf("%+v", p)
	}
}
