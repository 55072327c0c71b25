package main

import (
	"context"
	"flag"
	"fmt"

	"kozamori/infra/operator"
	"kozamori/infra/richmenu"
	"kozamori/internal/watch"
)

// madeMenu is what -json prints for each menu.
type madeMenu struct {
	Lang    watch.Lang `json:"lang,omitempty"`
	Begin   bool       `json:"begin,omitempty"` // for those who watch nothing yet
	ID      string     `json:"id"`
	Default bool       `json:"default,omitempty"`
	Deleted bool       `json:"deleted,omitempty"`
	Kept    bool       `json:"kept,omitempty"`
}

// menu puts our menus under the LINE chat. What it made before it died is an
// older one of ours the next time.
func menu(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	p, asJSON := placeFlags(flags), jsonFlag(flags)
	args, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	if len(args) > 0 {
		return misused(flags, "menu takes no arguments.")
	}
	return p.at(ctx, c, flags, func(d *operator.Deployment) error {
		client, err := d.LINE(ctx)
		if err != nil {
			return err
		}
		installed, err := richmenu.Install(ctx, client, c.progress)
		c.doneProgress()
		if err != nil {
			return fmt.Errorf("LINE's menus: %w", err)
		}
		var done []madeMenu
		for _, m := range installed {
			done = append(done, madeMenu(m))
		}
		return list(c.Out, *asJSON, done, "", []string{"MENU", "LANGUAGE", "STATE"}, func(m *madeMenu) []string {
			state := "made, and shown to those who read English"
			switch {
			case m.Begin:
				state = "made, and shown to those who have connected no account yet"
			case m.Default:
				state = "made, and shown to everybody else"
			case m.Deleted:
				state = "deleted: an older one of ours"
			case m.Kept:
				state = "kept: LINE still shows it to a user; run this again in an hour"
			}
			return []string{m.ID, dash(string(m.Lang)), state}
		})
	})
}
