package hostile

import (
	"fmt"
	"strings"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/quote"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// Link is where the messages lead.
const Link = "https://kozamori.example/a/token"

var at = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

// Record is an alert whose descriptor and mask a stranger wrote.
func Record(raw string) *watch.Record {
	return &watch.Record{ID: "00000000000000000000000001", OnAccount: watch.On(watch.AccountKey{Bank: "0125", Ref: "acc"}), Txn: "t1", Kind: watch.Debit, Mask: quote.Text(raw), Descriptor: quote.Text(raw),
		OccurredAt: at, ReceivedAt: at, RecordedAt: at, Amount: 30_000, Service: "paypay", Complete: true, Notices: []watch.Notice{{Watcher: "w1", Reasons: watch.Because(watch.ServiceDebit)}}}
}

// Dispute is a report of it, to which a bank wrote back.
func Dispute(raw string) *watch.Dispute {
	r := Record(raw)
	return &watch.Dispute{ID: "d1", Reference: "KZ-7F3K-9Q4M", OnAccount: r.OnAccount, Record: r.ID, Txn: r.Txn, Mask: r.Mask, Kind: r.Kind, Service: r.Service, Descriptor: r.Descriptor, Watcher: "w1",
		Amount: r.Amount, OccurredAt: at, ReceivedAt: at, AnsweredAt: at, Status: watch.DisputeFrozen, Text: quote.Text(raw), Changes: []watch.DisputeChange{{Seq: 1, Status: watch.DisputeOpened, At: at}}}
}

// Messages are those that show what a stranger wrote.
func Messages(lang watch.Lang, raw string) map[string]message.Message {
	t := quote.Text(raw)
	r, d := Record(raw), Dispute(raw)
	alert := wording.AlertFacts{Record: r, Notice: r.Notices[0], Delivery: watch.Delivery{Channel: watch.LINE, Lang: lang, Watcher: "w1"}, ServiceName: "PayPay", BankName: "七十七銀行", Link: Link, CanAnswer: true}
	changed := alert
	changed.Was = &watch.Shown{Amount: 10_000, Descriptor: t, OccurredAt: at}
	dispute := wording.DisputeFacts{Lang: lang, Dispute: d, Watcher: "w1", BankName: "七十七銀行", ServiceName: "PayPay", Change: watch.DisputeChange{Status: watch.DisputeFrozen, At: at, Text: t}, Link: Link}
	answer := wording.AnswerFacts{Lang: lang, Record: r, Answer: watch.Answer{Value: watch.Mine, At: at}, Watcher: "w1", ServiceName: "PayPay", BankName: "七十七銀行", Link: Link}
	account := wording.ChatAccount{BankName: "七十七銀行", Mask: t, Watcher: "w1", Since: at}
	family := wording.GuardianFacts{Lang: lang, Account: account, Name: t}
	return map[string]message.Message{
		"alert": wording.Alert(alert), "undone": wording.Undone(alert), "changed": wording.Changed(changed), "several": wording.Incident(wording.IncidentFacts{Parts: []wording.AlertFacts{alert, changed}}),
		"reported": wording.DisputeOpened(dispute), "the bank's words": wording.DisputeStatus(dispute), "taken back": wording.DisputeWithdrawn(dispute), "take back?": wording.ConfirmUndo(dispute),
		"mine": wording.MineThanks(answer), "answered": wording.AnswerByOther(answer), "a guardian came": wording.GuardianJoined(family), "a guardian left": wording.GuardianLeft(family),
		"lowered": wording.Lowered(wording.LoweredFacts{Line: wording.StepLine{Step: &watch.Step{ID: "s1", At: at, Kind: watch.StepSettings, Lowered: true, Of: "w1", OfRole: watch.Owner},
			Reader: &watch.Watcher{ID: "w1", Lang: lang}, Service: func(string) string { return "PayPay" }}, Account: account, Link: Link, Restorable: true, Now: at}),
		"recent": wording.RecentAlerts(wording.ListFacts{Lang: lang, Now: at, Items: []wording.ListItem{{HistoryEntry: wording.HistoryEntry{Record: r, Service: "PayPay", Link: Link}, BankName: "七十七銀行"}}}),
		"join?":  wording.AskJoin(wording.InvitationFacts{Lang: lang, Account: account}), "connected": wording.HowToConnect(lang, []wording.ChatAccount{account}, nil, wording.ConsentFacts{}),
		"services": wording.ServicesList(wording.ServicesListFacts{Lang: lang, Now: at, Accounts: []wording.AccountServices{
			{Name: wording.Account("七十七銀行", t), Services: []wording.ServiceLine{{Name: "PayPay", Record: r.ID, Activity: watch.ServiceActivity{FirstAt: at, LastAt: at, Debits: 1, LastAmount: 1}}}}}}),
	}
}

// Lines are the lines of what a harmless text makes: our own.
type Lines map[string]bool

// LinesOf takes them apart.
func LinesOf(texts ...string) Lines {
	l := Lines{}
	for _, s := range texts {
		for line := range strings.SplitSeq(s, "\n") {
			l[line] = true
		}
	}
	return l
}

// Harm says what a hostile text does to something shown: where it breaks out of
// its line, hides something, or gives a program something to tap. Lines that
// are there without it are ours.
func (l Lines) Harm(shown string) string {
	others := 0
	for line := range strings.SplitSeq(shown, "\n") {
		if l[line] {
			continue
		}
		others++
		if flaw := Flaw(line); flaw != "" {
			return fmt.Sprintf("%q: %s", line, flaw)
		}
		if tapped := Tapped(line); len(tapped) > 0 && !l[tapped[0]] {
			return fmt.Sprintf("%q: %q can be tapped", line, tapped[0])
		}
	}
	if others > maxOthers {
		return fmt.Sprintf("%d lines that are not ours", others)
	}
	return ""
}

// maxOthers is how many lines of a message a stranger has a word in: title,
// account, descriptor, note, and what a button says.
const maxOthers = 6
