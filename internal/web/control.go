package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"kozamori/internal/control"
	"kozamori/internal/dispute"
	"kozamori/internal/history"
	"kozamori/internal/membership"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// Controls asks banks to stop something; see control.Service.
type Controls interface {
	Request(ctx context.Context, k watch.AccountKey, ask control.Ask, who control.Who) (control.Result, error)
	Again(ctx context.Context, k watch.AccountKey, id string, who control.Who) (control.Result, error)
	Withdraw(ctx context.Context, k watch.AccountKey, id string, who control.Who) (control.Result, error)
}

// offersOf lists what a bank can be asked to stop.
func (s *site) offersOf(ctx context.Context, bank string) ([]watch.ControlKind, error) {
	b, err := s.Store.Bank(ctx, bank)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return b.Offered(), nil
}

// stoppable tells whether there is anything to show of what a bank can be asked to stop: what it
// offers, or what it was asked while it did. What cannot be read is left out.
func (s *site) stoppable(ctx context.Context, k watch.AccountKey) bool {
	offers, err := s.offersOf(ctx, k.Bank)
	if err != nil || len(offers) > 0 {
		return err == nil
	}
	list, err := s.Store.Controls(ctx, k)
	return err == nil && len(list) > 0
}

// stopAccount is what the bank of an account was asked to stop, and can be asked for.
func (s *site) stopAccount(ctx context.Context, b membership.Bound, lang watch.Lang) (a wording.StopAccount, err error) {
	k := b.Account.AccountKey
	a.HideYen = b.Watcher.HideAmount
	a.ChatAccount = wording.ChatAccount{Mask: b.Account.Mask, Watcher: b.Watcher.ID, Guardian: b.Watcher.Role == watch.Guardian}
	a.BankName, _ = s.Names.Bank(ctx, k.Bank, lang)
	if a.Offers, err = s.offersOf(ctx, k.Bank); err != nil {
		return a, err
	}
	ids := []string{watch.ControlID(k, watch.StopLinks, ""), watch.ControlID(k, watch.StopDebits, ""), watch.ControlID(k, watch.LimitDebits, "")}
	found, err := history.Services(ctx, s.Store, k)
	if err != nil {
		return a, err
	}
	for _, x := range found {
		name, _ := s.Names.Service(x.ID, lang)
		if name == "" || slices.ContainsFunc(a.Services, func(c wording.Choice) bool { return c.ID == x.ID }) {
			continue
		}
		a.Services = append(a.Services, wording.Choice{ID: x.ID, Name: name})
		ids = append(ids, watch.ControlID(k, watch.StopService, x.ID))
	}
	list, err := s.Store.Controls(ctx, k, ids...)
	if err != nil {
		return a, err
	}
	slices.SortFunc(list, func(x, y *watch.Control) int { return y.Last().At.Compare(x.Last().At) })
	for _, c := range list {
		a.Controls = append(a.Controls, s.controlFacts(ctx, c, b, lang))
	}
	return a, nil
}

func (s *site) controlFacts(ctx context.Context, c *watch.Control, b membership.Bound, lang watch.Lang) wording.ControlFacts {
	f := wording.ControlFacts{Lang: lang, Is: control.Said(c, c.Last(), s.Now()), At: c.Last().At, HideYen: b.Watcher.HideAmount, Now: s.Now()}
	f.Account = wording.ChatAccount{Mask: b.Account.Mask, Watcher: b.Watcher.ID, Guardian: b.Watcher.Role == watch.Guardian}
	f.Account.BankName, f.Bank = s.Names.Bank(ctx, b.Account.Bank, lang)
	f.Service, _ = s.Names.Service(c.Service, lang)
	f.Again = c.TakenBack(s.Now()) && c.State != watch.ControlRequested && c.State != watch.ControlApplied
	_, f.Since = c.InForce(s.Now())
	return f
}

