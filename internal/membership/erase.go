package membership

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// eraseAtOnce is how many items one transaction of an erasure deletes.
const eraseAtOnce = 25

// eraseLook is how many of a bank's refused events one call looks through for an
// account: a function's time is short. What is left is looked through each minute.
const eraseLook = 10_000

// EraseAgain is when an erased account is looked at again: what was being
// worked on at that moment has ended by then, and indexes have caught up.
const EraseAgain = 15 * time.Minute

// Erase forgets an account on the word of its bank, and its watchers are told.
// What goes and what stays is said at erase. Erasing what is not there, or was
// half erased, is no error. An error leaves the rest: erase again.
func (d *Service) Erase(ctx context.Context, bank, accountRef string) error {
	names, err := d.Store.Names(ctx, watch.AccountKey{Bank: bank, Ref: accountRef})
	if err != nil {
		return err
	}
	k := names.Account
	a, err := d.Store.Account(ctx, k)
	var trail []store.Write
	if err == nil {
		trail = d.erasing(k, &watch.Watcher{}, watch.WayBank)
		err = d.news().Tell(ctx, farewells(watch.NewsForgotten, a, a.Watchers, func(*watch.Watcher) bool { return true }))
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return d.erase(ctx, names, trail)
}

// erasing is the step of the trail that says who had an account forgotten.
func (d *Service) erasing(k watch.AccountKey, by *watch.Watcher, way watch.Way) []store.Write {
	s := d.step(k, watch.StepErased, by, way)
	s.Of, s.OfRole, s.Lowered = "", "", true
	return []store.Write{d.Store.PutStep(s)}
}

// erase forgets an account of a bank: who watches it, their bindings, its
// activity, records, open codes, what of it lies in the bank's quarantine (which
// EraseRest goes on looking through, if that is long), and what only a
// newer version knows of it. Disputes and the trail stay, as evidence: they name
// no person and no address. An alert that was in the making leaves a record behind, which
// EraseRest removes when sweep finds it due.
// Watchers go before records, as nothing else
// matters as much and quarantine may hold much; what a request that is cut off
// leaves is removed by EraseRest, too.
func (d *Service) erase(ctx context.Context, names *store.Names, trail []store.Write) error {
	k, now := names.Account, d.now()
	e, err := d.Store.Erasure(ctx, k)
	if errors.Is(err, store.ErrNotFound) {
		e, err = &store.Erasure{OnAccount: watch.On(k)}, nil
	}
	if err != nil {
		return err
	}
	e.At, e.Due, e.Walk, e.Again = now, now.Add(EraseAgain), "", false
	if err := d.Store.Write(ctx, append(trail, store.PutErasure(e))...); err != nil {
		return err
	}
	// What could bind somebody goes first: if it is used meanwhile, that makes
	// an account, which a later step finds. What only a newer version knows may be
	// anything.
	if err := d.eraseUnknown(ctx, names); err != nil {
		return err
	}
	if err := d.endSecrets(ctx, names, now); err != nil {
		return err
	}
	gone, err := d.eraseAccount(ctx, k, func(watch.Watcher) bool { return true })
	if err != nil {
		return err
	}
	d.closeDoors(ctx, gone)
	records, err := d.eraseRecords(ctx, k, func(*watch.Record) bool { return true })
	if err != nil {
		return err
	}
	if err := d.eraseControls(ctx, k, func(*watch.Control) bool { return true }); err != nil {
		return err
	}
	if err := d.eraseInquiries(ctx, k, func(*watch.Inquiry) bool { return true }); err != nil {
		return err
	}
	refused, walk, err := d.eraseRefused(ctx, names, "")
	if err != nil {
		return err
	}
	late, err := d.eraseAccount(ctx, k, func(watch.Watcher) bool { return true })
	if err != nil {
		return err
	}
	d.closeDoors(ctx, late)
	if err := d.walkOn(ctx, k, now, walk); err != nil {
		return err
	}
	d.logger().InfoContext(ctx, LogErased, "bank", k.Bank, "watchers", len(gone)+len(late), "records", records, "refused", refused)
	return nil
}

// EraseRest begins an erasure that an owner wished for and did not take back in time, and ends one that is due: what the first pass did not reach,
// because the process died or it came in at the same moment, is removed. What
// belongs to people that the bank has bound since then stays. It does nothing
// if no erasure is due.
func (d *Service) EraseRest(ctx context.Context, k watch.AccountKey) error {
	if err := d.wished(ctx, k); err != nil {
		return err
	}
	e, err := d.Store.Erasure(ctx, k)
	if errors.Is(err, store.ErrNotFound) || err == nil && d.now().Before(e.Due) {
		return nil
	}
	if err != nil {
		return err
	}
	names, err := d.Store.Names(ctx, k)
	if err != nil {
		return err
	}
	if e.Walk != "" {
		return d.walk(ctx, e, names)
	}
	if err := d.endSecrets(ctx, names, e.At); err != nil {
		return err
	}
	gone, err := d.eraseAccount(ctx, k, func(w watch.Watcher) bool { return !w.Since.After(e.At) })
	if err != nil {
		return err
	}
	rebound := d.now()
	switch a, err := d.Store.Account(ctx, k); {
	case err == nil:
		for _, w := range a.Watchers {
			if w.Since.Before(rebound) {
				rebound = w.Since
			}
		}
	case !errors.Is(err, store.ErrNotFound):
		return err
	default:
		// With somebody bound since, it could be theirs: nothing known tells its age.
		if err := d.eraseUnknown(ctx, names); err != nil {
			return err
		}
	}
	if _, err := d.eraseRecords(ctx, k, func(r *watch.Record) bool { return r.RecordedAt.Before(rebound) }); err != nil {
		return err
	}
	if err := d.eraseControls(ctx, k, func(c *watch.Control) bool { return len(c.Changes) == 0 || c.Changes[0].At.Before(rebound) }); err != nil {
		return err
	}
	if err := d.eraseInquiries(ctx, k, func(q *watch.Inquiry) bool { return q.AskedAt.Before(rebound) }); err != nil {
		return err
	}
	d.closeDoors(ctx, gone)
	e.Again = true
	return d.walk(ctx, e, names)
}

// walk looks through more of the quarantine, and notes where it stopped; the last
// walk ends the erasure. Another erasure of the account that began meanwhile does
// all of it by itself.
func (d *Service) walk(ctx context.Context, e *store.Erasure, names *store.Names) (err error) {
	if _, e.Walk, err = d.eraseRefused(ctx, names, e.Walk); err != nil {
		return err
	}
	var next store.Write
	var forget []store.Write
	switch now := d.now(); {
	case e.Walk != "":
		e.Due = now
		next = store.PutErasureAgain(e)
	case e.Again:
		next = store.DeleteErasure(e)
		if forget, err = d.forgetNames(ctx, names, now); err != nil {
			return err
		}
	default:
		e.Due = now
		if last := e.At.Add(EraseAgain); last.After(now) {
			e.Due = last
		}
		next = store.PutErasureAgain(e)
	}
	err = d.Store.Write(ctx, append(forget, next)...)
	if _, lost := store.AsCondition(err); lost {
		return nil // or somebody was bound this moment: the next minute ends it
	}
	return err
}

// walkOn has the quarantine looked through from a place on, by EraseRest, for the
// erasure of that time. An empty place leaves it as it is.
func (d *Service) walkOn(ctx context.Context, k watch.AccountKey, at time.Time, place string) error {
	if place == "" {
		return nil
	}
	e, err := d.Store.Erasure(ctx, k)
	if errors.Is(err, store.ErrNotFound) || err == nil && e.At.Sub(at).Abs() >= time.Millisecond {
		return nil // another erasure of it has begun
	}
	if err != nil {
		return err
	}
	e.Walk, e.Due = place, d.now()
	err = d.Store.Write(ctx, store.PutErasureAgain(e))
	if _, lost := store.AsCondition(err); lost {
		return nil
	}
	return err
}

// eraseAccount takes those watchers off an account that which says. With the
// last of them the account goes, and its activity.
func (d *Service) eraseAccount(ctx context.Context, k watch.AccountKey, which func(watch.Watcher) bool) (gone []watch.Watcher, err error) {
	err = store.Retry(ctx, func() error {
		gone = nil
		_, err := d.Store.UpdateAccount(ctx, k, func(a *watch.Account) ([]store.Write, error) {
			gone = nil
			for _, w := range a.Watchers {
				if which(w) {
					gone = append(gone, w)
				}
			}
			return d.takeOff(ctx, a, gone)
		})
		if errors.Is(err, store.ErrNotFound) {
			// Unless somebody is bound this moment, whose activity it is.
			return d.Store.Write(ctx, append(store.DeleteActivity(k), store.CheckAccount(&watch.Account{AccountKey: k}))...)
		}
		return err
	})
	return gone, err
}

func (d *Service) eraseUnknown(ctx context.Context, names *store.Names) error {
	for _, k := range names.Keys() {
		writes, err := d.Store.DeleteUnknown(ctx, k)
		if err == nil {
			err = d.inParts(ctx, writes)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *Service) eraseRecords(ctx context.Context, k watch.AccountKey, which func(*watch.Record) bool) (int, error) {
	n, writes, err := deletes(d.Store.AllRecords(ctx, k, time.Time{}, time.Time{}), which, store.DeleteRecord)
	if err != nil {
		return 0, err
	}
	return n, d.inParts(ctx, writes)
}

// eraseControls removes what its bank was asked to stop on an account: what it has stopped is
// its own affair.
func (d *Service) eraseControls(ctx context.Context, k watch.AccountKey, which func(*watch.Control) bool) error {
	list, err := d.Store.Controls(ctx, k)
	if err != nil {
		return err
	}
	var writes []store.Write
	for _, c := range list {
		if which(c) {
			writes = append(writes, store.DeleteControl(c)...)
		}
	}
	return d.inParts(ctx, writes)
}

// eraseInquiries removes what its bank asked about an account.
func (d *Service) eraseInquiries(ctx context.Context, k watch.AccountKey, which func(*watch.Inquiry) bool) error {
	list, err := d.Store.Inquiries(ctx, k)
	if err != nil {
		return err
	}
	var writes []store.Write
	for _, q := range list {
		if which(q) {
			writes = append(writes, store.DeleteInquiry(q)...)
		}
	}
	return d.inParts(ctx, writes)
}

// eraseRefused removes what names an account from some of a bank's quarantine, from
// a place on, and returns the place where the rest begins; empty if there is none.
func (d *Service) eraseRefused(ctx context.Context, of *store.Names, place string) (n int, rest string, err error) {
	var writes []store.Write
	looked := 0
	for r, err := range d.Store.QuarantineFrom(ctx, of.Account.Bank, place) {
		if err != nil {
			return 0, "", err
		}
		if looked++; looked > cmp.Or(d.EraseLook, eraseLook) {
			rest = r.Place()
			break
		}
		if namesAny(r.Raw, of) {
			n++
			writes = append(writes, store.DeleteRefused(r)...)
		}
	}
	return n, rest, d.inParts(ctx, writes)
}

// deletes are the writes that delete those of a list that which says, and how
// many those are.
func deletes[T any](list iter.Seq2[*T, error], which func(*T) bool, del func(*T) []store.Write) (n int, out []store.Write, err error) {
	for v, err := range list {
		if err != nil {
			return 0, nil, err
		}
		if which(v) {
			n++
			out = append(out, del(v)...)
		}
	}
	return n, out, nil
}

// lives says how long each kind of ticket about an account lives. One of a kind
// that only a newer version knows is as old as any can be: it goes.
var lives = map[store.TicketKind]time.Duration{store.TicketInvite: InviteLife, store.TicketMail: MailLife, store.TicketNonce: NonceLife,
	store.TicketInvites: InviteLife, store.TicketMails: MailLife,
	store.TicketEnrol: JoinLife, store.TicketEnrolOf: JoinLife, store.TicketKeys: keysWithin, store.TicketLeft: watch.RestoreFor}

// endSecrets removes an account's codes, invitations and mail claims, and the
// nonces of its bank that name it, as far as they were made by a time.
func (d *Service) endSecrets(ctx context.Context, of *store.Names, by time.Time, spared ...store.TicketKind) error {
	end := func(t *store.Ticket) []store.Write {
		out := []store.Write{store.DeleteTicket(t.Kind, t.Hash)}
		if t.Kind == store.TicketLeft {
			out = append(out, store.DeleteTicket(store.TicketLeftOf, t.Hash))
		}
		return out
	}
	made := func(t *store.Ticket) bool {
		life, known := lives[t.Kind]
		if t.Kind == store.TicketEnrol && t.Owner == store.AccountTickets(of.Account) {
			life = InviteLife // an owner's
		}
		return !slices.Contains(spared, t.Kind) && (!known || !t.Expires.Add(-life).After(by))
	}
	var writes []store.Write
	for _, k := range of.Keys() {
		_, codes, err := deletes(d.Store.Codes(ctx, k), func(c *store.Code) bool { return !c.Expires.Add(-CodeLife).After(by) },
			func(c *store.Code) []store.Write { return []store.Write{store.DeleteCode(c.Hash)} })
		if err != nil {
			return err
		}
		_, own, err := deletes(d.Store.Tickets(ctx, store.AccountTickets(k)), made, end)
		if err != nil {
			return err
		}
		writes = slices.Concat(writes, codes, own)
	}
	_, bank, err := deletes(d.Store.Tickets(ctx, store.BankTickets(of.Account.Bank)),
		func(t *store.Ticket) bool { return made(t) && namesAny(string(t.Body), of) }, end)
	if err != nil {
		return err
	}
	return d.inParts(ctx, append(writes, bank...))
}

func (d *Service) inParts(ctx context.Context, writes []store.Write) error {
	for len(writes) > 0 {
		n := min(len(writes), eraseAtOnce)
		if err := d.Store.Write(ctx, writes[:n]...); err != nil {
			return err
		}
		writes = writes[n:]
	}
	return nil
}
