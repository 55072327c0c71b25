package app

import (
	"fmt"
	"slices"

	"kozamori/internal/channel"
	"kozamori/internal/email"
	"kozamori/internal/line"
	"kozamori/internal/queue"
	"kozamori/internal/watch"
)

// registered are the ways to reach a person. A new one is a package that
// declares a channel.Channel and sends, a line here and one in senders, its
// name in queue.Names, and its queue in template.yaml and infra/alarms.yaml:
// tests say what is missing.
var registered = []channel.Channel{line.Channel, email.Channel}

// Channels are the registered ways to reach a person, without what sends.
func Channels() channel.Registry {
	r, err := (&System{}).channels()
	if err != nil {
		panic(err) // a test registers them too
	}
	return r
}

// channels are the ways to reach a person here, without what sends.
func (s *System) channels() (channel.Registry, error) {
	return channel.Register(slices.Concat(registered, s.More)...)
}

// setUp tells whether messages go out over a channel.
func (s *System) setUp(kind watch.ChannelKind) bool {
	off := map[watch.ChannelKind]bool{email.Channel.Kind: s.Mail.From == ""}
	r, err := s.channels()
	if err == nil {
		_, err = r.Get(kind)
	}
	return err == nil && !off[kind]
}

// senders are the channels with what sends. It stands apart from the list: a
// function that only names channels is not to hold what draws their messages.
func (s *System) senders() (channel.Registry, error) {
	open := map[watch.ChannelKind]func() (channel.Sender, error){
		line.Channel.Kind:  s.lineSender,
		email.Channel.Kind: s.mails,
	}
	takes := map[watch.ChannelKind]int{line.Channel.Kind: s.LINE.PerSecond, email.Channel.Kind: s.Mail.PerSecond}
	var all []channel.Channel
	for _, c := range registered {
		opener, ok := open[c.Kind]
		if !ok {
			return channel.Registry{}, fmt.Errorf("app: no sender for the channel %q", c.Kind)
		}
		sender, err := opener()
		if err != nil {
			return channel.Registry{}, err
		}
		if n := takes[c.Kind]; n > 0 {
			c.PerSecond = n
		}
		all = append(all, c.With(sender))
	}
	return channel.Register(append(all, s.More...)...)
}

func (s *System) lineSender() (channel.Sender, error) {
	client, err := s.client()
	if err != nil {
		return nil, err
	}
	return client.Sender(), nil
}

// mails sends mails; nil without a sender.
func (s *System) mails() (channel.Sender, error) {
	if s.Mail.From == "" {
		return nil, nil
	}
	return email.New(email.Config{Open: s.Mailer, AWS: s.AWS, Endpoint: s.Mail.API, From: s.Mail.From, ReplyTo: s.Mail.ReplyTo,
		ConfigurationSet: s.Mail.ConfigurationSet, Labels: labels, HTTP: s.MailHTTP})
}

// workers is how many batches of a queue are worked on at a time, of a queue
// whose messages are worked on together: one account has two of them at most.
var workers = map[queue.Name]int{queue.Events: 4, queue.Due: 4, queue.Files: 2}
