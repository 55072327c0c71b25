package ingest_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"

	"kozamori/internal/bucket"
	"kozamori/internal/bucket/folder"
	"kozamori/internal/ingest"
	"kozamori/internal/intake"
)

// counting counts how often a file is opened as a whole.
type counting struct {
	*folder.Bucket
	whole *int
}

func (c counting) Open(ctx context.Context, key, version string, from, to int64) (io.ReadCloser, bucket.Object, error) {
	if from == 0 && to == 0 && version != "" && !strings.HasSuffix(key, intake.ManifestEnd) {
		*c.whole++
	}
	return c.Bucket.Open(ctx, key, version, from, to)
}

// A stack that is killed tells of what lies in its folder once more, each time it starts,
// and S3 may tell twice: a file of gigabytes is read wholly once all the same.
func TestAFileIsReadWhollyOnceHoweverOftenItIsToldOf(t *testing.T) {
	s := newShelf(t)
	whole := 0
	s.handler = ingest.New(ingest.Config{Queue: s.dying, Store: s.dying, Files: s.dying, Bucket: counting{s.bucket, &whole}, Now: s.clock.Now, Logger: slog.New(slog.DiscardHandler)})
	s.handler.PartBytes(5_000)
	var rows []string
	for i := range 200 {
		rows = append(rows, fmt.Sprintf(`{"id":"e%d","type":"debit","transaction_id":"t%d","account_ref":"acc_1","occurred_on":"2020-09-03","amount":700,"currency":"JPY","descriptor":"PAYPAY"}`, i, i))
	}
	body := strings.Join(rows, "\n")
	s.put("0125/night.jsonl", body)
	s.put("0125/night.jsonl"+intake.ManifestEnd, fmt.Sprintf(`{"rows":%d,"sha256":%q}`, len(rows), sum(body)))
	for range 5 { // as many starts
		again := &folder.Bucket{Root: s.bucket.Root}
		if err := again.Look(t.Context(), s.queue, intake.ManifestEnd); err != nil {
			t.Fatal(err)
		}
	}
	s.work()
	first := whole
	again := &folder.Bucket{Root: s.bucket.Root}
	if err := again.Look(t.Context(), s.queue, intake.ManifestEnd); err != nil {
		t.Fatal(err)
	}
	s.work()
	if got := s.rows(); len(got) != len(rows) {
		t.Errorf("%d of %d rows are queued", len(got), len(rows))
	}
	if first > 1 || whole != first {
		t.Errorf("it was read wholly %d times, and %d times later", first, whole-first)
	}
}
