package clerk_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"kozamori/internal/clerk"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
)

var ctx = context.Background()

const ours, theirs = "0168", "0125"

// house is two banks, each with a provider of its own.
type house struct {
	*worldtest.World
	*clerk.Service
	t         *testing.T
	providers map[string]*sim.Provider
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{World: worldtest.New(t), t: t, providers: map[string]*sim.Provider{}}
	h.Service = &clerk.Service{Store: h.World.Store, Keys: worldtest.Keys(t), BaseURL: "https://kozamori.example", Inside: true, Now: h.World.Now,
		Callback: func(bank string) string { return "/" + bank + "/callback" },
		Secret:   func(_ context.Context, bank string) (string, error) { return "secret of " + bank, nil }}
	for _, bank := range []string{ours, theirs} {
		p := &sim.Provider{ClientID: "kozamori", Secret: "secret of " + bank, Redirect: "https://kozamori.example/" + bank + "/callback", Now: h.World.Now,
			Clerks: []sim.Clerk{{Subject: "sub-1", Name: "鈴木 一郎", Roles: []string{"fraud", "staff"}}, {Subject: "sub-2", Name: "佐藤", Roles: []string{"staff"}}, {Subject: "sub-3", Name: "田中", Roles: []string{"other"}}, {Subject: "sub-4", Roles: []string{"head"}}}}
		server := httptest.NewServer(p)
		t.Cleanup(server.Close)
		p.Issuer = server.URL
		h.providers[bank] = p
		h.Put(store.PutBank(&store.Bank{Code: bank, Name: "銀行", SignIn: &store.SignIn{Issuer: p.Issuer, ClientID: "kozamori", Claim: "roles", Look: []string{"staff"}, Work: []string{"fraud"}, Manage: []string{"head"}}}))
	}
	h.Put(store.PutBank(&store.Bank{Code: "0001", Name: "提供者のない銀行"}))
	return h
}

// begin begins a sign-in and lets the clerk choose who they are at the provider. It
// returns what the cookie carries and what the provider leads back with.
func (h *house) begin(bank, subject, page string) (carried string, back url.Values) {
	h.t.Helper()
	address, carried, err := h.Begin(ctx, bank, page)
	if err != nil {
		h.t.Fatal(err)
	}
	return carried, h.choose(address, subject)
}

func (h *house) choose(address, subject string) url.Values {
	h.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.PostForm(address, url.Values{"subject": {subject}})
	if err != nil {
		h.t.Fatal(err)
	}
	_ = res.Body.Close()
	to, err := res.Location()
	if err != nil {
		h.t.Fatal(res.Status, err)
	}
	return to.Query()
}

func TestAClerkSignsInByTheirBanksProvider(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for subject, want := range map[string]struct {
		name string
		role clerk.Role
	}{"sub-1": {"鈴木 一郎", clerk.Work}, "sub-2": {"佐藤", clerk.Look}, "sub-4": {"sub-4", clerk.Manage}} {
		carried, back := h.begin(ours, subject, "/desk/0168/cases/x")
		secret, c, page, err := h.Finish(ctx, ours, carried, back)
		if err != nil || page != "/desk/0168/cases/x" || c.Name != want.name || c.Role != want.role || c.ID != subject || c.Bank != ours {
			t.Fatalf("%s: %+v %q %v", subject, c, page, err)
		}
		is, b, err := h.Who(ctx, ours, secret)
		if err != nil || is != c || b.Code != ours {
			t.Errorf("%+v %v, want %+v", is, err, c)
		}
		if _, _, err := h.Who(ctx, theirs, secret); !errors.Is(err, clerk.ErrNone) {
			t.Errorf("at another bank: %v", err)
		}
		if err := h.Leave(ctx, is); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.Who(ctx, ours, secret); !errors.Is(err, clerk.ErrNone) {
			t.Errorf("after the end: %v", err)
		}
	}
	carried, back := h.begin(ours, "sub-3", "")
	if _, _, _, err := h.Finish(ctx, ours, carried, back); !errors.Is(err, clerk.ErrNoRole) {
		t.Errorf("a clerk without a role: %v", err)
	}
}

func TestASessionEndsWithItsTimeAndWithTheSettings(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(h *house, b *store.Bank){
		"its time":            func(h *house, _ *store.Bank) { h.Add(clerk.Life) },
		"no provider":         func(h *house, b *store.Bank) { b.SignIn = nil; h.Put(store.PutBank(b)) },
		"another issuer":      func(h *house, b *store.Bank) { b.SignIn.Issuer += "/2"; h.Put(store.PutBank(b)) },
		"another client":      func(h *house, b *store.Bank) { b.SignIn.ClientID += "2"; h.Put(store.PutBank(b)) },
		"the keys were moved": func(h *house, _ *store.Bank) { h.Service.Keys = otherKeys(h.t) },
	} {
		h := newHouse(t)
		carried, back := h.begin(ours, "sub-1", "")
		secret, _, _, err := h.Finish(ctx, ours, carried, back)
		if err != nil {
			t.Fatal(err)
		}
		h.Add(clerk.Life - time.Second)
		b, err := h.World.Store.Bank(ctx, ours)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.Who(ctx, ours, secret); err != nil {
			t.Fatalf("%s: before: %v", name, err)
		}
		end(h, b)
		if _, _, err := h.Who(ctx, ours, secret); !errors.Is(err, clerk.ErrNone) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Two banks may have one provider, which knows us by one id: a session is of the bank
// at which it began all the same.
func TestBanksThatShareAProviderShareNoSession(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b, err := h.World.Store.Bank(ctx, theirs)
	if err != nil {
		t.Fatal(err)
	}
	b.SignIn.Issuer, b.SignIn.Work, b.SignIn.Manage = h.providers[ours].Issuer, []string{"theirs"}, nil
	h.Put(store.PutBank(b))
	carried, back := h.begin(ours, "sub-1", "")
	secret, _, _, err := h.Finish(ctx, ours, carried, back)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Who(ctx, theirs, secret); !errors.Is(err, clerk.ErrNone) {
		t.Errorf("at the other bank: %v", err)
	}
}

func TestABankWithoutAProviderHasNoDoor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, bank := range []string{"0001", "9999", "", "01680", "abcd", "016\x00"} {
		if _, _, err := h.Begin(ctx, bank, ""); !errors.Is(err, clerk.ErrNoProvider) {
			t.Errorf("%q: %v", bank, err)
		}
		if _, _, _, err := h.Finish(ctx, bank, "x", nil); !errors.Is(err, clerk.ErrNoProvider) {
			t.Errorf("%q: %v", bank, err)
		}
		if _, _, err := h.Who(ctx, bank, strings.Repeat("A", 26)); !errors.Is(err, clerk.ErrNone) {
			t.Errorf("%q: %v", bank, err)
		}
	}
}
