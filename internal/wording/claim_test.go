package wording

import (
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/watch"
)

func TestWhenAClaimEnds(t *testing.T) {
	t.Parallel()
	loss, noticed := jst("2020-09-03 23:59:59"), jst("2020-10-15 00:00:00")
	notice30, loss90, loss10 := ClaimFact{Days: 30, AsOf: "2026-11"}, ClaimFact{Days: 90, FromLoss: true, AsOf: "2026-11"}, ClaimFact{Days: 10, FromLoss: true, AsOf: "2026-11-02", Doubtful: true}
	for _, c := range []struct {
		name   string
		claims []ClaimFact
		now    time.Time
		dated  bool
		want   string
	}{
		{"the term that ends first", []ClaimFact{loss90, notice30}, noticed, false, "Xへの届け出の期限は2020年11月14日です。あと30日です（気づいた日から30日以内。2026年11月現在）。"},
		{"days are those of Japan", []ClaimFact{loss90}, jst("2020-12-01 00:30:00"), false, "あと1日です"},
		{"the last day", []ClaimFact{loss90}, jst("2020-12-02 23:59:00"), false, "期限は、今日（2020年12月2日）です"},
		{"over", []ClaimFact{loss10}, noticed, false, "Xへの届け出の期限（2020年9月13日）は過ぎています（引き落としの日から10日以内。2026年11月現在。公式の案内では確かめていません）。"},
		{"read later", []ClaimFact{notice30}, jst("2020-11-11 10:00:00"), true, "Xへの届け出の期限は2020年11月14日です。11月11日の時点で、あと3日です（気づいた日から30日以内。"},
		{"read later, the last day", []ClaimFact{loss90}, jst("2020-12-02 23:59:00"), true, "期限は、今日（2020年12月2日）です"},
		{"not known", nil, noticed, false, "Xへの届け出の期限は、口座守では分かりません"},
	} {
		got := strings.Join(claims(watch.Japanese, noticed, c.now, c.dated, []claimant{{Named{"X", Contact{Claims: c.claims}}, loss}}), " / ")
		if !strings.Contains(got, c.want) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if en := claims(watch.English, noticed, c.now, c.dated, []claimant{{Named{"X", Contact{Claims: c.claims}}, loss}}); len(en) != 1 || strings.Contains(en[0], "%!") {
			t.Errorf("%s: %q", c.name, en)
		}
	}
}

// Each whom to call is in one line, known or not.
func TestTheTermOfEachIsSaidOrThatItIsNotKnown(t *testing.T) {
	t.Parallel()
	f := disputeFacts(watch.Japanese)
	said := strings.Join(DisputeOpened(f).Text, "\n")
	for _, name := range []string{f.ServiceName, f.BankName} {
		if strings.Count(said, name+"への届け出の期限") != 1 {
			t.Errorf("%s: %s", name, said)
		}
	}
	f.Dispute.Kind, f.Dispute.Amount = watch.LinkRegistered, 0
	if said := DisputeOpened(f).Text; slices.ContainsFunc(said, func(s string) bool { return strings.Contains(s, "期限") }) {
		t.Errorf("a link alone has no loss: %q", said)
	}
}

func TestAReminderIsOfWhatStillCounts(t *testing.T) {
	t.Parallel()
	f := disputeFacts(watch.Japanese)
	day := f.Service.ClaimBy(f.Dispute.OccurredAt, f.Dispute.AnsweredAt)
	if watch.ClaimDay(watch.ClaimSeq(day)) != day {
		t.Errorf("%v is numbered %d", day, watch.ClaimSeq(day))
	}
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		f := disputeFacts(lang)
		m, ok := ClaimReminder(f, day)
		if !ok {
			t.Fatal("there is no reminder")
		}
		golden(t, "claim-reminder", lang, show(m))
	}
	for _, s := range []watch.DisputeStatus{watch.DisputeWithdrawn, watch.DisputeRefunded, watch.DisputeClosed} {
		f := disputeFacts(watch.Japanese)
		f.Dispute.Status = s
		if _, ok := ClaimReminder(f, day); ok {
			t.Errorf("a dispute that is %s is reminded of", s)
		}
	}
	if _, ok := ClaimReminder(f, day.AddDate(0, 0, 1)); ok {
		t.Error("another day is reminded of")
	}
}
