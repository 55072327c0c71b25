package detect_test

import (
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/detect"
	"kozamori/internal/lesson"
)

// What the catalogue does not know of a watched account's debits is counted,
// and nothing that is known, nor the recipient of a transfer.
func TestWhatTheCatalogueDoesNotKnowIsCounted(t *testing.T) {
	h := newHouse(t)
	h.Stage = detect.New(detect.Config{Store: h.store, Queue: h.queue, EscalateAfter: 15 * time.Minute, Now: h.World.Now, Logger: h.World.Logger,
		Lessons: lesson.New(h.store, h.World.Now, h.World.Logger)})
	h.send(t, debit("acc_1", "1", 1, 1000, "PAYPAYｸﾞﾙﾒ12", ""), debit("acc_1", "2", 2, 1000, "RTK ﾇﾈﾊﾗｲ", ""), debit("acc_1", "3", 3, 1000, "ﾔﾁﾝ", `,"rail":"QX"`),
		debit("acc_1", "4", 4, 1000, "ﾌﾘｶｴ", `,"service":"nunepay"`), debit("acc_1", "5", 5, 1000, "PAYPAY", ""), debit("acc_1", "6", 6, 1000, "振込 PAYPAY ﾔﾏﾀﾞﾀﾛｳ", ""),
		debit("acc_1", "7", 7, 1000, "ﾃﾞﾝｷ", `,"rail":"RTK"`), debit("acc_other", "8", 8, 1000, "PAYPAYﾇﾈ", ""), debit("acc_1", "9", 9, 1000, "PAYPAYｶ", ""),
		jsontext.Value(strings.NewReplacer(`"debit"`, `"debit.reversed"`, `evt_1`, `evt_r1`).Replace(string(debit("acc_1", "1", 20, 1000, "PAYPAYﾇﾈ", ""))))) // no debit
	got := map[string]int{}
	for part, err := range h.store.Lessons(t.Context(), "0125") {
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range part.Counted {
			got[l.Kind+" "+l.Form+" "+l.Service] += l.Debits
		}
	}
	want := map[string]int{"word PAYPAYグルメ paypay": 1, "unnamed RTKヌネハライ ": 1, "rail QX ": 1, "service nunepay ": 1}
	for k := range want {
		if got[k] != 1 {
			t.Errorf("%s is counted %d times", k, got[k])
		}
	}
	for k := range got {
		if want[k] == 0 && k != "unnamed デンキ " {
			t.Errorf("%s is counted", k)
		}
	}
}
