package infra_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/bankapi"
	"kozamori/internal/membership"
	"kozamori/internal/radar"
	secretstore "kozamori/internal/secrets"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// papers are what a bank's reviewer reads.
func papers(t *testing.T) map[string]string {
	t.Helper()
	names, err := filepath.Glob("papers/*.md")
	if err != nil || len(names) == 0 {
		t.Fatal("there are no papers", err)
	}
	out := map[string]string{}
	for _, n := range names {
		out[filepath.Base(n)] = read(t, n)
	}
	return out
}

// sources calls visit with each file of Go of the repository.
func sources(t *testing.T, visit func(path, text string)) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		b, err := os.ReadFile(path)
		visit(path, string(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A test or a line of the template that a paper names is there, and each line of a
// table that says what is held by names one.
func TestWhatThePapersSayIsHeld(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{}
	sources(t, func(path, text string) {
		if strings.HasSuffix(path, "_test.go") {
			for _, f := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllStringSubmatch(text, -1) {
				tests[f[1]] = true
			}
		}
	})
	template := read(t, "../template.yaml")
	held := regexp.MustCompile("`(Test\\w+)`|`template\\.yaml: ([^`]+)`")
	for name, text := range papers(t) {
		for _, h := range held.FindAllStringSubmatch(text, -1) {
			if h[1] != "" && !tests[h[1]] {
				t.Errorf("%s names a test that is not there: %s", name, h[1])
			}
			if h[2] != "" && !strings.Contains(template, h[2]) {
				t.Errorf("%s names what is not in the template: %s", name, h[2])
			}
		}
		table := false
		for line := range strings.Lines(text) {
			cells := strings.Split(strings.Trim(line, "| \n"), "|")
			switch last := cells[len(cells)-1]; {
			case !strings.HasPrefix(line, "|"):
				table = false
			case strings.TrimSpace(last) == "held by":
				table = true
			case table && !held.MatchString(line) && !strings.Contains(line, "---") && !strings.Contains(line, "not part of the template"):
				t.Errorf("%s: nothing holds %s", name, line)
			}
		}
	}
}

// Each kind of what is kept or queued stands in the paper on data, and no other.
func TestThePaperOnDataListsEachKind(t *testing.T) {
	t.Parallel()
	kinds := map[string]bool{}
	sources(t, func(path, text string) {
		if strings.HasSuffix(path, "_test.go") || strings.Contains(path, "testkit") {
			return
		}
		for _, f := range regexp.MustCompile(`codec\.For\[.+\]\("([a-z_.]+)"\)`).FindAllStringSubmatch(text, -1) {
			kinds[f[1]] = true
		}
	})
	if len(kinds) < 30 {
		t.Fatalf("%d kinds found", len(kinds))
	}
	listed := map[string]bool{}
	for line := range strings.Lines(papers(t)["data.md"]) {
		if first, _, ok := strings.Cut(strings.TrimPrefix(line, "| "), " |"); ok && strings.HasPrefix(line, "| `") {
			for _, f := range regexp.MustCompile("`([a-z_.]+)`").FindAllStringSubmatch(first, -1) {
				listed[f[1]] = true
			}
		}
	}
	if got, want := slices.Sorted(maps.Keys(listed)), slices.Sorted(maps.Keys(kinds)); !slices.Equal(got, want) {
		t.Errorf("the paper lists\n%v\nand there are\n%v", got, want)
	}
}

// Who gets data stands in the paper on processors: each service that a role calls.
func TestThePaperOnProcessorsNamesEachService(t *testing.T) {
	t.Parallel()
	text := papers(t)["processors.md"]
	named := 0
	for _, f := range regexp.MustCompile(`Action: \[([^\]]+)\]`).FindAllStringSubmatch(read(t, "../template.yaml"), -1) {
		for action := range strings.SplitSeq(f[1], ", ") {
			service, _, _ := strings.Cut(action, ":")
			if named++; !strings.Contains(text, "`"+service+"`") {
				t.Errorf("a role may call %s, which the paper does not name", action)
			}
		}
	}
	if named < 30 {
		t.Fatalf("%d actions found", named)
	}
}

// What was erased is in no copy of the table for longer than people are told.
func TestCopiesGoAsLateAsTheOthers(t *testing.T) {
	t.Parallel()
	stack := read(t, "../template.yaml")
	all := regexp.MustCompile(`DeleteAfterDays: (\d+)`).FindAllStringSubmatch(stack, -1)
	if len(all) != 2 { // here and there
		t.Fatalf("%d lifecycles of copies", len(all))
	}
	for _, days := range all {
		if days[1] != of(store.KeepCopies, day) {
			t.Errorf("copies are kept for %s days, want %s", days[1], of(store.KeepCopies, day))
		}
	}
	if want := "kept there for " + of(store.KeepCopies, day) + " days"; !strings.Contains(stack, want) {
		t.Errorf("the parameter does not say %q", want)
	}
}

func TestTheNumbersOfThePapersAreThoseInUse(t *testing.T) {
	t.Parallel()
	stack := read(t, "../template.yaml")
	queued := of(time.Duration(number(t, stack, `MessageRetentionPeriod: (\d+)`))*time.Second, day)
	logs := number(t, stack, `LogDays:\n    Type: Number\n    Default: (\d+)`)
	copies := of(store.KeepCopies, day)
	sentences := map[string][]string{
		"threats.md": {
			"fifty bits, a quarter of an hour, five tries", // TestCodesHoldFiftyBitsAndCanBeReadOut, TestACodeIsGoodOnceAndForAQuarterOfAnHour, TestFiveWrongCodesLockOutForAnHour
			"one tap", "the one table", "a second step", "one cleaner", "one function", "one line", "| one bank |",
		},
		"data.md": {
			"one table", "the last one", "`template.yaml: ExpirationInDays: 7`", "a day later", "(`***4567`)", fmt.Sprintf("deleted after %d days", number(t, stack, `ExpirationInDays: (\d+)`)), "one debit or link",
			fmt.Sprintf("copies for %s days", copies), fmt.Sprintf("queues for %s days at most", queued), fmt.Sprintf("in queues, %s days at most", queued), fmt.Sprintf("(%d days)", logs),
			"debits of the last " + map[time.Duration]string{7 * day: "week"}[watch.PastAfter],
			fmt.Sprintf("%s days after the last", of(watch.KeepBill, day)),
			fmt.Sprintf("| %s days; %s if nobody was told", of(store.KeepRecord, day), of(store.KeepUnheard, day)),
			fmt.Sprintf("| %s days, or until its account", of(store.KeepRecord, day)), fmt.Sprintf("no account | a bank | %s days", of(store.KeepRecord, day)),
			fmt.Sprintf("| %s years, or what", of(store.KeepDispute, 365*day)), fmt.Sprintf("which stays %s years", of(store.MostKeepDispute, 365*day)),
			fmt.Sprintf("else %s days", of(membership.KeepStranger, day)),
			fmt.Sprintf("| %d days, while they can come back", watch.RestoreDays), fmt.Sprintf("goes %d days later", watch.RestoreDays),
			fmt.Sprintf("sent away | %d days and %s hour;", watch.RestoreDays, of(store.KeepCode, time.Hour)),
			fmt.Sprintf("| %s hour after its end", of(store.KeepCode, time.Hour)), fmt.Sprintf("| %s hour after their end", of(store.KeepCode, time.Hour)),
			"| 1 day |", // store.PutSeen
			fmt.Sprintf("went | no one | %s days", of(store.KeepTrace, day)), fmt.Sprintf("refused and why | banks | %s days", of(store.KeepFile, day)), fmt.Sprintf("| banks | %s days after the latest attempt", of(store.KeepCallback, day)), fmt.Sprintf("as it came | an account | %s days", of(store.KeepRefused, day)),
			fmt.Sprintf("counts of %d days, or %s by the hour", store.TallyDays, of(store.HourKept, day)), fmt.Sprintf("%s days after its month", of(store.KeepLessons, day)),
			fmt.Sprintf("within %s days", copies),
			fmt.Sprintf("every %s minutes", of(radar.Width, time.Minute)), fmt.Sprintf("first %d ids", radar.MaxFirst), fmt.Sprintf("| %s days |", of(store.RadarKept, day)),
			fmt.Sprintf("a campaign %s days after", of(radar.KeepCampaign, day)), fmt.Sprintf("%s days after its last change", of(store.KeepRound, day)),
		},
		"keys.md": {
			"32 random bytes", // TestKeysThatCannotBeSafeAreRefused
			"two at a time", "two steps", "the new one", "the old one", "last good one",
			fmt.Sprintf("both work for %s days; each ends after %s days", of(bankapi.KeyOverlap, day), of(bankapi.KeyLife, day)),
			fmt.Sprintf("again every %s minutes", of(secretstore.Life, time.Minute)),
		},
		"incidents.md": {
			// The law's, not ours.
			"article 26", "articles 7 and 8", "November 2026", "3 to 5 days", "within 30 days, within 60 days", "One person", "more than 1,000", "the full one", "the one before",
			"\n1. ", "\n2. ", "\n3. ", "\n4. ", "\n5. ", "\n6. ", "\n7. ",
		},
		"recovery.md":   {"no 2xx", "the last 5 minutes", "a minute: sweep", "one process", "at most a day and the hours"}, // the minutes are AWS's word, sweep's the template's
		"processors.md": {"`ap-northeast-1`", "one package"},
	}
	for name, text := range papers(t) {
		if name == "cost.md" { // with what the README says of it
			continue
		}
		var there []string
		for _, s := range sentences[name] {
			if name != "recovery.md" || strings.Contains(text, s) {
				there = append(there, s)
			}
		}
		unlisted(t, name, told(t, name, text, there))
	}
}
