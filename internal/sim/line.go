// Package sim stands in for the outside: the LINE platform, a mailbox, a
// bank. It behaves as they are documented to, with faults on demand, and
// imports no stage.
package sim

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Fault is a way in which LINE fails.
type Fault string

// The faults.
const (
	ServerError    Fault = "500"
	RateLimited    Fault = "429"
	QuotaSpent     Fault = "quota"
	TokenRefused   Fault = "401"
	BadRequest     Fault = "400"
	Timeout        Fault = "timeout"          // nothing is taken, and no answer comes
	AcceptThenDrop Fault = "accept-then-drop" // the message is taken, the answer never comes
)

// Endpoint is a part of the platform that can be made to fail.
type Endpoint string

// The endpoints.
const (
	Push      Endpoint = "push"
	Reply     Endpoint = "reply"
	Profile   Endpoint = "profile"
	LinkToken Endpoint = "linkToken"
	Quota     Endpoint = "quota"
	OAuth     Endpoint = "oauth"
	Menu      Endpoint = "richmenu"
	MenuBatch Endpoint = "richmenu/batch"
	Content   Endpoint = "content"
)

// LINE is the LINE platform: the Messaging API, the token endpoint, the
// account link dialog, and the phones of its users, whose doings it sends to
// a webhook. Set the fields before the first use; a Token and Now suffice.
type LINE struct {
	Token     string // a channel access token that never expires; empty is none
	ChannelID string
	Secret    string                    // of the channel: signs webhooks, and gets tokens
	Keys      map[string]*rsa.PublicKey // kid → key that assertions are signed with
	Webhook   string                    // where webhooks go; empty sends none
	// MonthlyLimit is how many pushes a month are taken; 0 is no limit.
	MonthlyLimit int
	// SlowMenus is how often a replacing of linked menus is still under way when
	// it is asked about.
	SlowMenus int
	// Keep bounds the messages kept and the items of each chat; 0 is 10,000.
	Keep int
	HTTP *http.Client // for webhooks; nil is http.DefaultClient
	Now  func() time.Time

	once sync.Once
	mux  *http.ServeMux

	mu         sync.Mutex
	taken      []LINEMessage
	accepted   int // how many were ever taken
	requests   int
	keys       retryKeys
	faults     map[Endpoint][]Fault
	spent      bool           // the last push met QuotaSpent
	used       map[string]int // pushes shown per month in JST
	violations []string

	users    map[string]*phone
	order    []string // of users, as they were added
	tokens   map[string]time.Time
	replies  map[string]*replyToken
	links    map[string]*linkToken
	menus    map[string]*menu
	fallback string            // id of the default menu
	aliases  map[string]string // of menus
	batches  map[string]*batch
	pending  []*webhook
	twice    int
	feed     feed
	journal  *journal

	content        map[string][]byte // of files, by message
	files, fetched int
}

// Fail makes the next n pushes fail.
func (l *LINE) Fail(n int, f Fault) { l.FailAt(Push, n, f) }

// FailAt makes the next n calls of an endpoint fail.
func (l *LINE) FailAt(e Endpoint, n int, f Fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.faults == nil {
		l.faults = map[Endpoint][]Fault{}
	}
	for range n {
		l.faults[e] = append(l.faults[e], f)
	}
}

// Works ends the faults of all endpoints.
func (l *LINE) Works() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = nil
}

// Violations lists what LINE's rules forbid and a client did: another body or
// recipient under a used retry key, a retry key where none belongs.
func (l *LINE) Violations() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string{}, l.violations...)
}

// violated notes a violation, up to as many as anyone reads.
func (l *LINE) violated(what string) {
	if len(l.violations) < 1000 {
		l.violations = append(l.violations, what)
	}
}

func (l *LINE) keep() int {
	if l.Keep > 0 {
		return l.Keep
	}
	return 10_000
}

// trim drops the oldest of a list that has grown to twice what is kept.
func trim[T any](list []T, keep int) []T {
	if len(list) < 2*keep {
		return list
	}
	return append([]T(nil), list[len(list)-keep:]...)
}

// last is the part of a trimmed list that counts.
func last[T any](list []T, keep int) []T {
	return list[max(0, len(list)-keep):]
}

// ServeHTTP is the platform, for api.line.me, api-data.line.me and
// access.line.me alike.
func (l *LINE) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.once.Do(l.routes)
	l.mux.ServeHTTP(w, r)
}

