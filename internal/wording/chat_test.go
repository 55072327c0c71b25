package wording

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// chatMessages are what the chat says, by name.
// terms are what people agree to, at an operator who says who they are.
var terms = ConsentFacts{Policy: watch.Policy{Operator: "口座守の会", URL: "https://kozamori.example/privacy", Version: "2026-11-29"}, RecordDays: 400, KeepDays: 1825}

func chatMessages(lang watch.Lang) map[string]message.Message {
	now := jst("2020-09-04 14:05:11")
	service, bank := names(lang)
	one := ChatAccount{BankName: bank, Mask: "普通 ***4567", Watcher: "w1", Guardians: true}
	two := []ChatAccount{{BankName: bank, Mask: "普通 ***4567", Watcher: "w1"}, {BankName: bank, Mask: "普通 ***8901", Watcher: "w2"}}
	own, same, theirs, left := one, one, two[1], one
	left.Step, left.Erasable = "s7", true
	lost := two[1]
	lost.Step, lost.Erasable = "s8", true
	own.Erasable, own.Since = true, jst("2020-06-01 09:00:00")
	same.Erasable, same.Since, same.Guardians, same.Watcher = true, jst("2020-08-15 09:00:00"), false, "w3"
	theirs.Guardian, theirs.Since = true, jst("2020-08-20 09:00:00")
	twin := own
	twin.Watcher, twin.Since = "w4", jst("2020-06-01 09:30:00")
	leave := func(list ...ChatAccount) ChatLeaveFacts {
		return ChatLeaveFacts{Lang: lang, Accounts: list, Now: now, KeepDays: inDays(store.KeepDispute), RecordDays: inDays(store.KeepRecord), CopyDays: inDays(store.KeepCopies)}
	}
	changed := watch.DefaultRules()
	changed.ServiceMin, changed.AnyDebit = 5000, 100000

	const page = "https://kozamori.example/a/t0ken"
	item := func(change func(*watch.Record)) ListItem {
		r := debit()
		change(r)
		return ListItem{HistoryEntry: HistoryEntry{Record: r, Service: service, Link: page}}
	}
	linked := ListItem{HistoryEntry: HistoryEntry{Record: link(), Service: "PayPay", Link: page}, BankName: bank}
	linked.Record.UndoneAt = now
	rent := item(func(r *watch.Record) { r.Answer = &watch.Answer{Value: watch.Mine} })
	rent.Service, rent.Record.Service = "", ""
	hidden := item(func(*watch.Record) {})
	hidden.HideAmount = true
	reported := item(func(r *watch.Record) { r.Answer, r.Dispute = &watch.Answer{Value: watch.NotMine}, "d1" })
	reported.Dispute = &watch.Dispute{ID: "d1", Record: reported.Record.ID, Reference: "KZ-7F3K", Status: watch.DisputeReceived}
	both := item(func(*watch.Record) {})
	again := debit()
	again.ID, again.Amount = "r2", 30000
	both.Parts = []*watch.Record{again, both.Record}
	list := ListFacts{Lang: lang, Now: now, Items: []ListItem{item(func(*watch.Record) {}), reported, linked, rent, hidden, both}}
	lines := []ServiceLine{{Name: service, Record: "r1", Activity: watch.ServiceActivity{FirstAt: now.AddDate(0, -1, 0), LastAt: now, LastAmount: 5000, Debits: 2, Links: []watch.Link{{RegisteredAt: now.AddDate(0, -2, 0)}}}},
		{Activity: watch.ServiceActivity{FirstAt: now, LastAt: now}}}
	connected := ServicesListFacts{Lang: lang, Now: now, Accounts: []AccountServices{{Name: bank + " 普通 ***4567"}, {Name: bank + " 普通 ***8901", Watcher: "w2", Services: append(slices.Repeat(lines[:1], 10), lines...)}}}
	noneYet, ours := connected, connected
	noneYet.Accounts = connected.Accounts[:1]
	ours.Accounts = []AccountServices{{Name: bank + " 普通 ***8901", Watcher: "w2", Guardian: true, HideAmount: true, Services: lines}}
	several := debit()
	second := debit()
	second.ID, second.Amount, second.OccurredAt = "r2", 30000, now.Add(75*time.Second)
	second.Notices = []watch.Notice{{Watcher: "w1", Reasons: watch.Because(watch.FirstSeen)}}
	several.Notices = []watch.Notice{{Watcher: "w1", Reasons: watch.Because(watch.ServiceDebit)}}
	several.Join(second)
	waits := OpenFacts{Lang: lang, Now: now, Several: true, Items: []OpenItem{
		{Lead: several, Watcher: "w1", Delivery: "alert-w1-line", ServiceName: service, BankName: bank, Link: "https://kozamori.example/a/t0ken"},
		{Lead: link(), Watcher: "w2", ServiceName: "PayPay", BankName: bank, HideAmount: true, Guardian: true}}}
	looked := FileFacts{Lang: lang, Link: "https://kozamori.example/s/x", First: time.Date(2019, 10, 5, 0, 0, 0, 0, time.UTC), Last: time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC), Rows: 812}
	nothing, broken := looked, FileFacts{Lang: lang, Link: looked.Link, Fault: FileHeader}
	nothing.Misfits = 1
	looked.Unread, looked.Services = 2, []LookedService{{Name: service, Count: 11, Total: 300_000, Doubtful: 1, At: now, Claims: []ClaimFact{{Days: 30, AsOf: "2026-11"}}}, {Count: 3, Total: 112_000}}
	return map[string]message.Message{
		"open":            OpenIncidents(waits),
		"open-none":       NothingOpen(TroubleFacts{Lang: lang, Bank: Named{bank, Contact{Phone: "0120-000-000"}}}),
		"guardian-joined": GuardianJoined(GuardianFacts{Lang: lang, Account: one, Name: "長女", HideAmount: true}),
		"gone-owner":      SomebodyLeft(GuardianFacts{Lang: lang, Account: one}, watch.Owner, false),
		"gone-family":     SomebodyLeft(GuardianFacts{Lang: lang, Account: one}, watch.Guardian, false),
		"gone-self":       SomebodyLeft(GuardianFacts{Lang: lang, Account: one}, watch.Owner, true),
		"guardian-left":   GuardianLeft(GuardianFacts{Lang: lang, Account: one}),
		"lowered":         Lowered(loweredFacts(lang, watch.StepSettings, "w1")),
		"lowered-others":  Lowered(loweredFacts(lang, watch.StepSettings, "w2")),
		"lowered-back":    Lowered(loweredFacts(lang, watch.StepRestored, "w1")),
		"left-back":       leftNews(lang, "w1", false),
		"own-erased":      OwnErased(GuardianFacts{Lang: lang, Account: one}),
		"left-back-own":   leftNews(lang, "w2", false),
		"left-back-mail":  leftNews(lang, "w2", true),
		"left-can":        MayReturn(Dismissed(GuardianFacts{Lang: lang, Account: ChatAccount{BankName: "七十七銀行", Mask: "普通 ***4567"}})),
		"returned":        Returned(lang),
		"returned-told":   Lowered(returnedFacts(lang, "w1")),
		"returned-you":    Lowered(returnedFacts(lang, "w3")),
		"returned-self":   Lowered(returnedSelf(lang)),
		"lowered-mine":    Lowered(loweredFacts(lang, watch.StepMine, "w1")),
		"restored":        Restored(lang),
		"restore-over":    RestoreOver(lang),
		"guide":           Guide(lang),
		"not-understood":  NotUnderstood(lang),
		"not-yet":         NotYet(lang, CmdSettings),
		"useless":         Useless(lang),
		"owner-only":      OwnerOnly(lang),
		"not-connected":   NotConnected(lang),
		"list":            RecentAlerts(list),
		"list-heard": RecentAlerts(ListFacts{Lang: lang, Now: now, Feeds: []FeedFacts{{BankName: "七十七銀行", Until: now.Add(-17 * time.Hour), Now: now},
			{BankName: "七十七銀行", Until: now.Add(-time.Hour), Silent: now.Add(-time.Hour), Now: now}, {BankName: "七十七銀行", Until: now.Add(-59 * time.Minute), Silent: now.Add(-59 * time.Minute), Now: now}, {Now: now},
			{BankName: "中国銀行", Until: now, Links: now.Add(-26 * time.Hour), Now: now}, {BankName: "イオン銀行", Until: now, Debits: now.Add(-2 * time.Hour), Links: now.Add(-3 * time.Hour), Now: now},
			{BankName: "滋賀銀行", Until: now, Debits: now.Add(-59 * time.Minute), Now: now}}}),
		"list-empty":      RecentAlerts(ListFacts{Lang: lang, Now: now}),
		"trouble":         Trouble(TroubleFacts{Lang: lang, Bank: Named{bank, Contact{Phone: "0120-000-000"}}, Services: []Named{{service, Contact{}}}, Banks: []Named{{"Z", Contact{Phone: "0120-222-222"}}, {"Y", Contact{}}}}),
		"trouble-none":    Trouble(TroubleFacts{Lang: lang, None: true}),
		"stop-money-none": StopMoney(TroubleFacts{Lang: lang, None: true}),
		"trouble-unknown": Trouble(TroubleFacts{Lang: lang}),
		"stop-money":      StopMoney(TroubleFacts{Lang: lang, Bank: Named{bank, Contact{Phone: "0120-000-000"}}, Services: []Named{{service, Contact{}}}}),
		"whom-to-call":    WhomToCall(TroubleFacts{Lang: lang, Bank: Named{bank, Contact{Phone: "0120-000-000", Hours: "24時間", CheckedOn: "2026-11-02"}}, Services: []Named{{service, Contact{}}}, Banks: []Named{{"Z", Contact{}}}}),
		"call-unknown":    WhomToCall(TroubleFacts{Lang: lang}),
		"no-balance":      NoBalance(lang),
		"file-csv":        FileSent(lang, "https://kozamori.example/s/x", 3000, "csv"),
		"file-looked":     FileLooked(looked),
		"file-nothing":    FileLooked(nothing),
		"file-unread":     FileLooked(broken),
		"file-large":      FileSent(lang, "https://kozamori.example/s/x", MaxFileMB<<20+1, "txt"),
		"file-pdf":        FileSent(lang, "https://kozamori.example/s/x", 1, "pdf"),
		"pasted-none":     Pasted(PastedFacts{Lang: lang, Lines: 2}),
		"pasted": Pasted(PastedFacts{Lang: lang, Lines: 812, Services: []LookedService{
			{Name: service, Count: 3, Total: 300_000, Doubtful: 1, Claims: []ClaimFact{{Days: 30, AsOf: "2026-11"}, {Days: 90, FromLoss: true, AsOf: "2026-11"}}},
			{Name: "PayPay", Count: 1, Total: 2_000, Claims: []ClaimFact{{Days: 60, FromLoss: true, Until: now, AsOf: "2026-11"}}, At: now.AddDate(0, 0, -3)},
			{Name: "au PAY", Count: 1, Total: 2_000, Claims: []ClaimFact{{Days: 60, FromLoss: true, Until: now, AsOf: "2026-11"}}, At: now},
			{Name: "Kyash", Count: 1, Total: 1_000, Claims: []ClaimFact{{Days: 10, FromLoss: true, Until: now, Over: true, AsOf: "2026-11"}}},
			{Name: "pring", Count: 1, Total: 500}}}),
		"thanked":         Welcomed(lang),
		"exposed":         Exposed(exposedView(lang)),
		"silence":         FeedSilence(SilenceFacts{Lang: lang, BankName: bank, Since: now.Add(-6 * time.Hour), Now: now}),
		"silence-debits":  FeedSilence(SilenceFacts{Lang: lang, BankName: bank, Kind: watch.Debit, Since: now.AddDate(0, 0, -1), Now: now}),
		"heard":           FeedSilence(SilenceFacts{Lang: lang, BankName: bank, Since: now.Add(-8 * time.Hour), Back: now.Add(-time.Hour), Now: now}),
		"heard-debits":    FeedSilence(SilenceFacts{Lang: lang, Kind: watch.Debit, Since: now.AddDate(0, 0, -2), Back: now, Now: now}),
		"none-to-take":    NothingToTakeBack(lang, 90),
		"code-short":      CodeSlipped(lang, watch.CodeLen, 1, ""),
		"code-long":       CodeSlipped(lang, watch.CodeLen, -1, "O"),
		"code-letter":     CodeSlipped(lang, watch.CodeLen, 0, "0 I"),
		"welcome":         Welcome(lang, nil, terms),
		"welcome-back":    Welcome(lang, two, terms),
		"connect":         HowToConnect(lang, two[:1], nil, ConsentFacts{RecordDays: 400, KeepDays: 1825}),
		"connect-bank":    HowToConnect(lang, nil, []BankLink{{bank, "https://bank.example/line?linkToken=x"}}, terms),
		"join":            AskJoin(InvitationFacts{Lang: lang, Account: one, HideAmount: true, Expires: now.AddDate(0, 0, 1), Now: now, Code: "ACDEF-GHJKM-NPQRT", Consent: terms}),
		"joined":          Joined(lang, one, false, false),
		"joined-again":    Joined(lang, one, true, true),
		"invite-wrong":    InviteWrong(lang),
		"invite-expired":  InviteExpired(lang),
		"invite-own":      InviteOwn(lang),
		"family":          OpenFamily(lang, "https://kozamori.example/s/t0ken"),
		"services":        ServicesList(connected),
		"services-none":   ServicesList(noneYet),
		"services-theirs": ServicesList(ours),
		"link-failed":     LinkFailed(lang),
		"settings":        OpenSettings(lang, "https://kozamori.example/s/t0ken"),
		"connected":       Connected(ConnectedFacts{Lang: lang, Accounts: []ChatAccount{one}, Rules: watch.DefaultRules(), Mail: true, Consent: terms}),
		"connected-again": Connected(ConnectedFacts{Lang: lang, Accounts: two, Rules: changed, Already: true}),
		"code-wrong":      CodeWrong(lang),
		"code-expired":    CodeExpired(lang),
		"code-locked":     CodeLocked(lang, now.AddDate(0, 0, 1), now),
		"code-full":       CodeFull(lang),
		"leave-one":       AskLeave(leave(own)),
		"leave-several":   AskLeave(leave(own, same, theirs)),
		"left":            Left(leave(own)), "left-several": Left(leave(own, theirs)), "left-guardian": Left(leave(theirs)), "left-owner": Left(leave(left)), "left-owner-guardian": Left(leave(left, theirs)), "left-owner-several": Left(leave(left, lost)),
		"leave-twins": AskLeave(leave(own, twin)), "ask-erase": AskErase(leave(own)), "ask-erase-several": AskErase(leave(theirs, own, same)), "ask-erase-cannot": AskErase(leave(theirs)),
		"erased": Erased(leave(own)), "erased-some": Erased(leave(own, theirs)),
		"pause":          AskPause(lang, now),
		"pause-at-night": AskPause(lang, jst("2020-09-04 01:30:00")),
		"paused":         Paused(lang, jst("2020-09-05 07:00:00"), now),
		"resumed":        Resumed(lang, true),
		"not-paused":     Resumed(lang, false),
	}
}

