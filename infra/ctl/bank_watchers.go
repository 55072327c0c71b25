package main

import (
	"context"
	"flag"
	"fmt"
	"strconv"
	"time"

	"kozamori/infra/operator"
	"kozamori/internal/store"
)

// watched is how many people watch how many accounts of a bank.
type watched struct {
	Bank   string `json:"bank"`
	People int    `json:"people"`
	Pairs  int    `json:"watchings"` // of a person and an account
}

// walkPause is how long the tool rests between two pages of a whole table on AWS: a
// page costs up to 128 RCU of the 3,000 a second that one part of the table gives, and
// alerts need theirs.
const walkPause = 100 * time.Millisecond

func bankWatchers(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	p, asJSON := placeFlags(flags), jsonFlag(flags)
	settle := flags.Bool("settle", false, "first put the people into the list who began to watch in a version before: it reads the whole table, slowly, and may be repeated")
	args, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	if len(args) > 0 {
		return misused(flags, "bank watchers takes no arguments.")
	}
	at := p.at
	if *settle {
		at = func(ctx context.Context, c *console, flags *flag.FlagSet, do func(*operator.Deployment) error) error {
			return p.does(ctx, c, flags, act{what: "watchers.settle"}, do)
		}
	}
	return at(ctx, c, flags, func(d *operator.Deployment) error {
		st := store.New(d.Table)
		if *settle {
			n, err := c.settleWatchers(ctx, d, st)
			if err != nil {
				return err
			}
			if !*asJSON {
				_, _ = fmt.Fprintf(c.Out, "%d were put into the list.\n", n)
			}
		}
		rows := []watched{}
		for b, err := range st.Banks(ctx) {
			if err != nil {
				return err
			}
			row, err := watchersOf(ctx, st, b.Code)
			if err != nil {
				return err
			}
			rows = append(rows, row)
		}
		return list(c.Out, *asJSON, rows, "There are no banks. ctl bank add makes one a tenant.", []string{"BANK", "PEOPLE", "WATCHINGS"}, func(w *watched) []string {
			return []string{w.Bank, strconv.Itoa(w.People), strconv.Itoa(w.Pairs)}
		})
	})
}

// settleWatchers puts each binding of a version before into the list of its bank.
func (c *console) settleWatchers(ctx context.Context, d *operator.Deployment, st *store.Store) (n int, err error) {
	defer c.doneProgress()
	for cursor, seen := "", 0; ; {
		page, err := d.Walk(ctx, store.Bound, cursor)
		if err != nil {
			return n, err
		}
		for _, it := range page.Items {
			if it.History != (store.Key{}) {
				continue
			}
			settled, err := st.SettleBinding(ctx, it.Key)
			if err != nil {
				return n, err
			}
			if settled {
				n++
			}
		}
		seen += len(page.Items)
		c.progress("%d items of people were looked at, %d were put into the list", seen, n)
		if cursor = page.Cursor; cursor == "" {
			return n, nil
		}
		if err := rest(ctx, d); err != nil {
			return n, err
		}
	}
}

// rest waits a little, where others need the table.
func rest(ctx context.Context, d *operator.Deployment) error {
	if d.Files != nil {
		return ctx.Err() // the local stack's
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(walkPause):
		return nil
	}
}

func watchersOf(ctx context.Context, st *store.Store, bank string) (watched, error) {
	row := watched{Bank: bank}
	for part := range store.WatcherParts {
		for after := ""; ; {
			people, next, err := st.BankWatchers(ctx, bank, part, after, store.MaxWatchersPage)
			if err != nil {
				return row, err
			}
			row.People += len(people)
			for i := range people {
				row.Pairs += len(people[i].Bindings)
			}
			if after = next; next == "" {
				break
			}
		}
	}
	return row, nil
}
