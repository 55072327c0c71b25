package lambda

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"kozamori/internal/queue"
	"kozamori/internal/queue/sqs"
)

// Queue lets a stage work on a batch of SQS's, and answers which messages must
// come again. Lambda deletes the others. With such answers Lambda does not
// slow down when messages fail, so each is hidden for as long as its verdict
// says.
func Queue(q queue.Queue, names map[string]queue.Name, h queue.Handler, now func() time.Time, log *slog.Logger) func(context.Context, events.SQSEvent) (events.SQSEventResponse, error) {
	return func(ctx context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
		var res events.SQSEventResponse
		again := func(id string) {
			res.BatchItemFailures = append(res.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: id})
		}
		at := now()
		batches := map[queue.Name][]queue.Message{}
		for _, r := range e.Records {
			name, ok := names[r.EventSourceARN[strings.LastIndex(r.EventSourceARN, ":")+1:]]
			if !ok {
				return res, fmt.Errorf("lambda: a message of a queue that is not ours")
			}
			batches[name] = append(batches[name], message(r, at))
		}
		work, cancel := early(ctx)
		defer cancel()
		for name, msgs := range batches {
			for i, v := range queue.Guard(work, msgs, h, log) {
				m := msgs[i]
				if v.Done {
					continue
				}
				var err error
				if v.DeadLetter != "" {
					log.ErrorContext(ctx, queue.LogDeadLettered, "queue", name, "message", m.ID, "trace", m.Trace, "why", v.DeadLetter)
					if err = q.DeadLetter(ctx, name, m, v.DeadLetter); err == nil {
						continue
					}
				} else {
					err = q.Retry(ctx, name, m, v.Delay)
				}
				if err != nil {
					// It comes again after its visibility timeout.
					log.ErrorContext(ctx, "a message cannot be settled", "queue", name, "message", m.ID, "err", err)
				}
				again(m.ID)
			}
			// SQS forgets the age of what was received three times, and with such
			// pauses as ours that is soon.
			log.InfoContext(ctx, "messages were worked on", "queue", string(name), "seconds", int64(oldest(msgs, now()).Seconds()))
		}
		return res, nil
	}
}

// oldest is the age of the oldest message.
func oldest(msgs []queue.Message, now time.Time) (age time.Duration) {
	for _, m := range msgs {
		if !m.SentAt.IsZero() {
			age = max(age, now.Sub(m.SentAt))
		}
	}
	return age
}

func message(r events.SQSMessage, at time.Time) queue.Message {
	m := queue.Message{ID: r.MessageId, Body: []byte(r.Body), Group: r.Attributes["MessageGroupId"], Receipt: sqs.Receipt(r.ReceiptHandle, at)}
	m.Receives, _ = strconv.Atoi(r.Attributes["ApproximateReceiveCount"])
	if ms, err := strconv.ParseInt(r.Attributes["SentTimestamp"], 10, 64); err == nil {
		m.SentAt = time.UnixMilli(ms).UTC()
	}
	if t := r.MessageAttributes[sqs.TraceAttribute].StringValue; t != nil {
		m.Trace = *t
	}
	return m
}
