package watch

import "testing"

// A bank that has one id for all that it takes, and gives much of it back: it is said
// of each that it may be it, and of none that it is known.
func TestOneIDForAllThatABankTakes(t *testing.T) {
	for name, c := range map[string]struct {
		debits, returns int
		known           bool
	}{
		"two, of which much came back": {2, 8, true},
		"some of each of four":         {4, 4, true},
		"some of each of nine":         {9, 9, false},
		"more than one can tell":       {9, 891, false},
	} {
		records := recordsOfOneID(c.debits, c.returns, eachAnother)
		if _, known := whose(records); known != c.known {
			t.Errorf("%s: known %v, want %v", name, known, c.known)
		}
		MarkPresented(records)
		for _, r := range records {
			if !r.Unsure || !r.MayBeIt {
				t.Errorf("%s: of %s is told as certain what came back: unsure %v, may be it %v", name, r.ID, r.Unsure, r.MayBeIt)
			}
		}
	}
}

// However many returns there are under an id, no more than so many ways and steps are
// tried.
func TestHowFarItIsTriedOfWhichAReturnIs(t *testing.T) {
	for debits := 2; debits <= 9; debits++ {
		for returns := 1; returns <= 60; returns++ {
			g := givingOf(recordsOfOneID(debits, returns, eachAnother))
			g.ways = []way{{of: make([]*reading, debits)}}
			for i := range g.ways[0].of {
				g.ways[0].of[i] = &reading{}
			}
			tried := true
			for i := 0; tried && i < len(g.undone); i++ {
				tried = g.until(&g.undone[i]) && g.give(&g.undone[i])
				if len(g.ways) > maxWays || tried && g.steps > maxSteps {
					t.Fatalf("%d debits, %d returns: %d ways, %d steps", debits, returns, len(g.ways), g.steps)
				}
			}
		}
	}
}
