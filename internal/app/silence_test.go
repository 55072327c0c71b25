package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"kozamori/internal/app"
	"kozamori/internal/email/ses"
	"kozamori/internal/feed"
	"kozamori/internal/queue"
	qembedded "kozamori/internal/queue/embedded"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/sweep"
	"kozamori/internal/testkit/breadth"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/token"
	"kozamori/internal/watch"
)

// silences is a bank whose feed falls silent, its people, and a process that dies.
type silences struct {
	*worldtest.Clock
	t     *testing.T
	rnd   *rand.Rand
	store *store.Store // not through what fails
	table *shaky
	queue *qembedded.Queue
	line  *sim.LINE
	mail  *sim.Mailbox
	sys   map[queue.Name]queue.Handler
	sweep *sweep.Stage

	people  []*someone
	spells  []spell // the last one may last
	heardAt time.Time
}

// someone watches an account or two, for some of the time.
type someone struct {
	id, address string
	refs        []string
	quiet       *watch.Quiet
	from, to    []time.Time // when they began and ended
}

// spell is a silence: since it was last heard, until it was again.
type spell struct{ since, back time.Time }

const silentAfter = time.Hour // and what the bank's setting says

func newSilences(t *testing.T, seed uint64) *silences {
	s := &silences{t: t, Clock: worldtest.NewClock(worldtest.Start), rnd: rand.New(rand.NewPCG(seed, 19))}
	table := worldtest.Table(t, s.Now)
	s.store, s.table = store.New(table), &shaky{Table: table}
	s.queue = worldtest.Queue(t, qembedded.Options{Now: s.Now})
	s.line, s.mail = &sim.LINE{Token: "channel-token", Now: s.Now}, &sim.Mailbox{Now: s.Now}
	served := func(h http.Handler) string {
		srv := httptest.NewServer(h)
		t.Cleanup(srv.Close)
		return srv.URL
	}
	c := app.Defaults()
	c.BaseURL, c.LINE.API, c.LINE.Token, c.LINE.Secrets = "https://kozamori.example", served(s.line), s.line.Token, []string{"secret"}
	c.Mail.API, c.Mail.From = served(s.mail), "alert@kozamori.example"
	c.LinkKeys = []token.Key{{ID: "a", Secret: make([]byte, token.MinKey)}}
	sys := app.New(c, app.Means{Mailer: ses.Open, Table: s.table, Queue: s.queue, Secrets: secrets{}, Now: s.Now, Logger: slog.New(slog.DiscardHandler),
		AWS: aws.Config{Region: "ap-northeast-1", Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "")}})
	var err error
	if s.sys, err = sys.Stages(); err != nil {
		t.Fatal(err)
	}
	s.sweep = sys.Sweep()
	s.put(store.PutBank(&store.Bank{Code: "0125", Name: "七十七銀行", SilentAfter: silentAfter}))
	for i := range 60 {
		p := &someone{id: fmt.Sprintf("U%032d", i), refs: []string{fmt.Sprint("acc_", i)}}
		switch i % 6 {
		case 1, 4:
			p.quiet = &watch.Quiet{From: 22 * 60, To: 7 * 60}
		case 2:
			p.refs = append(p.refs, p.refs[0]+"b")
		case 5:
			p.id, p.address = fmt.Sprint("mail-", i), fmt.Sprintf("p%d@example.jp", i)
		}
		s.people = append(s.people, p)
		if i%4 < 3 {
			s.joins(p)
		}
	}
	return s
}

func (s *silences) put(writes ...store.Write) {
	s.t.Helper()
	if err := s.store.Write(s.t.Context(), writes...); err != nil {
		s.t.Fatal(err)
	}
}

func (p *someone) watches(at time.Time) bool {
	for i, from := range p.from {
		if !at.Before(from) && (i == len(p.to) || at.Before(p.to[i])) {
			return true
		}
	}
	return false
}

