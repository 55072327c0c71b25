package samlocal_test

import (
	"fmt"
	"strings"
	"time"
)

// List prices of us-east-1 in US dollars, without free tiers and at the
// smallest volume. AWS's own pages render most of them by script, so that they
// cannot be quoted; next to each is who says so, and when. All were looked up on
// 24 November 2026.
const (
	// DynamoDB on demand, per million units. Since 1 November 2024, when AWS
	// halved them: https://airbyte.com/data-engineering-resources/dynamodb-pricing,
	// 21 July 2025.
	perMillionWrites = 0.625
	perMillionReads  = 0.125
	// SQS, per million requests of up to 64 KB to a standard queue:
	// https://aws.amazon.com/about-aws/whats-new/2016/11/amazon-sqs-introduces-fifo-queues-with-exactly-once-processing-and-lower-prices-for-standard-queues/,
	// and still so in https://cloudburn.io/blog/amazon-sqs-pricing, 14 March
	// 2026. That page alone says that messages with a group, which make a queue
	// fair, cost 0.10 more; it is taken to hold for every request.
	perMillionSQS = 0.40 + 0.10
	// HTTP API, per million requests of up to 512 KB:
	// https://awsforengineers.com/blog/aws-api-gateway-pricing-explained,
	// 19 May 2025.
	perMillionHTTP = 1.00
	// Lambda, per million requests: nothing dated was found for functions like
	// these; https://aws.amazon.com/lambda/pricing/, as quoted in September 2026, says it
	// of its managed instances.
	perMillionInvoked = 0.20
	// Lambda, per GB-second on arm64:
	// https://cloudchipr.com/blog/aws-lambda-pricing, 2024.
	perGBSecond = 0.0000133334
	// CloudWatch Logs, per GB taken in, also of Lambda's logs:
	// https://www.duckbillgroup.com/?p=9080, May 2025, and
	// https://c3x.dev/blog/cloudwatch-logs-cost-optimization, June 2026.
	perGBLogged = 0.50
	// X-Ray, per million traces recorded: https://aws.amazon.com/de/xray/pricing/.
	perMillionTraces = 5.00
)

// How AWS counts, where the emulators say nothing about it.
const (
	// Of the requests that come without a decision, the first of each second
	// and one in twenty of the others are traced:
	// https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html.
	tracedOf = 20
	// Memory that comes with one processor:
	// https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html.
	processorMegabytes = 1769
	// Estimates: bytes that Lambda itself logs of an invocation, and the HTTP
	// API of a request, and how long calls take.
	platformLogged = 800
	accessLogged   = 400
	dynamoTakes    = 5 * time.Millisecond
	sqsTakes       = 10 * time.Millisecond
	lineTakes      = 100 * time.Millisecond
)

// dollars computes what a million events like these cost.
func (m measured) dollars() (said string, total float64) {
	scale := 1e6 / float64(m.events)
	sqs, dynamo, invoked, gbSeconds := 0, 0, 0, 0.0
	for what, n := range m.calls.Calls {
		switch {
		case strings.HasSuffix(what, "of nothing"):
		case strings.HasPrefix(what, "sqs"):
			sqs += n
		case strings.HasPrefix(what, "dynamodb"):
			dynamo += n
		}
	}
	waits := time.Duration(dynamo)*dynamoTakes + time.Duration(sqs)*sqsTakes + time.Duration(m.alerts)*lineTakes
	logged := m.posts * accessLogged
	for _, f := range m.functions {
		invoked += f.Invocations
		logged += f.Logged + f.Invocations*platformLogged
		share := min(1, float64(f.Memory)/processorMegabytes)
		gbSeconds += f.CPU.Seconds() / share * float64(f.Memory) / 1024
	}
	gbSeconds += waits.Seconds() * float64(m.functions["notify"].Memory) / 1024
	traces := float64(invoked) * perMillionTraces / 1e6 // of every invocation
	parts := []struct {
		name string
		cost float64
	}{
		{"DynamoDB writes", m.calls.Units["write"] * perMillionWrites / 1e6},
		{"DynamoDB reads", m.calls.Units["read"] * perMillionReads / 1e6},
		{"SQS", float64(sqs) * perMillionSQS / 1e6},
		{"HTTP API", float64(m.posts) * perMillionHTTP / 1e6},
		{"Lambda requests", float64(invoked) * perMillionInvoked / 1e6},
		{"Lambda time", gbSeconds * perGBSecond},
		{"logs", float64(logged) * perGBLogged / 1e9},
		{"traces", traces / tracedOf},
	}
	var out strings.Builder
	out.WriteString("dollars for a million events of which 5 % alert, list prices of us-east-1 on 24 November 2026, logs and traces included, without delivery fees, storage and what costs by the month:\n")
	for _, p := range parts {
		fmt.Fprintf(&out, "  %-16s %.3f\n", p.name, p.cost*scale)
		total += p.cost * scale
	}
	fmt.Fprintf(&out, "  %-16s %.2f\n", "together", total)
	fmt.Fprintf(&out, "  %-16s %.2f: fewer than one invocation a second are traced all", "at a slow bank", total+(traces-traces/tracedOf)*scale)
	return out.String(), total
}
