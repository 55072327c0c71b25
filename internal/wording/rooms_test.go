package wording

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// roomView is the account as its owner, or a guardian without amounts, has it.
func roomView(lang watch.Lang, role watch.Role) AccountView {
	v := AccountView{Lang: lang, Mask: "普通 ***4567", Path: "/home/x", CallAfter: 15 * time.Minute,
		Watcher: watch.Watcher{ID: "w1", Role: role, Lang: lang, Since: jst("2020-06-01 09:00:00"), HideAmount: role == watch.Guardian,
			Channels: []watch.Channel{{Kind: watch.LINE}, {Kind: watch.Email, Address: "hanako@example.jp"}}, Rules: watch.DefaultRules()}}
	_, v.BankName = names(lang)
	return v
}

func settingsFacts(lang watch.Lang, role watch.Role, change ...func(*SettingsFacts)) SettingsFacts {
	r := watch.Rules{NewLink: true, ServiceMin: 1000, ServiceMinFor: map[string]int64{"paypay": 5000}, MonthlyTotal: map[string]int64{"paypay": 30000},
		Overdrawn: true, Keywords: []string{"ヤチン", "ガクヒ"}, Quiet: &watch.Quiet{From: 22 * 60, To: 7 * 60}}
	f := SettingsFacts{View: roomView(lang, role), Home: "/home", Values: SettingsValues(&r, lang), Stored: SettingsValues(&r, lang), Now: jst("2020-09-04 14:08:00"), Faults: map[string]watch.Fault{},
		Shown: []Choice{{"paypay", "PayPay"}}, Services: []Choice{{"paypay", "PayPay"}, {"kyash", "Kyash"}}}
	if role == watch.Owner {
		f.Trusts = []TrustLine{{"k", "PayPay", 3000, jst("2020-12-03 14:08:00")}}
	}
	for _, c := range change {
		c(&f)
	}
	return f
}

func historyFacts(lang watch.Lang, role watch.Role) HistoryFacts {
	f := HistoryFacts{View: roomView(lang, role), Home: "/home", Month: jst("2020-09-01 00:00:00"), Now: jst("2020-09-04 14:08:00"),
		Earlier: "/earlier", Later: "/later", Older: "/older", Newer: "/newer", CSV: "/csv"}
	service, _ := names(lang)
	disputed, mine, undone, ordinary := debit(), debit(), debit(), debit()
	disputed.Answer = &watch.Answer{Value: watch.NotMine}
	mine.Answer = &watch.Answer{Value: watch.Mine}
	undone.UndoneAt = jst("2020-09-04 14:07:00")
	ordinary.Service = ""
	some := debit()
	some.Past, some.Returned = true, 40_000
	f.Entries = []HistoryEntry{{Record: debit(), Dispute: nil, Service: service, Link: "/1"}, {Record: link(), Dispute: nil, Service: "PayPay", Link: "/2"}, {Record: disputed, Dispute: disputeFacts(lang).Dispute, Service: service, Link: "/3"},
		{Record: mine, Dispute: nil, Service: service, Link: "/4"}, {Record: undone, Dispute: nil, Service: service, Link: "/5"}, {Record: ordinary, Dispute: nil, Service: "", Link: "/6"},
		{Record: some, Dispute: nil, Service: service, Link: "/7"}}
	f.Totals = []ServiceTotal{{Name: "PayPay", Debits: 1, Yen: 4321}, {Name: service, Debits: 3, Doubtful: 1, Yen: 200_000}, {Name: "Kyash"}, {Name: "メルペイ", Debits: 2, Doubtful: 2, Yen: 3000}}
	return f
}

func servicesFacts(lang watch.Lang, role watch.Role) ServicesFacts {
	at := jst("2020-09-04 14:05:11")
	return ServicesFacts{View: roomView(lang, role), Home: "/home", Now: jst("2020-09-04 14:08:00"), Services: []ServiceLine{
		{Name: "PayPay", Record: "r1", Activity: watch.ServiceActivity{FirstAt: at.AddDate(-1, 0, 0), LastAt: at, LastAmount: 4321, Debits: 2, Links: []watch.Link{{Record: "r1", RegisteredAt: at}}}},
		{Name: "Kyash", Activity: watch.ServiceActivity{FirstAt: at, LastAt: at, Links: []watch.Link{{RegisteredAt: at, RemovedAt: at}}}},
		{Activity: watch.ServiceActivity{FirstAt: at, LastAt: at, LastAmount: 100, Debits: 1}},
		{Name: "メルペイ", Activity: watch.ServiceActivity{FirstAt: at, LastAt: at, LastAmount: 300, Debits: 3, Doubtful: 3}},
		{Name: "WALLET+", Activity: watch.ServiceActivity{FirstAt: at, LastAt: at, LastAmount: 400, Debits: 4, Doubtful: 1}},
	}}
}

