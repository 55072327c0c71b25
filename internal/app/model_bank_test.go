package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"kozamori/internal/watch"
)

// checkHeard tells whether all who watch have heard of each report and of each
// withdrawal, and that the trust in what was reported is over.
func (m *model) checkHeard(lead *watch.Record, a *watch.Account, heard map[string][]told) {
	if lead.Dispute == "" {
		return
	}
	d, err := m.store.Dispute(context.Background(), lead.Dispute)
	if err != nil {
		m.t.Fatal(err)
	}
	for i, c := range d.Changes {
		if c.Status != watch.DisputeOpened && c.Status != watch.DisputeWithdrawn {
			continue
		}
		back := takenBack(d.Changes[i:])
		for i := range a.Watchers {
			w := &a.Watchers[i]
			if w.ID == c.Watcher {
				continue
			}
			knows := refused(lead, w.ID, c.Seq)
			for _, all := range heard { // of whichever piece of what is reported
				for _, t := range all {
					if t.d.Watcher != w.ID || t.lead.Dispute != d.ID {
						continue
					}
					knows = knows || t.d.Kind == watch.TellAnswer && t.d.Seq == c.Seq ||
						c.Status == watch.DisputeOpened && t.d.Kind.OfIncident() && !t.d.CreatedAt.Before(c.At) && (strings.Contains(t.text, d.Reference) ||
							!back.IsZero() && !t.d.CreatedAt.After(back) && !t.at.Before(back)) // it had been taken back, of which they hear
				}
			}
			if !knows {
				m.errorf("%s has not heard that %s of %s by %s", w.ID, c.Status, lead.Txn, c.Watcher)
			}
		}
		m.checkTrust(d, c)
	}
}

// takenBack is when a report was taken back; zero if it was not.
func takenBack(changes []watch.DisputeChange) time.Time {
	for _, c := range changes {
		if c.Status == watch.DisputeWithdrawn {
			return c.At
		}
	}
	return time.Time{}
}

// refused tells whether LINE refused for good to tell of a change of the dispute.
// Who has no other channel does not hear of it.
func refused(lead *watch.Record, watcher string, seq int) bool {
	over := 0
	for _, d := range lead.Deliveries {
		if d.Watcher == watcher && (d.Kind == watch.TellAnswer && d.Seq == seq || d.Kind.OfIncident()) && d.State == watch.Undelivered {
			over++
		}
	}
	return over > 0 && strings.HasPrefix(watcher, "o2") || over > 0 && strings.HasPrefix(watcher, "g2")
}

func (m *model) checkTrust(d *watch.Dispute, c watch.DisputeChange) {
	if c.Status != watch.DisputeOpened {
		return
	}
	var reporter modelPerson
	for _, p := range m.people {
		if strings.HasPrefix(c.Watcher, p.id) {
			reporter = p
		}
	}
	for _, ref := range modelAccounts {
		a, err := m.store.Account(context.Background(), watch.AccountKey{Bank: "0125", Ref: ref})
		if err != nil {
			m.t.Fatal(err)
		}
		for _, w := range a.Watchers {
			if ref != d.Account.Ref && w.LineUser != reporter.line {
				continue
			}
			for _, t := range w.Rules.Trusts {
				if t.Service == c.Shows.Service && t.UpTo == 1 {
					m.errorf("%s trusts %s on %s after the report of %v", w.ID, t.Service, ref, c.At)
				}
			}
		}
	}
}

// partsUnder are those of the pieces that a report is about.
func partsUnder(leads []*watch.Record, d *watch.Dispute) (out []*watch.Record) {
	for _, l := range leads {
		if l.Dispute == d.ID && d.Stands(l) {
			out = append(out, slices.DeleteFunc(l.Parts(), func(p *watch.Record) bool { return !p.Complete })...)
		}
	}
	return out
}

// excepted tells whether a part was said to be the person's own.
func excepted(leads []*watch.Record, d *watch.Dispute, p *watch.Record) bool {
	return slices.ContainsFunc(leads, func(l *watch.Record) bool {
		return l.Dispute == d.ID && l.Answer != nil && slices.Contains(l.Answer.Except, p.ID)
	})
}

// own is the first of a debit's ids: one that was posted under another is known to the
// bank by either.
func own(id string) string { return strings.TrimSuffix(id, "p") }

