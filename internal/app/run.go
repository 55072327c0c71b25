package app

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"kozamori/internal/bankapi"
	"kozamori/internal/catalog"
	"kozamori/internal/chat"
	"kozamori/internal/clerk"
	"kozamori/internal/desk"
	"kozamori/internal/dispute"
	"kozamori/internal/ingest"
	"kozamori/internal/line"
	"kozamori/internal/problem"
	"kozamori/internal/queue"
	"kozamori/internal/ratelimit"
	"kozamori/internal/reader"
	"kozamori/internal/session"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/web"
	"kozamori/internal/wire"
	"kozamori/internal/wording"
)

// HookPath is where LINE's webhooks come in.
const HookPath = "/line/webhook"

// LineHook takes LINE's webhooks.
func (s *System) LineHook() http.Handler {
	return chat.NewHook(chat.HookConfig{Secrets: s.LINE.Secrets, Queue: s.Queue, Now: s.Now, Logger: s.Logger})
}

// Chat works on queue.Chat.
func (s *System) Chat() (queue.Handler, error) {
	c, err := s.chatter()
	if err != nil {
		return nil, err
	}
	return s.upToDateWith(c.Handle), nil
}

func (s *System) chatter() (*chat.Stage, error) {
	composer, err := s.composer()
	if err != nil {
		return nil, err
	}
	client, err := s.client()
	if err != nil {
		return nil, err
	}
	members, err := s.Membership()
	if err != nil {
		return nil, err
	}
	sessions := &session.Service{Store: s.Store, Keys: members.Keys, Now: s.Now}
	door := func(ctx context.Context, lineUser string, lang watch.Lang) (string, error) {
		secret, err := sessions.Door(ctx, lineUser, lang)
		return s.BaseURL + "/s/" + secret, err
	}
	key := func(ctx context.Context, person string, lang watch.Lang) (string, error) {
		secret, err := sessions.Key(ctx, person, lang)
		return s.BaseURL + "/s/" + secret, err
	}
	keyLink := func(person, watcher string) string { return composer.KeyLink(person, watcher, s.Now()) }
	link := func(r *watch.Record, watcher string) string { return composer.Link(r, watcher, s.Now()) }
	channels, err := s.channels()
	if err != nil {
		return nil, err
	}
	files := &reader.Client{BaseURL: cmp.Or(s.ReaderURL, s.BaseURL), Keys: members.Keys, Now: s.Now}
	return chat.New(chat.Config{Look: files.Look, Store: s.Store, LINE: client, Disputes: s.Disputes(), Membership: members, Controls: s.Controls(), Names: s.names,
		Link: link, RestoreLink: composer.RestoreLink, Door: door, Key: key, KeyLink: keyLink, Policy: s.Policy, Queue: s.Queue, Channels: channels, SetUp: s.setUp, BaseURL: s.BaseURL, Menus: &line.Menus{Client: client, Now: s.Now}, Now: s.Now, Logger: s.Logger}), nil
}

// BankAPI takes what banks call apart from sending events.
func (s *System) BankAPI() (http.Handler, error) {
	members, err := s.Membership()
	if err != nil {
		return nil, err
	}
	return s.upToDate(bankapi.New(bankapi.Config{Store: s.Store, Membership: members, Disputes: s.Disputes(), Controls: s.Controls(), Inquiries: s.Inquiries(), Services: catalog.Services, Queue: s.Queue, Replay: s.replay, Take: s.files().File, Ping: s.callbacks().Ping, Texts: ReadyTexts, LineID: s.LINE.ID, Mails: s.Mail.From != "",
		Limit: ratelimit.NewLimiter(s.RequestsPerSecond, max(int(ingest.AtOnce.Seconds()*s.RequestsPerSecond), 1)), Now: s.Now, Logger: s.Logger})), nil
}

// SignInSecrets knows what a bank's identity provider knows us by; empty if there is
// nothing.
type SignInSecrets interface {
	SignInSecret(ctx context.Context, bank string) (string, error)
}