func familyFacts(lang watch.Lang, role watch.Role, change ...func(*FamilyFacts)) FamilyFacts {
	f := FamilyFacts{View: roomView(lang, role), Home: "/home", Now: jst("2020-09-04 14:08:00")}
	g := watch.Watcher{ID: "g1", Role: watch.Guardian, Name: "長女", Since: jst("2020-08-01 09:00:00")}
	h := watch.Watcher{ID: "g2", Role: watch.Guardian, HideAmount: true, Since: jst("2020-08-02 09:00:00")}
	f.Watchers = []watch.Watcher{roomView(lang, watch.Owner).Watcher, g, h}
	for _, c := range change {
		c(&f)
	}
	return f
}

// chooseFacts is a look of which debits can be ticked.
func chooseFacts(lang watch.Lang) StatementFacts {
	f := statementFacts(lang)
	day := func(s string) time.Time { t, _ := time.Parse(time.DateOnly, s); return t }
	f.Packed, f.OtherAccount = "W10", true
	f.Gaps = append(f.Gaps, day("2020-01-01"), day("2020-02-01"))
	f.Debits = []LookedDebit{{Day: day("2020-08-21"), Yen: 1000, Text: "PAYPAY", Service: "PayPay", Choice: 1}, {Day: day("2020-08-20"), Yen: 28000, Text: "ﾄﾞｺﾓｺｳｻﾞ", Choice: 2, Kept: true, Ticked: true},
		{Day: day("2020-08-19"), Yen: 500, Text: "PAYPAY", Service: "PayPay", Link: "/a/x", Kept: true}, {Day: day("2020-08-18"), Yen: 600, Text: "PAYPAY", Service: "PayPay", Link: "/a/y", Kept: true, Reported: true},
		{Day: day("2020-08-17"), Yen: 700, Text: "PAYPAY", Service: "PayPay", Pending: true}}
	return f
}

// unsureFacts is the form of such a look, sent without what it asks.
func unsureFacts(lang watch.Lang) StatementFacts {
	f := chooseFacts(lang)
	return StatementFacts{View: f.View, Home: f.Home, Debits: f.Debits[:2], Packed: f.Packed, Ask: true, Unsure: true}
}

// statementFacts is what a look through two files came to.
func statementFacts(lang watch.Lang) StatementFacts {
	day := func(s string) time.Time { return jst(s + " 00:00:00") }
	service, _ := names(lang)
	return StatementFacts{View: roomView(lang, watch.Owner), Home: "/home", MaxMB: 4, Looked: true, First: day("2019-10-05"), Last: day("2020-08-20"), Rows: 812, Again: 3, Accounts: 2, OtherBank: "みずほ銀行", NamedBank: "中国銀行",
		Services: []LookedService{{Name: service, First: day("2019-10-05"), Last: day("2020-08-20"), Count: 3, Total: 90_000, Largest: 50_000, Doubtful: 1,
			Months: []MonthSum{{day("2020-08-01"), 60_000}, {day("2019-10-01"), 30_000}}, Claims: []ClaimFact{{Days: 30, AsOf: "2026-11"}}}},
		Debits: []LookedDebit{{Day: day("2020-08-20"), Yen: 50_000, Text: "ﾄﾞｺﾓｺｳｻﾞ", Service: service, Pending: true}, {Day: day("2020-08-19"), Yen: 10_000, Text: "PAYPAYｶ", Service: "PayPay", Other: "PayPayカードの請求"}},
		Gaps:   []time.Time{day("2020-03-01"), day("2020-04-01")},
		Files: []LookedFile{{Name: "a.csv", Layout: "みずほ銀行", Rows: 800, Unread: []int{3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}, Misfits: []int{20}}, {Name: "b.csv", Rows: 15},
			{Name: "c.pdf", Fault: FileKind}, {Name: "d.bin", Fault: FileText}, {Name: "e.csv", Fault: FileHeader}, {Name: "f.csv", Fault: FileEmpty}, {Name: "g.csv", Fault: FileLarge}}}
}

