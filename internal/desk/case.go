package desk

import (
	"cmp"
	"errors"
	"slices"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"kozamori/internal/audit"
	"kozamori/internal/dispute"
	"kozamori/internal/markup"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// Bounds of what a page shows of one report.
const (
	mostOthers       = 10
	mostTold         = 40
	mostTransactions = 50
)

// file is all that is shown of one report.
type file struct {
	dispute *watch.Dispute // with its account as the bank calls it now
	facts   dispute.Facts
	told    []watch.Delivery // of people, the oldest first; nil if the record is gone
	account *watch.Account   // nil if it is watched no more
	others  []*watch.Dispute
	stops   []*watch.Control
	draft   draft
}

// draft is what was typed and not taken, and why.
type draft struct {
	notice string
	bad    bool
	text   string
	ready  map[watch.DisputeStatus]string
	note   string
}

// read reads a report of the bank's. dispute.ErrNotFound for all others.
func (v *visit) read(id string) (*watch.Dispute, error) {
	d, err := v.Store.Dispute(v.r.Context(), id)
	if errors.Is(err, store.ErrNotFound) || err == nil && d.Account.Bank != v.bank.Code {
		return nil, dispute.ErrNotFound
	}
	return d, err
}

// oneCase is the page of a report.
func (v *visit) oneCase() (reply, error) {
	d, err := v.read(v.r.PathValue("id"))
	if err != nil {
		return reply{}, err
	}
	said := draft{}
	switch v.r.URL.Query().Get("done") {
	case "status":
		said.notice = v.say(tDone)
	case "note":
		said.notice = v.say(tNoted)
	}
	return v.showCase(d, said)
}

func (v *visit) showCase(d *watch.Dispute, said draft) (reply, error) {
	f := file{draft: said}
	called, err := v.Store.Called(v.r.Context(), d.Account)
	if err != nil {
		return reply{}, err
	}
	v.act.Objects = append(v.act.Objects, audit.Object("account", called[d.Account].Now()))
	if err := v.reach(d, &f); err != nil {
		return reply{}, err
	}
	f.others, _, err = dispute.Find(v.r.Context(), v.Store, v.bank.Code, dispute.Filter{Account: d.Account.Ref}, dispute.NewestFirst, mostOthers+1, "")
	if err != nil {
		return reply{}, err
	}
	f.others = slices.DeleteFunc(f.others, func(o *watch.Dispute) bool { return o.ID == d.ID })
	if f.stops, err = v.Store.Controls(v.r.Context(), d.Account); err != nil {
		return reply{}, err
	}
	f.dispute = dispute.Called(d, called[d.Account].Now())
	f.facts = dispute.FactsOf(f.dispute)
	dispute.HistoriesOf(f.dispute, &f.facts)
	title := v.say(tCase, d.Reference)
	return reply{title: title, body: g.Group{
		v.summary(&f, title), v.acts(&f), v.transactions(&f), v.timeline(&f), v.reached(&f), v.stops(&f), v.notes(&f), v.related(&f)}}, nil
}

// reach reads whom a report's incident was told to. A record is not kept as long as a
// report.
func (v *visit) reach(d *watch.Dispute, f *file) error {
	ctx := v.r.Context()
	r, err := v.Store.Record(ctx, d.Record)
	if err == nil {
		f.told = append(f.told, r.Deliveries...)
		var lead *watch.Record
		if lead, err = v.Store.Lead(ctx, r); err == nil && lead.ID != r.ID {
			f.told = append(f.told, lead.Deliveries...)
		}
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	f.told = slices.DeleteFunc(f.told, func(t watch.Delivery) bool { return t.Kind == watch.TellUnreachable })
	slices.SortStableFunc(f.told, func(a, b watch.Delivery) int { return a.CreatedAt.Compare(b.CreatedAt) })
	if f.account, err = v.Store.Account(ctx, d.Account); errors.Is(err, store.ErrNotFound) {
		f.account, err = nil, nil
	}
	return err
}

// who is a watcher by their role: the owners of an account are one, and its guardians
// are numbered.
func (v *visit) who(f *file, id string) string {
	if f.account != nil {
		guardians := 0
		for _, w := range f.account.Watchers {
			if w.Role != watch.Owner {
				guardians++
			}
			switch {
			case w.ID != id:
			case w.Role == watch.Owner:
				return v.say(tOwner)
			default:
				return v.say(tGuardian, guardians)
			}
		}
	}
	return v.say(tFormerly)
}

func (v *visit) role(r watch.Role) string {
	if r == watch.Guardian {
		return v.say(tAGuardian)
	}
	return v.say(tOwner)
}

func (v *visit) summary(f *file, title string) g.Node {
	d := f.dispute
	var follows g.Node
	if f.facts.Follows != "" {
		follows = h.A(markup.Href(v.at("/cases/"+f.facts.Follows)), g.Text(f.facts.FollowsReference))
	}
	return section(heading(title), notice(f.draft.notice, f.draft.bad), facts(
		fact{v.say(tStatus), h.B(g.Text(v.status(d)))},
		fact{v.say(tAmount), said(v.amount(d))},
		fact{v.say(tService), said(v.services(d))},
		fact{v.say(tAccount), said(d.Account.Ref)},
		fact{v.say(tMask), said(d.Mask.Line())},
		fact{v.say(tAnswered), moment(d.AnsweredAt)},
		fact{v.say(tBy), said(v.role(d.AnsweredBy))},
		fact{v.say(tAlerted), moment(d.AlertedAt)},
		fact{v.say(tAccepted), moment(d.AcceptedAt)},
		fact{v.say(tFollows), follows}))
}

func (v *visit) transactions(f *file) g.Node {
	var rows [][]g.Node
	for _, t := range f.facts.Transactions[:min(len(f.facts.Transactions), mostTransactions)] {
		amount, returned := "", ""
		if t.Kind == watch.Debit {
			amount = wording.Yen(v.lang, t.Amount)
		}
		if t.Returned > 0 {
			returned = wording.Yen(v.lang, t.Returned)
		}
		rows = append(rows, []g.Node{g.Text(cmp.Or(t.Charge.Transaction, "—")), g.Text(v.say(kindNames[t.Kind])), whole(amount), g.Text(v.service(t.Service)), whole(t.Descriptor), moment(t.OccurredAt), whole(returned)})
	}
	return section(h.H2(g.Text(v.say(tTransactions))), table(v.say(tTransactions), []column{{v.say(tTxnID), false}, {v.say(tKind), false}, {v.say(tAmount), true}, {v.say(tService), false}, {v.say(tDescriptor), false}, {v.say(tOccurred), false}, {v.say(tReturned), true}}, rows),
		g.If(len(f.facts.Transactions) > mostTransactions, para(v.say(tCutRows, mostTransactions))))
}

// step is one thing that happened.
type step struct {
	at   time.Time
	says string
}

// timeline is what happened, the oldest first.
func (v *visit) timeline(f *file) g.Node {
	var steps []step
	for _, t := range f.facts.Transactions {
		for _, e := range t.History {
			steps = append(steps, step{e.OccurredAt, v.say(kindNames[e.Type])}, step{e.ReceivedAt, v.say(tCameIn) + v.say(tByClerk, v.say(kindNames[e.Type]))})
		}
	}
	if at := f.dispute.AcceptedAt; !at.IsZero() {
		steps = append(steps, step{at, v.say(tFirstTold)})
	}
	for _, c := range f.dispute.Changes {
		steps = append(steps, step{c.At, v.change(c)})
	}
	slices.SortStableFunc(steps, func(a, b step) int { return a.at.Compare(b.at) })
	return section(h.H2(g.Text(v.say(tTimeline))), h.Ol(h.Class("line"), markup.Each(steps, func(s step) g.Node { return h.Li(moment(s.at), g.Text(s.says)) })))
}

// change is a change of a report in words.
func (v *visit) change(c watch.DisputeChange) string {
	says := v.say(statusNames[c.Status])
	switch {
	case c.Status == watch.DisputeOpened:
		says = v.say(tSaidNotMine)
	case c.Status == watch.DisputeWithdrawn:
		says = v.say(tTookBack)
	case c.Further != nil:
		says = v.say(tFurtherOne)
	case c.Reopened:
		says = v.say(statusNames[watch.DisputeReopened])
	}
	if c.Clerk != "" {
		says += v.say(tByClerk, c.Clerk)
	}
	if !c.Text.Empty() {
		says += " " + c.Text.Quoted(v.lang == watch.English)
	}
	switch {
	case !c.ToldAt.IsZero():
		says += v.say(tBankToldOf, stamp(c.ToldAt))
	case !c.GaveUpAt.IsZero():
		says += v.say(tBankLost)
	}
	return says
}

// reached is whom the incident was told to, and what became of that.
func (v *visit) reached(f *file) g.Node {
	if len(f.told) == 0 {
		return section(h.H2(g.Text(v.say(tReach))), para(v.say(tReachGone)))
	}
	var rows [][]g.Node
	last := f.told[max(0, len(f.told)-mostTold):]
	for _, t := range last {
		at := t.AcceptedAt
		if at.IsZero() {
			at = t.CreatedAt
		}
		rows = append(rows, []g.Node{g.Text(v.who(f, t.Watcher)), g.Text(named(v, tellNames, t.Kind)), g.Text(v.Channels.Label(t.Channel, v.lang)), g.Text(named(v, stateNames, t.State)), moment(at)})
	}
	return section(h.H2(g.Text(v.say(tReach))), h.P(h.Class("hint"), g.Text(v.say(tReachHint))),
		table(v.say(tReach), []column{{v.say(tWho), false}, {v.say(tWhat), false}, {v.say(tChannel), false}, {v.say(tBecame), false}, {v.say(tWhen), false}}, rows),
		g.If(len(f.told) > mostTold, para(v.say(tCutRows, mostTold))))
}

// named is the name of a kind; one that only a newer version knows has its own.
func named[T ~string](v *visit, names map[T]text, is T) string {
	if name, ok := names[is]; ok {
		return v.say(name)
	}
	return string(is)
}

func (v *visit) related(f *file) g.Node {
	if len(f.others) == 0 {
		return section(h.H2(g.Text(v.say(tOthers))), para(v.say(tNoOthers)))
	}
	var rows [][]g.Node
	for _, d := range f.others {
		rows = append(rows, []g.Node{h.A(markup.Href(v.at("/cases/"+d.ID)), g.Text(d.Reference)), g.Text(v.status(d)), whole(v.amount(d)), g.Text(v.services(d)), moment(d.AnsweredAt)})
	}
	return section(h.H2(g.Text(v.say(tOthers))), table(v.say(tOthers), []column{{v.say(tNumberHead), false}, {v.say(tStatus), false}, {v.say(tAmount), true}, {v.say(tService), false}, {v.say(tAnswered), false}}, rows))
}
