package wire_test

import (
	"fmt"
	"strings"
	"testing"

	"kozamori/internal/wire"
)

func TestABatchSaysWhichRequestOfWhichFeedItIs(t *testing.T) {
	t.Parallel()
	many := strings.Repeat(`{"from":"2026-12-01T00:00:00Z","to":"2026-12-01T01:00:00Z"},`, wire.MaxPauses+1)
	for _, c := range []struct{ beside, want string }{
		{`"feed":"core-1","sequence":7`, "core-1 7 none []"},
		{`"sequence":9007199254740991`, " 9007199254740991 none []"},
		{`"feed":null,"sequence":null,"heartbeat":null`, " 0 none []"},
		{`"feed":"","sequence":0`, " 0 none [sequence]"},
		{`"feed":"勘定系","sequence":"7"`, " 0 none [feed sequence]"},
		{`"feed":7,"sequence":9007199254740992`, " 0 none [feed sequence]"},
		{`"feed":"` + strings.Repeat("a", wire.MaxFeed+1) + `","sequence":1.5`, " 0 none [feed sequence]"},
		{`"feed":["a"],"sequence":{"a":[1]},"other":1`, " 0 none [feed sequence other]"},
		{`"heartbeat":{}`, " 0 0s map[] [] []"},
		{`"heartbeat":{"next_within_seconds":60,"counts":{"debit":12,"charge_link.registered":0,"to.come":3},"to_come":{"a":1}}`, " 0 1m0s map[charge_link.registered:0 debit:12] [] []"},
		{`"heartbeat":{"pauses":[{"from":"2026-12-06T02:00:00+09:00","to":"2026-12-06T06:00:00+09:00"},{"from":"2026-12-01T00:00:00Z","to":"2026-12-01T01:00:00Z","why":"x"}]}`,
			" 0 0s map[] [{2026-12-01 00:00:00 +0000 UTC 2026-12-01 01:00:00 +0000 UTC} {2026-12-06 02:00:00 +0900 JST 2026-12-06 06:00:00 +0900 JST}] []"},
		{`"heartbeat":{"pauses":[]}`, " 0 0s map[] [] []"},
		{`"heartbeat":true`, " 0 none [heartbeat]"},
		{`"heartbeat":{"next_within_seconds":3601}`, " 0 none [heartbeat]"},
		{`"heartbeat":{"next_within_seconds":"60"}`, " 0 none [heartbeat]"},
		{`"heartbeat":{"counts":{"debit":-1}}`, " 0 none [heartbeat]"},
		{`"heartbeat":{"counts":[1]}`, " 0 none [heartbeat]"},
		{`"heartbeat":{"pauses":[{"from":"2026-12-01T00:00:00Z"}]}`, " 0 none [heartbeat]"},
		{`"heartbeat":{"pauses":[{"from":"2026-12-01T00:00:00Z","to":"2026-12-09T00:00:00Z"}]}`, " 0 none [heartbeat]"},
		{`"heartbeat":{"pauses":[{"from":"2026-12-01T00:00:00Z","to":"2026-12-01T01:00:00Z"},{"from":"2026-12-01T00:30:00Z","to":"2026-12-01T02:00:00Z"}]}`, " 0 none [heartbeat]"},
		{`"heartbeat":{"pauses":[` + strings.TrimSuffix(many, ",") + `]}`, " 0 none [heartbeat]"},
	} {
		for _, body := range []string{`{` + c.beside + `,"events":[` + debit("a") + `]}`, `{"events":[` + debit("a") + `],` + c.beside + `}`, `{"events":[],` + c.beside + `}`} {
			b := read(t, []byte(body))
			beat := "none"
			if h := b.Heartbeat; h != nil {
				beat = fmt.Sprintf("%v %v %v", h.Within, h.Counts, h.Pauses)
			}
			if b.File != "" {
				t.Errorf("%s is of the file %q", body, b.File)
			}
			if got := fmt.Sprintf("%s %d %s %v", b.Feed, b.Sequence, beat, b.Ignored); got != c.want {
				t.Errorf("%s\ngot  %s\nwant %s", body, got, c.want)
			}
			if taken, _ := sorted(b); len(taken) != strings.Count(body, `"id"`) {
				t.Errorf("%s: %v are taken", body, taken)
			}
		}
	}
}

func TestASingleEventHasNoNumber(t *testing.T) {
	t.Parallel()
	b := read(t, []byte(strings.Replace(debit("a"), `"id"`, `"feed":"x","sequence":3,"id"`, 1)))
	if b.Feed != "" || b.Sequence != 0 || len(b.Events) != 1 || fmt.Sprint(b.Events[0].Ignored) != "[feed sequence]" {
		t.Errorf("%+v", b)
	}
}