// follows tells whether a bank that knew of a debit by some ids can go on with these: an
// id leaves when it turns out to be of another that is there, and one joins them, but none
// takes another's place.
func follows(was, is []string) bool {
	in := func(all []string) func(string) bool {
		return func(id string) bool { return slices.Contains(all, id) }
	}
	joins := slices.ContainsFunc(is, func(id string) bool { return !in(was)(id) })
	leaves := slices.ContainsFunc(was, func(id string) bool { return !in(is)(id) })
	return !(joins && leaves)
}

// checkBank compares what the bank was told with what people said.
func (m *model) checkBank(leads []*watch.Record) {
	type body struct {
		Type         string `json:"type"`
		Seq          int    `json:"seq"`
		Dispute      string `json:"dispute_id"`
		Transactions []struct {
			ID       string    `json:"transaction_id"`
			Amount   int64     `json:"amount"`
			Returned int64     `json:"returned"`
			Reversed time.Time `json:"reversed_at"`
			Service  string    `json:"service"`
			May      bool      `json:"return_uncertain"`
		} `json:"transactions"`
	}
	last, seqs, names := map[string]body{}, map[string][]int{}, map[string][]string{}
	for _, c := range m.bank.Callbacks() {
		var b body
		if err := json.Unmarshal(c.Body, &b); err != nil {
			m.t.Fatal(err)
		}
		if b.Dispute != "" {
			last[b.Dispute], seqs[b.Dispute] = b, append(seqs[b.Dispute], b.Seq)
			ids := map[string][]string{}
			for _, t := range b.Transactions {
				of := b.Dispute + key(own(t.ID), t.Service)
				ids[of] = append(ids[of], t.ID)
			}
			for of, is := range ids {
				if !follows(names[of], is) {
					m.errorf("the bank was told of %s as of %s before", is, names[of])
				}
				names[of] = is
			}
		}
	}
	where, pieces := map[string]string{}, map[string][]*watch.Record{}
	for _, lead := range leads {
		if lead.Dispute == "" {
			continue
		}
		if pieces[lead.Dispute] = append(pieces[lead.Dispute], lead); len(pieces[lead.Dispute]) > 1 {
			continue // one report is about all pieces of an incident
		}
		d, err := m.store.Dispute(context.Background(), lead.Dispute)
		if err != nil {
			m.t.Fatal(err)
		}
		var want []int
		for _, c := range d.Changes {
			if c.TellBank {
				want = append(want, c.Seq)
			}
		}
		if !slices.Equal(seqs[d.ID], want) {
			m.errorf("of the dispute about %s the bank heard %v, of %v", lead.Txn, seqs[d.ID], want)
		}
		if !d.Stands(lead) {
			if last[d.ID].Type != "dispute.withdrawn" {
				m.errorf("the dispute about %s was taken back, and the bank heard %s last", lead.Txn, last[d.ID].Type)
			}
			continue
		}
		got := map[string]string{}
		for _, t := range last[d.ID].Transactions {
			of := key(own(t.ID), t.Service)
			if where[of] != "" {
				m.errorf("the bank heard of %s in two disputes that stand, or twice", of)
			}
			where[of] = d.ID
			got[of] = fmt.Sprint(t.Amount, t.Returned, !t.Reversed.IsZero(), t.May)
		}
		for _, p := range partsUnder(leads, d) {
			of := key(own(p.Txn), p.Service)
			says, in := got[of]
			if mine := excepted(leads, d, p); mine == in {
				m.errorf("the bank heard of %s: %v, and it was unticked: %v (%s)", p.Txn, in, mine, last[d.ID].Type)
				continue
			}
			x := m.whose(p)
			if is := fmt.Sprint(p.Amount, p.Returned, !p.UndoneAt.IsZero(), m.mayStand(x) || m.mayBeIt(x)); in && says != is {
				m.errorf("the bank knows %s as %s, and it is %s", p.Txn, says, is)
			}
			if in && !slices.Equal(names[d.ID+of], []string{d.NameOf(p)}) {
				m.errorf("the bank was told of %s as of %s", d.NameOf(p), names[d.ID+of])
			}
			delete(got, of)
		}
		for id := range got {
			m.errorf("the bank heard of %s in the dispute about %s, of which it is not", id, lead.Txn)
		}
	}

}
