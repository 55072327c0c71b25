package ratelimit_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"kozamori/internal/ratelimit"
)

// shapes are what hostile connections say before they say no more.
var shapes = map[string]string{
	"nothing":                     "",
	"half of the headers":         "POST / HTTP/1.1\r\nHost: x\r\nX-A: ",
	"large headers without end":   "POST / HTTP/1.1\r\nHost: x\r\nX-A: " + strings.Repeat("a", 12<<10),
	"a whole request":             "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
	"a body that never comes":     "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n{",
	"a smaller one":               "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n{",
	"chunks without end":          "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
	"a body that is read":         "POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n{",
	"much of a body that is read": "POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n" + strings.Repeat("a", 64<<10),
}

// house serves as the product does: /known is a request of a caller who is known, /read
// one whose body is read. It counts the connections that are open.
type house struct {
	addr string
	mu   sync.Mutex
	open map[net.Conn]bool
	most int
}

func newHouse(t *testing.T, held int) *house {
	t.Helper()
	h := &house{open: map[net.Conn]bool{}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := ratelimit.Server(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/known":
			ratelimit.Known(r.Context())
		case "/read":
			_, _ = io.ReadAll(r.Body)
		}
	}))
	state := s.ConnState
	s.ConnState = func(c net.Conn, is http.ConnState) {
		state(c, is)
		h.mu.Lock()
		defer h.mu.Unlock()
		if is == http.StateClosed {
			delete(h.open, c)
		} else {
			h.open[c] = true
		}
		h.most = max(h.most, len(h.open))
	}
	t.Cleanup(func() { _ = s.Close() })
	go func() {
		if err := s.Serve(ratelimit.ListenHolding(l, 1000, held)); !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	}()
	h.addr = l.Addr().String()
	return h
}

func asks(t *testing.T, c net.Conn, path string) bool {
	t.Helper()
	if _, err := fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path); err != nil {
		return false
	}
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return false
	}
	_ = r.Body.Close()
	return r.StatusCode == http.StatusOK
}

func TestManyAddressesTogetherHoldNoMoreThanIsGivenAndRefuseNoOtherCaller(t *testing.T) {
	t.Parallel()
	const room, addresses, each = 60, 10, 20
	for shape, says := range shapes {
		t.Run(shape, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, room*ratelimit.ConnHolds)
			var bank []net.Conn // more than any stranger will have
			for range 2 * room / addresses {
				c := dial(t, "127.0.0.1", h.addr)
				if bank = append(bank, c); !asks(t, c, "/known") {
					t.Fatal("a bank is refused when all is quiet")
				}
			}
			for i := range addresses * each {
				c := dial(t, fmt.Sprintf("127.0.9.%d", i%addresses+1), h.addr)
				_, _ = io.WriteString(c, says)
				if i%20 == 0 && !asks(t, dial(t, fmt.Sprintf("127.0.8.%d", i/20+1), h.addr), "/") {
					t.Fatalf("after %d connections another caller is refused", i+1)
				}
			}
			for _, c := range bank {
				if !asks(t, c, "/known") {
					t.Error("a connection of a bank is given up for those of strangers")
				}
			}
			if h.mu.Lock(); h.most > room+len(bank)+40 { // some are closed, and not yet counted so
				t.Errorf("%d connections were open at once; %d have room", h.most, room)
			}
			h.mu.Unlock()
		})
	}
}

// What is read of strangers counts as what their connections are: few of them hold no
// more than many.
func TestFewConnectionsThatSendALotLoseTheirOldest(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 2<<20)
	head := "POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n"
	var all []net.Conn
	for range 8 {
		c := dial(t, "127.0.9.1", h.addr)
		_, _ = io.WriteString(c, head+strings.Repeat("a", 512<<10))
		all = append(all, c)
		if !asks(t, dial(t, "127.0.8.1", h.addr), "/") {
			t.Fatal("another caller is refused")
		}
	}
	_ = all[0].SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := all[0].Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the oldest of eight that hold 1 MiB each is still open: %v", err)
	}
}

// A connection over which a lot has come in many requests holds no more than another.
func TestWhatWasAnsweredHoldsNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 1<<20)
	c := dial(t, "127.0.8.1", h.addr)
	for i := range 20 {
		_, _ = io.WriteString(c, "POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"+strings.Repeat("a", 100000))
		r, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || r.StatusCode != http.StatusOK {
			t.Fatalf("request %d: %v", i+1, err)
		}
	}
}

// A caller whose body is not read gets all of the answer, and net/http does not sleep
// with all that the connection had.
func TestAnAnswerToABodyThatIsNotReadArrivesAndNothingSleepsForIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t, ratelimit.MostHeld)
	var all []*bufio.Reader
	for range 20 {
		c := dial(t, "127.0.9.1", h.addr)
		_, _ = io.WriteString(c, shapes["a body that never comes"])
		r := bufio.NewReader(c)
		res, err := http.ReadResponse(r, nil)
		if err != nil || res.StatusCode != http.StatusOK || !res.Close {
			t.Fatalf("%v %+v", err, res)
		}
		all = append(all, r)
	}
	stacks := make([]byte, 4<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	for g := range strings.SplitSeq(string(stacks), "\n\n") {
		if strings.Contains(g, "closeWriteAndWait") && strings.Contains(g, "time.Sleep") {
			t.Errorf("a connection sleeps before it is closed:\n%s", g)
		}
	}
	for _, r := range all {
		if rest, err := io.ReadAll(r); err != nil || len(rest) > 0 {
			t.Errorf("after the answer came %v %q", err, rest)
		}
	}
}
