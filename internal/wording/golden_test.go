package wording

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// inDays is a time of ours as the pages count it.
func inDays(d time.Duration) int { return int(d / (24 * time.Hour)) }

var update = flag.Bool("update", false, "write the golden files again")

func jst(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", s, watch.JST)
	if err != nil {
		panic(err)
	}
	return t
}

func balance(yen int64) *int64 { return &yen }

func debit() *watch.Record {
	return &watch.Record{
		ID: "0123456789abcdefghjkmnpqrs", OnAccount: watch.On(watch.AccountKey{Bank: "0125", Ref: "acc_8f3k"}), Mask: "普通 ***4567",
		Kind: watch.Debit, Txn: "20200904-000123", OccurredAt: jst("2020-09-04 14:05:11"), Amount: 100000,
		Descriptor: "ﾄﾞｺﾓｺｳｻﾞ", Balance: balance(-70000), Status: watch.Posted, Service: "docomo", Confidence: watch.Seen,
		ReceivedAt: jst("2020-09-04 14:05:12"), RecordedAt: jst("2020-09-04 14:05:12"),
	}
}

func link() *watch.Record {
	r := debit()
	r.Kind, r.Amount, r.Balance, r.Status, r.Service, r.Descriptor = watch.LinkRegistered, 0, nil, "", "paypay", "PAYPAY"
	r.Confidence, r.Route = watch.Named, "web_kouza_furikae"
	return r
}

// names gives a service and a bank in a language.
func names(lang watch.Lang) (service, bank string) {
	if lang == watch.English {
		return "d Barai (docomo Koza)", "The 77 Bank"
	}
	return "d払い（ドコモ口座）", "七十七銀行"
}

func alertFacts(lang watch.Lang, r *watch.Record, why watch.Reason, change ...func(*AlertFacts)) AlertFacts {
	f := AlertFacts{
		Record: r, Notice: watch.Notice{Watcher: "w1", Reasons: watch.Because(why)},
		Delivery: watch.Delivery{ID: "d1", Kind: watch.TellAlert, Watcher: "w1", Channel: watch.LINE, Lang: lang},
		Link:     "https://kozamori.example/a/t0ken", CanAnswer: true,
		Bank: Contact{Phone: "0120-000-000", Hours: "9:00-17:00", CheckedOn: "2026-11-02", Source: "https://bank.example/"},
	}
	f.ServiceName, f.BankName = names(lang)
	if r.Service == "paypay" {
		f.ServiceName = "PayPay"
	}
	if r.Service == "" {
		f.ServiceName = ""
	}
	for _, c := range change {
		c(&f)
	}
	return f
}

func disputeFacts(lang watch.Lang) DisputeFacts {
	r := debit()
	f := DisputeFacts{
		Lang: lang, Watcher: "w1",
		Dispute: &watch.Dispute{ID: "dsp", Reference: "KZ-7F3K-9Q2M", Record: r.ID, OnAccount: watch.On(r.Account), Mask: r.Mask, Kind: r.Kind,
			Txn: r.Txn, Service: r.Service, Amount: r.Amount, OccurredAt: r.OccurredAt, ReceivedAt: r.ReceivedAt,
			AnsweredAt: jst("2020-09-04 14:06:02"), Watcher: "w1", Via: watch.ViaLINE, Status: watch.DisputeOpened},
		Bank:      Contact{Phone: "0120-000-000"},
		Service:   Contact{Phone: "0120-111-111", CheckedOn: "2026-11-02", Claims: []ClaimFact{{Days: 30, AsOf: "2026-11"}, {Days: 90, FromLoss: true, AsOf: "2026-11"}}},
		UndoUntil: jst("2020-09-04 14:16:02"),
		Link:      "https://kozamori.example/a/t0ken",
	}
	f.ServiceName, f.BankName = names(lang)
	return f
}

func answerFacts(lang watch.Lang) AnswerFacts {
	r := debit()
	r.Service, r.Amount = "paypay", 5000
	f := AnswerFacts{Lang: lang, Record: r, Watcher: "w1", ServiceName: "PayPay",
		Answer: watch.Answer{Value: watch.Mine, Watcher: "w2", At: jst("2020-09-04 14:08:00")}, Link: "https://kozamori.example/a/t0ken"}
	_, f.BankName = names(lang)
	return f
}

