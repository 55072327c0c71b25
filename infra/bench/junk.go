package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	neturl "net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"kozamori/internal/app"
	"kozamori/internal/bankapi"
	"kozamori/internal/ratelimit"
	"kozamori/internal/web"
)

// nonsense is a request that a stranger sends.
type nonsense struct{ method, path, key string }

// holes are what a route leaves open.
var holes = regexp.MustCompile(`\{\w+\$?\}`)

// junk is what strangers send: something to each route that there is, and to some that
// there are not; to those that want a key, one that cannot be a key and one that could.
func junk() (all []nonsense) {
	routes := append([]string{"POST /v1/banks/{bank}/events", "POST /v1/banks/9999/events", "POST " + app.HookPath, "GET /nothing", "POST /nothing"}, append(bankapi.Routes(), web.Routes()...)...)
	for _, r := range routes {
		method, path, _ := strings.Cut(r, " ")
		path = strings.ReplaceAll(path, "{bank}", bankCode)
		path = holes.ReplaceAllString(path, "x")
		all = append(all, nonsense{method, path, "wrong"})
		if strings.HasPrefix(path, "/v1/banks/") {
			all = append(all, nonsense{method, path, "kozamori_" + strings.Repeat("A", 43)})
		}
	}
	return all
}

// answered is what became of three banks' events, and of taps.
type answered struct {
	mu           sync.Mutex
	events, taps []time.Duration // of those that were taken
	failed       map[string]int  // by what it was and why
	junk, lost   int64           // requests of strangers that were answered, and that were not
	lasted       time.Duration
}

// took notes how long something took that was taken, or why it was not.
func (a *answered) took(what string, to *[]time.Duration, d time.Duration, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err != nil {
		if a.failed == nil {
			a.failed = map[string]int{}
		}
		a.failed[what+": "+why(err)]++
		return
	}
	*to = append(*to, d)
}

// failures says how many failed, of so many, and why.
func (a *answered) failures(of int) string {
	n, each := 0, []string{}
	for _, what := range slices.Sorted(maps.Keys(a.failed)) {
		n += a.failed[what]
		each = append(each, fmt.Sprintf("%d %s", a.failed[what], what))
	}
	if n == 0 {
		return fmt.Sprintf("0 of %d", of)
	}
	return fmt.Sprintf("%d of %d (%s)", n, of, strings.Join(each, "; "))
}

// why names a failure without what differs from one to the next.
func why(err error) string {
	var timeout net.Error
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the connection was reset"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection was refused"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was closed"
	}
	said, _, _ := strings.Cut(err.Error(), "{")
	return strings.TrimSpace(said)
}

// strangers send junk from a process of its own, which has the processor when no other
// wants it: what their half of the work takes is not the server's, which it would be on
// the machines of strangers. The function that is returned ends them.
func (a *answered) strangers(ctx context.Context, o options, url string) (end func() error, err error) {
	args := []string{os.Args[0], "-annoy", url, "-attackers", strconv.Itoa(o.attackers), "-junk", strconv.Itoa(o.junk)}
	if nice, err := exec.LookPath("nice"); err == nil {
		args = append([]string{nice, "-n", "19"}, args...)
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return func() error {
		_ = in.Close() // that is their sign
		_, bad := fmt.Fscan(out, &a.junk, &a.lost)
		return errors.Join(bad, cmd.Wait())
	}, nil
}

// nextDoor starts the server of a process of its own that refuses all, and tells its
// address.
func (s *stack) nextDoor(ctx context.Context) (string, error) {
	cmd := exec.CommandContext(ctx, os.Args[0], "-refuse")
	cmd.Stderr = os.Stderr
	says, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return "", err
	}
	s.close = append(s.close, func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	var url string
	_, err = fmt.Fscan(says, &url)
	return url, err
}

// refuse is that process: no server of Go's can do less.
func refuse(ctx context.Context) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	srv := ratelimit.Server(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }))
	context.AfterFunc(ctx, func() { _ = srv.Close() })
	fmt.Println("http://" + l.Addr().String())
	if err := srv.Serve(ratelimit.Listen(l, fromOneAddress)); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// annoy is the process of the strangers: it sends junk to a stack of this machine until
// its input ends, and says how many requests were answered and how many were not.
func annoy(ctx context.Context, o options, to string) error {
	u, err := neturl.Parse(to)
	if err != nil || !net.ParseIP(u.Hostname()).IsLoopback() {
		return errors.New("-annoy is for this machine alone")
	}
	over, quit := context.WithCancel(ctx)
	defer quit()
	go func() { _, _ = io.Copy(io.Discard, os.Stdin); quit() }()
	every := time.Duration(0)
	if o.junk > 0 {
		every = time.Second * time.Duration(o.attackers) / time.Duration(o.junk)
	}
	var got, lost atomic.Int64
	var wg sync.WaitGroup
	for i := range o.attackers {
		wg.Go(func() { sends(over, to, i, every, &got, &lost) })
	}
	wg.Wait()
	fmt.Println(got.Load(), lost.Load())
	return nil
}

// sends sends junk from an address of its own until it is over: every so often, or as
// fast as it is answered if that is slower.
func sends(ctx context.Context, url string, i int, every time.Duration, got, lost *atomic.Int64) {
	from := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(i%250+1))}}
	c := &http.Client{Transport: &http.Transport{DialContext: from.DialContext, MaxIdleConnsPerHost: 1}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	all, begin := junk(), time.Now()
	for n := 0; ctx.Err() == nil; n++ {
		time.Sleep(time.Until(begin.Add(time.Duration(n) * every)))
		j := all[(n*7+i)%len(all)]
		body := ""
		if j.method != http.MethodGet {
			body = `{"events":[{"id":"x"}]}`
		}
		req, err := http.NewRequestWithContext(ctx, j.method, url+j.path, strings.NewReader(body))
		if err != nil {
			return
		}
		req.Header.Set("Webhook-Id", "x")
		req.Header.Set("Webhook-Timestamp", strconv.FormatInt(time.Now().Unix(), 10))
		req.Header.Set("Webhook-Signature", "v1,AAAA")
		req.Header.Set("Authorization", "Bearer "+j.key)
		res, err := c.Do(req)
		if err != nil {
			if ctx.Err() == nil {
				lost.Add(1)
			}
			continue
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		got.Add(1)
	}
}
