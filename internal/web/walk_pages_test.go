package web_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kozamori/internal/store"
	ourtoken "kozamori/internal/token"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// walked is where each page of wording is looked at in a browser, by the name of a stop
// of walk or walkByMail, or by the name of a test.
var walked = map[string]string{
	"AlertPage": "an alert", "BrokenPage": "something is broken", "ConfirmPage": "a confirmation", "ConfirmedPage": "confirmed", "ConfirmGonePage": "a confirmation that is none",
	"DeclinedPage": "declined", "DoorPage": "the door", "DoorGonePage": "a door that is none", "ExpiredPage": "an alert whose link is over", "FamilyDoorPage": "the door of the family",
	"FamilyPage": "the family", "HelpPage": "help", "HistoryPage": "past alerts", "HomePage": "home", "InvitePage": "inviting", "JoinPage": "an owner's enrolment",
	"JoinFullPage": "nobody to watch with", "JoinGonePage": "an enrolment that is none", "JoinedPage": "begun", "KeyPage": "asking for the settings", "KeySentPage": "the link is on its way",
	"KeyGonePage": "a way in that is none", "LeavePage": "leaving", "LeftAccountPage": "left", "LoggedOutPage": "logged out", "NotTakenPage": "no button of an alert",
	"NotTakenRoomPage": "no button of this page", "PastPage": "what a summary names", "ReopenPage": "an alert's address alone", "RestorePage": "a change to set back",
	"RestoredPage": "a change set back", "RestoreGonePage": "a change that is none", "ReturnedPage": "somebody brought back", "ServicesPage": "services", "SessionOverPage": "no session",
	"SettingsPage": "settings", "StopPage": "an end of mails", "TrailPage": "changes", "UnknownPage": "an alert that is none", "UnknownRoomPage": "no such room",
	"WhichPage": "which of them", "KeptPage": "TestAStatementIsLookedThroughAndReportedInABrowser", "StatementPage": "TestAStatementIsLookedThroughAndReportedInABrowser",
	"AllPage": "all that a message tells of", "ControlsPage": "what the bank can stop", "ControlAgainPage": "the stop again?",
	"StatementRefused": "TestAStatementIsLookedThroughAndReportedInABrowser",
	// What changes a page, and is none.
	"WithWayHome": "an alert", "WithWayIn": "an alert",
}

// Each page that wording has is one that the walks look at: with axe-core, the
// keyboard, the accessibility tree, and each size.
func TestEveryPageIsWalked(t *testing.T) {
	files, err := filepath.Glob("../wording/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("wording has no files", err)
	}
	stops := map[string]bool{"TestAStatementIsLookedThroughAndReportedInABrowser": true}
	for _, s := range append(append([]stop(nil), walk...), walkByMail...) {
		stops[s.name] = true
	}
	pages := 0
	look := func(n ast.Node) bool {
		f, ok := n.(*ast.FuncDecl)
		if !ok || f.Recv != nil || !f.Name.IsExported() || f.Type.Results == nil || len(f.Type.Results.List) != 1 {
			return true
		}
		if of, ok := f.Type.Results.List[0].Type.(*ast.SelectorExpr); !ok || of.Sel.Name != "Page" {
			return true
		}
		pages++
		if at, ok := walked[f.Name.Name]; !ok || !stops[at] {
			t.Errorf("%s is looked at nowhere (%q)", f.Name.Name, at)
		}
		return true
	}
	for _, path := range files {
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(path, "_test.go") {
			ast.Inspect(f, look)
		}
	}
	if pages != len(walked) {
		t.Errorf("%d pages, and %d are said to be walked", pages, len(walked))
	}
}

// past is a record of before that a summary told the one who walks of, and its link.
func (v *walker) past() string {
	v.Helper()
	at := v.w.now().Add(-time.Hour).Truncate(time.Millisecond)
	r := v.w.record("past", 7000)
	r.Past, r.SummedAt, r.OccurredAt = true, at, r.OccurredAt.AddDate(0, -3, 0)
	r.Notices = nil
	r.Deliveries = []watch.Delivery{{ID: "summary-" + v.id, Kind: watch.TellSummary, Watcher: v.id, Channel: watch.Email, State: watch.Accepted, CreatedAt: at, Sum: &watch.PastSum{Debits: 1, At: at.Add(10 * time.Minute)}}}
	v.w.put(store.PutRecord(r))
	return v.w.link(r.ID, v.id) + "?" + wording.PastMark + "=" + r.SummaryMark(&r.Deliveries[0])
}

// gathered is a message of two records to the one who walks, and its link.
func (v *walker) gathered() string {
	v.Helper()
	of := func(id string, d watch.Delivery) {
		r := v.w.record(id, 7000)
		r.Notices = []watch.Notice{{Watcher: v.id, Reasons: watch.Because(watch.ServiceDebit)}}
		d.Watcher, d.Channel, d.State, d.CreatedAt = v.id, watch.LINE, watch.Accepted, v.w.now()
		r.Deliveries = []watch.Delivery{d}
		v.w.put(store.PutRecord(r))
	}
	of("within", watch.Delivery{ID: "alert-" + v.id + "-line", Kind: watch.TellAlert, Within: &watch.Other{Record: "around", Delivery: "alert-" + v.id + "-line"}})
	of("around", watch.Delivery{ID: "alert-" + v.id + "-line", Kind: watch.TellAlert, Gathers: []watch.Other{{Record: "within", Delivery: "alert-" + v.id + "-line"}}})
	return v.w.link("around", v.id) + "?" + wording.AllMark + "=alert-" + v.id + "-line"
}

// takenBack is the link of the news that a stop was taken back.
func (v *walker) takenBack() string {
	v.Helper()
	for step, err := range v.w.store.Trail(v.Context(), account) {
		if err != nil {
			v.Fatal(err)
		}
		if step.Control != nil && step.Control.State == watch.ControlWithdrawn {
			return v.w.srv.URL + "/r/" + v.w.sign(ourtoken.PurposeRestore, step.ID, v.id)
		}
	}
	v.Fatal("no stop was taken back")
	return ""
}

// familyLeaves has the guardian leave, and returns the way by which the owner brings
// them back.
func (v *walker) familyLeaves() string {
	v.Helper()
	if _, err := v.w.members().Unbind(context.Background(), guardian, account, watch.WayChat); err != nil {
		v.Fatal(err)
	}
	return v.w.srv.URL + "/r/" + v.w.sign(ourtoken.PurposeRestore, v.w.newest(watch.StepLeft, "g1").ID, v.id)
}
