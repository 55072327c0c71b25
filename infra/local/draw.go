package main

import (
	"fmt"
	"html"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"kozamori/internal/app"
)

// The pictures of the page are drawn here and shown as images: a timeline to scale
// of each record, and how long the latest alerts took.
const (
	drawWidth = 720
	inkDark   = "#1c2430"
	inkSoft   = "#5d6572"
	inkBlue   = "#1f3a5f"
	inkLine   = "#e0dbd0"
)

func svg(w http.ResponseWriter, height int, title, body string) {
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	_, _ = fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img"><title>%s</title><rect width="100%%" height="100%%" fill="#fffefb"/><g font-family="system-ui,sans-serif" font-size="13">%s</g></svg>`,
		drawWidth, height, html.EscapeString(title), body)
}

func label(x, y float64, anchor, ink, text string) string {
	return fmt.Sprintf(`<text x="%.1f" y="%.1f" text-anchor="%s" fill="%s">%s</text>`, x, y, anchor, ink, html.EscapeString(text))
}

// long writes a length of time as people read it.
func long(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < 2*time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	}
	return fmt.Sprintf("%.1f h", d.Hours())
}

// timeline draws the steps of one record to scale, from when its bank's event was
// received: each step at its place on the line, with its own row for its words.
func (s *stack) timeline(w http.ResponseWriter, r *http.Request) {
	list, err := s.traces(r.Context(), app.Names{Store: s.System.Store})
	i := slices.IndexFunc(list, func(t trace) bool { return t.ID == r.PathValue("id") })
	if err != nil || i < 0 {
		http.NotFound(w, r)
		return
	}
	body, height := drawTimeline(list[i].Steps)
	svg(w, height, "What happened when, to scale", body)
}

// drawTimeline draws steps that have their times, but for when it occurred, of which
// many banks know less than the second.
func drawTimeline(steps []step) (body string, height int) {
	var at []step
	for _, x := range steps {
		if !x.At.IsZero() && x.Name != "occurred" {
			at = append(at, x)
		}
	}
	if len(at) == 0 {
		return label(10, 24, "start", inkSoft, "Nothing has a time yet."), 40
	}
	slices.SortStableFunc(at, func(a, b step) int { return a.At.Compare(b.At) })
	const left, right, row = 12.0, 700.0, 22.0
	first, last := at[0].At, at[len(at)-1].At
	whole := max(last.Sub(first), time.Microsecond)
	var b strings.Builder
	fmt.Fprintf(&b, `<line x1="%.1f" y1="20" x2="%.1f" y2="20" stroke="%s" stroke-width="2"/>`, left, right, inkBlue)
	for i, x := range at {
		place := left + (right-left)*float64(x.At.Sub(first))/float64(whole)
		y := 20 + row*float64(i+1)
		fmt.Fprintf(&b, `<line x1="%.1f" y1="20" x2="%.1f" y2="%.1f" stroke="%s"/><circle cx="%.1f" cy="20" r="5" fill="%s"/>`, place, place, y-4, inkLine, place, inkBlue)
		anchor, shift := "start", 4.0
		if place > (left+right)/2 {
			anchor, shift = "end", -4
		}
		words := x.Name + " +" + long(x.At.Sub(first))
		if x.Note != "" {
			words += " (" + x.Note + ")"
		}
		b.WriteString(label(place+shift, y, anchor, inkDark, words))
	}
	return b.String(), int(20 + row*float64(len(at)+1))
}

// latency draws how long each of the latest alerts took, from the bank's POST until
// a channel had accepted the message, the oldest first.
func (s *stack) latency(w http.ResponseWriter, r *http.Request) {
	list, err := s.traces(r.Context(), app.Names{Store: s.System.Store})
	if err != nil {
		http.Error(w, "the records cannot be read", http.StatusServiceUnavailable)
		return
	}
	var took []time.Duration
	for _, t := range slices.Backward(list) {
		if d, ok := t.took(); ok {
			took = append(took, d)
		}
	}
	body, height := drawLatency(took)
	svg(w, height, "From the bank's POST to the channel's acceptance, for each of the latest alerts", body)
}

// took is how long it was from the receipt of an event until its alert was accepted
// by a channel; false if it was not, or if the message was held back or escalated.
func (t *trace) took() (time.Duration, bool) {
	at := func(name string) time.Time {
		i := slices.IndexFunc(t.Steps, func(x step) bool { return x.Name == name && x.Note == "" && !x.At.IsZero() })
		if i < 0 {
			return time.Time{}
		}
		return t.Steps[i].At
	}
	from, to := at("received"), at("LINE accepted")
	if to.IsZero() {
		to = at("mail accepted")
	}
	return to.Sub(from), !from.IsZero() && !to.IsZero()
}

// drawLatency draws bars on a scale of powers of ten, for what takes milliseconds
// and what takes minutes stand side by side, and the median.
func drawLatency(took []time.Duration) (body string, height int) {
	if len(took) == 0 {
		return label(10, 24, "start", inkSoft, "No alert has been accepted yet."), 40
	}
	const top, bottom, left = 16.0, 150.0, 70.0
	lo, hi := 0.0, 1.0 // powers of ten of a millisecond
	power := func(d time.Duration) float64 { return math.Log10(max(float64(d)/float64(time.Millisecond), 1)) }
	for _, d := range took {
		hi = max(hi, math.Ceil(power(d)))
	}
	y := func(p float64) float64 { return bottom - (bottom-top)*(p-lo)/(hi-lo) }
	var b strings.Builder
	for p := lo; p <= hi; p++ {
		fmt.Fprintf(&b, `<line x1="%.1f" y1="%.1f" x2="%d" y2="%.1f" stroke="%s"/>`, left, y(p), drawWidth-10, y(p), inkLine)
		b.WriteString(label(left-6, y(p)+4, "end", inkSoft, long(time.Duration(math.Pow(10, p))*time.Millisecond)))
	}
	wide := (float64(drawWidth) - 10 - left) / float64(len(took))
	for i, d := range took {
		fmt.Fprintf(&b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"><title>%s</title></rect>`,
			left+wide*float64(i)+1, y(power(d))-1, max(wide-2, 1), bottom-y(power(d))+1, inkBlue, html.EscapeString(long(d)))
	}
	sorted := slices.Sorted(slices.Values(took))
	b.WriteString(label(left, bottom+20, "start", inkDark, fmt.Sprintf("median %s, longest %s, of the latest %d", long(sorted[len(sorted)/2]), long(sorted[len(sorted)-1]), len(sorted))))
	return b.String(), int(bottom) + 30
}
