package desk

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"kozamori/internal/dispute"
	"kozamori/internal/markup"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

const (
	// PageRows is how many reports a page of the list shows.
	PageRows = 20
	// MostSorted is how many reports are sorted by what they are not kept by: the
	// oldest of those that are asked for.
	MostSorted = 1000
	// mostRounds is how many times one request looks through dispute.LookThrough
	// reports.
	mostRounds = 5
)

// open are the statuses of reports on which something is left to do.
var open = []watch.DisputeStatus{watch.DisputeOpened, watch.DisputeReceived, watch.DisputeFrozen, watch.DisputeRefunded}

// asked is what a list is asked for.
type asked struct {
	number, service string
	all             bool
	by              string
	cursor          string // of the pages by age
	page            int    // of the others, from 1
}

// orders are those of the list; the first is the one that is not asked for.
var orders = []struct {
	by   string
	name text
}{{"oldest", tByOldest}, {"newest", tByNewest}, {"amount", tByAmount}, {"service", tByService}}

// askedOf reads what a list is asked for. What is none of ours asks for nothing.
func askedOf(q url.Values) asked {
	a := asked{number: strings.TrimSpace(q.Get("number")), service: q.Get("service"), all: q.Get("show") == "all", by: orders[0].by, cursor: q.Get("cursor"), page: 1}
	for _, o := range orders {
		if o.by == q.Get("by") {
			a.by = o.by
		}
	}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 0 && n <= MostSorted/PageRows {
		a.page = n
	}
	if len(a.service) > 64 || len(a.number) > 64 || len(a.cursor) > 512 {
		return asked{by: a.by, page: 1}
	}
	return a
}

// query is the address of the list with something else.
func (a asked) query(change func(*asked)) string {
	a.cursor, a.page = "", 1
	change(&a)
	q := url.Values{}
	for name, v := range map[string]string{"number": a.number, "service": a.service, "cursor": a.cursor, "by": a.by} {
		if v != "" && v != orders[0].by {
			q.Set(name, v)
		}
	}
	if a.all {
		q.Set("show", "all")
	}
	if a.page > 1 {
		q.Set("page", strconv.Itoa(a.page))
	}
	if len(q) == 0 {
		return "?"
	}
	return "?" + q.Encode()
}

func (a asked) filter() dispute.Filter {
	f := dispute.Filter{Service: a.service, Statuses: open}
	if a.all {
		f.Statuses = nil
	}
	return f
}

// cases is the list of reports.
func (v *visit) cases() (reply, error) {
	a := askedOf(v.r.URL.Query())
	if a.number != "" {
		return v.search(a)
	}
	list, next, cut, err := v.listed(a)
	if err != nil {
		return reply{}, err
	}
	return reply{title: v.say(tCases), body: g.Group{
		section(heading(v.say(tCases)), v.band(), v.finder(a), v.sorts(a), v.rows(a, list),
			g.If(cut, para(v.say(tCutSorted, MostSorted))),
			g.If(next != "", h.P(h.Class("more"), h.A(markup.Href(next), g.Text(v.say(tMore))))))}}, nil
}

// listed is a page of the list, and the address of the next one.
func (v *visit) listed(a asked) (list []*watch.Dispute, next string, cut bool, err error) {
	if a.by == "oldest" || a.by == "newest" {
		by := dispute.OldestFirst
		if a.by == "newest" {
			by = dispute.NewestFirst
		}
		list, cursor, err := v.gather(a.filter(), by, PageRows, a.cursor)
		if cursor != "" {
			next = a.query(func(a *asked) { a.cursor = cursor })
		}
		return list, next, false, err
	}
	all, cursor, err := v.gather(a.filter(), dispute.OldestFirst, MostSorted, "")
	if err != nil {
		return nil, "", false, err
	}
	switch a.by {
	case "amount":
		slices.SortStableFunc(all, func(x, y *watch.Dispute) int { return cmp.Compare(totalOf(y).Yen, totalOf(x).Yen) })
	case "service":
		slices.SortStableFunc(all, func(x, y *watch.Dispute) int { return cmp.Compare(v.services(x), v.services(y)) })
	}
	from, to := min((a.page-1)*PageRows, len(all)), min(a.page*PageRows, len(all))
	if to < len(all) {
		next = a.query(func(b *asked) { b.page = a.page + 1 })
	}
	return all[from:to], next, cursor != "", nil
}

// gather finds reports until there are so many, or it has looked for long.
func (v *visit) gather(f dispute.Filter, by dispute.Order, most int, cursor string) (out []*watch.Dispute, next string, err error) {
	for range max(mostRounds, most/dispute.MaxPage) {
		list, next, err := dispute.Find(v.r.Context(), v.Store, v.bank.Code, f, by, min(dispute.MaxPage, most-len(out)), cursor)
		if err != nil {
			return nil, "", err
		}
		out, cursor = append(out, list...), next
		if next == "" || len(out) >= most {
			break
		}
	}
	return out, cursor, nil
}

