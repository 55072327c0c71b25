package wording

import (
	"time"

	"kozamori/internal/message"
	"kozamori/internal/quote"
	"kozamori/internal/watch"
)

// FamilyNews is what a button of the pages about guardians did, or why it did
// nothing.
type FamilyNews int

// The news of these pages.
const (
	NoFamilyNews    FamilyNews = iota
	FamilyDismissed            // somebody's watching ended
	FamilyHid                  // amounts are hidden from somebody
	FamilyShown                // somebody sees amounts
	FamilyGone                 // they watch no more
	FamilyWithdrawn            // an invitation was withdrawn
	FamilyEnded                // it was open no more
	FamilyFull                 // the account has all the watchers it can have
	FamilyMany                 // too many invitations are open
	FamilyUnsent               // the mail of an invitation could not be sent
)

var (
	tFamLeft      = text{ja: "見守りを終えました。そのことを、その人に伝えます。口座のお知らせは、もう届きません。", en: "Ended. We tell them so, and nothing more about the account."}
	tFamHid       = text{ja: "金額を見せない設定にしました。そのことを、その人に伝えます。", en: "They see no amounts from now on. We tell them so."}
	tFamShown     = text{ja: "金額を見せる設定にしました。そのことを、その人に伝えます。", en: "They see amounts from now on. We tell them so."}
	tFamGone      = text{ja: "その人は、もう見守っていません。", en: "They do not watch any more."}
	tFamWithdrawn = text{ja: "招待を取り消しました。この招待は、もう使えません。", en: "The invitation was taken back. It does not work any more."}
	tFamEnded     = text{ja: "その招待は、すでに使われたか、終わっています。", en: "That invitation has been used, or has ended."}
	tFamFull      = text{ja: "1つの口座を見守れるのは、%d人までです。どなたかの見守りを終えると、また招待できます。", en: "At most %d people can watch one account. Once somebody's watching ends, you can invite again."}
	tFamMany      = text{ja: "まだ使われていない招待が、いくつもあります。見守り家族の一覧で、不要な招待を取り消してください。招待は、%sがたつと終わります。", en: "Too many invitations are still unused. Take back those you do not need, on the family page. Each ends after %s."}
)

func (n FamilyNews) in(lang watch.Lang) string {
	switch n {
	case FamilyDismissed:
		return tFamLeft.in(lang)
	case FamilyHid:
		return tFamHid.in(lang)
	case FamilyShown:
		return tFamShown.in(lang)
	case FamilyGone:
		return tFamGone.in(lang)
	case FamilyWithdrawn:
		return tFamWithdrawn.in(lang)
	case FamilyEnded:
		return tFamEnded.in(lang)
	case FamilyFull:
		return tFamFull.in(lang, watch.MaxWatchers)
	case FamilyMany:
		return tFamMany.in(lang, hours(watch.InviteFor))
	case FamilyUnsent:
		return tMailFail.in(lang)
	}
	return ""
}

// OpenInvite is an invitation that is not taken yet.
type OpenInvite struct {
	ID            string // names it to the page, and opens nothing
	Name          quote.Text
	HideAmount    bool
	Made, Expires time.Time
}

var (
	tFamOpen      = text{ja: "招待中", en: "Invited"}
	tFamOpenName  = text{ja: "招待中：%s", en: "Invited: %s"}
	tFamOpenMade  = text{ja: "招待した日時", en: "Invited at"}
	tFamOpenUntil = text{ja: "招待の期限", en: "Valid until"}
	tFamWithdraw  = text{ja: "この招待を取り消す", en: "Take this invitation back"}
)

func (i *OpenInvite) part(lang watch.Lang, now time.Time) message.Part {
	m := message.Message{Lang: string(lang), Title: tFamOpen.in(lang), Facts: []message.Fact{
		{Label: tFamSees.in(lang), Value: pick(i.HideAmount, tFamHidden, tFamAll).in(lang)},
		{Label: tFamOpenMade.in(lang), Value: Time(lang, i.Made, now)}, {Label: tFamOpenUntil.in(lang), Value: Time(lang, i.Expires, now)}}}
	if name := label(i.Name); name != "" {
		m.Title = tFamOpenName.in(lang, name)
	}
	return message.Part{Message: m, Forms: []message.Form{{Do: DoWithdraw, Label: tFamWithdraw.in(lang), Style: message.Secondary,
		Fields: []message.Field{{Kind: message.FieldHidden, Name: "invitation", Value: i.ID}}}}}
}
