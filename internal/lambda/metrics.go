package lambda

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"time"
)

// metrics are counted from what the stages log, so that a stage need not know
// of CloudWatch: for each message the metric's name and, if it is not a count
// of one, the attribute that holds its value.
var metrics = map[string]struct{ name, value, unit string }{
	"a channel accepted an alert":                   {"AlertLatency", "ms", "Milliseconds"},
	"a channel cannot reach a watcher":              {"ChannelUnreachable", "", "Count"},
	"a watcher cannot be reached at all":            {"WatcherUnreachable", "", "Count"},
	"a delivery is given up":                        {"DeliveryGivenUp", "", "Count"},
	"a bank sends no events":                        {"BankSilent", "", "Count"},
	"LINE takes no more messages this month":        {"LINEQuotaSpent", "", "Count"},
	"a bank did not take a dispute in time":         {"DisputeNotTaken", "", "Count"},
	"a message is buried":                           {"Buried", "", "Count"},
	"a mail came back":                              {"MailBounced", "", "Count"},
	"LINE events are not kept and may be lost":      {"LINEEventsLost", "", "Count"},
	"a mail whose outcome is unknown is sent again": {"MailMaybeTwice", "", "Count"},
}

// namespace of the metrics.
const namespace = "Kozamori"

// counting is a log handler that also writes metrics, in CloudWatch's embedded
// format. Their one dimension is the stack: never a person, an account or a
// message.
type counting struct {
	slog.Handler
	out   io.Writer
	stack string
}

func withMetrics(h slog.Handler, out io.Writer, stack string) slog.Handler {
	if stack == "" {
		return h
	}
	return &counting{Handler: h, out: out, stack: stack}
}

// Handle is for slog.Handler.
func (c *counting) Handle(ctx context.Context, r slog.Record) error {
	if m, ok := metrics[r.Message]; ok {
		value := 1.0
		if m.value != "" {
			r.Attrs(func(a slog.Attr) bool {
				if a.Key == m.value && a.Value.Kind() == slog.KindInt64 {
					value = float64(a.Value.Int64())
				}
				return a.Key != m.value
			})
		}
		b, err := json.Marshal(map[string]any{
			"_aws": map[string]any{"Timestamp": time.Now().UnixMilli(), "CloudWatchMetrics": []any{map[string]any{
				"Namespace": namespace, "Dimensions": [][]string{{"Stack"}},
				"Metrics": []any{map[string]string{"Name": m.name, "Unit": m.unit}}}}},
			"Stack": c.stack, m.name: value,
		})
		if err == nil {
			_, _ = c.out.Write(append(b, '\n'))
		}
	}
	return c.Handler.Handle(ctx, r)
}

// WithAttrs is for slog.Handler.
func (c *counting) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &counting{Handler: c.Handler.WithAttrs(attrs), out: c.out, stack: c.stack}
}

// WithGroup is for slog.Handler.
func (c *counting) WithGroup(name string) slog.Handler {
	return &counting{Handler: c.Handler.WithGroup(name), out: c.out, stack: c.stack}
}