// controls shows what the bank of an account was asked to stop, and asks it.
func (s *site) controls(w http.ResponseWriter, r *http.Request, g *guest, b membership.Bound) {
	f := wording.ControlsFacts{Home: homePath, Now: s.Now()}
	code := http.StatusOK
	if r.Method == http.MethodPost {
		do, ok := s.button(w, r)
		if !ok || !s.offered(w, r, do == wording.DoControl || do == wording.DoControlBack) {
			return
		}
		var err error
		if f.Sure, f.Days, err = s.asksControl(r.Context(), do, r.PostForm, g, b); err == nil && f.Sure == nil {
			again(w, r)
			return
		}
		if err != nil {
			code = http.StatusConflict
			if f.Refused, f.Wrong, ok = refusal(err); !ok {
				s.at(w, r, notFoundOf(err))
				return
			}
		}
	}
	a, err := s.stopAccount(r.Context(), b, g.Lang)
	if !s.at(w, r, err) {
		return
	}
	f.View, f.Account = s.view(r.Context(), g, b), a
	_, f.Bank = s.Names.Bank(r.Context(), b.Account.Bank, g.Lang)
	s.page(w, code, wording.ControlsPage(f))
}

// notFoundOf is an error as pages know it.
func notFoundOf(err error) error {
	if errors.Is(err, control.ErrNotFound) {
		return dispute.ErrNotFound
	}
	return err
}

// refusal says why the bank was not asked. Without ok it is no such refusal.
func refusal(err error) (why *wording.StopRefusal, wrong, ok bool) {
	no := wording.StopNoOffer
	switch {
	case errors.Is(err, control.ErrTerms):
		return nil, true, true
	case errors.Is(err, control.ErrWeaker):
		no = wording.StopWeaker
	case errors.Is(err, control.ErrFull):
		no = wording.StopFull
	case errors.Is(err, control.ErrNotAllowed), errors.Is(err, control.ErrNotOffered):
	default:
		return nil, false, false
	}
	return &no, false, true
}

// asksControl does what a form asks for. What stops more than one service is asked about
// first: then that is returned.
func (s *site) asksControl(ctx context.Context, do string, form url.Values, g *guest, b membership.Bound) (sure *wording.ControlFacts, days int, err error) {
	k, what := b.Account.AccountKey, form.Get(wording.FieldControl)
	who := control.Who{Watcher: b.Watcher.ID, LineUser: b.Watcher.LineUser, Via: watch.ViaPage, Way: watch.WayPage, At: s.Now()}
	if do == wording.DoControlBack {
		_, err = s.Controls.Withdraw(ctx, k, what, who)
		return nil, 0, err
	}
	kind := watch.ControlKind(what)
	if !slices.Contains(watch.ControlKinds(), kind) {
		_, err = s.Controls.Again(ctx, k, what, who)
		return nil, 0, err
	}
	ask := control.Ask{Kind: kind, Service: form.Get(wording.FieldService)}
	switch kind {
	case watch.StopDebits:
		if days, err = strconv.Atoi(form.Get(wording.FieldDays)); err != nil || !slices.Contains(wording.StopDays(), days) {
			return nil, 0, control.ErrTerms
		}
		ask.Terms.Until = s.Now().Add(time.Duration(days) * 24 * time.Hour)
	case watch.LimitDebits:
		if ask.Terms.PerCharge, err = yenOf(form.Get(wording.FieldCharge)); err != nil {
			return nil, 0, err
		}
		if ask.Terms.PerMonth, err = yenOf(form.Get(wording.FieldMonth)); err != nil {
			return nil, 0, err
		}
		if ask.Terms.PerCharge+ask.Terms.PerMonth == 0 {
			return nil, 0, control.ErrTerms
		}
	}
	if kind.Wide() && form.Get(wording.FieldConfirmed) == "" {
		if b.Watcher.Role != watch.Owner {
			return nil, 0, control.ErrNotAllowed
		}
		f := s.controlFacts(ctx, &watch.Control{Kind: kind, Changes: []watch.ControlChange{{State: watch.ControlRequested, At: s.Now(), Terms: ask.Terms}}}, b, g.Lang)
		return &f, days, nil
	}
	_, err = s.Controls.Request(ctx, k, ask, who)
	return nil, 0, err
}

// yenOf reads an amount as people write it; empty is none.
func yenOf(text string) (int64, error) {
	text = strings.NewReplacer(",", "", "，", "", "円", "", " ", "", "¥", "").Replace(strings.TrimSpace(text))
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 || n > watch.MostLimit {
		return 0, control.ErrTerms
	}
	return n, nil
}

