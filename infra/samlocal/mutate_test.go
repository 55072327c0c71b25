package samlocal_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/infra/samlocal"
)

// without removes resources.
func without(names ...string) change {
	return func(t *samlocal.Template) {
		for _, n := range names {
			if t.Resources[n] == nil {
				panic("no resource " + n)
			}
			delete(t.Resources, n)
		}
	}
}

// set puts a value at a path of a resource's properties; nil removes it.
func set(value any, resource string, path ...string) change {
	return func(t *samlocal.Template) {
		at := t.Resources[resource].Properties
		for _, p := range path[:len(path)-1] {
			at = at[p].(map[string]any)
		}
		last := path[len(path)-1]
		if at[last] == nil && value == nil {
			panic(resource + " has no " + last)
		}
		if at[last] = value; value == nil {
			delete(at, last)
		}
	}
}

// variable removes a variable of a function.
func variable(function, name string) change {
	return set(nil, function, "Environment", "Variables", name)
}

// forbid removes an action from a role, or a policy of its own. A statement
// needs one: the last makes room for one that is never called.
func forbid(resource, action string) change {
	return func(t *samlocal.Template) {
		found := false
		var walk func(any)
		walk = func(v any) {
			switch v := v.(type) {
			case []any:
				for _, x := range v {
					walk(x)
				}
			case map[string]any:
				if list, ok := v["Action"].([]any); ok && slices.Contains(list, any(action)) {
					found = true
					if v["Action"] = slices.DeleteFunc(list, func(a any) bool { return a == action }); len(list) == 1 {
						v["Action"] = []any{"sts:GetCallerIdentity"}
					}
				}
				for _, x := range v {
					walk(x)
				}
			}
		}
		walk(t.Resources[resource].Properties)
		if !found {
			panic(resource + " never allowed " + action)
		}
	}
}

// narrow takes a partition from those that a role may write into.
func narrow(role, key string) change {
	return func(t *samlocal.Template) {
		found := false
		for _, p := range t.Resources[role].Properties["Policies"].([]any) {
			policy, _ := p.(map[string]any)["PolicyDocument"].(map[string]any)
			statements, _ := policy["Statement"].([]any)
			for _, s := range statements {
				condition, _ := s.(map[string]any)["Condition"].(map[string]any)
				for _, keys := range condition {
					of := keys.(map[string]any)
					list := of["dynamodb:LeadingKeys"].([]any)
					rest := slices.DeleteFunc(slices.Clone(list), func(k any) bool { return k == key })
					found = found || len(rest) < len(list)
					of["dynamodb:LeadingKeys"] = rest
				}
			}
		}
		if !found {
			panic(role + " never wrote into " + key)
		}
	}
}

// allow adds a statement to a role.
func allow(role, action string, resource any) change {
	return func(t *samlocal.Template) {
		p := t.Resources[role].Properties
		p["Policies"] = append(p["Policies"].([]any), map[string]any{"PolicyName": "more", "PolicyDocument": map[string]any{
			"Statement": []any{map[string]any{"Effect": "Allow", "Action": []any{action}, "Resource": []any{resource}}}}})
	}
}

// starts is for templates that must not even start.
func starts(context.Context, *town) error { return nil }

