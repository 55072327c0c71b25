// Package markup holds what pages and mails are drawn with in addition to
// gomponents, which escapes every text and every attribute: the addresses that a link may
// have. It is pure, and writes nothing that it was not told to.
//
// Pages are made of functions and not of html/template: a program that runs a
// template calls methods by their names, so that Go's linker has to keep every
// exported method of every type, which was 3 MB of each program that draws.
package markup

import (
	"slices"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"kozamori/internal/phone"
)

// Href is the address of a link. An address that does not Open makes none: a
// link without an address cannot be followed.
func Href(address string) g.Node {
	return g.If(Opens(address), h.Href(address))
}

// Opens tells whether an address may be followed: it leads to a page of ours,
// to the web, to a mail or to a telephone. What a browser would run, and what
// leads elsewhere while looking like a page of ours (//host, /\host), does not
// open.
func Opens(address string) bool {
	if strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f }) {
		return false // browsers take some of these away before they read an address
	}
	scheme, rest, ok := strings.Cut(address, ":")
	switch {
	case address == "":
		return false
	case strings.ContainsRune("?#", rune(address[0])):
		return true
	case address[0] == '/':
		return !strings.HasPrefix(address, "//")
	case !ok:
		return false
	}
	switch strings.ToLower(scheme) {
	case "http", "https":
		return strings.HasPrefix(rest, "//") && len(rest) > len("//")
	case "mailto":
		return rest != ""
	case "tel":
		return phone.Dials(rest)
	}
	return false
}

// Lines begins a new line before each node that is there, so that the source
// can be read. What Lines made itself has its lines already.
func Lines(nodes ...g.Node) g.Group {
	var out g.Group
	for _, n := range nodes {
		if made, ok := n.(g.Group); ok {
			out = append(out, made...)
		} else if n != nil {
			out = append(out, g.Text("\n"), n)
		}
	}
	return out
}

// Each draws each of a list on a line of its own.
func Each[T any](list []T, draw func(T) g.Node) g.Group { return Lines(g.Map(list, draw)...) }

// Said is an element with a text, if there is any text.
func Said(el func(...g.Node) g.Node, text string, attributes ...g.Node) g.Node {
	return g.If(text != "", el(append(slices.Clip(attributes), g.Text(text))...))
}

// Action is where a form is posted to: a page of ours, whose address begins with a
// slash. Without one the form goes to the page that it stands on.
func Action(address string) g.Node {
	return g.If(strings.HasPrefix(address, "/") && Opens(address), h.Action(address))
}
