package main

import (
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// hub tells everybody who looks on that something changed.
type hub struct {
	mu     sync.Mutex
	n      int64
	wake   chan struct{} // closed at the next change
	closed chan struct{}
	once   sync.Once
}

func newHub() *hub { return &hub{wake: make(chan struct{}), closed: make(chan struct{})} }

// change wakes the listeners.
func (h *hub) change() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.n++
	close(h.wake)
	h.wake = make(chan struct{})
}

// listen returns the number of changes so far and a channel that closes at
// the next one.
func (h *hub) listen() (int64, <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.n, h.wake
}

// close ends every stream.
func (h *hub) close() { h.once.Do(func() { close(h.closed) }) }

// Changes that come together are told together.
const (
	gather    = 20 * time.Millisecond
	heartbeat = 15 * time.Second
)

// stream tells a page of changes, as server-sent events: each carries only a
// number, and the page asks for what it shows.
func (h *hub) stream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	flush := http.NewResponseController(w)
	_ = flush.SetReadDeadline(time.Time{}) // it lasts, and its request has been read
	_ = flush.SetWriteDeadline(time.Time{})
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	told := int64(-1)
	for {
		n, wake := h.listen()
		if n != told {
			told = n
			if _, err := fmt.Fprintf(w, "data: %d\n\n", n); err != nil || flush.Flush() != nil {
				return
			}
		}
		select {
		case <-wake:
			select {
			case <-time.After(gather):
			case <-h.closed:
				return
			}
		case <-beat.C:
			if _, err := io.WriteString(w, ": still here\n\n"); err != nil || flush.Flush() != nil {
				return
			}
		case <-h.closed:
			return
		case <-r.Context().Done():
			return
		}
	}
}

// follow passes the phones' changes on.
func (s *stack) follow() {
	after := int64(0)
	for {
		changes, next := s.LINE.Changes(after)
		if len(changes) > 0 {
			after = changes[len(changes)-1].Seq
			s.hub.change()
		}
		select {
		case <-next:
		case <-s.hub.closed:
			return
		}
	}
}
