package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"kozamori/infra/operator"
	"kozamori/internal/audit"
	"kozamori/internal/problem"
	"kozamori/internal/store"
)

// act is what an operator does, as the audit list knows it.
type act struct {
	what string
	bank string // none: no single bank's
	// kind and id name what is acted on; none if it is the bank.
	kind, id string
}

// does runs do on the deployment, and sees to it that it stands in the audit list
// of its bank, or of the house: from before it is done, and then with what came
// of it.
func (p *place) does(ctx context.Context, c *console, flags *flag.FlagSet, what act, do func(*operator.Deployment) error) error {
	return p.at(ctx, c, flags, func(d *operator.Deployment) error { return what.by(ctx, d, func() error { return do(d) }) })
}

// by does it.
func (what act) by(ctx context.Context, d *operator.Deployment, do func() error) error {
	who, err := d.Who(ctx)
	if err != nil {
		return fmt.Errorf("who you are cannot be told, and nothing is done without that: %w", err)
	}
	a := &audit.Act{ID: problem.NewID(), Bank: audit.House, At: d.Now().UTC(), Actor: audit.Actor{Kind: audit.Operator, ID: who}, What: what.what}
	if what.bank != "" {
		a.Objects = append(a.Objects, audit.Object("bank", what.bank))
		switch _, err := store.New(d.Table).Bank(ctx, what.bank); {
		case err == nil:
			a.Bank = what.bank
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
	}
	if what.id != "" {
		a.Objects = append(a.Objects, audit.Object(what.kind, what.id))
	}
	if err := audit.Keep(ctx, d.Table, a); err != nil {
		return fmt.Errorf("the act cannot be kept in the audit list, and is not done: %w", err)
	}
	err = do()
	a.Result = audit.Done
	switch {
	case errors.Is(err, errUsage):
		a.Result = audit.Refused
	case err != nil:
		a.Result = audit.Failed
	}
	return errors.Join(err, audit.Keep(context.WithoutCancel(ctx), d.Table, a))
}
