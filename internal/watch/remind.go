package watch

import "time"

// remindHour is the hour of the day, in Japan, at which people are reminded of
// their settings.
const remindHour = 10

// Remind begins, goes on with or ends the monthly reminder of an owner whose
// settings keep the debits of some services from them.
func (w *Watcher) Remind(services []string, now time.Time) {
	switch {
	case !w.Exposed(services, now):
		w.RemindAt = time.Time{}
	case w.RemindAt.IsZero():
		w.RemindAt = NextReminder(now)
	}
}

// Exposed tells whether a debit of one of the services would not be told to an
// owner. Guardians are told what they choose to be.
func (w *Watcher) Exposed(services []string, now time.Time) bool {
	return w.Role == Owner && len(w.Rules.Untold(services, now)) > 0
}

// NextReminder is the reminder after a time: a month later, on the last day of a
// month that is shorter.
func NextReminder(now time.Time) time.Time {
	at := now.In(JST)
	day := min(at.Day(), time.Date(at.Year(), at.Month()+2, 0, 0, 0, 0, 0, JST).Day())
	return time.Date(at.Year(), at.Month()+1, day, remindHour, 0, 0, 0, JST).UTC()
}

// Due is when an account is to be looked at again: an owner is reminded, or an
// address that was replaced has been kept long enough. Zero if never.
func (a *Account) Due() time.Time {
	var due time.Time
	by := func(at time.Time) {
		if !at.IsZero() && (due.IsZero() || at.Before(due)) {
			due = at
		}
	}
	for i := range a.Watchers {
		by(a.Watchers[i].RemindAt)
		for _, f := range a.Watchers[i].Former {
			by(f.At.Add(RestoreFor))
		}
	}
	return due
}
