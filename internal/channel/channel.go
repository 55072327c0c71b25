// Package channel is what the system knows of a way to reach people, and the
// registry of those that there are. A channel is one package that declares a
// Channel and sends; package app registers it. How a channel sends, and who is
// told over it, is never decided here.
package channel

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"kozamori/internal/codec"
	"kozamori/internal/message"
	"kozamori/internal/queue"
	"kozamori/internal/watch"
)

// Sender sends a message to an address.
type Sender interface {
	// Draw writes a message as Send takes it, and with it all that the provider is
	// asked to take, in whatever form it may: another release sends the same bytes
	// of what this one has drawn.
	Draw(m message.Message) ([]byte, error)
	// Send hands over what was drawn. The same key with the same drawing again must
	// not reach the person twice where the provider can prevent it.
	Send(ctx context.Context, to Address, drawn []byte) watch.Outcome
}

// Address is where a message goes, and the key that its provider gets.
type Address struct {
	To, Key string
	// Copies are addresses of the same reader that a mail goes to unseen.
	Copies []string
}

// ErrDrawing says that a drawing is none that this program can send.
var ErrDrawing = errors.New("channel: a drawing that this program does not know")

// Pinger is a Sender that can ask whether its provider answers, by a call that
// sends nothing. So a provider that is back is noticed within a second or two.
type Pinger interface {
	Ping(ctx context.Context) bool
}

// SendFunc makes a function a Sender, which sends a message as it is worded.
type SendFunc func(ctx context.Context, to, key string, m message.Message) watch.Outcome

// Draw writes the words.
func (f SendFunc) Draw(m message.Message) ([]byte, error) { return codec.Marshal(m) }

// Send calls the function.
func (f SendFunc) Send(ctx context.Context, to Address, drawn []byte) watch.Outcome {
	var m message.Message
	if err := codec.Unmarshal(drawn, &m); err != nil {
		return watch.Outcome{Result: watch.SendRefused, Problem: ErrDrawing.Error()}
	}
	m.Copies = to.Copies
	return f(ctx, to.To, to.Key, m)
}

// Channel is one way to reach people.
type Channel struct {
	// Kind names the channel in what is stored, and its queue.
	Kind watch.ChannelKind
	// Label is what people call it, as it stands in a sentence: LINE, mail. Both
	// languages must be there.
	Label map[watch.Lang]string
	// Parallel is how many messages one process hands over at a time.
	Parallel int
	// PerSecond is how many messages the provider takes in a second, from all of us
	// together. Zero is no matter.
	PerSecond int
	// Lease is how long a message that was handed over may be without an
	// outcome before another worker may try: for a provider that drops no
	// second copy. Zero for one that does.
	Lease time.Duration
	// Common says that what fails and may be tried again fails for everybody: the
	// provider does not fail for one person alone.
	Common bool
	// InPlace says that the buttons of an alert come back through the channel.
	// Without it the page that the alert links to is where people answer.
	InPlace bool
	// Stoppable says that each message has a link that ends them.
	Stoppable bool
	// Way is what the trail calls a press of that link; empty is a page.
	Way watch.Way
	// Unnamed says that links and news that name no channel are of this one: the
	// versions before, which named none, had no other with addresses. Its links
	// name it no more than theirs did, so that they read them.
	Unnamed bool
	// Key is what the provider gets with each attempt of a delivery: the same
	// every time, and another for every other delivery.
	Key func(record string, d *watch.Delivery) string
	// Address is where the channel reaches a watcher who has it; nil takes the
	// address that is kept with the channel. Empty if there is none.
	Address func(w *watch.Watcher, c *watch.Channel) string
	// SameAddress tells whether two spellings are one address, for providers
	// that say what became of a message and spell addresses their own way. Nil
	// compares them as they are.
	SameAddress func(a, b string) bool
	// Feedback says that the provider tells later what became of a message that
	// it had accepted, by its key.
	Feedback bool
	// Sender is nil in a process that sends nothing, and in a deployment that
	// has not set the channel up.
	Sender
}

// Queue is the queue of the channel.
func (c *Channel) Queue() queue.Name { return queue.For(c.Kind) }

