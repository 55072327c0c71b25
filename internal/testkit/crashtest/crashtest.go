// Package crashtest runs a part of a test as a child process that dies by
// SIGKILL, so that tests can look at what a dead process left behind. The
// child is the test binary itself. Only tests import it.
package crashtest

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

const envName = "KOZAMORI_TEST_CHILD"

// Main goes into TestMain: in a child process it calls what the child is and
// never returns; otherwise it does nothing.
func Main(children map[string]func()) {
	if f := children[os.Getenv(envName)]; f != nil {
		f()
		os.Exit(0)
	}
}

// Die ends this process at once, as kill -9 does.
func Die() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {} // until the signal arrives
}

// Child is a running child process.
type Child struct {
	t     *testing.T
	cmd   *exec.Cmd
	lines chan string
}

// patience is how long a child may say nothing before the test gives up.
const patience = 30 * time.Second

// Start starts a child with environment variables of its own. What it prints
// on its standard output is read as lines; it is killed when the test ends.
func Start(t *testing.T, name string, env ...string) *Child {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &Child{t: t, cmd: exec.Command(exe, "-test.run=^$"), lines: make(chan string, 1<<16)}
	c.cmd.Env = append(append(os.Environ(), envName+"="+name), env...)
	c.cmd.Stderr = os.Stderr
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(c.lines)
		// A line that was cut by the child's death was not said.
		for r := bufio.NewReader(out); ; {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			c.lines <- strings.TrimSuffix(line, "\n")
		}
	}()
	t.Cleanup(func() { c.Kill() })
	return c
}

// Line waits for the child's next line; false if it died.
func (c *Child) Line() (string, bool) {
	c.t.Helper()
	select {
	case l, ok := <-c.lines:
		return l, ok
	case <-time.After(patience):
		c.t.Fatal("the child says nothing")
		return "", false
	}
}

// Wait waits until the child has died by itself, and returns the lines that it
// printed and that were not read yet.
func (c *Child) Wait() []string {
	c.t.Helper()
	var rest []string
	for {
		l, ok := c.Line()
		if !ok {
			return append(rest, c.Kill()...)
		}
		rest = append(rest, l)
	}
}

// Kill kills the child, waits until it is gone, and returns the lines that it
// printed and that were not read yet.
func (c *Child) Kill() []string {
	_ = c.cmd.Process.Kill()
	var rest []string
	for l := range c.lines {
		rest = append(rest, l)
	}
	_ = c.cmd.Wait()
	return rest
}

// Say prints a line for the parent, whole: the pipe takes it in one write.
func Say(format string, args ...any) {
	_, _ = fmt.Fprintf(os.Stdout, format+"\n", args...)
}
