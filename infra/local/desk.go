package main

import (
	"context"
	"crypto/rand"
	"net/http"

	"kozamori/infra/operator"
	"kozamori/internal/desk"
	"kozamori/internal/sim"
	"kozamori/internal/store"
)

// localClient is what the simulated identity providers know us as: a bank whose
// operator has set another one keeps it.
const localClient = "kozamori-local"

// providerPath is where the identity provider of a bank stands among what is simulated.
func providerPath(code string) string { return "/sim/bank/" + code + "/login-of-clerks" }

// clerks are those of each bank: who may be tried as.
var clerks = []sim.Clerk{
	{Subject: "clerk-1", Name: "佐藤 真由", Roles: []string{"look"}},
	{Subject: "clerk-2", Name: "鈴木 一郎", Roles: []string{"work"}},
	{Subject: "clerk-3", Name: "田中 恵", Roles: []string{"manage"}},
}

// signIn is how a bank's clerks sign in here, and starts the provider that plays the
// bank's.
func (s *stack) signIn(ctx context.Context, code string, is *store.SignIn) (*store.SignIn, error) {
	if is != nil && is.ClientID != localClient {
		return is, nil
	}
	secret, err := s.vault.SignInSecret(ctx, code)
	if err == nil && secret == "" {
		secret = rand.Text()
		err = s.vault.PutSecret(ctx, operator.SignIn(code), secret)
	}
	if err != nil {
		return nil, err
	}
	p := s.Providers[code]
	p.Start(secret)
	if is != nil && is.Issuer == p.Issuer {
		return is, nil
	}
	return &store.SignIn{Issuer: p.Issuer, ClientID: localClient, Claim: "roles", Look: []string{"look"}, Work: []string{"work"}, Manage: []string{"manage"}}, nil
}

// provider makes the one of a bank, which knows no client yet.
func (s *stack) provider(code string) *sim.Provider {
	return &sim.Provider{Issuer: s.Page + providerPath(code), ClientID: localClient, Redirect: s.System.BaseURL + desk.Callback(code), Clerks: clerks, Now: s.clock.now}
}

// serveProviders serves the providers to this machine.
func (s *stack) serveProviders(mux *http.ServeMux) {
	for code, p := range s.Providers {
		mux.Handle(providerPath(code)+"/", http.StripPrefix(providerPath(code), p))
	}
}
