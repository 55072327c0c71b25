package samlocal_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"kozamori/infra/samlocal"
	"kozamori/internal/queue"
)

// deployed is what a stack of this name would have.
type deployed struct {
	has    map[string]*samlocal.Resource
	wrong  []error
	prefix string
}

func (d *deployed) want(ok bool, format string, args ...any) {
	if !ok {
		d.wrong = append(d.wrong, fmt.Errorf(format, args...))
	}
}

// of are the resources of a type, by logical names.
func (d *deployed) of(kind string) map[string]*samlocal.Resource {
	out := maps.Clone(d.has)
	maps.DeleteFunc(out, func(_ string, r *samlocal.Resource) bool { return r.Type != kind })
	return out
}

// only is the one resource of a type.
func (d *deployed) only(kind string) *samlocal.Resource {
	all := slices.Collect(maps.Values(d.of(kind)))
	if len(all) != 1 {
		d.want(false, "%d of %s", len(all), kind)
		return &samlocal.Resource{Properties: map[string]any{}}
	}
	return all[0]
}

// at is a value within a resource's properties, as text; <nil> if it is not
// there.
func at(r *samlocal.Resource, path ...any) string {
	var v any = map[string]any{}
	if r != nil {
		v = r.Properties
	}
	for _, p := range path {
		switch in := v.(type) {
		case map[string]any:
			v = in[text(p)]
		case []any:
			i, ok := p.(int)
			if !ok || i >= len(in) {
				return "<nil>"
			}
			v = in[i]
		default:
			return "<nil>"
		}
	}
	return text(v)
}

func number(r *samlocal.Resource, path ...any) (n float64) {
	_, _ = fmt.Sscan(at(r, path...), &n)
	return n
}

// promised says what a template does not keep of what the README and the
// runbook promise of a deployment, but for what only running it shows.
func promised(t *samlocal.Template, parameters map[string]string) error {
	has, err := t.Resolve("kozamori", parameters)
	if err != nil {
		return err
	}
	d := &deployed{has: has, prefix: "kozamori-"}
	d.table()
	d.logs()
	d.functions()
	d.queues()
	d.bucket()
	d.door()
	d.alarms()
	return errors.Join(d.wrong...)
}

func (d *deployed) table() {
	t := d.only("AWS::DynamoDB::Table")
	d.kept("the table", t)
	d.want(t.DeletionPolicy == "Retain", "a first deployment that fails would want to take its protected table away")
	for what, path := range map[string][]any{
		"protected from being deleted": {"DeletionProtectionEnabled"},
		"restored to any second":       {"PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled"},
		"cleaned of what has expired":  {"TimeToLiveSpecification", "Enabled"},
	} {
		d.want(at(t, path...) == "true", "the table is not %s", what)
	}
	d.want(at(t, "TimeToLiveSpecification", "AttributeName") == "ttl", "items expire by another attribute than ttl")
	d.want(at(t, "BillingMode") == "PAY_PER_REQUEST", "the table is not on demand")
	for i, index := range []struct{ name, projection string }{{"GSI1", "ALL"}, {"GSI2", "INCLUDE"}} {
		d.want(at(t, "GlobalSecondaryIndexes", i, "IndexName") == index.name && at(t, "GlobalSecondaryIndexes", i, "Projection", "ProjectionType") == index.projection,
			"the index %s is not there, or has not what is read from it", index.name)
		for k, suffix := range []string{"PK", "SK"} {
			d.want(at(t, "GlobalSecondaryIndexes", i, "KeySchema", k, "AttributeName") == index.name+suffix, "the index %s has another key", index.name)
		}
	}
}

func (d *deployed) kept(what string, r *samlocal.Resource) {
	d.want(strings.HasPrefix(r.DeletionPolicy, "Retain"), "%s goes with the stack", what)
	// After a first deployment that failed the second would find its name taken.
	d.want(at(r, "LogGroupName") == "<nil>" && at(r, "TableName") == "<nil>" || r.DeletionPolicy == "RetainExceptOnCreate", "%s stays after a first deployment that failed, under a name that the second wants", what)
	d.want(r.UpdateReplacePolicy == "Retain", "%s goes when it is replaced", what)
}

func (d *deployed) logs() {
	l := d.only("AWS::Logs::LogGroup")
	d.kept("the log", l)
	d.want(number(l, "RetentionInDays") == 90, "logs are not kept for the days that LogDays says")
}

