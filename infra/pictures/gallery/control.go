package gallery

import (
	"time"

	"kozamori/internal/message"
	"kozamori/internal/quote"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// stops are what is said of what a bank was asked to stop.
func stops(lang watch.Lang, one, theirs wording.ChatAccount) (out []Kind) {
	service, bank := names(lang)
	add := func(name string, m message.Message) { out = append(out, Kind{Name: name, Message: m}) }
	contact := wording.Contact{Phone: "0120-000-000", Hours: "24時間", CheckedOn: "2026-11-02"}
	asked := wording.ControlFacts{Lang: lang, Account: one, Bank: contact, Service: service, At: at, Now: at,
		Is: watch.ControlStep{ID: "c1", Seq: 1, Reference: "KZ-4H7M-9QXC", Kind: watch.StopService, Service: "docomo", State: watch.ControlRequested, Asked: watch.ControlRequested}}
	is := func(state watch.ControlState, change func(*wording.ControlFacts)) message.Message {
		f := asked
		if f.Is.State = state; change != nil {
			change(&f)
		}
		return wording.Control(f)
	}
	says := func(text string) func(*wording.ControlFacts) {
		return func(f *wording.ControlFacts) { f.Is.Text = quote.Text(text) }
	}
	add("a stop: asked for", is(watch.ControlRequested, nil))
	add("a stop: asked for by another", is(watch.ControlRequested, func(f *wording.ControlFacts) {
		f.By = map[bool]string{true: "The account's owner", false: "口座の名義人"}[lang == watch.English]
	}))
	add("a stop: asked for again, more than before", is(watch.ControlRequested, func(f *wording.ControlFacts) {
		f.Is.Kind, f.Is.Stands, f.Is.Terms = watch.LimitDebits, true, watch.ControlTerms{PerCharge: 5000, PerMonth: 20_000}
	}))
	add("a stop: applied", is(watch.ControlApplied, func(f *wording.ControlFacts) {
		f.Is.Kind, f.Is.Stands, f.Is.Terms.Until = watch.StopDebits, true, at.Add(24*time.Hour)
	}))
	add("a stop: refused", is(watch.ControlRefused, says("この口座では、窓口でのお手続きが必要です。")))
	add("a stop: not offered", is(watch.ControlNotOffered, func(f *wording.ControlFacts) { f.Is.Kind = watch.StopLinks }))
	add("a stop: no answer yet", is(watch.ControlUnanswered, nil))
	back := func(f *wording.ControlFacts) {
		f.Is.Asked, f.Is.Stands, f.Again, f.Step = watch.ControlWithdrawn, true, true, "s1"
	}
	add("a stop: taken back", is(watch.ControlWithdrawn, back))
	add("a stop: not lifted yet", is(watch.ControlUnanswered, back))
	add("a stop: lifted", is(watch.ControlLifted, func(f *wording.ControlFacts) { back(f); f.Is.Stands = false }))
	add("a stop: kept", is(watch.ControlKept, func(f *wording.ControlFacts) { back(f); f.Is.Text = quote.Text("電話でご確認ください。") }))
	add("a stop: over", is(watch.ControlEnded, func(f *wording.ControlFacts) { f.Is.Kind, f.Is.Terms.Until = watch.StopDebits, at }))
	refused := asked
	refused.Is.State, refused.Is.Service = watch.ControlRefused, "paypay"
	own := wording.StopAccount{ChatAccount: one, Offers: watch.ControlKinds(), Services: []wording.Choice{{ID: "docomo", Name: service}, {ID: "paypay", Name: "PayPay"}}}
	family := wording.StopAccount{ChatAccount: theirs, Offers: watch.ControlKinds(), Controls: []wording.ControlFacts{refused}}
	add("what a bank can be asked to stop", wording.StopOffers(lang, []wording.StopAccount{own}))
	add("what banks can be asked to stop", wording.StopOffers(lang, []wording.StopAccount{own, family}))
	add("stop new links?", wording.AskStop(lang, own, watch.StopLinks, false, at))
	add("stop all debits?", wording.AskStop(lang, own, watch.StopDebits, true, at))
	add("a stop: less than what stands", wording.StopRefused(lang, wording.StopWeaker, bank, contact))
	add("a stop: the bank offers none", wording.StopRefused(lang, wording.StopNoOffer, bank, contact))
	add("a stop: changed too often", wording.StopRefused(lang, wording.StopFull, bank, wording.Contact{}))
	return out
}
