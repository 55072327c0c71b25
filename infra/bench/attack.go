package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/ratelimit"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// fromOneAddress is how many connections an address may have, as in the local stack.
const fromOneAddress = 256

// asDeployed are the limits of the template's defaults.
var asDeployed = bankLimits{events: 2000, requests: 50}

// otherBanks send too.
var otherBanks = []string{"0158", "0168"}

// attacks compares how long the events of three banks and the taps of people take when
// all is quiet with how long they take while strangers send junk on every route, so many
// requests a second or as many as these cores can, and with how long they take while the
// same junk goes to a server next to it that refuses all of it at once: what that one
// costs is the strangers' own half of the work and the machine's. And it tells what 10,000
// connections that send nothing hold.
func attacks(ctx context.Context, o options) error {
	fmt.Printf("%d events/s of 3 banks and as many taps for %d s, and the same among %d junk requests/s\n", o.rate, o.seconds, o.junk)
	err := held(ctx)
	if err != nil { // first: what the process has had since is no baseline
		return err
	}
	runs := []struct {
		name string
		l    *answered
	}{{name: quietly}, {name: elsewhere}, {name: underJunk}}
	for i := range runs {
		r := &runs[i]
		if r.l, err = among(ctx, o, r.name); err != nil {
			return err
		}
		row(r.name+": events and taps that failed", r.l.failures(2*o.rate*o.seconds))
		spread(r.name+": POST to 202", r.l.events)
		spread(r.name+": tap to 200", r.l.taps)
		if r.name != quietly {
			row(r.name+": requests a second, answered (asked)", fmt.Sprintf("%.0f (%d), on %d requests of all routes; %d had no answer", float64(r.l.junk)/r.l.lasted.Seconds(), o.junk, len(junk()), r.l.lost))
		}
	}
	quiet, floor, loud := runs[0].l, runs[1].l, runs[2].l
	at := func(d []time.Duration) float64 {
		if len(d) == 0 {
			return math.NaN() // all failed
		}
		return d[len(d)*99/100].Seconds()
	}
	row("p99 under junk against quiet, events and taps", fmt.Sprintf("%.2f and %.2f", at(loud.events)/at(quiet.events), at(loud.taps)/at(quiet.taps)))
	row("p99 under junk against junk elsewhere (aim: 0.80 to 1.20)", fmt.Sprintf("%.2f and %.2f", at(loud.events)/at(floor.events), at(loud.taps)/at(floor.taps)))
	return nil
}

// product serves all routes to strangers, as the local stack does.
func (s *stack) product(ctx context.Context) (string, error) {
	h, err := s.sys.Handler()
	if err != nil {
		return "", err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	srv := ratelimit.Server(h)
	go func() { _ = srv.Serve(ratelimit.Listen(l, fromOneAddress)) }()
	s.close = append(s.close, func() { _ = srv.Close() })
	return "http://" + l.Addr().String(), nil
}

// What strangers do meanwhile.
const (
	quietly   = "quiet"
	elsewhere = "junk elsewhere"
	underJunk = "under junk"
)

// among sends events and taps at a rate, and tells what came of it.
func among(ctx context.Context, o options, meanwhile string) (*answered, error) {
	n := o.rate * o.seconds
	s, err := openLimited(ctx, n, asDeployed)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	for _, bank := range otherBanks {
		for i := range min(n, 100) {
			if err := s.table.Write(ctx, store.PutAccount(&watch.Account{AccountKey: watch.AccountKey{Bank: bank, Ref: account(i)}})); err != nil {
				return nil, err
			}
		}
	}
	url, err := s.product(ctx)
	if err != nil {
		return nil, err
	}
	stop, err := s.work(ctx, queue.Events, queue.LINE, queue.Chat)
	if err != nil {
		return nil, err
	}
	defer stop()
	a := &answered{}
	end := func() error { return nil }
	to := url
	if meanwhile == elsewhere {
		if to, err = s.nextDoor(ctx); err != nil {
			return nil, err
		}
	}
	if meanwhile != quietly {
		if end, err = a.strangers(ctx, o, to); err != nil {
			return nil, err
		}
	}
	c, begin := client(64), time.Now()
	var wg sync.WaitGroup
	for i := range n {
		time.Sleep(time.Until(begin.Add(time.Duration(i) * time.Second / time.Duration(o.rate))))
		wg.Go(func() {
			var b bytes.Buffer
			event(&b, i, charges[0])
			to := append([]string{bankCode}, otherBanks...)[i%3]
			r, at := s.sign(b.Bytes()), time.Now()
			err := postOnce(ctx, c, url+"/v1/banks/"+to+"/events", r)
			a.took("event", &a.events, time.Since(at), err)
			at = time.Now()
			err = tap(ctx, c, url, s.channel, i, "x")
			a.took("tap", &a.taps, time.Since(at), err)
		})
	}
	wg.Wait()
	a.lasted = time.Since(begin)
	if err := end(); err != nil {
		return nil, err
	}
	slices.Sort(a.events)
	slices.Sort(a.taps)
	return a, nil
}

// tap is what LINE sends when a person presses a button: signed, and durable once it
// is answered.
func tap(ctx context.Context, c *http.Client, url, secret string, i int, data string) error {
	body := fmt.Appendf(nil, `{"destination":"U%032x","events":[{"type":"postback","mode":"active","timestamp":%d,"webhookEventId":"%026d","deliveryContext":{"isRedelivery":false},"source":{"type":"user","userId":%q},"replyToken":"%032x","postback":{"data":%q}}]}`,
		0, time.Now().UnixMilli(), serial.Add(1), user(i), i, data)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/line/webhook", bytes.NewReader(body))
	if err != nil {
		return err
	}
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write(body)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Line-Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	res, err := c.Do(req)
	if err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("answered %d", res.StatusCode)
	}
	return nil
}

