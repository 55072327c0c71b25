package web

import (
	"context"
	"errors"
	"net/http"

	"kozamori/internal/dispute"
	"kozamori/internal/history"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// takenBack tells of which parts of an incident the report was taken back after which
// they were urgent; see history. What cannot be read was not taken back.
func (s *site) takenBack(ctx context.Context, res dispute.Result) func(*watch.Record) bool {
	d, err := history.Related(ctx, s.Store, res.Groups, res.Watcher.ID)
	if err == nil {
		var back func(*watch.Record) bool
		if back, err = history.TakenBack(ctx, s.Store, res.Groups, d, res.Record.Account, &res.Watcher); err == nil {
			return back
		}
	}
	s.Logger.WarnContext(ctx, "whether a report was taken back cannot be read", "err", err)
	return nil
}

// related are the ways from an alert to what is the same story on other accounts of
// its reader: from a report to what came of it elsewhere, and back. A link in a mail
// opens the one account that it is of. Without them the page is what it was: what
// cannot be read is left out.
func (s *site) related(r *http.Request, v visit, res dispute.Result) (out []wording.Related) {
	user := res.Watcher.LineUser
	if v.byMail || user == "" {
		return nil
	}
	ctx, lang := r.Context(), res.Watcher.Lang
	d, err := history.Related(ctx, s.Store, res.Groups, res.Watcher.ID)
	if err == nil && d != nil {
		if of, err := s.Disputes.Look(ctx, d.Record, dispute.Answerer{LineUser: user}); err == nil {
			o := wording.Related{Lead: of.Whole, Dispute: of.Dispute, Reference: d.Reference, Href: s.pieceLink(r, v, of.Record.ID, of.Watcher.ID)}
			o.BankName, _ = s.Names.Bank(ctx, d.Account.Bank, lang)
			out = append(out, o)
		} else if !errors.Is(err, dispute.ErrNotFound) { // they watch it no longer
			s.Logger.WarnContext(ctx, "a related report cannot be read", "err", err)
		}
	}
	if err == nil && res.Dispute.Stands(res.Record) {
		var found []history.Alert
		found, err = history.RelatedTo(ctx, s.Store, res.Dispute, user)
		for _, a := range found {
			o := wording.Related{Lead: a.Record, Dispute: a.Dispute, Href: s.pieceLink(r, v, a.Record.ID, a.Bound.Watcher.ID)}
			o.BankName, _ = s.Names.Bank(ctx, a.Record.Account.Bank, lang)
			out = append(out, o)
		}
	}
	if err != nil {
		s.Logger.WarnContext(ctx, "what is related cannot be read", "err", err)
	}
	return out
}
