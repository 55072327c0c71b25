package app

import (
	"kozamori/internal/channel"
	"kozamori/internal/email"
	"kozamori/internal/line"
	"kozamori/internal/queue"
)

// registered are the ways to reach a person. A new one is a package that
// declares a channel.Channel and sends, a line here, its name in queue.Names,
// and its queue in template.yaml and infra/alarms.yaml: tests say what is
// missing.
var registered = []struct {
	channel channel.Channel
	open    func(*System) (channel.Sender, error)
}{
	{line.Channel, (*System).lineSender},
	{email.Channel, (*System).mails},
}

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
	all := make([]channel.Channel, 0, len(registered)+len(s.More))
	for _, c := range registered {
		all = append(all, c.channel)
	}
	return channel.Register(append(all, s.More...)...)
}

// senders are the channels with what sends.
func (s *System) senders() (channel.Registry, error) {
	var all []channel.Channel
	for _, c := range registered {
		sender, err := c.open(s)
		if err != nil {
			return channel.Registry{}, err
		}
		all = append(all, c.channel.With(sender))
	}
	return channel.Register(append(all, s.More...)...)
}

func (s *System) lineSender() (channel.Sender, error) {
	client, err := s.client()
	if err != nil {
		return nil, err
	}
	return channel.SendFunc(client.Push), nil
}

// mails sends mails; nil without a sender.
func (s *System) mails() (channel.Sender, error) {
	if s.Mail.From == "" {
		return nil, nil
	}
	return email.New(email.Config{AWS: s.AWS, Endpoint: s.Mail.API, From: s.Mail.From, ReplyTo: s.Mail.ReplyTo,
		ConfigurationSet: s.Mail.ConfigurationSet, Labels: labels, HTTP: s.MailHTTP})
}

// workers is how many batches of a queue of the house are worked on at a time:
// what calls others waits most of the time, detect for the disk.
var workers = map[queue.Name]int{queue.Events: 2, queue.Chat: 4}