// messages are the main messages by name.
func messages(lang watch.Lang) map[string]message.Message {
	const basic = watch.ServiceDebit | watch.FirstSeen
	out := map[string]message.Message{
		"alert-critical": Alert(alertFacts(lang, debit(), basic|watch.Overdrawn)),
		"alert-every-reason": Alert(alertFacts(lang, debit(), ^watch.Reason(0), func(f *AlertFacts) {
			f.Service = Contact{Phone: "0120-111-111"}
		})),
		"alert-notice":   Alert(alertFacts(lang, debit(), watch.ServiceDebit)),
		"alert-link":     Alert(alertFacts(lang, link(), watch.NewLink)),
		"alert-mail":     Alert(alertFacts(lang, debit(), basic, func(f *AlertFacts) { f.Delivery.Channel = watch.Email })),
		"alert-guardian": Alert(alertFacts(lang, debit(), basic, func(f *AlertFacts) { f.Guardian, f.Delivery.HideAmount = true, true })),
		"alert-pending": Alert(alertFacts(lang, debit(), basic, func(f *AlertFacts) {
			f.Record.Status, f.Record.Confidence = watch.Pending, watch.Cut
		})),
		"alert-undecided": Alert(alertFacts(lang, debit(), basic, func(f *AlertFacts) {
			f.Record.Confidence, f.Record.Descriptor, f.ServiceName = watch.Undecided, "PAYPAYｸﾞﾙﾒ", "PayPay"
		})),
		"alert-either": Alert(alertFacts(lang, debit(), basic, func(f *AlertFacts) {
			f.Record.Confidence, f.Record.Other, f.Record.Descriptor, f.ServiceName = watch.Undecided, "PayPayカードの請求", "PAYPAYｶ", "PayPay"
		})),
		"alert-disagree": Alert(alertFacts(lang, debit(), basic, func(f *AlertFacts) {
			f.Record.Second, f.SecondName = &watch.Second{Service: "paypay"}, "PayPay"
		})),
		"alert-disagree-bank": Alert(alertFacts(lang, debit(), basic, func(f *AlertFacts) {
			f.Record.Second, f.SecondName = &watch.Second{Service: "paidy", Bank: true}, "ペイディ（あと払い）"
		})),
		"alert-ordinary": Alert(alertFacts(lang, debit(), watch.AnyDebit|watch.Keyword, func(f *AlertFacts) {
			f.Record.Confidence, f.Record.Descriptor, f.ServiceName, f.Record.Balance = "", "ﾔﾁﾝ", "", nil
		})),
		"alert-reversed-before": Alert(alertFacts(lang, debit(), basic, func(f *AlertFacts) { f.Record.UndoneAt = jst("2020-09-04 14:30:00") })),
		"undone-debit":          Undone(alertFacts(lang, debit(), basic, func(f *AlertFacts) { f.Record.UndoneAt = jst("2020-09-05 10:30:00") })),
		"undone-link":           Undone(alertFacts(lang, link(), watch.NewLink, func(f *AlertFacts) { f.Record.UndoneAt = jst("2021-01-05 10:30:00") })),
		"undone-debit-past": Undone(alertFacts(lang, debit(), 0, func(f *AlertFacts) {
			f.Record.UndoneAt, f.Record.Past, f.Was = jst("2020-09-05 10:30:00"), true, &watch.Shown{Amount: f.Record.Amount, OfHistory: true}
		})),
		"undone-debit-unsure":   Undone(alertFacts(lang, debit(), basic, func(f *AlertFacts) { f.Record.UndoneAt, f.Record.Unsure = jst("2020-09-05 10:30:00"), true })),
		"undone-debit-misnamed": Undone(alertFacts(lang, debit(), basic, func(f *AlertFacts) { f.Record.UndoneAt, f.Record.Misnamed = jst("2020-09-05 10:30:00"), true })),
		"undone-debit-early":    Undone(alertFacts(lang, debit(), basic, func(f *AlertFacts) { f.Record.UndoneAt, f.Record.Early = jst("2020-09-05 09:30:00"), true })),
		"undone-link-early":     Undone(alertFacts(lang, link(), basic, func(f *AlertFacts) { f.Record.UndoneAt, f.Record.Early = jst("2020-09-03 10:30:00"), true })),
		"undone-debit-misnamed-past": Undone(alertFacts(lang, debit(), 0, func(f *AlertFacts) {
			f.Record.UndoneAt, f.Record.Past, f.Record.Misnamed = jst("2020-09-05 10:30:00"), true, true
			f.Was = &watch.Shown{Amount: f.Record.Amount, Service: f.Record.Service, OfHistory: true}
		})),
		"undone-debit-misnamed-raised": Undone(alertFacts(lang, debit(), basic, func(f *AlertFacts) {
			f.Record.UndoneAt, f.Record.Misnamed, f.Was = jst("2020-09-05 10:30:00"), true, &watch.Shown{Amount: 40000, Service: f.Record.Service}
		})),
		"undone-link-unsure": Undone(alertFacts(lang, link(), watch.NewLink, func(f *AlertFacts) { f.Record.UndoneAt, f.Record.Unsure = jst("2021-01-05 10:30:00"), true })),
		"undone-debit-doubted": Undone(alertFacts(lang, debit(), basic, func(f *AlertFacts) {
			f.Was = f.Record.Shows("w1")
			f.Was.UndoneAt = jst("2020-09-05 10:30:00")
			f.Record.UndoneAt, f.Record.Unsure = f.Was.UndoneAt, true
		})),
		"undone-debit-certain": Undone(alertFacts(lang, debit(), basic, func(f *AlertFacts) {
			f.Record.UndoneAt, f.Record.Unsure = jst("2020-09-05 10:30:00"), true
			f.Was = f.Record.Shows("w1")
			f.Record.Unsure = false
		})),
		"undone-link-past": Undone(alertFacts(lang, link(), 0, func(f *AlertFacts) {
			f.Record.UndoneAt, f.Record.Past, f.Was = jst("2021-01-05 10:30:00"), true, &watch.Shown{OfHistory: true}
		})),
		"dispute-opened":    DisputeOpened(disputeFacts(lang)),
		"dispute-already":   DisputeAlready(disputeFacts(lang)),
		"dispute-withdrawn": DisputeWithdrawn(disputeFacts(lang)),
		"undo-too-late":     UndoTooLate(disputeFacts(lang)),
		"already-answered":  AlreadyAnswered(answerFacts(lang)),
		"unknown":           Unknown(lang),
	}
	changed := func(was watch.Shown, change func(*AlertFacts)) message.Message {
		return Changed(alertFacts(lang, debit(), basic, func(f *AlertFacts) {
			f.Record.Balance = nil
			f.Was = &was
			change(f)
		}))
	}
	as := func(yen int64) watch.Shown { return watch.Shown{Amount: yen, Service: "docomo"} }
	out["changed-amount"] = changed(as(1), func(*AlertFacts) {})
	out["changed-amount-answered"] = changed(as(1), func(f *AlertFacts) { f.AnsweredBefore = &watch.Shown{Amount: 1} })
	out["changed-amount-hidden"] = changed(as(1), func(f *AlertFacts) { f.Guardian, f.Delivery.HideAmount = true, true })
	out["changed-returned"] = changed(as(100000), func(f *AlertFacts) { f.Record.Returned = 1000 })
	out["changed-returned-unsure"] = changed(as(100000), func(f *AlertFacts) { f.Record.Returned, f.Record.Unsure = 1000, true })
	freed(changed, as, out)
	mayBacks(lang, changed, as, out)
	less := func(f *AlertFacts) { f.Was.Returned, f.Record.Returned = 5000, 1000 }
	out["changed-less-back"] = changed(as(8000), less)
	out["changed-less-may-be-back"] = changed(as(8000), func(f *AlertFacts) { less(f); f.Record.MayBeIt = true })
	out["changed-returned-misnamed"] = changed(as(100000), func(f *AlertFacts) { f.Record.Returned, f.Record.Misnamed = 1000, true })
	mayStand := func(yen int64) watch.Shown {
		return watch.Shown{Amount: yen, Service: "docomo", UndoneAt: jst("2020-09-05 10:30:00")}
	}
	out["changed-may-stand"] = changed(mayStand(100000), func(f *AlertFacts) { f.Record.MayBeIt = true })
	out["changed-may-again"] = changed(mayStand(100000), func(f *AlertFacts) { f.Was.Unsure, f.Record.Again = true, 1 })
	out["changed-returned-past"] = changed(watch.Shown{Amount: 100000, Service: "docomo", OfHistory: true}, func(f *AlertFacts) { f.Record.Returned = 1000 })
	out["changed-perhaps-again"] = changed(as(100000), func(f *AlertFacts) { f.Record.Again, f.Record.MayBeAgain = 1, true })
	out["changed-again"] = changed(as(100000), func(f *AlertFacts) { f.Record.Again = 1 })
	out["alert-after-return"] = Alert(alertFacts(lang, debit(), watch.ServiceDebit, func(f *AlertFacts) { f.Record.AfterReturn = true }))
	out["changed-service-unnamed"] = changed(watch.Shown{Amount: 100000, Service: "paypay"}, func(f *AlertFacts) {
		f.WasServiceName, f.Record.Service, f.ServiceName = "PayPay", watch.Unlisted, ""
	})
	out["changed-late"] = changed(as(1), func(f *AlertFacts) {
		f.Record.ReceivedAt = f.Record.OccurredAt.AddDate(0, 0, 12)
	})
	out["changed-hours-late"] = changed(as(1), func(f *AlertFacts) { f.Record.ReceivedAt = f.Record.OccurredAt.Add(5 * time.Hour) })
	out["changed-day-late"] = changed(as(1), func(f *AlertFacts) { f.Record.ReceivedAt = f.Record.OccurredAt.Add(20 * time.Hour) })
	later := func(days int) message.Message {
		return changed(as(1), func(f *AlertFacts) {
			f.Record = f.Record.As(&watch.Shown{Amount: 100000, Service: "docomo", OccurredAt: f.Record.OccurredAt, StageAt: f.Record.OccurredAt.AddDate(0, 0, days)})
		})
	}
	out["changed-days-after"], out["changed-day-after"] = later(12), later(1)
	out["changed-service"] = changed(watch.Shown{Amount: 100000, Service: "paypay"}, func(f *AlertFacts) { f.WasServiceName = "PayPay" })
	out["alert-late"] = Alert(alertFacts(lang, debit(), watch.ServiceDebit|watch.FirstWatched, func(f *AlertFacts) {
		f.Record.OccurredAt = f.Record.OccurredAt.AddDate(0, 0, -2)
	}))
	out["alert-day"] = Alert(alertFacts(lang, debit(), watch.ServiceDebit, func(f *AlertFacts) {
		f.Record.OccurredAt, f.Record.DateOnly = jst("2020-09-03 00:00:00"), true
	}))
	_, bank := names(lang)
	out["summary"] = Summary(SummaryFacts{Lang: lang, BankName: bank, Mask: "普通 ***4567", Link: "https://kozamori.example/a/t0ken",
		Sum: watch.PastSum{Debits: 14, Yen: 412000, Links: 1, FirstAt: jst("2019-10-05 10:00:00"), LastAt: jst("2020-08-20 10:00:00"), At: jst("2020-09-04 14:10:00")}})
	summarised(lang, bank, out)
	together(lang, out)
	since := disputeFacts(lang)
	since.Since = Since{Via: watch.ViaLINE, Came: []*watch.Record{debit(), link()}, Grew: true}
	out["dispute-since"] = DisputeOpened(since)
	since.UndoUntil = time.Time{}
	out["dispute-since-for-good"] = DisputeOpened(since)
	f := answerFacts(lang)
	f.Trust, f.TrustDays = watch.Trust{Service: "paypay", UpTo: 5000, Until: jst("2020-12-03 14:08:00")}, 90
	out["mine-thanks"], out["trusted"] = MineThanks(f), Trusted(f)
	f = answerFacts(lang)
	f.Answer.Value, f.Reference = watch.NotMine, "KZ-7F3K-9Q2M"
	out["answer-by-other"] = AnswerByOther(f)
	for _, s := range []watch.DisputeStatus{watch.DisputeReceived, watch.DisputeFrozen, watch.DisputeRefunded, watch.DisputeClosed} {
		d := disputeFacts(lang)
		d.Change = watch.DisputeChange{Seq: 2, Status: s}
		if s == watch.DisputeRefunded {
			d.Change.Text = "全額を普通口座に返金しました。"
		}
		out["status-"+string(s)] = DisputeStatus(d)
	}
	again := disputeFacts(lang)
	again.Change = watch.DisputeChange{Seq: 2, Status: watch.DisputeReceived, Reopened: true}
	out["status-reopened"] = DisputeStatus(again)
	return out
}

