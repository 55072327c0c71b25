// Package lambda runs the parts of the system as AWS Lambda functions: it
// makes requests, messages and ticks of Lambda's events, and Lambda's answers
// of what the parts say. It owns how a function starts (clients, secrets and
// one DynamoDB call are warm before the first event) and how it learns of a
// secret that was replaced. It holds no logic of the field.
//
// A function's environment names where things are, never a secret:
//
//	KOZAMORI_TABLE           the table
//	KOZAMORI_QUEUE_EVENTS …  the URLs of the queues that it uses
//	KOZAMORI_DEAD_EVENTS …   and of their dead letters
//	KOZAMORI_SECRETS         the prefix of its secrets in Parameter Store
//	KOZAMORI_ONLY_AT         the domain that it answers at; everywhere if it is empty
//	KOZAMORI_BEHIND          the hash of what the front says to it; it is open if that is empty
//
// and what app.FromEnv reads.
package lambda

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"
	runtime "github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"kozamori/internal/app"
	"kozamori/internal/email"
	"kozamori/internal/ingest"
	"kozamori/internal/notify"
	"kozamori/internal/queue"
	"kozamori/internal/queue/sqs"
	"kozamori/internal/secrets"
	"kozamori/internal/store"
	"kozamori/internal/store/dynamo"
	"kozamori/internal/sweep"
	"kozamori/internal/version"
	"kozamori/internal/watch"
)

// patience is how long a batch waits for calls that hang once its others have
// ended: a function that waits for one person is not there for others.
const patience = time.Second

// startTime is how long getting warm may take.
const startTime = 8 * time.Second

// parameters are the secrets under the prefix, and the names by which
// app.FromEnv asks for them.
var parameters = map[string]string{
	"KOZAMORI_LINK_KEYS":           "link-keys",
	"KOZAMORI_LINE_CHANNEL_SECRET": "line/channel-secret",
	"KOZAMORI_LINE_TOKEN":          "line/token",
	"KOZAMORI_LINE_KEY":            "line/key",
}

// needs says which of them a part reads; it has no permission for others.
var needs = map[app.Part][]string{
	app.LineHook: {"line/channel-secret"},
	app.Notify:   {"line/channel-secret", "line/key", "line/token", "link-keys"},
	app.Chat:     {"line/channel-secret", "line/key", "line/token", "link-keys"},
	app.Web:      {"link-keys"},
	app.Lookback: {"link-keys"},
	app.BankAPI:  {"link-keys"},
	app.Desk:     {"link-keys"},
}

// part is a part of the system as it runs now.
type part[T any] struct {
	name    app.Part
	build   func(*app.System) (T, error)
	means   app.Means
	queue   *sqs.Queue
	names   map[string]queue.Name // queues by the last part of their addresses
	secrets *secrets.Secrets
	log     *slog.Logger

	mu    sync.Mutex
	seen  map[string]string // the secrets that value was built with
	value T
	ready bool
}

// banks says in the words of ingest that a bank is no tenant.
type banks struct{ *secrets.Secrets }

func (b banks) WebhookSecrets(ctx context.Context, bank string) ([]string, error) {
	found, err := b.Secrets.WebhookSecrets(ctx, bank)
	if errors.Is(err, secrets.ErrNoBank) {
		return nil, ingest.ErrUnknownBank
	}
	return found, err
}

