package chat

import (
	"context"
	"time"

	"kozamori/internal/codec"
	"kozamori/internal/line"
	"kozamori/internal/message"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// mailAfter is how long LINE may be out of order before a mail goes as well.
const mailAfter = 5 * time.Minute

// parcel is what is to reach one person, once the reply token is of no use.
type parcel struct {
	user string            // of LINE, or one reached by mail alone; empty if it goes to an address alone
	mail string            // where they read mail, if their accounts do not say
	over watch.ChannelKind // the channel of that address
	of   *store.Binding    // as which watcher they gave that address, if it goes by mail alone
	key  string            // for LINE and for mail: the same for the same words
	what string            // for the dead letter
	// since is when it was first to be sent, within how long that is tried.
	since  time.Time
	within time.Duration
	words  []message.Message
}

// tell brings news, whose words are looked up at each attempt, as it was worded at
// the first: one key has the same words each time. What goes to an address alone has
// other buttons than what LINE shows of the same news.
func (t *talk) tell(ctx context.Context, p *parcel) queue.Verdict {
	key := p.key
	if p.user == "" {
		key = string(p.over) + " " + key
	}
	words, err := codec.Marshal(p.words)
	if err == nil {
		words, err = t.Store.KeepWords(ctx, key, t.Now(), words)
	}
	if err == nil {
		p.words = nil
		err = codec.Unmarshal(words, &p.words)
	}
	if err != nil {
		return t.brokenNews("the words of news cannot be written down", err)
	}
	return t.bring(ctx, p)
}

// bring pushes words to a person, or has them mailed once LINE is known not to
// bring them: the month's messages are spent, the person blocked us, LINE refuses it
// or is out of order for mailAfter. What no channel brings is a dead letter.
func (t *talk) bring(ctx context.Context, p *parcel) queue.Verdict {
	if p.user == "" {
		return t.bringByMail(ctx, p)
	}
	if watch.ByMail(p.user) {
		problem, err := t.byMail(ctx, p)
		switch {
		case err != nil:
			return t.broken("a mail cannot be queued", err)
		case problem != "":
			return queue.DeadLetter(p.what + " could not be sent: " + problem)
		}
		return queue.Acknowledge
	}
	person, err := t.Store.Person(ctx, p.user)
	if err != nil {
		return t.broken("a person cannot be looked up", err)
	}
	o := watch.Outcome{Result: watch.SendUnreachable, Problem: "the person has blocked the account"}
	if person.UnfollowedAt.IsZero() { // LINE would answer 200, and show nothing
		if o, err = t.pushAs(ctx, p); err != nil {
			return t.broken("what LINE is asked to take cannot be written down", err)
		}
	}
	switch age := t.Now().Sub(p.since); {
	case o.Result == watch.SendAccepted:
		return queue.Acknowledge
	case o.Result == watch.SendExhausted:
		t.Logger.Error("a channel takes no more messages this month", "channel", string(line.Channel.Kind), "event", t.Event.ID)
	case o.Result == watch.SendRetry && age < min(mailAfter, p.within):
		return t.again(o)
	}
	problem, err := t.byMail(ctx, p)
	switch {
	case err != nil:
		return t.broken("a mail cannot be queued", err)
	case problem == "":
		return queue.Acknowledge
	case o.Result == watch.SendRetry && t.Now().Sub(p.since) < p.within:
		return t.again(o)
	}
	return queue.DeadLetter(p.what + " could not be sent: " + o.Problem + "; " + problem)
}

// pushAs asks LINE to take words under their key: each attempt, of whichever release, asks
// for the bytes of the first.
func (t *talk) pushAs(ctx context.Context, p *parcel) (watch.Outcome, error) {
	drawn, undrawn := t.LINE.Draw(p.words...)
	if undrawn != nil { // it may go by mail
		return watch.Outcome{Result: watch.SendRefused, Problem: undrawn.Error()}, nil //nolint:nilerr // the outcome says it
	}
	own, err := codec.Marshal(drawn)
	if err != nil {
		return watch.Outcome{}, err
	}
	first, err := t.Store.KeepWords(ctx, "drawn "+p.key, t.Now(), own)
	if err != nil {
		return watch.Outcome{}, err
	}
	if err := codec.Unmarshal(first, &drawn); err != nil {
		return watch.Outcome{}, err
	}
	return t.LINE.PushDrawn(ctx, p.user, p.key, drawn), nil
}

// bringByMail mails words for which LINE was never the way.
func (t *talk) bringByMail(ctx context.Context, p *parcel) queue.Verdict {
	if !t.SetUp(p.over) {
		return queue.DeadLetter(p.what + " could not be sent: its channel is not set up")
	}
	if err := t.post(ctx, &store.Letter{Key: p.key, Channel: p.over, To: p.mail, Of: p.of, Until: p.since.Add(p.within), What: p.what}, message.Join(p.words...)); err != nil {
		return t.broken("a mail cannot be queued", err)
	}
	return queue.Acknowledge
}

func (t *talk) again(o watch.Outcome) queue.Verdict {
	return queue.RetryAfter(max(o.RetryAfter, queue.Backoff(t.receives, time.Second, queue.LongestPause)))
}

// byMail queues words as one mail to the first address of the person that mails
// reach, or says why there is none.
func (t *talk) byMail(ctx context.Context, p *parcel) (problem string, err error) {
	to, over := p.mail, p.over
	var from *store.Binding
	list, err := t.Membership.Accounts(ctx, p.user)
	if err != nil {
		return "", err
	}
	for _, b := range list {
		if list := b.Watcher.Addressed(); len(list) > 0 {
			to, over, from = list[0].Address, list[0].Kind, &store.Binding{OnAccount: watch.On(b.Account.AccountKey), Watcher: b.Watcher.ID}
			break
		}
	}
	switch {
	case to == "":
		return "no mail address", nil
	case !t.SetUp(over):
		return "its channel is not set up", nil
	}
	return "", t.post(ctx, &store.Letter{Key: p.key, Channel: over, To: to, Of: from, Until: p.since.Add(p.within), What: p.what}, wording.PressedOnPage(message.Join(p.words...)))
}

// post keeps a mail and queues it. The same one again is queued again, and goes
// out once.
func (t *talk) post(ctx context.Context, l *store.Letter, m message.Message) error {
	if m.Incident != "" {
		m.Alt = wording.Subject(m.Lang, m.Alt, m.Incident)
	}
	words, err := codec.Marshal(m)
	if err != nil {
		return err
	}
	l.Words = words
	if err := t.Store.Write(ctx, store.PutLetter(l, t.Now())); err != nil {
		if _, there := store.AsCondition(err); !there {
			return err
		}
	}
	var jobs queue.Jobs
	jobs.Letter(l.Channel, l.Key, l.To)
	return jobs.Send(ctx, t.Queue)
}