// showChat is show with what is said by a press.
func showChat(m message.Message) string {
	var b strings.Builder
	b.WriteString(show(m))
	for _, c := range m.Choices {
		fmt.Fprintf(&b, "> %s %s\n", c.Label, c.Say)
	}
	return b.String()
}

func TestTheChatReadsAsInTheGoldenFiles(t *testing.T) {
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for name, m := range chatMessages(lang) {
			golden(t, "chat-"+name, lang, showChat(m))
		}
	}
}

func TestTheChatFitsLINE(t *testing.T) {
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for name, m := range chatMessages(lang) {
			if m.Alt == "" || strings.ContainsAny(m.Alt, "0123456789円¥*") {
				t.Errorf("%s in %s: alt %q", name, lang, m.Alt)
			}
			if len(m.Choices) > 13 {
				t.Errorf("%s in %s: %d quick replies", name, lang, len(m.Choices))
			}
			for i, b := range append(m.Buttons, m.Choices...) {
				most := 40
				if i >= len(m.Buttons) {
					most = 20
				}
				if n := len([]rune(b.Label)); n == 0 || n > most {
					t.Errorf("%s in %s: label %q has %d characters", name, lang, b.Label, n)
				}
				does := 0
				for _, s := range []string{b.Postback, b.Say, b.URL} {
					if s != "" {
						does++
					}
				}
				if does != 1 || len(b.Postback) > 300 || b.Postback != "" && b.Display == "" {
					t.Errorf("%s in %s: button %+v", name, lang, b)
				}
			}
		}
	}
}

