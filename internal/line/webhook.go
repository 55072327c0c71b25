package line

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/go-json-experiment/json/jsontext"
)

// SignatureHeader carries the signature of a webhook; header names are
// matched without case.
const SignatureHeader = "X-Line-Signature"

// MaxWebhook is the largest webhook body in bytes that is read. LINE states
// no limit; its batches are a few kilobytes.
const MaxWebhook = 1 << 20

// VerifySignature tells whether a webhook's body, byte for byte as received,
// was signed with one of the channel secrets: two while one replaces another.
// An empty secret verifies nothing.
func VerifySignature(secrets []string, body []byte, header string) bool {
	got, err := base64.StdEncoding.DecodeString(header)
	if err != nil || len(got) != sha256.Size {
		return false
	}
	ok := false
	for _, s := range secrets {
		if s == "" {
			continue
		}
		mac := hmac.New(sha256.New, []byte(s))
		mac.Write(body)
		ok = hmac.Equal(mac.Sum(nil), got) || ok
	}
	return ok
}

// EventKind says what happened on LINE.
type EventKind string

// The kinds of events. Unknown is everything that we do not act on: kinds
// that LINE adds later, groups, and events that cannot be read.
const (
	Follow      EventKind = "follow"
	Unfollow    EventKind = "unfollow"
	Text        EventKind = "message" // Event.Text is empty for a sticker, a picture …
	Postback    EventKind = "postback"
	AccountLink EventKind = "accountLink"
	Unknown     EventKind = "unknown"
)

// Event is one event of a webhook. What a person typed is bounded and holds
// no control characters but line breaks; it is hostile all the same.
type Event struct {
	ID         string    `json:"id"` // webhookEventId: the same for each redelivery
	Kind       EventKind `json:"kind"`
	At         time.Time `json:"at"` // when it happened; events may arrive out of order
	User       string    `json:"user,omitempty"`
	ReplyToken string    `json:"reply_token,omitempty"`
	Redelivery bool      `json:"redelivery,omitempty"`
	// Unblocked tells that a follow undid a block, as far as LINE knows.
	Unblocked bool `json:"unblocked,omitempty"`
	// Standby tells that another module answers in this chat: send nothing.
	Standby  bool   `json:"standby,omitempty"`
	Text     string `json:"text,omitempty"`
	File     *File  `json:"file,omitempty"` // of a Text that is a file
	Postback string `json:"postback,omitempty"`
	// LinkOK and Nonce are set for AccountLink. A failed link has no user.
	LinkOK bool   `json:"link_ok,omitempty"`
	Nonce  string `json:"nonce,omitempty"`

	// Unknown is what another version of the house queued with the event and
	// this one does not know.
	Unknown jsontext.Value `json:",embed"`
}

// File is what LINE says of a file that a person sent. Its name stays with them.
type File struct {
	ID     string `json:"id,omitempty"` // of its message, under which LINE has its content
	Bytes  int64  `json:"bytes"`
	Ending string `json:"ending,omitempty"` // of its name, in small letters: "csv"

	Unknown jsontext.Value `json:",embed"`
}

// ErrWebhook says that a body is no webhook of LINE's. It quotes nothing of
// the body, which holds what people wrote.
var ErrWebhook = errors.New("line: not a webhook")

// LINE's limits of what an event carries, and ours where it states none.
const (
	maxEventID    = 64
	maxReplyToken = 256
	maxText       = 5000 // characters
	maxPostback   = 300
	maxNonce      = 255
	maxEnding     = 5
)

// ParseWebhook reads a webhook's events, in their order. Each is read by
// itself, so that one that cannot be read does not fail the others: it is
// Unknown, with its id if it has one. LINE's own check of the address is a
// webhook without events.
func ParseWebhook(body []byte) ([]Event, error) {
	var batch struct {
		Events *[]json.RawMessage `json:"events"`
	}
	if len(body) > MaxWebhook || json.Unmarshal(body, &batch) != nil || batch.Events == nil {
		return nil, ErrWebhook
	}
	events := make([]Event, 0, len(*batch.Events))
	for _, raw := range *batch.Events {
		events = append(events, parseEvent(raw))
	}
	return events, nil
}

