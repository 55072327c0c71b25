package watch

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCheckRefusesRulesThatCannotWork(t *testing.T) {
	now := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	known := func(id string) bool { return id == "paypay" }
	for _, c := range []struct {
		name  string
		rules Rules
		want  []RuleFault
	}{
		{"the defaults", DefaultRules(), nil},
		{"everything off", Rules{}, nil},
		{"a negative amount", Rules{ServiceMin: -1, AnyDebit: MaxYen + 1}, []RuleFault{{"service_min", FaultAmount}, {"any_debit", FaultAmount}}},
		{"an unknown service", Rules{ServiceMinFor: map[string]int64{"x": 1}, MonthlyTotal: map[string]int64{"paypay": 0, "y": 5}},
			[]RuleFault{{"monthly_total.paypay", FaultAmount}, {"monthly_total.y", FaultService}, {"service_min_for.x", FaultService}}},
		{"words that are too short or too long", Rules{Keywords: []string{"家", "家賃", strings.Repeat("ア", 31), "  "}},
			[]RuleFault{{"keywords.0", FaultWord}, {"keywords.2", FaultWord}, {"keywords.3", FaultWord}}},
		{"too many words", Rules{Keywords: strings.Split(strings.Repeat("ヤチン ", 21)[:21*10-1], " ")}, []RuleFault{{"keywords", FaultMany}}},
		{"trusts that are over, endless, of nothing or of no service", Rules{Trusts: []Trust{
			{Service: "paypay", UpTo: 1, Until: now}, {Service: "paypay", UpTo: 1, Until: now.Add(MaxTrustFor + 1)}, {Service: "paypay", UpTo: 0, Until: now.Add(1)}, {Service: "x", UpTo: 1, Until: now.Add(1)}, {Service: "paypay", UpTo: 1, Until: now.Add(1)}}},
			[]RuleFault{{"trusts.0", FaultPast}, {"trusts.1", FaultFar}, {"trusts.2", FaultAmount}, {"trusts.3", FaultService}}},
		{"quiet hours without length", Rules{Quiet: &Quiet{From: 60, To: 60}}, []RuleFault{{"quiet", FaultQuiet}}},
		{"quiet hours over midnight", Rules{Quiet: &Quiet{From: 22 * 60, To: 7 * 60}}, nil},
		{"a pause without end", Rules{PausedUntil: now.Add(MaxPauseFor + 1)}, []RuleFault{{"paused_until", FaultFar}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, c.rules.Check(&Rules{}, known, now)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// limits are those of kyash, in a month.
func limits(service string) (once, month int64) {
	if service == "kyash" {
		return 0, 300
	}
	return 0, 0
}

func TestWhatIfTellsWhatDetectWouldHaveTold(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 9, n, 3, 0, 0, 0, time.UTC) }
	rec := func(id string, at time.Time, service string, yen int64) *Record {
		return &Record{ID: id, Kind: Debit, OccurredAt: at, Service: service, Amount: yen, Complete: true, Descriptor: "ﾔﾁﾝ"}
	}
	records := []*Record{ // not in order
		rec("d", day(20), "paypay", 9000), rec("a", day(1), "paypay", 500), rec("c", day(12), "", 80000),
		{ID: "l", Kind: LinkRegistered, OccurredAt: day(19), Service: "paypay", Complete: true},
		rec("b", day(11), "kyash", 300), {ID: "half", Kind: Debit, OccurredAt: day(13), Service: "kyash", Amount: 5, Descriptor: "ﾔﾁﾝ"},
	}
	ids := func(hits []Hit) string {
		var out []string
		for _, h := range hits {
			out = append(out, h.Record.ID+":"+h.Reasons.String())
		}
		return strings.Join(out, " ")
	}
	same := func(s string) string { return strings.ReplaceAll(s, "ﾔﾁﾝ", "ヤチン") }
	for _, c := range []struct {
		name  string
		rules Rules
		want  string
		blind bool
	}{
		{"the defaults", DefaultRules(), "d:service_debit,after_new_link l:new_link b:service_debit,first_seen,near_limit", false},
		{"only from an amount", Rules{ServiceMin: 1000}, "d:service_debit", false},
		{"a service known from before the time is not new", Rules{FirstSeen: true}, "b:first_seen", false},
		{"any debit, of which the record is not whole", Rules{AnyDebit: 50000}, "c:any_debit", true},
		{"near what a service takes in a month", Rules{NearLimit: true}, "b:near_limit", false},
		{"a word", Rules{Keywords: []string{"ヤチン"}}, "d:keyword c:keyword b:keyword", true},
		{"a trust counts, a pause does not", Rules{ServiceMin: 1, PausedUntil: day(30), Trusts: []Trust{{Service: "kyash", UpTo: 300, Until: day(30)}}}, "d:service_debit", false},
		{"nothing", Rules{}, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			hits, blind := WhatIf(c.rules, records, &Activity{HistoryFrom: day(-60)}, day(10), same, limits)
			if got := ids(hits); got != c.want || blind.Ordinary != c.blind {
				t.Errorf("%q, blind %v; want %q, %v", got, blind.Ordinary, c.want, c.blind)
			}
		})
	}
}

func TestAServiceThatTheRecordHasForgottenIsNotNew(t *testing.T) {
	at := time.Date(2026, 9, 4, 3, 0, 0, 0, time.UTC)
	records := []*Record{{ID: "a", Kind: Debit, OccurredAt: at, Service: "paypay", Amount: 500, Complete: true}}
	for first, want := range map[time.Time]int{at: 1, at.AddDate(-2, 0, 0): 0} {
		act := &Activity{Services: map[string]*ServiceActivity{"paypay": {FirstAt: first}}}
		if hits, _ := WhatIf(Rules{FirstSeen: true}, records, act, at.AddDate(0, 0, -1), strings.ToUpper, limits); len(hits) != want {
			t.Errorf("known since %s: told %d times, want %d", first, len(hits), want)
		}
	}
}

func TestWhatIfLeavesTheRecordsInTheirOrder(t *testing.T) {
	records := []*Record{{ID: "late", Kind: Debit, Complete: true, OccurredAt: noon.Add(1)}, {ID: "early", Kind: Debit, Complete: true, OccurredAt: noon}}
	WhatIf(Rules{}, records, &Activity{}, noon, func(s string) string { return s }, func(string) (int64, int64) { return 0, 0 })
	if records[0].ID != "late" {
		t.Error("looking what would have been told turns the records round")
	}
}
