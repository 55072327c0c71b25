package app_test

import (
	"context"
	"slices"
	"strings"

	"kozamori/internal/watch"
)

// disputesOf are those about an account.
func (m *model) disputesOf(ref string) (out []*watch.Dispute) {
	for _, r := range m.records(ref) {
		if r.Dispute == "" || slices.ContainsFunc(out, func(d *watch.Dispute) bool { return d.ID == r.Dispute }) {
			continue
		}
		d, err := m.store.Dispute(context.Background(), r.Dispute)
		if err != nil {
			m.t.Fatal(err)
		}
		out = append(out, d)
	}
	return out
}

// checkRelated compares what a message says of a report about another account with
// who may hear of that, and with what is new after it.
func (m *model) checkRelated(lead *watch.Record, w *watch.Watcher, t told) {
	var others []*watch.Dispute
	knows := false
	for _, ref := range modelAccounts {
		if ref == lead.Account.Ref {
			continue
		}
		others = append(others, m.disputesOf(ref)...)
		a, err := m.store.Account(context.Background(), watch.AccountKey{Bank: "0125", Ref: ref})
		if err != nil {
			m.t.Fatal(err)
		}
		_, knows = a.WatcherOf(w.LineUser)
	}
	named := slices.DeleteFunc(slices.Clone(others), func(d *watch.Dispute) bool { return !strings.Contains(t.text, d.Reference) })
	if len(named) > 0 && !knows {
		m.errorf("%s tells %s, who does not watch that account, of %s", t.d.ID, w.ID, named[0].Reference)
	}
	if len(others) != 1 || len(m.disputesOf(lead.Account.Ref)) > 0 || t.d.Tried {
		return
	}
	d := others[0]
	if slices.ContainsFunc(d.Changes, func(c watch.DisputeChange) bool { return c.Status == watch.DisputeWithdrawn }) {
		return
	}
	fresh := slices.ContainsFunc(lead.SaidBy(t.d), func(s watch.Said) bool {
		p, ok := lead.Part(s.Record)
		if !ok || s.Was != nil || p.As(s.Is).Gone() {
			return false
		}
		n, ok := p.Notice(w.ID)
		return ok && n.Reasons.Reason&watch.AfterDispute != 0 && p.RecordedAt.After(d.AnsweredAt)
	})
	if fresh && len(named) == 0 {
		m.errorf("%s tells %s of what is new after %s, and does not name it: %s", t.d.ID, w.ID, d.Reference, first(t.text, 1500))
	}
}

// checkApart tells whether a bank hears anything of a report about another account.
func (m *model) checkApart() {
	for _, ref := range modelAccounts {
		for _, d := range m.disputesOf(ref) {
			for _, c := range m.bank.Callbacks() {
				body := string(c.Body)
				if strings.Contains(body, `"`+ref+`"`) || !strings.Contains(body, d.ID) && !strings.Contains(body, d.Reference) {
					continue
				}
				m.errorf("a callback about another account names %s: %s", d.Reference, body)
			}
		}
	}
}
