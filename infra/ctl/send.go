package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"kozamori/events"
	"kozamori/infra/folder"
	"kozamori/internal/webhook"
	"kozamori/internal/wire"
)

// sender posts bodies as one bank or several.
type sender struct {
	url, bank    string
	secret       func(bank string) (string, error)
	shift, again bool
	chunk        int
	set          setting
	now          func() time.Time
	client       *http.Client
	page         string // of the local stack; empty of a deployment
}

// target is where a sender posts, and with what, as the flags say.
type target struct{ data, secretFile string }

// targets gives a command the flags that say where it posts.
func (s *sender) targets(flags *flag.FlagSet) *target {
	var t target
	flags.StringVar(&s.url, "url", "", "`address` of the deployment; without it, the stack that runs on this machine")
	flags.StringVar(&t.secretFile, "secret-file", "", "`file` with the bank's webhook secret (whsec_…); without it, KOZAMORI_BANK_SECRET, then the local stack's own")
	flags.StringVar(&t.data, "data", "", "data `folder` of the local stack; without it, its usual one")
	flags.Var(s.set, "set", "`member=value` that each event gets in place of its own; null takes it away, and it can be said several times")
	return &t
}

func send(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	s := sender{now: time.Now, client: &http.Client{Timeout: 30 * time.Second}, set: setting{}}
	to := s.targets(flags)
	flags.StringVar(&s.bank, "bank", "", "4-digit `code` of the bank; without it, the digits that a file's name begins with")
	flags.BoolVar(&s.shift, "shift", false, "shift the times so that the latest event is now")
	flags.BoolVar(&s.again, "again", false, "give new ids, as if it all happened once more")
	flags.IntVar(&s.chunk, "chunk", wire.MaxEvents, fmt.Sprintf("`events` per request, 1 to %d", wire.MaxEvents))
	asJSON := jsonFlag(flags)
	files, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	switch {
	case len(files) == 0:
		return misused(flags, "Name at least one file of events.")
	case s.chunk < 1 || s.chunk > wire.MaxEvents:
		return misused(flags, "-chunk must be from 1 to %d.", wire.MaxEvents)
	case s.bank != "" && !isBank(s.bank):
		return misused(flags, "-bank must be the 4 digits of a 金融機関コード, such as 0125.")
	}
	if err := s.find(c, to.data, to.secretFile); err != nil {
		return err
	}
	if err := s.turned(ctx); err != nil {
		return err
	}
	return posts(c, *asJSON, files, func(told func(*sent), file string) (int, error) { return s.file(ctx, told, file) })
}

// posts posts each of what is named, and tells what came of it.
func posts(c *console, asJSON bool, names []string, each func(told func(*sent), name string) (int, error)) error {
	table := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
	told := tabled(table)
	if asJSON {
		told = func(r *sent) { _ = object(c.Out, r) }
	} else {
		_, _ = fmt.Fprintln(table, "FILE\tBANK\tACCEPTED\tREJECTED")
	}
	return inTable(table, names, func(name string) (int, error) { return each(told, name) })
}

