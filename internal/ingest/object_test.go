package ingest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kozamori/internal/bucket/folder"
	"kozamori/internal/ingest"
	"kozamori/internal/intake"
	"kozamori/internal/queue"
	qembedded "kozamori/internal/queue/embedded"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
)

// shelf is a bucket with what takes files from it.
type shelf struct {
	t       *testing.T
	clock   *worldtest.Clock
	dir     string
	bucket  *folder.Bucket
	queue   *qembedded.Queue
	dying   *dying
	handler *ingest.Handler
	dead    []string // why messages were dead-lettered
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	s := &shelf{t: t, clock: worldtest.NewClock(now), dir: t.TempDir()}
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	s.bucket, s.queue = &folder.Bucket{Root: root}, worldtest.Queue(t, qembedded.Options{Now: s.clock.Now})
	s.dying = &dying{Sender: s.queue, Store: store.New(worldtest.Table(t, s.clock.Now)), left: 1 << 20}
	if err := s.dying.Store.Write(t.Context(), store.PutBank(&store.Bank{Code: "0125"})); err != nil {
		t.Fatal(err)
	}
	s.born()
	return s
}

// born is a process that begins.
func (s *shelf) born() {
	s.handler = ingest.New(ingest.Config{Queue: s.dying, Store: s.dying, Files: s.dying, Bucket: s.bucket, Now: s.clock.Now, Logger: slog.New(slog.DiscardHandler)})
	s.handler.PartBytes(100_000)
}

// put has the bank put something there.
func (s *shelf) put(key, body string) {
	s.t.Helper()
	name := filepath.Join(s.dir, filepath.FromSlash(key))
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(body), 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.clock.Add(time.Second)
	at := s.clock.Now() // the times of files are too coarse to tell two puts apart
	if err := os.Chtimes(name, at, at); err != nil {
		s.t.Fatal(err)
	}
}

func manifestOf(in *intake.Upload) string {
	return fmt.Sprintf(`{"rows":%d,"sha256":%q,"feed":%q,"sequence":%d}`, in.Rows, in.SHA256, in.Feed, max(1, in.Sequence))
}