func (d *deployed) functions() {
	functions := d.of("AWS::Lambda::Function")
	d.want(len(functions) == 12, "%d functions", len(functions))
	group := at(d.only("AWS::Logs::LogGroup"), "LogGroupName")
	for name, f := range functions {
		d.want(at(f, "Runtime") == "provided.al2023" && at(f, "Architectures") == "[arm64]", "%s does not run on arm64 of al2023", name)
		d.want(at(f, "TracingConfig", "Mode") == "Active", "%s is not traced", name)
		d.want(at(f, "LoggingConfig", "LogGroup") == group && at(f, "LoggingConfig", "LogFormat") == "JSON", "%s logs elsewhere, or no JSON", name)
		if name == "IntakeFunction" { // it reads gigabytes
			d.want(number(f, "MemorySize") == 1769 && number(f, "Timeout") == 300, "%s has not a whole processor for five minutes", name)
			continue
		}
		d.want(number(f, "MemorySize") == 256, "%s has not the memory that Memory says", name)
		d.want(number(f, "Timeout") >= 5 && number(f, "Timeout") <= 50, "%s may run for %s seconds", name, at(f, "Timeout"))
	}
}

// atMost is how many batches of a queue are worked on at a time.
var atMost = map[queue.Name]float64{queue.Events: 20, queue.LINE: 20, queue.Email: 5, queue.Bank: 5, queue.Chat: 10, queue.Due: 20, queue.Files: 4}

func (d *deployed) bucket() {
	b := d.only("AWS::S3::Bucket")
	d.kept("the bucket", b)
	d.want(at(b, "BucketEncryption", "ServerSideEncryptionConfiguration", 0, "ServerSideEncryptionByDefault", "SSEAlgorithm") != "<nil>", "the bucket is not encrypted")
	d.want(at(b, "OwnershipControls", "Rules", 0, "ObjectOwnership") == "BucketOwnerEnforced", "what a bank puts there is the bank's, and cannot be read")
	d.want(number(b, "LifecycleConfiguration", "Rules", 0, "ExpirationInDays") == 7 && number(b, "LifecycleConfiguration", "Rules", 0, "NoncurrentVersionExpiration", "NoncurrentDays") == 1, "files are kept for another time than is said")
	p := d.only("AWS::S3::BucketPolicy")
	d.want(at(p, "PolicyDocument", "Statement", 0, "Effect") == "Deny" && at(p, "PolicyDocument", "Statement", 0, "Condition", "Bool", "aws:SecureTransport") == "false", "files come in the clear")
}

func (d *deployed) queues() {
	named := map[string]*samlocal.Resource{}
	for _, q := range d.of("AWS::SQS::Queue") {
		named[at(q, "QueueName")] = q
		d.want(number(q, "MessageRetentionPeriod") == 14*24*3600, "%s does not keep messages for 14 days", at(q, "QueueName"))
		d.want(at(q, "SqsManagedSseEnabled") == "true", "%s is not encrypted", at(q, "QueueName"))
	}
	d.want(named["kozamori-feedback-dead"] != nil, "what SES says of mails has no dead letters")
	for _, n := range queue.Names {
		q, name := named[d.prefix+string(n)], d.prefix+string(n)
		d.want(q != nil && named[name+"-dead"] != nil, "the queue %s or its dead letters are not there", n)
		d.want(strings.HasSuffix(at(q, "RedrivePolicy", "deadLetterTargetArn"), ":"+name+"-dead"), "%s has not its dead letters", n)
		// 20 hours of tries, and not for ever.
		d.want(number(q, "RedrivePolicy", "maxReceiveCount") == 100, "a message of %s may be received %s times", n, at(q, "RedrivePolicy", "maxReceiveCount"))
		d.want(number(q, "MaximumMessageSize") == queue.MaxBody, "%s does not take what is sent to it", n)
		var from *samlocal.Resource
		for _, m := range d.of("AWS::Lambda::EventSourceMapping") {
			if strings.HasSuffix(at(m, "EventSourceArn"), ":"+name) {
				d.want(from == nil, "%s is brought twice", n)
				from = m
			}
		}
		d.want(from != nil, "nothing reads what is in %s", n)
		d.want(at(from, "FunctionResponseTypes") == "[ReportBatchItemFailures]", "one message of %s that fails makes its whole batch fail, or is lost", n)
		d.want(number(from, "ScalingConfig", "MaximumConcurrency") == atMost[n], "%s takes %s functions at a time", n, at(from, "ScalingConfig", "MaximumConcurrency"))
		batch := 10.0
		if n == queue.Files {
			batch = 1
		}
		d.want(number(from, "BatchSize") == batch, "batches of %s are of %s", n, at(from, "BatchSize"))
		for _, f := range d.of("AWS::Lambda::Function") {
			if at(f, "FunctionName") == at(from, "FunctionName") {
				d.want(number(q, "VisibilityTimeout") >= 6*number(f, "Timeout"), "%s hides a message for less than six times its function's time", n)
			}
		}
	}
}

