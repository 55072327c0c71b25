// Package ratelimit keeps one caller from shutting out the others: so many events a
// second of each bank, so many connections from each address, and so long for
// each request. It never looks at what a caller says.
package ratelimit

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limiter is a token bucket for each key. The zero value limits nothing.
type Limiter struct {
	perSecond float64
	burst     int
	mu        sync.Mutex
	buckets   map[string]*rate.Limiter
}

// NewLimiter allows perSecond of each key, and burst at once, below which no
// single request may be; 0 a second limits nothing.
func NewLimiter(perSecond float64, burst int) *Limiter {
	return &Limiter{perSecond: perSecond, burst: burst, buckets: map[string]*rate.Limiter{}}
}

// Room is how a key stands with its bucket.
type Room struct {
	OK    bool          // there was enough, and it was taken
	Limit int           // the most at once; 0 if nothing is limited
	Left  int           // what is left
	Full  time.Duration // until the bucket is full
	Wait  time.Duration // until there is enough, if there was not
}

// Tell says in the headers of an answer how it stands; nothing if nothing is limited.
func (r Room) Tell(h http.Header) {
	if r.Limit == 0 {
		return
	}
	h.Set("RateLimit-Limit", strconv.Itoa(r.Limit))
	h.Set("RateLimit-Remaining", strconv.Itoa(r.Left))
	h.Set("RateLimit-Reset", strconv.Itoa(seconds(r.Full)))
}

// RetryAfter is Wait in whole seconds: the caller that waits so long finds room.
func (r Room) RetryAfter() time.Duration { return time.Duration(seconds(r.Wait)) * time.Second }

// seconds rounds up.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// Take takes n from the bucket of a key. Keys are kept for ever: they must be
// few, and known to be the caller's.
func (l *Limiter) Take(key string, n int, now time.Time) Room {
	if l == nil || l.perSecond <= 0 {
		return Room{OK: true}
	}
	l.mu.Lock()
	b := l.buckets[key]
	if b == nil {
		b = rate.NewLimiter(rate.Limit(l.perSecond), l.burst)
		l.buckets[key] = b
	}
	l.mu.Unlock()
	r := Room{Limit: l.burst}
	take := b.ReserveN(now, min(n, l.burst))
	if r.Wait = take.DelayFrom(now); r.Wait > 0 {
		take.CancelAt(now)
	}
	r.OK = r.Wait == 0
	left := b.TokensAt(now)
	r.Left = max(int(left), 0)
	r.Full = time.Duration((float64(l.burst) - left) / l.perSecond * float64(time.Second))
	return r
}
