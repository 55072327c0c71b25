package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/unicode/norm"

	"kozamori/internal/catalog"
)

// camt writes a camt.053 with booked debits of a day: a text and yen each.
func camt(number string, opening int, entries ...string) []byte {
	var b strings.Builder
	balance := func(code string, yen int) {
		fmt.Fprintf(&b, `<Bal><Tp><CdOrPrtry><Cd>%s</Cd></CdOrPrtry></Tp><Amt Ccy="JPY">%d</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>`, code, yen)
	}
	fmt.Fprintf(&b, `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Acct><Id><Othr><Id>%s-1-%s</Id></Othr></Id></Acct>`, sampleBranch, number)
	balance("OPBD", opening)
	for _, e := range entries {
		var day, text, state string
		var yen int
		if _, err := fmt.Sscan(e, &day, &yen, &state, &text); err != nil {
			panic(err)
		}
		if state == "BOOK" {
			opening -= yen
		}
		fmt.Fprintf(&b, "\n"+`<Ntry><Amt Ccy="JPY">%d</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>%s</Cd></Sts><BookgDt><Dt>%s</Dt></BookgDt><AddtlNtryInf>%s</AddtlNtryInf></Ntry>`, yen, state, day, text)
	}
	balance("CLBD", opening)
	b.WriteString(`</Stmt></BkToCstmrStmt></Document>`)
	return []byte(b.String())
}

func anser(rows ...string) []byte {
	out := "照会口座,番号,勘定日,（起算日）,出金金額（円）,入金金額（円）,小切手区分,残高（円）,取引区分,明細区分,金融機関名,支店名,摘要\r\n" + strings.Join(rows, "\r\n") + "\r\n"
	b, err := japanese.ShiftJIS.NewEncoder().Bytes([]byte(out))
	if err != nil {
		panic(err)
	}
	return b
}

// No account number is in any byte that leaves the bank or is told there, whatever
// the files hold and however they are spoilt.
func TestNoAccountNumberLeavesTheBank(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	texts := []string{testNumber, "ﾌﾘｺﾐ" + testNumber, "振込7654321", "口座 1237654321", "X" + otherOne, "ﾌﾘｺﾐ-" + otherOne + "-1"}
	var rows, csv, entries, lines []string
	for i, s := range texts {
		narrow := strings.NewReplacer("振込", "ﾌﾘｺﾐ", "口座 ", "ｺｳｻﾞ").Replace(s)
		rows = append(rows, fmt.Sprintf("0811%02d 2 %d %s", 20+i, 300+i, narrow))
		wide := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r - '0' + '０'
			}
			return r
		}, s)
		csv = append(csv, fmt.Sprintf("普通%s,1,2026年11月%d日,,%d,,,%d,振替,,,,%s", testNumber, 20+i, 400+i, 900_000-i, wide), fmt.Sprintf("普通%s,1,2026年11月%d日,,%s,,,%d,振替,,,,%s", testNumber, 20+i, testNumber+"x", 900_000-i, s),
			fmt.Sprintf("普通%s,1,%s,,%d,,,,振替,,,,%s", testNumber, testNumber, 400+i, s))
		entries = append(entries, fmt.Sprintf("2026-11-%d %d BOOK %s", 20+i, 500+i, strings.ReplaceAll(wide, " ", "")))
		line, err := json.Marshal(map[string]any{"id": fmt.Sprint("row-", testNumber, "-", i), "transaction_id": "t" + testNumber + fmt.Sprint(i), "type": "debit", "branch": sampleBranch, "account_type": "普通", "account_number": testNumber,
			"occurred_on": fmt.Sprintf("2026-11-%d", 20+i), "amount": 600 + i, "currency": "JPY", "descriptor": wide, "detail": s, "note": testNumber})
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(line), fmt.Sprintf(`{"id":"z%d","type":"debit","transaction_id":"z%d","account_ref":%q,"occurred_on":"2026-11-20","amount":1,"currency":"JPY","descriptor":"x"}`, i, i, testNumber),
			fmt.Sprintf(`{"type":"debit","branch":%q,"account_type":"普通","account_number":%q,"occurred_on":"2026-11-20","amount":1,"currency":"JPY","descriptor":"x","rail":%q}`, sampleBranch, testNumber, wide))
	}
	whole := nightly(testNumber, "081120", "081127", 1_000_000, rows...)
	b.put("in-"+testNumber+".txt", whole)
	b.put("anser.csv", anser(csv...))
	b.put("camt.xml", camt(testNumber, 1_000_000, entries...))
	b.put("events.jsonl", []byte(strings.Join(lines, "\n")))
	for at := 202; at < len(whole); at += 97 { // a byte is lost, and what is behind it stands elsewhere
		b.put(fmt.Sprintf("lost-%d.txt", at), slices.Concat(whole[:at], whole[at+1:]))
	}
	b.put("no account.csv", anser(fmt.Sprintf("%s-%s,1,2026年11月20日,,5,,,,振替,,,,x", testNumber, testNumber)))
	b.faults = []int{429, 503, -1, 503}
	code, reports, errs := b.agent()
	if code != 1 || len(reports) < 10 {
		t.Fatalf("%d, %d reports: %s", code, len(reports), errs)
	}
	sent := 0
	for _, r := range reports {
		sent += r.Sent
		if !strings.HasPrefix(r.File, "lost-") && r.File != "no account.csv" && r.Accepted < len(texts) {
			t.Errorf("%+v", r)
		}
	}
	if sent < 4*len(texts) {
		t.Errorf("%d events were sent", sent)
	}
	if _, _, err := b.agent("-check"); !strings.Contains(err, "refused") {
		t.Error(err)
	}
	b.numberless()
}

