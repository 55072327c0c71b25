package line_test

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"kozamori/internal/line"
	"kozamori/internal/message"
	"kozamori/internal/sim"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

const user = "U0123456789abcdef0123456789abcdef"

var key = watch.DeriveUUID("a delivery")

func alert() message.Message {
	return message.Message{Lang: "ja", Alt: "【緊急】口座からの引き落としを確認してください", Tone: message.Critical, Badge: "緊急",
		Title: "引き落としがありました", Amount: "100,000円", Facts: []message.Fact{{Label: "口座", Value: "普通 ***4567"}},
		Why: []string{"はじめての引き落としです"}, Steps: []message.Step{{Text: "警察に相談する", Tel: "0120-000-000"}},
		Buttons: []message.Button{{Label: "身に覚えがない", Style: message.Danger, Postback: "a=notmine&r=1&w=2", Display: "身に覚えがない"},
			{Label: "くわしく見る", Style: message.Link, URL: "https://example.jp/a/t"}}}
}

func platform(t *testing.T) (*sim.LINE, *line.Client) {
	t.Helper()
	p := &sim.LINE{Token: "channel-token", Now: time.Now}
	srv := httptest.NewServer(p)
	t.Cleanup(srv.Close)
	return p, line.New(line.Config{Endpoint: srv.URL, Tokens: line.StaticToken(p.Token), Labels: wording.LabelsIn})
}

func TestPush(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault sim.Fault
		want  watch.Result
		taken int
		times int // 0 is once
	}{
		"a message is accepted":                               {"", watch.SendAccepted, 1, 0},
		"a server error is tried again":                       {sim.ServerError, watch.SendRetry, 0, 0},
		"a lost answer is tried again":                        {sim.AcceptThenDrop, watch.SendRetry, 1, 0},
		"too many at once is tried again":                     {sim.RateLimited, watch.SendRetry, 0, 0},
		"a spent quota needs another channel":                 {sim.QuotaSpent, watch.SendExhausted, 0, 0},
		"a refused token is refreshed and the message passes": {sim.TokenRefused, watch.SendAccepted, 1, 0},
		"a refused drawing goes as text":                      {sim.BadRequest, watch.SendAccepted, 1, 1},
		"refused text goes without its buttons":               {sim.BadRequest, watch.SendAccepted, 1, 2},
		"what is refused in every form is given up":           {sim.BadRequest, watch.SendRefused, 0, 3},
	} {
		t.Run(name, func(t *testing.T) {
			p, client := platform(t)
			if c.fault != "" {
				p.Fail(max(1, c.times), c.fault)
			}
			o := client.Push(context.Background(), user, key, alert())
			if o.Result != c.want || len(p.Messages()) != c.taken {
				t.Fatalf("outcome %+v with %d taken, want %v with %d", o, len(p.Messages()), c.want, c.taken)
			}
			if strings.Contains(o.Problem, user) {
				t.Error("the problem names the user")
			}
			// Whatever happened, trying again ends with one message.
			if o.Result == watch.SendRetry {
				if o = client.Push(context.Background(), user, key, alert()); o.Result != watch.SendAccepted || o.ProviderID != "req-1" {
					t.Errorf("the second try: %+v", o)
				}
				if n := len(p.Messages()); n != 1 {
					t.Errorf("%d messages taken, want 1", n)
				}
			}
			if v := p.Violations(); len(v) > 0 {
				t.Error(v)
			}
		})
	}
}

func TestIDsThatAreNoUsersAreNotSent(t *testing.T) {
	t.Parallel()
	p, client := platform(t)
	for _, id := range []string{"", "U1", "../" + user, user + "0", strings.ToUpper(user)} {
		if o := client.Push(context.Background(), id, key, alert()); o.Result != watch.SendUnreachable {
			t.Errorf("%q: %+v", id, o)
		}
	}
	if len(p.Messages()) != 0 {
		t.Error("something was sent")
	}
}

func TestFlexKeepsToLINEsRules(t *testing.T) {
	t.Parallel()
	b, err := json.Marshal(line.Flex(alert(), wording.LabelsIn("ja")))
	if err != nil {
		t.Fatal(err)
	}
	if len(b) > 30<<10 {
		t.Errorf("a bubble of %d bytes", len(b))
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	texts, actions := 0, 0
	var walk func(v any, layout string)
	walk = func(v any, layout string) {
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				walk(x, layout)
			}
		case map[string]any:
			if v["layout"] != nil {
				layout = v["layout"].(string)
			}
			switch v["type"] {
			case "text":
				texts++
				if v["text"] == "" || v["text"] == nil {
					t.Error("an empty text")
				}
				if layout == "baseline" && v["flex"] == 0.0 {
					t.Errorf("no width for %v", v["text"])
				}
			case "postback", "uri", "message":
				actions++
			case nil:
				t.Errorf("a value lost its type: %v", v)
			}
			for k, x := range v {
				if k != "layout" {
					walk(x, layout)
				}
			}
		}
	}
	walk(m, "")
	if texts < 8 || actions != 3 {
		t.Errorf("%d texts and %d actions", texts, actions)
	}
	alt := m["altText"].(string)
	if strings.Contains(alt, "100,000") || strings.Contains(alt, "4567") {
		t.Errorf("the lock screen shows %q", alt)
	}
}
