// Package sqs keeps the queues in Amazon SQS. AWS's types stop here.
//
// They are standard queues: a message may come twice and in any order. The
// group is sent as MessageGroupId, by which SQS shares a busy queue out
// fairly. Each queue has a second one for its dead letters. What this package
// never does is to take a message out of one queue before it is in the other:
// a process that dies between leaves it in both.
package sqs

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"

	"kozamori/internal/queue"
)

const (
	perRequest = 10               // messages that a request of SQS takes
	longest    = 20 * time.Second // that a receive of SQS waits
	hiddenMost = 12 * time.Hour   // from its receive, that SQS hides a message
	// attempt is how long one request may take; a receive may also wait.
	attempt = 5 * time.Second
	tries   = 6
	pause   = 50 * time.Millisecond
	most    = 2 * time.Second
)

// TraceAttribute carries a message's trace.
const TraceAttribute = "trace"

// Attributes of a message. The last three are on dead letters.
const (
	attrTrace = TraceAttribute
	attrWhy   = "why"
	attrSent  = "sent" // when it became durable in its queue, in milliseconds
	attrTried = "receives"
)

// Address is where a queue is.
type Address struct{ URL, Dead string }

// Config of the queues.
type Config struct {
	AWS      aws.Config
	Endpoint string // replaces SQS's own address; empty keeps it
	// Queues are those that this program uses. Dead may be empty where nothing
	// is dead-lettered, listed or redriven.
	Queues map[queue.Name]Address
	Now    func() time.Time // nil is the real clock
	HTTP   *http.Client     // nil takes one of its own
}

// Queue is a queue.Queue in SQS.
type Queue struct {
	config Config
	sqs    calls
	wait   *http.Client // for receives
}

// calls are those that a Queue makes. They are not the client itself, whose
// other methods the linker would keep; see package dynamo.
type calls struct {
	SendMessageBatch             func(context.Context, *sqs.SendMessageBatchInput, ...func(*sqs.Options)) (*sqs.SendMessageBatchOutput, error)
	ReceiveMessage               func(context.Context, *sqs.ReceiveMessageInput, ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error)
	DeleteMessageBatch           func(context.Context, *sqs.DeleteMessageBatchInput, ...func(*sqs.Options)) (*sqs.DeleteMessageBatchOutput, error)
	ChangeMessageVisibility      func(context.Context, *sqs.ChangeMessageVisibilityInput, ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityOutput, error)
	ChangeMessageVisibilityBatch func(context.Context, *sqs.ChangeMessageVisibilityBatchInput, ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityBatchOutput, error)
	GetQueueAttributes           func(context.Context, *sqs.GetQueueAttributesInput, ...func(*sqs.Options)) (*sqs.GetQueueAttributesOutput, error)
}

var _ queue.Queue = (*Queue)(nil)

// New makes a Queue. It makes no call.
func New(c Config) *Queue {
	if c.Now == nil {
		c.Now = time.Now
	}
	q := &Queue{config: c, wait: c.HTTP}
	if c.HTTP == nil {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.MaxIdleConnsPerHost = 32
		c.HTTP = &http.Client{Transport: transport, Timeout: attempt}
		q.wait = &http.Client{Transport: transport, Timeout: longest + attempt}
	}
	api := client(c)
	q.sqs = calls{api.SendMessageBatch, api.ReceiveMessage, api.DeleteMessageBatch, api.ChangeMessageVisibility, api.ChangeMessageVisibilityBatch, api.GetQueueAttributes}
	return q
}

func client(c Config) *sqs.Client {
	return sqs.NewFromConfig(c.AWS, func(o *sqs.Options) {
		if c.Endpoint != "" {
			o.BaseEndpoint = aws.String(c.Endpoint)
		}
		if c.HTTP != nil {
			o.HTTPClient = c.HTTP
		}
		o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts = 4
			o.Backoff = retry.BackoffDelayerFunc(func(try int, _ error) (time.Duration, error) {
				return queue.Backoff(try+1, pause, most), nil
			})
		})
	})
}

func (q *Queue) url(n queue.Name) (*string, error) {
	if u := q.config.Queues[n].URL; u != "" {
		return &u, nil
	}
	return nil, fmt.Errorf("%w: %q is not configured", queue.ErrNoQueue, n)
}

