package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
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

// pastSender gives banks' files of the past as histories of their accounts.
type pastSender struct {
	sender
	from string
	key  func(bank string) (string, error)
}

// history sends files of what happened before accounts were watched, with the
// bank's API key. Accounts of one file are parted.
func history(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	s := pastSender{sender: sender{now: time.Now, client: &http.Client{Timeout: 30 * time.Second}}}
	flags.StringVar(&s.url, "url", "", "`address` of the deployment; without it, the stack that runs on this machine")
	flags.StringVar(&s.bank, "bank", "", "4-digit `code` of the bank; without it, the digits that a file's name begins with")
	flags.StringVar(&s.from, "from", "", "`time` since when all debits of the accounts are in the files; without it, that of the oldest one")
	keyFile := flags.String("key-file", "", "`file` with the bank's API key; without it, KOZAMORI_BANK_API_KEY, then the local stack's own")
	data := flags.String("data", "", "data `folder` of the local stack; without it, its usual one")
	flags.BoolVar(&s.again, "again", false, "give new ids, as if it all happened once more")
	files, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	switch {
	case len(files) == 0:
		return misused(flags, "Name at least one file of events.")
	case s.bank != "" && !isBank(s.bank):
		return misused(flags, "-bank must be the 4 digits of a 金融機関コード, such as 0125.")
	}
	if err := s.find(c, *data, *keyFile); err != nil {
		return err
	}
	table := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "FILE\tBANK\tACCOUNT\tACCEPTED\tREJECTED")
	return inTable(table, files, func(file string) (int, error) { return s.file(ctx, table, file) })
}

// find completes address and key: what is said, then the environment, then the
// local stack.
func (s *pastSender) find(c *console, data, keyFile string) error {
	if data == "" {
		var err error
		if data, err = folder.Default(); err != nil {
			return err
		}
	}
	local := s.url == ""
	if local {
		r, err := folder.ReadRunning(data)
		if err != nil {
			return errors.New("no local stack is running; start one with go run ./infra/local, or name an address with -url")
		}
		s.url = r.URL
	}
	s.url = strings.TrimSuffix(s.url, "/")
	one := c.Env("KOZAMORI_BANK_API_KEY")
	switch {
	case keyFile != "":
		b, err := os.ReadFile(keyFile)
		if err != nil {
			return fmt.Errorf("the key in %s cannot be read: %s", keyFile, reason(err))
		}
		one = strings.TrimSpace(string(b))
	case one == "" && local:
		secrets, err := folder.ReadSecrets(data)
		if err != nil {
			return fmt.Errorf("the local stack's secrets cannot be read: %s", reason(err))
		}
		s.key = func(bank string) (string, error) {
			if key := secrets.Banks[bank].APIKey; key != "" {
				return key, nil
			}
			return "", fmt.Errorf("the local stack has no bank %s", bank)
		}
		return nil
	case one == "":
		return errors.New("the bank's API key is needed: -key-file or KOZAMORI_BANK_API_KEY")
	}
	s.key = func(string) (string, error) { return one, nil }
	return nil
}

// file sends the events of one file, account by account, and returns how many
// were rejected.
func (s *pastSender) file(ctx context.Context, table io.Writer, name string) (int, error) {
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
	now := s.now()
	if s.again {
		body = events.Rename(body, strconv.FormatInt(now.UnixNano(), 36))
	}
	read, err := wire.ReadBody(body, bank, now)
	if err != nil {
		return 0, err
	}
	var accounts []string // as they come
	parts := map[string][]json.RawMessage{}
	for _, e := range read.Events {
		ref := e.Event.AccountRef
		if ref == "" {
			return 0, errors.New("an event names no account")
		}
		if parts[ref] == nil {
			accounts = append(accounts, ref)
		}
		parts[ref] = append(parts[ref], json.RawMessage(e.Raw))
	}
	refused := 0
	for _, ref := range accounts {
		a, err := s.post(ctx, bank, ref, parts[ref])
		if err != nil {
			return refused, err
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\n", filepath.Base(name), bank, ref, a.Accepted, len(a.Rejected))
		for _, e := range a.Rejected {
			_, _ = fmt.Fprintf(table, "  #%d %s\t\t\t\t%s\n", e.Index, e.ID, strings.TrimSpace(e.Field+" "+e.Problem))
		}
		refused += len(a.Rejected)
	}
	return refused, nil
}

func (s *pastSender) post(ctx context.Context, bank, ref string, part []json.RawMessage) (*webhook.Reply, error) {
	key, err := s.key(bank)
	if err != nil {
		return nil, err
	}
	said := map[string]any{"events": part}
	if s.from != "" {
		said["from"] = s.from
	}
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(said); err != nil {
		return nil, errors.New("an event is not well-formed JSON: send it with ctl send to hear what is wrong")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/v1/banks/"+bank+"/accounts/"+url.PathEscape(ref)+"/history", &body)
	if err != nil {
		return nil, errors.New("the address is not a URL, such as https://kozamori.example")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+key)
	c := webhook.Client{URL: s.url, HTTP: s.client, Now: s.now}
	return c.Answer(req)
}
