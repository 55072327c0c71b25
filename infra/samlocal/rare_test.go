package samlocal_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"kozamori/infra/samlocal"
	"kozamori/internal/edition"
	"kozamori/internal/feed"
	"kozamori/internal/radar"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

var quoted = regexp.MustCompile(`"[^"]*"`)

// bounce brings SES's event about a mail.
func (w *town) bounce(ctx context.Context, m sim.Mail, kind string) error {
	tags := map[string]any{"ses:configuration-set": []any{m.ConfigurationSet}}
	for k, v := range m.Tags {
		tags[k] = []any{v}
	}
	to := []any{map[string]any{"emailAddress": m.To}}
	e := map[string]any{"eventType": kind, "mail": map[string]any{"messageId": m.ID, "tags": tags}}
	switch kind {
	case "Bounce":
		e["bounce"] = map[string]any{"bounceType": "Permanent", "bouncedRecipients": to}
	case "Complaint":
		e["complaint"] = map[string]any{"complainedRecipients": to}
	}
	return w.MailEvent(ctx, m.ConfigurationSet, e)
}

// loses throws away what waits in a queue, as no queue should.
func (w *town) loses(ctx context.Context, queue string) error {
	u, err := w.Ref(queue)
	if err == nil {
		_, err = w.Call(ctx, "AmazonSQS.PurgeQueue", map[string]any{"QueueUrl": u})
	}
	return err
}

// queued waits for the first record of an account and makes its deliveries
// others, which are not sent at the moment.
func (w *town) queued(ctx context.Context, account string, change func(*watch.Delivery)) error {
	if err := w.until("the delivery is on record", func() bool { r := w.record(ctx, account); return r != nil && len(r.Deliveries) > 0 }); err != nil {
		return err
	}
	_, err := w.store.UpdateRecord(ctx, w.record(ctx, account).ID, func(r *watch.Record) error {
		for i := range r.Deliveries {
			change(&r.Deliveries[i])
		}
		r.ComputeDue()
		return nil
	})
	return err
}

// waits waits until something waits in a queue.
func (w *town) waits(ctx context.Context, queue string) error {
	u, err := w.Ref(queue)
	if err != nil {
		return err
	}
	return w.until("a message waits in "+queue, func() bool {
		res, err := w.Call(ctx, "AmazonSQS.GetQueueAttributes", map[string]any{"QueueUrl": u, "AttributeNames": []string{"ApproximateNumberOfMessages"}})
		a, _ := res["Attributes"].(map[string]any)
		return err == nil && text(a["ApproximateNumberOfMessages"]) != "0"
	})
}

func lost(ctx context.Context, w *town) error {
	user, err := w.person("lost")
	if err != nil {
		return err
	}
	if err := w.binds(ctx, user, "acc_lost", ""); err != nil {
		return err
	}
	past := time.Now().Add(-time.Minute)
	err = func() error {
		defer w.Pause("LineQueue")()
		if err := w.debit(ctx, "l1", "acc_lost", 2101); err != nil {
			return err
		}
		return errors.Join(w.waits(ctx, "LineQueue"), w.loses(ctx, "LineQueue"),
			w.queued(ctx, "acc_lost", func(d *watch.Delivery) { d.Due = past }))
	}()
	if err != nil {
		return err
	}
	if err := w.Tick(ctx); err != nil {
		return err
	}
	if err := w.until("the phone rings after all", func() bool { return w.alerts(user, "2,101円") == 1 }); err != nil {
		return err
	}
	err = func() error {
		defer w.Pause("BankQueue")()
		if err := w.press(user, "notmine"); err != nil {
			return err
		}
		if err := w.waits(ctx, "BankQueue"); err != nil {
			return err
		}
		_, err := w.store.UpdateDispute(ctx, w.record(ctx, "acc_lost").Dispute, func(d *watch.Dispute) error { d.Due = past; return nil })
		return errors.Join(err, w.loses(ctx, "BankQueue"))
	}()
	if err != nil {
		return err
	}
	if err := w.Tick(ctx); err != nil {
		return err
	}
	var told sim.BankDispute
	return w.until("the bank hears of the dispute", func() bool { return w.heard("acc_lost", &told) })
}

