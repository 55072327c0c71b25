package sim_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"kozamori/internal/line"
	"kozamori/internal/sim"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// BenchmarkLINETakesAPush is the stand-in's own share of each alert in a load
// test: it must be small against the 5 ms that 200 alerts a second leave.
func BenchmarkLINETakesAPush(b *testing.B) {
	p := &sim.LINE{Token: "t", Now: time.Now, Keep: 1000}
	user := p.AddUser(sim.User{Name: "花子", Following: true})
	m := hello("引き落としがありました")
	for range 10 {
		m.Why = append(m.Why, "はじめての引き落としです")
	}
	raw, err := json.Marshal(line.Flex(m, wording.LabelsIn("ja")))
	if err != nil {
		b.Fatal(err)
	}
	body := `{"to":"` + user + `","messages":[` + string(raw) + `]}`
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		r := httptest.NewRequest("POST", "/v2/bot/message/push", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer t")
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Line-Retry-Key", watch.DeriveUUID(string(rune(i)), "k"))
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		if w.Code != 200 && w.Code != 409 {
			b.Fatal(w.Code, w.Body)
		}
	}
}
