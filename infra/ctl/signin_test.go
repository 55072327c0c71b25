package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kozamori/infra/operator"
)

// How a bank's clerks sign in is set and shown, and never its secret.
func TestHowClerksSignIn(t *testing.T) {
	w := newWorld(t)
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("very-secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	must := func(want string, args ...string) {
		t.Helper()
		code, out, errs := w.ctl(args...)
		if code != 0 || !strings.Contains(out, want) || strings.Contains(out+errs, "very-secret") {
			t.Errorf("%v: %d %s %s", args, code, out, errs)
		}
	}
	must("tenant now", "bank", "add", "0168")
	must("has no desk", "bank", "sign-in", "0168")
	must("No secret goes with it", "bank", "sign-in", "0168", "-issuer", "https://id.bank.example/realm", "-client", "kozamori", "-work", "fraud, head")
	must("/desk/0168/callback", "bank", "sign-in", "0168", "-issuer", "https://id.bank.example/realm", "-client", "kozamori", "-secret", file, "-look", "staff", "-manage", "head")
	must(`"has_secret":true`, "bank", "sign-in", "0168", "-json")
	b, err := w.store.Bank(t.Context(), "0168")
	if err != nil || b.SignIn == nil || b.SignIn.Claim != "roles" || len(b.SignIn.Look) != 1 || len(b.SignIn.Work) != 0 || len(b.SignIn.Manage) != 1 {
		t.Errorf("%+v %v", b, err)
	}
	if v := w.secrets[operator.SignIn("0168")]; v != "very-secret" {
		t.Errorf("%q", v)
	}
	must("tenant now", "bank", "add", "0125")
	shares := []string{"bank", "sign-in", "0125", "-issuer", "https://id.bank.example/realm", "-client", "other"}
	if code, out, errs := w.ctl(append(shares, "-look", "a", "-work", "head")...); code != 1 || out != "" || !strings.Contains(errs, `"head"`) {
		t.Errorf("clerks of one bank could enter another's: %d %s %s", code, out, errs)
	}
	must("Clerks of bank 0125", append(shares, "-look", "a", "-work", "b")...)
	must("has no desk", "bank", "sign-in", "0168", "-off")
	for _, wrong := range [][]string{{"-issuer", "https://id.bank.example"}, {"-issuer", "http://id.bank.example", "-client", "x", "-look", "a"}, {"-issuer", "https://id.bank.example?x=1", "-client", "x", "-look", "a"},
		{"-issuer", "https://id.bank.example", "-client", "x"}, {"-off", "-client", "x"}, {"-secret", file}} {
		if code, out, _ := w.ctl(append([]string{"bank", "sign-in", "0168"}, wrong...)...); code != 2 || out != "" {
			t.Errorf("%v: %d %s", wrong, code, out)
		}
	}
	if code, _, _ := w.ctl("bank", "sign-in", "9999", "-off"); code != 1 {
		t.Errorf("a bank that is none: %d", code)
	}
}
