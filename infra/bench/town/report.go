package town

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/store"
)

// Report is what came of a town.
type Report struct {
	Options               Options
	Events, Posts, Alerts int
	Answered, Refused     int
	Untold, Dead          int // records due no more that no one was told of; dead letters
	Classes               []Class
	Limits                []Limit
	// Yen is what AWS takes for each owner and month.
	Yen   float64
	Costs []Cost
}

// Class is how long alerts of one kind took: in the stages, whose waits are
// what they chose (tries again, gathering, quiet hours), and what waiting at full
// size adds at most.
type Class struct {
	Name         string
	N            int
	P50, P99     time.Duration
	Worst, Added time.Duration
}

// Limit is how much of a limit is used in the worst minute.
type Limit struct {
	Name     string
	Used, Of float64 // at full size
	Grows    bool    // with the town
}

// At is how many times the town may grow before the limit is met.
func (l Limit) At() float64 { return l.Of / max(l.Used, 1e-9) }

// Cost is a part of what AWS takes, in dollars a month.
type Cost struct {
	Name    string
	Dollars float64
}

// Of us-east-1's list prices of November 2026, as the README's.
const (
	millionWrites, millionReads = 0.625, 0.125
	gbMonth                     = 0.45 // with point-in-time recovery
	millionSQS                  = 0.40
	millionInvocations          = 0.20
	gbSecond                    = 0.0000133334
	functionGB                  = 0.25
)

// perPost is how many events a bank sends at a time, at full size: singles by
// day, hundreds at night. Here there are hardly two in a minute.
const perPost = 20

// perCall is how long an invocation waits for the table, queues and providers.
const perCall = 0.1

// Seconds of a core that the stages take, of this folder's README.
const (
	ingestCPU, detectCPU, alertCPU = 4e-6, 17e-6, 2.35e-3
	coresOf256MB                   = 256.0 / 1769
)

func (w *world) report(ctx context.Context) (*Report, error) {
	r := &Report{Options: w.o, Events: w.events, Posts: w.posts, Alerts: len(w.told), Answered: w.answered, Refused: len(w.refused)}
	waiting, err := w.store.Waiting(ctx)
	if err != nil {
		return nil, err
	}
	r.Untold = len(slices.DeleteFunc(waiting, func(ref store.DueRef) bool { return ref.Due().After(w.clock.Now().Add(-time.Hour)) }))
	for _, n := range queue.Names {
		d, err := w.queue.Depth(ctx, n)
		if err != nil {
			return nil, err
		}
		r.Dead += d.Dead
	}
	r.Classes = w.classes()
	r.Limits = w.limits()
	r.costs(w)
	return r, nil
}

const heldClass = "held, from 07:00"

// releaseRate is at how many a second sweep lets go of what was held.
const releaseRate = 1500.0

// morning is how many are let go at most, at full size.
func (w *world) morning() float64 {
	of := map[string]int{}
	most := 0
	for _, t := range w.told {
		if t.held {
			of[t.day]++
			most = max(most, of[t.day])
		}
	}
	return float64(most * w.o.Scale)
}

func (w *world) classes() []Class {
	took := map[string][]time.Duration{}
	for _, t := range w.told {
		switch {
		case t.critical:
			took["critical"] = append(took["critical"], t.after)
		case t.held:
			took[heldClass] = append(took[heldClass], t.after)
		default:
			took["others"] = append(took["others"], t.after)
		}
	}
	var out []Class
	for _, name := range slices.Sorted(maps.Keys(took)) {
		d := took[name]
		slices.Sort(d)
		added := w.detect.worst + w.notify.worst
		switch name {
		case "critical": // groups of their own; but not before detect
			added = w.detect.worst
		case heldClass:
			added = w.morning() / min(releaseRate, w.o.Rates.Notify)
		}
		out = append(out, Class{name, len(d), d[len(d)/2], d[len(d)*99/100], d[len(d)-1], time.Duration(added * float64(time.Second))})
	}
	return out
}

