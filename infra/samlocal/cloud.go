package samlocal

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"kozamori/internal/testkit/emulator"
)

// operator calls the emulators with permission to do everything.
type operator struct{ dynamo, moto string }

// do makes a call; its input is named as the API names it, which is mostly
// as CloudFormation does.
func (o operator) do(ctx context.Context, target string, in any) (map[string]any, error) {
	service, operation, _ := strings.Cut(target, ".")
	endpoint, version, scope := o.moto, "1.0", map[string]string{"AmazonSQS": "sqs", "AmazonSSM": "ssm"}[service]
	if scope == "" {
		endpoint, scope = o.dynamo, "dynamodb"
	}
	if scope == "ssm" {
		version = "1.1"
	}
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint+"/", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-amz-json-"+version)
	req.Header.Set("X-Amz-Target", target)
	// The emulators look at the account it is for, not at the signature.
	req.Header.Set("X-Amz-Date", time.Now().UTC().Format("20060102T150405Z"))
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=operator/20260101/"+emulator.Region+"/"+scope+"/aws4_request, SignedHeaders=host, Signature=0")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %d %s", operation, res.StatusCode, raw)
	}
	out := map[string]any{}
	if len(raw) == 0 {
		return out, nil
	}
	return out, json.Unmarshal(raw, &out)
}

// table makes a table of the template.
func (o operator) table(ctx context.Context, name string, p map[string]any) error {
	in := map[string]any{"TableName": name}
	for k, v := range p {
		switch k {
		case "BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes":
			in[k] = v
		case "TableName", "TimeToLiveSpecification", "DeletionProtectionEnabled", "PointInTimeRecoverySpecification", "SSESpecification", "Tags":
		default:
			return fmt.Errorf("the property %s of a table is not known here", k)
		}
	}
	if _, err := o.do(ctx, "DynamoDB_20120810.CreateTable", in); err != nil {
		return err
	}
	if ttl, ok := p["TimeToLiveSpecification"]; ok {
		_, err := o.do(ctx, "DynamoDB_20120810.UpdateTimeToLive", map[string]any{"TableName": name, "TimeToLiveSpecification": ttl})
		return err
	}
	return nil
}

// queue makes a queue of the template. The queue that its dead letters go to
// must be there.
func (o operator) queue(ctx context.Context, name string, p map[string]any) error {
	attributes := map[string]string{}
	for k, v := range p {
		switch k {
		case "VisibilityTimeout", "MessageRetentionPeriod", "MaximumMessageSize", "DelaySeconds", "ReceiveMessageWaitTimeSeconds", "SqsManagedSseEnabled", "KmsMasterKeyId":
			attributes[k] = text(v)
		case "RedrivePolicy", "RedriveAllowPolicy":
			b, err := json.Marshal(v)
			if err != nil {
				return err
			}
			attributes[k] = string(b)
		case "QueueName", "Tags":
		default:
			return fmt.Errorf("the property %s of a queue is not known here", k)
		}
	}
	_, err := o.do(ctx, "AmazonSQS.CreateQueue", map[string]any{"QueueName": name, "Attributes": attributes})
	return err
}

// number is a number that a template may write as a text; 0 if it is absent.
func number(v any) int {
	if v == nil {
		return 0
	}
	n, err := strconv.ParseFloat(text(v), 64)
	if err != nil {
		return 0
	}
	return int(n)
}
