package catalog

import (
	"testing"
	"time"
)

// A name that others have too rings behind a real-time rail, with a link or if the
// bank names it, and by nothing else that a bank or a stranger writes next to it.
func TestCommonNamesNeedMoreThanTheText(t *testing.T) {
	t.Parallel()
	d := std()
	names, tried := 0, 0
	for _, w := range d.words {
		if w.kind != kindName || !w.has(flagCommon) {
			continue
		}
		names++
		texts := []string{w.text, "カ)" + w.text, w.text + "(カ", "1 " + w.text}
		for _, x := range d.words {
			switch {
			case (x.kind == kindFront || x.kind == kindCredit) && !x.has(flagRail):
				texts = append(texts, x.text+" "+w.text, x.text+"1 "+w.text)
			case x.kind == kindMore || x.kind == kindRefund || x.kind == kindBill:
				texts = append(texts, w.text+" "+x.text, w.text+x.text)
			}
		}
		for _, text := range texts {
			tried++
			// バンドル カード is a name of its own.
			if got := Decide(&Evidence{Bank: "0009", Descriptor: text, Amount: 1000}); got.Service() == w.service.ID && got.Match.Pattern == w.text {
				t.Errorf("%q is %s: %v", text, got.Strength, got.Readings())
			}
		}
		for _, e := range []Evidence{
			{Descriptor: "RTK " + w.text},
			{Descriptor: w.text, Rail: "realtime"},
			{Descriptor: w.text, Service: w.service.ID},
			{Descriptor: w.text, Links: []Linked{{Service: w.service.ID}}},
		} {
			if got := Decide(&e); got.Service() != w.service.ID {
				t.Errorf("%+v is %q (%s), want %s", e, got.Service(), got.Strength, w.service.ID)
			}
		}
	}
	if names < 3 || tried < 500 {
		t.Errorf("%d names in %d lines", names, tried)
	}
}

// A word for money that came in says nothing of a debit, whether its name counts
// by itself, with a link, or only as if behind a rail.
func TestALinkOutweighsAWordForMoneyThatCameIn(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct{ text, service string }{
		{"返金 PAYPAY", "paypay"}, {"取消 プリン", "pring"}, {"返金 イデア", "idare"}, {"返金 ドコモ", "docomo"}, {"取消 ドコモ", "docomo"},
	} {
		for since, why := range map[time.Duration]Why{0: WhyNewLink, freshLink: WhyNewLink, freshLink + 1: WhyLink, -1: WhyLink} {
			e := Evidence{Descriptor: c.text, At: at, Amount: 3000, Links: []Linked{{Service: c.service, At: at.Add(-since)}}}
			got := Decide(&e)
			if got.Service() != c.service || got.Strength != Two || !got.Readings()[0].Why.Has(why) {
				t.Errorf("%q, linked %v before, is %s: %v", c.text, since, got.Strength, got.Readings())
			}
		}
	}
}