// stopped asks the bank to stop a service, from the page of a report.
func (s *site) stopped(ctx context.Context, v visit, service string) error {
	ask := control.Ask{Kind: watch.StopService, Service: service}
	if v.look.Dispute != nil {
		ask.Dispute = v.look.Dispute.ID
	}
	way := watch.WayPage
	if v.byMail {
		way = watch.WayMail
	}
	_, err := s.Controls.Request(ctx, v.look.Record.Account, ask, control.Who{Watcher: v.look.Watcher.ID, Via: watch.ViaPage, Way: way, At: s.Now()})
	return err
}

// stopsOf are what the bank was asked to stop of the services of a report, and what its
// reader can ask for with one press. What cannot be read is left out: the report is worth
// more.
func (s *site) stopsOf(ctx context.Context, res dispute.Result) (stops []wording.Choice, asked []wording.ControlFacts) {
	if res.Dispute == nil || s.Controls == nil {
		return nil, nil
	}
	k, lang := res.Record.Account, res.Watcher.Lang
	offers, err := s.offersOf(ctx, k.Bank)
	of := res.Dispute.TotalAt(0).Of
	var ids []string
	for _, id := range of {
		ids = append(ids, watch.ControlID(k, watch.StopService, id))
	}
	var list []*watch.Control
	if err == nil {
		list, err = s.Store.Controls(ctx, k, ids...)
	}
	if err != nil {
		s.Logger.WarnContext(ctx, "what was to be stopped cannot be read for a report", "err", err)
		return nil, nil
	}
	b := membership.Bound{Account: &watch.Account{AccountKey: k, Mask: res.Record.Mask}, Watcher: res.Watcher}
	stands := map[string]bool{}
	for _, c := range list {
		if c.Kind == watch.StopService && slices.Contains(of, c.Service) {
			asked = append(asked, s.controlFacts(ctx, c, b, lang))
			stands[c.Service] = slices.Contains([]watch.ControlState{watch.ControlRequested, watch.ControlApplied, watch.ControlNotOffered}, c.State)
		}
	}
	for _, id := range of {
		if name, _ := s.Names.Service(id, lang); name != "" && !stands[id] && res.Watcher.Role == watch.Owner && slices.Contains(offers, watch.StopService) {
			stops = append(stops, wording.Choice{ID: id, Name: name})
		}
	}
	return stops, asked
}

// restoreControl asks whether to ask once more for what was taken back, and does.
func (s *site) restoreControl(w http.ResponseWriter, r *http.Request, step *watch.Step, watcher string) {
	account, err := s.Store.Account(r.Context(), step.Account)
	var c *watch.Control
	if err == nil {
		c, err = s.Store.Control(r.Context(), step.Control.ID)
	}
	var reader *watch.Watcher
	if err == nil {
		reader, _ = account.Watcher(watcher)
	}
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && reader == nil:
		s.page(w, http.StatusForbidden, wording.RestoreGonePage(spoken(w, r)))
		return
	case err != nil:
		s.broken(w, r, err)
		return
	}
	speak(w, reader.Lang)
	may := c.Asked() != nil && c.Asked().State == watch.ControlWithdrawn && (reader.Role == watch.Owner || c.TakenBack(s.Now())) && s.Now().Sub(step.At) < watch.RestoreFor
	if r.Method == http.MethodPost {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if do, ok := s.button(w, r); !ok || !s.offered(w, r, do == wording.DoRestore && r.PostForm.Get(wording.StepField) == step.ID && may) {
			return
		}
		_, err := s.Controls.Again(r.Context(), step.Account, c.ID, control.Who{Watcher: watcher, Via: watch.ViaPage, At: s.Now()})
		if _, _, refused := refusal(err); err != nil && !refused {
			s.at(w, r, notFoundOf(err))
			return
		}
		if c, err = s.Store.Control(r.Context(), c.ID); err != nil {
			s.broken(w, r, err)
			return
		}
		may = false
	}
	f := s.controlFacts(r.Context(), c, membership.Bound{Account: account, Watcher: *reader}, reader.Lang)
	f.Step, f.Again = step.ID, may
	s.page(w, http.StatusOK, wording.ControlAgainPage(f, may))
}

// ofControl is the step of a link, if it is about something that a bank was asked to stop;
// nil if it is not.
func (s *site) ofControl(ctx context.Context, id string) (*watch.Step, error) {
	step, err := s.Store.Step(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil || step.Kind != watch.StepControl || step.Control == nil {
		return nil, err
	}
	return step, nil
}
