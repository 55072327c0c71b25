package token

import "strings"

// Purposes of links. A link made for one of them opens nothing else.
const (
	PurposeAnswer   = "answer"    // opens an alert's page
	PurposeStopMail = "stop-mail" // ends the mails about an account
	PurposeRestore  = "restore"   // opens the page that sets a step of the trail back
	PurposeKey      = "key"       // opens the page on which who has no chat asks for a link to their settings
)

// AnswerSubject binds a link, of any purpose, to one record (or, to set it back,
// one step) and one of the watchers: it names the account without holding its reference.
func AnswerSubject(record, watcher string) string { return record + "|" + watcher }

// ParseAnswerSubject takes a subject apart again. False if it is none.
func ParseAnswerSubject(subject string) (record, watcher string, ok bool) {
	record, watcher, ok = strings.Cut(subject, "|")
	return record, watcher, ok && record != "" && watcher != ""
}
