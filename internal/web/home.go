package web

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"slices"
	"time"

	"kozamori/internal/dispute"
	"kozamori/internal/membership"
	"kozamori/internal/message"
	"kozamori/internal/session"
	"kozamori/internal/settings"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// homePath is where the pages of a session live; its cookie goes nowhere else.
const homePath = "/home"

// sessionCookie is the name of the cookie that holds a session's secret.
const sessionCookie = "kozamori-session"

// Sessions opens and checks sessions.
type Sessions interface {
	Look(ctx context.Context, door string) (session.Session, error)
	Enter(ctx context.Context, door string) (string, session.Session, error)
	Who(ctx context.Context, secret string) (session.Session, error)
	Leave(ctx context.Context, s session.Session) error
	Door(ctx context.Context, lineUser string, lang watch.Lang) (string, error)
}

// Membership knows who watches which account.
type Membership interface {
	Accounts(ctx context.Context, lineUser string) ([]membership.Bound, error)
	ClaimMail(ctx context.Context, lineUser string, k watch.AccountKey, address string) (secret, sendTo string, err error)
	InviteByMail(ctx context.Context, lineUser string, k watch.AccountKey, name, address string, hideAmount bool) (code string, expires time.Time, err error)
	OpenInvitations(ctx context.Context, lineUser string, k watch.AccountKey) ([]membership.OpenInvitation, error)
	Withdraw(ctx context.Context, lineUser string, k watch.AccountKey, id string) error
	Dismiss(ctx context.Context, lineUser string, k watch.AccountKey, watcher string) (watch.Watcher, error)
	ShowAmounts(ctx context.Context, lineUser string, k watch.AccountKey, watcher string, show bool) error
	Unbind(ctx context.Context, lineUser string, k watch.AccountKey, way watch.Way) (membership.Bound, error)
	Speak(ctx context.Context, lineUser string, lang watch.Lang) error
	LanguageChanged(ctx context.Context, lineUser string) error
	Kept(ctx context.Context, step string) (bool, error)
	Restore(ctx context.Context, k watch.AccountKey, step string, who settings.Who) (back bool, err error)
	Left(ctx context.Context, step, watcher, lineUser string) (membership.Bound, error)
	EraseOwn(ctx context.Context, lineUser string, k watch.AccountKey, way watch.Way) error
	MailClaimed(ctx context.Context, secret string) (membership.Bound, error)
	ConfirmMail(ctx context.Context, secret string) (membership.Bound, error)
	Offered(ctx context.Context, secret string) (membership.Offer, error)
	Join(ctx context.Context, secret, code string) ([]membership.Bound, membership.Offer, error)
	Decline(ctx context.Context, secret string) error
	ByMail(ctx context.Context, person, watcher string) (membership.Bound, error)
	AskKey(ctx context.Context, person, watcher string) (membership.Bound, error)
}

// door is the link that the chat gives: looking at it uses nothing up, its
// button makes a session of it.
func (s *site) door(w http.ResponseWriter, r *http.Request) {
	secret := carried(r)
	if r.Method != http.MethodPost {
		who, err := s.Sessions.Look(r.Context(), secret)
		speak(w, who.Lang)
		chats(w, !who.ByMail)
		if s.at(w, r, err) {
			s.page(w, http.StatusOK, s.doorPage(r, who))
		}
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if do, ok := s.button(w, r); !ok || !s.offered(w, r, do == wording.DoEnter) {
		return
	}
	cookie, who, err := s.Sessions.Enter(r.Context(), secret)
	speak(w, who.Lang)
	chats(w, !who.ByMail)
	if !s.at(w, r, err) {
		return
	}
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: cookie, Path: homePath, MaxAge: int(who.Expires.Sub(s.Now()).Seconds()),
		HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, s.firstPage(r, who.LineUser), http.StatusSeeOther)
}

// doorPage asks whether to go in. To who asked for the family of the one account
// that they have it shows who watches, too.
func (s *site) doorPage(r *http.Request, who session.Session) message.Page {
	if onward(r) != "" {
		if list, err := s.Membership.Accounts(r.Context(), who.LineUser); err == nil && len(list) == 1 {
			b := list[0]
			return wording.FamilyDoorPage(wording.FamilyFacts{View: s.view(r.Context(), &guest{Session: who, accounts: list}, b),
				Home: homePath, Watchers: b.Account.Watchers, Now: s.Now()})
		}
	}
	return wording.DoorPage(who.Lang)
}

// firstPage is the first page of a session: the start, or the family of the one account
// that a person has who asked for that.
func (s *site) firstPage(r *http.Request, person string) string {
	if onward(r) == "" {
		return homePath
	}
	list, err := s.Membership.Accounts(r.Context(), person)
	if err != nil || len(list) != 1 {
		return homePath
	}
	return homePath + "/" + s.accountHandle(person, list[0].Account.AccountKey) + "/family"
}

// at answers a visitor who has no session, or whose page cannot be made.
func (s *site) at(w http.ResponseWriter, r *http.Request, err error) bool {
	switch {
	case errors.Is(err, session.ErrNone):
		s.page(w, http.StatusForbidden, wording.DoorGonePage(spoken(w, r), noChat(w)))
	case errors.Is(err, membership.ErrNotFound), errors.Is(err, dispute.ErrNotFound):
		s.unknown(w, r)
	case err != nil:
		s.broken(w, r, err)
	default:
		return true
	}
	return false
}

