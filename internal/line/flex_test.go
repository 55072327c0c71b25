package line_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/line"
	"kozamori/internal/message"
	"kozamori/internal/quote"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// longest are the largest messages that wording makes: every reason, every
// number to call, and each text as long as it may be.
func longest(lang watch.Lang) map[string]message.Message {
	at := time.Date(2020, 9, 4, 5, 5, 11, 0, time.UTC)
	minus := int64(-1_000_000_000_000)
	r := &watch.Record{ID: strings.Repeat("0", 26), Kind: watch.Debit, Mask: quote.Text(strings.Repeat("普", quote.MaxCells/2)), OccurredAt: at, RecordedAt: at.AddDate(1, 0, 0),
		Amount: 1_000_000_000_000, Descriptor: quote.Text(strings.Repeat("ﾄﾞ", quote.MaxCells/2)), Balance: &minus, Service: "docomo", Status: watch.Pending, Confidence: watch.Undecided, Dispute: "d1"}
	name := strings.Repeat("銀行の長い名前", 10)
	phone := wording.Contact{Phone: "0120-000-000", Hours: strings.Repeat("平日 9:00-17:00 ", 5), CheckedOn: "2026-11-02", Source: "https://bank.example/"}
	link := "https://kozamori.example/a/" + strings.Repeat("t", 300)
	alert := wording.AlertFacts{Record: r, Notice: watch.Notice{Watcher: strings.Repeat("w", 26), Reasons: watch.Because(^watch.Reason(0))},
		Delivery:    watch.Delivery{Channel: watch.LINE, Lang: lang, Watcher: strings.Repeat("w", 26)},
		ServiceName: name, BankName: name, Bank: phone, Service: phone, Link: link, CanAnswer: true}
	guardian := alert
	guardian.Guardian = true
	d := &watch.Dispute{ID: "d1", Reference: "KZ-7F3K-9Q2M", Record: r.ID, Mask: r.Mask, Kind: r.Kind, Service: r.Service, Descriptor: r.Descriptor,
		Amount: r.Amount, OccurredAt: at, AnsweredAt: at, Status: watch.DisputeClosed}
	dispute := wording.DisputeFacts{Lang: lang, Dispute: d, Watcher: alert.Notice.Watcher, BankName: name, ServiceName: name, Bank: phone, Service: phone,
		UndoUntil: at.Add(time.Hour), Change: watch.DisputeChange{Status: watch.DisputeClosed, At: at, Text: quote.Text(strings.Repeat("確認しました。", 150))}, Link: link}
	answer := wording.AnswerFacts{Lang: lang, Record: r, Answer: watch.Answer{Value: watch.NotMine, At: at}, Watcher: alert.Notice.Watcher, Guardian: true,
		ServiceName: name, BankName: name, Reference: d.Reference, Trust: watch.Trust{Service: "docomo", UpTo: r.Amount, Until: at.AddDate(0, 3, 0)}, TrustDays: 90, Link: link}
	return map[string]message.Message{
		"alert": wording.Alert(alert), "alert to a guardian": wording.Alert(guardian), "undone": wording.Undone(alert),
		"dispute opened": wording.DisputeOpened(dispute), "dispute already open": wording.DisputeAlready(dispute),
		"dispute withdrawn": wording.DisputeWithdrawn(dispute), "too late": wording.UndoTooLate(dispute), "dispute status": wording.DisputeStatus(dispute),
		"mine": wording.MineThanks(answer), "trusted": wording.Trusted(answer), "already answered": wording.AlreadyAnswered(answer),
		"answered by a guardian": wording.AnswerByOther(answer), "unknown": wording.Unknown(lang),
	}
}

