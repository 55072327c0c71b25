package desk

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"kozamori/internal/watch"
)

var (
	tStops       = text{"止めてほしいという依頼", "What the customer asked the bank to stop"}
	tStopsHint   = text{"銀行の回答は、APIで受け取ったものです。", "What the bank answered came by its API."}
	tNoStops     = text{"依頼はありません。", "There are none."}
	tStopsWhat   = text{"止めるもの", "What"}
	tStopsAsked  = text{"依頼", "Asked"}
	tStopsAnswer = text{"いまの状態", "State"}
	tStopsSince  = text{"更新", "Since"}
	tStopsSays   = text{"お客さまへの文", "Words to the customer"}

	tStopService = text{"%sの引き落とし", "debits of %s"}

	stopKinds = map[watch.ControlKind]text{
		watch.StopLinks:   {"決済サービスへの新しい登録", "new links of payment services"},
		watch.StopDebits:  {"すべての自動の引き落とし", "all automatic debits"},
		watch.LimitDebits: {"上限をこえる引き落とし", "debits above a limit"},
	}
	stopStates = map[watch.ControlState]text{
		watch.ControlRequested:  {"銀行の回答待ち", "waits for the bank"},
		watch.ControlWithdrawn:  {"依頼の取り消し・銀行の回答待ち", "taken back, waits for the bank"},
		watch.ControlApplied:    {"停止中", "stopped"},
		watch.ControlRefused:    {"停止しないと回答", "refused"},
		watch.ControlNotOffered: {"取り扱いなしと回答", "not offered"},
		watch.ControlLifted:     {"解除済み", "lifted"},
		watch.ControlKept:       {"停止を継続", "kept"},
		watch.ControlEnded:      {"期限で終了", "ended"},
	}
)

// stops are what the owners of the account asked the bank to stop, and what it answered.
func (v *visit) stops(f *file) g.Node {
	if len(f.stops) == 0 {
		return section(h.H2(g.Text(v.say(tStops))), para(v.say(tNoStops)))
	}
	var rows [][]g.Node
	for _, c := range f.stops {
		what := v.say(tStopService, v.service(c.Service))
		if c.Kind != watch.StopService {
			what = named(v, stopKinds, c.Kind)
		}
		last, asked, says := c.Last(), g.Node(nil), ""
		if wish := c.Wish(); wish != nil {
			asked = moment(wish.At)
		}
		if c.State.OfBank() {
			says = last.Text.String()
		}
		rows = append(rows, []g.Node{g.Text(c.Reference), g.Text(what), asked, g.Text(named(v, stopStates, c.State)), moment(last.At), g.Text(says)})
	}
	return section(h.H2(g.Text(v.say(tStops))), h.P(h.Class("hint"), g.Text(v.say(tStopsHint))),
		table(v.say(tStops), []column{{v.say(tNumberHead), false}, {v.say(tStopsWhat), false}, {v.say(tStopsAsked), false}, {v.say(tStopsAnswer), false}, {v.say(tStopsSince), false}, {v.say(tStopsSays), false}}, rows))
}
