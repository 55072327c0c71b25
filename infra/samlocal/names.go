package samlocal

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"kozamori/internal/testkit/emulator"
)

// kind says what a type of resource is called: its name property, what Ref
// gives, and its attributes, as forms in which $name is the name.
type kind struct {
	property   string
	ref        string
	attributes map[string]string
}

const arn = "arn:aws:"

var place = emulator.Region + ":" + Account

// kinds are the types that are known here. A template with another one is
// refused: that it does nothing would go unnoticed.
var kinds = map[string]kind{
	"AWS::DynamoDB::Table": {"TableName", "$name", map[string]string{"Arn": arn + "dynamodb:" + place + ":table/$name"}},
	"AWS::SQS::Queue": {"QueueName", "https://sqs." + emulator.Region + ".amazonaws.com/" + Account + "/$name",
		map[string]string{"Arn": arn + "sqs:" + place + ":$name", "QueueName": "$name", "QueueUrl": "https://sqs." + emulator.Region + ".amazonaws.com/" + Account + "/$name"}},
	"AWS::SQS::QueuePolicy":            {"", "$name", nil},
	"AWS::S3::Bucket":                  {"BucketName", "$name", map[string]string{"Arn": arn + "s3:::$name"}},
	"AWS::S3::BucketPolicy":            {"", "$name", nil},
	"AWS::Transfer::User":              {"", "$name", nil},
	"AWS::Lambda::Function":            {"FunctionName", "$name", map[string]string{"Arn": arn + "lambda:" + place + ":function:$name"}},
	"AWS::Lambda::Version":             {"", "", map[string]string{"Version": "1"}}, // Ref: see identity
	"AWS::Lambda::Alias":               {"Name", "", nil},
	"AWS::Lambda::Permission":          {"", "$name", nil},
	"AWS::Lambda::EventSourceMapping":  {"", "$name", nil},
	"AWS::Lambda::EventInvokeConfig":   {"", "$name", nil},
	"AWS::IAM::Role":                   {"RoleName", "$name", map[string]string{"Arn": arn + "iam::" + Account + ":role/$name"}},
	"AWS::IAM::ManagedPolicy":          {"ManagedPolicyName", arn + "iam::" + Account + ":policy/$name", map[string]string{"PolicyArn": arn + "iam::" + Account + ":policy/$name"}},
	"AWS::Logs::LogGroup":              {"LogGroupName", "$name", map[string]string{"Arn": arn + "logs:" + place + ":log-group:$name:*"}},
	"AWS::Logs::MetricFilter":          {"", "$name", nil},
	"AWS::ApiGatewayV2::Api":           {"", "$name", map[string]string{"ApiEndpoint": "https://$name.execute-api." + emulator.Region + ".amazonaws.com", "ApiId": "$name"}},
	"AWS::ApiGatewayV2::Stage":         {"StageName", "$name", nil},
	"AWS::ApiGatewayV2::Integration":   {"", "$name", map[string]string{"IntegrationId": "$name"}},
	"AWS::ApiGatewayV2::Route":         {"", "$name", map[string]string{"RouteId": "$name"}},
	"AWS::ApiGatewayV2::DomainName":    {"DomainName", "$name", map[string]string{"RegionalDomainName": "d-1.execute-api." + emulator.Region + ".amazonaws.com", "RegionalHostedZoneId": "Z1"}},
	"AWS::ApiGatewayV2::ApiMapping":    {"", "$name", nil},
	"AWS::CloudFront::Distribution":    {"", "$name", map[string]string{"DomainName": "d1.cloudfront.net"}},
	"AWS::Events::Rule":                {"Name", "$name", map[string]string{"Arn": arn + "events:" + place + ":rule/$name"}},
	"AWS::Scheduler::Schedule":         {"Name", "$name", map[string]string{"Arn": arn + "scheduler:" + place + ":schedule/default/$name"}},
	"AWS::CloudWatch::Alarm":           {"AlarmName", "$name", map[string]string{"Arn": arn + "cloudwatch:" + place + ":alarm:$name"}},
	"AWS::CloudWatch::CompositeAlarm":  {"AlarmName", "$name", map[string]string{"Arn": arn + "cloudwatch:" + place + ":alarm:$name"}},
	"AWS::CloudWatch::Dashboard":       {"DashboardName", "$name", nil},
	"AWS::SNS::Topic":                  {"TopicName", arn + "sns:" + place + ":$name", map[string]string{"TopicArn": arn + "sns:" + place + ":$name", "TopicName": "$name"}},
	"AWS::SNS::TopicPolicy":            {"", "$name", nil},
	"AWS::SNS::Subscription":           {"", "$name", nil},
	"AWS::SES::ConfigurationSet":       {"Name", "$name", nil},
	"AWS::SES::EmailIdentity":          {"EmailIdentity", "$name", nil},
	"AWS::CodeDeploy::Application":     {"ApplicationName", "$name", nil},
	"AWS::CodeDeploy::DeploymentGroup": {"DeploymentGroupName", "$name", nil},
	"AWS::CloudFormation::Stack":       {"", arn + "cloudformation:" + place + ":stack/$name/1", nil},
	// It has no Ref.
	"AWS::SES::ConfigurationSetEventDestination": {},
}

