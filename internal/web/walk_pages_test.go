package web_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
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
	"StatementRefused": "TestAStatementIsLookedThroughAndReportedInABrowser",
	// What changes a page, and is none.
	"WithWayHome": "an alert", "WithWayIn": "an alert",
}

// Each page that wording has is one that the walks look at: with axe-core, the
// keyboard, the accessibility tree, and each size.
func TestEveryPageIsWalked(t *testing.T) {
	files, err := parser.ParseDir(token.NewFileSet(), "../wording", func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }, 0) //nolint:staticcheck // one package, no build tags
	if err != nil {
		t.Fatal(err)
	}
	stops := map[string]bool{"TestAStatementIsLookedThroughAndReportedInABrowser": true}
	for _, s := range append(append([]stop(nil), walk...), walkByMail...) {
		stops[s.name] = true
	}
	pages := 0
	ast.Inspect(files["wording"], func(n ast.Node) bool {
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
	})
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

// familyLeaves has the guardian leave, and returns the way by which the owner brings
// them back.
func (v *walker) familyLeaves() string {
	v.Helper()
	if _, err := v.w.members().Unbind(context.Background(), guardian, account, watch.WayChat); err != nil {
		v.Fatal(err)
	}
	return v.w.srv.URL + "/r/" + v.w.sign(ourtoken.PurposeRestore, v.w.newest(watch.StepLeft, "g1").ID, v.id)
}
