package desk

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"kozamori/internal/feed"
	"kozamori/internal/markup"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// hours are how many hours of the feed are shown.
const hours = 24

// feed is the page of how the bank's events arrive.
func (v *visit) feed() (reply, error) {
	ctx := v.r.Context()
	f, err := v.Store.Feed(ctx, v.bank.Code)
	if err != nil {
		return reply{}, err
	}
	is, err := v.Store.FeedNow(ctx, f, v.Now())
	if err != nil {
		return reply{}, err
	}
	list, err := v.Store.Hours(ctx, v.bank.Code, hours, v.Now())
	if err != nil {
		return reply{}, err
	}
	return reply{title: v.say(tFeed), body: g.Group{v.feedState(f, is), v.gaps(is), v.arrivals(list)}}, nil
}

func (v *visit) feedState(f *store.Feed, is *feed.Health) g.Node {
	var wrong g.Group
	for _, s := range is.Silent {
		what := v.say(tEverything)
		if s.Kind != feed.Any {
			what = v.say(kindNames[s.Kind])
		}
		wrong = append(wrong, h.Li(g.Text(v.say(tSilentSince, what, stamp(s.Since)))))
	}
	if !is.LateSince.IsZero() {
		wrong = append(wrong, h.Li(g.Text(v.say(tLateSince, stamp(is.LateSince)))))
	}
	state := notice(v.say(tFeedWell), false)
	if len(wrong) > 0 {
		state = h.Div(h.Class("notice bad"), h.Role("alert"), h.Ul(wrong))
	}
	last := make([]fact, 0, len(f.Last)+2)
	last = append(last, fact{v.say(tHeardUntil), moment(f.Until())}, fact{v.say(tNextBeat), moment(f.NextBeat)})
	for _, l := range f.Last {
		last = append(last, fact{v.say(tLastOf, v.say(kindNames[l.Kind])), moment(l.At)})
	}
	var pauses g.Group
	for _, p := range f.Pauses {
		if p.To.After(v.Now()) {
			pauses = append(pauses, h.Li(g.Text(stamp(p.From)+" – "+stamp(p.To))))
		}
	}
	return section(heading(v.say(tFeed)), state, facts(last...), g.If(len(pauses) > 0, g.Group{h.H2(g.Text(v.say(tPauses))), h.Ul(pauses)}))
}

// gaps are the numbered requests that have not come.
func (v *visit) gaps(is *feed.Health) g.Node {
	var rows [][]g.Node
	for i := range is.Streams {
		s := &is.Streams[i]
		for _, gap := range s.Missing(v.Now()) {
			var spans []string
			for _, l := range gap.Left {
				spans = append(spans, fmt.Sprintf("%d–%d", l.From, l.To))
			}
			rows = append(rows, []g.Node{g.Text(s.Feed), g.Text(strings.Join(spans, ", ")), moment(gap.Since)})
		}
	}
	if len(rows) == 0 {
		return section(h.H2(g.Text(v.say(tGaps))), para(v.say(tNoGaps)))
	}
	return section(h.H2(g.Text(v.say(tGaps))), para(v.say(tGapsHint)), table(v.say(tGaps), []column{{v.say(tStream), false}, {v.say(tMissing), false}, {v.say(tSince), false}}, rows[:min(len(rows), mostTold)]))
}

// arrivals are the hours, with a bar for how many events came in each.
func (v *visit) arrivals(list []store.Hour) g.Node {
	slices.SortStableFunc(list, func(a, b store.Hour) int { return b.At.Compare(a.At) })
	counts, most := make([]int, len(list)), 1
	for i, x := range list {
		for _, a := range x.Accepted {
			counts[i] += a.Events
		}
		most = max(most, counts[i])
	}
	var rows [][]g.Node
	for i := range list {
		x := &list[i]
		rows = append(rows, []g.Node{g.Text(x.At.In(watch.JST).Format("01-02 15:00")), g.Group{g.Text(strconv.Itoa(counts[i])), markup.Bar(float64(counts[i]) / float64(most))},
			g.Text(strconv.Itoa(x.Refused)), g.Text(strconv.Itoa(x.Known)), g.Text(lag(x, 0.50)), g.Text(lag(x, 0.99))})
	}
	return section(h.H2(g.Text(v.say(tArrivals))), table(v.say(tArrivalsHint), []column{{v.say(tHour), false}, {v.say(tAcceptedEvents), true}, {v.say(tRefusedEvents), true}, {v.say(tKnownEvents), true}, {v.say(tLagHalf), true}, {v.say(tLagMost), true}}, rows))
}

// lag is how late a share of an hour's events came at most.
func lag(x *store.Hour, share float64) string {
	seconds, known := x.Lag(share)
	if !known {
		return "—"
	}
	return (time.Duration(seconds) * time.Second).String()
}
