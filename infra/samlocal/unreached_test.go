package samlocal_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"
	"time"

	"kozamori/internal/sim"
	"kozamori/internal/watch"
)

func byMail(ctx context.Context, w *town) error {
	user, err := w.person("byMail")
	if err != nil {
		return err
	}
	if err := w.binds(ctx, user, "acc_mail", "mail@example.jp"); err != nil {
		return err
	}
	w.line.Fail(1, sim.QuotaSpent)
	if err := w.debit(ctx, "m1", "acc_mail", 4444); err != nil {
		return err
	}
	var m sim.Mail
	if err := w.until("a mail arrives", func() bool { return w.mailTo("mail@example.jp", &m) }); err != nil {
		return err
	}
	c := w.browser()
	body, at, err := page(c, link.FindString(m.Text))
	if err != nil || !strings.Contains(body, "4,444円") {
		return fmt.Errorf("the page does not show the debit: %w", err)
	}
	if body, _, err = submit(c, at.String(), url.Values{"do": {"notmine"}}); err != nil || !strings.Contains(body, "受付番号") {
		return fmt.Errorf("the page does not take the answer: %w", err)
	}
	var told sim.BankDispute
	if err := w.until("the bank hears of the dispute", func() bool { return w.heard("acc_mail", &told) }); err != nil {
		return err
	}
	// The link at the mail's end shows a page; the mail program's button stops
	// the mails at once.
	stop := strings.Trim(m.Headers["List-Unsubscribe"], "<>")
	if _, at, err := page(w.browser(), stop); err != nil || path.Dir(at.Path) != "/mails" {
		return fmt.Errorf("the link that ends mails leads to no page: %w", err)
	}
	_, _, err = submit(w.Client(), stop, url.Values{"List-Unsubscribe": {"One-Click"}})
	return err
}

func bounced(ctx context.Context, w *town) error {
	user, err := w.person("bounced")
	if err != nil {
		return err
	}
	if err := w.binds(ctx, user, "acc_bounced", "gone@example.jp"); err != nil {
		return err
	}
	w.line.Fail(1, sim.QuotaSpent)
	if err := w.debit(ctx, "b1", "acc_bounced", 5555); err != nil {
		return err
	}
	var m sim.Mail
	if err := w.until("a mail is sent", func() bool { return w.mailTo("gone@example.jp", &m) }); err != nil {
		return err
	}
	if err := w.until("the delivery is known to be accepted", func() bool { return w.accepted(ctx, "acc_bounced", watch.Email) }); err != nil {
		return err
	}
	if err := w.bounce(ctx, m, "Bounce"); err != nil {
		return err
	}
	// What cannot be worked on is kept.
	w.Down("dynamodb", true)
	if err := w.bounce(ctx, m, "Complaint"); err != nil {
		return err
	}
	w.Down("dynamodb", false)
	if !strings.Contains(w.dead(ctx, "FeedbackDead"), "Complaint") {
		return errors.New("what SES says is lost when it cannot be worked on")
	}
	a, err := w.store.Account(ctx, watch.AccountKey{Bank: "0125", Ref: "acc_bounced"})
	if err != nil {
		return err
	}
	for _, ch := range a.Watchers[0].Channels {
		if ch.Kind == watch.Email && ch.UnreachableSince.IsZero() {
			return errors.New("the address still counts as reachable")
		}
	}
	return nil
}

func unanswered(ctx context.Context, w *town) error {
	user, err := w.person("unanswered")
	if err != nil {
		return err
	}
	if err := w.binds(ctx, user, "acc_late", "late@example.jp"); err != nil {
		return err
	}
	if err := w.post(ctx, fmt.Sprintf(`{"id":"e_l","type":"charge_link.registered","transaction_id":"lnk-1","account_ref":"acc_late","occurred_at":%q,"descriptor":"ﾄﾞｺﾓｺｳｻﾞ","service":"docomo"}`,
		time.Now().Format(time.RFC3339))); err != nil {
		return err
	}
	if err := w.until("the phone tells of the link", func() bool { return w.accepted(ctx, "acc_late", watch.LINE) }); err != nil {
		return err
	}
	if err := w.debit(ctx, "u1", "acc_late", 6666); err != nil {
		return err
	}
	if err := w.rings(user, "6,666円"); err != nil {
		return err
	}
	var m sim.Mail
	var failed error
	err = w.until("a mail says it too", func() bool {
		failed = w.Tick(ctx)
		return failed != nil || w.mailTo("late@example.jp", &m) && strings.Contains(m.Text, "6,666円")
	})
	return errors.Join(err, failed)
}
