package dispute_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"kozamori/internal/dispute"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// A link is called the owner's own by the chat and its pages, by no link in a mail;
// a report ends it at once, and what is taken back does not bring it back.
func TestALinkIsCalledTheOwnersOwn(t *testing.T) {
	t.Parallel()
	ctx, k := context.Background(), watch.AccountKey{Bank: "0125", Ref: "a"}
	mine, notMine := watch.Mine, watch.NotMine
	for name, c := range map[string]struct {
		way     watch.Way
		answers []watch.AnswerValue // "" takes the report back
		whole   bool
		own     bool
	}{
		"in the chat":                        {watch.WayChat, []watch.AnswerValue{mine}, false, true},
		"on its page":                        {watch.WayPage, []watch.AnswerValue{mine}, false, true},
		"on its page, where all is shown":    {watch.WayPage, []watch.AnswerValue{mine}, true, true},
		"by a link in a mail":                {watch.WayMail, []watch.AnswerValue{mine}, false, false},
		"by a way that nobody knows":         {"", []watch.AnswerValue{mine}, false, false},
		"said twice":                         {watch.WayChat, []watch.AnswerValue{mine, mine}, false, true},
		"reported":                           {watch.WayChat, []watch.AnswerValue{notMine}, false, false},
		"reported after all":                 {watch.WayChat, []watch.AnswerValue{mine, notMine}, false, false},
		"reported after all, and back":       {watch.WayChat, []watch.AnswerValue{mine, notMine, ""}, false, false},
		"reported, back, and theirs at last": {watch.WayChat, []watch.AnswerValue{notMine, "", mine}, false, true},
	} {
		at := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
		s := store.New(worldtest.Table(t, func() time.Time { return at }))
		lead := &watch.Record{ID: "r", OnAccount: watch.On(k), Kind: watch.Debit, Txn: "t", Amount: 3000, Service: "docomo", Complete: true, RecordedAt: at, OccurredAt: at, ReceivedAt: at,
			Notices: []watch.Notice{{Watcher: "w", Reasons: watch.Because(watch.ServiceDebit)}}}
		link := &watch.Record{ID: "l", OnAccount: watch.On(k), Kind: watch.LinkRegistered, Txn: "tl", Service: "docomo", Complete: true, RecordedAt: at, OccurredAt: at, ReceivedAt: at,
			Notices: []watch.Notice{{Watcher: "w", Reasons: watch.Because(watch.NewLink)}}}
		lead.Join(link)
		act := &watch.Activity{}
		act.Apply(link)
		if err := s.Write(ctx, store.PutAccount(&watch.Account{AccountKey: k, Watchers: []watch.Watcher{{ID: "w", Role: watch.Owner, LineUser: "u", Channels: []watch.Channel{{Kind: watch.LINE}}}}}),
			store.PutRecord(lead), store.PutActivity(k, act)); err != nil {
			t.Fatal(err)
		}
		desk := &dispute.Service{Store: s, Queue: &heard{}, Now: func() time.Time { return at }, Logger: slog.New(slog.DiscardHandler)}
		for _, a := range c.answers {
			at = at.Add(time.Second)
			var err error
			who := dispute.Answerer{LineUser: "u", Way: c.way, Whole: c.whole}
			if c.whole {
				who.Saw = watch.Saw(lead.Parts())
			}
			if a == "" {
				_, err = desk.Undo(ctx, "r", who, watch.ViaPage)
			} else {
				_, err = desk.Answer(ctx, "r", who, a, watch.ViaPage)
			}
			if err != nil {
				t.Fatal(name, err)
			}
		}
		got, err := s.Activity(ctx, k)
		if err != nil {
			t.Fatal(err)
		}
		if own := !got.Services["docomo"].Links[0].OwnAt.IsZero(); own != c.own {
			t.Errorf("%s: the link is the owner's own: %v", name, own)
		}
	}
}
