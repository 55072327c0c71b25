package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"kozamori/infra/folder"
	"kozamori/internal/testkit/localtest"
)

const guide = "../guide/"

// speech is a language in which the guide has a sender and a receiver.
type speech struct{ name, needs, file string }

var speeches = []speech{
	{"Go", "go", "go"},
	{"Python", "python3", "python/kozamori.py"},
	{"JavaScript", "node", "javascript/kozamori.mjs"},
	{"Java", "java", "java/Kozamori.java"},
}

// command is the guide's program.
func (s speech) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	if s.needs == "go" {
		exe := filepath.Join(t.TempDir(), "guide")
		if out, err := exec.Command("go", "run", "-exec", "cp", guide+s.file, exe).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return exec.Command(exe, args...)
	}
	return exec.Command(s.needs, append([]string{guide + s.file}, args...)...)
}

// spoken are Go, and the languages that .ci/languages names; in CI that is all.
func spoken(t *testing.T) (out []speech) {
	t.Helper()
	have, without := strings.Fields("go "+os.Getenv("KOZAMORI_LANGUAGES")), []string{}
	for _, s := range speeches {
		if slices.Contains(have, s.needs) {
			out = append(out, s)
			continue
		}
		without = append(without, s.name)
	}
	switch missing := strings.Join(without, ", "); {
	case missing != "" && os.Getenv("CI") != "":
		t.Fatalf("KOZAMORI_LANGUAGES of .ci/languages names nothing for %s", missing)
	case missing != "":
		t.Logf("left out: KOZAMORI_LANGUAGES of .ci/languages names nothing for %s", missing)
	}
	return out
}

func TestEachLanguageOfTheGuideSignsTheVector(t *testing.T) {
	t.Parallel()
	var v struct{ Signature string }
	raw, err := os.ReadFile(guide + "vector.json")
	if err != nil || json.Unmarshal(raw, &v) != nil {
		t.Fatal(err)
	}
	for _, s := range spoken(t) {
		t.Run(s.name, func(t *testing.T) {
			out, err := s.command(t, "vector", guide+"vector.json").CombinedOutput()
			if got := strings.TrimSpace(string(out)); err != nil || got != v.Signature {
				t.Errorf("%v: %s, want %s", err, got, v.Signature)
			}
		})
	}
}

// heard is what a program says, line by line.
type heard struct {
	mu   sync.Mutex
	said []byte
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.said = append(h.said, p...)
	return len(p), nil
}

// beginning are the rests of the whole lines that begin with something.
func (h *heard) beginning(with string) (found []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for l := range strings.Lines(string(h.said)) {
		if strings.HasPrefix(l, with) && strings.HasSuffix(l, "\n") {
			found = append(found, strings.TrimSpace(strings.TrimPrefix(l, with)))
		}
	}
	return found
}

// started runs a program until the test ends.
func started(t *testing.T, cmd *exec.Cmd) *heard {
	t.Helper()
	var h heard
	cmd.Stdout, cmd.Stderr = &h, &h
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return &h
}

