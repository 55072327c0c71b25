package main

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kozamori/internal/intake"
	"kozamori/internal/wire"
)

// night writes a file of so many debits, with some lines more.
func night(t *testing.T, pack bool, n int, more ...string) (file, sum string) {
	t.Helper()
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, `{"id":"e%d","type":"debit","transaction_id":"t%d","account_ref":"a%d","occurred_at":%q,"amount":%d,"currency":"JPY","descriptor":"ﾄﾞｺﾓｺｳｻﾞ"}`+"\n", i, i, i%100, time.Now().Add(-time.Hour).Format(time.RFC3339), 100+i)
	}
	for _, l := range more {
		text.WriteString(l + "\n")
	}
	file = filepath.Join(t.TempDir(), "night.jsonl")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if pack {
		z := gzip.NewWriter(f)
		if _, err = z.Write([]byte(text.String())); err == nil {
			err = z.Close()
		}
	} else {
		_, err = f.WriteString(text.String())
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	h := sha256.Sum256(b)
	return file, hex.EncodeToString(h[:])
}

// Each row is taken or reported, and one that is wrong costs itself.
func TestANightsFileIsTakenInRowByRow(t *testing.T) {
	t.Parallel()
	bad := []string{
		`{"id":"b1","type":"debit","transaction_id":"x","account_ref":"a","occurred_at":"2026-11-24T00:00:00Z","amount":-1,"currency":"JPY","descriptor":"X"}`,
		``, `not an event`, `{"events":[]}`, `{"id":"b2"`, `{"id":"` + strings.Repeat("x", wire.MaxEvent) + `"}`,
		`{"id":"l1","type":"charge_link.registered","transaction_id":"l1","account_ref":"a1","occurred_at":"2026-11-24T00:00:00Z","service":"paypay"}`,
	}
	for _, pack := range []bool{false, true} {
		q, address := newTaking(t)
		file, sum := night(t, pack, 1203, bad...)
		env := []string{"KOZAMORI_BANK_SECRET", bankSecret}
		code, out, errs := ctl(t, env, "intake", "-json", "-bank", "0125", "-url", address, "-rows", "1209", "-sha256", sum, file)
		var r intakeReport
		if err := json.Unmarshal([]byte(out), &r); err != nil {
			t.Fatal(err, out, errs)
		}
		if code != 1 || r.Rows != 1209 || r.Debits != 1203 || r.Yen != 1203*100+1203*1202/2 || r.Links != 1 || r.Accepted != 1204 || r.Refused != 5 || r.SHA256 != sum || len(q.events) != 1204 {
			t.Errorf("%d: %+v, %d events: %s", code, r, len(q.events), errs)
		}
		var lines []int
		for _, p := range r.Problems {
			lines = append(lines, p.Line)
			if p.Reason == "" || p.Byte == 0 {
				t.Errorf("%+v", p)
			}
		}
		if fmt.Sprint(lines) != "[1204 1206 1207 1208 1209]" || r.Problems[0].Field != "amount" || r.Problems[0].ID != "b1" {
			t.Errorf("%+v", r.Problems)
		}
		// The same again is the same requests.
		ids := len(q.ids)
		if code, _, errs := ctl(t, env, "intake", "-bank", "0125", "-url", address, file); code != 1 || fmt.Sprint(q.ids[:ids]) != fmt.Sprint(q.ids[ids:]) {
			t.Errorf("%d %s: %v", code, errs, q.ids)
		}
	}
}

// What its manifest does not fit is refused whole, before anything is posted.
func TestAFileThatIsNotWholeIsNotTakenIn(t *testing.T) {
	t.Parallel()
	q, address := newTaking(t)
	file, sum := night(t, false, 10)
	half, _ := night(t, true, 1000)
	b, err := os.ReadFile(half)
	if err == nil {
		err = os.WriteFile(half, b[:len(b)/2], 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	env := []string{"KOZAMORI_BANK_SECRET", bankSecret}
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"too few rows":     {[]string{"-rows", "11", file}, 1, "it has 10 rows and not 11"},
		"another checksum": {[]string{"-sha256", strings.Repeat("0", 64), file}, 1, sum},
		"half of a file":   {[]string{half}, 1, "cannot be read"},
		"no file":          {[]string{"none.jsonl"}, 1, "no such file"},
		"two files":        {[]string{file, file}, 2, "Name one file"},
		"only looked at":   {[]string{"-check", "-rows", "10", file}, 0, "night.jsonl"},
	} {
		if code, out, errs := ctl(t, env, append([]string{"intake", "-bank", "0125", "-url", address}, c.args...)...); code != c.code || !strings.Contains(out+errs, c.says) {
			t.Errorf("%s: %d %s%s", name, code, out, errs)
		}
	}
	if q.requests > 0 {
		t.Errorf("%d requests", q.requests)
	}
	if code, out, errs := ctl(t, env, "intake", "-bank", "0125", "-url", address, "-rows", "10", "-sha256", sum, file); code != 0 || len(q.events) != 10 || !strings.Contains(out, "1045") {
		t.Errorf("%d %s%s", code, out, errs)
	}
}

// People are told of a file in the morning, unless it is of what has just happened.
func TestWhatIsTakenInIsOfAFile(t *testing.T) {
	t.Parallel()
	q, address := newTaking(t)
	file, sum := night(t, true, 3)
	env := []string{"KOZAMORI_BANK_SECRET", bankSecret}
	for _, c := range []struct {
		flag, want string
	}{{"", intake.FileID("0125", sum)}, {"-at-once", ""}} {
		args := []string{"intake", "-bank", "0125", "-url", address, file}
		if c.flag != "" {
			args = append(args, c.flag)
		}
		if code, _, errs := ctl(t, env, args...); code != 0 || q.file != c.want {
			t.Errorf("%s: %d %s: of the file %q", c.flag, code, errs, q.file)
		}
	}
}
