package catalog

import (
	"testing"

	"kozamori/internal/watch"
)

// A link is of the service that the bank names: by its id in the catalogue, or by
// a word that the catalogue reads, as the bank cuts it; the descriptor decides
// only if the bank's word says nothing.
func TestWhoseALinkIs(t *testing.T) {
	t.Parallel()
	const other = "ﾍﾟｲﾍﾟｲ"
	ids, words, cut := 0, 0, 0
	for _, s := range std().order {
		got := Link(s.ID, other, "")
		switch {
		case s.Rings() && (got != Match{Service: s.ID, Confidence: watch.Named}):
			t.Errorf("a link that the bank calls %q is %+v", s.ID, got)
		case !s.Rings() && got.Service == s.ID:
			t.Errorf("a link of %q, which never rings, is %+v", s.ID, got)
		}
		if Classify("", s.ID).Service != s.ID {
			ids++ // known by its id alone
		}
	}
	for _, w := range std().words {
		if w.kind != kindName {
			continue
		}
		m := Classify("", w.text)
		if m.Service != "" && m.Service != "paypay" && std().services[w.text] == nil {
			words++
			if got := Link(w.text, other, ""); got.Service != m.Service || got.Confidence != watch.Named {
				t.Errorf("a link that the bank calls %q is %+v, want %s", w.text, got, m.Service)
			}
		}
		for _, bank := range std().codes {
			m := Classify(bank, w.text)
			if m == Classify("", w.text) {
				continue
			}
			cut++
			if got := Link("", w.text, bank); got != m {
				t.Errorf("a link with the text %q at bank %s is %+v, want %+v", w.text, bank, got, m)
			}
			if m.Service != "" {
				m.Confidence = watch.Named
			} else {
				m = Classify(bank, other)
			}
			if got := Link(w.text, other, bank); got != m {
				t.Errorf("a link that bank %s calls %q is %+v, want %+v", bank, w.text, got, m)
			}
		}
	}
	if ids == 0 || words == 0 || cut == 0 {
		t.Errorf("%d services are known by their id alone, %d by a word, and %d words are read as a bank cuts them: none were tried", ids, words, cut)
	}
}

// A link of which bank and text disagree has two names; the text's is another one
// only where the bank named one.
func TestTheOtherNameOfALink(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		service, text string
		want          string
	}{
		{"paypay", "ﾒﾙﾍﾟｲ", "merpay"},
		{"paypay", "ﾍﾟｲﾍﾟｲ", ""},
		{"paypay", "ﾃﾞﾝﾜ", ""},
		{"", "ﾒﾙﾍﾟｲ", ""},
		{"ヌヌヌ", "ﾒﾙﾍﾟｲ", ""},
	} {
		if got := OtherLink(Link(c.service, c.text, ""), c.text, ""); got != c.want {
			t.Errorf("a link that the bank calls %q, as %q, has the other name %q, want %q", c.service, c.text, got, c.want)
		}
	}
}
