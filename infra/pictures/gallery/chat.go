package gallery

import (
	"slices"
	"time"

	"kozamori/internal/button"
	"kozamori/internal/channel"
	"kozamori/internal/email"
	"kozamori/internal/message"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// chat is what the chat says when it is asked, and the news that come by themselves.
func chat(lang watch.Lang) []Kind {
	service, bank := names(lang)
	one := wording.ChatAccount{BankName: bank, Mask: "普通 ***4567", Watcher: "w1", Guardians: true, Erasable: true, Since: at.AddDate(0, -3, 0)}
	theirs := wording.ChatAccount{BankName: bank, Mask: "普通 ***8901", Watcher: "w2", Guardian: true, Since: at.AddDate(0, 0, -15)}
	number := wording.Named{Name: bank, Contact: wording.Contact{Phone: "0120-000-000", Hours: "24時間", CheckedOn: "2026-11-02"}}
	trouble := wording.TroubleFacts{Lang: lang, Bank: number, Services: []wording.Named{{Name: service}}}
	var out []Kind
	add := func(name string, m message.Message) { out = append(out, Kind{Name: name, Message: m}) }

	add("how it is used", wording.Guide(lang))
	add("not understood", wording.NotUnderstood(lang))
	add("not yet", wording.NotYet(lang, wording.CmdSettings))
	add("a button that does nothing any more", wording.Useless(lang))
	add("the owner's to do", wording.OwnerOnly(lang))
	add("not connected", wording.NotConnected(lang))
	add("what to do now", wording.Trouble(trouble))
	add("how to stop the money", wording.StopMoney(trouble))
	add("whom to call", wording.WhomToCall(trouble))
	add("the balance is asked", wording.NoBalance(lang))
	add("thanked", wording.Welcomed(lang))
	add("nothing to take back", wording.NothingToTakeBack(lang, 90))
	add("another language", wording.Speaking(lang))
	add("settings", wording.OpenSettings(lang, page))
	add("family", wording.OpenFamily(lang, page))
	add("pause?", wording.AskPause(lang, at))
	add("paused", wording.Paused(lang, at.AddDate(0, 0, 1), at))
	add("no pause any more", wording.Resumed(lang, true))
	out = append(out, stops(lang, one, theirs)...)
	out = append(out, lists(lang)...)
	out = append(out, connecting(lang, one, theirs)...)
	out = append(out, news(lang, one)...)
	leave := wording.ChatLeaveFacts{Lang: lang, Accounts: []wording.ChatAccount{one, theirs}, Now: at, KeepDays: 1825, RecordDays: 400, CopyDays: 35}
	add("leave?", wording.AskLeave(leave))
	add("erase?", wording.AskErase(leave))
	add("left", wording.Left(leave))
	before := leave
	before.Accounts = []wording.ChatAccount{one}
	before.Accounts[0].Step = "s7"
	add("left some days before", wording.LeftBefore(before))
	add("erased", wording.Erased(leave))
	return out
}

// lists are what shows several things, next to each other where LINE can.
func lists(lang watch.Lang) []Kind {
	service, bank := names(lang)
	item := wording.ListItem{HistoryEntry: wording.HistoryEntry{Record: debit(), Service: service, Link: page}, BankName: bank}
	reported, linked := item, item
	reported.Record = debit(func(r *watch.Record) { r.Answer, r.Dispute = &watch.Answer{Value: watch.NotMine}, "d1" })
	reported.Dispute = &watch.Dispute{ID: "d1", Record: reported.Record.ID, Reference: "KZ-7F3K-9Q2M", Status: watch.DisputeReceived}
	linked.Record = debit(link)
	several := debit()
	several.Join(debit(func(r *watch.Record) { r.ID, r.Amount = "r2", 30000 }))
	used := wording.ServiceLine{Name: service, Record: "r1", Link: page, Activity: watch.ServiceActivity{FirstAt: at.AddDate(0, -1, 0), LastAt: at, LastAmount: 5000, Debits: 2,
		Links: []watch.Link{{RegisteredAt: at.AddDate(0, -2, 0)}}}}
	facts := of(lang, debit())
	ask := wording.IncidentFacts{Parts: []wording.AlertFacts{facts, of(lang, debit(func(r *watch.Record) { r.ID = "r2" }))}, Debits: 2, Yen: 200000, First: at, Last: at.Add(time.Minute)}
	return []Kind{
		{Name: "recent alerts", Message: wording.RecentAlerts(wording.ListFacts{Lang: lang, Now: at, Items: []wording.ListItem{item, reported, linked}})},
		{Name: "a bank is silent", Message: wording.RecentAlerts(wording.ListFacts{Lang: lang, Now: at, Items: []wording.ListItem{item}, Feeds: []wording.FeedFacts{{BankName: bank, Until: at.Add(-2 * time.Hour), Silent: at.Add(-2 * time.Hour), Now: at}}})},
		{Name: "no recent alerts", Message: wording.RecentAlerts(wording.ListFacts{Lang: lang, Now: at})},
		{Name: "connected services", Message: wording.ServicesList(wording.ServicesListFacts{Lang: lang, Now: at, Accounts: []wording.AccountServices{
			{Name: wording.Account(bank, "普通 ***4567"), Watcher: "w1", Services: slices.Repeat([]wording.ServiceLine{used}, 3)}}})},
		{Name: "what waits for an answer", Message: wording.OpenIncidents(wording.OpenFacts{Lang: lang, Now: at, Several: true, Items: []wording.OpenItem{
			{Lead: several, Watcher: "w1", Delivery: "d1", ServiceName: service, BankName: bank, Link: page}, {Lead: debit(link), Watcher: "w2", ServiceName: service, BankName: bank, Guardian: true, Link: page}}})},
		{Name: "nothing waits for an answer", Message: wording.NothingOpen(wording.TroubleFacts{Lang: lang, Bank: wording.Named{Name: bank, Contact: wording.Contact{Phone: "0120-000-000"}}})},
		{Name: "report it?", Message: wording.AskIncident(ask)},
		{Name: "report them all?", Message: wording.AskIncidents(ask, button.Press{Verb: button.NotMine, Record: "r1", Watcher: "w1"})},
		{Name: "a file", Message: wording.FileSent(lang, page, 1000, "csv")},
		{Name: "a file that is too large", Message: wording.FileSent(lang, page, 100<<20, "csv")},
		{Name: "a file that cannot be read", Message: wording.FileSent(lang, page, 1000, "pdf")},
		{Name: "a file that was looked through", Message: wording.FileLooked(wording.FileFacts{Lang: lang, Link: page, First: at.AddDate(-7, 0, 0), Last: at, Rows: 812, Unread: 2, Services: []wording.LookedService{
			{Name: service, Count: 14, Total: 412000, Doubtful: 1, Claims: []wording.ClaimFact{{Days: 30, AsOf: "2026-11"}}}}})},
		{Name: "lines of a statement", Message: wording.Pasted(wording.PastedFacts{Lang: lang, Lines: 812, Services: []wording.LookedService{
			{Name: service, Count: 3, Total: 300000, Doubtful: 1, Claims: []wording.ClaimFact{{Days: 30, AsOf: "2026-11"}}}}})},
	}
}

// connecting is what is said on the way to an account that is watched.
func connecting(lang watch.Lang, one, theirs wording.ChatAccount) []Kind {
	_, bank := names(lang)
	terms := wording.ConsentFacts{Policy: watch.Policy{Operator: "口座守の会", URL: "https://kozamori.example/privacy", Version: "2026-11-29"}, RecordDays: 400, KeepDays: 1825}
	return []Kind{
		{Name: "welcome", Message: wording.Welcome(lang, nil, terms)},
		{Name: "welcome back", Message: wording.Welcome(lang, []wording.ChatAccount{one, theirs}, terms)},
		{Name: "how to connect", Message: wording.HowToConnect(lang, nil, []wording.BankLink{{BankName: bank, URL: "https://bank.example/line?linkToken=x"}}, terms)},
		{Name: "connected", Message: wording.Connected(wording.ConnectedFacts{Lang: lang, Accounts: []wording.ChatAccount{one}, Rules: watch.DefaultRules(), Mail: true, Consent: terms})},
		{Name: "the bank's page failed", Message: wording.LinkFailed(lang)},
		{Name: "a wrong code", Message: wording.CodeWrong(lang)},
		{Name: "a slip in a code", Message: wording.CodeSlipped(lang, watch.CodeLen, 1, "")},
		{Name: "a code that is over", Message: wording.CodeExpired(lang)},
		{Name: "too many codes", Message: wording.CodeLocked(lang, at.AddDate(0, 0, 1), at)},
		{Name: "too many watch", Message: wording.CodeFull(lang)},
		{Name: "join?", Message: wording.AskJoin(wording.InvitationFacts{Lang: lang, Account: one, HideAmount: true, Expires: at.AddDate(0, 0, 1), Now: at, Code: "ACDEF-GHJKM-NPQRT", Consent: terms})},
		{Name: "joined", Message: wording.Joined(lang, one, false, false)},
		{Name: "an invitation that is not known", Message: wording.InviteWrong(lang)},
		{Name: "an invitation that is over", Message: wording.InviteExpired(lang)},
		{Name: "an invitation of one's own", Message: wording.InviteOwn(lang)},
	}
}

// labels are what people call the channels that a picture shows.
func labels(kind watch.ChannelKind, lang watch.Lang) string {
	return map[watch.ChannelKind]channel.Channel{email.Channel.Kind: email.Channel}[kind].Label[lang]
}

// news come by themselves.
func news(lang watch.Lang, one wording.ChatAccount) []Kind {
	_, bank := names(lang)
	family := wording.GuardianFacts{Lang: lang, Account: one, Name: "花子"}
	was := &watch.Watcher{ID: "w1", Rules: watch.DefaultRules(), Channels: []watch.Channel{{Kind: watch.Email, Address: "hanako@example.jp"}}}
	is := was.Clone()
	is.Rules.ServiceMin, is.Rules.NewLink = 30000, false
	is.SetChannel(watch.Channel{Kind: watch.Email, Address: "nobody@example.com"})
	step := &watch.Step{ID: "s1", At: at, Kind: watch.StepSettings, Way: watch.WayPage, By: "w1", ByRole: watch.Owner, Of: "w1", OfRole: watch.Owner, Lowered: true}
	step.Turns, _ = watch.Compare(was, is, at)
	lowered := wording.LoweredFacts{Line: wording.StepLine{Step: step, Reader: &watch.Watcher{ID: "w1", Lang: lang, Role: watch.Owner}, Service: func(id string) string { return id }, Channel: labels},
		Account: one, Link: page, Restorable: true, Now: at}
	return []Kind{
		{Name: "less is told than before", Message: wording.Lowered(lowered)},
		{Name: "set back", Message: wording.Restored(lang)},
		{Name: "too late to set it back", Message: wording.RestoreOver(lang)},
		{Name: "an account that is not protected", Message: wording.Exposed(wording.AccountView{Lang: lang, BankName: bank, Mask: "普通 ***4567", Untold: []string{"PayPay"}, Now: at,
			Watcher: watch.Watcher{ID: "w1", LineUser: "U1", Role: watch.Owner, Lang: lang}})},
		{Name: "a bank that is not heard for hours", Message: wording.FeedSilence(wording.SilenceFacts{Lang: lang, BankName: bank, Since: at.Add(-6 * time.Hour), Now: at})},
		{Name: "a bank that is heard again", Message: wording.FeedSilence(wording.SilenceFacts{Lang: lang, BankName: bank, Since: at.Add(-8 * time.Hour), Back: at, Now: at})},
		{Name: "a guardian came", Message: wording.GuardianJoined(family)},
		{Name: "a guardian came again", Message: wording.GuardianAgain(family)},
		{Name: "a guardian left", Message: wording.GuardianLeft(family)},
		{Name: "own account erased", Message: wording.OwnErased(family)},
		{Name: "somebody left", Message: wording.SomebodyLeft(family, watch.Owner, false)},
		{Name: "a guardian left, who can be brought back", Message: wording.WithWayBack(wording.GuardianLeft(family), lowered)},
		{Name: "a guardian was brought back", Message: wording.Returned(lang)},
		{Name: "a guardian is not wanted any more", Message: wording.MayReturn(wording.Dismissed(family))},
		{Name: "an account is not watched any more", Message: wording.WatchEnded(family, true)},
		{Name: "forgotten", Message: wording.Forgotten(family)},
		{Name: "amounts are shown", Message: wording.AmountsChanged(family)},
	}
}
