package chat_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/chat"
	"kozamori/internal/membership"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/wording"
)

// What people type, by its command: whether it answers a person who watches
// nothing too, and whether it changes anything.
var saidRows = map[wording.Command]struct{ anybody, acts bool }{
	wording.CmdList:     {},
	wording.CmdRecent:   {},
	wording.CmdTrouble:  {anybody: true},
	wording.CmdStop:     {},
	wording.CmdResume:   {acts: true},
	wording.CmdLeave:    {},
	wording.CmdConnect:  {anybody: true},
	wording.CmdGuide:    {anybody: true},
	wording.CmdSettings: {},
	wording.CmdFamily:   {},
	wording.CmdServices: {},
	wording.CmdNotMe:    {anybody: true},
	wording.CmdPhone:    {anybody: true},
	wording.CmdJapanese: {anybody: true, acts: true},
	wording.CmdEnglish:  {anybody: true, acts: true},
}

func TestWhoReadsWhatOfWhatTheySay(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(slices.Sorted(maps.Keys(saidRows)), slices.Sorted(slices.Values(chat.Commands()))); diff != "" {
		t.Fatalf("rows and commands differ:\n%s", diff)
	}
	w := newCrowd(t)
	for cmd, row := range saidRows {
		for _, m := range w.all {
			watches := m.role != "" || m.name == "somebody who left one account"
			said, _, changed := w.hears(m, func() { w.say(m.user, wording.Word(ja, cmd)) })
			if connected := !strings.Contains(said, wording.NotConnected(ja).Title); connected != (watches || row.anybody) || said == "" {
				t.Errorf("%s says %s: %s", m.name, cmd, said)
			}
			if len(changed) > 0 && !(row.acts && (watches || row.anybody)) {
				t.Errorf("%s says %s: changed %v", m.name, cmd, changed)
			}
		}
	}
	// Codes that were used are as those that never were, and bind no person.
	bank, err := w.members.Issue(context.Background(), account.Bank, membership.CodeRequest{AccountRef: account.Ref})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.members.Redeem(context.Background(), user(1), bank.Code, ja); err != nil {
		t.Fatal(err)
	}
	w.before, w.saved = worldtest.Everything(t, w.file), worldtest.Bytes(t, w.file)
	for _, m := range w.all[1:] {
		for used, never := range map[string]string{bank.Code: "AAAA-AAAA-AAA3", w.holdings[1].used: nothing.used} {
			got, reads, changed := w.hears(m, func() { w.say(m.user, used) })
			none, like, before := w.hears(m, func() { w.say(m.user, never) })
			if got != none || reads != like || !slices.Equal(changed, before) {
				t.Errorf("%s says a used code: reads %q (%q of none), changes %v (%v): %s\nof none: %s", m.name, reads, like, changed, before, got, none)
			}
		}
	}
}
