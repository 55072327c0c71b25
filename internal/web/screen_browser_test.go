package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"kozamori/internal/testkit/breadth"
	"kozamori/internal/testkit/browsertest"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// A phone of 360 by 740 pixels shows this many of a page at first: its own bars
// take the rest.
const (
	phoneWidth = 360
	firstSight = 640
)

// asking are the pages that ask something of their readers, by name: each kind of
// alert, with names as long as they are, for the owner and for a guardian.
func asking(lang watch.Lang, guardian bool) map[string]wording.PageFacts {
	at := time.Date(2020, 9, 4, 5, 5, 11, 0, time.UTC)
	long := map[watch.Lang][2]string{
		watch.Japanese: {"銀行のスマホ決済（はまPay、YOKA!Pay、OKI Pay、Payどん、こいPay、トチカ）", "三菱UFJ信託銀行"},
		watch.English:  {"banks' own phone payments (Hama Pay, YOKA!Pay, OKI Pay, Pay-don, Koi Pay, Tochika)", "Sumitomo Mitsui Banking Corporation"},
	}[lang]
	record := func(id string, change ...func(*watch.Record)) *watch.Record {
		r := &watch.Record{ID: id, Kind: watch.Debit, Status: watch.Posted, Service: "docomo", Confidence: watch.Seen, Amount: 100000, Mask: "普通 ***4567", Descriptor: "ﾄﾞｺﾓｺｳｻﾞ",
			OccurredAt: at, RecordedAt: at, ReceivedAt: at, Complete: true, OnAccount: watch.On(watch.AccountKey{Bank: "0125", Ref: "acc_1"}),
			Notices: []watch.Notice{{Watcher: "w1", Reasons: watch.Because(watch.ServiceDebit | watch.FirstSeen | watch.AfterNewLink | watch.Burst)}}}
		for _, c := range change {
			c(r)
		}
		return r
	}
	page := func(r *watch.Record, change ...func(*wording.PageFacts)) wording.PageFacts {
		f := wording.PageFacts{Record: r, Watcher: watch.Watcher{ID: "w1", Role: watch.Owner, Lang: lang}, Now: at.Add(time.Minute), BankName: "七十七銀行", ServiceName: "d払い（ドコモ口座）",
			Bank: wording.Contact{Phone: "0120-000-000", Hours: "9:00-17:00"}, Service: wording.Contact{Phone: "0120-111-111"}}
		if lang == watch.English {
			f.BankName, f.ServiceName = "The 77 Bank", "d-barai (Docomo account)"
		}
		if guardian {
			f.Watcher.Role = watch.Guardian
		}
		for _, c := range change {
			c(&f)
		}
		return f
	}
	longer := func(f *wording.PageFacts) { f.ServiceName, f.BankName = long[0], long[1] }
	several := func(n int) *watch.Record {
		r := record("r0")
		for i := 1; i < n; i++ {
			r.Join(record("r"+strconv.Itoa(i), func(p *watch.Record) { p.OccurredAt = at.Add(time.Duration(i) * time.Second) }))
		}
		return r
	}
	undecided := func(r *watch.Record) { r.Confidence, r.Other = watch.Undecided, "PayPayカードの請求" }
	out := map[string]wording.PageFacts{
		"a debit":             page(record("r0")),
		"long names":          page(record("r0"), longer),
		"a link":              page(record("r0", asLink)),
		"a link, long names":  page(record("r0", asLink), longer),
		"two readings":        page(record("r0", undecided)),
		"two readings, long":  page(record("r0", undecided), longer),
		"undecided":           page(record("r0", func(r *watch.Record) { r.Confidence = watch.Undecided })),
		"pending and guessed": page(record("r0", func(r *watch.Record) { r.Status, r.Confidence = watch.Pending, watch.Guessed })),
		"late":                page(record("r0", func(r *watch.Record) { r.ReceivedAt = at.Add(60 * time.Hour) })),
		"part returned":       page(record("r0", func(r *watch.Record) { r.Returned = 30000 })),
		"no service":          page(record("r0", func(r *watch.Record) { r.Service = "" }), func(f *wording.PageFacts) { f.ServiceName = "" }),
		"the bank says otherwise": page(record("r0", func(r *watch.Record) { r.Second = &watch.Second{Service: "paypay", Bank: true} }),
			func(f *wording.PageFacts) { f.SecondName = "PayPay" }),
		"two debits":                          page(several(2)),
		"twenty debits":                       page(several(20)),
		"as many as there may be, long names": page(several(1+watch.MaxMembers), longer),
		"answered before it became more": page(record("r0", func(r *watch.Record) {
			r.Answer = &watch.Answer{Value: watch.Mine, Watcher: "w1", At: at, Shows: &watch.Shown{Amount: 1, Service: "docomo"}}
		})),
		"a report taken back": page(record("r0"), func(f *wording.PageFacts) {
			f.Dispute = &watch.Dispute{ID: "d", Reference: "KZ-7F3K-9Q2M", Record: "r0", Amount: 100000, AnsweredAt: at, Watcher: "w1", Status: watch.DisputeWithdrawn}
		}),
		"pieces, one of which is reported": page(several(3), func(f *wording.PageFacts) {
			f.Others = []wording.OtherPieces{{Href: "#", Group: watch.Group{Record: several(4)}}}
		}),
	}
	if guardian {
		out["no amounts"] = page(several(3), func(f *wording.PageFacts) { f.Watcher.HideAmount = true })
		out["called"] = page(record("r0"), func(f *wording.PageFacts) { f.Watcher.ID = "g1" })
	}
	return out
}

