package app_test

import (
	"context"
	"slices"
	"strings"
	"time"

	"kozamori/internal/dispute"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// checkReport compares what a message says of a report, and whether it asks,
// with what stood when its words were decided: when LINE first saw it.
func (m *model) checkReport(lead *watch.Record, t told) {
	key, inPlace := t.d.RetryKey(lead.ID), t.d.Channel == watch.LINE
	if !inPlace {
		key = t.d.FeedbackKey(lead.ID)
	}
	at, seen := m.first[key]
	if !seen || t.d.Tried && (m.has.deaths || m.has.twice) || !inPlace && (m.deaths > 0 || m.dropped > 0) {
		return // its words may be older, or of a second copy, than we know
	}
	open := 0
	var stands, none int
	var d *watch.Dispute
	if lead.Dispute != "" {
		var err error
		if d, err = m.store.Dispute(context.Background(), lead.Dispute); err != nil {
			m.t.Fatal(err)
		}
	}
	seq := 0
	reported := false
	if d != nil {
		for _, c := range d.Changes {
			if c.At.Equal(at) && (c.Status == watch.DisputeOpened || c.Status == watch.DisputeWithdrawn) {
				return // which came first is not known
			}
			if c.At.After(at) {
				break
			}
			seq = c.Seq
			switch c.Status {
			case watch.DisputeOpened:
				reported = true
			case watch.DisputeWithdrawn:
				reported = false
			}
		}
	}
	for _, s := range lead.SaidBy(t.d) {
		p, ok := lead.Part(s.Record)
		if !ok {
			continue
		}
		is := p.As(s.Is)
		if is.Gone() || s.Was != nil && !s.Was.Worse(is) {
			continue
		}
		open++
		if reported {
			if _, in := d.TransactionAt(p.ID, seq); in {
				stands++
				continue
			}
		}
		none++
	}
	asks := strings.Contains(t.text, "a=notmine")
	says := d != nil && strings.Contains(t.text, d.Reference)
	if !inPlace { // a mail asks on the page that it leads to
		asks = strings.Contains(t.text, "内容を見て回答する")
	}
	switch {
	case open == 0 && asks:
		m.errorf("%s asks, and nothing of it stands", t.d.ID)
	case open > 0 && none == 0 && (asks || !says):
		m.errorf("%s is covered by the report, asks: %v, names it: %v: %s", t.d.ID, asks, says, first(t.text, 2000))
	case open > 0 && !reported && (!asks || says):
		m.errorf("%s belongs to no report, asks: %v, names one: %v: %s", t.d.ID, asks, says, first(t.text, 2000))
	case stands > 0 && none > 0 && (!asks || strings.Contains(t.text, "に含めて銀行へ")):
		m.errorf("%s is covered in part, asks: %v: %s", t.d.ID, asks, first(t.text, 2000))
	}
}

// checkCorrection tells whether a message that said as standing what was undone
// when LINE last saw it was corrected without delay.
func (m *model) checkCorrection(lead *watch.Record, t told) {
	untrue := m.untrue[t.d.RetryKey(lead.ID)]
	if t.d.Channel != watch.LINE || t.d.State != watch.Accepted || len(untrue) == 0 {
		return
	}
	for i := range lead.Deliveries {
		next := &lead.Deliveries[i]
		if next.Watcher != t.d.Watcher || next.Channel != t.d.Channel || !next.Kind.OfIncident() || !next.CreatedAt.Equal(t.d.AcceptedAt) || next.ID == t.d.ID {
			continue
		}
		if !next.After.IsZero() {
			m.errorf("%s was false when it was taken, and %s waits until %v", t.d.ID, next.ID, next.After)
		}
		return
	}
	m.errorf("%s was false of %v when it was taken, and nothing follows at once", t.d.ID, untrue)
}

// began is the amount with which a transaction was first heard of, in yen.
func (m *model) began(p *watch.Record) int64 {
	return m.whose(p).began
}

// checkSince compares what a receipt says to have come after the message that was
// answered with when the house heard of it.
func (m *model) checkSince(res dispute.Result) {
	if res.Outcome != dispute.Opened {
		return
	}
	for _, g := range res.Groups {
		for _, l := range g.Pieces {
			a := l.Answer
			if a == nil || a.Value != watch.NotMine || !a.At.Equal(res.Dispute.AnsweredAt) {
				continue
			}
			var told time.Time // what one says may be from before it arrived
			if i := slices.IndexFunc(res.Record.Deliveries, func(d watch.Delivery) bool { return d.Watcher == a.Watcher && d.Kind.OfIncident() }); i >= 0 {
				told = res.Record.Deliveries[i].CreatedAt
			}
			var s wording.Since
			s.Add(l)
			for _, p := range s.Came {
				if a.Via == watch.ViaLINE && !told.IsZero() && p.RecordedAt.Before(told) && m.began(p) != 1 {
					m.errorf("%s came at %v, and is said to have come after an alert of %v", p.Txn, p.RecordedAt, told)
				}
				if n, ok := p.Notice(a.Watcher); ok && n.Silenced {
					m.errorf("%s was kept silent, and is said to have come since", p.Txn)
				}
			}
		}
	}
}
