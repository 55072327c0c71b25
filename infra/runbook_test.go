package infra_test

import (
	"os"
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