func (d *deployed) door() {
	s := d.only("AWS::ApiGatewayV2::Stage")
	throttled := func(what string, rate, burst float64, path ...any) {
		d.want(number(s, append(path, "ThrottlingRateLimit")...) == rate && number(s, append(path, "ThrottlingBurstLimit")...) == burst, "%s is not throttled as it should", what)
	}
	throttled("a route", 100, 200, "DefaultRouteSettings")
	own, _ := s.Properties["RouteSettings"].(map[string]any)
	d.want(len(own) == 5, "%d routes have limits of their own", len(own))
	routes := map[string]bool{}
	for _, r := range d.of("AWS::ApiGatewayV2::Route") {
		routes[at(r, "RouteKey")] = true
	}
	for route, rate := range map[string]float64{"POST /v1/banks/{bank}/events": 1000, "POST /line/webhook": 1000, "ANY /a/{proxy+}": 500, "ANY /alert/{proxy+}": 500, "ANY /v1/banks/{proxy+}": 200} {
		throttled(route, rate, 2*rate, "RouteSettings", route)
		d.want(routes[route], "there is no route %s", route)
	}
	d.want(strings.HasSuffix(at(s, "AccessLogSettings", "DestinationArn"), "/kozamori/kozamori:*") && !strings.Contains(at(s, "AccessLogSettings", "Format"), "$context.path"),
		"requests are not logged, or with their paths, which hold tokens")
}

// tolerated are the seconds that messages of a queue may wait before somebody
// hears of it, if nothing takes them and if each try fails, and a little
// more than the longest pause between two tries.
var tolerated = map[queue.Name]struct{ untaken, tried, pause float64 }{
	queue.Events: {120, 60, 1500}, queue.LINE: {300, 120, 1500}, queue.Email: {900, 300, 1500}, queue.Bank: {3600, 900, 5100}, queue.Chat: {120, 60, 1500}, queue.Due: {120, 60, 1500}, queue.Files: {3600, 4500, 1500},
}

// alarm is the alarm of a name; nil if there is none.
func (d *deployed) alarm(name string) *samlocal.Resource {
	for _, a := range d.of("AWS::CloudWatch::Alarm") {
		if at(a, "AlarmName") == name {
			return a
		}
	}
	d.want(false, "there is no alarm %s", name)
	return nil
}

