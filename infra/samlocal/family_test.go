package samlocal_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
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
	return w.until("the bank hears that nobody is reached", func() bool {
		return slices.ContainsFunc(w.bank.Callbacks(), func(c sim.Callback) bool {
			return c.Type == "watcher.unreachable" && slices.Contains(quoted.FindAllString(string(c.Body), -1), `"`+account+`"`)
		})
	})
}

func family(ctx context.Context, w *town) error {
	const account = "acc_family"
	owner, guardian, err := w.guarded(ctx, account, "family@example.jp")
	if err != nil {
		return err
	}
	n := 0
	next := func() (txn, amount string, err error) {
		n++
		txn, amount = fmt.Sprint("fam", n), fmt.Sprintf("3,00%d円", n)
		err = w.debit(ctx, txn, account, 3000+n)
		if err == nil {
			err = w.until("the guardian's phone rings", func() bool { return w.alerts(guardian, amount) == 1 })
		}
		return txn, amount, err
	}
	inChat := func(string) error { return w.press(guardian, "notmine") }
	onPage := func(string) error {
		c := w.browser()
		_, at, err := page(c, link.FindString(w.newest(guardian)))
		if err == nil {
			_, _, err = submit(c, at.String(), url.Values{"do": {"notmine"}})
		}
		return err
	}
	for _, c := range []struct {
		answer  func(string) error
		blocked bool
		channel watch.ChannelKind
	}{{inChat, false, watch.LINE}, {onPage, false, watch.LINE}, {inChat, true, watch.Email}, {onPage, true, watch.Email}} {
		if c.blocked != slices.ContainsFunc(w.line.Users(), func(u sim.User) bool { return u.ID == owner && u.Blocked }) {
			if err := w.follows(ctx, owner, account, !c.blocked); err != nil {
				return err
			}
		}
		txn, amount, err := next()
		if err == nil {
			err = c.answer(amount)
		}
		if err == nil {
			err = w.sent(ctx, account, txn, watch.TellAnswer, c.channel)
		}
		if err != nil {
			return err
		}
	}
	return errors.Join(w.byMailOnly(ctx, owner, account, next))
}

// byMailOnly goes on with an owner whom LINE does not reach.
func (w *town) byMailOnly(ctx context.Context, owner, account string, next func() (string, string, error)) error {
	var m sim.Mail
	txn, amount, err := next()
	if err != nil {
		return err
	}
	if err := w.sent(ctx, account, txn, watch.TellAlert, watch.Email); err != nil {
		return err
	}
	w.mailTo("family@example.jp", &m)
	c := w.browser()
	_, at, err := page(c, link.FindString(m.Text))
	if err != nil {
		return err
	}
	if _, _, err := submit(c, at.String(), url.Values{"do": {"notmine"}}); err != nil {
		return err
	}
	var told sim.BankDispute
	if err := w.until("the bank hears of the dispute of "+amount, func() bool {
		i := slices.IndexFunc(w.bank.Disputes(), func(d sim.BankDispute) bool { return d.AccountRef == account && d.Transaction == txn })
		if i >= 0 {
			told = w.bank.Disputes()[i]
		}
		return i >= 0
	}); err != nil {
		return err
	}
	if _, err := w.ask(ctx, http.MethodPost, "/disputes/"+told.DisputeID+"/status", `{"status":"frozen"}`, http.StatusOK); err != nil {
		return err
	}
	if err := w.sent(ctx, account, txn, watch.TellDispute, watch.Email); err != nil {
		return err
	}
	// Somebody who is a friend again hears there what no mail brings: what SES
	// refuses, and what comes back.
	resume := w.Pause("EmailQueue")
	if txn, _, err = next(); err == nil {
		err = w.follows(ctx, owner, account, true)
	}
	w.mail.Fail(1, sim.MailRejected)
	resume()
	if err == nil {
		err = w.sent(ctx, account, txn, watch.TellAlert, watch.LINE)
	}
	if err == nil {
		err = w.until("the mail is a dead letter", func() bool { return w.dead(ctx, "EmailDead") != "" })
	}
	if err == nil {
		err = w.follows(ctx, owner, account, false)
	}
	if err != nil {
		return err
	}
	if txn, _, err = next(); err == nil {
		err = w.sent(ctx, account, txn, watch.TellAlert, watch.Email)
	}
	if err == nil {
		err = w.follows(ctx, owner, account, true)
	}
	if err != nil {
		return err
	}
	w.mailTo("family@example.jp", &m)
	if err := w.cameBack(ctx, m, "Bounce"); err != nil {
		return err
	}
	if err := w.sent(ctx, account, txn, watch.TellAlert, watch.LINE); err != nil {
		return err
	}
	// And now that nothing is left the bank hears it at once.
	if err := w.follows(ctx, owner, account, false); err != nil {
		return err
	}
	if _, _, err = next(); err != nil {
		return err
	}
	return w.unreachable(account)
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
	if _, err := w.store.Account(ctx, watch.AccountKey{Bank: "0125", Ref: "acc_erased"}); !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("the account is still there: %w", err)
	}
	return nil
}