func TestAListForAGuardianWithoutAmountsHoldsNone(t *testing.T) {
	r := debit()
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for _, service := range []string{"PayPay", ""} {
			b, err := json.Marshal(RecentAlerts(ListFacts{Lang: lang, Now: r.OccurredAt, Items: []ListItem{{HistoryEntry: HistoryEntry{Record: r, Service: service}, HideAmount: true}}}))
			if err != nil || strings.Contains(string(b), "100,000") {
				t.Errorf("%s %v", b, err)
			}
		}
	}
}

func TestAPauseUntilTheMorningEndsInTheMorning(t *testing.T) {
	for at, want := range map[string]string{
		"2020-09-04 14:00:00": "2020-09-05 07:00:00",
		"2020-09-04 23:59:59": "2020-09-05 07:00:00",
		"2020-09-05 00:00:00": "2020-09-05 07:00:00",
		"2020-09-05 04:59:59": "2020-09-05 07:00:00",
		"2020-09-05 05:00:00": "2020-09-06 07:00:00",
		"2020-12-31 06:30:00": "2021-01-01 07:00:00",
	} {
		if end, _ := morning(jst(at)); !end.Equal(jst(want)) {
			t.Errorf("from %s until %s, want %s", at, end, want)
		}
	}
}

func exposedView(lang watch.Lang) AccountView {
	return AccountView{Lang: lang, BankName: pick(lang == watch.English, text{ja: "The 77 Bank"}, text{ja: "七十七銀行"}).in(watch.Japanese), Mask: "普通 ***4567", Untold: []string{"PayPay"}, Now: jst("2020-09-04 14:08:00")}
}
