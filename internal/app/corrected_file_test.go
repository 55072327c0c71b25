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
