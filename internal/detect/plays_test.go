package detect_test

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/watch"
)

// plays are what may happen to an account, of each kind of it one.
func plays() map[string][]play {
	const day = 24 * time.Hour
	year := 365 * day
	link := `,"service":"paypay"`
	card := `,"descriptor":"PAYPAYｶ"`
	return map[string][]play{
		"a debit that changes":                             {events(say("debit", "a", "t", time.Hour, 5000, pending)), events(say("debit", "b", "t", 50*time.Minute, 7000, "")), events(say("debit.reversed", "c", "t", time.Minute, 0, ""))},
		"a report, and its posting names another":          {events(say("debit", "a", "t", time.Hour, 5000, pending)), {answer: watch.NotMine}, events(say("debit", "b", "t", 50*time.Minute, 7000, `,"descriptor":"NTTﾄﾞｺﾓ"`))},
		"a report, and its posting names no one":           {events(say("debit", "a", "t", time.Hour, 5000, pending)), {answer: watch.NotMine}, events(say("debit", "b", "t", 50*time.Minute, 7000, `,"descriptor":"ｺｳｻﾞﾌﾘｶｴ"`))},
		"an undoing that comes first":                      {events(say("debit.reversed", "b", "t", time.Minute, 500, "")), events(say("debit", "a", "t", 2*time.Minute, 3000, ""))},
		"an id on three days":                              {events(say("debit", "a", "t", 2*day, 3000, "")), events(say("debit", "b", "t", day, 3000, "")), events(say("debit", "c", "t", time.Minute, 4000, "")), events(say("debit", "d", "t", day, 3000, ""))},
		"one id replaces another":                          {events(say("debit", "a", "p", day, 3000, pending)), events(say("debit", "b", "t", time.Minute, 3200, `,"replaces":"p"`)), events(say("debit.reversed", "c", "t", 0, 0, ""))},
		"one id replaces another, said later":              {events(say("debit", "a", "p", day, 3000, pending)), events(say("debit", "b", "t", 2*time.Minute, 3200, "")), events(say("debit", "c", "t", 2*time.Minute, 3200, `,"replaces":"p"`))},
		"one id replaces another, said first":              {events(say("debit", "b", "t", time.Minute, 3200, `,"replaces":"p"`)), events(say("debit", "a", "p", day, 3000, pending))},
		"three ids, of which each replaces the one before": {events(say("debit", "a", "p", day, 3000, pending)), events(say("debit", "b", "t", time.Hour, 3100, `,"status":"pending","replaces":"p"`)), events(say("debit", "c", "u", time.Minute, 3200, `,"replaces":"t"`))},
		"an id that is used twice is replaced":             {events(say("debit", "a", "p", 3*day, 3000, "")), events(say("debit", "b", "p", day, 3000, pending)), events(say("debit", "c", "t", time.Minute, 3200, `,"replaces":"p"`))},
		"what was said before":                             {events(say("debit", "a", "t", 5*time.Hour, 3000, "")), events(say("debit", "b", "u", time.Hour, 3000, "")), events(say("debit", "b", "u", time.Hour, 3000, ""), say("debit", "e", "u", time.Hour, 3000, ""))},
		"two in one message":                               {events(say("debit", "a", "t", 5*time.Hour, 3000, "")), events(say("debit", "b", "u", 3*time.Hour, 3000, ""), say("debit", "c", "v", time.Hour, 3000, ""))},
		"a link":                                           {events(say("charge_link.registered", "a", "l", 3*time.Hour, 0, link)), events(say("charge_link.removed", "b", "l", 2*time.Hour, 0, link)), events(say("charge_link.registered", "c", "l", time.Hour, 0, link))},
		"a link of before, removed":                        {{seed: []watch.Seed{{Service: "paypay", Since: received.Add(-year)}}}, events(say("charge_link.removed", "e", "l", time.Minute, 0, link))},
		"a link of before, registered":                     {{seed: []watch.Seed{{Service: "paypay", Since: received.Add(-year).Truncate(day).Add(-9 * time.Hour)}}}, events(say("charge_link.registered", "e", "l", year, 0, link))},
		"history":                                          {{history: received.Add(-year), events: []jsontext.Value{say("debit", "a", "t", 30*day, 3000, "")}}, events(say("debit", "c", "v", time.Minute, 3000, ""))},
		"what comes too late":                              {events(say("debit", "a", "t", 20*day, 3000, "")), events(say("debit", "b", "u", 21*day, 3000, ""))},
		"an incident":                                      {events(say("debit", "a", "t", 4*time.Minute, 90000, "")), events(say("debit", "b", "u", 3*time.Minute, 90000, "")), events(say("debit.reversed", "d", "t", time.Minute, 0, ""))},
		"what was reported":                                {events(say("debit", "a", "t", 4*time.Minute, 90000, pending)), {answer: watch.NotMine}, events(say("debit", "b", "u", 3*time.Minute, 100, "")), events(say("debit", "c", "t", 4*time.Minute, 95000, "")), events(say("debit.reversed", "d", "u", 0, 0, ""))},
		"bills":                                            {events(say("debit", "a", "t", 92*day, 21987, card)), events(say("debit", "b", "u", 62*day, 28110, card)), events(say("debit", "c", "v", 31*day, 40005, card)), events(say("debit", "d", "w", time.Minute, 19333, card))},
		"words":                                            {{rules: func(r *watch.Rules) { r.Keywords = []string{"ヤチン"} }}, events(say("debit", "a", "t", time.Minute, 80000, `,"descriptor":"ﾔﾁﾝ"`), say("debit", "b", "u", time.Minute, 80000, `,"descriptor":"ｶﾞｽ"`))},
	}
}
