package desk

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"kozamori/internal/audit"
	"kozamori/internal/clerk"
	"kozamori/internal/markup"
	"kozamori/internal/problem"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// LogSignInRefused is logged when a sign-in came to nothing, with the reason.
const LogSignInRefused = "a clerk's sign-in was refused"

// The cookies, each with the bank's code at its end: of a session, and of a sign-in
// under way. Their names keep them to the very host, encrypted, for all paths.
const (
	sessionCookie = "kozamori-desk-"
	signInCookie  = "kozamori-sign-in-"
	hostPrefix    = "__Host-"
)

// cookie reads a cookie of ours; empty if it is not there, or there twice: a page of
// another host of the same domain cannot put one next to it.
func (s *site) cookie(r *http.Request, name string) string {
	if found := r.CookiesNamed(s.cookieName(name)); len(found) == 1 {
		return found[0].Value
	}
	return ""
}

func (s *site) cookieName(name string) string {
	if s.secure {
		return hostPrefix + name
	}
	return name
}

// set sets a cookie for so many seconds, or ends it. Lax, and not Strict: a browser
// does not send a Strict one when the provider leads back to us.
func (s *site) set(w http.ResponseWriter, name, value string, seconds int) {
	http.SetCookie(w, &http.Cookie{Name: s.cookieName(name), Value: value, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode})
}

// maxPage is how long the address is, in bytes, to which a sign-in leads on.
const maxPage = 200

// onward is the address of a bank's page to which a sign-in leads on: one of this
// desk's, and else its first. What another site made of an address leads nowhere else.
func onward(bank, page string) string {
	first := Root + "/" + bank
	u, err := url.Parse(page)
	if err != nil || len(page) > maxPage || u.Scheme != "" || u.Host != "" || u.Fragment != "" || !markup.Opens(page) || strings.Contains(u.Path, "..") ||
		u.Path != first && !strings.HasPrefix(u.Path, first+"/") || u.Path == first+"/sign-in" || u.Path == Callback(bank) {
		return first
	}
	return page
}

// door is the page of who is not signed in.
func (s *site) door(w http.ResponseWriter, r *http.Request, b *store.Bank) {
	lang := watch.Liked(r.Header.Get("Accept-Language"))
	if b == nil || b.SignIn == nil { // whether there is such a bank is not said
		s.sorry(w, r, http.StatusNotFound, tUnknown, tNoDoorText)
		return
	}
	to := Root + "/" + b.Code + "/sign-in"
	if r.Method == http.MethodGet && r.URL.Path != Root+"/"+b.Code {
		to += "?" + url.Values{"to": {onward(b.Code, r.URL.RequestURI())}}.Encode()
	}
	says := tDoorText
	if r.Method == http.MethodPost {
		says = tDoorLostText
	}
	name := b.Name
	if lang == watch.English && b.NameEn != "" {
		name = b.NameEn
	}
	s.write(w, http.StatusUnauthorized, bare(lang, tDesk.in(lang), section(heading(tDoor.in(lang, name)), para(says.in(lang)),
		h.A(h.Class("button primary"), markup.Href(to), g.Text(tSignIn.in(lang))))))
}

// signIn leads to the bank's identity provider. It changes nothing on our side.
func (s *site) signIn(w http.ResponseWriter, r *http.Request) {
	bank := r.PathValue("bank")
	address, carried, err := s.Clerks.Begin(r.Context(), bank, onward(bank, r.URL.Query().Get("to")))
	if err != nil {
		s.failed(w, r, err)
		return
	}
	s.set(w, signInCookie+bank, carried, int(clerk.BeginLife.Seconds()))
	http.Redirect(w, r, address, http.StatusSeeOther)
}

// callback takes what the provider says, once.
func (s *site) callback(w http.ResponseWriter, r *http.Request) {
	bank := r.PathValue("bank")
	carried := s.cookie(r, signInCookie+bank)
	s.set(w, signInCookie+bank, "", -1)
	secret, who, page, err := s.Clerks.Finish(r.Context(), bank, carried, r.URL.Query())
	if err != nil {
		s.failed(w, r, err)
		return
	}
	if err := s.entered(r, who); err != nil {
		s.failed(w, r, errors.Join(err, s.Clerks.Leave(r.Context(), who)))
		return
	}
	s.set(w, sessionCookie+bank, secret, int(clerk.Life.Seconds()))
	http.Redirect(w, r, onward(bank, page), http.StatusSeeOther)
}

// failed says why a clerk is not signed in.
func (s *site) failed(w http.ResponseWriter, r *http.Request, err error) {
	reason := ""
	if e, ok := errors.AsType[*clerk.RefusedError](err); ok {
		reason = e.Reason
	}
	switch {
	case errors.Is(err, clerk.ErrNoProvider):
		s.sorry(w, r, http.StatusNotFound, tUnknown, tNoDoorText)
	case errors.Is(err, clerk.ErrRefused):
		s.Logger.WarnContext(r.Context(), LogSignInRefused, "bank", r.PathValue("bank"), "reason", reason)
		s.sorry(w, r, http.StatusForbidden, tNotIn, tNotInText)
	case errors.Is(err, clerk.ErrNoRole):
		s.Logger.WarnContext(r.Context(), LogSignInRefused, "bank", r.PathValue("bank"), "reason", "no role")
		s.sorry(w, r, http.StatusForbidden, tNotIn, tNoRoleText)
	case errors.Is(err, clerk.ErrUnavailable):
		s.Logger.WarnContext(r.Context(), "the identity provider of a bank cannot be asked", "bank", r.PathValue("bank"))
		s.sorry(w, r, http.StatusBadGateway, tNotIn, tNoProviderText)
	default:
		s.broken(w, r, err)
	}
}

// signOut ends the session.
func (v *visit) signOut() (reply, error) {
	if err := v.begin(); err != nil {
		return reply{}, err
	}
	if err := v.Clerks.Leave(v.r.Context(), v.clerk); err != nil {
		return reply{}, err
	}
	v.set(v.w, sessionCookie+v.bank.Code, "", -1)
	return reply{to: v.at("")}, nil
}

// entered keeps in the bank's audit list that a clerk signed in.
func (s *site) entered(r *http.Request, who clerk.Clerk) error {
	a := audit.Act{ID: problem.NewID(), Bank: who.Bank, At: s.Now().UTC(), Actor: audit.Actor{Kind: audit.Clerk, ID: who.ID}, What: "clerk.enter"}
	a.Ended(http.StatusOK)
	return audit.Keep(r.Context(), s.Store, &a)
}
