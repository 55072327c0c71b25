package wording

import (
	"testing"

	"kozamori/internal/message"
)

func TestOnlyWhatPhonesDialIsALink(t *testing.T) {
	for tel, want := range map[string]string{PoliceTel: "", "0120-990-633": "tel:0120-990-633", "+81-3": "tel:+81-3", "abc": "", "": ""} {
		if got := message.TelURI(tel); got != want {
			t.Errorf("TelURI(%q) = %q, want %q", tel, got, want)
		}
	}
}
