package line_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"kozamori/internal/line"
	"kozamori/internal/message"
	"kozamori/internal/quote"
	"kozamori/internal/sim"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// Amount and account come after the page that a text leads to: a phone's lock screen
// shows how it begins.
func TestTextOfAMessageSaysAmountAndAccountAfterItsPage(t *testing.T) {
	t.Parallel()
	got := line.PlainText(alert(), wording.LabelsIn("ja"))
	begins, rest, linked := strings.Cut(got, "https://example.jp/a/t")
	if !strings.HasPrefix(begins, alert().Alt) || !strings.Contains(begins, alert().Title) || !strings.Contains(begins, "0120-000-000") ||
		strings.Contains(begins, "100,000") || strings.Contains(begins, "4567") {
		t.Error("the lock screen would show: " + begins)
	}
	if !linked || !strings.Contains(rest, "100,000円") || !strings.Contains(rest, "口座：普通 ***4567") {
		t.Error(got)
	}
	m := alert()
	m.Buttons = nil
	if got := line.PlainText(m, wording.LabelsIn("ja")); !strings.Contains(got, "100,000円") || !strings.Contains(got, "口座：普通 ***4567") {
		t.Error("without a page the rest is nowhere: " + got)
	}
}

// Each form of a message keeps its own key and its own bytes, however often it
// is tried, so that LINE shows it once.
func TestAFormThatIsTriedAgainIsShownOnce(t *testing.T) {
	t.Parallel()
	for _, lost := range []sim.Fault{sim.ServerError, sim.AcceptThenDrop, sim.RateLimited} {
		for refused := range 3 {
			p, client := platform(t)
			p.AddUser(sim.User{ID: user, Lang: "ja", Following: true})
			p.Fail(refused, sim.BadRequest)
			p.Fail(1, lost)
			if o := client.Push(context.Background(), user, key, alert()); o.Result != watch.SendRetry {
				t.Fatalf("%s: %+v", lost, o)
			}
			p.Fail(refused, sim.BadRequest)
			if o := client.Push(context.Background(), user, key, alert()); o.Result != watch.SendAccepted {
				t.Fatalf("%s: %+v", lost, o)
			}
			if got := p.Messages(); len(got) != 1 || len(p.Violations()) > 0 {
				t.Errorf("%s after %d refusals: %d messages, %v", lost, refused, len(got), p.Violations())
			}
		}
	}
}

func TestTextKeepsTheButtonsThatAPageDoesNotHave(t *testing.T) {
	t.Parallel()
	p, client := platform(t)
	p.Fail(1, sim.BadRequest)
	second := message.Message{Lang: "ja", Alt: "一覧", Title: "一覧", Choices: []message.Button{{Label: "使い方", Say: "使い方"}}}
	if o := client.PushAll(context.Background(), user, key, alert(), second); o.Result != watch.SendAccepted {
		t.Fatal(o)
	}
	type sent struct {
		Type, Text string
		QuickReply struct {
			Items []struct {
				Action struct{ Type, Label, Data string }
			}
		}
	}
	var got []sent
	for _, raw := range p.Messages()[0].Messages {
		var m sent
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Fatal(err)
		}
		got = append(got, m)
	}
	items := got[1].QuickReply.Items
	if len(got) != 2 || got[0].Type != "text" || len(got[0].QuickReply.Items) != 0 || len(items) != 2 ||
		items[0].Action.Data != "a=notmine&r=1&w=2" || items[1].Action.Type != "message" {
		t.Errorf("%+v", got)
	}
}

// As text, too, each answer says which account it is about; where two would be
// called the same, neither is offered, and each has its page.
func TestAnswersAsTextSayWhichAccountTheyAreAbout(t *testing.T) {
	t.Parallel()
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for _, guardian := range []bool{false, true} {
			item := func(bank, mask, record string) wording.OpenItem {
				return wording.OpenItem{Watcher: "w" + record, Guardian: guardian, ServiceName: "d払い（ドコモ口座）", BankName: bank, Link: "https://example.jp/a/" + record,
					Lead: &watch.Record{ID: record, OnAccount: watch.On(watch.AccountKey{Bank: "0125", Ref: record}), Mask: quote.Text(mask), Kind: watch.Debit, Service: "docomo", Amount: 5000, Complete: true,
						Notices: []watch.Notice{{Watcher: "w" + record, Reasons: watch.Because(watch.ServiceDebit)}}}}
			}
			for name, c := range map[string]struct {
				items []wording.OpenItem
				want  int
			}{
				"two accounts":                {[]wording.OpenItem{item("七十七銀行", "普通 ***4567", "r1"), item("七十七銀行", "普通 ***8901", "r2")}, 4},
				"two accounts of two banks":   {[]wording.OpenItem{item("The 77 Bank", "普通 ***4567", "r1"), item("ゆうちょ銀行（郵便局）", "通常貯金 ****8901", "r2")}, 4},
				"two incidents of an account": {[]wording.OpenItem{item("七十七銀行", "普通 ***4567", "r1"), item("七十七銀行", "普通 ***4567", "r2")}, 0},
				"one account":                 {[]wording.OpenItem{item("七十七銀行", "普通 ***4567", "r1")}, 2},
			} {
				p, client := platform(t)
				p.Fail(1, sim.BadRequest)
				m := wording.OpenIncidents(wording.OpenFacts{Lang: lang, Items: c.items, Several: len(c.items) > 1})
				if o := client.PushAll(context.Background(), user, key, m); o.Result != watch.SendAccepted {
					t.Fatal(o)
				}
				var sent struct {
					QuickReply struct {
						Items []struct{ Action struct{ Label, Data string } }
					}
				}
				if err := json.Unmarshal(p.Messages()[0].Messages[0], &sent); err != nil {
					t.Fatal(err)
				}
				of := map[string]string{"r1": "4567", "r2": "8901"}
				seen, answers := map[string]bool{}, 0
				for _, x := range sent.QuickReply.Items {
					if x.Action.Data == "" {
						continue
					}
					answers++
					if seen[x.Action.Label] {
						t.Errorf("%s in %s: two are called %q", name, lang, x.Action.Label)
					}
					seen[x.Action.Label] = true
					for record, number := range of {
						if strings.Contains(x.Action.Data, "r="+record) && len(c.items) > 1 && !strings.HasSuffix(x.Action.Label, number) {
							t.Errorf("%s in %s: %q does not say its account", name, lang, x.Action.Label)
						}
					}
				}
				if answers != c.want {
					t.Errorf("%s in %s, guardian %v: %d answers, want %d: %v", name, lang, guardian, answers, c.want, seen)
				}
			}
		}
	}
}
