package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"kozamori/infra/folder"
	"kozamori/internal/app"
	bucketfolder "kozamori/internal/bucket/folder"
	"kozamori/internal/email/ses"
	"kozamori/internal/engine"
	"kozamori/internal/intake"
	"kozamori/internal/queue"
	"kozamori/internal/ratelimit"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/token"
	"kozamori/internal/watch"
)

// options are what a stack is started with.
type options struct {
	Data   string
	Fresh  bool
	Yes    bool                       // Fresh is meant
	Ask    func(question string) bool // asks the user; nil where there is none
	Addr   string
	Policy watch.Policy // what people agree to; what is empty is as the environment says
	Expose bool         // Addr may be one that other machines reach
	Env    func(string) string
	Out    io.Writer // progress
	Logger *slog.Logger
	Fatal  func(error) // ends the process when nothing can be written any more
}

func (o *options) say(format string, args ...any) {
	if o.Out != nil {
		_, _ = fmt.Fprintf(o.Out, format+"\n", args...)
	}
}

// emptying makes sure that the folder is to be emptied; nil if it is not.
func (o *options) emptying() func() error {
	if !o.Fresh {
		return nil
	}
	return func() error {
		switch {
		case o.Yes:
			return nil
		case o.Ask == nil:
			return fmt.Errorf("-fresh deletes everything in %s; to do so, say -fresh -yes", o.Data)
		case !o.Ask(fmt.Sprintf("Delete everything that Kozamori keeps in %s? [y/N] ", o.Data)):
			return errors.New("nothing was deleted, and nothing started")
		}
		return nil
	}
}

// stack is the running system and the outside around it.
type stack struct {
	options
	URL    string // of Kozamori itself, without a slash at its end
	Page   string // the same of the page and of the simulators
	System *app.System
	LINE   *sim.LINE // nil when LINE itself is used
	Mail   *sim.Mailbox
	Banks  map[string]*sim.Bank
	// Providers are those by which the banks' clerks sign in.
	Providers map[string]*sim.Provider

	hub     *hub
	clock   *turned
	posted  exchanges
	folder  *folder.Folder
	files   *bucketfolder.Bucket
	data    *folder.Data
	vault   *folder.Vault
	server  *http.Server // of Kozamori itself
	outside *http.Server // of what is simulated
	stop    context.CancelFunc
	working sync.WaitGroup // the consumers
	serving sync.WaitGroup
	closers []func() error // in the order of opening
}

// codes are the banks of the samples.
var codes = []string{"0125", "0168"}

// start opens everything and serves it. What was opened before a failure is
// closed again.
func start(ctx context.Context, o options) (_ *stack, err error) {
	s := &stack{options: o, hub: newHub(), Banks: map[string]*sim.Bank{}, Providers: map[string]*sim.Provider{}}
	defer func() {
		if err != nil {
			_ = s.Close()
		}
	}()
	if s.folder, err = folder.Open(o.Data, o.emptying()); err != nil {
		return nil, err
	}
	s.closers = append(s.closers, s.folder.Close)
	if s.clock, err = clockAt(s.folder.Clock()); err != nil {
		return nil, err
	}
	s.folder.Now = s.clock.now
	if s.data, err = s.folder.Data(engine.Options{Fatal: o.Fatal, Warn: s.warn}, o.say, codes...); err != nil {
		return nil, err
	}
	s.closers = append(s.closers, s.data.Close)
	kept := s.data.Secrets
	own, outside, err := s.open()
	if err != nil {
		return nil, err
	}
	path := secretPath(kept.Links)
	s.Page = "http://" + outside.Addr().String() + "/" + path
	if err := s.build(kept); err != nil {
		return nil, err
	}
	if s.server.Handler, err = s.routes(); err != nil {
		return nil, err
	}
	if s.outside.Handler, err = s.simulated(path); err != nil {
		return nil, err
	}
	serve := func(server *http.Server, l net.Listener) {
		s.serving.Go(func() {
			if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				o.Logger.Error("the server ended", "err", err)
			}
		})
	}
	serve(s.server, ratelimit.Listen(own, connections))
	serve(s.outside, outside)
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	s.working.Go(func() { _ = s.System.Run(work, nil) }) // it fails only where routes did
	s.working.Go(func() { s.nightly(work) })
	s.working.Go(func() { s.files.Watch(work, s.data.Queue, intake.ManifestEnd, lookEvery, s.Logger) })
	if s.LINE != nil {
		s.working.Go(func() { s.LINE.Run(work) })
		s.serving.Go(s.follow)
	}
	if err := s.setUp(ctx, work); err != nil {
		return nil, err
	}
	socket, err := s.serveOperator()
	if err != nil {
		return nil, err
	}
	return s, s.folder.Announce(folder.Running{URL: s.URL, Page: s.Page, Socket: socket, Started: time.Now()})
}

