package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"kozamori/internal/webhook"
	"kozamori/internal/wire"
)

//go:embed sample
var samples embed.FS

// sampleBank and sampleNumber are those of the sample files.
const (
	sampleBank   = "0125"
	sampleBranch = "123"
	sampleNumber = "7654321"
)

// receiver is the other side, in this process: it verifies what comes as the
// deployment does, and keeps it.
type receiver struct {
	secret string
	bodies [][]byte
	ids    []string
	events int
}

func (r *receiver) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	wh, err := webhooks.NewWebhook(r.secret)
	if err == nil {
		err = wh.Verify(body, req.Header)
	}
	if err != nil {
		return nil, err
	}
	read, err := wire.ReadBody(body, sampleBank, time.Now())
	if err != nil {
		return nil, err
	}
	reply, _ := read.Sort()
	r.bodies, r.ids, r.events = append(r.bodies, body), append(r.ids, req.Header.Get(webhooks.HeaderWebhookID)), r.events+reply.Accepted
	out, err := json.Marshal(reply)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusAccepted, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(out)), Request: req}, nil
}

// try takes the sample files the whole way, twice, and shows what was sent.
func try(ctx context.Context, out, errs io.Writer) (err error) {
	folder, err := os.MkdirTemp("", "kozamori-try-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	files, err := samples.ReadDir("sample")
	if err != nil {
		return err
	}
	for _, f := range files {
		b, err := samples.ReadFile("sample/" + f.Name())
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, f.Name()), b, 0o600)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, f.Name()+doneEnd), nil, 0o600)
		}
		if err != nil {
			return err
		}
	}
	raw := make([]byte, 2*minKey)
	if _, err := rand.Read(raw); err != nil {
		return err
	}
	k, err := newKeeper(sampleBank, base64.StdEncoding.EncodeToString(raw[:minKey]))
	if err != nil {
		return err
	}
	k.branch = sampleBranch
	there := &receiver{secret: "whsec_" + base64.StdEncoding.EncodeToString(raw[minKey:])}
	var told bytes.Buffer
	a := &agent{in: folder, keeper: k, watched: map[string]watched{}, chunk: wire.MaxEvents, now: time.Now, wait: webhook.Wait, wrote: func(string) {}, out: io.MultiWriter(out, &told), errs: io.MultiWriter(errs, &told)}
	a.client = &webhook.Client{URL: "https://kozamori.example", Bank: sampleBank, Secret: there.secret, HTTP: &http.Client{Transport: there}, Now: a.now, Wait: a.wait}
	if a.state, err = openState(filepath.Join(folder, ".kozamori"), k.fingerprint(), a.wrote); err != nil {
		return err
	}
	defer func() { _ = a.state.close() }()
	if err := a.once(ctx); err != nil {
		return err
	}
	return there.show(ctx, a, out, &told)
}

// show shows what came, and that it holds what is promised.
func (r *receiver) show(ctx context.Context, a *agent, out io.Writer, told *bytes.Buffer) error {
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(out, format+"\n", args...) }
	say("\nWhat was sent, signed and verified:")
	ids := map[string]string{}
	for i, b := range r.bodies {
		say("\nPOST /v1/banks/%s/events   webhook-id: %s", sampleBank, r.ids[i])
		var body struct{ Events []json.RawMessage }
		if err := json.Unmarshal(b, &body); err != nil {
			return err
		}
		for _, e := range body.Events {
			say("  %s", e)
			var named struct{ ID string }
			if err := json.Unmarshal(e, &named); err != nil {
				return err
			}
			if was, ok := ids[named.ID]; ok && was != string(e) {
				return fmt.Errorf("different events have the id %s", named.ID)
			}
			ids[named.ID] = string(e)
		}
	}
	before := len(r.bodies)
	if err := a.once(ctx); err != nil {
		return err
	}
	if len(r.bodies) != before {
		return errors.New("looking again sent something again")
	}
	for _, b := range append(r.bodies, told.Bytes()) {
		if strings.Contains(string(b), sampleNumber) {
			return errors.New("the account number is in what was sent or told")
		}
	}
	say("\nLooking again sent nothing. No account number is in what was sent or told. %d events, %d of them different: rows that files share have one id.", r.events, len(ids))
	return nil
}
