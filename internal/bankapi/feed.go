package bankapi

import (
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
	Last  []lastReply `json:"last"` // of each kind that ever came, to the minute
	All   countsReply `json:"all"`  // of the hours below together
	Hours []hourReply `json:"hours"`
}

type lastReply struct {
	Type watch.Kind `json:"type"`
	At   time.Time  `json:"at"`
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
	for _, l := range f.Last {
		rep.Last = append(rep.Last, lastReply{l.Kind, l.At.UTC()})
	}
	var all store.Hour
	for i := range list {
		all.Add(&list[i])
		rep.Hours = append(rep.Hours, hourReply{list[i].At.UTC(), countsOf(&list[i])})
	}
	rep.All = countsOf(&all)
	return http.StatusOK, rep, nil
}
