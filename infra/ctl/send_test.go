package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/events"
	"kozamori/infra/folder"
	"kozamori/internal/ingest"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

var bankSecret = "whsec_" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))

// taking is a real ingest that remembers what it took.
type taking struct {
	file     string // of what came last
	requests int
	ids      []string // webhook-ids
	events   []watch.Event
}

func (q *taking) Send(_ context.Context, _ queue.Name, msgs ...queue.Outgoing) error {
	for _, m := range msgs {
		b, err := wire.DecodeBatch(m.Body)
		if err != nil {
			return err
		}
		q.events = append(q.events, b.Events...)
		q.file = b.File
	}
	return nil
}
func (q *taking) Write(context.Context, ...store.Write) error { return nil }
func (q *taking) Feed(context.Context, string) (*store.Feed, error) {
	return &store.Feed{}, nil
}
func (q *taking) WebhookSecrets(_ context.Context, bank string) ([]string, error) {
	if bank != "0125" && bank != "0168" {
		return nil, ingest.ErrUnknownBank
	}
	return []string{bankSecret}, nil
}

func newTaking(t *testing.T) (*taking, string) {
	t.Helper()
	q := &taking{}
	mux := http.NewServeMux()
	mux.Handle("/v1/banks/{bank}/events", ingest.New(ingest.Config{Secrets: q, Queue: q, Store: q, Now: time.Now, Logger: slog.New(slog.DiscardHandler)}))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q.requests++
		q.ids = append(q.ids, r.Header.Get("webhook-id"))
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return q, server.URL
}

// ctl runs the command; env is name and value in turn.
func ctl(t *testing.T, env []string, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	get := func(name string) string {
		for i := 0; i+1 < len(env); i += 2 {
			if env[i] == name {
				return env[i+1]
			}
		}
		return ""
	}
	code = run(t.Context(), &console{In: strings.NewReader(""), Out: &o, Err: &e, Env: get}, args)
	return code, o.String(), e.String()
}

const sampleDir = "../../events/"

func TestSendPostsEachFileAsItsBank(t *testing.T) {
	q, address := newTaking(t)
	code, out, errs := ctl(t, []string{"KOZAMORI_BANK_SECRET", bankSecret}, "send", "-url", address+"/", sampleDir+"0125-four-debits.json", sampleDir+"0168-rk-debit.json")
	want := "FILE                   BANK  ACCEPTED  REJECTED\n0125-four-debits.json  0125  4         0\n0168-rk-debit.json     0168  1         0\n"
	if diff := cmp.Diff(want, out); diff != "" || code != 0 || errs != "" {
		t.Errorf("exit %d, %s\n%s", code, errs, diff)
	}
	if len(q.events) != 5 || q.events[4].Bank != "0168" {
		t.Errorf("%d events", len(q.events))
	}
}

func TestSendTellsWhatWasRejectedAndFails(t *testing.T) {
	q, address := newTaking(t)
	code, out, errs := ctl(t, []string{"KOZAMORI_BANK_SECRET", bankSecret}, "send", "-url", address, "-chunk", "4", sampleDir+"0125-good-and-bad.json")
	if code != 1 || errs != "7 events were rejected.\n" || q.requests != 3 || len(q.events) != 2 {
		t.Errorf("exit %d, %s %d requests, %d events", code, errs, q.requests, len(q.events))
	}
	// The places are those in the file, not those in its part.
	for _, want := range []string{"#1 evt_77_0602", "amount must be from 1", "#7 evt_77_0608", "descriptor holds half a character"} {
		if !strings.Contains(out, want) {
			t.Errorf("the table lacks %q:\n%s", want, out)
		}
	}
}

func TestSendTellsProgramsTheSame(t *testing.T) {
	_, address := newTaking(t)
	code, out, errs := ctl(t, []string{"KOZAMORI_BANK_SECRET", bankSecret}, "send", "-json", "-url", address, "-chunk", "5", sampleDir+"0125-four-debits.json", sampleDir+"0125-good-and-bad.json")
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if code != 1 || errs != "7 events were rejected.\n" || len(lines) != 3 {
		t.Fatalf("exit %d, %s\n%s", code, errs, out)
	}
	if want := `{"file":"0125-four-debits.json","bank":"0125","accepted":4,"rejected":[]}`; lines[0] != want {
		t.Errorf("got %s, want %s", lines[0], want)
	}
	for _, want := range []string{`{"file":"0125-good-and-bad.json","bank":"0125",`, `{"index":7,"id":"evt_77_0608","field":"descriptor","problem":"`} {
		if !strings.Contains(lines[2], want) {
			t.Errorf("%s lacks %s", lines[2], want)
		}
	}
}