// inTable does something with each of what is named, which counts the events that were
// rejected, and shows the table that it fills.
func inTable(table *tabwriter.Writer, names []string, each func(name string) (int, error)) error {
	refused := 0
	for _, name := range names {
		n, err := each(name)
		if err != nil {
			_ = table.Flush()
			return fmt.Errorf("%s: %w", name, err)
		}
		refused += n
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if refused > 0 {
		return fmt.Errorf("%d events were rejected", refused)
	}
	return nil
}

// sent is what came of one request.
type sent struct {
	File     string             `json:"file"`
	Bank     string             `json:"bank"`
	Accepted int                `json:"accepted"`
	Rejected []webhook.Rejected `json:"rejected"`
}

// tabled writes a row for a request, and one for each event that was refused.
func tabled(table io.Writer) func(*sent) {
	return func(r *sent) {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%d\t%d\n", r.File, r.Bank, r.Accepted, len(r.Rejected))
		for _, e := range r.Rejected {
			_, _ = fmt.Fprintf(table, "  #%d %s\t\t\t%s\n", e.Index, e.ID, strings.TrimSpace(e.Field+" "+e.Problem))
		}
	}
}

func isBank(s string) bool {
	_, err := strconv.ParseUint(s, 10, 16)
	return len(s) == 4 && err == nil
}

// find completes address and secret: what is said, then the environment, then
// the local stack.
func (s *sender) find(c *console, data, secretFile string) error {
	if data == "" {
		var err error
		if data, err = folder.Default(); err != nil {
			return err
		}
	}
	local := s.url == ""
	if local {
		r, err := folder.ReadRunning(data)
		if errors.Is(err, folder.ErrNotRunning) {
			return errors.New("no local stack is running; start one with go run ./infra/local, or name an address with -url")
		}
		if err != nil {
			return err
		}
		s.url, s.page = r.URL, r.Page
	}
	s.url = strings.TrimSuffix(s.url, "/")
	one := c.Env("KOZAMORI_BANK_SECRET")
	switch {
	case secretFile != "":
		b, err := os.ReadFile(secretFile)
		if err != nil {
			return fmt.Errorf("the secret in %s cannot be read: %s", secretFile, reason(err))
		}
		one = strings.TrimSpace(string(b))
	case one == "" && local:
		secrets, err := folder.ReadSecrets(data)
		if err != nil {
			return fmt.Errorf("the local stack's secrets cannot be read: %s", reason(err))
		}
		s.secret = func(bank string) (string, error) {
			if live := secrets.Banks[bank].Live(); len(live) > 0 {
				return live[0], nil
			}
			return "", fmt.Errorf("the local stack has no bank %s", bank)
		}
		return nil
	case one == "":
		return errors.New("a bank's secret is needed: -secret-file or KOZAMORI_BANK_SECRET")
	}
	s.secret = func(string) (string, error) { return one, nil }
	return nil
}

// turned has what is posted bear the time of the local stack, whose clock may have been
// set forward.
func (s *sender) turned(ctx context.Context) error {
	if s.page == "" {
		return nil
	}
	var clock struct {
		Ahead int64 `json:"ahead_seconds"`
	}
	if err := s.ask(ctx, http.MethodGet, "/sim/clock", nil, &clock); err != nil {
		return err
	}
	s.now = func() time.Time { return time.Now().Add(time.Duration(clock.Ahead) * time.Second) }
	return nil
}

// ask asks the page of the local stack for something; into may be nil.
func (s *sender) ask(ctx context.Context, method, path string, what, into any) error {
	var body io.Reader
	if what != nil {
		raw, err := json.Marshal(what)
		if err != nil {
			return err
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, s.page+path, body)
	if err != nil {
		return err
	}
	res, err := s.client.Do(req)
	if err != nil {
		return errors.New("the local stack does not answer")
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("the local stack answered %d to %s", res.StatusCode, path)
	}
	if into == nil {
		return nil
	}
	return json.NewDecoder(res.Body).Decode(into)
}

// file posts one file in as many requests as it takes, tells what came of each
// and returns how many events were rejected.
func (s *sender) file(ctx context.Context, told func(*sent), name string) (int, error) {
	body, err := os.ReadFile(name)
	if err != nil {
		return 0, errors.New(reason(err))
	}
	bank := s.bank
	if bank == "" {
		if base := filepath.Base(name); len(base) >= 4 && isBank(base[:4]) {
			bank = base[:4]
		} else {
			return 0, errors.New("the name tells no bank; say which with -bank")
		}
	}
	return s.body(ctx, told, filepath.Base(name), bank, body)
}

// body posts what a file holds.
func (s *sender) body(ctx context.Context, told func(*sent), name, bank string, body []byte) (int, error) {
	now := s.now()
	if s.shift {
		body = events.Shift(body, now)
	}
	if s.again {
		body = events.Rename(body, strconv.FormatInt(now.UnixNano(), 36))
	}
	read, err := wire.ReadBody(body, bank, now)
	if err != nil {
		return 0, err
	}
	refused := 0
	for at := 0; at < len(read.Events); at += s.chunk {
		part := make([]json.RawMessage, 0, s.chunk)
		for _, e := range read.Events[at:min(at+s.chunk, len(read.Events))] {
			raw, err := s.set.on(json.RawMessage(e.Raw))
			if err != nil {
				return refused, err
			}
			part = append(part, raw)
		}
		a, err := s.post(ctx, bank, part)
		if err != nil {
			return refused, err
		}
		r := &sent{name, bank, a.Accepted, []webhook.Rejected{}}
		for _, e := range a.Rejected {
			e.Index += at
			r.Rejected = append(r.Rejected, e)
		}
		told(r)
		refused += len(a.Rejected)
	}
	return refused, nil
}

func reason(err error) string {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err.Error()
	}
	return err.Error()
}

// post signs and posts one request. The bank's id for it is made of the body,
// so that the same file sent again is the same webhook.
func (s *sender) post(ctx context.Context, bank string, part []json.RawMessage) (*webhook.Reply, error) {
	return s.postBody(ctx, bank, webhook.Body(part))
}

// postBody posts a body that is made.
func (s *sender) postBody(ctx context.Context, bank string, body []byte) (*webhook.Reply, error) {
	secret, err := s.secret(bank)
	if err != nil {
		return nil, err
	}
	c := webhook.Client{URL: s.url, Bank: bank, Secret: secret, HTTP: s.client, Now: s.now}
	return c.Post(ctx, webhook.ID(bank, body), body)
}
