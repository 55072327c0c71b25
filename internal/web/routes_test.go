package web_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/button"
	tokens "kozamori/internal/token"
	"kozamori/internal/web"
	"kozamori/internal/wording"
)

// way is how somebody comes to a page: an address, and the cookies that they
// send. none is its like for what there is not, with the same cookies' names.
type way struct {
	name, path, cookies string
	status              int // of the answer; 0 in one's own
	none                *way
	worked              bool // once: its holder knows that there is such a thing
}

// done is what a button does in one's own, for owners, guardians, guardians who
// may see no amounts, and guardians by mail alone.
type done [4]struct {
	status int
	acts   bool
}

func acts(status int) done { d := answers(status); d.set(true); return d }
func answers(status int) done {
	return done{{status: status}, {status: status}, {status: status}, {status: status}}
}
func (d *done) set(acts bool) {
	for i := range d {
		d[i].acts = acts
	}
}

// mailsOnly is of what is for those who are reached by mail alone.
func mailsOnly(status int, acts bool) done {
	d := answers(403)
	d[3].status, d[3].acts = status, acts
	return d
}
func ownersAct(status, guardian int) done {
	d := acts(status)
	for i := range d[1:] {
		d[i+1].status, d[i+1].acts = guardian, false
	}
	return d
}

// row is what the table says of one path.
type row struct {
	// own is how a visitor comes to what is theirs; nil if there is nothing
	// of theirs here. others are the ways to what is not.
	own    func(*world, *visitor) *way
	others func(*world, *visitor) []way
	get    done
	does   map[string]done // by button
	any    *done           // what a POST does whatever it says
	hidden bool            // guardians have no such page
}

var rows = map[string]row{
	"/a/{token}": {own: ownToken("/a/", tokens.PurposeAnswer), others: otherTokens("/a/", tokens.PurposeAnswer), get: answers(303)},
	"/alert/{handle}": {own: ownHandle("/alert/", tokens.PurposeAnswer), others: otherHandles("/alert/", tokens.PurposeAnswer), get: answers(200),
		does: map[string]done{wording.DoNotMine: acts(303), wording.DoMine: acts(303), wording.DoOther: acts(303), wording.DoUndo: answers(303), wording.DoTrust: ownersAct(303, 409), wording.DoControl: ownersAct(303, 409)}},
	"/stop/{token}": {own: ownToken("/stop/", tokens.PurposeStop), others: otherTokens("/stop/", tokens.PurposeStop), get: answers(303), any: new(acts(200))},
	"/mails/{handle}": {own: ownHandle("/mails/", tokens.PurposeStop), others: otherHandles("/mails/", tokens.PurposeStop), get: answers(200),
		does: map[string]done{wording.DoStop: acts(303)}},
	"/s/{secret}":    {own: carried("/s/", doorOf), others: strange("/s/", "", 303), get: answers(303)},
	"/mail/{secret}": {own: carried("/mail/", claimOf), others: strange("/mail/", "", 303), get: answers(303)},
	"/enter": {own: carrying("/enter", doorOf), others: strange("/enter", "kozamori=", 403), get: answers(200),
		does: map[string]done{wording.DoEnter: acts(303)}},
	"/confirm": {own: carrying("/confirm", claimOf), others: strange("/confirm", "kozamori=", 403), get: answers(200),
		does: map[string]done{wording.DoConfirm: acts(200)}},
	"/r/{secret}": {own: ofStep("/r/", ""), others: strange("/r/", "", 303), get: answers(303)},
	"/restore": {own: ofStep("/restore", "kozamori="), others: strange("/restore", "kozamori=", 403), get: answers(200),
		does: map[string]done{wording.DoRestore: acts(200)}},
	"/join/{secret}": {own: carried("/join/", enrolmentOf), others: strange("/join/", "", 303), get: answers(303)},
	"/join": {own: carrying("/join", enrolmentOf), others: strange("/join", "kozamori=", 403), get: answers(200),
		does: map[string]done{wording.DoJoin: acts(200), wording.DoDecline: acts(200)}},
	"/key/{secret}": {own: ofKey("/key/", ""), others: strange("/key/", "", 303), get: answers(303)},
	"/key": {own: ofKey("/key", "kozamori="), others: strange("/key", "kozamori=", 403), get: mailsOnly(200, false),
		does: map[string]done{wording.DoKey: mailsOnly(200, true)}},
	"/home":      {own: home("/home"), others: strange("/home", "kozamori-session=", 403), get: answers(200), does: map[string]done{wording.DoLogout: acts(200)}},
	"/home/help": {own: home("/home/help"), others: strange("/home/help", "kozamori-session=", 403), get: answers(200)},
	"/home/{account}/settings": room("/settings", map[string]done{wording.DoSave: acts(200),
		wording.DoCheck: {{200, false}, {200, false}, {400, false}, {200, false}}}),
	"/home/{account}/history":     room("/history", nil),
	"/home/{account}/history.csv": room("/history.csv", nil),
	"/home/{account}/trail":       room("/trail", nil),
	"/home/{account}/controls":    room("/controls", map[string]done{wording.DoControl: ownersAct(303, 409), wording.DoControlBack: answers(404)}),
	"/home/{account}/services":    room("/services", map[string]done{wording.DoMine: acts(303), wording.DoNotMine: acts(303)}),
	"/home/{account}/family": room("/family", map[string]done{wording.DoDismiss: ownersAct(200, 404), wording.DoHide: ownersAct(200, 404), wording.DoShow: ownersAct(200, 404),
		wording.DoWithdraw: ownersAct(200, 404)}),
	"/home/{account}/family/invite": func() row {
		r := room("/family/invite", map[string]done{wording.DoInvite: ownersAct(200, 404)})
		r.hidden = true
		return r
	}(),
	"/home/{account}/leave": room("/leave", map[string]done{wording.DoLeave: acts(200), wording.DoErase: ownersAct(200, 404)}),
}

