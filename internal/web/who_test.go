package web_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/testkit/breadth"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// of is what is expected of a visitor in their own.
func (d done) of(v *visitor) (status int, acts bool) {
	i := 0
	if v.role == watch.Guardian {
		i = 1
	}
	if v.hidden {
		i = 2
	}
	if watch.ByMail(v.user) {
		i = 3
	}
	return d[i].status, d[i].acts
}

// expects is what a POST of a button does in one's own.
func (r row) expects(v *visitor, do string) (status int, acts bool) {
	d, known := r.does[do]
	switch {
	case r.hidden && v.role == watch.Guardian:
		return 404, false
	case r.any != nil:
		return r.any.of(v)
	case r.does == nil:
		return 405, false
	case !known:
		return 400, false
	}
	return d.of(v)
}

// seen is the status of one's own page.
func (r row) seen(v *visitor) int {
	if r.hidden && v.role == watch.Guardian {
		return 404
	}
	status, _ := r.get.of(v)
	return status
}

func TestWhoMayDoWhatWhere(t *testing.T) {
	t.Parallel()
	paths, buttons := every(t), allButtons(t)
	w := newWorld(t)
	all := w.visitors()
	before := w.everything()
	type cell struct{ path, who, do string }
	var doing []cell
	for path, methods := range paths {
		r := rows[path]
		for _, v := range all {
			if own := r.own(w, v); own != nil {
				for _, method := range []string{http.MethodGet, http.MethodHead}[:breadth.Of(1, 2)] {
					for _, do := range append([]string{"x"}, slices.Collect(maps.Keys(r.does))...) {
						if got, _ := w.visit(v, method, own.path, own.cookies, form(do)); got.status != r.seen(v) {
							t.Errorf("%s, %s %s?do=%s of their own: %d, want %d", v.name, method, path, do, got.status, r.seen(v))
						}
					}
				}
				// What is done is never read from the address.
				for do := range r.does {
					want, _ := r.expects(v, "")
					f := form("")
					f.Del("do")
					if got, _ := w.visit(v, http.MethodPost, own.path+"?"+form(do).Encode(), own.cookies, f); got.status != want {
						t.Errorf("%s, POST %s?do=%s of their own: %d, want %d", v.name, path, do, got.status, want)
					}
				}
				for i, do := range buttons {
					want, acts := r.expects(v, do)
					if acts && (r.any == nil || do == "") {
						doing = append(doing, cell{path, v.name, do})
					}
					if acts || (i+len(path))%breadth.Of(8, 1) != 0 {
						continue
					}
					if got, _ := w.visit(v, http.MethodPost, own.path, own.cookies, form(do)); got.status != want {
						t.Errorf("%s, POST %s do=%q in their own: %d, want %d", v.name, path, do, got.status, want)
					}
				}
			}
			for _, o := range r.others(w, v) {
				for _, method := range methods {
					for _, do := range append([]string{"x"}, slices.Collect(maps.Keys(r.does))...) {
						got, took := w.visit(v, method, o.path, o.cookies, form(do))
						none, reads := w.visit(v, method, o.none.path, o.none.cookies, form(do))
						want := o.status
						// Where nothing is named, what no button says is refused first.
						if _, known := r.does[do]; method == http.MethodPost && !known && slices.Contains([]string{"/enter", "/confirm", "/join", "/key"}, path) {
							want = 400
						}
						if got.status != want || none.status != want || got.body != none.body || took != reads && !o.worked {
							t.Errorf("%s, %s %s, %s, do=%q: %d (%d for none), want %d; the same words: %v; reads %q and %q for none", v.name, method, path, o.name, do,
								got.status, none.status, want, got.body == none.body, took, reads)
						}
					}
				}
			}
		}
	}
	if diff := cmp.Diff(before, w.everything()); diff != "" {
		t.Fatalf("something changed:\n%s", diff)
	}
	if len(w.mails.sent) > 0 {
		t.Error("a mail was sent")
	}
	// From another site nothing is done that is done from here, except where
	// a mail provider posts for its reader.
	walked := map[string]bool{}
	for _, c := range doing {
		v := all[slices.IndexFunc(all, func(v *visitor) bool { return v.name == c.who })]
		walked[c.path] = true
		if c.path == "/stop/{token}" {
			continue
		}
		own := rows[c.path].own(w, v)
		for _, from := range [][]string{
			{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"},
			{"Sec-Fetch-Site", "same-site", "Origin", "https://evil.kozamori.example"},
			{"Sec-Fetch-Site", "cross-site", "Origin", "null"},
			{"Sec-Fetch-Site", "cross-site"},
			{"Origin", "https://evil.example"},
		} {
			if got, reads := w.visit(v, http.MethodPost, own.path, own.cookies, form(c.do), from...); got.status != 403 || reads != "" {
				t.Errorf("%s, POST %s do=%q from another site (%v): %d, and the store is asked %q", c.who, c.path, c.do, from, got.status, reads)
			}
		}
	}
	if diff := cmp.Diff(before, w.everything()); diff != "" {
		t.Fatalf("another site changed something:\n%s", diff)
	}
	for path, methods := range paths {
		if slices.Contains(methods, http.MethodPost) && !walked[path] {
			t.Errorf("nothing is done at %s: its guard is not tried", path)
		}
	}
	// And what is theirs works, each as if nothing had been done before.
	was := worldtest.Bytes(t, w.file)
	for _, c := range doing {
		v := all[slices.IndexFunc(all, func(v *visitor) bool { return v.name == c.who })]
		own := rows[c.path].own(w, v)
		f := form(c.do)
		if strings.HasSuffix(c.path, "/settings") {
			p, _ := w.visit(v, http.MethodGet, own.path, own.cookies, form("x"))
			f.Set("was", p.form(t).Get("was"))
		}
		f.Set("record", v.record)
		if c.do == wording.DoNotMine && strings.HasSuffix(c.path, "/services") {
			f.Set(wording.FieldParts, v.record) // it asked before which are meant
			f.Set(wording.FieldPart, v.record)
		}
		f.Set("invitation", v.invitation)
		f.Set(wording.FieldCode, v.paper)
		f.Set(wording.StepField, v.step)
		if c.do == wording.DoHide {
			f.Set("watcher", "g2") // who may see them
		}
		want, _ := rows[c.path].expects(v, c.do)
		got, _ := w.visit(v, http.MethodPost, own.path, own.cookies, f)
		changed := !maps.Equal(before, w.everything())
		// There are these guardians in their account only.
		ofGuardian := slices.Contains([]string{wording.DoDismiss, wording.DoHide, wording.DoShow}, c.do)
		if must := !ofGuardian || v.account == account; got.status != want || changed != must {
			t.Errorf("%s, POST %s do=%q in their own: %d, want %d; something changed: %v", c.who, c.path, c.do, got.status, want, changed)
		}
		w.Restore(was)
	}
}

// What a form names is whose as well as what an address names.
func TestAFormNamesNothingOfAnotherAccount(t *testing.T) {
	w := newWorld(t)
	all := w.visitors()
	before := w.everything()
	var invitations []string
	for _, v := range all {
		if v.invitation != "" {
			invitations = append(invitations, v.invitation)
		}
	}
	for _, v := range all {
		if !v.inside || !v.watches {
			continue
		}
		for _, c := range []struct {
			page, field string
			status      int // to an owner
			dos, ids    []string
		}{
			{"/services", "record", 400, []string{wording.DoMine, wording.DoNotMine}, []string{"r1", "o1", "e1"}},
			// Pressed twice reads as pressed once.
			{"/family", "watcher", 200, []string{wording.DoDismiss, wording.DoHide, wording.DoShow}, []string{"g1", "w1", "w9", "w5"}},
			{"/family", "invitation", 200, []string{wording.DoWithdraw}, invitations},
		} {
			own := rows["/home/{account}"+c.page].own(w, v)
			for _, do := range c.dos {
				for _, id := range c.ids {
					if a, err := w.store.Account(t.Context(), v.account); err != nil {
						t.Fatal(err)
					} else if _, theirs := a.Watcher(id); theirs || id == v.record || id == v.invitation {
						continue
					}
					f, none := form(do), form(do)
					f.Set(c.field, id)
					none.Set(c.field, "none")
					got, took := w.visit(v, http.MethodPost, own.path, own.cookies, f)
					like, reads := w.visit(v, http.MethodPost, own.path, own.cookies, none)
					if v.role == watch.Owner && got.status != c.status || got.status != like.status || got.body != like.body || took != reads {
						t.Errorf("%s, POST %s do=%s %s=%s: %d (%d for none); the same words: %v; reads %q and %q for none", v.name, c.page, do, c.field, id,
							got.status, like.status, got.body == like.body, took, reads)
					}
				}
			}
		}
	}
	// Nor does an owner dismiss themselves.
	owner := all[1]
	own, f := rows["/home/{account}/family"].own(w, owner), form(wording.DoDismiss)
	f.Set("watcher", owner.id)
	if got, _ := w.visit(owner, http.MethodPost, own.path, own.cookies, f); got.status != 404 {
		t.Errorf("an owner dismisses themselves: %d", got.status)
	}
	if diff := cmp.Diff(before, w.everything()); diff != "" {
		t.Errorf("something changed:\n%s", diff)
	}
}

// Whatever else a route is asked, and whatever breaks, is answered with the
// same headers, and changes nothing.
func TestEveryRouteRefusesOtherMethodsAndKeepsItsHeaders(t *testing.T) {
	paths := every(t)
	w := newWorld(t)
	all := w.visitors()
	owner, stranger := all[1], all[len(all)-1]
	before := w.everything()
	for path, methods := range paths {
		own := rows[path].own(w, owner)
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions, "FROB"} {
			if slices.Contains(methods, method) {
				continue
			}
			got, reads := w.visit(owner, method, own.path, own.cookies, form("x"))
			if got.status != 405 || reads != "" || got.header.Get("Allow") != strings.Join(append(slices.Clone(methods), http.MethodHead), ", ") {
				t.Errorf("%s %s: %d, Allow %q, reads %q", method, path, got.status, got.header.Get("Allow"), reads)
			}
		}
		if slices.Contains(methods, http.MethodPost) && rows[path].any == nil {
			f := form("x")
			f.Set("much", strings.Repeat("x", 100<<10))
			if got, _ := w.visit(owner, http.MethodPost, own.path, own.cookies, f); got.status != 400 {
				t.Errorf("POST %s with a form that is too large: %d", path, got.status)
			}
		}
	}
	for _, path := range []string{"/", "/nothing", "/a", "/a/", "/alert/x/y", "/home/", "/home/x", "/home/x/nothing", "//home", "/home/../enter", "/style.css", "/favicon.ico"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if got, _ := w.visit(stranger, method, path, "", form("x")); got.status != 404 && got.status/100 != 3 {
				t.Errorf("%s %s: %d", method, path, got.status)
			}
		}
	}
	w.table.Fail(true)
	for path, methods := range paths {
		own := rows[path].own(w, owner)
		for _, method := range methods {
			do := append(slices.Collect(maps.Keys(rows[path].does)), "x")[0]
			got, _ := w.visit(owner, method, own.path, own.cookies, form(do))
			if carries := strings.HasSuffix(path, "/{secret}"); got.status != 503 && !carries {
				t.Errorf("%s %s while the store is down: %d", method, path, got.status)
			}
		}
	}
	if diff := cmp.Diff(before, w.everything()); diff != "" {
		t.Errorf("something changed:\n%s", diff)
	}
}