func asLink(r *watch.Record) {
	r.Kind, r.Amount, r.Status, r.Route = watch.LinkRegistered, 0, "", "web_kouza_furikae"
}

// Whoever opens an alert sees how much it is and both answers, before they move
// the page.
func TestAmountAndAnswersAreSeenAtOnce(t *testing.T) {
	t.Parallel()
	ctx := browsertest.Open(t)
	pages := map[string]wording.PageFacts{}
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for _, guardian := range []bool{false, true} {
			if !breadth.Whole() && guardian != (lang == watch.English) {
				continue
			}
			for name, f := range asking(lang, guardian) {
				pages[fmt.Sprintf("%s, %s, guardian %v", name, lang, guardian)] = f
			}
		}
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f := pages[r.URL.Query().Get("page")]
		refused := wording.NoRefusal
		if r.URL.Query().Has("changed") {
			refused = wording.RefusedChanged
		}
		_ = draw(wording.AlertPage(f, refused)).Render(w)
	}))
	t.Cleanup(srv.Close)
	names := make([]string, 0, len(pages))
	for name := range pages {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		if i%3 != 0 && !breadth.Whole() {
			continue
		}
		browsertest.Look(t, ctx, browsertest.View{Width: phoneWidth})
		browsertest.Go(t, ctx, chromedp.Navigate(srv.URL+"/?page="+url.QueryEscape(name)))
		for what, css := range map[string]string{"the amount": ".amount", "not mine": `button[value="notmine"]`, "mine": `button[value="mine"]`} {
			bottom, err := chromedp.Run(ctx, chromedp.Evaluate[float64](`(() => { const e = document.querySelector('`+css+`'); return e ? e.getBoundingClientRect().bottom + scrollY : -1; })()`))
			if err != nil {
				t.Fatal(err)
			}
			f := pages[name]
			none := what == "the amount" && (f.Record.Kind == watch.LinkRegistered || f.Watcher.HideAmount)
			switch {
			case none != (bottom < 0):
				t.Errorf("%s: %s stands at %.0f", name, what, bottom)
			case bottom > firstSight:
				t.Errorf("%s: %s ends at %.0f pixels, at most %d", name, what, bottom, firstSight)
			}
		}
		views := []browsertest.View{{Width: phoneWidth}, {Width: 320, Large: true}, {Large: true}, {Width: 320}, {Width: phoneWidth, Large: true}, {}}
		for _, v := range views[:breadth.Of(2, len(views))] {
			browsertest.Look(t, ctx, v)
			for _, word := range browsertest.Broken(t, ctx) {
				t.Errorf("%s, %d pixels wide, large %v: a line ends within %s", name, v.Width, v.Large, word)
			}
		}
		browsertest.Look(t, ctx, browsertest.View{Width: phoneWidth})
		browsertest.Shot(t, ctx, "answers "+strings.ReplaceAll(name, "/", "-"))
	}
}
