package main

import (
	"strings"
	"testing"
	"time"

	"kozamori/internal/intake"
)

// What the door for events refuses of a line is refused here, too, where other readers
// would take the last of two members, or put a mark in place of what is no UTF-8: the
// bank would be told that an event was taken that it did not write.
func TestALineIsReadAsStrictlyAsAtTheDoor(t *testing.T) {
	t.Parallel()
	const good = `{"id":"e1","type":"debit","transaction_id":"t1","account_ref":"acc_x","occurred_at":"2026-11-24T12:00:00+09:00","amount":5000,"currency":"JPY","descriptor":"PAYPAY"}`
	at := time.Date(2026, 11, 24, 13, 0, 0, 0, time.FixedZone("", 9*3600))
	k := testKeeper(t)
	judge := func(line string) (here *intake.Problem, door *intake.Problem) {
		r := &intake.Row{Line: 1, Event: []byte(line)}
		_, door = r.Check([]byte(line), "0125", at)
		m, here := k.ofEvent(r)
		if here == nil {
			here = k.finish(r, m, 0, at)
		}
		return here, door
	}
	if here, door := judge(good); here != nil || door != nil {
		t.Fatalf("%+v %+v", here, door)
	}
	for name, c := range map[string]struct{ old, now, field string }{
		"the amount":                  {`"amount":5000`, `"amount":5000,"amount":9`, "amount"},
		"the same, the other first":   {`"amount":5000`, `"amount":9,"amount":5000`, "amount"},
		"the same value":              {`"amount":5000`, `"amount":5000,"amount":5000`, "amount"},
		"a name that is escaped":      {`"amount":5000`, `"amount":5000,"am\u006funt":9`, "amount"},
		"the account":                 {`"account_ref":"acc_x"`, `"account_ref":"acc_x","account_ref":"acc_y"`, "account_ref"},
		"what no event has":           {`"id":"e1"`, `"id":"e1","note":1,"note":2`, "note"},
		"no UTF-8":                    {`PAYPAY`, "PAY\xffPAY", ""},
		"half of a surrogate":         {`PAYPAY`, `PAY\ud800PAY`, ""},
		"a second object behind":      {`"PAYPAY"}`, `"PAYPAY"}{}`, ""},
		"a comma behind the last one": {`"PAYPAY"}`, `"PAYPAY",}`, ""},
	} {
		here, door := judge(strings.Replace(good, c.old, c.now, 1))
		if here == nil || door == nil || here.Field != c.field || c.field != "" && door.Field != here.Field {
			t.Errorf("%s: here %+v, at the door %+v", name, here, door)
		}
	}
}
