package web_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"kozamori/internal/quote"
	"kozamori/internal/store"
	"kozamori/internal/testkit/hostile"
)

func TestAHostileAccountStaysInItsCellsOfTheFile(t *testing.T) {
	w := newWorld(t)
	a, err := w.store.Account(context.Background(), account)
	if err != nil {
		t.Fatal(err)
	}
	a.Mask = "+cmd|'/c calc'!A0\",x\r\n=1"
	evil := w.record("r9", 5)
	evil.Descriptor = "@\"x\",<script>\n=1+1"
	w.put(store.PutAccount(a), store.PutRecord(evil))
	_, p := w.inside("/history.csv")
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(p.body, "\uFEFF"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, l := range lines[1:] {
		found = found || l[5] == "'@\"x\",<script> =1+1"
		if len(l) != len(lines[0]) || l[1] != "'+cmd|'/c calc'!A0\",x =1" {
			t.Errorf("%q", l)
		}
		for _, cell := range l {
			if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
				t.Errorf("a cell is a formula: %q", cell)
			}
		}
	}
	if !found {
		t.Errorf("the debit is not in the file: %q", lines)
	}
}

// Whatever a bank prints, the file of the record hides nothing and has no
// formula, and each text has its own cell.
func TestTheFileOfHostileTexts(t *testing.T) {
	w := newWorld(t)
	texts := hostile.Texts()
	for i, x := range texts {
		r := w.record(fmt.Sprintf("h%d", i), int64(i+1))
		r.Descriptor, r.Txn, r.OccurredAt = quote.Text(x.Raw), x.Raw, r.OccurredAt.Add(time.Duration(i)*time.Second)
		if !utf8.ValidString(x.Raw) {
			r.Descriptor, r.Txn = quote.Text(strings.ToValidUTF8(x.Raw, "?")), "t"
		}
		w.put(store.PutRecord(r))
	}
	_, p := w.inside("/history.csv")
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(p.body, "\uFEFF"))).ReadAll()
	if err != nil || len(lines) < len(texts) {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	for _, l := range lines {
		for _, cell := range l {
			if flaw := hostile.Flaw(cell); flaw != "" || strings.ContainsAny(cell, "\r\n") || cell != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(cell)[0]) {
				t.Errorf("a cell is %q: %s", cell, flaw)
			}
		}
	}
}
