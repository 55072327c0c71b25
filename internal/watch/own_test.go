package watch

import (
	"fmt"
	"testing"
	"time"
)

// What follows a link is calm as long as each link that it may be of was called the
// owner's own, and little was taken.
func TestWhatFollowsALinkOfTheOwnersOwn(t *testing.T) {
	link := func(id, service string, after time.Duration) *Record {
		return &Record{ID: id, Kind: LinkRegistered, Service: service, Complete: true, OccurredAt: noon.Add(after)}
	}
	debit := func(id, service string, yen int64, after time.Duration) *Record {
		return &Record{ID: id, Kind: Debit, Service: service, Amount: yen, Complete: true, OccurredAt: noon.Add(after)}
	}
	links := func(rs ...*Record) []*Record { return rs }
	hour := time.Hour
	for name, c := range map[string]struct {
		before []*Record
		own    []string
		yen    int64
		after  time.Duration
		calm   bool
	}{
		"nobody said whose it is":             {links(link("l", "docomo", 0)), nil, 1, hour, false},
		"the owner said that it is theirs":    {links(link("l", "docomo", 0)), []string{"l"}, OwnLinkYen, hour, true},
		"a yen too much at once":              {links(link("l", "docomo", 0)), []string{"l"}, OwnLinkYen + 1, hour, false},
		"as much as may be, in two":           {links(link("l", "docomo", 0), debit("d", "docomo", 4000, hour)), []string{"l"}, 6000, 2 * hour, true},
		"a yen too much, in two":              {links(link("l", "docomo", 0), debit("d", "docomo", 4000, hour)), []string{"l"}, 6001, 2 * hour, false},
		"what it took before does not count":  {links(debit("d", "docomo", 9000, -hour), link("l", "docomo", 0)), []string{"l"}, 6000, hour, true},
		"what another service took does not":  {links(link("l", "docomo", 0), debit("d", "paypay", 9000, hour)), []string{"l"}, 6000, 2 * hour, true},
		"what is taken later does not":        {links(link("l", "docomo", 0), debit("d", "docomo", 9000, 3*hour)), []string{"l"}, 6000, 2 * hour, true},
		"another link of the service":         {links(link("l", "docomo", 0), link("m", "docomo", hour)), []string{"l"}, 1, 2 * hour, false},
		"both are theirs":                     {links(link("l", "docomo", 0), link("m", "docomo", hour)), []string{"l", "m"}, 1, 2 * hour, true},
		"both are theirs, too much since one": {links(link("l", "docomo", 0), debit("d", "docomo", 9000, hour), link("m", "docomo", 2*hour)), []string{"l", "m"}, 6000, 3 * hour, false},
		"a link that names no service":        {links(link("l", "docomo", 0), link("m", "", hour)), []string{"l"}, 1, 2 * hour, false},
		"a link of another service":           {links(link("l", "docomo", 0), link("m", "paypay", hour)), []string{"l"}, 1, 2 * hour, true},
		"an older link that is theirs":        {links(link("l", "docomo", -80*hour), link("m", "docomo", hour)), []string{"l"}, 1, 2 * hour, false},
	} {
		a := &Activity{}
		for _, r := range c.before {
			a.Apply(r)
		}
		a.CallOwn(c.own, noon)
		if f := a.Facts(debit("x", "docomo", c.yen, c.after)); f.OwnLink != c.calm || !f.AfterLink {
			t.Errorf("%s: own %v, after a link %v", name, f.OwnLink, f.AfterLink)
		}
	}
	for days, calm := range map[int]bool{29: false, 31: true} {
		a := &Activity{Reported: []Reported{{Dispute: "d", Service: "paypay", At: noon.AddDate(0, 0, -days)}}}
		a.Apply(link("l", "docomo", 0))
		a.CallOwn([]string{"l"}, noon)
		if f := a.Facts(debit("x", "docomo", 1, time.Hour)); f.OwnLink != calm {
			t.Errorf("%d days after a report of another service: own %v", days, f.OwnLink)
		}
	}
	if f := (&Activity{}).Facts(debit("x", "docomo", 1, 0)); f.OwnLink || f.AfterLink {
		t.Error("without a link nothing is of the owner's own")
	}
}

