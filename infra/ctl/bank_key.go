package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"time"

	"kozamori/infra/operator"
	"kozamori/internal/bankapi"
	"kozamori/internal/store"
)

// apiKey is what -json prints. The key itself is there only when it is new.
type apiKey struct {
	Bank       string    `json:"bank"`
	ID         string    `json:"id"` // names the key: the beginning of its hash
	Label      string    `json:"label,omitempty"`
	Scopes     []string  `json:"scopes"` // none: everything, of a key from before there were scopes
	Created    time.Time `json:"created_at"`
	Expires    time.Time `json:"expires,omitzero"`
	LastUsed   time.Time `json:"last_used,omitzero"`
	Replaces   string    `json:"replaces,omitempty"`
	ReplacedBy string    `json:"replaced_by,omitempty"`
	Key        string    `json:"api_key,omitempty"`
}

func keyOf(k *store.APIKey) apiKey {
	row := apiKey{Bank: k.Bank, ID: k.ID(), Label: k.Label, Scopes: k.Scopes, Created: k.CreatedAt, Expires: k.Expires, LastUsed: k.LastUsed,
		Replaces: k.Replaces, ReplacedBy: k.ReplacedBy}
	if row.Scopes == nil {
		row.Scopes = []string{}
	}
	return row
}

// cells are a key's in a table.
func (k *apiKey) cells() []string {
	scopes, note := strings.Join(k.Scopes, ","), dash(k.Label)
	if len(k.Scopes) == 0 {
		scopes = "all: made before scopes, -rotate it"
	}
	end := when(k.Expires)
	if k.Expires.IsZero() {
		end = "never"
	}
	if k.ReplacedBy != "" {
		note += " (replaced by " + k.ReplacedBy + ")"
	}
	return []string{k.ID, when(k.Created), end, when(k.LastUsed), scopes, note}
}

func bankAPIKey(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	p, asJSON := placeFlags(flags), jsonFlag(flags)
	label := flags.String("label", "", "`words` that tell the bank's keys apart")
	scopes := flags.String("scopes", "", "what the key is `for`, with commas between: "+scopeNames()+"; without it, all of them")
	valid := flags.Duration("for", bankapi.KeyLife, "how `long` the key works; 0 is until it is revoked")
	overlap := flags.Duration("overlap", bankapi.KeyOverlap, "how `long` a key works on after -rotate")
	all := flags.Bool("list", false, "list the bank's keys instead")
	revoke := flags.String("revoke", "", "end the key of this `id` instead")
	rotate := flags.String("rotate", "", "make the key that takes the place of this `id`, for the same")
	settle := flags.Bool("settle", false, "have the bank's keys read from the partition that only the bank API writes, once no version before comes back")
	args, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	code, err := oneBank(flags, args)
	if err != nil {
		return err
	}
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	acts := 0
	for _, other := range []bool{*all, *revoke != "", *rotate != "", *settle} {
		if other {
			acts++
		}
	}
	var wanted []bankapi.Scope
	if *scopes != "" {
		if wanted, err = bankapi.ParseScopes(strings.Split(*scopes, ",")); err != nil {
			return misused(flags, "-scopes %s.", err)
		}
	} else {
		wanted = bankapi.Scopes()
	}
	switch {
	case *valid < 0:
		return misused(flags, "-for must be a time to come, such as 8760h; 0 is until the key is revoked.")
	case *overlap < 0:
		return misused(flags, "-overlap must not be negative; 0 ends the old key at once.")
	case *rotate != "" && *valid == 0:
		return misused(flags, "A key that takes the place of another has an end: give -for a time to come.")
	case acts > 1, acts == 1 && (given["label"] || given["scopes"]), (*all || *settle || *revoke != "") && given["for"], *rotate == "" && given["overlap"]:
		return misused(flags, "-list, -revoke, -rotate, -settle and making a key are different things: do one at a time.")
	}
	what := act{what: "key.make", bank: code}
	switch {
	case *all:
		what.what = ""
	case *revoke != "":
		what = act{"key.end", code, "key", *revoke}
	case *rotate != "":
		what = act{"key.rotate", code, "key", *rotate}
	case *settle:
		what.what = "keys.settle"
	}
	at := p.at
	if what.what != "" {
		at = func(ctx context.Context, c *console, flags *flag.FlagSet, do func(*operator.Deployment) error) error {
			return p.does(ctx, c, flags, what, do)
		}
	}
	return at(ctx, c, flags, func(d *operator.Deployment) error {
		if err := mustBeTenant(ctx, d, code); err != nil {
			return err
		}
		st := store.New(d.Table)
		if *settle {
			keys, err := st.SettleKeys(ctx, code)
			if err != nil {
				return err
			}
			return list(c.Out, *asJSON, rowsOf(keys), "Bank "+code+" has no API key.", []string{"ID", "CREATED", "EXPIRES", "LAST USED", "FOR", "LABEL"}, (*apiKey).cells)
		}
		if acts > 0 {
			keys, err := store.Collect(st.APIKeys(ctx, code))
			if err != nil {
				return err
			}
			switch {
			case *revoke != "":
				return c.revoke(ctx, st, code, keys, *revoke, *asJSON)
			case *rotate != "":
				return c.rotateKey(ctx, d, code, keys, *rotate, *valid, *overlap, *asJSON)
			}
			return list(c.Out, *asJSON, rowsOf(keys), "Bank "+code+" has no API key.", []string{"ID", "CREATED", "EXPIRES", "LAST USED", "FOR", "LABEL"}, (*apiKey).cells)
		}
		now, end := d.Now(), time.Time{}
		if *valid > 0 {
			end = now.Add(*valid)
		}
		secret, key := bankapi.NewAPIKey(code, *label, wanted, now, end)
		if err := st.AddAPIKey(ctx, key); err != nil {
			return err
		}
		row := keyOf(key)
		if row.Key = secret; *asJSON {
			return object(c.Out, row)
		}
		ends := "until it is revoked"
		if !end.IsZero() {
			ends = "until " + when(end)
		}
		_, err := fmt.Fprintf(c.Out, `A new API key of bank %s (id %s), shown only now:

  %s

It is for %s,
and works %s. The bank sends it as Authorization: Bearer …; keys it had before still work.
If it is lost or leaks: ctl bank api-key %s -revoke %s
`, code, row.ID, secret, strings.Join(row.Scopes, ", "), ends, code, row.ID)
		return err
	})
}

