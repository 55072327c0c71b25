package line_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/line"
)

func sign(secret, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func TestVerifySignature(t *testing.T) {
	t.Parallel()
	// The example of https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/
	const (
		secret    = "8c570fa6dd201bb328f1c1eac23a96d8"
		body      = `{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}`
		signature = "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="
	)
	for name, c := range map[string]struct {
		secrets   []string
		body      string
		signature string
		want      bool
	}{
		"LINE's documented example":               {[]string{secret}, body, signature, true},
		"the old secret while the new is set":     {[]string{"new", secret}, body, signature, true},
		"the new secret while the old is set":     {[]string{secret, "old"}, body, signature, true},
		"another secret":                          {[]string{"other"}, body, signature, false},
		"no secret at all":                        {nil, body, signature, false},
		"an empty secret, which anyone knows":     {[]string{""}, body, sign("", body), false},
		"a body that was written again":           {[]string{secret}, body + "\n", signature, false},
		"no signature":                            {[]string{secret}, body, "", false},
		"a signature cut short":                   {[]string{secret}, body, signature[:20], false},
		"a signature that is not base64":          {[]string{secret}, body, "!" + signature[1:], false},
		"the signature of the body in hex":        {[]string{secret}, body, fmt.Sprintf("%x", "12345678901234567890123456789012"), false},
		"an empty body signed with an empty body": {[]string{secret}, "", sign(secret, ""), true},
	} {
		t.Run(name, func(t *testing.T) {
			if got := line.VerifySignature(c.secrets, []byte(c.body), c.signature); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

var at = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

// event is an event as LINE writes it; rest follows its common fields.
func event(typ, id, rest string) string {
	return fmt.Sprintf(`{"type":%q,"webhookEventId":%q,"timestamp":%d,"mode":"active","deliveryContext":{"isRedelivery":false},"source":{"type":"user","userId":%q}%s}`,
		typ, id, at.UnixMilli(), user, rest)
}

func TestParseWebhook(t *testing.T) {
	t.Parallel()
	failed := fmt.Sprintf(`{"type":"accountLink","webhookEventId":"e1","timestamp":%d,"mode":"active","deliveryContext":{"isRedelivery":true},"link":{"result":"failed","nonce":"n1"}}`, at.UnixMilli())
	group := strings.Replace(event("message", "e1", `,"replyToken":"r1","message":{"type":"text","text":"一覧"}`), `"type":"user"`, `"type":"group","groupId":"C1"`, 1)
	for name, c := range map[string]struct {
		events string
		want   []line.Event
	}{
		"LINE's own check of the address has no events": {"", []line.Event{}},
		"a follow after a block": {event("follow", "e1", `,"replyToken":"r1","follow":{"isUnblocked":true}`),
			[]line.Event{{ID: "e1", Kind: line.Follow, At: at, User: user, ReplyToken: "r1", Unblocked: true}}},
		"an unfollow, which cannot be replied to": {event("unfollow", "e1", ""),
			[]line.Event{{ID: "e1", Kind: line.Unfollow, At: at, User: user}}},
		"a text": {event("message", "e1", `,"replyToken":"r1","message":{"id":"1","type":"text","text":"解除","quoteToken":"q"}`),
			[]line.Event{{ID: "e1", Kind: line.Text, At: at, User: user, ReplyToken: "r1", Text: "解除"}}},
		"a text without what a queue cannot carry": {event("message", "e1", `,"message":{"type":"text","text":"a\u0000b\u001b\n\uffffc"}`),
			[]line.Event{{ID: "e1", Kind: line.Text, At: at, User: user, Text: "ab\nc"}}},
		"a sticker is a message without a text": {event("message", "e1", `,"replyToken":"r1","message":{"type":"sticker","text":"?"}`),
			[]line.Event{{ID: "e1", Kind: line.Text, At: at, User: user, ReplyToken: "r1"}}},
		"a tap": {event("postback", "e1", `,"replyToken":"r1","postback":{"data":"a=mine&r=1","params":{"x":1}}`),
			[]line.Event{{ID: "e1", Kind: line.Postback, At: at, User: user, ReplyToken: "r1", Postback: "a=mine&r=1"}}},
		"an account that was linked": {event("accountLink", "e1", `,"replyToken":"r1","link":{"result":"ok","nonce":"n1"}`),
			[]line.Event{{ID: "e1", Kind: line.AccountLink, At: at, User: user, ReplyToken: "r1", LinkOK: true, Nonce: "n1"}}},
		"a failed link has neither user nor reply token": {failed,
			[]line.Event{{ID: "e1", Kind: line.AccountLink, At: at, Redelivery: true, Nonce: "n1"}}},
		"a failed link whose source is null": {strings.Replace(failed, `"link"`, `"source":null,"link"`, 1),
			[]line.Event{{ID: "e1", Kind: line.AccountLink, At: at, Redelivery: true, Nonce: "n1"}}},
		"a standby event says so": {strings.Replace(event("message", "e1", `,"message":{"type":"text","text":"a"}`), "active", "standby", 1),
			[]line.Event{{ID: "e1", Kind: line.Text, At: at, User: user, Text: "a", Standby: true}}},
		"a kind that LINE will add": {event("teleport", "e1", `,"teleport":[1]`),
			[]line.Event{{ID: "e1", Kind: line.Unknown, At: at, User: user}}},
		"a group is not a private chat": {group, []line.Event{{ID: "e1", Kind: line.Unknown, At: at}}},
		"an id that is no user's": {strings.Replace(event("message", "e1", `,"message":{"type":"text","text":"a"}`), user, "../"+user, 1),
			[]line.Event{{ID: "e1", Kind: line.Unknown, At: at}}},
		"an event that cannot be read spoils no other": {
			event("unfollow", "e1", "") + `,{"type":7},{"webhookEventId":"e3","timestamp":1,"type":"message","message":"x"},null,[],` + event("follow", "e4", ""),
			[]line.Event{{ID: "e1", Kind: line.Unfollow, At: at, User: user}, {Kind: line.Unknown}, {ID: "e3", Kind: line.Unknown},
				{Kind: line.Unknown}, {Kind: line.Unknown}, {ID: "e4", Kind: line.Follow, At: at, User: user}}},
		"an event without an id cannot be told from its redelivery": {event("follow", "", ""), []line.Event{{Kind: line.Unknown}}},
		"an event without a time":                                   {strings.Replace(event("follow", "e1", ""), fmt.Sprint(at.UnixMilli()), "0", 1), []line.Event{{ID: "e1", Kind: line.Unknown}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := line.ParseWebhook([]byte(`{"destination":"U1","new":{},"events":[` + c.events + `]}`))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestABodyThatIsNoWebhookIsRefusedWithoutQuotingIt(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"empty":              "",
		"not JSON":           "himitsu",
		"no events":          `{"destination":"himitsu"}`,
		"events are null":    `{"events":null}`,
		"events are a text":  `{"events":"himitsu"}`,
		"events are cut off": `{"events":[{"type":"himitsu"}`,
		"a second value":     `{"events":[]}{"himitsu":1}`,
		"a list":             `[{"himitsu":1}]`,
		"larger than allowed": `{"events":[],"himitsu":"` +
			strings.Repeat("x", line.MaxWebhook) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			events, err := line.ParseWebhook([]byte(body))
			if !errors.Is(err, line.ErrWebhook) || events != nil || strings.Contains(err.Error(), "himitsu") {
				t.Errorf("%v, %v", events, err)
			}
		})
	}
}

func TestWhatPeopleWriteIsBounded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("あ", 20000)
	got, err := line.ParseWebhook([]byte(`{"events":[` + event("message", "e1", `,"message":{"type":"text","text":"`+long+`"}`) + `,` +
		event("postback", "e2", `,"postback":{"data":"`+long+`"}`) + `,` + event("accountLink", "e3", `,"link":{"result":"ok","nonce":"`+long+`"}`) + `,` +
		event("follow", long, "") + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	if n := utf8.RuneCountInString(got[0].Text); n != 5000 {
		t.Errorf("a text of %d characters", n)
	}
	if n := utf8.RuneCountInString(got[1].Postback); n != 300 {
		t.Errorf("a postback of %d characters", n)
	}
	if got[2].Nonce != "" || got[3].ID != "" || got[3].Kind != line.Unknown {
		t.Errorf("a nonce of %d, an id of %d bytes", len(got[2].Nonce), len(got[3].ID))
	}
}

func FuzzParseWebhook(f *testing.F) {
	f.Add([]byte(`{"destination":"U1","events":[]}`))
	f.Add([]byte(`{"events":[` + event("message", "e1", `,"replyToken":"r","message":{"type":"text","text":"\ud800a"}`) + `]}`))
	f.Add([]byte(`{"events":[` + event("accountLink", "e1", `,"link":{"result":"failed","nonce":"n"}`) + `,{"type":1},null]}`))
	f.Add([]byte(`{"events":[` + event("postback", "e1", `,"postback":{"data":"a=mine"}`) + `]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		events, err := line.ParseWebhook(body)
		if err != nil && (events != nil || err.Error() != line.ErrWebhook.Error()) {
			t.Fatalf("%v with %d events", err, len(events))
		}
		for _, e := range events {
			linked := e.Kind == line.AccountLink && !e.LinkOK
			if e.Kind != line.Unknown && (e.ID == "" || e.At.IsZero() || e.User == "" && !linked) {
				t.Fatalf("an event that cannot be acted on: %+v", e)
			}
			if _, err := e.At.MarshalJSON(); err != nil {
				t.Fatal(err)
			}
			for _, s := range []string{e.ID, e.Text, e.Postback, e.Nonce, e.ReplyToken} {
				if !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\x1b\r\uffff") || utf8.RuneCountInString(s) > 5000 {
					t.Fatalf("%q cannot be queued", s)
				}
			}
		}
	})
}