func TestMessagesReadAsInTheGoldenFiles(t *testing.T) {
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for name, m := range messages(lang) {
			golden(t, name, lang, show(m))
		}
	}
}

// golden compares a text with its golden file, or writes it with -update.
func golden(t *testing.T, name string, lang watch.Lang, got string) {
	t.Helper()
	path := filepath.Join("testdata", fmt.Sprintf("%s.%s.txt", name, lang))
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s in %s (-want +got):\n%s", name, lang, d)
	}
}

// show writes a message as a person would read it aloud.
func show(m message.Message) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("alt: %s\n%s [%s] %s", m.Alt, m.Tone, m.Badge, m.Title)
	if m.Amount != "" {
		line("  %s", m.Amount)
	}
	for _, f := range m.Facts {
		line("%s %s | %s", map[bool]string{false: " ", true: "+"}[f.More], f.Label, f.Value)
	}
	for _, s := range m.Why {
		line("why: %s", s)
	}
	for _, s := range m.Text {
		line("%s", s)
	}
	for _, s := range m.More {
		line("more: %s", s)
	}
	for i, s := range m.Steps {
		line("%d. %s <%s>", i+1, s.Text, s.Tel)
	}
	for _, btn := range m.Buttons {
		line("(%s) %s %s%s", btn.Style, btn.Label, btn.Postback, btn.URL)
	}
	if m.Foot != "" {
		line("foot: %s", m.Foot)
	}
	for _, c := range m.Cards {
		line("card: %s", strings.ReplaceAll(strings.TrimSpace(show(c)), "\n", "\n      "))
	}
	return b.String()
}

