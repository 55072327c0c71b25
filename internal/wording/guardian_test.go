package wording

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/watch"
)

func TestTheOwnerReadsWhichGuardianAnswered(t *testing.T) {
	watchers := []watch.Watcher{
		{ID: "w1", Role: watch.Owner}, {ID: "g1", Role: watch.Guardian, Name: "長女"},
		{ID: "g2", Role: watch.Guardian, Since: jst("2020-08-01 09:00:00")}, {ID: "g3", Role: watch.Guardian, Since: jst("2020-08-02 09:00:00")},
	}
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for id, name := range map[string]string{"g1": "named", "g3": "numbered"} {
			f := answerFacts(lang)
			f.By = GuardianOf(lang, watchers, id)
			golden(t, "answer-by-"+name, lang, show(AnswerByOther(f)))
			f.Answer.Value, f.Reference = watch.NotMine, "KZ-7F3K-9Q2M"
			golden(t, "answer-not-by-"+name, lang, show(AnswerByOther(f)))
			golden(t, "answer-taken-back-by-"+name, lang, show(AnswerTakenBack(f)))
		}
		if d := cmp.Diff(Guardian{}, GuardianOf(lang, watchers, "gone")); d != "" {
			t.Errorf("one who left: %s", d)
		}
		if d := cmp.Diff(Guardian{Name: tFamMember.in(lang), Since: watchers[2].Since}, GuardianOf(lang, watchers[:3], "g2")); d != "" {
			t.Errorf("the only one without a name: %s", d)
		}
	}
}

func TestWhoeverSeesNoAmountsReadsThatTheBankWroteSomething(t *testing.T) {
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		d := disputeFacts(lang)
		d.Guardian, d.HideAmount = true, true
		d.Change = watch.DisputeChange{Seq: 2, Status: watch.DisputeFrozen, Text: "98,765円を止めました"}
		golden(t, "status-hidden", lang, show(DisputeStatus(d)))
	}
}
