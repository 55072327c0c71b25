package chat

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"kozamori/internal/codec"
	"kozamori/internal/line"
	"kozamori/internal/lookback"
	"kozamori/internal/membership"
	"kozamori/internal/queue"
	"kozamori/internal/ratelimit"
	"kozamori/internal/token"
	"kozamori/internal/watch"
)

// HookTime is how long a webhook may take before it is refused: LINE gives up
// after two seconds, and a 503 in time lets it send the events again where
// redelivery is on.
const HookTime = 1500 * time.Millisecond

// HookConfig is what the webhook works with.
type HookConfig struct {
	// Secrets of the LINE channel: one, or two while one replaces the other.
	Secrets []string
	Queue   queue.Sender
	Within  time.Duration // HookTime if zero
	Now     func() time.Time
	Logger  *slog.Logger
}

// Hook serves LINE's webhook. It acts on nothing: it answers 200 when every
// event that can matter is durable in queue.Chat.
type Hook struct{ HookConfig }

// NewHook makes the handler.
func NewHook(c HookConfig) *Hook {
	if c.Within == 0 {
		c.Within = HookTime
	}
	return &Hook{c}
}

// envelope is what queue.Chat carries: one event, and when it came in, because
// a reply token lives from then on; or news.
type envelope struct {
	watch.NewsMessage
	Event line.Event `json:"event"`
	// Pasted is what lines of a statement came to that the text of the event
	// held; the text itself is then left out.
	Pasted     *lookback.Pasted `json:"pasted,omitempty"`
	ReceivedAt time.Time        `json:"received_at"`
}

var envelopes = codec.For[envelope]("message.chat")

func (h *Hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := h.Now()
	status, events, kept := h.take(w, r, start)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	h.Logger.Info("LINE webhook", "status", status, "events", events, "kept", kept, "took", h.Now().Sub(start))
}

func (h *Hook) take(w http.ResponseWriter, r *http.Request, now time.Time) (status, events, kept int) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return http.StatusMethodNotAllowed, 0, 0
	}
	ctx, cancel := context.WithTimeout(r.Context(), h.Within)
	defer cancel()
	// A body that trickles in must not hold the answer either. A server that
	// cannot do this has its own limit.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(h.Within))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, line.MaxWebhook))
	if _, big := errors.AsType[*http.MaxBytesError](err); big {
		return http.StatusRequestEntityTooLarge, 0, 0
	}
	if err != nil {
		return http.StatusBadRequest, 0, 0
	}
	if !line.VerifySignature(h.Secrets, body, r.Header.Get(line.SignatureHeader)) {
		return http.StatusUnauthorized, 0, 0
	}
	ratelimit.Known(r.Context())
	all, err := line.ParseWebhook(body)
	if err != nil {
		// Signed by LINE and no webhook: nothing of ours can help it.
		h.Logger.Error("a signed LINE webhook cannot be read", "bytes", len(body))
		return http.StatusBadRequest, 0, 0
	}
	var out []queue.Outgoing
	for _, e := range all {
		if e.Kind != line.Unknown {
			out = append(out, outgoing(e, now))
		}
	}
	if len(out) == 0 {
		return http.StatusOK, len(all), 0
	}
	if err := h.send(ctx, out); err != nil {
		// LINE may never send these again: somebody must see how many.
		h.Logger.Error("LINE events are not kept and may be lost", "lost", len(out), "err", err)
		return http.StatusServiceUnavailable, len(all), 0
	}
	return http.StatusOK, len(all), len(out)
}

// send keeps the events, or gives up when the time is over even if the queue
// does not heed its context.
func (h *Hook) send(ctx context.Context, out []queue.Outgoing) error {
	done := make(chan error, 1)
	go func() { done <- h.Queue.Send(ctx, queue.Chat, out...) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// outgoing is one event as the queue carries it. Of a long text only what
// could be a command or a code is kept, and of lines of a statement only those
// of payment services: the rest is the person's own affair.
func outgoing(e line.Event, now time.Time) queue.Outgoing {
	var pasted *lookback.Pasted
	if p, ok := pastedIn(e.Text, now); ok {
		pasted, e.Text = &p, ""
	}
	e.Text = head(e.Text, maxRead+1)
	// One person who sends a thousand messages delays no other. The trace is
	// LINE's id of the event, which names no person.
	return queue.Outgoing{Body: envelopes.Encode(&envelope{Event: e, Pasted: pasted, ReceivedAt: now}), Group: watch.Derive("chat", e.User), Trace: e.ID}
}

// pastedIn finds lines of a statement in a text that is no code.
func pastedIn(text string, now time.Time) (lookback.Pasted, bool) {
	// What has a letter that no code has may be meant as one, and is none.
	if code, ok := membership.LooksLikeCode(text); ok && strings.Trim(code, token.Letters+"-") == "" {
		return lookback.Pasted{}, false
	}
	return lookback.Paste(text, now.In(watch.JST))
}

// maxRead is how many characters of a text are read.
const maxRead = 200

// head is the first n characters of s.
func head(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}
