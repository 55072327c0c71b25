// Package ingest takes banks' signed webhooks: it checks the signature, the
// clock and each event, and answers only when every accepted event is durable
// in the events queue and every refused one in quarantine. It never looks at
// who watches an account.
package ingest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"kozamori/internal/problem"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// Limits of a request.
const (
	MaxBody = 1 << 20         // bytes
	Clock   = 5 * time.Minute // how far webhook-timestamp may be off, either way

	tryAgain = 5 * time.Second // Retry-After of a 503

	maxMessage = 256 << 10 // bytes of events per queue message
	maxRaw     = 64 << 10  // bytes kept of a refused event
)

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
}

// Config is what the stage works with.
type Config struct {
	Secrets Secrets
	Queue   queue.Sender
	Store   Store
	Now     func() time.Time
	Logger  *slog.Logger
}

// Handler serves POST /v1/banks/{bank}/events.
type Handler struct {
	Config
	mu  sync.Mutex
	fed map[string]time.Time // when the feed of a bank was last written
}

// New makes the handler.
func New(c Config) *Handler { return &Handler{Config: c, fed: map[string]time.Time{}} }

// Rejected is an event that was refused.
type Rejected struct {
	Index   int    `json:"index"`
	ID      string `json:"id,omitempty"`
	Field   string `json:"field,omitempty"`
	Problem string `json:"problem"`
}

// reply is the body of a 202, and of a 422 beside its problem.
type reply struct {
	Accepted int        `json:"accepted"`
	Rejected []Rejected `json:"rejected"`
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := h.Now()
	bank := r.PathValue("bank")
	status, rep, title := h.take(w, r, bank, start)
	if status == http.StatusAccepted {
		problem.Reply(w, status, rep)
	} else {
		p := &problem.Problem{Status: status, Title: title, Members: rep}
		if status == http.StatusServiceUnavailable {
			p.RetryAfter = tryAgain
		}
		problem.Write(w, p)
	}
	if !fourDigits(bank) {
		bank = "?"
	}
	n := reply{}
	if rep != nil {
		n = *rep
	}
	h.Logger.Info("webhook", "bank", bank, "status", status, "accepted", n.Accepted, "rejected", len(n.Rejected), "took", h.Now().Sub(start))
}

func fourDigits(s string) bool {
	_, err := strconv.ParseUint(s, 10, 32)
	return len(s) == 4 && err == nil
}

func (h *Handler) take(w http.ResponseWriter, r *http.Request, bank string, now time.Time) (int, *reply, string) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return http.StatusMethodNotAllowed, nil, "events are sent by POST"
	}
	body, err := read(http.MaxBytesReader(w, r.Body, MaxBody), r.ContentLength)
	if _, big := errors.AsType[*http.MaxBytesError](err); big {
		return http.StatusRequestEntityTooLarge, nil, "a body holds at most 1 MiB"
	}
	if err != nil {
		return http.StatusBadRequest, nil, "the body ended early"
	}
	switch err := h.verify(r, bank, body, now); {
	case errors.Is(err, errSignature):
		return http.StatusUnauthorized, nil, "the signature, its time or the bank is not right"
	case err != nil:
		h.Logger.Error("a bank's secrets cannot be read", "bank", bank, "err", err)
		return http.StatusServiceUnavailable, nil, "try again"
	}
	return h.accept(r.Context(), bank, r.Header.Get(webhooks.HeaderWebhookID), body, now)
}

// read reads all, in one piece if its length is told.
func read(r io.Reader, length int64) ([]byte, error) {
	var b bytes.Buffer
	if length > 0 && length <= MaxBody {
		b.Grow(int(length) + bytes.MinRead)
	}
	_, err := b.ReadFrom(r)
	return b.Bytes(), err
}

var errSignature = errors.New("ingest: not signed by this bank now")

// noSecret is checked for unknown banks, so that they take as long as known ones.
var noSecret = strings.Repeat("A", 43) + "="

func (h *Handler) verify(r *http.Request, bank string, body []byte, now time.Time) error {
	var secrets []string
	if fourDigits(bank) {
		var err error
		if secrets, err = h.Secrets.WebhookSecrets(r.Context(), bank); err != nil && !errors.Is(err, ErrUnknownBank) {
			return err
		}
	}
	known := len(secrets) > 0
	if !known {
		secrets = []string{noSecret}
	}
	valid := false
	for _, s := range secrets {
		wh, err := webhooks.NewWebhook(s)
		if err != nil {
			return errors.New("ingest: a secret is not base64")
		}
		// The clock is ours to compare: the library knows only the real one.
		if wh.VerifyIgnoringTimestamp(body, r.Header) == nil {
			valid = true
		}
	}
	sec, err := strconv.ParseInt(r.Header.Get(webhooks.HeaderWebhookTimestamp), 10, 64)
	if !known || !valid || err != nil || now.Sub(time.Unix(sec, 0)).Abs() > Clock {
		return errSignature
	}
	return nil
}

