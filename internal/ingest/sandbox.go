package ingest

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"kozamori/internal/problem"
)

// unsigned is the one answer to what is not signed. A bank of the sandbox is told
// which part is wrong: it has no customers, and its engineers look for it.
func (h *Handler) unsigned(r *http.Request, bank string, secrets []string, body []byte, now time.Time) *problem.Problem {
	p := refusal(http.StatusUnauthorized, problem.Signature, "the signature, its time or the bank is not right")
	if slices.Contains(h.Sandbox, bank) {
		if h.Callers != nil {
			now = h.Callers()
		}
		p.Field, p.Reason = wrongPart(r.Header, secrets, body, now)
	}
	return p
}

// wrongPart says which header is wrong, and what would be right. Without secrets
// the body was not looked at.
func wrongPart(header http.Header, secrets []string, body []byte, now time.Time) (field, reason string) {
	id, timestamp, signature := header.Get(webhooks.HeaderWebhookID), header.Get(webhooks.HeaderWebhookTimestamp), header.Get(webhooks.HeaderWebhookSignature)
	sec, err := strconv.ParseInt(timestamp, 10, 64)
	switch off := now.Sub(time.Unix(sec, 0)).Round(time.Second); {
	case id == "":
		return webhooks.HeaderWebhookID, "is missing"
	case timestamp == "":
		return webhooks.HeaderWebhookTimestamp, "is missing"
	case err != nil:
		return webhooks.HeaderWebhookTimestamp, "must be a Unix time in seconds, in digits"
	case now.Sub(time.UnixMilli(sec)).Abs() <= Clock:
		return webhooks.HeaderWebhookTimestamp, "is in milliseconds; it must be in seconds"
	case off.Abs() > Clock:
		return webhooks.HeaderWebhookTimestamp, fmt.Sprintf("is %s seconds %s; at most %d are taken", strconv.FormatInt(int64(off.Abs()/time.Second), 10), map[bool]string{true: "behind our clock", false: "ahead of our clock"}[off > 0], Clock/time.Second)
	case signature == "":
		return webhooks.HeaderWebhookSignature, "is missing"
	case !strings.Contains(signature, "v1,"):
		return webhooks.HeaderWebhookSignature, "has no part that begins with its version and a comma"
	case len(secrets) == 0:
		return webhooks.HeaderWebhookSignature, "cannot be checked: this bank has no secret"
	}
	for _, s := range secrets {
		if mistake := knownMistake(s, id, timestamp, signature, body); mistake != "" {
			return webhooks.HeaderWebhookSignature, mistake
		}
	}
	return webhooks.HeaderWebhookSignature, fmt.Sprintf("is not that of the id, the time and the %d bytes of this body with the bank's secret; sign the bytes that are sent, and look at the secret", len(body))
}

// knownMistake recognises what is usually done wrong with the right secret.
func knownMistake(secret, id, timestamp, signature string, body []byte) string {
	text := strings.TrimPrefix(secret, "whsec_")
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return ""
	}
	sum := func(key []byte, signed string) []byte {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(signed))
		return mac.Sum(nil)
	}
	before := id + "." + timestamp + "."
	right := before + string(body)
	if strings.Contains(signature, base64.StdEncoding.EncodeToString(sum(key, right))) {
		return "has the right value, and is not written as it must be: its version, a comma and the value, and a space between several"
	}
	var again bytes.Buffer
	if json.Compact(&again, body) != nil {
		again = *bytes.NewBuffer(body) // of which the signature is not
	}
	for _, m := range []struct {
		sum  []byte
		says string
	}{
		{sum([]byte(secret), right), "was made with the text of the secret; the key is what stands behind whsec_, base64 decoded"},
		{sum([]byte(text), right), "was made with the text behind whsec_; the key is that text base64 decoded"},
		{sum(key, string(body)), "is of the body alone; it must be of id, time and body, with dots between"},
		{sum(key, timestamp+"."+string(body)), "is of time and body; it must be of id, time and body, with dots between"},
		{sum(key, id+timestamp+string(body)), "is of id, time and body without the dots between"},
		{sum(key, strings.TrimRight(right, "\r\n ")), "is of the body without the white space at its end; sign the bytes that are sent"},
		{sum(key, before+again.String()), "is of the body without white space in it, as a parser writes it again; sign the bytes that are sent"},
		{sum(key, right+"\n"), "is of the body with a line's end that was not sent; sign the bytes that are sent"},
	} {
		if strings.Contains(signature, base64.StdEncoding.EncodeToString(m.sum)) {
			return m.says
		}
	}
	switch good := sum(key, right); {
	case strings.Contains(strings.ToLower(signature), hex.EncodeToString(good)):
		return "is in hexadecimal; it must be in base64"
	case strings.Contains(signature, base64.RawStdEncoding.EncodeToString(good)), strings.Contains(signature, base64.RawURLEncoding.EncodeToString(good)):
		return "must be in the standard base64, with + and /, and padded with ="
	}
	return ""
}
