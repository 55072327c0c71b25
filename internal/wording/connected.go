package wording

import (
	"slices"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/quote"
	"kozamori/internal/watch"
)

// ServicesFacts is what the page of connected services is made from.
type ServicesFacts struct {
	View     AccountView
	Home     string
	Services []ServiceLine
	Now      time.Time
}

// ServiceLine is a payment service that touched an account.
type ServiceLine struct {
	Name     string
	Activity watch.ServiceActivity
	Record   string // the record that its two answers are about; empty leaves them out
	Unknown  bool   // of a link whose service is not known
	// Links is how many links of the service stand, if the line is that of one; Text
	// and Word are what passbook and bank call one that is Unknown.
	Links      int
	Text, Word quote.Text
	// NameOf names another service; nil if none has to be named.
	NameOf func(id string) string
	// Settled tells that nothing of it waits for an answer, and Link leads to the page on
	// which that can be changed.
	Settled bool
	Link    string

	group   watch.Group
	open    []*watch.Record
	reports []*watch.Dispute
}

// Stands says how the record of the line stands, what of the service waits for an
// answer, and which reports about it stand. Without it the line asks.
func (s *ServiceLine) Stands(g watch.Group, open []*watch.Record, reports []*watch.Dispute) {
	s.group, s.open, s.reports, s.Settled = g, open, reports, len(open) == 0
}

// stand says what was reported, how it was answered otherwise, and what is left.
func (s *ServiceLine) stand(lang watch.Lang, hide bool) (out []message.Fact) {
	known := false
	for _, d := range s.reports {
		c := covers{lang: lang, total: d.TotalAt(0), hide: hide}
		out = append(out, message.Fact{Label: tServReport.in(lang), Value: tServReportIs.in(lang, d.Reference, c.several(), statusName(lang, d))})
		known = known || s.group.Dispute != nil && d.ID == s.group.Dispute.ID
	}
	switch total := watch.TotalOf(s.open, nil); {
	case s.Settled && s.group.Record != nil && (!known || !s.group.Dispute.Stands(s.group.Record)):
		out = append(out, message.Fact{Label: tcListState.in(lang), Value: state(lang, s.group.Record, s.group.Dispute)})
	case !s.Settled && (len(s.reports) > 0 || total.Several()):
		c := covers{lang: lang, total: total, hide: hide}
		out = append(out, message.Fact{Label: tServOpen.in(lang), Value: c.several()})
	}
	return out
}

// linked is the newest link that still stands.
func (s *ServiceLine) linked() (watch.Link, bool) {
	for i := len(s.Activity.Links) - 1; i >= 0; i-- {
		if l := s.Activity.Links[i]; l.RemovedAt.IsZero() {
			return l, true
		}
	}
	return watch.Link{}, false
}

var (
	tServName     = text{ja: "口座守：つながっているサービス", en: "Kozamori: connected services"}
	tServTitle    = text{ja: "つながっているサービス", en: "Connected services"}
	tServText     = text{ja: "この口座が登録された、または引き落としのあった決済サービスです。口座守を始める前の登録は、銀行から知らされたものだけです。通帳もご確認ください。", en: "Payment services that were linked to this account or took money from it. Of links from before it was watched only those are here that the bank has told us of: please check your passbook too."}
	tServNone     = text{ja: "口座守を始めてから、この口座を使った決済サービスはありません。それより前の登録は分からないことがあります。通帳もご確認ください。", en: "No payment service has used this account since it has been watched. Older links may not be known: please check your passbook too."}
	tServLinked   = text{ja: "口座の登録", en: "Linked since"}
	tServUnlink   = text{ja: "登録された日は分かりません", en: "date not known"}
	tServRemoved  = text{ja: "解除されています", en: "removed"}
	tServOther    = text{ja: "%[1]s（通帳の表示では「%[2]s」）", en: "%[1]s (the passbook says %[2]s)"}
	tServMayGone  = text{ja: "%s（解除された可能性があります）", en: "%s (may have been removed)"}
	tServCount    = text{ja: "登録の数", en: "Links"}
	tServOne      = text{ja: "このサービスの登録は%d件あり、これはそのうちのひとつです", en: "this is one of %d with this service"}
	tServOfAll    = text{ja: "このサービスの登録は%d件あり、これはそのうちのひとつです。下の引き落としは、すべての登録を合わせたものです", en: "this is one of %d with this service; the debits below are those of all of them"}
	tServFirst    = text{ja: "最初の利用", en: "First used"}
	tServLast     = text{ja: "最後の利用", en: "Last used"}
	tServUsed     = text{ja: "引き落とし", en: "Debits"}
	tServNotYet   = text{ja: "見守りを始めてからは、まだありません", en: "none since it has been watched"}
	tServDoubt    = text{ja: "%[2]d件のうち%[1]d件は、別の支払いかもしれません", en: "%[1]d of %[2]d may be another payment"}
	tServAmount   = text{ja: "最後の引き落とし", en: "Last debit"}
	tServAsk      = text{ja: "このサービスに心当たりはありますか。", en: "Do you recognise this service?"}
	tServAskRest  = text{ja: "お申し出に含まれていない分に、心当たりはありますか。", en: "Do you recognise what is not part of the report?"}
	tServReport   = text{ja: "お申し出", en: "Report"}
	tServReportIs = text{ja: "%[1]s（%[2]s）、%[3]s", en: "%[1]s (%[2]s), %[3]s"}
	tServOpen     = text{ja: "まだ回答のないもの", en: "Not answered yet"}
	tServUnknown  = text{ja: "サービス名不明", en: "Unknown payment service"}
)