func (q *Queue) deadURL(n queue.Name) (*string, error) {
	if u := q.config.Queues[n].Dead; u != "" {
		return &u, nil
	}
	return nil, fmt.Errorf("queue: no dead letters of %q are configured", n)
}

func failure(operation string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("queue: %s: %w", operation, err)
}

// Receive takes messages. A wait of less than a second, which SQS does not
// know, is spent asking.
func (q *Queue) Receive(ctx context.Context, n queue.Name, max int, wait time.Duration) ([]queue.Message, error) {
	url, err := q.url(n)
	if err != nil {
		return nil, err
	}
	end := time.Now().Add(wait)
	for {
		left := min(time.Until(end), longest).Truncate(time.Second)
		ms, err := q.take(ctx, &sqs.ReceiveMessageInput{QueueUrl: url, MaxNumberOfMessages: int32(min(max, perRequest)),
			WaitTimeSeconds: int32(left / time.Second)})
		if err != nil || len(ms) > 0 {
			return plain(ms), err
		}
		if time.Until(end) <= 0 {
			return nil, nil
		}
		if left == 0 {
			if err := sleep(ctx, min(100*time.Millisecond, time.Until(end))); err != nil {
				return nil, err
			}
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// taken is a message as it came, with what only dead letters have.
type taken struct {
	queue.Message
	handle string
	why    string
	diedAt time.Time
	dead   bool // it says itself when it was sent to its first queue
}

func plain(ms []taken) []queue.Message {
	var out []queue.Message
	for _, m := range ms {
		out = append(out, m.Message)
	}
	return out
}

func (q *Queue) take(ctx context.Context, in *sqs.ReceiveMessageInput) ([]taken, error) {
	in.MessageAttributeNames = []string{"All"}
	in.MessageSystemAttributeNames = []types.MessageSystemAttributeName{types.MessageSystemAttributeNameMessageGroupId,
		types.MessageSystemAttributeNameApproximateReceiveCount, types.MessageSystemAttributeNameSentTimestamp}
	at := q.config.Now()
	res, err := q.sqs.ReceiveMessage(ctx, in, func(o *sqs.Options) {
		if q.wait != nil {
			o.HTTPClient = q.wait
		}
	})
	if err != nil {
		return nil, failure("ReceiveMessage", err)
	}
	out := make([]taken, 0, len(res.Messages))
	for _, m := range res.Messages {
		text := func(name string) string { return aws.ToString(m.MessageAttributes[name].StringValue) }
		t := taken{handle: aws.ToString(m.ReceiptHandle), why: text(attrWhy), Message: queue.Message{
			ID: aws.ToString(m.MessageId), Body: []byte(aws.ToString(m.Body)), Group: m.Attributes["MessageGroupId"],
			Trace: text(attrTrace), SentAt: millis(m.Attributes["SentTimestamp"]),
			Receipt: Receipt(aws.ToString(m.ReceiptHandle), at),
		}}
		t.Receives, _ = strconv.Atoi(m.Attributes["ApproximateReceiveCount"])
		t.diedAt = t.SentAt
		if sent := text(attrSent); sent != "" {
			t.SentAt, t.dead = millis(sent), true
			t.Receives, _ = strconv.Atoi(text(attrTried))
		}
		out = append(out, t)
	}
	return out, nil
}

func millis(s string) time.Time {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}

// Receipt names a receive: SQS's handle, and when it was, because SQS counts
// from there how long a message may be hidden.
func Receipt(handle string, at time.Time) string {
	return strconv.FormatInt(at.UnixMilli(), 36) + " " + handle
}

func openReceipt(receipt string) (handle string, at time.Time, err error) {
	ms, handle, ok := strings.Cut(receipt, " ")
	n, err := strconv.ParseInt(ms, 36, 64)
	if !ok || err != nil {
		return "", time.Time{}, errors.New("queue: not a receipt of this queue")
	}
	return handle, time.UnixMilli(n), nil
}

// Delete ends messages.
func (q *Queue) Delete(ctx context.Context, n queue.Name, msgs ...queue.Message) error {
	url, err := q.url(n)
	if err != nil {
		return err
	}
	handles := make([]string, len(msgs))
	for i, m := range msgs {
		if handles[i], _, err = openReceipt(m.Receipt); err != nil {
			return err
		}
	}
	return q.delete(ctx, url, handles)
}

func (q *Queue) delete(ctx context.Context, url *string, handles []string) error {
	for some := range slices.Chunk(handles, perRequest) {
		err := eachEntry(ctx, len(some), func(todo []int) ([]types.BatchResultErrorEntry, error) {
			in := &sqs.DeleteMessageBatchInput{QueueUrl: url}
			for _, i := range todo {
				in.Entries = append(in.Entries, types.DeleteMessageBatchRequestEntry{Id: aws.String(strconv.Itoa(i)), ReceiptHandle: &some[i]})
			}
			res, err := q.sqs.DeleteMessageBatch(ctx, in)
			if err != nil {
				return nil, failure("DeleteMessageBatch", err)
			}
			return slices.DeleteFunc(res.Failed, func(f types.BatchResultErrorEntry) bool {
				return gone(aws.ToString(f.Code), aws.ToString(f.Message))
			}), nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Retry makes a message visible again after the delay, or a little earlier:
// 12 hours count from its receive. SQS knows whole seconds.
func (q *Queue) Retry(ctx context.Context, n queue.Name, m queue.Message, delay time.Duration) error {
	if delay < 0 || delay > hiddenMost {
		return fmt.Errorf("queue: a delay of %v, from 0 to %v", delay, hiddenMost)
	}
	url, err := q.url(n)
	if err != nil {
		return err
	}
	_, err = q.hide(ctx, url, m.Receipt, delay)
	return err
}

// hide says for how long a message stays hidden, and whether it still is.
func (q *Queue) hide(ctx context.Context, url *string, receipt string, d time.Duration) (bool, error) {
	handle, at, err := openReceipt(receipt)
	if err != nil {
		return false, err
	}
	// A minute less: SQS's clock and ours differ.
	d = max(0, min(d, hiddenMost-time.Minute-q.config.Now().Sub(at)))
	_, err = q.sqs.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{
		QueueUrl: url, ReceiptHandle: &handle, VisibilityTimeout: seconds(d),
	})
	var api smithy.APIError
	if errors.As(err, &api) && gone(api.ErrorCode(), api.ErrorMessage()) {
		return false, nil
	}
	return err == nil, failure("ChangeMessageVisibility", err)
}

// seconds rounds up: what waits does not wait less.
func seconds(d time.Duration) int32 { return int32((d + time.Second - 1) / time.Second) }

// gone tells that a receipt is good no more: its message ended, or waits again.
func gone(code, message string) bool {
	switch {
	case strings.Contains(code, "ReceiptHandleIsInvalid"), strings.Contains(code, "MessageNotInflight"):
		return true
	case strings.Contains(code, "InvalidParameterValue"):
		return strings.Contains(message, "does not exist or is not available")
	}
	return false
}

// Depth counts about. The age of the oldest message is CloudWatch's to tell.
func (q *Queue) Depth(ctx context.Context, n queue.Name) (queue.Depth, error) {
	var d queue.Depth
	dead, err := q.deadURL(n)
	if err != nil {
		return d, err
	}
	count := func(url *string) (visible, hidden, delayed int, err error) {
		res, err := q.sqs.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: url, AttributeNames: []types.QueueAttributeName{
			types.QueueAttributeNameApproximateNumberOfMessages, types.QueueAttributeNameApproximateNumberOfMessagesNotVisible,
			types.QueueAttributeNameApproximateNumberOfMessagesDelayed}})
		if err != nil {
			return 0, 0, 0, failure("GetQueueAttributes", err)
		}
		number := func(a types.QueueAttributeName) int { n, _ := strconv.Atoi(res.Attributes[string(a)]); return n }
		return number(types.QueueAttributeNameApproximateNumberOfMessages), number(types.QueueAttributeNameApproximateNumberOfMessagesNotVisible),
			number(types.QueueAttributeNameApproximateNumberOfMessagesDelayed), nil
	}
	visible, hidden, _, err := count(dead)
	if d.Dead = visible + hidden; err != nil || n == queue.Feedback {
		return d, err
	}
	url, err := q.url(n)
	if err != nil {
		return d, err
	}
	visible, hidden, delayed, err := count(url)
	d.Waiting, d.InFlight = visible+delayed, hidden
	return d, err
}
