package main

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"kozamori/internal/inquiry"
)

// asks has the bank ask the person about a debit that they were told of, to be
// answered within a time; 0 is the usual one.
func (p *player) asks(ctx context.Context, within time.Duration) error {
	if err := p.joins(ctx); err != nil {
		return err
	}
	if err := p.sends(ctx, p.debit("txn_"+p.ref, 0)); err != nil {
		return err
	}
	req := map[string]any{"items": []map[string]string{{"account_ref": p.ref, "transaction_id": "txn_" + p.ref}}}
	if within > 0 {
		req["answer_within_minutes"] = int(within.Minutes())
	}
	return p.until(ctx, "an inquiry", func() (bool, error) { // the debit may not be on record yet
		var asked struct {
			Request   string `json:"request_id"`
			Inquiries []struct{ State string }
		}
		body, err := json.Marshal(req)
		if err == nil {
			err = p.calls(ctx, http.MethodPost, "/inquiries", body, &asked)
		}
		p.asked = asked.Request
		return err == nil && asked.Inquiries[0].State == "asked", err
	})
}

// answers has the person say that it was theirs.
func (p *player) answers(ctx context.Context) error {
	if err := p.asks(ctx, 0); err != nil {
		return err
	}
	return p.presses(ctx, "mine")
}

// wavers has the person say that it was not theirs, and take that back.
func (p *player) wavers(ctx context.Context) error {
	if err := p.asks(ctx, 0); err != nil {
		return err
	}
	if err := p.presses(ctx, "notmine"); err != nil {
		return err
	}
	if err := p.until(ctx, "a callback inquiry.answered", func() (bool, error) {
		var list struct{ Inquiries []struct{ State string } }
		err := p.calls(ctx, http.MethodGet, "/inquiries/"+p.asked, nil, &list)
		return err == nil && list.Inquiries[0].State == "not_mine", err
	}); err != nil {
		return err
	}
	return p.presses(ctx, "undo")
}

// hesitates lets the time to answer pass.
func (p *player) hesitates(ctx context.Context) error {
	if err := p.asks(ctx, inquiry.LeastAnswer+time.Minute); err != nil {
		return err
	}
	return p.pass(ctx, int(inquiry.LeastAnswer.Minutes())+2)
}
