package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"kozamori/infra/folder"
	"kozamori/infra/operator"
)

// errAWS says that a command is for the local stack.
var errAWS = errors.New("this is for the local stack; on AWS the table has point-in-time recovery (infra/RUNBOOK.md), and needs no care")

// onFiles runs do on the files of the local stack.
func onFiles(ctx context.Context, c *console, flags *flag.FlagSet, at *place, do func(operator.Files) error) error {
	return at.at(ctx, c, flags, func(d *operator.Deployment) error {
		if d.Files == nil {
			return errAWS
		}
		return do(d.Files)
	})
}

// megabytes shows how far something is.
func (c *console) megabytes(what string) func(done, all int64) {
	return func(done, all int64) {
		if all > 0 {
			c.progress("%s: %d of %d MB", what, done>>20, all>>20)
		} else {
			c.progress("%s: %d", what, done)
		}
	}
}

// backup copies what a local stack keeps.
func backup(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	at := placeFlags(flags)
	args, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	if len(args) != 1 {
		return misused(flags, "Name one new folder for the backup.")
	}
	return onFiles(ctx, c, flags, at, func(f operator.Files) error {
		b, err := f.Backup(ctx, args[0], c.megabytes("copied"))
		c.doneProgress()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.Out, "%s holds everything as it was at %s (commit %d), and was read back.\n", args[0], when(b.At), b.Moment)
		return err
	})
}

// check reads what a local stack keeps, or a backup.
func check(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	at := placeFlags(flags)
	args, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	switch len(args) {
	case 0:
		return onFiles(ctx, c, flags, at, func(f operator.Files) error {
			n, err := f.Check(ctx, c.megabytes("entries read"))
			c.doneProgress()
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(c.Out, "All %d entries are whole.\n", n)
			return err
		})
	case 1:
		err := folder.CheckBackup(ctx, args[0], c.megabytes("read"))
		c.doneProgress()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.Out, "The backup %s is whole.\n", args[0])
		return err
	}
	return misused(flags, "Name one backup, or nothing for the stack itself.")
}

// restore makes a local stack what it was when a backup was taken.
func restore(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	at := placeFlags(flags)
	yes := flags.Bool("yes", false, "do not ask before what is there is set aside")
	args, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	if len(args) != 1 {
		return misused(flags, "Name one backup.")
	}
	if at.stack.Name != "" {
		return errAWS
	}
	data := at.data
	if data == "" {
		if data, err = folder.Default(); err != nil {
			return err
		}
	}
	if err := c.confirm(ctx, *yes, "Set what is in %s aside, and put %s in its place?", data, args[0]); err != nil {
		return err
	}
	b, aside, err := folder.Restore(ctx, data, args[0], c.megabytes("copied"))
	c.doneProgress()
	if errors.Is(err, folder.ErrInUse) {
		return fmt.Errorf("a stack is running in %s; stop it first", data)
	}
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(c.Out, "%s is as it was at %s (commit %d). Have the banks send once more what they sent since.\n", data, when(b.At), b.Moment)
	if aside != "" {
		_, _ = fmt.Fprintf(c.Out, "What was there is in %s.\n", aside)
	}
	return nil
}

// compact gives back the room of what was deleted.
func compact(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	at := placeFlags(flags)
	if args, err := parseMixed(flags, args); err != nil || len(args) > 0 {
		if err == nil {
			err = misused(flags, "%q is not wanted.", args[0])
		}
		return err
	}
	return onFiles(ctx, c, flags, at, func(f operator.Files) error {
		c.progress("compacting …")
		before, after, err := f.Compact(ctx)
		c.doneProgress()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.Out, "%.1f MB were taken, and %.1f MB are now.\n", float64(before)/1e6, float64(after)/1e6)
		return err
	})
}
