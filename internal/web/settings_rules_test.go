package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// everyRule has each rule set to something that is not its default.
func everyRule(now time.Time) watch.Rules {
	r := watch.DefaultRules()
	for _, row := range watch.Table() {
		switch v := row.Value.(type) {
		case watch.Flag:
			*v.At(&r) = !v.Default
		case watch.Yen:
			*v.At(&r) = 4321
		case watch.YenFor:
			*v.At(&r) = map[string]int64{"paypay": 5432, "from another version": 6543}
		case watch.Words:
			*v.At(&r) = []string{"ヤチン", "ガクヒ"}
		case watch.Trusted:
			*v.At(&r) = []watch.Trust{{Service: "paypay", UpTo: 7654, Until: now.Add(time.Hour).UTC()}, {Service: "from another version", UpTo: 1, Until: now.Add(time.Hour).UTC()}}
		case watch.Hours:
			*v.At(&r) = &watch.Quiet{From: 60, To: 120}
		case watch.Until:
			*v.At(&r) = now.Add(time.Hour).UTC()
		}
	}
	return r
}

func TestSavingASettingLeavesEveryRuleThatThePageDoesNotShow(t *testing.T) {
	w := newWorld(t)
	want := everyRule(w.now())
	w.change(func(a *watch.Account) { a.Watchers[0].Rules = want })
	b, p := w.settings()
	b.send(p, wording.DoSave).says(t, http.StatusOK, "保存しました")
	if diff := cmp.Diff(want, w.rules()); diff != "" {
		t.Fatalf("untouched, the page changes (-was +is):\n%s", diff)
	}
	// The page of a version that has a rule less: neither its field nor its
	// name is sent.
	for _, row := range watch.Table() {
		field, _ := wording.RuleField(row.Name)
		if field == "" {
			continue
		}
		w.change(func(a *watch.Account) { a.Watchers[0].Rules = want })
		v := b.open(p.url.String()).form(t)
		for name := range v {
			if name == field || strings.HasPrefix(name, field+".") || strings.HasPrefix(name, field+"_") {
				v.Del(name)
			}
		}
		shows := strings.Fields(v.Get(wording.FieldNameShows))
		v.Set(wording.FieldNameShows, strings.Join(slices.DeleteFunc(shows, func(s string) bool { return s == row.Name }), " "))
		v.Set("do", wording.DoSave)
		b.do(http.MethodPost, p.url.String(), v, "Sec-Fetch-Site", "same-origin", "Origin", "null").says(t, http.StatusOK, "保存しました")
		if diff := cmp.Diff(want, w.rules()); diff != "" {
			t.Errorf("a page without %s changes (-was +is):\n%s", row.Name, diff)
		}
	}
}
