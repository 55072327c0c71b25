package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"kozamori/infra/folder"
	"kozamori/internal/engine"
	"kozamori/internal/intake"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

const (
	fileBank = "0125"
	// perAccount is how many rows of the file a watched account has, of every 20 one.
	perAccount = 20
	// quietFor is how long the process does next to nothing until it is taken for done.
	quietFor = 6 * time.Second
)

// files leaves a bank's file in the folder that plays the bucket of a local stack, kills
// the stack's process on the way, and tells what came of it: how long it took, how large
// the process was, and whether a row is lost or on record twice.
func files(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp(o.dir, "kozamori-file-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	f := &fileRun{dir: dir, data: filepath.Join(dir, "data"), rows: o.rows, kills: o.kills}
	build := exec.CommandContext(ctx, "go", "build", "-C", "../..", "-o", filepath.Join(dir, "local"), "./infra/local")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("the stack does not build: %w\n%s", err, out)
	}
	fmt.Printf("a file of %d rows in the folder of a bank, and %d kills on the way\n", f.rows, f.kills)
	for _, step := range []func(context.Context) error{f.begin, f.leave, f.take, f.check} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// fileRun is one file on its way.
type fileRun struct {
	dir, data   string
	rows, kills int
	peak        int64 // KiB resident, of all processes
	began       time.Time
}

// child is the stack's process.
type child struct {
	cmd  *exec.Cmd
	died chan struct{}
}

func (f *fileRun) start(ctx context.Context) (*child, error) {
	c := &child{cmd: exec.CommandContext(ctx, filepath.Join(f.dir, "local"), "-data", f.data, "-addr", "127.0.0.1:0"), died: make(chan struct{})}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.cmd.Stderr = c.cmd.Stdout
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	ready := make(chan bool, 1)
	go func() {
		defer close(c.died)
		for s := bufio.NewScanner(out); s.Scan(); {
			if strings.Contains(s.Text(), "http://") {
				select {
				case ready <- true:
				default:
				}
			}
		}
		_ = c.cmd.Wait()
	}()
	select {
	case <-ready:
		return c, nil
	case <-c.died:
		return nil, errors.New("the stack does not start")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// ends ends the process by a signal, once it is known how large it was.
func (f *fileRun) ends(c *child, by syscall.Signal) {
	f.peak = max(f.peak, c.peak())
	_ = c.cmd.Process.Signal(by)
	<-c.died
}

// peak is the largest that the process was, in KiB.
func (c *child) peak() (kib int64) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	if _, is, ok := strings.Cut(string(b), "VmHWM:"); ok {
		_, _ = fmt.Sscan(is, &kib)
	}
	return kib
}

// worked is the processor time of the process, in hundredths of a second.
func (c *child) worked() int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
	var user, system int64
	_, _ = fmt.Sscan(fields[11]+" "+fields[12], &user, &system)
	return user + system
}

// open opens the folder while no process has it.
func (f *fileRun) open(do func(*store.Store, operatorQueue) error) error {
	at, err := folder.Open(f.data, nil)
	if err != nil {
		return err
	}
	defer func() { _ = at.Close() }()
	d, err := at.Data(engine.Options{}, func(string, ...any) {}, fileBank)
	if err != nil {
		return err
	}
	err = do(store.New(d.Table), d.Queue)
	return errors.Join(err, d.Close())
}

// operatorQueue is what is asked of a queue.
type operatorQueue interface {
	Depth(ctx context.Context, q queue.Name) (queue.Depth, error)
}

func (f *fileRun) accounts() int { return max(1, f.rows/20/perAccount) }

// begin makes the folder, with the accounts that somebody watches.
func (f *fileRun) begin(ctx context.Context) error {
	c, err := f.start(ctx)
	if err != nil {
		return err
	}
	f.ends(c, syscall.SIGTERM)
	f.peak = 0
	return f.open(func(s *store.Store, _ operatorQueue) error {
		for i := range f.accounts() {
			a := &watch.Account{AccountKey: watch.AccountKey{Bank: fileBank, Ref: fmt.Sprint("acc_watched_", i)},
				Watchers: []watch.Watcher{{ID: "w", Role: watch.Owner, Channels: []watch.Channel{{Kind: watch.Email, Address: "a@example.jp"}}, Rules: watch.Rules{}, Since: time.Now().AddDate(-1, 0, 0)}}}
			if err := s.Write(ctx, store.PutAccount(a)); err != nil {
				return err
			}
		}
		return nil
	})
}

// leave writes the file and its manifest, as a bank does: of 20 rows one is of a payment
// service on an account that is watched.
func (f *fileRun) leave(ctx context.Context) error {
	dir := filepath.Join(f.data, "files", fileBank)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	name := filepath.Join(dir, "night.jsonl")
	out, err := os.Create(name)
	if err != nil {
		return err
	}
	sum := sha256.New()
	w := bufio.NewWriterSize(io.MultiWriter(out, sum), 1<<20)
	day := time.Now().In(watch.JST).AddDate(0, 0, -1).Format(time.DateOnly)
	for i := range f.rows {
		ref, text := fmt.Sprint("acc_of_a_customer_whom_no_one_watches_", i%(f.rows/10+1)), "ﾃﾞﾝｷﾘﾖｳｷﾝ 11ｶﾞﾂﾌﾞﾝ"
		if i%20 == 0 {
			ref, text = fmt.Sprint("acc_watched_", i/20%f.accounts()), "PAYPAY"
		}
		_, _ = fmt.Fprintf(w, `{"id":"evt_of_the_night_of_%s_%012d","type":"debit","transaction_id":"txn_%012d","account_ref":%q,"occurred_on":%q,"amount":%d,"currency":"JPY","descriptor":%q,"status":"posted"}`+"\n",
			day, i, i, ref, day, 100+i%5000, text)
		if i%1_000_000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if err := errors.Join(w.Flush(), out.Close()); err != nil {
		return err
	}
	if is, err := os.Stat(name); err == nil {
		row("the file", fmt.Sprintf("%.2f GB", float64(is.Size())/1e9))
	}
	return os.WriteFile(name+intake.ManifestEnd, fmt.Appendf(nil, `{"rows":%d,"sha256":"%x"}`, f.rows, sum.Sum(nil)), 0o600)
}

// take has the stack take the file, killed so many times, until nothing is left to do.
func (f *fileRun) take(ctx context.Context) error {
	f.began = time.Now()
	for n := 0; ; {
		c, err := f.start(ctx)
		if err != nil {
			return err
		}
		// Kills at random moments of so long: a file is read wholly before a row of it is
		// taken, which a life in many has the time for.
		life := time.Duration(rand.ExpFloat64() * float64(f.rows) * float64(80*time.Microsecond) / float64(f.kills+1))
		dies := n < f.kills && !c.idles(ctx, life)
		n++
		if dies {
			f.ends(c, syscall.SIGKILL)
			continue
		}
		c.idles(ctx, 24*time.Hour)
		took := time.Since(f.began) - quietFor
		f.ends(c, syscall.SIGTERM)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		row("taken and worked off", took.Round(100*time.Millisecond).String())
		row("kills on the way", fmt.Sprint(n-1))
		row("largest process", fmt.Sprintf("%d MiB resident", f.peak/1024))
		return nil
	}
}

// idles tells whether the process came to do next to nothing within a time.
func (c *child) idles(ctx context.Context, within time.Duration) bool {
	const look = 200 * time.Millisecond
	end, quiet, before := time.Now().Add(within), time.Now(), c.worked()
	for time.Now().Before(end) {
		select {
		case <-ctx.Done():
			return true
		case <-c.died:
			return true
		case <-time.After(look):
		}
		now := c.worked()
		if now-before > 3 {
			quiet = time.Now()
		}
		if before = now; time.Since(quiet) > quietFor {
			return true
		}
	}
	return false
}

// check counts what is on record of the rows of watched accounts.
func (f *fileRun) check(ctx context.Context) error {
	return f.open(func(s *store.Store, q operatorQueue) error {
		waits, err := q.Depth(ctx, queue.Events)
		if err != nil {
			return err
		}
		seen := make(map[string]int, f.rows/20)
		for i := range f.accounts() {
			for r, err := range s.History(ctx, watch.AccountKey{Bank: fileBank, Ref: fmt.Sprint("acc_watched_", i)}, time.Time{}, time.Time{}) {
				if err != nil {
					return err
				}
				for _, p := range r.Parts() {
					if p.ID != r.ID {
						continue // it is listed by itself
					}
					seen[r.Txn]++
				}
			}
		}
		lost, doubled := 0, 0
		for i := 0; i < f.rows; i += 20 {
			switch n := seen[fmt.Sprintf("txn_%012d", i)]; {
			case n == 0:
				lost++
			case n > 1:
				doubled += n - 1
			}
		}
		row("rows of watched accounts", fmt.Sprintf("%d, of which %d lost and %d doubled; %d messages wait", (f.rows+19)/20, lost, doubled, waits.Waiting))
		return nil
	})
}