// In is the channel's label in a language; anything but English is Japanese.
func (c *Channel) In(lang watch.Lang) string {
	if lang != watch.English {
		lang = watch.Japanese
	}
	return c.Label[lang]
}

// Reaches is where the channel reaches a watcher; empty if nowhere.
func (c *Channel) Reaches(w *watch.Watcher, of *watch.Channel) string {
	if c.Address != nil {
		return c.Address(w, of)
	}
	return of.Address
}

// Same tells whether two spellings are one address.
func (c *Channel) Same(a, b string) bool {
	if c.SameAddress != nil {
		return c.SameAddress(a, b)
	}
	return a == b
}

// With is the channel with something that sends.
func (c Channel) With(s Sender) Channel {
	c.Sender = s
	return c
}

// UnregisteredError says that a channel is not registered in this program: a
// newer one may know it.
type UnregisteredError struct{ Kind watch.ChannelKind }

func (e *UnregisteredError) Error() string {
	return fmt.Sprintf("the channel %q is not registered in this program", string(e.Kind))
}

// Registry is the channels that there are. It is not changed once it is made.
// The zero value has none.
type Registry struct{ of map[watch.ChannelKind]Channel }

// reserved are queues of other uses. The bank is told of a watcher that no
// channel reaches; no person is told over it.
var reserved = []queue.Name{queue.Events, queue.Chat, queue.Bank, queue.Due, queue.Files, queue.Feedback}

// Register makes a registry. It refuses two channels of one kind, and one that
// does not say what it has to.
func Register(channels ...Channel) (Registry, error) {
	r := Registry{of: make(map[watch.ChannelKind]Channel, len(channels))}
	for _, c := range channels {
		if err := c.check(); err != nil {
			return Registry{}, fmt.Errorf("channel %q: %w", string(c.Kind), err)
		}
		if _, twice := r.of[c.Kind]; twice {
			return Registry{}, fmt.Errorf("channel %q: registered twice", string(c.Kind))
		}
		if c.Unnamed && r.Named("") != "" {
			return Registry{}, fmt.Errorf("channel %q: what names no channel is of another", string(c.Kind))
		}
		r.of[c.Kind] = c
	}
	return r, nil
}

func (c *Channel) check() error {
	switch {
	case c.Kind == "" || strings.ContainsFunc(string(c.Kind), func(r rune) bool { return r < 'a' || r > 'z' }):
		return errors.New("its kind must be of small letters: queues and variables are named after it")
	case slices.Contains(reserved, c.Queue()):
		return errors.New("its queue has another use")
	case c.Label[watch.Japanese] == "" || c.Label[watch.English] == "":
		return errors.New("it has no label in both languages")
	case c.Key == nil:
		return errors.New("it has no key for its provider")
	case c.Parallel < 1 || c.Lease < 0:
		return errors.New("its calls at a time or its lease make no sense")
	}
	return nil
}

// Get finds a channel. An *UnregisteredError if there is none of the kind.
func (r Registry) Get(kind watch.ChannelKind) (Channel, error) {
	if c, ok := r.of[kind]; ok {
		return c, nil
	}
	return Channel{}, &UnregisteredError{Kind: kind}
}

// Label is what people call a channel. One that is not registered is called by
// its kind.
func (r Registry) Label(kind watch.ChannelKind, lang watch.Lang) string {
	if c, ok := r.of[kind]; ok {
		return c.In(lang)
	}
	return string(kind)
}

// Name is Label, but empty for a channel that is not registered.
func (r Registry) Name(kind watch.ChannelKind, lang watch.Lang) string {
	c, ok := r.of[kind]
	if !ok {
		return ""
	}
	return c.In(lang)
}

// Named is the channel that a link or news is of, which may not name it.
func (r Registry) Named(kind watch.ChannelKind) watch.ChannelKind {
	if kind != "" {
		return kind
	}
	for _, c := range r.of {
		if c.Unnamed {
			return c.Kind
		}
	}
	return ""
}

// Kinds lists the kinds, in the order of the alphabet.
func (r Registry) Kinds() []watch.ChannelKind { return slices.Sorted(maps.Keys(r.of)) }