// looks are messages of sweep's own queue that its own sweeps do not make here: one
// before its time, and one that does not read.
func looks(ctx context.Context, w *town) error {
	u, err := w.Ref("DueQueue")
	if err != nil {
		return err
	}
	for _, body := range []string{fmt.Sprintf(`{"lane":"rest","records":["none"],"at":%q}`, time.Now().Add(2*time.Second).Format(time.RFC3339Nano)), "no look"} {
		if _, err := w.Call(ctx, "AmazonSQS.SendMessage", map[string]any{"QueueUrl": u, "MessageBody": body, "MessageGroupId": "rest",
			"MessageAttributes": map[string]any{"trace": map[string]any{"DataType": "String", "StringValue": "none"}}}); err != nil {
			return err
		}
	}
	if err := w.until("it is a dead letter", func() bool { return w.dead(ctx, "DueDead") != "" }); err != nil {
		return err
	}
	return w.until("the early one is done", func() bool {
		res, err := w.Call(ctx, "AmazonSQS.GetQueueAttributes", map[string]any{"QueueUrl": u, "AttributeNames": []string{"ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"}})
		a, _ := res["Attributes"].(map[string]any)
		return err == nil && text(a["ApproximateNumberOfMessages"]) == "0" && text(a["ApproximateNumberOfMessagesNotVisible"]) == "0"
	})
}

// notTaken is a dispute that its bank did not take for 72 hours.
func notTaken(ctx context.Context, w *town) error {
	user, err := w.person("not taken")
	if err != nil {
		return err
	}
	if err := w.binds(ctx, user, "acc_late_bank", ""); err != nil {
		return err
	}
	if err := w.debit(ctx, "nt1", "acc_late_bank", 2201); err != nil {
		return err
	}
	if err := w.until("the phone rings", func() bool { return w.alerts(user, "2,201円") == 1 }); err != nil {
		return err
	}
	id := ""
	err = func() error {
		defer w.Pause("BankQueue")()
		if err := w.press(user, "notmine"); err != nil {
			return err
		}
		if err := w.waits(ctx, "BankQueue"); err != nil {
			return err
		}
		id = w.record(ctx, "acc_late_bank").Dispute
		w.bank.Fail(1, sim.BankDown)
		_, err := w.store.UpdateDispute(ctx, id, func(d *watch.Dispute) error { d.Changes[0].At = time.Now().Add(-80 * time.Hour); return nil })
		return err
	}()
	if err != nil {
		return err
	}
	if err := w.until("the dispute is given up", func() bool {
		d, err := w.store.Dispute(ctx, id)
		return err == nil && !d.Changes[0].GaveUpAt.IsZero()
	}); err != nil {
		return err
	}
	return w.until("it is a dead letter", func() bool { return w.dead(ctx, "BankDead") != "" })
}

// half is a mail of which it is unknown whether SES took it.
func half(ctx context.Context, w *town) error {
	user, err := w.person("half")
	if err != nil {
		return err
	}
	if err := w.binds(ctx, user, "acc_half", "half@example.jp"); err != nil {
		return err
	}
	err = func() error {
		defer w.Pause("EmailQueue")()
		w.line.Fail(1, sim.QuotaSpent)
		if err := w.debit(ctx, "h1", "acc_half", 2301); err != nil {
			return err
		}
		if err := w.waits(ctx, "EmailQueue"); err != nil {
			return err
		}
		return w.queued(ctx, "acc_half", func(d *watch.Delivery) {
			if d.Channel == watch.Email {
				d.State, d.Due = watch.Sending, time.Now().Add(-time.Minute)
			}
		})
	}()
	if err != nil {
		return err
	}
	var m sim.Mail
	return w.until("the mail is sent again", func() bool { return w.mailTo("half@example.jp", &m) })
}

// forged is a catalogue that somebody wrote into the table who has no key.
func forged(ctx context.Context, w *town) error {
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return err
	}
	m := edition.Sign(private, &edition.Manifest{Sequence: 1, At: time.Now()})
	if err := w.store.Write(ctx, store.PutManifest(m)...); err != nil {
		return err
	}
	user, err := w.person("forged")
	if err != nil {
		return err
	}
	if err := w.binds(ctx, user, "acc_forged", ""); err != nil {
		return err
	}
	if err := w.debit(ctx, "forged1", "acc_forged", 100000); err != nil {
		return err
	}
	if err := w.shows(user, "100,000円", "身に覚えがない"); err != nil {
		return err
	}
	return w.until("a program refuses the catalogue", func() bool {
		return strings.Contains(w.Logs(), "a published catalogue cannot be used")
	})
}

// silent is a bank that has sent nothing for longer than it should, of which a request
// is missing since an hour, whose number was checked long ago, and at which a
// campaign is suspected.
func silent(ctx context.Context, w *town) error {
	if err := w.store.Write(ctx, store.PutBank(&store.Bank{Code: "0168", Name: "中国銀行", SilentAfter: time.Hour, Phone: "086-000-0000", PhoneOn: "2020-09-01"}),
		store.PutFeedHealth(&feed.Health{Bank: "0168", Streams: []feed.Stream{{Highest: 3, At: time.Now().Add(-time.Hour),
			Gaps: []feed.Gap{{From: 2, To: 2, Since: time.Now().Add(-time.Hour), Left: []feed.Span{{From: 2, To: 2}}}}}}}),
		store.PutStanding(&radar.Standing{Bank: "0168", Services: []radar.ServiceStanding{{Service: "paypay", ID: "20200902t031200-x", State: radar.Suspected, At: time.Now().Add(-time.Hour)}}}),
		store.PutFeed(&store.Feed{Bank: "0168", LastEvent: time.Now().Add(-2 * time.Hour)})); err != nil {
		return err
	}
	if err := w.Tick(ctx); err != nil {
		return err
	}
	f, err := w.store.Feed(ctx, "0168")
	if err == nil && f.SilentSince.IsZero() {
		err = errors.New("not noticed")
	}
	if err == nil && !slices.ContainsFunc(w.Written(), func(m samlocal.Metric) bool { return m.Name == "OldNumbers" }) {
		err = errors.New("the number that was checked long ago is not noticed")
	}
	return err
}

