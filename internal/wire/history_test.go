package wire

import (
	"errors"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/watch"
)

const pastDebit = `{"id":"p1","type":"debit","transaction_id":"p1","occurred_at":"2025-11-05T12:00:00+09:00","amount":5000,"currency":"JPY","descriptor":"PAYPAY"}`

var historyNow = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

func TestAHistoryReadsBackAsOne(t *testing.T) {
	t.Parallel()
	named := `{"account_ref":"acc_1",` + pastDebit[1:]
	null := `{"account_ref":null, ` + pastDebit[1:]
	body, h, err := ReadHistory([]byte(`{"events":[`+pastDebit+`,`+named+`, `+null+`], "from":"2025-11-01T00:00:00+09:00"}`), "0168", "acc_1", historyNow)
	if err != nil || len(body.Events) != 3 || len(body.Ignored) != 0 {
		t.Fatalf("%+v, %v", body, err)
	}
	var raw []jsontext.Value
	for _, e := range body.Events {
		if e.Refused() || e.Event.AccountRef != "acc_1" {
			t.Errorf("%+v", e)
		}
		raw = append(raw, e.Raw)
	}
	for _, limit := range []int{1 << 20, 300} {
		n := 0
		for _, message := range EncodeHistory(h, historyNow, raw, limit) {
			b, err := DecodeBatch(message)
			if err != nil || b.History != "acc_1" || !b.From.Equal(time.Date(2025, 10, 31, 15, 0, 0, 0, time.UTC)) || len(b.Unread) > 0 {
				t.Errorf("%+v, %v", b, err)
			}
			for _, e := range b.Events {
				if n++; !e.History || e.AccountRef != "acc_1" || e.Bank != "0168" || !e.ReceivedAt.Equal(historyNow) {
					t.Errorf("%+v", e)
				}
			}
		}
		if n != 3 {
			t.Errorf("%d events came of three", n)
		}
	}
	if b, err := DecodeBatch(EncodeHistory(h, historyNow, nil, 1)[0]); err != nil || b.From.IsZero() || len(b.Events) != 0 {
		t.Errorf("no events: %+v, %v", b, err)
	}
	for _, e := range EncodeBatch("0168", historyNow, raw, 1<<20) {
		if b, err := DecodeBatch(e); err != nil || b.History != "" || b.Events[0].History {
			t.Errorf("news is read as history: %+v, %v", b, err)
		}
	}
	if _, err := DecodeBatch([]byte("k1 0168 2026-11-24T03:00:00Z history=a from=x\n")); !errors.Is(err, ErrNotBatch) {
		t.Errorf("from is no time: %v", err)
	}
}

func TestSinceWhenAHistoryIsWhole(t *testing.T) {
	t.Parallel()
	link := `{"id":"l","type":"charge_link.registered","transaction_id":"l","occurred_on":"2019-05-01","service":"paypay"}`
	for body, want := range map[string]string{
		`{"events":[` + pastDebit + `]}`:                                                   "2025-11-05T03:00:00Z",
		`{"events":[` + link + `]}`:                                                        "",
		`{"events":[` + link + `,` + pastDebit + `],"from":null}`:                          "2025-11-05T03:00:00Z",
		`{"from":"2025-12-01T00:00:00Z","events":[` + pastDebit + `]}`:                     "2025-12-01T00:00:00Z",
		`{"from":"2025-12-01","events":[` + pastDebit + `]}`:                               "2025-11-30T15:00:00Z",
		`{"from":"2026-11-24","events":[]}`:                                                "2026-11-23T15:00:00Z",
		`{"from":"2026-11-25","events":[]}`:                                                "from",
		`{"from":"2025-02-29","events":[]}`:                                                "from",
		`{"from":"1999-12-31","events":[]}`:                                                "from",
		`{"events":[` + pastDebit + `],"from":{}}`:                                         "from",
		`{"events":[` + pastDebit + `],"from":[]}`:                                         "from",
		`{"from":"\ud842","events":[` + pastDebit + `]}`:                                   "from",
		`{"from":"1999-12-31T00:00:00Z","events":[]}`:                                      "from",
		`{"from":false,"other":1,"events":[{"id":1}],"more":{}}`:                           "from",
		`{"other":{"from":"x"},"events":[` + pastDebit + `]}`:                              "2025-11-05T03:00:00Z",
		`{"events":[{"from":"x",` + pastDebit[1:] + `]}`:                                   "2025-11-05T03:00:00Z",
		`{"events":[{"id":"broken" "x"},` + pastDebit + `],"from":"2025-12-01T00:00:00Z"}`: "2025-12-01T00:00:00Z",
	} {
		_, h, err := ReadHistory([]byte(body), "0168", "acc_1", historyNow)
		got := ""
		if fe, ok := errors.AsType[*watch.FieldError](err); ok {
			got = fe.Field
		} else if err != nil {
			got = err.Error()
		} else if !h.From.IsZero() {
			got = h.From.UTC().Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
}

func TestEventsOfAHistoryAreOfItsAccount(t *testing.T) {
	t.Parallel()
	body, _, err := ReadHistory([]byte(`{"events":[{"account_ref":"acc_2",`+pastDebit[1:]+`,{"account_ref":"a/b",`+pastDebit[1:]+`,`+pastDebit+`,{}]}`), "0168", "acc_1", historyNow)
	if err != nil || len(body.Events) != 4 {
		t.Fatalf("%+v, %v", body, err)
	}
	for i, want := range []string{"account_ref", "account_ref", "", "id"} {
		switch e := body.Events[i]; {
		case want == "" && !e.Refused():
		case want != "" && e.Refused() && e.Problems[0].Field == want && (i == 3 || len(e.Problems) == 1):
		default:
			t.Errorf("event %d: %+v", i, e.Problems)
		}
	}
}
