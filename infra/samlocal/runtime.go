package samlocal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// function is a Lambda function: one process under a Runtime API of its own.
// Events wait for each other, as they do with a concurrency of one.
type function struct {
	logical, name, arn string
	program            string
	env                []string
	timeout            time.Duration
	memory             int
	log                *tail

	waiting chan *invocation
	server  *http.Server
	ended   chan struct{}
	stop    context.CancelFunc

	mu      sync.Mutex
	current *invocation
	process *exec.Cmd
	began   time.Time
	polled  bool // this process has asked for work
	failed  int  // starts in a row that never asked
	stats   FunctionStats
}

// FunctionStats is what a function's runs came to.
type FunctionStats struct {
	Starts      []time.Duration // each from its start to its first poll
	Invocations int
	Failures    int
	Took        time.Duration // all invocations together
	CPU         time.Duration // of all processes, starts included
	StartCPU    time.Duration // until each first asked for work
	Logged      int           // bytes
	Memory      int           // MB, as the template says
}

type invocation struct {
	id      string
	payload []byte
	end     time.Time
	begun   time.Time
	done    chan struct{}
	once    sync.Once
	answer  []byte
	err     error
}

func (i *invocation) finish(answer []byte, err error) {
	i.once.Do(func() { i.answer, i.err = answer, err; close(i.done) })
}

// start serves the Runtime API and keeps the program running.
func (f *function) start() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	f.waiting, f.ended = make(chan *invocation), make(chan struct{})
	f.env = append(f.env, "AWS_LAMBDA_RUNTIME_API="+l.Addr().String())
	mux := http.NewServeMux()
	const root = "/2018-06-01/runtime/"
	mux.HandleFunc("GET "+root+"invocation/next", f.next)
	mux.HandleFunc("POST "+root+"invocation/{id}/response", func(w http.ResponseWriter, r *http.Request) { f.settle(w, r, false) })
	mux.HandleFunc("POST "+root+"invocation/{id}/error", func(w http.ResponseWriter, r *http.Request) { f.settle(w, r, true) })
	f.server = &http.Server{Handler: mux}
	go func() { _ = f.server.Serve(l) }()
	ctx, cancel := context.WithCancel(context.Background())
	f.stop = cancel
	go f.supervise(ctx)
	return nil
}

// maxStarts is how often a program may end before it asks for work.
const maxStarts = 2

// supervise starts the program again whenever it ends, until ctx does or the
// program is found to be unable to start.
func (f *function) supervise(ctx context.Context) {
	defer close(f.ended)
	for ctx.Err() == nil {
		cmd := exec.CommandContext(ctx, f.program)
		cmd.Env, cmd.Stdout, cmd.Stderr = f.env, f.log, f.log
		f.mu.Lock()
		f.began, f.polled, f.process = time.Now(), false, cmd
		err := cmd.Start()
		f.mu.Unlock()
		if err == nil {
			err = cmd.Wait()
		}
		f.mu.Lock()
		f.process = nil
		if s := cmd.ProcessState; s != nil {
			f.stats.CPU += s.UserTime() + s.SystemTime()
		}
		if f.failed++; f.polled {
			f.failed = 0
		}
		current, dead := f.current, f.failed >= maxStarts
		f.current = nil
		f.mu.Unlock()
		if current != nil {
			current.finish(nil, fmt.Errorf("%s exited: %w", f.logical, err))
		}
		if dead {
			return
		}
	}
}

// next gives the process its next event.
func (f *function) next(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	if !f.polled {
		f.polled = true
		f.stats.Starts = append(f.stats.Starts, time.Since(f.began))
		f.stats.StartCPU += f.cpu()
	}
	f.mu.Unlock()
	select {
	case <-r.Context().Done():
	case i := <-f.waiting:
		f.mu.Lock()
		f.current = i
		i.begun = time.Now()
		i.end = i.begun.Add(f.timeout)
		f.stats.Invocations++
		f.mu.Unlock()
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Lambda-Runtime-Aws-Request-Id", i.id)
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(i.end.UnixMilli(), 10))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", f.arn)
		h.Set("Lambda-Runtime-Trace-Id", "Root=1-5f84c7a9-0123456789abcdef01234567;Sampled=0")
		_, _ = w.Write(i.payload)
		go f.watch(i)
	}
}

