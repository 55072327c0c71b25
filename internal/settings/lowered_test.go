package settings_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/queue"
	"kozamori/internal/settings"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// heard keeps the news that is queued.
type heard struct {
	news []watch.News
	err  error
}

func (h *heard) Send(_ context.Context, _ queue.Name, msgs ...queue.Outgoing) error {
	for _, m := range msgs {
		var n watch.NewsMessage
		if err := json.Unmarshal(m.Body, &n); err != nil {
			return err
		}
		h.news = append(h.news, *n.News)
	}
	return h.err
}

// line lists the news as "who over what", and to which address.
func (h *heard) line() []string {
	var out []string
	for _, n := range h.news {
		over := n.Over
		if n.To.Mail == "" {
			over = watch.LINE
		}
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s over %s %s", n.To.Watcher, over, n.To.Mail)))
	}
	slices.Sort(out)
	return out
}

const (
	oldMail = "old@example.jp"
	newMail = "new@example.jp"
)

// lowerings are what somebody can do to their own settings that protects them
// less, or more.
var lowerings = map[string]struct {
	change func(*watch.Watcher)
	lowers bool
}{
	"a rule is off":       {func(w *watch.Watcher) { w.Rules.NewLink = false }, true},
	"an amount is raised": {func(w *watch.Watcher) { w.Rules.ServiceMin = 10_000 }, true},
	"an amount is none":   {func(w *watch.Watcher) { w.Rules.ServiceMin = 0 }, true},
	"quiet hours":         {func(w *watch.Watcher) { w.Rules.Quiet = &watch.Quiet{From: 60, To: 300} }, true},
	"a pause":             {func(w *watch.Watcher) { w.Rules.PausedUntil = noon.Add(time.Hour) }, true},
	"a trust": {func(w *watch.Watcher) {
		w.Rules.Trusts = []watch.Trust{{Service: "paypay", UpTo: 9, Until: noon.AddDate(0, 0, 9)}}
	}, true},
	"an address is replaced": {func(w *watch.Watcher) { w.SetChannel(watch.Channel{Kind: watch.Email, Address: newMail}) }, true},
	"an address is stopped":  {func(w *watch.Watcher) { w.DropChannel(watch.Email) }, true},
	"a rule is on":           {func(w *watch.Watcher) { w.Rules.Overdrawn = true }, false},
	"a language":             {func(w *watch.Watcher) { w.Lang = watch.English }, false},
	"nothing":                {func(*watch.Watcher) {}, false},
}

// TestEachLoweringIsToldOverEveryOtherChannelAndSetBack: lowerings × ways × who
// sets it back.
func TestEachLoweringIsToldOverEveryOtherChannelAndSetBack(t *testing.T) {
	t.Parallel()
	for name, c := range lowerings {
		for _, way := range []watch.Way{watch.WayChat, watch.WayPage, watch.WayMail} {
			for _, by := range []string{"w1", "w2", "w3"} {
				t.Run(fmt.Sprintf("%s, over %s, set back by %s", name, way, by), func(t *testing.T) {
					t.Parallel()
					lower(t, c.change, c.lowers, name, way, by)
				})
			}
		}
	}
}

