package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"kozamori/infra/operator"
	"kozamori/internal/lesson"
	"kozamori/internal/store"
)

// catalogProposals lists what deserves an entry or a trap, as events and
// answers of many accounts tell.
func catalogProposals(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	p, asJSON := placeFlags(flags), jsonFlag(flags)
	bank := flags.String("bank", "", "the `code` of the only bank to list")
	if err := none(flags, args); err != nil {
		return err
	}
	if *bank != "" && !isBank(*bank) {
		return misused(flags, "-bank must be the 4 digits of a 金融機関コード, such as 0125.")
	}
	return p.at(ctx, c, flags, func(d *operator.Deployment) error {
		st := store.New(d.Table)
		banks := []string{*bank}
		if *bank == "" {
			tenants, err := store.Collect(st.Banks(ctx))
			if err != nil {
				return err
			}
			banks = nil
			for _, b := range tenants {
				banks = append(banks, b.Code)
			}
		}
		found := []lesson.Proposal{}
		var failed []error
		for i, code := range banks {
			c.progress("%d of %d banks …", i, len(banks))
			of, err := lesson.Proposals(ctx, st, code)
			found = append(found, of...)
			if err != nil {
				failed = append(failed, fmt.Errorf("what was counted of bank %s cannot be read: %w", code, err))
			}
		}
		c.doneProgress()
		none := fmt.Sprintf("Nothing that came from at least %d accounts of one bank deserves an entry or a trap.", lesson.MinAccounts)
		failed = append(failed, list(c.Out, *asJSON, found, none, []string{"BANK", "FORM", "SERVICE", "ACCOUNTS", "DEBITS", "MINE", "NOT MINE", "OTHER", "DESERVES"}, func(p *lesson.Proposal) []string {
			return []string{p.Bank, p.Form, dash(p.Service), fmt.Sprintf("about %d", p.Accounts), fmt.Sprint(p.Debits), fmt.Sprint(p.Mine), fmt.Sprint(p.NotMine), fmt.Sprint(p.Other), p.What}
		}))
		return errors.Join(failed...)
	})
}
