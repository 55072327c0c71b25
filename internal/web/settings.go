package web

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"kozamori/internal/membership"
	"kozamori/internal/session"
	"kozamori/internal/settings"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// whatIfDays is how far back rules are tried, and whatIfMost how many records
// of the account are read for it.
const (
	whatIfDays = 90
	whatIfMost = 2000
)

// settings shows and changes what a watcher is told of one account.
func (s *site) settings(w http.ResponseWriter, r *http.Request, g *guest, b membership.Bound) {
	f := wording.SettingsFacts{View: s.view(r.Context(), g, b), Home: homePath, Now: s.Now(), Faults: map[string]watch.Fault{}}
	act, err := s.Store.Activity(r.Context(), b.Account.AccountKey)
	if !s.at(w, r, err) {
		return
	}
	s.fill(&f, g.Lang, &b.Watcher.Rules, act)
	f.Values = wording.SettingsValues(&b.Watcher.Rules, b.Watcher.Lang)
	f.Stored = f.Values
	f.Was = s.fingerprint(&b.Watcher)
	if r.Method != http.MethodPost {
		s.page(w, http.StatusOK, wording.SettingsPage(f))
		return
	}
	do, ok := s.button(w, r)
	if !ok {
		return
	}
	code := http.StatusOK
	switch do {
	case wording.DoSave, wording.DoCheck:
		form := settingsForm{Values: wording.Values(r.PostForm), shown: f.Shown, faults: f.Faults}
		rules := form.rules(b.Watcher.Rules, s.Catalog.Fold, s.Now())
		for _, fault := range rules.Check(&b.Watcher.Rules, s.Catalog.IsService, s.Now()) {
			field := f.FieldOf(fault.Field)
			if _, known := f.Faults[field]; !known {
				f.Faults[field] = fault.Fault
			}
		}
		if _, ok := watch.MailAddress(form.address()); !ok && form.address() != "" {
			f.Faults[wording.FieldNameEmail] = wording.FaultMail
		}
		f.Values, f.Was = form.Values, form.Get("was")
		switch {
		case len(f.Faults) > 0:
			code, f.Saved = http.StatusUnprocessableEntity, wording.SavedRefused
		case do == wording.DoCheck && f.MayTry():
			f.WhatIf, err = s.whatIf(r.Context(), g.Lang, rules, b, act)
			if err == nil {
				then := b
				then.Watcher.Rules = rules
				f.WhatIf.Then = s.view(r.Context(), g, then)
			}
		case do == wording.DoCheck:
			s.notTaken(w, r, http.StatusBadRequest)
			return
		default:
			code, err = s.save(r.Context(), g, b, &form, &f)
			if err == nil && f.Saved == wording.SavedNow && form.address() != "" {
				code, err = s.sendClaim(r.Context(), g, b, form.address(), &f)
			}
			speak(w, f.View.Lang)
		}
	default:
		s.notTaken(w, r, http.StatusBadRequest)
		return
	}
	if s.at(w, r, err) {
		s.page(w, code, wording.SettingsPage(f))
	}
}

// fill lists the services of the form: those with amounts of their own, and
// those that ever touched the account.
func (s *site) fill(f *wording.SettingsFacts, lang watch.Lang, rules *watch.Rules, act *watch.Activity) {
	ids := map[string]bool{}
	for _, row := range watch.Table() {
		if each, ok := row.Value.(watch.YenFor); ok {
			for id := range *each.At(rules) {
				ids[id] = true
			}
		}
	}
	for id := range act.Services {
		ids[id] = true
	}
	f.Services = s.Catalog.Services(lang)
	for _, c := range f.Services {
		if ids[c.ID] {
			f.Shown = append(f.Shown, c)
		}
	}
	for _, t := range rules.Trusts {
		if s.Now().Before(t.Until) && s.Catalog.IsService(t.Service) {
			name, _ := s.Names.Service(t.Service, lang)
			f.Trusts = append(f.Trusts, wording.TrustLine{Key: trustKey(t), Name: name, UpTo: t.UpTo, Until: t.Until})
		}
	}
}

// fingerprint names the settings that a form began from, so that a second
// phone does not silently undo what the first one saved. What a form cannot
// undo is not among its values: a pause that runs, and trusts but those that it ends.
func (s *site) fingerprint(w *watch.Watcher) string {
	b, _ := json.Marshal(struct {
		V wording.Values
		L watch.Lang
	}{wording.SettingsValues(&w.Rules, w.Lang), w.Lang}) // plain values always encode
	return s.Keys.Hash("settings", w.ID+"\x00"+string(b))[:22]
}

