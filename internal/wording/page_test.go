package wording

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"kozamori/internal/dispute"
	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// pageFacts is an alert that the owner and a guardian were told of.
func pageFacts(lang watch.Lang, change ...func(*PageFacts)) PageFacts {
	r := debit()
	told := func(id, who string, ch watch.ChannelKind, s watch.DeliveryState) watch.Delivery {
		return watch.Delivery{ID: id, Kind: watch.TellAlert, Watcher: who, Channel: ch, State: s, CreatedAt: jst("2020-09-04 14:05:12"), AcceptedAt: jst("2020-09-04 14:05:13")}
	}
	r.Deliveries = []watch.Delivery{told("1", "w1", watch.LINE, watch.Undelivered), told("2", "w1", watch.Email, watch.Accepted), told("3", "w2", watch.Email, watch.Accepted)}
	r.Notices = []watch.Notice{{Watcher: "w1", Reasons: watch.Because(watch.ServiceDebit | watch.FirstSeen | watch.Overdrawn)}}
	f := PageFacts{Record: r, Watcher: watch.Watcher{ID: "w1", Role: watch.Owner, Lang: lang}, Now: jst("2020-09-04 14:08:00"), TrustDays: dispute.TrustDays,
		Bank: Contact{Phone: "0120-000-000", Hours: "9:00-17:00"}, Service: Contact{Phone: "0120-111-111", CheckedOn: "2026-11-02"}}
	f.Channel = func(kind watch.ChannelKind) string {
		return map[watch.ChannelKind]text{watch.LINE: {ja: "LINE", en: "LINE"}, watch.Email: {ja: "メール", en: "mail"}}[kind].in(lang)
	}
	f.ServiceName, f.BankName = names(lang)
	for _, c := range change {
		c(&f)
	}
	return f
}

func byGuardian(f *PageFacts) {
	f.Watcher.ID, f.Watcher.Role, f.Watcher.HideAmount = "w2", watch.Guardian, true
	f.UndoUntil = time.Time{}
}

func notMine(f *PageFacts) {
	f.Record.Answer = &watch.Answer{Value: watch.NotMine, Watcher: "w1", Via: watch.ViaPage, At: jst("2020-09-04 14:06:02")}
	f.Dispute = disputeFacts(f.Watcher.Lang).Dispute
	f.Dispute.AnsweredBy = watch.Owner
	f.Dispute.Changes = []watch.DisputeChange{{Seq: 1, Status: watch.DisputeOpened, By: watch.Owner, TellBank: true, At: jst("2020-09-04 14:06:02")}}
	f.UndoUntil = jst("2020-09-04 14:16:02")
}

func refunded(f *PageFacts) {
	notMine(f)
	d := f.Dispute
	d.Status, d.Text, f.UndoUntil = watch.DisputeRefunded, "全額を返金しました。", time.Time{}
	d.Changes[0].ToldAt = jst("2020-09-04 14:06:03")
	for i, s := range []watch.DisputeStatus{watch.DisputeReceived, watch.DisputeFrozen, watch.DisputeRefunded} {
		d.Changes = append(d.Changes, watch.DisputeChange{Seq: i + 2, Status: s, At: jst("2020-09-04 15:00:00").Add(time.Duration(i) * time.Hour)})
	}
}

func withdrawn(f *PageFacts) {
	notMine(f)
	f.Record.Answer, f.UndoUntil = nil, time.Time{}
	f.Dispute.Status = watch.DisputeWithdrawn
	f.Dispute.Changes = append(f.Dispute.Changes, watch.DisputeChange{Seq: 2, Status: watch.DisputeWithdrawn, TellBank: true, At: jst("2020-09-04 14:07:00"), GaveUpAt: jst("2020-09-07 14:07:00")})
}

