package infra_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	yaml "github.com/oasdiff/yaml3"

	"kozamori/internal/app"
	"kozamori/internal/channel"
	"kozamori/internal/queue"
	"kozamori/internal/token"
	"kozamori/internal/watch"
)

// resources are the resources of a template. CloudFormation's tags are left
// out: !Ref LineQueue is LineQueue.
type resources map[string]struct {
	Type       string         `yaml:"Type"`
	Properties map[string]any `yaml:"Properties"`
}

func parse(t *testing.T, name string) resources {
	t.Helper()
	var template struct {
		Resources resources `yaml:"Resources"`
	}
	if err := yaml.Unmarshal([]byte(read(t, name)), &template); err != nil {
		t.Fatal(err)
	}
	if len(template.Resources) < 20 {
		t.Fatalf("%s has %d resources", name, len(template.Resources))
	}
	return template.Resources
}

// text is a value within the properties of a resource, as JSON without quotes
// around a string; empty if it is not there.
func (r resources) text(resource string, path ...string) string {
	var v any = r[resource].Properties
	for _, p := range path {
		in, _ := v.(map[string]any)
		v = in[p]
	}
	if s, ok := v.(string); ok || v == nil {
		return s
	}
	b, _ := json.Marshal(v)
	return string(b)
}

// sending are the functions that queue what notify does next.
var sending = []string{"Detect", "Notify", "Sweep", "Chat", "Web", "BankAPI"}

// missing is what a deployment lacks for the channels that are registered.
func missing(channels channel.Registry, names []queue.Name, stack, alarms resources) (lacks []string) {
	want := func(ok bool, format string, args ...any) {
		if !ok {
			lacks = append(lacks, fmt.Sprintf(format, args...))
		}
	}
	var feedback []watch.ChannelKind
	for _, kind := range channels.Kinds() {
		if c, err := channels.Get(kind); err == nil && c.Feedback {
			feedback = append(feedback, kind)
		}
	}
	dashboard := alarms.text("Dashboard", "DashboardBody")
	for _, kind := range channels.Kinds() {
		name := string(queue.For(kind))
		logical, variable := strings.ToUpper(name[:1])+name[1:], strings.ToUpper(name)
		want(slices.Contains(names, queue.Name(name)), "queue.Names has no %s", name)

		q, dead := logical+"Queue", logical+"Dead"
		want(stack.text(q, "QueueName") == "${AWS::StackName}-"+name, "there is no %s", q)
		want(stack.text(dead, "QueueName") == "${AWS::StackName}-"+name+"-dead", "there is no %s", dead)
		want(stack.text(q, "RedrivePolicy", "deadLetterTargetArn") == dead+".Arn", "the dead letters of %s are not in %s", q, dead)
		want(stack.text(logical+"ToNotify", "EventSourceArn") == q+".Arn" && stack.text(logical+"ToNotify", "FunctionName") == "NotifyFunction",
			"notify is not brought what is in %s", q)

		functions := sending
		if !slices.Equal(feedback, []watch.ChannelKind{kind}) { // what came back goes to another channel
			functions = append(slices.Clone(sending), "Feedback")
		}
		for _, f := range functions {
			want(stack.text(f+"Function", "Environment", "Variables", "KOZAMORI_QUEUE_"+variable) == q, "%s does not know %s", f, q)
			want(stack.allows(f+"Role", "sqs:SendMessage", q+".Arn"), "%s may not send to %s", f, q)
		}
		want(stack.text("NotifyFunction", "Environment", "Variables", "KOZAMORI_DEAD_"+variable) == dead, "Notify does not know %s", dead)
		want(stack.allows("NotifyRole", "sqs:ReceiveMessage", q+".Arn") && stack.allows("NotifyRole", "sqs:SendMessage", dead+".Arn"), "Notify may not work on %s", q)

		for alarm, of := range map[string]string{"dead": "${App}-" + name + "-dead", "oldest": "${App}-" + name, "waiting": name} {
			found := strings.ToUpper(alarm[:1]) + alarm[1:] + logical
			want(alarms.text(found, "AlarmName") == "${App}-"+alarm+"-"+name && strings.Contains(alarms.text(found, "Dimensions"), `"`+of+`"`),
				"there is no alarm %s-%s", alarm, name)
			want(strings.Contains(dashboard, `"`+of+`"`), "the dashboard does not show %s of %s", alarm, name)
		}
	}
	return lacks
}

