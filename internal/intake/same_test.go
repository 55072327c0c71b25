package intake_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"kozamori/internal/intake"
	"kozamori/internal/quote"
	"kozamori/internal/statement"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

var sameNow = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

const debitLine = `{"id":"e1","type":"debit","transaction_id":"t1","account_ref":"acc_8f3k","occurred_on":"2026-11-23","amount":100,"currency":"JPY","descriptor":"PAYPAY"}`

// hostile are lines as banks and their tools write them, by whether the event is taken.
var hostile = map[string]bool{
	debitLine:            true,
	"\ufeff" + debitLine: true,
	"\ufeff\ufeff \ufeff" + debitLine + "\ufeff\r":                      true,
	"\u2028" + debitLine + "\u2029":                                     true,
	"\u00a0\u3000" + debitLine + "\u0085":                               true,
	strings.Replace(debitLine, ",", ",\r\t", 2):                         true,
	strings.Replace(debitLine, "PAYPAY", "PAY\u2028\ufeffPAY", 1):       true,
	strings.Replace(debitLine, "PAYPAY", `PAY\"}{\"\\`, 1):              true,
	strings.Replace(debitLine, "{", "{\"more\":{\"a\":[1,\"\r\"]},", 1): false, // a control character that is not escaped
	strings.Replace(debitLine, "{", `{"more":{"a":[1,"x"]},`, 1):        true,
	strings.Replace(debitLine, "{", "{\ufeff", 1):                       false,
	`{"events":[` + debitLine + `]}`:                                    false,
	`{"events":[` + debitLine + `],"feed":"a","sequence":1}`:            false,
	`{"heartbeat":{},"events":[` + debitLine + `]}`:                     false,
	`{"events":[` + debitLine + `,` + debitLine + `]}`:                  false,
	`{"events":[]}`:                  false,
	`[` + debitLine + `]`:            false,
	debitLine + debitLine:            false,
	debitLine + "\ufeff" + debitLine: false,
	debitLine + ",":                  false,
	strings.Replace(debitLine, "{", `{"amount":5,`, 1):             false,
	strings.Replace(debitLine, "{", `{"more":1,"more":2,`, 1):      false,
	strings.Replace(debitLine, `"amount":100`, `"amount":null`, 1): false,
	strings.Replace(debitLine, "PAYPAY", "PAY\xffPAY", 1):          false,
}

// rowsOf are the rows of a file of events, and how many lines of it were refused.
func rowsOf(t *testing.T, data []byte) (rows []*intake.Row, refused int) {
	t.Helper()
	f, err := intake.Open(bytes.NewReader(data))
	if err != nil {
		return nil, 0
	}
	s := intake.Sink{
		Row: func(r *intake.Row) error {
			c := *r
			c.Event = bytes.Clone(r.Event)
			rows = append(rows, &c)
			return nil
		},
		Refused: func(intake.Problem) { refused++ }, Skipped: func() {}, Misfit: func(statement.Problem, bool) {}, Days: func(time.Time, time.Time) {}, Layout: func(string, bool) {},
	}
	_ = s.Read(f, sameNow)
	return rows, refused
}

// same checks that what the door accepts of a row is read behind it as the same event.
func same(t *testing.T, r *intake.Row) (accepted bool) {
	t.Helper()
	read, problem := r.Check(r.Event, "0125", sameNow)
	if problem != nil {
		return false
	}
	queued := wire.EncodeFile("0125", "file_1", sameNow, []jsontext.Value{jsontext.Value(r.Event)}, wire.MaxMessage)
	if len(queued) != 1 {
		t.Fatalf("%q: %d messages", r.Event, len(queued))
	}
	b, err := wire.DecodeBatch(queued[0])
	if err != nil || len(b.Events) != 1 || len(b.Unread) != 0 {
		t.Fatalf("%q is accepted, and behind the door: %v, %d events, %+v", r.Event, err, len(b.Events), b.Unread)
	}
	want := read.Event
	want.File = "file_1"
	if diff := cmp.Diff(want, b.Events[0], cmp.Comparer(func(a, b quote.Text) bool { return a.Raw() == b.Raw() })); diff != "" {
		t.Fatalf("%q is another event behind the door: %s", r.Event, diff)
	}
	return true
}

func TestALineThatIsAcceptedIsTheSameEventBehindTheDoor(t *testing.T) {
	t.Parallel()
	for line, want := range hostile {
		for name, data := range map[string][]byte{
			"alone": []byte(line), "packed": packed(t, line), "second": []byte(debitLine + "\n" + line), "joined": []byte("\ufeff" + debitLine + "\n\ufeff" + line + "\n\ufeff\n"),
		} {
			if strings.HasPrefix(line, "[") && (name == "alone" || name == "packed") {
				continue // no file of events
			}
			rows, refused := rowsOf(t, data)
			n := 1
			if name == "second" || name == "joined" {
				n = 2
			}
			if len(rows) != n || refused != 0 {
				t.Errorf("%s, %q: %d rows, %d refused", name, line, len(rows), refused)
				continue
			}
			if got := same(t, rows[n-1]); got != want {
				t.Errorf("%s, %q: taken %t", name, line, got)
			}
		}
	}
}

// What a program that reads lines itself hands over is checked as it will be sent.
func TestAnEventWithSomethingBeforeItIsNotTaken(t *testing.T) {
	t.Parallel()
	for _, before := range []string{"\ufeff", "\u2028", "\u00a0"} {
		if _, err := intake.Event([]byte(before+debitLine), "0125", sameNow); err == nil {
			t.Errorf("%q is taken", before)
		}
	}
	if read, err := intake.Event([]byte(" "+debitLine+"\r\n"), "0125", sameNow); err != nil || read.Refused() || read.Event.Kind != watch.Debit {
		t.Errorf("%v %+v", err, read)
	}
}

func FuzzLines(f *testing.F) {
	for line := range hostile {
		f.Add([]byte(line))
		f.Add([]byte(debitLine + "\n" + line))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, _ := rowsOf(t, data)
		for _, r := range rows {
			if r.Row == nil {
				same(t, r)
				// As it stands there, too: whoever checks it sends that.
				raw := &intake.Row{Event: append([]byte("\ufeff"), r.Event...)}
				same(t, raw)
			}
		}
	})
}
