package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kozamori/internal/quote"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// itemMost is what DynamoDB takes of one item, its keys included, less room for
// those.
const itemMost = 400<<10 - 1<<10

// long are alerts of ids and texts of so many characters, of so many bytes each.
type long struct {
	text, id string
	people   int
}

func longs() map[string]long {
	return map[string]long{
		"as banks send them":            {"ﾄﾞｺﾓｺｳｻﾞ", "20260911-000123", 2},
		"short ones, ten people":        {"a", "1", 10},
		"the longest, ten people":       {strings.Repeat("ﾄ", 255), strings.Repeat("x", 100), 10},
		"the longest in four bytes":     {strings.Repeat("𠮟", 255), strings.Repeat("𠮟", 100), 1},
		"half as long":                  {strings.Repeat("ﾄ", 120), strings.Repeat("x", 40), 5},
		"long ids of letters, no texts": {"", strings.Repeat("x", 120), 3},
	}
}

var boundsAt = time.Date(2026, 11, 30, 1, 2, 3, 456789012, time.UTC)

func (l long) alert(i int) *watch.Record {
	at := boundsAt.Add(time.Duration(i) * 6 * time.Second)
	r := &watch.Record{ID: watch.Derive("r", fmt.Sprint(i)), Txn: l.id + fmt.Sprint(i), Event: l.id, Kind: watch.Debit, Amount: 1_000_000, Service: "docomo", Descriptor: quote.Text(l.text),
		Status: watch.Posted, Confidence: watch.Elsewhere, OccurredAt: at, ReceivedAt: at, RecordedAt: at, Complete: true, OnAccount: watch.On(watch.AccountKey{Bank: "0125", Ref: strings.Repeat("a", 64)})}
	for w := range l.people {
		r.Notices = append(r.Notices, watch.Notice{Watcher: l.watcher(w), Reasons: watch.Because(watch.ServiceDebit | watch.Burst | watch.AfterDispute)})
	}
	return r
}

func (l long) watcher(i int) string { return watch.Derive("w", fmt.Sprint(i)) }

// incident is one that has taken in all that goes into its pieces: each of the
// alerts is told to everybody as it comes.
func (l long) incident(t *testing.T) (pieces []*watch.Record) {
	t.Helper()
	root := l.alert(0)
	pieces = []*watch.Record{root}
	for i := 1; ; i++ {
		last, r := pieces[len(pieces)-1], l.alert(i)
		if !last.Full() {
			last.Join(r)
		} else if root.GoOn(r) {
			pieces = append(pieces, r)
			last = r
		} else {
			return pieces
		}
		for w := range l.people {
			d, ok := last.Bring(&watch.Watcher{ID: l.watcher(w), Channels: []watch.Channel{{Kind: watch.LINE}}}, watch.LINE, r.RecordedAt)
			if ok {
				d.State, d.AcceptedAt, d.ProviderID, d.Several = watch.Accepted, r.RecordedAt, "0123456789abcdef0123456789abcdef", true
			}
		}
	}
}

// However many alerts an incident takes in, and however long what the bank says of
// them, each of its pieces is one item.
func TestAPieceOfAnIncidentIsOneItem(t *testing.T) {
	for name, l := range longs() {
		pieces := l.incident(t)
		alerts := 0
		for _, p := range pieces {
			alerts += 1 + len(p.Members)
			// Each is told to be undone as well, and everybody hears of that.
			was := len(store.PutRecord(p).Item.Body)
			for i := range p.Members {
				part, _ := p.Part(p.Members[i].Record)
				p.KeepPart(part)
				part.UndoneAt = boundsAt.Add(time.Hour)
				p.Join(part)
			}
			for w := range l.people {
				p.Bring(&watch.Watcher{ID: l.watcher(w), Channels: []watch.Channel{{Kind: watch.LINE}}}, watch.LINE, boundsAt.Add(2*time.Hour))
			}
			if n := len(store.PutRecord(p).Item.Body); n > itemMost {
				t.Errorf("%s: a piece of %d alerts and %d messages takes %d bytes (%d before all was undone)", name, 1+len(p.Members), len(p.Deliveries), n, was)
			}
		}
		t.Logf("%s: %d alerts in %d pieces, the first of %d bytes", name, alerts, len(pieces), len(store.PutRecord(pieces[0]).Item.Body))
		if l.people == 2 && alerts != watch.MaxReported {
			t.Errorf("%s: %d alerts find room", name, alerts)
		}
	}
}

