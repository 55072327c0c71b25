package control_test

import (
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"kozamori/internal/control"
	"kozamori/internal/membership"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// Who may ask for what, and what is no control at all.
func TestWhoMayAskForWhat(t *testing.T) {
	t.Parallel()
	day := func(w *world, n int) watch.ControlTerms {
		return watch.ControlTerms{Until: w.now.Add(time.Duration(n) * 24 * time.Hour)}
	}
	service := control.Ask{Kind: watch.StopService, Service: "paypay"}
	owner := control.Who{Watcher: "o"}
	for name, c := range map[string]struct {
		who  control.Who
		ask  func(w *world) control.Ask
		want error
	}{
		"an owner":                     {owner, func(*world) control.Ask { return service }, nil},
		"the other owner, by LINE":     {control.Who{LineUser: "V"}, func(*world) control.Ask { return service }, nil},
		"a guardian":                   {control.Who{Watcher: "g"}, func(*world) control.Ask { return service }, control.ErrNotAllowed},
		"an owner of another account":  {control.Who{Watcher: "o2"}, func(*world) control.Ask { return service }, control.ErrNotFound},
		"a stranger":                   {control.Who{LineUser: "X"}, func(*world) control.Ask { return service }, control.ErrNotFound},
		"an owner with another's LINE": {control.Who{Watcher: "o", LineUser: "V"}, func(*world) control.Ask { return service }, control.ErrNotFound},
		"no one":                       {control.Who{}, func(*world) control.Ask { return service }, control.ErrNotFound},
		"a service that there is not":  {owner, func(*world) control.Ask { return control.Ask{Kind: watch.StopService, Service: "x"} }, control.ErrTerms},
		"no service":                   {owner, func(*world) control.Ask { return control.Ask{Kind: watch.StopService} }, control.ErrTerms},
		"links of a service":           {owner, func(*world) control.Ask { return control.Ask{Kind: watch.StopLinks, Service: "paypay"} }, control.ErrTerms},
		"links":                        {owner, func(*world) control.Ask { return control.Ask{Kind: watch.StopLinks} }, nil},
		"all debits for a month":       {owner, func(w *world) control.Ask { return control.Ask{Kind: watch.StopDebits, Terms: day(w, 31)} }, nil},
		"all debits for longer":        {owner, func(w *world) control.Ask { return control.Ask{Kind: watch.StopDebits, Terms: day(w, 32)} }, control.ErrTerms},
		"all debits for ever":          {owner, func(*world) control.Ask { return control.Ask{Kind: watch.StopDebits} }, control.ErrTerms},
		"all debits until yesterday":   {owner, func(w *world) control.Ask { return control.Ask{Kind: watch.StopDebits, Terms: day(w, -1)} }, control.ErrTerms},
		"a limit of nothing":           {owner, func(*world) control.Ask { return control.Ask{Kind: watch.LimitDebits} }, control.ErrTerms},
		"a limit below nothing":        {owner, func(*world) control.Ask { return limit(-1, 5) }, control.ErrTerms},
		"a limit above the highest":    {owner, func(*world) control.Ask { return limit(watch.MostLimit+1, 0) }, control.ErrTerms},
		"the highest limit":            {owner, func(*world) control.Ask { return limit(watch.MostLimit, watch.MostLimit) }, nil},
		"a kind of a later version":    {owner, func(*world) control.Ask { return control.Ask{Kind: "stop_cards"} }, control.ErrTerms},
		"a service until a time": {owner, func(w *world) control.Ask {
			return control.Ask{Kind: watch.StopService, Service: "paypay", Terms: day(w, 1)}
		}, control.ErrTerms},
		"of another account's report as well": {owner, func(*world) control.Ask { return control.Ask{Kind: watch.StopLinks, Dispute: "theirs"} }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, watch.ControlKinds()...)
			res, err := w.c.Request(t.Context(), k, c.ask(w), c.who)
			if !errors.Is(err, c.want) || (err == nil) != (res.Outcome == control.Requested) {
				t.Errorf("%s, %v", res.Outcome, err)
			}
			if err == nil && res.Control.Wish().Dispute != "" {
				t.Errorf("it names the report %q", res.Control.Wish().Dispute)
			}
			w.m.dies = -1
			none := newWorld(t)
			if _, err := none.c.Request(t.Context(), k, c.ask(none), c.who); err == nil {
				t.Error("a bank that offers nothing is asked")
			}
		})
	}
}

