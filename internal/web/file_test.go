package web_test

import (
	"context"
	"encoding/csv"
	"strings"
	"testing"

	"kozamori/internal/store"
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
		found = found || l[5] == "'@\"x\",<script>\n=1+1"
		if len(l) != len(lines[0]) || l[1] != "'+cmd|'/c calc'!A0\",x\n=1" {
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
