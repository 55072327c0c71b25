package samlocal_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"kozamori/internal/sim"
)

// renamed has the bank call an account otherwise: its owner is told of what comes by the
// new ref and by the old, answers, and somebody joins by a code of the old one.
func renamed(ctx context.Context, w *town) error {
	user, err := w.person("renamed")
	if err != nil {
		return err
	}
	second, err := w.person("renamed later")
	if err != nil {
		return err
	}
	if err := w.binds(ctx, user, "acc_before", ""); err != nil {
		return err
	}
	code, err := w.ask(ctx, http.MethodPost, "/codes", `{"account_ref":"acc_before"}`, http.StatusCreated)
	if err != nil {
		return err
	}
	for range 2 {
		if _, err := w.ask(ctx, http.MethodPost, "/accounts/acc_before/refs", `{"account_ref":"acc_after"}`, http.StatusOK); err != nil {
			return err
		}
	}
	for i, ref := range []string{"acc_after", "acc_before"} {
		if err := w.debit(ctx, "ren_"+ref, ref, 4440+i); err != nil {
			return err
		}
		if err := w.until("the phone rings for "+ref, func() bool { return w.alerts(user, fmt.Sprintf("4,44%d円", i)) == 1 }); err != nil {
			return err
		}
	}
	if err := w.press(user, "notmine"); err != nil {
		return err
	}
	var told sim.BankDispute
	if err := w.until("the bank hears of the dispute by the new ref", func() bool { return w.heard("acc_after", &told) }); err != nil {
		return err
	}
	if err := w.line.Say(second, text(code["code"])); err != nil {
		return err
	}
	if err := w.until("the other watches it too", func() bool {
		who, err := w.ask(ctx, http.MethodGet, "/accounts/acc_after/watchers", "", http.StatusOK)
		list, _ := who["watchers"].([]any)
		return err == nil && len(list) == 2
	}); err != nil {
		return err
	}
	if _, err := w.ask(ctx, http.MethodDelete, "/accounts/acc_before", "", http.StatusNoContent); err != nil {
		return err
	}
	who, err := w.ask(ctx, http.MethodGet, "/accounts/acc_after/watchers", "", http.StatusOK)
	if list, _ := who["watchers"].([]any); err != nil || len(list) != 0 {
		return errors.Join(err, fmt.Errorf("after the erasure: %v", who))
	}
	return nil
}
