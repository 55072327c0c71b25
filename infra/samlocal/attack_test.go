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

	"kozamori/internal/membership"
	"kozamori/internal/sim"
	"kozamori/internal/wording"
)

// attacks sends what is counted as what may be an attack: a signature, a key and a
// code that are wrong.
func attacks(ctx context.Context, w *town, user string) error {
	if err := w.forges(ctx); err != nil {
		return err
	}
	if err := w.guessesKey(ctx); err != nil {
		return err
	}
	if err := w.line.Say(user, "ACDE-FGHJ-KMNP"); err != nil {
		return err
	}
	return w.shows(user, "コード")
}

// forges posts in the name of the bank, without its secret.
func (w *town) forges(ctx context.Context) error {
	stranger := &sim.Bank{Code: "0125", Secrets: []string{"whsec_" + strings.Repeat("B", 42) + "A="}, API: w.URL(), Now: time.Now}
	if a, err := stranger.Post(ctx, []byte(`{"events":[]}`)); err != nil || a.Status != http.StatusUnauthorized {
		return fmt.Errorf("a signature of a stranger is answered with %d: %w", a.Status, err)
	}
	return nil
}

// guessesKey asks the bank API with a key that is none.
func (w *town) guessesKey(ctx context.Context) error {
	own := w.bank.APIKey
	w.bank.APIKey = own[:len(own)-1] + string(own[len(own)-1]^1)
	_, err := w.ask(ctx, http.MethodGet, "/health", "", http.StatusUnauthorized)
	w.bank.APIKey = own
	return err
}

// guessesSignIn comes to the desk as if the bank's identity provider had sent it.
func (w *town) guessesSignIn(ctx context.Context) error {
	c := &clerkAt{w: w, cookies: map[string]string{}}
	status, _, _, err := c.send(ctx, http.MethodGet, "/desk/0125/callback?state=guessed&code=guessed", nil)
	if err == nil && status != http.StatusForbidden {
		err = fmt.Errorf("a guessed sign-in is answered with %d", status)
	}
	return err
}

// enMasse does so often what may be an attack that each alarm rings that is about it:
// for its bank, and not before.
func enMasse(ctx context.Context, w *town) error {
	want := []string{"CodeWrong", "Erased 0125", "KeyWrong 0125", "ProtectionLowered 0125", "SignInRefused 0125", "SignatureWrong 0125"}
	ring := func() ([]string, error) {
		t, err := parsed()
		if err != nil {
			return nil, err
		}
		all, err := w.Ringing(t)
		var out []string
		for _, name := range all {
			if name = strings.TrimPrefix(name, "Alarms."); slices.Contains(want, name) || strings.HasPrefix(name, "EventsRefused") {
				out = append(out, name)
			}
		}
		return out, err
	}
	if before, err := ring(); err != nil || !slices.Equal(before, []string{"EventsRefused 0125"}) { // one event of another scenario is enough
		return fmt.Errorf("%q ring before there is an attack: %w", before, err)
	}
	for i := range 21 {
		if err := errors.Join(w.forges(ctx), w.guessesKey(ctx), w.guessesSignIn(ctx)); err != nil {
			return err
		}
		if _, err := w.ask(ctx, http.MethodDelete, fmt.Sprintf("/accounts/acc_many_%d", i), "", http.StatusNoContent); err != nil {
			return err
		}
	}
	for i := range 51/membership.MaxWrong + 1 {
		user, err := w.person(fmt.Sprint("guesses ", i))
		if err != nil {
			return err
		}
		for range membership.MaxWrong {
			if err := w.line.Say(user, "ACDE-FGHJ-KMNP"); err != nil {
				return err
			}
		}
	}
	if err := w.lowers(ctx, 51); err != nil {
		return err
	}
	return w.until("the alarms ring", func() bool {
		_ = w.Tick(ctx) // what is wrong with it stands among the problems
		now, err := ring()
		return err == nil && slices.Equal(now, slices.Sorted(slices.Values(append(slices.Clone(want), "EventsRefused 0125"))))
	})
}

// lowers has somebody switch a rule off so often, and on again in between.
func (w *town) lowers(ctx context.Context, times int) error {
	user, err := w.person("lowers")
	if err != nil {
		return err
	}
	if err := w.binds(ctx, user, "acc_lowers", ""); err != nil {
		return err
	}
	if err := w.line.Say(user, "設定"); err != nil {
		return err
	}
	if err := w.shows(user, "設定のページを開く"); err != nil {
		return err
	}
	c := w.browser()
	_, at, err := page(c, link.FindString(w.newest(user)))
	if err != nil {
		return err
	}
	home, at, err := submit(c, at.String(), url.Values{"do": {wording.DoEnter}})
	if err != nil {
		return err
	}
	form := strings.TrimSuffix(at.String(), at.Path) + room.FindString(home) + "/settings"
	on := ""
	for range 2 * times {
		body, _, err := page(c, form)
		if err != nil {
			return err
		}
		v := filled(body, "do", wording.DoSave)
		if is := v.Get(switched); is != "" {
			on = is
			v.Del(switched)
		} else {
			v.Set(switched, on)
		}
		if _, _, err := submit(c, form, v); err != nil {
			return err
		}
	}
	return nil
}

// switched is the rule that lowers switches.
const switched = "new_link"
