// Package inquiry keeps what banks ask those who watch an account: whether a debit or a link
// is their own doing. The answer is the answer to the incident, given by the same buttons;
// this package writes down who was asked, queues what people and the bank are to be told,
// and says which customers are left to phone. It words nothing, and never answers for anybody.
package inquiry

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"kozamori/internal/news"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

var (
	// ErrNotFound says that there is no such inquiry of the bank.
	ErrNotFound = errors.New("inquiry: not found")
	// ErrOtherRequest says that the key of a request is another request's.
	ErrOtherRequest = errors.New("inquiry: the key is another request's")
)

// Bounds of a request.
const (
	MaxItems     = 100                // debits and links
	MaxClerk     = 40                 // characters
	MaxID        = 128                // of a transaction's id, in characters
	MaxService   = 64                 // of a service's id, in characters
	AnswerWithin = 24 * time.Hour     // unless the bank says another time
	LeastAnswer  = 10 * time.Minute   // that it may say
	MostAnswer   = 7 * 24 * time.Hour // the same
)

// together is how many inquiries of a request are made at a time.
const together = 8

// Item is a debit or a link that a bank asks about: by its transaction's id, or the latest of
// a service on the account, a link that stands before a debit.
type Item struct{ AccountRef, Transaction, Service string }

// Request is what a bank asks.
type Request struct {
	Items  []Item
	Within time.Duration // in which people are to answer; zero is AnswerWithin
	Clerk  string        // who of the bank asks; may be empty
	// IdempotencyKey is the bank's own name of the request: the same again asks no one twice.
	IdempotencyKey string
}

// Asked is a request with its inquiries.
type Asked struct {
	*store.Asking
	All []*watch.Inquiry
}

// Service asks.
type Service struct {
	Store  *store.Store
	Queue  queue.Sender
	Now    func() time.Time
	Logger *slog.Logger // slog.Default if nil
}

func (s *Service) now() time.Time {
	if s.Now == nil {
		return time.Now().UTC()
	}
	return s.Now().UTC()
}

func (s *Service) logger() *slog.Logger {
	if s.Logger == nil {
		return slog.Default()
	}
	return s.Logger
}

// Check tells what is wrong with a request; nil if nothing is.
func (r *Request) Check() *watch.FieldError {
	if n := len(r.Items); n == 0 || n > MaxItems {
		return watch.Wrong("items", watch.CodeNotAllowed, "must be 1 to %d", MaxItems)
	}
	for i, it := range r.Items {
		field := func(name string) string { return fmt.Sprintf("items[%d].%s", i, name) }
		if fe := watch.CheckRef(field("account_ref"), it.AccountRef); fe != nil {
			return fe
		}
		switch {
		case (it.Transaction == "") == (it.Service == ""):
			return watch.Wrong(field("transaction_id"), watch.CodeNotAllowed, "is given, or a service is, and not both")
		case it.Transaction != "":
			if fe := watch.CheckText(field("transaction_id"), it.Transaction, 1, MaxID); fe != nil {
				return fe
			}
		default:
			if fe := watch.CheckText(field("service"), it.Service, 1, MaxService); fe != nil {
				return fe
			}
		}
	}
	if fe := watch.CheckText("clerk", r.Clerk, 0, MaxClerk); fe != nil {
		return fe
	}
	if r.Within != 0 && (r.Within < LeastAnswer || r.Within > MostAnswer) {
		return watch.Wrong("answer_within_minutes", watch.CodeNotAllowed, "must be %d to %d", int(LeastAnswer.Minutes()), int(MostAnswer.Minutes()))
	}
	return nil
}

// hash tells requests with one key apart.
func (r *Request) hash() string {
	parts := []string{r.Clerk, r.Within.String()}
	for _, it := range r.Items {
		parts = append(parts, it.AccountRef, it.Transaction, it.Service)
	}
	h := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(h[:])
}

