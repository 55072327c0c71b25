package line

import (
	"net/url"
	"strings"
)

// ChatURL opens the chat with an official account, and offers to add it, with
// a text typed in. Source: LINE Developers, "Use LINE URL scheme".
func ChatURL(id, text string) string {
	return "https://line.me/R/oaMessage/" + url.QueryEscape(id) + "/?" + url.QueryEscape(text)
}

// ShareURL is a link that lets the person choose in LINE who gets a text.
// https://developers.line.biz/en/docs/messaging-api/using-line-url-scheme/
func ShareURL(text string) string {
	return "https://line.me/R/share?text=" + strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}
