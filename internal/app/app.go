// Package app wires the stages to their adapters: from a table, a queue and a
// configuration it builds each part, one by one or all in one process. It
// holds no logic of the field, and no stage imports it.
package app

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"kozamori/internal/announce"
	"kozamori/internal/audit"
	"kozamori/internal/callback"
	"kozamori/internal/channel"
	"kozamori/internal/control"
	"kozamori/internal/detect"
	"kozamori/internal/dispute"
	"kozamori/internal/edition"
	"kozamori/internal/email"
	"kozamori/internal/ingest"
	"kozamori/internal/inquiry"
	"kozamori/internal/lesson"
	"kozamori/internal/line"
	"kozamori/internal/membership"
	"kozamori/internal/notify"
	"kozamori/internal/queue"
	"kozamori/internal/ratelimit"
	"kozamori/internal/settings"
	"kozamori/internal/store"
	"kozamori/internal/sweep"
	"kozamori/internal/token"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
	"kozamori/internal/wording"
)

// Secrets knows the webhook secrets shared with a bank: one, or two while one
// replaces the other. ingest.ErrUnknownBank for a bank that is no tenant.
type Secrets interface {
	WebhookSecrets(ctx context.Context, bank string) ([]string, error)
}

// Means are what the system works on. What is nil takes what is said.
type Means struct {
	Table store.Table
	Queue queue.Queue
	// Together writes to the table and queues jobs in one commit, if both can; nil does
	// one after the other.
	Together func(ctx context.Context, writes []store.Write, jobs *queue.Jobs) error
	Secrets  Secrets
	AWS      aws.Config   // of SES
	BankHTTP *http.Client // calls banks; nil takes one with a timeout of 10 seconds
	LINEHTTP *http.Client // calls LINE; nil takes one with a timeout of 5 seconds
	MailHTTP *http.Client // calls SES; nil takes one of its own
	// Mailer makes what hands mails over: ses.Open. Only what sends needs it, so
	// that no other function holds SES.
	Mailer func(email.Config) email.Provider
	// Bucket is where banks leave files; nil is nowhere.
	Bucket   ingest.Bucket
	Now      func() time.Time  // nil is time.Now
	Callers  func() time.Time  // see ingest.Config
	Logger   *slog.Logger      // nil is slog.Default
	More     []channel.Channel // ways to reach a person in addition to those that Channels lists
	Patience time.Duration     // see notify.Config
	Lanes    *store.Lanes      // nil takes one of its own, which Run warms
}

// System builds the parts. A method that can fail does so only for what Check
// would have told.
type System struct {
	Config
	Means
	Store *store.Store

	names  Names
	live   *edition.Live
	lesson *lesson.Counter
	client func() (*line.Client, error)
	keys   func() (*token.Keys, error)

	counting sync.Mutex
	counts   []func(context.Context) // write what this process has counted
}

// New makes a system. Nothing is called or opened.
func New(c Config, m Means) *System {
	if m.Now == nil {
		m.Now = time.Now
	}
	if m.Logger == nil {
		m.Logger = slog.Default()
	}
	s := &System{Config: c, Means: m, Store: store.New(m.Table)}
	if m.Lanes != nil {
		s.Store.Lanes = m.Lanes
	}
	if c.KeepDisputes > 0 {
		s.Store.KeepDispute = c.KeepDisputes
	}
	s.names = NewNames(s.Store, s.Now)
	s.lesson = lesson.New(s.Store, s.Now, s.Logger)
	s.live = &edition.Live{Store: s.Store, Keys: c.CatalogKeys, Now: s.Now, Logger: s.Logger}
	s.client = sync.OnceValues(s.newLINE)
	s.keys = sync.OnceValues(func() (*token.Keys, error) { return token.NewKeys(c.LinkKeys...) })
	return s
}

