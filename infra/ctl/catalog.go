package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"time"

	"kozamori/infra/operator"
	"kozamori/internal/catalog"
	"kozamori/internal/catalog/trial"
	"kozamori/internal/edition"
	"kozamori/internal/statement"
	"kozamori/internal/watch"
)

// shown is what -json prints of the editions.
type shown struct {
	Edition   string    `json:"edition"`
	Version   string    `json:"version"`
	Services  int       `json:"services"`
	Banks     int       `json:"banks"`
	Words     int       `json:"words"`
	Published *showBook `json:"published,omitempty"`
}

// showBook is what is published at a deployment.
type showBook struct {
	Sequence int64       `json:"sequence"`
	At       time.Time   `json:"at,omitzero"`
	Editions []showEntry `json:"editions"`
}

type showEntry struct {
	Bank    string `json:"bank,omitempty"`
	Edition string `json:"edition"`
}

// catalogShow tells which edition of the catalogue this program carries, and,
// if a deployment is named, which ones are published there; or one of the
// services.
func catalogShow(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	p, asJSON := placeFlags(flags), jsonFlag(flags)
	args, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	if len(args) > 1 {
		return misused(flags, "One service, or none.")
	}
	if len(args) == 1 {
		s, ok := catalog.ByID(args[0])
		if !ok {
			return fmt.Errorf("there is no service %s in the catalogue", args[0])
		}
		return showService(c, s, *asJSON)
	}
	services, banks, words := catalog.Current().Size()
	e := shown{Edition: catalog.IDOf(""), Version: catalog.Version(), Services: services, Banks: banks, Words: words}
	said := func() error {
		if *asJSON {
			return object(c.Out, e)
		}
		_, err := fmt.Fprintf(c.Out, "Built in: %s, of %s: %d services, %d banks, %d words.\n", e.Edition, e.Version, e.Services, e.Banks, e.Words)
		return err
	}
	if p.data == "" && p.stack.Name == "" && c.Env("KOZAMORI_STACK") == "" {
		return said()
	}
	return p.at(ctx, c, flags, func(d *operator.Deployment) error {
		m, err := published(ctx, d)
		if err != nil {
			return err
		}
		e.Published = &showBook{Sequence: m.Sequence, At: m.At, Editions: []showEntry{}}
		for _, entry := range m.Editions {
			e.Published.Editions = append(e.Published.Editions, showEntry{entry.Bank, entry.ID})
		}
		if err := said(); err != nil || *asJSON {
			return err
		}
		if m.Sequence == 0 {
			_, err = fmt.Fprintf(c.Out, "Nothing was published at %s.\n", d.Where)
			return err
		}
		return c.manifest(d, m)
	})
}

// published is what is published at a deployment; empty if it has no key to
// publish with.
func published(ctx context.Context, d *operator.Deployment) (*edition.Manifest, error) {
	pub, err := publisher(ctx, d)
	if errors.Is(err, errNoKey) {
		return &edition.Manifest{}, nil
	}
	if err != nil {
		return nil, err
	}
	return pub.InUse(ctx)
}

func showService(c *console, s *catalog.Service, asJSON bool) error {
	if asJSON {
		return object(c.Out, s)
	}
	say := func(name, value string) {
		if value != "" {
			_, _ = fmt.Fprintf(c.Out, "%-10s %s\n", name, value)
		}
	}
	say(s.ID, s.Name(watch.Japanese)+" / "+s.Name(watch.English))
	say("operator", s.Operator)
	say("debit", string(s.Debit))
	say("from", s.From)
	say("until", s.Until)
	for _, l := range s.Limits {
		say("limit", l)
	}
	for _, p := range s.Contacts {
		say("phone", fmt.Sprintf("%s %s (%s, %s)", p.Phone, p.For, p.Checked, p.Source))
	}
	for _, a := range s.Asks {
		say("report", fmt.Sprintf("%s %s (%s)", a.Where, a.For, a.Checked))
	}
	for _, k := range s.Claims {
		say("claim", fmt.Sprintf("%d days from the %s: %s (%s, %s)", k.Days, k.Since, k.What, k.AsOf, k.Source))
	}
	return nil
}

// readEntries reads files of entries, in whatever encoding.
func readEntries(files []string) ([]catalog.File, error) {
	var all []catalog.File
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, unread(name, err)
		}
		text, _, err := statement.Decode(data)
		if err != nil {
			return nil, unread(name, err)
		}
		all = append(all, catalog.File{Name: name, Text: []byte(text)})
	}
	return all, nil
}

