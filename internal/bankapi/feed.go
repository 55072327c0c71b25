package bankapi

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// How many hours of the feed are told.
const (
	DefaultHours = 24
	MaxHours     = 72
)

// feedReply is how a bank's events arrive.
type feedReply struct {
	Last []lastReply `json:"last"` // of each kind that ever came, to the minute
	// Until is when the bank was last heard, by events or a heartbeat.
	Until    time.Time     `json:"heard_until,omitzero"`
	NextBeat time.Time     `json:"next_heartbeat,omitzero"`
	Silent   []silentReply `json:"silent"`
	Late     time.Time     `json:"late_since,omitzero"`
	Feeds    []streamReply `json:"feeds"`
	Pauses   []pauseReply  `json:"pauses"`
	All      countsReply   `json:"all"` // of the hours below together
	Hours    []hourReply   `json:"hours"`
}

type lastReply struct {
	Type watch.Kind `json:"type"`
	At   time.Time  `json:"at"`
}

type silentReply struct {
	Type  watch.Kind `json:"type,omitempty"` // none for all of them
	Since time.Time  `json:"since"`
}

type streamReply struct {
	Feed    string     `json:"feed"`
	Highest int64      `json:"highest"`
	At      time.Time  `json:"at"`
	Gaps    []gapReply `json:"gaps"`
}

type gapReply struct {
	From  int64       `json:"from"`
	To    int64       `json:"to"`
	Since time.Time   `json:"since"`
	Left  []spanReply `json:"missing"`
}

type spanReply struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

type pauseReply struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

type acceptedReply struct {
	Type   watch.Kind `json:"type"`
	Events int        `json:"events"`
}

type hourReply struct {
	Hour time.Time `json:"hour"`
	countsReply
}

// countsReply counts events of a time.
type countsReply struct {
	Accepted  []acceptedReply `json:"accepted"`
	Refused   int             `json:"refused"`
	Known     int             `json:"known"`
	Conflicts int             `json:"conflicts"`
	P50       int64           `json:"lag_p50_seconds,omitempty"`
	P99       int64           `json:"lag_p99_seconds,omitempty"`
}

func countsOf(h *store.Hour) countsReply {
	c := countsReply{Accepted: []acceptedReply{}, Refused: h.Refused, Known: h.Known, Conflicts: h.Conflicts}
	for _, a := range h.Accepted {
		c.Accepted = append(c.Accepted, acceptedReply{a.Kind, a.Events})
	}
	c.P50, _ = h.Lag(0.50)
	c.P99, _ = h.Lag(0.99)
	return c
}

// feed tells what came of the bank's events, hour by hour.
func (h *Handler) feed(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	q, err := query(r, "hours")
	if err != nil {
		return 0, nil, err
	}
	n := DefaultHours
	if s := q.Get("hours"); q.Has("hours") {
		if n, err = strconv.Atoi(s); err != nil || n < 1 || n > MaxHours || strconv.Itoa(n) != s {
			return 0, nil, refused("hours", "must be a whole number from 1 to "+strconv.Itoa(MaxHours))
		}
	}
	f, err := h.Store.Feed(r.Context(), bank)
	if err != nil {
		return 0, nil, err
	}
	list, err := h.Store.Hours(r.Context(), bank, n, h.Now())
	if err != nil {
		return 0, nil, err
	}
	rep := feedReply{Last: []lastReply{}, Hours: []hourReply{}}
	if err := h.feedHealth(r.Context(), f, &rep); err != nil {
		return 0, nil, err
	}
	for _, l := range f.Last {
		if !l.At.IsZero() {
			rep.Last = append(rep.Last, lastReply{l.Kind, l.At.UTC()})
		}
	}
	var all store.Hour
	for i := range list {
		all.Add(&list[i])
		rep.Hours = append(rep.Hours, hourReply{list[i].At.UTC(), countsOf(&list[i])})
	}
	rep.All = countsOf(&all)
	return http.StatusOK, rep, nil
}

// feedHealth tells how the feed is, as the sweep saw it within the last minute, and with
// the numbered requests of this moment.
func (h *Handler) feedHealth(ctx context.Context, f *store.Feed, rep *feedReply) error {
	rep.Silent, rep.Feeds, rep.Pauses = []silentReply{}, []streamReply{}, []pauseReply{}
	rep.Until, rep.NextBeat = f.Until().UTC(), f.NextBeat.UTC()
	for _, p := range f.Pauses {
		if p.To.After(h.Now()) {
			rep.Pauses = append(rep.Pauses, pauseReply{p.From.UTC(), p.To.UTC()})
		}
	}
	is, err := h.Store.FeedNow(ctx, f, h.Now())
	if err != nil {
		return err
	}
	rep.Late = is.LateSince.UTC()
	for _, s := range is.Silent {
		rep.Silent = append(rep.Silent, silentReply{s.Kind, s.Since.UTC()})
	}
	for i := range is.Streams {
		s := &is.Streams[i]
		out := streamReply{s.Feed, s.Highest, s.At.UTC(), []gapReply{}}
		for _, g := range s.Missing(h.Now()) {
			gap := gapReply{From: g.From, To: g.To, Since: g.Since.UTC(), Left: []spanReply{}}
			for _, l := range g.Left {
				gap.Left = append(gap.Left, spanReply{l.From, l.To})
			}
			out.Gaps = append(out.Gaps, gap)
		}
		rep.Feeds = append(rep.Feeds, out)
	}
	return nil
}
