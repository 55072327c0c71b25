package samlocal_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// guarded binds an account to an owner with a mail address, and a guardian.
func (w *town) guarded(ctx context.Context, account, mail string) (owner, guardian string, err error) {
	if owner, err = w.person(account + " owner"); err != nil {
		return
	}
	if guardian, err = w.person(account + " guardian"); err != nil {
		return
	}
	if err = w.binds(ctx, owner, account, mail); err != nil {
		return
	}
	k := watch.AccountKey{Bank: "0125", Ref: account}
	a, err := w.store.Account(ctx, k)
	if err != nil {
		return
	}
	// As an invitation leaves it, which another scenario goes through.
	a.Watchers = append(a.Watchers, watch.Watcher{ID: "guardian", Role: watch.Guardian, Name: "むすめ", LineUser: guardian, Lang: watch.Japanese, Since: time.Now(),
		Channels: []watch.Channel{{Kind: watch.LINE}}, Rules: watch.DefaultRules()})
	return owner, guardian, w.store.Write(ctx, store.PutAccount(a), store.PutBinding(guardian, store.Binding{OnAccount: watch.On(k), Watcher: "guardian"}))
}

// sent waits until a channel accepted a delivery of a kind for a transaction.
func (w *town) sent(ctx context.Context, account, txn string, kind watch.DeliveryKind, ch watch.ChannelKind) error {
	id := (&watch.Event{Bank: "0125", Kind: watch.Debit, AccountRef: account, TransactionID: txn}).RecordID()
	return w.until(fmt.Sprintf("%s of %s is sent over %s", kind, txn, ch), func() bool {
		r, err := w.store.Record(ctx, id)
		return err == nil && slices.ContainsFunc(r.Deliveries, func(d watch.Delivery) bool {
			return d.Kind == kind && d.Channel == ch && d.State == watch.Accepted
		})
	})
}

// follows lets an owner block our account on LINE, or take it as a friend
// again, and waits until that is known.
func (w *town) follows(ctx context.Context, user, account string, yes bool) error {
	act := w.line.Block
	if yes {
		act = w.line.Follow
	}
	if err := act(user); err != nil {
		return err
	}
	return w.until("it is known whether LINE reaches somebody", func() bool {
		a, err := w.store.Account(ctx, watch.AccountKey{Bank: "0125", Ref: account})
		return err == nil && a.Watchers[0].Channels[0].UnreachableSince.IsZero() == yes
	})
}

// unreachable waits until the bank is told that nothing reaches a watcher.
func (w *town) unreachable(account string) error {
	return w.until("the bank hears that no watcher is reached", func() bool {
		return slices.ContainsFunc(w.bank.Callbacks(), func(c sim.Callback) bool {
			return c.Type == "watcher.unreachable" && slices.Contains(quoted.FindAllString(string(c.Body), -1), `"`+account+`"`)
		})
	})
}

// home is an account with an owner, a guardian and one alert, which both of
// them may answer. Each alert has an account of its own: what follows an alert
// waits for company, and what follows a report is added to it.
type home struct {
	account, mail, owner, guardian string
	txn, amount                    string // of the newest debit
	debits                         int
}

// moves has a guardian watch somebody's account; LINE does not reach them if
// blocked.
func (w *town) moves(ctx context.Context, name string, blocked bool) (h home, err error) {
	h.account, h.mail = "acc_family_"+name, name+"@example.jp"
	if h.owner, h.guardian, err = w.guarded(ctx, h.account, h.mail); err == nil && blocked {
		err = w.follows(ctx, h.owner, h.account, false)
	}
	return h, err
}

// alerted takes money from the account, which the guardian hears of.
func (w *town) alerted(ctx context.Context, h *home) error {
	h.debits++
	h.txn, h.amount = fmt.Sprint(h.account, h.debits), fmt.Sprintf("3,00%d円", h.debits)
	if err := w.debit(ctx, h.txn, h.account, 3000+h.debits); err != nil {
		return err
	}
	return w.rings(h.guardian, h.amount)
}