// unread tells of a file that it cannot be read, and why, by the name that was
// typed.
func unread(name string, err error) error {
	return fmt.Errorf("cannot read %s: %s", name, reason(err))
}

// joined is the entries as one text.
func joined(entries []catalog.File) []byte {
	var all []byte
	for _, f := range entries {
		all = append(append(all, f.Text...), '\n', '\n')
	}
	return all
}

// withEntries reads the entries of files in addition to the built-in ones.
func withEntries(files []string) (*catalog.Edition, error) {
	all, err := readEntries(files)
	if err != nil {
		return nil, err
	}
	return catalog.With(all...)
}

// catalogCheck tries new entries: whether they go together with those that are
// there, and whether they ring on ordinary lines.
func catalogCheck(_ context.Context, c *console, flags *flag.FlagSet, args []string) error {
	args, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	c.progress("Reading the entries …")
	defer c.doneProgress()
	e, err := withEntries(args)
	if err != nil {
		return err
	}
	stale := e.StaleContacts(time.Now())
	if len(args) > 0 { // of the built-in ones only a check of them tells
		old := catalog.BuiltIn().StaleContacts(time.Now())
		stale = slices.DeleteFunc(stale, func(s string) bool { return slices.Contains(old, s) })
	}
	services, banks, words := e.Size()
	c.progress("Trying %d services on %d ordinary lines …", services, len(trial.Lines()))
	problems := trial.Check(e)
	c.doneProgress()
	for _, p := range problems {
		_, _ = fmt.Fprintln(c.Out, p)
	}
	for _, s := range stale {
		_, _ = fmt.Fprintf(c.Out, "A number to call was looked up more than %d days ago, and is not shown until it is again: %s\n", catalog.CheckedFor/(24*time.Hour), s)
	}
	if len(problems) > 0 {
		return fmt.Errorf("%d problems", len(problems))
	}
	_, err = fmt.Fprintf(c.Out, "%d services, %d banks and %d words go together; of %d ordinary lines none rings, but for %d that banks cut and that leave two readings.\n",
		services, banks, words, len(trial.Lines()), len(trial.Rings(e)))
	return err
}

// tried is a line that new entries change.
type tried struct {
	Line   string `json:"line"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// catalogTry tells what new entries would change on lines of a bank.
func catalogTry(_ context.Context, c *console, flags *flag.FlagSet, args []string) error {
	lines := flags.String("lines", "", "a `file` of a bank's lines, in any encoding, or its CSV")
	bank := flags.String("bank", "", "the bank's `code`")
	asJSON := jsonFlag(flags)
	args, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	if *lines == "" || len(args) == 0 {
		return misused(flags, "try needs -lines and a file of new entries.")
	}
	if _, err := os.Stat(*lines); err != nil {
		return unread(*lines, err)
	}
	e, err := withEntries(args)
	if err != nil {
		return err
	}
	for _, p := range trial.Check(e) {
		_, _ = fmt.Fprintf(c.Err, "%v\n", p)
	}
	var changed []tried
	n := 0
	now := catalog.Current()
	told := func(name, how string) { _, _ = fmt.Fprintf(c.Err, "%s: %s.\n", name, how) }
	err = eachRow(c.In, []string{*lines}, told, func(r *row) error {
		if n++; n%1000 == 0 {
			c.progress("%d lines, %d of them change …", n, len(changed))
		}
		ev := catalog.Evidence{Bank: *bank, Descriptor: r.text, Detail: r.detail, Amount: r.amount, In: r.in}
		before, after := now.Decide(&ev), e.Decide(&ev)
		if x, y := verdict(&before), verdict(&after); x != y {
			changed = append(changed, tried{r.line(), x, y})
		}
		return nil
	})
	c.doneProgress()
	if err != nil {
		return err
	}
	return errors.Join(list(c.Out, *asJSON, changed, fmt.Sprintf("Nothing changes on %d lines.", n), []string{"BEFORE", "AFTER", "LINE"}, func(x *tried) []string {
		return []string{x.Before, x.After, x.Line}
	}))
}

// verdict is a decision in two words.
func verdict(d *catalog.Decision) string {
	if d.Strength == catalog.None {
		return "silent"
	}
	return d.Service() + " (" + d.Strength.String() + ")"
}
