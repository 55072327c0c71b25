package desk

import (
	"net/http"
	"slices"
	"strings"

	"kozamori/internal/clerk"
)

// route is an address that only clerks who are signed in see: who may, and what the
// audit list calls it. The mux is made of these, and the tests walk them all.
type route struct {
	method, path string // the path below that of the bank
	need         clerk.Role
	act          string
	object       string // the kind of what {id} names; empty if it names nothing
	serve        func(*visit) (reply, error)
}

// routes are all there are for clerks.
func routes() []route {
	return []route{
		{http.MethodGet, "", clerk.Look, "disputes.read", "", (*visit).cases},
		{http.MethodGet, "/cases/{id}", clerk.Look, "dispute.read", "dispute", (*visit).oneCase},
		{http.MethodPost, "/cases/{id}/status", clerk.Work, "dispute.status", "dispute", (*visit).setStatus},
		{http.MethodPost, "/cases/{id}/notes", clerk.Work, "dispute.note", "dispute", (*visit).addNote},
		{http.MethodGet, "/campaigns", clerk.Look, "campaigns.read", "", (*visit).campaigns},
		{http.MethodGet, "/campaigns/{id}", clerk.Look, "campaign.read", "campaign", (*visit).campaign},
		{http.MethodPost, "/campaigns/{id}/state", clerk.Manage, "campaign.state", "campaign", (*visit).decide},
		{http.MethodGet, "/inquiries", clerk.Look, "inquiries.read", "", (*visit).inquiries},
		{http.MethodPost, "/inquiries", clerk.Work, "inquiries.ask", "", (*visit).ask},
		{http.MethodGet, "/inquiries/{id}", clerk.Look, "inquiries.read", "asking", (*visit).request},
		{http.MethodGet, "/feed", clerk.Look, "feed.read", "", (*visit).feed},
		{http.MethodGet, "/refused", clerk.Look, "refused.read", "", (*visit).refusals},
		{http.MethodGet, "/refused/{id}", clerk.Look, "refused.read", "refused", (*visit).refusal},
		{http.MethodPost, "/refused/{id}/replay", clerk.Manage, "refused.replay", "refused", (*visit).replay},
		{http.MethodGet, "/sheet", clerk.Manage, "disputes.sum", "", (*visit).sheet},
		{http.MethodGet, "/cases.csv", clerk.Manage, "disputes.export", "", (*visit).export},
		{http.MethodPost, "/sign-out", clerk.Look, "clerk.leave", "", (*visit).signOut},
	}
}

// doors are the addresses by which a clerk comes in.
func doors() map[string]func(*site) http.HandlerFunc {
	return map[string]func(*site) http.HandlerFunc{
		"/sign-in":  func(s *site) http.HandlerFunc { return s.signIn },
		"/callback": func(s *site) http.HandlerFunc { return s.callback },
	}
}

// Routes lists what the site serves, "POST /desk/{bank}/cases/{id}/status". HEAD goes
// with GET, but at the doors.
func Routes() []string {
	var out []string
	for _, r := range routes() {
		out = append(out, r.method+" "+Root+"/{bank}"+r.path)
	}
	for path := range doors() {
		out = append(out, http.MethodGet+" "+Root+"/{bank}"+path)
	}
	slices.Sort(out)
	return out
}

// mux serves the routes, and says of everything else that it is unknown.
func (s *site) mux(all []route) *http.ServeMux {
	mux := http.NewServeMux()
	guard := http.NewCrossOriginProtection()
	_ = guard.AddTrustedOrigin(s.BaseURL) // behind a front the host is another; what is no origin is not trusted
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.sorry(w, r, http.StatusForbidden, tNotTaken, tNotTakenText)
	}))
	allowed := map[string][]string{}
	for _, r := range all {
		path := Root + "/{bank}" + r.path
		allowed[path] = append(allowed[path], r.method)
		mux.Handle(r.method+" "+path, guard.Handler(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { s.visited(w, req, r) })))
	}
	for path, serve := range doors() {
		path, h := Root+"/{bank}"+path, serve(s)
		allowed[path] = []string{http.MethodGet}
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodHead { // a program that looks what is there uses nothing up
				s.sorry(w, r, http.StatusMethodNotAllowed, tNotTaken, tNotTakenText)
				return
			}
			h(w, r)
		})
	}
	for path, methods := range allowed {
		slices.Sort(methods)
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Allow", strings.Join(methods, ", "))
			s.sorry(w, r, http.StatusMethodNotAllowed, tNotTaken, tNotTakenText)
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.sorry(w, r, http.StatusNotFound, tUnknown, tUnknownText)
	})
	return mux
}
