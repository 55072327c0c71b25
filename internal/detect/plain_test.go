package detect_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A bank may name the service in one stage of a debit and not in another. Of
// what people were told, each stage that takes more is told; and nothing is told
// of a debit that no stage names.
func TestAStageUnderAPlainerTextIsAStage(t *testing.T) {
	texts := map[string]string{"named": `,"descriptor":"ﾄﾞｺﾓｺｳｻﾞ"`, "plain": `,"descriptor":"ｺｳｻﾞﾌﾘｶｴ"`}
	for first, firstText := range texts {
		for second, secondText := range texts {
			for _, stages := range []string{"pending pending", "pending posted", "posted posted", "posted back posted", "pending back posted"} {
				for _, apart := range []time.Duration{time.Hour, 20 * time.Hour} {
					for _, yen := range []int64{900, 1000, 90_000} {
						name := fmt.Sprintf("%s, %s of 1,000 yen, then %s of %d yen %s later", stages, first, second, yen, apart)
						h := newHouse(t)
						words := strings.Fields(stages)
						status := func(s string) string {
							if s == "pending" {
								return pending
							}
							return ""
						}
						h.send(t, say("debit", "a", "t", 30*time.Hour, 1000, firstText+status(words[0])))
						h.accept(t)
						if len(words) == 3 {
							h.send(t, say("debit.reversed", "b", "t", 30*time.Hour-time.Minute, 1000, ""))
							h.accept(t)
						}
						for range 2 {
							h.send(t, say("debit", "c", "t", 30*time.Hour-apart, yen, secondText+status(words[len(words)-1])))
							h.accept(t)
						}
						var got []string
						for _, r := range h.history(t) {
							if s := told(r, h.history(t)); s != "" {
								got = append(got, s)
							}
						}
						came, sameDay, both := len(words) == 3, apart == time.Hour, first == second
						var want string
						switch {
						case first == "named" && came && stages == "posted back posted" && !sameDay: // presented again
							want = "alert 1000, undone 1000"
							if both || yen == 1000 {
								want = fmt.Sprintf("alert %d; ", yen) + want
							}
						case first == "named" && came: // another stage, or a debit of its own
							want = "alert 1000, undone 1000"
							if both || yen == 1000 {
								want += fmt.Sprintf(", changed %d", yen)
							}
						case first == "named":
							want = "alert 1000"
							switch stage := sameDay || stages == "pending posted" || stages == "pending pending" && yen > 1000; {
							case stage && yen > 1000:
								want += fmt.Sprintf(", changed %d", yen)
							case !stage && both:
								want = fmt.Sprintf("alert %d; alert 1000", yen)
							}
						case second == "named": // what came back was the one before
							want = fmt.Sprintf("alert %d", yen)
						}
						if s := strings.Join(got, "; "); s != want {
							t.Errorf("%s: told %q, want %q", name, s, want)
						}
					}
				}
			}
		}
	}
}
