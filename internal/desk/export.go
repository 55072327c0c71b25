package desk

import (
	"bytes"
	"encoding/csv"
	"net/url"
	"strconv"
	"strings"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"kozamori/internal/dispute"
	"kozamori/internal/markup"
	"kozamori/internal/quote"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

const (
	// MostExported is how many reports are taken away, or added up, at once: the
	// latest of the days that are asked for.
	MostExported = 10000
	// usualDays are the days that are asked for if none are named.
	usualDays = 30
)

// span is the days that are asked for, in Japan, both ends among them.
type span struct {
	from, to time.Time
	service  string
}

// spanOf reads the days. What is no day is the usual.
func (v *visit) spanOf(q url.Values) span {
	today := v.Now().In(watch.JST)
	to, err := time.ParseInLocation(time.DateOnly, q.Get("to"), watch.JST)
	if err != nil {
		to = time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, watch.JST)
	}
	from, err := time.ParseInLocation(time.DateOnly, q.Get("from"), watch.JST)
	if err != nil || from.After(to) {
		from = to.AddDate(0, 0, 1-usualDays)
	}
	s := span{from: from, to: to, service: q.Get("service")}
	if len(s.service) > 64 {
		s.service = ""
	}
	return s
}

func (s *span) filter() dispute.Filter {
	return dispute.Filter{From: s.from, To: s.to.AddDate(0, 0, 1), Service: s.service}
}

func (s *span) query() string {
	q := url.Values{"from": {s.from.Format(time.DateOnly)}, "to": {s.to.Format(time.DateOnly)}}
	if s.service != "" {
		q.Set("service", s.service)
	}
	return "?" + q.Encode()
}

// export is a file of the reports of some days.
func (v *visit) export() (reply, error) {
	s := v.spanOf(v.r.URL.Query())
	if err := v.begin(); err != nil { // what is taken away is known before it is
		return reply{}, err
	}
	list, _, err := v.gather(s.filter(), dispute.NewestFirst, MostExported, "")
	if err != nil {
		return reply{}, err
	}
	var b bytes.Buffer
	b.WriteString("\uFEFF") // for spreadsheets, which else read it as another encoding
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	_ = w.Write([]string{"reference", "dispute_id", "status", "account_ref", "services", "debits", "links", "yen", "returned_yen", "occurred_at", "alerted_at", "reported_at", "reported_by", "via", "bank_told_at", "stopped_at", "transaction_ids"})
	for _, d := range list {
		_ = w.Write(v.line(d)) // a buffer takes everything
	}
	w.Flush()
	name := "kozamori-" + v.bank.Code + "-" + s.from.Format("20060102") + "-" + s.to.Format("20060102") + ".csv"
	return reply{file: name, kind: "text/csv; charset=utf-8", raw: b.Bytes()}, nil
}

// line is a report in the file. No cell is one that a spreadsheet would run.
func (v *visit) line(d *watch.Dispute) []string {
	t, facts := totalOf(d), dispute.FactsOf(d)
	var told, stopped time.Time
	for _, c := range d.Changes {
		if c.Status == watch.DisputeOpened && told.IsZero() {
			told = c.ToldAt
		}
		if c.Status == watch.DisputeFrozen && stopped.IsZero() {
			stopped = c.At
		}
	}
	var ids, services []string
	var returned int64
	for _, x := range facts.Transactions {
		ids, returned = append(ids, x.Charge.Transaction), returned+x.Returned
	}
	services = append(services, t.Of...)
	cell := func(s string) string { return quote.Text(s).Cell() }
	return []string{d.Reference, d.ID, string(d.Status), cell(d.Account.Ref), cell(strings.Join(services, " ")), strconv.Itoa(t.Debits + t.Undone), strconv.Itoa(t.Links), strconv.FormatInt(t.Gross, 10), strconv.FormatInt(returned, 10),
		stamp(d.OccurredAt), stamp(d.AcceptedAt), stamp(d.AnsweredAt), string(d.AnsweredBy), string(d.Via), stamp(told), stamp(stopped), cell(strings.Join(ids, " "))}
}