// template is a template of one's own to change, without emulators.
func template(t *testing.T) *samlocal.Template {
	t.Helper()
	if os.Getenv("KOZAMORI_SAM_PYTHON") == "" && os.Getenv("CI") != "true" {
		t.Skip("no SAM translator here: set KOZAMORI_SAM_PYTHON to a python that has aws-sam-translator (.ci/emulators installs one)")
	}
	out, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func resolved(t *testing.T, parameters map[string]string) map[string]*samlocal.Resource {
	t.Helper()
	has, err := template(t).Resolve("kozamori", parameters)
	if err != nil {
		t.Fatal(err)
	}
	return has
}

func (d *deployed) alarms() {
	topic, ref := d.only("AWS::SNS::Topic"), ""
	// CloudWatch may not use AWS's own key of SNS, and no key of AWS's has a
	// policy that could be changed.
	d.want(at(topic, "KmsMasterKeyId") == "<nil>", "CloudWatch cannot write to a topic that %s encrypts", at(topic, "KmsMasterKeyId"))
	for _, l := range d.of("AWS::SNS::Subscription") {
		d.want(at(l, "Protocol") == "email" && at(l, "Endpoint") == "operator@kozamori.example", "alarms go to somebody else")
		ref = at(l, "TopicArn")
	}
	d.want(ref != "", "alarms reach no topic")
	for name, a := range d.of("AWS::CloudWatch::Alarm") {
		d.want(at(a, "AlarmActions") == "["+ref+"]" && at(a, "ActionsEnabled") != "false", "%s has no action", name)
		d.want(at(a, "TreatMissingData") == map[bool]string{true: "breaching", false: "notBreaching"}[name == "Alarms.SweepIsAsleep"],
			"%s takes silence for something else", name)
	}
	for _, n := range queue.Names {
		for _, a := range []struct {
			kind, metric  string
			least, window float64 // seconds that may pass unnoticed, and that it looks back
		}{{"dead", "ApproximateNumberOfMessagesVisible", 0, 60}, {"oldest", "ApproximateAgeOfOldestMessage", tolerated[n].untaken, 300}, {"waiting", "Waiting", tolerated[n].tried, tolerated[n].pause}} {
			found := d.alarm("kozamori-" + a.kind + "-" + string(n))
			d.want(at(found, "MetricName") == a.metric && number(found, "Threshold") == a.least && at(found, "ComparisonOperator") == "GreaterThanThreshold" && at(found, "Statistic") == "Maximum",
				"%s-%s does not look at what it says", a.kind, n)
			d.want(number(found, "Period")*number(found, "EvaluationPeriods") == a.window, "%s-%s looks back for another time", a.kind, n)
			d.want(a.kind != "waiting" || number(found, "DatapointsToAlarm") == 1, "waiting-%s wants more than one try", n)
		}
	}
	d.want(at(d.alarm("kozamori-dead-feedback"), "Threshold") == "0", "no alarm for dead letters of feedback")
	for _, f := range d.of("AWS::Lambda::Function") {
		name := strings.TrimPrefix(at(f, "FunctionName"), d.prefix)
		for kind, metric := range map[string]string{"errors": "Errors", "throttles": "Throttles"} {
			found := d.alarm("kozamori-" + kind + "-" + name)
			d.want(at(found, "MetricName") == metric && at(found, "Threshold") == "0" && at(found, "Dimensions", 0, "Value") == at(f, "FunctionName"), "%s-%s does not look at it", kind, name)
		}
	}
}

// alarm changes a property of a resource of the stack of alarms; nil removes it.
func alarm(value any, resource, property string) change {
	return within(resource, func(p map[string]any) {
		if p[property] = value; value == nil {
			delete(p, property)
		}
	})
}

func TestWhatTheTemplatePromises(t *testing.T) {
	policy := func(value, resource string) change {
		return func(t *samlocal.Template) { t.Resources[resource].DeletionPolicy = value }
	}
	replaced := func(t *samlocal.Template) { t.Resources["Table"].UpdateReplacePolicy = "" }
	for _, c := range []struct {
		name   string
		change change
		want   string
	}{
		{"as it is", func(*samlocal.Template) {}, ""},
		{"a table that anybody can delete", set(false, "Table", "DeletionProtectionEnabled"), "not protected from being deleted"},
		{"a table without a yesterday", set(false, "Table", "PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled"), "restored to any second"},
		{"a table that fills up", set(false, "Table", "TimeToLiveSpecification", "Enabled"), "cleaned of what has expired"},
		{"a table that expires by another attribute", set("expires", "Table", "TimeToLiveSpecification", "AttributeName"), "another attribute than ttl"},
		{"a table with a ceiling", set("PROVISIONED", "Table", "BillingMode"), "not on demand"},
		{"a table that goes with the stack", policy("Delete", "Table"), "the table goes with the stack"},
		{"a table that a failed deployment cannot take away", policy("RetainExceptOnCreate", "Table"), "would want to take its protected table away"},
		{"a table with a name of its own", set("kozamori", "Table", "TableName"), "the table stays after a first deployment that failed"},
		{"a log that a failed deployment leaves", policy("Retain", "Logs"), "the log stays after a first deployment that failed"},
		{"a table that goes when it is replaced", replaced, "the table goes when it is replaced"},
		{"a table without an index", func(t *samlocal.Template) {
			p := t.Resources["Table"].Properties
			p["GlobalSecondaryIndexes"] = p["GlobalSecondaryIndexes"].([]any)[:1]
		}, "the index GSI2 is not there"},
		{"logs that go with the stack", policy("", "Logs"), "the log goes with the stack"},
		{"logs for ever", set(nil, "Logs", "RetentionInDays"), "logs are not kept for the days"},
		{"a function that is not traced", set(nil, "DetectFunction", "TracingConfig"), "DetectFunction is not traced"},
		{"a function on another processor", set([]any{"x86_64"}, "WebFunction", "Architectures"), "WebFunction does not run on arm64"},
		{"a function on a runtime that has ended", set("provided.al2", "WebFunction", "Runtime"), "WebFunction does not run on arm64 of al2023"},
		{"a function that logs text", set("Text", "WebFunction", "LoggingConfig", "LogFormat"), "WebFunction logs elsewhere, or no JSON"},
		{"a function with memory of its own", set(128.0, "NotifyFunction", "MemorySize"), "NotifyFunction has not the memory"},
		{"a bucket in the clear", set(nil, "FilesBucketPolicy", "PolicyDocument", "Statement"), "files come in the clear"},
		{"a bucket that is not encrypted", set(nil, "FilesBucket", "BucketEncryption"), "the bucket is not encrypted"},
		{"files for ever", set(nil, "FilesBucket", "LifecycleConfiguration"), "files are kept for another time"},
		{"a bucket that goes with the stack", policy("Delete", "FilesBucket"), "the bucket goes with the stack"},
		{"files that stay the bank's", set(nil, "FilesBucket", "OwnershipControls"), "cannot be read"},
		{"few tries", set(3.0, "LineQueue", "RedrivePolicy", "maxReceiveCount"), "a message of line may be received 3 times"},
		{"dead letters of another queue", set(map[string]any{"Fn::GetAtt": []any{"EmailDead", "Arn"}}, "LineQueue", "RedrivePolicy", "deadLetterTargetArn"), "line has not its dead letters"},
		{"dead letters that go after four days", set(nil, "LineDead", "MessageRetentionPeriod"), "kozamori-line-dead does not keep messages for 14 days"},
		{"too little time for a batch", set(60.0, "ChatQueue", "VisibilityTimeout"), "chat hides a message for less than six times"},
		{"a batch that fails as a whole", set(nil, "EventsToDetect", "FunctionResponseTypes"), "events that fails makes its whole batch fail"},
		{"a queue that takes everything", set(1000.0, "LineToNotify", "ScalingConfig", "MaximumConcurrency"), "line takes 1000 functions at a time"},
		{"a queue that nothing reads", without("EmailToNotify"), "nothing reads what is in email"},
		{"a route without a limit", set(nil, "Stage", "RouteSettings", "POST /line/webhook"), "POST /line/webhook is not throttled"},
		{"no limits", set(nil, "Stage", "DefaultRouteSettings"), "a route is not throttled"},
		{"a limit of no route", set("POST /line/hook", "LineHookRoute", "RouteKey"), "there is no route POST /line/webhook"},
		{"requests that are not logged", set(nil, "Stage", "AccessLogSettings"), "requests are not logged"},
		{"a key that CloudWatch may not use", alarm("alias/aws/sns", "Topic", "KmsMasterKeyId"), "CloudWatch cannot write to a topic that alias/aws/sns encrypts"},
		{"an alarm without action", alarm([]any{}, "DeadLine", "AlarmActions"), "DeadLine has no action"},
		{"an alarm that is off", alarm(false, "BankSilent", "ActionsEnabled"), "BankSilent has no action"},
		{"a listener of another topic", alarm("arn:aws:sns:x", "Listener", "TopicArn"), "has no action"},
		{"no alarm of a queue", alarm("kozamori-waiting", "WaitingLine", "AlarmName"), "no alarm kozamori-waiting-line"},
		{"an alarm that comes late", alarm(86400.0, "WaitingLine", "Threshold"), "waiting-line does not look at what it says"},
		{"an alarm that forgets between two tries", alarm(5.0, "WaitingBank", "EvaluationPeriods"), "waiting-bank looks back for another time"},
		{"an alarm of an age that SQS forgets", alarm("ApproximateAgeOfOldestMessage", "WaitingLine", "MetricName"), "waiting-line does not look at what it says"},
		{"an alarm that takes silence for a fault", alarm("breaching", "ErrorsWeb", "TreatMissingData"), "ErrorsWeb takes silence"},
		{"a sweeper whose silence nobody hears", alarm("notBreaching", "SweepIsAsleep", "TreatMissingData"), "SweepIsAsleep takes silence"},
		{"an alarm of another function", alarm([]any{map[string]any{"Name": "FunctionName", "Value": "kozamori-chat"}}, "ErrorsNotify", "Dimensions"), "errors-notify does not look at it"},
		{"no listener", func(t *samlocal.Template) {
			t.Resources["Alarms"].Properties["Parameters"].(map[string]any)["Email"] = ""
		}, "alarms reach no topic"},
	} {
		t.Run(c.name, func(t *testing.T) {
			changed := template(t)
			c.change(changed)
			switch err := promised(changed, map[string]string{"AlarmEmail": "operator@kozamori.example"}); {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("it passes, or fails with something else than %q: %v", c.want, err)
			}
		})
	}
}
