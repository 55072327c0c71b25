package events_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/events"
	"kozamori/internal/watch"
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

// What the list says of a sample is what the sample is.
func TestTheNumbersOfTheTitlesAreThoseOfTheSamples(t *testing.T) {
	of := func(file string) (good []*watch.Event, bad int) {
		s, _ := events.ByFile(file)
		read, err := wire.ReadBody(s.Body(), s.Bank, time.Now())
		if err != nil {
			t.Fatal(file, err)
		}
		for i := range read.Events {
			if read.Events[i].Refused() {
				bad++
			} else {
				good = append(good, &read.Events[i].Event)
			}
		}
		return good, bad
	}
	says := func(file, format string, args ...any) {
		t.Helper()
		if s, _ := events.ByFile(file); s.Says != fmt.Sprintf(format, args...) {
			t.Errorf("%s is said to be %q, and is %q", file, s.Says, fmt.Sprintf(format, args...))
		}
	}
	four, _ := of("0125-four-debits.json")
	if len(four) != 4 {
		t.Errorf("%d debits, and the title says four", len(four))
	}
	says("0125-four-debits.json", "September 2020: four in %.0f seconds", four[len(four)-1].OccurredAt.Sub(four[0].OccurredAt).Seconds())
	link, _ := of("0125-link-then-debit.json")
	if apart := link[1].OccurredAt.Sub(link[0].OccurredAt); apart.Round(time.Hour) != time.Hour {
		t.Errorf("used %s after it was linked, and the title says an hour", apart)
	}
	below, _ := of("0125-overdrawn.json")
	yen := -*below[len(below)-1].BalanceAfter
	says("0125-overdrawn.json", "leaves the account %d,%03d yen below zero", yen/1000, yen%1000)
	good, bad := of("0125-good-and-bad.json")
	says("0125-good-and-bad.json", "%d good among %d bad, each with its reason", len(good), bad)
}
