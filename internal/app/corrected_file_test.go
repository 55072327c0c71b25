package app_test

import (
	"slices"
	"strings"
	"testing"
)

// A night's file that comes again tells nobody; one that corrects it tells what changed, at
// the hour for files, and nothing else.
func TestACorrectedFileTellsWhatChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.households()
	w.swept("2026-11-28 02:00")
	w.file(night...)
	w.swept("2026-11-28 07:30")
	if n := len(w.phone()); n != 1 {
		t.Fatalf("%d messages", n)
	}
	w.swept("2026-11-29 02:00")
	w.file(night...)
	w.swept("2026-11-29 12:00")
	if all := w.phone(); len(all) != 1 {
		t.Fatalf("the same file again is told: %q", all[1:])
	}
	corrected := slices.Clone(night)
	corrected[2] = strings.Replace(ofFile("3", "acc_1", "ﾒﾙﾍﾟｲ", 6000), `"e_3"`, `"e_3b"`, 1)
	w.swept("2026-11-30 02:00")
	w.file(corrected...)
	if all := w.phone(); len(all) != 1 {
		t.Fatalf("a correction rings at night: %q", all[1:])
	}
	w.swept("2026-11-30 07:30")
	all := w.phone()
	if len(all) != 2 || !strings.Contains(all[1], "6,000円") || !strings.Contains(all[1], "4,000円") || !strings.Contains(all[1], "メルペイ") || strings.Contains(all[1], "PayPay") || strings.Contains(all[1], "***9876") {
		t.Errorf("%d messages: %q", len(all), all[1:])
	}
	w.file(corrected...)
	w.swept("2026-12-01 12:00")
	if n := len(w.phone()); n != 2 {
		t.Errorf("the corrected file again is told: %q", w.phone()[2:])
	}
}

// What a file and a webhook bring of long ago within some minutes is one message of all of
// it, whichever came first: nothing is left out, and nothing is told twice.
func TestAFileAndAWebhookOfLongAgoAreSummedUpTogether(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]bool{"the file first": true, "the webhook first": false} {
		w := newWorld(t)
		w.households()
		row := strings.Replace(ofFile("3", "acc_1", "ﾒﾙﾍﾟｲ", 4000), "2026-11-27", "2026-11-10", 1)
		event := strings.Replace(ofFile("5", "acc_1", "PAYPAY", 1000), "2026-11-27", "2026-11-09", 1)
		for i, file := range []bool{first, !first} {
			w.swept([]string{"2026-11-28 02:00", "2026-11-28 02:05"}[i])
			if file {
				w.file(row)
			} else {
				w.happen(event)
			}
		}
		for _, at := range []string{"2026-11-28 02:11", "2026-11-28 02:30", "2026-11-28 07:30", "2026-11-28 12:00", "2026-11-29 02:30", "2026-11-29 07:30", "2026-11-30 12:00"} {
			w.swept(at)
		}
		all := w.phone()
		if len(all) != 1 || !strings.Contains(all[0], `"2件"`) || !strings.Contains(all[0], `"5,000円"`) {
			t.Errorf("%s: %d messages: %q", name, len(all), all)
		}
	}
}