// work tells of what was put there, and works on messages until none can be received
// now. It says whether a process died.
func (s *shelf) work() (died bool) {
	s.t.Helper()
	ctx := s.t.Context()
	if err := s.bucket.Look(ctx, s.queue, intake.ManifestEnd); err != nil {
		s.t.Fatal(err)
	}
	for {
		ms, err := s.queue.Receive(ctx, queue.Files, 1, 0)
		if err != nil {
			s.t.Fatal(err)
		}
		if len(ms) == 0 {
			return died
		}
		switch v := s.handler.Handle(ctx, ms)[0]; {
		case v.Done:
			err = s.queue.Delete(ctx, queue.Files, ms...)
		case v.DeadLetter != "":
			s.dead = append(s.dead, v.DeadLetter)
			err = s.queue.DeadLetter(ctx, queue.Files, ms[0], v.DeadLetter)
		case s.dying.left < 0: // the process is gone; the message comes back
			died, s.dying.left = true, 1<<20
			s.born()
			err = s.queue.Retry(ctx, queue.Files, ms[0], 0)
		default:
			err = s.queue.Retry(ctx, queue.Files, ms[0], v.Delay)
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
}

// told are the files of which the bank is to be told, by state, and takes their jobs.
func (s *shelf) told() (files []*store.File) {
	s.t.Helper()
	ctx := context.Background()
	for {
		ms, err := s.queue.Receive(ctx, queue.Bank, 10, 0)
		if err != nil {
			s.t.Fatal(err)
		}
		if len(ms) == 0 {
			return files
		}
		for _, m := range ms {
			j, err := queue.DecodeJob(m.Body)
			if err != nil {
				s.t.Fatal(err)
			}
			f, err := s.dying.Store.File(ctx, j.Of, j.File)
			if err != nil {
				s.t.Fatal(err)
			}
			files = append(files, f)
		}
		if err := s.queue.Delete(ctx, queue.Bank, ms...); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *shelf) rows() map[string]int {
	s.t.Helper()
	rows := map[string]int{}
	for {
		got, _ := received(s.t, s.queue)
		for k, n := range got {
			rows[k] += n
		}
		if len(got) == 0 {
			return rows
		}
	}
}

func TestAFileInTheBucketIsTakenByItsManifest(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rows, parts int
		packed      bool
	}{"small": {10, 0, false}, "large": {1000, 5, false}, "packed": {1000, 0, true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, in := newShelf(t), nightly(c.rows)
			if c.packed {
				var b bytes.Buffer
				z := gzip.NewWriter(&b)
				_, _ = z.Write(in.Body)
				_ = z.Close()
				in.Body, in.SHA256 = b.Bytes(), sum(b.String())
			}
			s.put("0125/nights/kozamori-1234567.jsonl", string(in.Body))
			if s.work(); len(s.rows()) != 0 {
				t.Fatal("a file is read that has no manifest")
			}
			s.put("0125/nights/kozamori-1234567.jsonl.manifest.json", manifestOf(&in))
			s.work()
			files := s.told()
			if len(files) != 1 || files[0].State != store.FileTaken || files[0].Accepted != c.rows || len(files[0].Parts) != c.parts || files[0].Name != "nights/kozamori-*******.jsonl" || files[0].Sequence != 1 {
				t.Fatalf("%+v", files)
			}
			rows := s.rows()
			if len(rows) != c.rows {
				t.Errorf("%d of %d rows are on their way", len(rows), c.rows)
			}
			for id, n := range rows {
				if n != 1 {
					t.Errorf("%s is on its way %d times", id, n)
				}
			}
			// The same once more, and its manifest alone once more.
			s.put("0125/nights/kozamori-1234567.jsonl", string(in.Body))
			s.put("0125/nights/kozamori-1234567.jsonl.manifest.json", manifestOf(&in))
			s.work()
			if n := len(s.rows()); n != 0 {
				t.Errorf("of the same file %d rows are on their way again", n)
			}
			last, err := s.dying.Store.LastFile(t.Context(), "0125", "core")
			if err != nil || last.Sequence != 1 || len(last.Parts) != 0 {
				t.Errorf("%v %+v", err, last)
			}
		})
	}
}

func sum(body string) string { return sumOf([]byte(body)) }

// A process dies at each of its steps: when its messages come back each row is on its
// way, and the bank is told.
func TestAFileInTheBucketWhoseReaderDiesIsTaken(t *testing.T) {
	t.Parallel()
	in := nightly(1000)
	for steps := 0; ; steps++ {
		died := false
		for _, done := range []bool{false, true} {
			s := newShelf(t)
			s.put("0125/a.jsonl", string(in.Body))
			s.put("0125/a.jsonl.manifest.json", manifestOf(&in))
			s.dying.left, s.dying.done = steps, done
			died = s.work()
			s.clock.Add(time.Hour)
			s.work()
			if n := len(s.rows()); n != 1000 {
				t.Fatalf("after %d steps (%v): %d rows", steps, done, n)
			}
			files := s.told()
			if len(files) == 0 || files[0].State != store.FileTaken || files[0].Accepted != 1000 || files[0].Left() != 0 {
				t.Fatalf("after %d steps (%v): %+v", steps, done, files)
			}
		}
		if !died {
			if steps < 15 {
				t.Fatalf("only %d steps", steps)
			}
			return
		}
	}
}

func TestAManifestWaitsForItsFile(t *testing.T) {
	t.Parallel()
	in := nightly(10)
	for name, c := range map[string]struct {
		after time.Duration
		state store.FileState
	}{"comes": {30 * time.Minute, store.FileTaken}, "never comes": {2 * time.Hour, store.FileRefused}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShelf(t)
			s.put("0125/a.jsonl.manifest.json", manifestOf(&in))
			s.work()
			if len(s.told()) != 0 {
				t.Fatal("it does not wait")
			}
			for range int(c.after / time.Minute) {
				s.clock.Add(time.Minute)
				s.work()
			}
			if c.state == store.FileTaken {
				s.put("0125/a.jsonl", string(in.Body))
			}
			s.clock.Add(time.Minute)
			s.work()
			files := s.told()
			if len(files) != 1 || files[0].State != c.state || (len(s.rows()) == 10) != (c.state == store.FileTaken) {
				t.Errorf("%+v", files)
			}
		})
	}
}

