// Package presstest finds what a text asks its reader to press and is not there. It
// never presses anything.
package presstest

import (
	"html"
	"regexp"
	"slices"
	"strings"
)

var (
	asks = regexp.MustCompile(`「([^「」]+)」(?:を|から)?(?:押し|押す|開き|開い)|「([^「」]+)」を押すか|「([^「」]+)」のページ|the page (?:under|behind|of) "([^"]+)"|(?:[Pp]ress|[Pp]ress or send|[Oo]pen) "([^"]+)"`)
	// before is in an earlier message, and later in one that may come.
	before = regexp.MustCompile(`元のお知らせ|in the alert`)
	later  = regexp.MustCompile(`届いたら|If you do not recognise an alert|下のボタンから開いたページ|on the page behind the button`)
	goesOn = regexp.MustCompile(`^（[0-9:]+まで）|^ \(?until `)
	undo   = regexp.MustCompile(`^(取り消す|Undo)$`)
	// opens leads to a page, on which what the same sentence names next is.
	opens = regexp.MustCompile(`「[^「」]+」を開き、|[Oo]pen "[^"]+" and `)
)

// Missing lists what texts ask to press that is on none of the labels which their
// reader has before them: here, or, where a text says so, in earlier messages. A label
// may go on with the time until which it is there, and 取り消す with its account, of
// which there is one in sight.
func Missing(texts, here, earlier []string) (out []string) {
	has := func(labels []string, label string) bool {
		return slices.ContainsFunc(labels, func(l string) bool {
			rest, is := strings.CutPrefix(l, label)
			return is && (rest == "" || goesOn.MatchString(rest) || undo.MatchString(label))
		})
	}
	for _, t := range texts {
		if later.MatchString(t) {
			continue
		}
		opened := false
		for _, m := range asks.FindAllStringSubmatch(t, -1) {
			label := strings.Join(m[1:], "")
			switch {
			case opened && opens.MatchString(t): // it is on that page
			case has(here, label):
				opened = true
			case before.MatchString(t) && has(earlier, label):
			default:
				out = append(out, label+": "+t)
			}
		}
	}
	return out
}

// Labels are those of all buttons and quick replies of a message as LINE is sent it.
func Labels(v any) (out []string) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			out = append(out, Labels(x)...)
		}
	case map[string]any:
		if l, ok := v["label"].(string); ok {
			out = append(out, l)
		}
		for _, x := range v {
			out = append(out, Labels(x)...)
		}
	}
	return out
}

// Texts are all texts of such a message.
func Texts(v any) (out []string) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			out = append(out, Texts(x)...)
		}
	case map[string]any:
		for _, k := range []string{"altText", "text"} {
			if s, ok := v[k].(string); ok {
				out = append(out, s)
			}
		}
		for _, x := range v {
			out = append(out, Texts(x)...)
		}
	}
	return out
}

var (
	pressed = regexp.MustCompile(`(?s)<(?:button|a|summary)\b[^>]*>(.*?)</(?:button|a|summary)>|<h[1-6][^>]*>(.*?)</h[1-6]>`)
	tag     = regexp.MustCompile(`<[^>]*>`)
)

// MissingOn is Missing of a page: of its buttons, links and headings.
func MissingOn(page string) []string {
	_, page, _ = strings.Cut(page, "<main")
	page, _, _ = strings.Cut(page, "</main>")
	var labels []string
	for _, m := range pressed.FindAllStringSubmatch(page, -1) {
		labels = append(labels, strings.TrimSpace(html.UnescapeString(tag.ReplaceAllString(m[1]+m[2], ""))))
	}
	return Missing(tag.Split(html.UnescapeString(page), -1), labels, nil)
}
