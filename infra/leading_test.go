package infra_test

import (
	"go/ast"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// writers are what writes into the store, by what the keys of the partitions begin
// with; one that ends with * is a prefix.
var writers = map[string]string{
	"A#*":       "PutForward ReplaceName KeepNames UpdateAccount PutAccount CheckAccount DeleteAccount PutActivity PutBills DeleteActivity DeleteUnknown",
	"ACT#*":     "PutAct Listed",
	"ASK#*":     "PutAsking",
	"B#*":       "DeleteAPIKey PutAPIKey AddAPIKey SettleKeys PutFeed PutFeedHealth PutFeedNorm",
	"BANKS":     "PutBank SetContacts",
	"BREAKER#*": "PutBreaker",
	"C#*":       "CancelCode PutCode DeleteCode DeleteUnknown",
	"CALL#*":    "PutCallback",
	"CATALOG*":  "PutManifest PutCatalogText",
	"CHAIN#*":   "PutAuditHead PutBlock",
	"CTRL#*":    "PutControl DeleteControl UpdateControl ListControl",
	"D#*":       "PutDispute UpdateDispute PutReference SettledReferences SettleReferences",
	"E#*":       "PutErasure PutErasureAgain DeleteErasure PutErasureWish DeleteErasureWish",
	"FILES#*":   "PutFile PutLastFile",
	"FN#*":      "PutNumber",
	"INQ#*":     "PutInquiry DeleteInquiry UpdateInquiry",
	"KEYS#*":    "DeleteAPIKey PutAPIKey AddAPIKey SettleKeys",
	"L#*":       "PutStep Listed",
	"LESSONS#*": "PutLessons",
	"N#*":       "Save SaveHours",
	"NAMES#*":   "PutNames CheckNames ReplaceName KeepNames PutRenames",
	"Q#*":       "PutRefused DeleteRefused",
	"RADAR#*":   "PutCell PutLinked PutRadarNorm PutStanding PutCampaign UpdateCampaign",
	"R#*":       "PutRecord UpdateRecord UpdateReadRecord DeleteRecord DeleteUnknown",
	"SPREADING": "PutSpreading Swept",
	"T#*":       "PutTicket DeleteTicket EndTicket DeleteUnknown DeleteUnknownOf",
	"TELL#*":    "PutRound",
	"U#*":       "PutPerson UpdatePerson DeletePerson CheckPerson PutBinding DeleteBinding SettleBinding DeleteUnknownOf",
	"V#*":       "PutTrace DeleteRecord",
	"W#*":       "PutLetter PutSeen PutMailed KeepWords",
}

// works are the packages that a function works with; what they import they bring.
var works = map[string][]string{
	"Ingest": {"ingest"}, "Detect": {"detect"}, "Notify": {"notify"}, "Sweep": {"sweep", "audit", "membership", "control", "inquiry"}, "Chat": {"chat", "session"},
	"Web": {"web"}, "Lookback": {"web"}, "BankAPI": {"bankapi", "ingest"}, "Intake": {"ingest"}, "Feedback": {"notify"}, "Desk": {"desk", "ingest"},
}

// but is what a function has the code of and never runs: an audit list is chained by
// the sweep alone, and a clerk neither answers for
// people nor sends events, files or callbacks: of ingest, what was refused is replayed. Only
// a bank asks.
var but = map[string][]string{"Notify": {"ASK#*"}, "Feedback": {"ASK#*"}, "Sweep": {"ASK#*"}, "Chat": {"ASK#*"}, "BankAPI": {"CHAIN#*"}, "Desk": {"A#*", "B#*", "CALL#*", "CHAIN#*", "FILES#*", "FN#*", "L#*", "LESSONS#*", "N#*", "U#*"}}

// written are the partitions that each package writes.
func written(t *testing.T, all map[string]*room) map[string]map[string]bool {
	t.Helper()
	of := map[string][]string{}
	for key, names := range writers {
		for _, n := range strings.Fields(names) {
			of[n] = append(of[n], key)
		}
	}
	out := map[string]map[string]bool{}
	for p, r := range all {
		if !within(p, "internal") || within(p, "internal/store", "internal/testkit", "internal/app") {
			continue
		}
		out[p] = map[string]bool{}
		for _, f := range r.files {
			ast.Inspect(f, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok {
					for _, key := range of[s.Sel.Name] {
						out[p][key] = true
					}
				}
				return true
			})
		}
	}
	return out
}

