package watch

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestEachMemberOfRulesIsOneRowOfTheTable(t *testing.T) {
	var members, rows []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Rules]()) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "" && !strings.Contains(options, "unknown") {
			members = append(members, name)
		}
	}
	for _, row := range table {
		if _, always := row.Value.(Always); !always { // nothing is kept of it
			rows = append(rows, row.Name)
		}
	}
	slices.Sort(members)
	slices.Sort(rows)
	if diff := cmp.Diff(members, rows); diff != "" {
		t.Errorf("members (-) and rows (+):\n%s", diff)
	}
	// Each row reaches its own member: what one sets, the others do not see.
	for _, row := range table {
		if _, always := row.Value.(Always); always {
			continue
		}
		var r Rules
		set(row, &r)
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var zero, got map[string]any
		empty, _ := json.Marshal(Rules{})
		_, _ = json.Unmarshal(empty, &zero), json.Unmarshal(b, &got)
		changed := slices.DeleteFunc(slices.Sorted(maps.Keys(got)), func(name string) bool { return cmp.Equal(got[name], zero[name]) })
		if !slices.Equal(changed, []string{row.Name}) {
			t.Errorf("%s changes %q", row.Name, changed)
		}
		for _, other := range table {
			if _, always := other.Value.(Always); always {
				if !other.Value.On(&r) || !other.Value.Same(&r, &Rules{}) {
					t.Errorf("%s can be switched off, or differs", other.Name)
				}
				continue
			}
			if on := other.Value.On(&r); on != (other.Name == row.Name) {
				t.Errorf("with %s alone, %s on is %v", row.Name, other.Name, on)
			}
			if same := other.Value.Same(&r, &Rules{}); same == (other.Name == row.Name) {
				t.Errorf("with %s alone, %s unchanged is %v", row.Name, other.Name, same)
			}
		}
		if row.Value.Preset(&r); !row.Value.Same(&r, ptr(DefaultRules())) {
			t.Errorf("%s does not go back to its default", row.Name)
		}
	}
}

func ptr[T any](v T) *T { return &v }

// set gives a rule a value that is not its default; what may be a time is
// about now.
func set(row Rule, r *Rules) {
	switch v := row.Value.(type) {
	case Flag:
		*v.At(r) = true
	case Yen:
		*v.At(r) = 4321
	case YenFor:
		*v.At(r) = map[string]int64{"paypay": 4321}
	case Words:
		*v.At(r) = []string{"ヤチン"}
	case Trusted:
		*v.At(r) = []Trust{{Service: "paypay", UpTo: 4321, Until: tableDay.Add(time.Hour)}}
	case Hours:
		*v.At(r) = &Quiet{From: 60, To: 120}
	case Until:
		*v.At(r) = tableDay.Add(time.Hour)
	default:
		panic("a kind of value that the tests do not know: " + row.Name)
	}
}

var tableDay = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

func TestTheDefaults(t *testing.T) {
	want := Rules{NewLink: true, ServiceMin: 1, FirstSeen: true, AfterNewLink: true, Burst: true, NearLimit: true}
	if diff := cmp.Diff(want, DefaultRules()); diff != "" {
		t.Error(diff)
	}
}

func TestEachReasonHasOneNameAndStandsInTheTable(t *testing.T) {
	says := map[Reason][]string{}
	for _, row := range table {
		tells := row.Tells != nil
		if tells != (row.Reason != 0) || tells != (row.About != 0) || row.Says != "" && !tells || (row.Leaves || row.Reads || row.Critical != 0) && !tells {
			t.Errorf("%s is half a rule", row.Name)
		}
		if row.Critical != 0 && !row.Critical.Has(row.Reason) {
			t.Errorf("%s makes critical what it does not say", row.Name)
		}
		if tells {
			says[row.Reason] = append(says[row.Reason], row.Says)
		}
		if (row.Unsure != 0) != (row.UnsureSays != "") || row.Unsure.Critical() {
			t.Errorf("%s is half unsure, or loud about it", row.Name)
		}
		if (row.Lately != 0) != (row.LatelySays != "") || row.Lately != 0 && row.Unsure == 0 || (row.Unsure | row.Lately).Critical() {
			t.Errorf("%s is half unsure, or loud about it", row.Name)
		}
		if (row.Own != 0) != (row.OwnSays != "") || row.Own.Critical() {
			t.Errorf("%s is half said of what is the owner's own, or loud about it", row.Name)
		}
		if row.Own != 0 {
			says[row.Own] = append(says[row.Own], row.OwnSays)
		}
		if row.Unsure != 0 {
			says[row.Unsure] = append(says[row.Unsure], row.UnsureSays)
		}
		if row.Lately != 0 {
			says[row.Lately] = append(says[row.Lately], row.LatelySays)
		}
	}
	names := map[string]bool{}
	for r := NewLink; r <= slices.Max(slices.Collect(maps.Keys(says))); r <<= 1 {
		own := slices.DeleteFunc(says[r], func(s string) bool { return s == "" })
		if len(own) != 1 || names[own[0]] || !slices.Equal(r.Names(), own) {
			t.Errorf("the reason with bit %b has the names %q", r, says[r])
			continue
		}
		names[own[0]] = true
	}
}