func TestTheLargestMessagesKeepToLINEsLimits(t *testing.T) {
	t.Parallel()
	p, client := platform(t)
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for name, m := range longest(lang) {
			t.Run(fmt.Sprint(lang, " ", name), func(t *testing.T) {
				b, err := json.Marshal(line.Flex(m, wording.LabelsIn("ja")).Contents)
				if err != nil || len(b) > 30<<10 {
					t.Fatalf("a bubble of %d bytes, %v", len(b), err)
				}
				// The stand-in refuses what LINE's documents forbid.
				if o := client.Push(context.Background(), user, watch.DeriveUUID(name, string(lang)), m); o.Result != watch.SendAccepted {
					t.Errorf("%d bytes, %+v", len(b), o)
				}
				if strings.Contains(string(b), "…") {
					t.Error("something was cut off")
				}
			})
		}
	}
	if n := len(p.Messages()); n != 2*len(longest(watch.Japanese)) {
		t.Errorf("%d messages taken", n)
	}
}

func TestAMessageTooLargeIsShortenedAndNotRefused(t *testing.T) {
	t.Parallel()
	_, client := platform(t)
	m := alert()
	m.Alt = strings.Repeat("あ", 2000)
	for range 20 {
		m.Text = append(m.Text, strings.Repeat("<長い文>", 1000))
		m.Facts = append(m.Facts, message.Fact{Label: "項目", Value: strings.Repeat("値", 1000)})
		m.Choices = append(m.Choices, message.Button{Label: strings.Repeat("選", 30), Say: strings.Repeat("言", 400)})
	}
	m.Buttons[0].Display = strings.Repeat("言", 400)
	if o := client.Push(context.Background(), user, key, m); o.Result != watch.SendAccepted {
		t.Errorf("%+v", o)
	}
	b, _ := json.Marshal(line.Flex(m, wording.LabelsIn("ja")))
	for _, must := range []string{"身に覚えがない", "100,000円", "普通 ***4567"} {
		if !strings.Contains(string(b), must) {
			t.Errorf("%q was lost", must)
		}
	}
}

func TestLabelsAreCountedAsReadersCount(t *testing.T) {
	t.Parallel()
	family := "👨‍👩‍👧‍👦" // one character to a reader, 11 UTF-16 units
	_, client := platform(t)
	for name, c := range map[string]struct{ label, want string }{
		"forty characters stay":                         {strings.Repeat("あ", 40), strings.Repeat("あ", 40)},
		"of 41 the last two make way for an ellipsis":   {strings.Repeat("あ", 41), strings.Repeat("あ", 39) + "…"},
		"forty families stay":                           {strings.Repeat(family, 40), strings.Repeat(family, 40)},
		"no family is torn apart":                       {strings.Repeat(family, 41), strings.Repeat(family, 39) + "…"},
		"half-width kana keep their marks":              {strings.Repeat("ﾄﾞ", 41), strings.Repeat("ﾄﾞ", 39) + "…"},
		"a kana and its combining mark are one to read": {strings.Repeat("か\u3099", 40), strings.Repeat("か\u3099", 40)},
	} {
		t.Run(name, func(t *testing.T) {
			m := alert()
			m.Buttons = []message.Button{{Label: c.label, Style: message.Danger, Postback: "a"}}
			var got struct {
				Contents struct {
					Footer struct {
						Contents []struct{ Action struct{ Label string } }
					}
				}
			}
			b, _ := json.Marshal(line.Flex(m, wording.LabelsIn("ja")))
			if err := json.Unmarshal(b, &got); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got.Contents.Footer.Contents[0].Action.Label); d != "" {
				t.Error(d)
			}
			if o := client.Push(context.Background(), user, watch.DeriveUUID(name), m); o.Result != watch.SendAccepted {
				t.Errorf("%+v", o)
			}
		})
	}
}

func TestTheSameMessageMakesTheSameBytes(t *testing.T) {
	t.Parallel()
	for name, m := range longest(watch.Japanese) {
		a, _ := json.Marshal(line.Flex(m, wording.LabelsIn("ja")))
		b, _ := json.Marshal(line.Flex(m, wording.LabelsIn("ja")))
		if string(a) != string(b) {
			t.Errorf("%s differs", name)
		}
	}
}

