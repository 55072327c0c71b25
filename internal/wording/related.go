package wording

import (
	"slices"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

var (
	tRelatedNew  = text{ja: "お申し出（%s）のあとに、別の口座でも新しい動きがありました。この口座の分は、まだ銀行へ伝えていません。", en: "Something new has happened on another account since the report (%s). We have not told the bank about this account."}
	tRelatedKept = text{ja: "お申し出（%s）と同じサービスの、別の口座での引き落としです。この口座の分は、まだ銀行へ伝えていません。", en: "This is a service of the report (%s), on another account. We have not told the bank about this account."}
	tRelatedMore = text{ja: "お申し出（%s）に関連する、別の口座の動きです。この口座の分は、まだ銀行へ伝えていません。", en: "This is on another account, and related to the report (%s). We have not told the bank about this account."}
	tRelatedFact = text{ja: "関連するお申し出", en: "Related report"}
	tRelatedIs   = text{ja: "%[1]s。お申し出（%[2]s）に関連する、別の口座の動きです", en: "%[1]s. Related to the report (%[2]s) about another account"}
	tRelatedLink = text{ja: "関連するお申し出（%s）", en: "The related report (%s)"}
	tRelatedThis = text{ja: "お申し出に関連する、別の口座の動き", en: "Related to the report, on another account"}
)

// related says to which report this belongs that is about another account.
func (f *IncidentFacts) related() []string {
	open := slices.ContainsFunc(f.Parts, func(p AlertFacts) bool { return p.open() })
	if f.Related == "" || f.Report != "" || !open {
		return nil
	}
	say := tRelatedMore
	if slices.ContainsFunc(f.Parts, func(p AlertFacts) bool { return p.Related && !p.Silenced }) {
		say = tRelatedNew
	} else if !slices.ContainsFunc(f.Parts, func(p AlertFacts) bool { return !p.Silenced }) {
		say = tRelatedKept
	}
	return []string{say.in(f.Parts[0].lang(), f.Related)}
}

// Related is an incident of another account of the reader that belongs to the same
// story: one was reported, and the other is new after that or came to light with it.
type Related struct {
	BankName  string
	Lead      *watch.Record
	Dispute   *watch.Dispute
	Reference string // of the report, if that is the other one
	Href      string // of its page
}

// related are the ways to those.
func (f *PageFacts) related() (out []message.PageLink) {
	lang := f.lang()
	for _, o := range f.Related {
		label := tRelatedThis.in(lang)
		if o.Reference != "" {
			label = tRelatedLink.in(lang, o.Reference)
		}
		out = append(out, message.PageLink{Href: o.Href, Label: label, Hint: tcSaysOf.in(lang, Account(o.BankName, o.Lead.Mask), state(lang, o.Lead, o.Dispute))})
	}
	return out
}
