package sqs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"kozamori/internal/queue"
)

// parallel is how many requests one Send makes at a time.
const parallel = 4

// Send makes messages durable, as many to a request as fit.
func (q *Queue) Send(ctx context.Context, n queue.Name, msgs ...queue.Outgoing) error {
	url, err := q.url(n)
	if err != nil {
		return err
	}
	entries := make([]entry, len(msgs))
	for i, m := range msgs {
		if err := queue.CheckBody(m); err != nil {
			return err
		}
		entries[i] = newEntry(m.Body, m.Group, attribute{attrTrace, m.Trace})
		entries[i].DelaySeconds = seconds(m.Delay)
	}
	batches := pack(entries)
	errs := make([]error, len(batches))
	slots := make(chan struct{}, parallel)
	var wg sync.WaitGroup
	for i, b := range batches {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			errs[i] = q.send(ctx, url, b)
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// entry is a message to send, and what it counts against SQS's limit.
type entry struct {
	types.SendMessageBatchRequestEntry
	size int
}

type attribute struct{ name, value string }

// newEntry leaves out attributes that are empty, or that a body near the limit
// has no room for: they explain a message, but it can do without.
func newEntry(body []byte, group string, attrs ...attribute) entry {
	e := entry{size: len(body)}
	e.MessageBody = aws.String(string(body))
	if group != "" {
		e.MessageGroupId = &group
	}
	for _, a := range attrs {
		size := len(a.name) + len("String") + len(a.value)
		if a.value == "" || e.size+size > queue.MaxBody {
			continue
		}
		if e.MessageAttributes == nil {
			e.MessageAttributes = map[string]types.MessageAttributeValue{}
		}
		e.MessageAttributes[a.name] = types.MessageAttributeValue{DataType: aws.String("String"), StringValue: aws.String(a.value)}
		e.size += size
	}
	return e
}

// pack fills requests in order: up to 10 messages, and 1 MiB together.
func pack(entries []entry) [][]entry {
	var out [][]entry
	size := 0
	for _, e := range entries {
		if last := len(out) - 1; last < 0 || len(out[last]) == perRequest || size+e.size > queue.MaxBody {
			out = append(out, nil)
			size = 0
		}
		last := len(out) - 1
		out[last] = append(out[last], e)
		size += e.size
	}
	return out
}

func (q *Queue) send(ctx context.Context, url *string, entries []entry) error {
	return eachEntry(ctx, len(entries), func(todo []int) ([]types.BatchResultErrorEntry, error) {
		in := &sqs.SendMessageBatchInput{QueueUrl: url}
		for _, i := range todo {
			e := entries[i].SendMessageBatchRequestEntry
			e.Id = aws.String(strconv.Itoa(i))
			in.Entries = append(in.Entries, e)
		}
		res, err := q.sqs.SendMessageBatch(ctx, in)
		if err != nil {
			return nil, failure("SendMessageBatch", err)
		}
		return append(res.Failed, unsaid(in.Entries, res)...), nil
	})
}

// unsaid are the entries of which SQS says nothing: they are not known to be
// durable.
func unsaid(asked []types.SendMessageBatchRequestEntry, res *sqs.SendMessageBatchOutput) []types.BatchResultErrorEntry {
	said := map[string]bool{}
	for _, ok := range res.Successful {
		said[aws.ToString(ok.Id)] = true
	}
	for _, no := range res.Failed {
		said[aws.ToString(no.Id)] = true
	}
	var out []types.BatchResultErrorEntry
	for _, e := range asked {
		if !said[aws.ToString(e.Id)] {
			out = append(out, types.BatchResultErrorEntry{Id: e.Id, Code: aws.String("no answer")})
		}
	}
	return out
}

// eachEntry makes a request for n entries, and again for those that failed on
// SQS's side. An entry is named by its index.
func eachEntry(ctx context.Context, n int, do func(todo []int) ([]types.BatchResultErrorEntry, error)) error {
	todo := make([]int, n)
	for i := range todo {
		todo[i] = i
	}
	for try := 1; len(todo) > 0; try++ {
		failed, err := do(todo)
		if err != nil || len(failed) == 0 {
			return err
		}
		var left []int
		for _, f := range failed {
			i, err := strconv.Atoi(aws.ToString(f.Id))
			if err != nil || !slices.Contains(todo, i) {
				return errors.New("queue: SQS answers for an entry that it was not given")
			}
			if f.SenderFault || try == tries {
				return fmt.Errorf("queue: SQS refuses %d of %d entries: %s", len(failed), n, aws.ToString(f.Code))
			}
			left = append(left, i)
		}
		todo = left
		if err := sleep(ctx, queue.Backoff(try, pause, most)); err != nil {
			return err
		}
	}
	return nil
}
