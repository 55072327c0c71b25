package bankapi_test

import (
	"fmt"
	"strings"
	"testing"

	"kozamori/internal/queue"
)

// Which file it is, its bytes and its manifest say: the same bytes about another
// account are another file, whatever its format.
func TestTheSameBytesAboutAnotherAccountAreAnotherFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	statement := anser(100_000, "24 2 3000 PAYPAY")
	nextNight := "" // nothing
	seen := map[string]string{}
	for _, c := range []struct {
		body string
		rows int
		more string
	}{
		{statement, 1, "&account_ref=acc_g9"},
		{statement, 1, "&account_ref=acc_e5"},
		{statement, 1, "&accounts=as_written"},
		{statement, 1, "&accounts=as_written&feed=a"},
		{statement, 1, "&accounts=as_written&feed=b"},
		{statement, 1, "&accounts=as_written&feed=b&sequence=2"},
		{line(1, ""), 1, ""},
		{line(1, ""), 1, "&account_ref=acc_8f3k"},
		{nextNight, 0, "&feed=a&sequence=1"},
		{nextNight, 0, "&feed=a&sequence=2"},
		{nextNight, 0, "&feed=b&sequence=2"},
	} {
		before := w.waiting(queue.Events)
		status, v := w.send(c.body, c.rows, c.more)
		id := fmt.Sprint(v["file_id"])
		if status != 202 || v["accepted"] != float64(c.rows) || w.waiting(queue.Events) != before+c.rows {
			t.Errorf("%s: %d %v", c.more, status, v)
		}
		if was, ok := seen[id]; ok {
			t.Errorf("%q is the file %q", c.more, was)
		}
		seen[id] = c.more
		if status, v := w.send(c.body, c.rows, c.more); status != 200 || v["file_id"] != id || w.waiting(queue.Events) != before+c.rows {
			t.Errorf("%s again: %d %v", c.more, status, v)
		}
	}
}

func TestANightWithoutRowsLeavesNoGap(t *testing.T) {
	t.Parallel()
	for name, empty := range map[string]string{"nothing": "", "packed": packed(""), "a byte order mark": "\ufeff", "blank lines": "\r\n \n", "a statement": national(100_000)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.bound()
			more := ""
			if name == "a statement" {
				more = "&accounts=as_written"
			}
			// Of the days behind this one no file has rows.
			if status, v := w.send(strings.Replace(line(1, ""), "2026-11-24", "2026-11-20", 1), 1, "&feed=core&sequence=1"); status != 202 {
				t.Fatalf("%d %v", status, v)
			}
			jobs := w.waiting(queue.Bank)
			status, v := w.send(empty, 0, "&feed=core&sequence=2"+more)
			if status != 202 || v["state"] != "taken" || v["rows"] != 0.0 || v["accepted"] != 0.0 || v["refused"] != 0.0 || v["gap"] != nil || w.waiting(queue.Bank) != jobs+1 {
				t.Fatalf("%d %v", status, v)
			}
			if status, v := w.send(line(2, ""), 1, "&feed=core&sequence=3"); status != 202 || v["gap"] != nil {
				t.Errorf("%d %v", status, v)
			}
			if status, v := w.send(empty, 1, "&feed=core&sequence=4"+more); status != 422 {
				t.Errorf("a row is said to be there: %d %v", status, v)
			}
		})
	}
}

func TestAnEventOfAFileAboutAnotherAccountIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bound()
	other := strings.Replace(line(2, ""), "acc_8f3k", "acc_other", 1)
	status, v := w.send(line(1, "")+"\n"+other, 2, "&account_ref=acc_8f3k")
	problems, _ := v["problems"].([]any)
	if status != 202 || v["accepted"] != 1.0 || v["refused"] != 1.0 || len(problems) != 1 {
		t.Fatalf("%d %v", status, v)
	}
	if p := problems[0].(map[string]any); p["line"] != 2.0 || p["id"] != "e2" || p["field"] != "account_ref" || p["code"] != "not_allowed" {
		t.Errorf("%v", p)
	}
	if events := w.events(); len(events) != 1 || events[0].AccountRef != "acc_8f3k" {
		t.Errorf("%+v", events)
	}
}

// A file of which no row can be taken was not taken: its number is missing until it
// comes, and the reply alone tells of it.
func TestAFileOfWhichNoRowCanBeTakenIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bound()
	if status, v := w.send(line(1, ""), 1, "&feed=core&sequence=1"); status != 202 {
		t.Fatalf("%d %v", status, v)
	}
	events, jobs := w.waiting(queue.Events), w.waiting(queue.Bank)
	bad := strings.Replace(line(2, ""), "1002", "0", 1) + "\n{}"
	for range 2 {
		status, v := w.send(bad, 2, "&feed=core&sequence=2")
		file, _ := v["file"].(map[string]any)
		if status != 422 || v["code"] != "none_taken" || file["state"] != "refused" || file["reason"] == nil || file["refused"] != 2.0 {
			t.Fatalf("%d %v", status, v)
		}
		if _, kept := w.call(w.key, "GET", filesURL+"/"+file["file_id"].(string), ""); kept["state"] != "refused" || kept["finished_at"] != nil {
			t.Errorf("%v", kept)
		}
	}
	if w.waiting(queue.Events) != events || w.waiting(queue.Bank) != jobs {
		t.Error("something is on its way")
	}
	_, v := w.send(line(3, ""), 1, "&feed=core&sequence=3")
	if gap := fmt.Sprint(v["gap"]); gap != "map[sequences:map[from:2 to:2]]" {
		t.Errorf("%v", v)
	}
}

// What the door of files takes is on record, byte order marks between joined files
// and all.
func TestEachRowThatIsAcceptedIsOnRecord(t *testing.T) {
	t.Parallel()
	for name, pack := range map[string]func(string) string{"as it is": strings.Clone, "packed": packed} {
		w := newWorld(t)
		w.bound()
		body := pack("\ufeff" + line(1, "") + "\n\ufeff" + line(2, "") + "\n{\"events\":[" + line(3, "") + "]}\n\u2028" + line(4, "") + "\u00a0\n")
		status, v := w.send(body, 4, "")
		if status != 202 || v["accepted"] != 3.0 || v["refused"] != 1.0 {
			t.Fatalf("%s: %d %v", name, status, v)
		}
		w.detect()
		if n := len(w.records()); n != 3 {
			t.Errorf("%s: %d records", name, n)
		}
	}
}