// A dispute of all that one can be about, opened at once or debit by debit, taken
// back and made again about other parts of it, with as many changes as there are,
// and the bank's own words at their longest, is one item.
func TestADisputeIsOneItem(t *testing.T) {
	for name, l := range longs() {
		var all []*watch.Record
		for _, p := range l.incident(t) {
			all = append(all, p.Parts()...)
		}
		for how, atOnce := range map[string]int{"at once": len(all), "debit by debit": 1, "half of them": len(all) / 2} {
			d := &watch.Dispute{ID: watch.Derive("d"), Reference: "KZ-7F3K-9Q2M", Record: all[0].ID, OnAccount: all[0].OnAccount, Mask: "普通 ***4567", Watcher: l.watcher(0), AnsweredBy: watch.Owner, Via: watch.ViaLINE}
			tell := func(s watch.DisputeStatus, parts []*watch.Record) {
				first := parts[0]
				before := d.Opening()
				d.Kind, d.Txn, d.ReceivedAt, d.AnsweredAt, d.Status = first.Kind, first.Txn, first.ReceivedAt, boundsAt, s
				if first.ID != d.Record {
					d.First = first.ID
				}
				d.Note(first)
				d.Changes = append(d.Changes, watch.DisputeChange{Seq: len(d.Changes) + 1, Status: s, At: boundsAt, By: watch.Owner, Watcher: l.watcher(0), Via: watch.ViaLINE,
					IdempotencyKey: strings.Repeat("e", 32), TellBank: true, Shows: first.Shows("")})
				if s == watch.DisputeOpened {
					d.Open(parts[1:], before)
				}
			}
			tell(watch.DisputeOpened, all[:max(1, atOnce)])
			in, left := all[:max(1, atOnce)], 0
			for _, p := range all[len(in):] {
				if d.Another(p, boundsAt) {
					in = append(in, p)
				} else {
					left++ // a story, and a report, of its own
				}
			}
			if told := len((&store.Store{}).PutDispute(d).Item.Body); left > 0 && told < 175_000 {
				t.Errorf("%s, %s: %d find no room next to %d bytes", name, how, left, told)
			}
			for i := range 5 { // taken back, made again about one part, and about all of them again
				parts := [][]*watch.Record{in[len(in)-1:], in}[i%2]
				tell(watch.DisputeWithdrawn, parts)
				tell(watch.DisputeOpened, parts)
			}
			for again := range 3 {
				for _, p := range in {
					p.Returned = int64(again + 1)
					d.Update(p, boundsAt)
				}
			}
			for i := range d.Changes {
				d.Changes[i].ToldAt, d.Changes[i].Attempts = boundsAt, 100
			}
			own := len((&store.Store{}).PutDispute(d).Item.Body)
			words := quote.Text(strings.Repeat("銀", 300))
			for range 100 {
				d.Changes = append(d.Changes, watch.DisputeChange{Seq: len(d.Changes) + 1, Status: watch.DisputeReceived, At: boundsAt, Text: words, Clerk: strings.Repeat("銀", 40)})
			}
			for range 50 {
				d.Notes = append(d.Notes, watch.DisputeNote{At: boundsAt, Clerk: strings.Repeat("銀", 40), Text: string(words)})
			}
			d.Text = words
			n := len((&store.Store{}).PutDispute(d).Item.Body)
			t.Logf("%s, %s: %d transactions, %d left over; %d bytes, %d with the bank's words", name, how, len(all), left, own, n)
			if n > itemMost {
				t.Errorf("%s, %s: %d bytes", name, how, n)
			}
			if l.people == 2 && left > 0 {
				t.Errorf("%s, %s: %d transactions find no room", name, how, left)
			}
		}
	}
}
