package app_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

var summed = regexp.MustCompile(`"(お申し出の合計|合計|続き)".*?"(\d+)件(?:・([\d,]+)円)?`)

// checkSum compares what a message sums up with what stands when its words are
// decided: all that is reported, if it says so, else all that its reader has been told
// of what waits for the same answer, in whichever records that is.
func (m *model) checkSum(lead *watch.Record, d *watch.Delivery, body string) {
	said := summed.FindStringSubmatch(body)
	if said == nil {
		return
	}
	records := map[string]*watch.Record{}
	var pieces []*watch.Record
	for _, r := range m.records(lead.Account.Ref) {
		records[r.ID] = r
		if r.IsAlert() && r.Lead == "" && r.StoryID() == lead.StoryID() && (r.ID == lead.ID || r.StandsAs(lead)) {
			pieces = append(pieces, r)
		}
	}
	var counted []*watch.Record
	covered := false
	if lead.Answer != nil && lead.Answer.Value == watch.NotMine {
		dis, err := m.store.Dispute(context.Background(), lead.Dispute)
		if err != nil {
			m.t.Fatal(err)
		}
		covered = !slices.ContainsFunc(lead.SaidBy(d), func(s watch.Said) bool {
			_, in := dis.Transaction(s.Record)
			mine := d.Called == watch.CallReported && slices.Contains(lead.Answer.Except, s.Record)
			if mine != slices.Contains(d.Except, s.Record) {
				m.errorf("%s calls for a report, and says of %s that it is left out: %v", d.ID, s.Record, !mine)
			}
			return !in && !mine
		})
		if counted = nil; covered {
			for id, r := range records {
				if _, in := dis.Transaction(id); in {
					counted = append(counted, r)
				}
			}
		}
	}
	if !covered {
		for _, l := range pieces {
			for _, p := range l.Parts() {
				if _, told := seenBy(l, p, d, l.ID == lead.ID); told {
					counted = append(counted, records[p.ID])
				}
			}
		}
	}
	n, yen := 0, int64(0)
	for _, r := range counted {
		if r.Kind == watch.Debit && !r.Gone() {
			n++
			yen += r.Taken()
		}
	}
	label := "合計"
	if covered {
		label = "お申し出の合計"
	}
	amount := strings.ReplaceAll(said[3], ",", "")
	if said[1] != label || said[2] != fmt.Sprint(n) || amount != "" && amount != fmt.Sprint(yen) {
		m.errorf("%s sums up %s: %s debits, %s yen, which are %s: %d, %d yen", d.ID, said[1], said[2], amount, label, n, yen)
	}
}

// seenBy is what a watcher knows of a part over a channel with a delivery of its
// record, or, of another piece, with what arrived.
func seenBy(l, p *watch.Record, d *watch.Delivery, own bool) (*watch.Shown, bool) {
	if own {
		return l.Seen(p, d.Watcher, d.Channel, 1+slices.IndexFunc(l.Deliveries, func(o watch.Delivery) bool { return o.ID == d.ID }))
	}
	l = l.Clone()
	l.Deliveries = slices.DeleteFunc(l.Deliveries, func(o watch.Delivery) bool { return o.State != watch.Accepted })
	return l.Seen(p, d.Watcher, d.Channel, len(l.Deliveries))
}

// What a message sums up of an incident in pieces is all of them, whichever it tells
// of.
func TestTheSumOfAnIncidentInPieces(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	p := h.alone("acc_1")
	n := p.count()
	h.storm(0, 70)
	yen := int64(0)
	for i := range 70 {
		yen += int64(1000 + i)
	}
	last := func(what, want string) {
		t.Helper()
		all := p.since(n)
		if said := summed.FindStringSubmatch(all[len(all)-1]); said == nil || said[1]+" "+said[2]+" "+said[3] != want {
			t.Errorf("%s: %v, want %s", what, said, want)
		}
	}
	last("of a later piece", "合計 70 "+strings.TrimSuffix(wording.Yen(watch.Japanese, yen), "円"))
	h.Add(time.Minute)
	h.sends(h.reported(watch.DebitReversed, "s3", "acc_1", "", 0))
	h.goes(10 * time.Second)
	last("when one of the first piece comes back", "合計 69 "+strings.TrimSuffix(wording.Yen(watch.Japanese, yen-1003), "円"))
}