// name is the service's, and says so if all that is known of it may be something
// else.
func (s *ServiceLine) name(lang watch.Lang) string {
	return orOther(lang, orElse(s.Name, tServUnknown.in(lang)), s.doubtful())
}

// doubtful tells whether all that is known of it may be something else.
func (s *ServiceLine) doubtful() bool {
	a := s.Activity
	return len(a.Links) == 0 && a.Debits > 0 && a.Doubtful >= a.Debits
}

// linkedAt tells whether a time of the activity is that of a link, so that when the
// service was first, or last, used is not known from it.
func (s *ServiceLine) linkedAt(at time.Time) bool {
	return slices.ContainsFunc(s.Activity.Links, func(l watch.Link) bool {
		return l.RegisteredAt.Truncate(time.Millisecond).Equal(at.Truncate(time.Millisecond))
	})
}

// called is what passbook and bank call a link whose service is not known.
func (s *ServiceLine) called(lang watch.Lang, page bool) (out []message.Fact) {
	for _, c := range []struct {
		label text
		text  quote.Text
	}{{tFactDesc, s.Text}, {tFactWord, s.Word}} {
		if said := quoted(lang, c.text, page); said != "" {
			out = append(out, message.Fact{Label: c.label.in(lang), Value: said})
		}
	}
	return out
}

// facts say since when a service is connected, and what it did last.
func (s *ServiceLine) facts(lang watch.Lang, hide, page bool, now time.Time) []message.Fact {
	a := s.Activity
	since := tServUnlink.in(lang)
	if l, ok := s.linked(); ok {
		since = bankTime(lang, l.RegisteredAt, now)
		if l.Second != "" && s.NameOf != nil {
			since = tServOther.in(lang, since, s.NameOf(l.Second))
		}
		if l.MayBeGone {
			since = tServMayGone.in(lang, since)
		}
	} else if len(a.Links) > 0 {
		since = tServRemoved.in(lang)
	}
	out := []message.Fact{{Label: tServLinked.in(lang), Value: since}}
	if s.doubtful() {
		out = nil // it may never have been linked
	}
	if s.Unknown { // which debits are its own is not known
		return append(s.called(lang, page), out...)
	}
	if s.Links > 1 {
		out = append(out, message.Fact{Label: tServCount.in(lang), Value: pick(a.Debits > 0, tServOfAll, tServOne).in(lang, s.Links)})
	}
	if a.Debits == 0 { // its times are of links
		return append(out, message.Fact{Label: tServUsed.in(lang), Value: tServNotYet.in(lang)})
	}
	if a.Doubtful > 0 && !s.doubtful() {
		out = append(out, message.Fact{Label: tServUsed.in(lang), Value: tServDoubt.in(lang, a.Doubtful, a.Debits)})
	}
	for _, u := range []struct {
		label text
		at    time.Time
	}{{tServFirst, a.FirstAt}, {tServLast, a.LastAt}} {
		if !s.linkedAt(u.at) {
			out = append(out, message.Fact{Label: u.label.in(lang), Value: Date(lang, u.at)})
		}
	}
	if !hide && a.LastAmount > 0 { // 0 if none of the recent ones stands
		out = append(out, message.Fact{Label: tServAmount.in(lang), Value: Yen(lang, a.LastAmount)})
	}
	return out
}

// ServicesPage lists the payment services that touched an account.
func ServicesPage(f ServicesFacts) message.Page {
	lang := langOf(f.View.Lang)
	p := plainPage(lang, tServName, tServTitle, tServText.in(lang))
	p.Parts[0].Facts = []message.Fact{{Label: tFactAccount.in(lang), Value: f.View.Title()}}
	if len(f.Services) == 0 {
		p.Parts[0].Text = []string{tServNone.in(lang)}
	}
	guardian := f.View.Watcher.Role == watch.Guardian
	for _, s := range f.Services {
		part := message.Part{Message: message.Message{Lang: p.Lang, Title: s.name(lang), Facts: s.facts(lang, f.View.Watcher.HideAmount, true, f.Now)}}
		part.Facts = append(part.Facts, s.stand(lang, f.View.Watcher.HideAmount)...)
		if s.Settled && s.Link != "" {
			part.Links = []message.PageLink{{Href: s.Link, Label: tDetails.in(lang)}}
		}
		if s.Record != "" && !s.Settled {
			record := message.Field{Kind: message.FieldHidden, Name: "record", Value: s.Record}
			part.Text = []string{pick(len(s.reports) > 0, tServAskRest, tServAsk).in(lang)}
			form := message.Form{Do: DoNotMine, Label: pick(guardian, tNotTheirs, tNotMine).in(lang), Style: message.Danger, Fields: []message.Field{record},
				More: []message.Form{{Do: DoMine, Label: pick(guardian, tTheirs, tMine).in(lang), Style: message.Secondary}}}
			if len(s.open) > 0 {
				form.Fields = append(form.Fields, saw(s.open))
			}
			part.Forms = []message.Form{form}
		}
		p.Parts = append(p.Parts, part)
	}
	p.Parts = append(p.Parts, backTo(lang, f.Home))
	return p
}