// Ask asks those who watch the accounts of a request that was checked. What was asked about
// already is not asked about again. A process that dies in between has asked some: the same
// request, by its key, asks the others. ErrOtherRequest.
func (s *Service) Ask(ctx context.Context, bank string, req Request) (*Asked, error) {
	asking, err := s.begin(ctx, bank, &req)
	if err != nil {
		return nil, err
	}
	out := &Asked{Asking: asking, All: make([]*watch.Inquiry, len(req.Items))}
	errs := make([]error, len(req.Items))
	var wg sync.WaitGroup
	turns := make(chan struct{}, together)
	for i, account := range byAccount(req.Items) {
		wg.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			for _, n := range account { // one after the other: they are counted
				if out.All[n], errs[i] = s.one(ctx, asking, req.Items[n]); errs[i] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	return out, errors.Join(errs...)
}

// byAccount groups the places of items by their account.
func byAccount(items []Item) (out [][]int) {
	at := map[string]int{}
	for i, it := range items {
		n, ok := at[it.AccountRef]
		if !ok {
			n = len(out)
			at[it.AccountRef], out = n, append(out, nil)
		}
		out[n] = append(out[n], i)
	}
	return out
}

// begin writes a request down, or finds what was written of it.
func (s *Service) begin(ctx context.Context, bank string, req *Request) (*store.Asking, error) {
	now := s.now()
	a := &store.Asking{ID: watch.Derive("asking", bank, rand.Text()), Bank: bank, At: now, AnswerBy: now.Add(cmp.Or(req.Within, AnswerWithin)).Truncate(time.Second), Clerk: req.Clerk}
	if req.IdempotencyKey != "" {
		a.ID, a.Request = watch.Derive("asking", bank, "key", req.IdempotencyKey), req.hash()
		was, err := s.Store.Asking(ctx, bank, a.ID)
		switch {
		case err == nil && was.Request != a.Request:
			return nil, ErrOtherRequest
		case err == nil || !errors.Is(err, store.ErrNotFound):
			return was, err
		}
	}
	for _, it := range req.Items {
		if id := watch.InquiryID(a.ID, it.AccountRef, it.Transaction, it.Service); !slices.Contains(a.Inquiries, id) {
			a.Inquiries = append(a.Inquiries, id) // an item that stands there twice is asked about once
		}
	}
	err := s.Store.Write(ctx, store.PutAsking(a))
	if _, lost := store.AsCondition(err); lost { // the same request at the same moment
		return s.Store.Asking(ctx, bank, a.ID)
	}
	return a, err
}

// one makes one inquiry, or reads it if it was made before.
func (s *Service) one(ctx context.Context, a *store.Asking, it Item) (q *watch.Inquiry, err error) {
	var told []watch.News
	err = store.Retry(ctx, func() error {
		id := watch.InquiryID(a.ID, it.AccountRef, it.Transaction, it.Service)
		if q, err = s.Store.Inquiry(ctx, id); err == nil || !errors.Is(err, store.ErrNotFound) {
			told = nil
			return err
		}
		q = &watch.Inquiry{ID: id, Asking: a.ID, Txn: it.Transaction, Service: it.Service, State: watch.InquiryAsked, AskedAt: s.now(), AnswerBy: a.AnswerBy}
		writes, news, err := s.about(ctx, a.Bank, it, q)
		if err != nil {
			return err
		}
		told = news
		q.ComputeDue()
		if err = s.Store.Write(ctx, append(writes, store.PutInquiry(q))...); err == nil {
			q.Version++
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	s.tell(ctx, told)
	return q, nil
}

// askAgain is after how long people are told again whom no channel has taken an inquiry for
// yet; then after twice as long, until mostAgain.
const askAgain, mostAgain = time.Minute, time.Hour

// about fills in what an inquiry is about and says what else is to be written, and who is to
// be told.
func (s *Service) about(ctx context.Context, bank string, it Item, q *watch.Inquiry) ([]store.Write, []watch.News, error) {
	no := func(why watch.InquiryReason) ([]store.Write, []watch.News, error) {
		q.State, q.Why = watch.InquiryNotAsked, why
		return nil, nil, nil
	}
	names, err := s.Store.Names(ctx, watch.AccountKey{Bank: bank, Ref: it.AccountRef})
	if err != nil {
		return nil, nil, err
	}
	q.OnAccount = watch.On(names.Account)
	account, err := s.Store.Account(ctx, names.Account)
	if errors.Is(err, store.ErrNotFound) {
		return no(watch.InquiryNoWatcher)
	}
	if err != nil {
		return nil, nil, err
	}
	q.Mask = account.Mask
	r, err := s.find(ctx, names.Account, it)
	if err != nil {
		return nil, nil, err
	}
	if r == nil {
		return no(watch.InquiryNotKnown)
	}
	q.Record, q.Kind = r.ID, r.Kind
	lead, err := s.Store.Lead(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	lead = lead.Clone()
	lead.Inquire(q.ID)
	writes := []store.Write{store.PutRecord(lead)} // an account that is erased meanwhile is looked at again
	if part, ok := lead.Part(r.ID); ok {
		r = part
	}
	if x, answered := q.Says(lead.AnswerOf(r.ID), lead.Dispute, q.AskedAt); answered {
		x.TellBank, x.By = false, roleOf(account, lead.Answer)
		q.Note(x)
		return writes, nil, nil
	}
	if r.Gone() {
		return no(watch.InquiryUndone)
	}
	others, err := s.Store.Inquiries(ctx, names.Account)
	if err != nil {
		return nil, nil, err
	}
	n := 0
	for _, o := range others {
		recent := q.AskedAt.Sub(o.AskedAt) < watch.InquiriesWithin && o.State != watch.InquiryNotAsked
		if recent {
			n++
		}
		if recent && o.Record == q.Record && o.Open() {
			q.SameAs = o.ID
			return no(watch.InquiryOpen)
		}
	}
	if n >= watch.MostInquiries {
		return no(watch.InquiryTooMany)
	}
	told := news.OfInquiry(account, q)
	if len(told) == 0 {
		return no(watch.InquiryNoChannel)
	}
	q.AskAgain = q.AskedAt.Add(askAgain)
	return writes, told, nil
}

// find is the record that a bank asks about; nil if nothing is on record.
func (s *Service) find(ctx context.Context, k watch.AccountKey, it Item) (*watch.Record, error) {
	var ids []string
	if it.Transaction != "" {
		for _, kind := range []watch.Kind{watch.Debit, watch.LinkRegistered} {
			e := watch.Event{Bank: k.Bank, AccountRef: k.Ref, TransactionID: it.Transaction, Kind: kind}
			ids = append(ids, e.RecordID())
		}
	} else {
		act, err := s.Store.Activity(ctx, k)
		if err != nil {
			return nil, err
		}
		ids = latestOf(act, it.Service)
	}
	for _, id := range ids {
		r, err := s.Store.Record(ctx, id)
		if err == nil {
			r, err = s.Store.Telling(ctx, r)
		}
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return nil, err
		case r.Complete && r.Account == k:
			return r, nil
		}
	}
	return nil, nil
}

// latestOf are the records of a service on an account: the links that stand, the newest
// first, and then the latest debit that is remembered.
func latestOf(act *watch.Activity, service string) (ids []string) {
	if a := act.Services[service]; a != nil {
		for _, l := range slices.Backward(a.Links) {
			if l.RemovedAt.IsZero() && l.Record != "" {
				ids = append(ids, l.Record)
			}
		}
	}
	for _, d := range slices.Backward(act.Recent) {
		if d.Service == service && d.Record != "" {
			return append(ids, d.Record)
		}
	}
	return ids
}

// roleOf is who gave an answer; empty if they have left.
func roleOf(a *watch.Account, answer *watch.Answer) watch.Role {
	if a != nil && answer != nil {
		if w, ok := a.Watcher(answer.Watcher); ok {
			return w.Role
		}
	}
	return ""
}

// tell queues what people are to be told. A failure is not the caller's: the inquiry is due,
// and sweep has them told.
func (s *Service) tell(ctx context.Context, told []watch.News) {
	if err := (news.Service{Queue: s.Queue}).Tell(ctx, told); err != nil {
		s.logger().WarnContext(ctx, "inquiry: not queued, sweep will send it", "error", err)
	}
}
