package bankapi_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
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
