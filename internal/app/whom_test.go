package app_test

import (
	"testing"
	"time"

	"kozamori/internal/watch"
)

// A person asks whom to call while an incident has debits of several services: each
// is named with its number, but for what they said was theirs.
func TestWhomToCallNamesEachServiceOfTheIncident(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	owner := h.alone("acc_1")
	h.sends(h.debit("t1", 90_000))
	h.goes(10 * time.Second)
	owner.reads("d払い")
	owner.taps("a=notmine")
	h.sends(h.reported(watch.Debit, "t2", "acc_1", "PAYPAY", 80_000))
	h.goes(10 * time.Second)
	owner.reads("PayPayの引き落とし")
	for _, asks := range []string{"電話番号", "止めて", "困ったとき"} {
		owner.says(asks)
		owner.reads("0570-018-360")
		owner.reads("0120-990-634")
	}
}
