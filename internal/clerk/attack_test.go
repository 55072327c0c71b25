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
	"kozamori/internal/store"
	"kozamori/internal/token"
)

func otherKeys(t *testing.T) *token.Keys {
	t.Helper()
	keys, err := token.NewKeys(token.Key{ID: "a", Secret: []byte(strings.Repeat("x", token.MinKey))})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// refused fails unless a sign-in came to nothing, for a reason that holds nothing of
// what was sent.
func refused(t *testing.T, name string, err error) {
	t.Helper()
	e, ok := errors.AsType[*clerk.RefusedError](err)
	if !ok || !errors.Is(err, clerk.ErrRefused) || strings.ContainsAny(e.Reason, "%{") {
		t.Errorf("%s: %v", name, err)
	}
}

// No ID token is taken but that of the bank's own provider, for us, for this sign-in,
// now, with a signature by its key.
func TestAForgedTokenSignsNoClerkIn(t *testing.T) {
	t.Parallel()
	for name, tamper := range map[string]func(h *house, header, claims map[string]any){
		"another issuer":              func(h *house, _, c map[string]any) { c["iss"] = h.providers[theirs].Issuer },
		"an issuer with a slash":      func(h *house, _, c map[string]any) { c["iss"] = h.providers[ours].Issuer + "/" },
		"no issuer":                   func(_ *house, _, c map[string]any) { delete(c, "iss") },
		"another audience":            func(_ *house, _, c map[string]any) { c["aud"] = "another" },
		"no audience":                 func(_ *house, _, c map[string]any) { delete(c, "aud") },
		"two audiences and no party":  func(_ *house, _, c map[string]any) { c["aud"] = []string{"kozamori", "another"} },
		"another authorised party":    func(_ *house, _, c map[string]any) { c["azp"] = "another" },
		"a party that is no text":     func(_ *house, _, c map[string]any) { c["azp"] = []string{"kozamori"} },
		"another nonce":               func(_ *house, _, c map[string]any) { c["nonce"] = "x" },
		"no nonce":                    func(_ *house, _, c map[string]any) { delete(c, "nonce") },
		"over":                        func(h *house, _, c map[string]any) { c["exp"] = h.World.Now().Add(-time.Second).Unix() },
		"no end":                      func(_ *house, _, c map[string]any) { delete(c, "exp") },
		"not yet":                     func(h *house, _, c map[string]any) { c["nbf"] = h.World.Now().Add(time.Hour).Unix() },
		"no subject":                  func(_ *house, _, c map[string]any) { delete(c, "sub") },
		"a subject that is too long":  func(_ *house, _, c map[string]any) { c["sub"] = strings.Repeat("x", 256) },
		"the algorithm none":          func(_ *house, head, _ map[string]any) { head["alg"] = "none" },
		"the algorithm None":          func(_ *house, head, _ map[string]any) { head["alg"] = "None" },
		"the algorithm HS256":         func(_ *house, head, _ map[string]any) { head["alg"] = "HS256" },
		"another algorithm":           func(_ *house, head, _ map[string]any) { head["alg"] = "RS256" },
		"a key that is not published": func(_ *house, head, _ map[string]any) { head["kid"] = "2" },
		"what is critical":            func(_ *house, head, _ map[string]any) { head["crit"] = []string{"x"}; head["x"] = 1 },
	} {
		h := newHouse(t)
		h.providers[ours].Tamper = func(head, claims map[string]any) { tamper(h, head, claims) }
		carried, back := h.begin(ours, "sub-1", "")
		secret, _, _, err := h.Finish(ctx, ours, carried, back)
		if refused(t, name, err); secret != "" {
			t.Errorf("%s began a session", name)
		}
		h.providers[ours].Tamper = nil
		carried, back = h.begin(ours, "sub-1", "")
		if _, _, _, err := h.Finish(ctx, ours, carried, back); err != nil {
			t.Fatalf("%s: without it: %v", name, err)
		}
	}
}

// What comes back from a provider is taken once, from the browser that began, at the
// bank at which it began, in time.
func TestWhatComesBackIsTakenOnceWhereItBegan(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	finish := func(bank, carried string, back url.Values) error {
		secret, _, _, err := h.Finish(ctx, bank, carried, back)
		if err != nil && secret != "" {
			t.Error("a session, and an error")
		}
		return err
	}
	with := func(v url.Values, name, value string) url.Values {
		out := url.Values{}
		for k := range v {
			out.Set(k, v.Get(k))
		}
		out.Set(name, value)
		return out
	}
	carried, back := h.begin(ours, "sub-1", "")
	other, otherBack := h.begin(ours, "sub-4", "")
	foreign, foreignBack := h.begin(theirs, "sub-4", "")
	refused(t, "no cookie", finish(ours, "", back))
	refused(t, "a cookie that is not ours", finish(ours, otherKeys(t).Sign("sign-in of "+ours, strings.Repeat("A", 26), h.World.Now().Add(time.Minute)), back))
	refused(t, "a session's secret for a cookie", finish(ours, strings.Repeat("A", 26), back))
	refused(t, "no state", finish(ours, carried, with(back, "state", "")))
	refused(t, "another state", finish(ours, carried, with(back, "state", otherBack.Get("state"))))
	refused(t, "the code and state of another browser", finish(ours, carried, otherBack))
	refused(t, "another bank's cookie", finish(ours, foreign, back))
	refused(t, "all of another bank's", finish(ours, foreign, foreignBack))
	refused(t, "another bank's answer", finish(ours, carried, foreignBack))
	if err := finish(ours, carried, back); err != nil {
		t.Fatal(err)
	}
	refused(t, "the same once more", finish(ours, carried, back))
	refused(t, "a fresh code for what was used", finish(ours, carried, with(otherBack, "state", back.Get("state"))))

	// The code of another sign-in, under this one's state: PKCE and the nonce are
	// those of the browser that began.
	third, thirdBack := h.begin(ours, "sub-1", "")
	refused(t, "another's code", finish(ours, third, with(thirdBack, "code", otherBack.Get("code"))))
	_ = other
	for name, change := range map[string]func(url.Values) url.Values{
		"an answer that names another issuer": func(v url.Values) url.Values { return with(v, "iss", h.providers[theirs].Issuer) },
		"an error":                            func(v url.Values) url.Values { return with(v, "error", "access_denied") },
		"no code":                             func(v url.Values) url.Values { return with(v, "code", "") },
		"a code of nobody's":                  func(v url.Values) url.Values { return with(v, "code", "x") },
	} {
		carried, back := h.begin(ours, "sub-1", "")
		refused(t, name, finish(ours, carried, change(back)))
		refused(t, name+", and then the right one", finish(ours, carried, back))
	}
	late, lateBack := h.begin(ours, "sub-1", "")
	h.Add(clerk.BeginLife)
	refused(t, "too late", finish(ours, late, lateBack))
}

// The token of another bank's provider is worth nothing, though it knows us by the
// same id and its clerk has the highest role there.
func TestABanksProviderSpeaksForThatBankAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	// The provider of the other bank stands where ours leads: what it says verifies by
	// its own keys, and names itself.
	b, err := h.World.Store.Bank(ctx, ours)
	if err != nil {
		t.Fatal(err)
	}
	h.providers[theirs].Redirect, h.providers[theirs].Secret = h.providers[ours].Redirect, h.providers[ours].Secret
	b.SignIn.Issuer = h.providers[theirs].Issuer
	h.Put(store.PutBank(b))
	carried, back := h.begin(ours, "sub-4", "")
	b.Version++
	b.SignIn.Issuer = h.providers[ours].Issuer
	h.Put(store.PutBank(b))
	if _, _, _, err := h.Finish(ctx, ours, carried, back); !errors.Is(err, clerk.ErrRefused) {
		t.Errorf("the other bank's answer: %v", err)
	}
}

func TestAProviderThatIsDownIsAskedAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.providers[ours].Down = true
	if _, _, err := h.Begin(ctx, ours, ""); !errors.Is(err, clerk.ErrUnavailable) {
		t.Errorf("%v", err)
	}
	h.providers[ours].Down = false
	if _, _, err := h.Begin(ctx, ours, ""); !errors.Is(err, clerk.ErrUnavailable) {
		t.Errorf("it was asked at once: %v", err)
	}
	h.Add(10 * time.Second)
	carried, back := h.begin(ours, "sub-1", "")
	h.providers[ours].Down = true
	if _, _, _, err := h.Finish(ctx, ours, carried, back); !errors.Is(err, clerk.ErrUnavailable) {
		t.Errorf("while it is down: %v", err)
	}
	h.Add(2 * time.Hour)
	if _, _, err := h.Begin(ctx, ours, ""); err != nil {
		t.Errorf("what is known of it does not serve: %v", err)
	}
	h.Secret = func(context.Context, string) (string, error) { return "", errors.New("throttled") }
	h.providers[ours].Down = false
	carried, back = h.begin(ours, "sub-1", "")
	if _, _, _, err := h.Finish(ctx, ours, carried, back); !errors.Is(err, clerk.ErrUnavailable) {
		t.Errorf("without its secret: %v", err)
	}
}

// A provider on the public internet speaks over TLS, and nothing leads us elsewhere.
func TestAProviderThatLeadsInsideIsNotCalled(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Inside = false
	if _, _, err := h.Begin(ctx, ours, ""); !errors.Is(err, clerk.ErrUnavailable) {
		t.Errorf("an address of this machine: %v", err)
	}
	h = newHouse(t)
	moved := httptest.NewServer(http.RedirectHandler(h.providers[ours].Issuer+"/.well-known/openid-configuration", http.StatusFound))
	t.Cleanup(moved.Close)
	b, err := h.World.Store.Bank(ctx, ours)
	if err != nil {
		t.Fatal(err)
	}
	b.SignIn.Issuer = moved.URL
	h.Put(store.PutBank(b))
	if _, _, err := h.Begin(ctx, ours, ""); !errors.Is(err, clerk.ErrUnavailable) {
		t.Errorf("an issuer that leads elsewhere: %v", err)
	}
}
