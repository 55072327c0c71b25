package wording

import (
	"strings"
	"testing"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// trailFacts hold a step of each kind, and one that turned every rule.
func trailFacts(lang watch.Lang, role watch.Role) TrailFacts {
	f := TrailFacts{View: roomView(lang, role), Home: "/home", Older: "/older", Now: jst("2020-09-04 14:08:00")}
	at := jst("2020-09-03 14:05:00")
	was := &watch.Watcher{ID: "w1", Rules: watch.DefaultRules(), Channels: []watch.Channel{{Kind: watch.Email, Address: "hanako@example.jp"}}}
	is := was.Clone()
	is.Rules = watch.Rules{ServiceMin: 30_000, ServiceMinFor: map[string]int64{"paypay": 0}, MonthlyTotal: map[string]int64{"paypay": 50_000}, Overdrawn: true, AnyDebit: 1000,
		Keywords: []string{"ヤチン"}, IgnoreUndecided: true, Trusts: []watch.Trust{{Service: "paypay", UpTo: 3000, Until: jst("2020-12-03 00:00:00")}},
		Quiet: &watch.Quiet{From: 22 * 60, To: 7 * 60}, PausedUntil: jst("2020-09-10 14:05:00")}
	is.HideAmount = true
	is.DropChannel(watch.Email)
	all := watch.Step{ID: "s1", At: at, Kind: watch.StepSettings, Way: watch.WayPage, By: "w1", ByRole: watch.Owner, Of: "w1", OfRole: watch.Owner}
	all.Turns, all.Lowered = watch.Compare(was, is, at)
	all.Turns = append(all.Turns, watch.Turn{Name: "of_a_version_to_come"})
	steps := []watch.Step{all}
	for _, kind := range []watch.StepKind{watch.StepSettings, watch.StepReported, watch.StepWithdrawn, watch.StepMine, watch.StepJoined, watch.StepLeft, watch.StepErased, watch.StepRestored, "of_a_version_to_come"} {
		steps = append(steps, watch.Step{ID: "s2", At: at, Kind: kind, Way: watch.WayMail, By: "w2", ByRole: watch.Guardian, Of: "w1", OfRole: watch.Owner})
	}
	set := watch.Step{ID: "s3", At: at, Kind: watch.StepRestored, Way: watch.WayMail, By: "w2", ByRole: watch.Guardian, Of: "w1", OfRole: watch.Owner}
	set.Turns, _ = watch.Compare(was, is, at)
	steps = append(steps, set, watch.Step{At: at, Kind: watch.StepErased, Way: watch.WayBank}, watch.Step{At: at, Kind: watch.StepReplaced, Way: watch.WayBank}, watch.Step{At: at, Kind: watch.StepErased, Way: watch.WayOperator},
		watch.Step{At: at, Kind: watch.StepLeft, Way: watch.WayChat, By: "w3", ByRole: watch.Owner, Of: "w4", OfRole: "of_a_version_to_come"}, watch.Step{At: at, Way: "of_a_version_to_come"})
	for i := range steps {
		f.Steps = append(f.Steps, StepLine{Step: &steps[i], Reader: &f.View.Watcher, Service: func(id string) string { return map[string]string{"paypay": "PayPay"}[id] }, Channel: channels})
	}
	return f
}

// Of several guardians an owner reads which it was, by what they call them; nobody else
// reads that name, and a guardian whom they call nothing, or who left, is a guardian.
func TestAnOwnerReadsWhichGuardianItWas(t *testing.T) {
	t.Parallel()
	a := &watch.Account{Watchers: []watch.Watcher{{ID: "w1", Role: watch.Owner}, {ID: "w2", Role: watch.Guardian, Name: "長女"}, {ID: "w3", Role: watch.Guardian}, {ID: "w5", Role: watch.Guardian, Name: "長男"}}}
	for _, c := range []struct {
		reader, by int
		id, want   string
	}{
		{0, 1, "w2", "見守り家族（長女）のLINEのトーク"}, {0, 2, "w3", "見守り家族のLINEのトーク"}, {0, 1, "w9", "見守り家族のLINEのトーク"},
		{1, 1, "w2", "あなたのLINEのトーク"}, {3, 1, "w2", "見守り家族のLINEのトーク"},
	} {
		reader := &a.Watchers[c.reader]
		line := StepLine{Step: &watch.Step{ID: "s1", Kind: watch.StepRestored, Way: watch.WayChat, By: c.id, ByRole: watch.Guardian, Of: "w1", OfRole: watch.Owner}, Reader: reader,
			Called: Called(a, reader), Service: func(id string) string { return id }}
		if got := line.from(watch.Japanese); got != c.want {
			t.Errorf("%s reads of %s: %q, want %q", reader.ID, c.id, got, c.want)
		}
	}
}

// channels are what people call them.
func channels(kind watch.ChannelKind, lang watch.Lang) string {
	return map[watch.ChannelKind]map[watch.Lang]string{watch.Email: {watch.Japanese: "メール", watch.English: "mail"}}[kind][lang]
}

// loweredFacts are of a step that an owner, w1, made on a page.
func loweredFacts(lang watch.Lang, kind watch.StepKind, reader string) LoweredFacts {
	at := jst("2020-09-03 14:05:00")
	was := &watch.Watcher{ID: "w1", Rules: watch.DefaultRules(), Channels: []watch.Channel{{Kind: watch.Email, Address: "hanako@example.jp"}}}
	is := was.Clone()
	is.Rules.ServiceMin, is.Rules.NewLink = 30_000, false
	is.SetChannel(watch.Channel{Kind: watch.Email, Address: "nobody@example.com"})
	step := &watch.Step{ID: "s1", At: at, Kind: kind, Way: watch.WayPage, By: "w1", ByRole: watch.Owner, Of: "w1", OfRole: watch.Owner, Lowered: kind != watch.StepRestored}
	if kind != watch.StepMine {
		step.Turns, _ = watch.Compare(was, is, at)
	}
	return LoweredFacts{Line: StepLine{Step: step, Reader: &watch.Watcher{ID: reader, Lang: lang, Role: watch.Owner}, Service: func(id string) string { return id }, Channel: channels},
		Account: ChatAccount{BankName: "七十七銀行", Mask: "普通 ***4567"}, Link: "https://kozamori.example/r/t0ken", Services: []string{"PayPay", "Kyash"}, Restorable: kind == watch.StepSettings, Now: at}
}

// leftFacts are of a step by which an owner, w2, sent a guardian, w3, away.
func leftFacts(lang watch.Lang, reader string) LoweredFacts {
	f := loweredFacts(lang, watch.StepLeft, reader)
	s := f.Line.Step
	s.By, s.Of, s.OfRole, s.Turns, f.Restorable = "w2", "w3", watch.Guardian, nil, true
	return f
}

// leftNews is what owners read of it.
func leftNews(lang watch.Lang, reader string, mail bool) message.Message {
	f := leftFacts(lang, reader)
	f.ByMail = mail
	return WithWayBack(SomebodyLeft(GuardianFacts{Lang: lang, Account: f.Account}, watch.Guardian, false), f)
}

// returnedFacts are of the step by which the owner brought them back.
func returnedFacts(lang watch.Lang, reader string) LoweredFacts {
	f := leftFacts(lang, reader)
	f.Line.Step.Kind, f.Line.Step.Restores, f.Line.Step.Lowered, f.Restorable, f.Link = watch.StepRestored, "s0", false, false, ""
	return f
}

// returnedSelf are of the step by which an owner who had left came back.
func returnedSelf(lang watch.Lang) LoweredFacts {
	f := returnedFacts(lang, "w3")
	f.Line.Step.By, f.Line.Step.ByRole, f.Line.Step.OfRole = "w3", watch.Owner, watch.Owner
	return f
}

func asWas(f LoweredFacts) LoweredFacts {
	f.Undone = true
	return f
}

// TestAStepInTheFile pins a line of the file, for who sees amounts and who does
// not.
func TestAStepInTheFile(t *testing.T) {
	t.Parallel()
	for role, want := range map[watch.Role]string{watch.Owner: "PayPayの3,000円以下は2020年12月3日まで知らせない", watch.Guardian: "金額の変更あり"} {
		f := trailFacts(watch.Japanese, role)
		what, by := StepWords(watch.Japanese, f.Steps[0], f.Now)
		for _, part := range []string{"お知らせが届きにくくなる変更がありました／", want, "メールの届け先：h…@e… → なし"} {
			if !strings.Contains(what, part) {
				t.Errorf("%q is not in %q", part, what)
			}
		}
		if by != "あなたの口座守のページ" {
			t.Errorf("by %q", by)
		}
	}
}
