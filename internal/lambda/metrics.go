package lambda

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"strings"
	"time"

	"kozamori/internal/audit"
	"kozamori/internal/bankapi"
	"kozamori/internal/ingest"
	"kozamori/internal/membership"
	"kozamori/internal/sweep"
	"kozamori/internal/wire"
)

// metric is what a message is counted as: its name and unit and, if it is not a
// count of one, the attribute that holds its value.
type metric struct {
	name, value, unit string
	// by is an attribute that is a dimension too; empty for none.
	by string
	// alone is for a message that is written as the metric and not logged.
	alone bool
}

// metrics are counted from what the stages log, so that a stage need not know
// of CloudWatch.
var metrics = map[string]metric{
	"a channel accepted an alert":                      {"AlertLatency", "ms", "Milliseconds", "", false},
	"a channel cannot reach a watcher":                 {"ChannelUnreachable", "", "Count", "", false},
	"a watcher cannot be reached at all":               {"WatcherUnreachable", "", "Count", "", false},
	"a delivery is given up":                           {"DeliveryGivenUp", "", "Count", "", false},
	sweep.LogSilent:                                    {"BankSilent", "", "Count", "", false},
	sweep.LogCampaign:                                  {"CampaignSuspected", "", "Count", "", false},
	sweep.LogUnwell:                                    {"FeedUnwell", "", "Count", "", false},
	"a channel takes no more messages this month":      {"QuotaSpent", "", "Count", "", false},
	"a bank did not take a dispute in time":            {"DisputeNotTaken", "", "Count", "", false},
	"a message is dead-lettered":                       {"DeadLettered", "", "Count", "", false},
	"a message bounced":                                {"Bounced", "", "Count", "", false},
	"LINE events are not kept and may be lost":         {"LINEEventsLost", "", "Count", "", false},
	"a message whose outcome is unknown is sent again": {"MaybeTwice", "", "Count", "", false},
	"messages were worked on":                          {"Waiting", "seconds", "Seconds", "queue", true},
	"a published catalogue cannot be used; the last good one stays in use":             {"CatalogRefused", "", "Count", "", false},
	"what a bank adds to the catalogue cannot be used; its last good one stays in use": {"CatalogRefused", "", "Count", "", false},
	wire.LogRefused:     {"EventsRefused", "events", "Count", "bank", false},
	"a lane was swept":  {"Overdue", "seconds", "Seconds", "lane", true},
	ingest.LogUnsigned:  {"SignatureWrong", "", "Count", "bank", false},
	bankapi.LogKeyWrong: {"KeyWrong", "", "Count", "bank", false},
	// The desk's; what it consists of is in no other function.
	"a clerk's sign-in was refused":             {"SignInRefused", "", "Count", "bank", false},
	membership.LogCodeWrong:                     {"CodeWrong", "", "Count", "", false},
	membership.LogErased:                        {"Erased", "", "Count", "bank", false},
	audit.LogLowered:                            {"ProtectionLowered", "steps", "Count", "bank", false},
	"numbers to call were checked too long ago": {"OldNumbers", "numbers", "Count", "", true},
	// What waits on record for a provider is in no queue.
	"a provider is still down": {"Waiting", "seconds", "Seconds", "queue", false},
}

// namespace of the metrics.
const namespace = "Kozamori"

// counting is a log handler that also writes metrics, in CloudWatch's embedded
// format. Their dimensions are the stack and at most a queue or a bank: never a person, an
// account or a message.
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
		dimensions, line := []string{"Stack"}, map[string]any{"Stack": c.stack, m.name: 1.0}
		r.Attrs(func(a slog.Attr) bool {
			switch {
			case a.Key == m.value && a.Value.Kind() == slog.KindInt64:
				line[m.name] = float64(a.Value.Int64())
			case m.by != "" && a.Key == m.by:
				by := strings.ToUpper(m.by[:1]) + m.by[1:]
				dimensions, line[by] = append(dimensions, by), a.Value.String()
			}
			return true
		})
		line["_aws"] = map[string]any{"Timestamp": time.Now().UnixMilli(), "CloudWatchMetrics": []any{map[string]any{
			"Namespace": namespace, "Dimensions": [][]string{dimensions},
			"Metrics": []any{map[string]string{"Name": m.name, "Unit": m.unit}}}}}
		b, err := json.Marshal(line)
		if err == nil {
			_, _ = c.out.Write(append(b, '\n'))
		}
		if m.alone {
			return err
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
