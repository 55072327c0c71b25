// Command local runs the whole of Kozamori on this machine, in one process:
// the real stages on an embedded store and queue, and simulators of LINE, of
// a mailbox and of two banks, which our own code talks to over HTTP. Its page
// shows all of them. With the secret and token of a real LINE channel in the
// environment it talks to LINE itself.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"kozamori/infra/folder"
	"kozamori/internal/version"
)

// memory is what the process may take in bytes, of what Go counts, before it is collected
// more often: with its code and the store's cache it stays within 256 MiB while a file of
// millions of rows is taken.
const memory = 150 << 20

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second Ctrl-C ends the process at once.
	context.AfterFunc(ctx, stop)
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memory)
	}
	o := options{Env: os.Getenv, Out: os.Stdout, Fatal: func(err error) {
		_, _ = fmt.Fprintln(os.Stderr, sentence(err))
		os.Exit(1)
	}}
	if terminal(os.Stdin) && terminal(os.Stderr) {
		o.Ask = func(question string) bool {
			_, _ = fmt.Fprint(os.Stderr, question)
			answer, _ := bufio.NewReader(os.Stdin).ReadString('\n') // what ends early is no yes
			answer = strings.ToLower(strings.TrimSpace(answer))
			return answer == "y" || answer == "yes"
		}
	}
	os.Exit(o.run(ctx, os.Args[1:], os.Stderr))
}

func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// run is o.run where no user can be asked.
func run(ctx context.Context, args []string, env func(string) string, out, errs io.Writer) int {
	o := options{Env: env, Out: out}
	return o.run(ctx, args, errs)
}

// run is main without the process: 0 done, 1 failed, 2 wrong arguments.
func (o *options) run(ctx context.Context, args []string, errs io.Writer) int {
	flags := flag.NewFlagSet("local", flag.ContinueOnError)
	flags.SetOutput(errs)
	flags.StringVar(&o.Data, "data", "", "`folder` to keep everything in (default: kozamori in your cache directory)")
	flags.BoolVar(&o.Fresh, "fresh", false, "start with an empty folder: delete what it holds")
	flags.BoolVar(&o.Yes, "yes", false, "do not ask before -fresh deletes")
	flags.StringVar(&o.Addr, "addr", "127.0.0.1:8080", "`address` to listen on; port 0 takes a free one")
	flags.BoolVar(&o.Expose, "expose", false, "let -addr be an address that other machines reach: only Kozamori itself is served there")
	flags.StringVar(&o.Policy.Operator, "operator", "", "who runs this, as people `read` it when they begin")
	flags.StringVar(&o.Policy.URL, "policy", "", "https `address` of the policy on data of people, which those agree to who begin")
	flags.StringVar(&o.Policy.Version, "policy-version", "", "`version` of that policy")
	verbose := flags.Bool("v", false, "log every step")
	tell := flags.Bool("version", false, "tell which build this is, and do nothing else")
	flags.Usage = func() {
		_, _ = fmt.Fprintf(errs, "usage: local [flags]\n\nThe whole of Kozamori on this machine.\n\n")
		flags.PrintDefaults()
	}
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case flags.NArg() > 0:
		_, _ = fmt.Fprintf(errs, "%q is not a flag, and nothing else is wanted.\n\n", flags.Arg(0))
		flags.Usage()
		return 2
	case *tell:
		_, _ = fmt.Fprintln(o.Out, version.String())
		return 0
	}
	level := slog.LevelWarn
	if *verbose {
		level = slog.LevelInfo
	}
	o.Logger = slog.New(spare(slog.NewTextHandler(errs, &slog.HandlerOptions{Level: level})))
	o.Logger.Info("starting", "version", version.String())
	if err := o.serve(ctx); err != nil {
		_, _ = fmt.Fprintln(errs, sentence(err))
		return 1
	}
	return 0
}

func (o *options) serve(ctx context.Context) error {
	if o.Data == "" {
		var err error
		if o.Data, err = folder.Default(); err != nil {
			return err
		}
	}
	s, err := start(ctx, *o)
	if err != nil {
		return err
	}
	o.say("Kozamori is running. Open %s/ — Ctrl-C stops it.", s.Page)
	o.say("Banks, LINE and the links in messages find it at %s.", s.System.BaseURL)
	if s.LINE == nil && thisMachine(hostOf(s.System.BaseURL)) {
		o.say("No phone can open that: set KOZAMORI_URL to the address of your tunnel.")
	}
	<-ctx.Done()
	o.say("Finishing what is under way …")
	err = s.Close()
	o.say("Stopped. Everything is kept in %s.", o.Data)
	return err
}
