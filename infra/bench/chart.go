package main

import (
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
	"time"
)

// line is one curve of a chart: how long things took, sorted.
type line struct {
	Name string
	Took []time.Duration
}

// percentiles at which a curve is drawn: the tail takes as much room as the rest.
var percentiles = []float64{0, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 100}

func at(took []time.Duration, p float64) time.Duration {
	if len(took) == 0 {
		return 0
	}
	return took[min(len(took)-1, int(p/100*float64(len(took))))]
}

// palette are colours that are told apart by most eyes, and in grey.
var palette = []string{"#0b3d91", "#c0392b", "#117a65", "#7d3c98", "#b9770e", "#2c3e50"}

const (
	chartWidth, chartHeight  = 760.0, 420.0
	left, right, top, bottom = 70.0, 190.0, 40.0, 60.0
)

// chart draws how long things took, by percentile, on a logarithmic scale.
func chart(title, note string, lines []line) string {
	low, high := math.Inf(1), 0.0
	for _, l := range lines {
		for _, p := range percentiles {
			ms := max(0.01, at(l.Took, p).Seconds()*1e3)
			low, high = min(low, ms), max(high, ms)
		}
	}
	from, to := math.Floor(math.Log10(min(low, 1e6))), math.Ceil(math.Log10(max(high, 0.1)))
	x := func(i int) float64 {
		return left + (chartWidth-left-right)*float64(i)/float64(len(percentiles)-1)
	}
	y := func(ms float64) float64 {
		return chartHeight - bottom - (chartHeight-top-bottom)*(math.Log10(max(0.01, ms))-from)/max(1, to-from)
	}
	var b strings.Builder
	text := func(x, y float64, anchor, s string) {
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="%s">%s</text>`+"\n", x, y, anchor, html.EscapeString(s))
	}
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" role="img" font-family="sans-serif" font-size="12" fill="#222">`+"\n", chartWidth, chartHeight)
	fmt.Fprintf(&b, "<title>%s</title>\n<desc>%s</desc>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n", html.EscapeString(title), html.EscapeString(note))
	text(left, 20, "start", title)
	for e := from; e <= to; e++ {
		ms := math.Pow(10, e)
		fmt.Fprintf(&b, `<line x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f" stroke="#ddd"/>`+"\n", left, chartWidth-right, y(ms), y(ms))
		text(left-6, y(ms)+4, "end", took(ms))
	}
	for i, p := range percentiles {
		text(x(i), chartHeight-bottom+18, "middle", strings.TrimSuffix(fmt.Sprintf("%.1f", p), ".0"))
	}
	text((left+chartWidth-right)/2, chartHeight-bottom+34, "middle", "percentile")
	text(left, chartHeight-8, "start", note)
	for n, l := range lines {
		var points []string
		for i, p := range percentiles {
			points = append(points, fmt.Sprintf("%.1f,%.1f", x(i), y(at(l.Took, p).Seconds()*1e3)))
		}
		colour := palette[n%len(palette)]
		fmt.Fprintf(&b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>`+"\n", strings.Join(points, " "), colour)
		fmt.Fprintf(&b, `<line x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f" stroke="%s" stroke-width="2"/>`+"\n", chartWidth-right+12, chartWidth-right+30, top+18*float64(n), top+18*float64(n), colour)
		text(chartWidth-right+36, top+18*float64(n)+4, "start", l.Name)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// took says a time in the unit that fits.
func took(ms float64) string {
	if ms >= 1000 {
		return fmt.Sprintf("%g s", ms/1000)
	}
	return fmt.Sprintf("%g ms", ms)
}

// sorted is a line whose times are in order.
func sorted(name string, d []time.Duration) line {
	d = slices.Clone(d)
	slices.Sort(d)
	return line{name, d}
}