func TestAltSaysNothingOfMoneyOrAccount(t *testing.T) {
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for name, m := range messages(lang) {
			if m.Alt == "" || strings.ContainsAny(m.Alt, "0123456789") {
				t.Errorf("%s in %s: alt %q is empty or holds a digit", name, lang, m.Alt)
			}
			for _, secret := range []string{"普通", "***", "ﾄﾞｺﾓ", "PAYPAY", "円", "¥", "PayPay", "七十七"} {
				if strings.Contains(m.Alt, secret) {
					t.Errorf("%s in %s: alt %q holds %q", name, lang, m.Alt, secret)
				}
			}
		}
	}
}

func TestHiddenAmountsAppearNowhere(t *testing.T) {
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		a := alertFacts(lang, debit(), ^watch.Reason(0), func(f *AlertFacts) { f.Delivery.HideAmount = true })
		d := disputeFacts(lang)
		d.HideAmount = true
		n := answerFacts(lang)
		n.HideAmount, n.Record.Amount = true, 100000
		n.Trust, n.TrustDays = watch.Trust{Service: "paypay", UpTo: 100000}, 90
		for i, m := range []message.Message{Alert(a), Undone(a), DisputeOpened(d), DisputeAlready(d), DisputeWithdrawn(d), DisputeStatus(d),
			UndoTooLate(d), MineThanks(n), AlreadyAnswered(n), AnswerByOther(n)} {
			b, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			for _, amount := range []string{"100,000", "100000", "70,000", "円", "¥"} {
				if strings.Contains(string(b), amount) {
					t.Errorf("message %d in %s holds %q: %s", i, lang, amount, b)
				}
			}
		}
	}
}

