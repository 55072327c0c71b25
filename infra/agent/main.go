// Command agent runs at a bank: it watches a folder for the bank's files, makes
// signed events of the debits in them and posts these. Account numbers stay at
// the bank; what leaves it names accounts by account_refs that a key of the bank
// makes.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"kozamori/internal/quote"
	"kozamori/internal/version"
	"kozamori/internal/webhook"
	"kozamori/internal/wire"
)

// agent works on one folder.
type agent struct {
	in      string
	state   *state // nil if nothing is to be sent or written
	keeper  *keeper
	client  *webhook.Client
	still   time.Duration
	watched map[string]watched
	chunk   int  // events of a request
	atOnce  bool // people are told as it is sent, and not in the morning
	// transport is how requests go; nil is over the network.
	transport http.RoundTripper
	now       func() time.Time
	wait      func(ctx context.Context, d time.Duration) error
	wrote     func(what string) // is called after each step that another process could see
	out       io.Writer
	asJSON    bool
	errs      io.Writer
}

func (a *agent) say(format string, args ...any) { _, _ = fmt.Fprintf(a.errs, format+"\n", args...) }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, quote.Terminal(os.Stdout), quote.Terminal(os.Stderr), os.Getenv, os.Args[1:], nil))
}

// options are what the flags say.
type options struct {
	in, state, url, bank, secretFile, keyFile, branch, kind, newKey string
	once, check, try, ref, asJSON, atOnce                           bool
	every, still, patience                                          time.Duration
}

const usage = `usage: agent -in FOLDER -bank CODE -key-file FILE -url ADDRESS -secret-file FILE [flags]
       agent -try                           show what would be sent of sample files
       agent -in FOLDER -bank CODE -key-file FILE -check   the same of your own files
       agent -new-key FILE                  make the key that account_refs are made with
       agent -bank CODE -key-file FILE -ref ACCOUNT…       tell account_refs, of accounts such as 123-1-1234567

`

// run is main without the process: 0 done, 1 failed or something was refused, 2
// wrong arguments.
func run(ctx context.Context, out, errs io.Writer, env func(string) string, args []string, with func(*agent)) int {
	if version.Printed(args, out) {
		return 0
	}
	var o options
	flags := flag.NewFlagSet("agent", flag.ContinueOnError)
	flags.SetOutput(errs)
	flags.Usage = func() { _, _ = io.WriteString(errs, usage); flags.PrintDefaults() }
	flags.StringVar(&o.in, "in", "", "`folder` that the files come to; they are read and left as they are")
	flags.StringVar(&o.state, "state", "", "`folder` for progress and reports; without it, .kozamori in the folder of the files")
	flags.StringVar(&o.url, "url", "", "`address` of the deployment, https://…")
	flags.StringVar(&o.bank, "bank", "", "4-digit `code` of the bank")
	flags.StringVar(&o.secretFile, "secret-file", "", "`file` with the bank's webhook secret (whsec_…); without it, KOZAMORI_BANK_SECRET")
	flags.StringVar(&o.keyFile, "key-file", "", "`file` with the key that account_refs are made with")
	flags.StringVar(&o.branch, "branch", "", "`code` (店番) of the branch of accounts that a file names without one")
	flags.StringVar(&o.kind, "kind", "", "`預金種目` of accounts that a file names without one: 普通, 当座, 貯蓄 or その他")
	flags.StringVar(&o.newKey, "new-key", "", "make a key, and write it to this `file`")
	flags.BoolVar(&o.once, "once", false, "take what is there, and end: for cron")
	flags.BoolVar(&o.atOnce, "at-once", false, "have people told of everything as it is sent, and not in the morning of what is not urgent: for files that come all day")
	flags.BoolVar(&o.check, "check", false, "read and report, and send and write nothing")
	flags.BoolVar(&o.try, "try", false, "take sample files the whole way to a receiver in this process, and show it; nothing leaves this process")
	flags.BoolVar(&o.ref, "ref", false, "tell the account_refs of the accounts that are named")
	flags.BoolVar(&o.asJSON, "json", false, "print reports as JSON, one a line")
	flags.DurationVar(&o.every, "every", 30*time.Second, "how often to look into the folder")
	flags.DurationVar(&o.still, "still", 10*time.Second, "how long a file without FILE.manifest.json or FILE.done must not change until it is read; 0 is to wait for one of these")
	flags.DurationVar(&o.patience, "patience", 15*time.Minute, "with -once: how long to go on when the other side does not take anything")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	if err := o.wrong(flags.Args()); err != nil {
		_, _ = fmt.Fprintf(errs, "%v.\n\n", err)
		flags.Usage()
		return 2
	}
	var err error
	switch {
	case o.newKey != "":
		if err = newKey(o.newKey); err == nil {
			_, err = fmt.Fprintf(out, "%s is the key. Keep it at the bank, and keep a copy: without it every account gets another account_ref.\n", o.newKey)
		}
	case o.try:
		err = try(ctx, out, errs)
	default:
		err = o.work(ctx, out, errs, env, flags.Args(), with)
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		_, _ = fmt.Fprintf(errs, "%v.\n", err)
		return 1
	}
	return 0
}