// sheet is what the reports of some days come to, to be printed.
func (v *visit) sheet() (reply, error) {
	s := v.spanOf(v.r.URL.Query())
	list, next, err := v.gather(s.filter(), dispute.NewestFirst, MostExported, "")
	if err != nil {
		return reply{}, err
	}
	is := sum(list)
	title := v.say(tSheet)
	return reply{title: title, body: g.Group{
		section(heading(title), v.spanForm(&s), facts(
			fact{v.say(tSheetDays), g.Text(s.from.Format(time.DateOnly) + " – " + s.to.Format(time.DateOnly))},
			fact{v.say(tReports), g.Text(strconv.Itoa(is.reports))},
			fact{v.say(tStillOpen), g.Text(strconv.Itoa(is.open))},
			fact{v.say(tTakenBack), g.Text(strconv.Itoa(is.withdrawn))},
			fact{v.say(tAccounts), g.Text(strconv.Itoa(len(is.accounts)))},
			fact{v.say(tDebits), g.Text(strconv.Itoa(is.debits))},
			fact{v.say(tLinkCount), g.Text(strconv.Itoa(is.links))},
			fact{v.say(tTaken), whole(wording.Yen(v.lang, is.yen))},
			fact{v.say(tReturned), whole(wording.Yen(v.lang, is.returned))}),
			g.If(next != "", para(v.say(tCutSheet, MostExported)))),
		v.medians(is), v.finders(is), v.byService(is), v.byDay(is)}}, nil
}

// spanForm asks for other days, and leads to the file.
func (v *visit) spanForm(s *span) g.Node {
	day := func(id, label string, at time.Time) g.Node {
		return h.Div(h.Label(h.For(id), g.Text(label)), h.Input(h.ID(id), h.Type("date"), h.Name(id), h.Value(at.Format(time.DateOnly)), h.Required()))
	}
	return h.Form(h.Method("get"), action(v.at("/sheet")), h.Div(h.Class("fields"), markup.Lines(
		day("from", v.say(tFrom), s.from), day("to", v.say(tTo), s.to),
		h.Div(h.Label(h.For("service"), g.Text(v.say(tService))), h.Input(h.ID("service"), h.Name("service"), h.Value(s.service), h.AutoComplete("off"))),
		h.Button(h.Class("primary"), g.Text(v.say(tAddUp))),
		h.A(h.Class("button"), markup.Href(v.at("/cases.csv")+s.query()), g.Text(v.say(tFile))))))
}

func (v *visit) medians(is *sums) g.Node {
	var rows [][]g.Node
	for i, name := range waitNames {
		half, known := median(is.waits[i])
		says := "—"
		if known {
			says = strconv.FormatFloat(half.Minutes(), 'f', 1, 64)
		}
		rows = append(rows, []g.Node{g.Text(v.say(name)), g.Text(says), g.Text(strconv.Itoa(len(is.waits[i])))})
	}
	return section(h.H2(g.Text(v.say(tMedians))), table(v.say(tMediansHint), []column{{v.say(tStep), false}, {v.say(tMedian), true}, {v.say(tOfReports), true}}, rows))
}

func (v *visit) finders(is *sums) g.Node {
	var rows [][]g.Node
	for _, role := range []watch.Role{watch.Owner, watch.Guardian} {
		for _, via := range []watch.Via{watch.ViaLINE, watch.ViaPage} {
			if n := is.found[found{role, via}]; n > 0 {
				rows = append(rows, []g.Node{g.Text(v.role(role)), g.Text(named(v, viaNames, via)), g.Text(strconv.Itoa(n))})
			}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return section(h.H2(g.Text(v.say(tFinders))), table(v.say(tFinders), []column{{v.say(tWho), false}, {v.say(tChannel), false}, {v.say(tReports), true}}, rows))
}

func (v *visit) byService(is *sums) g.Node {
	all, most := is.ofServices(), int64(1)
	if len(all) == 0 {
		return nil
	}
	for _, x := range all {
		most = max(most, x.yen)
	}
	var rows [][]g.Node
	for _, x := range all[:min(len(all), mostTold)] {
		name := v.service(x.service)
		if x.service == "" {
			name = v.say(tNoService)
		}
		rows = append(rows, []g.Node{g.Text(name), g.Text(strconv.Itoa(x.reports)), g.Group{whole(wording.Yen(v.lang, x.yen)), markup.Bar(float64(x.yen) / float64(most))}})
	}
	return section(h.H2(g.Text(v.say(tByServices))), table(v.say(tByServices), []column{{v.say(tService), false}, {v.say(tReports), true}, {v.say(tAmount), true}}, rows))
}

func (v *visit) byDay(is *sums) g.Node {
	all, most := is.ofDays(), 1
	if len(all) == 0 {
		return nil
	}
	cut := len(all) > mostTold
	all = all[max(0, len(all)-mostTold):]
	for _, x := range all {
		most = max(most, x.reports)
	}
	var rows [][]g.Node
	shares := make([]float64, len(all))
	for i, x := range all {
		shares[i] = float64(x.reports) / float64(most)
		rows = append(rows, []g.Node{g.Text(x.day), g.Text(strconv.Itoa(x.reports)), whole(wording.Yen(v.lang, x.yen))})
	}
	return section(h.H2(g.Text(v.say(tByDays))), markup.Columns(shares),
		table(v.say(tByDays), []column{{v.say(tDay), false}, {v.say(tReports), true}, {v.say(tAmount), true}}, rows), g.If(cut, para(v.say(tCutRows, mostTold))))
}