// warm makes the clients of a part, builds it, and reads from DynamoDB once.
func warm[T any](name app.Part, build func(*app.System) (T, error)) (*part[T], error) {
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	log := slog.New(withMetrics(lambdacontext.NewLogHandler(), os.Stdout, os.Getenv("KOZAMORI_STACK")))
	log.Info("starting", "part", string(name), "version", version.String())
	c := environment()
	table := dynamo.New(dynamo.Config{AWS: c, Table: os.Getenv("KOZAMORI_TABLE")})
	p := &part[T]{name: name, build: build, names: map[string]queue.Name{}, log: log,
		secrets: secrets.New(secrets.Config{AWS: c, Prefix: os.Getenv("KOZAMORI_SECRETS"), Logger: log})}
	queues := map[queue.Name]sqs.Address{}
	for _, n := range queue.Names {
		variable := strings.ToUpper(string(n))
		a := sqs.Address{URL: os.Getenv("KOZAMORI_QUEUE_" + variable), Dead: os.Getenv("KOZAMORI_DEAD_" + variable)}
		if a.URL != "" {
			queues[n] = a
			p.names[path.Base(a.URL)] = n
		}
	}
	p.queue = sqs.New(sqs.Config{AWS: c, Queues: queues})
	p.means = app.Means{Table: table, Queue: p.queue, Secrets: banks{p.secrets}, AWS: c, Patience: patience, Lanes: &store.Lanes{}, Logger: log}
	var wg sync.WaitGroup
	wg.Go(func() {
		if os.Getenv("KOZAMORI_TABLE") == "" {
			return // a part without a table
		}
		if err := p.means.Lanes.Warm(ctx, table); err != nil {
			log.Warn("DynamoDB does not answer yet", "err", err) // the first event will ask again
		}
	})
	_, err := p.get(ctx)
	wg.Wait()
	return p, err
}

// get returns the part, built again if its secrets have changed.
func (p *part[T]) get(ctx context.Context) (T, error) { return p.with(ctx, p.secrets.Named) }

// again returns the part, and whether it was rebuilt, for a caller that has
// reason to think that its secrets have changed.
func (p *part[T]) again(ctx context.Context) (T, bool) {
	before := p.known()
	value, err := p.with(ctx, p.secrets.Renewed)
	return value, err == nil && !maps.Equal(before, p.known())
}

// known are the secrets that the part was built with.
func (p *part[T]) known() map[string]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen
}

func (p *part[T]) with(ctx context.Context, read func(context.Context, ...string) (map[string]string, error)) (T, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ready && len(needs[p.name]) == 0 {
		return p.value, nil
	}
	var found map[string]string
	if names := needs[p.name]; len(names) > 0 {
		var err error
		if found, err = read(ctx, names...); err != nil {
			return p.value, err
		}
	}
	if p.ready && maps.Equal(found, p.seen) {
		return p.value, nil
	}
	value, err := p.make(found)
	if err == nil {
		p.value, p.seen, p.ready = value, found, true
		return value, nil
	}
	if p.ready {
		p.log.ErrorContext(ctx, "cannot use the new value of a secret; the old one stays in use", "err", err)
		return p.value, nil
	}
	return value, err
}

func (p *part[T]) make(found map[string]string) (value T, err error) {
	c, err := app.FromEnv(func(name string) string {
		if secret, ok := parameters[name]; ok {
			return found[secret]
		}
		return os.Getenv(name)
	})
	if err != nil {
		return value, err
	}
	if err := c.Check(p.name); err != nil {
		return value, err
	}
	return p.build(app.New(c, p.means))
}

// run is a program that serves a part. It returns the program's exit code: that
// of one that was asked for its version alone, or could not start.
func run[T any](args []string, out io.Writer, name app.Part, build func(*app.System) (T, error), serve func(*part[T])) int {
	if version.Printed(args, out) {
		return 0
	}
	p, err := warm(name, build)
	if err != nil {
		_, _ = fmt.Fprintf(out, "%s cannot start: %v\n", name, err)
		return 1
	}
	serve(p)
	return 0
}

// ServeHTTP is the program of a part that answers requests.
func ServeHTTP(name app.Part, route func(*app.System, *http.ServeMux) error) (exit int) {
	return run(os.Args[1:], os.Stdout, name, func(s *app.System) (http.Handler, error) {
		mux := http.NewServeMux()
		return mux, route(s, mux)
	}, func(p *part[http.Handler]) { runtime.Start(answers(p)) })
}

