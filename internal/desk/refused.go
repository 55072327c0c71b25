package desk

import (
	"net/http"
	"net/url"
	"strconv"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"kozamori/internal/clerk"
	"kozamori/internal/markup"
	"kozamori/internal/store"
	"kozamori/internal/wire"
)

// mostRaw is how many characters are shown of what was sent, and mostFaults how many
// faults of a replay.
const (
	mostRaw    = 8000
	mostFaults = 20
)

// refusals lists what was refused.
func (v *visit) refusals() (reply, error) {
	cursor := v.r.URL.Query().Get("cursor")
	list, next, err := v.Store.QuarantinePage(v.r.Context(), v.bank.Code, PageRows, cursor)
	if err != nil {
		return reply{}, err
	}
	if len(list) == 0 && cursor == "" {
		return reply{title: v.say(tRefused), body: section(heading(v.say(tRefused)), para(v.say(tNoRefused)))}, nil
	}
	var rows [][]g.Node
	for _, x := range list {
		rows = append(rows, []g.Node{h.A(markup.Href(v.at("/refused/"+x.ID)), moment(x.At)), g.Text(x.EventID), g.Text(x.Ref), g.Text(x.Field), g.Text(x.Problem)})
	}
	return reply{title: v.say(tRefused), body: section(heading(v.say(tRefused)), para(v.say(tRefusedHint)),
		table(v.say(tRefused), []column{{v.say(tWhen), false}, {v.say(tEventID), false}, {v.say(tAccount), false}, {v.say(tField), false}, {v.say(tProblem), false}}, rows),
		g.If(next != "", h.P(h.Class("more"), h.A(markup.Href(v.at("/refused?cursor="+url.QueryEscape(next))), g.Text(v.say(tMore))))))}, nil
}

// refusal is the page of one thing that was refused.
func (v *visit) refusal() (reply, error) {
	x, err := v.Store.Refused(v.r.Context(), v.bank.Code, v.r.PathValue("id"))
	if err != nil {
		return reply{}, err
	}
	return v.showRefused(x, "", false, nil), nil
}

func (v *visit) showRefused(x *store.Refused, says string, bad bool, faults []wire.Rejected) reply {
	raw := []rune(x.Raw)
	cut := len(raw) > mostRaw
	if cut {
		raw = raw[:mostRaw]
	}
	var again, left g.Node
	if v.clerk.Role.May(clerk.Manage) && !x.Cut {
		again = section(h.H2(g.Text(v.say(tReplay))), h.P(h.Class("hint"), g.Text(v.say(tReplayHint))),
			h.Form(h.Method("post"), action(v.at("/refused/"+x.ID+"/replay")), h.Button(g.Text(v.say(tReplay)))))
	}
	if len(faults) > 0 {
		left = h.Ul(markup.Each(faults[:min(len(faults), mostFaults)], func(r wire.Rejected) g.Node {
			return h.Li(g.Text(strconv.Itoa(r.Index) + " " + r.Field + " " + r.Problem))
		}))
	}
	return reply{title: v.say(tRefusedOne), body: g.Group{
		section(heading(v.say(tRefusedOne)), notice(says, bad), left, facts(fact{v.say(tWhen), moment(x.At)}, fact{v.say(tEventID), said(x.EventID)}, fact{v.say(tTxnID), said(x.Txn)},
			fact{v.say(tAccount), said(x.Ref)}, fact{v.say(tField), said(x.Field)}, fact{v.say(tProblem), said(x.Problem)}, fact{v.say(tWebhook), said(x.Webhook)})),
		again,
		section(h.H2(g.Text(v.say(tRaw))), g.If(x.Cut || cut, para(v.say(tRawCut))), h.P(h.Class("raw"), g.Text(string(raw)))),
	}}
}

// replay puts through the checks once more what was refused, as the bank API does.
func (v *visit) replay() (reply, error) {
	x, err := v.Store.Refused(v.r.Context(), v.bank.Code, v.r.PathValue("id"))
	if err != nil {
		return reply{}, err
	}
	if x.Cut {
		rep := v.showRefused(x, v.say(tCannotReplay), true, nil)
		rep.status = http.StatusConflict
		return rep, nil
	}
	if err := v.begin(); err != nil {
		return reply{}, err
	}
	accepted, faults, err := v.Replay(v.r.Context(), x)
	if err != nil {
		return reply{}, err
	}
	return v.showRefused(x, v.say(tReplayed, accepted, len(faults)), len(faults) > 0, faults), nil
}
