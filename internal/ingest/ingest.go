// Package ingest takes banks' signed webhooks: it checks the signature, the
// clock and each event, and answers only when every accepted event is durable
// in the events queue and every refused one in quarantine. It never looks at
// who watches an account.
package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"kozamori/internal/bucket"
	"kozamori/internal/feed"
	"kozamori/internal/problem"
	"kozamori/internal/queue"
	"kozamori/internal/ratelimit"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// Limits of a request.
const (
	Clock = watch.ClockSkew // how far webhook-timestamp may be off, either way
	// AtOnce is of how long a time a bank's events may come at once.
	AtOnce = 10 * time.Second

	// MostBehind is how old the oldest of a bank's events may be that wait for detect,
	// before the bank has to wait with more.
	MostBehind = 10 * time.Second
	// mostWait is the longest that it is told to.
	mostWait = 30 * time.Second
	tryAgain = 5 * time.Second // Retry-After of a 503

	maxRaw = 64 << 10 // bytes kept of a refused event

	firstRead = 16 << 10 // bytes of memory that a body has before any of it has come
)

// LogUnsigned is logged when a body came in the name of a bank that did not sign it. A
// metric is counted from it.
const LogUnsigned = "a webhook is not signed by the bank that it names"

// ErrUnknownBank is what Secrets returns for a bank that is no tenant.
var ErrUnknownBank = errors.New("ingest: unknown bank")

// Secrets knows the webhook secrets of a bank: one, or two while it is being
// replaced.
type Secrets interface {
	WebhookSecrets(ctx context.Context, bank string) ([]string, error)
}

// Store is what ingest keeps.
type Store interface {
	Write(ctx context.Context, writes ...store.Write) error
	Feed(ctx context.Context, bank string) (*store.Feed, error)
}

// Files is what ingest reads of files that banks sent.
type Files interface {
	File(ctx context.Context, bank, id string) (*store.File, error)
	LastFile(ctx context.Context, bank, feed string) (*store.File, error)
	Renames(ctx context.Context, bank string) (bool, error)
	First(ctx context.Context, keys ...watch.AccountKey) (map[watch.AccountKey]watch.AccountKey, error)
	Bank(ctx context.Context, code string) (*store.Bank, error)
}

// Bucket is where banks leave files: bucket/s3 or bucket/folder.
type Bucket interface {
	// Open reads an object, of a version or of the latest if that is empty, from a byte
	// to before another one; 0 is the end. bucket.ErrNotFound.
	Open(ctx context.Context, key, version string, from, to int64) (io.ReadCloser, bucket.Object, error)
	// Puts are the objects of which a message tells; not ok if it is none of the bucket's.
	Puts(body []byte) (puts []bucket.Put, ok bool)
}

// Config is what the stage works with.
type Config struct {
	Secrets Secrets
	Queue   queue.Sender
	Store   Store
	Files   Files              // only File and Handle need it
	Bucket  Bucket             // only Handle needs it
	Limit   *ratelimit.Limiter // events of each bank; nil limits none
	// Behind is since when the oldest of a bank's events waits for detect, the zero time if
	// none does; nil if the queue does not know it.
	Behind  func(bank string) time.Time
	Sandbox []string // banks without customers, which are told what of a signature is wrong
	Now     func() time.Time
	// Callers is another clock by which webhook-timestamp may be right: that of callers
	// where Now is set forward, on the local stack. nil for none.
	Callers func() time.Time
	Logger  *slog.Logger
}

// Handler serves POST /v1/banks/{bank}/events.
type Handler struct {
	Config
	tally  *store.Tallier
	mu     sync.Mutex
	fed    map[feedKey]time.Time    // when the feed of a bank was last written
	late   map[string][]feed.Number // numbers of requests that are not noted yet
	noteAt time.Time                // nothing is noted before
	part   int64                    // bytes of a part of a file
	// reading holds the keys of the files, and the parts of files, that are being read just now.
	reading sync.Map
}

// New makes the handler.
func New(c Config) *Handler {
	return &Handler{Config: c, tally: store.NewTallier(), fed: map[feedKey]time.Time{}, late: map[string][]feed.Number{}, part: partBytes}
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := h.Now()
	bank, id := r.PathValue("bank"), problem.NewID()
	w.Header().Set(problem.RequestID, id)
	rep, p := h.take(w, r, bank, start)
	status := http.StatusAccepted
	if p == nil {
		problem.Reply(w, status, rep)
	} else {
		status = p.Status
		problem.Write(w, p)
	}
	if !fourDigits(bank) {
		bank = "?"
	}
	h.Logger.Info("webhook", "request", id, "bank", bank, "status", status, "accepted", rep.Accepted, "rejected", len(rep.Rejected), "took", h.Now().Sub(start))
}

func refusal(status int, code problem.Code, title string) *problem.Problem {
	return &problem.Problem{Status: status, Code: code, Title: title}
}

func unavailable(title string) *problem.Problem {
	return &problem.Problem{Status: http.StatusServiceUnavailable, Code: problem.TryAgain, Title: title, RetryAfter: tryAgain}
}

