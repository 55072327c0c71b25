package wire_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/wire"
)

func TestAMessageSaysWhichFileItsEventsAreOf(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 28, 5, 10, 0, 0, time.UTC)
	event := jsontext.Value(`{"id":"e","type":"debit","transaction_id":"t","account_ref":"a","occurred_on":"2026-11-27","amount":1,"currency":"JPY","descriptor":"x"}`)
	bodies := wire.EncodeFile("0125", "file_1", at, []jsontext.Value{event, event}, 200)
	if len(bodies) != 2 {
		t.Fatalf("%d messages", len(bodies))
	}
	for _, body := range bodies {
		b, err := wire.DecodeBatch(body)
		if err != nil || b.File != "file_1" || len(b.Events) != 1 || b.Events[0].File != "file_1" || b.Events[0].History || !b.ReceivedAt.Equal(at) {
			t.Errorf("%v %+v", err, b)
		}
	}
	for _, body := range wire.EncodeBatch("0125", at, []jsontext.Value{event}, 1000) {
		if b, err := wire.DecodeBatch(body); err != nil || b.File != "" || b.Events[0].File != "" {
			t.Errorf("%v %+v", err, b)
		}
	}
}

func TestABatchSaysWhichFileItsEventsAreOf(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		`"file_1"`:     "file_1",
		`"20261127.A"`: "20261127.A",
		`""`:           "",
		`null`:         "",
		`"` + strings.Repeat("a", wire.MaxFile) + `"`: strings.Repeat("a", wire.MaxFile),
		// What cannot be a name costs no event.
		`"` + strings.Repeat("a", wire.MaxFile+1) + `"`: "ignored",
		`"a b"`: "ignored", `"a\nb"`: "ignored", `"勘定系"`: "ignored", `7`: "ignored", `{"a":1}`: "ignored", `["a"]`: "ignored",
	} {
		for _, body := range []string{`{"file":` + value + `,"events":[` + debit("a") + `]}`, `{"events":[` + debit("a") + `],"file":` + value + `}`} {
			b := read(t, []byte(body))
			got := b.File
			if len(b.Ignored) > 0 {
				got = "ignored"
			}
			if got != want || len(b.Events) != 1 || b.Events[0].Refused() {
				t.Errorf("%s: %q %+v", body, got, b)
			}
		}
	}
	b := read(t, []byte(strings.Replace(debit("a"), `"id"`, `"file":"x","id"`, 1)))
	if b.File != "" || fmt.Sprint(b.Events[0].Ignored) != "[file]" {
		t.Errorf("an event by itself: %+v", b)
	}
}
