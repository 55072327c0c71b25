package web_test

import (
	"testing"
	"time"

	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// Somebody who has no chat pauses on the page what others pause there.
func TestAPauseIsChosenOnThePage(t *testing.T) {
	t.Parallel()
	noon := func(w *world) time.Time { return w.now().In(watch.JST) }
	for choice, end := range map[string]func(now time.Time) time.Time{
		wording.PauseShort: func(now time.Time) time.Time { return now.Add(time.Hour) },
		wording.PauseLong:  func(now time.Time) time.Time { return now.Add(7 * 24 * time.Hour) },
		wording.PauseMorning: func(now time.Time) time.Time {
			return time.Date(now.Year(), now.Month(), now.Day()+1, 7, 0, 0, 0, watch.JST)
		},
	} {
		t.Run(choice, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			b, p := w.settings()
			p.says(t, 200, "休まない")
			p.saysNot(t, "すぐに再開する")
			want := end(noon(w))
			p = b.send(p, wording.DoSave, "pause", choice)
			p.says(t, 200, "保存しました", "このまま")
			if got := w.rules().PausedUntil; !got.Equal(want) {
				t.Fatalf("paused until %s, want %s", got, want)
			}
			// What else is saved leaves it; it is ended by its own choice.
			p = b.send(p, wording.DoSave, "service_min", "2000")
			if got := w.rules().PausedUntil; !got.Equal(want) {
				t.Fatalf("after another change paused until %s", got)
			}
			p = b.send(p, wording.DoSave, "pause", "forever")
			p.says(t, 422, "この内容では設定できません")
			p = b.send(p, wording.DoSave, "pause", wording.PauseOver)
			p.says(t, 200, "休まない")
			if got := w.rules().PausedUntil; !got.IsZero() {
				t.Errorf("still paused until %s", got)
			}
		})
	}
}
