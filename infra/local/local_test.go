package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/infra/folder"
	"kozamori/internal/sim"
	"kozamori/internal/version"
	"kozamori/internal/watch"
)

func noEnv(string) string { return "" }

// up starts a stack on a free port and stops it with the test.
func up(t *testing.T, data string, env func(string) string) *stack {
	t.Helper()
	s, err := start(t.Context(), options{Data: data, Addr: "127.0.0.1:0", Env: env, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// eventually waits until something holds, woken by each change.
func eventually(t *testing.T, s *stack, what string, holds func() bool) {
	t.Helper()
	end := time.After(20 * time.Second)
	for {
		_, wake := s.hub.listen()
		if holds() {
			return
		}
		select {
		case <-wake:
		case <-end:
			t.Fatalf("never: %s", what)
		}
	}
}

func post(t *testing.T, address, body string) (int, string) {
	t.Helper()
	res, err := http.Post(address, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

func get(t *testing.T, address string, v any) {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if err := json.NewDecoder(res.Body).Decode(v); err != nil {
		t.Fatalf("%s: %d %v", address, res.StatusCode, err)
	}
}

// pushes counts the alerts on the phone.
func (s *stack) pushes() int {
	n := 0
	for _, m := range s.LINE.Messages() {
		if m.Via == "push" {
			n++
		}
	}
	return n
}

// notMineByScript presses the first button of the newest message.
func notMineByScript(t *testing.T, s *stack) {
	t.Helper()
	var messages struct{ Messages []sim.LINEMessage }
	get(t, s.Page+"/sim/line/messages", &messages)
	_, after, ok := strings.Cut(string(messages.Messages[len(messages.Messages)-1].Messages[0]), `"data":"`)
	if !ok {
		t.Fatal("the alert has no button")
	}
	data, _, _ := strings.Cut(after, `"`)
	user := s.LINE.Users()[0].ID
	if status, body := post(t, s.Page+"/sim/line/users/"+user+"/tap", `{"data":"`+data+`"}`); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
}

func TestTheFirstPressRingsThePhoneAndTheTapReachesTheBank(t *testing.T) {
	t.Parallel()
	s := up(t, t.TempDir(), noEnv)
	if status, body := post(t, s.Page+"/sim/send/0125-overdrawn.json", ""); status != http.StatusOK || !strings.Contains(body, `"status":202`) {
		t.Fatalf("%d %s", status, body)
	}
	eventually(t, s, "the phone rings", func() bool { return s.pushes() == 1 })
	notMineByScript(t, s)
	eventually(t, s, "the bank hears the dispute", func() bool { return len(s.disputes()) == 1 })
	var books struct{ Disputes []bookEntry }
	get(t, s.Page+"/sim/bank/disputes", &books)
	d := books.Disputes[0]
	if d.Bank != "0125" || !d.Signed || d.Status != "opened" {
		t.Errorf("%+v", d)
	}
	if status, body := post(t, s.Page+"/sim/bank/0125/disputes/"+d.DisputeID+"/status", `{"status":"frozen","text":"口座を止めました。"}`); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	eventually(t, s, "the person hears of it", func() bool { return s.pushes() == 2 })
	var v view
	get(t, s.Page+"/sim/state", &v)
	if len(v.Records) != 1 || len(v.Phones) != 1 || len(v.Samples) != 8 {
		t.Fatalf("%d records, %d phones, %d samples", len(v.Records), len(v.Phones), len(v.Samples))
	}
	// That the bank was told is written after the bank has it.
	eventually(t, s, "every step has its time", func() bool {
		v = view{}
		get(t, s.Page+"/sim/state", &v)
		return !slices.ContainsFunc(v.Records[0].Steps, func(st step) bool { return st.At.IsZero() && st.Name != "LINE accepted" })
	})
}

func TestWhatTheFolderHoldsIsKeptUnlessFresh(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := up(t, data, noEnv)
	post(t, s.Page+"/sim/send/0168-rk-debit.json", "")
	eventually(t, s, "the phone rings", func() bool { return s.pushes() == 1 })
	notMineByScript(t, s)
	eventually(t, s, "the bank hears the dispute", func() bool { return len(s.disputes()) == 1 })
	s.LINE.Fail(1, sim.QuotaSpent)
	post(t, s.Page+"/sim/bank/0168/disputes/"+s.disputes()[0].DisputeID+"/status", `{"status":"received"}`)
	eventually(t, s, "a mail comes", func() bool { return len(s.Mail.Messages()) == 1 })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := folder.ReadRunning(data); err == nil {
		t.Error("a stack that stopped still says where it listens")
	}
	old, err := folder.ReadSecrets(data)
	if err != nil {
		t.Fatal(err)
	}

	again := up(t, data, noEnv)
	var v view
	get(t, again.Page+"/sim/state", &v)
	if len(v.Records) != 1 || len(v.Books) != 1 || v.Books[0].Status != "received" || len(v.Mails) != 1 || !v.Phones[0].Following {
		t.Errorf("%d records, %d mails, books %+v, a friend: %v", len(v.Records), len(v.Mails), v.Books, v.Phones[0].Following)
	}
	post(t, again.Page+"/sim/send/0125-overdrawn.json", "")
	eventually(t, again, "the phone rings again", func() bool { return again.pushes() == 2 })
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}

	fresh, err := start(t.Context(), options{Data: data, Fresh: true, Yes: true, Addr: "127.0.0.1:0", Env: noEnv, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = fresh.Close() }()
	get(t, fresh.Page+"/sim/state", &v)
	if len(v.Records)+len(v.Mails)+len(v.Books) != 0 || fresh.pushes() != 0 {
		t.Errorf("after -fresh: %d records, %d mails, %d disputes, %d alerts", len(v.Records), len(v.Mails), len(v.Books), fresh.pushes())
	}
	if now, err := folder.ReadSecrets(data); err != nil || now.LineToken == old.LineToken {
		t.Errorf("the secrets were kept: %v", err)
	}
}

func TestSecretsAreForTheirOwnerOnly(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "new")
	up(t, data, noEnv)
	for name, want := range map[string]os.FileMode{data: 0o700, filepath.Join(data, "secrets.json"): 0o600, filepath.Join(data, "store"): 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v, want %v", name, info.Mode(), err, want)
		}
	}
}

func TestWhatIsWrongIsSaidInASentence(t *testing.T) {
	t.Parallel()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = busy.Close() })
	taken := t.TempDir()
	up(t, taken, noEnv)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	damaged := t.TempDir()
	if f, err := folder.Open(damaged, nil); err != nil || f.Close() != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(damaged, "secrets.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	real := func(name string) string {
		return map[string]string{"KOZAMORI_LINE_CHANNEL_SECRET": "s", "KOZAMORI_ESCALATE_AFTER": "soon"}[name]
	}
	for name, c := range map[string]struct {
		args []string
		env  func(string) string
		code int
		want string
	}{
		"a busy port":                          {[]string{"-data", t.TempDir(), "-addr", busy.Addr().String()}, noEnv, 1, "in use by another program; choose another with -addr"},
		"an address that is none":              {[]string{"-data", t.TempDir(), "-addr", "here"}, noEnv, 1, "-addr wants an address and a port"},
		"a folder that is a file":              {[]string{"-data", file, "-addr", "127.0.0.1:0"}, noEnv, 1, "cannot be made: not a directory."},
		"a folder in use":                      {[]string{"-data", taken, "-addr", "127.0.0.1:0"}, noEnv, 1, "Another Kozamori is running in this folder"},
		"a folder in use is not emptied":       {[]string{"-data", taken, "-fresh", "-addr", "127.0.0.1:0"}, noEnv, 1, "Another Kozamori is running in this folder"},
		"a folder that would be emptied":       {[]string{"-data", damaged, "-fresh", "-addr", "127.0.0.1:0"}, noEnv, 1, "to do so, say -fresh -yes."},
		"secrets that are damaged":             {[]string{"-data", damaged, "-addr", "127.0.0.1:0"}, noEnv, 1, "secrets.json is empty or damaged. Put it back, or restore a backup; nothing was changed."},
		"several variables that do not parse":  {[]string{"-data", t.TempDir(), "-addr", "127.0.0.1:0"}, func(string) string { return "soon" }, 1, "; KOZAMORI_"},
		"a flag that is none":                  {[]string{"-port", "1"}, noEnv, 2, "-addr address"},
		"an argument":                          {[]string{"now"}, noEnv, 2, `"now" is not a flag`},
		"a variable that does not parse":       {[]string{"-data", t.TempDir(), "-addr", "127.0.0.1:0"}, real, 1, "KOZAMORI_ESCALATE_AFTER must be a duration"},
		"a LINE channel that has only secrets": {[]string{"-data", t.TempDir(), "-addr", "127.0.0.1:0"}, func(n string) string { return map[string]string{"KOZAMORI_LINE_CHANNEL_SECRET": "s"}[n] }, 1, "LINE wants a channel access token"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, errs bytes.Buffer
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			if code := run(ctx, c.args, c.env, &out, &errs); code != c.code || !strings.Contains(errs.String(), c.want) {
				t.Errorf("%d %s", code, errs.String())
			}
			if n := strings.Count(strings.TrimSpace(errs.String()), "\n"); c.code == 1 && n != 0 {
				t.Errorf("%d lines: %s", n+1, errs.String())
			}
		})
	}
}

