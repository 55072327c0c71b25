package lambda_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"kozamori/internal/lambda"
	"kozamori/internal/queue"
)

// settled is a queue that writes down how messages are settled.
type settled struct {
	queue.Queue
	did  []string
	fail bool
}

func (s *settled) Retry(_ context.Context, n queue.Name, m queue.Message, d time.Duration) error {
	s.did = append(s.did, "retry "+string(n)+" "+m.ID+" "+d.String())
	if s.fail {
		return errors.New("no")
	}
	return nil
}

func (s *settled) DeadLetter(_ context.Context, n queue.Name, m queue.Message, why string) error {
	s.did = append(s.did, "dead-letter "+string(n)+" "+m.ID+" "+why)
	if s.fail {
		return errors.New("no")
	}
	return nil
}

var names = map[string]queue.Name{"SQSQueue": queue.LINE, "stack-email": queue.Email}

func batch(t *testing.T, ids ...string) events.SQSEvent {
	t.Helper()
	e := fixture[events.SQSEvent](t, "sqs-event.json")
	r := e.Records[0]
	e.Records = nil
	for _, id := range ids {
		r.MessageId, r.Body = id, id
		e.Records = append(e.Records, r)
	}
	return e
}

func failed(r events.SQSEventResponse) []string {
	var out []string
	for _, f := range r.BatchItemFailures {
		out = append(out, f.ItemIdentifier)
	}
	slices.Sort(out)
	return out
}

func now() time.Time { return time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC) }

func TestAPublishedEventAsMessages(t *testing.T) {
	t.Parallel()
	e := fixture[events.SQSEvent](t, "sqs-event.json")
	trace := "r_1"
	e.Records[0].MessageAttributes["trace"] = events.SQSMessageAttribute{StringValue: &trace, DataType: "String"}
	e.Records[0].Attributes["MessageGroupId"] = "0125"
	var got []queue.Message
	_, err := lambda.Queue(&settled{}, names, func(_ context.Context, ms []queue.Message) []queue.Verdict {
		got = ms
		return []queue.Verdict{queue.Acknowledge}
	}, now, quiet)(ctx, e)
	if err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	if !strings.HasSuffix(got[0].Receipt, " MessageReceiptHandle") {
		t.Errorf("receipt %q", got[0].Receipt)
	}
	got[0].Receipt = ""
	want := queue.Message{ID: "MessageID_1", Body: []byte("Message Body"), Group: "0125", Trace: "r_1", Receives: 2, SentAt: time.UnixMilli(1520621625029).UTC()}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Error(diff)
	}
}

func TestWhichMessagesComeAgain(t *testing.T) {
	t.Parallel()
	handler := func(_ context.Context, ms []queue.Message) []queue.Verdict {
		var out []queue.Verdict
		for _, m := range ms {
			switch string(m.Body) {
			case "later":
				out = append(out, queue.RetryAfter(90*time.Second))
			case "never":
				out = append(out, queue.DeadLetter("not a job"))
			case "panic":
				panic("secret")
			default:
				out = append(out, queue.Acknowledge)
			}
		}
		return out
	}
	for name, c := range map[string]struct {
		ids    []string
		fail   bool
		failed []string
		did    []string
	}{
		"all done":  {ids: []string{"a", "b"}},
		"one later": {ids: []string{"a", "later"}, failed: []string{"later"}, did: []string{"retry line later 1m30s"}},
		"one never": {ids: []string{"never", "a"}, did: []string{"dead-letter line never not a job"}},
		"what cannot be settled comes again": {ids: []string{"never", "later", "a"}, fail: true, failed: []string{"later", "never"},
			did: []string{"dead-letter line never not a job", "retry line later 1m30s"}},
		"a panic costs its own message": {ids: []string{"a", "panic", "b"}, failed: []string{"panic"}},
	} {
		t.Run(name, func(t *testing.T) {
			q := &settled{fail: c.fail}
			res, err := lambda.Queue(q, names, handler, now, quiet)(ctx, batch(t, c.ids...))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.failed, failed(res)); diff != "" {
				t.Error(diff)
			}
			if name == "a panic costs its own message" {
				if len(q.did) != 1 || !strings.HasPrefix(q.did[0], "retry line panic") {
					t.Errorf("settled %v", q.did)
				}
			} else if diff := cmp.Diff(c.did, q.did); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAMessageOfAnotherQueueFailsTheBatch(t *testing.T) {
	t.Parallel()
	e := batch(t, "a")
	e.Records[0].EventSourceARN = "arn:aws:sqs:us-west-2:123456789012:other"
	if _, err := lambda.Queue(&settled{}, names, nil, now, quiet)(ctx, e); err == nil {
		t.Error("taken")
	}
}

func TestWorkOnABatchEndsInTimeToSettleIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
		defer cancel()
		q := &settled{}
		res, err := lambda.Queue(q, names, func(work context.Context, _ []queue.Message) []queue.Verdict {
			<-work.Done() // a provider that does not answer
			return []queue.Verdict{queue.RetryAfter(time.Second)}
		}, now, quiet)(short, batch(t, "a"))
		if err != nil || short.Err() != nil || len(res.BatchItemFailures) != 1 || len(q.did) != 1 {
			t.Errorf("%v %v %v %v", res, err, short.Err(), q.did)
		}
	})
}
