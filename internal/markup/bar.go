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
