package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"kozamori/infra/folder"
)

// playBank is the sample bank that plays are about.
const playBank = "0125"

// player does what it takes on the local stack for a callback to be sent, on an account
// and with a person of its own.
type player struct {
	*sender
	data   string // folder of the local stack
	ref    string
	user   string // of LINE
	asked  string // what its bank asked of it, by the request
	events int
}

// play makes the callback of a type come.
type play struct {
	kind, says string
	run        func(*player, context.Context) error
}

// plays are in the order in which the guide shows the callbacks. Some let time pass.
var plays = []play{
	{"dispute.opened", "somebody says that a debit is not theirs", (*player).disputes},
	{"dispute.updated", "a part of it is given back", (*player).updates},
	{"dispute.withdrawn", "they take the report back", (*player).withdraws},
	{"watcher.unreachable", "somebody blocks the LINE account, and is to be told of a debit", (*player).blocks},
	{"ping", "the bank asks to be called", (*player).pings},
	{"feed.silent", "a heartbeat is promised and does not come: minutes pass", (*player).silences},
	{"feed.back", "and then it comes", (*player).returns},
	{"feed.late", "debits come late: days pass", (*player).lags},
	{"feed.on_time", "and then they are on time", (*player).catchesUp},
	{"feed.gap", "a number is left out: minutes pass", (*player).leavesOut},
	{"feed.gap_filled", "and then it comes", (*player).fills},
	{"campaign.suspected", "attempts to link are refused at many accounts: days pass", (*player).attacks},
	{"campaign.ended", "and nothing more comes of it: days pass", (*player).rests},
	{"intake.finished", "a file of events is sent", (*player).files},
	{"control.requested", "the bank is asked to stop the service of a debit that was reported", (*player).stops},
	{"control.withdrawn", "and no more", (*player).lifts},
	{"inquiry.answered", "the bank asks somebody about a debit, and they say that it was theirs", (*player).answers},
	{"inquiry.withdrawn", "they say that it was not, and take that back", (*player).wavers},
	{"inquiry.unanswered", "they do not answer in time: minutes pass", (*player).hesitates},
}

// playOf finds a play by its type.
func playOf(kind string) (play, bool) {
	for _, p := range plays {
		if p.kind == kind {
			return p, true
		}
	}
	return play{}, false
}

// perform makes the callback of a type come, and tells which it is.
func (s *sender) perform(ctx context.Context, c *console, asJSON bool, data string, p play) error {
	if s.page == "" {
		return fmt.Errorf("%s is for the local stack: it presses buttons there, and lets time pass", p.kind)
	}
	if data == "" {
		data, _ = folder.Default() // find has had it
	}
	name := strings.ToLower(rand.Text()[:10])
	who := &player{sender: s, data: data, ref: "acc_trigger_" + name}
	before, err := who.told(ctx, p.kind)
	if err != nil {
		return err
	}
	began, at := time.Now(), s.now()
	if err := p.run(who, ctx); err != nil {
		return err
	}
	if passed := s.now().Sub(at) - time.Since(began); passed > time.Second {
		_, _ = fmt.Fprintf(c.Err, "It is %s on the local stack now.\n", when(s.now()))
	}
	var came []string
	if err := who.until(ctx, "a callback "+p.kind, func() (bool, error) {
		came, err = who.told(ctx, p.kind)
		return len(came) > len(before), err
	}); err != nil {
		return err
	}
	for _, id := range came[len(before):] {
		if asJSON {
			_ = object(c.Out, struct {
				Type string `json:"type"`
				ID   string `json:"id"`
			}{p.kind, id})
			continue
		}
		_, _ = fmt.Fprintf(c.Out, "%s  %s\n", p.kind, id)
	}
	return nil
}