func lower(t *testing.T, change func(*watch.Watcher), lowers bool, name string, way watch.Way, by string) {
	t.Helper()
	s := store.New(worldtest.Table(t, nil))
	was := watch.Watcher{ID: "w1", LineUser: "U1", Role: watch.Owner, Lang: watch.Japanese, Rules: watch.DefaultRules(),
		Channels: []watch.Channel{{Kind: watch.LINE}, {Kind: watch.Email, Address: oldMail}}}
	if err := s.Write(t.Context(), store.PutAccount(&watch.Account{AccountKey: account, Watchers: []watch.Watcher{was,
		{ID: "w2", LineUser: "U2", Role: watch.Guardian, Channels: []watch.Channel{{Kind: watch.LINE}, {Kind: watch.Email, Address: "g@example.jp"}}},
		{ID: "w3", LineUser: "U3", Role: watch.Owner, Channels: []watch.Channel{{Kind: watch.LINE}, {Kind: watch.Email, Address: "dead@example.jp", UnreachableSince: noon}}},
	}})); err != nil {
		t.Fatal(err)
	}
	h := &heard{}
	st := settings.New(s, h)
	who := settings.Who{Watcher: "w1", Way: way, At: noon}
	if _, err := st.Change(t.Context(), account, who, func(c *settings.Change) error { change(c.Watcher); return nil }); err != nil {
		t.Fatal(err)
	}
	var want []string
	if lowers {
		want = []string{"w2 over email g@example.jp", "w2 over line", "w3 over line"}
		if way != watch.WayChat {
			want = append(want, "w1 over line")
		}
		replaced := name == "an address is replaced"
		if way != watch.WayMail || replaced { // the link was in the new mailbox
			want = append(want, "w1 over email "+oldMail)
		}
		if way != watch.WayMail && replaced {
			want = append(want, "w1 over email "+newMail)
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, h.line()); diff != "" {
		t.Errorf("who hears of it:\n%s", diff)
	}
	keys := map[string]bool{}
	for _, n := range h.news {
		keys[n.Key()+string(n.Over)+n.To.Mail] = true
	}
	if len(keys) != len(h.news) {
		t.Error("two pieces of news have one key over one channel")
	}
	step := newest(t, s)
	if !lowers {
		if step != nil && step.Restorable(noon) {
			t.Error("what lowers nothing can be set back")
		}
		return
	}
	h.news = nil
	if err := st.Restore(t.Context(), account, step.ID, settings.Who{Watcher: by, Way: watch.WayChat, At: noon.Add(time.Minute)}); err != nil {
		t.Fatal(err)
	}
	owner := stored(t, s)
	if turns, less := watch.Compare(&was, &owner, noon.Add(time.Minute)); less || len(turns) > 0 {
		t.Errorf("set back, it is not as it was: %v", turns)
	}
	if back := newest(t, s); back.Kind != watch.StepRestored || back.Restores != step.ID || back.By != by {
		t.Errorf("the trail says %+v", back)
	}
	if len(h.news) == 0 {
		t.Error("that it was set back is told to nobody")
	}
	for _, refused := range []struct {
		id, who string
		k       watch.AccountKey
		at      time.Time
		want    error
	}{
		{"s0", "w1", account, noon, settings.ErrNoStep}, {step.ID, "w9", account, noon, settings.ErrNoStep},
		{step.ID, "w1", watch.AccountKey{Bank: "0125", Ref: "other"}, noon, settings.ErrNoStep},
		{step.ID, "w1", account, noon.Add(watch.RestoreFor), settings.ErrOver}, {newest(t, s).ID, "w1", account, noon, settings.ErrOver},
	} {
		if err := st.Restore(t.Context(), refused.k, refused.id, settings.Who{Watcher: refused.who, At: refused.at}); !errors.Is(err, refused.want) {
			t.Errorf("%+v: %v", refused, err)
		}
	}
}

func stored(t *testing.T, s *store.Store) watch.Watcher {
	t.Helper()
	a, err := s.Account(t.Context(), account)
	if err != nil {
		t.Fatal(err)
	}
	return a.Watchers[0]
}

func newest(t *testing.T, s *store.Store) *watch.Step {
	t.Helper()
	for step, err := range s.Trail(t.Context(), account) {
		if err != nil {
			t.Fatal(err)
		}
		return step
	}
	return nil
}

// What cannot be told is not done.
func TestWhatCannotBeToldIsNotLowered(t *testing.T) {
	t.Parallel()
	s, _ := world(t)
	st := settings.New(s, &heard{err: errors.New("the queue is down")})
	_, err := st.Trust(t.Context(), account, settings.Who{Watcher: "w1", At: noon}, watch.Trust{Service: "paypay", UpTo: 1, Until: noon.AddDate(0, 0, 1)})
	if owner := stored(t, s); err == nil || len(owner.Rules.Trusts) > 0 || newest(t, s) != nil {
		t.Errorf("%v; %+v", err, owner.Rules.Trusts)
	}
}

// An address is kept for RestoreFor, and gets copies for CopyFor.
func TestAFormerAddressIsCopiedADayAndKeptAWeek(t *testing.T) {
	t.Parallel()
	s, st := world(t)
	set := func(address string, at time.Time) watch.Watcher {
		t.Helper()
		_, err := st.Change(t.Context(), account, settings.Who{Watcher: "w1", Way: watch.WayMail, At: at}, func(c *settings.Change) error {
			c.Watcher.SetChannel(watch.Channel{Kind: watch.Email, Address: address})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return stored(t, s)
	}
	set("b@example.com", noon)
	w := set("c@example.com", noon.Add(time.Hour))
	for after, want := range map[time.Duration][]string{
		time.Hour: {"a@example.com", "b@example.com"}, watch.CopyFor - 1: {"a@example.com", "b@example.com"},
		watch.CopyFor: {"b@example.com"}, watch.CopyFor + time.Hour: nil,
	} {
		if diff := cmp.Diff(want, w.Copies(watch.Email, noon.Add(after))); diff != "" {
			t.Errorf("after %v:\n%s", after, diff)
		}
	}
	if got := w.Copies(watch.LINE, noon); got != nil {
		t.Error(got)
	}
	w = set("d@example.com", noon.Add(watch.RestoreFor))
	if len(w.Former) != 2 || w.Former[0].Address != "b@example.com" {
		t.Errorf("kept: %+v", w.Former)
	}
}

// An address that is not kept any more is not said to be back; the rules of the
// same step are.
func TestAnAddressThatIsNotKeptIsNotSaidToBeBack(t *testing.T) {
	t.Parallel()
	s, st := world(t)
	_, err := st.Change(t.Context(), account, settings.Who{Watcher: "w1", At: noon}, func(c *settings.Change) error {
		c.Watcher.DropChannel(watch.Email)
		c.Watcher.Rules.PausedUntil = noon.Add(time.Hour)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	step := newest(t, s)
	a, err := s.Account(t.Context(), account)
	if err != nil {
		t.Fatal(err)
	}
	a.Watchers[0].Former = nil
	if err := s.Write(t.Context(), store.PutAccount(a)); err != nil {
		t.Fatal(err)
	}
	err = st.Restore(t.Context(), account, step.ID, settings.Who{Watcher: "w2", At: noon.Add(time.Minute)})
	owner := stored(t, s)
	if _, mails := owner.Channel(watch.Email); !errors.Is(err, settings.ErrOver) || mails || !owner.Rules.PausedUntil.IsZero() {
		t.Errorf("%v; mails: %v, paused until %v", err, mails, owner.Rules.PausedUntil)
	}
}
