package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"kozamori/internal/line"
	"kozamori/internal/membership"
	"kozamori/internal/qr"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// family shows who watches the account, and lets its owner dismiss guardians,
// choose whether they see amounts, and withdraw invitations.
func (s *site) family(w http.ResponseWriter, r *http.Request, g *guest, b membership.Bound) {
	f := wording.FamilyFacts{View: s.view(r.Context(), g, b), Home: homePath, Watchers: b.Account.Watchers, Now: s.Now()}
	if r.Method == http.MethodPost {
		do, ok := s.button(w, r)
		if !ok || !s.offered(w, r, do == wording.DoDismiss || do == wording.DoHide || do == wording.DoShow || do == wording.DoWithdraw) {
			return
		}
		act := s.ofGuardian
		if do == wording.DoWithdraw {
			act = s.withdraw
		}
		if !s.at(w, r, act(r, do, g, b, &f)) {
			return
		}
	}
	if b.Watcher.Role == watch.Owner {
		open, err := s.Membership.OpenInvitations(r.Context(), g.LineUser, b.Account.AccountKey)
		if !s.at(w, r, err) {
			return
		}
		for _, i := range open {
			f.Open = append(f.Open, wording.OpenInvite(i))
		}
	}
	s.page(w, http.StatusOK, wording.FamilyPage(f))
}

// ofGuardian does what a button next to a guardian asks for.
func (s *site) ofGuardian(r *http.Request, do string, g *guest, b membership.Bound, f *wording.FamilyFacts) error {
	id := r.PostForm.Get("watcher")
	if do == wording.DoDismiss {
		_, err := s.Membership.Dismiss(r.Context(), g.LineUser, b.Account.AccountKey, id)
		if _, in := b.Account.Watcher(id); !in && errors.Is(err, membership.ErrNotFound) && b.Watcher.Role == watch.Owner {
			f.News = wording.FamilyGone // they left before, or it was pressed twice
			return nil
		}
		f.News, f.Watchers = wording.FamilyDismissed, without(f.Watchers, id)
		return err
	}
	if f.News = wording.FamilyHid; do == wording.DoShow {
		f.News = wording.FamilyShown
	}
	err := s.Membership.ShowAmounts(r.Context(), g.LineUser, b.Account.AccountKey, id, do == wording.DoShow)
	w, in := b.Account.Watcher(id)
	switch {
	case in && err == nil:
		w.HideAmount = do == wording.DoHide // b is this request's own
	case !in && errors.Is(err, membership.ErrNotFound) && b.Watcher.Role == watch.Owner:
		f.News, err = wording.FamilyGone, nil // they left meanwhile
	}
	return err
}

// withdraw ends an invitation that is not taken yet.
func (s *site) withdraw(r *http.Request, _ string, g *guest, b membership.Bound, f *wording.FamilyFacts) error {
	err := s.Membership.Withdraw(r.Context(), g.LineUser, b.Account.AccountKey, r.PostForm.Get("invitation"))
	if f.News = wording.FamilyWithdrawn; errors.Is(err, membership.ErrInvite) {
		f.News, err = wording.FamilyEnded, nil
	}
	return err
}

// inviting makes an invitation of the owner's. To a guardian it is unknown.
func (s *site) inviting(w http.ResponseWriter, r *http.Request, g *guest, b membership.Bound) {
	if b.Watcher.Role != watch.Owner {
		s.unknown(w, r)
		return
	}
	f := wording.FamilyFacts{View: s.view(r.Context(), g, b), Home: homePath, Now: s.Now(), Mails: s.Mails}
	code := http.StatusOK
	if r.Method == http.MethodPost {
		do, ok := s.button(w, r)
		if !ok || !s.offered(w, r, do == wording.DoInvite) {
			return
		}
		var err error
		if code, err = s.invite(r, g, b, &f); !s.at(w, r, err) {
			return
		}
	}
	s.page(w, code, wording.InvitePage(f))
}

func without(list []watch.Watcher, id string) []watch.Watcher {
	var out []watch.Watcher
	for _, w := range list {
		if w.ID != id {
			out = append(out, w)
		}
	}
	return out
}

