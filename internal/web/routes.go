package web

import (
	"net/http"
	"slices"
	"strings"

	"kozamori/internal/wording"
)

// route is an address that the site serves: the mux is made of these, and the
// tests walk them all. A route refuses what other sites post unless it says
// otherwise.
type route struct {
	path     string // a pattern of http.ServeMux
	methods  []string
	anywhere bool // other sites may post to it
	serve    func(*site) http.HandlerFunc
}

var (
	shown     = []string{http.MethodGet}
	shownDone = []string{http.MethodGet, http.MethodPost}
)

// routes are all there are; who may do what in each is its handler's.
func routes() []route {
	out := []route{
		{path: "/a/{token}", methods: shown, serve: func(s *site) http.HandlerFunc { return s.arrive(alertRoom) }},
		{path: "/alert/{handle}", methods: shownDone, serve: func(s *site) http.HandlerFunc { return s.alert }},
		// One-click unsubscribing is a POST by the mail provider, from
		// wherever that is; what it may do is in its address.
		{path: "/stop/{token}", methods: shownDone, anywhere: true, serve: func(s *site) http.HandlerFunc { return s.stopLink }},
		{path: "/mails/{handle}", methods: shownDone, serve: func(s *site) http.HandlerFunc { return s.stop }},
		{path: "/s/{secret}", methods: shown, serve: func(s *site) http.HandlerFunc { return s.carry(enterPath) }},
		{path: enterPath, methods: shownDone, serve: func(s *site) http.HandlerFunc { return s.door }},
		{path: "/mail/{secret}", methods: shown, serve: func(s *site) http.HandlerFunc { return s.carry(confirmPath) }},
		{path: confirmPath, methods: shownDone, serve: func(s *site) http.HandlerFunc { return s.confirm }},
		{path: "/r/{secret}", methods: shown, serve: func(s *site) http.HandlerFunc { return s.carry(restorePath) }},
		{path: restorePath, methods: shownDone, serve: func(s *site) http.HandlerFunc { return s.restore }},
		{path: "/join/{secret}", methods: shown, serve: func(s *site) http.HandlerFunc { return s.carry(joinPath) }},
		{path: joinPath, methods: shownDone, serve: func(s *site) http.HandlerFunc { return s.join }},
		{path: "/key/{secret}", methods: shown, serve: func(s *site) http.HandlerFunc { return s.carry(keyPath) }},
		{path: keyPath, methods: shownDone, serve: func(s *site) http.HandlerFunc { return s.key }},
		{path: homePath, methods: shownDone, serve: func(s *site) http.HandlerFunc { return s.inside(s.home) }},
		{path: homePath + "/help", methods: shown, serve: func(s *site) http.HandlerFunc { return s.inside(s.help) }},
	}
	for _, r := range []struct {
		path    string
		methods []string
		serve   func(*site) accountPage
	}{
		{"/settings", shownDone, func(s *site) accountPage { return s.settings }},
		{"/history", shown, func(s *site) accountPage { return s.history }},
		{"/history.csv", shown, func(s *site) accountPage { return s.historyFile }},
		{"/services", shownDone, func(s *site) accountPage { return s.services }},
		{wording.ControlsPath, shownDone, func(s *site) accountPage { return s.controls }},
		{"/trail", shown, func(s *site) accountPage { return s.trail }},
		{"/family", shownDone, func(s *site) accountPage { return s.family }},
		{wording.InvitePath, shownDone, func(s *site) accountPage { return s.inviting }},
		{"/leave", shownDone, func(s *site) accountPage { return s.leave }},
	} {
		out = append(out, route{path: homePath + "/{account}" + r.path, methods: r.methods,
			serve: func(s *site) http.HandlerFunc { return s.ofAccount(r.serve(s)) }})
	}
	return out
}

// Routes lists what the site serves, "POST /alert/{handle}". HEAD goes with
// GET.
func Routes() []string {
	var out []string
	for _, r := range routes() {
		for _, m := range r.methods {
			out = append(out, m+" "+r.path)
		}
	}
	return out
}

// mux serves the routes, and says of everything else that it is unknown.
func (s *site) mux(all []route) *http.ServeMux {
	mux := http.NewServeMux()
	guard := http.NewCrossOriginProtection()
	_ = guard.AddTrustedOrigin(s.BaseURL) // behind a front the host is another; what is no origin is not trusted
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.notTaken(w, r, http.StatusForbidden)
	}))
	for _, r := range all {
		h := s.only(r.serve(s), r.methods...)
		if !r.anywhere {
			h = guard.Handler(h)
		}
		mux.Handle(r.path, h)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.unknown(w, r) })
	return mux
}

// only lets some methods pass; HEAD goes with GET.
func (s *site) only(h http.HandlerFunc, methods ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(methods, r.Method) && (r.Method != http.MethodHead || !slices.Contains(methods, http.MethodGet)) {
			w.Header().Set("Allow", strings.Join(append(slices.Clone(methods), http.MethodHead), ", "))
			s.notTaken(w, r, http.StatusMethodNotAllowed)
			return
		}
		h(w, r)
	})
}
