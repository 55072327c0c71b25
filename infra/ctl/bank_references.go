package main

import (
	"context"
	"flag"
	"fmt"

	"kozamori/infra/operator"
	"kozamori/internal/store"
)

// referenced is what -json prints.
type referenced struct {
	Bank     string `json:"bank"`
	Disputes int    `json:"disputes"`
}

// bankReferences has each dispute of a bank found by the number that its customer says.
func bankReferences(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	p, asJSON := placeFlags(flags), jsonFlag(flags)
	args, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	code, err := oneBank(flags, args)
	if err != nil {
		return err
	}
	return p.does(ctx, c, flags, act{what: "references.settle", bank: code}, func(d *operator.Deployment) error {
		if err := mustBeTenant(ctx, d, code); err != nil {
			return err
		}
		n, err := store.New(d.Table).SettleReferences(ctx, code)
		if err != nil {
			return err
		}
		if *asJSON {
			return object(c.Out, referenced{code, n})
		}
		_, err = fmt.Fprintf(c.Out, "Each report of bank %s is found by its number in one look now, %d of them.\n", code, n)
		return err
	})
}
