// Package lesson counts what the catalogue could not decide, and what people
// answered, so that its keeper learns what deserves an entry: by the bank and
// the form of the line, never by account or person. It loses a little when a
// process ends, and never stands in the way of an event.
//
// How many accounts a form comes from is counted with a field of 256 bits, of
// which each account sets one that its hash names and that it shares with
// others: so many bits as are set, at least so many accounts there were. No
// account can be read out of it; somebody who has an account's reference, and
// may read the table, can tell no more than that it may be among them. A form
// is shown only once 20 bits are set.
package lesson

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// Kind is what there is to learn.
type Kind string

// What is counted.
const (
	Word     Kind = "word"     // a service's name next to an unknown word
	Unnamed  Kind = "unnamed"  // a real-time rail, and no name that is known
	Rail     Kind = "rail"     // a rail that is not known
	Service  Kind = "service"  // a service that only the bank knows
	Answered Kind = "answered" // what people said of a debit
)

// Bounds of what a process counts and how often it writes that down.
const (
	maxForms  = 400 // of a bank in a month
	maxBanks  = 200
	maxLetter = 40 // of a form
	every     = 5 * time.Minute
	patience  = 500 * time.Millisecond
)

// Writer is where counts are kept.
type Writer interface {
	Write(ctx context.Context, writes ...store.Write) error
}

// Counter counts in one process. A nil one counts nothing.
type Counter struct {
	store   Writer
	now     func() time.Time
	log     *slog.Logger
	process string

	mu     sync.Mutex
	months map[month]*counts
	next   time.Time // when it may write again
}

type month struct{ bank, month string }

type counts struct {
	forms map[form]*store.Lesson
	dirty bool
}

type form struct {
	kind          Kind
	text, service string
}

// New makes a counter.
func New(s Writer, now func() time.Time, log *slog.Logger) *Counter {
	return &Counter{store: s, now: now, log: log, process: rand.Text()[:12], months: map[month]*counts{}}
}

// Saw counts a debit of an account.
func (c *Counter) Saw(a watch.AccountKey, kind Kind, text, service string) {
	c.count(a, form{kind, text, service}, func(l *store.Lesson) { l.Debits++ })
}

// Answer counts what was said of a debit of an account.
func (c *Counter) Answer(a watch.AccountKey, text, service string, mine bool) {
	c.count(a, form{Answered, text, service}, func(l *store.Lesson) {
		if mine {
			l.Mine++
		} else {
			l.NotMine++
		}
	})
}

// Other counts an answer to a debit of two readings: that it was the person's
// own, and the other one, such as a card's bill.
func (c *Counter) Other(a watch.AccountKey, text, service string) {
	c.count(a, form{Answered, text, service}, func(l *store.Lesson) { l.Other++ })
}

func (c *Counter) count(a watch.AccountKey, f form, add func(*store.Lesson)) {
	if c == nil || f.text == "" {
		return
	}
	if letters := []rune(f.text); len(letters) > maxLetter {
		f.text = string(letters[:maxLetter])
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	k := month{a.Bank, c.now().In(watch.JST).Format("2006-01")}
	m := c.months[k]
	if m == nil {
		if len(c.months) >= maxBanks {
			return
		}
		m = &counts{forms: map[form]*store.Lesson{}}
		c.months[k] = m
	}
	l := m.forms[f]
	if l == nil {
		if len(m.forms) >= maxForms {
			return
		}
		l = &store.Lesson{Kind: string(f.kind), Form: f.text, Service: f.service, Accounts: make([]byte, places/8)}
		m.forms[f] = l
	}
	add(l)
	b := bit(a, f)
	l.Accounts[b/8] |= 1 << (b % 8)
	m.dirty = true
}

// places is how many bits there are for accounts.
const places = 256

// bit is the place of an account. It is another one for each form, so that two
// forms do not tell that they come from one account.
func bit(a watch.AccountKey, f form) byte {
	sum := sha256.Sum256([]byte(strings.Join([]string{"lesson", a.Bank, string(f.kind), f.text, f.service, a.Ref}, "\x00")))
	return sum[0]
}

// Save writes down what was counted, if the last time is long enough ago. What
// cannot be written is logged and goes with the next.
func (c *Counter) Save(ctx context.Context) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if now.Before(c.next) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	this := now.In(watch.JST).Format("2006-01")
	for k, m := range c.months {
		if m.dirty {
			c.next = now.Add(every)
			l := &store.Lessons{Bank: k.bank, Month: k.month, Process: c.process}
			// Pointers are sorted by code that is there anyway; for values each program has its own.
			for _, lesson := range slices.SortedFunc(maps.Values(m.forms), func(x, y *store.Lesson) int { return strings.Compare(x.Kind+x.Form, y.Kind+y.Form) }) {
				l.Counted = append(l.Counted, *lesson)
			}
			if err := c.store.Write(ctx, store.PutLessons(l)); err != nil {
				c.log.Warn("what the catalogue could not decide cannot be counted yet", "bank", k.bank, "err", err)
				return
			}
			m.dirty = false
		}
		if k.month != this {
			delete(c.months, k)
		}
	}
}
