package queue_test

import (
	"context"
	"errors"
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
	if q == s.down {
		return errDown
	}
	for _, m := range msgs {
		s.got[q] = append(s.got[q], string(m.Body)+"|"+m.Group+"|"+m.Trace)
	}
	return nil
}

func TestJobsGoToTheQueueOfTheirChannelInTheGroupOfTheirBank(t *testing.T) {
	t.Parallel()
	r := &watch.Record{ID: "r1", Account: watch.AccountKey{Bank: "0125", Ref: "acc_1"}, Deliveries: []watch.Delivery{
		{ID: "d1", Channel: watch.LINE, State: watch.Queued}, {ID: "d2", Channel: watch.Email, State: watch.Sending},
		{ID: "d3", Channel: watch.LINE, State: watch.Held}, {ID: "d4", Channel: watch.LINE, State: watch.Accepted},
		{ID: "d5", Channel: watch.LINE, State: watch.Queued},
	}}
	var jobs queue.Jobs
	jobs.DeliverWaiting(r)
	jobs.Deliver(r, &r.Deliveries[2])
	jobs.TellBank(&watch.Dispute{ID: "dis1", Account: watch.AccountKey{Bank: "0168", Ref: "acc_2"}})
	if jobs.Len() != 5 {
		t.Errorf("%d jobs, want 5", jobs.Len())
	}
	line := []string{`{"record":"r1","delivery":"d1"}|0125|r1`, `{"record":"r1","delivery":"d5"}|0125|r1`, `{"record":"r1","delivery":"d3"}|0125|r1`}
	bank := []string{`{"dispute":"dis1"}|0168|dis1`}
	s := &sent{got: map[queue.Name][]string{}}
	if err := jobs.Send(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	want := map[queue.Name][]string{queue.LINE: line, queue.Email: {`{"record":"r1","delivery":"d2"}|0125|r1`}, queue.Bank: bank}
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

func TestNoJobsSendNothing(t *testing.T) {
	t.Parallel()
	var jobs queue.Jobs
	if err := jobs.Send(t.Context(), &sent{down: queue.Bank}); err != nil || jobs.Len() != 0 {
		t.Errorf("%d jobs, %v", jobs.Len(), err)
	}
}
