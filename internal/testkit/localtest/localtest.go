// Package localtest runs the local stack as people run it, in a process of its
// own, for tests of what talks to it over HTTP.
package localtest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"kozamori/infra/folder"
)

// Stack is a data folder, and the process that works in it, if there is one.
type Stack struct {
	T    *testing.T
	Data string // the folder
	exe  string
	cmd  *exec.Cmd
	said bytes.Buffer
}

// New builds the stack, whose source lies in a folder as the test sees it; the test's
// end kills it.
func New(t *testing.T, source string) *Stack {
	t.Helper()
	s := &Stack{T: t, Data: t.TempDir(), exe: filepath.Join(t.TempDir(), "local")}
	// go run keeps what it linked, and go build does not. It runs where the source is,
	// for the test may be of another module.
	build := exec.Command("go", "run", "-exec", "cp", ".", s.exe)
	build.Dir = source
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// The cache of tests does not know what another process has read of the source; of
	// this file, gone by then, it knows that it is not the same.
	if _, err := os.Stat(s.exe); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	return s
}

// Start starts it on free ports, and waits until it says where.
func (s *Stack) Start() *folder.Running {
	s.T.Helper()
	s.cmd = exec.Command(s.exe, "-addr", "127.0.0.1:0", "-data", s.Data)
	s.cmd.Stdout, s.cmd.Stderr = &s.said, &s.said
	if err := s.cmd.Start(); err != nil {
		s.T.Fatal(err)
	}
	var r *folder.Running
	s.Eventually("the stack runs", func() (ok bool) {
		var err error
		r, err = folder.ReadRunning(s.Data)
		return err == nil
	})
	return r
}

// Kill ends it as a power cut would.
func (s *Stack) Kill() {
	if s.cmd != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}

// Eventually waits until something holds.
func (s *Stack) Eventually(what string, holds func() bool) {
	s.T.Helper()
	for end := time.Now().Add(30 * time.Second); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			s.T.Fatalf("never: %s\n%s", what, s.said.String())
		}
	}
}

// Get reads what an address of the stack answers.
func Get(t *testing.T, address string, v any) {
	t.Helper()
	res, err := http.Get(address)
	if err == nil {
		err = json.NewDecoder(res.Body).Decode(v)
		_ = res.Body.Close()
	}
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
}

var buttonOf = regexp.MustCompile(`"data":"([^"]+)"`)

// Press answers the newest alert of the phone with its first button, 身に覚えがない,
// once there is one.
func (s *Stack) Press(page string) {
	s.T.Helper()
	var user, data string
	s.Eventually("the phone is told", func() bool {
		var users struct{ Users []struct{ ID string } }
		Get(s.T, page+"/sim/line/users", &users)
		var got struct {
			Messages []struct {
				Via      string
				Messages []json.RawMessage
			}
		}
		Get(s.T, page+"/sim/line/messages", &got)
		for _, m := range got.Messages {
			if m.Via != "push" {
				continue
			}
			if found := buttonOf.FindSubmatch(m.Messages[0]); found != nil {
				user, data = users.Users[0].ID, string(found[1])
			}
		}
		return data != ""
	})
	res, err := http.Post(page+"/sim/line/users/"+user+"/tap", "application/json", strings.NewReader(`{"data":"`+data+`"}`))
	if err != nil {
		s.T.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		s.T.Fatalf("the tap: %d", res.StatusCode)
	}
}
