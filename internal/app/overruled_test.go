package app_test

import (
	"strings"
	"testing"
	"time"

	"kozamori/internal/watch"
)

// An answer that a report overruled stays in the story of the incident, for whoever
// reads it, also when the report is taken back.
func TestAnAnswerThatWasOverruledStaysInTheStory(t *testing.T) {
	t.Parallel()
	h, owner, guardian := family(t)
	h.sends(h.reported(watch.LinkRegistered, "l", "acc_1", "ﾄﾞｺﾓｺｳｻﾞ", 0), h.debit("t1", 30000))
	h.goes(16 * time.Minute)
	owner.taps("a=mine")
	h.goes(time.Minute)
	guardian.presses("a=notmine")
	h.goes(time.Minute)
	receipt := ""
	for _, m := range guardian.heard() {
		if strings.Contains(m, "We have your report") {
			receipt = m
		}
	}
	if !holdsAll(receipt, "have them change the PIN of their bank card", "Have them ") || strings.Contains(receipt, "To be safe, change the PIN") {
		t.Errorf("the guardian's receipt speaks of a card of their own: %s", receipt)
	}
	owner.details()
	mine, theirs := strings.Index(owner.html, "あなたが「心当たりがある」と回答しました"), strings.LastIndex(owner.html, "見守り家族が「身に覚えがない」と回答しました")
	if mine < 0 || theirs < mine {
		t.Errorf("the owner's page: %s", brief(owner.html))
	}
	owner.submits("undo", nil)
	owner.submits("undo", nil)
	if !holdsAll(owner.html, "あなたが「心当たりがある」と回答しました", "取り消されました") {
		t.Errorf("after it was taken back: %s", brief(owner.html))
	}
	guardian.details()
	if !holdsAll(guardian.html, "answered: it was them") {
		t.Errorf("the guardian's page: %s", brief(guardian.html))
	}
}