func fourDigits(s string) bool {
	_, err := strconv.ParseUint(s, 10, 32)
	return len(s) == 4 && err == nil
}

func (h *Handler) take(w http.ResponseWriter, r *http.Request, bank string, now time.Time) (wire.Reply, *problem.Problem) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return wire.Reply{}, refusal(http.StatusMethodNotAllowed, problem.Method, "events are sent by POST")
	}
	if e := r.Header.Get("Content-Encoding"); e != "" && e != "identity" {
		return wire.Reply{}, refusal(http.StatusUnsupportedMediaType, problem.Encoding, "a body is sent as it is, without Content-Encoding")
	}
	if r.ContentLength > wire.MaxBody {
		return wire.Reply{}, tooBig()
	}
	// What costs nothing comes first: of a stranger no body is read.
	secrets, err := h.caller(r, bank, now)
	var body []byte
	if err == nil {
		body, err = read(http.MaxBytesReader(w, r.Body, wire.MaxBody), r.ContentLength)
		if _, big := errors.AsType[*http.MaxBytesError](err); big {
			return wire.Reply{}, tooBig()
		}
		if err != nil {
			return wire.Reply{}, refusal(http.StatusBadRequest, problem.Malformed, "the body ended early")
		}
		if err = verify(r.Header, secrets, body); errors.Is(err, errSignature) { // in the name of a bank of ours
			h.Logger.Warn(LogUnsigned, "bank", bank)
		} else if err == nil {
			ratelimit.Known(r.Context())
		}
	}
	switch {
	case errors.Is(err, errSignature):
		return wire.Reply{}, h.unsigned(r, bank, secrets, body, now)
	case err != nil:
		h.Logger.Error("a bank's secrets cannot be read", "bank", bank, "err", err)
		return wire.Reply{}, unavailable("try again")
	}
	return h.accept(r.Context(), w.Header(), bank, r.Header.Get(webhooks.HeaderWebhookID), body, now)
}

func tooBig() *problem.Problem {
	return refusal(http.StatusRequestEntityTooLarge, problem.TooLarge, fmt.Sprintf("a body holds at most %d MiB", wire.MaxBody>>20))
}

// read reads all. Memory grows with what has come, not with what was promised.
func read(r io.Reader, length int64) ([]byte, error) {
	b := make([]byte, 0, max(0, min(length, firstRead))+1) // one more, to see the end without growing
	for {
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			return nil, err
		}
		if len(b) == cap(b) {
			more := 4 * int64(cap(b))
			if length > int64(cap(b)) {
				more = min(more, length+1)
			}
			b = append(make([]byte, 0, max(more, int64(cap(b))+1)), b...)
		}
	}
}

var errSignature = errors.New("ingest: not signed by this bank now")

// caller looks at what can be known before a body is read: the headers, the
// clock, and whether it is a bank of ours, whose secrets it returns.
func (h *Handler) caller(r *http.Request, bank string, now time.Time) ([]string, error) {
	sec, err := strconv.ParseInt(r.Header.Get(webhooks.HeaderWebhookTimestamp), 10, 64)
	if err != nil || !h.onTime(time.Unix(sec, 0), now) || !fourDigits(bank) ||
		r.Header.Get(webhooks.HeaderWebhookID) == "" || r.Header.Get(webhooks.HeaderWebhookSignature) == "" {
		return nil, errSignature
	}
	secrets, err := h.Secrets.WebhookSecrets(r.Context(), bank)
	switch {
	case errors.Is(err, ErrUnknownBank), err == nil && len(secrets) == 0:
		return nil, errSignature
	case err != nil:
		return nil, err
	}
	return secrets, nil
}

// onTime tells whether a timestamp is near enough to the clock.
func (h *Handler) onTime(at, now time.Time) bool {
	return now.Sub(at).Abs() <= Clock || h.Callers != nil && h.Callers().Sub(at).Abs() <= Clock
}

// verify checks the signature of a body by any of a bank's secrets.
func verify(header http.Header, secrets []string, body []byte) error {
	err := errSignature
	for _, s := range secrets {
		wh, bad := webhooks.NewWebhook(s)
		if bad != nil {
			return errors.New("ingest: a secret is not base64")
		}
		// The clock is ours to compare: the library knows only the real one.
		if wh.VerifyIgnoringTimestamp(body, header) == nil {
			err = nil
		}
	}
	return err
}

// counted counts accepted events, and returns their kinds.
func (h *Handler) counted(bank string, events []wire.Read, now time.Time) (kinds []watch.Kind) {
	var counts store.Hour
	for i := range events {
		r := &events[i]
		if r.Refused() {
			continue
		}
		e, lag := &r.Event, time.Duration(-1)
		if !e.DateOnly {
			lag = max(now.Sub(e.OccurredAt), 0)
		}
		counts.Accept(e.Kind, lag)
	}
	h.tally.Accepted(bank, &counts, now)
	for _, c := range counts.Accepted {
		kinds = append(kinds, c.Kind)
	}
	return kinds
}