// save writes the rules, unless others were saved since the form was shown.
func (s *site) save(ctx context.Context, g *guest, b membership.Bound, form *settingsForm, f *wording.SettingsFacts) (int, error) {
	var now watch.Watcher
	spoke := b.Watcher.Lang
	who := settings.Who{Watcher: b.Watcher.ID, LineUser: g.LineUser, Way: watch.WayPage, At: s.Now()}
	_, err := settings.New(s.Store, s.Queue).Change(ctx, b.Account.AccountKey, who, func(c *settings.Change) error {
		f.Saved, f.Mail = wording.SavedNow, wording.MailUntouched
		w := c.Watcher
		now = *w
		next := *w
		next.Rules, next.Lang = form.rules(w.Rules, s.Catalog.Fold, s.Now()), form.lang()
		if form.Get(wording.FieldNameMailOff) != "" {
			next.DropMail()
			f.Mail = wording.MailGone
		}
		// Saved already, by a button that was pressed twice, is no conflict.
		if stored := s.fingerprint(w); stored != form.Get("was") && stored != s.fingerprint(&next) {
			f.Saved = wording.SavedConflict
			return nil
		}
		spoke = w.Lang
		*w, now = next, next
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		err = membership.ErrNotFound
	}
	if err != nil {
		return 0, err
	}
	other := func(b membership.Bound) bool { return b.Watcher.Lang != now.Lang }
	if f.Saved == wording.SavedNow && (now.Lang != spoke || slices.ContainsFunc(g.accounts, other)) {
		// A person has one language, whichever account it was chosen for.
		if err := s.Membership.Speak(ctx, g.LineUser, now.Lang); err != nil {
			return 0, err
		}
		if err := s.Membership.LanguageChanged(ctx, g.LineUser); err != nil {
			s.Logger.WarnContext(ctx, "the menu in the chat stays in another language until they come there", "err", err)
		}
	}
	f.Was = s.fingerprint(&now)
	if f.Saved == wording.SavedConflict {
		f.Stored = wording.SettingsValues(&now.Rules, now.Lang)
		return http.StatusConflict, nil
	}
	act, err := s.Store.Activity(ctx, b.Account.AccountKey)
	if err != nil {
		return 0, err
	}
	f.Shown, f.Trusts, b.Watcher = nil, nil, now
	f.View = s.view(ctx, &guest{Session: session.Session{LineUser: g.LineUser, Lang: now.Lang}, accounts: g.accounts}, b)
	s.fill(f, now.Lang, &now.Rules, act)
	f.Values = wording.SettingsValues(&now.Rules, now.Lang)
	f.Stored = f.Values
	return http.StatusOK, nil
}

// whatIf tries rules on what is on record. A guardian tries them on what they
// could have been told since they watch, and no further back.
func (s *site) whatIf(ctx context.Context, lang watch.Lang, rules watch.Rules, b membership.Bound, act *watch.Activity) (*wording.WhatIfFacts, error) {
	records, err := store.First(s.Store.History(ctx, b.Account.AccountKey, time.Time{}, time.Time{}), whatIfMost)
	if err != nil {
		return nil, err
	}
	whole := len(records) < whatIfMost
	from := s.Now().AddDate(0, 0, -whatIfDays)
	out := &wording.WhatIfFacts{Days: whatIfDays}
	// The record is whole from when the first of today's watchers came.
	since := b.Watcher.Since
	if b.Watcher.Role == watch.Owner {
		for _, w := range b.Account.Watchers {
			if w.Since.Before(since) {
				since = w.Since
			}
		}
	} else if since.After(from) {
		from = since
	}
	if n := len(records); !whole && n > 0 && records[n-1].OccurredAt.After(since) {
		since = records[n-1].OccurredAt
	}
	if since.After(s.Now().AddDate(0, 0, -whatIfDays)) {
		out.Since = since
	}
	hits, blind := watch.WhatIf(rules, records, act, from, s.Catalog.Fold, s.Catalog.LimitsOf)
	today, _ := watch.WhatIf(b.Watcher.Rules, records, act, from, s.Catalog.Fold, s.Catalog.LimitsOf)
	out.Blind, out.Today = blind.Ordinary, len(today)
	line := func(h watch.Hit, others []watch.Hit) (wording.HitLine, bool) {
		name, _ := s.Names.Service(h.Record.Service, lang)
		alone := !slices.ContainsFunc(others, func(o watch.Hit) bool { return o.Record.ID == h.Record.ID })
		return wording.HitLine{At: h.Record.OccurredAt, Service: name, Link: h.Record.Kind == watch.LinkRegistered,
			Amount: h.Record.Amount, Reasons: h.Reasons}, alone
	}
	for _, h := range hits {
		l, fresh := line(h, today)
		l.New = fresh
		out.Hits = append(out.Hits, l)
	}
	for _, h := range today {
		if l, gone := line(h, hits); gone {
			l.Gone = true
			out.Lost = append(out.Lost, l)
		}
	}
	return out, nil
}

// Catalog knows the payment services.
type Catalog interface {
	Services(lang watch.Lang) []wording.Choice
	IsService(id string) bool
	Fold(s string) string
	// LimitsOf is the most yen that a service takes at once and in a calendar
	// month; 0 is not known.
	LimitsOf(service string) (once, month int64)
}

// address is the mail address in the form; empty if there is none.
func (f *settingsForm) address() string {
	return norm.NFKC.String(strings.TrimSpace(f.Get(wording.FieldNameEmail)))
}

// sendClaim asks the reader of an address whether mails may come there. The
// rules are saved already; what was typed stays in the form if no mail goes.
func (s *site) sendClaim(ctx context.Context, g *guest, b membership.Bound, address string, f *wording.SettingsFacts) (int, error) {
	f.Ended = f.Mail == wording.MailGone
	keep := func(m wording.Mailed, code int) (int, error) {
		f.Mail, f.Values = m, maps.Clone(f.Values)
		f.Values[wording.FieldNameEmail] = []string{address}
		return code, nil
	}
	if !s.Mails {
		return keep(wording.MailFail, http.StatusServiceUnavailable)
	}
	_, _, err := s.Membership.ClaimMail(ctx, g.LineUser, b.Account.AccountKey, address)
	switch {
	case errors.Is(err, membership.ErrAsked): // pressed twice
	case errors.Is(err, membership.ErrMany):
		return keep(wording.MailMany, http.StatusTooManyRequests)
	case errors.Is(err, membership.ErrUnsent):
		s.Logger.WarnContext(ctx, "a confirmation mail was not queued", "err", err)
		return keep(wording.MailFail, http.StatusServiceUnavailable)
	case err != nil:
		return 0, err
	}
	f.Mail = wording.MailSent
	return http.StatusOK, nil
}