// newLINE is the one client of LINE, so that its parts share a token.
func (s *System) newLINE() (*line.Client, error) {
	c := s.LINE
	o := line.OAuth{Endpoint: c.API, ChannelID: c.ChannelID, HTTP: s.LINEHTTP, Now: s.Now}
	var tokens line.Tokens
	switch {
	case c.Token != "":
		tokens = line.StaticToken(c.Token)
	case c.Key != "":
		kid, key, err := line.ParseKey(c.Key)
		if err != nil {
			return nil, err
		}
		tokens = line.ByAssertion(o, kid, key)
	case len(c.Secrets) > 0:
		tokens = line.BySecret(o, c.Secrets[0])
	}
	return line.New(line.Config{Endpoint: c.API, DataEndpoint: c.DataAPI, Tokens: tokens, Labels: labels, HTTP: s.LINEHTTP, Logger: s.Logger}), nil
}

// labels are the words around a message, whichever channel draws it.
var labels = wording.LabelsIn

// Platform is the client of LINE that the parts share.
func (s *System) Platform() (*line.Client, error) { return s.client() }

// Disputes answers alerts.
func (s *System) Disputes() *dispute.Service {
	return &dispute.Service{Store: s.Store, Queue: s.Queue, Now: s.Now, Logger: s.Logger, Lessons: s.lesson}
}

// Controls keeps what owners ask their banks to stop.
func (s *System) Controls() *control.Service {
	return &control.Service{Store: s.Store, Queue: s.Queue, Now: s.Now, Logger: s.Logger}
}

// Inquiries keeps what banks ask their customers.
func (s *System) Inquiries() *inquiry.Service {
	return &inquiry.Service{Store: s.Store, Queue: s.Queue, Now: s.Now, Logger: s.Logger}
}

// Membership binds people to accounts.
func (s *System) Membership() (*membership.Service, error) {
	keys, err := s.keys()
	if err != nil {
		return nil, err
	}
	return &membership.Service{Store: s.Store, Keys: keys, Queue: s.Queue, Policy: s.Policy, Now: s.Now, Logger: s.Logger}, nil
}

// Ingest takes banks' events.
func (s *System) Ingest() http.Handler {
	h := ingest.New(ingest.Config{Secrets: s.Secrets, Queue: s.Queue, Store: s.Store,
		Sandbox: s.Sandbox, Limit: ratelimit.NewLimiter(s.EventsPerSecond, eventsAtOnce(s.EventsPerSecond)), Behind: behind(s.Queue), Now: s.Now, Callers: s.Callers, Logger: s.Logger})
	s.countsBy(h.Count)
	return s.upToDate(h)
}

// countsBy has what writes counts called each minute where the system runs on.
func (s *System) countsBy(write func(context.Context)) {
	s.counting.Lock()
	defer s.counting.Unlock()
	s.counts = append(s.counts, write)
}

// behind tells since when the oldest of a bank's events waits, where the queue knows it.
func behind(q queue.Queue) func(bank string) time.Time {
	w, ok := q.(queue.Waiter)
	if !ok {
		return nil
	}
	var groups sync.Map // of each bank, of which there are few
	return func(bank string) time.Time {
		of, known := groups.Load(bank)
		if !known {
			of, _ = groups.LoadOrStore(bank, queue.GroupsOf(bank))
		}
		return w.Waiting(queue.Events, of.([]string)...)
	}
}

// eventsAtOnce is what a bank may send in a burst: its share of ingest.AtOnce, and in
// any case two whole batches.
func eventsAtOnce(perSecond float64) int {
	return max(int(ingest.AtOnce.Seconds()*perSecond), 2*wire.MaxEvents)
}

// Detect works on queue.Events.
func (s *System) Detect() queue.Handler {
	stage := detect.New(detect.Config{Store: s.Store, Queue: s.Queue, Together: s.Together, EscalateAfter: s.EscalateAfter, Lessons: s.lesson, Now: s.Now, Logger: s.Logger})
	s.countsBy(stage.Count)
	return s.upToDateWith(stage.Handle)
}