func TestEachKindOfRuleHasABoundThatCheckKeeps(t *testing.T) {
	known := func(id string) bool { return id == "paypay" || id == "kyash" }
	words := func(n int) []string {
		var out []string
		for i := range n {
			out = append(out, "ヤチン"+strings.Repeat("ア", i))
		}
		return out
	}
	trusts := func(n int) []Trust {
		var out []Trust
		for i := range n {
			out = append(out, Trust{Service: "paypay", UpTo: int64(i + 1), Until: tableDay.Add(time.Hour)})
		}
		return out
	}
	type bound struct {
		at, beyond func(*Rules)
		fault      RuleFault
	}
	for _, row := range table {
		var bounds []bound
		add := func(field string, f Fault, at, beyond func(*Rules)) {
			bounds = append(bounds, bound{at, beyond, RuleFault{row.Name + field, f}})
		}
		switch v := row.Value.(type) {
		case Flag:
			continue // on or off
		case Yen:
			yen := func(n int64) func(*Rules) { return func(r *Rules) { *v.At(r) = n } }
			add("", FaultAmount, yen(MaxYen), yen(MaxYen+1))
			add("", FaultAmount, yen(0), yen(-1))
		case YenFor:
			yen := func(id string, n int64) func(*Rules) {
				return func(r *Rules) { *v.At(r) = map[string]int64{id: n} }
			}
			add(".kyash", FaultAmount, yen("kyash", MaxYen), yen("kyash", MaxYen+1))
			add(".kyash", FaultAmount, yen("kyash", v.Least), yen("kyash", v.Least-1))
			add(".nobody", FaultService, yen("kyash", 1), yen("nobody", 1))
		case Words:
			put := func(words ...string) func(*Rules) { return func(r *Rules) { *v.At(r) = words } }
			add("", FaultMany, put(words(MaxKeywords)...), put(words(MaxKeywords+1)...))
			add(".0", FaultWord, put(strings.Repeat("ア", MinKeyword)), put(strings.Repeat("ア", MinKeyword-1)))
			add(".1", FaultWord, put("ガス", strings.Repeat("ア", MaxKeyword)), put("ガス", strings.Repeat("ア", MaxKeyword+1)))
			add(".0", FaultWord, put("ガ ス"), put(strings.Repeat(" ", MinKeyword)))
		case Trusted:
			put := func(trusts ...Trust) func(*Rules) { return func(r *Rules) { *v.At(r) = trusts } }
			one := func(change func(*Trust)) func(*Rules) {
				t := Trust{Service: "kyash", UpTo: 1, Until: tableDay.Add(1)}
				change(&t)
				return put(t)
			}
			add("", FaultMany, put(trusts(MaxTrusts)...), put(trusts(MaxTrusts+1)...))
			add(".0", FaultService, one(func(*Trust) {}), one(func(t *Trust) { t.Service = "nobody" }))
			add(".0", FaultAmount, one(func(t *Trust) { t.UpTo = 1 }), one(func(t *Trust) { t.UpTo = 0 }))
			add(".0", FaultAmount, one(func(t *Trust) { t.UpTo = MaxYen }), one(func(t *Trust) { t.UpTo = MaxYen + 1 }))
			add(".0", FaultPast, one(func(t *Trust) { t.Until = tableDay.Add(1) }), one(func(t *Trust) { t.Until = tableDay }))
			add(".0", FaultFar, one(func(t *Trust) { t.Until = tableDay.Add(MaxTrustFor) }), one(func(t *Trust) { t.Until = tableDay.Add(MaxTrustFor + 1) }))
		case Hours:
			put := func(from, to int) func(*Rules) { return func(r *Rules) { *v.At(r) = &Quiet{From: from, To: to} } }
			add("", FaultQuiet, put(0, 1), put(0, 0))
			add("", FaultQuiet, put(0, 24*60-1), put(0, 24*60))
			add("", FaultQuiet, put(24*60-1, 0), put(24*60, 0))
			add("", FaultQuiet, put(0, 5), put(-1, 5))
			add("", FaultQuiet, put(5, 0), put(5, -1))
		case Until:
			put := func(d time.Duration) func(*Rules) { return func(r *Rules) { *v.At(r) = tableDay.Add(d) } }
			add("", FaultFar, put(v.Most), put(v.Most+1))
		}
		for _, b := range bounds {
			at, beyond := DefaultRules(), DefaultRules()
			b.at(&at)
			b.beyond(&beyond)
			old := DefaultRules()
			if faults := at.Check(&old, known, tableDay); faults != nil {
				t.Errorf("%s: what is just within the bounds has the faults %v", row.Name, faults)
			}
			if faults := beyond.Check(&old, known, tableDay); !slices.Equal(faults, []RuleFault{b.fault}) {
				t.Errorf("%s: beyond its bounds it has the faults %v, want %v", row.Name, faults, b.fault)
			}
			// What is stored already does not keep a watcher from changing the rest.
			old = beyond
			beyond.Burst = false
			if faults := beyond.Check(&old, known, tableDay); faults != nil {
				t.Errorf("%s: what was stored before has the faults %v", row.Name, faults)
			}
		}
	}
}

func TestAListIsCheckedForWhatIsNewInIt(t *testing.T) {
	old := Rules{ServiceMinFor: map[string]int64{"new": 5}, Keywords: []string{"あ"}, Trusts: []Trust{{Service: "new", UpTo: 5, Until: tableDay.Add(1)}}}
	next := Rules{ServiceMinFor: map[string]int64{"new": 6, "paypay": 1}, Keywords: []string{"ガス", "あ", "い"},
		Trusts: []Trust{{Service: "new", UpTo: 6, Until: tableDay.Add(1)}, {Service: "new", UpTo: 5, Until: tableDay.Add(1)}}}
	want := []RuleFault{{"service_min_for.new", FaultService}, {"keywords.2", FaultWord}, {"trusts.0", FaultService}}
	if diff := cmp.Diff(want, next.Check(&old, func(id string) bool { return id == "paypay" }, tableDay)); diff != "" {
		t.Error(diff)
	}
}
