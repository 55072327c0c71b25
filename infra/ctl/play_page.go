package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"kozamori/internal/wording"
)

// stops has the bank asked to stop the service of a debit that was reported.
func (p *player) stops(ctx context.Context) error {
	if err := p.disputes(ctx); err != nil {
		return err
	}
	return p.presses(ctx, "control")
}

// lifts has a stop taken back, on the page of the account.
func (p *player) lifts(ctx context.Context) error {
	if err := p.stops(ctx); err != nil {
		return err
	}
	b, err := p.enters(ctx)
	if err != nil {
		return err
	}
	return p.until(ctx, "a stop on the page", func() (bool, error) {
		if err := b.follows(ctx, "/controls"); err != nil {
			return false, err
		}
		for _, form := range strings.Split(b.html, "<form")[1:] {
			if form, _, _ = strings.Cut(form, "</form>"); strings.Contains(form, `value="`+wording.DoControlBack+`"`) {
				return true, b.presses(ctx, form, wording.DoControlBack)
			}
		}
		return false, b.get(ctx, b.home)
	})
}

// reader is a person's browser at a page.
type reader struct {
	client *http.Client
	at     *url.URL
	html   string
	home   string
}

var (
	wayIn  = regexp.MustCompile(`"uri":"([^"]*/s/[^"]*)"`)
	hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)
)

// enters opens the person's pages, by the link that the chat gives them.
func (p *player) enters(ctx context.Context) (*reader, error) {
	if err := p.does(ctx, "say", map[string]string{"text": "設定"}); err != nil {
		return nil, err
	}
	link := ""
	if err := p.until(ctx, "the link to the pages", func() (bool, error) {
		var sent struct{ Messages []json.RawMessage }
		err := p.ask(ctx, http.MethodGet, "/sim/line/messages", nil, &sent)
		for _, m := range slices.Backward(sent.Messages) {
			if found := wayIn.FindStringSubmatch(string(m)); found != nil && strings.Contains(string(m), p.user) {
				link = found[1]
				return true, nil
			}
		}
		return false, err
	}); err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	b := &reader{client: &http.Client{Jar: jar, Transport: p.client.Transport, Timeout: p.client.Timeout}}
	if err := b.get(ctx, link); err != nil {
		return nil, err
	}
	if err := b.presses(ctx, b.html, "enter"); err != nil {
		return nil, err
	}
	b.home = b.at.String()
	return b, nil
}

func (b *reader) get(ctx context.Context, address string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	return b.shows(req)
}

// follows opens the page that a link of this one leads to.
func (b *reader) follows(ctx context.Context, ending string) error {
	link := regexp.MustCompile(`href="([^"]*` + ending + `)"`).FindStringSubmatch(b.html)
	if link == nil {
		return fmt.Errorf("no link to %s on %s", ending, b.at.Path)
	}
	return b.get(ctx, b.at.ResolveReference(&url.URL{Path: link[1]}).String())
}

// presses a button of a form, with the form's hidden fields.
func (b *reader) presses(ctx context.Context, form, do string) error {
	v := url.Values{"do": {do}}
	for _, f := range hidden.FindAllStringSubmatch(form, -1) {
		v.Add(f[1], f[2])
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.at.String(), strings.NewReader(v.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.shows(req)
}

func (b *reader) shows(req *http.Request) error {
	res, err := b.client.Do(req)
	if err != nil {
		return errors.New("the local stack does not answer")
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil || res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s was answered %d", req.URL.Path, res.StatusCode)
	}
	b.at, b.html = res.Request.URL, string(raw)
	return nil
}
