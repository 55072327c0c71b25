package wording

import (
	"testing"
	"time"

	"kozamori/internal/watch"
)

// A line of a list says what stands of an incident, and what came back.
func TestALineOfAListSaysWhatStands(t *testing.T) {
	at := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	debit := func(yen, back int64) *watch.Record {
		return &watch.Record{Kind: watch.Debit, Complete: true, Service: "docomo", Amount: yen, Returned: back, OccurredAt: at}
	}
	undone := func(yen int64) *watch.Record {
		r := debit(yen, 0)
		r.UndoneAt = at
		return r
	}
	link := &watch.Record{Kind: watch.LinkRegistered, Complete: true, Service: "docomo", OccurredAt: at}
	for name, c := range map[string]struct {
		parts          []*watch.Record
		ja, hidden, en string
	}{
		"one stands":            {[]*watch.Record{debit(3000, 0)}, "d払いの引き落とし 3,000円", "d払いの引き落とし", "Debit by d払い ¥3,000"},
		"some of one came back": {[]*watch.Record{debit(3000, 500)}, "d払いの引き落とし 2,500円（ほかに500円は戻りました）", "d払いの引き落とし（一部は戻りました）", "Debit by d払い ¥2,500 (another ¥500 came back)"},
		"one is reversed":       {[]*watch.Record{undone(3000)}, "d払いの引き落とし 3,000円", "d払いの引き落とし", "Debit by d払い ¥3,000"},
		"all are reversed":      {[]*watch.Record{undone(3000), undone(100)}, "d払いの引き落とし 2件 3,100円", "d払いの引き落とし 2件", "Debit by d払い (2) ¥3,100"},
		"one of two is reversed": {[]*watch.Record{debit(3000, 0), undone(100)}, "d払いの引き落とし 1件 3,000円（ほかに1件・100円は取り消し）",
			"d払いの引き落とし 1件（ほかに1件は取り消し）", "Debit by d払い (1) ¥3,000 (and reversed: 1, ¥100)"},
		"one is reversed, and some of another": {[]*watch.Record{debit(3000, 500), undone(100), undone(200), debit(10, 0)}, "d払いの引き落とし 2件 2,510円（ほかに2件・300円は取り消し）（ほかに500円は戻りました）",
			"d払いの引き落とし 2件（ほかに2件は取り消し）（一部は戻りました）", "Debit by d払い (2) ¥2,510 (and reversed: 2, ¥300) (another ¥500 came back)"},
		"with a link": {[]*watch.Record{debit(3000, 0), undone(100), link}, "d払いへの口座の登録と引き落とし 3,000円（ほかに1件・100円は取り消し）",
			"d払いへの口座の登録と引き落とし（ほかに1件は取り消し）", "Charge link with d払い, and debits by it ¥3,000 (and reversed: 1, ¥100)"},
	} {
		lead := c.parts[0].Clone()
		for i, p := range c.parts {
			p.ID = string(rune('a' + i))
			if i > 0 {
				lead.Join(p)
			}
		}
		e := HistoryEntry{Record: lead, Parts: c.parts, Service: "d払い"}
		for want, got := range map[string]string{c.ja: e.label(watch.Japanese, false), c.hidden: e.label(watch.Japanese, true), c.en: e.label(watch.English, false)} {
			if got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
	}
}
