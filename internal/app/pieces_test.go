package app_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"kozamori/internal/watch"
)

// storm has a service take money again and again, twenty debits at a time.
func (h *town) storm(from, to int) {
	h.t.Helper()
	for i := from; i < to; i += 20 {
		var events []string
		for j := i; j < min(i+20, to); j++ {
			events = append(events, h.debit(fmt.Sprint("s", j), int64(1000+j)))
		}
		h.sends(events...)
		h.goes(6 * time.Second)
	}
}

// booked are the transactions of each dispute, by the newest that the bank was
// told: a callback may come again after a newer one.
func (b *bank) booked() map[string]map[string]bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	out, newest := map[string]map[string]bool{}, map[string]float64{}
	for _, v := range b.taken {
		if id, ok := v["dispute_id"].(string); ok && v["seq"].(float64) >= newest[id] {
			newest[id] = v["seq"].(float64)
			out[id] = map[string]bool{}
			for _, x := range v["transactions"].([]any) {
				out[id][x.(map[string]any)["transaction_id"].(string)] = true
			}
		}
	}
	return out
}

// An incident that is full goes on in pieces: one press, on any message of it,
// reports all of them under one number, and what comes after that joins them. It
// holds some 300 transactions; what comes after those is asked about, and reported,
// under a number of its own.
func TestAnIncidentThatGoesOnIsOneReport(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	p := h.alone("acc_1")
	n := p.count()
	h.storm(0, 290)
	all := p.since(n)
	if err := h.line.Tap(p.id, tapOf(t, all[len(all)-1]), ""); err != nil {
		t.Fatal(err)
	}
	h.goes(10 * time.Second)
	receipt := p.heard()[p.count()-1]
	if !strings.Contains(receipt, "290件") {
		t.Errorf("the receipt says %s", receipt)
	}
	ref := receipt[strings.Index(receipt, "KZ-"):][:12]
	if opened := h.bank.callbacks("dispute.opened"); len(opened) != 1 || len(opened[0]["transactions"].([]any)) != 290 {
		t.Fatalf("the bank hears of %d reports", len(opened))
	}

	n = p.count()
	h.storm(290, 306)
	for _, m := range p.since(n) {
		if !strings.Contains(m, ref) || strings.Contains(m, "a=notmine") {
			t.Errorf("after the report: %s", m)
		}
	}
	if err := h.line.Tap(p.id, tapOf(t, all[0]), ""); err != nil { // again, on the first message
		t.Fatal(err)
	}
	h.settle()
	if books := h.bank.booked(); len(books) != 1 {
		t.Errorf("the bank has %d disputes", len(books))
	}
	for id, of := range h.bank.booked() {
		if len(of) != 306 {
			t.Errorf("%s is about %d transactions", id, len(of))
		}
	}

	n = p.count()
	h.storm(306, 320)
	more := p.since(n)
	if err := h.line.Tap(p.id, tapOf(t, more[len(more)-1]), ""); err != nil {
		t.Fatal(err)
	}
	h.goes(10 * time.Second)
	books := h.bank.booked()
	seen := map[string]int{}
	for _, of := range books {
		for txn := range of {
			seen[txn]++
		}
	}
	if len(books) != 2 || len(seen) != 320 {
		t.Errorf("%d disputes about %d transactions", len(books), len(seen))
	}
	for txn, times := range seen {
		if times != 1 {
			t.Errorf("%s is in %d disputes", txn, times)
		}
	}
}

// Taking a report back takes it back for all pieces, whichever is asked about.
func TestAReportOfPiecesIsTakenBackAsOne(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	p := h.alone("acc_1")
	n := p.count()
	h.storm(0, 120)
	all := p.since(n)
	if err := h.line.Tap(p.id, tapOf(t, all[0]), ""); err != nil {
		t.Fatal(err)
	}
	h.goes(10 * time.Second)
	_, undo, _ := strings.Cut(p.heard()[p.count()-1], `"data":"a=undo`)
	undo, _, _ = strings.Cut(undo, `"`)
	if err := h.line.Tap(p.id, "a=undo"+strings.ReplaceAll(undo, `\u0026`, "&"), ""); err != nil {
		t.Fatal(err)
	}
	h.settle()
	key := watch.AccountKey{Bank: "0125", Ref: "acc_1"}
	leads := 0
	for r, err := range h.store.History(t.Context(), key, time.Time{}, time.Time{}) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Lead != "" {
			continue
		}
		if leads++; r.Answer != nil || r.Dispute == "" {
			t.Errorf("%s is answered %+v of %q", r.Txn, r.Answer, r.Dispute)
		}
	}
	if back := h.bank.callbacks("dispute.withdrawn"); leads != 3 || len(back) != 1 || len(back[0]["transactions"].([]any)) != 120 {
		t.Errorf("%d pieces, %d withdrawn", leads, len(back))
	}
}

// "Not me" on an old message of an incident in pieces says what came after it, in
// whichever piece that is; on the newest it has nothing to add.
func TestNotMeOnAnOldMessageOfPieces(t *testing.T) {
	t.Parallel()
	for _, newest := range []bool{false, true} {
		h := newTown(t)
		p := h.alone("acc_1")
		n := p.count()
		h.storm(0, 80)
		all := p.since(n)
		pressed := all[0]
		if newest {
			pressed = all[len(all)-1]
		}
		if err := h.line.Tap(p.id, tapOf(t, pressed), ""); err != nil {
			t.Fatal(err)
		}
		h.settle()
		receipt := p.heard()[p.count()-1]
		if says := strings.Contains(receipt, "お知らせのあとに増えた分"); says == newest || !newest && !strings.Contains(receipt, "増えた分（60件") || !strings.Contains(receipt, "80件") {
			t.Errorf("on the newest: %v: %s", newest, receipt)
		}
	}
}

var headOf = regexp.MustCompile(`"text":"([\d,]+)円"`)

// What happened first is told first, also across pieces: what one message says is taken
// and what those before it came to make its sum.
func TestPiecesAreToldInOrder(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	p := h.alone("acc_1")
	n := p.count()
	var events []string
	for j := range 115 {
		events = append(events, h.debit(fmt.Sprint("s", j), int64(1000+j)))
	}
	h.sends(events...)
	h.goes(30 * time.Second)
	number := func(s string) (yen int) {
		yen, err := strconv.Atoi(strings.ReplaceAll(s, ",", ""))
		if err != nil {
			t.Fatal(err)
		}
		return yen
	}
	so, debits := 0, 0
	for _, m := range p.since(n) {
		head, sum := headOf.FindStringSubmatch(m), summed.FindStringSubmatch(m)
		if head == nil || sum == nil && so > 0 {
			t.Fatalf("no amount, or no sum: %s", m)
		}
		so += number(head[1])
		if sum != nil {
			if number(sum[3]) != so {
				t.Errorf("%s yen are told after %d, and %s in all", head[1], so-number(head[1]), sum[3])
			}
			debits = number(sum[2])
		}
	}
	if debits != 115 {
		t.Errorf("in the end %d debits are told", debits)
	}
}
