// Package health tells what waits in a system and for whom: in its queues, on
// record, and for providers that are down. It only looks, and names no person
// and no account.
package health

import (
	"context"
	"errors"
	"slices"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// Health is how a system is.
type Health struct {
	At     time.Time                  `json:"at"`
	Queues map[queue.Name]queue.Depth `json:"queues"`
	// Lanes tells of what is on record and waits.
	Lanes map[watch.Lane]Lane `json:"lanes"`
	// Down are the providers that are not called: channels, and "bank." and a code.
	Down []Down `json:"down"`
	// LastBackup is of a local stack; the zero time if there never was one.
	LastBackup time.Time `json:"last_backup,omitzero"`
	// Disk is a local stack's; nil on AWS.
	Disk *Disk `json:"disk,omitempty"`
}

// Disk is how much is left of one, in bytes.
type Disk struct {
	Free uint64 `json:"free_bytes"`
	// Full says that nothing is taken until there is room: 503 for banks.
	Full bool `json:"full"`
}

// Lane is how much waits in one of them.
type Lane struct {
	Waiting int `json:"waiting"`
	// Overdue is for how many seconds the first of it has been due; 0 if nothing
	// is yet. What is looked at each minute is overdue by up to a minute.
	Overdue int64 `json:"overdue_seconds"`
	// Oldest is for how many seconds the oldest telling of the lane has waited, by
	// channel. Where much waits not all of it is looked at: it may be a little more.
	Oldest map[watch.ChannelKind]int64 `json:"oldest_seconds,omitempty"`
}

// Down is a provider that is down.
type Down struct {
	Provider string    `json:"provider"`
	Since    time.Time `json:"since"`
	Probes   int       `json:"probes"`
	Next     time.Time `json:"next_probe"`
}

// Queues tells how much waits in a queue.
type Queues interface {
	Depth(ctx context.Context, q queue.Name) (queue.Depth, error)
}

// Look tells how a system is.
func Look(ctx context.Context, s *store.Store, q Queues, now time.Time) (Health, error) {
	h := Health{At: now.UTC(), Queues: map[queue.Name]queue.Depth{}, Lanes: map[watch.Lane]Lane{}, Down: []Down{}}
	for _, n := range queue.Names {
		d, err := q.Depth(ctx, n)
		if err != nil {
			return h, err
		}
		h.Queues[n] = d
	}
	refs, err := s.Waiting(ctx)
	if err != nil {
		return h, err
	}
	for _, lane := range watch.Lanes {
		h.Lanes[lane] = Lane{}
	}
	for _, ref := range refs {
		l := h.Lanes[ref.Lane]
		l.Waiting++
		l.Overdue = max(l.Overdue, int64(now.Sub(ref.Due()).Seconds()))
		h.Lanes[ref.Lane] = l
	}
	if err := h.ages(ctx, s, refs, now); err != nil {
		return h, err
	}
	all, err := Providers(ctx, s)
	if err != nil {
		return h, err
	}
	for _, b := range all {
		if b.Open {
			h.Down = append(h.Down, Down{b.Provider, b.Since, b.Probes, b.Next})
		}
	}
	return h, nil
}

// sampled is how many things of a lane are read for their ages, of those that
// are due first, and of those first that are not due for hours: what waits for a
// provider and has no other channel.
const (
	sampled = 100
	hours   = 2 * time.Hour
)

// ages finds the oldest tellings that wait.
func (h *Health) ages(ctx context.Context, s *store.Store, refs []store.DueRef, now time.Time) error {
	type part struct {
		lane  watch.Lane
		later bool
	}
	taken := map[part]int{}
	lanes := map[string]watch.Lane{}
	var ids []string
	older := func(lane watch.Lane, c watch.ChannelKind, since time.Time) {
		l := h.Lanes[lane]
		if l.Oldest == nil {
			l.Oldest = map[watch.ChannelKind]int64{}
		}
		l.Oldest[c] = max(l.Oldest[c], int64(now.Sub(since).Seconds()))
		h.Lanes[lane] = l
	}
	for _, ref := range refs {
		p := part{ref.Lane, ref.Due().Sub(now) > hours}
		if taken[p]++; taken[p] > sampled {
			continue
		}
		switch {
		case ref.Record != "":
			ids, lanes[ref.Record] = append(ids, ref.Record), ref.Lane
		case ref.Dispute != "":
			d, err := s.Dispute(ctx, ref.Dispute)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			older(ref.Lane, watch.Bank, d.AnsweredAt)
		}
	}
	for some := range slices.Chunk(ids, sampled) {
		records, err := s.Records(ctx, some)
		if err != nil {
			return err
		}
		for id, r := range records {
			for _, d := range r.Deliveries {
				if since := waitsSince(&d); d.State.Waits() && !since.After(now) {
					older(lanes[id], d.Channel, since)
				}
			}
		}
	}
	return nil
}

// waitsSince is from when on a telling is late: a reminder is written down long
// before its day.
func waitsSince(d *watch.Delivery) time.Time {
	if d.Kind == watch.TellClaim {
		return d.Due
	}
	return d.CreatedAt
}

// Providers reads the breakers of all providers: the channels, and the banks'
// endpoints.
func Providers(ctx context.Context, s *store.Store) ([]*store.Breaker, error) {
	var names []string
	for _, n := range queue.Names {
		switch n {
		case queue.Events, queue.Chat, queue.Bank, queue.Due, queue.Files:
		default:
			names = append(names, string(n))
		}
	}
	for b, err := range s.Banks(ctx) {
		if err != nil {
			return nil, err
		}
		names = append(names, string(queue.Bank)+"."+b.Code)
	}
	return s.Breakers(ctx, names...)
}
