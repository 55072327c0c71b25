package samlocal

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	queueARN = "arn:aws:sqs:ap-northeast-1:123456789012:kozamori-line"
	tableARN = "arn:aws:dynamodb:ap-northeast-1:123456789012:table/kozamori"
	ownARN   = "arn:aws:iam::123456789012:policy/own"
)

// roleOf reads a role of these statements.
func roleOf(statements string, managed ...string) (*role, error) {
	var p map[string]any
	arns, _ := json.Marshal(managed)
	if err := json.Unmarshal(fmt.Appendf(nil, `{"ManagedPolicyArns":%s,"Policies":[{"PolicyDocument":{"Statement":[%s]}}],
		"AssumeRolePolicyDocument":{"Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}}`, arns, statements), &p); err != nil {
		return nil, err
	}
	return parseRole(p, map[string]document{ownARN: {Statement: json.RawMessage(`{"Effect":"Allow","Action":"xray:PutTraceSegments","Resource":"*"}`)}})
}

func TestARoleNamesItsActionsAndTheirResources(t *testing.T) {
	allow := func(action, resource string) string {
		return fmt.Sprintf(`{"Effect":"Allow","Action":%q,"Resource":%q}`, action, resource)
	}
	for _, c := range []struct {
		name, statement, managed, want string
	}{
		{"one action on one queue", allow("sqs:SendMessage", queueARN), ownARN, ""},
		{"the streams of a log group", allow("logs:PutLogEvents", "arn:aws:logs:ap-northeast-1:123456789012:log-group:/kozamori/kozamori:*"), ownARN, ""},
		{"what AWS knows no resource for", allow("xray:PutTelemetryRecords", "*"), ownARN, ""},
		{"a managed policy of AWS", allow("sqs:SendMessage", queueARN), "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess", "none of the template's"},
		{"an action on everything", allow("sqs:SendMessage", "*"), ownARN, "names no resource"},
		{"an action on each queue of an account", allow("sqs:SendMessage", "arn:aws:sqs:ap-northeast-1:123456789012:*"), ownARN, "names no resource"},
		{"an action on queues that begin alike", allow("sqs:SendMessage", "arn:aws:sqs:ap-northeast-1:123456789012:kozamori*"), ownARN, "names no resource"},
		{"an action in each region", allow("sqs:SendMessage", "arn:aws:sqs:*:123456789012:kozamori-line"), ownARN, "names no resource"},
		{"each action of a service", allow("sqs:*", queueARN), ownARN, "names no action"},
		{"actions that begin alike", allow("dynamodb:Batch*", tableARN), ownARN, "names no action"},
		{"an action on nothing", `{"Effect":"Allow","Action":["sqs:SendMessage"],"Resource":[]}`, ownARN, "no action or no resource"},
		{"everything but an action", fmt.Sprintf(`{"Effect":"Allow","NotAction":"sqs:SendMessage","Resource":%q}`, queueARN), ownARN, "unknown field"},
	} {
		t.Run(c.name, func(t *testing.T) {
			switch _, err := roleOf(c.statement, c.managed); {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("it is taken, or refused with something else than %q: %v", c.want, err)
			}
		})
	}
}

func TestWhatNothingUsesIsListedForEachResource(t *testing.T) {
	r, err := roleOf(fmt.Sprintf(`{"Effect":"Allow","Action":["dynamodb:PutItem","dynamodb:Query"],"Resource":[%q,%q]}`, tableARN, tableARN+"/index/GSI1"), ownARN)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []request{{"dynamodb:PutItem", tableARN, nil}, {"dynamodb:Query", tableARN + "/index/GSI1", nil}} {
		if !r.allows(q) {
			t.Errorf("%s is not allowed", q.action)
		}
	}
	for _, q := range []request{{"dynamodb:DeleteItem", tableARN, nil}, {"dynamodb:PutItem", tableARN + "2", nil}, {"dynamodb:Query", tableARN + "/index/GSI2", nil}} {
		if r.allows(q) {
			t.Errorf("%s on %s is allowed", q.action, q.resource)
		}
	}
	want := []string{"dynamodb:PutItem on GSI1", "dynamodb:Query on kozamori", "xray:PutTraceSegments on *"}
	if d := cmp.Diff(want, r.unused()); d != "" {
		t.Error(d)
	}
}
