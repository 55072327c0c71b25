package web_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"testing"
)

var (
	palette  = regexp.MustCompile(`:root\{[^}]*\}`)
	variable = regexp.MustCompile(`--([a-z-]+):#([0-9a-f]{3,6})`)
)

// luminance of #rgb or #rrggbb, as WCAG 2 defines it.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func TestEveryTextHasTheContrastOfAAA(t *testing.T) {
	css, err := os.ReadFile("style.css")
	if err != nil {
		t.Fatal(err)
	}
	palettes := palette.FindAllString(string(css), -1)
	if len(palettes) != 2 {
		t.Fatalf("%d palettes, want a light and a dark one", len(palettes))
	}
	for _, p := range palettes {
		colours := map[string]float64{}
		for _, m := range variable.FindAllStringSubmatch(p, -1) {
			colours[m[1]] = luminance(t, m[2])
		}
		for _, pair := range [][2]string{{"ink", "page"}, {"ink", "card"}, {"ink", "box"}, {"soft", "card"}, {"link", "card"},
			{"red", "card"}, {"on-red", "red"}, {"blue", "card"}, {"green", "card"}} {
			a, ok1 := colours[pair[0]]
			b, ok2 := colours[pair[1]]
			if ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05); !ok1 || !ok2 || ratio < 7 {
				t.Errorf("%s on %s: %.1f to 1 in %s", pair[0], pair[1], ratio, p)
			}
		}
		// What is not text, such as the ring of what has the focus: 3 to 1.
		if r, c := colours["ring"], colours["card"]; (max(r, c)+0.05)/(min(r, c)+0.05) < 3 {
			t.Errorf("the focus is hard to see in %s", p)
		}
	}
}
