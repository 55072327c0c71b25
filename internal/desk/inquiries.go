package desk

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"kozamori/internal/clerk"
	"kozamori/internal/inquiry"
	"kozamori/internal/markup"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// maxKey is the most characters of what tells one form from the next.
const maxKey = 40

// inquiries lists what the bank asked, with the form for more.
func (v *visit) inquiries() (reply, error) { return v.showInquiries("", rand.Text(), "") }

func (v *visit) showInquiries(lines, key, bad string) (reply, error) {
	q := v.r.URL.Query()
	list, next, err := v.Store.Askings(v.r.Context(), v.bank.Code, PageRows, q.Get("cursor"))
	if err != nil {
		return reply{}, err
	}
	var rows [][]g.Node
	for _, a := range list {
		rows = append(rows, []g.Node{h.A(markup.Href(v.at("/inquiries/"+a.ID)), moment(a.At)), g.Text(a.Clerk), g.Text(strconv.Itoa(len(a.Inquiries))), moment(a.AnswerBy)})
	}
	body := para(v.say(tNoInquiries))
	if len(rows) > 0 {
		body = table(v.say(tInquiries), []column{{v.say(tAskedAt), false}, {v.say(tAskedBy), false}, {v.say(tAskedN), true}, {v.say(tAnswerBy), false}}, rows)
	}
	return reply{title: v.say(tInquiries), body: g.Group{
		section(heading(v.say(tInquiries)), notice(bad, true), body,
			g.If(next != "", h.P(h.Class("more"), h.A(markup.Href(v.at("/inquiries?cursor="+url.QueryEscape(next))), g.Text(v.say(tMore)))))),
		v.asking(lines, key),
	}}, nil
}

// asking is the form with which a clerk asks.
func (v *visit) asking(lines, key string) g.Node {
	if !v.clerk.Role.May(clerk.Work) {
		return nil
	}
	return section(h.H2(g.Text(v.say(tAskNew))), h.P(h.Class("hint"), g.Text(v.say(tAskHint, inquiry.MaxItems))),
		h.Form(h.Method("post"), action(v.at("/inquiries")), markup.Lines(
			hidden("key", key),
			h.Label(h.For("items"), g.Text(v.say(tAskItems))),
			// A browser drops the first line break.
			h.Textarea(h.ID("items"), h.Name("items"), h.Rows("4"), h.AutoComplete("off"), g.Text("\n"+lines)),
			h.P(h.Button(h.Class("primary"), g.Text(v.say(tAskPress)))))))
}

// ask asks those who watch the accounts of a form's lines, as the bank API does.
func (v *visit) ask() (reply, error) {
	q, err := v.form("items", "key")
	if err != nil {
		return reply{}, err
	}
	key := q.Get("key")
	if key == "" || len(key) > maxKey {
		return reply{}, errForm
	}
	lines := strings.TrimSpace(strings.ReplaceAll(q.Get("items"), "\r\n", "\n"))
	again := func(says string) (reply, error) {
		rep, err := v.showInquiries(lines, key, says)
		rep.status = http.StatusUnprocessableEntity
		return rep, err
	}
	req := inquiry.Request{Clerk: v.clerk.Name, IdempotencyKey: "desk " + v.clerk.ID + " " + key}
	for i, line := range strings.Split(lines, "\n") {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if len(words) != 2 {
			return again(v.say(tAskLine, i+1))
		}
		it := inquiry.Item{AccountRef: words[0], Transaction: wire.TrimID(words[1])}
		if slices.Contains(req.Items, it) {
			continue
		}
		req.Items = append(req.Items, it)
		one := inquiry.Request{Items: []inquiry.Item{it}}
		if one.Check() != nil {
			return again(v.say(tAskLine, i+1))
		}
	}
	if req.Check() != nil {
		return again(v.say(tAskMany, inquiry.MaxItems))
	}
	if err := v.begin(); err != nil {
		return reply{}, err
	}
	asked, err := v.Inquiries.Ask(v.r.Context(), v.bank.Code, req)
	if errors.Is(err, inquiry.ErrOtherRequest) { // the same form, with other lines
		return reply{to: v.at("/inquiries")}, nil
	}
	if err != nil {
		return reply{}, err
	}
	return reply{to: v.at("/inquiries/" + asked.ID)}, nil
}

// request is the page of one request: what was answered, and whom to phone.
func (v *visit) request() (reply, error) {
	asked, err := inquiry.Read(v.r.Context(), v.Store, v.bank.Code, v.r.PathValue("id"))
	if err != nil {
		return reply{}, err
	}
	var keys []watch.AccountKey
	for _, q := range asked.All {
		keys = append(keys, q.Account)
	}
	called, err := v.Store.Called(v.r.Context(), keys...)
	if err != nil {
		return reply{}, err
	}
	only := v.r.URL.Query().Get("show") == "phone"
	var rows [][]g.Node
	phone, counts := 0, map[watch.InquiryState]int{}
	for _, q := range asked.All {
		counts[q.State]++
		calls := q.ToPhone(v.Now())
		if calls {
			phone++
		}
		if only && !calls {
			continue
		}
		rows = append(rows, v.inquiryRow(q, called[q.Account].Now(), calls))
	}
	var sums []fact
	for _, s := range inquiryStates {
		if counts[s] > 0 {
			sums = append(sums, fact{v.say(inquiryNames[s]), g.Text(strconv.Itoa(counts[s]))})
		}
	}
	at := v.at("/inquiries/" + asked.ID)
	which := h.P(h.Class("more"), h.A(markup.Href(at+"?show=phone"), g.Text(v.say(tOnlyPhone, phone))))
	if only {
		which = h.P(h.Class("more"), h.A(markup.Href(at), g.Text(v.say(tAllAsked, len(asked.All)))))
	}
	title := v.say(tInquiry)
	return reply{title: title, body: section(heading(title),
		facts(append([]fact{{v.say(tAskedAt), moment(asked.At)}, {v.say(tAskedBy), said(asked.Clerk)}, {v.say(tAnswerBy), moment(asked.AnswerBy)}}, sums...)...),
		which,
		table(title, []column{{v.say(tAccount), false}, {v.say(tTxnID), false}, {v.say(tStatus), false}, {v.say(tReachedAt), false}, {v.say(tAnsweredAt), false}, {v.say(tPhone), false}}, rows))}, nil
}

func (v *visit) inquiryRow(q *watch.Inquiry, ref string, calls bool) []g.Node {
	status := v.say(inquiryNames[q.State])
	if q.State == watch.InquiryNotAsked {
		status += v.say(tByClerk, v.say(inquiryReasons[q.Why]))
	}
	is, at := g.Text(status), g.Node(nil)
	if x := q.Answered(); x != nil {
		at = moment(x.At)
		if x.Dispute != "" {
			is = h.A(markup.Href(v.at("/cases/"+x.Dispute)), g.Text(status))
		}
	}
	say := g.Node(nil)
	if calls {
		say = h.B(g.Text(v.say(tCallThem)))
	}
	about := q.Txn
	if about == "" {
		about = v.service(q.Service)
	}
	return []g.Node{g.Text(ref), g.Text(about), is, moment(q.ReachedAt), at, say}
}
