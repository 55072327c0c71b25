package web_test

import (
	"net/http"
	"regexp"
	"testing"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/token"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

var pieceLink = regexp.MustCompile(`/a/([A-Za-z0-9._-]+)`)

// What a trust had kept from the owner stands on the page of the report that ended
// it, with its sum, and joins it by one press; what is unticked does not. The link
// to it ends with the one by which the reader came.
func TestWhatWasSilentIsAddedOnThePageOfTheReport(t *testing.T) {
	for name, untick := range map[string]bool{"all of it": false, "but for what was recognised": true} {
		w := newWorld(t)
		for id, yen := range map[string]int64{"s1": 3000, "s2": 200} {
			r := w.record(id, yen)
			r.Notices, r.Deliveries = nil, nil
			w.put(store.PutRecord(r))
		}
		w.Change(account, func(a *watch.Account) {
			a.Watchers[0].Rules.Trusts = []watch.Trust{{Service: "paypay", UpTo: 5000, Since: w.now().Add(-time.Hour), Until: w.now().Add(watch.TrustFor)}}
		})
		b := w.browser()
		p := b.press(b.open(w.link("r1", "w1")), wording.DoNotMine)
		p.says(t, http.StatusOK, "「知らせない」と設定されていたあいだの引き落とし（2件・合計3,200円）は、お申し出に含まれていません", "これにも身に覚えがない", "3,000円", "200円")
		link := pieceLink.FindStringSubmatch(p.body)
		if link == nil {
			t.Fatalf("no link to it: %s", p.main())
		}
		if end := token.Ends(link[1]); !end.Equal(w.now().Add(time.Hour).Truncate(time.Second)) {
			t.Errorf("the link ends %v, now is %v", end, w.now())
		}
		form := p.formOf(t, wording.DoNotMine)
		if untick {
			form[wording.FieldPart] = []string{"s1"}
		}
		b.do(http.MethodPost, p.url.String(), form, "Sec-Fetch-Site", "same-origin", "Origin", "null").
			saysNot(t, "「知らせない」と設定されていたあいだの引き落とし（")
		var lead *watch.Record
		for _, id := range []string{"s1", "s2"} {
			if r := w.Record(id); r.Lead == "" {
				lead = r
			}
		}
		if lead.Answer == nil || lead.Answer.Value != watch.NotMine || lead.Dispute != w.Record("r1").Dispute || (len(lead.Answer.Except) == 1) != untick || len(lead.Answer.Unseen) != 0 {
			t.Errorf("%s: it is answered as %+v", name, lead.Answer)
		}
		if a, _ := w.stored("r2"); a != "" {
			t.Errorf("%s: another incident is answered: %s", name, a)
		}
	}
}