func TestTheLocalStackTellsWhichBuildItIsAndStops(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"-data", t.TempDir(), "-version"}, noEnv, &out, &errs); code != 0 || out.String() != version.String()+"\n" || errs.Len() != 0 {
		t.Errorf("%d %q %q", code, out.String(), errs.String())
	}
}

func TestStoppingDrainsWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	data := t.TempDir()
	var out, errs bytes.Buffer
	ended := make(chan int, 1)
	ready := make(chan string, 1)
	go func() {
		ended <- run(ctx, []string{"-data", data, "-addr", "127.0.0.1:0"}, noEnv, writerFunc(func(p []byte) (int, error) {
			if _, after, ok := strings.Cut(string(p), "Open "); ok {
				address, _, _ := strings.Cut(after, " ")
				ready <- address
			}
			return out.Write(p)
		}), &errs)
	}()
	var address string
	select {
	case address = <-ready:
	case <-time.After(20 * time.Second):
		t.Fatal("it did not start")
	}
	for range 3 {
		post(t, address+"sim/send/0125-four-debits.json", "")
	}
	stop()
	select {
	case code := <-ended:
		if code != 0 || errs.Len() > 0 || !strings.Contains(out.String(), "Stopped.") {
			t.Errorf("%d %s %s", code, out.String(), errs.String())
		}
	case <-time.After(30 * time.Second):
		t.Fatal("it did not stop")
	}
	// What was acknowledged and not done is done the next time.
	s := up(t, data, noEnv)
	eventually(t, s, "every acknowledged event is on record", func() bool {
		var v view
		get(t, s.Page+"/sim/state", &v)
		told := 0
		for _, r := range v.Records {
			for _, st := range r.Steps {
				if st.Name == "LINE accepted" && !st.At.IsZero() {
					told++
				}
			}
		}
		return len(v.Records) == 12 && told == 12
	})
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestARealLINEChannelIsUsedWhenItIsConfigured(t *testing.T) {
	t.Parallel()
	env := map[string]string{"KOZAMORI_LINE_CHANNEL_SECRET": "channel-secret", "KOZAMORI_LINE_TOKEN": "channel-token", "KOZAMORI_LINE_ID": "@kozamori1"}
	platform := &sim.LINE{Token: "channel-token", Secret: "channel-secret", Now: time.Now} // LINE, for this test
	server := &http.Server{Handler: platform}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(l) }()
	defer func() { _ = server.Close() }()
	env["KOZAMORI_LINE_API"] = "http://" + l.Addr().String()
	s := up(t, t.TempDir(), func(n string) string { return env[n] })
	if s.LINE != nil {
		t.Fatal("LINE is still simulated")
	}
	platform.Webhook = s.URL + "/line/webhook"
	_, body := post(t, s.Page+"/sim/bank/0125/codes", `{"account_ref":"acc_8f3k"}`)
	var issued struct {
		Code    string
		LineURL string `json:"line_url"`
	}
	if err := json.Unmarshal([]byte(body), &issued); err != nil || !strings.Contains(issued.LineURL, "%40kozamori1") {
		t.Fatalf("%s %v", body, err)
	}
	user := platform.AddUser(sim.User{Name: "花子"})
	if err := platform.Follow(user); err != nil {
		t.Fatal(err)
	}
	if err := platform.Say(user, issued.Code); err != nil {
		t.Fatal(err)
	}
	if err := s.await(t.Context(), watch.AccountKey{Bank: "0125", Ref: "acc_8f3k"}, user); err != nil {
		t.Fatal(err)
	}
	post(t, s.Page+"/sim/send/0125-overdrawn.json", "")
	eventually(t, s, "LINE is asked to push", func() bool {
		for _, m := range platform.Messages() {
			if m.Via == "push" {
				return true
			}
		}
		return false
	})
}

// Menus are the only thing that a start wants of LINE.
func TestTheStackStartsWhileLINEDoesNotAnswer(t *testing.T) {
	t.Parallel()
	env := map[string]string{"KOZAMORI_LINE_API": "http://127.0.0.1:1"}
	s := up(t, t.TempDir(), func(n string) string { return env[n] })
	var health map[string]any
	get(t, s.URL+"/healthz", &health)
	if len(health) == 0 {
		t.Error("it says nothing of its health")
	}
}
