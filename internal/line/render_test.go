package line

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"kozamori/internal/message"
	"kozamori/internal/testkit/breadth"
)

// LINE is given the bytes that the SDK would write: a message that is tried
// again by another version keeps its body.
func TestAMessageIsWrittenAsTheSDKWritesIt(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(14, 1))
	words := []string{"", "d払い（ドコモ口座）", "100,000円", `a "quoted" \ one`, "<b>&amp;</b>", "line\u2028 and \u2029", "two\nlines\t\x01", "bad \xff utf", "👨‍👩‍👧 \x7f", "“curly” … –", "a=notmine&r=x&w=w-1", "https://kozamori.example/a/x?y=1&z=2"}
	word := func() string { return words[rng.IntN(len(words))] }
	some := func() (out []string) {
		for range rng.IntN(3) {
			out = append(out, word())
		}
		return out
	}
	button := func() message.Button {
		b := message.Button{Label: word()}
		switch rng.IntN(3) {
		case 0:
			b.Postback, b.Display = word(), word()
		case 1:
			b.Say = word()
		default:
			b.URL = word()
		}
		return b
	}
	var one func(deep int) message.Message
	one = func(deep int) message.Message {
		m := message.Message{Lang: "ja", Alt: word(), Tone: message.Critical, Badge: word(), Title: word(), Amount: word(), Why: some(), Text: some(), More: some(), Foot: word()}
		for range rng.IntN(4) {
			m.Facts = append(m.Facts, message.Fact{Label: word(), Value: word()})
			m.Steps = append(m.Steps, message.Step{Text: word(), Tel: word()})
			m.Buttons = append(m.Buttons, button())
			m.Choices = append(m.Choices, button())
			if deep > 0 && rng.IntN(3) == 0 {
				m.Cards = append(m.Cards, one(deep-1))
			}
		}
		return m
	}
	labels := message.Labels{Why: "お知らせの<理由>", Steps: "いま、\tできること"}
	c := &Client{Config{Labels: func(string) message.Labels { return labels }}}
	for range breadth.Of(500, 2000) {
		msgs := []message.Message{one(1), one(0)}
		for i := range forms {
			for _, m := range forms[i].draw(c, msgs) {
				got, err := appendValue(nil, reflect.ValueOf(m))
				want, err2 := json.Marshal(m)
				if err != nil || err2 != nil || string(got) != string(want) {
					t.Fatalf("form %d: %v %v\n%s\nwant\n%s", i, err, err2, got, want)
				}
			}
		}
		// What was drawn goes through the SDK as it is, in each form.
		drawn, err := c.Draw(msgs...)
		if err != nil {
			t.Fatal(err)
		}
		all, err := drawings(drawn)
		if err != nil || len(all) != len(forms) {
			t.Fatalf("%v, %d forms", err, len(all))
		}
		for i := range forms {
			a, err1 := json.Marshal(&messaging_api.PushMessageRequest{To: "U", Messages: forms[i].draw(c, msgs)})
			b, err2 := json.Marshal(&messaging_api.PushMessageRequest{To: "U", Messages: all[i].messages})
			if err1 != nil || err2 != nil || string(a) != string(b) || all[i].name != forms[i].name {
				t.Fatalf("%v %v\n%s\nwant\n%s", err1, err2, b, a)
			}
		}
	}
}

// written are messages as this package writes them.
func written(b *testing.B, msgs []messaging_api.MessageInterface) (out []messaging_api.MessageInterface) {
	for _, m := range msgs {
		body, err := write(m)
		if err != nil {
			b.Fatal(err)
		}
		out = append(out, rendered{body: body})
	}
	return out
}

func BenchmarkRender(b *testing.B) {
	m := message.Message{Lang: "ja", Alt: "口座守からのお知らせ", Badge: "緊急", Title: "あなたの口座から、d払い（ドコモ口座）の引き落としがありました", Amount: "100,000円",
		Facts:   []message.Fact{{Label: "口座", Value: "七十七銀行 普通 ***4567"}, {Label: "日時", Value: "2020年10月3日 14:05"}, {Label: "摘要", Value: "ﾄﾞｺﾓｺｳｻﾞ"}},
		Why:     []string{"口座守が見守りを始めてから、はじめての引き落としです"},
		Buttons: []message.Button{{Label: "身に覚えがない", Postback: "a=notmine&r=x&w=w-1"}, {Label: "自分の取引です", Postback: "a=mine&r=x&w=w-1"}, {Label: "詳しく見る", URL: "https://kozamori.example/a/x"}}}
	drawn := []messaging_api.MessageInterface{Flex(m, message.Labels{Why: "お知らせの理由"})}
	b.Run("ours", func(b *testing.B) {
		for b.Loop() {
			if _, err := json.Marshal(&messaging_api.PushMessageRequest{To: "U", Messages: written(b, drawn)}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("the SDK's", func(b *testing.B) {
		for b.Loop() {
			if _, err := json.Marshal(&messaging_api.PushMessageRequest{To: "U", Messages: drawn}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
