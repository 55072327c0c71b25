package folder

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"

	"kozamori/internal/ingest"
)

// Live lists the bank's webhook secrets: the first signs, all of them verify.
func (b Bank) Live() []string {
	if b.Webhook == "" {
		return nil
	}
	return strings.Split(b.Webhook, ",")
}

// Vault is the folder's secrets while an operator may change them. Its names
// are those of the parameters that a deployment on AWS has.
type Vault struct {
	// Keys signs links instead of the folder's own key, if it is set:
	// id:base64, with a comma between two.
	Keys string
	// Changed hears of a bank's new secrets, if it is set.
	Changed func(bank string, live []string)

	folder *Folder
	mu     sync.Mutex
	kept   *Secrets
}

// Vault gives out the folder's secrets from now on; no other code changes them.
func (f *Folder) Vault(kept *Secrets) *Vault { return &Vault{folder: f, kept: kept} }

// bankOf finds the bank in the name of its webhook secret.
func bankOf(name string) (string, bool) {
	name, ok := strings.CutSuffix(name, "/webhook")
	bank, from := strings.CutPrefix(name, "banks/")
	return bank, ok && from
}

// Secret reads a secret; empty if there is none.
func (v *Vault) Secret(_ context.Context, name string) (string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if bank, ok := bankOf(name); ok {
		return v.kept.Banks[bank].Webhook, nil
	}
	if name == "link-keys" && v.Keys != "" {
		return v.Keys, nil
	}
	if name == "catalog-key" && len(v.kept.Catalog) > 0 {
		return base64.StdEncoding.EncodeToString(v.kept.Catalog), nil
	}
	if name == "link-keys" {
		return "local:" + base64.StdEncoding.EncodeToString(v.kept.Links), nil
	}
	return "", nil
}

// PutSecret keeps a bank's webhook secrets; the folder's others stay as they
// were made.
func (v *Vault) PutSecret(_ context.Context, name, value string) error {
	bank, ok := bankOf(name)
	if !ok {
		return fmt.Errorf("the local stack makes its secret %s itself", name)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := v.keep(bank, func(b *Bank) { b.Webhook = value }); err != nil {
		return err
	}
	if v.Changed != nil {
		v.Changed(bank, v.kept.Banks[bank].Live())
	}
	return nil
}

// KeepAPIKey keeps a bank's API key for the simulated bank.
func (v *Vault) KeepAPIKey(bank, key string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.keep(bank, func(b *Bank) { b.APIKey = key })
}

// keep changes what is shared with a bank, in the folder and then here.
func (v *Vault) keep(bank string, change func(*Bank)) error {
	before := v.kept.Banks[bank]
	after := before
	change(&after)
	v.kept.Banks[bank] = after
	if err := v.folder.Keep(v.kept); err != nil {
		v.kept.Banks[bank] = before
		return fmt.Errorf("the secrets cannot be kept: %w", cause(err))
	}
	return nil
}

// WebhookSecrets are those shared with a bank; ingest.ErrUnknownBank.
func (v *Vault) WebhookSecrets(_ context.Context, bank string) ([]string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	live := v.kept.Banks[bank].Live()
	if live == nil {
		return nil, ingest.ErrUnknownBank
	}
	return live, nil
}
