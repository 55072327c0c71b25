package token

import "strings"

// PurposeAnswer is the purpose of the links that open an alert's page.
const PurposeAnswer = "answer"

// AnswerSubject binds a link to one record and one of its watchers.
func AnswerSubject(record, watcher string) string { return record + "|" + watcher }

// ParseAnswerSubject takes a subject apart again. False if it is none.
func ParseAnswerSubject(subject string) (record, watcher string, ok bool) {
	record, watcher, ok = strings.Cut(subject, "|")
	return record, watcher, ok && record != "" && watcher != ""
}