// allows tells whether a role names the action on the resource.
func (r resources) allows(role, action, on string) bool {
	policies, _ := r[role].Properties["Policies"].([]any)
	for _, p := range policies {
		policy, _ := p.(map[string]any)
		document, _ := policy["PolicyDocument"].(map[string]any)
		statements, _ := document["Statement"].([]any)
		for _, s := range statements {
			statement, _ := s.(map[string]any)
			actions, _ := statement["Action"].([]any)
			resources, _ := statement["Resource"].([]any)
			if slices.Contains(actions, any(action)) && slices.Contains(resources, any(on)) {
				return true
			}
		}
	}
	return false
}

func TestADeploymentHasWhatEachChannelNeeds(t *testing.T) {
	stack, alarms := parse(t, "../template.yaml"), parse(t, "alarms.yaml")
	for _, lack := range missing(app.Channels(), queue.Names, stack, alarms) {
		t.Error(lack)
	}

	// A channel that is registered and no more lacks all of it.
	more := []channel.Channel{{Kind: "fax", Label: map[watch.Lang]string{watch.Japanese: "ファクス", watch.English: "fax"}, Parallel: 1,
		Key: func(record string, d *watch.Delivery) string { return d.FeedbackKey(record) }}}
	for _, kind := range app.Channels().Kinds() {
		c, err := app.Channels().Get(kind)
		if err != nil {
			t.Fatal(err)
		}
		more = append(more, c)
	}
	grown, err := channel.Register(more...)
	if err != nil {
		t.Fatal(err)
	}
	lacks := missing(grown, queue.Names, stack, alarms)
	for _, want := range []string{"queue.Names has no fax", "there is no FaxQueue", "there is no FaxDead", "notify is not brought what is in FaxQueue",
		"Detect does not know FaxQueue", "Sweep may not send to FaxQueue", "Feedback does not know FaxQueue", "Notify does not know FaxDead", "Notify may not work on FaxQueue",
		"there is no alarm dead-fax", "there is no alarm oldest-fax", "there is no alarm waiting-fax",
		"the dashboard does not show waiting of fax", "the dashboard does not show dead of fax", "the dashboard does not show oldest of fax"} {
		if !slices.Contains(lacks, want) {
			t.Errorf("it is not noticed that %s: %q", want, lacks)
		}
	}
}

func TestADeploymentHasNoQueueThatNobodyNamed(t *testing.T) {
	house := []queue.Name{queue.Events, queue.Bank, queue.Chat, queue.Due, queue.Files}
	known := slices.Clone(house)
	for _, kind := range app.Channels().Kinds() {
		known = append(known, queue.For(kind))
	}
	if !slices.Equal(slices.Sorted(slices.Values(queue.Names)), slices.Sorted(slices.Values(known))) {
		t.Errorf("the queues are %q, those of the house and the channels %q", queue.Names, known)
	}
	consumers, err := app.New(app.Config{LinkKeys: []token.Key{{ID: "a", Secret: make([]byte, token.MinKey)}}}, app.Means{}).Consumers()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range known {
		if consumers[n] == nil {
			t.Errorf("no stage works on %s", n)
		}
	}
	stack := parse(t, "../template.yaml")
	for logical, r := range stack {
		if r.Type == "AWS::SQS::Queue" {
			name := queue.Name(strings.TrimSuffix(strings.TrimPrefix(stack.text(logical, "QueueName"), "${AWS::StackName}-"), "-dead"))
			if !slices.Contains(append(known, queue.Feedback), name) {
				t.Errorf("%s is of %s, which is no queue of ours", logical, name)
			}
		}
		environment, _ := r.Properties["Environment"].(map[string]any)
		variables, _ := environment["Variables"].(map[string]any)
		for v := range variables {
			name, ok := strings.CutPrefix(v, "KOZAMORI_QUEUE_")
			if !ok {
				name, ok = strings.CutPrefix(v, "KOZAMORI_DEAD_")
			}
			if ok && !slices.Contains(known, queue.Name(strings.ToLower(name))) {
				t.Errorf("%s is told of %s, which is no queue of ours", logical, v)
			}
		}
	}
}