// limits are those of what is shared, at full size, the first to be met first.
func (w *world) limits() []Limit {
	full := float64(w.o.Scale)
	var out []Limit
	for kind, l := range w.meter.worst {
		times, of := full, "of one key "+kind
		if classes[kind] == ofPeople {
			times, of = 1, "of one person's key "+kind+", which does not grow"
		}
		out = append(out, Limit{"writes a second " + of, l.writes * times, keyWrites, times > 1}, Limit{"reads a second " + of, l.reads * times, keyReads, times > 1})
	}
	out = append(out, Limit{"writes a second of the table", w.meter.table.writes * full, tableWrites, true}, Limit{"reads a second of the table", w.meter.table.reads * full, tableReads, true},
		Limit{"events a second through detect", w.detect.peak, w.o.Rates.Detect, true}, Limit{"messages a second through notify", w.notify.peak, w.o.Rates.Notify, true},
		Limit{"pushes a second to LINE", w.notify.peak, w.o.Rates.LINE, true})
	slices.SortFunc(out, func(a, b Limit) int { return cmp.Or(cmp.Compare(a.At(), b.At()), cmp.Compare(a.Name, b.Name)) })
	return out
}

func (r *Report) costs(w *world) {
	full, months := float64(r.Options.Scale), float64(r.Options.Days)*12/365
	monthly := func(x float64) float64 { return x * full / months }
	cpu := float64(r.Events)*(ingestCPU+detectCPU) + float64(r.Alerts)*alertCPU
	m := w.meter
	m.sum[fixed].reads += float64(w.idle) * store.DuePartitions / 2 / processes
	units := load{}
	for c, l := range m.sum {
		times := full
		if class(c) == fixed {
			times = processes
		}
		units.add(load{l.writes * times, l.reads * times})
	}
	posts := float64(r.Events) / perPost
	requests := w.queue.requests + 3*posts // of ingest's messages
	calls := posts + requests/2
	r.Costs = []Cost{
		{"DynamoDB, writes", units.writes / months / 1e6 * millionWrites},
		{"DynamoDB, reads", units.reads / months / 1e6 * millionReads},
		{"DynamoDB, what is kept in the end", m.Bytes * full / (1 << 30) * gbMonth},
		{"SQS", monthly(requests) / 1e6 * millionSQS},
		{"Lambda, time", monthly(cpu/coresOf256MB+calls*perCall) * functionGB * gbSecond},
		{"Lambda, invocations", monthly(calls) / 1e6 * millionInvocations},
	}
	sum := 0.0
	for _, c := range r.Costs {
		sum += c.Dollars
	}
	r.Yen = sum * r.Options.Yen / (r.Options.Accounts * optedIn)
}

// Print writes the report for people.
func (r *Report) Print(to io.Writer) {
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(to, format+"\n", args...) }
	o := r.Options
	say("%d banks by their deposits, %.0f million accounts, %.0f %% watched, %d days from 1 April 2026; 1 account for %d, seed %d", len(banks), o.Accounts/1e6, 100*optedIn, o.Days, o.Scale, o.Seed)
	say("  %d events in %d posts, %d alerts told, %d answered, %d pushes that LINE turned away", r.Events, r.Posts, r.Alerts, r.Answered, r.Refused)
	say("  %d things overdue by an hour at the end, %d dead letters", r.Untold, r.Dead)
	say("from the bank's event to LINE's acceptance, in whole seconds, without the time of the calls themselves (less than one)")
	for _, c := range r.Classes {
		say("  %-20s %7d  p50 %v, p99 %v, worst %v; queues at full size add at most %v", c.Name, c.N, c.P50.Round(time.Millisecond), c.P99.Round(time.Millisecond), c.Worst.Round(time.Millisecond), c.Added.Round(time.Millisecond))
	}
	say("what is met first as the town grows (the mean of the worst hour; adaptive splits not counted)")
	for i, l := range r.Limits {
		if i == 8 {
			break
		}
		say("  at %8.1f×: %-44s %10.1f of %.0f", l.At(), l.Name, l.Used, l.Of)
	}
	for _, times := range []float64{1, 10, 100} {
		var met []string
		for _, l := range r.Limits {
			if l.Used > l.Of || l.Grows && l.At() < times {
				met = append(met, l.Name)
			}
		}
		say("  %3.0f×: %d limits are exceeded %q", times, len(met), met)
	}
	say("what AWS takes, without delivery fees, logs, requests of the gateway, and free tiers: %.3f yen an owner and month", r.Yen)
	for _, c := range r.Costs {
		say("  %-36s $%.2f a month", c.Name, c.Dollars)
	}
}
