package callback

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"time"
)

// Types of callbacks that no other package names.
const (
	PingType        = "ping"                // tells of nothing
	TypeUnreachable = "watcher.unreachable" // no channel reaches a watcher
)

// Types are all the types of callbacks that there are, in the order in which the
// description has them.
var Types = []string{"feed.silent", "feed.back", "feed.late", "feed.on_time", "feed.gap", "feed.gap_filled", "intake.finished", "campaign.suspected", "campaign.ended", "control.requested", "control.withdrawn", "inquiry.answered", "inquiry.withdrawn", "inquiry.unanswered",
	"dispute.opened", "dispute.withdrawn", "dispute.updated", TypeUnreachable, PingType}

// Pinged is what came of a ping.
type Pinged struct {
	ID     string        // its webhook-id
	Took   time.Duration // until the bank answered, or we gave up
	Failed *NotTaken     // nil if the bank took it
}

// Ping posts a callback that tells of nothing to a bank's endpoint, once and at once.
// It is not counted as an attempt of anything, and what waits for the endpoint goes on
// waiting. An error is ours: store.ErrNotFound if there is no such bank.
func (c *Signed) Ping(ctx context.Context, bank string) (Pinged, error) {
	body, err := json.Marshal(struct {
		Type string    `json:"type"`
		Bank string    `json:"bank"`
		At   time.Time `json:"sent_at"`
	}{PingType, bank, c.Now().UTC().Truncate(time.Millisecond)})
	if err != nil {
		return Pinged{}, err
	}
	p := Pinged{ID: "msg_" + rand.Text()}
	began := time.Now() // a latency is real, whatever the time is said to be
	err = c.Post(ctx, bank, p.ID, body)
	p.Took = time.Since(began)
	if failed, ok := errors.AsType[*NotTaken](err); ok {
		p.Failed, err = failed, nil
	}
	return p, err
}
