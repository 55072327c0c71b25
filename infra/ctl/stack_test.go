package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kozamori/internal/testkit/localtest"
)

// stack is the local stack, and ctl that works on it.
type stack struct {
	*localtest.Stack
	t    *testing.T
	data string
}

func newStack(t *testing.T) *stack {
	t.Helper()
	s := localtest.New(t, "../local")
	return &stack{s, t, s.Data}
}

// ctl runs a command that must exit with a code.
func (s *stack) ctl(code int, args ...string) string {
	s.t.Helper()
	got, out, errs := ctl(s.t, nil, append(args, "-data", s.data)...)
	if got != code {
		s.t.Fatalf("ctl %s: exit %d\n%s%s", strings.Join(args, " "), got, out, errs)
	}
	return out + errs
}

func (s *stack) lines(args ...string) []map[string]any {
	s.t.Helper()
	var out []map[string]any
	for d := json.NewDecoder(strings.NewReader(s.ctl(0, append(args, "-json")...))); ; {
		var v map[string]any
		if err := d.Decode(&v); err == io.EOF {
			return out
		} else if err != nil {
			s.t.Fatal(err)
		}
		out = append(out, v)
	}
}

var anyMenu = regexp.MustCompile(`richmenu-[0-9a-f]{32}`)

func TestAnOperatorWorksOnTheRunningStackAndOnWhatItLeaves(t *testing.T) {
	s := newStack(t)
	running := s.Start()
	if info, err := os.Stat(filepath.Dir(running.Socket)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("others can enter where the socket is: %v %v", info, err)
	}

	// A secret is replaced while the bank goes on sending.
	s.ctl(0, "bank", "rotate-secret", "0125")
	s.ctl(0, "send", "-shift", sampleDir+"0125-overdrawn.json")
	s.ctl(0, "bank", "rotate-secret", "0125", "-finish")
	s.ctl(0, "send", "-shift", "-again", sampleDir+"0125-overdrawn.json")
	s.ctl(1, "send", "-shift", "-again", sampleDir+"0125-good-and-bad.json")

	var alert []map[string]any
	s.Eventually("the first alert is accepted by LINE", func() bool {
		code, out, _ := ctl(t, nil, "alert", "show", "-bank", "0125", "-account", "acc_8f3k", "-txn", "20201003-000777", "-json", "-data", s.data)
		var v map[string]any
		if code != 0 || json.Unmarshal([]byte(out), &v) != nil {
			return false
		}
		alert = []map[string]any{v}
		return strings.Contains(out, "alert accepted")
	})
	if out := s.ctl(0, "alert", "show", alert[0]["id"].(string)); !strings.Contains(out, "line  accepted") {
		t.Errorf("the timeline lacks LINE's word:\n%s", out)
	}

	refused := s.lines("quarantine", "list")
	if len(refused) != 7 {
		t.Errorf("%d in quarantine", len(refused))
	}
	s.ctl(1, "quarantine", "replay", "-bank", "0125", refused[0]["id"].(string))
	s.ctl(0, "dlq", "list")
	s.ctl(0, "dlq", "redrive")

	// A new bank is heard at once, and a code of the operator binds.
	s.ctl(0, "bank", "add", "0005")
	if out := s.ctl(1, "send", "-shift", "-bank", "0005", sampleDir+"0125-good-and-bad.json"); !strings.Contains(out, "0005  2") {
		t.Errorf("the new bank is not heard:\n%s", out)
	}
	if got := s.lines("code", "acc_new", "-bank", "0005"); len(got) != 1 || len(got[0]["code"].(string)) != 14 {
		t.Errorf("%v", got)
	}

	// The menus: the ones before are gone, the Japanese one is everybody's.
	first := anyMenu.FindAllString(s.ctl(0, "menu"), 4)
	second := s.lines("menu")
	var deleted []string
	for _, m := range second {
		if m["deleted"] == true {
			deleted = append(deleted, m["id"].(string))
		}
	}
	if slices.Sort(first); !slices.Equal(first, slices.Sorted(slices.Values(deleted))) || len(first) != 4 {
		t.Errorf("made %v, then deleted %v", first, deleted)
	}
	if second[3]["lang"] != "ja" || second[3]["default"] != true || second[3]["begin"] == true {
		t.Errorf("%v", second)
	}

	// Killed, it leaves its files, and they say the same.
	banks := s.ctl(0, "bank", "list")
	s.Kill()
	if got := s.ctl(0, "bank", "list"); got != banks {
		t.Errorf("while it ran:\n%safterwards:\n%s", banks, got)
	}
	if out := s.ctl(1, "menu"); !strings.Contains(out, "go run ./infra/local") {
		t.Error(out)
	}
	s.ctl(0, "bank", "rotate-secret", "0168")
	s.ctl(0, "alert", "show", alert[0]["id"].(string))
	again := s.Start()
	if again.Socket == running.Socket {
		t.Error("two stacks, one socket")
	}
	s.ctl(0, "send", "-shift", sampleDir+"0168-rk-debit.json")
	res, err := http.Get(again.Page + "/sim/state")
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
}
