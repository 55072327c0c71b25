package bankapi_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/testkit/tabletest"
)

func TestABankSaysItselfWhomItsCustomersCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const path = "/v1/banks/0168/contacts"
	today := w.Now().Format("2006-01-02")
	list := func(c ...any) map[string]any { return map[string]any{"contacts": append([]any{}, c...)} }
	read := func(want map[string]any) {
		t.Helper()
		if status, v := w.call(w.key, "GET", path, ""); status != 200 || cmp.Diff(want, v) != "" {
			t.Errorf("%d %s", status, cmp.Diff(want, v))
		}
	}
	read(list())
	want := list(map[string]any{"phone": "022-000-0000", "for": "不正な引き落としの窓口", "hours": "平日 9:00-17:00", "checked_on": "2026-01-15"},
		map[string]any{"phone": "+81-3-0000-0000", "checked_on": today})
	const good = `{"contacts":[{"phone":"022-000-0000","for":"不正な引き落としの窓口","hours":"平日 9:00-17:00","checked_on":"2026-01-15"},{"phone":"+81-3-0000-0000"}]}`
	if status, v := w.call(w.key, "PUT", path, good); status != 200 || cmp.Diff(want, v) != "" {
		t.Fatalf("%d %s", status, cmp.Diff(want, v))
	}
	read(want)
	for field, body := range map[string]string{
		"contacts":               `{}`,
		"contacts[0].phone":      `{"contacts":[{"phone":"#9110"}]}`,
		"contacts[1].phone":      `{"contacts":[{"phone":"110"},{"phone":"abc"}]}`,
		"contacts[0].for":        `{"contacts":[{"phone":"110","for":"https://bank.example/x"}]}`,
		"contacts[0].hours":      `{"contacts":[{"phone":"110","hours":"24\u202e"}]}`,
		"contacts[0].checked_on": `{"contacts":[{"phone":"110","checked_on":"2025-01-15"}]}`,
		"contacts[2].checked_on": `{"contacts":[{"phone":"110"},{"phone":"110"},{"phone":"110","checked_on":"2031-01-15"}]}`,
		"contacts[0].colour":     `{"contacts":[{"phone":"110","colour":"red"}]}`,
	} {
		if status, v := w.call(w.key, "PUT", path, body); status != 422 || v["field"] != field {
			t.Errorf("%s: %d %v", body, status, v)
		}
	}
	for _, number := range []string{"0990-123-456", "+81-990-123-456", "+81-03-1234-5678", "0120-000-000, 0120-111-111", "０１２０－０００－０００", "03-1234-5678 内線12"} {
		if status, v := w.call(w.key, "PUT", path, fmt.Sprintf(`{"contacts":[{"phone":%q}]}`, number)); status != 422 || v["field"] != "contacts[0].phone" {
			t.Errorf("%s: %d %v", number, status, v)
		}
	}
	six := `{"phone":"110"}`
	for range 5 {
		six += `,{"phone":"110"}`
	}
	if status, v := w.call(w.key, "PUT", path, fmt.Sprintf(`{"contacts":[%s]}`, six)); status != 422 || v["field"] != "contacts" {
		t.Errorf("six: %d %v", status, v)
	}
	read(want) // nothing of it
	if b, err := w.store.Bank(context.Background(), "0168"); err != nil || b.Name != "中国銀行" || b.Phone != "022-000-0000" || len(b.More) != 1 {
		t.Errorf("%+v %v", b, err)
	}
}

// Who replaces the numbers says which ones: what somebody else changed meanwhile is
// not overwritten, and the same request sent again is answered as before.
func TestTwoWhoSetTheNumbersDoNotOverwriteEachOther(t *testing.T) {
	t.Parallel()
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		w := newWorldOn(t, kind)
		const one, two, three = `{"contacts":[{"phone":"022-000-0000"}]}`, `{"contacts":[{"phone":"0120-000-000"}]}`, `{"contacts":[]}`
		tag := func(r *httptest.ResponseRecorder, want int) string {
			t.Helper()
			if r.Code != want || want == 200 && !strings.HasPrefix(r.Header().Get("ETag"), `"`) {
				t.Fatalf("%d, ETag %s, %s", r.Code, r.Header().Get("ETag"), r.Body)
			}
			return r.Header().Get("ETag")
		}
		none := tag(w.asked("GET", "/contacts", "", "", ""), 200)
		first := tag(w.asked("PUT", "/contacts", one, "If-Match", none), 200)
		if read := tag(w.asked("GET", "/contacts", "", "", ""), 200); read != first || first == none {
			t.Errorf("after the change it is %s, read as %s, before %s", first, read, none)
		}
		tag(w.asked("PUT", "/contacts", two, "If-Match", none), 412)
		if again := tag(w.asked("PUT", "/contacts", one, "If-Match", none), 200); again != first {
			t.Errorf("the same again is %s, want %s", again, first)
		}
		for _, odd := range []string{"", "x", `"x"`, `W/` + first, strings.Trim(first, `"`)} {
			tag(w.asked("PUT", "/contacts", two, "If-Match", odd), 412)
		}
		if read := tag(w.asked("GET", "/contacts", "", "", ""), 200); read != first {
			t.Error("what was refused changed them")
		}
		tag(w.asked("PUT", "/contacts", two, "If-Match", "*"), 200)
		tag(w.asked("PUT", "/contacts", one, "If-Match", `"x", `+tag(w.asked("GET", "/contacts", "", "", ""), 200)), 200)
		if last := tag(w.asked("PUT", "/contacts", three, "", ""), 200); last != none {
			t.Errorf("none again is %s, and was %s", last, none)
		}
	})
}