func TestMessagesWithManyPartsAreTakenByLINE(t *testing.T) {
	t.Parallel()
	p, client := platform(t)
	at := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	name := strings.Repeat("銀行の長い名前", 6)
	link := "https://kozamori.example/a/" + strings.Repeat("t", 300)
	r := &watch.Record{ID: strings.Repeat("0", 26), Kind: watch.Debit, Mask: quote.Text(strings.Repeat("普", quote.MaxCells/2)), OccurredAt: at, RecordedAt: at, Amount: 1_000_000_000_000, Complete: true}
	list, connected := wording.ListFacts{Now: at}, wording.ServicesListFacts{Now: at}
	var accounts []wording.ChatAccount
	var services []wording.ServiceLine
	var banks []wording.Named
	for i := range 20 {
		if i < 10 {
			list.Items = append(list.Items, wording.ListItem{HistoryEntry: wording.HistoryEntry{Record: r, Service: name, Link: link}, BankName: name})
		}
		accounts = append(accounts, wording.ChatAccount{BankName: name, Mask: r.Mask, Watcher: fmt.Sprintf("%026d", i), Guardians: true})
		services = append(services, wording.ServiceLine{Name: name, Record: r.ID, Activity: watch.ServiceActivity{LastAt: at, LastAmount: r.Amount, Debits: 1,
			Links: []watch.Link{{RegisteredAt: at}}}})
		banks = append(banks, wording.Named{Name: name, Contact: wording.Contact{Phone: fmt.Sprintf("0120-000-%03d", i)}})
	}
	connected.Accounts = []wording.AccountServices{{Name: wording.Account(name, r.Mask), Watcher: r.ID, Services: services}, {Name: wording.Account(name, r.Mask)}}
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		list.Lang, connected.Lang = lang, lang
		for name, m := range map[string]message.Message{
			"ten alerts": wording.RecentAlerts(list), "twenty services": wording.ServicesList(connected),
			"twenty accounts": wording.Welcome(lang, accounts, wording.ConsentFacts{}), "which of twenty to leave": wording.AskLeave(wording.ChatLeaveFacts{Lang: lang, Accounts: accounts, Now: at}), "twenty left": wording.Left(wording.ChatLeaveFacts{Lang: lang, Accounts: accounts}),
			"numbers of twenty banks": wording.Trouble(wording.TroubleFacts{Lang: lang, Bank: banks[0], Services: banks[1:2], Banks: banks[2:]}),
			"how long to pause":       wording.AskPause(lang, at), "guide": wording.Guide(lang),
		} {
			t.Run(fmt.Sprint(lang, " ", name), func(t *testing.T) {
				if o := client.Push(context.Background(), user, watch.DeriveUUID(name, string(lang)), m); o.Result != watch.SendAccepted {
					t.Errorf("%+v", o)
				}
			})
		}
	}
	if len(p.Messages()) != 16 {
		t.Errorf("%d messages taken", len(p.Messages()))
	}
}

// A message with cards is a carousel within LINE's limits, however many and
// however long they are.
func TestCardsAreACarouselThatLINETakes(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 12, 40} {
		for _, long := range []int{1, 200, 20000} {
			for _, says := range []string{"", "ほかに3件あります"} {
				p, client := platform(t)
				m := message.Message{Lang: "ja", Alt: "一覧", Title: "一覧", Choices: []message.Button{{Label: "使い方", Say: "使い方"}}}
				if says != "" {
					m.Text = []string{says}
				}
				for i := range n {
					c := alert()
					c.Title, c.Text = fmt.Sprintf("第%d件", i), []string{strings.Repeat("長", long)}
					m.Cards = append(m.Cards, c)
				}
				if o := client.Push(context.Background(), user, key, m); o.Result != watch.SendAccepted {
					t.Fatalf("%d cards of %d: %+v", n, long, o)
				}
				got := string(p.Messages()[0].Messages[0])
				room := 12
				if says != "" {
					room--
				}
				if !strings.Contains(got, `"type":"carousel"`) || strings.Contains(got, `"text":"一覧"`) != (says != "") || !strings.Contains(got, says) ||
					strings.Count(got, `"text":"第`) != min(n, room) {
					t.Errorf("%d cards of %d, %q: %.200s", n, long, says, got)
				}
			}
		}
	}
}
