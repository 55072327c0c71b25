package desk_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kozamori/internal/clerk"
	"kozamori/internal/inquiry"
)

// asks has a bank ask about a transaction, and returns its request.
func (w *world) asks(bank, ref, txn string) string {
	w.t.Helper()
	s := inquiry.Service{Store: w.World.Store, Queue: w.Queue, Now: w.Now, Logger: w.Logger}
	asked, err := s.Ask(ctx, bank, inquiry.Request{Items: []inquiry.Item{{AccountRef: ref, Transaction: txn}}})
	if err != nil {
		w.t.Fatal(err)
	}
	return asked.ID
}

// A clerk asks about what the lines name, sees what came of each, and whom to phone; what
// cannot be read changes nothing, and one form asks once.
func TestAClerkAsksCustomersAndSeesWhomToPhone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.report(ours, "acc_1", "dbarai", 98765)
	s := w.signedIn(ours, clerk.Work)
	for name, form := range map[string]url.Values{
		"no line":                  {"items": {" \r\n "}, "key": {"k"}},
		"one word":                 {"items": {"acc_1"}, "key": {"k"}},
		"three words":              {"items": {"acc_1 a b"}, "key": {"k"}},
		"a ref that is none":       {"items": {"acc/1 t"}, "key": {"k"}},
		"a long id":                {"items": {"acc_1 " + strings.Repeat("t", inquiry.MaxID+1)}, "key": {"k"}},
		"a good and a bad line":    {"items": {"acc_1 t1\r\nacc_1"}, "key": {"k"}},
		"more than there may be":   {"items": {many(inquiry.MaxItems + 1)}, "key": {"k"}},
		"no key":                   {"items": {"acc_1 t1"}},
		"a key that is not ours":   {"items": {"acc_1 t1"}, "key": {strings.Repeat("k", 41)}},
		"what looks like a script": {"items": {"<script>alert(1)</script>"}, "key": {"k"}},
	} {
		before := w.everything()
		code, page, _ := s.ask(http.MethodPost, "/desk/0168/inquiries", form)
		if code != http.StatusUnprocessableEntity && code != http.StatusBadRequest || strings.Contains(page, "<script") {
			t.Errorf("%s: %d %s", name, code, words(page))
		}
		if !maps.Equal(before, w.everything()) {
			t.Errorf("%s changed something", name)
		}
		if items := form.Get("items"); code == http.StatusUnprocessableEntity && items == "acc_1 a b" && !strings.Contains(page, items) {
			t.Error("what was typed is gone")
		}
	}
	form := url.Values{"items": {"acc_1 " + d.Txn + "\r\n\r\nacc_none t1\r\nacc_none t1"}, "key": {"once"}}
	s.ask(http.MethodPost, "/desk/0168/inquiries", form)
	before := w.inquiries(ours)
	s.ask(http.MethodPost, "/desk/0168/inquiries", form)
	if before != 1 || w.inquiries(ours) != before {
		t.Errorf("one form asked %d times, and %d", before, w.inquiries(ours))
	}
	_, list, _ := s.ask(http.MethodGet, "/desk/0168/inquiries", nil)
	_, at, ok := strings.Cut(list, `href="/desk/0168/inquiries/`)
	if !ok {
		t.Fatal(words(list))
	}
	at, _, _ = strings.Cut(at, `"`)
	_, page, _ := s.ask(http.MethodGet, "/desk/0168/inquiries/"+at, nil)
	for _, want := range []string{"acc_1", "acc_none", "身に覚えがない", "/desk/0168/cases/" + d.ID, "見守っている方がいない", "電話が必要なお客さまだけを表示（1件）"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q: %s", want, words(page))
		}
	}
	_, page, _ = s.ask(http.MethodGet, "/desk/0168/inquiries/"+at+"?show=phone", nil)
	if strings.Contains(page, "acc_1<") || !strings.Contains(page, "acc_none") || !strings.Contains(page, "すべて表示（2件）") {
		t.Errorf("to phone: %s", words(page))
	}
}

// inquiries is how many requests a bank has.
func (w *world) inquiries(bank string) int {
	w.t.Helper()
	list, _, err := w.World.Store.Askings(ctx, bank, 50, "")
	if err != nil {
		w.t.Fatal(err)
	}
	return len(list)
}

func many(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "acc_1 t%d\n", i)
	}
	return b.String()
}
