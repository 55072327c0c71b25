package samlocal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"kozamori/internal/testkit/emulator"
)

// mapping is an event source mapping: how Lambda brings a queue's messages.
type mapping struct {
	BatchSize                      int
	MaximumBatchingWindowInSeconds int
	EventSourceArn, FunctionName   string
	FunctionResponseTypes          []string
	ScalingConfig                  struct{ MaximumConcurrency int }
	Enabled                        *bool

	function   *function
	visibility time.Duration // of the queue
	sqs        *sqs.Client   // as the function's role
	url        string
	turn       sync.Mutex // held while messages are taken
}

// check refuses what a deployment would refuse, or what loses messages.
func (m *mapping) check(queue map[string]any) error {
	name := path.Base(m.url)
	switch {
	case m.BatchSize < 1 || m.BatchSize > 10000, m.BatchSize > 10 && m.MaximumBatchingWindowInSeconds < 1:
		return fmt.Errorf("%s: batches of %d in a window of %d s", name, m.BatchSize, m.MaximumBatchingWindowInSeconds)
	case m.ScalingConfig.MaximumConcurrency == 1:
		return fmt.Errorf("%s: the least MaximumConcurrency is 2", name)
	case !slices.Contains(m.FunctionResponseTypes, "ReportBatchItemFailures"):
		return fmt.Errorf("%s: without ReportBatchItemFailures messages that failed are deleted", name)
	case m.visibility < 6*m.function.timeout+time.Duration(m.MaximumBatchingWindowInSeconds)*time.Second:
		return fmt.Errorf("%s: hides messages for %v, which is less than six times %v", name, m.visibility, m.function.timeout)
	}
	var redrive struct {
		RedrivePolicy struct{ DeadLetterTargetArn string }
	}
	if err := into(queue, &redrive); err != nil || redrive.RedrivePolicy.DeadLetterTargetArn == "" {
		return fmt.Errorf("%s has no dead letters", name)
	}
	return nil
}

// credentialsOf name a function or the operator to the proxy.
func credentialsOf(who string) aws.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider(who, "test", "")
}

// poll brings messages until ctx ends. Batches of one queue wait for each
// other, as with one instance.
func (s *Stack) poll(ctx context.Context, m *mapping) {
	for ctx.Err() == nil {
		m.turn.Lock()
		msgs, err := s.batch(ctx, m)
		m.turn.Unlock()
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			s.problem("%s cannot be polled: %v", path.Base(m.url), err)
			return
		}
		if len(msgs) == 0 {
			continue
		}
		if err := s.bring(ctx, m, msgs); err != nil && ctx.Err() == nil {
			s.failed(m.function, err)
			if errors.Is(err, errStuck) {
				return
			}
		}
	}
}

// batch gathers a batch: as many as it holds, or what came within its window.
func (s *Stack) batch(ctx context.Context, m *mapping) ([]types.Message, error) {
	var msgs []types.Message
	var end time.Time
	for {
		wait := time.Second // Lambda waits 20
		if !end.IsZero() {
			wait = min(wait, time.Until(end)).Truncate(time.Second)
		}
		res, err := m.sqs.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &m.url, MaxNumberOfMessages: int32(min(10, m.BatchSize-len(msgs))),
			WaitTimeSeconds: int32(wait / time.Second), MessageAttributeNames: []string{"All"},
			MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll}})
		if err != nil {
			return nil, err
		}
		if len(res.Messages) == 0 { // costs by the hour and not by the event
			s.proxy.count("sqs ReceiveMessage", -1)
			s.proxy.count("sqs ReceiveMessage of nothing", 1)
		}
		msgs = append(msgs, res.Messages...)
		if end.IsZero() {
			end = time.Now().Add(time.Duration(m.MaximumBatchingWindowInSeconds) * time.Second)
		}
		if len(msgs) == 0 || len(msgs) >= m.BatchSize || !time.Now().Before(end) {
			return msgs, nil
		}
	}
}

// bring invokes the function with a batch, and deletes what it did.
func (s *Stack) bring(ctx context.Context, m *mapping, msgs []types.Message) error {
	var e events.SQSEvent
	for _, msg := range msgs {
		r := events.SQSMessage{MessageId: aws.ToString(msg.MessageId), ReceiptHandle: aws.ToString(msg.ReceiptHandle), Body: aws.ToString(msg.Body),
			Md5OfBody: aws.ToString(msg.MD5OfBody), Attributes: msg.Attributes, EventSourceARN: m.EventSourceArn, EventSource: "aws:sqs", AWSRegion: emulator.Region,
			MessageAttributes: map[string]events.SQSMessageAttribute{}}
		for k, a := range msg.MessageAttributes {
			r.MessageAttributes[k] = events.SQSMessageAttribute{StringValue: a.StringValue, BinaryValue: a.BinaryValue, DataType: aws.ToString(a.DataType)}
		}
		e.Records = append(e.Records, r)
	}
	raw, err := m.function.invoke(ctx, e)
	if err != nil {
		return err // everything comes again
	}
	var res events.SQSEventResponse
	if len(raw) > 0 && string(raw) != "null" {
		if err := json.Unmarshal(raw, &res); err != nil {
			return err
		}
	}
	failed := map[string]bool{}
	for _, f := range res.BatchItemFailures {
		if !slices.ContainsFunc(msgs, func(m types.Message) bool { return aws.ToString(m.MessageId) == f.ItemIdentifier }) {
			return fmt.Errorf("%s answers with a message that it was not given", m.function.logical)
		}
		failed[f.ItemIdentifier] = true
	}
	for done := range slices.Chunk(slices.DeleteFunc(msgs, func(m types.Message) bool { return failed[aws.ToString(m.MessageId)] }), 10) {
		in := &sqs.DeleteMessageBatchInput{QueueUrl: &m.url}
		for i, msg := range done {
			in.Entries = append(in.Entries, types.DeleteMessageBatchRequestEntry{Id: aws.String(strconv.Itoa(i)), ReceiptHandle: msg.ReceiptHandle})
		}
		if _, err := m.sqs.DeleteMessageBatch(ctx, in); err != nil {
			return err
		}
	}
	return nil
}

