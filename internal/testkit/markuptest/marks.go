package markuptest

import "regexp"

// marks are what pages and mails put around a number, so that no line ends within.
var marks = regexp.MustCompile(`<span (?:class="(?:n|whole)"|style="white-space:nowrap[^"]*")>([^<]*)</span>`)

// Unmarked is a page or a mail as its words are read: without what is put around
// numbers.
func Unmarked(page string) string { return marks.ReplaceAllString(page, "$1") }
