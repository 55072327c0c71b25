package ingest_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"kozamori/internal/ingest"
	"kozamori/internal/intake"
	"kozamori/internal/problem"
	"kozamori/internal/queue"
	qembedded "kozamori/internal/queue/embedded"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/wire"
)

// dying is a queue and a store that answer so often and then not any more; what
// was asked last may have been done.
type dying struct {
	queue.Sender
	*store.Store
	left int
	done bool // the last is done before it is not answered
}

var errDied = errors.New("died")

func (d *dying) step(do func() error) error {
	if d.left--; d.left >= 0 {
		return do()
	}
	if d.left == -1 && d.done {
		_ = do()
	}
	return errDied
}

func (d *dying) Send(ctx context.Context, q queue.Name, m ...queue.Outgoing) error {
	return d.step(func() error { return d.Sender.Send(ctx, q, m...) })
}

func (d *dying) Write(ctx context.Context, w ...store.Write) error {
	return d.step(func() error { return d.Store.Write(ctx, w...) })
}

func sumOf(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// nightly is a file of n events, each of 400 bytes and more.
func nightly(n int) intake.Upload {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"id":"e%d","type":"debit","transaction_id":"t%d","account_ref":"acc_%d","occurred_on":"2026-11-23","amount":100,"currency":"JPY","descriptor":"PAYPAY","detail":%q}`+"\n", i, i, i%7, strings.Repeat("x", 250))
	}
	return intake.Upload{Body: []byte(b.String()), Rows: n, SHA256: sumOf([]byte(b.String())), Feed: "core", Sequence: 1}
}

// received are the transactions in a queue, by how often, and how many jobs wait for
// the bank.
func received(t *testing.T, q *qembedded.Queue) (map[string]int, int) {
	t.Helper()
	out := map[string]int{}
	for {
		ms, err := q.Receive(context.Background(), queue.Events, 10, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range ms {
			b, err := wire.DecodeBatch(m.Body)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range b.Events {
				out[e.TransactionID]++
			}
		}
		if len(ms) == 0 {
			d, err := q.Depth(context.Background(), queue.Bank)
			if err != nil {
				t.Fatal(err)
			}
			return out, d.Waiting
		}
	}
}

// A process dies at each of its steps, and the bank, which got no answer, sends the
// file again: each row is on its way, and the bank is told.
func TestAFileWhoseReaderDiesIsTakenWhenItIsSentAgain(t *testing.T) {
	t.Parallel()
	const rows = 4000 // two parts
	in := nightly(rows)
	for steps := 0; ; steps++ {
		for _, done := range []bool{false, true} {
			q := worldtest.Queue(t, qembedded.Options{Now: func() time.Time { return now }})
			d := &dying{Sender: q, Store: store.New(worldtest.Table(t, func() time.Time { return now })), left: steps, done: done}
			h := ingest.New(ingest.Config{Queue: d, Store: d, Files: d, Now: func() time.Time { return now }, Logger: slog.New(slog.DiscardHandler)})
			_, _, err := h.File(t.Context(), "0125", in)
			died := err != nil
			if p, ok := errors.AsType[*problem.Problem](err); died && (!ok || p.Status != http.StatusServiceUnavailable) {
				t.Fatalf("after %d steps: %v", steps, err)
			}
			d.left = 1 << 20
			is, _, err := h.File(t.Context(), "0125", in)
			if err != nil || is.State != store.FileTaken || is.Accepted != rows || is.Refused != 0 {
				t.Fatalf("after %d steps, again: %v %+v", steps, err, is)
			}
			got, jobs := received(t, q)
			if len(got) != rows || jobs == 0 {
				t.Fatalf("after %d steps (%v): %d of %d rows, %d jobs", steps, done, len(got), rows, jobs)
			}
			if kept, err := d.Store.File(t.Context(), "0125", is.ID); err != nil || kept.State != store.FileTaken || kept.Accepted != rows {
				t.Errorf("after %d steps: %v %+v", steps, err, kept)
			}
			if last, err := d.LastFile(t.Context(), "0125", "core"); err != nil || last.Sequence != 1 || last.Last != "2026-11-23" {
				t.Errorf("after %d steps: %v %+v", steps, err, last)
			}
			if !died {
				if steps < 6 {
					t.Errorf("it took %d steps", steps)
				}
				return
			}
		}
	}
}

// A bank that sends files alone is heard by them.
func TestAFileCountsInTheHealthOfTheFeed(t *testing.T) {
	t.Parallel()
	q := worldtest.Queue(t, qembedded.Options{Now: func() time.Time { return now }})
	s := store.New(worldtest.Table(t, func() time.Time { return now }))
	h := ingest.New(ingest.Config{Queue: q, Store: s, Files: s, Now: func() time.Time { return now }, Logger: slog.New(slog.DiscardHandler)})
	if _, _, err := h.File(t.Context(), "0125", nightly(3)); err != nil {
		t.Fatal(err)
	}
	if f, err := s.Feed(t.Context(), "0125"); err != nil || !f.LastEvent.Equal(now.Truncate(time.Minute)) || len(f.Last) != 1 {
		t.Errorf("%v %+v", err, f)
	}
}

func BenchmarkFileOf10000(b *testing.B) {
	in := nightly(10_000)
	h := ingest.New(ingest.Config{Queue: nowhere{}, Store: store.New(worldtest.Table(b, time.Now)), Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	b.SetBytes(int64(len(in.Body)))
	for i := 0; b.Loop(); i++ {
		in.Sequence = int64(i + 1)
		h.Files = store.New(worldtest.Table(b, time.Now))
		h.Store = h.Files.(*store.Store)
		if _, _, err := h.File(b.Context(), "0125", in); err != nil {
			b.Fatal(err)
		}
	}
}

// nowhere is a queue that takes everything.
type nowhere struct{}

func (nowhere) Send(context.Context, queue.Name, ...queue.Outgoing) error { return nil }
