// Command floor does what a bank's POST asks of Kozamori, and nothing else: it checks the
// signature, reads the events, recognises services, looks whether the account is watched,
// and appends what alerts to a file that is synced before it answers. It has no store, no
// queue, no versions and no second try. What Kozamori takes more than this is what those
// cost. It shares no code with Kozamori.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

func main() {
	file := flag.String("file", "", "the `file` to append to")
	watched := flag.Int("watched", 10_000, "accounts that are watched, from the first on")
	flag.Parse()
	if err := serve(*file, os.Getenv("FLOOR_SECRET"), *watched); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(file, secret string, watched int) error {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil || len(key) == 0 {
		return fmt.Errorf("FLOOR_SECRET is no secret of Standard Webhooks")
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	h := &handler{key: key, log: &log{file: f}, watched: map[string]bool{}}
	h.log.turn.L = &h.log.mu
	for i := range watched {
		h.watched[fmt.Sprintf("acc_%08d", i)] = true
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("http://" + l.Addr().String())
	go h.log.writes()
	s := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: time.Minute, IdleTimeout: time.Minute}
	return s.Serve(l)
}

type handler struct {
	key     []byte
	log     *log
	watched map[string]bool
	bodies  sync.Pool
}

const mostBody = 4 << 20

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength < 0 || r.ContentLength > mostBody {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	kept, _ := h.bodies.Get().(*[]byte)
	if kept == nil {
		kept = new([]byte)
	}
	defer h.bodies.Put(kept)
	if cap(*kept) < int(r.ContentLength) {
		*kept = make([]byte, r.ContentLength)
	}
	body := (*kept)[:r.ContentLength]
	if _, err := io.ReadFull(r.Body, body); err != nil {
		http.Error(w, "cut", http.StatusBadRequest)
		return
	}
	if !h.signed(r.Header, body) {
		http.Error(w, "not signed", http.StatusUnauthorized)
		return
	}
	taken, alerts, err := h.read(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	// What does not alert is acknowledged durably, too.
	if err := h.log.append(alerts, taken); err != nil {
		http.Error(w, "the disk fails", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, `{"accepted":`+strconv.Itoa(taken)+`,"rejected":[]}`)
}

// signed checks a signature of Standard Webhooks.
func (h *handler) signed(header http.Header, body []byte) bool {
	at, err := strconv.ParseInt(header.Get("Webhook-Timestamp"), 10, 64)
	if age := time.Since(time.Unix(at, 0)); err != nil || age.Abs() > 5*time.Minute {
		return false
	}
	mac := hmac.New(sha256.New, h.key)
	_, _ = io.WriteString(mac, header.Get("Webhook-Id")+"."+header.Get("Webhook-Timestamp")+".")
	_, _ = mac.Write(body)
	given, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(header.Get("Webhook-Signature"), "v1,"))
	return err == nil && hmac.Equal(given, mac.Sum(nil))
}

// log is a file that is synced once for all that came meanwhile.
type log struct {
	file *os.File

	mu   sync.Mutex
	turn sync.Cond
	next []byte
	done []chan error
}

// append returns when what is written, and how many events were taken, is on the disk.
func (l *log) append(alerts []byte, taken int) error {
	done := make(chan error, 1)
	l.mu.Lock()
	l.next = append(l.next, alerts...)
	l.next = append(strconv.AppendInt(l.next, int64(taken), 10), '\n')
	l.done = append(l.done, done)
	l.turn.Signal()
	l.mu.Unlock()
	return <-done
}

func (l *log) writes() {
	var last []byte
	for {
		l.mu.Lock()
		for len(l.done) == 0 {
			l.turn.Wait()
		}
		out, done := l.next, l.done
		l.next, l.done = last[:0], nil
		l.mu.Unlock()
		_, err := l.file.Write(out)
		if err == nil {
			err = l.file.Sync()
		}
		for _, d := range done {
			d <- err
		}
		last = out
	}
}
