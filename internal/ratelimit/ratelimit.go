// Package ratelimit keeps one caller from shutting out the others: so many events a
// second of each bank, so many connections from each address, and so long for
// each request. It never looks at what a caller says.
package ratelimit

import (
	"net"
	"net/http"
	"net/netip"
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

// The time limits of a server. A stream, which lasts, lifts those of its own request.
const (
	headersWithin = 5 * time.Second
	requestWithin = 30 * time.Second
	answerWithin  = 2 * time.Minute // from the end of the headers: a file is taken meanwhile
	idleFor       = 60 * time.Second
	maxHeaders    = 16 << 10 // bytes
)

// Server serves a handler to strangers.
func Server(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: headersWithin, ReadTimeout: requestWithin, WriteTimeout: answerWithin, IdleTimeout: idleFor, MaxHeaderBytes: maxHeaders}
}

// Listen gives each address at most so many connections; further ones are
// closed at once. Addresses of IPv6 count by their network of 64 bits, of
// which one household has one.
func Listen(l net.Listener, perAddress int) net.Listener {
	return &listener{Listener: l, most: perAddress, open: map[netip.Prefix]int{}}
}

type listener struct {
	net.Listener
	most int
	mu   sync.Mutex
	open map[netip.Prefix]int
}

func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := network(c.RemoteAddr())
		l.mu.Lock()
		full := l.open[from] >= l.most
		if !full {
			l.open[from]++
		}
		l.mu.Unlock()
		if !full {
			return &conn{Conn: c, l: l, from: from}, nil
		}
		_ = c.Close() // nothing was said on it
	}
}

func network(a net.Addr) netip.Prefix {
	t, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.Prefix{}
	}
	ip := t.AddrPort().Addr().Unmap().WithZone("")
	bits := 32
	if ip.Is6() {
		bits = 64
	}
	p, err := ip.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}

// conn counts as open until it is closed.
type conn struct {
	net.Conn
	l    *listener
	from netip.Prefix
	once sync.Once
}

func (c *conn) Close() error {
	c.once.Do(func() {
		c.l.mu.Lock()
		defer c.l.mu.Unlock()
		if c.l.open[c.from]--; c.l.open[c.from] == 0 {
			delete(c.l.open, c.from)
		}
	})
	return c.Conn.Close()
}
