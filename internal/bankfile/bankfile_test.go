package bankfile_test

import (
	"testing"
	"time"

	"kozamori/internal/bankfile"
	"kozamori/internal/store"
)

func TestHowFarAFileIs(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 30, 2, 0, 0, 0, time.UTC)
	f := &store.File{State: store.FileTaking, Accepted: 1000, Object: &store.FileObject{ReadAt: at}, Parts: []store.FilePart{{Rows: 250, Done: true}, {Rows: 500}, {Rows: 250}}}
	if p := bankfile.Now(f, at.Add(time.Minute)).Progress; p == nil || p.Rows != 250 || p.SecondsLeft == nil || *p.SecondsLeft != 180 {
		t.Errorf("%+v", p)
	}
	f.Parts[0].Done = false
	if p := bankfile.Now(f, at).Progress; p == nil || p.Rows != 0 || p.SecondsLeft != nil { // not "no time is left"
		t.Errorf("%+v", p)
	}
	f.State = store.FileTaken
	if bankfile.Now(f, at).Progress != nil || bankfile.Of(f).Progress != nil {
		t.Error("a file that is taken is under way")
	}
}