func limit(charge, month int64) control.Ask {
	return control.Ask{Kind: watch.LimitDebits, Terms: watch.ControlTerms{PerCharge: charge, PerMonth: month}}
}

// What is asked for in place of what stands may only protect more.
func TestALimitIsLoosenedByTakingItBackFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t, watch.LimitDebits)
	ask := func(charge, month int64, want control.Outcome, fails error) {
		t.Helper()
		w.now = w.now.Add(time.Second)
		res, err := w.c.Request(t.Context(), k, limit(charge, month), control.Who{Watcher: "o"})
		if res.Outcome != want || !errors.Is(err, fails) {
			t.Errorf("%d and %d: %s, %v", charge, month, res.Outcome, err)
		}
	}
	set := func(state watch.ControlState) {
		t.Helper()
		if _, err := w.c.Set(t.Context(), "0125", watch.ControlID(k, watch.LimitDebits, ""), control.Answer{State: state, Text: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	ask(5000, 0, control.Requested, nil)
	ask(5000, 0, control.Already, nil)
	ask(6000, 0, control.Nothing, control.ErrWeaker)
	ask(5000, 30_000, control.Requested, nil)
	ask(5000, 0, control.Nothing, control.ErrWeaker)
	set(watch.ControlApplied)
	ask(0, 10_000, control.Nothing, control.ErrWeaker)
	ask(3000, 20_000, control.Requested, nil)
	set(watch.ControlRefused) // what was before stands
	c, _ := w.s.Control(t.Context(), watch.ControlID(k, watch.LimitDebits, ""))
	if wish, _ := c.InForce(w.now); wish == nil || wish.Terms.PerMonth != 30_000 {
		t.Errorf("in force: %+v", wish)
	}
	ask(9000, 0, control.Nothing, control.ErrWeaker)
	if _, err := w.c.Withdraw(t.Context(), k, c.ID, control.Who{Watcher: "p"}); err != nil {
		t.Fatal(err)
	}
	ask(9000, 0, control.Requested, nil)
	set(watch.ControlApplied)
}

// An erased account leaves no control behind, and another's stays.
func TestAControlGoesWithItsAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, watch.ControlKinds()...)
	for _, of := range []watch.AccountKey{k, other} {
		for _, ask := range []control.Ask{{Kind: watch.StopLinks}, limit(5, 5)} {
			id := map[watch.AccountKey]string{k: "o", other: "o2"}[of]
			if _, err := w.c.Request(t.Context(), of, ask, control.Who{Watcher: id}); err != nil {
				t.Fatal(err)
			}
		}
	}
	m := &membership.Service{Store: w.s, Keys: worldtest.Keys(t), Now: func() time.Time { return w.now }, Logger: slog.New(slog.DiscardHandler)}
	if err := m.Erase(t.Context(), "0125", "a"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.s.Control(t.Context(), watch.ControlID(k, watch.StopLinks, "")); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("it is there still: %v", err)
	}
	left, err := w.s.Controls(t.Context(), other)
	if err != nil || len(left) != 2 || slices.ContainsFunc(left, func(c *watch.Control) bool { return c.Account != other }) {
		t.Errorf("another account has %d, %v", len(left), err)
	}
	if _, err := w.c.Set(t.Context(), "0125", watch.ControlID(k, watch.StopLinks, ""), control.Answer{State: watch.ControlApplied}); !errors.Is(err, control.ErrNotFound) {
		t.Errorf("it is answered: %v", err)
	}
}
