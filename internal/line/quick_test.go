package line_test

import (
	"context"
	"encoding/json"
	"testing"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// Two answers that name an account do not fit where quick replies stand: cut
// off, both would read as if about any account, and one alone would be no choice.
func TestAnswersThatDoNotFitAreNoQuickReplies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		of, short string
		want      int
	}{
		"one account":                        {"", "", 2},
		"an account":                         {" 七十七銀行 ***4567", "", 0},
		"an account, as the versions before": {"（七十七銀行 普通 ***4567）", "", 0},
		"an account that has a short form":   {" 七十七銀行 ***4567", " ***4567", 2},
		"whose short form has no room":       {" 七十七銀行 ***4567", " 七十七銀行の支店 ***4567", 0},
	} {
		p, client := platform(t)
		m := alert()
		m.Brief, m.Choices = true, nil
		m.Buttons = []message.Button{{Label: "身に覚えがない" + c.of, Style: message.Danger, Postback: "a=notmine&r=1"}, {Label: "心当たりがある" + c.of, Style: message.Secondary, Postback: "a=mine&r=1"}}
		if c.short != "" {
			m.Buttons[0].Short, m.Buttons[1].Short = "身に覚えがない"+c.short, "心当たりがある"+c.short
		}
		if o := client.Push(context.Background(), user, key, m); o.Result != watch.SendAccepted {
			t.Fatalf("%+v", o)
		}
		var sent struct {
			QuickReply struct {
				Items []any `json:"items"`
			} `json:"quickReply"`
		}
		if err := json.Unmarshal(p.Messages()[0].Messages[0], &sent); err != nil {
			t.Fatal(err)
		}
		if n := len(sent.QuickReply.Items); n != c.want {
			t.Errorf("%s: %d quick replies, want %d", name, n, c.want)
		}
	}
}