func (l *LINE) routes() {
	l.mux = http.NewServeMux()
	api := func(pattern string, e Endpoint, h http.HandlerFunc) {
		l.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			l.request(w)
			if !l.authorised(r) {
				fail(w, http.StatusUnauthorized, "Authentication failed. Confirm that the access token in the authorization header is valid.")
				return
			}
			// Sends meet their faults once their request is known to be sound.
			if e != Push && e != Reply && l.faulty(w, r, l.fault(e)) {
				return
			}
			h(w, r)
		})
	}
	api("POST /v2/bot/message/push", Push, l.push)
	api("POST /v2/bot/message/reply", Reply, l.reply)
	api("POST /v2/bot/message/validate/push", "", l.validate)
	api("POST /v2/bot/message/validate/reply", "", l.validate)
	api("GET /v2/bot/message/quota", Quota, l.quota)
	api("GET /v2/bot/message/quota/consumption", Quota, l.consumption)
	api("GET /v2/bot/profile/{user}", Profile, l.profile)
	api("GET /v2/bot/message/{message}/content", Content, l.contentOf)
	api("POST /v2/bot/user/{user}/linkToken", LinkToken, l.issueLink)
	api("POST /v2/bot/richmenu", Menu, l.createMenu)
	api("GET /v2/bot/richmenu/list", Menu, l.listMenus)
	api("DELETE /v2/bot/richmenu/{menu}", Menu, l.deleteMenu)
	api("POST /v2/bot/richmenu/{menu}/{part}", Menu, l.changeMenu)
	api("POST /v2/bot/richmenu/alias", Menu, l.putAlias)
	api("GET /v2/bot/richmenu/alias/{alias}", Menu, l.getAlias)
	api("POST /v2/bot/richmenu/batch", MenuBatch, l.startBatch)
	api("GET /v2/bot/richmenu/progress/batch", Menu, l.batchProgress)
	api("POST /v2/bot/user/{user}/richmenu/{menu}", Menu, l.linkMenu)
	api("DELETE /v2/bot/user/{user}/richmenu", Menu, l.unlinkMenu)
	l.mux.HandleFunc("POST /oauth2/v3/token", l.issueToken)
	l.mux.HandleFunc("GET /dialog/bot/accountLink", l.dialog)
	l.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fail(w, http.StatusNotFound, "Not found") })
}

// request gives an answer its id, as LINE does; a message taken has another.
func (l *LINE) request(w http.ResponseWriter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.requests++
	w.Header().Set("X-Line-Request-Id", fmt.Sprintf("call-%d", l.requests))
}

func (l *LINE) authorised(r *http.Request) bool {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || token == "" {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	until, issued := l.tokens[token]
	return token == l.Token || issued && l.Now().Before(until)
}

// maxHang bounds Timeout for clients without patience of their own.
const maxHang = 30 * time.Second

// fault takes the next fault of an endpoint.
func (l *LINE) fault(e Endpoint) Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := l.faults[e]
	if len(list) == 0 {
		return ""
	}
	l.faults[e] = list[1:]
	return list[0]
}

// faulty answers as a fault demands, unless it is one that comes later.
func (l *LINE) faulty(w http.ResponseWriter, r *http.Request, f Fault) bool {
	switch f {
	case "", AcceptThenDrop:
		return false
	case ServerError:
		fail(w, http.StatusInternalServerError, "Internal server error")
	case TokenRefused:
		fail(w, http.StatusUnauthorized, "Authentication failed")
	case RateLimited:
		fail(w, http.StatusTooManyRequests, "The API rate limit has been exceeded. Try again later.")
	case QuotaSpent:
		fail(w, http.StatusTooManyRequests, "You have reached your monthly limit.")
	case Timeout:
		// Only a body that was read to its end lets us notice that the client left.
		_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, maxRequest))
		select {
		case <-r.Context().Done():
		case <-time.After(maxHang):
		}
		panic(http.ErrAbortHandler)
	default:
		fail(w, http.StatusBadRequest, "The request body has 1 error(s)")
	}
	return true
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func fail(w http.ResponseWriter, status int, message string) {
	answer(w, status, map[string]string{"message": message})
}

// random is n random bytes in hex.
func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

// jst is the time zone of LINE's months.
var jst = time.FixedZone("JST", 9*60*60)

func month(t time.Time) string { return t.In(jst).Format("2006-01") }

// count counts a push against its month.
func (l *LINE) count(at time.Time) {
	if l.used == nil || len(l.used) > 100 {
		l.used = map[string]int{}
	}
	l.used[month(at)]++
}

func (l *LINE) quota(w http.ResponseWriter, _ *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.MonthlyLimit > 0:
		answer(w, http.StatusOK, map[string]any{"type": "limited", "value": l.MonthlyLimit})
	case l.spent:
		answer(w, http.StatusOK, map[string]any{"type": "limited", "value": 200})
	default:
		answer(w, http.StatusOK, map[string]any{"type": "none"})
	}
}

func (l *LINE) consumption(w http.ResponseWriter, _ *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	used := l.used[month(l.Now())]
	if l.spent {
		used = max(used, l.MonthlyLimit, 200)
	}
	answer(w, http.StatusOK, map[string]any{"totalUsage": used})
}
