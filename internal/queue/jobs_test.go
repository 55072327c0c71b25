package queue_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/queue"
	"kozamori/internal/watch"
)

// sent keeps what was queued, as body|group|trace, and refuses one queue.
type sent struct {
	down queue.Name
	got  map[queue.Name][]string
}

var errDown = errors.New("down")

func (s *sent) Send(_ context.Context, q queue.Name, msgs ...queue.Outgoing) error {
	switch {
	case q == s.down:
		return errDown
	case !slices.Contains(queue.Names, q):
		return queue.ErrNoQueue
	}
	for _, m := range msgs {
		s.got[q] = append(s.got[q], string(m.Body)+"|"+m.Group+"|"+m.Trace)
	}
	return nil
}

func TestJobsGoToTheQueueOfTheirChannelInTheGroupOfTheirAccount(t *testing.T) {
	t.Parallel()
	r := &watch.Record{ID: "r1", OnAccount: watch.On(watch.AccountKey{Bank: "0125", Ref: "acc_1"}), Deliveries: []watch.Delivery{
		{ID: "d1", Channel: watch.LINE, State: watch.Queued}, {ID: "d2", Channel: watch.Email, State: watch.Sending},
		{ID: "d3", Channel: watch.LINE, State: watch.Held}, {ID: "d4", Channel: watch.LINE, State: watch.Accepted},
		{ID: "d5", Channel: watch.LINE, State: watch.Queued},
	}}
	var jobs queue.Jobs
	jobs.DeliverWaiting(r)
	jobs.Deliver(r, &r.Deliveries[2]) // it waits for its hour, longer than a queue keeps a message
	jobs.Deliver(r, &r.Deliveries[4])
	jobs.TellBank(&watch.Dispute{ID: "dis1", OnAccount: watch.On(watch.AccountKey{Bank: "0168", Ref: "acc_2"})})
	if jobs.Len() != 5 {
		t.Errorf("%d jobs, want 5", jobs.Len())
	}
	line := []string{`{"record":"r1","delivery":"d1","again":true}|0125.10|r1`, `{"record":"r1","delivery":"d5","again":true}|0125.10|r1`, `{"record":"r1","delivery":"d5"}|0125.10|r1`}
	bank := []string{`{"dispute":"dis1"}|0168|dis1`}
	s := &sent{got: map[queue.Name][]string{}}
	if err := jobs.Send(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	want := map[queue.Name][]string{queue.LINE: line, queue.Email: {`{"record":"r1","delivery":"d2","again":true}|0125.10|r1`}, queue.Bank: bank}
	if diff := cmp.Diff(want, s.got); diff != "" {
		t.Error(diff)
	}

	s = &sent{down: queue.Email, got: map[queue.Name][]string{}}
	if err := jobs.Send(t.Context(), s); !errors.Is(err, errDown) {
		t.Errorf("a queue is down: %v", err)
	}
	if diff := cmp.Diff(map[queue.Name][]string{queue.LINE: line, queue.Bank: bank}, s.got); diff != "" {
		t.Error("the other queues:", diff)
	}
}

func TestOnlyQueuesThatAreNotThereAreNoReasonToTryAgain(t *testing.T) {
	one := func(ch watch.ChannelKind) *watch.Record {
		return &watch.Record{ID: "r1", OnAccount: watch.On(watch.AccountKey{Bank: "0125"}), Deliveries: []watch.Delivery{{ID: "d1", Channel: ch, State: watch.Queued}}}
	}
	for name, c := range map[string]struct {
		channels []watch.ChannelKind
		down     queue.Name
		stranded bool
		line     int
	}{
		"a channel of a newer program":    {[]watch.ChannelKind{"fax", watch.LINE}, queue.Email, true, 1},
		"and a queue that is down":        {[]watch.ChannelKind{"fax", watch.Email, watch.LINE}, queue.Email, false, 1},
		"a queue that is down":            {[]watch.ChannelKind{watch.Email, watch.LINE}, queue.Email, false, 1},
		"nothing is wrong":                {[]watch.ChannelKind{watch.LINE}, queue.Email, false, 1},
		"two channels of a newer program": {[]watch.ChannelKind{"fax", "sms"}, queue.Email, true, 0},
	} {
		var jobs queue.Jobs
		for _, ch := range c.channels {
			jobs.DeliverWaiting(one(ch))
		}
		s := &sent{down: c.down, got: map[queue.Name][]string{}}
		if got := queue.Stranded(jobs.Send(t.Context(), s)); got != c.stranded || len(s.got[queue.LINE]) != c.line {
			t.Errorf("%s: stranded is %t, %d for LINE", name, got, len(s.got[queue.LINE]))
		}
	}
}

func TestNoJobsSendNothing(t *testing.T) {
	t.Parallel()
	var jobs queue.Jobs
	if err := jobs.Send(t.Context(), &sent{down: queue.Bank}); err != nil || jobs.Len() != 0 {
		t.Errorf("%d jobs, %v", jobs.Len(), err)
	}
}

// No job is without its group and its trace: the logs are followed by it.
func TestEachJobHasAGroupAndATrace(t *testing.T) {
	t.Parallel()
	r := &watch.Record{ID: "r1", OnAccount: watch.On(watch.AccountKey{Bank: "0125", Ref: "acc_1"}), Deliveries: []watch.Delivery{{ID: "d1", Channel: watch.LINE, State: watch.Queued}}}
	d := &watch.Dispute{ID: "dis1", OnAccount: r.OnAccount}
	var jobs queue.Jobs
	jobs.Deliver(r, &r.Deliveries[0])
	jobs.DeliverFirst(r, &r.Deliveries[0], 1)
	jobs.DeliverAgain(r, &r.Deliveries[0])
	jobs.Release(watch.Job{Back: "bank.0125", Disputes: []string{"dis1"}}, 1)
	jobs.DeliverWaiting(r)
	jobs.TellBank(d)
	jobs.TellFeed("0125")
	jobs.TellFile("0125", "file_1")
	jobs.CallAgain("0125", "msg_1")
	jobs.Unreached("0125", "r1", "d1")
	jobs.Probe("line", 1, 1)
	jobs.Letter(watch.LINE, "key", "person")
	s := &sent{got: map[queue.Name][]string{}}
	if err := jobs.Send(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	n := 0
	for q, all := range s.got {
		for _, m := range all {
			n++
			if strings.HasSuffix(m, "|") || strings.Contains(m, "||") {
				t.Errorf("%s: %s has no group or no trace", q, m)
			}
		}
	}
	if n != 12 {
		t.Errorf("%d jobs", n)
	}
}
