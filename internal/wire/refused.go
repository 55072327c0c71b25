package wire

import (
	"slices"

	"kozamori/internal/watch"
)

// reasonField is why a link was refused. Of other events it is a field that they do
// not have, whatever it holds: banks may send one of their own.
const reasonField = "reason"

// Reasons are those for which an attempt to link is refused: what of the account's
// holder was given wrongly.
var Reasons = []string{"pin", "name", "birthday", "otp"}

// ofRefusal looks at what only a refused link has. Of one in a history nothing would be
// known afterwards.
func (e *event) ofRefusal() {
	if e.Kind != watch.LinkRefused || e.isWrong("type") {
		return
	}
	if e.account != "" {
		e.wrong("type", watch.CodeNotAllowed, "a refused link is no part of an account's history")
		return
	}
	e.unknown = slices.DeleteFunc(e.unknown, func(name string) bool { return name == reasonField })
	switch {
	case e.isWrong(reasonField):
	case e.reason == "" || e.reason == "null":
		e.wrong(reasonField, watch.CodeMissing, "is missing")
	case e.reason[0] != '"':
		e.wrong(reasonField, watch.CodeType, "must be a string")
	case !slices.Contains(Reasons, e.reason[1:len(e.reason)-1]):
		e.wrong(reasonField, watch.CodeNotAllowed, "must be pin, name, birthday or otp")
	}
}
