package events_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/events"
	"kozamori/internal/wire"
)

func TestEveryFileIsASampleOfAnAccountThatIsKnown(t *testing.T) {
	names, err := filepath.Glob("*.json")
	if err != nil || len(names) != len(events.Samples) {
		t.Fatalf("%d files, %d samples, %v", len(names), len(events.Samples), err)
	}
	for _, name := range names {
		s, ok := events.ByFile(name)
		if !ok {
			t.Errorf("%s is not listed", name)
			continue
		}
		onDisk, err := os.ReadFile(name)
		if err != nil || string(onDisk) != string(s.Body()) {
			t.Errorf("%s differs from what is embedded: %v", name, err)
		}
		for _, m := range regexp.MustCompile(`"account_ref":"([^"]*)"`).FindAllStringSubmatch(string(s.Body()), -1) {
			if m[1] != events.Accounts[s.Bank].Ref {
				t.Errorf("%s is about an account %s that %s does not have", name, m[1], s.Bank)
			}
		}
	}
}

func TestShiftMovesTheLatestToNowAndKeepsTheDistances(t *testing.T) {
	now := time.Date(2026, 11, 24, 3, 0, 0, 250e6, time.UTC)
	body := `{"events":[{"occurred_at":"2020-09-03T14:05:11+09:00"},{"occurred_at": "2020-09-03T14:06:11+09:00"},{"occurred_at":"2099-01-01T00:00:00Z"},{"occurred_at":"2020-09-03 14:05"}]}`
	want := `{"events":[{"occurred_at":"2026-11-24T11:59:00.250+09:00"},{"occurred_at": "2026-11-24T12:00:00.250+09:00"},{"occurred_at":"2099-01-01T00:00:00Z"},{"occurred_at":"2020-09-03 14:05"}]}`
	if diff := cmp.Diff(want, string(events.Shift([]byte(body), now))); diff != "" {
		t.Error(diff)
	}
}

func TestRenameKeepsTwinsTogether(t *testing.T) {
	s, _ := events.ByFile("0125-pending-then-posted.json")
	read, err := wire.ReadBody(events.Rename(s.Body(), "again"), s.Bank, time.Now())
	if err != nil || len(read.Events) != 2 {
		t.Fatal(len(read.Events), err)
	}
	var txns []string
	for _, e := range read.Events {
		if e.Refused() {
			t.Fatal(e.Problems)
		}
		txns = append(txns, e.Event.TransactionID)
	}
	if txns[0] != txns[1] || !strings.HasSuffix(txns[0], "-again") {
		t.Errorf("transactions %v", txns)
	}
}
