package sqs

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"kozamori/internal/queue"
)

// reading is how long dead letters stay hidden from others while they are
// listed or sent back.
const reading = time.Minute

// deadLettering is how long the way of a message to the dead letters may take.
const deadLettering = 4 * attempt

// tooOften is why SQS itself dead-letters a message.
const tooOften = "received too often"

// DeadLetter moves a message to the dead letters. If the process dies between, it is
// dead-lettered again after its visibility timeout, and is there twice.
func (q *Queue) DeadLetter(ctx context.Context, n queue.Name, m queue.Message, why string) error {
	url, err := q.url(n)
	if err != nil {
		return err
	}
	dead, err := q.deadURL(n)
	if err != nil {
		return err
	}
	// No other receiver takes it meanwhile, and what has ended is not dead-lettered.
	if still, err := q.hide(ctx, url, m.Receipt, deadLettering+attempt); err != nil || !still {
		return err
	}
	// What has begun is finished, even if the caller gives up.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), deadLettering)
	defer cancel()
	e := newEntry(m.Body, m.Group, attribute{attrWhy, why}, attribute{attrSent, strconv.FormatInt(m.SentAt.UnixMilli(), 10)},
		attribute{attrTried, strconv.Itoa(m.Receives)}, attribute{attrTrace, m.Trace})
	if err := q.send(ctx, dead, []entry{e}); err != nil {
		return err
	}
	return q.Delete(ctx, n, m)
}

// Dead lists dead letters. SQS has no listing: they are received, and shown
// to others again afterwards, so of two listings at a time each sees a part.
// When SQS itself dead-lettered a message it does not say; DiedAt is then when it was
// sent.
func (q *Queue) Dead(ctx context.Context, n queue.Name, max int) ([]queue.Dead, error) {
	url, err := q.deadURL(n)
	if err != nil {
		return nil, err
	}
	var out []queue.Dead
	var handles []string
	for len(out) < max {
		ms, err := q.takeDead(ctx, url, max-len(out))
		if err != nil {
			return nil, err
		}
		if len(ms) == 0 {
			break
		}
		for _, m := range ms {
			handles = append(handles, m.handle)
			d := queue.Dead{Message: m.Message, Why: m.why, DiedAt: m.diedAt}
			if !m.dead {
				d.Why = tooOften
			}
			if n == queue.Feedback {
				d.Why, d.Receives = failedInvocation(m.Body)
			}
			out = append(out, d)
		}
	}
	slices.SortStableFunc(out, func(a, b queue.Dead) int { return a.DiedAt.Compare(b.DiedAt) })
	return out, q.show(ctx, url, handles)
}

// failedInvocation reads why and how often a function failed when Lambda called it, in
// what it sends to the function's destination of failures.
func failedInvocation(body []byte) (why string, times int) {
	var r struct {
		RequestContext struct {
			Condition              string
			ApproximateInvokeCount int
		}
		ResponsePayload struct{ ErrorMessage string }
	}
	if json.Unmarshal(body, &r) != nil {
		return "", 0
	}
	return strings.Trim(r.RequestContext.Condition+": "+r.ResponsePayload.ErrorMessage, ": "), r.RequestContext.ApproximateInvokeCount
}

func (q *Queue) takeDead(ctx context.Context, url *string, max int) ([]taken, error) {
	// Waiting a second makes SQS ask all of its machines.
	return q.take(ctx, &sqs.ReceiveMessageInput{QueueUrl: url, MaxNumberOfMessages: int32(min(max, perRequest)),
		WaitTimeSeconds: 1, VisibilityTimeout: seconds(reading)})
}

// show makes messages visible at once.
func (q *Queue) show(ctx context.Context, url *string, handles []string) error {
	for some := range slices.Chunk(handles, perRequest) {
		err := eachEntry(ctx, len(some), func(todo []int) ([]types.BatchResultErrorEntry, error) {
			in := &sqs.ChangeMessageVisibilityBatchInput{QueueUrl: url}
			for _, i := range todo {
				in.Entries = append(in.Entries, types.ChangeMessageVisibilityBatchRequestEntry{
					Id: aws.String(strconv.Itoa(i)), ReceiptHandle: &some[i], VisibilityTimeout: 0})
			}
			res, err := q.sqs.ChangeMessageVisibilityBatch(ctx, in)
			if err != nil {
				return nil, failure("ChangeMessageVisibilityBatch", err)
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

// Redrive sends back what was dead when it began. What dies again meanwhile
// stays dead, so that it comes to an end.
func (q *Queue) Redrive(ctx context.Context, n queue.Name) (int, error) {
	url, err := q.url(n)
	if err != nil {
		return 0, err
	}
	dead, err := q.deadURL(n)
	if err != nil {
		return 0, err
	}
	start := q.config.Now()
	var later []string
	moved := 0
	for {
		ms, err := q.takeDead(ctx, dead, perRequest)
		if err != nil {
			return moved, err
		}
		var back []entry
		var handles []string
		for _, m := range ms {
			if m.diedAt.After(start) {
				later = append(later, m.handle)
				continue
			}
			back = append(back, newEntry(m.Body, m.Group, attribute{attrTrace, m.Trace}))
			handles = append(handles, m.handle)
		}
		if len(back) == 0 {
			return moved, q.show(ctx, dead, later)
		}
		for _, b := range pack(back) {
			if err := q.send(ctx, url, b); err != nil {
				return moved, err
			}
		}
		if err := q.delete(ctx, dead, handles); err != nil {
			return moved, err
		}
		moved += len(back)
	}
}