// webhookLost is a webhook of LINE that cannot be kept: LINE sends it again.
func webhookLost(_ context.Context, w *town) error {
	user, err := w.person("webhook")
	if err != nil {
		return err
	}
	w.Down("LineHookFunction sqs", true)
	before := w.newest(user)
	_ = w.line.Say(user, "設定")
	w.Down("LineHookFunction sqs", false)
	if w.newest(user) != before {
		return errors.New("an event that was not kept is answered")
	}
	return nil
}

// refusedLater is an event that contradicts one that was taken.
func refusedLater(ctx context.Context, w *town) error {
	user, err := w.person("refused later")
	if err != nil {
		return err
	}
	if err := w.binds(ctx, user, "acc_contradicted", ""); err != nil {
		return err
	}
	// One more than is kept of a debit, each of a lower amount: whatever is true
	// when the phone rings, it does not ring again.
	var events []string
	at := time.Now().Format(time.RFC3339)
	for i := range watch.MaxEntries + 1 {
		events = append(events, fmt.Sprintf(`{"id":"e_c%d","type":"debit","transaction_id":"c1","account_ref":"acc_contradicted","occurred_at":%q,"amount":%d,"currency":"JPY","descriptor":"ﾄﾞｺﾓｺｳｻﾞ"}`, i, at, 2401-i))
	}
	if err := w.post(ctx, `{"events":[`+strings.Join(events, ",")+`]}`); err != nil {
		return err
	}
	if err := w.until("what is one too many is in quarantine", func() bool {
		list, err := store.First(w.store.Quarantine(ctx, "0125"), 100)
		return err == nil && slices.ContainsFunc(list, func(r *store.Refused) bool { return strings.Contains(r.Problem, "more was said") })
	}); err != nil {
		return err
	}
	if err := w.until("the phone rings", func() bool { return w.accepted(ctx, "acc_contradicted", watch.LINE) }); err != nil {
		return err
	}
	if n := w.alerts(user, "円"); n != 1 {
		return fmt.Errorf("one debit rang %d times", n)
	}
	return nil
}

// erasedAgain is an account that is erased while somebody writes to it, and
// looked at again by the sweeper.
func erasedAgain(ctx context.Context, w *town) error {
	user, err := w.person("erased again")
	if err != nil {
		return err
	}
	if err := w.binds(ctx, user, "acc_again", ""); err != nil {
		return err
	}
	if err := w.debit(ctx, "a1", "acc_again", 2501); err != nil {
		return err
	}
	if err := w.until("the phone rings", func() bool { return w.alerts(user, "2,501円") == 1 && w.accepted(ctx, "acc_again", watch.LINE) }); err != nil {
		return err
	}
	k := watch.AccountKey{Bank: "0125", Ref: "acc_again"}
	a, err := w.store.Account(ctx, k)
	if err != nil {
		return err
	}
	late := w.record(ctx, "acc_again")
	a.Version, late.Version = 0, 0
	for range 2 { // the second finds nothing, which is no error
		if _, err := w.ask(ctx, http.MethodDelete, "/accounts/acc_again", "", http.StatusNoContent); err != nil {
			return err
		}
	}
	for _, left := range [][]store.Write{{}, {store.PutAccount(a), store.PutBinding(user, store.Binding{OnAccount: watch.On(k), Watcher: a.Watchers[0].ID}), store.PutRecord(late)}} {
		now := time.Now()
		if err := w.store.Write(ctx, append(left, store.PutErasure(&store.Erasure{OnAccount: watch.On(k), At: now, Due: now.Add(-time.Second)}))...); err != nil {
			return err
		}
		if err := w.Tick(ctx); err != nil {
			return err
		}
		_, stays := w.store.Account(ctx, k)
		_, due := w.store.Erasure(ctx, k)
		if r := w.record(ctx, "acc_again"); r != nil || !errors.Is(stays, store.ErrNotFound) || !errors.Is(due, store.ErrNotFound) {
			return fmt.Errorf("the sweeper leaves a record %v, or the account (%w), or the erasure (%w)", r != nil, stays, due)
		}
	}
	return nil
}
