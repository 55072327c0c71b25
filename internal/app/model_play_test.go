package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"kozamori/internal/dispute"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

var modelAccounts = []string{"acc_a", "acc_b"}

// modelPerson is somebody of the family, with what they watch.
type modelPerson struct {
	id, line string
	role     watch.Role
	mail     bool // has LINE and then mail; else LINE alone
	both     bool // watches both accounts
}

func family4() []modelPerson {
	user := func(n int) string { return fmt.Sprintf("U%032x", n) }
	return []modelPerson{
		{"o1", user(1), watch.Owner, true, true},
		{"o2", user(2), watch.Owner, false, false},
		{"g1", user(3), watch.Guardian, true, true},
		{"g2", user(4), watch.Guardian, false, false},
	}
}

// trusted are services that all but o2, who is told of each debit as it comes, trust
// from the beginning, up to one yen: debits of one yen are silent to them until a
// report ends that, and told then.
var trusted = []string{"docomo", "paypay", "kyash"}

func (p modelPerson) on(ref string) (watch.Watcher, bool) {
	if ref != modelAccounts[0] && !p.both {
		return watch.Watcher{}, false
	}
	channels := []watch.Channel{worldtest.ByLINE}
	if p.mail {
		channels = append(channels, worldtest.ByMail(p.id+"@example.jp"))
	}
	w := worldtest.Owner(p.id+ref, p.line, channels...)
	if p.role == watch.Guardian {
		w = worldtest.Guardian(p.id+ref, p.line, channels...)
		w.HideAmount = p.id == "g2"
	}
	for _, s := range trusted {
		if p.id == "o2" {
			break
		}
		w.Rules.Trusts = append(w.Rules.Trusts, watch.Trust{Service: s, UpTo: 1, Until: worldtest.Start.AddDate(0, 0, 90)})
	}
	return w, true
}

// txn is what truly happened to one debit or charge link.
type txn struct {
	id, ref  string
	link     bool
	service  string // as the bank calls it
	text     string // that of the descriptor
	amount   int64
	began    int64 // what it was at first
	returned int64
	undone   bool
	pending  bool
	plain    bool // it is posted under a text that names no one
	again    int  // ids that took its place
	last     time.Time
	misnamed bool   // something came back under another service's name
	word     string // the bank's own, that no catalogue knows
}

func (x *txn) left() int64 { return x.amount - x.returned }

var descriptors = map[string]string{"docomo": "ﾄﾞｺﾓｺｳｻﾞ", "paypay": "PAYPAY", "kyash": "KYASH"}

// play is what happens in a run.
func (m *model) play() {
	for range 6 + m.rng.IntN(18) {
		switch n := m.rng.IntN(20); {
		case n < 6:
			m.bankSends(1 + m.rng.IntN(3))
		case n < 7:
			m.bankSends(8 + m.rng.IntN(13))
		case n < 12:
			m.answers()
		case n < 13: // more comes, and somebody presses before they are told of it
			m.bankSends(1 + m.rng.IntN(2))
			m.passes(time.Duration(m.rng.IntN(4)) * time.Second)
			m.bankSends(1 + m.rng.IntN(2))
			m.passes(time.Duration(m.rng.IntN(2)) * time.Second)
			m.answers()
		case n < 15:
			m.passes(time.Duration(1+m.rng.IntN(20)) * time.Minute)
			continue
		case n < 16:
			m.passes(time.Duration(1+m.rng.IntN(30)) * time.Hour)
			continue
		}
		m.passes(time.Duration(m.rng.IntN(12)) * time.Second)
	}
}

// passes lets time go by, in which the house works: each second at first, then
// each minute.
func (m *model) passes(d time.Duration) {
	end := m.Now().Add(d)
	for m.Now().Before(end) {
		left := end.Sub(m.Now())
		step := time.Second
		if left > time.Minute {
			step = time.Minute
		}
		if next, ok := m.queue.next(); ok && !m.has.deaths && !m.has.faults {
			step = max(time.Second, min(next.Sub(m.Now()), left)) // a calm house works at once
			if step > time.Minute {
				step = time.Minute
			}
		}
		if left > time.Hour && len(m.queue.msgs) == 0 {
			step = left / 2
		}
		m.Add(min(step, left))
		m.works()
	}
	m.works()
	m.checkAgain()
}

func (m *model) works() {
	m.renames()
	if m.has.deaths || m.has.faults {
		m.pump(m.rng.IntN(4))
	} else {
		m.pump(1000)
	}
	if m.rng.IntN(3) > 0 || !m.has.deaths {
		m.sweep()
	}
}