// hostile is how many connections send the beginning of a request and no more.
const hostile = 10_000

// beginnings are what they send, in turn: a request that is refused before its body is
// read, none of a request, half of its headers, one that is answered, and one that stands
// in the name of a bank, so that its body is read until its signature can be looked at.
func beginnings() []string {
	post := "POST /v1/banks/0125/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1048576\r\nwebhook-id: x\r\n"
	return []string{post + "\r\n{", "", post, "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n",
		post + "webhook-timestamp: " + strconv.FormatInt(time.Now().Unix(), 10) + "\r\nwebhook-signature: v1,AAAA\r\n\r\n" + strings.Repeat(" ", 32<<10)}
}

// held tells what the hostile connections hold in this process; they are made by
// another, which has files of its own.
func held(ctx context.Context) error {
	s, err := openLimited(ctx, 1, asDeployed)
	if err != nil {
		return err
	}
	defer s.Close()
	url, err := s.product(ctx)
	if err != nil {
		return err
	}
	debug.FreeOSMemory()
	before := resident()
	other := exec.CommandContext(ctx, os.Args[0], "-hold", strings.TrimPrefix(url, "http://"))
	other.Stderr = os.Stderr
	says, err := other.StdoutPipe()
	if err == nil {
		err = other.Start()
	}
	if err != nil {
		return err
	}
	defer func() { _ = other.Process.Kill(); _ = other.Wait() }()
	line := make([]byte, 64)
	k, err := says.Read(line)
	if err != nil {
		return err
	}
	c, at := client(1), time.Now()
	var b bytes.Buffer
	event(&b, 0, charges[0])
	err = postOnce(ctx, c, url+"/v1/banks/"+bankCode+"/events", s.sign(b.Bytes())) // which is accepted after all of them
	took, most := time.Since(at), resident()
	debug.FreeOSMemory() // of what was needed to take them on
	after := resident()
	row("hostile connections, held", strings.TrimSpace(string(line[:k])))
	row("memory that they hold, MB (aim: 100 at most)", fmt.Sprintf("%.1f; %.1f with what it took to take them on", float64(after-before)/1e6, float64(most-before)/1e6))
	row("an event among them", fmt.Sprintf("%v, %v", err, took.Round(time.Microsecond)))
	if n, err := strconv.Atoi(strings.TrimSpace(string(line[:k]))); err == nil && n > 0 {
		row("memory of each, KB", fmt.Sprintf("%.1f", float64(after-before)/1e3/float64(n)))
	}
	return nil
}

// resident is the memory of this process, in bytes.
func resident() int64 {
	raw, err := os.ReadFile("/proc/self/statm")
	var pages, total int64
	if err == nil {
		_, err = fmt.Sscan(string(raw), &total, &pages)
	}
	if err != nil { // no Linux: what the runtime has
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.Sys - m.HeapReleased)
	}
	return pages * int64(os.Getpagesize())
}

// hold opens the hostile connections to an address, says how many it has, and waits.
func hold(ctx context.Context, to string) error {
	if host, _, err := net.SplitHostPort(to); err != nil || !net.ParseIP(host).IsLoopback() {
		return errors.New("-hold is for this machine alone")
	}
	var open []net.Conn
	says := beginnings()
	for i := range hostile {
		from := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 2, byte(i%100+1))}}
		c, err := from.DialContext(ctx, "tcp", to)
		if err != nil {
			continue
		}
		_, _ = io.WriteString(c, says[i%len(says)])
		open = append(open, c)
	}
	fmt.Println(len(open))
	<-ctx.Done()
	for _, c := range open {
		_ = c.Close()
	}
	return nil
}
