package notify

import (
	"context"
	"errors"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/codec"
	"kozamori/internal/message"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// letter mails what tells of no alert. The mail provider drops no second copy:
// one goes out only if this process dies between that it took the mail and that
// we wrote so.
func (s *Stage) letter(ctx context.Context, c caller, m queue.Message, key string) queue.Verdict {
	l, v, ok := s.unsentLetter(ctx, m, key)
	if !ok {
		return v
	}
	ch, err := s.Channels.Get(l.Channel)
	switch {
	case err != nil: // a newer program may know it
		return s.broken(m, "a mail waits for a program that knows its channel", err)
	case ch.Sender == nil:
		return queue.DeadLetter(l.What + " could not be sent: the channel is not set up")
	}
	leave, err := s.gates.enterPerson(c.hard, string(ch.Kind), l.To, ch.Parallel, s.Now())
	if err != nil {
		return queue.RetryAfter(retryDelay(m))
	}
	defer leave()
	if l, v, ok = s.unsentLetter(ctx, m, key); !ok { // another job of it was first
		return v
	}
	var words message.Message
	if err := codec.Unmarshal(l.Words, &words); err != nil {
		return queue.DeadLetter("a mail cannot be read")
	}
	o := watch.Outcome{Result: watch.SendRetry, Problem: problemDown}
	if !s.isDown(ctx, string(ch.Kind)) {
		drawn, err := ch.Draw(words)
		if err != nil {
			return s.broken(m, "a mail cannot be drawn", err)
		}
		o = ch.Send(c.hard, channel.Address{To: l.To, Key: l.Key}, drawn)
		switch {
		case o.Result != watch.SendRetry:
			s.answered(ctx, string(ch.Kind))
		case c.hard.Err() == nil:
			s.failed(ctx, string(ch.Kind), l.To, ch.Common && !o.Alone, o.RetryAfter)
		}
	}
	switch {
	case o.Result == watch.SendAccepted:
		return s.letterSent(ctx, m, l)
	case o.Result == watch.SendRetry && s.Now().Before(l.Until):
		return queue.RetryAfter(max(o.RetryAfter, queue.Backoff(m.Receives, time.Second, retryMost)))
	}
	if l.Enrolment != "" && (o.Result == watch.SendRefused || o.Result == watch.SendUnreachable) {
		if err := s.returned(ctx, l); err != nil {
			return s.broken(m, "an enrolment cannot be ended", err)
		}
		return queue.Acknowledge
	}
	return queue.DeadLetter(l.What + " could not be sent: " + o.Problem)
}

// unsentLetter reads a mail that has not gone out; without ok the verdict is final.
func (s *Stage) unsentLetter(ctx context.Context, m queue.Message, key string) (*store.Letter, queue.Verdict, bool) {
	l, err := s.Store.Letter(ctx, key)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, queue.DeadLetter("a mail is not on record any more"), false
	case err != nil:
		return nil, s.broken(m, "a mail cannot be read", err), false
	}
	return l, queue.Acknowledge, l.SentAt.IsZero()
}

// letterSent notes that a mail was taken, and whose address it went to.
func (s *Stage) letterSent(ctx context.Context, m queue.Message, l *store.Letter) queue.Verdict {
	l.SentAt = s.Now()
	writes := []store.Write{store.PutLetter(l, l.SentAt)}
	if l.Of != nil && l.Of.Watcher != "" {
		writes = append(writes, store.PutMailed(l.Key, *l.Of, l.SentAt))
	}
	if err := s.Store.Write(ctx, writes...); err != nil {
		s.Logger.WarnContext(ctx, "a mail went out and that cannot be written: if it comes back it will not be known", "message", m.ID, "err", err)
	}
	return queue.Acknowledge
}