// told lists the ids of the callbacks of a type that the bank took.
func (p *player) told(ctx context.Context, kind string) (ids []string, err error) {
	var books struct {
		Callbacks []struct{ ID, Type string }
	}
	if err := p.ask(ctx, http.MethodGet, "/sim/bank/"+playBank+"/callbacks", nil, &books); err != nil {
		return nil, err
	}
	for _, c := range books.Callbacks {
		if c.Type == kind {
			ids = append(ids, c.ID)
		}
	}
	return ids, nil
}

// playWithin is for how long something on the local stack is waited for: the sweep of
// each minute mends what was lost.
const playWithin = 75 * time.Second

// until waits for something on the local stack.
func (p *player) until(ctx context.Context, what string, is func() (bool, error)) error {
	for end := time.Now().Add(playWithin); ; {
		switch ok, err := is(); {
		case err != nil || ok:
			return err
		case time.Now().After(end):
			return fmt.Errorf("%s has not come", what)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// pass lets minutes pass.
func (p *player) pass(ctx context.Context, minutes int) error {
	return p.skip(ctx, map[string]any{"minutes": minutes})
}

// passTo lets time pass to the next such time of day.
func (p *player) passTo(ctx context.Context, clock string) error {
	return p.skip(ctx, map[string]any{"until": clock})
}

func (p *player) skip(ctx context.Context, what any) error {
	if err := p.ask(ctx, http.MethodPost, "/sim/clock", what, nil); err != nil {
		return err
	}
	return p.turned(ctx)
}

// event is an event of the play's account now; more are members of it.
func (p *player) event(kind, txn string, more map[string]any) json.RawMessage {
	p.events++
	e := map[string]any{"id": fmt.Sprintf("evt_%s_%d", p.ref, p.events), "type": kind, "transaction_id": txn, "account_ref": p.ref, "occurred_at": p.now().Format(time.RFC3339)}
	for name, v := range more {
		e[name] = v
	}
	raw, _ := json.Marshal(e) // texts and numbers
	return raw
}

// debit is a debit that rings.
func (p *player) debit(txn string, ago time.Duration) json.RawMessage {
	return p.event("debit", txn, map[string]any{"amount": 30000, "currency": "JPY", "descriptor": "ﾄﾞｺﾓｺｳｻﾞ", "status": "posted", "occurred_at": p.now().Add(-ago).Format(time.RFC3339)})
}

// sends posts events, all of which are to be taken.
func (p *player) sends(ctx context.Context, events ...json.RawMessage) error {
	r, err := p.post(ctx, playBank, events)
	if err == nil && len(r.Rejected) > 0 {
		err = fmt.Errorf("%s %s", r.Rejected[0].Field, r.Rejected[0].Problem)
	}
	return err
}

// calls does a request of the bank API, as the sample bank.
func (p *player) calls(ctx context.Context, method, path string, body []byte, into any) error {
	secrets, err := folder.ReadSecrets(p.data)
	if err != nil {
		return fmt.Errorf("the local stack's secrets cannot be read: %s", reason(err))
	}
	req, err := http.NewRequestWithContext(ctx, method, p.url+"/v1/banks/"+playBank+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+secrets.Banks[playBank].APIKey)
	req.Header.Set("Content-Type", "application/json")
	if strings.HasPrefix(path, "/files") {
		req.Header.Set("Content-Type", "application/octet-stream")
	}
	res, err := p.client.Do(req)
	if err != nil {
		return errors.New("the local stack does not answer")
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil || res.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s was answered %d %s", method, path, res.StatusCode, raw)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(raw, into)
}

func (p *player) pings(ctx context.Context) error {
	return p.calls(ctx, http.MethodPost, "/callbacks/ping", nil, nil)
}

// files sends a file of one row.
func (p *player) files(ctx context.Context) error {
	file := append(p.debit("txn_"+p.ref, 0), '\n')
	return p.calls(ctx, http.MethodPost, fmt.Sprintf("/files?rows=1&sha256=%x", sha256.Sum256(file)), file, nil)
}