// What each bank may send in a second to a stack that other machines reach, as on AWS.
const (
	eventsPerSecond   = "2000"
	requestsPerSecond = "50"
)

// limited is the environment, with what banks may send where other machines reach the
// stack. Nothing is limited for the user of this machine alone, unless they say so.
func (s *stack) limited() func(string) string {
	if !s.Expose {
		return s.Env
	}
	return func(name string) string {
		v := s.Env(name)
		switch {
		case v != "":
		case name == "KOZAMORI_EVENTS_PER_SECOND":
			v = eventsPerSecond
		case name == "KOZAMORI_REQUESTS_PER_SECOND":
			v = requestsPerSecond
		}
		return v
	}
}

// build makes the system and the outside.
func (s *stack) build(kept *folder.Secrets) error {
	config, err := app.FromEnv(s.limited())
	if err != nil {
		return err
	}
	s.server, s.outside = ratelimit.Server(nil), ratelimit.Server(nil)
	s.server.ErrorLog = slog.NewLogLogger(s.Logger.Handler(), slog.LevelWarn)
	s.outside.ErrorLog = s.server.ErrorLog
	config.Policy = watch.Policy{Operator: orElse(s.Policy.Operator, config.Policy.Operator), URL: orElse(s.Policy.URL, config.Policy.URL),
		Version: orElse(s.Policy.Version, config.Policy.Version)}
	if config.BaseURL == "" {
		config.BaseURL = s.URL
	}
	s.vault = s.folder.Vault(kept)
	s.vault.Keys = s.Env("KOZAMORI_LINK_KEYS")
	s.vault.Changed = s.tell
	if len(config.LinkKeys) == 0 {
		config.LinkKeys = []token.Key{{ID: "local", Secret: kept.Links}}
	}
	if len(config.CatalogKeys) == 0 {
		config.CatalogKeys = []ed25519.PublicKey{ed25519.NewKeyFromSeed(kept.Catalog).Public().(ed25519.PublicKey)}
	}
	config.CallbacksInside = true // the banks are simulated on this machine
	config.Sandbox = codes
	if len(config.LINE.Secrets) == 0 {
		s.LINE = &sim.LINE{Token: kept.LineToken, Secret: kept.LineChannel, ChannelID: "1234567890", Webhook: s.URL + app.HookPath, Now: s.clock.now}
		if err := s.remember(s.LINE.KeepIn(s.folder.Phones())); err != nil {
			return err
		}
		config.LINE = app.LINEConfig{API: orElse(s.Env("KOZAMORI_LINE_API"), s.Page+lineAPI), ID: "@kozamori", Secrets: []string{kept.LineChannel}, Token: kept.LineToken}
	}
	s.Mail = &sim.Mailbox{Now: s.clock.now, Changed: s.hub.change}
	if err := s.remember(s.Mail.KeepIn(s.folder.Mails())); err != nil {
		return err
	}
	if config.Mail.API == "" {
		config.Mail.API = s.Page + sesAPI
	}
	config.Mail.From = orElse(config.Mail.From, "口座守 <alert@kozamori.example>")
	for _, code := range codes {
		s.Banks[code] = &sim.Bank{Code: code, Secrets: kept.Banks[code].Live(), APIKey: kept.Banks[code].APIKey, API: s.URL, Now: s.clock.now, Changed: s.hub.change}
		s.front(s.Banks[code])
		if err := s.remember(s.Banks[code].KeepIn(s.folder.Books(code))); err != nil {
			return err
		}
	}
	if err := config.Check(app.Parts...); err != nil {
		return err
	}
	files, err := s.folder.Files()
	if err != nil {
		return err
	}
	s.files, s.closers = &bucketfolder.Bucket{Root: files}, append(s.closers, files.Close)
	together := s.data.Queue.Together(s.data.Table)
	s.System = app.New(config, app.Means{Mailer: ses.Open, Bucket: s.files, Table: noticing{s.data.Table, s.hub.change}, Queue: s.data.Queue, Together: func(ctx context.Context, writes []store.Write, jobs *queue.Jobs) error {
		defer s.hub.change()
		return together(ctx, writes, jobs)
	}, Secrets: s.vault, Now: s.clock.now, Callers: time.Now, Logger: s.Logger})
	for _, code := range codes {
		s.Providers[code] = s.provider(code)
	}
	return nil
}