// Desk serves the pages of banks' fraud desks.
func (s *System) Desk() (http.Handler, error) {
	keys, err := s.keys()
	if err != nil {
		return nil, err
	}
	secret := func(context.Context, string) (string, error) { return "", nil }
	if of, ok := s.Secrets.(SignInSecrets); ok {
		secret = of.SignInSecret
	}
	channels, err := s.channels()
	if err != nil {
		return nil, err
	}
	clerks := &clerk.Service{Store: s.Store, Keys: keys, Secret: secret, BaseURL: s.BaseURL, Callback: desk.Callback, Inside: s.CallbacksInside, Now: s.Now}
	return s.upToDate(desk.New(desk.Config{Store: s.Store, Clerks: clerks, Disputes: s.Disputes(), Inquiries: s.Inquiries(), Names: s.names, Channels: channels, Texts: ReadyTexts, Replay: s.replay,
		BaseURL: s.BaseURL, Now: s.Now, Logger: s.Logger})), nil
}

// files takes the files of banks, row by row as Ingest takes events.
func (s *System) files() *ingest.Handler {
	return ingest.New(ingest.Config{Queue: s.Queue, Store: s.Store, Files: s.Store, Bucket: s.Means.Bucket, Now: s.Now, Logger: s.Logger})
}

// Web serves the pages that links in messages open.
func (s *System) Web() (http.Handler, error) {
	c, err := s.pages()
	if err != nil {
		return nil, err
	}
	if c.Channels, err = s.channels(); err != nil {
		return nil, err
	}
	c.Controls = s.Controls()
	c.Mails, c.Disputes, c.LineID, c.EscalateAfter = s.Mail.From != "", s.Disputes(), s.LINE.ID, s.EscalateAfter
	return s.upToDate(web.New(c)), nil
}

// Lookback serves the page that looks through statements.
func (s *System) Lookback() (http.Handler, error) {
	c, err := s.pages()
	c.Disputes = s.Disputes()
	return s.upToDate(web.Statements(c)), err
}

// pages is what each page of a session works with.
func (s *System) pages() (web.Config, error) {
	keys, err := s.keys()
	if err != nil {
		return web.Config{}, err
	}
	members, err := s.Membership()
	return web.Config{Policy: s.Policy, Store: s.Store, Queue: s.Queue, Names: s.names, Keys: keys, Sessions: &session.Service{Store: s.Store, Keys: keys, Now: s.Now}, Membership: members, Catalog: s.names,
		BaseURL: s.BaseURL, Now: s.Now, Logger: s.Logger}, err
}

// RouteIngest serves banks' events.
func (s *System) RouteIngest(mux *http.ServeMux) error {
	mux.Handle("POST /v1/banks/{bank}/events", s.Ingest())
	return nil
}

// RouteBankAPI serves the rest of what banks call.
func (s *System) RouteBankAPI(mux *http.ServeMux) error {
	api, err := s.BankAPI()
	if err != nil {
		return err
	}
	mux.Handle("/v1/banks/", api)
	mux.Handle("/v1/services", api)
	mux.Handle(problem.PagesPath, api)
	return nil
}

// RouteWeb serves the pages.
func (s *System) RouteWeb(mux *http.ServeMux) error {
	pages, err := s.Web()
	if err != nil {
		return err
	}
	for _, p := range web.Paths {
		mux.Handle(p, pages)
	}
	return nil
}

// RouteLookback serves the page that looks through statements.
func (s *System) RouteLookback(mux *http.ServeMux) error {
	page, err := s.Lookback()
	if err != nil {
		return err
	}
	mux.Handle(web.StatementRoute, page)
	mux.Handle(reader.Path, page)
	return nil
}

// RouteDesk serves the pages of banks' fraud desks.
func (s *System) RouteDesk(mux *http.ServeMux) error {
	pages, err := s.Desk()
	if err != nil {
		return err
	}
	mux.Handle(desk.Root+"/", pages)
	return nil
}

// RouteLineHook serves LINE's webhooks.
func (s *System) RouteLineHook(mux *http.ServeMux) error {
	mux.Handle(HookPath, s.LineHook())
	return nil
}

// Handler serves everything that comes in over HTTP.
func (s *System) Handler() (*http.ServeMux, error) {
	mux := http.NewServeMux()
	for _, route := range []func(*http.ServeMux) error{s.RouteIngest, s.RouteBankAPI, s.RouteWeb, s.RouteLookback, s.RouteDesk, s.RouteLineHook} {
		if err := route(mux); err != nil {
			return nil, err
		}
	}
	return mux, nil
}