func TestSendShiftsTimesAndGivesNewIDsOnlyWhenAsked(t *testing.T) {
	q, address := newTaking(t)
	env := []string{"KOZAMORI_BANK_SECRET", bankSecret}
	file := sampleDir + "0125-overdrawn.json"
	for _, more := range [][]string{nil, nil, {"-shift"}, {"-shift", "-again"}} {
		if code, _, errs := ctl(t, env, append(append([]string{"send", "-url", address}, more...), file)...); code != 0 {
			t.Fatal(errs)
		}
	}
	if q.ids[0] != q.ids[1] || q.ids[1] == q.ids[2] {
		t.Errorf("the same file is the same webhook: %v", q.ids)
	}
	e := q.events
	if e[0].OccurredAt.Year() != 2020 || time.Since(e[2].OccurredAt) > time.Minute || e[2].TransactionID != e[0].TransactionID || e[3].TransactionID == e[0].TransactionID {
		t.Errorf("%v %v %s %s %s", e[0].OccurredAt, e[2].OccurredAt, e[0].TransactionID, e[2].TransactionID, e[3].TransactionID)
	}
}

func TestSendFindsTheLocalStack(t *testing.T) {
	q, address := newTaking(t)
	data := t.TempDir()
	f, err := folder.Open(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	err = errors.Join(f.Keep(&folder.Secrets{Banks: map[string]folder.Bank{"0125": {Webhook: bankSecret}}}), f.Announce(folder.Running{URL: address, Started: time.Now()}))
	if err != nil {
		t.Fatal(err)
	}
	if code, _, errs := ctl(t, nil, "send", "-data", data, sampleDir+"0125-overdrawn.json"); code != 0 || len(q.events) != 1 {
		t.Errorf("exit %d, %s", code, errs)
	}
	if code, _, errs := ctl(t, nil, "send", "-data", data, "-bank", "0001", sampleDir+"0125-overdrawn.json"); code != 1 || !strings.Contains(errs, "the local stack has no bank 0001") {
		t.Errorf("exit %d, %s", code, errs)
	}
}

func TestSendSaysWhatIsWrong(t *testing.T) {
	_, address := newTaking(t)
	dir := t.TempDir()
	write := func(name, body string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	nameless, broken, other := write("events.json", "{}"), write("0125.json", "{"), write("secret", "whsec_"+base64.StdEncoding.EncodeToString(make([]byte, 32)))
	env := []string{"KOZAMORI_BANK_SECRET", bankSecret}
	sample := sampleDir + "0125-overdrawn.json"
	for name, c := range map[string]struct {
		env  []string
		args []string
		code int
		want string
	}{
		"no file":                         {env, []string{"-url", address}, 2, "Name at least one file of events."},
		"a chunk of nothing":              {env, []string{"-chunk", "0", sample}, 2, "-chunk must be from 1 to 500."},
		"a bank that is none":             {env, []string{"-bank", "77", sample}, 2, "-bank must be the 4 digits"},
		"a flag that is none":             {env, []string{"-chunks", "1", sample}, 2, "-chunk events"},
		"a file that is not there":        {env, []string{"-url", address, "0125-none.json"}, 1, "no such file"},
		"a name without a bank":           {env, []string{"-url", address, nameless}, 1, "the name tells no bank; say which with -bank"},
		"a file that is no JSON":          {env, []string{"-url", address, broken}, 1, "not one well-formed JSON object"},
		"no secret":                       {nil, []string{"-url", address, sample}, 1, "A bank's secret is needed: -secret-file or KOZAMORI_BANK_SECRET."},
		"a secret that is none":           {[]string{"KOZAMORI_BANK_SECRET", "?"}, []string{"-url", address, sample}, 1, "must be whsec_ and base64"},
		"another bank's secret":           {env, []string{"-url", address, "-secret-file", other, sample}, 1, "answered 401"},
		"a secret file that is not there": {env, []string{"-url", address, "-secret-file", "none", sample}, 1, "the secret in none cannot be read"},
		"nobody there":                    {env, []string{"-url", "http://127.0.0.1:1", sample}, 1, "no answer from http://127.0.0.1:1."},
		"an address that is none":         {env, []string{"-url", "://", sample}, 1, "the address is not a URL"},
		"no local stack":                  {env, []string{"-data", dir, sample}, 1, "No local stack is running; start one with go run ./infra/local"},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, errs := ctl(t, c.env, append([]string{"send"}, c.args...)...)
			if code != c.code || !strings.Contains(strings.ToLower(errs), strings.ToLower(c.want)) {
				t.Errorf("exit %d: %s", code, errs)
			}
		})
	}
}

func TestEverySampleIsSentWhole(t *testing.T) {
	q, address := newTaking(t)
	args := []string{"send", "-url", address, "-shift"}
	for _, s := range events.Samples {
		args = append(args, sampleDir+s.File)
	}
	if code, _, errs := ctl(t, []string{"KOZAMORI_BANK_SECRET", bankSecret}, args...); code != 1 || errs != "7 events were rejected.\n" {
		t.Errorf("exit %d: %s", code, errs)
	}
	if len(q.events) != 20 {
		t.Errorf("%d events were taken", len(q.events))
	}
}
