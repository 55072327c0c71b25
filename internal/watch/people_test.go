package watch

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A person who is reached by mail alone begins without a channel, and is known by
// their id; a step of the trail says which policy they agreed to.
func TestAPersonOfMailAloneIsKnownByTheirID(t *testing.T) {
	t.Parallel()
	mail := MailPerson("ABCdef")
	if mail != "mail-abcdef" || !ByMail(mail) || ByMail("U0001") || ByMail("email-x") {
		t.Errorf("their id is %s", mail)
	}
	if c := FirstChannels(mail); len(c) != 0 {
		t.Errorf("they begin with %+v", c)
	}
	if c := FirstChannels("U0001"); len(c) != 1 || c[0].Kind != LINE {
		t.Errorf("a person of the chat begins with %+v", c)
	}
	for version, want := range map[string]string{"": "true", "2026-11-29": `"2026-11-29"`} {
		if turn := (&Consent{Version: version}).Turn(); turn.Name != TurnConsent || string(turn.After) != want || turn.Before != nil {
			t.Errorf("of version %q the trail says %+v", version, turn)
		}
	}
}

// A mail address is put where the one before was, or behind the chat; what fails, and
// what has no address of its own, is none to write to.
func TestAMailAddressIsSetAndTakenOff(t *testing.T) {
	t.Parallel()
	w := &Watcher{Channels: []Channel{{Kind: LINE}}}
	if _, ok := w.Mail(); ok || w.DropMail() || len(w.Channels) != 1 {
		t.Errorf("without an address they have %+v", w.Channels)
	}
	for _, a := range []string{"a@example.jp", "b@example.jp"} {
		w.SetMail(a)
		if c, ok := w.Mail(); !ok || c.Address != a || len(w.Channels) != 2 || w.Channels[1].Kind != Email {
			t.Errorf("with %s they have %+v", a, w.Channels)
		}
	}
	if c, ok := w.Chat(); !ok || c.Kind != LINE {
		t.Errorf("their chat is %+v", c)
	}
	if a := w.Addressed(); len(a) != 1 || a[0].Kind != Email {
		t.Errorf("they can be written to at %+v", a)
	}
	w.Channels[1].UnreachableSince = noon
	if a := w.Addressed(); len(a) != 0 {
		t.Errorf("where mails bounce they can be written to at %+v", a)
	}
	if !w.DropMail() || len(w.Channels) != 1 || w.Channels[0].Kind != LINE {
		t.Errorf("in the end they have %+v", w.Channels)
	}
}

// An address that was replaced or taken off within a week can be set back, once, unless
// it is in use again.
func TestWhichAddressesCanBeSetBack(t *testing.T) {
	t.Parallel()
	ago := func(kind ChannelKind, address string, d time.Duration) Former {
		return Former{Kind: kind, Address: address, At: noon.Add(-d)}
	}
	w := &Watcher{Channels: []Channel{{Kind: Email, Address: "now"}}, Former: []Former{
		ago(Email, "old", RestoreFor), ago(Email, "late", RestoreFor-1), ago(Email, "now", time.Hour), ago(Email, "late", time.Minute), ago(LINE, "now", time.Minute),
	}}
	said := func(fs []Former) string {
		var out []string
		for _, f := range fs {
			out = append(out, string(f.Kind)+" "+f.Address)
		}
		return strings.Join(out, ", ")
	}
	if got := said(w.Before(noon)); got != "email late, line now" {
		t.Errorf("these: %s", got)
	}
	if got := w.Before(noon); !got[0].At.Equal(noon.Add(1 - RestoreFor)) {
		t.Errorf("the first of one address counts, not that of %s", got[0].At)
	}
	if got, want := said(w.MailCopied(noon)), said(w.Copied(Email, noon)); got != want || got == "" {
		t.Errorf("mails are copied to %s, want %s", got, want)
	}
}

// An owner who left by a step of their own can come back for a week.
func TestAnOwnersOwnLeaving(t *testing.T) {
	t.Parallel()
	left := Step{Kind: StepLeft, At: noon, By: "w", Of: "w", OfRole: Owner}
	for name, c := range map[string]struct {
		change func(*Step)
		after  time.Duration
		want   bool
	}{
		"within the week":  {func(*Step) {}, RestoreFor - 1, true},
		"a week later":     {func(*Step) {}, RestoreFor, false},
		"sent away":        {func(s *Step) { s.By = "v" }, 0, false},
		"a guardian":       {func(s *Step) { s.OfRole = Guardian }, 0, false},
		"another person":   {func(s *Step) { s.By, s.Of = "v", "v" }, 0, false},
		"of no one":        {func(s *Step) { s.By, s.Of = "", "" }, 0, false},
		"another step":     {func(s *Step) { s.Kind = StepJoined }, 0, false},
		"at the same time": {func(*Step) {}, 0, true},
	} {
		s := left
		if c.change(&s); s.OwnLeaving("w", noon.Add(c.after)) != c.want {
			t.Errorf("%s: %v", name, !c.want)
		}
		if s.OwnLeaving("", noon) {
			t.Errorf("%s: nobody left", name)
		}
	}
}

// The trail says an address so that its owner knows it again, and no one can use it.
func TestAnAddressIsMasked(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"": "", "hanako@example.jp": "h…@e…", "花@例.jp": "花…@例…", "090-1234-5600": "…00", "@example.jp": "…jp", "hanako@": "…o@",
		"12345": "…5", "1234": "…", "123": "…", "123456": "…56", "a@b": "a…@b…",
	} {
		if got := mask(address); got != want {
			t.Errorf("%s is said as %s, want %s", address, got, want)
		}
	}
}

// What is out of the ordinary of a part is kept with a message, for each part.
func TestTheWordsOfAMessageKeepWhatIsOutOfTheOrdinary(t *testing.T) {
	t.Parallel()
	var w Worded
	w.Add(WordedPart{Record: "plain"})
	w.Add(WordedPart{Record: "a", Follows: true})
	w.Add(WordedPart{Record: "b", Second: Because(Burst)})
	if len(w.Parts) != 2 {
		t.Errorf("kept are %+v", w.Parts)
	}
	for record, want := range map[string]string{"a": "{a true 0}", "b": fmt.Sprintf("{b false %d}", Burst), "plain": "{plain false 0}"} {
		p := w.Part(record)
		if got := fmt.Sprint(struct {
			Record  string
			Follows bool
			Second  int
		}{p.Record, p.Follows, int(p.Second.Reason)}); got != want {
			t.Errorf("of %s it is %s, want %s", record, got, want)
		}
	}
}
