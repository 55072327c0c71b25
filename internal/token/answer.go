package token

import "strings"

// Purposes of links. A link made for one of them opens nothing else.
const (
	PurposeAnswer   = "answer"    // opens an alert's page
	PurposeStopMail = "stop-mail" // ends the mails about an account
)

// AnswerSubject binds a link, of either purpose, to one record and one of its
// watchers: it names the account without holding its reference.
func AnswerSubject(record, watcher string) string { return record + "|" + watcher }

// ParseAnswerSubject takes a subject apart again. False if it is none.
func ParseAnswerSubject(subject string) (record, watcher string, ok bool) {
	record, watcher, ok = strings.Cut(subject, "|")
	return record, watcher, ok && record != "" && watcher != ""
}
