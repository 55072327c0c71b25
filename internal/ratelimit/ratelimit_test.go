package ratelimit_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"kozamori/internal/ratelimit"
)

func TestOneBanksFloodIsNoOtherBanks(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	l := ratelimit.NewLimiter(100, 500)
	if r := l.Take("0125", 500, now); !r.OK || r.Left != 0 || r.Limit != 500 || r.Full != 5*time.Second {
		t.Fatalf("a batch is refused: %+v", r)
	}
	for range 1000 { // what was refused takes nothing
		if r := l.Take("0125", 50, now); r.OK || r.Wait != 500*time.Millisecond {
			t.Fatalf("beyond the limit: %+v", r)
		}
	}
	if r := l.Take("0168", 500, now); !r.OK {
		t.Errorf("another bank is held up: %+v", r)
	}
	if r := l.Take("0125", 50, now.Add(500*time.Millisecond)); !r.OK || r.Left != 0 {
		t.Errorf("after the wait that was told: %+v", r)
	}
	if r := l.Take("0125", 2000, now.Add(time.Hour)); !r.OK {
		t.Errorf("more than ever fits is never taken: %+v", r)
	}
	for _, none := range []*ratelimit.Limiter{nil, ratelimit.NewLimiter(0, 0)} {
		if r := none.Take("0125", 1<<20, now); !r.OK || r.Limit != 0 {
			t.Errorf("no limit: %+v", r)
		}
	}
}

// serve serves on a port of its own, with so many connections from an address.
func serve(t *testing.T, most int, h http.Handler) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := ratelimit.Server(h)
	t.Cleanup(func() { _ = s.Close() })
	go func() {
		if err := s.Serve(ratelimit.Listen(l, most)); !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	}()
	return l.Addr().String()
}

// dial connects from an address of this machine.
func dial(t *testing.T, from, to string) net.Conn {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	c, err := d.Dial("tcp", to)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// answered tells whether a connection gets an answer; one that was refused is
// closed.
func answered(t *testing.T, c net.Conn) bool {
	t.Helper()
	_, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: kozamori\r\n\r\n")
	if err != nil {
		return false
	}
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return false
	}
	defer func() { _ = r.Body.Close() }()
	return r.StatusCode == http.StatusOK
}

func TestAnAddressThatHoldsConnectionsHoldsUpItself(t *testing.T) {
	t.Parallel()
	addr := serve(t, 3, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	var held []net.Conn
	for range 3 {
		c := dial(t, "127.0.0.1", addr)
		if !answered(t, c) { // it stays open, idle
			t.Fatal("refused within the limit")
		}
		held = append(held, c)
	}
	for range 20 {
		if answered(t, dial(t, "127.0.0.1", addr)) {
			t.Fatal("more connections than the limit")
		}
	}
	if !answered(t, dial(t, "127.0.0.2", addr)) {
		t.Error("another address is refused")
	}
	_ = held[0].Close()
	freed := false
	for deadline := time.Now().Add(10 * time.Second); !freed && time.Now().Before(deadline); {
		freed = answered(t, dial(t, "127.0.0.1", addr))
	}
	if !freed {
		t.Error("a connection that was closed still counts")
	}
}

func TestTheServerWaitsForNothingForEver(t *testing.T) {
	t.Parallel()
	s := ratelimit.Server(nil)
	if s.ReadHeaderTimeout <= 0 || s.ReadTimeout <= 0 || s.IdleTimeout <= 0 || s.ReadTimeout > time.Minute || s.MaxHeaderBytes > 64<<10 {
		t.Errorf("%+v", s)
	}
	if s.WriteTimeout <= s.ReadTimeout || s.WriteTimeout > 5*time.Minute {
		t.Errorf("an answer that is not read holds its connection for %v; a request may take %v", s.WriteTimeout, s.ReadTimeout)
	}
}
