package wire_test

import (
	"strings"
	"testing"
)

// What stands between two events and is no comma costs neither of them; what shows as
// nothing costs nothing.
func TestWhatStandsBetweenEventsCostsNone(t *testing.T) {
	a, b, c := debit("a"), debit("b"), debit("c")
	for name, x := range map[string]struct {
		list    string
		refused string
	}{
		"a semicolon, then a comma":         {a + ";" + b + "," + c, "1 malformed"},
		"semicolons":                        {a + ";" + b + ";" + c, "1 malformed 3 malformed"},
		"a bar":                             {a + " | " + b + "," + c, "1 malformed"},
		"braces the wrong way round":        {a + "}{" + b[1:] + "," + c, "1 malformed"},
		"a brace too many and one again":    {a + "}" + b + "," + c, "1 malformed"},
		"a byte order mark in the list":     {"\ufeff" + a + ",\ufeff" + b + "\ufeff," + c + "\ufeff", ""},
		"a separator of lines":              {a + "\u2028," + b + ",\u2029" + c + "\u2028", ""},
		"a separator in place of a comma":   {a + "\u2028" + b + "," + c, ""},
		"a separator, and then white space": {a + " \u2028\n," + b + "\u2028\n \u2029," + c, ""},
	} {
		taken, refused := sorted(read(t, []byte(`{"events":[`+x.list+`]}`)))
		if got := strings.Join(taken, " "); got != "a b c" || strings.Join(refused, " ") != x.refused {
			t.Errorf("%s: taken %q, refused %q, want %q", name, got, refused, x.refused)
		}
	}
}
