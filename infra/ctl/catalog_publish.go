package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"regexp"
	"strings"
	"time"

	"kozamori/infra/operator"
	"kozamori/internal/catalog"
	"kozamori/internal/catalog/trial"
	"kozamori/internal/edition"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// catalogKey makes the key that signs editions, if there is none, and prints
// what programs verify them with.
func catalogKey(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	p := placeFlags(flags)
	another := flags.Bool("new", false, "make a new key that signs from now on; what the old ones signed is still found")
	if err := none(flags, args); err != nil {
		return err
	}
	return p.at(ctx, c, flags, func(d *operator.Deployment) error {
		keys, err := signingKeys(ctx, d)
		if errors.Is(err, errNoKey) || err == nil && *another {
			keys, err = newSigningKey(ctx, d, keys)
		}
		if err != nil {
			return err
		}
		var public []string
		for _, k := range keys {
			public = append(public, base64.StdEncoding.EncodeToString(k.Public().(ed25519.PublicKey)))
		}
		_, err = fmt.Fprintf(c.Out, `%s

The programs of %s use what ctl catalog publish signs once they know this public key:
deploy with CatalogKeys set to it. The key itself stays among the secrets, under %s.
`, strings.Join(public, ","), d.Where, operator.CatalogKey)
		return err
	})
}

// none wants no arguments.
func none(flags *flag.FlagSet, args []string) error {
	rest, err := parseMixed(flags, args)
	if err == nil && len(rest) > 0 {
		return misused(flags, "It takes no arguments.")
	}
	return err
}

var errNoKey = errors.New("there is no key to sign editions with; ctl catalog key makes one")

// signingKeys are the key that signs, and those that did before.
func signingKeys(ctx context.Context, d *operator.Deployment) ([]ed25519.PrivateKey, error) {
	value, err := d.Secrets.Secret(ctx, operator.CatalogKey)
	if err != nil {
		return nil, err
	}
	if value == "" {
		return nil, errNoKey
	}
	var keys []ed25519.PrivateKey
	for v := range strings.SplitSeq(value, ",") {
		seed, err := base64.StdEncoding.DecodeString(strings.TrimSpace(v))
		if err != nil || len(seed) != ed25519.SeedSize {
			return nil, fmt.Errorf("the secret %s is no seed of %d bytes in base64, nor two with a comma between", operator.CatalogKey, ed25519.SeedSize)
		}
		keys = append(keys, ed25519.NewKeyFromSeed(seed))
	}
	return keys, nil
}

// newSigningKey puts a key before those that are there.
func newSigningKey(ctx context.Context, d *operator.Deployment, keys []ed25519.PrivateKey) ([]ed25519.PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	keys = append([]ed25519.PrivateKey{key}, keys...)
	var seeds []string
	for _, k := range keys {
		seeds = append(seeds, base64.StdEncoding.EncodeToString(k.Seed()))
	}
	return keys, d.Secrets.PutSecret(ctx, operator.CatalogKey, strings.Join(seeds, ","))
}

func publisher(ctx context.Context, d *operator.Deployment) (*edition.Publisher, error) {
	keys, err := signingKeys(ctx, d)
	if err != nil {
		return nil, err
	}
	pub := &edition.Publisher{Store: store.New(d.Table), Key: keys[0], Now: d.Now}
	for _, k := range keys[1:] {
		pub.Old = append(pub.Old, k.Public().(ed25519.PublicKey))
	}
	return pub, nil
}

// catalogPublish puts the catalogue of this ctl and more entries in use at a
// deployment, or what one bank adds for itself.
func catalogPublish(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	p := placeFlags(flags)
	bank := flags.String("bank", "", "the `code` of the bank that adds what the files hold, for itself only")
	end := flags.Bool("none", false, "with -bank: end what the bank added")
	files, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	switch {
	case *bank != "" && !isBank(*bank):
		return misused(flags, "-bank must be the 4 digits of a 金融機関コード, such as 0125.")
	case *end && (*bank == "" || len(files) > 0):
		return misused(flags, "-none ends what a bank added: name the bank with -bank, and no files.")
	case *bank != "" && !*end && len(files) == 0:
		return misused(flags, "Name the files that hold what the bank adds.")
	}
	return p.at(ctx, c, flags, func(d *operator.Deployment) error {
		pub, err := publisher(ctx, d)
		if err != nil {
			return err
		}
		entries, err := readEntries(files)
		if err != nil {
			return err
		}
		// What is wrong is told by the files and lines that were given, before
		// they become one text.
		var e *catalog.Edition
		text := joined(entries)
		switch {
		case *bank == "":
			text = dated(catalog.Text(), text, max(d.Now().In(watch.JST).Format("2006-01-02"), catalog.Version()))
			e, err = catalog.With(entries...)
		case !*end:
			e, err = c.addsTo(ctx, pub, *bank, entries)
		}
		if err != nil {
			return err
		}
		if e != nil {
			c.progress("Trying the entries on %d ordinary lines …", len(trial.Lines()))
			problems := trial.Check(e)
			c.doneProgress()
			for _, problem := range problems {
				_, _ = fmt.Fprintln(c.Out, problem)
			}
			if len(problems) > 0 {
				return fmt.Errorf("%d problems; nothing is published", len(problems))
			}
		}
		return act{what: "catalog.publish", bank: *bank}.by(ctx, d, func() error {
			m, err := pub.Publish(ctx, *bank, text)
			if err != nil {
				return err
			}
			return c.manifest(d, m)
		})
	})
}

// addsTo is the edition in use and what a bank adds to it.
func (c *console) addsTo(ctx context.Context, pub *edition.Publisher, bank string, entries []catalog.File) (*catalog.Edition, error) {
	m, err := pub.InUse(ctx)
	if err != nil {
		return nil, err
	}
	base, err := pub.Base(ctx, m)
	if err != nil {
		return nil, err
	}
	return base.For(bank, entries...)
}

var versionLine = regexp.MustCompile(`(?m)^Version:.*$`)

// dated is a catalogue with more entries, as of a day: programs use the newer
// of what was published and what they carry.
func dated(text, more []byte, day string) []byte {
	text = versionLine.ReplaceAll(text, []byte("Version: "+day))
	return append(append(text, '\n'), more...)
}

// catalogRollback puts the editions in use that were before.
func catalogRollback(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	p := placeFlags(flags)
	if err := none(flags, args); err != nil {
		return err
	}
	return p.does(ctx, c, flags, act{what: "catalog.rollback"}, func(d *operator.Deployment) error {
		pub, err := publisher(ctx, d)
		if err != nil {
			return err
		}
		m, err := pub.Rollback(ctx)
		if err != nil {
			return err
		}
		return c.manifest(d, m)
	})
}

// manifest tells which editions a deployment uses from now on.
func (c *console) manifest(d *operator.Deployment, m *edition.Manifest) error {
	_, err := fmt.Fprintf(c.Out, "Published at %s, in use within %d s, by manifest %d of %s:\n", d.Where, edition.Stale/time.Second, m.Sequence, when(m.At))
	if _, ok := m.Base(); !ok {
		_, _ = fmt.Fprintln(c.Out, "  all banks  the one that each program carries")
	}
	for _, e := range m.Editions {
		_, _ = fmt.Fprintf(c.Out, "  %-9s  %s\n", allOr(e.Bank), e.ID)
	}
	return err
}

func allOr(bank string) string {
	if bank == "" {
		return "all banks"
	}
	return bank
}
