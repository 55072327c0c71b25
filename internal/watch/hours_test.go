package watch_test

import (
	"testing"
	"time"

	"kozamori/internal/watch"
)

func TestATelephoneIsAnsweredWhenItsOwnerSaysSo(t *testing.T) {
	t.Parallel()
	// 2026-11-30 is a Monday.
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, watch.JST) }
	for _, c := range []struct {
		hours string
		at    time.Time
		open  bool
	}{
		{"24時間", at(30, 3, 0), true},
		{"お問い合わせ窓口（24時間365日）", at(29, 3, 0), true},
		{"平日9:00-17:00", at(30, 9, 0), true},
		{"平日9:00-17:00", at(30, 17, 0), false},
		{"平日9:00-17:00", at(29, 12, 0), false},
		{"毎日9:00-17:00、1/1-2除く", at(29, 12, 0), true},
		{"毎日9:00-17:00、1/1-2除く", at(29, 1, 30), false},
		{"平日 8:30-21:00、土日休日と年末年始 9:00-17:00", at(29, 18, 0), false},
		{"平日 8:30-21:00、土日休日と年末年始 9:00-17:00", at(30, 18, 0), true},
		{"カード紛失（夜間・休日）", at(30, 12, 0), false},
		{"カード紛失（夜間・休日）", at(30, 18, 0), true},
		{"カード紛失（夜間・休日）", at(29, 12, 0), true},
		{"カード紛失（夜間・休日）", at(30, 8, 59), true},
		{"カード紛失（夜間・休日）", at(30, 9, 0), false},
		{"カード紛失（夜間・休日）", at(30, 16, 59), false},
		{"カード紛失（夜間・休日）", at(30, 17, 0), true},
		{"夜間・休日、24時間有人", at(30, 23, 0), true},
		{"毎日20:00-6:00", at(30, 19, 59), false},
		{"毎日20:00-6:00", at(30, 20, 0), true},
		{"毎日20:00-6:00", at(30, 5, 59), true},
		{"毎日20:00-6:00", at(30, 6, 0), false},
		{"カード紛失（平日9-17時以外）", at(30, 12, 0), false},
		{"カード紛失（平日9-17時以外）", at(29, 12, 0), true},
		{"ATMセンター（平日8:45-17:00以外は24時間）", at(30, 8, 44), true},
		{"喪失届受付センター（月-金 0-9時・17-24時、土 0-21時、日 6:30-24時）", at(30, 8, 0), true},
		{"喪失届受付センター（月-金 0-9時・17-24時、土 0-21時、日 6:30-24時）", at(30, 12, 0), false},
		{"喪失届受付センター（月-金 0-9時・17-24時、土 0-21時、日 6:30-24時）", at(28, 20, 0), true},
		{"喪失届受付センター（月-金 0-9時・17-24時、土 0-21時、日 6:30-24時）", at(29, 6, 0), false},
		{"20:00〜翌朝6:00まで毎日 20:00〜6:00", at(30, 2, 0), true},
		{"平日９時から", at(30, 2, 0), false},
	} {
		open, known := watch.Answered(c.hours, c.at)
		if open != c.open || !known && c.open {
			t.Errorf("%s at %s: open %v, known %v", c.hours, c.at.Format("Mon 15:04"), open, known)
		}
	}
	for _, unknown := range []string{"", "ダイヤルサービスセンター（サービス番号1、1）", "平日の昼間", "祝日を除く"} {
		if open, known := watch.Answered(unknown, at(30, 12, 0)); open || known {
			t.Errorf("%q: open %v, known %v", unknown, open, known)
		}
	}
	if open, _ := watch.Answered("平日9:00-17:00", time.Date(2026, 11, 30, 0, 30, 0, 0, time.UTC)); !open {
		t.Error("hours are those of Japan")
	}
}
