package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"kozamori/internal/callback"
)

// listening passes the callbacks that a bank of the local stack takes on to
// a program that is being written.
type listening struct {
	sender
	to       string
	only     []string       // types; empty is all
	done     map[string]int // how often each was passed on
	told     func(*passedOn)
	streamer *http.Client // without a time limit
}

// passedOn is a callback, and what the program answered.
type passedOn struct {
	ID     string          `json:"id"`
	At     time.Time       `json:"at"`
	Type   string          `json:"type"`
	Status int             `json:"status,omitempty"` // 0 if there was no answer
	Took   string          `json:"took"`
	Body   json.RawMessage `json:"body"`
}

// takesTo is how long a program may take to answer, as banks may.
const takesTo = 10 * time.Second

func listen(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	l := listening{
		sender: sender{now: time.Now, client: &http.Client{Timeout: takesTo, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}},
		done:   map[string]int{}, streamer: &http.Client{},
	}
	flags.StringVar(&l.bank, "bank", "0125", "4-digit `code` of the bank")
	flags.StringVar(&l.to, "to", "http://127.0.0.1:3000/kozamori", "`address` that takes the callbacks")
	data := flags.String("data", "", "data `folder` of the local stack; without it, its usual one")
	before := flags.Bool("before", false, "pass on those that came before, too")
	only := flags.String("only", "", "pass on these `types` alone, with commas between: "+strings.Join(callback.Types, ", "))
	body := flags.Bool("body", false, "show each body")
	asJSON := jsonFlag(flags)
	rest, err := parseMixed(flags, args)
	u, bad := url.Parse(l.to)
	switch {
	case err != nil:
		return err
	case len(rest) > 0:
		return misused(flags, "listen takes no argument; say with -to where the callbacks go.")
	case !isBank(l.bank):
		return misused(flags, "-bank must be the 4 digits of a 金融機関コード, such as 0125.")
	case bad != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return misused(flags, "-to must be an address, such as http://127.0.0.1:3000/kozamori.")
	}
	if *only != "" {
		l.only = strings.Split(*only, ",")
	}
	for _, kind := range l.only {
		if !slices.Contains(callback.Types, kind) {
			return misused(flags, "-only: there is no callback of the type %q.", kind)
		}
	}
	if err := l.find(c, *data, ""); err != nil {
		return err
	}
	l.told = func(p *passedOn) {
		if *asJSON {
			_ = object(c.Out, p)
			return
		}
		answer := strconv.Itoa(p.Status)
		if p.Status == 0 {
			answer = "no answer"
		}
		_, _ = fmt.Fprintf(c.Out, "%s  %s  %s  %s  %s\n", when(p.At), p.Type, p.ID, answer, p.Took)
		if *body {
			_, _ = fmt.Fprintf(c.Out, "%s\n", p.Body)
		}
	}
	return l.run(ctx, c.Err, *before)
}

// run passes on what there is, and then each change, until it is stopped.
func (l *listening) run(ctx context.Context, errs io.Writer, before bool) error {
	if err := l.pass(ctx, before); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(errs, "What bank %s takes is passed on to %s, signed with its secret. Ctrl-C ends it.\n", l.bank, l.to)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, l.page+"/sim/changes", nil)
	if err != nil {
		return err
	}
	res, err := l.streamer.Do(req)
	if err != nil {
		return l.ended(ctx)
	}
	defer func() { _ = res.Body.Close() }()
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		if !strings.HasPrefix(lines.Text(), "data:") {
			continue
		}
		if err := l.pass(ctx, true); err != nil {
			return err
		}
	}
	return l.ended(ctx)
}

func (l *listening) ended(ctx context.Context) error {
	if ctx.Err() != nil {
		return nil //nolint:nilerr // it was asked to
	}
	return errors.New("the local stack has stopped; start it, and listen again")
}

// pass posts each callback as often as it has come and was not passed on yet; or only
// notes that it was there.
func (l *listening) pass(ctx context.Context, post bool) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, l.page+"/sim/bank/"+l.bank+"/callbacks", nil)
	if err != nil {
		return err
	}
	res, err := l.client.Do(req)
	if err != nil {
		return l.ended(ctx)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode == http.StatusNotFound {
		return fmt.Errorf("the local stack has no bank %s", l.bank)
	}
	var books struct {
		Callbacks []struct {
			ID    string
			At    time.Time
			Type  string
			Body  json.RawMessage
			Again int
		}
	}
	if err := json.NewDecoder(res.Body).Decode(&books); err != nil {
		return l.ended(ctx)
	}
	for _, b := range books.Callbacks {
		for ; l.done[b.ID] <= b.Again; l.done[b.ID]++ {
			if !post || len(l.only) > 0 && !slices.Contains(l.only, b.Type) {
				continue
			}
			p := &passedOn{ID: b.ID, At: b.At, Type: b.Type, Body: b.Body}
			if l.done[b.ID] > 0 { // it came again, just now
				p.At = l.now()
			}
			if err := l.one(ctx, p); err != nil {
				return err
			}
			if ctx.Err() == nil {
				l.told(p)
			}
		}
	}
	return nil
}

// one signs a callback as Kozamori does, and posts it once.
func (l *listening) one(ctx context.Context, p *passedOn) error {
	secret, err := l.secret(l.bank)
	if err != nil {
		return err
	}
	wh, err := webhooks.NewWebhook(secret)
	if err != nil {
		return err
	}
	now := l.now()
	sig, err := wh.Sign(p.ID, now, p.Body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.to, bytes.NewReader(p.Body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Kozamori/listen")
	req.Header.Set(webhooks.HeaderWebhookID, p.ID)
	req.Header.Set(webhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	req.Header.Set(webhooks.HeaderWebhookSignature, sig)
	res, err := l.client.Do(req)
	p.Took = l.now().Sub(now).Round(time.Millisecond).String()
	if err != nil {
		return nil //nolint:nilerr // that no answer came is what is told
	}
	_ = res.Body.Close()
	p.Status = res.StatusCode
	return nil
}