func TestAFileOfTheBucketThatDoesNotFitIsRefusedOnceAndTold(t *testing.T) {
	t.Parallel()
	in := nightly(10)
	right := manifestOf(&in)
	for name, c := range map[string]struct{ manifest, body, why string }{
		"another checksum":       {strings.Replace(right, in.SHA256, sum("x"), 1), string(in.Body), "its checksum is"},
		"half of it":             {right, string(in.Body[:len(in.Body)/2]), "its checksum is"},
		"other rows":             {strings.Replace(right, `"rows":10`, `"rows":11`, 1), string(in.Body), "it has 10 rows"},
		"no rows":                {`{"sha256":"` + in.SHA256 + `"}`, string(in.Body), "its manifest cannot be taken: rows"},
		"a word of the manifest": {strings.Replace(right, `"feed"`, `"fed"`, 1), string(in.Body), "its manifest cannot be taken"},
		"half of the manifest":   {right[:20], string(in.Body), "its manifest cannot be taken"},
		"no statement":           {strings.Replace(right, in.SHA256, sum("%PDF-1.7 of it"), 1), "%PDF-1.7 of it", "the file cannot be read"},
		"of whom":                {strings.NewReplacer(in.SHA256, sum("取引日,摘要,出金金額\n2026/11/23,PAYPAY,100\n"), `"rows":10`, `"rows":1`).Replace(right), "取引日,摘要,出金金額\n2026/11/23,PAYPAY,100\n", "the request cannot be taken: must say how"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShelf(t)
			s.put("0125/a", c.body)
			s.put("0125/a.manifest.json", c.manifest)
			s.work()
			files := s.told()
			if len(files) != 1 || files[0].State != store.FileRefused || !strings.HasPrefix(files[0].Reason, c.why) || files[0].Accepted != 0 || files[0].Finished.IsZero() {
				t.Fatalf("%+v", files)
			}
			if n := len(s.rows()); n != 0 {
				t.Errorf("%d rows are on their way", n)
			}
			s.put("0125/a", string(in.Body))
			s.put("0125/a.manifest.json", right)
			s.work()
			if files := s.told(); len(files) != 1 || files[0].State != store.FileTaken || len(s.rows()) != 10 {
				t.Errorf("once it is right: %+v", files)
			}
		})
	}
}

// What was checked is what is queued: of an object that is replaced meanwhile, nothing
// of the new one is taken for the old.
func TestAFileThatIsReplacedWhileItIsTaken(t *testing.T) {
	t.Parallel()
	s, in := newShelf(t), nightly(1000)
	s.put("0125/a.jsonl", string(in.Body))
	s.put("0125/a.jsonl.manifest.json", manifestOf(&in))
	if err := s.bucket.Look(t.Context(), s.queue, intake.ManifestEnd); err != nil {
		t.Fatal(err)
	}
	ms, err := s.queue.Receive(t.Context(), queue.Files, 1, 0)
	if err != nil || len(ms) != 1 {
		t.Fatal(err, len(ms))
	}
	if v := s.handler.Handle(t.Context(), ms)[0]; !v.Done {
		t.Fatalf("%+v", v)
	}
	if err := s.queue.Delete(t.Context(), queue.Files, ms...); err != nil {
		t.Fatal(err)
	}
	other := strings.ReplaceAll(string(in.Body), `"amount":100`, `"amount":999`)
	s.put("0125/a.jsonl", other)
	s.work()
	files := s.told()
	if len(files) == 0 || files[0].State != store.FileRefused || files[0].Accepted != 0 || !strings.HasPrefix(files[0].Reason, "it was taken away while it was read") || len(s.rows()) != 0 {
		t.Fatalf("%+v", files)
	}
	s.put("0125/a.jsonl", string(in.Body))
	s.put("0125/a.jsonl.manifest.json", manifestOf(&in))
	s.work()
	if files := s.told(); len(files) != 1 || files[0].State != store.FileTaken || len(s.rows()) != 1000 {
		t.Errorf("put there again: %+v", files)
	}
}

func TestWhatLiesUnderNoBankIsADeadLetter(t *testing.T) {
	t.Parallel()
	s, in := newShelf(t), nightly(1)
	for _, key := range []string{"0168/a.jsonl", "nights/0125/a.jsonl", "a.jsonl"} {
		s.put(key, string(in.Body))
		s.put(key+".manifest.json", manifestOf(&in))
	}
	s.put("0125/.manifest.json", manifestOf(&in))
	s.work()
	if len(s.dead) != 3 || len(s.rows()) != 0 || len(s.told()) != 0 {
		t.Errorf("%q", s.dead)
	}
	if v := s.handler.Handle(t.Context(), []queue.Message{{Body: []byte(`{"file":"f","of":"0125"}`)}, {Body: []byte("x")}}); v[0].DeadLetter == "" || v[1].DeadLetter == "" {
		t.Errorf("%+v", v)
	}
}
