package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/store"
	"kozamori/internal/token"
	"kozamori/internal/wording"
)

// Pages of people who have no chat: where they begin, with the mail of a bank or an
// owner, and where they ask for a link to their settings.
const (
	joinPath = "/join"
	keyPath  = "/key"
	maxCode  = 100 // characters of a code as it is typed
)

// join asks the reader of an enrolment's mail for the code on paper, and lets them
// begin, or cancel it. Before the code is right it shows nothing of an account.
func (s *site) join(w http.ResponseWriter, r *http.Request) {
	secret, do := carried(r), ""
	if r.Method == http.MethodPost {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		var ok bool
		if do, ok = s.button(w, r); !ok || !s.offered(w, r, do == wording.DoJoin || do == wording.DoDecline) {
			return
		}
	}
	o, err := s.Membership.Offered(r.Context(), secret)
	speak(w, o.Lang)
	switch do {
	case "":
		if s.mayJoin(w, r, err) {
			s.page(w, http.StatusOK, wording.JoinPage(s.enrolFacts(r, o)))
		}
		return
	case wording.DoDecline:
		if s.mayJoin(w, r, s.Membership.Decline(r.Context(), secret)) {
			s.page(w, http.StatusOK, wording.DeclinedPage(spoken(w, r)))
		}
		return
	}
	typed := strings.TrimSpace(r.PostForm.Get(wording.FieldCode))
	if slip, is := membership.SlippedPaper(typed); err == nil && is && !o.Family { // what cannot be the code is no wrong try
		f := s.enrolFacts(r, o)
		f.Code, f.Slip = firstOf(typed, maxCode), wording.CodeSlip(f.Lang, slip.Missing, slip.Letters)
		s.page(w, http.StatusUnprocessableEntity, wording.JoinPage(f))
		return
	}
	bound, o, err := s.Membership.Join(r.Context(), secret, typed)
	if errors.Is(err, membership.ErrCode) {
		f := s.enrolFacts(r, o)
		f.Wrong, f.Left, f.Code = true, o.Left, typed
		s.page(w, http.StatusUnprocessableEntity, wording.JoinPage(f))
		return
	}
	if s.mayJoin(w, r, err) {
		s.begun(w, r, bound)
	}
}

// mayJoin answers a reader who cannot begin.
func (s *site) mayJoin(w http.ResponseWriter, r *http.Request, err error) bool {
	switch lang := spoken(w, r); {
	case errors.Is(err, membership.ErrNotFound), errors.Is(err, membership.ErrExpired), errors.Is(err, membership.ErrEnrolled):
		s.page(w, http.StatusForbidden, wording.JoinGonePage(lang))
	case errors.Is(err, membership.ErrFull), errors.Is(err, membership.ErrOwnerless):
		s.page(w, http.StatusConflict, wording.JoinFullPage(lang, errors.Is(err, membership.ErrOwnerless)))
	case err != nil:
		s.broken(w, r, err)
	default:
		return true
	}
	return false
}

func (s *site) consent() wording.ConsentFacts {
	return wording.ConsentFacts{Policy: s.Policy, KeepDays: days(s.Store.KeepDispute), RecordDays: days(store.KeepRecord)}
}

func (s *site) enrolFacts(r *http.Request, o membership.Offer) wording.EnrolFacts {
	f := wording.EnrolFacts{Lang: o.Lang, Role: o.Role, Family: o.Family, Expires: o.Expires, Now: s.Now(), Consent: s.consent()}
	if f.Lang == "" {
		f.Lang = langOf(r)
	}
	f.BankName, _ = s.Names.Bank(r.Context(), o.Bank, f.Lang)
	return f
}

// begun says what is watched from now on. A visitor who has just shown that both the
// mailbox and the paper are theirs may go on to the settings; the same again, later, may
// not: the mail may have been passed on.
func (s *site) begun(w http.ResponseWriter, r *http.Request, bound []membership.Bound) {
	b := bound[0]
	lang := b.Watcher.Lang
	var accounts []wording.ChatAccount
	for _, x := range bound {
		bank, _ := s.Names.Bank(r.Context(), x.Account.Bank, lang)
		accounts = append(accounts, wording.ChatAccount{BankName: bank, Mask: x.Account.Mask})
	}
	settings := ""
	if !b.Already {
		secret, err := s.Sessions.Door(r.Context(), b.Watcher.LineUser, lang)
		if err != nil {
			s.Logger.WarnContext(r.Context(), "a person who began gets no link to the settings", "err", err)
		} else {
			settings = "/s/" + secret
		}
	}
	s.page(w, http.StatusOK, wording.JoinedPage(lang, accounts, settings))
}

// keyLinkLife is how long the page of an alert leads to where a link to the
// settings is asked for.
const keyLinkLife = 24 * time.Hour

// keyLink is where who has no chat asks for a link to their settings.
func (s *site) keyLink(person, watcher string) string {
	return "/key/" + s.Keys.Sign(token.PurposeKey, token.AnswerSubject(person, watcher), s.Now().Add(keyLinkLife))
}

// key has a link to the settings mailed to the address on record, no matter who asks.
func (s *site) key(w http.ResponseWriter, r *http.Request) {
	post := r.Method == http.MethodPost
	if post {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if do, ok := s.button(w, r); !ok || !s.offered(w, r, do == wording.DoKey) {
			return
		}
	}
	subject, err := s.Keys.Verify(token.PurposeKey, carried(r), s.Now())
	person, watcher, ok := token.ParseAnswerSubject(subject)
	if err != nil || !ok {
		person, watcher = "none", "none" // looked for as well, so that it takes the same time
	}
	b, err := s.Membership.ByMail(r.Context(), person, watcher)
	speak(w, b.Watcher.Lang)
	if _, mails := b.Watcher.Mail(); err == nil && !mails {
		err = membership.ErrNotFound // they stopped the mails
	}
	if err == nil && post {
		_, err = s.Membership.AskKey(r.Context(), person, watcher)
	}
	switch lang := spoken(w, r); {
	case errors.Is(err, membership.ErrNotFound):
		s.page(w, http.StatusForbidden, wording.KeyGonePage(lang))
	case errors.Is(err, membership.ErrMany):
		s.page(w, http.StatusTooManyRequests, wording.KeySentPage(lang, true))
	case err != nil:
		s.broken(w, r, err)
	case post:
		s.page(w, http.StatusOK, wording.KeySentPage(lang, false))
	default:
		s.page(w, http.StatusOK, wording.KeyPage(lang))
	}
}

// firstOf is a text's first n characters.
func firstOf(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
