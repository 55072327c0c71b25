package sim

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"regexp"
	"time"
)

// LINEMessage is a push or reply that LINE took.
type LINEMessage struct {
	ID       string    `json:"id"`  // of the request
	Seq      int64     `json:"seq"` // its place among the changes of all chats
	At       time.Time `json:"at"`
	To       string    `json:"to"`
	Via      string    `json:"via"` // push or reply
	RetryKey string    `json:"retry_key,omitempty"`
	// Shown is false for a user who blocked the account or never followed
	// it: LINE answers 200 all the same.
	Shown    bool              `json:"shown"`
	Messages []json.RawMessage `json:"messages"`
}

// Messages lists what was taken, oldest first.
func (l *LINE) Messages() []LINEMessage {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]LINEMessage(nil), last(l.taken, l.keep())...)
}

// Accepted is how many pushes and replies were ever taken.
func (l *LINE) Accepted() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.accepted
}

const (
	maxRequest  = 2 << 20
	keyLife     = 24 * time.Hour
	maxKeys     = 1 << 20
	maxMessages = 5
)

var (
	isUser = regexp.MustCompile(`^U[0-9a-f]{32}$`)
	// LINE was seen to refuse retry keys of other versions than 4 and 5.
	isUUID = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[45][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$`)
	isUnit = regexp.MustCompile(`^[A-Za-z0-9_]{1,30}$`)
)

// retryKeys remembers what was taken under which key for 24 hours.
type retryKeys struct {
	byKey map[string]*keyed
	order []*keyed // oldest first
}

type keyed struct {
	key, id, to string
	at          time.Time
	body        [sha256.Size]byte
}

func (k *retryKeys) get(key string, now time.Time) *keyed {
	for len(k.order) > 0 && (now.Sub(k.order[0].at) >= keyLife || len(k.order) > maxKeys) {
		if k.byKey[k.order[0].key] == k.order[0] {
			delete(k.byKey, k.order[0].key)
		}
		k.order = k.order[1:]
	}
	return k.byKey[key]
}

func (k *retryKeys) put(e *keyed) {
	if k.byKey == nil {
		k.byKey = map[string]*keyed{}
	}
	k.byKey[e.key] = e
	k.order = append(k.order, e)
}

// sending is the body of a push or reply.
type sending struct {
	To         string            `json:"to"`
	ReplyToken string            `json:"replyToken"`
	Messages   []json.RawMessage `json:"messages"`
	Units      json.RawMessage   `json:"customAggregationUnits"`
}

// decode reads and checks the body of a send; it has answered if not ok.
func decode(w http.ResponseWriter, r *http.Request) (s sending, raw []byte, ok bool) {
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" {
		fail(w, http.StatusUnsupportedMediaType, "Unsupported media type")
		return s, nil, false
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		fail(w, http.StatusRequestEntityTooLarge, "Request exceeds the max size of 2 MB")
		return s, nil, false
	}
	if json.Unmarshal(raw, &s) != nil {
		fail(w, http.StatusBadRequest, "The request body could not be parsed as JSON")
		return s, nil, false
	}
	var p problems
	if len(s.Messages) == 0 || len(s.Messages) > maxMessages {
		p.add("messages", "Size must be between 1 and 5")
	}
	if len(s.Units) > 0 {
		var units []string
		if string(s.Units) == "null" || json.Unmarshal(s.Units, &units) != nil || len(units) > 1 {
			p.add("customAggregationUnits", "Size must be between 0 and 1")
		}
		for _, u := range units {
			if !isUnit.MatchString(u) {
				p.add("customAggregationUnits[0]", "invalid")
			}
		}
	}
	for i, m := range s.Messages {
		p.message(fmt.Sprintf("messages[%d]", i), m)
	}
	if len(p) > 0 {
		answer(w, http.StatusBadRequest, map[string]any{"message": fmt.Sprintf("The request body has %d error(s)", len(p)), "details": p})
		return s, nil, false
	}
	return s, raw, true
}

func (l *LINE) validate(w http.ResponseWriter, r *http.Request) {
	if _, _, ok := decode(w, r); ok {
		answer(w, http.StatusOK, struct{}{})
	}
}

func (l *LINE) push(w http.ResponseWriter, r *http.Request) {
	s, raw, ok := decode(w, r)
	if !ok {
		return
	}
	key, keyed := r.Header.Get("X-Line-Retry-Key"), len(r.Header.Values("X-Line-Retry-Key")) > 0
	switch {
	case !isUser.MatchString(s.To):
		fail(w, http.StatusBadRequest, "The property, 'to', in the request body is invalid")
		return
	case keyed && !isUUID.MatchString(key):
		fail(w, http.StatusBadRequest, "The value of 'X-Line-Retry-Key' is invalid")
		return
	}
	fault := l.fault(Push)
	l.mu.Lock()
	l.spent = fault == QuotaSpent
	l.mu.Unlock()
	if l.faulty(w, r, fault) {
		return
	}
	status, header, body := l.take(s, key, sha256.Sum256(raw))
	finish(w, fault, status, header, body)
}

// finish answers, unless the fault is that the answer never comes.
func finish(w http.ResponseWriter, f Fault, status int, header map[string]string, body any) {
	if f == AcceptThenDrop && (status == http.StatusOK || status == http.StatusConflict) {
		panic(http.ErrAbortHandler) // closes the connection without an answer
	}
	for k, v := range header {
		w.Header().Set(k, v)
	}
	answer(w, status, body)
}

// take accepts a push, or finds that it was accepted before.
func (l *LINE) take(s sending, key string, sum [sha256.Size]byte) (int, map[string]string, any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.Now()
	if e := l.keys.get(key, now); e != nil && key != "" {
		switch {
		case e.to != s.To:
			l.violated("another recipient under a used retry key")
		case e.body != sum:
			l.violated("another body under a used retry key")
		}
		return http.StatusConflict, map[string]string{"X-Line-Accepted-Request-Id": e.id},
			map[string]any{"message": "The retry key is already accepted", "sentMessages": sent(e.id, len(s.Messages))}
	}
	if l.MonthlyLimit > 0 && l.used[month(now)] >= l.MonthlyLimit {
		return http.StatusTooManyRequests, nil, map[string]string{"message": "You have reached your monthly limit."}
	}
	m := l.accept(LINEMessage{To: s.To, Via: "push", RetryKey: key, Messages: s.Messages})
	if key != "" {
		l.keys.put(&keyed{key: key, id: m.ID, to: s.To, at: now, body: sum})
	}
	if m.Shown { // LINE counts only what is shown
		l.count(now)
	}
	l.journal.write(entry{Message: &m, Body: hex.EncodeToString(sum[:])})
	return http.StatusOK, map[string]string{"X-Line-Request-Id": m.ID}, map[string]any{"sentMessages": sent(m.ID, len(m.Messages))}
}

// accept keeps a message and shows it on the phone.
func (l *LINE) accept(m LINEMessage) LINEMessage {
	l.accepted++
	m.ID, m.At, m.Seq = fmt.Sprintf("req-%d", l.accepted), l.Now(), l.feed.seq+1
	if p := l.users[m.To]; p != nil && p.Following {
		m.Shown = true
		for _, raw := range m.Messages {
			l.show(p, ChatItem{From: FromBot, Kind: m.Via, Message: raw})
		}
	}
	if !m.Shown {
		l.note(m.To)
	}
	l.taken = trim(append(l.taken, m), l.keep())
	return m
}

func sent(id string, n int) []map[string]string {
	out := []map[string]string{}
	for i := range n {
		out = append(out, map[string]string{"id": fmt.Sprintf("%s-%d", id, i), "quoteToken": id})
	}
	return out
}

// A reply token works once, for a minute after the event came, and if it is
// delivered again for another, up to 20 minutes after the event.
const (
	replyLife  = time.Minute
	replyEnd   = 20 * time.Minute
	maxReplies = 100_000
)

type replyToken struct {
	user      string
	used      bool
	event, at time.Time // when it happened, when it was last delivered
}

func (l *LINE) reply(w http.ResponseWriter, r *http.Request) {
	if len(r.Header.Values("X-Line-Retry-Key")) > 0 {
		l.mu.Lock()
		l.violated("a retry key on a reply")
		l.mu.Unlock()
		fail(w, http.StatusBadRequest, "X-Line-Retry-Key is not allowed")
		return
	}
	s, _, ok := decode(w, r)
	if !ok {
		return
	}
	fault := l.fault(Reply)
	if l.faulty(w, r, fault) {
		return
	}
	status, header, body := l.takeReply(s)
	finish(w, fault, status, header, body)
}

func (l *LINE) takeReply(s sending) (int, map[string]string, any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, t := l.Now(), l.replies[s.ReplyToken]
	if t == nil || t.used || now.Sub(t.at) > replyLife || now.Sub(t.event) > replyEnd {
		return http.StatusBadRequest, nil, map[string]string{"message": "Invalid reply token"}
	}
	t.used = true
	m := l.accept(LINEMessage{To: t.user, Via: "reply", Messages: s.Messages})
	l.journal.write(entry{Message: &m})
	return http.StatusOK, map[string]string{"X-Line-Request-Id": m.ID}, map[string]any{"sentMessages": sent(m.ID, len(m.Messages))}
}

// replyTokenFor makes a reply token for an event of a user.
func (l *LINE) replyTokenFor(user string) string {
	now := l.Now()
	if l.replies == nil {
		l.replies = map[string]*replyToken{}
	}
	if len(l.replies) >= maxReplies {
		for k, t := range l.replies {
			if now.Sub(t.event) > replyEnd {
				delete(l.replies, k)
			}
		}
	}
	token := random(16)
	l.replies[token] = &replyToken{user: user, event: now, at: now}
	return token
}
