package dispute

import (
	"strings"

	"kozamori/internal/watch"
)

// MaxClerk and MaxNote are the most characters of who says something of a dispute at
// the bank, and of a note.
const (
	MaxClerk = 40
	MaxNote  = 1000
)

// CheckNote tells what is wrong with the text of a note; nil if nothing is.
func CheckNote(text string) *watch.FieldError {
	return watch.CheckText("text", strings.ReplaceAll(text, "\n", " "), 1, MaxNote)
}

// ReadyText is what the bank can say of a report without writing it.
type ReadyText struct {
	ID     string              `json:"id"`
	Status watch.DisputeStatus `json:"status"` // with which it is said
	Ja     string              `json:"ja"`
	En     string              `json:"en"`
}

// Ready is what a ready text says, in Japanese. False if there is none of that id and
// status.
func Ready(all []ReadyText, id string, status watch.DisputeStatus) (string, bool) {
	for _, t := range all {
		if t.ID == id && t.Status == status {
			return t.Ja, true
		}
	}
	return "", false
}

// CanFollow lists the statuses that the bank can set now, in the order in which they
// usually come. Each that stands may be said again, with another text.
func CanFollow(d *watch.Dispute) []watch.DisputeStatus {
	can := []watch.DisputeStatus{}
	for _, s := range []watch.DisputeStatus{watch.DisputeReceived, watch.DisputeFrozen, watch.DisputeRefunded, watch.DisputeClosed, watch.DisputeReopened} {
		if mayFollow(d, s) {
			can = append(can, s)
		}
	}
	return can
}
