package line_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"kozamori/internal/line"
	"kozamori/internal/message"
	"kozamori/internal/sim"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

func TestTextOfAMessageWithAPageSaysNoAmountAndNoAccount(t *testing.T) {
	t.Parallel()
	got := line.PlainText(alert(), wording.LabelsIn("ja"))
	if strings.Contains(got, "100,000") || strings.Contains(got, "4567") {
		t.Error("the lock screen would show: " + got)
	}
	if !strings.HasPrefix(got, alert().Alt) || !strings.Contains(got, "https://example.jp/a/t") || !strings.Contains(got, "0120-000-000") {
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
