package desk

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"kozamori/internal/clerk"
	"kozamori/internal/dispute"
	"kozamori/internal/markup"
	"kozamori/internal/quote"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// acts are the presses that tell the customer what the bank did: only those that can
// follow, each with what the customer will read.
func (v *visit) acts(f *file) g.Node {
	if !v.clerk.Role.May(clerk.Work) {
		return nil
	}
	can := dispute.CanFollow(f.dispute)
	if len(can) == 0 {
		return section(h.H2(g.Text(v.say(tActs))), para(v.say(tNothingCan)))
	}
	return section(h.H2(g.Text(v.say(tActs))), h.P(h.Class("hint"), g.Text(v.say(tActsHint))),
		h.Form(h.Method("post"), action(v.at("/cases/"+f.dispute.ID+"/status")), markup.Lines(
			hidden("version", strconv.FormatInt(f.dispute.Version, 10)),
			h.Label(h.For("text"), g.Text(v.say(tOwnWords, dispute.MaxText))),
			// A browser drops the first line break.
			h.Textarea(h.ID("text"), h.Name("text"), h.Rows("2"), h.AutoComplete("off"), g.Text("\n"+f.draft.text)),
			h.P(h.Button(h.Name("do"), h.Value("check"), g.Text(v.say(tCheck)))),
			h.Div(h.Class("choices"), markup.Each(can, func(s watch.DisputeStatus) g.Node { return v.choice(f, s) })))))
}

// choice is one status that can follow.
func (v *visit) choice(f *file, s watch.DisputeStatus) g.Node {
	id, chosen := "ready-"+string(s), f.draft.ready[s]
	options := g.Group{h.Option(h.Value(""), g.Text(v.say(tNoReady)))}
	for _, t := range v.Texts() {
		if t.Status == s {
			says := t.Ja
			if v.lang == watch.English {
				says = t.En
			}
			options = append(options, h.Option(h.Value(t.ID), g.If(t.ID == chosen, h.Selected()), g.Text(says)))
		}
	}
	read := v.willRead(f, s)
	return h.Div(markup.Lines(
		h.BlockQuote(markup.Lines(h.P(h.B(whole(read[0]))), markup.Each(read[1:], para))),
		g.If(len(options) > 1, g.Group{h.Label(h.For(id), g.Text(v.say(tReadyText))), h.Select(h.ID(id), h.Name(id), options)}),
		h.P(h.Button(h.Class("primary"), h.Name("do"), h.Value(string(s)), g.Text(v.say(pressNames[s]))))))
}

// willRead is what the customer reads of a status, with the words that are chosen.
func (v *visit) willRead(f *file, s watch.DisputeStatus) []string {
	d := f.dispute
	c := watch.DisputeChange{Seq: d.Changes[len(d.Changes)-1].Seq, Status: s, Text: quote.Text(f.draft.text)}
	if s == watch.DisputeReopened {
		c.Status, c.Reopened = watch.DisputeReceived, true
	}
	if id := f.draft.ready[s]; id != "" {
		if says, ok := dispute.Ready(v.Texts(), id, s); ok {
			c.Text, c.Ready = quote.Text(says), id
		}
	}
	name, contact := v.Names.Bank(v.r.Context(), v.bank.Code, v.lang)
	service, of := v.Names.Service(d.Service, v.lang)
	m := wording.DisputeStatus(wording.DisputeFacts{Lang: v.lang, Dispute: d, Watcher: d.Watcher, ServiceName: service, Service: of, BankName: name, Bank: contact,
		ServiceOf: func(id string) (string, wording.Contact) { return v.Names.Service(id, v.lang) }, Change: c})
	return append([]string{m.Title}, m.Text...)
}

func hidden(name, value string) g.Node {
	return h.Input(h.Type("hidden"), h.Name(name), h.Value(value))
}

// setStatus takes a press.
func (v *visit) setStatus() (reply, error) {
	d, err := v.read(v.r.PathValue("id"))
	if err != nil {
		return reply{}, err
	}
	fields := []string{"do", "text", "version"}
	for s := range pressNames {
		fields = append(fields, "ready-"+string(s))
	}
	q, err := v.form(fields...)
	if err != nil {
		return reply{}, err
	}
	read, err := version(q)
	if err != nil {
		return reply{}, err
	}
	said := draft{text: strings.TrimSpace(strings.ReplaceAll(q.Get("text"), "\r\n", "\n")), ready: map[watch.DisputeStatus]string{}, bad: true}
	for s := range pressNames {
		if id := q.Get("ready-" + string(s)); id != "" {
			if _, ok := dispute.Ready(v.Texts(), id, s); !ok {
				return reply{}, errForm
			}
			said.ready[s] = id
		}
	}
	if q.Get("do") == "check" {
		said.bad = false
		return v.showCase(d, said)
	}
	status := watch.DisputeStatus(q.Get("do"))
	if _, known := pressNames[status]; !known {
		return reply{}, errForm
	}
	return v.pressed(d, status, read, said)
}

