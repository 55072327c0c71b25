package clerk

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"kozamori/internal/callback"
	"kozamori/internal/quote"
	"kozamori/internal/store"
)

const (
	// discoveryLife is how long what a provider says of itself serves before it is
	// read again; its keys are read again whenever one is not known.
	discoveryLife = time.Hour
	// discoveryPause is how long a read that failed is not tried again.
	discoveryPause = 10 * time.Second
	// callTime is how long a call of a provider may take, and maxAnswer the most bytes
	// of an answer that are read.
	callTime  = 5 * time.Second
	maxAnswer = 1 << 20
)

// algorithms are those with which a provider may sign. With a shared secret (HS256)
// anyone who has it could sign, and "none" is no signature.
var algorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512}

// provider is what is known of a bank's provider.
type provider struct {
	issuer string
	oidc   *oidc.Provider
	style  oauth2.AuthStyle
	till   time.Time
	err    error
}

// Begin begins a sign-in at a bank, which leads on to one of its pages. It returns the
// provider's address, and the secret that a cookie carries until Finish.
// ErrNoProvider, ErrUnavailable.
func (s *Service) Begin(ctx context.Context, bank, page string) (address, carried string, err error) {
	_, in, err := s.signIn(ctx, bank)
	if err != nil {
		return "", "", err
	}
	p, err := s.provider(ctx, bank, in)
	if err != nil {
		return "", "", err
	}
	c := s.client(p, bank, in, "")
	b := s.begun(bank, rand.Text())
	carried = s.Keys.Sign("sign-in of "+bank, b.secret+page, s.Now().Add(BeginLife))
	return c.AuthCodeURL(b.state, oidc.Nonce(b.nonce), oauth2.S256ChallengeOption(b.verifier)), carried, nil
}

// begun is what follows from the secret of a sign-in.
type begun struct{ secret, state, nonce, verifier string }

// secretLength is that of rand.Text.
const secretLength = 26

func (s *Service) begun(bank, secret string) begun {
	of := func(what string) string { return s.Keys.Hash("sign-in of "+bank+" "+what, secret) }
	return begun{secret, of("state"), of("nonce"), of("verifier")}
}

// Finish takes what a bank's provider sent back, with what the cookie carried, and
// begins a session: it returns the session's secret, and the page to go on to. Each
// sign-in is finished once, whatever comes of it. ErrNoProvider, ErrUnavailable,
// ErrNoRole, or a *RefusedError.
func (s *Service) Finish(ctx context.Context, bank, carried string, q url.Values) (secret string, c Clerk, page string, err error) {
	_, in, err := s.signIn(ctx, bank)
	if err != nil {
		return "", c, "", err
	}
	subject, err := s.Keys.Verify("sign-in of "+bank, carried, s.Now())
	if err != nil || len(subject) < secretLength {
		return "", c, "", &RefusedError{"the browser did not begin a sign-in here, or it is over"}
	}
	b, page := s.begun(bank, subject[:secretLength]), subject[secretLength:]
	if !hmac.Equal([]byte(q.Get("state")), []byte(b.state)) {
		return "", c, "", &RefusedError{"another state than that of the sign-in"}
	}
	used := &store.Ticket{Kind: store.TicketSignIn, Hash: s.Keys.Hash(string(store.TicketSignIn), b.secret), Owner: store.ClerkTickets(bank), Expires: s.Now().UTC().Add(BeginLife).Truncate(time.Second)}
	err = s.Store.Write(ctx, store.PutTicket(used))
	if _, lost := store.AsCondition(err); lost {
		return "", c, "", &RefusedError{"the sign-in was used before"}
	}
	if err != nil {
		return "", c, "", err
	}
	p, err := s.provider(ctx, bank, in)
	if err != nil {
		return "", c, "", err
	}
	if c, err = s.clerk(ctx, p, bank, in, b, q); err != nil {
		return "", c, "", err
	}
	secret, c, err = s.enter(ctx, in, c)
	return secret, c, page, err
}

// clerk exchanges the code and reads who the clerk is.
func (s *Service) clerk(ctx context.Context, p *provider, bank string, in *store.SignIn, b begun, q url.Values) (Clerk, error) {
	switch iss := q.Get("iss"); { // RFC 9207
	case iss != "" && iss != in.Issuer:
		return Clerk{}, &RefusedError{"the answer names another issuer"}
	case q.Get("error") != "":
		return Clerk{}, &RefusedError{"the provider refused"}
	case q.Get("code") == "":
		return Clerk{}, &RefusedError{"the answer has no code"}
	}
	shared, err := s.Secret(ctx, bank)
	if err != nil {
		return Clerk{}, errors.Join(ErrUnavailable, err)
	}
	ctx = oidc.ClientContext(ctx, s.calls())
	tokens, err := s.client(p, bank, in, shared).Exchange(ctx, q.Get("code"), oauth2.VerifierOption(b.verifier))
	if e, said := errors.AsType[*oauth2.RetrieveError](err); said && e.Response != nil && e.Response.StatusCode < http.StatusInternalServerError {
		return Clerk{}, &RefusedError{"the provider does not take the code"}
	}
	if err != nil {
		return Clerk{}, ErrUnavailable // its text may hold what the provider sent
	}
	raw, _ := tokens.Extra("id_token").(string)
	verifier := p.oidc.VerifierContext(ctx, &oidc.Config{ClientID: in.ClientID, SupportedSigningAlgs: algorithms, Now: s.Now})
	id, err := verifier.Verify(ctx, raw)
	if err != nil {
		return Clerk{}, &RefusedError{"the ID token does not verify"}
	}
	if !hmac.Equal([]byte(id.Nonce), []byte(b.nonce)) {
		return Clerk{}, &RefusedError{"the ID token has another nonce"}
	}
	claims := map[string]any{}
	if err := id.Claims(&claims); err != nil {
		return Clerk{}, &RefusedError{"the ID token's claims cannot be read"}
	}
	party, named := claims["azp"]
	if named && party != in.ClientID || !named && len(id.Audience) > 1 {
		return Clerk{}, &RefusedError{"the ID token is another party's"}
	}
	if id.Subject == "" || len(id.Subject) > 255 {
		return Clerk{}, &RefusedError{"the ID token has no subject that can be kept"}
	}
	c := Clerk{Bank: bank, ID: id.Subject, Name: nameOf(claims, id.Subject), Role: roleOf(in, claims[in.Claim])}
	if c.Role == "" {
		return c, ErrNoRole
	}
	return c, nil
}