// guest is who is logged in, and what they watch.
type guest struct {
	session.Session
	accounts []membership.Bound
}

// inside lets a request with a session pass.
func (s *site) inside(h func(http.ResponseWriter, *http.Request, *guest)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := session.ErrNone
		g := &guest{}
		if c, cerr := r.Cookie(sessionCookie); cerr == nil {
			g.Session, err = s.Sessions.Who(r.Context(), c.Value)
		}
		speak(w, g.Lang)
		chats(w, !g.ByMail)
		if errors.Is(err, session.ErrNone) {
			s.page(w, http.StatusForbidden, wording.SessionOverPage(spoken(w, r), noChat(w)))
			return
		}
		if err == nil {
			g.accounts, err = s.Membership.Accounts(r.Context(), g.LineUser)
		}
		if s.at(w, r, err) {
			// The setting counts, as soon as it is saved, if it is one for all.
			if len(g.accounts) > 0 && !slices.ContainsFunc(g.accounts, func(b membership.Bound) bool { return b.Watcher.Lang != g.accounts[0].Watcher.Lang }) {
				g.Lang = g.accounts[0].Watcher.Lang
			}
			speak(w, g.Lang)
			r.Body = http.MaxBytesReader(w, r.Body, s.most)
			h(w, r, g)
		}
	}
}

// maxSettings is the largest form of a session's pages, in bytes.
const maxSettings = 64 << 10

// accountHandle names an account of a person in an address; it is the same in
// each session and says nothing to anybody else.
func (s *site) accountHandle(lineUser string, k watch.AccountKey) string {
	return s.Keys.Hash("account", lineUser+"\x00"+k.Bank+"#"+k.Ref)[:22]
}

// accountPage is a page about an account that the guest watches.
type accountPage func(http.ResponseWriter, *http.Request, *guest, membership.Bound)

// ofAccount lets a request about an account that the guest watches pass.
// Somebody else's account is as unknown as none.
func (s *site) ofAccount(h accountPage) http.HandlerFunc {
	return s.inside(func(w http.ResponseWriter, r *http.Request, g *guest) {
		for _, b := range g.accounts {
			if subtle.ConstantTimeCompare([]byte(s.accountHandle(g.LineUser, b.Account.AccountKey)), []byte(r.PathValue("account"))) == 1 {
				g.Lang = b.Watcher.Lang // its setting
				speak(w, g.Lang)
				h(w, r, g, b)
				return
			}
		}
		s.unknown(w, r)
	})
}

// button reads which button of a form was pressed, never from the address.
func (s *site) button(w http.ResponseWriter, r *http.Request) (string, bool) {
	err := r.ParseForm()
	return r.PostForm.Get("do"), s.offered(w, r, err == nil)
}

// offered refuses what no form of ours sends.
func (s *site) offered(w http.ResponseWriter, r *http.Request, ok bool) bool {
	if !ok {
		s.notTaken(w, r, http.StatusBadRequest)
	}
	return ok
}

// view is an account as the guest reads of it.
func (s *site) view(ctx context.Context, g *guest, b membership.Bound) wording.AccountView {
	name, _ := s.Names.Bank(ctx, b.Account.Bank, g.Lang)
	v := wording.AccountView{Lang: g.Lang, BankName: name, Mask: b.Account.Mask, Watcher: b.Watcher, Now: s.Now(), CallAfter: s.EscalateAfter,
		Path: homePath + "/" + s.accountHandle(g.LineUser, b.Account.AccountKey)}
	for _, o := range g.accounts {
		if o.Account.AccountKey != b.Account.AccountKey && o.Account.Bank == b.Account.Bank && o.Account.Mask == b.Account.Mask {
			v.Twins = append(v.Twins, o.Watcher.Since)
		}
	}
	v.Expose(s.Catalog.Services(g.Lang))
	return v
}

// home lists the accounts, and ends the session when asked to.
func (s *site) home(w http.ResponseWriter, r *http.Request, g *guest) {
	if r.Method == http.MethodPost {
		if do, ok := s.button(w, r); !ok || !s.offered(w, r, do == wording.DoLogout) {
			return
		}
		if err := s.Sessions.Leave(r.Context(), g.Session); !s.at(w, r, err) {
			return
		}
		http.SetCookie(w, &http.Cookie{Name: sessionCookie, Path: homePath, MaxAge: -1, HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode})
		s.page(w, http.StatusOK, wording.LoggedOutPage(g.Lang, g.ByMail))
		return
	}
	var views []wording.AccountView
	for _, b := range g.accounts {
		v := s.view(r.Context(), g, b)
		if f, err := s.Store.Feed(r.Context(), b.Account.Bank); err == nil {
			v.Feed = wording.FeedFacts{BankName: v.BankName, Until: f.Until(), Silent: f.SilentSince, Debits: f.SilentOf(watch.Debit), Links: f.SilentOf(watch.LinkRegistered), Now: s.Now()}
		} else { // the page is worth more
			s.Logger.WarnContext(r.Context(), "the feed of a bank cannot be read for its customers", "bank", b.Account.Bank, "err", err)
		}
		v.Stops = s.stoppable(r.Context(), b.Account.AccountKey)
		views = append(views, v)
	}
	s.page(w, http.StatusOK, wording.HomePage(g.Lang, views, homePath, g.Expires, g.ByMail))
}
