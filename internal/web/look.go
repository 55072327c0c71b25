package web

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"kozamori/internal/dispute"
	"kozamori/internal/history"
	"kozamori/internal/membership"
	"kozamori/internal/quote"
	"kozamori/internal/store"
	"kozamori/internal/token"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// Bounds of the pages that look back.
const (
	pageAlerts = 40   // alerts on a page
	pagesMost  = 100  // pages of a month
	fileMost   = 5000 // alerts in a file
	readMost   = 20000
)

// alertLink opens the page of a record for a watcher. It is made again with
// each page, and is as good as the session.
func (s *site) alertLink(record, watcher string, until time.Time) string {
	tok := s.Keys.Sign(token.PurposeAnswer, token.AnswerSubject(record, watcher), until)
	return "/a/" + tok + fromHome + "&" + token.InPlaceMark + "=" + s.Keys.InPlace(tok)
}

// fromHome marks the address of an alert's page that leads back to the rooms
// that it was opened from.
const fromHome = "?from=home"

// mark is fromHome if a request came with it, and empty otherwise.
func mark(r *http.Request) string {
	if strings.HasPrefix("?"+r.URL.RawQuery, fromHome) {
		return fromHome
	}
	return ""
}

func (s *site) entry(a history.Alert, g *guest) wording.HistoryEntry {
	e := wording.HistoryEntry{Record: a.Record, Parts: a.Parts, Dispute: a.Dispute, Groups: a.Groups, Paused: a.Paused, Link: s.alertLink(a.Record.ID, a.Bound.Watcher.ID, g.Expires)}
	e.Service, _ = s.Names.Service(a.Parts[0].Service, g.Lang)
	if a.Related != nil {
		e.Related = a.Related.Reference
	}
	return e
}

// history lists the alerts of a month.
func (s *site) history(w http.ResponseWriter, r *http.Request, g *guest, b membership.Bound) {
	now := s.Now().In(watch.JST)
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, watch.JST)
	if asked, err := time.ParseInLocation("2006-01", r.URL.Query().Get("month"), watch.JST); err == nil && asked.Before(month) {
		month = asked
	}
	f := wording.HistoryFacts{View: s.view(r.Context(), g, b), Home: homePath, Month: month, Now: s.Now()}
	path := f.View.Path + "/history"
	if now.Sub(month) < store.KeepRecord {
		f.Earlier = path + "?month=" + month.AddDate(0, -1, 0).Format("2006-01")
	}
	if next := month.AddDate(0, 1, 0); !next.After(now) {
		f.Later = path + "?month=" + next.Format("2006-01")
	}
	f.CSV = path + ".csv"
	n, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || n < 1 || n > pagesMost {
		n = 1
	}
	alerts, cut, err := history.All(r.Context(), s.Store, b, month, month.AddDate(0, 1, 0).Add(-time.Millisecond), pagesMost*pageAlerts, readMost)
	if !s.at(w, r, err) {
		return
	}
	if !cut {
		f.Totals = s.totals(alerts, g)
	}
	more := cut || len(alerts) > n*pageAlerts
	page := func(n int) string { return path + "?month=" + month.Format("2006-01") + "&page=" + strconv.Itoa(n) }
	if more && n < pagesMost {
		f.Older = page(n + 1)
	}
	if n > 1 {
		f.Newer = page(n - 1)
	}
	for _, a := range alerts[min(len(alerts), (n-1)*pageAlerts):min(len(alerts), n*pageAlerts)] {
		f.Entries = append(f.Entries, s.entry(a, g))
	}
	s.page(w, http.StatusOK, wording.HistoryPage(f))
}

// totals sums up what payment services took by alerts.
func (s *site) totals(alerts []history.Alert, g *guest) []wording.ServiceTotal {
	var out []wording.ServiceTotal
	at := map[string]int{}
	for _, a := range alerts {
		for _, p := range a.Parts {
			if p.Kind != watch.Debit || p.Service == "" || p.Gone() || p.Answer != nil && p.Answer.Other {
				continue // what it was instead is no service's
			}
			i, ok := at[p.Service]
			if !ok {
				i = len(out)
				at[p.Service] = i
				name, _ := s.Names.Service(p.Service, g.Lang)
				out = append(out, wording.ServiceTotal{Name: name})
			}
			out[i].Debits++
			if p.Confidence == watch.Undecided {
				out[i].Doubtful++
			}
			out[i].Yen += p.Taken()
			out[i].Unsure = out[i].Unsure || p.MayStand() || p.MayAlso()
		}
	}
	return out
}

