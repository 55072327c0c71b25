package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"kozamori/infra/operator"
	"kozamori/internal/callback"
	"kozamori/internal/dispute"
	"kozamori/internal/store"
)

// called is a callback as it is listed.
type called struct {
	ID       string            `json:"webhook_id"`
	Type     string            `json:"type"`
	At       time.Time         `json:"at"`
	State    string            `json:"state"`
	Attempts int               `json:"attempts"`
	Latest   []callbackAttempt `json:"latest_attempts"` // the newest first
	ToldAt   time.Time         `json:"told_at,omitzero"`
	GaveUpAt time.Time         `json:"gave_up_at,omitzero"`
	AskedAt  time.Time         `json:"asked_at,omitzero"`
}

type callbackAttempt struct {
	At     time.Time `json:"at"`
	Took   int64     `json:"took_ms"`
	Came   string    `json:"came"` // "taken", or why it was not
	Status int       `json:"status,omitempty"`
}

func calledRow(l *store.Callback) called {
	row := called{ID: l.ID, Type: l.Type, At: l.At.UTC(), State: "waiting", Attempts: l.Attempts, Latest: []callbackAttempt{}, ToldAt: l.ToldAt.UTC(), GaveUpAt: l.GaveUpAt.UTC(), AskedAt: l.AskedAt.UTC()}
	switch {
	case !l.ToldAt.IsZero():
		row.State = "taken"
	case !l.GaveUpAt.IsZero():
		row.State = "given up"
	}
	for i := len(l.Latest) - 1; i >= 0; i-- {
		a := l.Latest[i]
		came := "taken"
		if !a.Taken() {
			came = a.Reason
		}
		if a.Ours {
			came = "failed on our side"
		}
		row.Latest = append(row.Latest, callbackAttempt{a.At.UTC(), a.Took, came, a.Status})
	}
	return row
}

// latest is what came of the latest attempt, as it is read.
func (r *called) latest() string {
	if len(r.Latest) == 0 {
		return "-"
	}
	a := r.Latest[0]
	if a.Status != 0 {
		return fmt.Sprintf("%s %s %d", when(a.At), a.Came, a.Status)
	}
	return when(a.At) + " " + a.Came
}

// callbacksList prints what a bank was told, the newest first, and what came of it.
func callbacksList(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	p, asJSON := placeFlags(flags), jsonFlag(flags)
	bank := flags.String("bank", "", "4-digit `code` of the bank")
	most := flags.Int("n", 100, "how `many` to list, the newest ones")
	open := flags.Bool("open", false, "only those that the bank has not taken")
	if err := none(flags, args); err != nil {
		return err
	}
	switch {
	case !isBank(*bank):
		return misused(flags, "-bank must be the 4 digits of a 金融機関コード, such as 0125.")
	case *most < 1:
		return misused(flags, "-n must be 1 or more.")
	}
	return p.at(ctx, c, flags, func(d *operator.Deployment) error {
		st, rows := store.New(d.Table), []called{}
		for cursor, more := "", true; more && len(rows) < *most; more = cursor != "" {
			page, next, err := st.Callbacks(ctx, *bank, min(*most, store.MaxLimit), cursor)
			if err != nil {
				return err
			}
			for _, l := range page {
				if row := calledRow(l); len(rows) < *most && (!*open || row.State != "taken") {
					rows = append(rows, row)
				}
			}
			cursor = next
		}
		return list(c.Out, *asJSON, rows, "The log has none.", []string{"OF", "WEBHOOK-ID", "TYPE", "STATE", "ATTEMPTS", "LATEST"}, func(r *called) []string {
			return []string{when(r.At), r.ID, r.Type, r.State, strconv.Itoa(r.Attempts), r.latest()}
		})
	})
}

// callbacksResend has callbacks sent once more.
func callbacksResend(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	p := placeFlags(flags)
	bank := flags.String("bank", "", "4-digit `code` of the bank")
	args, err := parseMixed(flags, args)
	switch {
	case err != nil:
		return err
	case !isBank(*bank):
		return misused(flags, "-bank must be the 4 digits of a 金融機関コード, such as 0125.")
	case len(args) == 0:
		return misused(flags, "Name what to send by the ids that ctl callbacks list tells.")
	}
	return p.at(ctx, c, flags, func(d *operator.Deployment) error {
		st := store.New(d.Table)
		q, err := d.Queue(ctx)
		if err != nil {
			return err
		}
		disputes := &dispute.Service{Store: st, Queue: q, Now: d.Now, Logger: slog.New(slog.DiscardHandler)}
		again := callback.Resender{Store: st, Queue: q, Now: d.Now, Dispute: func(ctx context.Context, bank, id string, seq int) error {
			_, err := disputes.Resend(ctx, bank, id, seq)
			return err
		}}
		for _, id := range args {
			err := act{what: "callback.resend", bank: *bank, kind: "callback", id: id}.by(ctx, d, func() error {
				_, err := again.Resend(ctx, *bank, id)
				if errors.Is(err, store.ErrNotFound) || errors.Is(err, dispute.ErrNotFound) {
					return fmt.Errorf("bank %s has no callback %q in its log; ctl callbacks list tells which there are", *bank, id)
				}
				return err
			})
			if err != nil {
				return err
			}
			_, _ = fmt.Fprintf(c.Out, "%s is on its way once more.\n", id)
		}
		return nil
	})
}