func (s *site) invite(r *http.Request, g *guest, b membership.Bound, f *wording.FamilyFacts) (int, error) {
	hide := r.PostForm.Get("hide") != ""
	f.Name, f.Hide = r.PostForm.Get("name"), hide
	if s.Mails {
		f.Email = norm.NFKC.String(strings.TrimSpace(r.PostForm.Get(wording.FieldNameEmail)))
	}
	code, expires, err := s.Membership.InviteByMail(r.Context(), g.LineUser, b.Account.AccountKey, f.Name, f.Email, hide)
	var fe *watch.FieldError
	switch {
	case errors.As(err, &fe):
		f.BadName, f.BadEmail = fe.Field != "email", fe.Field == "email"
		return http.StatusUnprocessableEntity, nil
	case errors.Is(err, membership.ErrFull), errors.Is(err, membership.ErrMany):
		if f.News = wording.FamilyMany; errors.Is(err, membership.ErrFull) {
			f.News = wording.FamilyFull
		}
		return http.StatusConflict, nil
	case errors.Is(err, membership.ErrUnsent):
		s.Logger.WarnContext(r.Context(), "an invitation was not queued", "err", err)
		f.News = wording.FamilyUnsent
		return http.StatusServiceUnavailable, nil
	case err != nil:
		return 0, err
	}
	f.Name = ""
	f.Invite = &wording.InviteFacts{Code: code, Expires: expires, HideAmount: hide, Mailed: f.Email != ""}
	if f.Invite.Mailed {
		return http.StatusOK, nil
	}
	if s.LineID != "" {
		f.Invite.URL = line.ChatURL(s.LineID, code)
		f.Invite.Share = line.ShareURL(wording.InviteText(g.Lang, f.Invite.URL))
		if f.Invite.QR, err = qr.SVG(f.Invite.URL); err != nil {
			return 0, err
		}
	}
	return http.StatusOK, nil
}

func days(d time.Duration) int { return int(d / (24 * time.Hour)) }

// leave says what leaving and erasing mean, and does them.
func (s *site) leave(w http.ResponseWriter, r *http.Request, g *guest, b membership.Bound) {
	f := wording.LeaveFacts{View: s.view(r.Context(), g, b), Home: homePath, KeepDays: days(s.Store.KeepDispute), RecordDays: days(store.KeepRecord), CopyDays: days(store.KeepCopies)}
	for _, x := range b.Account.Watchers {
		switch {
		case x.Role == watch.Guardian && b.Watcher.Role == watch.Owner:
			f.Guards++
		case x.Role == watch.Owner && x.ID != b.Watcher.ID:
			f.Shared = true
		}
	}
	if r.Method != http.MethodPost {
		s.page(w, http.StatusOK, wording.LeavePage(f))
		return
	}
	do, ok := s.button(w, r)
	if !ok {
		return
	}
	var err error
	erase := false
	switch do {
	case wording.DoLeave:
		_, err = s.Membership.Unbind(r.Context(), g.LineUser, b.Account.AccountKey, watch.WayPage)
	case wording.DoErase:
		if erase = r.PostForm.Get("sure") != ""; !erase {
			f.Unsure = true
			s.page(w, http.StatusUnprocessableEntity, wording.LeavePage(f))
			return
		}
		err = s.Membership.EraseOwn(r.Context(), g.LineUser, b.Account.AccountKey, watch.WayPage)
	default:
		s.notTaken(w, r, http.StatusBadRequest)
		return
	}
	if errors.Is(err, membership.ErrShared) {
		f.Shared = true
		s.page(w, http.StatusConflict, wording.LeavePage(f))
		return
	}
	if !s.at(w, r, err) {
		return
	}
	if err := s.Membership.LanguageChanged(r.Context(), g.LineUser); err != nil {
		s.Logger.WarnContext(r.Context(), "the menu in the chat stays that of somebody with an account until they come there", "err", err)
	}
	s.page(w, http.StatusOK, wording.LeftAccountPage(f, erase))
}
