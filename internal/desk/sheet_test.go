package desk_test

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"kozamori/internal/clerk"
	"kozamori/internal/watch"
)

// cells are those of the row of a page's tables whose first cell is so.
func cells(t *testing.T, page, first string) []string {
	t.Helper()
	for row := range strings.SplitSeq(page, "<tr>") {
		var out []string
		for cell := range strings.SplitSeq(row, "<td") {
			if _, text, ok := strings.Cut(cell, ">"); ok {
				text, _, _ = strings.Cut(text, "</td>")
				out = append(out, strings.TrimSpace(tags.ReplaceAllString(text, "")))
			}
		}
		if len(out) > 1 && out[0] == first {
			return out[1:]
		}
	}
	t.Fatalf("no row begins with %q: %s", first, words(page))
	return nil
}

// What the sheet and the file say is what was reported, of that bank alone: counted here
// once more, by what the reports were made of.
func TestTheSheetAndTheFileAddUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rng := rand.New(rand.NewPCG(3, 5))
	var yen int64
	accounts, services, stops := map[string]bool{}, map[string]int64{}, []time.Duration{}
	n, stopped := 0, map[string]bool{}
	for i := range 37 {
		bank := []string{ours, ours, theirs}[rng.IntN(3)]
		ref, service, amount := fmt.Sprintf("acc_%d", rng.IntN(9)), []string{"dbarai", "paypay", "kyash"}[rng.IntN(3)], rng.Int64N(200000)+1
		d := w.report(bank, ref, service, amount)
		if bank == theirs {
			continue
		}
		n, yen, accounts[ref], services[service] = n+1, yen+amount, true, services[service]+amount
		if i%2 == 0 {
			w.Add(time.Duration(1+rng.IntN(50)) * time.Minute)
			for _, s := range []watch.DisputeStatus{watch.DisputeReceived, watch.DisputeFrozen} {
				if _, err := w.disputes.SetStatus(ctx, bank, d.ID, s, ""); err != nil {
					t.Fatal(err)
				}
			}
			stops, stopped[d.ID] = append(stops, w.Now().Sub(d.AnsweredAt)), true
		}
	}
	s := w.signedIn(ours, clerk.Manage)
	page := s.page("/desk/0168/sheet")
	for what, want := range map[string]string{"申し出": fmt.Sprint(n), "口座": fmt.Sprint(len(accounts)), "引き落とし": fmt.Sprint(n), "引き落とされた金額": thousands(yen) + "円", "対応中": fmt.Sprint(n)} {
		if !strings.Contains(words(page), what+" "+want+" ") {
			t.Errorf("the sheet lacks %s %s: %s", what, want, words(page))
		}
	}
	for service, sum := range services {
		name := map[string]string{"paypay": "PayPay", "kyash": "Kyash"}[service]
		if name == "" {
			name = "dbarai"
		}
		if got := cells(t, page, name); got[1] != thousands(sum)+"円" {
			t.Errorf("%s: %v, want %d", service, got, sum)
		}
	}
	if got := cells(t, page, "申し出 → 停止"); got[1] != fmt.Sprint(len(stops)) || got[0] != middle(stops) {
		t.Errorf("%v, want %s of %d", got, middle(stops), len(stops))
	}
	if got := cells(t, page, "名義人"); got[0] != "LINE" || got[1] != fmt.Sprint(n) {
		t.Errorf("who found it: %v", got)
	}

	code, body, head := s.ask("GET", "/desk/0168/cases.csv", nil)
	if code != http.StatusOK || head.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.Contains(head.Get("Content-Disposition"), `"kozamori-0168-`) {
		t.Fatal(code, head)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\uFEFF"))).ReadAll()
	if err != nil || len(rows) != n+1 {
		t.Fatalf("%d rows, want %d: %v", len(rows), n+1, err)
	}
	var sum int64
	for _, row := range rows[1:] {
		v, err := strconv.ParseInt(row[7], 10, 64)
		if err != nil {
			t.Fatal(row, err)
		}
		if sum += v; (row[15] != "") != stopped[row[1]] {
			t.Errorf("stopped at %q: %v", row[15], row)
		}
	}
	if sum != yen {
		t.Errorf("the file has %d yen, want %d", sum, yen)
	}
	for _, path := range []string{"/sheet", "/cases.csv"} {
		for _, role := range []clerk.Role{clerk.Look, clerk.Work} {
			if code, _, _ := w.signedIn(ours, role).ask("GET", "/desk/0168"+path, nil); code != http.StatusForbidden {
				t.Errorf("%s may take %s: %d", role, path, code)
			}
		}
		old := url.Values{"from": {"2026-01-01"}, "to": {"2026-01-31"}}
		if code, body, _ := s.ask("GET", "/desk/0168"+path+"?"+old.Encode(), nil); code != http.StatusOK || strings.Contains(body, "KZ-") || strings.Contains(body, thousands(yen)) {
			t.Errorf("%s of January: %d", path, code)
		}
		for _, q := range []string{"?from=x&to=y", "?from=2026-12-01&to=2026-01-01", "?from=9999-99-99", "?service=" + strings.Repeat("x", 500)} {
			if code, _, _ := s.ask("GET", "/desk/0168"+path+q, nil); code != http.StatusOK {
				t.Errorf("%s%s: %d", path, q, code)
			}
		}
	}
}

func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// middle is the median in minutes, found by counting how many are below and above.
func middle(all []time.Duration) string {
	rank := func(k int) time.Duration {
		for _, x := range all {
			below, same := 0, 0
			for _, y := range all {
				if y < x {
					below++
				}
				if y == x {
					same++
				}
			}
			if below <= k && k < below+same {
				return x
			}
		}
		return 0
	}
	n := len(all)
	return strconv.FormatFloat(((rank((n-1)/2) + rank(n/2)) / 2).Minutes(), 'f', 1, 64)
}

// A report that was taken back is counted as such, and adds to no sum.
func TestWhatWasTakenBackAddsToNoSum(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.report(ours, "acc_1", "paypay", 77777)
	w.report(ours, "acc_2", "paypay", 1000)
	w.withdraw(d)
	page := words(w.signedIn(ours, clerk.Manage).page("/desk/0168/sheet"))
	if strings.Contains(page, "77,777") || strings.Contains(page, "78,777") || !strings.Contains(page, "取り下げ 1 ") || !strings.Contains(page, "申し出 2 ") {
		t.Errorf("%s", page)
	}
}
