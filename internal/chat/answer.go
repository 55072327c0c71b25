package chat

import (
	"context"
	"errors"
	"time"

	"kozamori/internal/codec"
	"kozamori/internal/message"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// How far we are with an event. Each phase is written before what follows
// from it, so that a process that dies is continued and not repeated.
const (
	acting    = "acting"    // the answer is known, the act is under way
	answering = "answering" // acted; a reply may have been sent
	unsure    = "unsure"    // LINE did not say whether it took the reply
	pushing   = "pushing"   // LINE has no reply of ours, for certain, or none can be made: push
	done      = "done"
)

// The life of an answer.
const (
	// replyFor is how long a reply token is used after its event came in.
	// LINE takes it for a minute.
	replyFor = 50 * time.Second
	// tokenEnds is when LINE takes no reply to an event, however late the
	// event was sent.
	tokenEnds = 20 * time.Minute
	// lease is how long another worker may take over a reply.
	lease = 15 * time.Second
	// giveUpAfter is when an answer is worth nothing any more; LINE keeps a
	// retry key for 24 hours.
	giveUpAfter = 3 * time.Hour
)

// plan is what is to happen for an event: an act, if it is one that cannot
// tell afterwards whether it has happened, and what the person is told.
type plan struct {
	say []message.Message // none for silence
	do  func(ctx context.Context) error
}

// answers are written once and said as they stand: no version changes them.
var answers = codec.For[[]message.Message]("answer")

func say(m message.Message) plan { return plan{say: []message.Message{m}} }

// run takes an event from wherever it was left to its end.
func (t *talk) run(ctx context.Context) queue.Verdict {
	seen, err := t.Store.Seen(ctx, t.Event.ID)
	if err != nil {
		return t.broken("an event cannot be looked up", err)
	}
	first := false
	if seen.Phase == "" || seen.Phase == acting {
		p, err := t.plan(ctx)
		if err != nil {
			return t.broken("an event cannot be acted on", err)
		}
		if err := t.act(ctx, seen, p); err != nil {
			return t.broken("an act cannot be finished", err)
		}
		first = true
	}
	return t.answer(ctx, seen, first)
}

// act writes down what will be said, acts, and writes down that it acted.
func (t *talk) act(ctx context.Context, seen *store.Seen, p plan) error {
	if seen.Phase == "" {
		if len(p.say) > 0 && !t.Event.Standby {
			seen.Answer = answers.Encode(&p.say)
		}
		if p.do != nil {
			if err := t.enter(ctx, seen, acting); err != nil {
				return err
			}
		}
	}
	if p.do != nil {
		err := p.do(ctx)
		if other := (*instead)(nil); errors.As(err, &other) {
			seen.Answer, err = answers.Encode(&other.say), nil
		}
		if err != nil {
			return err
		}
	}
	if seen.Answer == nil {
		return t.enter(ctx, seen, done)
	}
	return t.enter(ctx, seen, answering)
}

// instead is the end of an act that turned out to be impossible: nothing was
// done, and this is said of it, whatever was written down before.
type instead struct{ say []message.Message }

func (*instead) Error() string { return "chat: it could not be done" }

// enter writes the phase down.
func (t *talk) enter(ctx context.Context, seen *store.Seen, phase string) error {
	seen.Phase, seen.At = phase, t.Now()
	if phase == done {
		seen.Answer = nil // the words are not needed any more
	}
	if err := t.Store.Write(ctx, store.PutSeen(seen)); err != nil {
		return err
	}
	seen.Version++
	return nil
}

// fresh tells whether the reply token still works, if it was not used.
func (t *talk) fresh() bool {
	now := t.Now()
	return t.Event.ReplyToken != "" && now.Sub(t.ReceivedAt) < replyFor && now.Sub(t.at()) < tokenEnds
}

// answer tells the person what came of it: by the reply token while it lives,
// by a push otherwise. A reply has no retry key. So one of which LINE says
// nothing clear is only ever tried again with the same token, which works
// once; it is not pushed as well, and may in the end not have arrived. One
// that was cut off because this process died is told from its token as long
// as that lives, and pushed later: the person has asked, and twice is better
// than never.
func (t *talk) answer(ctx context.Context, seen *store.Seen, first bool) queue.Verdict {
	if seen.Phase == done {
		return queue.Acknowledge
	}
	var m []message.Message
	if err := answers.Decode(seen.Answer, &m); err != nil {
		return queue.DeadLetter("an answer that cannot be read")
	}
	if seen.Phase == answering {
		if wait := lease - t.Now().Sub(seen.At); !first && wait > 0 {
			return queue.RetryAfter(wait)
		}
		if t.fresh() {
			reply := t.LINE.Reply
			if !first {
				reply = t.LINE.ReplyAgain
			}
			switch o := reply(ctx, t.Event.ReplyToken, m...); o.Result {
			case watch.SendAccepted:
				return t.finish(ctx, seen)
			case watch.SendRetry:
				if err := t.enter(ctx, seen, unsure); err != nil {
					return t.broken("a reply cannot be written down", err)
				}
				return queue.RetryAfter(2 * time.Second)
			}
		}
		if err := t.enter(ctx, seen, pushing); err != nil {
			return t.broken("an answer cannot be written down", err)
		}
	}
	if seen.Phase == unsure {
		return t.replyAgain(ctx, seen, m)
	}
	return t.push(ctx, seen, m)
}

func (t *talk) replyAgain(ctx context.Context, seen *store.Seen, m []message.Message) queue.Verdict {
	if !t.fresh() {
		t.Logger.Warn("an answer may not have arrived: LINE did not say", "event", t.Event.ID)
		return t.finish(ctx, seen)
	}
	if o := t.LINE.ReplyAgain(ctx, t.Event.ReplyToken, m...); o.Result == watch.SendAccepted {
		return t.finish(ctx, seen)
	}
	return queue.RetryAfter(2 * time.Second)
}

func (t *talk) push(ctx context.Context, seen *store.Seen, m []message.Message) queue.Verdict {
	// The act stands; a dead letter says that the person was not told of it.
	v := t.bring(ctx, &parcel{user: t.Event.User, key: watch.DeriveUUID("chat", t.Event.ID), what: "an answer",
		since: t.ReceivedAt, within: giveUpAfter, words: m})
	if v.Done && v.DeadLetter == "" {
		return t.finish(ctx, seen)
	}
	return v
}

func (t *talk) finish(ctx context.Context, seen *store.Seen) queue.Verdict {
	if err := t.enter(ctx, seen, done); err != nil {
		return t.broken("an answer that was sent cannot be written down", err)
	}
	return queue.Acknowledge
}
