package wire

import (
	"testing"
	"time"
)

func TestADescriptorCannotTurnTheTextAround(t *testing.T) {
	raw := []byte(`{"id":"e1","type":"debit","transaction_id":"t1","account_ref":"a","occurred_at":"2026-11-24T12:00:00+09:00","amount":100000,"currency":"JPY","descriptor":"ﾄﾞｺﾓ\u202eｺｳｻﾞ\u200b―"}`)
	e, fe := DecodeEvent(raw, "0125", time.Date(2026, 11, 24, 4, 0, 0, 0, time.UTC))
	if fe != nil || e.Descriptor != "ﾄﾞｺﾓｺｳｻﾞ―" {
		t.Errorf("%q, %v", e.Descriptor, fe)
	}
}