// roomPages are the pages behind the chat's links, by name.
func roomPages(lang watch.Lang) map[string]message.Page {
	until := jst("2020-09-04 14:38:00")
	own, guard := roomView(lang, watch.Owner), roomView(lang, watch.Guardian)
	leave := LeaveFacts{View: own, Home: "/home", Guards: 2, KeepDays: inDays(store.KeepDispute), RecordDays: inDays(store.KeepRecord), CopyDays: inDays(store.KeepCopies)}
	unsure, shared, guardLeaves, kept := leave, leave, leave, leave
	unsure.Unsure, shared.Shared, guardLeaves.View, guardLeaves.Guards, kept.KeepDays = true, true, guard, 0, 500
	refused := func(f *SettingsFacts) {
		f.Saved = SavedRefused
		for name, fault := range map[string]watch.Fault{"service_min": watch.FaultAmount, "add": watch.FaultService, "keywords": watch.FaultWord, "quiet_to": watch.FaultQuiet, FieldNameEmail: FaultMail} {
			f.Faults[name] = fault
		}
		f.Values["service_min"] = []string{"たくさん"}
	}
	whatIf := func(f *SettingsFacts) {
		f.WhatIf = &WhatIfFacts{Days: 90, Blind: true, Since: jst("2020-08-25 09:00:00"), Today: 3, Hits: []HitLine{
			{At: jst("2020-09-04 14:05:11"), Service: "PayPay", Amount: 100000, Reasons: watch.FirstSeen | watch.ServiceDebit}, {At: jst("2020-09-03 14:05:11"), Service: "Kyash", Link: true, Reasons: watch.NewLink},
			{At: jst("2020-09-02 14:05:11"), Amount: 80000, Reasons: watch.AnyDebit, New: true}},
			Lost: []HitLine{{At: jst("2020-09-01 10:00:00"), Service: "PayPay", Amount: 500, Reasons: watch.ServiceDebit, Gone: true}}}
	}
	conflict := func(f *SettingsFacts) {
		f.Saved = SavedConflict
		f.Stored = SettingsValues(&watch.Rules{ServiceMin: 2000, Keywords: []string{"ヤチン"}}, watch.English)
	}
	invite := func(f *FamilyFacts) {
		f.Invite = &InviteFacts{Code: "KTFAV-7NM6Y-KQRQR", URL: "https://line.example/", QR: "<svg>", Share: "https://line.example/share", Expires: jst("2020-09-05 14:08:00")}
	}
	open := []OpenInvite{{ID: "0a1b", Name: "次男", HideAmount: true, Made: jst("2020-09-04 14:08:00"), Expires: jst("2020-09-05 14:08:00")},
		{ID: "2c3d", Made: jst("2020-09-04 14:09:00"), Expires: jst("2020-09-05 14:09:00")}}
	empty := historyFacts(lang, watch.Owner)
	empty.Entries, empty.Earlier, empty.Later, empty.Older, empty.Newer = nil, "", "", "", ""
	nothing := servicesFacts(lang, watch.Owner)
	nothing.Services = nil
	bounced := func(f *SettingsFacts) { f.View.Watcher.Channels[1].UnreachableSince = until }
	noMail := func(f *SettingsFacts) { f.View.Watcher.Channels = f.View.Watcher.Channels[:1] }
	elder, twin := own, own
	elder.Twins, twin.Twins, twin.Watcher.Since = []time.Time{twin.Watcher.Since.Add(time.Hour)}, []time.Time{own.Watcher.Since}, own.Watcher.Since.AddDate(0, 1, 0)
	silent := own
	silent.Now, silent.Watcher.Channels, silent.Watcher.Rules.PausedUntil = jst("2020-09-04 14:08:00"), nil, jst("2020-09-05 09:00:00")
	untold, deaf := own, own
	untold.Untold, deaf.Nothing = []string{"PayPay", "Kyash", "ゆうちょPay", "d払い", "Bank Pay", "メルペイ", "pring"}, true
	most := deaf
	deaf.Never = true
	heard, unheard, unheardLong := own, own, deaf
	heard.Feed = FeedFacts{BankName: own.BankName, Until: jst("2020-09-03 23:58:00"), Now: jst("2020-09-04 16:00:00")}
	unheard.Feed = FeedFacts{BankName: own.BankName, Until: jst("2020-09-04 14:05:00"), Silent: jst("2020-09-04 14:05:00"), Now: jst("2020-09-04 16:00:00")}
	unheardLong.Feed = FeedFacts{Until: jst("2020-09-03 14:05:00"), Silent: jst("2020-09-03 14:05:00"), Now: jst("2020-09-04 16:00:00")}
	noLinks := own
	noLinks.Feed = FeedFacts{BankName: own.BankName, Until: jst("2020-09-04 16:00:00"), Links: jst("2020-09-03 14:05:00"), Now: jst("2020-09-04 16:00:00")}
	looked, noRow := statementFacts(lang), StatementFacts{View: own, Home: "/home", MaxMB: 4, Looked: true}
	looked.Services, looked.Debits = nil, nil
	ask := noRow
	ask.Looked = false
	return map[string]message.Page{
		"room-statement":         StatementPage(ask),
		"room-statement-refused": StatementRefused(ask, FileLarge),
		"room-statement-unsaid":  StatementRefused(ask, FileEmpty),
		"room-statement-looked":  StatementPage(statementFacts(lang)),
		"room-statement-nothing": StatementPage(looked),
		"room-statement-none":    StatementPage(noRow),
		"room-statement-choose":  StatementPage(chooseFacts(lang)),
		"room-statement-unsure":  StatementPage(unsureFacts(lang)),
		"room-statement-kept":    KeptPage(KeptFacts{View: own, Home: "/home", Kept: 3, Already: 2, Unsaid: 1}),
		"room-statement-report":  KeptPage(KeptFacts{View: own, Home: "/home", Kept: 3, References: []string{"KZ-7F3K-9Q4M"}, Link: "/a/x"}),
		"room-home-untold":       HomePage(lang, []AccountView{untold, deaf, most}, "/home", until, false),
		"room-home-heard":        HomePage(lang, []AccountView{heard, unheard, unheardLong, noLinks}, "/home", until, false),
		"room-door":              DoorPage(lang), "room-door-gone": DoorGonePage(lang, false), "room-over": SessionOverPage(lang, false), "room-logged-out": LoggedOutPage(lang, false),
		"room-unknown": UnknownRoomPage(lang, false), "room-not-taken": NotTakenRoomPage(lang),
		"room-home": HomePage(lang, []AccountView{own, guard}, "/home", until, false), "room-home-silent": HomePage(lang, []AccountView{silent}, "/home", until, false), "room-home-twins": HomePage(lang, []AccountView{elder, twin}, "/home", until, false), "room-home-empty": HomePage(lang, nil, "/home", until, false),
		"room-settings": SettingsPage(settingsFacts(lang, watch.Owner)), "room-settings-guardian": SettingsPage(settingsFacts(lang, watch.Guardian, noMail)),
		"room-settings-refused": SettingsPage(settingsFacts(lang, watch.Owner, refused, bounced)), "room-settings-what-if": SettingsPage(settingsFacts(lang, watch.Owner, whatIf)),
		"room-settings-what-if-none": SettingsPage(settingsFacts(lang, watch.Owner, func(f *SettingsFacts) { f.WhatIf = &WhatIfFacts{Days: 90} })),
		"room-settings-conflict":     SettingsPage(settingsFacts(lang, watch.Owner, conflict)), "room-settings-saved": SettingsPage(settingsFacts(lang, watch.Owner, func(f *SettingsFacts) { f.Saved = SavedNow })),
		"room-settings-mail-many": SettingsPage(settingsFacts(lang, watch.Owner, func(f *SettingsFacts) {
			f.Saved, f.Mail, f.Values["email"] = SavedNow, MailMany, []string{"new@example.jp"}
		})),
		"past": PastPage(pastFacts(lang, false)), "past-hidden": PastPage(pastFacts(lang, true)),
		"all":          AllPage(allFacts(lang)),
		"room-history": HistoryPage(historyFacts(lang, watch.Owner)), "room-history-guardian": HistoryPage(historyFacts(lang, watch.Guardian)), "room-history-empty": HistoryPage(empty),
		"page-restore": RestorePage(loweredFacts(lang, watch.StepSettings, "w1")), "page-restored": RestoredPage(lang, true), "page-return": RestorePage(leftFacts(lang, "w1")), "page-return-own": RestorePage(leftFacts(lang, "w2")), "page-returned": ReturnedPage(lang), "page-restore-over": RestoredPage(lang, false),
		"page-restore-gone": RestoreGonePage(lang), "page-restore-as-was": RestorePage(asWas(loweredFacts(lang, watch.StepSettings, "w1"))), "page-return-as-was": RestorePage(asWas(leftFacts(lang, "w2"))),
		"room-trail": TrailPage(trailFacts(lang, watch.Owner)), "room-trail-guardian": TrailPage(trailFacts(lang, watch.Guardian)), "room-trail-none": TrailPage(TrailFacts{View: roomView(lang, watch.Owner), Home: "/home"}),
		"room-services": ServicesPage(servicesFacts(lang, watch.Owner)), "room-services-guardian": ServicesPage(servicesFacts(lang, watch.Guardian)), "room-services-none": ServicesPage(nothing),
		"door-family": FamilyDoorPage(familyFacts(lang, watch.Owner)), "door-family-guardian": FamilyDoorPage(familyFacts(lang, watch.Guardian)),
		"room-family": FamilyPage(familyFacts(lang, watch.Owner)), "room-family-guardian": FamilyPage(familyFacts(lang, watch.Guardian)),
		"room-invite": InvitePage(familyFacts(lang, watch.Owner)), "room-invited": InvitePage(familyFacts(lang, watch.Owner, invite)), "room-family-left": FamilyPage(familyFacts(lang, watch.Owner, func(f *FamilyFacts) { f.News, f.Watchers = FamilyDismissed, nil })),
		"room-family-open":    FamilyPage(familyFacts(lang, watch.Owner, func(f *FamilyFacts) { f.Open = open })),
		"room-invite-refused": InvitePage(familyFacts(lang, watch.Owner, func(f *FamilyFacts) { f.News, f.BadName = FamilyMany, true })),
		"room-leave":          LeavePage(leave), "room-leave-unsure": LeavePage(unsure), "room-leave-shared": LeavePage(shared), "room-leave-guardian": LeavePage(guardLeaves), "room-leave-500": LeavePage(kept),
		"room-left": LeftAccountPage(leave, false), "room-erased": LeftAccountPage(leave, true),
		"room-confirm": ConfirmPage(lang), "room-confirmed": ConfirmedPage(lang), "room-confirm-gone": ConfirmGonePage(lang),
		"room-help": HelpPage(TroubleFacts{Lang: lang, Bank: Named{own.BankName, Contact{Phone: "0120-000-000"}}, Services: []Named{{"PayPay", Contact{Phone: "0120-111-111", CheckedOn: "2026-11-02"}}}}, "/home"),
	}
}

