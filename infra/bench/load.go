package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"kozamori/internal/queue"
)

// ordinary are debits that must stay silent.
var ordinary = []string{"NTTﾄﾞｺﾓ", "PAYPAYｶｰﾄﾞ", "SMBC(ﾁﾝﾘﾖｳﾄｳ", "ﾄｳｷﾖｳﾃﾞﾝﾘﾖｸ", "ATM ｼﾕﾂｷﾝ", "ﾖｺﾊﾏｼ ｽｲﾄﾞｳ", "ﾐﾂｲｽﾐﾄﾓｶ-ﾄﾞ", "ﾆﾎﾝｾｲﾒｲ", "ﾌﾘｺﾐ ｽｽﾞｷ ｲﾁﾛｳ"}

var charges = []string{"ﾄﾞｺﾓｺｳｻﾞ", "PAYPAY", "LINE PAY", "ﾒﾙﾍﾟｲ"}

var serial atomic.Int64

func event(b *bytes.Buffer, acc int, descriptor string) {
	n := serial.Add(1)
	fmt.Fprintf(b, `{"id":"evt_%016d","type":"debit","transaction_id":"20261124-%012d","account_ref":%q,"account_mask":"普通 ***%04d",`+
		`"occurred_at":%q,"amount":%d,"currency":"JPY","descriptor":%q,"balance_after":%d,"status":"posted"}`,
		n, n, account(acc), acc%10000, time.Now().Format(time.RFC3339), 1000+n%90000, descriptor, 250000-n%1000)
}

// request is a signed POST, made before the clock runs.
type request struct {
	body   []byte
	header http.Header
}

func (s *stack) sign(body []byte) request {
	wh, _ := webhooks.NewWebhook(s.secret) // the secret is ours
	id, now := "msg_"+strconv.FormatInt(serial.Add(1), 10), time.Now()
	sig, _ := wh.Sign(id, now, body)
	return request{body, http.Header{"Content-Type": {"application/json"}, "Webhook-Id": {id},
		"Webhook-Timestamp": {strconv.FormatInt(now.Unix(), 10)}, "Webhook-Signature": {sig}}}
}

// template is a batch whose numbers can be renewed in place, so that making
// it costs the bank next to nothing.
type template struct {
	body []byte
	at   []int // of the 12 digits that make an event's id and transaction new
}

func newTemplate(o options) *template {
	var b bytes.Buffer
	b.WriteString(`{"events":[`)
	for i := range o.batch {
		if i > 0 {
			b.WriteByte(',')
		}
		if rand.IntN(100) < o.relevant {
			event(&b, rand.IntN(o.watched), charges[rand.IntN(len(charges))])
		} else {
			event(&b, rand.IntN(5*o.watched), ordinary[rand.IntN(len(ordinary))])
		}
	}
	b.WriteString(`]}`)
	t := &template{body: b.Bytes()}
	for _, mark := range []string{`"id":"evt_0000`, `"transaction_id":"20261124-`} {
		for from := 0; ; {
			i := bytes.Index(t.body[from:], []byte(mark))
			if i < 0 {
				break
			}
			from += i + len(mark)
			t.at = append(t.at, from)
		}
	}
	return t
}

func (t *template) renew() []byte {
	n := serial.Add(int64(len(t.at)))
	for i, at := range t.at {
		v := n - int64(i)
		for d := at + 11; d >= at; d-- {
			t.body[d] = byte('0' + v%10)
			v /= 10
		}
	}
	return t.body
}

// post posts a request, and again for as long as the bank has to wait with it.
func post(ctx context.Context, c *http.Client, url string, r request) error {
	for {
		err := postOnce(ctx, c, url, r)
		slowed, ok := errors.AsType[errSlowed](err)
		if !ok {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(slowed)):
		}
	}
}

// errSlowed is that a bank sends too much, and for how long it is to wait.
type errSlowed time.Duration

func (e errSlowed) Error() string { return "answered 429, wait " + time.Duration(e).String() }

func postOnce(ctx context.Context, c *http.Client, url string, r request) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(r.body))
	if err != nil {
		return err
	}
	req.Header = r.header
	res, err := c.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	reply, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode == http.StatusTooManyRequests {
		seconds, _ := strconv.Atoi(res.Header.Get("Retry-After"))
		return errSlowed(time.Duration(max(1, seconds)) * time.Second)
	}
	if err == nil && res.StatusCode != http.StatusAccepted {
		err = fmt.Errorf("answered %d %s", res.StatusCode, reply)
	}
	return err
}

func client(conns int) *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: conns, MaxConnsPerHost: conns}}
}

// alerts posts single alerting debits at a steady rate, whatever becomes of
// the earlier ones, each on an account and to a LINE user of its own.
func alerts(ctx context.Context, o options) error {
	fmt.Printf("%d alerts/s for %d s, one event per POST\n", o.rate, o.seconds)
	n := o.rate * o.seconds
	l, err := openLoop(ctx, o.rate, n)
	if err != nil {
		return err
	}
	row("alerts accepted by LINE", fmt.Sprintf("%d of %d, %d POSTs failed", len(l.took), n, l.failed))
	spread("POST to 202 (durable)", l.acked)
	spread("POST to accepted by LINE", l.took)
	row("commits (a sync each) and bytes written per alert", fmt.Sprintf("%.2f, %.0f", float64(l.commits)/float64(n), float64(l.after.written-l.before.written)/float64(n)))
	l.after.since(l.before, "alert", n)
	return nil
}

// loop is what came of a load whose sender waits for nothing.
type loop struct {
	acked, took   []time.Duration // to 202, and to LINE's acceptance
	failed        int64
	before, after usage
	commits       uint64 // of the engine, one sync each
}