func parseEvent(raw json.RawMessage) Event {
	// First what every event has, so that an unreadable rest keeps its id.
	var head struct {
		ID   string `json:"webhookEventId"`
		Type string `json:"type"`
		At   int64  `json:"timestamp"` // milliseconds
	}
	var rest struct {
		Mode     string `json:"mode"`
		Delivery struct {
			Redelivery bool `json:"isRedelivery"`
		} `json:"deliveryContext"`
		Source struct {
			Type string `json:"type"`
			User string `json:"userId"`
		} `json:"source"`
		ReplyToken string `json:"replyToken"`
		Follow     struct {
			Unblocked bool `json:"isUnblocked"`
		} `json:"follow"`
		Message struct {
			Type string         `json:"type"`
			ID   jsontext.Value `json:"id"` // a text; whatever it is, the message is answered
			Text string         `json:"text"`
			Name string         `json:"fileName"`
			Size int64          `json:"fileSize"`
		} `json:"message"`
		Postback struct {
			Data string `json:"data"`
		} `json:"postback"`
		Link struct {
			Result string `json:"result"`
			Nonce  string `json:"nonce"`
		} `json:"link"`
	}
	headErr, restErr := json.Unmarshal(raw, &head), json.Unmarshal(raw, &rest)
	e := Event{Kind: Unknown}
	if len(head.ID) <= maxEventID {
		e.ID = clean(head.ID, maxEventID)
	}
	if headErr != nil || restErr != nil || e.ID == "" || head.At <= 0 || head.At > maxMillis {
		return e
	}
	e.At = time.UnixMilli(head.At).UTC()
	e.Redelivery, e.Standby = rest.Delivery.Redelivery, rest.Mode == "standby"
	// Only a chat of one person with us: an answer in a group would show an
	// account to everybody in it.
	if rest.Source.Type == "user" && userID(rest.Source.User) {
		e.User = rest.Source.User
	}
	if len(rest.ReplyToken) <= maxReplyToken {
		e.ReplyToken = clean(rest.ReplyToken, maxReplyToken)
	}
	failedLink := head.Type == string(AccountLink) && rest.Link.Result != "ok"
	if e.User == "" && !failedLink {
		e.ReplyToken = ""
		return e
	}
	switch kind := EventKind(head.Type); kind {
	case Follow:
		e.Kind, e.Unblocked = kind, rest.Follow.Unblocked
	case Unfollow:
		e.Kind, e.ReplyToken = kind, ""
	case Text:
		e.Kind = kind
		switch rest.Message.Type {
		case "text":
			e.Text = clean(rest.Message.Text, maxText)
		case "file":
			id, _ := strconv.Unquote(string(rest.Message.ID))
			e.File = &File{ID: messageID(id), Bytes: rest.Message.Size, Ending: ending(rest.Message.Name)}
		}
	case Postback:
		e.Kind, e.Postback = kind, clean(rest.Postback.Data, maxPostback)
	case AccountLink:
		e.Kind, e.LinkOK = kind, rest.Link.Result == "ok"
		if len(rest.Link.Nonce) <= maxNonce {
			e.Nonce = clean(rest.Link.Nonce, maxNonce)
		}
	}
	return e
}

// ending is what stands behind the last point of a file's name, if that is a word
// of few letters and digits.
func ending(name string) string {
	e := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	if len(e) > maxEnding || strings.Trim(e, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return ""
	}
	return e
}

// maxMillis is the year 9999, the last that JSON times can write.
const maxMillis = 253402300799999

// clean drops what a queue cannot carry or a log would trip over, and cuts
// after n characters.
func clean(s string, n int) string {
	kept := 0
	return strings.Map(func(r rune) rune {
		if kept == n || unicode.IsControl(r) && r != '\n' || r == unicode.ReplacementChar || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		kept++
		return r
	}, s)
}