// composer words alerts and makes their links.
func (s *System) composer() (*notify.Composer, error) {
	keys, err := s.keys()
	if err != nil {
		return nil, err
	}
	return &notify.Composer{Store: s.Store, Names: s.names, Tokens: keys, BaseURL: s.BaseURL}, nil
}

// Mailing is Notify with what hands mails over: ses.Open.
func Mailing(open func(email.Config) email.Provider) func(*System) (queue.Handler, error) {
	return func(s *System) (queue.Handler, error) {
		s.Mailer = open
		return s.Notify()
	}
}

// FromBucket is Intake with the bucket that is configured: s3.Open.
func FromBucket[B ingest.Bucket](open func(aws.Config, string) B) func(*System) (queue.Handler, error) {
	return func(s *System) (queue.Handler, error) {
		s.Means.Bucket = open(s.AWS, s.Config.Bucket)
		return s.Intake(), nil
	}
}

// Intake works on queue.Files.
func (s *System) Intake() queue.Handler {
	if s.Means.Bucket == nil {
		return func(_ context.Context, msgs []queue.Message) []queue.Verdict {
			return slices.Repeat([]queue.Verdict{queue.DeadLetter("there is no bucket that files could be in")}, len(msgs))
		}
	}
	return s.files().Handle
}

// Notify works on the queues of the channels, and on queue.Bank, batch by batch.
func (s *System) Notify() (queue.Handler, error) {
	stage, err := s.notifier()
	if err != nil {
		return nil, err
	}
	return s.upToDateWith(stage.Handle), nil
}

func (s *System) notifier() (*notify.Stage, error) {
	composer, err := s.composer()
	if err != nil {
		return nil, err
	}
	channels, err := s.senders()
	if err != nil {
		return nil, err
	}
	return notify.New(notify.Config{Store: s.Store, Queue: s.Queue, Channels: channels,
		Callback: s.callbacks(),
		Composer: composer, Returned: s.members().MailReturned, Patience: s.Patience, Now: s.Now, Logger: s.Logger}), nil
}

// callbacks calls banks.
func (s *System) callbacks() *callback.Signed {
	return &callback.Signed{Store: s.Store, Secrets: s.Secrets, HTTP: s.BankHTTP, Inside: s.CallbacksInside, Now: s.Now}
}

// Feedback acts on what became of messages that were accepted.
func (s *System) Feedback() (*notify.Stage, error) {
	channels, err := s.channels()
	if err != nil {
		return nil, err
	}
	return notify.New(notify.Config{Store: s.Store, Queue: s.Queue, Channels: channels, Returned: s.members().MailReturned, Now: s.Now, Logger: s.Logger}), nil
}

// members ends what people began, for which no keys are needed.
func (s *System) members() *membership.Service {
	return &membership.Service{Store: s.Store, Now: s.Now, Logger: s.Logger}
}

// Sweep finds what is due.
func (s *System) Sweep() *sweep.Stage {
	lists := &audit.List{Store: s.Store, Now: s.Now, Logger: s.Logger}
	return sweep.New(sweep.Config{Store: s.Store, Queue: s.Queue, EscalateAfter: s.EscalateAfter, ReleaseRate: s.LINE.PerSecond * 3 / 4, FanOut: true, Erase: s.members().EraseRest, Chain: lists.ChainAll,
		Look: func(ctx context.Context, k watch.AccountKey) error {
			return settings.New(s.Store, s.Queue).Look(ctx, k, s.Now())
		},
		Control:    s.Controls().Due,
		People:     &announce.Service{Store: s.Store, Queue: s.Queue, Rate: s.LINE.PerSecond * 3 / 4, MailRate: s.Mail.PerSecond * 3 / 4, Now: s.Now},
		Inquiry:    s.Inquiries().Due,
		OldNumbers: oldNumbers,
		Now:        s.Now, Logger: s.Logger})
}