// bankSends posts so many events in one or more bodies, which the queue hands
// out in any order.
func (m *model) bankSends(n int) {
	bodies := map[string][]string{}
	for range n {
		ref, event := m.event()
		bodies[ref] = append(bodies[ref], event)
		if m.rng.IntN(4) == 0 {
			m.posted(bodies)
			bodies = map[string][]string{}
		}
	}
	m.posted(bodies)
}

func (m *model) posted(bodies map[string][]string) {
	for _, ref := range modelAccounts {
		if len(bodies[ref]) == 0 {
			continue
		}
		m.posts++
		id, body := fmt.Sprintf("msg_%d", m.posts), `{"events":[`+strings.Join(bodies[ref], ",")+`]}`
		m.note("bank: %s", body)
		for i := 0; ; i++ {
			a, err := m.bank.PostAs(context.Background(), id, []byte(body))
			if err == nil && a.Status == http.StatusAccepted && strings.Contains(string(a.Body), `"rejected":[]`) {
				break
			}
			if i > 50 || err == nil && !m.dead && a.Status < 500 {
				m.t.Fatalf("seed %d: %d %s %v", m.seed, a.Status, a.Body, err)
			}
			m.alive()
		}
		if m.rng.IntN(8) == 0 { // the bank got no answer, and asks again
			_, _ = m.bank.PostAs(context.Background(), id, []byte(body))
			m.alive()
		}
	}
}

func (m *model) pick(n int) bool { return m.rng.IntN(n) == 0 }

// event is something new, or what becomes of something that happened.
func (m *model) event() (ref, body string) {
	var x *txn
	if len(m.txns) > 0 && m.pick(2) {
		x = m.txns[m.rng.IntN(len(m.txns))]
	}
	if x == nil || x.undone {
		x = m.opens1()
		if !x.link {
			x.amount, x.pending = m.money(), m.pick(3) && len(m.sharing(x)) == 1
			if m.pick(4) {
				x.amount = 1
			}
			x.began = x.amount
		}
		return x.ref, m.says(x, "opens", 0)
	}
	switch n := m.rng.IntN(5); {
	case x.link && m.pick(4):
		return x.ref, m.names(x, m.says(x, "undone", 0), m.another(x)) // of another link: this one stands
	case x.link:
		x.undone = true
		return x.ref, m.says(x, "undone", 0)
	case x.pending && n < 2:
		x.amount = max(x.amount, m.money()) // the authorisation is raised
		return x.ref, m.says(x, "opens", 0)
	case x.pending && n < 4:
		x.pending, x.plain = false, m.pick(3) && x.text == x.service && x.word == ""
		if m.pick(3) {
			x.again++ // posted under an id of its own
		}
		if m.pick(2) {
			x.amount = m.money()
		}
		if x.again > 0 && m.pick(2) {
			// The bank does not say at first what it replaces.
			first := m.says(x, "opens", 0)
			at, _, _ := strings.Cut(first, `,"replaces"`)
			return x.ref, at + first[len(at)+len(fmt.Sprintf(`,"replaces":%q`, x.id)):] + "," + strings.Replace(first, `"id":"e`, `"id":"f`, 1)
		}
		return x.ref, m.says(x, "opens", 0)
	case !x.pending && n < 2 && x.left() > 500:
		return m.returns(x, 100+m.rng.Int64N(300))
	}
	return m.returns(x, 0)
}

// money is an amount that no other debit has.
func (m *model) money() int64 { m.yen += 1013; return m.yen }

func (m *model) says(x *txn, what string, back int64) string {
	at := m.Now()
	for _, o := range m.sharing(x) { // what has one id is in order
		if !at.After(o.last) {
			at = o.last.Add(time.Second)
		}
	}
	x.last = at
	m.acts++
	e := map[string]any{"id": fmt.Sprintf("e%d", m.acts), "transaction_id": x.id, "account_ref": x.ref, "occurred_at": at.Format(time.RFC3339)}
	switch {
	case what == "opens" && x.link:
		e["type"], e["descriptor"], e["service"] = watch.LinkRegistered, descriptors[x.text], x.service
	case what == "opens":
		e["type"], e["descriptor"], e["amount"], e["currency"] = watch.Debit, descriptors[x.text], x.amount, "JPY"
		if x.text != x.service {
			e["service"] = x.service
		}
		if x.pending {
			e["status"] = watch.Pending
		}
		if x.word != "" {
			e["service"] = x.word
		}
		if x.plain {
			e["descriptor"] = "ｺｳｻﾞﾌﾘｶｴ"
		}
		if x.again > 0 {
			e["transaction_id"], e["replaces"] = x.id+"p", x.id
		}
	case x.link:
		e["type"], e["service"] = watch.LinkRemoved, x.service
	default:
		e["type"] = watch.DebitReversed
		if back > 0 {
			e["amount"], e["currency"] = back, "JPY"
		}
	}
	b, err := json.Marshal(e)
	if err != nil {
		m.t.Fatal(err)
	}
	return string(b)
}

