package catalog

import (
	"fmt"
	"strings"
)

// The data files are recfiles: records of "Field: value" lines, separated by
// blank lines, with # for comments. The parts of a value are separated by |.

// place is a line of a data file.
type place struct {
	file string
	line int
}

func (p place) String() string { return fmt.Sprintf("%s:%d", p.file, p.line) }

// Problem is something wrong with the data, and where.
type Problem struct {
	Place string // file:line
	Other string // the other line, if two do not go together
	What  string
}

func (p *Problem) Error() string {
	if p.Other != "" {
		return fmt.Sprintf("%s: %s (%s)", p.Place, p.What, p.Other)
	}
	return fmt.Sprintf("%s: %s", p.Place, p.What)
}

func wrong(at place, format string, args ...any) *Problem {
	return &Problem{Place: at.String(), What: fmt.Sprintf(format, args...)}
}

// field is one line of a record.
type field struct {
	place
	name, value string
	own         bool // a bank's own, for itself
}

// parts splits the value at its bars; absent parts are empty.
func (f *field) parts(n int) ([]string, error) {
	parts := strings.Split(f.value, "|")
	if len(parts) > n {
		return nil, wrong(f.place, "%s has more than %d parts", f.name, n)
	}
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	for len(parts) < n {
		parts = append(parts, "")
	}
	return parts, nil
}

// records reads a data file.
func records(file, text string) ([][]field, error) {
	var out [][]field
	var rec []field
	end := func() {
		if rec != nil {
			out = append(out, rec)
			rec = nil
		}
	}
	line := 0
	for l := range strings.SplitSeq(text, "\n") {
		line++
		l = strings.TrimSpace(l)
		switch {
		case l == "":
			end()
		case l[0] != '#':
			name, value, ok := strings.Cut(l, ":")
			at := place{file, line}
			if value = strings.TrimSpace(value); !ok || value == "" {
				return nil, wrong(at, "%q is not \"Field: value\"", l)
			}
			rec = append(rec, field{place: at, name: name, value: value})
		}
	}
	end()
	return out, nil
}