// numberless looks for the numbers in all that was sent or told, as a table and on
// the disk too.
func (b *bank) numberless() {
	b.T.Helper()
	var o, e bytes.Buffer
	run(b.T.Context(), &o, &e, os.Getenv, append(b.args(), "-check"), nil)
	all := map[string]string{"sent or told": b.heard.String(), "the table": o.String() + e.String()}
	err := filepath.WalkDir(filepath.Join(b.folder, ".kozamori"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		all[path] = path + string(body)
		return err
	})
	if err != nil || len(all) < 10 {
		b.T.Fatal(err, len(all))
	}
	for where, s := range all {
		for _, number := range []string{testNumber, otherOne} {
			if i := strings.Index(norm.NFKC.String(s), number); i >= 0 {
				b.T.Errorf("%s: the number is there: …%s", where, norm.NFKC.String(s)[max(0, i-120):min(len(norm.NFKC.String(s)), i+20)])
			}
		}
	}
}

// Digits that could be an account number are not what a service is recognised by.
func TestWhatIsHiddenChangesNoRecognition(t *testing.T) {
	t.Parallel()
	body, err := os.ReadFile("../../internal/catalog/testdata/lines.tsv")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(body)) {
		s, _, _ := strings.Cut(line, "\t")
		if was, is := catalog.Classify(sampleBank, s), catalog.Classify(sampleBank, (account{}).hidden(s)); was.Service != is.Service {
			t.Errorf("%q is %q, and hidden %q", s, was.Service, is.Service)
		}
		n++
	}
	if n < 100 {
		t.Errorf("%d lines", n)
	}
}

func outcomes(reports []report) (out []string) {
	for _, r := range reports {
		out = append(out, fmt.Sprintf("%s %s %d/%d", r.File, r.Outcome, r.Sent, r.Refused))
	}
	return out
}

func want(t *testing.T, what string, got []string, wanted ...string) {
	t.Helper()
	if !slices.Equal(got, wanted) {
		t.Errorf("%s: %q, want %q", what, got, wanted)
	}
}

