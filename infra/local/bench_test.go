package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/events"
	"kozamori/internal/watch"
	"kozamori/internal/webhook"
)

// asks posts JSON to the page's own addresses.
func asks(t *testing.T, address string, body any, to any) int {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Post(address, "application/json", bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if to != nil {
		if err := json.NewDecoder(res.Body).Decode(to); err != nil {
			t.Fatal(err)
		}
	}
	return res.StatusCode
}

func TestAnEventOfOnesOwnIsPostedAndSentAgain(t *testing.T) {
	t.Parallel()
	s := up(t, t.TempDir(), noEnv)
	type sent struct {
		Status  int             `json:"status"`
		Request json.RawMessage `json:"request"`
	}
	var first, again, own, link sent
	event := composed{Bank: "0125", Type: "debit", Descriptor: "PAYPAY", Amount: 4321, ID: "msg_own_1"}
	if code := asks(t, s.Page+"/sim/events", event, &first); code != 200 || first.Status != 202 {
		t.Fatalf("%d, %+v", code, first)
	}
	eventually(t, s, "it is on record", func() bool { return s.amounts(t)[4321] == 1 })
	event.Body = first.Request
	if asks(t, s.Page+"/sim/events", event, &again); again.Status != 202 || !bytes.Equal(again.Request, first.Request) {
		t.Errorf("again: %+v", again)
	}
	if asks(t, s.Page+"/sim/events", composed{Bank: "0125", Body: json.RawMessage(`{"id":"bad"}`)}, &own); own.Status != 422 {
		t.Errorf("as it stands: %+v", own)
	}
	if asks(t, s.Page+"/sim/events", composed{Bank: "0168", Type: "charge_link.registered", Descriptor: "ﾒﾙﾍﾟｲ", Ago: 5}, &link); link.Status != 202 || strings.Contains(string(link.Request), "amount") {
		t.Errorf("a link: %+v", link)
	}
	for _, bad := range []any{composed{Bank: "9999"}, "x"} {
		if code := asks(t, s.Page+"/sim/events", bad, nil); code/100 != 4 {
			t.Errorf("%v: %d", bad, code)
		}
	}
	var v view
	get(t, s.Page+"/sim/state", &v)
	if n := len(v.Talked); n != 4 || v.Talked[3].Status != 202 || len(v.Talked[3].Reply) == 0 || v.Talked[1].Status != 422 {
		t.Errorf("%d exchanges: %+v", n, v.Talked)
	}
}

// amounts counts the debits on record at the first bank's account.
func (s *stack) amounts(t *testing.T) map[int64]int {
	t.Helper()
	out := map[int64]int{}
	k := watch.AccountKey{Bank: "0125", Ref: events.Accounts["0125"].Ref}
	for r, err := range s.System.Store.History(t.Context(), k, time.Time{}, time.Time{}) {
		if err != nil {
			t.Fatal(err)
		}
		out[r.Amount]++
	}
	return out
}

// A night passes at a press: what quiet hours held comes, and what is asked again
// is asked again. A restart goes on from there.
func TestTimeIsLetPass(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := up(t, data, noEnv)
	skip := func(s *stack, what any) {
		t.Helper()
		if code := asks(t, s.Page+"/sim/clock", what, nil); code != 200 {
			t.Fatalf("%v: %d", what, code)
		}
	}
	// What greets the phone would count as a push of the night: its reply token
	// does not live as long as the skip.
	eventually(t, s, "the phone is greeted, and told of each account that is connected", func() bool { return len(s.LINE.Messages()) == 1+len(events.Accounts) })
	skip(s, map[string]any{"until": "22:30"})
	if got := s.clock.now().In(japan).Format("15:04"); got != "22:30" {
		t.Fatalf("it is %s", got)
	}
	own := webhook.Client{URL: s.URL, Bank: "0125", Secret: s.Banks["0125"].Secrets[0], HTTP: http.DefaultClient, Now: time.Now} // a program of the user's own
	if a, err := own.Post(t.Context(), "msg_own", []byte(`{"events":[],"heartbeat":{}}`)); err != nil {
		t.Errorf("a program that goes by the machine's clock is refused: %v %v", a, err)
	}
	k := watch.AccountKey{Bank: "0125", Ref: events.Accounts["0125"].Ref}
	_, err := s.System.Store.UpdateAccount(t.Context(), k, quietAtNight)
	if err != nil {
		t.Fatal(err)
	}
	before := s.pushes()
	post := func(amount int64) {
		t.Helper()
		if asks(t, s.Page+"/sim/events", composed{Bank: "0125", Type: "debit", Descriptor: "PAYPAY", Amount: amount}, nil) != 200 {
			t.Fatal("not taken")
		}
	}
	post(1234)
	eventually(t, s, "it is held", func() bool { return s.amounts(t)[1234] == 1 })
	if n := s.pushes() - before; n != 0 {
		t.Errorf("%d messages at night", n)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = up(t, data, noEnv)
	before = s.pushes()
	if got := s.clock.now().In(japan).Format("15"); got != "22" && got != "23" {
		t.Errorf("after a restart it is %s", got)
	}
	skip(s, map[string]any{"until": "07:00"})
	eventually(t, s, "the morning tells of it", func() bool { return s.pushes() > before })
	for _, bad := range []any{map[string]any{"minutes": -5}, map[string]any{"until": "noon"}, map[string]any{}, map[string]any{"minutes": 1e9}} {
		if code := asks(t, s.Page+"/sim/clock", bad, nil); code != 400 {
			t.Errorf("%v: %d", bad, code)
		}
	}
}

func TestAClockFileThatSaysNothingStopsTheStart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "clock")
	c, err := clockAt(path)
	if err != nil || c.by() != 0 {
		t.Fatal(err)
	}
	if err := c.skip(time.Hour); err != nil {
		t.Fatal(err)
	}
	if c, err = clockAt(path); err != nil || c.by() != time.Hour {
		t.Errorf("%v, %v", c.by(), err)
	}
	if _, err := clockAt(t.TempDir()); err == nil {
		t.Error("a folder is taken for the file")
	}
}

// The pictures are well formed, and stand to scale.
func TestTheTimelineIsToScale(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	body, height := drawTimeline([]step{{"occurred", start.Add(-time.Hour), ""}, {"received", start, ""}, {"LINE accepted", start.Add(2 * time.Second), "a <note>"},
		{"alerted", start.Add(time.Second), ""}, {"bank told", time.Time{}, "waits"}})
	if height < 60 || strings.Contains(body, "waits") || strings.Contains(body, "<note>") {
		t.Errorf("%d: %s", height, body)
	}
	var at []string
	d := xml.NewDecoder(strings.NewReader("<g>" + body + "</g>"))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := tok.(xml.StartElement); ok && e.Name.Local == "circle" {
			at = append(at, e.Attr[0].Value)
		}
	}
	if !slices.Equal(at, []string{"12.0", "356.0", "700.0"}) {
		t.Errorf("the steps stand at %v", at)
	}
	body, _ = drawLatency([]time.Duration{2 * time.Millisecond, 3 * time.Millisecond, 7 * time.Minute})
	if strings.Count(body, "<rect") != 3 || !strings.Contains(body, "median 3.0 ms, longest 7 min") {
		t.Error(body)
	}
	for _, none := range []func() string{func() string { b, _ := drawLatency(nil); return b }, func() string { b, _ := drawTimeline(nil); return b }} {
		if !strings.Contains(none(), "<text") {
			t.Error("nothing is said where there is nothing to draw")
		}
	}
}
