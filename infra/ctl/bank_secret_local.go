package main

import (
	"context"
	"flag"
	"fmt"

	"kozamori/infra/folder"
)

// bankShowSecret prints what a sample bank of the local stack signs with, for a
// program that is to be that bank. Secrets of a deployment are printed once,
// when they are made.
func bankShowSecret(_ context.Context, c *console, flags *flag.FlagSet, args []string) error {
	data := flags.String("data", "", "data `folder` of the local stack; without it, its usual one")
	codes, err := parseMixed(flags, args)
	switch {
	case err != nil:
		return err
	case len(codes) != 1 || !isBank(codes[0]):
		return misused(flags, "Name one bank by the 4 digits of its 金融機関コード, such as 0125.")
	case *data == "":
		if *data, err = folder.Default(); err != nil {
			return err
		}
	}
	secrets, err := folder.ReadSecrets(*data)
	if err != nil {
		return fmt.Errorf("the local stack's secrets cannot be read: %s", reason(err))
	}
	live := secrets.Banks[codes[0]].Live()
	if len(live) == 0 {
		return fmt.Errorf("the local stack has no bank %s", codes[0])
	}
	_, err = fmt.Fprintln(c.Out, live[0])
	return err
}
