package desk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	g "maragu.dev/gomponents"

	"kozamori/internal/audit"
	"kozamori/internal/clerk"
	"kozamori/internal/dispute"
	"kozamori/internal/inquiry"
	"kozamori/internal/problem"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// maxForm is the most bytes of a form: a note of dispute.MaxNote characters, each of
// them up to 12 bytes as a form has it, and the rest.
const maxForm = 32 << 10

// visit is one request of a clerk who is signed in.
type visit struct {
	*site
	w     http.ResponseWriter
	r     *http.Request
	bank  *store.Bank
	clerk clerk.Clerk
	lang  watch.Lang
	act   audit.Act
	kept  bool // as begun
}

// reply is what comes of a visit: a page of the desk, or an address to go on to.
type reply struct {
	status int    // 200 if it is 0
	to     string // an address of ours; with it nothing else counts
	title  string
	body   g.Node
	file   string // the name of what is not a page but a file of kind, raw
	kind   string
	raw    []byte
}

// visited lets a clerk who is signed in, and may, do what a route does, and sees to it
// that it stands in the audit list of the bank.
func (s *site) visited(w http.ResponseWriter, r *http.Request, to route) {
	bank := r.PathValue("bank")
	who, b, err := s.Clerks.Who(r.Context(), bank, s.cookie(r, sessionCookie+bank))
	switch {
	case errors.Is(err, clerk.ErrNone):
		s.door(w, r, b)
		return
	case err != nil:
		s.broken(w, r, err)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	v := &visit{site: s, w: w, r: r, bank: b, clerk: who, lang: watch.Liked(r.Header.Get("Accept-Language")),
		act: audit.Act{ID: problem.NewID(), Bank: bank, At: s.Now().UTC(), Actor: audit.Actor{Kind: audit.Clerk, ID: who.ID}, What: to.act}}
	if to.object != "" {
		v.act.Objects = []string{audit.Object(to.object, r.PathValue("id"))}
	}
	defer func() {
		if p := recover(); p != nil {
			_ = v.end(http.StatusInternalServerError)
			panic(p)
		}
	}()
	rep, err := v.run(to)
	if err != nil {
		s.broken(w, r, err)
		return
	}
	v.write(rep)
}

// run does what a route does, and keeps what came of it. An act that cannot be kept is
// not done, and what was read is not shown.
func (v *visit) run(to route) (reply, error) {
	var rep reply
	var err error
	if !v.clerk.Role.May(to.need) {
		rep = v.sorry(http.StatusForbidden, tNotYours, tNotYoursText)
	} else if rep, err = to.serve(v); err != nil {
		rep, err = v.fault(err)
	}
	came := max(rep.status, http.StatusOK)
	if err != nil {
		came = http.StatusServiceUnavailable
	}
	switch unkept := v.end(came); {
	case unkept == nil:
	case v.kept: // it was done, and stands in the list as begun
		v.Logger.ErrorContext(v.r.Context(), "desk: the result of an act cannot be kept", "route", v.r.Pattern, "request", v.act.ID, "err", unkept)
	case err == nil:
		return reply{}, fmt.Errorf("desk: an act cannot be kept: %w", unkept)
	}
	return rep, err
}

// fault is the page of an error that a clerk can do something about. Others are ours.
func (v *visit) fault(err error) (reply, error) {
	_, big := errors.AsType[*http.MaxBytesError](err)
	switch {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, dispute.ErrNotFound), errors.Is(err, inquiry.ErrNotFound):
		return v.sorry(http.StatusNotFound, tUnknown, tUnknownText), nil
	case errors.Is(err, store.ErrCursor), errors.Is(err, errForm), big:
		return v.sorry(http.StatusBadRequest, tNotTaken, tNotTakenText), nil
	}
	return reply{}, err
}

// begin keeps that something is about to be done. What changes anything is begun before
// it does: if we die meanwhile, the list says so.
func (v *visit) begin() error {
	if err := audit.Keep(v.r.Context(), v.Store, &v.act); err != nil {
		return err
	}
	v.kept = true
	return nil
}

// end keeps what came of it, though the browser may have gone.
func (v *visit) end(status int) error {
	v.act.Ended(status)
	return audit.Keep(context.WithoutCancel(v.r.Context()), v.Store, &v.act)
}

// errForm says that a form is none of ours.
var errForm = errors.New("desk: no form of ours")

// form reads what was posted: each field once, and none but these.
func (v *visit) form(fields ...string) (url.Values, error) {
	if err := v.r.ParseForm(); err != nil {
		if _, big := errors.AsType[*http.MaxBytesError](err); big {
			return nil, err
		}
		return nil, errForm
	}
	out := url.Values{}
	for _, f := range fields {
		if len(v.r.PostForm[f]) > 1 {
			return nil, errForm
		}
		out.Set(f, v.r.PostForm.Get(f))
	}
	return out, nil
}

// version is the version that a form was made of.
func version(q url.Values) (int64, error) {
	n, err := strconv.ParseInt(q.Get("version"), 10, 64)
	if err != nil || n < 1 {
		return 0, errForm
	}
	return n, nil
}

// at is an address of the bank's pages.
func (v *visit) at(path string) string { return Root + "/" + v.bank.Code + path }

func (v *visit) say(t text, args ...any) string { return t.in(v.lang, args...) }

// sorry is a page of the desk that says why there is no other.
func (v *visit) sorry(code int, title, says text) reply {
	return reply{status: code, title: v.say(title), body: section(heading(v.say(title)), para(v.say(says)))}
}

func (v *visit) write(rep reply) {
	switch {
	case rep.to != "":
		http.Redirect(v.w, v.r, rep.to, http.StatusSeeOther)
	case rep.file != "":
		h := v.w.Header()
		h.Set("Content-Type", rep.kind)
		h.Set("Content-Disposition", `attachment; filename="`+rep.file+`"`)
		_, _ = v.w.Write(rep.raw) // a browser that is gone asks again
	default:
		v.site.write(v.w, max(rep.status, http.StatusOK), v.page(rep.title, rep.body))
	}
}
