package watch

import (
	"testing"
	"time"
)

func TestAReminderComesEachMonth(t *testing.T) {
	at := func(y, m, d, h int) time.Time { return time.Date(y, time.Month(m), d, h, 0, 0, 0, JST) }
	for now, want := range map[time.Time]time.Time{
		at(2026, 11, 5, 23):  at(2026, 12, 5, 10),
		at(2026, 12, 31, 0):  at(2027, 1, 31, 10),
		at(2027, 1, 31, 9):   at(2027, 2, 28, 10),
		at(2028, 1, 30, 9):   at(2028, 2, 29, 10),
		at(2027, 3, 31, 9):   at(2027, 4, 30, 10),
		at(2027, 2, 28, 23):  at(2027, 3, 28, 10),
		at(2026, 11, 30, 24): at(2027, 1, 1, 10),
	} {
		if got := NextReminder(now.UTC()); !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("after %s it is %s, want %s", now, got.In(JST), want)
		}
	}
}

// An owner whose settings keep a service's debits from them is reminded until they
// change that; a guardian chooses what they are told.
func TestWhoIsRemindedOfTheirSettings(t *testing.T) {
	services := []string{"docomo", "paypay"}
	open, shut := DefaultRules(), Rules{}
	for name, c := range map[string]struct {
		role     Role
		rules    Rules
		services []string
		at       time.Time // of the reminder before
		want     time.Time
	}{
		"all is told":                   {Owner, open, services, time.Time{}, time.Time{}},
		"all is told again":             {Owner, open, services, noon, time.Time{}},
		"nothing is told":               {Owner, shut, services, time.Time{}, NextReminder(noon)},
		"nothing is told, as before":    {Owner, shut, services, noon.Add(5), noon.Add(5)},
		"a guardian is told nothing":    {Guardian, shut, services, time.Time{}, time.Time{}},
		"there are no services to miss": {Owner, shut, nil, noon, time.Time{}},
	} {
		w := &Watcher{Role: c.role, Rules: c.rules, RemindAt: c.at}
		w.Remind(c.services, noon)
		if !w.RemindAt.Equal(c.want) {
			t.Errorf("%s: %s, want %s", name, w.RemindAt, c.want)
		}
	}
}

func TestWhenAnAccountIsLookedAtAgain(t *testing.T) {
	if due := (&Account{Watchers: []Watcher{{}}}).Due(); !due.IsZero() {
		t.Errorf("one without anything is due at %s", due)
	}
	a := &Account{Watchers: []Watcher{{RemindAt: noon.Add(time.Hour)}, {RemindAt: noon}, {RemindAt: noon.Add(time.Minute)}}}
	if !a.Due().Equal(noon) {
		t.Errorf("it is due at %s, want the earliest reminder", a.Due())
	}
	a.Watchers[2].Former = []Former{{At: noon}, {At: noon.Add(-RestoreFor - time.Hour)}}
	if !a.Due().Equal(noon.Add(-time.Hour)) {
		t.Errorf("it is due at %s, want the end of the oldest address", a.Due())
	}
}
