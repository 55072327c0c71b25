// Package chat is the conversation with people on LINE: it takes LINE's
// webhooks, keeps each event before it answers, and then acts on it once:
// answers to alerts, codes that connect an account, leaving, pausing, looking.
// It also brings news of who else came or went and of who sees amounts, and
// keeps the menu in the person's language. It never sends an alert and never
// decides whether somebody is told.
package chat

import (
	"context"
	"log/slog"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/dispute"
	"kozamori/internal/line"
	"kozamori/internal/lookback"
	"kozamori/internal/membership"
	"kozamori/internal/message"
	"kozamori/internal/queue"
	"kozamori/internal/settings"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// LINE is what the chat needs of the LINE platform; see line.Client.
type LINE interface {
	Reply(ctx context.Context, replyToken string, msgs ...message.Message) watch.Outcome
	ReplyAgain(ctx context.Context, replyToken string, msgs ...message.Message) watch.Outcome
	Draw(msgs ...message.Message) ([]byte, error)
	PushDrawn(ctx context.Context, to, retryKey string, drawn []byte) watch.Outcome
	Profile(ctx context.Context, user string) (line.Profile, error)
	LinkToken(ctx context.Context, user string) (string, error)
	Content(ctx context.Context, message string, most int64) ([]byte, error)
}

// Disputes takes answers to alerts; see dispute.Service.
type Disputes interface {
	Answer(ctx context.Context, record string, who dispute.Answerer, value watch.AnswerValue, via watch.Via) (dispute.Result, error)
	Undo(ctx context.Context, record string, who dispute.Answerer, via watch.Via) (dispute.Result, error)
	Trust(ctx context.Context, record string, who dispute.Answerer) (dispute.Result, error)
	Look(ctx context.Context, record string, who dispute.Answerer) (dispute.Result, error)
}

// Membership binds people to accounts; see membership.Service.
type Membership interface {
	Redeem(ctx context.Context, lineUser, code string, lang watch.Lang) (membership.Bound, error)
	Accounts(ctx context.Context, lineUser string) ([]membership.Bound, error)
	Linked(ctx context.Context, lineUser, nonce string, ok bool, lang watch.Lang) ([]membership.Bound, error)
	Invitation(ctx context.Context, lineUser, code string) (membership.Invitation, error)
	Accept(ctx context.Context, lineUser, code string, lang watch.Lang) (membership.Bound, error)
	Unbind(ctx context.Context, lineUser string, k watch.AccountKey, way watch.Way) (membership.Bound, error)
	EraseOwn(ctx context.Context, lineUser string, k watch.AccountKey, way watch.Way) error
	Forget(ctx context.Context, lineUser string, way watch.Way) ([]membership.Bound, error)
	Kept(ctx context.Context, step string) (bool, error)
	Restore(ctx context.Context, k watch.AccountKey, step string, who settings.Who) (back bool, err error)
	Left(ctx context.Context, step, watcher, lineUser string) (membership.Bound, error)
	LeftBy(ctx context.Context, lineUser string) ([]membership.Leaving, error)
	Followed(ctx context.Context, lineUser string, at time.Time, lang watch.Lang) error
	Speak(ctx context.Context, lineUser string, lang watch.Lang) error
	Unfollowed(ctx context.Context, lineUser string, at time.Time) error
	MailClaimed(ctx context.Context, secret string) (membership.Bound, error)
	Offered(ctx context.Context, secret string) (membership.Offer, error)
	ByMail(ctx context.Context, person, watcher string) (membership.Bound, error)
}

// Menus makes LINE show a person the menu of a kind; see line.Menus.
type Menus interface {
	Show(ctx context.Context, user string, kind line.MenuKind, shown string) (string, error)
}

// Names knows what people call banks and services, and how to reach them. A
// contact that is not known is empty.
type Names interface {
	Bank(ctx context.Context, code string, lang watch.Lang) (string, wording.Contact)
	Service(id string, lang watch.Lang) (string, wording.Contact)
	// Services are those of which an owner is to be told.
	Services(lang watch.Lang) []wording.Choice
}

// Config is what the stage works with.
type Config struct {
	Store      *store.Store
	LINE       LINE
	Disputes   Disputes
	Membership Membership
	Controls   Controls
	Names      Names
	// Link is the address of a watcher's page of a record; nil leaves the
	// links out.
	Link func(r *watch.Record, watcher string) string
	// RestoreLink is the address of the page on which a watcher sets a step of the
	// trail back; nil leaves it out.
	RestoreLink func(s *watch.Step, watcher string) string
	// Door makes the address of a person's settings, which opens once; nil
	// says that there are none yet.
	Door func(ctx context.Context, lineUser string, lang watch.Lang) (string, error)
	// Key is Door for who is reached by mail alone. KeyLink is the address at which
	// they ask for such a door.
	Key     func(ctx context.Context, person string, lang watch.Lang) (string, error)
	KeyLink func(person, watcher string) string
	// Look looks through a file as one of a bank; nil leaves that to the page.
	Look func(ctx context.Context, bank string, file []byte) (*lookback.Brief, error)
	// Policy is what people agree to.
	Policy watch.Policy
	Queue  queue.Sender
	// Channels are those that there are.
	Channels channel.Registry
	// SetUp tells whether messages go out over a channel, which brings what LINE
	// cannot; nil says that none does.
	SetUp func(watch.ChannelKind) bool
	// BaseURL is the address of the pages, without a slash at its end.
	BaseURL string
	// Menus shows people the menu of their language; nil leaves it to LINE.
	Menus  Menus
	Now    func() time.Time
	Logger *slog.Logger
}

// Stage acts on what people do in the chat.
type Stage struct {
	Config
	turns turns
}

// New makes the stage.
func New(c Config) *Stage {
	if c.Link == nil {
		c.Link = func(*watch.Record, string) string { return "" }
	}
	if c.KeyLink == nil {
		c.KeyLink = func(_, _ string) string { return "" }
	}
	if c.SetUp == nil {
		c.SetUp = func(watch.ChannelKind) bool { return false }
	}
	if c.RestoreLink == nil {
		c.RestoreLink = func(*watch.Step, string) string { return "" }
	}
	return &Stage{Config: c}
}

// talk is one event, or one piece of news, on its way through the stage.
type talk struct {
	*Stage
	envelope
	receives int
	sent     time.Time // when it was queued
}

// guarded lets a panic cost only its own event.
func (t *talk) guarded(ctx context.Context) (v queue.Verdict) {
	defer func() {
		if p := recover(); p != nil {
			t.Logger.Error("an event of the chat panicked", "event", t.Event.ID, "receives", t.receives)
			v = t.later()
		}
	}()
	if t.News != nil {
		return t.tellNews(ctx)
	}
	v = t.run(ctx)
	if v.Done {
		// Only now: a menu must never cost an answer. Their next event tries again.
		if err := t.syncMenu(ctx, t.Event.User, t.Event.Kind == line.Follow); err != nil {
			t.Logger.Warn("a person may see the menu of another language", "event", t.Event.ID, "err", err)
		}
	}
	return v
}

func (t *talk) later() queue.Verdict {
	return queue.RetryAfter(queue.Backoff(t.receives, time.Second, queue.LongestPause))
}

// broken is for what is wrong on our side: try again, and say so.
func (t *talk) broken(what string, err error) queue.Verdict {
	if _, lost := store.AsCondition(err); lost {
		// The same event is being worked on elsewhere.
		return queue.RetryAfter(time.Second)
	}
	t.Logger.Error(what, "event", t.Event.ID, "receives", t.receives, "err", err)
	return t.later()
}

// at is when the person did it, by LINE's clock.
func (t *talk) at() time.Time { return t.Event.At }

// accounts lists what the person watches, and their language.
func (t *talk) accounts(ctx context.Context) ([]membership.Bound, watch.Lang, error) {
	return t.accountsOf(ctx, t.Event.User)
}

func (t *talk) accountsOf(ctx context.Context, user string) ([]membership.Bound, watch.Lang, error) {
	list, err := t.Membership.Accounts(ctx, user)
	if err != nil {
		return nil, "", err
	}
	if len(list) > 0 {
		return list, list[0].Watcher.Lang, nil
	}
	p, err := t.Store.Person(ctx, user)
	if err != nil {
		return nil, "", err
	}
	lang := p.Lang
	if lang == "" {
		lang = t.profileLang(ctx, user)
	}
	return nil, lang, nil
}

// lang is the person's language: as they chose it, as LINE has it, or Japanese.
func (t *talk) lang(ctx context.Context) (watch.Lang, error) {
	_, lang, err := t.accounts(ctx)
	return lang, err
}

// profileLang is the person's language on LINE; empty if LINE does not say.
func (t *talk) profileLang(ctx context.Context, user string) watch.Lang {
	p, err := t.LINE.Profile(ctx, user)
	switch {
	case err != nil || p.Language == "":
		return ""
	case p.Language == "en" || len(p.Language) > 2 && p.Language[:3] == "en-":
		return watch.English
	}
	return watch.Japanese
}

// chatAccounts are accounts as the chat speaks of them.
func (t *talk) chatAccounts(ctx context.Context, lang watch.Lang, list []membership.Bound) []wording.ChatAccount {
	var out []wording.ChatAccount
	for _, b := range list {
		bank, _ := t.Names.Bank(ctx, b.Account.Bank, lang)
		out = append(out, wording.ChatAccount{BankName: bank, Mask: b.Account.Mask, Watcher: b.Watcher.ID, Since: b.Watcher.Since,
			Guardian: b.Watcher.Role == watch.Guardian, Guardians: b.Watcher.Role == watch.Owner && len(b.Account.Leaving(b.Watcher.ID)) > 1, Erasable: erasable(b)})
	}
	return out
}

// erasable tells whether the person may have the account erased.
func erasable(b membership.Bound) bool { return b.Account.SoleOwner(b.Watcher.ID) }