// Files that repeat each other, overlap, or correct each other bring each row once.
func TestEachRowIsSentUnderOneID(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	two := slices.Concat(monday, tuesday)
	bad := nightly(testNumber, "081123", "081124", 100_000, two...)
	copy(bad[4*202+9:], "999999999999") // of 28,000 yen: the day
	b.put("1.txt", bad)
	code, reports, _ := b.agent()
	want(t, "a bad row", outcomes(reports), "1.txt taken 5/1")
	if p := reports[0].Problems[0]; code != 1 || p.Line != 5 || p.Byte != 4*202 || p.Field != "預入・払出日" || p.Reason == "" {
		t.Errorf("%d %+v", code, reports[0])
	}
	b.put("2.txt", nightly(testNumber, "081123", "081124", 100_000, two...))
	_, reports, _ = b.agent()
	want(t, "corrected", outcomes(reports), "2.txt taken 6/0")
	if len(b.events) != 6 {
		t.Errorf("%d events", len(b.events))
	}
	b.put("3.txt", nightly(testNumber, "081124", "081125", 346_500, slices.Concat(tuesday, wednesday)...))
	b.put("4.txt", nightly(testNumber, "081123", "081124", 100_000, two...))
	posts := b.posts
	_, reports, _ = b.agent()
	want(t, "overlapping, and the same", outcomes(reports), "3.txt taken 5/0", "4.txt taken before 6/0")
	if len(b.events) != 7 || b.posts != posts+3 {
		t.Errorf("%d events, %d requests", len(b.events), b.posts-posts)
	}
	// Without balances equals are told apart by their number.
	b.put("5.xml", camt(otherOne, 90_000, "2026-11-25 500 BOOK a", "2026-11-25 500 BOOK a", "2026-11-26 500 BOOK a"))
	b.put("6.xml", camt(otherOne, 90_000, "2026-11-25 500 BOOK a", "2026-11-25 500 BOOK a", "2026-11-25 500 BOOK a", "2026-11-27 9 PDNG b"))
	_, reports, _ = b.agent()
	want(t, "equals", outcomes(reports), "5.xml taken 3/0", "6.xml taken 3/0")
	if len(b.events) != 7+4 || reports[1].Pending != 1 {
		t.Errorf("%d events, %+v", len(b.events), reports[1])
	}
	// Two bad rows of an account: what is behind them has no balance, and waits.
	worse := nightly(otherOne, "081123", "081124", 100_000, two...)
	copy(worse[202+9:], "999999999999")
	copy(worse[4*202+9:], "999999999999")
	b.put("7.txt", worse)
	_, reports, _ = b.agent()
	want(t, "two bad rows", outcomes(reports), "7.txt taken 0/6")
	// The same number at another branch, or of another kind, is another account.
	k := testKeeper(t)
	refs := map[string]bool{}
	for _, a := range []account{{"123", "1", testNumber}, {"124", "1", testNumber}, {"123", "2", testNumber}, {"123", "1", otherOne}} {
		refs[k.ref(a)] = true
	}
	if len(refs) != 4 {
		t.Error(refs)
	}
}