func (s *silences) joins(p *someone) {
	s.t.Helper()
	for _, ref := range p.refs {
		w := worldtest.Owner("w_"+ref, p.id, watch.Channel{Kind: watch.LINE})
		if p.address != "" {
			w.Channels = []watch.Channel{{Kind: watch.Email, Address: p.address}}
		}
		w.Rules.Quiet = p.quiet
		k := watch.AccountKey{Bank: "0125", Ref: ref}
		s.put(store.PutAccount(worldtest.Account(k, w)), store.PutBinding(p.id, store.Binding{OnAccount: watch.On(k), Watcher: w.ID}))
	}
	person, err := s.store.Person(s.t.Context(), p.id)
	if err != nil {
		s.t.Fatal(err)
	}
	s.put(store.PutPerson(person))
	p.from = append(p.from, s.Now())
}

// leaves ends it, and the person is forgotten, as membership does it.
func (s *silences) leaves(p *someone) {
	s.t.Helper()
	for _, ref := range p.refs {
		k := watch.AccountKey{Bank: "0125", Ref: ref}
		_, err := s.store.UpdateAccount(s.t.Context(), k, func(a *watch.Account) ([]store.Write, error) {
			a.Watchers = nil
			return []store.Write{store.DeleteBinding(p.id, k)}, nil
		})
		if err != nil {
			s.t.Fatal(err)
		}
	}
	person, err := s.store.Person(s.t.Context(), p.id)
	if err != nil {
		s.t.Fatal(err)
	}
	s.put(store.DeletePerson(person))
	p.to = append(p.to, s.Now())
}

// hears has an event of the bank come.
func (s *silences) hears() {
	s.t.Helper()
	at := s.Now().Truncate(time.Minute)
	if last := len(s.spells) - 1; last >= 0 && s.spells[last].back.IsZero() {
		s.spells[last].back = at
	}
	f, err := s.store.Feed(s.t.Context(), "0125")
	if err != nil {
		s.t.Fatal(err)
	}
	f.LastEvent, f.SilentSince = at, time.Time{}
	s.put(store.PutFeed(f))
	s.heardAt = at
}

// runs lets the queues run and sweeps, as a process does that may die of any write.
func (s *silences) runs() {
	s.t.Helper()
	_, _ = s.sweep.Sweep(context.Background())
	for busy := true; busy; {
		busy = false
		for name, h := range s.sys {
			msgs, err := s.queue.Receive(context.Background(), name, 10, 0)
			if err != nil {
				s.t.Fatal(err)
			}
			if len(msgs) > 0 {
				busy = true
				queue.Settle(context.Background(), s.queue, name, msgs, h, slog.New(slog.DiscardHandler))
			}
		}
	}
}

func (s *silences) pass(d time.Duration) {
	for end := s.Now().Add(d); s.Now().Before(end); {
		s.Add(2 * time.Minute)
		if s.heardAt.Before(s.Now().Add(-silentAfter)) && (len(s.spells) == 0 || !s.spells[len(s.spells)-1].back.IsZero()) {
			s.spells = append(s.spells, spell{since: s.heardAt})
		}
		s.runs()
	}
}

// word is a message that a person got of a feed.
type word struct {
	at    time.Time
	heard bool
	of    int // the silence whose beginning it names
}

// words are what each person was told, by their id or address, in order.
func (s *silences) words() map[string][]word {
	out := map[string][]word{}
	add := func(to string, at time.Time, says string) {
		heard := strings.Contains(says, "また届き始めました")
		if !heard && !strings.Contains(says, "から届いていません") {
			return
		}
		w := word{at, heard, -1}
		for i, q := range s.spells {
			if q.since.Before(at) && at.Sub(q.since) < 36*time.Hour && strings.Contains(says, q.since.In(watch.JST).Format("15:04")+"から") {
				w.of = i
			}
		}
		if w.of < 0 {
			s.t.Errorf("%s is told of no silence that there was: %s", to, says)
		}
		out[to] = append(out[to], w)
	}
	for _, m := range s.line.Messages() {
		add(m.To, m.At, fmt.Sprintf("%s", m.Messages))
	}
	for _, m := range s.mail.Messages() {
		add(m.To, m.At, m.Text)
	}
	return out
}

