package wording

import (
	"kozamori/internal/message"
	"slices"
	"strconv"
	"strings"
)

// differences lists what of the form differs from what is stored.
func (f *SettingsFacts) differences() []message.Fact {
	lang := langOf(f.View.Lang)
	mine, theirs := f.fields(f.Values), f.fields(f.Stored)
	say := func(x message.Field) string {
		switch {
		case x.Kind == message.FieldCheck:
			return pick(x.Checked, tSetOn, tSetOff).in(lang)
		case strings.TrimSpace(x.Value) == "":
			return tSetNothing.in(lang)
		case x.Kind == message.FieldNumber:
			if n, err := strconv.ParseInt(x.Value, 10, 64); err == nil {
				return Yen(lang, n)
			}
			return tYenOnly.in(lang, x.Value)
		case x.Kind == message.FieldSelect:
			for _, o := range x.Options {
				if o.Value == x.Value {
					return o.Label
				}
			}
		case x.Kind == message.FieldLines:
			return strings.Join(lines(x.Value), "、")
		}
		return x.Value
	}
	var out []message.Fact
	for i := range mine {
		if mine[i].Kind == message.FieldLines {
			// Only the lines of one of the two: there may be many of both.
			a, b := theirs[i], mine[i]
			a.Value, b.Value = linesBut(theirs[i].Value, mine[i].Value), linesBut(mine[i].Value, theirs[i].Value)
			if a.Value != b.Value {
				out = append(out, message.Fact{Label: b.Label, Value: tSetDiffWords.in(lang, say(a), say(b))})
			}
			continue
		}
		if a, b := say(theirs[i]), say(mine[i]); a != b {
			out = append(out, message.Fact{Label: mine[i].Label, Value: tSetDiffLine.in(lang, a, b)})
		}
	}
	return out
}

// lines are the lines of a field that say something.
func lines(s string) (out []string) {
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// linesBut are the lines of one field that another has not.
func linesBut(s, other string) string {
	return strings.Join(slices.DeleteFunc(lines(s), func(l string) bool { return slices.Contains(lines(other), l) }), "\n")
}

var tYenOnly = text{ja: "%s円", en: "%s yen"}
