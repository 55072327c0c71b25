package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"kozamori/internal/testkit/tabletest"
)

// A bank that turns the feed on sends a year: 720 debits, and charge links of years
// before. Whether it sends them as news or as history, they are one message, which
// is not urgent, and nothing more on the next day.
func TestAYearOfDebitsIsOneMessage(t *testing.T) {
	t.Parallel()
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		t.Parallel()
		for _, way := range []string{"as news", "as history"} {
			s := newStory(t, kind)
			s.enrols("")
			s.heard = len(s.owner.heard())
			for from := 0; from < 720; from += 480 {
				var events []string
				for i := from; i < min(from+480, 720); i++ {
					events = append(events, s.event(fmt.Sprintf("debit yen=%d at=%dh descriptor=PAYPAY", 1000+i, 200+12*i)))
				}
				if from == 0 {
					events = append(events, s.event("link service=paypay at=61320h"))
				}
				body := `{"events":[` + strings.Join(events, ",") + `]}`
				if way == "as news" {
					s.posts(body)
				} else {
					s.answer(http.MethodPost, "/accounts/"+storyRef+"/history", body)
				}
				s.settle()
			}
			s.town.later(30 * time.Hour)
			s.settle()
			s.town.later(30 * time.Hour)
			s.settle()
			told := s.owner.heard()[s.heard:]
			if len(told) != 1 {
				t.Fatalf("%s: %d messages are told, want one", way, len(told))
			}
			var v any
			if err := json.Unmarshal([]byte(told[0]), &v); err != nil {
				t.Fatal(err)
			}
			var out []string
			words(v, &out)
			if say := strings.Join(out, " "); !strings.Contains(say, "720件") || !strings.Contains(say, "978,840円") || strings.Contains(say, "緊急】") {
				t.Errorf("%s: it says %s", way, say)
			}
		}
	})
}