// Stages are the consumers of the queues.
func (s *System) Stages() (map[queue.Name]queue.Handler, error) {
	n, err := s.Notify()
	if err != nil {
		return nil, err
	}
	c, err := s.Chat()
	if err != nil {
		return nil, err
	}
	channels, err := s.channels()
	if err != nil {
		return nil, err
	}
	stages := map[queue.Name]queue.Handler{queue.Events: s.Detect(), queue.Bank: n, queue.Chat: c, queue.Due: s.Sweep().Handle, queue.Files: s.Intake()}
	for _, kind := range channels.Kinds() {
		stages[queue.For(kind)] = n
	}
	return stages, nil
}

const (
	// underWay is how many messages of a queue whose messages do not wait for one
	// another one process works on at a time; most of them wait for an answer.
	underWay = 256
	// grace is how long calls under way may go on once the process is to stop.
	grace = 5 * time.Second
)

// Consumers are what consumes each queue, until its context ends and the work
// under way has ended.
func (s *System) Consumers() (map[queue.Name]func(context.Context), error) {
	stages, err := s.Stages()
	if err != nil {
		return nil, err
	}
	n, err := s.notifier() // one: it bounds the calls of all queues
	if err != nil {
		return nil, err
	}
	c, err := s.chatter()
	if err != nil {
		return nil, err
	}
	flows := map[queue.Name]queue.Flow{queue.Chat: s.flowing(c.Flow)}
	all := map[queue.Name]func(context.Context){}
	for name, h := range stages {
		if w, ok := workers[name]; ok {
			all[name] = func(ctx context.Context) {
				queue.Run(ctx, s.Queue, name, h, queue.RunOptions{Workers: w, Batch: 10, Logger: s.Logger})
			}
			continue
		}
		flow := flows[name]
		if flow == nil {
			flow = s.flowing(n.Flow)
		}
		all[name] = func(ctx context.Context) {
			queue.Stream(ctx, s.Queue, name, flow, queue.StreamOptions{Most: underWay, Grace: grace, Logger: s.Logger})
		}
	}
	return all, nil
}

// Run consumes every queue and sweeps at each tick until ctx ends, then
// finishes what is under way. A nil tick sweeps at once and each minute.
func (s *System) Run(ctx context.Context, tick <-chan time.Time) error {
	consumers, err := s.Consumers()
	if err != nil {
		return err
	}
	if err := s.Store.Lanes.Warm(ctx, s.Store); err != nil {
		s.Logger.Warn("the table does not answer yet", "err", err)
	}
	var wg sync.WaitGroup
	for _, consume := range consumers {
		wg.Go(func() { consume(ctx) })
	}
	wg.Go(func() { s.sweeps(ctx, tick) })
	wg.Wait()
	return nil
}

func (s *System) sweeps(ctx context.Context, tick <-chan time.Time) {
	stage := s.Sweep()
	once := func() {
		// A failure is logged by the stage, and what it left is due again.
		_, _ = stage.Sweep(context.WithoutCancel(ctx))
		s.counting.Lock()
		counts := slices.Clone(s.counts)
		s.counting.Unlock()
		short, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		for _, write := range counts {
			write(short)
		}
	}
	if tick == nil {
		once()
	}
	for {
		minute := tick
		if tick == nil { // quiet hours end with a minute, and so does a step of the clock
			now := time.Now()
			minute = time.After(now.Truncate(time.Minute).Add(time.Minute).Sub(now.Round(0)))
		}
		select {
		case <-ctx.Done():
			return
		case <-minute:
			once()
		}
	}
}

// ReadyTexts are what a bank can say of a report without writing it.
func ReadyTexts() (out []dispute.ReadyText) {
	for _, r := range wording.ReadyTexts() {
		out = append(out, dispute.ReadyText(r))
	}
	return out
}

// replay puts what was refused through the checks of ingest once more.
func (s *System) replay(ctx context.Context, r *store.Refused) (int, []wire.Rejected, error) {
	got, err := ingest.Replay(ctx, s.Queue, s.Store, r, s.Now())
	return got.Accepted, got.Rejected, err
}
