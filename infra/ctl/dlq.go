package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"kozamori/infra/operator"
	"kozamori/internal/queue"
)

// queues reads arguments that name some of the queues that there are; none
// stands for all of them.
func queues(flags *flag.FlagSet, args []string, there []queue.Name) ([]queue.Name, error) {
	if len(args) == 0 {
		return there, nil
	}
	var out []queue.Name
	for _, a := range args {
		n := queue.Name(a)
		if !slices.Contains(there, n) {
			if n == queue.Feedback {
				return nil, misused(flags, "What SES said of mails goes back to no queue, and need not: the next mail to such an address comes back too.")
			}
			var names []string
			for _, q := range there {
				names = append(names, string(q))
			}
			return nil, misused(flags, "%q is no queue: there are %s.", a, strings.Join(names, ", "))
		}
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out, nil
}

// letter is a dead letter as it is listed: its body is about people, and stays
// where it is.
type letter struct {
	Queue    queue.Name `json:"queue"`
	ID       string     `json:"id"`
	Bank     string     `json:"bank,omitempty"`
	Why      string     `json:"why"`
	Receives int        `json:"receives"`
	Sent     time.Time  `json:"sent_at"`
	Died     time.Time  `json:"died_at"`
	Bytes    int        `json:"bytes"`
	Trace    string     `json:"trace,omitempty"`
}

func dlqList(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	p, asJSON := placeFlags(flags), jsonFlag(flags)
	most := flags.Int("n", 100, "how `many` to list of each queue")
	args, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	names, err := queues(flags, args, slices.Concat(queue.Names, []queue.Name{queue.Feedback}))
	if err != nil {
		return err
	}
	if *most < 1 {
		return misused(flags, "-n must be 1 or more.")
	}
	return p.at(ctx, c, flags, func(d *operator.Deployment) error {
		q, err := d.Queue(ctx)
		if err != nil {
			return err
		}
		letters, dead := []letter{}, 0
		for _, n := range names {
			c.progress("looking at %s …", n)
			depth, err := q.Depth(ctx, n)
			if err != nil {
				return err
			}
			some, err := q.Dead(ctx, n, *most)
			if err != nil {
				return err
			}
			dead += max(depth.Dead, len(some))
			for _, m := range some {
				letters = append(letters, letter{n, m.ID, m.Group, m.Why, m.Receives, m.SentAt.UTC(), m.DiedAt.UTC(), len(m.Body), m.Trace})
			}
		}
		c.doneProgress()
		err = list(c.Out, *asJSON, letters, "There are no dead letters.", []string{"QUEUE", "BANK", "DIED", "SENT", "RECEIVES", "ID", "WHY"}, func(l *letter) []string {
			return []string{string(l.Queue), dash(l.Bank), when(l.Died), when(l.Sent), strconv.Itoa(l.Receives), l.ID, dash(l.Why)}
		})
		if err == nil && !*asJSON && dead > len(letters) {
			_, err = fmt.Fprintf(c.Out, "About %d in all; -n lists more of them.\n", dead)
		}
		return err
	})
}

// redriven is what came of one queue.
type redriven struct {
	Queue queue.Name `json:"queue"`
	Sent  int        `json:"sent_back"`
}

func dlqRedrive(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	p, asJSON := placeFlags(flags), jsonFlag(flags)
	yes := flags.Bool("yes", false, "do not ask")
	args, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	names, err := queues(flags, args, queue.Names)
	if err != nil {
		return err
	}
	return p.at(ctx, c, flags, func(d *operator.Deployment) error {
		q, err := d.Queue(ctx)
		if err != nil {
			return err
		}
		dead, total := map[queue.Name]int{}, 0
		var what []string
		for _, n := range names {
			depth, err := q.Depth(ctx, n)
			if err != nil {
				return err
			}
			if dead[n] = depth.Dead; depth.Dead > 0 {
				what = append(what, fmt.Sprintf("%d of %s", depth.Dead, n))
			}
			total += depth.Dead
		}
		if total > 0 {
			if err := c.confirm(ctx, *yes, "%s go back to be worked on again, in %s. Go on?", strings.Join(what, ", "), d.Where); err != nil {
				return err
			}
		}
		return act{what: "dlq.redrive"}.by(ctx, d, func() error {
			done := []redriven{}
			for _, n := range names {
				// Counts are about right; a queue is asked even when it says none.
				sent, err := c.redrive(ctx, q, n, dead[n])
				if sent > 0 || err == nil && len(args) > 0 {
					done = append(done, redriven{n, sent})
				}
				if err != nil {
					_ = c.sayRedriven(done, *asJSON)
					return fmt.Errorf("%s: %w", n, err)
				}
			}
			return c.sayRedriven(done, *asJSON)
		})
	})
}

func (c *console) sayRedriven(done []redriven, asJSON bool) error {
	return list(c.Out, asJSON, done, "There were no dead letters.", []string{"QUEUE", "SENT BACK"}, func(r *redriven) []string {
		return []string{string(r.Queue), strconv.Itoa(r.Sent)}
	})
}

// redrive sends one queue's dead letters back and, at a terminal, shows how many
// are left.
func (c *console) redrive(ctx context.Context, q operator.Queue, n queue.Name, of int) (int, error) {
	if !c.Manned {
		return q.Redrive(ctx, n)
	}
	type result struct {
		sent int
		err  error
	}
	done := make(chan result, 1)
	go func() {
		sent, err := q.Redrive(ctx, n)
		done <- result{sent, err}
	}()
	defer c.doneProgress()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case r := <-done:
			return r.sent, r.err
		case <-tick.C:
			if depth, err := q.Depth(ctx, n); err == nil {
				c.progress("%s: %d of %d sent back …", n, of-min(depth.Dead, of), of)
			}
		}
	}
}
