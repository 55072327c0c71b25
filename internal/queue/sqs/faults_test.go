package sqs_test

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/queue"
	"kozamori/internal/queue/sqs"
	"kozamori/internal/testkit/emulator"
)

// call is a request that SQS got.
type call struct {
	Operation string `json:"-"`
	QueueURL  string `json:"QueueUrl"`
	QueueName string
	Entries   []struct {
		Id, MessageBody, MessageGroupId string
		DelaySeconds                    int
		MessageAttributes               map[string]struct{ StringValue string }
	}
	VisibilityTimeout int
	WaitTimeSeconds   int
}

// script is an SQS that answers what a test says; it keeps every call.
type script struct {
	mu     sync.Mutex
	calls  []call
	answer func(n int, c call) (status int, body any)
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	raw, _ := io.ReadAll(r.Body)
	var c call
	if err := json.Unmarshal(raw, &c); err != nil {
		return nil, err
	}
	_, c.Operation, _ = strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	s.mu.Lock()
	s.calls = append(s.calls, c)
	n := len(s.calls)
	s.mu.Unlock()
	status, body := s.answer(n, c)
	b, _ := json.Marshal(body)
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}}, Body: io.NopCloser(bytes.NewReader(b))}, nil
}

func (s *script) queue(t *testing.T, now func() time.Time) *sqs.Queue {
	return sqs.New(sqs.Config{AWS: emulator.AWS(t), Endpoint: "http://sqs.invalid", Now: now, HTTP: &http.Client{Transport: s},
		Queues: map[queue.Name]sqs.Address{queue.Events: {URL: "http://sqs.invalid/1/events", Dead: "http://sqs.invalid/1/events-dead"}}})
}

// accept answers a send, refusing the entries that it is told to.
func accept(c call, refuse func(id string) (senderFault, refused bool)) any {
	type ok struct{ Id, MessageId, MD5OfMessageBody string }
	type failed struct {
		Id, Code    string
		SenderFault bool
	}
	out := struct {
		Successful []ok
		Failed     []failed
	}{}
	for _, e := range c.Entries {
		if fault, no := refuse(e.Id); no {
			out.Failed = append(out.Failed, failed{e.Id, "InternalError", fault})
			continue
		}
		sum := md5.Sum([]byte(e.MessageBody))
		out.Successful = append(out.Successful, ok{e.Id, "m", hex.EncodeToString(sum[:])})
	}
	return out
}

func TestEntriesThatFailAreSentAgainAndOnlyThey(t *testing.T) {
	t.Parallel()
	s := &script{answer: func(n int, c call) (int, any) {
		return 200, accept(c, func(id string) (bool, bool) { return false, n == 1 && id > "5" || n == 2 && id == "7" })
	}}
	var msgs []queue.Outgoing
	for i := range 10 {
		msgs = append(msgs, queue.Outgoing{Body: []byte{byte('a' + i)}, Group: "0125", Trace: "t", Delay: 1500 * time.Millisecond})
	}
	if err := s.queue(t, nil).Send(ctx, queue.Events, msgs...); err != nil {
		t.Fatal(err)
	}
	var sent []string
	for _, c := range s.calls {
		var b strings.Builder
		for _, e := range c.Entries {
			b.WriteString(e.MessageBody)
			if e.MessageGroupId != "0125" || e.DelaySeconds != 2 || e.MessageAttributes["trace"].StringValue != "t" {
				t.Errorf("entry %+v", e)
			}
		}
		sent = append(sent, b.String())
	}
	if diff := cmp.Diff([]string{"abcdefghij", "ghij", "h"}, sent); diff != "" {
		t.Error(diff)
	}
}

