package web

import (
	"cmp"
	"errors"
	"net/http"
	"slices"

	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// all lists all of which one message told its reader, of each account that they watch
// still. False if there is no such message to them.
func (s *site) all(w http.ResponseWriter, r *http.Request, v visit) bool {
	q := r.URL.Query()
	d, ok := v.look.Record.Delivery(q.Get(wording.AllMark))
	if !ok || d.Watcher != v.look.Watcher.ID || len(d.Gathers) == 0 {
		return false
	}
	told, err := s.together(r, v, d)
	if err != nil {
		s.broken(w, r, err)
		return true
	}
	f := wording.AllFacts{Lang: v.look.Watcher.Lang, Count: len(told), Now: s.Now()}
	several := slices.ContainsFunc(told, func(x toldOf) bool { return x.record.Account != v.look.Record.Account })
	from, to := s.pageOf(q, len(told), &f.Newer, &f.Older)
	for _, x := range told[from:to] {
		item := wording.ListItem{HideAmount: x.reader.HideAmount}
		if item.HistoryEntry, err = s.recordEntry(r, v, x.record, x.reader.ID); err != nil {
			s.broken(w, r, err)
			return true
		}
		item.Parts = x.record.Parts()
		slices.Reverse(item.Parts)
		if several {
			item.BankName, _ = s.Names.Bank(r.Context(), x.record.Account.Bank, f.Lang)
		}
		f.Entries = append(f.Entries, item)
	}
	p := wording.AllPage(f)
	if mark(r) != "" {
		p = wording.WithWayHome(p, homePath)
	}
	s.page(w, http.StatusOK, p)
	return true
}

// toldOf is an incident of which a message told somebody, and who they are there.
type toldOf struct {
	record *watch.Record
	reader *watch.Watcher
}

// together are the incidents that a message of the visit's record tells of, the newest
// first: those of accounts that its reader watches, by the same LINE user.
func (s *site) together(r *http.Request, v visit, d *watch.Delivery) (told []toldOf, err error) {
	ids := []string{v.look.Record.ID}
	for _, o := range d.Gathers {
		ids = append(ids, o.Record)
	}
	records, err := s.Store.Records(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	accounts := map[watch.AccountKey]*watch.Watcher{v.look.Record.Account: &v.look.Watcher}
	for _, o := range records {
		reader, known := accounts[o.Account]
		if !known {
			if reader, err = s.alsoReads(r, v, d, o); err != nil {
				return nil, err
			}
			accounts[o.Account] = reader
		}
		if reader != nil && o.IsAlert() {
			told = append(told, toldOf{o, reader})
		}
	}
	slices.SortFunc(told, func(a, b toldOf) int {
		return cmp.Or(b.record.OccurredAt.Compare(a.record.OccurredAt), cmp.Compare(a.record.ID, b.record.ID))
	})
	return told, nil
}

// alsoReads is who the reader of a message is on the account of another record of which
// it told them; nil if they watch it no more.
func (s *site) alsoReads(r *http.Request, v visit, d *watch.Delivery, o *watch.Record) (*watch.Watcher, error) {
	i := slices.IndexFunc(d.Gathers, func(x watch.Other) bool { return x.Record == o.ID })
	if i < 0 || v.look.Watcher.LineUser == "" {
		return nil, nil
	}
	of, ok := o.Delivery(d.Gathers[i].Delivery)
	if !ok {
		return nil, nil
	}
	a, err := s.Store.Account(r.Context(), o.Account)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if w, ok := a.Watcher(of.Watcher); ok && w.LineUser == v.look.Watcher.LineUser {
		return w, nil
	}
	return nil, nil
}