// historyFile is everything as CSV, to take to the bank or the police. Times
// are JST.
func (s *site) historyFile(w http.ResponseWriter, r *http.Request, g *guest, b membership.Bound) {
	alerts, more, err := history.All(r.Context(), s.Store, b, time.Time{}, time.Time{}, fileMost, readMost)
	if !s.at(w, r, err) {
		return
	}
	steps, _, err := s.steps(r, b, 0, fileMost)
	if !s.at(w, r, err) {
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="kozamori-`+s.Now().In(watch.JST).Format("20060102")+`.csv"`)
	_, _ = w.Write([]byte("\uFEFF")) // spreadsheets take it for Shift_JIS otherwise
	out := csv.NewWriter(w)
	out.UseCRLF = true
	bank, _ := s.Names.Bank(r.Context(), b.Account.Bank, g.Lang)
	_ = out.Write(wording.CSVHead(g.Lang)) // a broken connection is the reader's to notice
	for _, a := range alerts {
		e := s.entry(a, g)
		for _, part := range a.Parts {
			e.Service, _ = s.Names.Service(part.Service, g.Lang)
			of := a.Of(part)
			e.Record, e.Dispute = of.Record, of.Dispute
			_ = out.Write(append([]string{quote.Text(bank).Cell(), b.Account.Mask.Cell()}, s.fileLine(e, part, b, g.Lang)...))
		}
	}
	if more {
		_ = out.Write([]string{wording.CSVCut(g.Lang)})
	}
	for i := range steps {
		whatItWas, by := wording.StepWords(g.Lang, s.stepLine(&steps[i], b, g.Lang), s.Now())
		_ = out.Write(append([]string{quote.Text(bank).Cell(), b.Account.Mask.Cell()},
			fileTime(steps[i].At), whatItWas, "", "", "", "", "", "", "", "", by, "", "", "", caseOf(steps[i].Record), ""))
	}
	out.Flush()
}

// fileTime is a time in the file; empty if it is not known.
func fileTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(watch.JST).Format("2006-01-02 15:04:05")
}

// caseOf is the number of an incident in the file; empty if it is of none.
func caseOf(incident string) string {
	if incident == "" {
		return ""
	}
	return wording.Case(incident)
}

func (s *site) fileLine(e wording.HistoryEntry, part *watch.Record, b membership.Bound, lang watch.Lang) []string {
	at := fileTime
	var answered, told time.Time
	alerted := e.Record.ToldOf(part.ID, b.Watcher.ID)
	if e.Record.Answer != nil {
		answered = e.Record.Answer.At
	}
	reference := ""
	excepted := e.Record.Answer != nil && slices.Contains(e.Record.Answer.Except, part.ID) // it is no part of the report
	if e.Dispute != nil && !excepted {
		reference = e.Dispute.Reference
		told = e.Dispute.ToldOf(part.ID)
	}
	amount, back := "", ""
	if part.Kind == watch.Debit && !b.Watcher.HideAmount {
		amount, back = strconv.FormatInt(part.Amount, 10), wording.CSVBack(lang, part)
	}
	whatItWas, stands := wording.CSVWords(lang, e, part)
	happened, txn := at(part.OccurredAt), quote.Text(e.Dispute.NameOf(part)).Cell()
	if part.DateOnly {
		happened = part.OccurredAt.In(watch.JST).Format(time.DateOnly)
	}
	if part.Seeded() { // an id of ours, of which the bank knows nothing
		txn = ""
	}
	received := at(part.ReceivedAt)
	if part.OfStatement() { // the bank has told us nothing of it
		received = ""
	}
	return []string{happened, whatItWas, e.Service, part.Descriptor.Cell(), amount, back, txn,
		received, at(alerted), at(alerted), stands, at(answered), reference, at(told), caseOf(e.Record.CaseID()), e.Related}
}

// services lists the payment services that touched the account, and takes
// "mine" and "not mine" for each.
func (s *site) services(w http.ResponseWriter, r *http.Request, g *guest, b membership.Bound) {
	list, err := history.Services(r.Context(), s.Store, b.Account.AccountKey)
	if !s.at(w, r, err) {
		return
	}
	if r.Method == http.MethodPost {
		s.answerService(w, r, g, b, list)
		return
	}
	if err := history.Standing(r.Context(), s.Store, b, list, s.Now()); !s.at(w, r, err) {
		return
	}
	f := wording.ServicesFacts{View: s.view(r.Context(), g, b), Home: homePath, Now: s.Now()}
	for _, x := range list {
		line := wording.ServiceLine{Activity: x.Activity, Record: x.Record, Links: x.Links, Unknown: x.ID == "", Text: x.Text, Word: x.Word, NameOf: func(id string) string {
			name, _ := s.Names.Service(id, g.Lang)
			return name
		}}
		line.Name, _ = s.Names.Service(x.ID, g.Lang)
		line.Stands(x.Group, x.Open(), x.Reports)
		if line.Settled && x.Group.Record != nil {
			line.Link = s.alertLink(x.Group.Record.ID, b.Watcher.ID, g.Expires)
		}
		f.Services = append(f.Services, line)
	}
	s.page(w, http.StatusOK, wording.ServicesPage(f))
}

// answerService answers the record that a service is asked about, and shows
// its page.
func (s *site) answerService(w http.ResponseWriter, r *http.Request, g *guest, b membership.Bound, list []history.Service) {
	do, ok := s.button(w, r)
	if !ok {
		return
	}
	record := r.PostForm.Get("record")
	v := visit{record: record}
	v.who.Watcher, v.who.LineUser, v.who.Way = b.Watcher.ID, g.LineUser, watch.WayPage
	for _, x := range list {
		if x.Record != record || record == "" || do != wording.DoMine && do != wording.DoNotMine {
			continue
		}
		alerts, err := history.Open(r.Context(), s.Store, b, x.ID, record, s.Now())
		if !s.at(w, r, err) {
			return
		}
		if do == wording.DoMine && len(alerts) > 0 {
			s.recognised(w, r, g, v, x.ID, alerts)
			return
		}
		if do == wording.DoNotMine {
			if r.PostForm.Get(wording.FieldParts) == "" && !aloneOf(alerts, record) {
				s.whichOnes(w, r, g, b, record, alerts)
				return
			}
			v.record, v.who.Except, v.who.Also = ticked(r.PostForm, record, alerts)
			if v.who.Saw = sawOn(r.PostForm); v.who.Saw == nil && r.PostForm.Get(wording.FieldParts) != "" {
				var leads []*watch.Record
				for _, a := range alerts {
					leads = append(leads, a.Record)
				}
				v.who.Saw = listedOn(r.PostForm, leads...)
			}
			record = v.record
		}
		if _, err := s.act(r.Context(), v, do); s.at(w, r, err) {
			http.Redirect(w, r, s.alertLink(record, b.Watcher.ID, g.Expires), http.StatusSeeOther)
		}
		return
	}
	s.offered(w, r, false)
}

// recognised answers "mine" to each incident of a service that waits for an answer, as
// far as it is of that service alone: the others show on their pages what else they
// have. It shows the first that is left, or was answered.
func (s *site) recognised(w http.ResponseWriter, r *http.Request, g *guest, v visit, service string, alerts []history.Alert) {
	page := alerts[0].Record.ID
	v.who.Saw = sawOn(r.PostForm)
	for _, a := range alerts {
		if slices.ContainsFunc(a.Parts, func(p *watch.Record) bool { return p.Service != service }) {
			page = a.Record.ID
			continue
		}
		v.record = a.Record.ID
		res, err := s.act(r.Context(), v, wording.DoMine)
		if !s.at(w, r, err) {
			return
		}
		if res.Outcome == dispute.Changed {
			page = a.Record.ID
		}
	}
	http.Redirect(w, r, s.alertLink(page, v.who.Watcher, g.Expires), http.StatusSeeOther)
}

// aloneOf tells that nothing but a record waits for an answer: it need not be asked
// which ones. If the record is answered, what waits is another one.
func aloneOf(alerts []history.Alert, record string) bool {
	return len(alerts) == 0 || len(alerts) == 1 && len(alerts[0].Parts) == 1 && alerts[0].Parts[0].ID == record
}

// whichOnes asks once which of a service's alerts are not the owner's.
func (s *site) whichOnes(w http.ResponseWriter, r *http.Request, g *guest, b membership.Bound, record string, alerts []history.Alert) {
	f := wording.WhichFacts{View: s.view(r.Context(), g, b), Home: homePath, Record: record, Now: s.Now()}
	for _, a := range alerts {
		for _, p := range a.Parts {
			e := s.entry(a, g)
			e.Record, e.Parts = p, nil
			e.Service, _ = s.Names.Service(p.Service, g.Lang)
			f.Entries = append(f.Entries, e)
		}
	}
	s.page(w, http.StatusOK, wording.WhichPage(f))
}

// ticked is what an answer to several incidents is about: the one that stands
// for it, the parts that are the owner's, and the other incidents.
func ticked(form url.Values, record string, alerts []history.Alert) (lead string, except, also []string) {
	lead, except = record, unticked(form)
	if len(alerts) > 0 && !slices.ContainsFunc(alerts, func(a history.Alert) bool { _, in := a.Record.Part(record); return in }) {
		lead = alerts[0].Record.ID // the record is answered: the page does not show it
	}
	first := true
	for _, a := range alerts {
		if !slices.ContainsFunc(a.Parts, func(p *watch.Record) bool { return slices.Contains(form[wording.FieldPart], p.ID) }) {
			continue // all of it was recognised, or the page did not show it
		}
		if first {
			lead, first = a.Record.ID, false
		} else {
			also = append(also, a.Record.ID)
		}
	}
	return lead, except, also
}

// help says what to do now.
func (s *site) help(w http.ResponseWriter, r *http.Request, g *guest) {
	services, banks, err := history.Trouble(r.Context(), s.Store, g.accounts)
	if !s.at(w, r, err) {
		return
	}
	f := wording.TroubleFacts{Lang: g.Lang, Guardian: membership.GuardianOnly(g.accounts)}
	for _, id := range services {
		name, contact := s.Names.Service(id, g.Lang)
		f.Services = append(f.Services, wording.Named{Name: name, Contact: contact})
	}
	for i, code := range banks {
		var b wording.Named
		if b.Name, b.Contact = s.Names.Bank(r.Context(), code, g.Lang); i == 0 {
			f.Bank = b
		} else {
			f.Banks = append(f.Banks, b)
		}
	}
	s.page(w, http.StatusOK, wording.HelpPage(f, homePath))
}
