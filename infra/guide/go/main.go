// Command go sends events to Kozamori and takes its callbacks, as a bank's own
// program would; only the standard library is used.
//
//	go run . send ACCOUNT_REF YEN
//	go run . receive PORT
//	go run . vector FILE
//
// KOZAMORI_URL, KOZAMORI_BANK and KOZAMORI_BANK_SECRET (whsec_…) say where to
// and as whom.
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	clock   = 5 * time.Minute // by which a callback's time may be off
	largest = 1 << 20         // bytes of a callback
)

// sign makes the signature of a body, as it stands in webhook-signature.
func sign(secret, id, timestamp string, body []byte) (string, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return "", errors.New("the secret is whsec_ and base64")
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)), nil
}

// verified tells whether the sender knows the secret, and sent this within the
// last minutes.
func verified(secret string, h http.Header, body []byte, now time.Time) bool {
	id, timestamp := h.Get("webhook-id"), h.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || id == "" || now.Sub(time.Unix(seconds, 0)).Abs() > clock {
		return false
	}
	want, err := sign(secret, id, timestamp, body)
	if err != nil {
		return false
	}
	for given := range strings.SplitSeq(h.Get("webhook-signature"), " ") { // while a secret is being replaced there are two
		if hmac.Equal([]byte(given), []byte(want)) {
			return true
		}
	}
	return false
}

func send(ref, yen string) error {
	amount, err := strconv.ParseInt(yen, 10, 64)
	if err != nil {
		return errors.New("yen is a whole number")
	}
	now, name := time.Now().UTC(), rand.Text()
	body, err := json.Marshal(map[string]any{"events": []map[string]any{{
		"id":             "evt-" + name, // of this message: the same when it is sent again
		"type":           "debit",
		"transaction_id": "txn-" + name, // of the debit: the same from pending to reversed
		"account_ref":    ref,
		"occurred_at":    now.Format(time.RFC3339Nano),
		"amount":         amount,
		"currency":       "JPY",
		"descriptor":     "ﾄﾞｺﾓｺｳｻﾞ",
		"status":         "posted",
	}}})
	if err != nil {
		return err
	}
	id, timestamp := "msg-"+name, strconv.FormatInt(now.Unix(), 10)
	signature, err := sign(os.Getenv("KOZAMORI_BANK_SECRET"), id, timestamp, body)
	if err != nil {
		return err
	}
	req, err := http.NewRequest(http.MethodPost, os.Getenv("KOZAMORI_URL")+"/v1/banks/"+os.Getenv("KOZAMORI_BANK")+"/events", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("webhook-id", id)
	req.Header.Set("webhook-timestamp", timestamp)
	req.Header.Set("webhook-signature", signature)
	res, err := (&http.Client{Timeout: 30 * time.Second}).Do(req)
	if err != nil {
		return err
	}
	answer, err := io.ReadAll(io.LimitReader(res.Body, largest))
	_ = res.Body.Close()
	if err != nil {
		return err
	}
	fmt.Println(res.StatusCode, string(answer))
	if res.StatusCode != http.StatusAccepted {
		// 429 and 5xx: send the same again, with the same webhook-id, after Retry-After.
		return errors.New("not accepted")
	}
	return nil
}

// receiver takes callbacks.
type receiver struct {
	secret string
	mu     sync.Mutex
	seen   map[string]bool // belongs into your database
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, largest))
	if err != nil || !verified(r.secret, req.Header, body, time.Now()) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	// The same webhook-id may come again: it is taken once, and answered 2xx each time.
	if id := req.Header.Get("webhook-id"); !r.seen[id] {
		r.seen[id] = true
		told := struct{ Type, Reference string }{Reference: "-"}
		if err := json.Unmarshal(body, &told); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		fmt.Println(told.Type, told.Reference)
	}
	w.WriteHeader(http.StatusNoContent)
}

func receive(port string) error {
	l, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		return err
	}
	fmt.Println("listening on", l.Addr().(*net.TCPAddr).Port)
	s := http.Server{Handler: &receiver{secret: os.Getenv("KOZAMORI_BANK_SECRET"), seen: map[string]bool{}}, ReadTimeout: 10 * time.Second}
	return s.Serve(l)
}

func vector(file string) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var v struct{ Key, ID, Timestamp, Body string }
	if err := json.Unmarshal(raw, &v); err != nil {
		return err
	}
	signature, err := sign("whsec_"+base64.StdEncoding.EncodeToString([]byte(v.Key)), v.ID, v.Timestamp, []byte(v.Body))
	fmt.Println(signature)
	return err
}

func run(args []string) error {
	switch {
	case len(args) == 3 && args[0] == "send":
		return send(args[1], args[2])
	case len(args) == 2 && args[0] == "receive":
		return receive(args[1])
	case len(args) == 2 && args[0] == "vector":
		return vector(args[1])
	}
	return errors.New("send ACCOUNT_REF YEN, receive PORT, or vector FILE")
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
