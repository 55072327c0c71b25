package queue

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"kozamori/internal/codec"
	"kozamori/internal/watch"
)

var jobs = codec.For[watch.Job]("message.job")

// DecodeJob reads the body of a message that Jobs sent.
func DecodeJob(body []byte) (watch.Job, error) {
	var job watch.Job
	err := jobs.Decode(body, &job)
	return job, err
}

// Jobs gathers what a commit leaves to be done by notify, and queues it once
// that is committed. Nothing is lost with a job that could not be queued: what
// it is about is on record with a time at which it is due, and sweep finds it.
// So it is the caller who judges an error of Send.
type Jobs struct {
	byQueue map[Name][]Outgoing
	n       int
}

// Deliver adds a delivery of a record that was made just now: no other job of
// it has been queued, so the first attempt at it may still decide what it says. One that
// waits for its hour is left to sweep: no queue keeps a message for so long.
func (j *Jobs) Deliver(r *watch.Record, d *watch.Delivery) {
	if d.State == watch.Held {
		return
	}
	j.add(For(d.Channel), GroupOf(r.Account, r.Critical()), watch.Job{Record: r.ID, Delivery: d.ID}, max(0, min(d.After.Sub(d.CreatedAt), MostDelay)))
}

// DeliverFirst is Deliver after a delay.
func (j *Jobs) DeliverFirst(r *watch.Record, d *watch.Delivery, in time.Duration) {
	j.add(For(d.Channel), GroupOf(r.Account, r.Critical()), watch.Job{Record: r.ID, Delivery: d.ID}, in)
}

// DeliverAgain adds a delivery that may have been queued before.
func (j *Jobs) DeliverAgain(r *watch.Record, d *watch.Delivery) {
	j.add(For(d.Channel), GroupOf(r.Account, r.Critical()), watch.Job{Record: r.ID, Delivery: d.ID, Again: true}, 0)
}

// Gone adds that a delivery was taken by its channel after the reader had left it, at a
// time, or may be by then.
func (j *Jobs) Gone(r *watch.Record, d *watch.Delivery, at time.Time, in time.Duration) {
	j.add(For(d.Channel), GroupOf(r.Account, r.Critical()), watch.Job{Record: r.ID, Delivery: d.ID, Gone: true, Since: at}, in)
}

// DeliverWaiting adds the deliveries of a record that wait for their outcome.
func (j *Jobs) DeliverWaiting(r *watch.Record) {
	for i := range r.Deliveries {
		if d := &r.Deliveries[i]; d.State == watch.Queued || d.State == watch.Sending {
			j.DeliverAgain(r, d)
		}
	}
}

// TellBank adds the changes of a dispute that its bank has not taken.
func (j *Jobs) TellBank(d *watch.Dispute) {
	j.add(Bank, d.Account.Bank, watch.Job{Dispute: d.ID}, 0)
}

// TellFeed adds what a bank has not been told of its feed.
func (j *Jobs) TellFeed(bank string) { j.add(Bank, bank, watch.Job{Feed: bank}, 0) }

// TellFile adds what came of a file that a bank sent.
func (j *Jobs) TellFile(bank, id string) { j.add(Bank, bank, watch.Job{File: id, Of: bank}, 0) }

// TakePart adds a part of a file that a bank left in the bucket, by its number from 1.
func (j *Jobs) TakePart(bank, id string, part int) {
	j.add(Files, bank, watch.Job{File: id, Of: bank, Part: part}, 0)
}

// TellControl adds the changes of a control that its bank has not taken.
func (j *Jobs) TellControl(bank, id string) { j.add(Bank, bank, watch.Job{Control: id, Of: bank}, 0) }

// TellInquiry adds what people have answered to an inquiry of a bank.
func (j *Jobs) TellInquiry(bank, id string) { j.add(Bank, bank, watch.Job{Inquiry: id, Of: bank}, 0) }

// CallAgain adds a callback that a bank asked for once more, by its webhook-id.
func (j *Jobs) CallAgain(bank, id string) { j.add(Bank, bank, watch.Job{Callback: id, Of: bank}, 0) }

// Unreached adds that a bank is to be told of a watcher whom no channel reaches.
func (j *Jobs) Unreached(bank, record, delivery string) {
	j.add(Bank, bank, watch.Job{Record: record, Delivery: delivery, Again: true}, 0)
}

// Probe adds a look at a provider that was down, a channel or "bank." and a
// bank's code, in the group of its own.
func (j *Jobs) Probe(provider string, round int, in time.Duration) {
	j.add(of(provider), "probe", watch.Job{Provider: provider, Round: round}, in)
}

// Release adds a piece of what waits for a provider that is back.
func (j *Jobs) Release(piece watch.Job, in time.Duration) {
	j.add(of(piece.Back), "release", piece, in)
}

// of is the queue of a provider.
func of(provider string) Name {
	q, _, _ := strings.Cut(provider, ".")
	return Name(q)
}

// Letter adds a message that tells of no alert, by its key and for one person.
func (j *Jobs) Letter(over watch.ChannelKind, key, person string) {
	j.add(For(over), watch.Derive("letter", person), watch.Job{Letter: key}, 0)
}

// Pace is how long the nth of many jobs, from 0, is held back so that no more
// than rate of them are received in a second. They come in steps of a second,
// because SQS delays by whole ones.
func Pace(n, rate int) time.Duration {
	return min(time.Duration(n/max(1, rate))*time.Second, MostDelay)
}

func (j *Jobs) add(q Name, group string, job watch.Job, delay time.Duration) {
	if j.byQueue == nil {
		j.byQueue = map[Name][]Outgoing{}
	}
	j.byQueue[q] = append(j.byQueue[q], Outgoing{Body: jobs.Encode(&job), Group: group, Trace: job.Record + job.Dispute + job.Provider + job.Letter + job.Feed + job.File + job.Callback + job.Control + job.Inquiry + job.Back, Delay: delay})
	j.n++
}

// Add adds the jobs of another.
func (j *Jobs) Add(other *Jobs) {
	if j.byQueue == nil {
		j.byQueue = map[Name][]Outgoing{}
	}
	for q, msgs := range other.byQueue {
		j.byQueue[q] = append(j.byQueue[q], msgs...)
	}
	j.n += other.n
}

// Len is the number of jobs.
func (j *Jobs) Len() int { return j.n }

// Each visits the queues of the jobs, in the order of their names, with the messages of
// each, until f fails.
func (j *Jobs) Each(f func(Name, []Outgoing) error) error {
	for _, q := range slices.Sorted(maps.Keys(j.byQueue)) {
		if err := f(q, j.byQueue[q]); err != nil {
			return err
		}
	}
	return nil
}

// Send queues every job. A queue that is down keeps the others from none of
// theirs; its jobs may have been sent all the same.
func (j *Jobs) Send(ctx context.Context, to Sender) error {
	var failed []error
	for _, q := range slices.Sorted(maps.Keys(j.byQueue)) {
		if err := to.Send(ctx, q, j.byQueue[q]...); err != nil {
			failed = append(failed, fmt.Errorf("queue %s: %w", q, err))
		}
	}
	return errors.Join(failed...)
}