// answers has somebody press a button, or send the form of a page.
func (m *model) answers() {
	p := m.people[m.rng.IntN(len(m.people))]
	ref := modelAccounts[m.rng.IntN(4)/3]
	w, ok := p.on(ref)
	records := m.records(ref)
	if !ok || len(records) == 0 {
		return
	}
	r := records[m.rng.IntN(len(records))]
	lead := r
	for _, o := range records {
		if o.ID == r.IncidentID() {
			lead = o
		}
	}
	m.acts++
	who := dispute.Answerer{LineUser: p.line, At: m.Now(), IdempotencyKey: fmt.Sprintf("act%d", m.acts)}
	for _, d := range lead.Deliveries {
		if d.Watcher == w.ID && d.Kind.OfIncident() && m.pick(2) {
			who.Delivery = d.ID
		}
	}
	via := watch.ViaLINE
	if m.pick(3) { // on the page
		via = watch.ViaPage
		who = dispute.Answerer{Watcher: w.ID}
		page := m.opens(w.ID, r, lead)
		r, who.Mark, who.Saw = page.record, page.mark, page.saw
		for _, id := range page.parts {
			if m.pick(4) {
				who.Except = append(who.Except, id)
			}
		}
	}
	disputes := func() *dispute.Service { return m.sys.Disputes() }
	ctx := context.Background()
	do := []string{"mine", "not mine", "not mine", "not mine", "undo", "undo", "undo and confirm", "trust"}[m.rng.IntN(8)]
	for i := 0; ; i++ {
		var res dispute.Result
		var err error
		switch do {
		case "mine":
			res, err = disputes().Answer(ctx, r.ID, who, watch.Mine, via)
		case "not mine":
			if res, err = disputes().Answer(ctx, r.ID, who, watch.NotMine, via); err == nil {
				m.checkSince(res)
			}
		case "trust":
			if lead.Answer != nil && lead.Answer.Value == watch.Mine {
				res, err = disputes().Trust(ctx, r.ID, who)
			}
		default:
			res, err = disputes().Undo(ctx, r.ID, who, via)
			if err == nil && res.Outcome == dispute.Confirm && do == "undo and confirm" {
				who.Confirmed, who.Mark = res.Dispute.GrownAt(), res.Dispute.Mark()
				if via == watch.ViaLINE {
					m.acts++
					who.IdempotencyKey = fmt.Sprintf("act%d", m.acts)
				}
				res, err = disputes().Undo(ctx, r.ID, who, via)
			}
		}
		if !m.dead {
			m.note("%s %s of %s via %s: %s %v %s %v", p.id, do, r.Txn, via, res.Outcome, res.Repeated, short(who.Except), err)
			known := err == nil || errors.Is(err, dispute.ErrNotFound) || errors.Is(err, dispute.ErrTooLate) || errors.Is(err, dispute.ErrNotAllowed) || errors.Is(err, dispute.ErrNoTrust)
			if !known || i > 50 {
				m.t.Fatalf("seed %d: %s: %v", m.seed, do, err)
			}
			return
		}
		m.alive()
		if via == watch.ViaPage && m.pick(2) {
			m.note("%s closes the browser on %s", p.id, do)
			return // and does not come back
		}
	}
}

// modelPage is an incident's page, as somebody's browser shows it.
type modelPage struct {
	record *watch.Record
	mark   string
	saw    map[string]string
	parts  []string
}

// opens is a page of an incident: as it is now, or one that a watcher left open.
func (m *model) opens(watcher string, r, lead *watch.Record) modelPage {
	if old, ok := m.pages[watcher]; ok && m.pick(2) {
		m.note("%s comes back to a page of %s", watcher, old.record.Txn)
		return old
	}
	page := modelPage{r, lead.Mark(), watch.Saw(lead.Parts()), nil}
	for _, p := range lead.Parts() {
		page.parts = append(page.parts, p.ID)
	}
	m.pages[watcher] = page
	return page
}

func short(ids []string) string { return fmt.Sprint(len(ids), " excepted") }