// lookEvery is how often the folder that plays the bucket is looked into.
const lookEvery = 2 * time.Second

// warn tells the operator what the store says of its disk and its files.
func (s *stack) warn(err error) { s.Logger.Error("the store needs a look", "err", err) }

// remember closes a simulator's file in the end.
func (s *stack) remember(file io.Closer, err error) error {
	if err == nil {
		s.closers = append(s.closers, file.Close)
	}
	return err
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// noticing is a table that tells of its writes, so that the page is live.
type noticing struct {
	store.Table
	changed func()
}

func (t noticing) Write(ctx context.Context, writes ...store.Write) error {
	err := t.Table.Write(ctx, writes...)
	if err == nil {
		t.changed()
	}
	return err
}

// stopTime is how long stopping may take, whatever hangs outside: what is
// acknowledged is on disk by then, and what was being sent is sent again.
const stopTime = 7 * time.Second

// Close finishes what is under way, stops serving and closes the files. It
// can be called on a stack that never came up.
func (s *stack) Close() error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		if s.stop != nil {
			s.stop()
		}
		// The consumers end first: what they are sending needs the simulators.
		// What comes in meanwhile is kept for the next time.
		s.working.Wait()
		s.hub.close()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		for _, server := range []*http.Server{s.server, s.outside} {
			if server != nil {
				_ = server.Shutdown(ctx)
			}
		}
		s.serving.Wait()
	}()
	select {
	case <-done:
	case <-time.After(stopTime):
		s.Logger.Error("something would not end in time; what was acknowledged is kept")
	}
	var errs []error
	for i := len(s.closers) - 1; i >= 0; i-- {
		errs = append(errs, s.closers[i]())
	}
	return errors.Join(errs...)
}

// sentence is an error as people read it.
func sentence(err error) string {
	if errors.Is(err, folder.ErrInUse) {
		return "Another Kozamori is running in this folder (" + strings.TrimPrefix(err.Error(), folder.ErrInUse.Error()+": ") + "); stop it, or choose another with -data."
	}
	if errors.Is(err, folder.ErrForeign) {
		return strings.TrimPrefix(err.Error(), folder.ErrForeign.Error()+": ") + " is there and was not made by Kozamori, so nothing was touched; choose an empty folder with -data."
	}
	text := strings.ReplaceAll(err.Error(), "\n", "; ") // several errors, joined
	if text != "" && text[0] >= 'a' && text[0] <= 'z' {
		text = strings.ToUpper(text[:1]) + text[1:]
	}
	return strings.TrimSuffix(text, ".") + "."
}
