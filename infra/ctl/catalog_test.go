package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kozamori/infra/operator"
	"kozamori/internal/catalog"
	"kozamori/internal/edition"
	"kozamori/internal/lesson"
	"kozamori/internal/watch"
)

// An operator publishes entries, a bank's own, and goes back, each by one
// command; a program of the deployment decides by them.
func TestPublishingACatalogue(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	nune := file("nune.rec", "Service: nunepay\nJa: ヌネペイ\nEn: Nunepay\nDebit: charge\nName: ヌネペイ | guessed\n")
	own := file("own.rec", "Of: paypay\nName: ヌネハライ | seen\n")
	ruin := file("ruin.rec", "Service: x\nJa: x\nEn: x\nDebit: charge\nName: ヤチン | guessed\n")
	other := file("other.rec", "Service: x\nJa: x\nEn: x\nDebit: charge\nName: ヌヌヌペイ | guessed\n")

	run := func(args ...string) (int, string) {
		code, out, errs := w.ctl(args...)
		return code, out + errs
	}
	if code, out := run("catalog", "publish", nune); code != 1 || !strings.Contains(out, "ctl catalog key") {
		t.Errorf("without a key: %d\n%s", code, out)
	}
	code, out := run("catalog", "key")
	public, err := base64.StdEncoding.DecodeString(strings.TrimSpace(strings.SplitN(out, "\n", 2)[0]))
	if code != 0 || err != nil || len(public) != ed25519.PublicKeySize {
		t.Fatalf("the key: %d\n%s", code, out)
	}
	if _, again := run("catalog", "key"); again != out {
		t.Errorf("another key the second time\n%s", again)
	}
	t.Cleanup(func() { catalog.BuiltIn().Use() })
	is := func(bank, text, service string) {
		t.Helper()
		// A program that starts now.
		catalog.BuiltIn().Use()
		live := &edition.Live{Store: w.store, Keys: []ed25519.PublicKey{public}, Now: atNoon, Logger: slog.New(slog.DiscardHandler)}
		live.Refresh(t.Context())
		d := catalog.Decide(&catalog.Evidence{Bank: bank, Descriptor: text})
		if d.Service() != service {
			t.Errorf("%s of %s is %q, want %q", text, bank, d.Service(), service)
		}
		catalog.BuiltIn().Use()
	}
	for _, c := range []struct {
		args []string
		code int
		want []string
		bank string
		text string
		is   string
	}{
		{[]string{"catalog", "show", "-stack", "x"}, 0, []string{"Built in: " + catalog.IDOf(""), "Nothing was published"}, "0168", "ヌネペイ", ""},
		{[]string{"catalog", "publish", nune}, 0, []string{"manifest 1", "all banks", "2026-11-"}, "0168", "ヌネペイ", "nunepay"},
		{[]string{"catalog", "publish", "-bank", "0168", own}, 0, []string{"manifest 2", "0168"}, "0168", "ヌネハライ", "paypay"},
		{[]string{"catalog", "show", "-stack", "x"}, 0, []string{"manifest 2", "all banks", "0168", catalog.IDOf("")}, "0005", "ヌネハライ", ""},
		{[]string{"catalog", "publish", ruin}, 1, []string{"ordinary lines", "nothing is published"}, "0168", "ヌネペイ", "nunepay"},
		{[]string{"catalog", "publish", "-bank", "0168", ruin}, 1, []string{"a bank adds names"}, "0168", "ヌネハライ", "paypay"},
		{[]string{"catalog", "publish", other}, 0, []string{"manifest 3"}, "0168", "ヌヌヌペイ", "x"},
		{[]string{"catalog", "rollback"}, 0, []string{"manifest 4"}, "0168", "ヌネペイ", "nunepay"},
		{[]string{"catalog", "show", "-json", "-stack", "x"}, 0, []string{`"sequence":4`, `"bank":"0168"`}, "0168", "ヌヌヌペイ", ""},
		{[]string{"catalog", "publish", "-bank", "0168", "-none"}, 0, []string{"manifest 5"}, "0168", "ヌネハライ", ""},
		{[]string{"catalog", "rollback"}, 0, []string{"manifest 6"}, "0168", "ヌネハライ", "paypay"},
		{[]string{"catalog", "rollback", "-data", "x", nune}, 2, []string{"no arguments"}, "0168", "ヌネハライ", "paypay"},
		{[]string{"catalog", "publish", "-none"}, 2, []string{"-bank"}, "0168", "ヌネハライ", "paypay"},
		{[]string{"catalog", "publish", "-bank", "x", own}, 2, []string{"4 digits"}, "0168", "ヌネハライ", "paypay"},
		{[]string{"catalog", "publish", "-bank", "0168"}, 2, []string{"files"}, "0168", "ヌネハライ", "paypay"},
	} {
		code, out := run(c.args...)
		if code != c.code {
			t.Errorf("%q: exit %d\n%s", c.args, code, out)
		}
		for _, want := range c.want {
			if !strings.Contains(strings.ReplaceAll(out, `": `, `":`), want) {
				t.Errorf("%q does not say %q\n%s", c.args, want, out)
			}
		}
		is(c.bank, c.text, c.is)
	}

	// A new key signs, and what the old one signed is still found.
	if code, out := run("catalog", "key", "-new"); code != 0 {
		t.Errorf("a new key: %d\n%s", code, out)
	}
	if code, out := run("catalog", "rollback"); code != 0 || !strings.Contains(out, "manifest 7") {
		t.Errorf("with a new key: %d\n%s", code, out)
	}
	if _, out := run("catalog", "key"); !strings.Contains(strings.SplitN(out, "\n", 2)[0], ","+base64.StdEncoding.EncodeToString(public)) {
		t.Errorf("the keys are\n%s", out)
	}
	w.secrets[operator.CatalogKey] = "x"
	if code, out := run("catalog", "rollback"); code != 1 || !strings.Contains(out, "no seed") {
		t.Errorf("with no key: %d\n%s", code, out)
	}
}

func TestProposals(t *testing.T) {
	w := newWorld(t)
	w.bank("0125", "七十七銀行")
	c := lesson.New(w.store, atNoon, slog.New(slog.DiscardHandler))
	for i := range 60 {
		c.Saw(watch.AccountKey{Bank: "0125", Ref: fmt.Sprint(i)}, lesson.Unnamed, "RTKヌネ", "")
		c.Saw(watch.AccountKey{Bank: "0125", Ref: fmt.Sprint(i % 15)}, lesson.Unnamed, "RTKヤマダ", "")
	}
	c.Save(t.Context())
	code, out, _ := w.ctl("catalog", "proposals")
	if code != 0 || !strings.Contains(out, "RTKヌネ") || !strings.Contains(out, "an entry") || strings.Contains(out, "ヤマダ") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if code, out, _ := w.ctl("catalog", "proposals", "-bank", "0168"); code != 0 || !strings.Contains(out, "Nothing that came from at least 20 accounts") {
		t.Errorf("another bank: exit %d\n%s", code, out)
	}
	if code, out, _ := w.ctl("catalog", "proposals", "-json"); code != 0 || !strings.Contains(out, `"form"`) || !strings.Contains(out, `"not_mine"`) {
		t.Errorf("as JSON: exit %d\n%s", code, out)
	}
}
