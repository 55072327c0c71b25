package feed

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/watch"
)

// The types of callbacks about a feed.
const (
	TypeSilent = "feed.silent"
	TypeBack   = "feed.back"
	TypeGap    = "feed.gap"
	TypeFilled = "feed.gap_filled"
	TypeLate   = "feed.late"
	TypeOnTime = "feed.on_time"
)

// Types are all of them.
var Types = []string{TypeSilent, TypeBack, TypeGap, TypeFilled, TypeLate, TypeOnTime}

// News is one change of a feed's health, which its bank is told.
type News struct {
	Seq   int64      `json:"seq"`
	Type  string     `json:"type"`
	At    time.Time  `json:"at"`
	Kind  watch.Kind `json:"kind,omitempty"`
	Since time.Time  `json:"since,omitzero"`
	// Of a gap.
	Feed string `json:"feed,omitempty"`
	From int64  `json:"from,omitempty"`
	To   int64  `json:"to,omitempty"`

	ToldAt   time.Time `json:"told_at,omitzero"`
	GaveUpAt time.Time `json:"gave_up_at,omitzero"`

	Unknown jsontext.Value `json:",embed"`
}

// Untold is the first of the news that the bank has not taken; nil if there is none.
func (h *Health) Untold() *News {
	for i := range h.News {
		if n := &h.News[i]; n.ToldAt.IsZero() && n.GaveUpAt.IsZero() {
			return n
		}
	}
	return nil
}

// CallbackID is the webhook-id of a callback, the same for each attempt.
func (n *News) CallbackID(bank string) string {
	return "msg_" + watch.Derive("feed", bank, fmt.Sprint(n.Seq), n.At.Format(time.RFC3339Nano))
}

// CallbackBody is what the bank is told, the same in each attempt.
func (n *News) CallbackBody(bank string) ([]byte, error) {
	jst := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(watch.JST).Format(time.RFC3339)
	}
	says := struct {
		Type  string     `json:"type"`
		Seq   int64      `json:"seq"`
		Bank  string     `json:"bank"`
		At    string     `json:"at"`
		Kind  watch.Kind `json:"kind,omitempty"`
		Since string     `json:"since,omitempty"`
		Feed  *string    `json:"feed,omitempty"`
		From  int64      `json:"from,omitempty"`
		To    int64      `json:"to,omitempty"`
	}{Type: n.Type, Seq: n.Seq, Bank: bank, At: jst(n.At), Kind: n.Kind, Since: jst(n.Since), From: n.From, To: n.To}
	if n.From > 0 {
		says.Feed = &n.Feed
	}
	return json.Marshal(says)
}
