package notify_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/queue"
	"kozamori/internal/store"
)

// filed stores a file that was taken, and queues that its bank is to be told.
func (w *world) filed() {
	w.t.Helper()
	f := &store.File{ID: "file_1", Bank: "0125", SHA256: "abc", Feed: "core", Sequence: 7, Layout: "JSON Lines", Known: true, State: store.FileTaken, Rows: 3, Debits: 2, DebitYen: 5000, Accepted: 2, Refused: 1,
		First: "2026-11-23", Last: "2026-11-24", Problems: []store.FileProblem{{Line: 2, Byte: 300, ID: "e2", Field: "amount", Reason: "is missing", Code: "missing"}}, At: w.Now(), Finished: w.Now()}
	if err := w.store.Write(context.Background(), store.PutFile(f)); err != nil {
		w.t.Fatal(err)
	}
	var jobs queue.Jobs
	jobs.TellFile("0125", "file_1")
	jobs.TellFile("0125", "file_1") // a process that died queues it twice
	jobs.TellFile("0125", "file_of_long_ago")
	if err := jobs.Send(context.Background(), w.queue); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) file() *store.File {
	w.t.Helper()
	f, err := w.store.File(context.Background(), "0125", "file_1")
	if err != nil {
		w.t.Fatal(err)
	}
	return f
}

func TestABankIsToldOnceWhatCameOfItsFile(t *testing.T) {
	w := newWorld(t)
	w.bank.setDown(true)
	w.filed()
	w.settle()
	w.pass(3*time.Hour, 10*time.Minute)
	if f := w.file(); !f.Untold() {
		t.Errorf("%+v", f)
	}
	w.bank.setDown(false)
	w.pass(3*time.Hour, 10*time.Minute)
	all := w.bank.callbacks()
	if len(all) == 0 || len(w.bank.ids) != 1 || w.file().ToldAt.IsZero() { // two jobs at once may call twice, under one id
		t.Fatalf("%d callbacks under %d ids: %+v", len(all), len(w.bank.ids), w.file())
	}
	delete(all[0], "received_at")
	delete(all[0], "finished_at")
	want := map[string]any{"type": "intake.finished", "bank": "0125", "file_id": "file_1", "state": "taken", "sha256": "abc", "feed": "core", "sequence": 7.0, "layout": "JSON Lines", "layout_known": true,
		"rows": 3.0, "debits": map[string]any{"count": 2.0, "yen": 5000.0}, "credits": map[string]any{"count": 0.0, "yen": 0.0}, "pending": 0.0, "others": 0.0, "skipped": 0.0, "accepted": 2.0, "refused": 1.0,
		"days": map[string]any{"from": "2026-11-23", "to": "2026-11-24"}, "misfits": []any{},
		"problems": []any{map[string]any{"line": 2.0, "byte": 300.0, "id": "e2", "field": "amount", "reason": "is missing", "code": "missing"}}}
	if diff := cmp.Diff(want, all[0]); diff != "" {
		t.Error(diff)
	}
}

func TestABankThatNeverTakesAFilesReportIsGivenUp(t *testing.T) {
	w := newWorld(t)
	w.bank.setDown(true)
	w.filed()
	w.settle()
	w.pass(71*time.Hour, 30*time.Minute)
	if f := w.file(); !f.Untold() {
		t.Fatalf("given up too early: %+v", f)
	}
	w.pass(4*time.Hour, 30*time.Minute)
	if f := w.file(); f.GaveUpAt.IsZero() || !f.ToldAt.IsZero() {
		t.Errorf("%+v", f)
	}
}