func family(ctx context.Context, w *town) error {
	inChat := func(h home) error { return w.press(h.guardian, "notmine") }
	onPage := func(h home) error {
		_, _, err := w.reports(w.newest(h.guardian))
		return err
	}
	for i, c := range []struct {
		answer  func(home) error
		blocked bool
		channel watch.ChannelKind
	}{{inChat, false, watch.LINE}, {onPage, false, watch.LINE}, {inChat, true, watch.Email}, {onPage, true, watch.Email}} {
		h, err := w.moves(ctx, fmt.Sprint("answer", i), c.blocked)
		if err == nil {
			err = w.alerted(ctx, &h)
		}
		if err == nil {
			err = c.answer(h)
		}
		if err == nil {
			err = w.sent(ctx, h.account, h.txn, watch.TellAnswer, c.channel)
		}
		if err != nil {
			return err
		}
	}
	for _, run := range []func(context.Context, *town) error{byMailOnly, mailRefused, mailBounced} {
		if err := run(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

// reports answers "not mine" on the page that a message leads to, and returns
// the browser and the page's address.
func (w *town) reports(message string) (*http.Client, string, error) {
	c := w.browser()
	_, at, err := page(c, link.FindString(message))
	if err == nil {
		_, _, err = submit(c, at.String(), url.Values{"do": {wording.DoNotMine}})
	}
	return c, text(at), err
}

// byMailOnly is an owner that LINE does not reach, and who takes a report back
// that the guardian has heard of.
func byMailOnly(ctx context.Context, w *town) error {
	h, err := w.moves(ctx, "mails", true)
	if err == nil {
		err = w.alerted(ctx, &h)
	}
	if err == nil {
		err = w.sent(ctx, h.account, h.txn, watch.TellAlert, watch.Email)
	}
	if err != nil {
		return err
	}
	var m sim.Mail
	w.mailTo(h.mail, &m)
	c, at, err := w.reports(m.Text)
	if err != nil {
		return err
	}
	var told sim.BankDispute
	if err := w.until("the bank hears of the dispute", func() bool { return w.heard(h.account, &told) }); err != nil {
		return err
	}
	if _, err := w.ask(ctx, http.MethodPost, "/disputes/"+told.DisputeID+"/status", `{"status":"frozen"}`, http.StatusOK); err != nil {
		return err
	}
	if err := w.sent(ctx, h.account, h.txn, watch.TellDispute, watch.Email); err != nil {
		return err
	}
	asks, _, err := submit(c, at, url.Values{"do": {wording.DoUndo}})
	if err != nil || !strings.Contains(asks, wording.FieldAsked) || !strings.Contains(asks, told.Reference) {
		return fmt.Errorf("a report of which the family was told is taken back unasked: %w", err)
	}
	before := w.newest(h.guardian)
	if _, _, err := submit(c, at, filled(asks, "do", wording.DoUndo)); err != nil {
		return err
	}
	if err := w.until("the guardian hears that it is taken back", func() bool { return w.newest(h.guardian) != before }); err != nil {
		return err
	}
	return w.reported(h.account, "dispute.withdrawn", []string{h.txn})
}

// mailRefused is an owner who is a friend again by the time SES refuses a mail:
// LINE tells them.
func mailRefused(ctx context.Context, w *town) error {
	h, err := w.moves(ctx, "refused", true)
	if err != nil {
		return err
	}
	resume := w.Pause("EmailQueue")
	if err = w.alerted(ctx, &h); err == nil {
		err = w.follows(ctx, h.owner, h.account, true)
	}
	w.mail.Fail(1, sim.MailRejected)
	resume()
	if err == nil {
		err = w.sent(ctx, h.account, h.txn, watch.TellAlert, watch.LINE)
	}
	if err == nil {
		err = w.until("the mail is a dead letter", func() bool { return w.dead(ctx, "EmailDead") != "" })
	}
	return err
}

// mailBounced is one whose mail bounced. When LINE does not reach them
// either, the bank hears it at once.
func mailBounced(ctx context.Context, w *town) error {
	h, err := w.moves(ctx, "returned", true)
	if err == nil {
		err = w.alerted(ctx, &h)
	}
	if err == nil {
		err = w.sent(ctx, h.account, h.txn, watch.TellAlert, watch.Email)
	}
	if err == nil {
		err = w.follows(ctx, h.owner, h.account, true)
	}
	if err != nil {
		return err
	}
	var m sim.Mail
	w.mailTo(h.mail, &m)
	if err := w.bounce(ctx, m, "Bounce"); err != nil {
		return err
	}
	if err := w.sent(ctx, h.account, h.txn, watch.TellAlert, watch.LINE); err != nil {
		return err
	}
	if err := w.follows(ctx, h.owner, h.account, false); err != nil {
		return err
	}
	if err := w.alerted(ctx, &h); err != nil {
		return err
	}
	return w.unreachable(h.account)
}

func nobodyReached(ctx context.Context, w *town) error {
	user, err := w.person("nobody")
	if err != nil {
		return err
	}
	if err := w.binds(ctx, user, "acc_nobody", "nobody@example.jp"); err != nil {
		return err
	}
	w.line.Fail(1, sim.QuotaSpent)
	w.mail.Fail(1, sim.MailBadAddress)
	if err := w.debit(ctx, "nr1", "acc_nobody", 2001); err != nil {
		return err
	}
	return w.unreachable("acc_nobody")
}

func erasedOnPage(ctx context.Context, w *town) error {
	owner, guardian, err := w.guarded(ctx, "acc_erased", "")
	if err != nil {
		return err
	}
	if err := w.line.Say(owner, "設定"); err != nil {
		return err
	}
	if err := w.shows(owner, "設定のページを開く"); err != nil {
		return err
	}
	c := w.browser()
	_, at, err := page(c, link.FindString(w.newest(owner)))
	if err != nil {
		return err
	}
	home, at, err := submit(c, at.String(), url.Values{"do": {wording.DoEnter}})
	if err != nil {
		return err
	}
	mine := "https://" + at.Host + room.FindString(home)
	before := w.newest(guardian)
	if _, _, err := submit(c, mine+"/leave", url.Values{"do": {wording.DoErase}, "sure": {"on"}}); err != nil {
		return err
	}
	if err := w.until("the guardian hears of it", func() bool { return w.newest(guardian) != before }); err != nil {
		return err
	}
	k := watch.AccountKey{Bank: "0125", Ref: "acc_erased"}
	if _, err := w.store.Account(ctx, k); !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("the account is still there: %w", err)
	}
	wish, err := w.store.ErasureWish(ctx, k)
	if err != nil {
		return err
	}
	wish.At, wish.Due = wish.At.Add(-watch.RestoreFor), time.Now().Add(-time.Second)
	if err := w.store.Write(ctx, store.PutErasureWish(wish)); err != nil {
		return err
	}
	if err := w.Tick(ctx); err != nil {
		return err
	}
	_, wished := w.store.ErasureWish(ctx, k)
	if _, err := w.store.Erasure(ctx, k); !errors.Is(wished, store.ErrNotFound) || !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("a week later the sweeper leaves the wish (%w) or the erasure (%w)", wished, err)
	}
	return nil
}

// exposed is an owner whose settings keep debits from them for a month.
func exposed(ctx context.Context, w *town) error {
	user, err := w.person("exposed")
	if err != nil {
		return err
	}
	if err := w.binds(ctx, user, "acc_exposed", ""); err != nil {
		return err
	}
	_, err = w.store.UpdateAccount(ctx, watch.AccountKey{Bank: "0125", Ref: "acc_exposed"}, func(a *watch.Account) ([]store.Write, error) {
		a.Watchers[0].Rules.ServiceMin, a.Watchers[0].RemindAt = 50000, time.Now().Add(-time.Minute)
		return nil, nil
	})
	if err != nil {
		return err
	}
	if err := w.Tick(ctx); err != nil {
		return err
	}
	return w.shows(user, "お知らせしない設定の引き落としがあります")
}
