package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"

	"kozamori/infra/operator"
	"kozamori/infra/richmenu"
	"kozamori/internal/line"
	"kozamori/internal/watch"
)

// madeMenu is what -json prints for each menu.
type madeMenu struct {
	Lang    watch.Lang `json:"lang,omitempty"`
	ID      string     `json:"id"`
	Default bool       `json:"default,omitempty"`
	Deleted bool       `json:"deleted,omitempty"`
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
		done, err := installMenus(ctx, c, client)
		c.doneProgress()
		if err != nil {
			return fmt.Errorf("LINE's menus: %w", err)
		}
		return list(c.Out, *asJSON, done, "", []string{"MENU", "LANGUAGE", "STATE"}, func(m *madeMenu) []string {
			state := "made"
			switch {
			case m.Default:
				state = "made, and shown to everybody"
			case m.Deleted:
				state = "deleted: an older one of ours"
			}
			return []string{m.ID, dash(string(m.Lang)), state}
		})
	})
}

func installMenus(ctx context.Context, c *console, client *line.Client) ([]madeMenu, error) {
	older, err := client.RichMenus(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(older, func(a, b line.NamedMenu) int { return strings.Compare(a.Name+a.ID, b.Name+b.ID) })
	var done []madeMenu
	for _, lang := range []watch.Lang{watch.English, watch.Japanese} { // the last one is the default
		c.progress("making the menu in %s …", lang)
		id, err := richmenu.Create(ctx, client, lang)
		if err != nil {
			return done, err
		}
		done = append(done, madeMenu{Lang: lang, ID: id, Default: lang == watch.Japanese})
		if lang == watch.Japanese {
			if err := client.SetDefaultRichMenu(ctx, id); err != nil {
				return done, err
			}
		}
	}
	for _, m := range older {
		if !strings.HasPrefix(m.Name, richmenu.Prefix) {
			continue
		}
		c.progress("deleting an older menu …")
		if err := client.DeleteRichMenu(ctx, m.ID); err != nil {
			return done, err
		}
		done = append(done, madeMenu{ID: m.ID, Deleted: true})
	}
	return done, nil
}