func mine(f *PageFacts) {
	f.Record.Answer = &watch.Answer{Value: watch.Mine, Watcher: "w1", At: jst("2020-09-04 14:06:02")}
	f.Offer = watch.Trust{Service: "docomo", UpTo: 100000, Until: jst("2020-12-03 14:08:00")}
}

func sheet(f PageFacts) message.Page {
	p, ok := ClaimSheet(f, "/alert/h4ndle")
	if !ok {
		panic("there is no report")
	}
	return p
}

// pages are the pages by name.
func pages(lang watch.Lang) map[string]message.Page {
	stop := StopFacts{Lang: lang, Channel: map[watch.Lang]string{watch.Japanese: "メール", watch.English: "mail"}[lang], Mask: "普通 ***4567", Other: "LINE"}
	_, stop.BankName = names(lang)
	stopped := stop
	stopped.Stopped, stopped.Other = true, ""
	return map[string]message.Page{
		"page-ask":           AlertPage(pageFacts(lang), NoRefusal),
		"page-ask-guardian":  AlertPage(pageFacts(lang, byGuardian), NoRefusal),
		"page-ask-link":      AlertPage(pageFacts(lang, func(f *PageFacts) { f.Record = link(); f.ServiceName = "PayPay" }), NoRefusal),
		"page-not-mine":      AlertPage(pageFacts(lang, notMine), NoRefusal),
		"page-by-owner":      AlertPage(pageFacts(lang, notMine, byGuardian), RefusedAllowed),
		"page-bank-not-told": AlertPage(pageFacts(lang, notMine, func(f *PageFacts) { f.Dispute.Changes[0].GaveUpAt = jst("2020-09-07 14:06:02") }), RefusedLate),
		"page-sheet":         sheet(pageFacts(lang, notMine)), "page-sheet-guardian": sheet(pageFacts(lang, refunded, byGuardian)),
		"page-refunded":      AlertPage(pageFacts(lang, refunded), NoRefusal),
		"page-withdrawn":     AlertPage(pageFacts(lang, withdrawn), NoRefusal),
		"page-mine":          AlertPage(pageFacts(lang, mine), NoRefusal),
		"page-mine-by-owner": AlertPage(pageFacts(lang, mine, byGuardian), RefusedTrust),
		"page-trusted": AlertPage(pageFacts(lang, mine, func(f *PageFacts) {
			f.Watcher.Rules.Trusts = []watch.Trust{f.Offer}
		}), NoRefusal),
		"page-undone":           AlertPage(pageFacts(lang, func(f *PageFacts) { f.Record.UndoneAt = jst("2020-09-04 14:07:00") }), NoRefusal),
		"page-expired":          ExpiredPage(lang, stop.BankName, Contact{Phone: "0120-000-000"}, "", "LINE"),
		"page-expired-disputed": ExpiredPage(lang, stop.BankName, Contact{}, "KZ-7F3K-9Q2M", ""),
		"page-unknown":          UnknownPage(lang), "page-reopen": ReopenPage(lang), "page-not-taken": NotTakenPage(lang),
		"page-broken": BrokenPage(lang, false), "page-broken-answer": BrokenPage(lang, true),
		"page-stop": StopPage(stop), "page-stopped": StopPage(stopped),
	}
}