func TestTheRoomsReadAsInTheGoldenFiles(t *testing.T) {
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for name, p := range roomPages(lang) {
			golden(t, name, lang, showPage(p))
			if strings.ContainsAny(p.Name, "0123456789") || p.Name == "" || p.Parts[0].Title == "" || p.Lang != string(lang) {
				t.Errorf("%s in %s begins without a title, or its window names too much: %q", name, lang, p.Name)
			}
		}
		golden(t, "mail-confirm", lang, show(ConfirmMail(lang, "https://kozamori.example/mail/x")))
		golden(t, "room-file", lang, strings.Join(CSVHead(lang), ",")+"\n"+CSVCut(lang)+"\n")
		golden(t, "room-invite-text", lang, InviteText(lang, "https://line.example/")+"\n")
	}
}

func TestEveryOutcomeOfTheSettingsIsSaid(t *testing.T) {
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		seen := map[string]Saved{}
		say := func(s Saved, m Mailed, ended bool) {
			p := SettingsPage(settingsFacts(lang, watch.Owner, func(f *SettingsFacts) { f.Saved, f.Mail, f.Ended = s, m, ended }))
			if before, twice := seen[p.Notice]; twice || p.Notice == "" {
				t.Errorf("%d is said as %q, like %d", s, p.Notice, before)
			}
			seen[p.Notice] = s
		}
		for s := SavedNow; s <= SavedConflict; s++ {
			say(s, MailUntouched, false)
		}
		for m := MailSent; m <= MailFail; m++ {
			say(SavedNow, m, false)
			if m != MailGone {
				say(SavedNow, m, true)
			}
		}
		for _, f := range []watch.Fault{watch.FaultAmount, watch.FaultService, watch.FaultWord, watch.FaultMany, watch.FaultQuiet, FaultMail, "unheard of"} {
			if faultText(lang, f, "keywords") == "" {
				t.Errorf("the fault %q is not said", f)
			}
		}
	}
}

func TestTheRoomsHideAmountsFromGuardiansWhoMaySeeNone(t *testing.T) {
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for name, p := range roomPages(lang) {
			if !strings.HasSuffix(name, "-guardian") || name == "room-settings-guardian" { // that holds their own limits
				continue
			}
			b, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			for _, amount := range []string{"100,000", "100000", "4,321", "80,000", "¥", "円"} {
				if strings.Contains(string(b), amount) {
					t.Errorf("%s in %s holds %q", name, lang, amount)
				}
			}
		}
	}
}
