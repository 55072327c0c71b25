package samlocal

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"kozamori/internal/testkit/emulator"
)

// call is one call of AWS that a function made.
type call struct {
	service, operation string
	needs              []request
}

// asked works out of a request which call it is, and what must be allowed for
// it, after AWS's service authorization reference.
func asked(target, method, urlPath string, body []byte) (call, error) {
	if method == "POST" && urlPath == "/v2/email/outbound-emails" {
		return sendsMail(body)
	}
	service, operation, _ := strings.Cut(target, ".")
	c := call{operation: operation}
	var err error
	switch service {
	case "DynamoDB_20120810":
		c.service = "dynamodb"
		c.needs, err = readsTable(operation, body)
	case "AmazonSQS":
		c.service = "sqs"
		c.needs, err = usesQueue(operation, body)
	case "AmazonSSM":
		c.service = "ssm"
		c.needs, err = readsParameters(operation, body)
	default:
		err = fmt.Errorf("a call that is not known here: %s %s %s", method, urlPath, target)
	}
	return c, err
}

type attribute struct{ S string }

type item map[string]attribute

type tableWrite struct {
	TableName string
	Key, Item item
}

var hashKey = regexp.MustCompile(`(?:^|[\s(])(#?\w+)\s*=\s*(:\w+)`)

func readsTable(operation string, body []byte) ([]request, error) {
	var in struct {
		TableName                 string
		IndexName                 string
		Key, Item                 item
		KeyConditionExpression    string
		ExpressionAttributeValues item
		RequestItems              map[string]struct{ Keys []item }
		TransactItems             []map[string]tableWrite
	}
	// A key may be of another type elsewhere in the body; those stay empty.
	if err := json.Unmarshal(body, &in); err != nil && in.TableName == "" && in.RequestItems == nil && in.TransactItems == nil {
		return nil, err
	}
	table := func(name string) string {
		if strings.HasPrefix(name, arn) {
			return name
		}
		return arn + "dynamodb:" + place + ":table/" + name
	}
	leading := func(pks ...string) map[string][]string { return map[string][]string{"dynamodb:LeadingKeys": pks} }
	var out []request
	switch operation {
	case "BatchGetItem":
		for name, t := range in.RequestItems {
			var pks []string
			for _, k := range t.Keys {
				pks = append(pks, k["PK"].S)
			}
			out = append(out, request{"dynamodb:BatchGetItem", table(name), leading(pks...)})
		}
	case "TransactWriteItems": // is not an action itself
		for _, one := range in.TransactItems {
			for kind, w := range one {
				action := map[string]string{"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}[kind]
				out = append(out, request{"dynamodb:" + action, table(w.TableName), leading(w.Key["PK"].S + w.Item["PK"].S)})
			}
		}
	case "Query":
		resource := table(in.TableName)
		if in.IndexName != "" {
			resource += "/index/" + in.IndexName
		}
		pk := ""
		if m := hashKey.FindStringSubmatch(in.KeyConditionExpression); m != nil {
			pk = in.ExpressionAttributeValues[m[2]].S
		}
		out = append(out, request{"dynamodb:Query", resource, leading(pk)})
	case "GetItem", "PutItem", "UpdateItem", "DeleteItem":
		out = append(out, request{"dynamodb:" + operation, table(in.TableName), leading(in.Key["PK"].S + in.Item["PK"].S)})
	default:
		out = append(out, request{"dynamodb:" + operation, table(in.TableName), nil})
	}
	return out, nil
}

func usesQueue(operation string, body []byte) ([]request, error) {
	var in struct {
		QueueUrl string
		Entries  []struct {
			MessageGroupId    string
			MessageAttributes map[string]struct{ StringValue string }
		}
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, err
	}
	u, err := url.Parse(in.QueueUrl)
	if err != nil || in.QueueUrl == "" {
		return nil, fmt.Errorf("%s without a queue", operation)
	}
	name := u.Path[strings.LastIndex(u.Path, "/")+1:]
	for _, e := range in.Entries {
		// A dead letter has what it came with.
		if operation == "SendMessageBatch" && !strings.HasSuffix(name, "-dead") && (e.MessageGroupId == "" || e.MessageAttributes["trace"].StringValue == "") {
			return nil, fmt.Errorf("a message for %s without its group or trace", name)
		}
	}
	return []request{{"sqs:" + strings.TrimSuffix(operation, "Batch"), arn + "sqs:" + place + ":" + name, nil}}, nil
}

func readsParameters(operation string, body []byte) ([]request, error) {
	var in struct {
		Names      []string
		Name, Path string
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, err
	}
	names := in.Names
	if in.Name+in.Path != "" {
		names = append(names, in.Name+in.Path)
	}
	var out []request
	for _, n := range names {
		out = append(out, request{"ssm:" + operation, arn + "ssm:" + place + ":parameter/" + strings.Trim(n, "/"), nil})
	}
	return out, nil
}

func sendsMail(body []byte) (call, error) {
	var in struct{ FromEmailAddress, ConfigurationSetName string }
	if err := json.Unmarshal(body, &in); err != nil {
		return call{}, err
	}
	from := address(in.FromEmailAddress)
	keys := map[string][]string{"ses:FromAddress": {from}}
	c := call{service: "ses", operation: "SendEmail"}
	// Whichever identity is verified is the resource; the domain is usual.
	_, domain, _ := strings.Cut(from, "@")
	c.needs = append(c.needs, request{"ses:SendEmail", arn + "ses:" + place + ":identity/" + domain, keys})
	if in.ConfigurationSetName != "" {
		c.needs = append(c.needs, request{"ses:SendEmail", arn + "ses:" + place + ":configuration-set/" + in.ConfigurationSetName, keys})
	}
	return c, nil
}

// address is the address in "name <address>".
func address(s string) string {
	if _, after, ok := strings.Cut(s, "<"); ok {
		s, _, _ = strings.Cut(after, ">")
	}
	return s
}

// endpoints are the variables by which the SDK finds its services.
func endpoints(url string) []string {
	return []string{"AWS_ENDPOINT_URL_DYNAMODB=" + url, "AWS_ENDPOINT_URL_SQS=" + url, "AWS_ENDPOINT_URL_SSM=" + url, "AWS_ENDPOINT_URL_SESV2=" + url, "AWS_ENDPOINT_URL_S3=" + url,
		"AWS_REGION=" + emulator.Region, "AWS_DEFAULT_REGION=" + emulator.Region}
}
