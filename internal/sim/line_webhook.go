package sim

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"time"
)

const (
	webhookTime = 2 * time.Second // LINE's
	// LINE tells neither how often nor how long it delivers again.
	maxDeliveries = 5
	maxPending    = 10_000
)

// webhook is one event on its way to us.
type webhook struct {
	event map[string]any
	token string // reply token, if it has one
	tries int
	twice bool
	next  time.Time
}

// event makes an event of a user; without a user it has no source. The lock
// is held.
func (l *LINE) event(e map[string]any, user string) *webhook {
	e["mode"] = "active"
	e["timestamp"] = l.Now().UnixMilli()
	e["webhookEventId"] = ulid(l.Now())
	e["deliveryContext"] = map[string]any{"isRedelivery": false}
	if user != "" {
		e["source"] = map[string]any{"type": "user", "userId": user}
	}
	h := &webhook{event: e}
	h.token, _ = e["replyToken"].(string)
	if l.twice > 0 {
		l.twice--
		h.twice = true
	}
	return h
}

// Duplicate makes LINE deliver each of the next n events twice.
func (l *LINE) Duplicate(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.twice = n
}

// deliver posts an event, and puts it up for another time unless it is
// answered 200 within two seconds.
func (l *LINE) deliver(h *webhook) {
	if l.Webhook == "" {
		return
	}
	done := l.post(h)
	if done && h.twice {
		h.twice = false
		done = l.post(h)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !done && h.tries < maxDeliveries && len(l.pending) < maxPending {
		h.next = l.Now().Add(time.Duration(h.tries*h.tries) * 10 * time.Second)
		l.pending = append(l.pending, h)
	}
}

func (l *LINE) post(h *webhook) bool {
	l.mu.Lock()
	h.event["deliveryContext"] = map[string]any{"isRedelivery": h.tries > 0}
	if t := l.replies[h.token]; t != nil {
		t.at = l.Now()
	}
	h.tries++
	body, _ := json.Marshal(map[string]any{"destination": "U" + random(16), "events": []any{h.event}})
	l.mu.Unlock()
	return l.Post(context.Background(), body) == http.StatusOK
}

// Post sends any body to the webhook, signed as LINE signs it, and returns
// the answer's status; 0 if none came in time. The sim keeps no trace of it.
func (l *LINE) Post(ctx context.Context, body []byte) int {
	ctx, cancel := context.WithTimeout(ctx, webhookTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.Webhook, bytes.NewReader(body))
	if err != nil {
		return 0
	}
	mac := hmac.New(sha256.New, []byte(l.Secret))
	mac.Write(body)
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("User-Agent", "LineBotWebhook/2.0")
	// LINE writes the name in lower case.
	req.Header["x-line-signature"] = []string{base64.StdEncoding.EncodeToString(mac.Sum(nil))}
	client := l.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	res, err := client.Do(req)
	if err != nil {
		return 0
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10))
	_ = res.Body.Close()
	return res.StatusCode
}

// Redeliver delivers every event again whose time has come, and returns how
// many still wait for theirs.
func (l *LINE) Redeliver() int {
	l.mu.Lock()
	now := l.Now()
	var due, rest []*webhook
	for _, h := range l.pending {
		if h.next.After(now) {
			rest = append(rest, h)
		} else {
			due = append(due, h)
		}
	}
	l.pending = rest
	l.mu.Unlock()
	for _, h := range due {
		l.deliver(h)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.pending)
}

// Run redelivers until the context ends.
func (l *LINE) Run(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			l.Redeliver()
		}
	}
}

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// ulid is an id of LINE's form: 48 bits of time, 80 of chance.
func ulid(t time.Time) string {
	var b [26]byte
	ms := t.UnixMilli()
	for i := 9; i >= 0; i-- {
		b[i] = crockford[ms&31]
		ms >>= 5
	}
	_, _ = rand.Read(b[10:])
	for i := 10; i < 26; i++ {
		b[i] = crockford[b[i]&31]
	}
	return string(b[:])
}
