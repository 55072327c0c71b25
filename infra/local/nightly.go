package main

import (
	"context"
	"time"

	"kozamori/internal/watch"
)

// nightHour is when what was deleted is given back to the disk, in Japan.
const nightHour = 4

// nightly compacts each night.
func (s *stack) nightly(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(untilNight(time.Now())):
		}
		before, after, err := s.data.Compact(ctx)
		if err != nil && ctx.Err() == nil {
			s.Logger.Error("the store cannot be compacted", "err", err)
		} else {
			s.Logger.Info("the store was compacted", "bytes before", before, "bytes after", after)
		}
	}
}

// untilNight is how long it is until the next night's hour.
func untilNight(now time.Time) time.Duration {
	now = now.In(watch.JST)
	next := time.Date(now.Year(), now.Month(), now.Day(), nightHour, 0, 0, 0, watch.JST)
	if !next.After(now) {
		next = next.AddDate(0, 0, 1)
	}
	return next.Sub(now)
}
