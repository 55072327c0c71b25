package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"time"

	"kozamori/infra/operator"
	"kozamori/internal/ingest"
	"kozamori/internal/store"
	"kozamori/internal/wire"
)

// refusal is what quarantine holds, as it is listed: the raw event is about
// people, and is shown only when it is asked for.
type refusal struct {
	Bank    string    `json:"bank"`
	ID      string    `json:"id"`
	At      time.Time `json:"received_at"`
	Event   string    `json:"event_id,omitempty"`
	Webhook string    `json:"webhook_id,omitempty"`
	Field   string    `json:"field,omitempty"`
	Problem string    `json:"problem"`
	Bytes   int       `json:"bytes"`
	Cut     bool      `json:"cut,omitempty"`
	Raw     string    `json:"raw,omitempty"`
}

func quarantineList(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	p, asJSON := placeFlags(flags), jsonFlag(flags)
	bank := flags.String("bank", "", "only of the bank with this 4-digit `code`")
	most := flags.Int("n", 100, "how `many` to list of each bank, the latest ones")
	raw := flags.Bool("raw", false, "with -json: what the bank sent, too. It is about its customers")
	args, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	switch {
	case len(args) > 0:
		return misused(flags, "quarantine list takes no arguments; -bank says of which bank.")
	case *bank != "" && !isBank(*bank):
		return misused(flags, "-bank must be the 4 digits of a 金融機関コード, such as 0125.")
	case *most < 1:
		return misused(flags, "-n must be 1 or more.")
	case *raw && !*asJSON:
		return misused(flags, "-raw goes with -json.")
	}
	return p.at(ctx, c, flags, func(d *operator.Deployment) error {
		st := store.New(d.Table)
		codes := []string{*bank}
		if *bank == "" {
			codes = nil
			for b, err := range st.Banks(ctx) {
				if err != nil {
					return err
				}
				codes = append(codes, b.Code)
			}
		}
		rows := []refusal{}
		for _, code := range codes {
			some, err := store.First(st.Quarantine(ctx, code), *most)
			if err != nil {
				return err
			}
			for _, r := range some {
				row := refusal{Bank: r.Bank, ID: r.ID, At: r.At.UTC(), Event: r.EventID, Webhook: r.Webhook, Field: r.Field, Problem: r.Problem, Bytes: len(r.Raw), Cut: r.Cut}
				if *raw {
					row.Raw = r.Raw
				}
				rows = append(rows, row)
			}
		}
		return list(c.Out, *asJSON, rows, "Nothing is in quarantine.", []string{"BANK", "RECEIVED", "ID", "EVENT", "PROBLEM"}, func(r *refusal) []string {
			return []string{r.Bank, when(r.At), r.ID, dash(r.Event), strings.TrimSpace(r.Field + " " + r.Problem)}
		})
	})
}

// replayed is what came of one replay.
type replayed struct {
	Bank     string          `json:"bank"`
	ID       string          `json:"id"`
	Accepted int             `json:"accepted"`
	Rejected []wire.Rejected `json:"rejected,omitempty"`
	Problem  string          `json:"problem,omitempty"`
}

func quarantineReplay(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	p, asJSON := placeFlags(flags), jsonFlag(flags)
	bank := flags.String("bank", "", "4-digit `code` of the bank")
	all := flags.Bool("all", false, "replay everything of the bank")
	yes := flags.Bool("yes", false, "do not ask")
	args, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	switch {
	case !isBank(*bank):
		return misused(flags, "-bank must be the 4 digits of a 金融機関コード, such as 0125.")
	case *all == (len(args) > 0):
		return misused(flags, "Name what to replay by the ids that ctl quarantine list tells, or say -all.")
	}
	return p.at(ctx, c, flags, func(d *operator.Deployment) error {
		st := store.New(d.Table)
		var todo []*store.Refused
		if *all {
			todo, err = store.Collect(st.Quarantine(ctx, *bank))
			if err != nil {
				return err
			}
		}
		for _, id := range args {
			r, err := st.Refused(ctx, *bank, id)
			if errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("bank %s has nothing in quarantine with the id %q; was it replayed already? ctl quarantine list tells what is there", *bank, id)
			}
			if err != nil {
				return err
			}
			todo = append(todo, r)
		}
		if *all && len(todo) > 0 {
			if err := c.confirm(ctx, *yes, "%d of bank %s go through the checks again, in %s. Go on?", len(todo), *bank, d.Where); err != nil {
				return err
			}
		}
		q, err := d.Queue(ctx)
		if err != nil {
			return err
		}
		return act{what: "refused.replay", bank: *bank}.by(ctx, d, func() error { return c.replay(ctx, d, q, todo, *asJSON) })
	})
}

func (c *console) replay(ctx context.Context, d *operator.Deployment, q operator.Queue, todo []*store.Refused, asJSON bool) error {
	done, left := []replayed{}, 0
	for i := range todo {
		c.progress("%d of %d …", i+1, len(todo))
		got, err := ingest.Replay(ctx, q, store.New(d.Table), todo[i], d.Now())
		row := replayed{Bank: todo[i].Bank, ID: todo[i].ID, Accepted: got.Accepted, Rejected: got.Rejected}
		switch {
		case errors.Is(err, ingest.ErrCut):
			row.Problem = strings.TrimPrefix(err.Error(), "ingest: ")
		case err != nil:
			c.doneProgress()
			_ = c.sayReplayed(done, asJSON)
			return fmt.Errorf("%s: %w", todo[i].ID, err)
		}
		if row.Problem != "" || len(got.Rejected) > 0 {
			left++
		}
		done = append(done, row)
	}
	c.doneProgress()
	if err := c.sayReplayed(done, asJSON); err != nil {
		return err
	}
	if left > 0 {
		return fmt.Errorf("%d of %d are still refused, in whole or in part, and stay in quarantine", left, len(done))
	}
	return nil
}

func (c *console) sayReplayed(done []replayed, asJSON bool) error {
	return list(c.Out, asJSON, done, "Nothing is in quarantine.", []string{"ID", "ACCEPTED", "STILL REFUSED"}, func(r *replayed) []string {
		why := []string{}
		if r.Problem != "" {
			why = append(why, r.Problem)
		}
		for _, x := range r.Rejected {
			why = append(why, strings.TrimSpace(x.Field+" "+x.Problem))
		}
		return []string{r.ID, fmt.Sprint(r.Accepted), dash(strings.Join(why, "; "))}
	})
}
