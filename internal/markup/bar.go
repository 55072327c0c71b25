package markup

import (
	"math"
	"strconv"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// Bar draws a share of a whole, 0 to 1, as wide as what it stands in. A screen
// reader passes it by.
func Bar(share float64) g.Node {
	return h.SVG(g.Attr("viewBox", "0 0 1000 60"), g.Attr("preserveAspectRatio", "none"), h.Aria("hidden", "true"), g.Attr("focusable", "false"),
		g.El("rect", h.Width(strconv.Itoa(int(math.Round(1000*share)))), h.Height("60")))
}

// Columns draws shares of the largest one, 0 to 1, next to one another. A screen reader
// passes it by: what it shows stands in words next to it.
func Columns(shares []float64) g.Node {
	const wide, high, most = 1000, 160, 40 // most is the width of one, however few there are
	each := min(most, wide/max(1, len(shares)))
	bars := make(g.Group, len(shares))
	for i, s := range shares {
		up := int(math.Round(high * s))
		bars[i] = g.El("rect", g.Attr("x", strconv.Itoa(i*each)), g.Attr("y", strconv.Itoa(high-up)), h.Width(strconv.Itoa(each-each/5)), h.Height(strconv.Itoa(up)))
	}
	return h.SVG(h.Class("chart"), g.Attr("viewBox", "0 0 "+strconv.Itoa(each*len(shares))+" "+strconv.Itoa(high)), g.Attr("preserveAspectRatio", "xMinYMax meet"), h.Aria("hidden", "true"), g.Attr("focusable", "false"), bars)
}
