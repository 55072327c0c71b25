package notify

import (
	"context"
	"errors"
	"strings"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/dispute"
	"kozamori/internal/message"
	"kozamori/internal/store"
	"kozamori/internal/token"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// Names knows what people call banks and services, and how to reach them. A
// contact that is not known is empty.
type Names interface {
	Bank(ctx context.Context, code string, lang watch.Lang) (string, wording.Contact)
	Service(id string, lang watch.Lang) (string, wording.Contact)
}

// Composer words deliveries, as they stand on record. What a channel was asked to take
// goes again as it was worded then: see kept.
type Composer struct {
	Store   *store.Store
	Names   Names
	Tokens  *token.Keys
	BaseURL string // of the pages, without a slash at its end
}

// linkLife is how long the link in a message opens its alert.
const linkLife = 30 * 24 * time.Hour

// Link is the address of a watcher's page of a record, in what is said at a time.
// What is said of an old one, such as a list, or a debit that joins an incident
// weeks later, leads there as long as what was said first.
func (c *Composer) Link(r *watch.Record, watcher string, at time.Time) string {
	from := r.RecordedAt
	if at.Sub(from) > linkLife/2 {
		from = at.Truncate(24 * time.Hour)
	}
	return c.BaseURL + "/a/" + c.Tokens.Sign(token.PurposeAnswer, token.AnswerSubject(r.ID, watcher), from.Add(linkLife))
}

// RestoreLink is the address of the page on which a watcher sets a step of the
// trail back.
func (c *Composer) RestoreLink(s *watch.Step, watcher string) string {
	return c.BaseURL + "/r/" + c.Tokens.Sign(token.PurposeRestore, token.AnswerSubject(s.ID, watcher), s.At.Add(watch.RestoreFor))
}

// keyLinkLife is how long a mail leads to the settings of who has no chat: the link
// only has another mailed.
const keyLinkLife = 400 * 24 * time.Hour

// KeyLink is the address of the page on which who is reached by mail alone asks for
// a link to their settings.
func (c *Composer) KeyLink(person, watcher string, now time.Time) string {
	return c.BaseURL + "/key/" + c.Tokens.Sign(token.PurposeKey, token.AnswerSubject(person, watcher), now.Add(keyLinkLife).Truncate(24*time.Hour))
}

// claimLink is linkOver for a reminder, which comes when the links of the alert
// may have ended.
func (c *Composer) claimLink(ch *channel.Channel, r *watch.Record, watcher string, day time.Time) string {
	return c.over(ch, c.BaseURL+"/a/"+c.Tokens.Sign(token.PurposeAnswer, token.AnswerSubject(r.ID, watcher), day.Add(linkLife)))
}

// linkOver is Link for a delivery over a channel.
func (c *Composer) linkOver(ch *channel.Channel, r *watch.Record, d *watch.Delivery) string {
	return c.over(ch, c.Link(r, d.Watcher, d.CreatedAt))
}

func (c *Composer) over(ch *channel.Channel, link string) string {
	if ch.InPlace {
		_, tok, _ := strings.Cut(link, "/a/")
		link += "?" + token.InPlaceMark + "=" + c.Tokens.InPlace(tok)
	}
	return link
}

// StopLink is the address that ends what a channel brings a watcher about the
// account of a record. It works for as long as the record is kept: people look for
// it in old messages.
func (c *Composer) StopLink(r *watch.Record, watcher string, ch *channel.Channel) string {
	kind := string(ch.Kind)
	if ch.Unnamed {
		kind = ""
	}
	return c.BaseURL + "/stop/" + c.Tokens.Sign(token.PurposeStop, token.StopSubject(r.ID, watcher, kind), r.RecordedAt.Add(store.KeepRecord))
}

// errNothing says that a delivery has nothing (any more) to tell.
var errNothing = errors.New("notify: nothing to tell")

// as is the composer at the time of a delivery, by which whom to call is chosen:
// it is worded the same each time.
func (c *Composer) as(d *watch.Delivery) *Composer {
	n, ok := c.Names.(interface{ At(at time.Time) Names })
	if !ok {
		return c
	}
	at := d.CreatedAt
	if d.Kind == watch.TellClaim {
		at = watch.ClaimRemindedAt(d.Seq)
	}
	x := *c
	x.Names = n.At(at)
	return &x
}

// Message words one delivery of a record to a watcher, for a channel.
func (c *Composer) Message(ctx context.Context, r *watch.Record, d *watch.Delivery, w *watch.Watcher, ch *channel.Channel) (message.Message, error) {
	m, err := c.as(d).words(ctx, r, d, w, ch)
	if err == nil && !ch.InPlace {
		m.Alt = wording.Subject(m.Lang, m.Alt, r.CaseID())
	}
	if err == nil && ch.Stoppable {
		m.StopURL = c.StopLink(r, w.ID, ch)
	}
	return m, err
}

func (c *Composer) words(ctx context.Context, r *watch.Record, d *watch.Delivery, w *watch.Watcher, ch *channel.Channel) (message.Message, error) {
	bank, bankContact := c.Names.Bank(ctx, r.Account.Bank, d.Lang)
	service, serviceContact := c.Names.Service(r.As(d.Shows).Service, d.Lang)
	serviceOf := func(id string) (string, wording.Contact) { return c.Names.Service(id, d.Lang) }
	hide := d.HideAmount || w.HideAmount
	switch d.Kind {
	case watch.TellAlert, watch.TellChanged, watch.TellUndone, watch.TellMore:
		if len(d.Gathers) > 0 {
			return c.gathered(ctx, r, d, w, ch)
		}
		return c.incident(ctx, r, d, w, ch)
	case watch.TellSummary:
		if d.Sum == nil {
			return message.Message{}, errNothing
		}
		link, err := c.pastLink(ctx, ch, r, d)
		if err != nil {
			return message.Message{}, err
		}
		f := wording.SummaryFacts{Lang: d.Lang, HideAmount: hide, BankName: bank, Mask: r.Mask, Sum: *d.Sum, Link: link}
		err = c.alsoOf(ctx, d, func(o *watch.Record, of *watch.Delivery, j *watch.Joined) error {
			link, err := c.pastLink(ctx, ch, o, of)
			name, _ := c.Names.Bank(ctx, o.Account.Bank, d.Lang)
			f.Also = append(f.Also, wording.SummaryFacts{HideAmount: j.Hide, BankName: name, Mask: o.Mask, Sum: j.Sum, Link: link})
			return err
		})
		return wording.Summary(f), err
	case watch.TellDispute:
		dis, err := c.Store.Dispute(ctx, r.Dispute)
		if err != nil {
			return message.Message{}, err
		}
		f := wording.DisputeFacts{Lang: d.Lang, Dispute: dis, Watcher: w.ID, Guardian: w.Role == watch.Guardian,
			BankName: bank, Bank: bankContact, ServiceName: service, Service: serviceContact, ServiceOf: serviceOf,
			HideAmount: hide, Link: c.linkOver(ch, r, d)}
		for _, change := range dis.Changes {
			if change.Seq == d.Seq {
				f.Change = change
			}
		}
		return wording.DisputeStatus(f), nil
	case watch.TellClaim:
		dis, err := c.Store.Dispute(ctx, r.Dispute)
		if err != nil {
			return message.Message{}, err
		}
		m, ok := wording.ClaimReminder(wording.DisputeFacts{Lang: d.Lang, Dispute: dis, Watcher: w.ID, Guardian: w.Role == watch.Guardian,
			BankName: bank, Bank: bankContact, ServiceName: service, Service: serviceContact, ServiceOf: serviceOf,
			HideAmount: hide, Link: c.claimLink(ch, r, w.ID, watch.ClaimDay(d.Seq))}, watch.ClaimDay(d.Seq))
		if !ok {
			return m, errNothing
		}
		return m, nil
	case watch.TellAnswer:
		return c.answered(ctx, r, d, wording.AnswerFacts{Lang: d.Lang, Record: r.As(d.Shows), Watcher: w.ID, Guardian: w.Role == watch.Guardian,
			ServiceName: service, ServiceOf: serviceOf, BankName: bank, HideAmount: hide, Several: d.Several, Unasked: !ch.InPlace || d.Unasked, Link: c.linkOver(ch, r, d)})
	}
	return message.Message{}, errUnknown
}

// errUnknown says that a newer program queued a delivery that tells what this
// one cannot put into words.
var errUnknown = errors.New("notify: a delivery of a kind that this program does not know")

// incident words what a delivery says of the parts of an incident: one of them
// as that, several together.
func (c *Composer) incident(ctx context.Context, r *watch.Record, d *watch.Delivery, w *watch.Watcher, ch *channel.Channel) (message.Message, error) {
	f, err := c.facts(ctx, r, d, w, ch)
	if err != nil {
		return message.Message{}, err
	}
	return wording.Incident(f), nil
}

// facts are what that is worded from.
func (c *Composer) facts(ctx context.Context, r *watch.Record, d *watch.Delivery, w *watch.Watcher, ch *channel.Channel) (wording.IncidentFacts, error) {
	says := r.SaidBy(d)
	if len(says) == 0 {
		return wording.IncidentFacts{}, errNothing
	}
	names := wording.Names{
		Bank:    func(code string) (string, wording.Contact) { return c.Names.Bank(ctx, code, d.Lang) },
		Service: func(id string) (string, wording.Contact) { return c.Names.Service(id, d.Lang) },
	}
	f := wording.IncidentOf(r, says, *d, w, names, c.linkOver(ch, r, d), !ch.InPlace)
	if d.Worded == nil {
		f.Debits, f.Yen, f.First, f.Last = r.SumTold(d)
		if err := f.Follow(func(debit *watch.Record) ([]*watch.Record, error) { return c.linksOf(ctx, r, debit) }); err != nil {
			return f, err
		}
	}
	if d.Sum != nil {
		f.SumUp(*d.Sum, d.SumOf != "")
	}
	if d.Report != "" {
		f.Report, f.Covered = dispute.Reference(d.Report), d.Covered
	}
	if d.Related != "" {
		f.Related = dispute.Reference(d.Related)
	}
	return f, nil
}

// linksOf are the incidents of the links that a debit of an incident follows, and of
// which there is a record.
func (c *Composer) linksOf(ctx context.Context, lead, debit *watch.Record) (leads []*watch.Record, err error) {
	a, err := c.Store.Activity(ctx, debit.Account)
	if err != nil {
		return nil, err
	}
	for _, l := range a.Follows(debit) {
		if _, ok := lead.Part(l.Record); ok {
			leads = append(leads, lead)
			continue
		}
		r, err := c.Store.Record(ctx, l.Record)
		if err == nil && r.Lead != "" {
			r, err = c.Store.Record(ctx, r.Lead)
		}
		if errors.Is(err, store.ErrNotFound) {
			return nil, nil // it is not known what was told of it
		}
		if err != nil {
			return nil, err
		}
		leads = append(leads, r)
	}
	return leads, nil
}
