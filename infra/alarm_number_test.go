package infra_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	yaml "github.com/oasdiff/yaml3"

	"kozamori/internal/ingest"
	"kozamori/internal/notify"
	"kozamori/internal/store"
)

// What an alarm says of itself is what it watches: its threshold, and for how long.
func TestTheNumbersOfTheAlarmsAreThoseInUse(t *testing.T) {
	t.Parallel()
	alarms := parse(t, "alarms.yaml")
	var says strings.Builder
	for _, a := range alarms {
		if text, ok := a.Properties["AlarmDescription"].(string); ok {
			says.WriteString(text + "\n")
		}
	}
	value := func(alarm, property string) float64 {
		t.Helper()
		n, err := strconv.ParseFloat(fmt.Sprint(alarms[alarm].Properties[property]), 64)
		if err != nil {
			t.Fatalf("%s of %s: %v", property, alarm, err)
		}
		return n
	}
	threshold := func(alarm string) float64 { return value(alarm, "Threshold") }
	within := func(alarm string) float64 { return value(alarm, "Period") * value(alarm, "EvaluationPeriods") / 60 } // minutes
	// one is what an alarm says of the statistic that it watches.
	one := func(alarm, what string) string {
		of := map[any]string{"p99": "a hundred", "p95": "twenty", "p90": "ten"}[alarms[alarm].Properties["ExtendedStatistic"]]
		return "One " + what + " in " + of
	}
	stage := notify.New(notify.Config{})
	left := told(t, "alarms.yaml", says.String(), []string{
		fmt.Sprintf("A delivery was tried for %s hours", of(stage.GiveUpAfter, time.Hour)),
		fmt.Sprintf("%s takes more than %v seconds from the bank's event", one("AlertsAreSlow", "alert"), threshold("AlertsAreSlow")/1000),
		fmt.Sprintf("looked at more than %v minutes late", threshold("CriticalIsOverdue")/60),
		fmt.Sprintf("did not run for %v minutes", within("SweepIsAsleep")),
		fmt.Sprintf("%s takes more than %v seconds; LINE", one("DoorIsSlow", "request"), threshold("DoorIsSlow")/1000),
		fmt.Sprintf("More than %v in 100 mails", threshold("Bounces")*100),
		fmt.Sprintf("More than 1 in %.0f,%03.0f mails", 1/threshold("Complaints")/1000, float64(int(1/threshold("Complaints"))%1000)),
		"At 5 SES looks at the account, at 10 it stops it", "At 1 in 1,000 SES looks", // its own
	})
	unlisted(t, "alarms.yaml", left)
}

// What the stack asks its operator for says what the programs do with it.
func TestTheNumbersOfTheParametersAreThoseInUse(t *testing.T) {
	t.Parallel()
	var template struct {
		Parameters map[string]struct {
			Description string `yaml:"Description"`
		} `yaml:"Parameters"`
	}
	if err := yaml.Unmarshal([]byte(read(t, "../template.yaml")), &template); err != nil {
		t.Fatal(err)
	}
	var says strings.Builder
	for _, p := range template.Parameters {
		says.WriteString(p.Description + "\n")
	}
	words := map[time.Duration]string{5 * time.Second: "five", 10 * time.Second: "ten", 20 * time.Second: "twenty"}
	left := told(t, "template.yaml", says.String(), []string{
		fmt.Sprintf("%s seconds of it may come at once", words[ingest.AtOnce]),
		"@123abcde", "such as 2026-11-29", "Two with a comma between", "How many events a second", "How many other requests a second", "How many pushes a second", "How many mails a second", // examples, units
		fmt.Sprintf("kept there for %s days", of(store.KeepCopies, day)),
		"after half of it", "0s is never", "0 limits nothing", "s3://", "mTLS",
		fmt.Sprintf("It takes %d of the account's concurrent executions, of which 100 must stay free", reserved(t)), // AWS's own
	})
	unlisted(t, "template.yaml", left)
}

// reserved is how many copies of functions the parameter Reserve keeps for those
// that recognise and send: each as many as its queues ask for at a time.
func reserved(t *testing.T) (all int) {
	t.Helper()
	text := read(t, "../template.yaml")
	asked := map[string]int{}
	for _, m := range regexp.MustCompile(`FunctionName: !Ref (\w+)\n(?:      .*\n)*?      ScalingConfig: \{MaximumConcurrency: (\d+)\}`).FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(m[2])
		asked[m[1]] += n
	}
	found := regexp.MustCompile(`(?m)^  (\w+):\n    Type: AWS::Serverless::Function\n(?:(?:    .*)\n)*?      ReservedConcurrentExecutions: !If \[IsReserved, (\d+),`).FindAllStringSubmatch(text, -1)
	if len(found) != 2 {
		t.Fatalf("reserved are %q", found)
	}
	for _, m := range found {
		n, _ := strconv.Atoi(m[2])
		if n != asked[m[1]] {
			t.Errorf("%s has %d copies of its own, and its queues ask for %d at a time", m[1], n, asked[m[1]])
		}
		all += n
	}
	return all
}