func showPage(p message.Page) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)\n", p.Name, p.Lang)
	if p.Notice != "" {
		fmt.Fprintf(&b, "! %s\n", p.Notice)
	}
	for _, part := range p.Parts {
		b.WriteString("\n" + strings.TrimPrefix(show(part.Message), "alt: "+part.Alt+"\n"))
		if part.Alarm != "" {
			fmt.Fprintf(&b, "!!! %s\n", part.Alarm)
		}
		if part.QR != "" {
			fmt.Fprintf(&b, "(%s)\n", part.QRName)
		}
		if x := part.Picture; len(x.Bars) > 0 {
			fmt.Fprintf(&b, "%s (%s)\n", x.Title, x.Note)
			for _, bar := range x.Bars {
				fmt.Fprintf(&b, "%-10s %s: %s\n", strings.Repeat("=", int(10*bar.Share)), bar.Label, bar.Value)
			}
		}
		for _, l := range part.Links {
			fmt.Fprintf(&b, "-> %s | %s | %s\n", l.Label, l.Hint, l.Href)
		}
		for _, f := range part.Forms {
			fmt.Fprintf(&b, "%s\n", f.Note)
			for _, x := range f.Fields {
				showField(&b, x)
			}
			for _, g := range f.Groups {
				fmt.Fprintf(&b, "## %s (%s)%s\n", g.Title, g.Says, map[bool]string{true: " open"}[g.Open])
				for _, t := range g.Text {
					fmt.Fprintf(&b, "  (%s)\n", t)
				}
				for _, x := range g.Fields {
					showField(&b, x)
				}
			}
			for _, x := range append([]message.Form{f}, f.More...) {
				fmt.Fprintf(&b, "[%s %s] %s\n", x.Do, x.Style, x.Label)
			}
		}
		for _, h := range part.History {
			fmt.Fprintf(&b, "- %s %s\n", h.When, h.Say)
		}
	}
	return b.String()
}

func showField(b *strings.Builder, x message.Field) {
	switch x.Kind {
	case message.FieldHidden:
		return
	case message.FieldCheck:
		fmt.Fprintf(b, "[%s] %s\n", map[bool]string{true: "x", false: " "}[x.Checked], x.Label)
	default:
		fmt.Fprintf(b, "%s: <%s> %s\n", x.Label, strings.ReplaceAll(x.Value, "\n", "/"), x.Unit)
	}
	for _, o := range x.Options {
		fmt.Fprintf(b, "  o %s\n", o.Label)
	}
	if x.Hint != "" {
		fmt.Fprintf(b, "  (%s)\n", x.Hint)
	}
	if x.Error != "" {
		fmt.Fprintf(b, "  !! %s\n", x.Error)
	}
}

func TestPagesReadAsInTheGoldenFiles(t *testing.T) {
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for name, p := range pages(lang) {
			golden(t, name, lang, showPage(p))
		}
	}
}

func TestPagesHideAmountsFromWhomTheyAreHidden(t *testing.T) {
	hide := func(f *PageFacts) { f.Watcher.HideAmount = true }
	for name, state := range map[string]func(*PageFacts){"asked": func(*PageFacts) {}, "not mine": notMine, "refunded": refunded, "withdrawn": withdrawn, "mine": mine} {
		for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
			b, err := json.Marshal(AlertPage(pageFacts(lang, state, hide), NoRefusal))
			if err != nil {
				t.Fatal(err)
			}
			for _, amount := range []string{"100,000", "100000", "70,000", "¥"} {
				if strings.Contains(string(b), amount) {
					t.Errorf("%s in %s holds %q", name, lang, amount)
				}
			}
		}
	}
}

func TestEveryPageSaysWhatToDoAndNamesNoAccountInItsWindow(t *testing.T) {
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for name, p := range pages(lang) {
			if strings.ContainsAny(p.Name, "0123456789") || p.Name == "" {
				t.Errorf("%s in %s: the window is called %q", name, lang, p.Name)
			}
			if len(p.Parts) == 0 || p.Parts[0].Title == "" || p.Parts[0].Badge == "" {
				t.Errorf("%s in %s begins without a title", name, lang)
			}
			for _, part := range p.Parts {
				if len(part.Text)+len(part.Steps)+len(part.History)+len(part.Facts)+len(part.Why)+len(part.Forms) == 0 {
					t.Errorf("%s in %s: %q stands alone", name, lang, part.Title)
				}
				for _, f := range part.Forms {
					if f.Label == "" || f.Do == "" {
						t.Errorf("%s in %s has a button without words", name, lang)
					}
				}
			}
		}
	}
}
