package app_test

import (
	"context"
	"slices"
	"strings"
	"time"

	"kozamori/internal/news"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

func (m *model) records(ref string) []*watch.Record {
	m.t.Helper()
	rs, err := store.First(m.store.History(context.Background(), watch.AccountKey{Bank: "0125", Ref: ref}, time.Time{}, time.Time{}), 500)
	if err != nil {
		m.t.Fatal(err)
	}
	return slices.DeleteFunc(rs, func(r *watch.Record) bool { return r.Alias != "" })
}

// sent finds the delivery that a message was made for.
func (m *model) sent(match func(lead *watch.Record, d *watch.Delivery) bool) (*watch.Record, *watch.Delivery) {
	for _, ref := range modelAccounts {
		for _, r := range m.records(ref) {
			for i := range r.Deliveries {
				if match(r, &r.Deliveries[i]) {
					return r, &r.Deliveries[i]
				}
			}
		}
	}
	return nil, nil
}

// attempt looks at a push before LINE does: what is undone by then is not
// urgent, unless an earlier attempt may have been taken.
func (m *model) attempt(key string, body []byte) {
	lead, d := m.sent(func(r *watch.Record, d *watch.Delivery) bool {
		return d.Channel == watch.LINE && d.RetryKey(r.ID) == key
	})
	m.untrue[key] = nil
	m.sameBytes(key, body)
	if d != nil {
		m.keeps(lead, d)
	}
	if d != nil && d.Kind.OfIncident() {
		for _, s := range lead.SaidBy(d) {
			if p, ok := lead.Part(s.Record); ok && s.Is != nil && s.Is.UndoneAt.IsZero() && !p.UndoneAt.IsZero() {
				m.untrue[key] = append(m.untrue[key], s.Record)
			}
		}
	}
	if _, again := m.first[key]; again {
		return
	}
	m.first[key] = m.Now()
	if d != nil && d.Kind.OfIncident() && !d.Tried {
		m.checkSum(lead, d, string(body))
	}
	if d == nil || !d.Kind.OfIncident() || d.Tried || !strings.Contains(string(body), "【緊急】") {
		return
	}
	for _, s := range lead.SaidBy(d) {
		if p, ok := lead.Part(s.Record); ok && !p.Gone() {
			return
		}
	}
	m.errorf("%s is urgent, and all of it is undone for certain: %s", d.ID, body)
}

// told is what one watcher was told over one channel, in the order in which it
// came.
type told struct {
	lead *watch.Record
	d    *watch.Delivery
	at   time.Time
	text string
}

func (m *model) check() {
	m.t.Helper()
	leads := m.truth()
	heard := m.received()
	for _, lead := range leads {
		a, err := m.store.Account(context.Background(), lead.Account)
		if err != nil {
			m.t.Fatal(err)
		}
		for i := range a.Watchers {
			m.checkTold(lead, &a.Watchers[i], heard)
		}
		m.checkHeard(lead, a, heard)
	}
	m.checkBank(leads)
	m.checkApart()
	for _, v := range append(m.line.Violations(), m.bank.Violations()...) {
		m.errorf("violation: %s", v)
	}
	for _, d := range m.queue.dead {
		if strings.Contains(d.Why, "no channel is left") {
			continue // of an answer to whom no channel reaches; checkHeard looks at who must have heard
		}
		if strings.Contains(d.Why, "news of a change could not be sent") && strings.HasSuffix(d.Why, "no mail address") {
			continue // LINE did not take it, and there is no other way to them
		}
		if job, err := queue.DecodeJob(d.Body); err == nil && m.givenUp(job, d.DiedAt) {
			continue
		}
		m.errorf("a dead letter: %s", d.Why)
	}
}

// givenUp tells whether a delivery was so old when it was given up that the model
// must have let a day pass in which little ran.
func (m *model) givenUp(j watch.Job, at time.Time) bool {
	r, err := m.store.Record(context.Background(), j.Record)
	if err != nil {
		return false
	}
	d, ok := r.Delivery(j.Delivery)
	return ok && d.State == watch.Undelivered && at.Sub(d.CreatedAt) >= 20*time.Hour // notify gives up
}

// truth compares the ledger with what happened, and finds each incident's
// lead and each transaction's record.
func (m *model) truth() (leads []*watch.Record) {
	parts := map[string]*watch.Record{}
	told := map[string]*watch.Record{}
	byID := map[string]*watch.Record{}
	for _, ref := range modelAccounts {
		for _, r := range m.records(ref) {
			byID[r.ID] = r
			if !r.Complete {
				continue
			}
			if told[key(r.Txn, r.Service)] != nil {
				m.errorf("two records of %s", key(r.Txn, r.Service))
			}
			told[key(r.Txn, r.Service)] = r
			if r.Lead == "" {
				leads = append(leads, r)
			}
		}
	}
	for _, x := range m.txns {
		r := told[key(x.id, x.service)]
		if r == nil {
			r = told[key(x.id+"p", x.service)]
		}
		if r == nil {
			m.errorf("%s is on no record", x.id)
			continue
		}
		kept := x.left()
		if x.undone {
			kept = 0
		}
		if r.Kept() != kept || x.undone == r.UndoneAt.IsZero() || r.Service != x.service {
			m.errorf("%s is on record as %d of %d, undone %v, and was %d of %d, undone %v", x.id, r.Kept(), r.Amount, !r.UndoneAt.IsZero(), kept, x.amount, x.undone)
		}
		if r.MayStand() != m.mayStand(x) {
			m.errorf("%s may stand: %v, and on record %v (unsure %v, misnamed %v)", key(x.id, x.service), m.mayStand(x), r.MayStand(), r.Unsure, r.Misnamed)
		}
		if second := r.Second != nil && r.Second.Service == x.text && !r.Second.Bank; second != (x.text != x.service) {
			m.errorf("%s is of %s, by its text of %s, and on record of %+v, too", x.id, x.service, x.text, r.Second)
		}
		lead := byID[r.IncidentID()]
		if lead == nil || lead.Lead != "" {
			m.errorf("%s belongs to no incident", x.id)
			continue
		}
		parts[r.ID] = lead
		p, ok := lead.Part(r.ID)
		if !ok || p.Amount != r.Amount || p.Kept() != r.Kept() || p.UndoneAt.IsZero() != r.UndoneAt.IsZero() || p.Service != r.Service {
			m.errorf("the incident's copy of %s is not what it is: %+v", x.id, p)
		}
	}
	for _, lead := range leads {
		for _, p := range lead.Parts() {
			if p.Complete && parts[p.ID] != lead {
				m.errorf("an incident tells of %s, which is not of it", p.Txn)
			}
		}
	}
	return leads
}

// received lists all that reached anybody, by delivery.
func (m *model) received() map[string][]told {
	out := map[string][]told{}
	add := func(lead *watch.Record, d *watch.Delivery, at time.Time, text string) {
		k := lead.ID + " " + d.Watcher + " " + string(d.Channel)
		if slices.ContainsFunc(out[k], func(t told) bool { return t.d.ID == d.ID }) {
			if d.Channel == watch.LINE && !m.named.twice.has(lead.ID, d.ID) || m.deaths+m.dropped == 0 {
				m.errorf("%s came twice", d.ID)
			}
			return
		}
		out[k] = append(out[k], told{lead, d, at, text})
	}
	steps := m.stepKeys()
	for _, msg := range m.line.Messages() {
		if msg.Via != "push" || msg.RetryKey == "" {
			continue
		}
		lead, d := m.sent(func(r *watch.Record, d *watch.Delivery) bool {
			return d.Channel == watch.LINE && hadKey(r, d, msg.RetryKey)
		})
		if d == nil && steps[msg.RetryKey] {
			continue
		}
		if d == nil {
			m.errorf("%s was told at %v what nothing on record says: %s", msg.To, msg.At, first(string(msg.Messages[0]), 200))
			continue
		}
		if d.State != watch.Accepted && d.RetryKey(lead.ID) != msg.RetryKey && m.named.twice.has(lead.ID, d.ID) {
			continue // it is not known to have come, and its second key brought nothing
		}
		var all strings.Builder
		for _, raw := range msg.Messages {
			all.Write(raw)
		}
		add(lead, d, msg.At, all.String())
	}
	for _, mail := range m.mail.Messages() {
		lead, d := m.sent(func(r *watch.Record, d *watch.Delivery) bool {
			return d.Channel == watch.Email && d.FeedbackKey(r.ID) == mail.Tags["delivery"]
		})
		if d == nil && steps[mail.Tags["delivery"]] {
			continue
		}
		if d == nil {
			m.errorf("a mail says what nothing on record says: %s", first(mail.Text, 200))
			continue
		}
		if m.first[mail.Tags["delivery"]].IsZero() {
			m.errorf("%s came by mail, and SES was not seen to be called", d.ID)
		}
		add(lead, d, mail.At, mail.Text)
	}
	return out
}

// stepKeys are those of what may have been told of steps of the trail.
func (m *model) stepKeys() map[string]bool {
	out := map[string]bool{}
	for _, ref := range modelAccounts {
		a, err := m.store.Account(context.Background(), watch.AccountKey{Bank: "0125", Ref: ref})
		if err != nil {
			m.t.Fatal(err)
		}
		for step, err := range m.store.Trail(context.Background(), a.AccountKey) {
			if err != nil {
				m.t.Fatal(err)
			}
			for _, n := range news.OfStep(a, step, nil) {
				out[n.Key()] = true
			}
		}
	}
	return out
}

func first(s string, n int) string { return s[:min(n, len(s))] }

// fresh is what is new, or more than was told, of what a message says, in yen.
func fresh(lead *watch.Record, says []watch.Said) (yen int64) {
	for _, s := range says {
		p, ok := lead.Part(s.Record)
		if !ok || p.Kind != watch.Debit {
			continue
		}
		r := p.As(s.Is)
		if r.Gone() {
			continue
		}
		if s.Was != nil {
			if _, more := s.Was.Changed(r); !more {
				continue
			}
		}
		if yen += r.Amount - r.Returned; r.MayStand() {
			yen += r.Returned // it counts as taken: of what is undone Returned is 0
		}
	}
	return yen
}

// named is how many debits a message lists one by one: the chat shows the sum
// of more, and leaves the rest to the page.
var named = map[watch.ChannelKind]int{watch.LINE: 1, watch.Email: 6}

// checkTold compares what reached a watcher of an incident with what is true.
func (m *model) checkTold(lead *watch.Record, w *watch.Watcher, heard map[string][]told) {
	latest := map[string][]*watch.Shown{}
	for _, c := range w.Channels {
		came := heard[lead.ID+" "+w.ID+" "+string(c.Kind)]
		now := map[string]*watch.Shown{}
		var before time.Time
		for _, t := range came {
			if !t.d.Kind.OfIncident() {
				continue
			}
			says := lead.SaidBy(t.d)
			for _, s := range says {
				p, ok := lead.Part(s.Record)
				if !ok {
					m.errorf("%s tells of what is not part of it", t.d.ID)
					continue
				}
				is := s.Is
				if is == nil {
					is = p.Shows("")
				}
				was := now[s.Record]
				switch {
				case (was == nil) != (s.Was == nil):
					m.errorf("%s over %s: %s of %s says it as new: %v, and was told of before: %v", w.ID, c.Kind, t.d.ID, p.Txn, s.Was == nil, was != nil)
				case was != nil:
					if again, _ := was.Changed(p.As(is)); !again {
						m.errorf("%s over %s: %s tells of %s nothing new", w.ID, c.Kind, t.d.ID, p.Txn)
					}
					if !same(was, s.Was) {
						m.errorf("%s over %s: %s changes %+v of %s, which was told as %+v", w.ID, c.Kind, t.d.ID, s.Was, p.Txn, was)
					}
				}
				now[s.Record] = is
				if !w.HideAmount && p.Kind == watch.Debit && len(says) <= named[c.Kind] && !strings.Contains(t.text, wording.Yen(watch.Japanese, is.Amount)) {
					m.errorf("%s over %s: %s does not name %d yen", w.ID, c.Kind, t.d.ID, is.Amount)
				}
			}
			// A bubble has no room for each of several: it names what they come to, as far as it is reported to who is called for that.
			if yen := fresh(lead, t.d.Reports(says)); !w.HideAmount && len(says) > 1 && yen > 0 && !strings.Contains(t.text, wording.Yen(watch.Japanese, yen)) {
				m.errorf("%s over %s: %s does not name %d yen in all", w.ID, c.Kind, t.d.ID, yen)
			}
			if gap := t.at.Sub(before); !before.IsZero() && gap < watch.GatherFor && m.has == (troubles{}) {
				m.errorf("%s over %s: %s comes %v after the one before", w.ID, c.Kind, t.d.ID, gap)
			}
			before = t.at
			m.checkNames(w, t, says)
			m.checkLate(lead, w, t)
			m.checkReport(lead, t)
			m.checkRelated(lead, w, t)
			m.checkCorrection(lead, t)
		}
		for id, s := range now {
			latest[id] = append(latest[id], s)
		}
	}
	for _, p := range lead.Parts() {
		if !p.Complete {
			continue
		}
		if unreachable(lead, p, w.ID) {
			continue // the bank knows that
		}
		if n, ok := p.Notice(w.ID); ok && n.Reasons.Reason == 0 && n.Reasons.Unknown != "" {
			continue // why they are told only a newer version knows, and tells
		}
		must := w.Role == watch.Owner || lead.ReasonsFor(p, w.ID).Reason != 0
		if len(latest[p.ID]) == 0 {
			if silent := w.Silenced(p, trusted) != 0 || !asked(p, w.ID) && p.Kept() == 0; must && !silent {
				m.errorf("%s was never told of %s", w.ID, p.Txn)
			}
			continue
		}
		if !slices.ContainsFunc(latest[p.ID], func(s *watch.Shown) bool { again, _ := s.Changed(p); return !again }) {
			m.errorf("%s knows %s as %+v", w.ID, p.Txn, latest[p.ID][len(latest[p.ID])-1])
		}
	}
	for i := range lead.Deliveries {
		d := &lead.Deliveries[i]
		if d.Watcher != w.ID || d.State != watch.Accepted || d.Channel == watch.Bank {
			continue
		}
		if !slices.ContainsFunc(heard[lead.ID+" "+w.ID+" "+string(d.Channel)], func(t told) bool { return t.d.ID == d.ID }) {
			m.errorf("%s is on record as accepted, and never came", d.ID)
		}
	}
}

// unreachable tells whether a channel refused for good what a watcher has no
// other for, and the bank was told of that part.
func unreachable(lead, part *watch.Record, watcher string) bool {
	return slices.ContainsFunc(lead.Deliveries, func(d watch.Delivery) bool {
		return d.Watcher == watcher && d.Kind == watch.TellUnreachable && d.State == watch.Accepted &&
			slices.ContainsFunc(lead.UnreachedBy(&d), func(p *watch.Record) bool { return p.ID == part.ID })
	})
}