// watch ends a process that takes longer than its function may.
func (f *function) watch(i *invocation) {
	t := time.NewTimer(time.Until(i.end))
	defer t.Stop()
	select {
	case <-i.done:
	case <-t.C:
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.current == i && f.process != nil && f.process.Process != nil {
			_ = f.process.Process.Kill()
		}
	}
}

func (f *function) settle(w http.ResponseWriter, r *http.Request, failed bool) {
	body, err := io.ReadAll(r.Body)
	f.mu.Lock()
	i := f.current
	if i == nil || i.id != r.PathValue("id") || err != nil {
		f.mu.Unlock()
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	f.current = nil
	f.stats.Took += time.Since(i.begun)
	if failed {
		f.stats.Failures++
	}
	f.mu.Unlock()
	w.WriteHeader(http.StatusAccepted)
	if failed {
		var e struct{ ErrorType, ErrorMessage string }
		_ = json.Unmarshal(body, &e)
		i.finish(nil, fmt.Errorf("%s failed: %s %s", f.logical, e.ErrorType, e.ErrorMessage))
		return
	}
	i.finish(body, nil)
}

// errStuck says that a function never became able to take an event.
var errStuck = errors.New("does not start")

// invoke gives the function an event and waits for its answer.
func (f *function) invoke(ctx context.Context, event any) ([]byte, error) {
	payload, err := json.Marshal(event)
	if err != nil {
		return nil, err
	}
	i := &invocation{id: newID(), payload: payload, done: make(chan struct{})}
	select {
	case f.waiting <- i:
	case <-f.ended:
		return nil, fmt.Errorf("%s %w", f.logical, errStuck)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case <-i.done:
		return i.answer, i.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// ready waits until the program has asked for work, or cannot.
func (f *function) ready(ctx context.Context) error {
	for {
		f.mu.Lock()
		polled := f.polled
		f.mu.Unlock()
		if polled {
			return nil
		}
		select {
		case <-f.ended:
			return fmt.Errorf("%s %w:\n%s", f.logical, errStuck, f.log)
		case <-ctx.Done():
			return fmt.Errorf("%s %w", f.logical, errStuck)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// cpu is what the process that runs has used; the lock is held. It is 0 where
// there is no /proc.
func (f *function) cpu() time.Duration {
	if f.process == nil || f.process.Process == nil {
		return 0
	}
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", f.process.Process.Pid))
	var sum time.Duration
	for _, t := range tasks {
		b, err := os.ReadFile(t)
		ns, _, _ := strings.Cut(string(b), " ")
		if n, bad := strconv.ParseInt(ns, 10, 64); err == nil && bad == nil {
			sum += time.Duration(n)
		}
	}
	return sum
}

// restart ends the process, as Lambda does whenever it likes, and waits for
// the next one.
func (f *function) restart(ctx context.Context) error {
	f.mu.Lock()
	before := len(f.stats.Starts)
	if f.process != nil && f.process.Process != nil {
		_ = f.process.Process.Kill()
	}
	f.mu.Unlock()
	for {
		f.mu.Lock()
		done := len(f.stats.Starts) > before
		f.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-f.ended:
			return fmt.Errorf("%s %w", f.logical, errStuck)
		case <-time.After(2 * time.Millisecond):
		}
	}
}

func (f *function) close() {
	f.stop()
	<-f.ended
	_ = f.server.Close()
}

// tail keeps the last that was written, how much it was, and every metric that
// was in it.
type tail struct {
	mu      sync.Mutex
	kept    []byte
	bytes   int
	line    []byte // that has no end yet
	metrics map[string]counted
}

const kept = 1 << 20

// Write is for io.Writer.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.bytes += len(b)
	t.kept = append(t.kept, b...)
	if len(t.kept) > 2*kept {
		t.kept = bytes.Clone(t.kept[len(t.kept)-kept:])
	}
	t.line = append(t.line, b...)
	for {
		line, rest, ended := bytes.Cut(t.line, []byte("\n"))
		if !ended {
			return len(b), nil
		}
		for _, m := range embedded(line) {
			if t.metrics == nil {
				t.metrics = map[string]counted{}
			}
			t.metrics[m.String()] = counted{m.Metric, t.metrics[m.String()].sum + m.sum}
		}
		t.line = rest
	}
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.kept))
}
