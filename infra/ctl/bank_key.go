package main

import (
	"context"
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
	Bank    string    `json:"bank"`
	ID      string    `json:"id"` // names the key: the beginning of its hash
	Label   string    `json:"label,omitempty"`
	Created time.Time `json:"created_at"`
	Expires time.Time `json:"expires,omitzero"`
	Key     string    `json:"api_key,omitempty"`
}

// keyID names a key for people: enough of its hash.
const keyID = 10

func keyOf(k *store.APIKey) apiKey {
	return apiKey{Bank: k.Bank, ID: k.Hash[:min(keyID, len(k.Hash))], Label: k.Label, Created: k.CreatedAt, Expires: k.Expires}
}

func bankAPIKey(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	p, asJSON := placeFlags(flags), jsonFlag(flags)
	label := flags.String("label", "", "`words` that tell the bank's keys apart")
	valid := flags.Duration("for", 0, "how `long` the key works, such as 8760h; 0 is until it is revoked")
	all := flags.Bool("list", false, "list the bank's keys instead")
	revoke := flags.String("revoke", "", "end the key of this `id` instead")
	args, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	code, err := oneBank(flags, args)
	if err != nil {
		return err
	}
	switch {
	case *valid < 0:
		return misused(flags, "-for must be a time to come, such as 8760h; 0 is until the key is revoked.")
	case *all && *revoke != "", (*all || *revoke != "") && (*label != "" || *valid != 0):
		return misused(flags, "-list, -revoke and making a key are three different things: do one at a time.")
	}
	return p.at(ctx, c, flags, func(d *operator.Deployment) error {
		if err := mustBeTenant(ctx, d, code); err != nil {
			return err
		}
		st := store.New(d.Table)
		if *all || *revoke != "" {
			keys, err := store.Collect(st.APIKeys(ctx, code))
			if err != nil {
				return err
			}
			if *revoke != "" {
				return c.revoke(ctx, st, code, keys, *revoke, *asJSON)
			}
			return list(c.Out, *asJSON, rowsOf(keys), "Bank "+code+" has no API key.", []string{"ID", "CREATED", "EXPIRES", "LABEL"},
				func(k *apiKey) []string { return []string{k.ID, when(k.Created), when(k.Expires), dash(k.Label)} })
		}
		now, end := d.Now(), time.Time{}
		if *valid > 0 {
			end = now.Add(*valid)
		}
		secret, key := bankapi.NewAPIKey(code, *label, now, end)
		if err := st.Write(ctx, store.PutAPIKey(key)); err != nil {
			return err
		}
		row := keyOf(key)
		if row.Key = secret; *asJSON {
			return object(c.Out, row)
		}
		_, err := fmt.Fprintf(c.Out, `A new API key of bank %s (id %s), shown only now:

  %s

The bank sends it as Authorization: Bearer …; keys it had before still work.
If it is lost or leaks: ctl bank api-key %s -revoke %s
`, code, row.ID, secret, code, row.ID)
		return err
	})
}

func rowsOf(keys []*store.APIKey) []apiKey {
	rows := []apiKey{}
	for _, k := range keys {
		rows = append(rows, keyOf(k))
	}
	return rows
}

func (c *console) revoke(ctx context.Context, st *store.Store, code string, keys []*store.APIKey, id string, asJSON bool) error {
	var found []*store.APIKey
	for _, k := range keys {
		if strings.HasPrefix(k.Hash, id) {
			found = append(found, k)
		}
	}
	switch len(found) {
	case 1:
	case 0:
		return fmt.Errorf("bank %s has no API key with the id %q; ctl bank api-key %s -list tells them", code, id, code)
	default:
		return fmt.Errorf("bank %s has %d API keys whose ids begin with %q; give more of it", code, len(found), id)
	}
	if err := st.Write(ctx, store.DeleteAPIKey(found[0])); err != nil {
		return err
	}
	row := keyOf(found[0])
	if asJSON {
		return object(c.Out, row)
	}
	_, err := fmt.Fprintf(c.Out, "The API key %s of bank %s has ended.\n", row.ID, code)
	return err
}