// SQS shares a queue out fairly by the group, which is the bank: no entry may
// go without it, from any sender. And code that looks for what became of an
// event finds it by its trace.
func TestEachEntryNamesItsGroupAndTrace(t *testing.T) {
	t.Parallel()
	dead := map[string]any{"Messages": []any{map[string]any{"MessageId": "d", "ReceiptHandle": "h", "Body": "dead", "MD5OfBody": "f58e6a506c76fc2c90a7d29cbc631c2f",
		"MessageAttributes": map[string]any{"trace": map[string]string{"DataType": "String", "StringValue": "t"}},
		"Attributes":        map[string]string{"MessageGroupId": "0125", "SentTimestamp": "1"}}}}
	redriven := false
	s := &script{answer: func(_ int, c call) (int, any) {
		if c.Operation == "ReceiveMessage" && !redriven {
			redriven = true
			return 200, dead
		}
		return 200, accept(c, func(string) (bool, bool) { return false, false })
	}}
	q := s.queue(t, nil)
	for _, err := range []error{
		q.Send(ctx, queue.Events, queue.Outgoing{Body: []byte("a"), Group: "0125", Trace: "t"}, queue.Outgoing{Body: []byte("b"), Group: "0125", Trace: "t"}),
		q.DeadLetter(ctx, queue.Events, queue.Message{Body: []byte("c"), Group: "0125", Trace: "t", Receipt: sqs.Receipt("handle", time.Now())}, "why"),
		func() error { _, err := q.Redrive(ctx, queue.Events); return err }(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	var sent []string
	for _, c := range s.calls {
		if c.Operation != "SendMessageBatch" {
			continue
		}
		for _, e := range c.Entries {
			sent = append(sent, e.MessageBody+" of "+e.MessageGroupId+" "+e.MessageAttributes["trace"].StringValue)
		}
	}
	if diff := cmp.Diff([]string{"a of 0125 t", "b of 0125 t", "c of 0125 t", "dead of 0125 t"}, sent); diff != "" {
		t.Error(diff)
	}
}

func TestAnEntryOfWhichSQSSaysNothingIsSentAgain(t *testing.T) {
	t.Parallel()
	s := &script{answer: func(n int, c call) (int, any) {
		if n == 1 {
			c.Entries = c.Entries[:1]
		}
		return 200, accept(c, func(string) (bool, bool) { return false, false })
	}}
	if err := s.queue(t, nil).Send(ctx, queue.Events, queue.Outgoing{Body: []byte("a")}, queue.Outgoing{Body: []byte("b")}); err != nil {
		t.Fatal(err)
	}
	if len(s.calls) != 2 || len(s.calls[1].Entries) != 1 || s.calls[1].Entries[0].MessageBody != "b" {
		t.Errorf("calls %+v", s.calls)
	}
}

func TestASendThatIsNotDurableIsAnError(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault bool
		calls int
	}{"our fault, which no repetition mends": {true, 1}, "SQS's fault, again and again": {false, 6}} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{answer: func(_ int, got call) (int, any) {
				return 200, accept(got, func(string) (bool, bool) { return c.fault, true })
			}}
			err := s.queue(t, nil).Send(ctx, queue.Events, queue.Outgoing{Body: []byte("secret body")})
			if err == nil || strings.Contains(err.Error(), "secret") || len(s.calls) != c.calls {
				t.Errorf("%s: after %d calls: %v", name, len(s.calls), err)
			}
		})
	}
}

func TestRequestsHoldTenMessagesAndOneMebibyte(t *testing.T) {
	t.Parallel()
	s := &script{answer: func(_ int, c call) (int, any) {
		return 200, accept(c, func(string) (bool, bool) { return false, false })
	}}
	var msgs []queue.Outgoing
	for i := range 33 {
		n := 10
		if i%3 == 0 {
			n = 400 << 10
		}
		if i == 32 {
			n = queue.MaxBody - 5 // no room for the name of an attribute
		}
		msgs = append(msgs, queue.Outgoing{Body: bytes.Repeat([]byte("x"), n), Trace: "trace"})
	}
	if err := s.queue(t, nil).Send(ctx, queue.Events, msgs...); err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, c := range s.calls {
		size := 0
		for _, e := range c.Entries {
			size += len(e.MessageBody)
			for k, v := range e.MessageAttributes {
				size += len(k) + len("String") + len(v.StringValue)
			}
		}
		if len(c.Entries) > 10 || size > 1<<20 {
			t.Errorf("a request of %d messages and %d bytes", len(c.Entries), size)
		}
		total += len(c.Entries)
	}
	if total != 33 {
		t.Errorf("%d messages sent, want 33", total)
	}
}

func TestARetryStaysWithinTwelveHoursOfItsReceive(t *testing.T) {
	t.Parallel()
	received := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		later, delay time.Duration
		want         int
	}{
		{0, 0, 0}, {0, 1500 * time.Millisecond, 2}, {time.Minute, time.Hour, 3600},
		{0, 12 * time.Hour, 12*3600 - 60}, {10 * time.Minute, 12 * time.Hour, 12*3600 - 660}, {13 * time.Hour, time.Minute, 0},
	} {
		s := &script{answer: func(int, call) (int, any) { return 200, struct{}{} }}
		q := s.queue(t, func() time.Time { return received.Add(c.later) })
		if err := q.Retry(ctx, queue.Events, queue.Message{Receipt: sqs.Receipt("handle", received)}, c.delay); err != nil {
			t.Fatal(err)
		}
		if got := s.calls[0].VisibilityTimeout; got != c.want {
			t.Errorf("%v after its receive, %v more: hidden for %d s, want %d", c.later, c.delay, got, c.want)
		}
	}
}

