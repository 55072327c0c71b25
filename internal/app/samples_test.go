package app_test

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"kozamori/events"
	"kozamori/internal/app"
	"kozamori/internal/email/ses"
	"kozamori/internal/queue"
	qembedded "kozamori/internal/queue/embedded"
	"kozamori/internal/quote"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/token"
	"kozamori/internal/watch"
)

var update = flag.Bool("update", false, "write the golden files again")

// sampled is the system as app builds it, with one owner who has the samples'
// accounts and the usual rules.
type sampled struct {
	*worldtest.Clock
	system *app.System
	line   *sim.LINE
	banks  map[string]*sim.Bank
	queue  *qembedded.Queue
}

func newSampled(t *testing.T) *sampled {
	t.Helper()
	s := &sampled{Clock: worldtest.NewClock(worldtest.Start), banks: map[string]*sim.Bank{}}
	table := worldtest.Table(t, s.Now)
	s.queue = worldtest.Queue(t, qembedded.Options{Now: s.Now})
	s.line = &sim.LINE{Token: "channel-token", Now: s.Now}
	s.line.AddUser(sim.User{ID: lineUser, Name: "花子", Following: true})
	platform := httptest.NewServer(s.line)
	t.Cleanup(platform.Close)
	known := secrets{}
	for code := range events.Accounts {
		known[code] = []string{"whsec_" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat(code, 8)))}
	}
	config := app.Defaults()
	config.BaseURL = "https://kozamori.example"
	config.LinkKeys = []token.Key{{ID: "a", Secret: make([]byte, 32)}}
	config.CallbacksInside = true
	config.LINE = app.LINEConfig{API: platform.URL, Secrets: []string{"channel-secret"}, Token: "channel-token"}
	if err := config.Check(app.Parts...); err != nil {
		t.Fatal(err)
	}
	s.system = app.New(config, app.Means{Mailer: ses.Open, Table: table, Queue: s.queue, Secrets: known, Now: s.Now, Logger: slog.New(slog.DiscardHandler)})
	handler, err := s.system.Handler()
	if err != nil {
		t.Fatal(err)
	}
	kozamori := httptest.NewServer(handler)
	t.Cleanup(kozamori.Close)
	for code, a := range events.Accounts {
		s.banks[code] = &sim.Bank{Code: code, Secrets: known[code], API: kozamori.URL, Now: s.Now}
		callback := httptest.NewServer(s.banks[code])
		t.Cleanup(callback.Close)
		err := s.system.Store.Write(context.Background(), store.PutBank(&store.Bank{Code: code, Callback: callback.URL + "/sim/bank/callback"}),
			store.PutAccount(&watch.Account{AccountKey: watch.AccountKey{Bank: code, Ref: a.Ref}, Mask: quote.Text(a.Mask),
				Watchers: []watch.Watcher{{ID: "w1", Role: watch.Owner, LineUser: lineUser, Lang: watch.Japanese,
					Channels: []watch.Channel{{Kind: watch.LINE}}, Rules: watch.DefaultRules()}}}))
		if err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// send posts a sample and lets every queue run empty.
func (s *sampled) send(t *testing.T, sample events.Sample) sim.Answer {
	t.Helper()
	return s.sendAsOf(t, sample, s.Now())
}

// sendAsOf sends a sample whose latest event is of a time.
func (s *sampled) sendAsOf(t *testing.T, sample events.Sample, at time.Time) sim.Answer {
	t.Helper()
	answer, err := s.banks[sample.Bank].Post(context.Background(), events.Shift(sample.Body(), at))
	if err != nil {
		t.Fatal(err)
	}
	stages, err := s.system.Stages()
	if err != nil {
		t.Fatal(err)
	}
	for busy := true; busy; {
		busy = false
		for name, h := range stages {
			msgs, err := s.queue.Receive(context.Background(), name, 10, 0)
			if err != nil {
				t.Fatal(err)
			}
			busy = busy || len(msgs) > 0
			queue.Settle(context.Background(), s.queue, name, msgs, h, s.system.Logger)
		}
	}
	return answer
}

// words lists every text and label of a Flex message, in the order of its
// JSON: what a person can read.
func words(v any, out *[]string) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			words(x, out)
		}
	case map[string]any:
		for _, k := range []string{"altText", "text", "label", "contents", "header", "body", "footer", "action", "quickReply", "items"} {
			if s, ok := v[k].(string); ok {
				*out = append(*out, s)
			} else {
				words(v[k], out)
			}
		}
	}
}

// story tells what became of a sample: what the bank was answered, what is on
// record, and what the phone shows.
func (s *sampled) story(t *testing.T, sample events.Sample, a sim.Answer) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "answer %d %s\n", a.Status, strings.TrimSpace(string(a.Body)))
	k := watch.AccountKey{Bank: sample.Bank, Ref: events.Accounts[sample.Bank].Ref}
	records, err := store.First(s.system.Store.History(context.Background(), k, time.Time{}, time.Time{}), 100)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(records)
	for _, r := range records {
		fmt.Fprintf(&b, "\nrecord %s %q %s %d yen, %s", r.Kind, r.Service, r.Status, r.Amount, r.OccurredAt.In(watch.JST).Format("15:04:05"))
		if !r.UndoneAt.IsZero() {
			b.WriteString(", undone")
		}
		for _, n := range r.Notices {
			fmt.Fprintf(&b, "\n  told because of %s, critical %v", n.Reasons, n.Critical(r))
		}
	}
	var shown []string
	for _, m := range s.line.Messages() {
		var list []any
		for _, raw := range m.Messages {
			var v any
			if err := json.Unmarshal(raw, &v); err != nil {
				t.Fatal(err)
			}
			list = append(list, v)
		}
		var out []string
		words(list, &out)
		// What happened, and how much: the rest is held by wording's own tests.
		shown = append(shown, "\n\n"+strings.Join(out[:min(4, len(out))], "\n"))
	}
	// Deliveries of one batch run side by side: their order is not promised.
	slices.SortFunc(shown, cmp.Compare[string])
	fmt.Fprintf(&b, "\n\nthe phone shows %d messages%s\n", len(shown), strings.Join(shown, ""))
	return b.String()
}

func TestSamples(t *testing.T) {
	for _, sample := range events.Samples {
		t.Run(sample.File, func(t *testing.T) {
			s := newSampled(t)
			got := s.story(t, sample, s.send(t, sample))
			if v := s.line.Violations(); len(v) > 0 {
				t.Errorf("LINE's rules: %v", v)
			}
			path := filepath.Join("testdata", "samples", strings.TrimSuffix(sample.File, ".json")+".txt")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(string(want), got); diff != "" {
				t.Errorf("what became of it (-want +got):\n%s", diff)
			}
		})
	}
}

func TestASampleSentAgainChangesNothing(t *testing.T) {
	for _, sample := range events.Samples {
		t.Run(sample.File, func(t *testing.T) {
			s := newSampled(t)
			at := s.Now()
			s.sendAsOf(t, sample, at)
			first := len(s.line.Messages())
			s.Add(time.Hour) // another webhook-id: only the events are the same
			s.sendAsOf(t, sample, at)
			if n := len(s.line.Messages()); n != first {
				t.Errorf("%d messages, then %d", first, n)
			}
		})
	}
}