// room is the row of a page of an account. Another's account is named as its
// own watcher names it, and as the visitor would if it were theirs.
func room(page string, does map[string]done) row {
	at := func(v *visitor, handle string) way {
		w := way{path: "/home/" + handle + page, status: 404}
		if v.session != "" {
			w.cookies = "kozamori-session=" + v.session
		}
		if !v.inside {
			w.status = 403
		}
		return w
	}
	return row{get: answers(200), does: does,
		own: func(w *world, v *visitor) *way {
			if !v.inside || !v.watches {
				return nil
			}
			return new(at(v, w.room(v.user, v.account)))
		},
		others: func(w *world, v *visitor) []way {
			var out []way
			none := [2]way{at(v, w.room("U77", noAccount)), at(v, w.room(v.user, noAccount))}
			for _, h := range holdings {
				if h.account == v.account && v.watches && v.inside {
					continue
				}
				for i, user := range []string{h.user, v.user} {
					o := at(v, w.room(user, h.account))
					o.name, o.none = fmt.Sprintf("the room of %s#%s for %q", h.account.Bank, h.account.Ref, user), &none[i]
					out = append(out, o)
				}
			}
			return out
		}}
}

func ownToken(path, purpose string) func(*world, *visitor) *way {
	return func(w *world, v *visitor) *way {
		if !v.watches {
			return nil
		}
		return &way{path: path + w.sign(purpose, v.record, v.id)}
	}
}

// mixed are tokens of ours that name a record and a watcher, one of which is not
// the visitor's, or who do not belong together.
func mixed(w *world, v *visitor, purpose string, each func(name, tok, none string)) {
	for _, h := range holdings {
		if h.account != v.account || !v.watches {
			each("record "+h.record+" for their watcher", w.sign(purpose, h.record, v.id), w.sign(purpose, "r7", v.id))
		}
		if h.account != v.account {
			each("their record for watcher "+h.id, w.sign(purpose, v.record, h.id), w.sign(purpose, "r7", h.id))
		}
	}
}

func otherTokens(path, purpose string) func(*world, *visitor) []way {
	return func(w *world, v *visitor) (out []way) {
		mixed(w, v, purpose, func(name, tok, none string) {
			out = append(out, way{name: name, path: path + tok, status: 404, none: &way{path: path + none}})
		})
		return out
	}
}

// handled is the page of a token with the cookie of another, or of its own.
func (w *world) handled(path, purpose, tok, cookie string) *way {
	return &way{path: path + w.handle(purpose, tok), cookies: "kozamori=" + cookie + "; kozamori-in-place=" + w.keys.InPlace(cookie)}
}

func ownHandle(path, purpose string) func(*world, *visitor) *way {
	return func(w *world, v *visitor) *way {
		if !v.watches {
			return nil
		}
		tok := w.sign(purpose, v.record, v.id)
		return w.handled(path, purpose, tok, tok)
	}
}

func otherHandles(path, purpose string) func(*world, *visitor) []way {
	return func(w *world, v *visitor) (out []way) {
		mine := w.sign(purpose, v.record, v.id)
		for _, h := range holdings {
			if h.account == v.account && h.id == v.id {
				continue
			}
			o := w.handled(path, purpose, w.sign(purpose, h.record, h.id), mine)
			o.name, o.status, o.none = "the page of "+h.id, 403, w.handled(path, purpose, w.sign(purpose, "r7", "w7"), mine)
			out = append(out, *o)
			bare := way{name: "the page of " + h.id + ", without a cookie", path: o.path, status: 403, none: &way{path: o.none.path}}
			out = append(out, bare)
		}
		mixed(w, v, purpose, func(name, tok, none string) {
			o := w.handled(path, purpose, tok, tok)
			o.name, o.status, o.none = name, 404, w.handled(path, purpose, none, none)
			out = append(out, *o)
		})
		return out
	}
}