// Whatever silences there are, whoever comes and goes, and wherever the process dies:
// each person who watches is told of a silence of six hours once, and of its end once if
// they were told, not in their quiet hours, and of nothing else.
func TestEachPersonIsToldOfALongSilenceAndItsEndOnce(t *testing.T) {
	t.Parallel()
	for seed := range uint64(breadth.Of(1, 3)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			s := newSilences(t, seed)
			s.hears()
			for range breadth.Of(6, 14) {
				for end := s.Now().Add(time.Duration(20+s.rnd.IntN(500)) * time.Minute); s.Now().Before(end); s.pass(10 * time.Minute) {
					s.hears() // it is heard for a while
				}
				silent := time.Duration(s.rnd.IntN(14*60)) * time.Minute
				for range 4 {
					if s.rnd.IntN(2) == 0 {
						s.table.shake(1+s.rnd.IntN(60), 1+s.rnd.IntN(3), s.rnd.IntN(2) == 0)
					}
					s.pass(silent / 4)
					if p := s.people[s.rnd.IntN(len(s.people))]; p.watches(s.Now()) {
						s.leaves(p)
					} else {
						s.joins(p)
					}
				}
			}
			for range 12 * 6 {
				s.hears()
				s.pass(10 * time.Minute)
			}
			s.judge()
		})
	}
}

// slack is how long it may take until all are told: dead processes, a minute's sweep and
// the pace of mails.
const slack = 15 * time.Minute

func (s *silences) judge() {
	t := s.t
	t.Helper()
	all, told, long := s.words(), 0, 0
	for _, p := range s.people {
		words := all[p.id]
		if p.address != "" {
			words = all[p.address]
		}
		for _, w := range words {
			if !p.watches(w.at.Add(-time.Minute)) && !p.watches(w.at) {
				t.Errorf("%s is told at %s, and does not watch", p.id, w.at)
			}
			if _, night := p.quiet.End(w.at); night {
				t.Errorf("%s is told at %s, in their quiet hours", p.id, w.at.In(watch.JST))
			}
		}
		for i, q := range s.spells {
			end := s.Now()
			if i+1 < len(s.spells) {
				end = s.spells[i+1].since.Add(feed.AnnounceAfter)
			}
			of := func(heard bool) int {
				return len(slices.DeleteFunc(slices.Clone(words), func(w word) bool { return w.heard != heard || w.of != i }))
			}
			silent, heard := of(false), of(true)
			told += silent
			due := q.since.Add(feed.AnnounceAfter)
			if q.back.Before(due) {
				if silent+heard > 0 {
					t.Errorf("%s is told %d and %d times of %s to %s", p.id, silent, heard, q.since, q.back)
				}
				continue
			}
			long++
			if silent > 1 || heard > silent {
				t.Errorf("%s is told %d times of the silence of %s, %d times of its end", p.id, silent, q.since, heard)
			}
			if until, held := p.quiet.End(due); held {
				due = until
			}
			stays := func(from, to time.Time) bool {
				return p.watches(from) && p.watches(to) && !slices.ContainsFunc(p.to, func(at time.Time) bool { return at.After(from) && at.Before(to) })
			}
			asleep := func(at time.Time) time.Time {
				if until, held := p.quiet.End(at); held {
					return until
				}
				return at
			}
			if soon := due.Add(slack); soon.Before(q.back) && asleep(soon).Equal(soon) && stays(due.Add(-time.Minute), soon) && silent != 1 {
				t.Errorf("%s is not told of the silence of %s to %s", p.id, q.since, q.back)
			}
			if soon := asleep(q.back).Add(slack); silent == 1 && soon.Before(end) && asleep(soon).Equal(soon) && stays(due.Add(-time.Minute), soon) && heard != 1 {
				t.Errorf("%s is not told of the end at %s", p.id, q.back)
			}
		}
	}
	if told < 20 || long < 60 {
		t.Errorf("only %d were told, of %d", told, long)
	}
}