// A file that does not fit itself, or its manifest, is refused before anything of
// it is sent; what is not whole is not read.
func TestHalfAFileIsNeverRead(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	whole := nightly(testNumber, "081123", "081123", 100_000, monday...)
	trailer := bytes.Replace(whole, []byte("8000001"), []byte("8000002"), 1)
	b.put("a.txt", trailer)
	b.put("b.txt", whole[:len(whole)-202])
	b.put("c.xml", camt(testNumber, 9_000, "2026-11-25 500 BOOK a")[:300])
	b.put("d.xml", bytes.Replace(camt(testNumber, 9_000, "2026-11-25 500 BOOK a"), []byte("8500"), []byte("8501"), 1))
	b.put("e.pdf", []byte("%PDF-1.7"))
	b.put("f.txt", nil)
	code, reports, _ := b.agent()
	want(t, "not whole", outcomes(reports), "a.txt refused 0/0", "b.txt refused 0/0", "c.xml refused 0/1", "d.xml refused 0/0", "e.pdf refused 0/0", "f.txt refused 0/0")
	for _, r := range reports {
		if code != 1 || r.Reason == "" {
			t.Errorf("%d %+v", code, r)
		}
	}
	if code, reports, errs := b.agent(); code != 0 || len(reports) > 0 {
		t.Errorf("they are read again: %d %v %s", code, outcomes(reports), errs)
	}
	// By its manifest, which may come late and be wrong at first.
	path := filepath.Join(b.folder, "m.txt")
	b.write(path, whole)
	b.write(path+manifestEnd, []byte(`{"rows":3}`))
	if code, reports, errs := b.agent("-still", "0"); code != 0 || len(reports) > 0 || !strings.Contains(errs, "names no number of rows") {
		t.Errorf("%d %v %s", code, outcomes(reports), errs)
	}
	sum := "c0" + strings.Repeat("0", 62)
	b.write(path+manifestEnd, fmt.Appendf(nil, `{"rows":3,"sha256":%q,"sequence":1}`, sum))
	_, reports, _ = b.agent("-still", "0")
	want(t, "another checksum", outcomes(reports), "m.txt refused 0/0")
	sum = reports[0].SHA256
	b.write(path+manifestEnd, fmt.Appendf(nil, `{"rows":4,"sha256":%q,"sequence":1}`, sum))
	_, reports, _ = b.agent("-still", "0")
	want(t, "other rows", outcomes(reports), "m.txt refused 0/0")
	if len(b.events) > 0 {
		t.Fatalf("%d events", len(b.events))
	}
	b.write(path+manifestEnd, fmt.Appendf(nil, `{"rows":3,"sha256":%q,"sequence":1}`, strings.ToUpper(sum)))
	_, reports, _ = b.agent("-still", "0")
	want(t, "its own", outcomes(reports), "m.txt taken 2/0")
	// A gap in days, and in the numbers of files.
	late := nightly(testNumber, "081126", "081127", 346_500, "081126 2 300 ﾍﾟｲﾍﾟｲ")
	b.write(filepath.Join(b.folder, "n.txt"), late)
	_, reports, _ = b.agent("-check")
	if s := fmt.Sprint(outcomes(reports)); strings.Contains(s, "n.txt") || !strings.Contains(s, "m.txt checked 0/0") {
		t.Errorf("a file that may grow was read: %v", s)
	}
	b.write(filepath.Join(b.folder, "n.txt"+doneEnd), nil)
	_, reports, _ = b.agent("-check")
	b.write(filepath.Join(b.folder, "n.txt"+manifestEnd), fmt.Appendf(nil, `{"rows":1,"sha256":%q,"sequence":4}`, reports[len(reports)-1].SHA256))
	_, reports, _ = b.agent()
	if r := reports[0]; len(reports) != 1 || r.Gap != "files 2 to 3 were not seen; no file before it tells of 2026-11-24 to 2026-11-25" || r.First != "2026-11-26" || r.Last != "2026-11-27" {
		t.Errorf("%+v", reports)
	}
	// A night without rows is a file, too: after it days are missing of which no file was
	// to tell.
	b.write(filepath.Join(b.folder, "o.txt"), nil)
	b.write(filepath.Join(b.folder, "o.txt"+manifestEnd), fmt.Appendf(nil, `{"rows":0,"sha256":"%x","sequence":5}`, sha256.Sum256(nil)))
	_, reports, _ = b.agent()
	want(t, "no rows", outcomes(reports), "o.txt taken 0/0")
	if r := reports[0]; r.Gap != "" || r.Rows != 0 || r.First != "" {
		t.Errorf("%+v", r)
	}
	b.write(filepath.Join(b.folder, "p.txt"), nightly(testNumber, "081130", "081130", 346_200, "081130 2 100 ﾍﾟｲﾍﾟｲ"))
	b.write(filepath.Join(b.folder, "p.txt"+doneEnd), nil)
	_, reports, _ = b.agent("-check")
	b.write(filepath.Join(b.folder, "p.txt"+manifestEnd), fmt.Appendf(nil, `{"rows":1,"sha256":%q,"sequence":6}`, reports[len(reports)-1].SHA256))
	_, reports, _ = b.agent()
	if r := reports[0]; len(reports) != 1 || r.Outcome != outcomeTaken || r.Gap != "" {
		t.Errorf("%+v", reports)
	}
}

func TestAFileIsReadOnceItIsStill(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 27, 3, 0, 0, 0, time.UTC)
	a := &agent{in: t.TempDir(), still: 10 * time.Second, watched: map[string]watched{}, now: func() time.Time { return now }, errs: &bytes.Buffer{}}
	path := filepath.Join(a.in, "x.txt")
	touch := func(text string, at time.Time) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{".x", "x.txt.tmp", "y.part", "x.txt.swp"} {
		if err := os.WriteFile(filepath.Join(a.in, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	look := func(after time.Duration, ready, waiting int) {
		t.Helper()
		now = now.Add(after)
		if r, w, err := a.look(); err != nil || len(r) != ready || w != waiting {
			t.Errorf("after %v: %v, %d wait, %v", after, r, w, err)
		}
	}
	look(0, 0, 0)
	touch("a", now.Add(-time.Hour)) // as cp -p leaves it
	look(0, 0, 1)
	look(9*time.Second, 0, 1)
	touch("ab", now.Add(-time.Hour)) // the same time, another size
	look(time.Second, 0, 1)
	touch("ab", now)
	look(9*time.Second, 0, 1)
	look(9*time.Second, 0, 1)
	look(time.Second, 1, 0)
	a.still = 0
	look(time.Hour, 0, 1)
}