// doorOf and claimOf are secrets that a visitor holds; empty if they open
// nothing.
func doorOf(v *visitor) string {
	if v.inside || v.watches {
		return v.door
	}
	return ""
}

func claimOf(v *visitor) string {
	if v.watches {
		return v.claim
	}
	return ""
}

func enrolmentOf(v *visitor) string { return v.enrolment }

// ofKey is the link with which who has no chat asks for their settings, or its
// page with the cookie.
func ofKey(path, cookie string) func(*world, *visitor) *way {
	return func(w *world, v *visitor) *way {
		tok := w.sign(tokens.PurposeKey, v.user, v.id)
		switch {
		case !v.watches:
			return nil
		case cookie == "":
			return &way{path: path + tok}
		}
		return &way{path: path, cookies: cookie + tok}
	}
}

func carried(path string, secret func(*visitor) string) func(*world, *visitor) *way {
	return func(_ *world, v *visitor) *way {
		if secret(v) == "" {
			return nil
		}
		return &way{path: path + secret(v)}
	}
}

func carrying(path string, secret func(*visitor) string) func(*world, *visitor) *way {
	return func(_ *world, v *visitor) *way {
		if secret(v) == "" {
			return nil
		}
		return &way{path: path, cookies: "kozamori=" + secret(v)}
	}
}

// ofStep is the link of a step, or its page with the cookie.
func ofStep(path, cookie string) func(*world, *visitor) *way {
	return func(w *world, v *visitor) *way {
		tok := w.sign(tokens.PurposeRestore, v.step, v.id)
		switch {
		case !v.watches:
			return nil
		case cookie == "":
			return &way{path: path + tok}
		}
		return &way{path: path, cookies: cookie + tok}
	}
}

// strange are secrets of other kinds, and those that opened something once.
// With a cookie's name they come in it, without one in the address.
func strange(path, cookie string, status int) func(*world, *visitor) []way {
	return func(w *world, v *visitor) (out []way) {
		at := func(secret string) way {
			if cookie == "" {
				return way{path: path + secret, status: status}
			}
			return way{path: path, cookies: cookie + secret, status: status}
		}
		none := at("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
		secrets := map[string]string{"a token of an alert": w.sign(tokens.PurposeAnswer, v.record, v.id)}
		live := map[string]string{"/enter": doorOf(v), "/confirm": claimOf(v), "/join": v.enrolment}[path]
		if strings.HasPrefix(path, "/home") && v.inside {
			live = v.session
		}
		for name, s := range map[string]string{"a session": v.session, "a door": v.door, "a claim": v.claim, "an enrolment": v.enrolment} {
			if s != "" && s != live {
				secrets[name] = s
			}
		}
		for name, s := range secrets {
			o := at(s)
			o.name, o.none, o.worked = name, &none, s == v.claim && path == "/confirm"
			out = append(out, o)
		}
		return out
	}
}

func home(path string) func(*world, *visitor) *way {
	return func(_ *world, v *visitor) *way {
		if !v.inside {
			return nil
		}
		return &way{path: path, cookies: "kozamori-session=" + v.session}
	}
}

// every is each path with its row and the methods that it takes. A route
// without a row, and a row without a route, fail.
func every(t *testing.T) map[string][]string {
	t.Helper()
	paths := map[string][]string{}
	for _, r := range web.Routes() {
		method, path, _ := strings.Cut(r, " ")
		paths[path] = append(paths[path], method)
		if !slices.ContainsFunc(web.Paths, func(p string) bool { return strings.HasPrefix(path, p) }) {
			t.Errorf("%s is below none of web.Paths", path)
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(rows)), slices.Sorted(maps.Keys(paths))); diff != "" {
		t.Fatalf("rows and routes differ:\n%s", diff)
	}
	for path, methods := range paths {
		posts := rows[path].any != nil || len(rows[path].does) > 0
		if posts != slices.Contains(methods, http.MethodPost) {
			t.Errorf("%s: takes %v, and its row has buttons: %v", path, methods, posts)
		}
	}
	return paths
}

// allButtons are what a form of ours can ask for, wherever, as package wording
// has it, and what none asks for.
func allButtons(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../wording/*.go")
	if err != nil {
		t.Fatal(err)
	}
	out := []string{"", "x"}
	for _, v := range button.Verbs {
		out = append(out, string(v))
	}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok || len(v.Names) != 1 || !regexp.MustCompile(`^Do[A-Z]`).MatchString(v.Names[0].Name) {
				return true
			}
			switch spelt := v.Values[0].(type) {
			case *ast.BasicLit:
				value, err := strconv.Unquote(spelt.Value)
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, value)
			case *ast.CallExpr: // string(button.…), one of the verbs
			default:
				t.Fatalf("%s is spelt in a way that this test does not read", v.Names[0].Name)
			}
			return true
		})
	}
	if len(out) < 15 {
		t.Fatalf("only %v", out)
	}
	return out
}
