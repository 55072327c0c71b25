package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/infra/operator"
	"kozamori/internal/line"
	"kozamori/internal/queue"
	qembedded "kozamori/internal/queue/embedded"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/store/embedded"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

var update = flag.Bool("update", false, "write the golden files again")

// noon is when everything happens in the golden tests.
var noon = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

func atNoon() time.Time { return noon }

// kept are secrets in memory.
type kept map[string]string

func (k kept) Secret(_ context.Context, name string) (string, error) { return k[name], nil }
func (k kept) PutSecret(_ context.Context, name, value string) error {
	k[name] = value
	return nil
}

// world is a deployment on embedded parts with a clock that stands still.
type world struct {
	t       *testing.T
	store   *store.Store
	queue   *qembedded.Queue
	secrets kept
	line    *sim.LINE
	api     string
	mails   []queue.Dead // what SES said and we could not take
	answers string       // what is typed at the terminal; empty is no terminal
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, store: store.New(worldtest.Table(t, atNoon)), queue: worldtest.Queue(t, qembedded.Options{Now: atNoon}), line: &sim.LINE{Token: "token", Now: atNoon},
		secrets: kept{operator.LinkKeys: "a:" + strings.Repeat("A", 43) + "="}}
	server := httptest.NewServer(w.line)
	t.Cleanup(server.Close)
	w.api = server.URL
	return w
}

func (w *world) reach(context.Context, *place) (*operator.Deployment, error) {
	return &operator.Deployment{Where: "the test", Table: w.store.Table, Walk: w.store.Table.(*embedded.Table).Walk, Secrets: w.secrets, Now: atNoon, Who: func(context.Context) (string, error) { return "somebody", nil },
		Queue: func(context.Context) (operator.Queue, error) { return withMails{w.queue, w.mails}, nil },
		LINE: func(context.Context) (*line.Client, error) {
			return line.New(line.Config{Endpoint: w.api, Tokens: line.StaticToken("token")}), nil
		},
		Close: func() error { return nil }}, nil
}

// withMails are the queues of a deployment that has SES.
type withMails struct {
	operator.Queue
	dead []queue.Dead
}

func (q withMails) Dead(ctx context.Context, n queue.Name, most int) ([]queue.Dead, error) {
	if n == queue.Feedback {
		return q.dead[:min(most, len(q.dead))], nil
	}
	return q.Queue.Dead(ctx, n, most)
}

func (q withMails) Depth(ctx context.Context, n queue.Name) (queue.Depth, error) {
	if n == queue.Feedback {
		return queue.Depth{Dead: len(q.dead)}, nil
	}
	return q.Queue.Depth(ctx, n)
}

func (w *world) put(writes ...store.Write) {
	w.t.Helper()
	if err := w.store.Write(w.t.Context(), writes...); err != nil {
		w.t.Fatal(err)
	}
}

// ctl runs one command.
func (w *world) ctl(args ...string) (code int, out, errs string) {
	w.t.Helper()
	var o, e bytes.Buffer
	code = run(w.t.Context(), &console{In: strings.NewReader(w.answers), Out: &o, Err: &e, Env: func(string) string { return "" },
		Manned: w.answers != "", reach: w.reach}, args)
	return code, o.String(), e.String()
}

// What is random differs each time; each value has its number within a golden file.
var random = []*regexp.Regexp{
	regexp.MustCompile(`whsec_[A-Za-z0-9+/]+=*`),
	regexp.MustCompile(`kozamori_[A-Za-z0-9_-]{43}`),
	regexp.MustCompile(`richmenu-[0-9a-f]{32}`),
	regexp.MustCompile(`\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b`),
}

// transcript runs commands in turn and compares all that they say with a
// golden file. A command is split at spaces.
func (w *world) transcript(golden string, commands ...string) string {
	w.t.Helper()
	var b strings.Builder
	for _, c := range commands {
		code, out, errs := w.ctl(strings.Fields(c)...)
		fmt.Fprintf(&b, "$ ctl %s\n%s", c, out)
		if errs != "" {
			// A usage is told in whole only by the test of usages.
			errs, _, _ = strings.Cut(errs, "\nusage: ")
			fmt.Fprintf(&b, "%s\n", strings.TrimRight("! "+strings.ReplaceAll(strings.TrimRight(errs, "\n"), "\n", "\n! "), " \n"))
		}
		if code != 0 {
			fmt.Fprintf(&b, "exit %d\n", code)
		}
		b.WriteByte('\n')
	}
	raw := b.String()
	text := raw
	for _, r := range random {
		names := map[string]string{}
		text = r.ReplaceAllStringFunc(text, func(s string) string {
			if names[s] == "" {
				head := s[:strings.IndexAny(s, "_-")+1]
				if !strings.ContainsAny(head, "abcdefghijklmnopqrstuvwxyz") {
					head = "CODE-"
				}
				names[s] = fmt.Sprintf("%s#%d", head, len(names)+1)
			}
			return names[s]
		})
	}
	file := filepath.Join("testdata", golden+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			w.t.Fatal(err)
		}
		return raw
	}
	want, err := os.ReadFile(file)
	if err != nil {
		w.t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text); diff != "" {
		w.t.Errorf("%s (-update writes it again):\n%s", file, diff)
	}
	return raw
}

func (w *world) bank(code, name string) {
	w.t.Helper()
	w.secrets[operator.Webhook(code)] = bankSecret
	w.put(store.PutBank(&store.Bank{Code: code, Name: name}))
}

func (w *world) deadLetter(n queue.Name, body, group, why string) {
	w.t.Helper()
	ctx := w.t.Context()
	if err := w.queue.Send(ctx, n, queue.Outgoing{Body: []byte(body), Group: group, Trace: "msg_1"}); err != nil {
		w.t.Fatal(err)
	}
	ms, err := w.queue.Receive(ctx, n, 1, time.Second)
	if err != nil || len(ms) != 1 {
		w.t.Fatal(ms, err)
	}
	if err := w.queue.DeadLetter(ctx, n, ms[0], why); err != nil {
		w.t.Fatal(err)
	}
}

func refusedEvent(w *world, txn string, yen int, problem string) *store.Refused {
	raw := fmt.Sprintf(`{"id":"evt_%s","type":"debit","transaction_id":%q,"account_ref":"acc_1","occurred_at":"2026-11-24T11:59:00+09:00","amount":%d,"currency":"JPY","descriptor":"ﾄﾞｺﾓｺｳｻﾞ"}`, txn, txn, yen)
	r := &store.Refused{ID: watch.Derive("refused", "0125", raw), Bank: "0125", At: noon.Add(-time.Minute), Webhook: "msg_1",
		EventID: "evt_" + txn, Field: "amount", Problem: problem, Raw: raw}
	w.put(store.PutRefused(r)...)
	return r
}
