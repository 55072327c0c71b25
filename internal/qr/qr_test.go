package qr

import (
	"fmt"
	"regexp"
	"testing"

	"rsc.io/qr"
)

func TestTheDrawingHoldsEveryModuleOfTheCode(t *testing.T) {
	const text = "https://line.me/R/oaMessage/%40kozamori/?7F3K-9Q4M-AACD"
	c, err := qr.Encode(text, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	svg, err := SVG(text)
	if err != nil {
		t.Fatal(err)
	}
	drawn := map[[2]int]bool{}
	for _, m := range regexp.MustCompile(`M\d+ \d+h\d+v1h-\d+z`).FindAllString(svg, -1) {
		var x, y, run, back int
		if _, err := fmt.Sscanf(m, "M%d %dh%dv1h-%dz", &x, &y, &run, &back); err != nil || run != back {
			t.Fatalf("%s: %v", m, err)
		}
		for i := range run {
			drawn[[2]int{x + i - quiet, y - quiet}] = true
		}
	}
	for y := range c.Size {
		for x := range c.Size {
			if drawn[[2]int{x, y}] != c.Black(x, y) {
				t.Fatalf("module %d,%d is drawn %v", x, y, drawn[[2]int{x, y}])
			}
			delete(drawn, [2]int{x, y})
		}
	}
	if len(drawn) > 0 {
		t.Errorf("%d modules lie outside the code", len(drawn))
	}
}
