package lambda

import (
	"bufio"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"kozamori/internal/app"
	"kozamori/internal/version"
)

func TestAFunctionTellsItsVersionWithoutStarting(t *testing.T) {
	var out strings.Builder
	never := func(*app.System) (int, error) { t.Error("it is built"); return 0, nil }
	if exit := run([]string{"-version"}, &out, app.Sweep, never, func(*part[int]) { t.Error("it serves") }); exit != 0 || !strings.Contains(out.String(), "go1.") {
		t.Errorf("it ends with %d and says %q", exit, out.String())
	}
}

func TestAFunctionThatCannotStartSaysWhyAndEnds(t *testing.T) {
	t.Setenv("KOZAMORI_TABLE", "")
	t.Setenv("KOZAMORI_ESCALATE_AFTER", "soon")
	t.Setenv("AWS_REGION", "ap-northeast-1")
	var out strings.Builder
	build := func(*app.System) (int, error) { return 0, errors.New("a part is missing") }
	exit := run(nil, &out, app.Sweep, build, func(*part[int]) { t.Error("it serves") })
	if exit != 1 || !strings.HasPrefix(out.String(), "sweep cannot start: ") || !strings.Contains(out.String(), "KOZAMORI_ESCALATE_AFTER") {
		t.Errorf("it ends with %d and says %q", exit, out.String())
	}
}

// Which version a function is stands in the first line of its log, also of one that
// cannot start.
func TestTheFirstLineOfALogTellsTheVersion(t *testing.T) {
	t.Setenv("KOZAMORI_TABLE", "")
	t.Setenv("KOZAMORI_ESCALATE_AFTER", "soon")
	t.Setenv("AWS_REGION", "ap-northeast-1")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = w
	defer func() { os.Stdout = stdout }()
	run(nil, io.Discard, app.Sweep, func(*app.System) (int, error) { return 0, nil }, func(*part[int]) { t.Error("it serves") })
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	first, err := bufio.NewReader(r).ReadString('\n')
	if err != nil || !strings.Contains(first, "starting") || !strings.Contains(first, version.String()) {
		t.Errorf("the first line is %q (%v)", first, err)
	}
}