// openLoop posts n alerts at a rate; all at once if that is 0.
func openLoop(ctx context.Context, rate, n int) (*loop, error) {
	s, err := open(ctx, n)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	stop, err := s.work(ctx, queue.Events, queue.LINE)
	if err != nil {
		return nil, err
	}
	defer stop()
	c := client(64)
	sent, failed := make([]time.Time, n), atomic.Int64{}
	l := &loop{acked: make([]time.Duration, n)}
	var wg sync.WaitGroup
	l.before, l.commits = used(), s.db.Moment()
	for i := range n {
		if rate > 0 {
			time.Sleep(time.Until(l.before.at.Add(time.Duration(i) * time.Second / time.Duration(rate))))
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		wg.Go(func() {
			var b bytes.Buffer
			event(&b, i, charges[0])
			r := s.sign(b.Bytes())
			sent[i] = time.Now()
			if post(ctx, c, s.url, r) != nil {
				failed.Add(1)
			}
			l.acked[i] = time.Since(sent[i])
		})
	}
	wg.Wait()
	for end := time.Now().Add(30 * time.Second); s.line.Accepted() < n && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	l.after, l.failed, l.commits = used(), failed.Load(), s.db.Moment()-l.commits
	byUser := map[string]int{}
	for i := range n {
		byUser[user(i)] = i
	}
	for _, m := range s.line.Messages() {
		l.took = append(l.took, m.At.Sub(sent[byUser[m.To]]))
	}
	slices.Sort(l.took)
	slices.Sort(l.acked)
	return l, nil
}

// events posts batches as fast as a few connections go, with detect and
// notify at work, and then waits for the backlog.
func events(ctx context.Context, o options) error {
	s, err := open(ctx, o.watched)
	if err != nil {
		return err
	}
	defer s.Close()
	stopDetect, err := s.work(ctx, queue.Events)
	if err != nil {
		return err
	}
	defer stopDetect()
	fmt.Printf("batches of %d, %d %% relevant, %d connections, %d s, %d of %d accounts watched\n", o.batch, o.relevant, o.conns, o.seconds, o.watched, 5*o.watched)
	acked, n, before, after, err := s.storm(ctx, o, s.url)
	if err != nil {
		return err
	}
	d := after.at.Sub(before.at)
	row("acknowledged, durable", fmt.Sprintf("%s (%d events)", rate(n, d), n))
	spread("POST to 202", acked)
	backlog := s.waiting(ctx, queue.Events) * o.batch
	row("detect at the same time", fmt.Sprintf("%s, backlog of %d events left", rate(n-backlog, d), backlog))
	after.since(before, "event", n)
	start := used()
	for s.waiting(ctx, queue.Events) > 0 && ctx.Err() == nil {
		time.Sleep(5 * time.Millisecond)
	}
	if end := used(); backlog > 0 {
		row("backlog drained at", rate(backlog, end.at.Sub(start.at)))
		end.since(start, "event drained", backlog)
	}
	pushes := s.waiting(ctx, queue.LINE)
	stopNotify, err := s.work(ctx, queue.LINE)
	if err != nil {
		return err
	}
	defer stopNotify()
	start = used()
	for time.Since(start.at) < time.Duration(min(o.seconds, 5))*time.Second && s.waiting(ctx, queue.LINE) > 0 {
		time.Sleep(5 * time.Millisecond)
	}
	end := used()
	done := pushes - s.waiting(ctx, queue.LINE)
	row("then LINE pushes", rate(done, end.at.Sub(start.at)))
	end.since(start, "push", done)
	return nil
}

// plainHTTP is the same load against a handler that only reads and answers:
// what the client and HTTP cost without us.
func plainHTTP(ctx context.Context, o options) error {
	s, err := open(ctx, 1)
	if err != nil {
		return err
	}
	defer s.Close()
	url, err := s.serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.Copy(w, strings.NewReader(`{"accepted":100,"rejected":[]}`))
	}))
	if err != nil {
		return err
	}
	o.seconds = min(o.seconds, 5)
	fmt.Printf("for comparison: the same client against a handler that only reads, %d s\n", o.seconds)
	_, n, before, after, err := s.storm(ctx, o, url)
	if err != nil {
		return err
	}
	row("answered", rate(n, after.at.Sub(before.at)))
	after.since(before, "event", n)
	return nil
}

// storm posts batches for a while and says how long each took, how many
// events were acknowledged, and what was used.
func (s *stack) storm(ctx context.Context, o options, url string) ([]time.Duration, int, usage, usage, error) {
	var (
		mu    sync.Mutex
		acked []time.Duration
		n     atomic.Int64
		first error
		wg    sync.WaitGroup
	)
	c := client(o.conns)
	before := used()
	end := before.at.Add(time.Duration(o.seconds) * time.Second)
	for range o.conns {
		wg.Go(func() {
			var own []time.Duration
			templates := make([]*template, 20)
			for i := range templates {
				templates[i] = newTemplate(o)
			}
			for i := 0; time.Now().Before(end) && ctx.Err() == nil; i++ {
				r := s.sign(templates[i%len(templates)].renew())
				start := time.Now()
				err := postOnce(ctx, c, url, r)
				if slowed, ok := errors.AsType[errSlowed](err); ok {
					time.Sleep(min(time.Duration(slowed), time.Until(end)))
					continue
				}
				if err != nil {
					mu.Lock()
					first = err
					mu.Unlock()
					return
				}
				own = append(own, time.Since(start))
				n.Add(int64(o.batch))
			}
			mu.Lock()
			acked = append(acked, own...)
			mu.Unlock()
		})
	}
	wg.Wait()
	return acked, int(n.Load()), before, used(), first
}
