package ratelimit

import (
	"container/list"
	"context"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// The time limits of a server. A stream, which lasts, lifts those of its own request.
const (
	headersWithin = 5 * time.Second
	requestWithin = 30 * time.Second
	answerWithin  = 2 * time.Minute // from the end of the headers: a file is taken meanwhile
	idleFor       = 60 * time.Second
	maxHeaders    = 16 << 10 // bytes
	// lingers is how long a connection stays after an answer to a request that was not
	// read to its end: closed at once, the answer might be lost.
	lingers = 500 * time.Millisecond
)

// What strangers' connections hold, in bytes: each about connHolds, and twice what has
// come of its request, because buffers grow. No more than mostRead is ever read of a
// stranger's request.
const (
	connHolds = 16 << 10
	mostRead  = 1 << 20
	// mostHeld is how much all of them may hold together.
	mostHeld = 32 << 20
)

type connKey struct{}

// Server serves a handler to strangers, on a listener that Listen made.
func Server(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: headersWithin, ReadTimeout: requestWithin, WriteTimeout: answerWithin, IdleTimeout: idleFor, MaxHeaderBytes: maxHeaders,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) },
		ConnState: func(c net.Conn, s http.ConnState) {
			if own, ok := c.(*conn); ok && s == http.StateIdle {
				own.answered()
			}
		}}
}

// Known says that the sender of a request has shown who they are, a bank by its signature
// or its key, LINE by its signature: their connection is a stranger's no more. It does
// nothing where no Server of ours serves.
func Known(ctx context.Context) {
	if c, ok := ctx.Value(connKey{}).(*conn); ok && !c.known.Swap(true) {
		c.l.mu.Lock()
		defer c.l.mu.Unlock()
		c.l.drop(c)
	}
}

// Listen gives each address at most so many connections; further ones are
// closed at once. Addresses of IPv6 count by their network of 64 bits, of
// which one household has one. When the connections of strangers hold more than
// 32 MiB together, the address that holds the most of it loses its oldest one.
func Listen(l net.Listener, perAddress int) net.Listener { return listen(l, perAddress, mostHeld) }

func listen(l net.Listener, perAddress, held int) net.Listener {
	return &listener{Listener: l, most: perAddress, mostHeld: held, open: map[netip.Prefix]*holder{}}
}

type listener struct {
	net.Listener
	most     int // connections of one address
	mostHeld int // bytes, by strangers
	mu       sync.Mutex
	open     map[netip.Prefix]*holder
	held     int
	came     uint64 // connections
}

// holder is what one address has open.
type holder struct {
	n         int       // connections
	held      int       // bytes, as a stranger
	strangers list.List // of *conn, the oldest first
}

func (h *holder) oldest() *conn { return h.strangers.Front().Value.(*conn) }

func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if own := l.take(c); own != nil {
			return own, nil
		}
		_ = c.Close() // nothing was said on it
	}
}

// take counts a connection in; nil if its address has enough.
func (l *listener) take(c net.Conn) *conn {
	from := network(c.RemoteAddr())
	l.mu.Lock()
	defer l.mu.Unlock()
	h := l.open[from]
	if h == nil {
		h = &holder{}
		l.open[from] = h
	}
	if h.n >= l.most {
		return nil
	}
	h.n++
	l.came++
	own := &conn{Conn: c, l: l, from: h, address: from, nth: l.came}
	own.place = h.strangers.PushBack(own)
	l.holds(own, connHolds)
	return own
}

// holds has a stranger's connection hold so much more, or less, and others give theirs
// up if that is too much together. The lock is held.
func (l *listener) holds(c *conn, more int) {
	l.counts(c, more)
	for l.held > l.mostHeld {
		if !l.giveUp() {
			return
		}
	}
}

func (l *listener) counts(c *conn, more int) {
	c.holds += more
	c.from.held += more
	l.held += more
}

// drop counts a connection among those of strangers no more. The lock is held.
func (l *listener) drop(c *conn) {
	if c.place != nil {
		l.counts(c, -c.holds)
		c.from.strangers.Remove(c.place)
		c.place = nil
	}
}

// drawn is how many addresses are compared for the one that holds the most: all of
// them if few hold much, and no more work than this if thousands do.
const drawn = 64

// giveUp closes the oldest connection of the address that holds the most; false if there
// is none of a stranger. The lock is held.
func (l *listener) giveUp() bool {
	var most *holder
	n := 0
	for _, h := range l.open {
		if h.strangers.Len() == 0 {
			continue
		}
		if most == nil || h.held > most.held || h.held == most.held && h.oldest().nth < most.oldest().nth {
			most = h
		}
		if n++; n == drawn {
			break
		}
	}
	if most == nil {
		return false
	}
	c := most.oldest()
	l.drop(c)
	c.abort()
	return true
}

// network is the address that a connection counts for.
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

// conn counts for its address until it is closed.
type conn struct {
	net.Conn
	l       *listener
	from    *holder
	address netip.Prefix
	nth     uint64
	place   *list.Element // among the strangers; nil if it is none
	holds   int
	known   atomic.Bool
	half    atomic.Bool // our half is closed
	once    sync.Once
}

func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 && !c.known.Load() {
		c.l.mu.Lock()
		defer c.l.mu.Unlock()
		if more := min(2*n, connHolds+2*mostRead-c.holds); c.place != nil && more > 0 {
			c.l.holds(c, more)
		}
	}
	return n, err
}

// answered lets go of what the request held that was answered.
func (c *conn) answered() {
	c.l.mu.Lock()
	defer c.l.mu.Unlock()
	if c.place != nil {
		c.l.holds(c, connHolds-c.holds)
	}
}

// CloseWrite is called by net/http alone, which would then sleep for lingers with all
// that a connection has, some 12 KB, before it closes. Here the connection alone waits.
func (c *conn) CloseWrite() error {
	if t, ok := c.Conn.(*net.TCPConn); ok {
		_ = t.CloseWrite()
	}
	c.half.Store(true)
	panic(http.ErrAbortHandler) // net/http closes, and says nothing of it
}

func (c *conn) Close() error {
	if c.half.Load() {
		time.AfterFunc(lingers, func() { _ = c.shut() })
		return nil
	}
	return c.shut()
}

// abort closes at once, with whatever was on its way.
func (c *conn) abort() {
	if t, ok := c.Conn.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = c.Conn.Close()
}

func (c *conn) shut() error {
	c.once.Do(func() {
		c.l.mu.Lock()
		defer c.l.mu.Unlock()
		c.l.drop(c)
		if c.from.n--; c.from.n == 0 {
			delete(c.l.open, c.address)
		}
	})
	return c.Conn.Close()
}
