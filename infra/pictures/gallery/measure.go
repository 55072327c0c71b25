package gallery

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/width"

	"kozamori/internal/line"
	"kozamori/internal/message"
	"kozamori/internal/wording"
)

// What a chat shows of a message at once, in LINE's pixels: a bubble of Width
// across on the lowest screen that is sold, in the ordinary font and in the
// largest.
const (
	Width      = 300
	InSight    = 420
	InSightBig = 620
	Big        = 1.4
)

// LINE's measures, in pixels.
var (
	fontSizes = map[string]float64{"xxs": 11, "xs": 13, "sm": 14, "md": 16, "lg": 19, "xl": 22, "xxl": 29, "3xl": 35}
	spacings  = map[string]float64{"": 0, "none": 0, "xs": 2, "sm": 4, "md": 8, "lg": 12, "xl": 16, "xxl": 20}
	// paddings are those of a bubble's parts that say none.
	paddings = map[string]float64{"header": 20, "body": 20, "footer": 10}
)

const (
	lineHeight = 1.4   // of a text, of its size
	bolder     = 1.07  // a Latin letter that is set bold
	baseline   = 1.136 // of a text, below its top, of its size
	buttonSize = 16    // of a button's label
	buttonHigh = 52
	buttonLow  = 40
)

// Component is a part of a Flex message, as LINE reads it.
type Component map[string]any

// Bubbles are those of a message, as its JSON has them.
func Bubbles(m message.Message) ([]Component, error) {
	raw, err := json.Marshal(line.Flex(m, wording.LabelsIn(m.Lang)).Contents)
	if err != nil {
		return nil, err
	}
	var c Component
	if err := json.Unmarshal(raw, &c); err != nil {
		return nil, err
	}
	if c["type"] != "carousel" {
		return []Component{c}, nil
	}
	return c.contents(), nil
}

func (c Component) contents() (out []Component) {
	list, _ := c["contents"].([]any)
	for _, one := range list {
		if child, ok := one.(map[string]any); ok {
			out = append(out, child)
		}
	}
	return out
}

func (c Component) say(name string) string {
	s, _ := c[name].(string)
	return s
}

// parts are those of a bubble, from the top down, each with the padding that it has
// if it says none.
func (c Component) parts() (out []Component) {
	for _, name := range []string{"header", "body", "footer"} {
		if box, ok := c[name].(map[string]any); ok {
			part := Component{"paddingAll": strconv.FormatFloat(paddings[name], 'f', -1, 64) + "px"}
			for k, v := range box {
				part[k] = v
			}
			out = append(out, part)
		}
	}
	return out
}

func pixels(v string, otherwise float64) float64 {
	if v == "" {
		return otherwise
	}
	if n, ok := spacings[v]; ok {
		return n
	}
	n, err := strconv.ParseFloat(strings.TrimSuffix(v, "px"), 64)
	if err != nil {
		return otherwise
	}
	return n
}

// sides are a box's paddings: above, right, below, left.
func (c Component) sides() (out [4]float64) {
	all := pixels(c.say("paddingAll"), 0)
	for i, name := range []string{"paddingTop", "paddingEnd", "paddingBottom", "paddingStart"} {
		out[i] = pixels(c.say(name), all)
	}
	return out
}

// gap is what stands before a child of a box that is not the first.
func (c Component) gap(child Component) float64 {
	return pixels(child.say("margin"), pixels(c.say("spacing"), 0))
}

func (c Component) flex() float64 {
	n, ok := c["flex"].(float64)
	if !ok {
		return 1
	}
	return n
}

// Height is how high a bubble is, in LINE's pixels, with type of a scale. Text is
// measured by its letters, a little too wide rather than too narrow.
func Height(bubble Component, scale float64) (high float64) {
	for _, part := range bubble.parts() {
		high += height(part, Width, scale)
	}
	return high
}

// height measures a component that has so many pixels across.
func height(c Component, across, scale float64) float64 {
	switch c.say("type") {
	case "button":
		if c.say("height") == "sm" {
			return buttonLow
		}
		return buttonHigh
	case "separator":
		return 1
	case "text":
		font := fontSizes[c.say("size")] * scale
		return float64(lines(c.say("text"), font, across, c.say("weight") == "bold")) * font * lineHeight
	}
	pad := c.sides()
	across -= pad[1] + pad[3]
	contents := c.contents()
	total, most, flex := 0.0, 0.0, 0.0
	if c.say("layout") == "vertical" {
		for i, child := range contents {
			if i > 0 {
				total += c.gap(child)
			}
			total += height(child, across, scale)
		}
		return total + pad[0] + pad[2]
	}
	for i, child := range contents {
		flex += child.flex()
		if i > 0 {
			across -= c.gap(child)
		}
	}
	above := 0.0
	for _, child := range contents {
		first := 0.0
		if c.say("layout") == "baseline" {
			first = fontSizes[child.say("size")] * scale * baseline
		}
		above, most = max(above, first), max(most, height(child, across*child.flex()/flex, scale)-first)
	}
	return above + most + pad[0] + pad[2]
}

// lines counts the lines that a text takes: Japanese breaks anywhere but before
// what closes and behind what opens, English between words.
func lines(s string, font, across float64, bold bool) int {
	n := 0
	for part := range strings.SplitSeq(s, "\n") {
		n++
		used := 0.0
		for _, piece := range pieces(part) {
			wide, trimmed := 0.0, 0.0
			for _, r := range piece {
				w := em(r) * font
				if bold && w < font {
					w *= bolder
				}
				wide += w
				if r != ' ' {
					trimmed = wide
				}
			}
			if used > 0 && used+trimmed > across {
				n, used = n+1, 0
			}
			for used+wide > across && trimmed > across { // a word that is longer than a line
				n, wide, trimmed = n+1, wide-across, trimmed-across
			}
			used += wide
		}
	}
	return n
}

const (
	closes = "、。，．」』）］】・：；！？…ーァィゥェォッャュョヮヵヶぁぃぅぇぉっゃゅょゎ々)]},.!?:;%"
	opens  = "「『（［【([{"
)

// pieces are the parts of a text between which a line may end.
func pieces(s string) (out []string) {
	var last rune
	for _, r := range s {
		fresh := last == 0 || last == ' ' || em(r) == 1 || em(last) == 1
		if strings.ContainsRune(closes, r) || strings.ContainsRune(opens, last) || r == ' ' {
			fresh = last == 0
		}
		if fresh {
			out = append(out, "")
		}
		out[len(out)-1] += string(r)
		last = r
	}
	return out
}

// em is how wide a letter is, of its height: a sans-serif's.
func em(r rune) float64 {
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth, width.EastAsianAmbiguous:
		return 1
	}
	switch {
	case strings.ContainsRune(" .,:;'!|", r):
		return 0.29
	case strings.ContainsRune("fijlrt()[]-", r):
		return 0.4
	case strings.ContainsRune("mwMW", r):
		return 0.9
	case r >= 'A' && r <= 'Z':
		return 0.66
	}
	return 0.57
}

// labelSize is how large a button's label is set: LINE makes it smaller, rather than
// breaking it.
func labelSize(label string, across, scale float64) float64 {
	wide := 0.0
	for _, r := range label {
		wide += em(r)
	}
	return min(buttonSize*scale, across/wide)
}

func px(n float64) string { return fmt.Sprintf("%gpx", n) }