// pressed says a status, as the bank API does.
func (v *visit) pressed(d *watch.Dispute, status watch.DisputeStatus, read int64, said draft) (reply, error) {
	say := dispute.Status{Status: status, Text: said.text, Ready: said.ready[status], Clerk: v.clerk.Name, Read: read}
	again := func(code int, t text, args ...any) (reply, error) {
		said.notice = v.say(t, args...)
		rep, err := v.showCase(d, said)
		rep.status = code
		return rep, err
	}
	switch {
	case say.Ready != "" && say.Text != "":
		return again(http.StatusUnprocessableEntity, tBothTexts)
	case watch.CheckWords("text", say.Text, dispute.MaxText) != nil:
		return again(http.StatusUnprocessableEntity, tTextWrong, dispute.MaxText)
	case say.Ready != "":
		say.Text, _ = dispute.Ready(v.Texts(), say.Ready, status)
	}
	if err := v.begin(); err != nil {
		return reply{}, err
	}
	_, err := v.Disputes.Set(v.r.Context(), v.bank.Code, d.ID, say)
	_, order := errors.AsType[*dispute.OrderError](err)
	switch {
	case err == nil:
		return v.done(d, "status"), nil
	case order, errors.Is(err, dispute.ErrChanged):
		if d, err = v.read(d.ID); err != nil {
			return reply{}, err
		}
		if order {
			return again(http.StatusConflict, tOrder)
		}
		return again(http.StatusConflict, tChanged)
	}
	return reply{}, err
}

// done leads back to the report, so that a page that is loaded again presses nothing.
func (v *visit) done(d *watch.Dispute, what string) reply {
	return reply{to: v.at("/cases/" + d.ID + "?" + url.Values{"done": {what}}.Encode())}
}

// notes are those of the bank.
func (v *visit) notes(f *file) g.Node {
	d := f.dispute
	list := para(v.say(tNoNotes))
	if len(d.Notes) > 0 {
		list = h.Ul(h.Class("line notes"), markup.Each(d.Notes, func(n watch.DisputeNote) g.Node {
			return h.Li(moment(n.At), h.B(g.Text(n.Clerk)), g.Text(" "), g.Text(n.Text))
		}))
	}
	var form g.Node
	if v.clerk.Role.May(clerk.Work) {
		form = h.Form(h.Method("post"), action(v.at("/cases/"+d.ID+"/notes")), markup.Lines(
			hidden("version", strconv.FormatInt(d.Version, 10)),
			h.Label(h.For("note"), g.Text(v.say(tNote, dispute.MaxNote))),
			h.Textarea(h.ID("note"), h.Name("note"), h.Rows("2"), h.AutoComplete("off"), g.Text("\n"+f.draft.note)),
			h.P(h.Button(g.Text(v.say(tAddNote))))))
	}
	return section(h.H2(g.Text(v.say(tNotes))), list, form)
}

// addNote keeps a note.
func (v *visit) addNote() (reply, error) {
	d, err := v.read(v.r.PathValue("id"))
	if err != nil {
		return reply{}, err
	}
	q, err := v.form("note", "version")
	if err != nil {
		return reply{}, err
	}
	read, err := version(q)
	if err != nil {
		return reply{}, err
	}
	said := draft{note: strings.TrimSpace(strings.ReplaceAll(q.Get("note"), "\r\n", "\n")), bad: true}
	again := func(code int, t text, args ...any) (reply, error) {
		said.notice = v.say(t, args...)
		rep, err := v.showCase(d, said)
		rep.status = code
		return rep, err
	}
	if dispute.CheckNote(said.note) != nil {
		return again(http.StatusUnprocessableEntity, tNoteWrong, dispute.MaxNote)
	}
	if err := v.begin(); err != nil {
		return reply{}, err
	}
	_, err = v.Disputes.Note(v.r.Context(), v.bank.Code, d.ID, v.clerk.Name, said.note, read)
	switch {
	case err == nil:
		return v.done(d, "note"), nil
	case errors.Is(err, dispute.ErrFull):
		return again(http.StatusConflict, tNoteFull, dispute.MaxNotes)
	case errors.Is(err, dispute.ErrChanged):
		if d, err = v.read(d.ID); err != nil {
			return reply{}, err
		}
		return again(http.StatusConflict, tChanged)
	}
	return reply{}, err
}
