package main

import (
	"context"
	"errors"
	"flag"

	"kozamori/infra/folder"
	"kozamori/infra/operator"
)

// place is the deployment that a command works on, as its flags say.
type place struct {
	data  string
	stack operator.Stack
}

// placeFlags gives a command the flags that say where it works.
func placeFlags(flags *flag.FlagSet) *place {
	var p place
	flags.StringVar(&p.data, "data", "", "data `folder` of the local stack; without it, its usual one")
	flags.StringVar(&p.stack.Name, "stack", "", "`name` of the stack on AWS; without it, KOZAMORI_STACK, then the local stack")
	flags.StringVar(&p.stack.Table, "table", "", "on AWS: `name` of the table, if the stack has more than one")
	flags.StringVar(&p.stack.Region, "region", "", "on AWS: the `region`; without it, the environment's")
	return &p
}

// open reaches the deployment. Close it when done.
func (p *place) open(ctx context.Context, c *console, flags *flag.FlagSet) (*operator.Deployment, error) {
	if p.stack.Name == "" && p.data == "" {
		p.stack.Name = c.Env("KOZAMORI_STACK")
	}
	aws := p.stack.Name != ""
	switch {
	case c.reach != nil:
		return c.reach(ctx, p)
	case aws && p.data != "":
		return nil, misused(flags, "-stack is on AWS and -data on this machine: name only one.")
	case !aws && (p.stack.Table != "" || p.stack.Region != ""):
		return nil, misused(flags, "-table and -region are for AWS: name the stack too, with -stack.")
	case aws:
		return operator.AWS(ctx, p.stack, c.Env)
	}
	if p.data == "" {
		var err error
		if p.data, err = folder.Default(); err != nil {
			return nil, err
		}
	}
	return operator.Local(ctx, p.data, c.Env("KOZAMORI_LINK_KEYS"))
}

// at runs do on the deployment.
func (p *place) at(ctx context.Context, c *console, flags *flag.FlagSet, do func(*operator.Deployment) error) error {
	d, err := p.open(ctx, c, flags)
	if err != nil {
		return err
	}
	return errors.Join(do(d), d.Close())
}
