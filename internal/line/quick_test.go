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
	for of, want := range map[string]int{"": 2, "（七十七銀行 普通 ***4567）": 0, "（七十七銀行 ***4567）": 0} {
		p, client := platform(t)
		m := alert()
		m.Brief, m.Choices = true, nil
		m.Buttons = []message.Button{{Label: "身に覚えがない" + of, Style: message.Danger, Postback: "a=notmine&r=1"}, {Label: "自分です" + of, Style: message.Primary, Postback: "a=mine&r=1"}}
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
		if n := len(sent.QuickReply.Items); n != want {
			t.Errorf("with %q: %d quick replies, want %d", of, n, want)
		}
	}
}
