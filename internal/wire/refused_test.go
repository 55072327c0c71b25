package wire_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

func TestARefusedLinkSaysServiceRouteAndReasonAndNoMore(t *testing.T) {
	t.Parallel()
	of := func(s string) string {
		return `{"id":"a","type":"charge_link.refused","transaction_id":"t","account_ref":"acc","occurred_at":"2026-11-24T02:59:00Z",` + s + `}`
	}
	for name, c := range map[string]struct {
		event string
		want  []string // nil if it is taken
	}{
		"a wrong PIN":             {of(`"service":"paypay","route":"web","reason":"pin"`), nil},
		"a wrong name":            {of(`"service":"paypay","reason":"name"`), nil},
		"a wrong birthday":        {of(`"reason": "birthday" ,"service":"paypay"`), nil},
		"a wrong code":            {of(`"service":"paypay","reason":"otp"`), nil},
		"a field to come":         {of(`"service":"paypay","reason":"otp","tries":3`), nil},
		"no reason":               {of(`"service":"paypay"`), []string{"reason missing"}},
		"no reason is null":       {of(`"service":"paypay","reason":null`), []string{"reason missing"}},
		"another reason":          {of(`"service":"paypay","reason":"PIN 1234"`), []string{"reason not_allowed"}},
		"a reason that is a list": {of(`"service":"paypay","reason":["pin"]`), []string{"reason wrong_type"}},
		"a reason given twice":    {of(`"service":"paypay","reason":"pin","reason":"pin"`), []string{"reason duplicate_field"}},
		"no service":              {of(`"reason":"pin"`), []string{"service missing"}},
		"an empty service":        {of(`"service":"","reason":"pin"`), []string{"service missing"}},
		"an amount":               {of(`"service":"paypay","reason":"pin","amount":1,"currency":"JPY"`), []string{"amount does_not_belong", "currency does_not_belong"}},
		"the account's mask":      {of(`"service":"paypay","reason":"pin","account_mask":"普通 ***4567"`), []string{"account_mask does_not_belong"}},
		"a descriptor":            {of(`"service":"paypay","reason":"pin","descriptor":"PAYPAY"`), []string{"descriptor does_not_belong"}},
		"a day":                   {of(`"service":"paypay","reason":"pin","occurred_on":"2026-11-24"`), []string{"occurred_on does_not_belong"}},
		"no account":              {strings.Replace(of(`"service":"paypay","reason":"pin"`), `"account_ref":"acc",`, "", 1), []string{"account_ref missing"}},
		// What a bank calls a reason of its own in other events is none of ours.
		"a reason of a reversal": {`{"id":"a","type":"debit.reversed","transaction_id":"t","account_ref":"acc","occurred_at":"2026-11-24T02:59:00Z","reason":["x"]}`, nil},
	} {
		e := read(t, batch(c.event)).Events[0]
		var got []string
		for _, p := range e.Problems {
			got = append(got, p.Field+" "+string(p.Code))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if reversed, refused := e.Event.Kind == watch.DebitReversed, len(e.Ignored) > 0; !strings.Contains(name, "to come") && reversed != refused {
			t.Errorf("%s: ignored %v", name, e.Ignored)
		}
	}
	b, _, err := wire.ReadHistory(batch(of(`"service":"paypay","reason":"pin"`)), "0125", "acc", now)
	if err != nil || len(b.Events) != 1 || !b.Events[0].Refused() || b.Events[0].Problems[0].Field != "type" {
		t.Errorf("in a history: %+v %v", b.Events, err)
	}
}
