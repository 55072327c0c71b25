package chat

import (
	"context"
	"errors"
	"net/url"

	"kozamori/internal/membership"
	"kozamori/internal/wording"
)

// connect says how to connect an account: by a code, or at the own page of
// each bank that has one, with a token by which LINE knows the person again.
func (t *talk) connect(ctx context.Context) (plan, error) {
	list, lang, err := t.accounts(ctx)
	if err != nil {
		return plan{}, err
	}
	links, err := t.bankLinks(ctx, func(code string) string {
		name, _ := t.Names.Bank(ctx, code, lang)
		return name
	})
	return say(wording.HowToConnect(lang, t.chatAccounts(ctx, lang, list), links, t.consent())), err
}

func (t *talk) bankLinks(ctx context.Context, name func(code string) string) ([]wording.BankLink, error) {
	var out []wording.BankLink
	token := ""
	for b, err := range t.Store.Banks(ctx) {
		if err != nil {
			return nil, err
		}
		page, err := url.Parse(b.LinkURL)
		if err != nil || b.LinkURL == "" {
			continue
		}
		if token == "" {
			if token, err = t.LINE.LinkToken(ctx, t.Event.User); err != nil {
				// The code is still a way.
				t.Logger.Warn("LINE gives no link token", "event", t.Event.ID, "err", err)
				return nil, nil
			}
		}
		q := page.Query()
		q.Set("linkToken", token)
		page.RawQuery = q.Encode()
		out = append(out, wording.BankLink{BankName: name(b.Code), URL: page.String()})
	}
	return out, nil
}

// accountLink is the end of connecting at a bank: LINE says whether the one
// who logged in there is the one who asked here. The nonce is used up either
// way. A failed link has no user to tell.
func (t *talk) accountLink(ctx context.Context) (plan, error) {
	e := t.Event
	if e.User == "" {
		_, err := t.Membership.Linked(ctx, "", e.Nonce, false, "")
		if errors.Is(err, membership.ErrLink) {
			err = nil
		}
		return plan{}, err
	}
	lang, err := t.lang(ctx)
	if err != nil {
		return plan{}, err
	}
	list, err := t.Membership.Linked(ctx, e.User, e.Nonce, e.LinkOK, lang)
	switch {
	case errors.Is(err, membership.ErrLink), errors.Is(err, membership.ErrExpired), err == nil && len(list) == 0:
		return say(wording.LinkFailed(lang)), nil
	case errors.Is(err, membership.ErrFull):
		return say(wording.CodeFull(lang)), nil
	case err != nil:
		return plan{}, err
	}
	return t.connected(ctx, list)
}
