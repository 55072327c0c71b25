package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/text/encoding/japanese"

	"kozamori/internal/ingest"
	"kozamori/internal/testkit/worldtest"
)

const (
	testNumber = "7654321"
	otherOne   = "9081726"
)

var (
	testSecret = "whsec_" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))
	testKey    = base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{9}, minKey))
)

func testKeeper(t *testing.T) *keeper {
	t.Helper()
	k, err := newKeeper(sampleBank, testKey)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

type secrets struct{}

func (secrets) WebhookSecrets(context.Context, string) ([]string, error) {
	return []string{testSecret}, nil
}

// bank is a bank with a folder, and the real door on the other side.
type bank struct {
	*worldtest.World
	folder, keys string
	url          string
	mu           sync.Mutex
	heard        bytes.Buffer // every byte that came
	requests     map[string]string
	events       map[string]string // by id
	named        map[string]string // ids, by transaction_id
	posts        int
	faults       []int // answers before the real ones; 0 is none, -1 that it is taken and not answered
}

func newBank(t *testing.T) *bank {
	t.Helper()
	b := &bank{World: worldtest.New(t, worldtest.At(time.Now().Truncate(time.Second))), folder: t.TempDir(), keys: t.TempDir(), requests: map[string]string{}, events: map[string]string{}, named: map[string]string{}}
	for name, text := range map[string]string{"key": testKey, "secret": testSecret} {
		b.write(filepath.Join(b.keys, name), []byte(text))
	}
	mux := http.NewServeMux()
	mux.Handle("/v1/banks/{bank}/events", ingest.New(ingest.Config{Secrets: secrets{}, Queue: b.Queue, Store: b.Store, Now: time.Now, Logger: b.Logger}))
	b.url = b.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { b.answer(mux, w, r) }))
	return b
}

func (b *bank) answer(door http.Handler, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil { // of a process that died
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	b.mu.Lock()
	defer b.mu.Unlock()
	b.posts++
	_, _ = fmt.Fprintf(&b.heard, "%s %v\n%s\n", r.URL, r.Header, body)
	id := r.Header.Get("webhook-id")
	if was, ok := b.requests[id]; ok && was != string(body) {
		b.T.Errorf("two bodies have the id %s", id)
	}
	b.requests[id] = string(body)
	fault := 0
	if len(b.faults) > 0 {
		fault, b.faults = b.faults[0], b.faults[1:]
	}
	if fault > 0 {
		w.Header().Set("Retry-After", "1")
		http.Error(w, `{"title":"not now"}`, fault)
		return
	}
	var said struct {
		File   string
		Events []json.RawMessage
	}
	if err := json.Unmarshal(body, &said); err != nil || !strings.HasPrefix(said.File, "file_") {
		b.T.Errorf("%v: of the file %q", err, said.File)
	}
	for _, e := range said.Events {
		var named struct {
			ID  string
			Txn string `json:"transaction_id"`
		}
		if err := json.Unmarshal(e, &named); err != nil || named.ID == "" {
			b.T.Errorf("%v %s", err, e)
		}
		if was, ok := b.events[named.ID]; ok && was != string(e) {
			b.T.Errorf("one id of\n%s\n%s", was, e)
		}
		b.events[named.ID] = string(e)
		if was, ok := b.named[named.Txn]; ok && was != named.ID {
			b.T.Errorf("%s and %s have one transaction_id", was, named.ID)
		}
		b.named[named.Txn] = named.ID
	}
	if fault < 0 {
		w = httptest.NewRecorder()
		defer panic(http.ErrAbortHandler)
	}
	door.ServeHTTP(w, r)
}

func (b *bank) write(path string, data []byte) {
	b.T.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		b.T.Fatal(err)
	}
}

// put puts a file into the folder, whole.
func (b *bank) put(name string, data []byte) {
	b.T.Helper()
	b.write(filepath.Join(b.folder, name), data)
	b.write(filepath.Join(b.folder, name+doneEnd), nil)
}

func (b *bank) args(more ...string) []string {
	return append([]string{"-in", b.folder, "-bank", sampleBank, "-branch", sampleBranch, "-key-file", filepath.Join(b.keys, "key"), "-secret-file", filepath.Join(b.keys, "secret"), "-url", b.url, "-once"}, more...)
}

// agent runs the agent once, and reads its reports.
func (b *bank) agent(more ...string) (code int, reports []report, errs string) {
	b.T.Helper()
	var o, e bytes.Buffer
	code = run(context.Background(), &o, &e, func(string) string { return "" }, b.args(append(more, "-json")...), func(a *agent) {
		a.chunk = 2
		a.wait = func(context.Context, time.Duration) error { return nil }
	})
	for line := range strings.Lines(o.String()) {
		var r report
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			b.T.Fatal(err, line)
		}
		reports = append(reports, r)
	}
	_, _ = b.heard.WriteString(o.String() + e.String())
	return code, reports, e.String()
}

// nightly writes a file of one account and the days from and to: a row is day,
// side, yen and text.
func nightly(number, from, to string, opening int, rows ...string) []byte {
	var out []byte
	record := func(format string, args ...any) {
		b, err := japanese.ShiftJIS.NewEncoder().Bytes(fmt.Appendf(nil, format, args...))
		if err != nil || len(b) > 200 {
			panic(fmt.Sprint(err, len(b)))
		}
		out = append(append(append(out, b...), bytes.Repeat([]byte(" "), 200-len(b))...), "\r\n"...)
	}
	record("1030081128%s%s%s%15s%s%15s%3s1000%s%40s1 %014d", from, to, sampleBank, "", sampleBranch, "", "", number, "", opening)
	var count, sum [3]int
	for i, r := range rows {
		var day, text string
		var side, yen int
		if _, err := fmt.Sscan(r, &day, &side, &yen, &text); err != nil {
			panic(err)
		}
		record("2%08d%s%s%d14%012d%123s%s", i+1, day, day, side, yen, "", text)
		count[side], sum[side] = count[side]+1, sum[side]+yen
	}
	record("8%06d%013d%06d%013d1%014d%07d", count[1], sum[1], count[2], sum[2], opening+sum[1]-sum[2], len(rows))
	record("9%010d%05d", len(rows)+3, 1)
	return out
}

// Rows of three days.
var (
	monday    = []string{"081123 2 3000 ﾍﾟｲﾍﾟｲ", "081123 1 250000 ｷﾕｳﾖ", "081123 2 500 ﾍﾟｲﾍﾟｲ"}
	tuesday   = []string{"081124 2 28000 ﾄﾞｺﾓｺｳｻﾞ", "081124 2 500 ﾍﾟｲﾍﾟｲ", "081124 2 500 ﾍﾟｲﾍﾟｲ", "081124 1 500 ﾍﾝｷﾝ", "081124 2 500 ﾍﾟｲﾍﾟｲ"}
	wednesday = []string{"081125 2 700 ﾄﾞｺﾓｺｳｻﾞ"}
)
