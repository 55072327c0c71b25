package wire_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"kozamori/internal/wire"
)

// What stands between two events and is no comma costs neither of them; what shows as
// nothing costs nothing.
func TestWhatStandsBetweenEventsCostsNone(t *testing.T) {
	a, b, c := debit("a"), debit("b"), debit("c")
	for name, x := range map[string]struct {
		list    string
		ignored string
	}{
		"a semicolon, then a comma":         {a + ";" + b + "," + c, "?"},
		"semicolons":                        {a + ";" + b + ";" + c, "?"},
		"a bar":                             {a + " | " + b + "," + c, "?"},
		"braces the wrong way round":        {a + "}{" + b[1:] + "," + c, "?"},
		"a brace too many and one again":    {a + "}" + b + "," + c, "?"},
		"a byte order mark in the list":     {"\ufeff" + a + ",\ufeff" + b + "\ufeff," + c + "\ufeff", ""},
		"a separator of lines":              {a + "\u2028," + b + ",\u2029" + c + "\u2028", ""},
		"a separator in place of a comma":   {a + "\u2028" + b + "," + c, ""},
		"a separator, and then white space": {a + " \u2028\n," + b + "\u2028\n \u2029," + c, ""},
	} {
		body := read(t, []byte(`{"events":[`+x.list+`]}`))
		taken, refused := sorted(body)
		if got := strings.Join(taken, " "); got != "a b c" || len(refused) > 0 || strings.Join(body.Ignored, " ") != x.ignored {
			t.Errorf("%s: taken %q, refused %q, ignored %q, want %q", name, got, refused, body.Ignored, x.ignored)
		}
	}
}

// What stands between events is none of them: whatever it is, each event that is refused
// is so under its place among the events, and a full batch of them is taken.
func TestWhatStandsBetweenEventsMovesNoIndex(t *testing.T) {
	marks := []string{",", ";", " ; ", "}", ",", "|", "\u2028", "", "; ;", "\ufeff,"}
	for seed := range 300 {
		r := rand.New(rand.NewPCG(uint64(seed), 7))
		var list strings.Builder
		var want []string
		n := 2 + r.IntN(6)
		if seed%50 == 0 {
			n = wire.MaxEvents
		}
		for i := range n {
			if i > 0 {
				list.WriteString(marks[r.IntN(len(marks))])
			}
			if r.IntN(3) == 0 {
				want = append(want, fmt.Sprint(i, " amount bad_number"))
				list.WriteString(strings.Replace(debit(fmt.Sprint("e", i)), `"amount":1`, `"amount":01`, 1))
			} else {
				list.WriteString(debit(fmt.Sprint("e", i)))
			}
		}
		taken, refused := sorted(read(t, []byte(`{"events":[`+list.String()+`]}`)))
		if !slices.Equal(refused, want) || len(taken) != n-len(want) {
			t.Fatalf("seed %d: %s\n%d of %d are taken, refused %q, want %q", seed, list.String(), len(taken), n, refused, want)
		}
	}
}