// identity is what Ref gives for a resource, and its attributes.
func (r *resolver) identity(logical string) (ref string, attributes map[string]string, err error) {
	res, ok := r.Resources[logical]
	if !ok {
		return "", nil, fmt.Errorf("no resource %s", logical)
	}
	k, ok := kinds[res.Type]
	if !ok {
		return "", nil, fmt.Errorf("%s: the type %s is not known here", logical, res.Type)
	}
	if slices.Contains(r.under, logical) {
		return "", nil, fmt.Errorf("the names of %s go round in a circle", strings.Join(r.under, ", "))
	}
	r.under = append(r.under, logical)
	defer func() { r.under = r.under[:len(r.under)-1] }()
	sum := sha256.Sum256([]byte(r.stack + logical))
	name := r.stack + "-" + logical + "-" + strings.ToUpper(hex.EncodeToString(sum[:4]))
	if res.Type == "AWS::S3::Bucket" {
		name = strings.ToLower(name)
	}
	if strings.HasPrefix(res.Type, "AWS::ApiGatewayV2::") {
		name = hex.EncodeToString(sum[:5])
	}
	if given, ok := res.Properties[k.property]; ok && k.property != "" {
		v, err := r.value(given)
		if err != nil {
			return "", nil, fmt.Errorf("%s: %w", logical, err)
		}
		if v != (noValue{}) {
			name = text(v)
		}
	}
	ref = k.ref
	if res.Type == "AWS::Lambda::Alias" || res.Type == "AWS::Lambda::Version" {
		of, err := r.value(res.Properties["FunctionName"])
		if err != nil {
			return "", nil, fmt.Errorf("%s: %w", logical, err)
		}
		if res.Type == "AWS::Lambda::Version" {
			name = "1"
		}
		ref = functionARN(text(of)) + ":$name"
	}
	attributes = map[string]string{}
	for a, form := range k.attributes {
		attributes[a] = strings.ReplaceAll(form, "$name", name)
	}
	return strings.ReplaceAll(ref, "$name", name), attributes, nil
}

// functionARN is the ARN of a function that is named by its name or its ARN.
func functionARN(name string) string {
	if strings.HasPrefix(name, arn) {
		return name
	}
	return arn + "lambda:" + place + ":function:" + name
}

func (r *resolver) ref(name string) (any, error) {
	switch name {
	case "AWS::NoValue":
		return noValue{}, nil
	case "AWS::Region":
		return emulator.Region, nil
	case "AWS::AccountId":
		return Account, nil
	case "AWS::Partition":
		return "aws", nil
	case "AWS::StackName":
		return r.stack, nil
	case "AWS::URLSuffix":
		return "amazonaws.com", nil
	case "AWS::StackId":
		return arn + "cloudformation:" + place + ":stack/" + r.stack + "/1", nil
	}
	if p, ok := r.Parameters[name]; ok {
		if strings.Contains(p.Type, "List") {
			out := []any{}
			for s := range strings.SplitSeq(r.values[name], ",") {
				out = append(out, strings.TrimSpace(s))
			}
			return out, nil
		}
		return r.values[name], nil
	}
	ref, _, err := r.identity(name)
	if err == nil && ref == "" {
		err = errors.New("has no Ref")
	}
	return ref, err
}

func (r *resolver) attribute(resource, name string) (any, error) {
	_, attributes, err := r.identity(resource)
	if err != nil {
		return nil, err
	}
	v, ok := attributes[name]
	if !ok {
		return nil, fmt.Errorf("%s has no attribute %s that is known here", resource, name)
	}
	return v, nil
}

// resources resolves every resource's properties, those of no use here
// included: a name that nothing bears would stop a deployment.
func (r *resolver) resources() (map[string]*Resource, error) {
	out := map[string]*Resource{}
	var wrong []error
	for name, res := range r.Resources {
		if _, _, err := r.identity(name); err != nil {
			wrong = append(wrong, err)
			continue
		}
		if res.Properties == nil {
			res.Properties = map[string]any{}
		}
		p, err := r.value(res.Properties)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", name, err))
			continue
		}
		if inner := res.Metadata["Template"]; inner != nil {
			if err := r.nested(name, inner, p.(map[string]any)); err != nil {
				wrong = append(wrong, fmt.Errorf("%s: %w", name, err))
			}
		}
		out[name] = &Resource{Type: res.Type, DeletionPolicy: res.DeletionPolicy, UpdateReplacePolicy: res.UpdateReplacePolicy,
			Properties: p.(map[string]any), Metadata: res.Metadata}
		at, err := look(name, out[name])
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", name, err))
		} else if at != nil {
			r.looks = append(r.looks, *at)
		}
	}
	for name, o := range r.Outputs {
		if o.Condition != "" {
			if keep, err := r.condition(o.Condition); err != nil || !keep {
				wrong = append(wrong, err)
				continue
			}
		}
		if _, err := r.value(o.Value); err != nil {
			wrong = append(wrong, fmt.Errorf("the output %s: %w", name, err))
		}
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, fmt.Errorf("samlocal: the template does not resolve:\n%w", err)
	}
	return out, nil
}

// nested resolves a stack within the stack. What is in such a one does not run
// here.
func (r *resolver) nested(name string, template any, p map[string]any) error {
	doc, err := json.Marshal(template)
	if err != nil {
		return err
	}
	t, err := Parse(doc)
	if err != nil {
		return err
	}
	values := map[string]string{}
	given, _ := p["Parameters"].(map[string]any)
	for k, v := range given {
		values[k] = text(v)
	}
	inner, err := newResolver(t, r.stack+"-"+name, values)
	if err != nil {
		return err
	}
	found, err := inner.resources()
	if err != nil {
		return err
	}
	for logical, res := range found {
		if !slices.ContainsFunc(inert, func(prefix string) bool { return strings.HasPrefix(res.Type, prefix) }) {
			return fmt.Errorf("%s: a %s does not run within another stack here", logical, res.Type)
		}
		r.inner[name+"."+logical] = res
	}
	for _, l := range inner.looks {
		r.looks = append(r.looks, looks{name + "." + l.name, l.at, l.sums, l.over})
	}
	return nil
}

// inert are the types that only look on.
var inert = []string{"AWS::CloudWatch::", "AWS::SNS::", "AWS::Logs::"}
