package lambda

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"kozamori/internal/queue"
	"kozamori/internal/wire"
)

func TestEachMetricIsOfAMessageThatIsLogged(t *testing.T) {
	t.Parallel()
	var source strings.Builder
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || path == "../lambda/metrics.go" {
			return err
		}
		b, err := os.ReadFile(path)
		source.Write(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for message := range metrics {
		if !strings.Contains(source.String(), `"`+message+`"`) {
			t.Errorf("nothing logs %q", message)
		}
	}
}

func TestAMetricIsWrittenBesideItsMessageAndNamesNobody(t *testing.T) {
	t.Parallel()
	var logged, counted bytes.Buffer
	log := slog.New(withMetrics(slog.NewJSONHandler(&logged, nil), &counted, "kozamori")).With("request", "r")
	log.Info("a channel accepted an alert", "channel", "line", "record", "r_secret", "ms", int64(1234))
	log.Info("something else", "ms", int64(1))
	var m struct {
		AWS struct {
			CloudWatchMetrics []struct {
				Namespace  string
				Dimensions [][]string
				Metrics    []struct{ Name, Unit string }
			}
		} `json:"_aws"`
		Stack        string
		AlertLatency float64
	}
	if err := json.Unmarshal(counted.Bytes(), &m); err != nil {
		t.Fatal(err, counted.String())
	}
	if m.Stack != "kozamori" || m.AlertLatency != 1234 || len(m.AWS.CloudWatchMetrics) != 1 || m.AWS.CloudWatchMetrics[0].Metrics[0].Unit != "Milliseconds" ||
		strings.Contains(counted.String(), "secret") {
		t.Errorf("metric %s", counted.String())
	}
	if n := strings.Count(logged.String(), "\n"); n != 2 {
		t.Errorf("%d lines logged, want 2", n)
	}
}

func TestEventsThatAreRefusedAreCountedForTheirBank(t *testing.T) {
	t.Parallel()
	var logged, counted bytes.Buffer
	log := slog.New(withMetrics(slog.NewJSONHandler(&logged, nil), &counted, "kozamori"))
	log.Warn(wire.LogRefused, "bank", "0125", "events", 3)
	var line struct {
		AWS struct {
			CloudWatchMetrics []struct{ Dimensions [][]string }
		} `json:"_aws"`
		Stack, Bank   string
		EventsRefused float64
	}
	if err := json.Unmarshal(counted.Bytes(), &line); err != nil {
		t.Fatalf("%v: %s", err, counted.String())
	}
	if m := line.AWS.CloudWatchMetrics; len(m) != 1 || line.Stack != "kozamori" || line.Bank != "0125" || line.EventsRefused != 3 ||
		len(m[0].Dimensions) != 1 || !slices.Equal(m[0].Dimensions[0], []string{"Stack", "Bank"}) {
		t.Errorf("metric %s", counted.String())
	}
	if !strings.Contains(logged.String(), wire.LogRefused) {
		t.Errorf("it is not logged too: %s", logged.String())
	}
}

// A message that was received three times is in none of SQS's ages, and a
// delivery to somebody who does not answer is after three seconds.
func TestAMessageThatIsTriedAgainAndAgainShowsItsAge(t *testing.T) {
	t.Parallel()
	sent := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	record := func(id string, after time.Duration) events.SQSMessage {
		return events.SQSMessage{MessageId: id, Body: "{}", ReceiptHandle: "h", EventSourceARN: "arn:aws:sqs:ap-northeast-1:1:kozamori-line",
			Attributes: map[string]string{"ApproximateReceiveCount": "9", "SentTimestamp": strconv.FormatInt(sent.Add(after).UnixMilli(), 10)}}
	}
	for name, verdict := range map[string]queue.Verdict{"tried again": queue.RetryAfter(time.Minute), "done at last": queue.Acknowledge} {
		t.Run(name, func(t *testing.T) {
			var logged, counted bytes.Buffer
			log := slog.New(withMetrics(slog.NewJSONHandler(&logged, nil), &counted, "kozamori"))
			handler := func(_ context.Context, ms []queue.Message) []queue.Verdict {
				return slices.Repeat([]queue.Verdict{verdict}, len(ms))
			}
			_, err := Queue(putBack{}, map[string]queue.Name{"kozamori-line": queue.LINE}, handler, func() time.Time { return sent.Add(10 * time.Minute) }, log)(
				t.Context(), events.SQSEvent{Records: []events.SQSMessage{record("a", 9*time.Minute), record("b", 0), record("c", 5*time.Minute)}})
			if err != nil {
				t.Fatal(err)
			}
			var line struct {
				AWS struct {
					CloudWatchMetrics []struct {
						Dimensions [][]string
						Metrics    []struct{ Name, Unit string }
					}
				} `json:"_aws"`
				Stack, Queue string
				Waiting      float64
			}
			if err := json.Unmarshal(counted.Bytes(), &line); err != nil {
				t.Fatalf("%v: %s", err, counted.String())
			}
			if m := line.AWS.CloudWatchMetrics; len(m) != 1 || line.Stack != "kozamori" || line.Queue != "line" || line.Waiting != 600 || m[0].Metrics[0].Unit != "Seconds" ||
				!slices.Equal(m[0].Dimensions[0], []string{"Stack", "Queue"}) {
				t.Errorf("metric %s", counted.String())
			}
			if logged.Len() > 0 {
				t.Errorf("the metric is logged a second time: %s", logged.String())
			}
		})
	}
}

// putBack is a queue that takes messages back.
type putBack struct{ queue.Queue }

func (putBack) Retry(context.Context, queue.Name, queue.Message, time.Duration) error { return nil }
