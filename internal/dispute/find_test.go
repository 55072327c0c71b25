package dispute_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"kozamori/internal/dispute"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// walks counts the pages of lists that are read.
type walks struct {
	store.Table
	pages int
}

func (w *walks) Query(ctx context.Context, q store.Query) (store.Page, error) {
	w.pages++
	return w.Table.Query(ctx, q)
}

// A report is found by the number that its customer says, however that is heard, without
// looking through those that came after it; also one that was taken back and made again,
// and one that follows another.
func TestAReportIsFoundByItsNumberInOneLook(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	at := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	table := &walks{Table: worldtest.Table(t, func() time.Time { return at })}
	s := store.New(table)
	k := watch.AccountKey{Bank: "0125", Ref: "a"}
	write := func(writes ...store.Write) {
		if err := s.Write(ctx, writes...); err != nil {
			t.Fatal(err)
		}
	}
	write(store.PutAccount(&watch.Account{AccountKey: k, Watchers: []watch.Watcher{{ID: "w", Role: watch.Owner, LineUser: "u"}}}))
	disputes := &dispute.Service{Store: s, Queue: nowhere{}, Now: func() time.Time { return at }, Logger: slog.New(slog.DiscardHandler)}
	report := func(id, act string) *watch.Dispute {
		res, err := disputes.Answer(ctx, id, dispute.Answerer{LineUser: "u", IdempotencyKey: act, At: at}, watch.NotMine, watch.ViaLINE)
		if err != nil || res.Outcome != dispute.Opened {
			t.Fatal(res.Outcome, err)
		}
		return res.Dispute
	}
	var made []*watch.Dispute
	for _, id := range []string{"r", "s"} {
		write(store.PutRecord(&watch.Record{ID: id, OnAccount: watch.On(k), Kind: watch.Debit, Amount: 5, Complete: true, RecordedAt: at}))
		made = append(made, report(id, "1"))
	}
	if _, err := disputes.Undo(ctx, "s", dispute.Answerer{LineUser: "u", IdempotencyKey: "2", At: at}, watch.ViaLINE); err != nil {
		t.Fatal(err)
	}
	at = at.Add(time.Second)
	report("s", "3")
	for i := range 1200 { // newer ones, of a version before
		d := &watch.Dispute{ID: fmt.Sprint("d", i), OnAccount: watch.On(k), AnsweredAt: at.Add(time.Duration(i+1) * time.Second)}
		d.Reference = dispute.Reference(d.ID)
		if made = append(made, d); i%2 == 0 { // and every other one of this
			write(s.PutDispute(d), store.PutReference(d))
			continue
		}
		write(s.PutDispute(d))
	}
	find := func(said string, f dispute.Filter, by dispute.Order) (out []*watch.Dispute, next string) {
		var whole bool
		if f.Reference, whole = dispute.Heard(said); !whole {
			t.Fatalf("%s is not heard", said)
		}
		out, next, err := dispute.Find(ctx, s, "0125", f, by, 1, "")
		if err != nil {
			t.Fatal(err)
		}
		return out, next
	}
	for _, d := range made[:2] {
		for _, said := range []string{d.Reference, strings.ToLower(strings.ReplaceAll(d.Reference, "-", " ")), strings.ReplaceAll(d.Reference, "-", "－")} {
			for _, by := range []dispute.Order{dispute.NewestFirst, dispute.OldestFirst} {
				table.pages = 0
				if got, next := find(said, dispute.Filter{}, by); len(got) != 1 || got[0].ID != d.ID || next != "" || table.pages != 1 {
					t.Errorf("%s, %s: %d found, then %q, after %d pages", said, by, len(got), next, table.pages)
				}
			}
		}
		if got, next := find(d.Reference, dispute.Filter{Service: "paypay"}, dispute.NewestFirst); len(got) > 0 || next != "" {
			t.Errorf("of another service %d are found", len(got))
		}
	}
	if got, _ := find(made[900].Reference, dispute.Filter{}, dispute.NewestFirst); len(got) != 1 || got[0].ID != made[900].ID {
		t.Errorf("one of this version, nearer: %v", got)
	}
	if got, _ := find(made[901].Reference, dispute.Filter{}, dispute.NewestFirst); len(got) != 1 || got[0].ID != made[901].ID {
		t.Errorf("one of a version before is not looked for: %v", got)
	}
	if _, err := s.SettleReferences(ctx, "0125"); err != nil {
		t.Fatal(err)
	}
	table.pages = 0
	if got, _ := find(made[3].Reference, dispute.Filter{}, dispute.NewestFirst); len(got) != 1 || got[0].ID != made[3].ID || table.pages != 1 {
		t.Errorf("one of a version before, settled: %v after %d pages", got, table.pages)
	}
	if got, next := find("KZ-0000-0000", dispute.Filter{}, dispute.NewestFirst); len(got) > 0 || next != "" || table.pages != 2 {
		t.Errorf("none has the number: %v, then %q", got, next)
	}
}
