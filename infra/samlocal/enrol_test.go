package samlocal_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"kozamori/internal/sim"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// withoutLINE is an owner who never has LINE: the bank enrols them by mail, they
// read an alert and report it, and their settings open by a mail; the guardian whom
// they invite has no LINE either.
func withoutLINE(ctx context.Context, w *town) error {
	const account, fumi, jiro = "acc_paper", "fumi@example.jp", "jiro@example.jp"
	made, err := w.ask(ctx, http.MethodPost, "/mail-enrolments", `{"role":"owner","email":"`+fumi+`","accounts":[{"account_ref":"`+account+`","account_mask":"普通 ***7007"}]}`, http.StatusCreated)
	if err != nil {
		return err
	}
	c, err := w.joinsByMail(fumi, fmt.Sprint(made["code"]), "***7007")
	if err != nil {
		return err
	}
	list, err := w.ask(ctx, http.MethodGet, "/mail-enrolments?account_ref="+account, "", http.StatusOK)
	if err != nil || !strings.Contains(fmt.Sprint(list), "joined") {
		return fmt.Errorf("the bank sees %v: %w", list, err)
	}
	if err := w.debit(ctx, "paper1", account, 70007); err != nil {
		return err
	}
	if err := w.sent(ctx, account, "paper1", watch.TellAlert, watch.Email); err != nil {
		return err
	}
	var m sim.Mail
	if !w.mailTo(fumi, &m) || !strings.Contains(m.Text, "70,007円") {
		return fmt.Errorf("the alert reads %q", m.Text)
	}
	if _, _, err := w.reports(m.Text); err != nil {
		return err
	}
	if err := w.reported(account, "dispute.opened", []string{"paper1"}); err != nil {
		return err
	}
	mine, err := w.opensByMail(ctx, c, account)
	if err != nil {
		return err
	}
	body, _, err := submit(c, mine+wording.InvitePath, url.Values{"do": {wording.DoInvite}, "name": {"次男"}, wording.FieldNameEmail: {jiro}})
	if err != nil {
		return err
	}
	if _, err := w.joinsByMail(jiro, code.FindString(body), "***7007"); err != nil {
		return err
	}
	if err := w.until("the owner hears of the guardian", func() bool {
		var m sim.Mail
		return w.mailTo(fumi, &m) && strings.Contains(m.Text, "見守り家族が加わりました")
	}); err != nil {
		return err
	}
	// One who says that it is not for them ends it.
	if _, err := w.ask(ctx, http.MethodPost, "/mail-enrolments", `{"role":"owner","email":"stranger@example.jp","accounts":[{"account_ref":"acc_wrong"}]}`, http.StatusCreated); err != nil {
		return err
	}
	if err := w.until("the mail to a stranger arrives", func() bool { return w.mailTo("stranger@example.jp", &m) }); err != nil {
		return err
	}
	if strings.Contains(m.Text, "***") || strings.Contains(m.Text, "acc_") {
		return fmt.Errorf("a stranger reads %q", m.Text)
	}
	b := w.browser()
	_, at, err := page(b, link.FindString(m.Text))
	if err != nil {
		return err
	}
	_, _, err = submit(b, at.String(), url.Values{"do": {wording.DoDecline}})
	return err
}

// joinsByMail opens the mail of an enrolment, writes the code, and waits for the
// first mail.
func (w *town) joinsByMail(address, paper, mask string) (*http.Client, error) {
	var m sim.Mail
	if err := w.until("the mail of an enrolment arrives", func() bool { return w.mailTo(address, &m) }); err != nil {
		return nil, err
	}
	if strings.Contains(m.Text, mask) {
		return nil, fmt.Errorf("the mail names the account: %q", m.Text)
	}
	c := w.browser()
	_, at, err := page(c, link.FindString(m.Text))
	if err != nil {
		return nil, err
	}
	body, _, err := submit(c, at.String(), url.Values{"do": {wording.DoJoin}, wording.FieldCode: {paper}})
	if err != nil || !strings.Contains(body, mask) {
		return nil, fmt.Errorf("with mail and code nobody begins: %w", err)
	}
	return c, w.until("the first mail arrives", func() bool { return w.mailTo(address, &m) && strings.Contains(m.Text, "/key/") })
}

// opensByMail asks for a link to the settings with the owner's first mail, and opens
// them: the address of the account's pages.
func (w *town) opensByMail(ctx context.Context, c *http.Client, account string) (string, error) {
	a, err := w.store.Account(ctx, watch.AccountKey{Bank: "0125", Ref: account})
	if err != nil {
		return "", err
	}
	address := a.Watchers[0].Channels[0].Address
	first := ""
	for _, m := range w.mail.Messages() {
		if strings.Contains(m.Text, "/key/") && m.To == address {
			first = m.Text
		}
	}
	_, at, err := page(c, link.FindString(first))
	if err != nil {
		return "", err
	}
	if _, _, err := submit(c, at.String(), url.Values{"do": {wording.DoKey}}); err != nil {
		return "", err
	}
	var m sim.Mail
	if err := w.until("the link to the settings arrives", func() bool { return w.mailTo(address, &m) && strings.Contains(m.Text, "/s/") }); err != nil {
		return "", err
	}
	if _, at, err = page(c, link.FindString(m.Text)); err != nil {
		return "", err
	}
	home, at, err := submit(c, at.String(), url.Values{"do": {wording.DoEnter}})
	return "https://" + at.Host + room.FindString(home), err
}
