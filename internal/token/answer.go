package token

import "strings"

// Purposes of links. A link made for one of them opens nothing else.
const (
	PurposeAnswer  = "answer"    // opens an alert's page
	PurposeStop    = "stop-mail" // ends what a channel brings about an account; it was for mails alone
	PurposeRestore = "restore"   // opens the page that sets a step of the trail back
	PurposeLook    = "look"      // has one file looked through; no link carries it
	PurposeKey     = "key"       // opens the page on which who has no chat asks for a link to their settings
)

// AnswerSubject binds a link, of any purpose, to one record (or, to set it back,
// one step) and one of the watchers: it names the account without holding its reference.
func AnswerSubject(record, watcher string) string { return record + "|" + watcher }

// StopSubject is AnswerSubject for a link that ends what a channel brings. channel
// is empty for the one that such links were of before they named it.
func StopSubject(record, watcher, channel string) string {
	if channel == "" {
		return AnswerSubject(record, watcher)
	}
	return AnswerSubject(record, watcher) + "|" + channel
}

// ParseStopSubject takes a subject of StopSubject, or of AnswerSubject, apart.
func ParseStopSubject(subject string) (record, watcher, channel string, ok bool) {
	record, rest, _ := strings.Cut(subject, "|")
	watcher, channel, _ = strings.Cut(rest, "|")
	return record, watcher, channel, record != "" && watcher != ""
}

// ParseAnswerSubject takes a subject apart again. False if it is none.
func ParseAnswerSubject(subject string) (record, watcher string, ok bool) {
	record, watcher, ok = strings.Cut(subject, "|")
	return record, watcher, ok && record != "" && watcher != ""
}