// Each function may write into the partitions that its code writes into, and no other.
// A role is too wide if it names one that nothing of its function writes, and too
// narrow, so that events would be lost, if it lacks one.
func TestAFunctionMayWriteWhatItsOwnCodeWritesAndNothingElse(t *testing.T) {
	t.Parallel()
	all := rooms(t)
	writes, template := written(t, all), read(t, "../template.yaml")
	for name, roots := range works {
		want, seen := map[string]bool{}, map[string]bool{}
		var use func(p string)
		use = func(p string) {
			if seen[p] || writes[p] == nil {
				return
			}
			seen[p] = true
			maps.Copy(want, writes[p])
			for i := range all[p].imports {
				use(i)
			}
		}
		for _, r := range roots {
			use("internal/" + r)
		}
		for _, key := range but[name] {
			delete(want, key)
		}
		_, role, ok := strings.Cut(template, "\n  "+name+"Role:\n")
		if !ok {
			t.Fatalf("there is no %sRole", name)
		}
		role, _, _ = strings.Cut(role, "\n\n")
		for _, s := range strings.Split(role, "- Effect: Allow") {
			if regexp.MustCompile(`dynamodb:(Put|Update|Delete)Item|ConditionCheckItem`).MatchString(s) && !strings.Contains(s, `"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [`) {
				t.Errorf("%sRole writes anywhere: %s", name, s)
			}
		}
		var may []string
		for _, m := range regexp.MustCompile(`"dynamodb:LeadingKeys": \[([^\]]*)\]`).FindAllStringSubmatch(role, -1) {
			for _, key := range strings.Split(m[1], ", ") {
				may = append(may, strings.Trim(key, `"`))
			}
		}
		slices.Sort(may)
		if d := cmp.Diff(slices.Sorted(maps.Keys(want)), may); d != "" {
			t.Errorf("%s writes (-) and may write (+):\n%s", name, d)
		}
	}
}

// Every exported function of the store that makes writes stands among the writers:
// what is new is in no role until it does.
func TestEveryWriterOfTheStoreIsKnown(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, names := range writers {
		for _, n := range strings.Fields(names) {
			known[n] = true
		}
	}
	found, there := 0, map[string]bool{}
	for _, f := range rooms(t)["internal/store"].files {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || !fn.Name.IsExported() || fn.Name.Name == "Write" {
				continue
			}
			there[fn.Name.Name] = true
			if !writing(fn) {
				continue
			}
			if found++; !known[fn.Name.Name] {
				t.Errorf("store.%s writes, and stands under no key", fn.Name.Name)
			}
		}
	}
	for name := range known {
		if !there[name] {
			t.Errorf("there is no store.%s", name)
		}
	}
	if found < 45 {
		t.Errorf("only %d writers were found", found)
	}
}

// writing tells whether a function returns writes, or makes them itself.
func writing(fn *ast.FuncDecl) (yes bool) {
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if s, ok := n.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == "Write" {
				yes = true
			}
		case *ast.FuncType:
			if n == fn.Type && n.Results != nil {
				for _, r := range n.Results.List {
					of := r.Type
					if a, ok := of.(*ast.ArrayType); ok {
						of = a.Elt
					}
					if i, ok := of.(*ast.Ident); ok && i.Name == "Write" {
						yes = true
					}
				}
			}
		}
		return true
	})
	return yes
}
