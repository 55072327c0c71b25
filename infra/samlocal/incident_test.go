package samlocal_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"kozamori/internal/sim"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// incident is the case that the system was made for: one service takes money
// four times within a second, and once more after that was reported.
func incident(ctx context.Context, w *town) error {
	const account = "acc_incident"
	user, err := w.person("incident")
	if err != nil {
		return err
	}
	if err := w.binds(ctx, user, account, ""); err != nil {
		return err
	}
	var events []string
	want := []string{"i1", "i2", "i3", "i4"}
	for i, txn := range want {
		events = append(events, fmt.Sprintf(`{"id":"e_%s","type":"debit","transaction_id":%q,"account_ref":%q,"occurred_at":%q,"amount":%d,"currency":"JPY","descriptor":"ﾄﾞｺﾓｺｳｻﾞ"}`,
			txn, txn, account, time.Now().Format(time.RFC3339), 30000+i))
	}
	if err := w.post(ctx, `{"events":[`+strings.Join(events, ",")+`]}`); err != nil {
		return err
	}
	if err := w.shows(user, "4件・120,006円", "身に覚えがない"); err != nil {
		return err
	}
	if n := w.alerts(user, "円"); n > 2 {
		return fmt.Errorf("four debits of one story rang %d times", n)
	}
	if err := w.press(user, "notmine"); err != nil {
		return err
	}
	if err := w.shows(user, "受付番号："); err != nil {
		return err
	}
	if err := w.reported(account, "dispute.opened", want); err != nil {
		return err
	}
	var told sim.BankDispute
	w.heard(account, &told)
	if !strings.Contains(w.newest(user), told.Reference) {
		return fmt.Errorf("the answer does not name %s, which the bank has", told.Reference)
	}
	// What follows is added without another tap.
	if err := w.debit(ctx, "i5", account, 30004); err != nil {
		return err
	}
	if err := w.reported(account, "dispute.updated", append(want, "i5")); err != nil {
		return err
	}
	if err := w.shows(user, "お申し出（"+told.Reference+"）のあとにも引き落としがありました", "30,004円"); err != nil {
		return err
	}
	if strings.Contains(w.newest(user), "a=notmine") {
		return fmt.Errorf("what was added to a report is to be answered again")
	}
	if n := len(slices.DeleteFunc(w.bank.Disputes(), func(d sim.BankDispute) bool { return d.AccountRef != account })); n != 1 {
		return fmt.Errorf("the bank has %d disputes of one incident", n)
	}
	return nil
}

// reported waits until the bank is told of these transactions of an account, in
// any order, in one callback.
func (w *town) reported(account, kind string, txns []string) error {
	var heard []string
	err := w.until(fmt.Sprintf("%s tells of %q", kind, txns), func() bool {
		for _, c := range w.bank.Callbacks() {
			var body struct {
				AccountRef   string `json:"account_ref"`
				Transactions []struct {
					ID string `json:"transaction_id"`
				} `json:"transactions"`
			}
			if c.Type != kind || json.Unmarshal(c.Body, &body) != nil || body.AccountRef != account {
				continue
			}
			heard = nil
			for _, t := range body.Transactions {
				heard = append(heard, t.ID)
			}
			if slices.Sort(heard); slices.Equal(heard, txns) {
				return true
			}
		}
		return false
	})
	if err != nil {
		err = fmt.Errorf("%w\nit tells of %q", err, heard)
	}
	return err
}

// statusByMail is a person to whom LINE does not deliver what the bank did, and who
// gave a mail address for another account of theirs.
func statusByMail(ctx context.Context, w *town) error {
	const account, address = "acc_status", "status@example.jp"
	user, err := w.person("status by mail")
	if err != nil {
		return err
	}
	if err := errors.Join(w.binds(ctx, user, account, ""), w.binds(ctx, user, "acc_status2", address)); err != nil {
		return err
	}
	if err := w.debit(ctx, "st1", account, 30005); err != nil {
		return err
	}
	if err := w.shows(user, "30,005円", "身に覚えがない（七十七銀行"); err != nil {
		return err
	}
	if err := w.press(user, "notmine"); err != nil {
		return err
	}
	if err := w.reported(account, "dispute.opened", []string{"st1"}); err != nil {
		return err
	}
	var told sim.BankDispute
	w.heard(account, &told)
	w.line.Fail(1, sim.QuotaSpent)
	if _, err := w.ask(ctx, http.MethodPost, "/disputes/"+told.DisputeID+"/status", `{"status":"frozen"}`, http.StatusOK); err != nil {
		return err
	}
	var m sim.Mail
	return w.until("the bank's status arrives by mail", func() bool {
		return w.mailTo(address, &m) && strings.Contains(m.Text, told.Reference)
	})
}

// answeredByMail is a person to whom LINE delivers neither a reply nor a push.
func answeredByMail(ctx context.Context, w *town) error {
	user, err := w.person("answered by mail")
	if err != nil {
		return err
	}
	if err := w.binds(ctx, user, "acc_answered", "answered@example.jp"); err != nil {
		return err
	}
	w.line.FailAt(sim.Reply, 2, sim.BadRequest) // as it is drawn, and as text
	w.line.Fail(1, sim.QuotaSpent)
	if err := w.line.Say(user, "使い方"); err != nil {
		return err
	}
	var m sim.Mail
	return w.until("the answer arrives by mail", func() bool { return w.mailTo("answered@example.jp", &m) })
}

var restoreLink = regexp.MustCompile(`http\S+/r/\S+`)

// setBack pauses on the phone, and takes that back from the mailbox.
func setBack(ctx context.Context, w *town) error {
	user, err := w.person("set back")
	if err != nil {
		return err
	}
	if err := w.binds(ctx, user, "acc_back", "back@example.jp"); err != nil {
		return err
	}
	if err := w.line.Say(user, "お知らせを休む"); err != nil {
		return err
	}
	if err := w.shows(user, "a=pause"); err != nil {
		return err
	}
	if err := w.press(user, "pause"); err != nil {
		return err
	}
	var m sim.Mail
	if err := w.until("the mailbox hears of the pause", func() bool { return w.mailTo("back@example.jp", &m) && restoreLink.MatchString(m.Text) }); err != nil {
		return err
	}
	paused := func() (bool, error) {
		a, err := w.store.Account(ctx, watch.AccountKey{Bank: "0125", Ref: "acc_back"})
		return err == nil && !a.Watchers[0].Rules.PausedUntil.IsZero(), err
	}
	if yes, err := paused(); err != nil || !yes {
		return fmt.Errorf("there is no pause: %w", err)
	}
	c := w.browser()
	body, at, err := page(c, restoreLink.FindString(m.Text))
	if err != nil {
		return err
	}
	if _, _, err := submit(c, at.String(), filled(body, "do", wording.DoRestore)); err != nil {
		return err
	}
	if yes, err := paused(); err != nil || yes {
		return fmt.Errorf("it is not set back: %w", err)
	}
	return nil
}