func TestARetryOfAnAlertReadsTheSame(t *testing.T) {
	f := alertFacts(watch.Japanese, debit(), watch.ServiceDebit|watch.FirstSeen)
	f.Record.Deliveries = []watch.Delivery{f.Delivery}
	first := Alert(f)

	f.Delivery.Attempts, f.Delivery.Problem = 3, "timeout"
	was := f.Record.Clone()
	f.Record.UndoneAt = jst("2020-09-04 15:00:00")
	f.Record.KeepPart(was)
	f.Record.Answer = &watch.Answer{Value: watch.Mine, Watcher: "w2"}
	f.Record = f.Record.As(f.Record.Deliveries[0].Shows)
	if d := cmp.Diff(first, Alert(f)); d != "" {
		t.Errorf("the second attempt reads differently (-first +second):\n%s", d)
	}
}

func TestPhoneNumbersComeOnlyFromTheFacts(t *testing.T) {
	d := disputeFacts(watch.Japanese)
	d.Bank, d.Service = Contact{}, Contact{}
	a := alertFacts(watch.Japanese, debit(), watch.FirstSeen, func(f *AlertFacts) { f.Bank = Contact{} })
	for _, m := range []message.Message{DisputeOpened(d), UndoTooLate(d), Alert(a)} {
		if len(m.Steps) == 0 {
			t.Fatalf("%q says not what to do", m.Title)
		}
		for _, s := range m.Steps {
			if s.Tel != "" && s.Tel != PoliceTel && s.Tel != ConsumerTel {
				t.Errorf("%q came from nowhere", s.Tel)
			}
		}
	}
}

func TestButtonsFitTheirLimits(t *testing.T) {
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for name, m := range messages(lang) {
			for _, b := range m.Buttons {
				// LINE: 40 characters for a label in a Flex message, 300 for
				// data and for what the chat shows.
				if n := len([]rune(b.Label)); n == 0 || n > 40 {
					t.Errorf("%s in %s: label %q has %d characters", name, lang, b.Label, n)
				}
				if len(b.Postback) > 300 || len([]rune(b.Display)) > 300 {
					t.Errorf("%s in %s: %q is too long", name, lang, b.Label)
				}
				if (b.Postback != "") == (b.URL != "") {
					t.Errorf("%s in %s: %q does not do exactly one thing", name, lang, b.Label)
				}
			}
		}
	}
}
