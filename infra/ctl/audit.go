package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"kozamori/infra/operator"
	"kozamori/internal/audit"
	"kozamori/internal/store"
)

// verified is what -json prints of a list that was looked at.
type verified struct {
	Bank   string   `json:"bank"`
	First  int64    `json:"first_seq,omitempty"` // that is still kept
	Last   int64    `json:"last_seq,omitempty"`
	Hash   string   `json:"last_hash,omitempty"`
	Faults []string `json:"faults"`
}

// auditList prints who did what, or verifies the lists.
func auditList(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	p, asJSON := placeFlags(flags), jsonFlag(flags)
	bank := flags.String("bank", "", "4-digit `code` of the bank; without it, what is no single bank's, and with -verify all")
	verify := flags.Bool("verify", false, "tell whether anything was changed, removed or moved since it was written")
	head := flags.String("head", "", "with -verify and -bank: `SEQ:HASH` that -verify told before, which must be in the list")
	after := flags.Int64("after", 0, "the `number` after which the list begins")
	most := flags.Int("n", 100, "how `many` at most")
	if err := none(flags, args); err != nil {
		return err
	}
	switch {
	case *bank != "" && !isBank(*bank):
		return misused(flags, "-bank must be the 4 digits of a 金融機関コード, such as 0125.")
	case *most < 1, *after < 0:
		return misused(flags, "-n is 1 at least, and -after not negative.")
	case *head != "" && (!*verify || *bank == ""):
		return misused(flags, "-head is one bank's, and goes with -verify and -bank.")
	}
	var remembered []audit.Head
	if *head != "" {
		seq, hash, _ := strings.Cut(*head, ":")
		n, err := strconv.ParseInt(seq, 10, 64)
		if err != nil || n < 1 || len(hash) != 64 {
			return misused(flags, "-head must be SEQ:HASH, as -verify tells it.")
		}
		remembered = append(remembered, audit.Head{Seq: n, Hash: hash})
	}
	return p.at(ctx, c, flags, func(d *operator.Deployment) error {
		st := store.New(d.Table)
		l := &audit.List{Store: st, Now: d.Now, Logger: slog.New(slog.DiscardHandler)}
		if *verify {
			return c.verifyAll(ctx, l, *bank, remembered, *asJSON)
		}
		of := *bank
		if of == "" {
			of = audit.House
		}
		rows, err := l.Read(ctx, of, *after, *most)
		if err != nil {
			return err
		}
		return list(c.Out, *asJSON, rows, fmt.Sprintf("The list is empty; what was done is in it within %d minutes.", audit.Within/time.Minute), []string{"SEQ", "AT", "WHO", "ACT", "RESULT", "REQUEST"}, func(r *audit.Listed) []string {
			var e audit.Entry
			if json.Unmarshal(r.Entry, &e) != nil {
				return []string{strconv.FormatInt(r.Seq, 10), "-", "-", "cannot be read", "-", "-"}
			}
			return []string{strconv.FormatInt(e.Seq, 10), when(e.At), strings.TrimSpace(string(e.Actor.Kind) + " " + e.Actor.ID), e.What, string(e.Result), e.ID}
		})
	})
}

func (c *console) verifyAll(ctx context.Context, l *audit.List, bank string, remembered []audit.Head, asJSON bool) error {
	codes := []string{bank}
	if bank == "" {
		banks, err := store.Collect(l.Store.Banks(ctx))
		if err != nil {
			return err
		}
		codes = []string{audit.House}
		for _, b := range banks {
			codes = append(codes, b.Code)
		}
	}
	faulty := 0
	for _, code := range codes {
		got, err := l.Verify(ctx, code, remembered...)
		if err != nil {
			return err
		}
		if len(got.Faults) > 0 {
			faulty++
		}
		row := verified{code, got.First, got.Last, got.Head.Hash, append([]string{}, got.Faults...)}
		if asJSON {
			if err := object(c.Out, row); err != nil {
				return err
			}
			continue
		}
		if err := row.print(c); err != nil {
			return err
		}
	}
	if faulty > 0 {
		return errors.New("the list of who did what is not as it was written; keep the table as it is, and compare it with a backup")
	}
	return nil
}

func (v *verified) print(c *console) error {
	name := "Bank " + v.Bank
	if v.Bank == audit.House {
		name = "No single bank's"
	}
	var err error
	switch {
	case len(v.Faults) > 0:
		_, err = fmt.Fprintf(c.Out, "%s: %s.\n", name, strings.Join(v.Faults, ";\n  "))
	case v.Last == 0:
		_, err = fmt.Fprintf(c.Out, "%s: nothing is kept.\n", name)
	default:
		_, err = fmt.Fprintf(c.Out, "%s: entries %d to %d are as they were written. The last is %d:%s\n", name, v.First, v.Last, v.Last, v.Hash)
	}
	return err
}
