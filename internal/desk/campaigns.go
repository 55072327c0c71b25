package desk

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"kozamori/internal/clerk"
	"kozamori/internal/markup"
	"kozamori/internal/radar"
	"kozamori/internal/store"
)

// mostCampaigns is how many of the latest campaigns are listed.
const mostCampaigns = 20

// band says on top of the list which campaigns stand. When that cannot be read the list
// is shown all the same.
func (v *visit) band() g.Node {
	stands, err := v.Store.Standing(v.r.Context(), v.bank.Code)
	if err != nil {
		v.Logger.WarnContext(v.r.Context(), "desk: the campaigns cannot be read now", "err", err)
		return notice(v.say(tNoBand), true)
	}
	var open g.Group
	for _, s := range stands.Services {
		if s.State.Open() {
			open = append(open, h.Li(h.A(markup.Href(v.at("/campaigns/"+s.ID)), g.Text(v.service(s.Service))), g.Text(v.say(tByClerk, v.say(campaignNames[s.State]))), moment(s.At)))
		}
	}
	if len(open) == 0 {
		return nil
	}
	return h.Div(h.Class("notice bad"), h.P(g.Text(v.say(tBand))), h.Ul(h.Class("line"), open))
}

// campaigns lists the latest.
func (v *visit) campaigns() (reply, error) {
	list, err := store.First(v.Store.Campaigns(v.r.Context(), v.bank.Code), mostCampaigns)
	if err != nil {
		return reply{}, err
	}
	var rows [][]g.Node
	for _, c := range list {
		rows = append(rows, []g.Node{h.A(markup.Href(v.at("/campaigns/"+c.ID)), g.Text(v.service(c.Service))), g.Text(v.say(campaignNames[c.State])), moment(c.Since), moment(c.KnownAt), moment(c.LastAt)})
	}
	body := section(heading(v.say(tCampaigns)), para(v.say(tNoCampaigns)))
	if len(rows) > 0 {
		body = section(heading(v.say(tCampaigns)), table(v.say(tCampaigns), []column{{v.say(tService), false}, {v.say(tStatus), false}, {v.say(tSince), false}, {v.say(tKnown), false}, {v.say(tLast), false}}, rows))
	}
	return reply{title: v.say(tCampaigns), body: body}, nil
}

// campaign is the page of one.
func (v *visit) campaign() (reply, error) {
	c, err := v.Store.Campaign(v.r.Context(), v.bank.Code, v.r.PathValue("id"))
	if err != nil {
		return reply{}, err
	}
	says := ""
	if v.r.URL.Query().Get("done") != "" {
		says = v.say(tDecided)
	}
	return v.showCampaign(c, says, false), nil
}

func (v *visit) showCampaign(c *radar.Campaign, says string, bad bool) reply {
	var rows [][]g.Node
	for _, e := range c.Evidence {
		usually := strconv.FormatFloat(float64(e.Usually)/1000, 'f', 1, 64)
		rows = append(rows, []g.Node{g.Text(v.say(evidenceNames[e.Kind])), g.Text(strconv.Itoa(e.Seen)), g.Text(usually), moment(e.From), moment(e.To)})
	}
	title := v.say(tCampaign, v.service(c.Service))
	var decide g.Node
	if can := c.CanFollow(); len(can) > 0 && v.clerk.Role.May(clerk.Manage) {
		decide = section(h.H2(g.Text(v.say(tDecide))), h.P(h.Class("hint"), g.Text(v.say(tDecideHint))),
			h.Form(h.Method("post"), action(v.at("/campaigns/"+c.ID+"/state")), h.P(markup.Each(can, func(s radar.State) g.Node {
				return h.Button(h.Name("state"), h.Value(string(s)), g.Text(v.say(decideNames[s])))
			}))))
	}
	return reply{title: title, body: g.Group{
		section(heading(title), notice(says, bad), facts(fact{v.say(tStatus), h.B(g.Text(v.say(campaignNames[c.State])))}, fact{v.say(tSince), moment(c.Since)}, fact{v.say(tKnown), moment(c.KnownAt)}, fact{v.say(tLast), moment(c.LastAt)})),
		decide,
		section(h.H2(g.Text(v.say(tEvidence))), table(v.say(tEvidence), []column{{v.say(tSeenWhat), false}, {v.say(tSeen), true}, {v.say(tUsually), true}, {v.say(tFrom), false}, {v.say(tTo), false}}, rows)),
		section(h.H2(g.Text(v.say(tTransactions))), h.Ul(markup.Each(c.Transactions, func(id string) g.Node { return h.Li(g.Text(id)) }))),
		section(h.H2(g.Text(v.say(tTimeline))), h.Ol(h.Class("line"), markup.Each(c.Changes, func(x radar.Change) g.Node {
			says := v.say(campaignNames[x.State])
			if x.Clerk != "" {
				says += v.say(tByClerk, x.Clerk)
			}
			return h.Li(moment(x.At), g.Text(says))
		}))),
	}}
}

// decide takes what a clerk says of a campaign, as the bank API does.
func (v *visit) decide() (reply, error) {
	q, err := v.form("state")
	if err != nil {
		return reply{}, err
	}
	to := radar.State(q.Get("state"))
	if !slices.Contains([]radar.State{radar.Confirmed, radar.Dismissed, radar.Ended}, to) {
		return reply{}, errForm
	}
	id := v.r.PathValue("id")
	if _, err := v.Store.Campaign(v.r.Context(), v.bank.Code, id); err != nil {
		return reply{}, err
	}
	if err := v.begin(); err != nil {
		return reply{}, err
	}
	c, err := v.Store.UpdateCampaign(v.r.Context(), v.bank.Code, id, func(c *radar.Campaign) error { return c.Say(to, v.clerk.Name, v.Now()) })
	if errors.Is(err, radar.ErrState) {
		if c, err = v.Store.Campaign(v.r.Context(), v.bank.Code, id); err != nil {
			return reply{}, err
		}
		rep := v.showCampaign(c, v.say(tOrder), true)
		rep.status = http.StatusConflict
		return rep, nil
	}
	if err != nil {
		return reply{}, err
	}
	return reply{to: v.at("/campaigns/" + c.ID + "?done=state")}, nil
}
