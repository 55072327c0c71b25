package line

import "net/url"

// ChatURL opens the chat with an official account, and offers to add it, with
// a text typed in. Source: LINE Developers, "Use LINE URL scheme".
func ChatURL(id, text string) string {
	return "https://line.me/R/oaMessage/" + url.QueryEscape(id) + "/?" + url.QueryEscape(text)
}