// nameOf is what a clerk is called where the bank reads it.
func nameOf(claims map[string]any, subject string) string {
	for _, claim := range []string{"name", "preferred_username", "email"} {
		if s, ok := claims[claim].(string); ok {
			if s = strings.TrimSpace(quote.Text(s).Line()); s != "" {
				return cut(s)
			}
		}
	}
	return cut(quote.Text(subject).Line())
}

func cut(s string) string {
	if r := []rune(s); len(r) > MaxName {
		return string(r[:MaxName-1]) + "…"
	}
	return s
}

// roleOf is the most that the values of a claim let a clerk do; empty for nothing.
func roleOf(in *store.SignIn, claim any) Role {
	var has []string
	switch claim := claim.(type) {
	case string:
		has = []string{claim}
	case []any:
		for _, v := range claim {
			if s, ok := v.(string); ok {
				has = append(has, s)
			}
		}
	}
	for _, r := range []struct {
		role   Role
		values []string
	}{{Manage, in.Manage}, {Work, in.Work}, {Look, in.Look}} {
		if slices.ContainsFunc(has, func(v string) bool { return v != "" && slices.Contains(r.values, v) }) {
			return r.role
		}
	}
	return ""
}

func (s *Service) client(p *provider, bank string, in *store.SignIn, secret string) *oauth2.Config {
	to := p.oidc.Endpoint()
	if to.AuthStyle = p.style; secret == "" {
		to.AuthStyle = oauth2.AuthStyleInParams // a public client names itself, and has nothing to prove it with
	}
	return &oauth2.Config{ClientID: in.ClientID, ClientSecret: secret, Endpoint: to, RedirectURL: s.BaseURL + s.Callback(bank), Scopes: []string{oidc.ScopeOpenID, "profile"}}
}

// provider is a bank's provider, read again after a while. One that cannot be read
// again serves as it was.
func (s *Service) provider(ctx context.Context, bank string, in *store.SignIn) (*provider, error) {
	s.mu.Lock()
	p := s.providers[bank]
	s.mu.Unlock()
	if p != nil && p.issuer == in.Issuer && s.Now().Before(p.till) {
		return p, p.err
	}
	fresh, err := s.discover(ctx, in.Issuer)
	if err != nil {
		if fresh = (&provider{issuer: in.Issuer, err: ErrUnavailable}); p != nil && p.issuer == in.Issuer && p.oidc != nil {
			*fresh = *p
		}
		fresh.till = s.Now().Add(discoveryPause)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.providers == nil {
		s.providers = map[string]*provider{}
	}
	s.providers[bank] = fresh
	return fresh, fresh.err
}

func (s *Service) discover(ctx context.Context, issuer string) (*provider, error) {
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, s.calls()), issuer)
	if err != nil {
		return nil, err
	}
	var says struct {
		Authorization string   `json:"authorization_endpoint"`
		Token         string   `json:"token_endpoint"`
		Keys          string   `json:"jwks_uri"`
		Methods       []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := found.Claims(&says); err != nil {
		return nil, err
	}
	for _, address := range []string{issuer, says.Authorization, says.Token, says.Keys} {
		if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme != "https" && !(s.Inside && u.Scheme == "http") {
			return nil, errors.New("clerk: an address of the provider is not https")
		}
	}
	style := oauth2.AuthStyleInHeader // which is OpenID Connect's own default
	if len(says.Methods) > 0 && !slices.Contains(says.Methods, "client_secret_basic") {
		style = oauth2.AuthStyleInParams
	}
	return &provider{issuer: issuer, oidc: found, style: style, till: s.Now().Add(discoveryLife)}, nil
}

// calls is what calls providers.
func (s *Service) calls() *http.Client {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.HTTP == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.DialContext = callback.Dialer(s.Inside, callTime/2).DialContext
		if !s.Inside {
			t.Proxy = nil // it would connect to what was not looked at
		}
		s.HTTP = &http.Client{Timeout: callTime, Transport: short{t}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	return s.HTTP
}

// short reads no more of an answer than maxAnswer.
type short struct{ http.RoundTripper }

func (s short) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := s.RoundTripper.RoundTrip(r)
	if err == nil {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(res.Body, maxAnswer), res.Body}
	}
	return res, err
}