// doors are those by which a function can be reached.
func doors(h http.Handler) http.Handler {
	return onlyAt(os.Getenv("KOZAMORI_ONLY_AT"), behind(os.Getenv("KOZAMORI_BEHIND"), h))
}

// answers lets a part answer a request. LINE's channel secret is void as soon as
// a new one is issued, and the new one cannot be put in place beforehand: the
// first webhook whose signature is wrong may tell of it.
func answers(p *part[http.Handler]) func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	return func(ctx context.Context, e events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		h, err := p.get(ctx)
		if err != nil {
			return events.APIGatewayV2HTTPResponse{}, err
		}
		res, err := HTTP(doors(h), p.log)(ctx, e)
		if p.name == app.LineHook && res.StatusCode == http.StatusUnauthorized {
			if h, changed := p.again(ctx); changed {
				return HTTP(doors(h), p.log)(ctx, e)
			}
		}
		return res, err
	}
}

// ServeQueue is the program of a part that works on messages.
func ServeQueue(name app.Part, stage func(*app.System) (queue.Handler, error)) (exit int) {
	return run(os.Args[1:], os.Stdout, name, stage, func(p *part[queue.Handler]) {
		runtime.Start(func(ctx context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
			h, err := p.get(ctx)
			if err != nil {
				return events.SQSEventResponse{}, err // the whole batch comes again
			}
			return Queue(p.queue, p.names, h, time.Now, p.log)(ctx, e)
		})
	})
}

// ServeSweep is the program that sweeps: at each tick of a schedule, and what it
// then queued.
func ServeSweep() (exit int) {
	return run(os.Args[1:], os.Stdout, app.Sweep, func(s *app.System) (*sweep.Stage, error) { return s.Sweep(), nil }, func(p *part[*sweep.Stage]) {
		tick, messages := swept(p.value, p.log), Queue(p.queue, p.names, p.value.Handle, time.Now, p.log)
		runtime.Start(func(ctx context.Context, raw json.RawMessage) (any, error) { return sweeps(ctx, raw, tick, messages) })
	})
}

// sweeps tells a batch of messages from a tick.
func sweeps(ctx context.Context, raw json.RawMessage, tick func(context.Context) error, messages func(context.Context, events.SQSEvent) (events.SQSEventResponse, error)) (any, error) {
	var e events.SQSEvent
	if err := json.Unmarshal(raw, &e); err != nil {
		return nil, err
	}
	if len(e.Records) > 0 {
		return messages(ctx, e)
	}
	return nil, tick(ctx)
}

// swept lets a sweeper sweep, and stop in time; what it found of each lane
// becomes a metric, also if that is nothing.
func swept(s interface {
	Sweep(context.Context) (sweep.Report, error)
}, log *slog.Logger) func(context.Context) error {
	return func(ctx context.Context) error {
		ctx, cancel := early(ctx)
		defer cancel()
		rep, err := s.Sweep(ctx)
		if rep.Overdue != nil {
			for _, l := range watch.Lanes {
				log.InfoContext(ctx, "a lane was swept", "lane", string(l), "seconds", int64(rep.Overdue[l].Seconds()))
			}
		}
		return err
	}
}

// ServeFeedback is the program that takes what SES says of mails, which
// EventBridge brings. An error makes Lambda bring it again.
func ServeFeedback() (exit int) {
	return run(os.Args[1:], os.Stdout, app.Feedback, (*app.System).Feedback, func(p *part[*notify.Stage]) {
		runtime.Start(func(ctx context.Context, e events.EventBridgeEvent) error {
			return feedback(ctx, p.value, e.Detail, p.log)
		})
	})
}

func feedback(ctx context.Context, s *notify.Stage, detail []byte, log *slog.Logger) error {
	f, err := email.ParseFeedback(detail)
	if err != nil {
		// It will not read better next time.
		log.ErrorContext(ctx, "cannot read what SES says of a mail", "err", err)
		return nil
	}
	return s.Bounced(ctx, f)
}