func scopeNames() string {
	var names []string
	for _, s := range bankapi.Scopes() {
		names = append(names, string(s))
	}
	return strings.Join(names, ", ")
}

func rowsOf(keys []*store.APIKey) []apiKey {
	rows := []apiKey{}
	for _, k := range keys {
		rows = append(rows, keyOf(k))
	}
	return rows
}

// named finds the key that an operator means.
func named(keys []*store.APIKey, code, id string) (*store.APIKey, error) {
	var found []*store.APIKey
	for _, k := range keys {
		if strings.HasPrefix(k.Hash, id) {
			found = append(found, k)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, fmt.Errorf("bank %s has no API key with the id %q; ctl bank api-key %s -list tells them", code, id, code)
	default:
		return nil, fmt.Errorf("bank %s has %d API keys whose ids begin with %q; give more of it", code, len(found), id)
	}
}

func (c *console) revoke(ctx context.Context, st *store.Store, code string, keys []*store.APIKey, id string, asJSON bool) error {
	k, err := named(keys, code, id)
	if err != nil {
		return err
	}
	if err := st.Write(ctx, store.DeleteAPIKey(k)...); err != nil {
		return err
	}
	row := keyOf(k)
	if asJSON {
		return object(c.Out, row)
	}
	_, err = fmt.Fprintf(c.Out, "The API key %s of bank %s has ended.\n", row.ID, code)
	return err
}

func (c *console) rotateKey(ctx context.Context, d *operator.Deployment, code string, keys []*store.APIKey, id string, life, overlap time.Duration, asJSON bool) error {
	k, err := named(keys, code, id)
	if err != nil {
		return err
	}
	now := d.Now()
	secret, fresh, err := bankapi.RotateAPIKey(ctx, store.New(d.Table), code, k.Hash, now, life, overlap)
	if errors.Is(err, bankapi.ErrRotating) {
		return fmt.Errorf("the API key %s of bank %s is one of two of a rotation that is under way; -revoke the one that is not used any more first", k.ID(), code)
	}
	if err != nil {
		return err
	}
	row := keyOf(fresh)
	if row.Key = secret; asJSON {
		return object(c.Out, row)
	}
	end := now.Add(overlap)
	if !k.Expires.IsZero() && k.Expires.Before(end) {
		end = k.Expires
	}
	_, err = fmt.Fprintf(c.Out, `The API key that takes the place of %s of bank %s (id %s), shown only now:

  %s

It is for %s,
and works until %s. The old one works on until %s.
Once the bank uses the new one: ctl bank api-key %s -revoke %s
`, k.ID(), code, row.ID, secret, strings.Join(row.Scopes, ", "), when(fresh.Expires), when(end), code, k.ID())
	return err
}
