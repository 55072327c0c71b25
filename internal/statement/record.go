package statement

import "strings"

// record is a row of a CSV: a line, or the lines that a field in quotation marks
// holds together.
type record struct {
	from, to int // lines, from 1
	fields   []string
	// open says that a quotation mark of the line is not closed, so that its
	// fields are not known. The lines below it are rows of their own.
	open bool
}

// blank tells whether there is nothing in a row.
func (r *record) blank() bool {
	for _, f := range r.fields {
		if strings.Trim(f, " \t\u3000\x1A\uFEFF") != "" {
			return false
		}
	}
	return !r.open
}

// maxJoined is how many lines one field may hold together.
const maxJoined = 10

// records divides lines into rows: each line is in one of them. A field goes on
// in the next line only if that is no row by itself, and if the row then has
// exactly width fields: an unclosed quotation mark costs its own line.
func records(lines []string, comma byte, width int, isRow func(fields []string) bool) []record {
	out := make([]record, 0, len(lines))
	for i := 0; i < len(lines); i++ {
		r := record{from: i + 1, to: i + 1}
		r.fields, r.open = split(lines[i], comma)
		joined := lines[i]
		for k := i + 1; r.open && k < min(len(lines), i+maxJoined); k++ {
			if next, open := split(lines[k], comma); !open && isRow(next) {
				break
			}
			joined += "\n" + lines[k]
			if fields, open := split(joined, comma); !open {
				if len(fields) == width {
					r = record{from: i + 1, to: k + 1, fields: fields}
					i = k
				}
				break
			}
		}
		out = append(out, r)
	}
	return out
}

// split divides a row into its fields. A quotation mark counts at the beginning
// of a field only, and is closed by one that a comma or the end follows; two
// stand for one. It is open if none closes it.
func split(row string, comma byte) (fields []string, open bool) {
	for {
		if f := strings.TrimLeft(row, " "); strings.HasPrefix(f, `"`) {
			field, rest, ok := quoted(f[1:], comma)
			if !ok {
				return append(fields, f), true
			}
			fields = append(fields, field)
			if rest == "" {
				return fields, false
			}
			row = rest[1:]
			continue
		}
		i := strings.IndexByte(row, comma)
		if i < 0 {
			return append(fields, row), false
		}
		fields, row = append(fields, row[:i]), row[i+1:]
	}
}

// quoted reads a field behind its first quotation mark, to the comma or the end
// that follows its last.
func quoted(s string, comma byte) (field, rest string, ok bool) {
	for from := 0; ; {
		i := strings.IndexByte(s[from:], '"')
		if i < 0 {
			return "", "", false
		}
		i += from
		after := strings.TrimLeft(s[i+1:], " ")
		switch {
		case after == "" || after[0] == comma:
			return strings.ReplaceAll(s[:i], `""`, `"`), after, true
		case s[i+1] == '"':
			from = i + 2
		default:
			return "", "", false // a letter behind it: which is the last cannot be told
		}
	}
}
