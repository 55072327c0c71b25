package web

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"kozamori/internal/catalog"
	"kozamori/internal/dispute"
	"kozamori/internal/keep"
	"kozamori/internal/lookback"
	"kozamori/internal/membership"
	"kozamori/internal/quote"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// formRow is a debit in a form: nothing of a file is kept between the two requests,
// so that what was shown comes back with the answer. What it says is its sender's
// word, as the file was.
type formRow struct {
	Day       string `json:"d"`
	Yen       int64  `json:"y"`
	Text      string `json:"t"`
	Detail    string `json:"e,omitempty"`
	Collector string `json:"c,omitempty"`
	Balance   string `json:"b,omitempty"`
	Nth       int    `json:"n,omitempty"`
}

func rowOf(d *lookback.Debit) keep.Row {
	y, m, day := d.Day.Date()
	r := keep.Row{Day: time.Date(y, m, day, 0, 0, 0, 0, watch.JST), Yen: d.Out, Text: d.Text, Detail: d.Detail, Collector: d.Collector, Nth: d.Nth}
	if d.Balance != nil {
		r.Balance = strconv.FormatInt(*d.Balance, 10)
	}
	return r
}

func packRows(rows []keep.Row) string {
	out := make([]formRow, len(rows))
	for i, r := range rows {
		out[i] = formRow{r.Day.Format(time.DateOnly), r.Yen, r.Text, r.Detail, r.Collector, r.Balance, r.Nth}
	}
	b, err := json.Marshal(out)
	if err != nil {
		panic("web: rows do not encode: " + err.Error()) // plain texts and numbers always do
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// Bounds of what a row of a form may say; no statement comes near them.
const (
	oldestRow   = 50 * 366 * 24 * time.Hour
	longestText = 1000
	mostYen     = 1_000_000_000_000
)

// unpackRows reads the rows of a form; false if no page of ours has made them.
func unpackRows(s string, now time.Time) (out []keep.Row, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	var rows []formRow
	if err != nil || json.Unmarshal(b, &rows) != nil || len(rows) == 0 || len(rows) > keep.MaxRows {
		return nil, false
	}
	for _, r := range rows {
		day, err := time.ParseInLocation(time.DateOnly, r.Day, watch.JST)
		if err != nil || day.After(now.Add(24*time.Hour)) || now.Sub(day) > oldestRow || r.Yen < 1 || r.Yen > mostYen || r.Nth < 0 || r.Nth > keep.MaxRows ||
			len(r.Text)+len(r.Detail)+len(r.Collector)+len(r.Balance) > longestText {
			return nil, false
		}
		out = append(out, keep.Row{Day: day, Yen: r.Yen, Text: r.Text, Detail: r.Detail, Collector: r.Collector, Balance: r.Balance, Nth: r.Nth})
	}
	return out, true
}

func (s *site) keeper() *keep.Service {
	return &keep.Service{Store: s.Store, Queue: s.Queue, Disputes: s.Disputes, Now: s.Now}
}

// choose fills in the debits of a look: which of them an owner can report or keep,
// and which are on record already. What is pending may never be booked, and what
// others than owners look through is theirs to see alone.
func (s *site) choose(ctx context.Context, g *guest, b membership.Bound, f *wording.StatementFacts, debits []lookback.Debit) error {
	var rows []keep.Row
	var at []int // of the rows, in f.Debits
	for i := range debits {
		d := &debits[i]
		f.Debits = append(f.Debits, s.lookedDebit(d.Service, d.Other, d.Text+" "+d.Detail, d.Day, d.Out, f.View.Lang))
		f.Debits[i].Pending = d.Pending
		if b.Watcher.Role == watch.Owner && !d.Pending && len(rows) < keep.MaxRows && len(d.Text)+len(d.Detail) < longestText/2 {
			rows, at = append(rows, rowOf(d)), append(at, i)
		}
	}
	return s.offer(ctx, g, b, f, rows, at)
}

func (s *site) lookedDebit(service, other, text string, day time.Time, yen int64, lang watch.Lang) wording.LookedDebit {
	name, _ := s.Names.Service(service, lang)
	return wording.LookedDebit{Day: day, Yen: yen, Text: quote.Text(text), Service: name, Other: other}
}

// offer tells of rows, which stand at places of f.Debits, what is on record of them,
// and makes the form of the others.
func (s *site) offer(ctx context.Context, g *guest, b membership.Bound, f *wording.StatementFacts, rows []keep.Row, at []int) error {
	known, err := s.keeper().Look(ctx, b.Account.AccountKey, rows)
	if err != nil {
		return err
	}
	var open []keep.Row
	for i, k := range known {
		d := &f.Debits[at[i]]
		if d.Kept = k.Record != nil; k.Open() {
			open, d.Choice = append(open, rows[i]), len(open)+1
			continue
		}
		d.Link, d.Reported = s.alertLink(k.Record.ID, b.Watcher.ID, g.Expires), k.Lead.Answer != nil && k.Lead.Answer.Value == watch.NotMine
	}
	if len(open) > 0 {
		f.Packed = packRows(open)
	}
	return nil
}

// keepRows keeps the rows of a form, and reports those that are ticked.
func (s *site) keepRows(w http.ResponseWriter, r *http.Request, g *guest, b membership.Bound, f wording.StatementFacts) {
	do, ok := s.button(w, r)
	if !ok {
		return
	}
	rows, made := unpackRows(r.PostForm.Get(wording.FieldRows), s.Now())
	if !s.offered(w, r, made && (do == wording.DoKeep || do == wording.DoNotMine) && b.Watcher.Role == watch.Owner) {
		return
	}
	var unknown []int
	for _, v := range r.PostForm[wording.FieldPart] {
		if i, err := strconv.Atoi(v); err == nil && i >= 1 && i <= len(rows) && do == wording.DoNotMine {
			unknown = append(unknown, i-1)
		}
	}
	asked := r.PostForm.Get(wording.FieldAsked) != ""
	switch {
	case asked && r.PostForm.Get(wording.FieldSure) == "":
		f.Unsure = true
	case do == wording.DoNotMine && len(unknown) == 0:
		f.Unticked = true
	}
	if f.Unsure || f.Unticked {
		s.askRows(w, r, g, b, f, rows, unknown, asked)
		return
	}
	who := dispute.Answerer{Watcher: b.Watcher.ID, LineUser: g.LineUser, Way: watch.WayPage}
	res, err := s.keeper().Put(r.Context(), b.Account.AccountKey, who, rows, unknown)
	if errors.Is(err, keep.ErrNotFound) {
		err = membership.ErrNotFound
	}
	if !s.at(w, r, err) {
		return
	}
	done := wording.KeptFacts{View: f.View, Home: homePath, Kept: res.Kept, Already: res.Already, Unsaid: res.Unsaid}
	for _, d := range res.Reports {
		done.References = append(done.References, d.Reference)
	}
	if res.Lead != "" {
		done.Link = s.alertLink(res.Lead, b.Watcher.ID, g.Expires)
	}
	s.page(w, http.StatusOK, wording.KeptPage(done))
}

// askRows shows the form again, with what is missing.
func (s *site) askRows(w http.ResponseWriter, r *http.Request, g *guest, b membership.Bound, f wording.StatementFacts, rows []keep.Row, unknown []int, asked bool) {
	at := make([]int, len(rows))
	for i := range rows {
		x := &rows[i]
		d := catalog.Decide(&catalog.Evidence{Bank: b.Account.Bank, Descriptor: x.Text, Detail: x.Detail, Collector: x.Collector, Amount: x.Yen, At: x.Day})
		if !s.offered(w, r, d.Service() != "") {
			return
		}
		f.Debits = append(f.Debits, s.lookedDebit(d.Service(), d.Other(), x.Text+" "+x.Detail, x.Day, x.Yen, f.View.Lang))
		f.Debits[i].Ticked = slices.Contains(unknown, i)
		at[i] = i
	}
	f.Ask = asked
	if err := s.offer(r.Context(), g, b, &f, rows, at); s.at(w, r, err) {
		s.page(w, http.StatusUnprocessableEntity, wording.StatementPage(f))
	}
}