// rule is a rule of EventBridge.
type rule struct {
	arn                string
	ScheduleExpression string
	EventPattern       map[string]any
	State              string
	Targets            []struct {
		Arn, Input       string
		DeadLetterConfig struct{ Arn string }
	}
}

// Tick lets every schedule strike once.
func (s *Stack) Tick(ctx context.Context) error {
	n := 0
	for _, r := range s.rules {
		if r.ScheduleExpression != "" {
			n++
			if err := s.strike(ctx, r, map[string]any{"source": "aws.events", "detail-type": "Scheduled Event", "detail": map[string]any{}}); err != nil {
				return err
			}
		}
	}
	if n == 0 {
		return errors.New("samlocal: the template has no schedule")
	}
	return nil
}

// MailEvent brings an event of SES: its detail, as SES publishes it for a
// configuration set.
func (s *Stack) MailEvent(ctx context.Context, set string, detail map[string]any) error {
	kind := text(detail["eventType"])
	if !slices.ContainsFunc(s.destinations, func(d destination) bool {
		return d.ConfigurationSetName == set && d.EventDestination.Enabled && d.EventDestination.EventBridgeDestination.EventBusArn != "" &&
			slices.ContainsFunc(d.EventDestination.MatchingEventTypes, func(t string) bool { return strings.EqualFold(t, kind) })
	}) {
		return fmt.Errorf("samlocal: a %s of the configuration set %q goes nowhere", kind, set)
	}
	called := map[string]string{"Bounce": "Email Bounced", "Complaint": "Email Complaint Received", "Reject": "Email Rejected"}
	e := map[string]any{"source": "aws.ses", "detail-type": called[kind], "detail": detail}
	n := 0
	for _, r := range s.rules {
		if r.EventPattern != nil && matches(r.EventPattern, e) {
			n++
			if err := s.strike(ctx, r, e); err != nil {
				return err
			}
		}
	}
	if n == 0 {
		return fmt.Errorf("samlocal: no rule takes a %s of SES", kind)
	}
	return nil
}

type destination struct {
	ConfigurationSetName string
	EventDestination     struct {
		Enabled                bool
		MatchingEventTypes     []string
		EventBridgeDestination struct{ EventBusArn string }
	}
}

func (s *Stack) strike(ctx context.Context, r *rule, e map[string]any) error {
	if r.State == "DISABLED" {
		return errors.New("samlocal: a rule is disabled")
	}
	for k, v := range map[string]any{"version": "0", "id": newID(), "account": Account, "region": emulator.Region, "time": time.Now().UTC().Format(time.RFC3339), "resources": []string{r.arn}} {
		e[k] = v
	}
	for _, t := range r.Targets {
		f := s.byARN(t.Arn)
		if f == nil {
			return fmt.Errorf("samlocal: a rule's target is no function: %s", t.Arn)
		}
		if !s.mayInvoke(f, "events.amazonaws.com", r.arn) {
			return fmt.Errorf("samlocal: the rule may not invoke %s", f.logical)
		}
		if err := s.later(ctx, f, e); err != nil {
			return err
		}
	}
	return nil
}

// later invokes a function asynchronously: again if it fails, as often
// as it says (here without the minutes between), then to where failures go.
func (s *Stack) later(ctx context.Context, f *function, e any) error {
	c, ok := s.invokes[f.logical]
	again := 2
	if c.MaximumRetryAttempts != nil {
		again = *c.MaximumRetryAttempts
	}
	var err error
	for range 1 + again {
		if _, err = f.invoke(ctx, e); err == nil || errors.Is(err, errStuck) || ctx.Err() != nil {
			return err
		}
	}
	to := c.DestinationConfig.OnFailure.Destination
	if !ok || to == "" {
		return err
	}
	body, _ := json.Marshal(map[string]any{"version": "1.0", "requestContext": map[string]any{"functionArn": f.arn, "condition": "RetriesExhausted"}, "requestPayload": e})
	queue := "https://sqs." + emulator.Region + ".amazonaws.com/" + Account + "/" + to[strings.LastIndex(to, ":")+1:]
	_, err = s.client(f).SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &queue, MessageBody: aws.String(string(body))})
	return err
}

// invokeConfig is what becomes of asynchronous invocations.
type invokeConfig struct {
	FunctionName, Qualifier  string
	MaximumRetryAttempts     *int
	MaximumEventAgeInSeconds *int
	DestinationConfig        struct{ OnFailure struct{ Destination string } }
}

// matches tells whether a pattern of EventBridge takes an event. Of its
// matchers only plain values are known.
func matches(pattern map[string]any, e any) bool {
	fields, ok := e.(map[string]any)
	if !ok {
		return false
	}
	for k, want := range pattern {
		switch want := want.(type) {
		case map[string]any:
			if !matches(want, fields[k]) {
				return false
			}
		case []any:
			got, isList := fields[k].([]any)
			if !isList {
				got = []any{fields[k]}
			}
			if !slices.ContainsFunc(got, func(g any) bool { return slices.Contains(want, g) }) {
				return false
			}
		default:
			return false
		}
	}
	return true
}
