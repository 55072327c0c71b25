package bankapi_test

import (
	"net/http"
	"testing"

	"kozamori/internal/catalog"
)

func TestServicesAreThoseOfTheCatalogWithAKeyOrWithout(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, key := range map[string]string{"none": "", "ours": w.key, "expired": w.expired} {
		w.table.Taken()
		status, v := w.call(key, http.MethodGet, "/v1/services", "")
		if took := w.table.Taken(); status != http.StatusOK || took != "" {
			t.Fatalf("key %s: %d, reads %q", name, status, took)
		}
		list, _ := v["services"].([]any)
		if len(list) != len(catalog.Services()) || len(list) == 0 {
			t.Fatalf("key %s: %d services, want %d", name, len(list), len(catalog.Services()))
		}
		kinds := map[any]bool{}
		for _, one := range list {
			s := one.(map[string]any)
			id, _ := s["id"].(string)
			known, ok := catalog.ByID(id)
			if !ok || s["name_ja"] != known.NameJa || s["name_en"] != known.NameEn || s["kind"] != string(known.Debit) || len(s) != 4 {
				t.Errorf("key %s: %v", name, s)
			}
			kinds[s["kind"]] = true
		}
		if len(kinds) != 4 {
			t.Errorf("key %s: the kinds %v, want all four", name, kinds)
		}
	}
	if status, _ := w.call("", http.MethodPost, "/v1/services", "{}"); status != http.StatusMethodNotAllowed {
		t.Errorf("another method: %d", status)
	}
}
