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

// bankOf finds the bank in the name of a secret of its own, and where that is kept.
func bankOf(name string) (string, func(*Bank) *string) {
	if bank, ok := strings.CutPrefix(name, "sign-in/"); ok {
		return bank, func(b *Bank) *string { return &b.SignIn }
	}
	name, ok := strings.CutSuffix(name, "/webhook")
	if bank, from := strings.CutPrefix(name, "banks/"); ok && from {
		return bank, func(b *Bank) *string { return &b.Webhook }
	}
	return "", nil
}

// Secret reads a secret; empty if there is none.
func (v *Vault) Secret(_ context.Context, name string) (string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if bank, at := bankOf(name); at != nil {
		b := v.kept.Banks[bank]
		return *at(&b), nil
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

// PutSecret keeps a bank's secrets; the folder's others stay as they were made.
func (v *Vault) PutSecret(_ context.Context, name, value string) error {
	bank, at := bankOf(name)
	if at == nil {
		return fmt.Errorf("the local stack makes its secret %s itself", name)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := v.keep(bank, func(b *Bank) { *at(b) = value }); err != nil {
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

// SignInSecret is what a bank's identity provider knows us by; empty if there is none.
func (v *Vault) SignInSecret(ctx context.Context, bank string) (string, error) {
	return v.Secret(ctx, "sign-in/"+bank)
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
