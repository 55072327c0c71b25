package town

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"hash/fnv"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"

	"kozamori/internal/app"
	"kozamori/internal/email/ses"
	"kozamori/internal/queue"
	queues "kozamori/internal/queue/embedded"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/store/embedded"
	"kozamori/internal/testkit/kvtest"
	"kozamori/internal/token"
	"kozamori/internal/watch"
)

const secret = "whsec_dG93biB0b3duIHRvd24gdG93biB0b3duIHRvd24gdG93biA="

// clock is moved by hand.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) Now() time.Time  { c.mu.Lock(); defer c.mu.Unlock(); return c.at }
func (c *clock) Set(t time.Time) { c.mu.Lock(); defer c.mu.Unlock(); c.at = t }

// branch is a bank here.
type branch struct {
	bank
	accounts, watched int
	night             int // the hour of its batch
	hour              [][]byte
}

// world is the system, and what is outside of it.
type world struct {
	o     Options
	rng   *rand.Rand
	clock *clock
	meter *meter
	store *store.Store
	queue *counted
	sys   *app.System
	post  http.Handler
	work  map[queue.Name]queue.Handler
	close func()

	banks  []*branch
	detect stage
	notify stage

	events, posts, idle int
	mu                  sync.Mutex // guards what follows
	refused             map[string]bool
	serial              int
	told                map[string]telling // by the record
	answers             []reply
	answered            int
	storming            string
}

// telling is when and how a record was told.
type telling struct {
	after    time.Duration // the event; the end of quiet hours if it was held
	critical bool
	held     bool
	day      string
}

// reply is an answer to come.
type reply struct {
	at     time.Time
	record string
	mine   bool
}

// counted counts what is sent, as SQS bills it: each begun 64 KB of ten messages.
type counted struct {
	*queues.Queue
	now      func() time.Time
	mu       sync.Mutex
	requests float64
	wakes    map[int64]bool // seconds at which something becomes visible
}

func (c *counted) wakesIn(d time.Duration) {
	if d > 0 {
		c.wakes[c.now().Add(d).Unix()+1] = true
	}
}

// next is when something next becomes visible; the zero time if nothing does.
func (c *counted) next() (at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for s := range c.wakes {
		switch t := time.Unix(s, 0); {
		case !t.After(c.now()):
			delete(c.wakes, s)
		case at.IsZero() || t.Before(at):
			at = t
		}
	}
	return at
}

func (c *counted) Retry(ctx context.Context, q queue.Name, m queue.Message, delay time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests++
	c.wakesIn(delay)
	return c.Queue.Retry(ctx, q, m, delay)
}

func (c *counted) Send(ctx context.Context, q queue.Name, msgs ...queue.Outgoing) error {
	size := 0
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range msgs {
		size += len(m.Body)
		c.wakesIn(m.Delay)
	}
	if q == queue.Events {
		return c.Queue.Send(ctx, q, msgs...) // see perPost
	}
	c.requests += max(float64((len(msgs)+9)/10), float64(size)/65536)
	return c.Queue.Send(ctx, q, msgs...)
}

func (c *counted) Receive(ctx context.Context, q queue.Name, n int, wait time.Duration) ([]queue.Message, error) {
	ms, err := c.Queue.Receive(ctx, q, n, wait)
	if len(ms) > 0 && q != queue.Events {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.requests += 2 // and its deletion
	}
	return ms, err
}

type tenants struct{}

func (tenants) WebhookSecrets(context.Context, string) ([]string, error) {
	return []string{secret}, nil
}

// platform is LINE: it turns some pushes away.
type platform struct{ w *world }

func (p platform) RoundTrip(r *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	if key := r.Header.Get("X-Line-Retry-Key"); key != "" && p.w.refuses(key) {
		rec.WriteHeader(http.StatusTooManyRequests)
		return rec.Result(), nil
	}
	rec.Header().Set("Content-Type", "application/json")
	rec.Header().Set("X-Line-Request-Id", "town")
	_, _ = io.WriteString(rec, `{"sentMessages":[{"id":"1"}]}`)
	return rec.Result(), nil
}

// chance is a number from 0 to 1 that goes with a name: what is done side by side
// takes none from the town's own.
func chance(of, name string) float64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(of + name))
	return float64(h.Sum64()>>11) / (1 << 53)
}

// refuses tells whether a push is turned away, which happens once to each.
func (w *world) refuses(key string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.refused[key] || chance("429", key) >= refused {
		return false
	}
	w.refused[key] = true
	return true
}

func newWorld(o Options) (*world, error) {
	w := &world{o: o, rng: random(o.Seed), clock: &clock{at: time.Date(2026, 4, 1, 0, 0, 0, 0, japan)}, told: map[string]telling{}, refused: map[string]bool{},
		detect: stage{perSec: o.Rates.Detect}, notify: stage{perSec: min(o.Rates.Notify, o.Rates.LINE)}}
	db := &kvtest.Memory{}
	q, err := queues.On(db, queues.Options{Now: w.clock.Now})
	if err != nil {
		return nil, err
	}
	table := embedded.On(db, embedded.Options{Now: w.clock.Now})
	w.close = func() { _ = q.Close(); _ = table.Close(); _ = db.Close() }
	w.meter, w.queue = newMeter(table), &counted{Queue: q, now: w.clock.Now, wakes: map[int64]bool{}}
	c := app.Defaults()
	c.BaseURL, c.LINE.API, c.LINE.Token = "https://kozamori.example", "https://line.example", (&sim.LINE{Token: "channel-token"}).Token
	c.LinkKeys = []token.Key{{ID: "a", Secret: make([]byte, token.MinKey)}}
	c.EventsPerSecond = 0
	w.sys = app.New(c, app.Means{Mailer: ses.Open, Table: w.meter, Queue: w.queue, Secrets: tenants{}, Now: w.clock.Now, LINEHTTP: &http.Client{Transport: platform{w}},
		BankHTTP: &http.Client{Transport: taken{}}, Logger: slog.New(&hears{Handler: discard, w: w})})
	w.store, w.post = w.sys.Store, w.sys.Ingest()
	w.work, err = w.sys.Stages()
	return w, err
}