// accept sorts the events of a verified body and makes both kinds durable. If
// either cannot be, the bank is asked to send all again, which does no harm.
func (h *Handler) accept(ctx context.Context, bank, webhook string, body []byte, now time.Time) (int, *reply, string) {
	events, err := wire.ReadBatch(body, bank, now)
	if errors.Is(err, wire.ErrTooMany) {
		return http.StatusRequestEntityTooLarge, nil, err.Error()
	}
	rep := &reply{Rejected: []Rejected{}}
	var refused []store.Write
	refuse := func(i int, id string, raw []byte, fe *watch.FieldError) {
		rep.Rejected = append(rep.Rejected, Rejected{i, id, fe.Field, fe.Problem})
		refused = putOnce(refused, newRefused(bank, webhook, id, raw, fe, now))
	}
	status, title := http.StatusAccepted, ""
	var good []jsontext.Value
	switch {
	case err != nil:
		status, title = http.StatusBadRequest, err.Error()
		refuse(0, "", body, &watch.FieldError{Problem: err.Error()})
		rep.Rejected = rep.Rejected[:0]
	case len(events) == 0:
		return http.StatusUnprocessableEntity, rep, "the batch is empty"
	}
	for i := range events {
		if e := &events[i]; e.Problem != nil {
			refuse(i, shortID(e.Event.ID), e.Raw, e.Problem)
		} else {
			good = append(good, e.Raw)
		}
	}
	if err := writeInParts(ctx, h.Store, refused); err != nil {
		h.Logger.Error("quarantine cannot be written", "bank", bank, "err", err)
		return http.StatusServiceUnavailable, nil, "refused events cannot be kept now; send all again"
	}
	if err != nil {
		return status, nil, title
	}
	if len(good) == 0 {
		return http.StatusUnprocessableEntity, rep, "no event can be taken"
	}
	if err := enqueue(ctx, h.Queue, bank, webhook, good, now); err != nil {
		h.Logger.Error("events cannot be queued", "bank", bank, "err", err)
		return http.StatusServiceUnavailable, nil, "the events cannot be kept now; send all again"
	}
	rep.Accepted = len(good)
	h.feed(ctx, bank, now)
	return status, rep, ""
}

// newRefused is what quarantine keeps of what was refused.
func newRefused(bank, webhook, id string, raw []byte, fe *watch.FieldError, at time.Time) *store.Refused {
	return &store.Refused{ID: watch.Derive("refused", bank, string(raw)), Bank: bank, At: at, Webhook: webhook,
		EventID: id, Field: fe.Field, Problem: fe.Problem, Raw: string(raw[:min(len(raw), maxRaw)]), Cut: len(raw) > maxRaw}
}

// putOnce adds a write; the same raw event twice in one body is one item.
func putOnce(writes []store.Write, r *store.Refused) []store.Write {
	if slices.ContainsFunc(writes, func(w store.Write) bool { return w.Item.SK == r.ID }) {
		return writes
	}
	return append(writes, store.PutRefused(r))
}

func writeInParts(ctx context.Context, st Store, writes []store.Write) error {
	for part := range slices.Chunk(writes, 20) { // a transaction takes 4 MB at most
		if err := st.Write(ctx, part...); err != nil {
			return err
		}
	}
	return nil
}

// enqueue makes accepted events durable in the events queue.
func enqueue(ctx context.Context, q queue.Sender, bank, webhook string, good []jsontext.Value, received time.Time) error {
	var out []queue.Outgoing
	for _, b := range wire.EncodeBatch(bank, received, good, maxMessage) {
		out = append(out, queue.Outgoing{Body: b, Group: bank, Trace: shortID(webhook)})
	}
	return q.Send(ctx, queue.Events, out...)
}

// shortID keeps an id for a reply or a trace only if it is one.
func shortID(s string) string {
	if len(s) > 128 {
		return ""
	}
	for _, r := range s {
		if r <= ' ' || r > '~' {
			return ""
		}
	}
	return s
}

// feed notes, at most once a minute, that the bank is heard. It is not worth
// failing a request for.
func (h *Handler) feed(ctx context.Context, bank string, now time.Time) {
	minute := now.Truncate(time.Minute)
	h.mu.Lock()
	stale := h.fed[bank].Before(minute)
	if stale {
		h.fed[bank] = minute
	}
	h.mu.Unlock()
	if stale {
		if err := h.Store.Write(ctx, store.PutFeed(&store.Feed{Bank: bank, LastEvent: minute})); err != nil {
			h.Logger.Warn("a bank's feed cannot be noted", "bank", bank, "err", err)
		}
	}
}
