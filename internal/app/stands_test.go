package app_test

import (
	"strings"
	"testing"
	"time"
)

// After a part of what a service took was reported, the list of connected services says
// so, with its number and what it covers, and asks for what is open alone, on the page and
// in the chat; once nothing is open it asks nothing.
func TestConnectedServicesAskForWhatIsOpenAlone(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	p := h.alone("acc_1")
	for _, txn := range []string{"t1", "t2", "t3"} {
		h.sends(h.debit(txn, 10000))
		h.goes(10 * time.Second)
	}
	p.details()
	boxes := p.boxes()
	p.submits("notmine", map[string][]string{"part": boxes[:1]}) // two are recognised
	h.goes(time.Minute)
	p.visits("services")
	if !holdsAll(p.html, "お申し出", "KZ-", "引き落とし10,000円") || strings.Contains(p.html, `value="notmine"`) {
		t.Errorf("with nothing open: %s", brief(p.html))
	}
	p.says("つながっているサービス")
	if m := p.reads("お申し出", "KZ-"); strings.Contains(m, "a=ask") || strings.Contains(m, "a=mine") {
		t.Errorf("the chat asks: %s", m)
	}
	// What joins the report asks for nothing; another incident of the service does.
	h.Add(31 * 24 * time.Hour)
	h.sends(h.debit("t4", 5000), h.debit("t5", 6000))
	h.goes(20 * time.Second)
	p.visits("services")
	if !holdsAll(p.html, "KZ-", "まだ回答のないもの", "2件・合計11,000円", "お申し出に含まれていない分に、心当たりはありますか。", `value="notmine"`) {
		t.Errorf("with two open: %s", brief(p.html))
	}
	p.submits("mine", nil)
	p.visits("services")
	if strings.Contains(p.html, `value="notmine"`) || strings.Contains(p.html, "まだ回答のないもの") {
		t.Errorf("after they were recognised: %s", brief(p.html))
	}
}
