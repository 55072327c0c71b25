package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"kozamori/internal/control"
	"kozamori/internal/dispute"
	"kozamori/internal/message"
	"kozamori/internal/token"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// maxForm is the largest form of ours, in bytes, with room to spare.
const maxForm = 64 << 10 // of an incident in pieces, with a box for each part

// alert shows the page of an alert, and does what its buttons ask.
func (s *site) alert(w http.ResponseWriter, r *http.Request) {
	v, ok := s.enter(w, r, alertRoom)
	if !ok {
		return
	}
	if r.Method != http.MethodPost {
		if r.URL.Query().Has(wording.PastMark) && s.past(w, r, v) {
			return
		}
		if r.URL.Query().Has(wording.AllMark) && s.all(w, r, v) {
			return
		}
		if r.URL.Query().Has(wording.SheetMark) {
			if p, ok := wording.ClaimSheet(s.alertFacts(r, v, v.look), r.URL.Path); ok {
				s.page(w, http.StatusOK, p)
				return
			}
		}
		s.page(w, http.StatusOK, s.alertPage(r, v, v.look, wording.NoRefusal))
		return
	}
	do, ok := s.asked(w, r, v)
	if !ok {
		return
	}
	if do == wording.DoControl {
		switch err := s.stopped(r.Context(), v, r.PostForm.Get(wording.FieldService)); {
		case errors.Is(err, control.ErrNotFound):
			s.unknown(w, r)
		case errors.Is(err, control.ErrTerms):
			s.page(w, http.StatusBadRequest, wording.NotTakenPage(v.look.Watcher.Lang))
		case errors.Is(err, control.ErrNotAllowed):
			s.page(w, http.StatusConflict, s.alertPage(r, v, v.look, wording.RefusedAllowed))
		case err != nil && !errors.Is(err, control.ErrNotOffered) && !errors.Is(err, control.ErrFull):
			s.broken(w, r, err)
		default:
			again(w, r) // the page says how it stands
		}
		return
	}
	v.who.Mark = r.PostForm.Get(wording.FieldShown)
	v.who.Except, v.who.Saw = unticked(r.PostForm), sawOn(r.PostForm)
	if v.who.Saw == nil && do == wording.DoNotMine {
		v.who.Saw = listedOn(r.PostForm, v.look.Whole)
	}
	if do == wording.DoNotMine {
		v.record = tickedPiece(v.record, r.PostForm, v.look.Groups)
	}
	if at, err := strconv.ParseInt(r.PostForm.Get(wording.FieldAsked), 10, 64); err == nil {
		v.who.Confirmed = time.Unix(at, 0)
	}
	res, err := s.act(r.Context(), v, do)
	refused := wording.NoRefusal
	switch {
	case errors.Is(err, errUnasked):
		s.page(w, http.StatusBadRequest, wording.NotTakenPage(v.look.Watcher.Lang))
		return
	case errors.Is(err, dispute.ErrNotFound):
		s.unknown(w, r) // unbound a moment ago
		return
	case errors.Is(err, dispute.ErrTooLate):
		refused = wording.RefusedLate
	case errors.Is(err, dispute.ErrNotAllowed):
		refused = wording.RefusedAllowed
	case errors.Is(err, errByMail):
		refused = wording.RefusedByMail
	case errors.Is(err, dispute.ErrNoTrust):
		refused = wording.RefusedTrust
	case err != nil:
		s.broken(w, r, err)
		return
	case res.Outcome == dispute.Changed:
		refused = wording.RefusedChanged
	case res.Outcome == dispute.Confirm:
		s.page(w, http.StatusOK, s.alertPage(r, v, res, wording.AskUndo))
		return
	}
	if refused != wording.NoRefusal {
		// Nothing has changed, so a reload may ask again.
		s.page(w, http.StatusConflict, s.alertPage(r, v, res, refused))
		return
	}
	again(w, r)
}

// tickedPiece is the piece of an incident that a report is given to: the one whose
// page it is, or the first one of which something is ticked.
func tickedPiece(record string, form url.Values, groups []watch.Group) string {
	first := ""
	for _, g := range groups {
		for _, l := range g.Pieces {
			ticked := slices.ContainsFunc(l.Parts(), func(p *watch.Record) bool { return slices.Contains(form[wording.FieldPart], p.ID) })
			if _, own := l.Part(record); own && ticked {
				return record
			}
			if ticked && first == "" {
				first = l.ID
			}
		}
	}
	return cmp.Or(first, record)
}

// unticked are the parts of an incident that the page showed and that the
// person recognised.
func unticked(form url.Values) []string {
	var out []string
	for id := range strings.FieldsSeq(form.Get(wording.FieldParts)) {
		if !slices.Contains(form[wording.FieldPart], id) {
			out = append(out, id)
		}
	}
	return out
}

// sawOn is what the page showed of each part; nil if it does not say so, as those
// of the version before.
func sawOn(form url.Values) map[string]string {
	if !form.Has(wording.FieldSaw) {
		return nil
	}
	out := map[string]string{}
	for part := range strings.FieldsSeq(form.Get(wording.FieldSaw)) {
		id, mark, _ := strings.Cut(part, ".")
		out[id] = mark
	}
	return out
}