func TestADeadLetteringThatIsCutLeavesTheMessageInItsQueue(t *testing.T) {
	t.Parallel()
	m := queue.Message{Body: []byte("x"), Receipt: sqs.Receipt("handle", time.Now())}
	for cut, want := range [][]string{
		{"ChangeMessageVisibility"},
		{"ChangeMessageVisibility", "SendMessageBatch events-dead"},
		{"ChangeMessageVisibility", "SendMessageBatch events-dead", "DeleteMessageBatch"},
	} {
		s := &script{answer: func(n int, c call) (int, any) {
			if n > cut {
				return 400, map[string]string{"__type": "AccessDenied"}
			}
			return 200, accept(c, func(string) (bool, bool) { return false, false })
		}}
		if err := s.queue(t, nil).DeadLetter(ctx, queue.Events, m, "why"); err == nil {
			t.Errorf("cut at %d: no error", cut)
		}
		var got []string
		for _, c := range s.calls {
			op := c.Operation
			if strings.HasSuffix(c.QueueURL, "-dead") {
				op += " events-dead"
			}
			got = append(got, op)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

// Meanwhile no other worker may take the message: it would be worked on, or be
// dead-lettered twice.
func TestADeadLetteringHidesItsMessageForLongerThanItCanTake(t *testing.T) {
	t.Parallel()
	m := queue.Message{Body: []byte("x")}
	var took time.Duration
	s := &script{}
	synctest.Test(t, func(t *testing.T) {
		m.Receipt = sqs.Receipt("handle", time.Now())
		start := time.Now()
		s.answer = func(_ int, c call) (int, any) {
			if c.Operation != "SendMessageBatch" {
				return 200, struct{}{}
			}
			time.Sleep(4 * time.Second) // SQS is slow, and has not kept it
			took = time.Since(start)
			return 500, map[string]string{"__type": "InternalFailure"}
		}
		if err := s.queue(t, nil).DeadLetter(ctx, queue.Events, m, "why"); err == nil {
			t.Error("no error")
		}
	})
	if hidden := time.Duration(s.calls[0].VisibilityTimeout) * time.Second; took < 10*time.Second || hidden <= took {
		t.Errorf("it is hidden for %v, and the last try ends after %v", hidden, took)
	}
}

// Lambda sends there what a function could not take, and says why in its own way.
func TestWhatSESSaidAndNobodyTookIsListed(t *testing.T) {
	t.Parallel()
	body := `{"requestContext":{"condition":"RetriesExhausted","approximateInvokeCount":3},"requestPayload":{"detail":{}},"responsePayload":{"errorMessage":"store: throttled"}}`
	sum := md5.Sum([]byte(body))
	sent := false
	s := &script{answer: func(_ int, c call) (int, any) {
		switch {
		case c.Operation == "GetQueueUrl":
			return 200, map[string]string{"QueueUrl": "http://sqs.invalid/1/" + c.QueueName}
		case c.Operation == "GetQueueAttributes":
			return 200, map[string]any{"Attributes": map[string]string{"ApproximateNumberOfMessages": "1", "ApproximateNumberOfMessagesNotVisible": "0"}}
		case c.Operation == "ReceiveMessage" && !sent:
			sent = true
			return 200, map[string]any{"Messages": []any{map[string]any{"MessageId": "d", "ReceiptHandle": "h", "Body": body, "MD5OfBody": hex.EncodeToString(sum[:]),
				"Attributes": map[string]string{"SentTimestamp": "1000", "ApproximateReceiveCount": "1"}}}}
		}
		return 200, struct{}{}
	}}
	conf := sqs.Config{AWS: emulator.AWS(t), Endpoint: "http://sqs.invalid", HTTP: &http.Client{Transport: s}}
	var err error
	if conf.Queues, err = sqs.Find(ctx, conf, "kozamori-"); err != nil {
		t.Fatal(err)
	}
	q := sqs.New(conf)
	dead, err := q.Dead(ctx, queue.Feedback, 10)
	if err != nil || len(dead) != 1 || dead[0].Why != "RetriesExhausted: store: throttled" || dead[0].Receives != 3 || dead[0].DiedAt != time.UnixMilli(1000).UTC() {
		t.Errorf("%+v %v", dead, err)
	}
	for _, c := range s.calls {
		if c.Operation == "ReceiveMessage" && c.WaitTimeSeconds == 0 {
			t.Error("a receive of dead letters does not ask all machines of SQS")
		}
	}
	if depth, err := q.Depth(ctx, queue.Feedback); err != nil || depth != (queue.Depth{Dead: 1}) {
		t.Errorf("%+v %v", depth, err)
	}
	if _, err := q.Redrive(ctx, queue.Feedback); err == nil {
		t.Error("they go back to a queue that is not there")
	}
}

func TestAQueueThatIsNotConfiguredIsAnError(t *testing.T) {
	t.Parallel()
	q := (&script{}).queue(t, nil)
	if err := q.Send(ctx, queue.LINE, queue.Outgoing{Body: []byte("x")}); err == nil {
		t.Error("taken")
	}
}
