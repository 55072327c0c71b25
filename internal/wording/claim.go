package wording

import (
	"strings"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// ClaimFact is within how many days a loss can be claimed.
type ClaimFact struct {
	Days     int
	FromLoss bool      // or else from the day on which it is noticed
	Until    time.Time // of the latest debit; zero if its day is not known
	Over     bool
	AsOf     string // the day or month that it is of: 2026-11
	Doubtful bool   // no page of the service's or bank's own says so
	// Like tells that a bank says it of stolen passbooks and internet banking, and
	// nothing of payment services.
	Like bool
}

// by is the last day of a claim for what happened first at one time and was
// noticed at another, in JST.
func (c *ClaimFact) by(loss, noticed time.Time) time.Time {
	return watch.ClaimEnds(c.Days, c.FromLoss, loss, noticed)
}

// ClaimBy is the last day, in JST, on which a loss can be claimed from them; of
// several terms the one that ends first. Zero if none is known.
func (c *Contact) ClaimBy(loss, noticed time.Time) time.Time {
	day, _ := c.firstClaim(loss, noticed)
	return day
}

func (c *Contact) firstClaim(loss, noticed time.Time) (day time.Time, which *ClaimFact) {
	for i := range c.Claims {
		if by := c.Claims[i].by(loss, noticed); which == nil || by.Before(day) {
			day, which = by, &c.Claims[i]
		}
	}
	return day, which
}

var (
	tClaimFrom    = text{ja: "%[1]sへの届け出の期限は%[2]sです。%[5]sの時点で、あと%[4]d日です（%[3]s）。", en: "Claim from %[1]s by %[2]s; days left on %[5]s: %[4]d (%[3]s)."}
	tClaimLeft    = text{ja: "%[1]sへの届け出の期限は%[2]sです。あと%[4]d日です（%[3]s）。", en: "Claim from %[1]s by %[2]s; days left: %[4]d (%[3]s)."}
	tClaimToday   = text{ja: "%[1]sへの届け出の期限は、今日（%[2]s）です（%[3]s）。", en: "Claim from %[1]s today, %[2]s (%[3]s)."}
	tClaimOver    = text{ja: "%[1]sへの届け出の期限（%[2]s）は過ぎています（%[3]s）。それでも、すぐに相談してください。", en: "The time to claim from %[1]s ended on %[2]s (%[3]s). Please contact them at once all the same."}
	tClaimNotice  = text{ja: "気づいた日から%[1]d日以内。%[2]s現在", en: "within %[1]d days of noticing it, as of %[2]s"}
	tClaimLoss    = text{ja: "引き落としの日から%[1]d日以内。%[2]s現在", en: "within %[1]d days of the debit, as of %[2]s"}
	tClaimAsk     = text{ja: "%s。公式の案内では確かめていません", en: "%s, not confirmed on an official page"}
	tClaimLike    = text{ja: "%s。盗難通帳やネットバンキングの被害についての定めです。決済サービスの引き落としにも当たるかは、銀行に確かめてください", en: "%s; the bank says this of stolen passbooks and internet banking: please ask whether it holds for payment services, too"}
	tClaimUnknown = text{ja: "%sへの届け出の期限は、口座守では分かりません。できるだけ早く連絡してください。", en: "We do not know until when you can claim from %s. Please contact them as soon as you can."}
)

// claimant is from whom a loss can be claimed, and when it first happened there.
type claimant struct {
	Named
	loss time.Time
}

// claimants are those of a report: the services that took money, then the bank.
func (f *DisputeFacts) claimants(total *watch.Total) []claimant {
	var out []claimant
	if len(total.Of) > 1 && f.ServiceOf != nil {
		for _, id := range total.Of {
			if n, c := f.ServiceOf(id); n != "" && !total.LossOf(id).IsZero() {
				out = append(out, claimant{Named{n, c}, total.LossOf(id)})
			}
		}
	}
	if len(out) == 0 && f.ServiceName != "" {
		out = []claimant{{Named{f.ServiceName, f.Service}, total.Loss()}}
	}
	return append(out, claimant{Named{f.bank(), f.Bank}, total.Loss()})
}

// claims say until when a loss can be claimed from each of those whom to call, how
// many days are left at a time, and of whom that is not known. What is read later than
// it was worded (dated) says on which day the days were counted.
func claims(lang watch.Lang, noticed, at time.Time, dated bool, from []claimant) []string {
	var out, unknown []string
	for _, n := range from {
		day, c := n.Contact.firstClaim(n.loss, noticed)
		if c == nil {
			unknown = append(unknown, n.Name)
			continue
		}
		why := pick(c.FromLoss, tClaimLoss, tClaimNotice).in(lang, c.Days, month(lang, c.AsOf))
		switch {
		case c.Doubtful:
			why = tClaimAsk.in(lang, why)
		case c.Like:
			why = tClaimLike.in(lang, why)
		}
		args := []any{n.Name, Date(lang, day), why}
		switch left := DaysUntil(day, at); {
		case left < 0:
			out = append(out, tClaimOver.in(lang, args...))
		case left == 0:
			out = append(out, tClaimToday.in(lang, args...))
		case dated:
			out = append(out, tClaimFrom.in(lang, append(args, left, dayOf(lang, at))...))
		default:
			out = append(out, tClaimLeft.in(lang, append(args, left)...))
		}
	}
	if len(unknown) > 0 {
		out = append(out, tClaimUnknown.in(lang, listed(lang, unknown)))
	}
	return out
}

// DaysUntil counts the days from a time to a day, both in JST.
func DaysUntil(day, now time.Time) int {
	n := now.In(watch.JST)
	today := time.Date(n.Year(), n.Month(), n.Day(), 0, 0, 0, 0, watch.JST)
	return int(day.Sub(today) / (24 * time.Hour)) // Japan has no summer time
}

var tClaimDay = text{ja: "1月2日", en: "2 January"} // a time layout

// dayOf writes a day in JST without its year, next to another that has it.
func dayOf(lang watch.Lang, t time.Time) string { return t.In(watch.JST).Format(tClaimDay.in(lang)) }

// month says a day or a month of the catalogue: 2026年11月.
func month(lang watch.Lang, asOf string) string {
	if len(asOf) >= len("2006-01") {
		if t, err := time.Parse("2006-01", asOf[:len("2006-01")]); err == nil {
			return t.Format(tHistMonth.in(lang))
		}
	}
	return strings.TrimSpace(asOf)
}

// claims are those of a report: of the services that took money, then of the
// bank. A report of links alone has no loss.
func (f *DisputeFacts) claims(at time.Time, dated bool) []string {
	total := f.Dispute.TotalAt(f.Change.Seq)
	if total.Debits == 0 || f.Dispute.AnsweredAt.IsZero() {
		return nil
	}
	return claims(f.lang(), f.Dispute.AnsweredAt, at, dated, f.claimants(&total))
}

// claimsSaid are those that a message says: with the days that were left when what it
// answers was said, which is the same however often it is sent.
func (f *DisputeFacts) claimsSaid() []string {
	at := f.At
	if at.IsZero() {
		at = f.Dispute.AnsweredAt
	}
	return f.claims(at, true)
}

var (
	tAltRemind  = text{ja: "【お知らせ】届け出の期限が近づいています", en: "[Notice] The time to claim ends soon"}
	tRemind     = text{ja: "届け出の期限が近づいています", en: "The time to claim ends soon"}
	tRemindText = text{ja: "すでに届け出た場合は、このままで結構です。まだの場合は、受付番号を伝えて届け出てください。", en: "If you have claimed already, do nothing. If not, please claim now and give your report number."}
)

// ClaimReminder reminds of a report whose time to claim ends on a day. False if
// there is nothing to be reminded of any more.
func ClaimReminder(f DisputeFacts, day time.Time) (message.Message, bool) {
	lang, d := f.lang(), f.Dispute
	if d.Status == watch.DisputeWithdrawn || d.Status == watch.DisputeRefunded || d.Status == watch.DisputeClosed || d.Ours().Status == watch.DisputeWithdrawn {
		return message.Message{}, false
	}
	total := d.TotalAt(0)
	var of []claimant
	for _, n := range f.claimants(&total) {
		if n.Contact.ClaimBy(n.loss, d.AnsweredAt).Equal(day) {
			of = append(of, n)
		}
	}
	if total.Debits == 0 || len(of) == 0 {
		return message.Message{}, false
	}
	f.UndoUntil = time.Time{}
	m := f.message(tAltRemind, tRemind)
	m.Tone, m.Badge = message.Notice, tNotice.in(lang)
	m.Text = append(claims(lang, d.AnsweredAt, watch.ClaimRemindedAt(watch.ClaimSeq(day)), true, of), tRemindText.in(lang))
	for _, n := range of {
		m.Steps = append(m.Steps, callOr(lang, n.Named, pick(n.Name == f.bank(), tcCallNone, tcCallApp)))
	}
	m.Buttons = f.buttons()
	return m, true
}

// claims are those of the page's report, with the days that are left; dated on what is
// printed.
func (f *PageFacts) claims(dated bool) []string {
	d := DisputeFacts{Lang: f.lang(), Dispute: f.Dispute, ServiceName: f.ServiceName, BankName: f.BankName, Bank: f.Bank, Service: f.Service, ServiceOf: f.ServiceOf}
	return d.claims(f.Now, dated)
}
