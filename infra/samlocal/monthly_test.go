package samlocal_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// ownMetric is a metric of ours in a widget.
var ownMetric = regexp.MustCompile(`\["(?:Kozamori|\.)", "([A-Z]\w+)", "(?:Stack|\.)"`)

// monthly is what a deployment costs without a single event, in dollars, at
// us-east-1's list prices: CloudWatch's alarms, metrics of ours and dashboards,
// and the polling of queues, which Lambda does with at least five connections
// that wait for 20 seconds each; and what sweep reads and counts each minute.
func (d *deployed) monthly() float64 {
	const perAlarm, perMetric, perDashboard, perMillionSQS, perMillionReads = 0.10, 0.30, 3.00, 0.40, 0.125
	own := map[string]bool{}
	for _, a := range d.of("AWS::CloudWatch::Alarm") {
		if at(a, "Namespace") == "Kozamori" {
			own[at(a, "MetricName")+at(a, "Dimensions")] = true
		}
	}
	dashboards := d.of("AWS::CloudWatch::Dashboard")
	for _, b := range dashboards {
		for line := range strings.Lines(at(b, "DashboardBody")) {
			if !strings.Contains(line, `"Kozamori"`) {
				continue
			}
			for _, m := range ownMetric.FindAllStringSubmatch(line, -1) {
				if !slices.ContainsFunc(slices.Collect(maps.Keys(own)), func(k string) bool { return strings.HasPrefix(k, m[1]+"[") }) {
					own[m[1]+"["] = true
				}
			}
		}
	}
	polls := float64(len(d.of("AWS::Lambda::EventSourceMapping")) * 5 * 3 * 60 * 24 * 30)
	return perAlarm*float64(len(d.of("AWS::CloudWatch::Alarm"))) + perMetric*float64(len(own)) + perDashboard*float64(len(dashboards)) + perMillionSQS*polls/1e6 +
		perMetric*float64(len(watch.Lanes)-1) + perMillionReads*store.DuePartitions/2*60*24*30/1e6
}

// What a bank pays before its first event is a line of the paper on cost.
func TestWhatADeploymentCostsAMonth(t *testing.T) {
	d := &deployed{has: resolved(t, map[string]string{"AlarmEmail": "operator@kozamori.example"})}
	paper, err := os.ReadFile(filepath.Join(root(), "infra/papers/cost.md"))
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("$%.0f a month", d.monthly())
	if !strings.Contains(string(paper), want) || !strings.Contains(string(paper), fmt.Sprintf("%d alarms", len(d.of("AWS::CloudWatch::Alarm")))) {
		t.Errorf("the paper does not say that it costs %s (%.2f), for %d alarms", want, d.monthly(), len(d.of("AWS::CloudWatch::Alarm")))
	}
}
