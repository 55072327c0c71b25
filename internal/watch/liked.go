package watch

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Liked is the language for a visitor who is not known: the one of ours that an
// Accept-Language header likes best, else Japanese.
func Liked(accept string) Lang {
	type liked struct {
		lang Lang
		q    float64
	}
	var list []liked
	for _, part := range strings.Split(accept, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		base, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(name)), "-")
		l := liked{lang: Lang(base), q: 1}
		if q, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			l.q, _ = strconv.ParseFloat(q, 64)
		}
		if l.q > 0 && (l.lang == Japanese || l.lang == English) {
			list = append(list, l)
		}
	}
	if len(list) == 0 {
		return Japanese
	}
	return slices.MaxFunc(list, func(a, b liked) int { return cmp.Compare(a.q, b.q) }).lang
}
