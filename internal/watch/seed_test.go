package watch

import (
	"fmt"
	"testing"
	"time"
)

// Who was shown a link when they began to watch hears that it was removed: the
// owners of that time, over each channel that reaches them, and once.
func TestWhoHearsThatALinkWhichTheyWereShownIsRemoved(t *testing.T) {
	key := AccountKey{Bank: "0125", Ref: "a"}
	watcher := func(id string, role Role, since time.Time) Watcher {
		return Watcher{ID: id, Role: role, Since: since, LineUser: "U" + id, Lang: English,
			Channels: []Channel{{Kind: LINE}, {Kind: Email, Address: id + "@example.jp"}}}
	}
	at := noon.Add(time.Hour)
	account := &Account{AccountKey: key, Watchers: []Watcher{
		watcher("owner", Owner, noon), watcher("guardian", Guardian, noon), watcher("edge", Owner, at.Add(ClockSkew)), watcher("later", Owner, at.Add(ClockSkew+1)),
	}}
	account.Watchers[2].Channels[0].UnreachableSince = noon
	seed := Seed{Service: "docomo", Since: noon.AddDate(-1, 0, 0), Route: "web"}
	seeded := seed.Record(key, "", "docomo", Named, "", at)
	for name, c := range map[string]struct {
		change func(was, is *Record)
		want   string
	}{
		"it is removed":                        {func(_, _ *Record) {}, "owner line, owner email, edge email"},
		"one of the version before is removed": {func(was, is *Record) { was.ShownAt, is.ShownAt = time.Time{}, time.Time{} }, "owner line, owner email, edge email"},
		"it was told to nobody":                {func(was, is *Record) { is.ShownAt, is.Txn = time.Time{}, "t"; was.ShownAt, was.Txn = time.Time{}, "t" }, ""},
		"one with an id of its own was shown":  {func(was, is *Record) { was.Txn, is.Txn = "t", "t" }, "owner line, owner email, edge email"},
		"it rang":                              {func(_, is *Record) { is.Notices = []Notice{{Watcher: "guardian"}} }, ""},
		"it was not known before":              {func(was, _ *Record) { was.Complete = false }, ""},
		"its removal was known before":         {func(was, _ *Record) { was.UndoneAt = at }, ""},
		"it stands":                            {func(_, is *Record) { is.UndoneAt = time.Time{} }, ""},
	} {
		was, is := seeded.Clone(), seeded.Clone()
		is.UndoneAt = at.Add(time.Minute)
		c.change(was, is)
		told := is.ToldRemoved(account, was)
		got := ""
		for i := range is.Deliveries {
			d := &is.Deliveries[i]
			got += fmt.Sprintf(", %s %s", d.Watcher, d.Channel)
			shown := is.ShownAt
			if shown.IsZero() {
				shown = is.RecordedAt
			}
			if d.State != Accepted || d.Kind != TellAlert || d.Lang != English || !d.AcceptedAt.Equal(shown) || !d.CreatedAt.Equal(shown) || d.Shows == nil || !d.Shows.UndoneAt.IsZero() {
				t.Errorf("%s: %s was shown %+v", name, d.Watcher, d)
			}
		}
		if want := c.want; told != (want != "" || is.IsAlert() && want != "") || got != "" && got[2:] != want || got == "" && want != "" {
			t.Errorf("%s: told %v, over %q, want %q", name, told, got, want)
		}
	}
}
