package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// pageAsked is what an address asks for that leads to a page, for the page itself: mark,
// or which summary of the past it is to list.
func pageAsked(r *http.Request) string {
	out := mark(r)
	for _, asks := range []string{wording.PastMark, wording.AllMark} {
		if is := r.URL.Query().Get(asks); is != "" {
			out += map[bool]string{true: "?", false: "&"}[out == ""] + asks + "=" + url.QueryEscape(is)
		}
	}
	return out
}

// past lists what a summary says was added to the list, or has changed there. False if
// there is no such summary to its reader, or all of that is gone.
func (s *site) past(w http.ResponseWriter, r *http.Request, v visit) bool {
	q, account := r.URL.Query(), v.look.Record.Account
	var all []*watch.Record
	for o, err := range s.Store.History(r.Context(), account, time.Time{}, time.Time{}) {
		if err != nil {
			s.broken(w, r, err)
			return true
		}
		all = append(all, o)
	}
	carrier, d := watch.SummaryOf(all, q.Get(wording.PastMark), v.look.Watcher.ID)
	if d == nil {
		return false
	}
	in, _ := carrier.InSummary(d, all, d.Sum.At)
	if len(in) == 0 {
		return false
	}
	slices.SortStableFunc(in, func(a, b *watch.Record) int { return b.OccurredAt.Compare(a.OccurredAt) })
	f := wording.PastFacts{Lang: v.look.Watcher.Lang, HideAmount: v.look.Watcher.HideAmount || d.HideAmount, Mask: v.look.Record.Mask, Count: len(in), Now: s.Now()}
	f.BankName, _ = s.Names.Bank(r.Context(), account.Bank, f.Lang)
	from, to := s.pageOf(q, len(in), &f.Newer, &f.Older)
	for _, o := range in[from:to] {
		e, err := s.recordEntry(r, v, o, v.look.Watcher.ID)
		if err != nil {
			s.broken(w, r, err)
			return true
		}
		f.Entries = append(f.Entries, e)
	}
	p := wording.PastPage(f)
	if mark(r) != "" {
		p = wording.WithWayHome(p, homePath)
	}
	s.page(w, http.StatusOK, p)
	return true
}

// pageOf is which of so many an address asks for, a page of them, with the addresses of
// the pages next to it.
func (s *site) pageOf(q url.Values, all int, newer, older *string) (from, to int) {
	n, err := strconv.Atoi(q.Get("page"))
	if err != nil || n < 1 || (n-1)*pageAlerts >= all {
		n = 1
	}
	page := func(n int) string {
		q.Set("page", strconv.Itoa(n))
		return "?" + q.Encode()
	}
	if n > 1 {
		*newer = page(n - 1)
	}
	if all > n*pageAlerts {
		*older = page(n + 1)
	}
	return (n - 1) * pageAlerts, min(all, n*pageAlerts)
}

// recordEntry is a record as a list of a watcher shows it.
func (s *site) recordEntry(r *http.Request, v visit, o *watch.Record, watcher string) (wording.HistoryEntry, error) {
	e := wording.HistoryEntry{Parts: []*watch.Record{o}, Link: s.pieceLink(r, v, o.ID, watcher)}
	var err error
	if e.Record, err = s.Store.Lead(r.Context(), o); err != nil {
		return e, err
	}
	if e.Record.Dispute != "" {
		if e.Dispute, err = s.Store.Dispute(r.Context(), e.Record.Dispute); err != nil && !errors.Is(err, store.ErrNotFound) {
			return e, err
		}
	}
	e.Service, _ = s.Names.Service(o.Service, v.look.Watcher.Lang)
	return e, nil
}
