package operator

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/infra/folder"
	"kozamori/internal/engine"
	"kozamori/internal/queue"
	qembedded "kozamori/internal/queue/embedded"
	"kozamori/internal/store"
	"kozamori/internal/testkit/storetest"
	"kozamori/internal/testkit/worldtest"
)

// serve runs a server on a socket for as long as the test lasts.
func serve(t *testing.T, l *Server) *Deployment {
	t.Helper()
	dir, err := os.MkdirTemp("", "operator")
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: l.Handler()}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close(); _ = os.RemoveAll(dir) })
	return Connect(socket)
}

func TestABorrowedTableKeepsEveryPromise(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, now func() time.Time) store.Table {
		table := worldtest.Table(t, now)
		return serve(t, &Server{Table: table}).Table
	})
}

func TestABorrowedTableIsWalked(t *testing.T) {
	t.Parallel()
	table := worldtest.Table(t, nil)
	d := serve(t, &Server{Table: table, Walk: table.Walk})
	storetest.Walk(t, d.Table, d.Walk)
}

func TestBorrowedQueues(t *testing.T) {
	t.Parallel()
	q := worldtest.Queue(t, qembedded.Options{})
	ctx := t.Context()
	b, err := serve(t, &Server{Queue: q}).Queue(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Send(ctx, queue.LINE, queue.Outgoing{Body: []byte("a"), Group: "0125", Trace: "t"}, queue.Outgoing{Body: []byte("b")}); err != nil {
		t.Fatal(err)
	}
	ms, err := q.Receive(ctx, queue.LINE, 1, 0)
	if err != nil || len(ms) != 1 {
		t.Fatal(ms, err)
	}
	if err := q.DeadLetter(ctx, queue.LINE, ms[0], "no use"); err != nil {
		t.Fatal(err)
	}
	depth, err := b.Depth(ctx, queue.LINE)
	depth.Oldest = time.Time{}
	if diff := cmp.Diff(queue.Depth{Waiting: 1, Dead: 1, Sent: 2}, depth); diff != "" || err != nil {
		t.Error(diff, err)
	}
	dead, err := b.Dead(ctx, queue.LINE, 10)
	if err != nil || len(dead) != 1 || dead[0].Why != "no use" || string(dead[0].Body) != string(ms[0].Body) {
		t.Errorf("%+v %v", dead, err)
	}
	if n, err := b.Redrive(ctx, queue.LINE); n != 1 || err != nil {
		t.Error(n, err)
	}
	if _, err := b.Depth(ctx, "none"); err == nil {
		t.Error("a queue that does not exist has a depth")
	}
}

func TestALocalStackThatWasKilledIsWorkedOnByItsFiles(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	f, err := folder.Open(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	made, err := f.Data(engine.Options{}, t.Logf, "0125")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Local(t.Context(), data, ""); err == nil {
		t.Error("a folder that somebody else holds was opened")
	}
	if err := errors.Join(made.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	// Killed: it had no time to forget where it listened.
	running := filepath.Join(data, "running.json")
	if err := os.WriteFile(running, []byte(`{"url":"http://127.0.0.1:1","socket":"`+filepath.Join(data, "gone")+`"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := Local(t.Context(), data, "a:AAAA")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Table.Write(t.Context(), store.PutBank(&store.Bank{Code: "0125"})); err != nil {
		t.Error(err)
	}
	if _, err := d.LINE(t.Context()); !errors.Is(err, ErrNoLINE) {
		t.Error(err)
	}
	if err := d.Secrets.PutSecret(t.Context(), Webhook("0125"), "whsec_new,whsec_old"); err != nil {
		t.Error(err)
	}
	if keys, err := d.Secrets.Secret(t.Context(), LinkKeys); keys != "a:AAAA" || err != nil {
		t.Error(keys, err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	kept, err := folder.ReadSecrets(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"whsec_new", "whsec_old"}, kept.Banks["0125"].Live()); diff != "" {
		t.Error(diff)
	}
}

func TestAStackThatWentAwayIsASentence(t *testing.T) {
	t.Parallel()
	d := Connect(filepath.Join(t.TempDir(), "nobody"))
	if _, err := d.Table.Get(context.Background(), store.Key{PK: "a", SK: "b"}); !errors.Is(err, errGone) {
		t.Error(err)
	}
}
