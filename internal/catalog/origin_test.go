package catalog

import (
	"slices"
	"strings"
	"testing"
)

// What a bank prints and where it cuts decides what rings: each says where it was
// read and when.
func TestEachMarkAndLengthOfABankHasItsSourceAndDay(t *testing.T) {
	t.Parallel()
	marks, lengths := 0, 0
	held := func(who string, cells []int, from Origin, prints []Print) {
		if len(cells) > 0 {
			if lengths++; from.Source == "" || !isDate(from.Checked) {
				t.Errorf("%s cuts at %v, and nothing says where that was read and when: %+v", who, cells, from)
			}
		}
		for _, p := range prints {
			if marks++; p.Source == "" || !isDate(p.Checked) {
				t.Errorf("%s prints %s, and nothing says where that was read and when: %+v", who, p.Mark, p.Origin)
			}
		}
	}
	for code, b := range std().banks {
		held(code, b.Cells, b.CellsFrom, b.Prints)
	}
	for _, g := range std().groups {
		held(g.NameJa, g.Cells, g.CellsFrom, g.Prints)
	}
	if marks < 10 || lengths < 3 {
		t.Errorf("%d marks and %d lengths found", marks, lengths)
	}
}

// Half of a source is an error with its line; an edition of before has none.
func TestAMarkSaysWholly(t *testing.T) {
	t.Parallel()
	const bank = "Bank: 9998\nJa: 検査銀行\nEn: Test Bank\n"
	for line, fault := range map[string]string{
		"Prints: ZZ": "", "Prints: ZZ | y": "", "Prints: ZZ | y | 2026-11": "", "Prints: ZZ | y | 2026-11-30": "", "Cells: 12 | y": "", "Cells: 12 | y | 2026-11": "",
		"Prints: ZZ | | 2026-11": "where it was read", "Prints: ZZ | y | soon": "where it was read", "Prints:  | y | 2026-11": "no mark",
		"Prints: ZZ | y | 2026-11 | z": "more than", "Cells: 12 | y | 2026-13": "where it was read", "Cells: 12 | | 2026-11": "where it was read", "Cells: twelve | y | 2026-11": "no number of cells",
	} {
		_, err := read(source{servicesRec, banksRec + "\n" + bank + line + "\n", wordsRec})
		if (err == nil) != (fault == "") || err != nil && !strings.Contains(err.Error(), fault) {
			t.Errorf("%s: %v, want %q", line, err, fault)
		}
	}
	d, err := read(source{servicesRec, banksRec + "\n" + bank + "Prints: ZZ | y | 2026-11\n", wordsRec})
	if err != nil || !slices.Equal(d.banks["9998"].Prints, []Print{{"ZZ", Origin{"y", "2026-11"}}}) {
		t.Errorf("%v %v", d, err)
	}
}