// taken is a bank that takes each callback.
type taken struct{}

func (taken) RoundTrip(*http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	return rec.Result(), nil
}

// hears listens to what the stages log.
type hears struct {
	slog.Handler
	w *world
}

func (h *hears) Enabled(context.Context, slog.Level) bool { return true }

func (h *hears) Handle(_ context.Context, r slog.Record) error {
	if r.Message != "a channel accepted an alert" {
		return nil
	}
	var record string
	var ms int64
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "record":
			record = a.Value.String()
		case "ms":
			ms = a.Value.Int64()
		}
		return true
	})
	h.w.accepted(record, time.Duration(ms)*time.Millisecond)
	return nil
}

func (h *hears) WithAttrs([]slog.Attr) slog.Handler { return h }
func (h *hears) WithGroup(string) slog.Handler      { return h }

// accepted notes an alert that LINE took; the first message counts.
func (w *world) accepted(id string, after time.Duration) {
	r, err := store.New(w.meter.Table).Record(context.Background(), id)
	if err != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, twice := w.told[id]; twice {
		return
	}
	t := telling{after: after, critical: r.Critical()}
	now := w.clock.Now().In(japan)
	if seven := time.Date(now.Year(), now.Month(), now.Day(), 7, 0, 0, 0, japan); !t.critical && after > time.Minute && now.Sub(seven) >= 0 && now.Sub(seven) < after {
		t.held, t.after, t.day = true, now.Sub(seven), now.Format(time.DateOnly)
	}
	w.told[id] = t
	w.notify.add(r.Account.Bank, float64(w.o.Scale))
	if chance("answers", id) < answering {
		w.answers = append(w.answers, reply{now.Add(time.Duration(3600*chance("after", id)) * time.Second), id, chance("whose", id) >= notTheirs})
	}
}

// settle opens the accounts of the town.
func (w *world) settle(ctx context.Context) error {
	sum := 0.0
	for _, b := range banks {
		sum += b.deposits
	}
	var writes []store.Write
	flush := func(least int) error {
		if len(writes) < least {
			return nil
		}
		err := w.meter.Write(ctx, writes...)
		writes = nil
		return err
	}
	for _, b := range banks {
		n := max(1, int(w.o.Accounts*b.deposits/sum/float64(w.o.Scale)+0.5))
		br := &branch{bank: b, accounts: n, watched: int(float64(n)*optedIn + w.rng.Float64()), night: 1 + w.rng.IntN(3)}
		w.banks = append(w.banks, br)
		writes = append(writes, store.PutBank(&store.Bank{Code: b.code, Callback: "https://bank.example/disputes"}))
		for i := range br.watched {
			rules := watch.DefaultRules()
			if w.rng.Float64() < withQuiet {
				rules.Quiet = &watch.Quiet{From: 22 * 60, To: 7 * 60}
			}
			writes = append(writes, store.PutAccount(&watch.Account{AccountKey: watch.AccountKey{Bank: b.code, Ref: ref(i)}, Mask: "普通 ***4567",
				Watchers: []watch.Watcher{{ID: "w1", Role: watch.Owner, LineUser: user(b.code, i), Lang: watch.Japanese, Since: w.clock.Now(),
					Channels: watch.FirstChannels(user(b.code, i)), Rules: rules}}}))
			if err := flush(store.MaxWrites - 2); err != nil {
				return err
			}
		}
	}
	// A town whose lanes have partitions of their own, as any has after two weeks.
	writes = append(writes, store.PutSpreading(&store.Spreading{Since: w.clock.Now(), Seen: w.clock.Now(), Open: true}))
	if err := flush(1); err != nil {
		return err
	}
	err := w.store.Lanes.Warm(ctx, w.store)
	w.meter.sum = [fixed + 1]load{}
	clear(w.meter.minute)
	return err
}

// sends posts events as a bank does.
func (w *world) sends(ctx context.Context, b *branch, body []byte) error {
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/v1/banks/"+b.code+"/events", bytes.NewReader(body))
	r.SetPathValue("bank", b.code)
	if err := sign(r, body, w.clock.Now(), w.next()); err != nil {
		return err
	}
	rec := httptest.NewRecorder()
	w.post.ServeHTTP(rec, r)
	w.posts++
	var said struct{ Rejected []json.RawMessage }
	if err := json.Unmarshal(rec.Body.Bytes(), &said); rec.Code != http.StatusAccepted || err != nil || len(said.Rejected) > 0 {
		return errors.New("ingest: " + rec.Body.String())
	}
	return nil
}