// listedOn is what a page of the version before, which does not say what it showed,
// showed as far as that is known: the parts that it lists, or what the incident began
// with. What it does not list was not shown; a report takes it in, and says so.
func listedOn(form url.Values, leads ...*watch.Record) map[string]string {
	out := map[string]string{}
	listed := strings.Fields(form.Get(wording.FieldParts))
	for i, l := range leads {
		for id, mark := range watch.Saw(l.Parts()) {
			if slices.Contains(listed, id) || len(listed) == 0 && i == 0 && id == l.ID {
				out[id] = mark
			}
		}
	}
	return out
}

// errUnasked says that a form asks for nothing that a page offers.
var errUnasked = errors.New("web: not an act of this page")

// errByMail says that a link in a mail does not let this be done.
var errByMail = errors.New("web: not by a link in a mail")

func (s *site) act(ctx context.Context, v visit, do string) (dispute.Result, error) {
	v.who.Whole = v.who.Saw != nil // a page shows all of it
	switch do {
	case wording.DoNotMine:
		return s.Disputes.Answer(ctx, v.record, v.who, watch.NotMine, watch.ViaPage)
	case wording.DoMine:
		return s.Disputes.Answer(ctx, v.record, v.who, watch.Mine, watch.ViaPage)
	case wording.DoOther:
		v.who.Other = true
		return s.Disputes.Answer(ctx, v.record, v.who, watch.Mine, watch.ViaPage)
	case wording.DoUndo:
		return s.Disputes.Undo(ctx, v.record, v.who, watch.ViaPage)
	case wording.DoTrust:
		if v.byMail {
			return v.look, errByMail
		}
		return s.Disputes.Trust(ctx, v.record, v.who)
	}
	return dispute.Result{}, errUnasked
}

// asked reads what the form asks for.
func (s *site) asked(w http.ResponseWriter, r *http.Request, v visit) (string, bool) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		s.page(w, http.StatusBadRequest, wording.NotTakenPage(v.look.Watcher.Lang))
		return "", false
	}
	return r.PostForm.Get("do"), true // never from the address
}

// again sends the browser back to the page, so that a reload asks nothing
// again.
func again(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, r.URL.Path+mark(r), http.StatusSeeOther)
}

// alertFacts are what the page of an alert is made from.
func (s *site) alertFacts(r *http.Request, v visit, res dispute.Result) wording.PageFacts {
	f := wording.PageFacts{Channel: func(k watch.ChannelKind) string { return s.Channels.Label(k, res.Watcher.Lang) },
		Record: res.Whole, Dispute: res.Dispute, Watcher: res.Watcher, Family: res.Family,
		UndoUntil: res.UndoUntil, Offer: res.Offer, TrustDays: dispute.TrustDays, Now: s.Now()}
	if res.Dispute != nil && res.Dispute.Follows != "" {
		f.Follows = dispute.Reference(res.Dispute.Follows)
	}
	if v.byMail {
		f.Offer = watch.Trust{}
	}
	for _, g := range res.Groups {
		if g.Record.ID == res.Whole.ID {
			f.Cases = watch.CaseIDs(g.Pieces)
		} else if len(res.Groups) > 1 {
			f.Others = append(f.Others, wording.OtherPieces{Group: g, Href: s.pieceLink(r, v, g.Record.ID, res.Watcher.ID)})
		}
	}
	f.Related, f.TakenBack = s.related(r, v, res), s.takenBack(r.Context(), res)
	f.Stops, f.Controls = s.stopsOf(r.Context(), res)
	f.BankName, f.Bank = s.Names.Bank(r.Context(), res.Record.Account.Bank, res.Watcher.Lang)
	f.ServiceName, f.Service = s.Names.Service(res.Record.Service, res.Watcher.Lang)
	f.ServiceOf = func(id string) (string, wording.Contact) { return s.Names.Service(id, res.Watcher.Lang) }
	if second := res.Record.Second; second != nil {
		f.SecondName, _ = s.Names.Service(second.Service, res.Watcher.Lang)
	}
	return f
}

// pieceLink opens the page of another piece of an incident for who has come to
// one, by the way by which they came, and for no longer than that is open.
func (s *site) pieceLink(r *http.Request, v visit, piece, watcher string) string {
	ends := s.Now().Add(sessionLife)
	if v.ends.Before(ends) {
		ends = v.ends
	}
	tok := s.Keys.Sign(token.PurposeAnswer, token.AnswerSubject(piece, watcher), ends)
	link := "/a/" + tok + "?" + strings.TrimPrefix(mark(r)+"&", "?")
	if !v.byMail {
		link += token.InPlaceMark + "=" + s.Keys.InPlace(tok)
	}
	return link
}

func (s *site) alertPage(r *http.Request, v visit, res dispute.Result, refused wording.Refusal) message.Page {
	p := wording.AlertPage(s.alertFacts(r, v, res), refused)
	if person := res.Watcher.LineUser; v.byMail && watch.ByMail(person) {
		p = wording.WithWayIn(p, s.keyLink(person, res.Watcher.ID))
	}
	if mark(r) != "" {
		p = wording.WithWayHome(p, homePath)
	}
	return p
}