// The answer holds through what the bank corrects of the link, but for its service,
// and until it is taken back.
func TestALinkStaysTheOwnersOwn(t *testing.T) {
	of := func(service string, at time.Time) *Record {
		return &Record{ID: "l", Kind: LinkRegistered, Service: service, Complete: true, OccurredAt: at}
	}
	own := func(a *Activity) string {
		out := ""
		for id, s := range a.Services {
			for _, l := range s.Links {
				out += fmt.Sprint(id, " ", !l.OwnAt.IsZero())
			}
		}
		return out
	}
	a := &Activity{}
	a.Apply(of("docomo", noon))
	for i, step := range []struct {
		do      func() bool
		changed bool
		want    string
	}{
		{func() bool { return a.CallOwn([]string{"other"}, noon) }, false, "docomo false"},
		{func() bool { return a.CallOwn([]string{"l"}, noon) }, true, "docomo true"},
		{func() bool { return a.CallOwn([]string{"l"}, noon.Add(time.Hour)) }, false, "docomo true"},
		{func() bool { a.Replace(of("docomo", noon), of("docomo", noon.Add(1))); return false }, false, "docomo true"},
		{func() bool { return a.CallOwn([]string{"l"}, time.Time{}) }, true, "docomo false"},
		{func() bool { return a.CallOwn([]string{"l"}, noon) }, true, "docomo true"},
		{func() bool { a.Replace(of("docomo", noon), of("paypay", noon)); return false }, false, "paypay false"},
	} {
		if changed := step.do(); changed != step.changed || own(a) != step.want {
			t.Errorf("step %d: changed %v, %s, want %s", i, changed, own(a), step.want)
		}
	}
}

// A debit follows the links of its service, as long as little was taken since the first
// of them and nobody reported anything.
func TestASmallDebitFollowsItsLinks(t *testing.T) {
	noon := time.Date(2026, 11, 28, 3, 0, 0, 0, time.UTC)
	record := func(id string, kind Kind, service string, after time.Duration, yen int64) *Record {
		return &Record{ID: id, Kind: kind, Service: service, OccurredAt: noon.Add(after), Amount: yen, Complete: true}
	}
	for name, c := range map[string]struct {
		before []*Record
		debit  *Record
		report time.Duration // before the debit; 0 if there was none
		links  int
	}{
		"none":               {nil, record("d", Debit, "paypay", time.Hour, 1), 0, 0},
		"all that is small":  {[]*Record{record("l", LinkRegistered, "paypay", 0, 0)}, record("d", Debit, "paypay", time.Hour, OwnLinkYen), 0, 1},
		"a yen more":         {[]*Record{record("l", LinkRegistered, "paypay", 0, 0)}, record("d", Debit, "paypay", time.Hour, OwnLinkYen+1), 0, 0},
		"a yen more, in two": {[]*Record{record("l", LinkRegistered, "paypay", 0, 0), record("c", Debit, "paypay", time.Minute, 5000)}, record("d", Debit, "paypay", time.Hour, OwnLinkYen-4999), 0, 0},
		"taken before":       {[]*Record{record("l", LinkRegistered, "paypay", 0, 0), record("c", Debit, "paypay", -time.Minute, 5000)}, record("d", Debit, "paypay", time.Hour, OwnLinkYen), 0, 1},
		"of another service": {[]*Record{record("l", LinkRegistered, "docomo", 0, 0)}, record("d", Debit, "paypay", time.Hour, 1), 0, 0},
		"of two":             {[]*Record{record("l", LinkRegistered, "paypay", 0, 0), record("m", LinkRegistered, "paypay", time.Minute, 0)}, record("d", Debit, "paypay", time.Hour, 1), 0, 2},
		"after the window":   {[]*Record{record("l", LinkRegistered, "paypay", 0, 0)}, record("d", Debit, "paypay", AfterNewLinkWindow+time.Second, 1), 0, 0},
		"after a report":     {[]*Record{record("l", LinkRegistered, "paypay", 0, 0)}, record("d", Debit, "paypay", time.Hour, 1), 24 * time.Hour, 0},
		"long after one":     {[]*Record{record("l", LinkRegistered, "paypay", 0, 0)}, record("d", Debit, "paypay", time.Hour, 1), ReportedFor + time.Hour, 1},
	} {
		a := &Activity{}
		for _, r := range append(c.before, c.debit) {
			a.Apply(r)
		}
		if c.report > 0 {
			a.Reported = []Reported{{At: c.debit.OccurredAt.Add(-c.report)}}
		}
		if got := len(a.Follows(c.debit)); got != c.links {
			t.Errorf("%s: it follows %d links, want %d", name, got, c.links)
		}
	}
}
