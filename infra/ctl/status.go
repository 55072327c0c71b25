package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"kozamori/infra/operator"
	"kozamori/internal/health"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

func status(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	p, asJSON := placeFlags(flags), jsonFlag(flags)
	switch rest, err := parseMixed(flags, args); {
	case err != nil:
		return err
	case len(rest) > 0:
		return misused(flags, "%q is not a flag, and nothing else is wanted.", rest[0])
	}
	return p.at(ctx, c, flags, func(d *operator.Deployment) error {
		q, err := d.Queue(ctx)
		if err != nil {
			return err
		}
		h, err := health.Look(ctx, store.New(d.Table), q, d.Now())
		if err != nil {
			return err
		}
		if *asJSON {
			return object(c.Out, h)
		}
		for _, down := range h.Down {
			_, _ = fmt.Fprintf(c.Out, "DOWN %s since %s: called %d times since, next at %s\n", down.Provider, when(down.Since), down.Probes, when(down.Next))
		}
		if len(h.Down) == 0 {
			_, _ = fmt.Fprintln(c.Out, "no provider is down")
		}
		w := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(w, "\nqueue\twaiting\tin flight\tdead")
		for _, n := range slices.Sorted(slices.Values(queue.Names)) {
			_, _ = fmt.Fprintf(w, "%s\t%d\t%d\t%d\n", n, h.Queues[n].Waiting, h.Queues[n].InFlight, h.Queues[n].Dead)
		}
		_, _ = fmt.Fprintln(w, "\non record\twaiting\toverdue")
		for _, lane := range watch.Lanes {
			_, _ = fmt.Fprintf(w, "%s\t%d\t%v\n", lane, h.Lanes[lane].Waiting, time.Duration(h.Lanes[lane].Overdue)*time.Second)
		}
		return w.Flush()
	})
}