// What is missing in the template fails the scenarios: otherwise they would
// prove nothing about it.
func TestATemplateThatLacksSomethingFails(t *testing.T) {
	dynamoDB, moto := emulators(t)
	for i, c := range []struct {
		name   string
		change change
		run    func(context.Context, *town) error
		want   string
	}{
		{"nothing", func(*samlocal.Template) {}, disputed, ""},
		{"a route of the pages", without("WebRouteA"), byMail, "has settings for ANY /a/{proxy+}, which is no route"},
		{"a route without settings of its own", without("ProblemsRoute"), bankReads, "/v1/problems/invalid is answered with 404"},
		{"a route that has settings", without("LineHookRoute"), starts, "POST /line/webhook, which is no route"},
		{"the API's permission to invoke", without("IngestMay"), disputed, "may not invoke IngestFunction"},
		{"an integration's function", set("arn:aws:lambda:x", "WebIntegration", "IntegrationUri"), starts, "not an integration of a function"},
		{"a variable without which nothing starts", variable("NotifyFunction", "KOZAMORI_URL"), starts, "KOZAMORI_URL"},
		{"a variable that names a queue", variable("DetectFunction", "KOZAMORI_QUEUE_LINE"), disputed, "not yet: a phone shows"},
		{"a variable that names the table", variable("ChatFunction", "KOZAMORI_TABLE"), disputed, "ChatFunction"},
		{"a variable that names the sender", set("", "NotifyFunction", "Environment", "Variables", "KOZAMORI_MAIL_FROM"), byMail, "not yet: a mail arrives"},
		{"the configuration set", set("", "NotifyFunction", "Environment", "Variables", "KOZAMORI_SES_CONFIGURATION_SET"), bounced, "goes nowhere"},
		{"an action on the table", forbid("NotifyRole", "dynamodb:PutItem"), disputed, "NotifyFunction may not dynamodb:PutItem"},
		{"records, of what is written", narrow("DetectRole", "R#*"), disputed, "DetectFunction may not dynamodb:PutItem"},
		{"disputes, of what is written", narrow("ChatRole", "D#*"), disputed, "ChatFunction may not dynamodb:"},
		{"acts, of what is written", narrow("BankAPIRole", "ACT#*"), bankReads, "BankAPIFunction may not dynamodb:"},
		{"an action on an index", forbid("BankAPIRole", "dynamodb:Query"), bankReads, "BankAPIFunction may not dynamodb:Query"},
		{"an action on a queue", forbid("DetectRole", "sqs:SendMessage"), disputed, "DetectFunction may not sqs:SendMessage"},
		{"what Lambda asks of a role", forbid("DetectRole", "sqs:DeleteMessage"), starts, "may not sqs:DeleteMessage"},
		{"an action on secrets", forbid("IngestRole", "ssm:GetParametersByPath"), disputed, "IngestFunction may not ssm:GetParametersByPath"},
		{"an action of SES", forbid("NotifyRole", "ses:SendEmail"), byMail, "NotifyFunction may not ses:SendEmail"},
		{"a way for a failure", forbid("FeedbackRole", "sqs:SendMessage"), starts, "may not sqs:SendMessage"},
		{"logs", forbid("LogsAndTraces", "logs:PutLogEvents"), starts, "may not logs:PutLogEvents"},
		{"streams of logs", forbid("LogsAndTraces", "logs:CreateLogStream"), starts, "may not logs:CreateLogStream"},
		{"traces", forbid("LogsAndTraces", "xray:PutTraceSegments"), starts, "may not xray:PutTraceSegments"},
		{"counts of traces", forbid("LogsAndTraces", "xray:PutTelemetryRecords"), starts, "may not xray:PutTelemetryRecords"},
		{"the policy that all share", set([]any{}, "SweepRole", "ManagedPolicyArns"), starts, "may not logs:"},
		{"a log group of its own", set("/aws/lambda/x", "WebFunction", "LoggingConfig", "LogGroup"), starts, "no log group of the template"},
		{"a role of its own", set(map[string]any{"Fn::GetAtt": []any{"ChatRole", "Arn"}}, "WebFunction", "Role"), starts, "another function has too"},
		{"nothing, but has a policy of AWS", set([]any{"arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}, "WebRole", "ManagedPolicyArns"), starts, "is none of the template's"},
		{"nothing, but may do it to everything", allow("WebRole", "dynamodb:Query", "*"), starts, "names no resource"},
		{"nothing, but may do it to much", allow("WebRole", "sqs:SendMessage", "arn:aws:sqs:*:123456789012:x"), starts, "names no resource"},
		{"nothing, but may do everything", allow("WebRole", "sqs:*", "arn:aws:sqs:ap-northeast-1:123456789012:x"), starts, "names no action"},
		{"nothing, but lets others take its role", set([]any{map[string]any{"Effect": "Allow", "Principal": map[string]any{"AWS": "*"}, "Action": "sts:AssumeRole"}}, "WebRole", "AssumeRolePolicyDocument", "Statement"), starts, "only a role that Lambda alone may assume"},
		{"an event source", without("LineToNotify"), disputed, "not yet: a phone shows"},
		{"the schedule", without("EachMinute", "EachMinuteMay"), unanswered, "no schedule"},
		{"the schedule's permission", without("EachMinuteMay"), unanswered, "may not invoke SweepFunction"},
		{"the rule for mails that bounced", without("MailBounced", "MailBouncedMay"), bounced, "no rule takes a Bounce"},
		{"dead letters", set(nil, "BankQueue", "RedrivePolicy"), starts, "has no dead letters"},
		{"what lets the bucket tell of files", without("FilesQueuePolicy"), starts, "may not tell its queue"},
		{"versions of files", set("Suspended", "FilesBucket", "VersioningConfiguration", "Status"), starts, "keeps no version"},
		{"what keeps the bucket private", set(nil, "FilesBucket", "PublicAccessBlockConfiguration"), starts, "could be made public"},
		{"an action on files", forbid("IntakeRole", "s3:GetObject"), bucketed, "IntakeFunction may not s3:GetObject"},
		{"what tells that a file is not there", forbid("IntakeRole", "s3:ListBucket"), bucketed, "IntakeFunction may not s3:ListBucket"},
		{"partial batch answers", set(nil, "ChatToChat", "FunctionResponseTypes"), starts, "ReportBatchItemFailures"},
		{"time to work on a batch", set(30.0, "LineQueue", "VisibilityTimeout"), starts, "less than six times"},
		{"an index", set([]any{}, "Table", "GlobalSecondaryIndexes"), starts, "CreateTable"},
		{"something that is named elsewhere", without("EmailDead"), starts, "no resource EmailDead"},
		{"nothing, but has what is not known here", func(t *samlocal.Template) { t.Resources["Table2"] = &samlocal.Resource{Type: "AWS::RDS::DBInstance"} }, starts, "AWS::RDS::DBInstance is not known"},
		{"nothing, but has a function of templates that is not known here", set(map[string]any{"Fn::Cidr": "x"}, "BankQueue", "QueueName"), starts, "Fn::Cidr"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, err := newTown(t.Context(), fmt.Sprintf("lacks-%d", i), dynamoDB, moto, c.change)
			if w != nil {
				defer w.done()
			}
			if err == nil {
				w.wait = 3 * time.Second
				if c.want == "" {
					w.wait = patience
				}
				err = c.run(t.Context(), w)
			}
			failure := ""
			if err != nil {
				failure = errors.Join(append(w.Problems(), err)...).Error()
			}
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && !strings.Contains(failure, c.want):
				t.Errorf("it runs, or fails with something else than %q: %v", c.want, err)
			}
		})
	}
}
