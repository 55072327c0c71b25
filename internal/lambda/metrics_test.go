package lambda

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEachMetricIsOfAMessageThatIsLogged(t *testing.T) {
	var source strings.Builder
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "../lambda/") {
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
