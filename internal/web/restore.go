package web

import (
	"errors"
	"net/http"

	"kozamori/internal/membership"
	"kozamori/internal/settings"
	"kozamori/internal/store"
	"kozamori/internal/token"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

const restorePath = "/restore"

// restore asks whether to set a step of the trail back, and does. The link
// opens nothing else. It stands in mails and in the chat, so the trail does not
// say from where the step was set back.
func (s *site) restore(w http.ResponseWriter, r *http.Request) {
	subject, err := s.Keys.Verify(token.PurposeRestore, carried(r), s.Now())
	id, watcher, ok := token.ParseAnswerSubject(subject)
	if err != nil || !ok {
		s.page(w, http.StatusForbidden, wording.RestoreGonePage(spoken(w, r)))
		return
	}
	if step, err := s.ofControl(r.Context(), id); err != nil {
		s.broken(w, r, err)
		return
	} else if step != nil {
		s.restoreControl(w, r, step, watcher)
		return
	}
	f, ok := s.lowered(w, r, id, watcher)
	if !ok {
		return
	}
	lang := f.Line.Reader.Lang
	speak(w, lang)
	if r.Method != http.MethodPost {
		s.page(w, http.StatusOK, wording.RestorePage(f))
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	// Another link may have been opened since the page was shown.
	if do, ok := s.button(w, r); !ok || !s.offered(w, r, do == wording.DoRestore && r.PostForm.Get(wording.StepField) == id) {
		return
	}
	back, err := s.Membership.Restore(r.Context(), f.Line.Step.Account, id, settings.Who{Watcher: watcher, At: s.Now()})
	switch {
	case errors.Is(err, settings.ErrOver):
		s.page(w, http.StatusOK, wording.RestoredPage(lang, false))
	case errors.Is(err, settings.ErrNoStep):
		s.page(w, http.StatusForbidden, wording.RestoreGonePage(lang))
	case err != nil:
		s.broken(w, r, err)
	case back:
		s.page(w, http.StatusOK, wording.ReturnedPage(lang))
	default:
		s.page(w, http.StatusOK, wording.RestoredPage(lang, true))
	}
}

// lowered is what there is to say of a step to one who watches its account.
// Without ok the answer has been given.
func (s *site) lowered(w http.ResponseWriter, r *http.Request, id, watcher string) (wording.LoweredFacts, bool) {
	step, err := s.Store.Step(r.Context(), id)
	var account *watch.Account
	if err == nil {
		account, err = s.Store.Account(r.Context(), step.Account)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		s.broken(w, r, err)
		return wording.LoweredFacts{}, false
	}
	if err == nil {
		if reader, ok := account.Watcher(watcher); ok {
			restorable := step.Restorable(s.Now())
			if step.Returnable(reader, s.Now()) {
				if restorable, err = s.Membership.Kept(r.Context(), step.ID); err != nil {
					s.broken(w, r, err)
					return wording.LoweredFacts{}, false
				}
			}
			is, watches := account.Watcher(step.Of)
			undone := watches && (step.Kind == watch.StepLeft || restorable && !step.Undoes(is, s.Now()))
			bank, _ := s.Names.Bank(r.Context(), account.Bank, reader.Lang)
			return wording.LoweredFacts{Account: wording.ChatAccount{BankName: bank, Mask: account.Mask}, Restorable: restorable, Undone: undone, Now: s.Now(),
				Line: s.stepLine(step, membership.Bound{Account: account, Watcher: *reader}, reader.Lang)}, true
		}
	}
	if step != nil {
		left, lost := s.Membership.Left(r.Context(), id, watcher, "")
		if lost == nil {
			reader := &left.Watcher
			bank, _ := s.Names.Bank(r.Context(), left.Account.Bank, reader.Lang)
			return wording.LoweredFacts{Account: wording.ChatAccount{BankName: bank, Mask: left.Account.Mask}, Restorable: true, Now: s.Now(),
				Line: s.stepLine(step, left, reader.Lang)}, true
		}
		if !errors.Is(lost, store.ErrNotFound) {
			s.broken(w, r, lost)
			return wording.LoweredFacts{}, false
		}
	}
	s.page(w, http.StatusForbidden, wording.RestoreGonePage(spoken(w, r)))
	return wording.LoweredFacts{}, false
}