// search leads to the report whose number a customer says.
func (v *visit) search(a asked) (reply, error) {
	number, whole := dispute.Heard(a.number)
	says, next := v.say(tNoNumber), ""
	if whole {
		list, cursor, err := v.gather(dispute.Filter{Reference: number}, dispute.NewestFirst, 1, a.cursor)
		switch {
		case err != nil:
			return reply{}, err
		case len(list) > 0:
			return reply{to: v.at("/cases/" + list[0].ID)}, nil
		case cursor != "":
			says, next = v.say(tNotYetFound, mostRounds*dispute.LookThrough), a.query(func(b *asked) { b.cursor = cursor })
		default:
			says = v.say(tNotFound)
		}
	}
	return reply{title: v.say(tCases), body: section(heading(v.say(tCases)), notice(says, true), v.finder(a),
		g.If(next != "", h.P(h.Class("more"), h.A(markup.Href(next), g.Text(v.say(tSearchOn))))))}, nil
}

// finder is the form that finds reports.
func (v *visit) finder(a asked) g.Node {
	option := func(value, label, is string) g.Node {
		return h.Option(h.Value(value), g.If(value == is, h.Selected()), g.Text(label))
	}
	show := ""
	if a.all {
		show = "all"
	}
	return h.Form(h.Method("get"), action(v.at("")), h.Role("search"), h.Div(h.Class("fields"), markup.Lines(
		h.Div(h.Label(h.For("number"), g.Text(v.say(tNumber))), h.Input(h.ID("number"), h.Name("number"), h.Value(a.number), h.AutoComplete("off"), h.Placeholder("KZ-7F3K-9Q4M"))),
		h.Div(h.Label(h.For("show"), g.Text(v.say(tShow))), h.Select(h.ID("show"), h.Name("show"), option("", v.say(tShowOpen), show), option("all", v.say(tShowAll), show))),
		h.Div(h.Label(h.For("service"), g.Text(v.say(tService))), h.Input(h.ID("service"), h.Name("service"), h.Value(a.service), h.AutoComplete("off"), h.Placeholder("paypay"))),
		h.Button(h.Class("primary"), g.Text(v.say(tFind))))))
}

// sorts are the links to the list in other orders.
func (v *visit) sorts(a asked) g.Node {
	var links g.Group
	for _, o := range orders {
		links = append(links, h.A(markup.Href(v.at("")+a.query(func(b *asked) { b.by = o.by })), g.If(a.by == o.by, h.Aria("current", "true")), g.Text(v.say(o.name))))
	}
	return h.P(h.Class("sort"), links)
}

// rows is the table of reports.
func (v *visit) rows(a asked, list []*watch.Dispute) g.Node {
	if len(list) == 0 {
		return para(v.say(tNoCases))
	}
	rows := make([][]g.Node, len(list))
	for i, d := range list {
		rows[i] = []g.Node{
			h.A(markup.Href(v.at("/cases/"+d.ID)), h.Span(h.Class("n"), g.Text(d.Reference))),
			g.Text(v.status(d)),
			g.Text(v.age(d.AnsweredAt)),
			whole(v.amount(d)),
			g.Text(v.services(d)),
			g.Text(d.Account.Ref),
			moment(d.AnsweredAt),
		}
	}
	caption := v.say(tOpenCases)
	if a.all {
		caption = v.say(tAllCases)
	}
	return table(caption, []column{{v.say(tNumberHead), false}, {v.say(tStatus), false}, {v.say(tAge), false}, {v.say(tAmount), true}, {v.say(tService), false}, {v.say(tAccount), false}, {v.say(tAnswered), false}}, rows)
}

func (v *visit) status(d *watch.Dispute) string {
	if name, ok := statusNames[d.Status]; ok {
		return v.say(name)
	}
	return string(d.Status) // of a newer version
}

// totalOf is what a report comes to now.
func totalOf(d *watch.Dispute) watch.Total {
	seq := 0
	if n := len(d.Changes); n > 0 {
		seq = d.Changes[n-1].Seq
	}
	return d.TotalAt(seq)
}

// amount is what a report is about, in short.
func (v *visit) amount(d *watch.Dispute) string {
	t := totalOf(d)
	var out []string
	if t.Debits > 0 || t.Links == 0 {
		out = append(out, wording.Yen(v.lang, t.Yen))
	}
	if t.Links > 0 {
		out = append(out, v.say(tLinks, t.Links))
	}
	return strings.Join(out, " + ")
}

// services are those of a report, as bank staff call them.
func (v *visit) services(d *watch.Dispute) string {
	var out []string
	for _, id := range totalOf(d).Of {
		out = append(out, v.service(id))
	}
	return strings.Join(out, v.say(tComma))
}

func (v *visit) service(id string) string {
	if name, _ := v.Names.Service(id, v.lang); name != "" {
		return name
	}
	return id
}

// age is how long ago something was, in the unit that says enough.
func (v *visit) age(at time.Time) string {
	switch d := v.Now().Sub(at); {
	case d < time.Hour:
		return v.say(tMinutes, int(max(d, 0).Minutes()))
	case d < 48*time.Hour:
		return v.say(tHours, int(d.Hours()))
	default:
		return v.say(tDays, int(d.Hours()/24))
	}
}
