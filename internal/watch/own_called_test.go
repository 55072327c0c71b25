package watch

import (
	"testing"
	"time"
)

// An incident was called the owner's own if a link of it that stands was, by a person
// who could say so.
func TestALinkThatStandsIsCalledTheOwnersOwn(t *testing.T) {
	t.Parallel()
	mine := Answer{Value: Mine, Way: WayChat, Watcher: "w"}
	for name, c := range map[string]struct {
		kind   Kind // of what the incident began with
		member Kind // of a further alert; empty is none
		undone bool // what it began with
		answer *Answer
		want   bool
	}{
		"in the chat":                    {LinkRegistered, "", false, &mine, true},
		"on a page":                      {LinkRegistered, "", false, &Answer{Value: Mine, Way: WayPage}, true},
		"by mail":                        {LinkRegistered, "", false, &Answer{Value: Mine, Way: WayMail}, false},
		"as somebody else's":             {LinkRegistered, "", false, &Answer{Value: Mine, Way: WayPage, Other: true}, false},
		"not theirs":                     {LinkRegistered, "", false, &Answer{Value: NotMine, Way: WayChat}, false},
		"no answer":                      {LinkRegistered, "", false, nil, false},
		"a link that was removed":        {LinkRegistered, "", true, &mine, false},
		"a debit":                        {Debit, "", false, &mine, false},
		"a debit, and a link":            {Debit, LinkRegistered, false, &mine, true},
		"a link that ended, and another": {LinkRegistered, LinkRegistered, true, &mine, true},
		"a link that ended, and a debit": {LinkRegistered, Debit, true, &mine, false},
	} {
		r := alerted("r", 100, noon, ServiceDebit)
		r.Kind, r.Answer = c.kind, c.answer
		if c.undone {
			r.UndoneAt = noon.Add(time.Hour)
		}
		if c.member != "" {
			o := alerted("o", 100, noon.Add(time.Minute), ServiceDebit)
			o.Kind = c.member
			r.Join(o)
		}
		if got := r.CalledOwn(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// The report that an incident belongs to is that which the first of its alerts names
// that names one to the person.
func TestAnIncidentNamesTheReportThatAnyOfItsAlertsNames(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		first, second string // what each names to w; "-" if it is not told to them
		want          string
	}{
		"none":              {"", "", ""},
		"the first":         {"d1", "", "d1"},
		"the second alone":  {"", "d2", "d2"},
		"each another":      {"d1", "d2", "d1"},
		"it is told of one": {"-", "d2", "d2"},
	} {
		r, o := alerted("r", 100, noon, ServiceDebit), alerted("o", 100, noon.Add(time.Minute), ServiceDebit)
		for is, named := range map[*Record]string{r: c.first, o: c.second} {
			is.Notices = []Notice{{Watcher: "w", Related: named}, {Watcher: "other", Related: "theirs"}}
			if named == "-" {
				is.Notices = is.Notices[1:]
			}
		}
		r.Join(o)
		if got := r.Related("w"); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