func isCode(s string, digits int) bool {
	return len(s) == digits && strings.Trim(s, "0123456789") == ""
}

// wrong tells what is wrong with the flags, and what would be right.
func (o *options) wrong(rest []string) error {
	kind := ""
	for _, k := range kinds {
		if o.kind == k.word || o.kind == k.kind {
			kind = k.kind
		}
	}
	switch {
	case len(rest) > 0 && !o.ref:
		return fmt.Errorf("%q is not wanted: the folder is named by -in", rest[0])
	case o.newKey != "" || o.try:
		return nil
	case !isCode(o.bank, 4):
		return errors.New("-bank must be the 4 digits of a 金融機関コード, such as 0125")
	case o.keyFile == "":
		return errors.New("-key-file must name the key that account_refs are made with; -new-key FILE makes one")
	case o.branch != "" && !isCode(o.branch, 3):
		return errors.New("-branch must be the digits of a 店番, such as 123")
	case o.kind != "" && kind == "":
		return errors.New("-kind must be 普通, 当座, 貯蓄 or その他")
	case o.ref && len(rest) == 0:
		return errors.New("-ref wants accounts, such as 123-1-1234567")
	case !o.ref && o.in == "":
		return errors.New("-in must name the folder that the files come to")
	case o.every <= 0 || o.still < 0 || o.patience <= 0:
		return errors.New("-every and -patience must be more than nothing, such as 30s, and -still not less")
	case o.ref || o.check:
	default:
		u, err := url.Parse(o.url)
		if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
			return errors.New("-url must be the https address of the deployment, such as https://kozamori.example; http is for this machine alone")
		}
	}
	o.kind = kind
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// secretIn reads a file that is for its owner alone.
func secretIn(file string) (string, error) {
	info, err := os.Stat(file)
	if err != nil {
		return "", err
	}
	if info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" { // where modes tell nothing
		return "", fmt.Errorf("%s can be read by others: chmod %o %s", file, 0o600, file)
	}
	b, err := os.ReadFile(file)
	return strings.TrimSpace(string(b)), err
}

func (o *options) work(ctx context.Context, out, errs io.Writer, env func(string) string, accounts []string, with func(*agent)) error {
	key, err := secretIn(o.keyFile)
	if err != nil {
		return err
	}
	k, err := newKeeper(o.bank, key)
	if err != nil {
		return err
	}
	k.branch, k.kind = o.branch, o.kind
	if o.ref {
		return tellRefs(out, k, accounts)
	}
	a := &agent{in: o.in, keeper: k, still: o.still, watched: map[string]watched{}, chunk: wire.MaxEvents, now: time.Now, wait: webhook.Wait, wrote: func(string) {}, out: out, errs: errs, asJSON: o.asJSON, atOnce: o.atOnce}
	if with != nil {
		with(a)
	}
	if o.check {
		return a.once(ctx)
	}
	secret := env("KOZAMORI_BANK_SECRET")
	if o.secretFile != "" {
		if secret, err = secretIn(o.secretFile); err != nil {
			return err
		}
	}
	if secret == "" {
		return errors.New("the bank's webhook secret is needed: -secret-file or KOZAMORI_BANK_SECRET")
	}
	a.client = &webhook.Client{URL: strings.TrimSuffix(o.url, "/"), Bank: o.bank, Secret: secret, HTTP: &http.Client{Timeout: 30 * time.Second, Transport: a.transport}, Now: a.now, Wait: a.wait,
		Again: func(err error, in time.Duration) { a.say("%v; the same request again in %v", err, in) }}
	if o.once {
		a.client.Patience = o.patience
	}
	folder := o.state
	if folder == "" {
		folder = filepath.Join(o.in, ".kozamori")
	}
	if a.state, err = openState(folder, k.fingerprint(), a.wrote); err != nil {
		return err
	}
	defer func() { _ = a.state.close() }()
	if o.once {
		return a.once(ctx)
	}
	return a.serve(ctx, o.every)
}

func tellRefs(out io.Writer, k *keeper, accounts []string) error {
	for _, said := range accounts {
		a, err := k.account(said, false)
		if err != nil {
			return fmt.Errorf("%q: %w", said, err)
		}
		if _, err := fmt.Fprintf(out, "%s\t%s\n", said, k.ref(a)); err != nil {
			return err
		}
	}
	return nil
}