// TestTheGuideIsTrueInEachLanguage does what the guide says: each language sends
// a debit, 身に覚えがない is pressed, and listen passes the callback on to the
// receiver of each, which verifies it.
func TestTheGuideIsTrueInEachLanguage(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	running := s.Start()
	secrets, err := folder.ReadSecrets(s.data)
	if err != nil {
		t.Fatal(err)
	}
	secret := secrets.Banks["0125"].Live()[0]
	env := append(os.Environ(), "KOZAMORI_URL="+running.URL, "KOZAMORI_BANK=0125", "KOZAMORI_BANK_SECRET="+secret)
	type party struct {
		speech
		address           string
		callbacks, passed *heard
	}
	var all []party
	for _, l := range spoken(t) {
		receiver := l.command(t, "receive", "0")
		receiver.Env = env
		p := party{speech: l, callbacks: started(t, receiver), passed: &heard{}}
		s.Eventually(l.name+" listens", func() bool {
			port := p.callbacks.beginning("listening on")
			p.address = "http://127.0.0.1:" + strings.Join(port, "") + "/kozamori"
			return len(port) == 1
		})
		ctx, stop := context.WithCancel(t.Context())
		ended, out := make(chan int, 1), io.Writer(p.passed)
		go func() {
			ended <- run(ctx, &console{Out: out, Err: out, screen: out, Env: func(string) string { return "" }}, []string{"listen", "-data", s.data, "-to", p.address, "-json"})
		}()
		t.Cleanup(func() {
			stop()
			if code := <-ended; code != 0 {
				t.Errorf("listen ended with %d", code)
			}
		})
		s.Eventually("what comes is passed on", func() bool { return len(p.passed.beginning("What bank 0125 takes")) == 1 })
		all = append(all, p)
	}
	for _, p := range all {
		sender := p.command(t, "send", "acc_8f3k", "30000")
		sender.Env = env
		if out, err := sender.CombinedOutput(); err != nil || !bytes.HasPrefix(out, []byte("202 ")) || !bytes.Contains(out, []byte(`"accepted":1`)) {
			t.Fatalf("%s: %v: %s", p.name, err, out)
		}
	}
	s.Press(running.Page)
	for _, p := range all {
		s.Eventually(p.name+" hears of the report", func() bool { return len(p.callbacks.beginning("dispute.opened")) == 1 })
		var books struct{ Disputes []struct{ Reference string } }
		localtest.Get(t, running.Page+"/sim/bank/disputes", &books)
		if ref := p.callbacks.beginning("dispute.opened")[0]; len(books.Disputes) != 1 || ref != books.Disputes[0].Reference {
			t.Errorf("%s heard %q, the bank has %+v", p.name, ref, books.Disputes)
		}
		var told passedOn
		s.Eventually("listen tells of it", func() bool {
			for _, l := range p.passed.beginning("{") {
				if json.Unmarshal([]byte("{"+l), &told) == nil && told.Type == "dispute.opened" {
					return true
				}
			}
			return false
		})
		if told.Status != http.StatusNoContent {
			t.Errorf("%s answered %d", p.name, told.Status)
		}
		refuses(t, p.name, p.address, secret, &told)
		if n := len(p.callbacks.beginning("dispute.opened")); n != 1 {
			t.Errorf("%s took one report %d times", p.name, n)
		}
	}
	sender := all[0].command(t, "send", "acc_8f3k", "40000")
	sender.Env = env
	if out, err := sender.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, p := range all {
		s.Eventually(p.name+" hears that it joined the report", func() bool { return len(p.callbacks.beginning("dispute.updated")) > 0 })
		if at := p.callbacks.beginning("dispute.updated"); at[0] != p.callbacks.beginning("dispute.opened")[0] {
			t.Errorf("%s hears %q of another report", p.name, at)
		}
	}
}

// refuses tries what a receiver must not take, and what it must take once.
func refuses(t *testing.T, name, address, secret string, told *passedOn) {
	t.Helper()
	at := func(off time.Duration) func() time.Time { return func() time.Time { return time.Now().Add(off) } }
	for how, c := range map[string]struct {
		off    time.Duration
		secret string
		want   int
	}{
		"the same again":        {0, secret, http.StatusNoContent},
		"four minutes old":      {-4 * time.Minute, secret, http.StatusNoContent},
		"six minutes old":       {-6 * time.Minute, secret, http.StatusUnauthorized},
		"six minutes early":     {6 * time.Minute, secret, http.StatusUnauthorized},
		"another bank's secret": {0, "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 32)), http.StatusUnauthorized},
	} {
		l := listening{sender: sender{client: http.DefaultClient, now: at(c.off), secret: func(string) (string, error) { return c.secret, nil }}, to: address}
		p := *told
		p.Status = 0
		if err := l.one(t.Context(), &p); err != nil || p.Status != c.want {
			t.Errorf("%s, %s: %d %v, want %d", name, how, p.Status, err, c.want)
		}
	}
	for how, h := range map[string]http.Header{
		"without a signature":               {},
		"an id alone":                       {"Webhook-Id": {"msg_x"}},
		"a time that is no number":          {"Webhook-Id": {"msg_x"}, "Webhook-Timestamp": {"soon"}, "Webhook-Signature": {"v1,AAAA"}},
		"a time of digits that are none":    {"Webhook-Id": {"msg_x"}, "Webhook-Timestamp": {"\xb2"}, "Webhook-Signature": {"v1,AAAA"}},
		"a time that no number holds":       {"Webhook-Id": {"msg_x"}, "Webhook-Timestamp": {strings.Repeat("9", 400)}, "Webhook-Signature": {"v1,AAAA"}},
		"a signature of no text":            {"Webhook-Id": {"msg_x"}, "Webhook-Timestamp": {strconv.FormatInt(time.Now().Unix(), 10)}, "Webhook-Signature": {"v1,\xff\xfe"}},
		"a signature that is none at all":   {"Webhook-Id": {"msg_x"}, "Webhook-Timestamp": {strconv.FormatInt(time.Now().Unix(), 10)}, "Webhook-Signature": {" "}},
		"an id of no text, and a signature": {"Webhook-Id": {"\xff"}, "Webhook-Timestamp": {strconv.FormatInt(time.Now().Unix(), 10)}, "Webhook-Signature": {"v1,AAAA v1, v2,x"}},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, bytes.NewReader(told.Body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header = h
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Errorf("%s, %s: %v", name, how, err)
			continue
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s, %s: %d", name, how, res.StatusCode)
		}
	}
}
