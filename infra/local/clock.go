package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"sync"
	"time"
)

// skipMost is how far the clock may be set forward at once.
const skipMost = 400 * 24 * time.Hour

// turned is the clock of the stack and of all that is simulated around it: the
// machine's, set forward by who does not want to wait for a night to end. It is
// never set back: what is kept would be of the future.
type turned struct {
	path string

	mu    sync.Mutex
	ahead time.Duration
}

// clockAt reads how far the clock of a folder is ahead.
func clockAt(path string) (*turned, error) {
	c := &turned{path: path}
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err == nil {
		c.ahead, err = time.ParseDuration(string(b))
	}
	if err != nil || c.ahead < 0 {
		return nil, fmt.Errorf("%s does not say how far the clock is ahead: remove it only together with all the folder", path)
	}
	return c, nil
}

func (c *turned) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

// by is how far it is ahead of the machine's.
func (c *turned) by() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ahead
}

// skip sets it forward, on disk first: after a restart it goes on from there.
func (c *turned) skip(d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := os.WriteFile(c.path, []byte((c.ahead + d).String()), 0o600); err != nil {
		return err
	}
	c.ahead += d
	return nil
}

// skip sets the clock forward, by minutes or to the next time of day in Japan, and
// looks for what has become due.
func (s *stack) skip(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Minutes float64 `json:"minutes"`
		Until   string  `json:"until"` // "07:00"
	}
	now := s.clock.now()
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<10)).Decode(&asked)
	d := time.Duration(asked.Minutes * float64(time.Minute))
	if err == nil && asked.Until != "" {
		d, err = until(asked.Until, now)
	}
	if err != nil || d <= 0 || d > skipMost {
		writeJSON(w, http.StatusBadRequest, map[string]string{"message": "how many minutes, or until which time of day, is wanted"})
		return
	}
	if err := s.clock.skip(d); err != nil {
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"message": err.Error()})
		return
	}
	for _, code := range codes {
		if err := s.renew(r.Context(), code); err != nil {
			s.Logger.Warn("the API key of a bank here cannot be replaced now", "bank", code, "err", err)
		}
	}
	if _, err := s.System.Sweep().Sweep(r.Context()); err != nil {
		s.Logger.Warn("the sweeper looks for what became due at its next turn", "err", err)
	}
	s.hub.change()
	s.tells(w, r)
}

// tells tells how far the clock is ahead.
func (s *stack) tells(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"now": s.clock.now(), "ahead_seconds": int64(s.clock.by().Seconds())})
}

// until is how long it is to the next such time of day in Japan.
func until(clock string, now time.Time) (time.Duration, error) {
	at, err := time.Parse("15:04", clock)
	if err != nil {
		return 0, err
	}
	j := now.In(japan)
	next := time.Date(j.Year(), j.Month(), j.Day(), at.Hour(), at.Minute(), 0, 0, japan)
	if !next.After(j) {
		next = next.AddDate(0, 0, 1)
	}
	return next.Sub(now), nil
}
