package infra_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestTheRunbookKnowsEachAlarm(t *testing.T) {
	t.Parallel()
	book := read(t, "RUNBOOK.md")
	names := regexp.MustCompile(`AlarmName: !Sub "\$\{App\}-(.+)"`).FindAllStringSubmatch(read(t, "alarms.yaml"), -1)
	if len(names) < 30 {
		t.Fatalf("%d alarms found", len(names))
	}
	for _, n := range names {
		name := n[1]
		for kind, placeholder := range map[string]string{"dead-": "QUEUE", "oldest-": "QUEUE", "waiting-": "QUEUE", "errors-": "PART", "throttles-": "PART"} {
			if strings.HasPrefix(name, kind) {
				name = kind + placeholder
			}
		}
		if !strings.Contains(book, "`"+name+"`") {
			t.Errorf("the runbook does not say what %s means", n[1])
		}
	}
}

// What the runbook has its reader look for is there: each name of a metric on the
// dashboard, each line that it quotes of the log, and each command of ctl.
func TestTheRunbookQuotesWhatThereIs(t *testing.T) {
	t.Parallel()
	book, alarms, main := read(t, "RUNBOOK.md"), read(t, "alarms.yaml"), read(t, "ctl/main.go")
	seen := 0
	for _, m := range regexp.MustCompile("`([A-Z][A-Za-z]+)` on the dashboard").FindAllStringSubmatch(book, -1) {
		seen++
		if _, board, _ := strings.Cut(alarms, "DashboardBody"); !strings.Contains(board, `"`+m[1]+`"`) {
			t.Errorf("the dashboard shows no %s", m[1])
		}
	}
	var source strings.Builder
	if err := filepath.WalkDir("../internal", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		source.Write(b)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`"([^"{}]+)"( in the log)?`).FindAllStringSubmatch(book, -1) {
		at := strings.Index(book, m[0])
		_, near, _ := strings.Cut(book[max(0, at-60):at], "|")
		if m[2] == "" && !strings.Contains(near, "log") || strings.Contains(book[max(0, at-20):at], "`") {
			continue // it quotes a page, or a command
		}
		seen++
		if !strings.Contains(source.String(), m[1]) {
			t.Errorf("nothing logs %q", m[1])
		}
	}
	for _, m := range regexp.MustCompile("`ctl ((?:bank|dlq|quarantine|catalog|alert|callbacks) [a-z-]+|[a-z]+)").FindAllStringSubmatch(book, -1) {
		seen++
		if !strings.Contains(main, `{"`+m[1]+`", `) {
			t.Errorf("there is no ctl %s", m[1])
		}
	}
	if seen < 25 {
		t.Errorf("only %d things that it quotes were found", seen)
	}
}

func TestTheREADMENamesTheRegionThatSAMDeploysTo(t *testing.T) {
	t.Parallel()
	region := regexp.MustCompile(`(?m)^region = "(.+)"`).FindStringSubmatch(read(t, "../samconfig.toml"))
	if region == nil {
		t.Fatal("samconfig.toml names no region")
	}
	readme := read(t, "../README.md")
	if at := strings.Index(readme, "export AWS_REGION="+region[1]); at < 0 || at > strings.Index(readme, "sam deploy") {
		t.Errorf("the README does not name %s before its first command", region[1])
	}
}
