package samlocal_test

import (
	"strings"
	"testing"

	"kozamori/infra/samlocal"
)

// within changes a resource of the stack of alarms.
func within(resource string, do func(p map[string]any)) change {
	return func(t *samlocal.Template) {
		inner := t.Resources["Alarms"].Metadata["Template"].(map[string]any)["Resources"].(map[string]any)
		do(inner[resource].(map[string]any)["Properties"].(map[string]any))
	}
}

// dimension gives an alarm another dimension.
func dimension(resource, name string, value any) change {
	return within(resource, func(p map[string]any) { p["Dimensions"] = []any{map[string]any{"Name": name, "Value": value}} })
}

// widget changes the text of the dashboard.
func widget(old, new string) change {
	return within("Dashboard", func(p map[string]any) {
		body := p["DashboardBody"].(map[string]any)
		before := body["Fn::Sub"].(string)
		after := strings.Replace(before, old, new, 1)
		if after == before {
			panic("the dashboard has no " + old)
		}
		body["Fn::Sub"] = after
	})
}

// query changes the query of the alarm that is grouped by bank.
func query(old, new string) change {
	return within("EventsRefused", func(p map[string]any) {
		expression := p["Metrics"].([]any)[0].(map[string]any)["Expression"].(map[string]any)
		before := expression["Fn::Sub"].(string)
		after := strings.ReplaceAll(before, old, new)
		if after == before {
			panic("the query has no " + old)
		}
		expression["Fn::Sub"] = after
	})
}

// alarms looks, once everything has happened, whether what the alarms and the
// dashboard look at is there to be seen; and that it is noticed if not.
func alarms(t *testing.T, w *town) {
	t.Helper()
	for _, c := range []struct {
		name   string
		change change
		want   string
	}{
		{"as it is", func(*samlocal.Template) {}, ""},
		{"another metric of AWS", within("DeadLine", func(p map[string]any) { p["MetricName"] = "ApproximateNumberOfMessageVisible" }), "Alarms.DeadLine: AWS emits no"},
		{"another namespace of AWS", within("ErrorsWeb", func(p map[string]any) { p["Namespace"] = "AWS/lambda" }), "Alarms.ErrorsWeb: no function has written"},
		{"a queue that is not there", dimension("OldestChat", "QueueName", "kozamori-chats"), "is of nothing in this stack"},
		{"another dimension of AWS", dimension("DoorFails", "ApiID", "x"), "AWS emits no AWS/ApiGateway 5xx"},
		{"a metric of a REST API", within("DoorFails", func(p map[string]any) { p["MetricName"] = "5XXError" }), "AWS emits no AWS/ApiGateway 5XXError"},
		{"no dimension", within("TableThrottles", func(p map[string]any) { delete(p, "Dimensions") }), "AWS emits no AWS/DynamoDB"},
		{"another metric of ours", within("BankSilent", func(p map[string]any) { p["MetricName"] = "BankSilence" }), "no function has written Kozamori BankSilence"},
		{"another dimension of ours", dimension("DeadLettered", "stack", "kozamori"), "no function has written Kozamori DeadLettered"},
		{"another stack", dimension("AlertsAreSlow", "Stack", "kozamori-alarms"), "no function has written Kozamori AlertLatency"},
		{"an age of a queue that is not there", within("WaitingChat", func(p map[string]any) {
			p["Dimensions"] = []any{map[string]any{"Name": "Stack", "Value": map[string]any{"Ref": "App"}}, map[string]any{"Name": "Queue", "Value": "chats"}}
		}), "no function has written Kozamori Waiting"},
		{"a widget of another metric", widget(`"MaybeTwice"`, `"Twice"`), "no function has written Kozamori Twice"},
		{"a widget of another dimension", widget(`"QueueName", "${App}-events"]`, `"Queue", "${App}-events"]`), "AWS emits no AWS/SQS"},
		{"a widget of a function that is not there", widget(`["...", "${App}-bankapi"]`, `["...", "${App}-bank-api"]`), "is of nothing in this stack"},
		{"a metric that nothing uses", widget(`, [".", "MaybeTwice", ".", "."]`, ""), "no alarm or dashboard uses Kozamori MaybeTwice"},
		{"a query of another metric", query("EventsRefused)", "EventRefused)"), "no function has written Kozamori EventRefused"},
		{"a query of another dimension", query("Bank", "Code"), "no function has written Kozamori EventsRefused"},
		{"a query of another stack", query("${App}", "${App}-alarms"), "no function has written Kozamori EventsRefused"},
		{"a query of one series", query(" GROUP BY Bank", ""), "is not known here"},
		{"a query without an order", query(" ORDER BY SUM() DESC", ""), "is not known here"},
		{"a dashboard that is no JSON", widget(`{"widgets": [`, `{"widgets": `), "not JSON"},
	} {
		template, err := parsed()
		if err != nil {
			t.Fatal(err)
		}
		c.change(template)
		switch err := w.Unmeasured(template); {
		case c.want == "" && err != nil:
			t.Errorf("the alarms look at what is not there:\n%v", err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("alarms with %s pass, or fail with something else than %q: %v", c.name, c.want, err)
		}
	}
}
