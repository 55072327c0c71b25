package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
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
		if d.Files != nil {
			if h.LastBackup, err = d.Files.LastBackup(ctx); err != nil {
				return err
			}
			disk, err := d.Files.Disk(ctx)
			if err != nil {
				return err
			}
			h.Disk = &disk
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
		if h.Disk != nil {
			full := ""
			if h.Disk.Full {
				full = ": FULL, nothing is taken until there is room"
			}
			_, _ = fmt.Fprintf(c.Out, "%.1f GB of the disk are free%s\n", float64(h.Disk.Free)/1e9, full)
		}
		switch {
		case d.Files == nil:
		case h.LastBackup.IsZero():
			_, _ = fmt.Fprintln(c.Out, "there never was a backup")
		default:
			_, _ = fmt.Fprintf(c.Out, "the last backup is of %s\n", when(h.LastBackup))
		}
		w := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(w, "\nqueue\twaiting\tin flight\tdead\tsent/min\tdone/min\toldest")
		for _, n := range slices.Sorted(slices.Values(queue.Names)) {
			oldest := "" // also where that is not told
			if at := h.Queues[n].Oldest; !at.IsZero() {
				oldest = h.At.Sub(at).Round(time.Second).String()
			}
			_, _ = fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%s\n", n, h.Queues[n].Waiting, h.Queues[n].InFlight, h.Queues[n].Dead, h.Queues[n].Sent, h.Queues[n].Done, oldest)
		}
		_, _ = fmt.Fprintln(w, "\non record\twaiting\toverdue\toldest")
		for _, lane := range watch.Lanes {
			l := h.Lanes[lane]
			var oldest []string
			for _, ch := range slices.Sorted(maps.Keys(l.Oldest)) {
				oldest = append(oldest, fmt.Sprintf("%s %v", ch, time.Duration(l.Oldest[ch])*time.Second))
			}
			_, _ = fmt.Fprintf(w, "%s\t%d\t%v\t%s\n", lane, l.Waiting, time.Duration(l.Overdue)*time.Second, strings.Join(oldest, ", "))
		}
		return w.Flush()
	})
}
