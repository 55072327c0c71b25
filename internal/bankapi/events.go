package bankapi

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

const eventsPath = "/v1/banks/{bank}/events"

// outcome is what became of an event, or of a transaction that no event is
// known of.
type outcome string

const (
	alerted     outcome = "alerted"      // on record, and a channel took what tells somebody of its transaction or link
	recorded    outcome = "recorded"     // on record, and no watcher was told of it until now
	isHistory   outcome = "history"      // on record as something that happened before
	knownBefore outcome = "known"        // said nothing that the record did not say
	isRefused   outcome = "refused"      // in quarantine
	noWatcher   outcome = "no_watcher"   // the account has none now
	notRecorded outcome = "not_recorded" // the account has watchers, and nothing is kept
)

// eventReply is what became of one event. Of one that said nothing new only
// the record's facts are known, and of a refused one what could be read.
type eventReply struct {
	ID            string        `json:"id,omitempty"`
	Outcome       outcome       `json:"outcome"`
	Type          watch.Kind    `json:"type,omitempty"`
	TransactionID string        `json:"transaction_id,omitempty"`
	AccountRef    string        `json:"account_ref,omitempty"`
	OccurredAt    time.Time     `json:"occurred_at,omitzero"`
	ReceivedAt    time.Time     `json:"received_at,omitzero"`
	AlertedAt     time.Time     `json:"alerted_at,omitzero"` // when a channel first took what tells of its transaction
	Conflict      bool          `json:"conflict,omitempty"`  // its transaction_id is another debit's or link's, too
	Exceeds       bool          `json:"exceeds,omitempty"`   // more came back with it than was left
	Merged        bool          `json:"merged,omitempty"`    // a posting of another time than one before, taken for the same debit
	Refused       *refusedReply `json:"refused,omitempty"`

	account watch.AccountKey
	record  string // of which it is entry n, to tell two apart of which nothing else differs
	entry   int
}

type refusedReply struct {
	Field   string     `json:"field,omitempty"`
	Problem string     `json:"problem"`
	Code    watch.Code `json:"code,omitempty"`
	More    int        `json:"more,omitempty"` // problems apart from this one
}

type eventsReply struct {
	Events []eventReply `json:"events"`
	// Outcome is of an account of which no event is known.
	Outcome outcome `json:"outcome,omitempty"`
}

// errNoAccount says what to do where the account of a transaction is not named.
var errNoAccount = watch.Wrong("account_ref", watch.CodeMissing,
	"is missing: banks number their transactions for each account, so name the account, too; or ask for …/events/{event_id}, which needs the event's id alone")

// transaction tells what became of the events of one transaction or link. The
// account must be named: banks number their transactions for each account, and an
// index over all of a bank's accounts would be a further write for each record.
func (h *Handler) transaction(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	q, err := query(r, "transaction_id", "account_ref")
	if err != nil {
		return 0, nil, err
	}
	if !q.Has("account_ref") {
		return 0, nil, errNoAccount
	}
	e := watch.Event{Bank: bank, AccountRef: q.Get("account_ref"), TransactionID: wire.TrimID(q.Get("transaction_id"))}
	if fe := watch.CheckRef("account_ref", e.AccountRef); fe != nil {
		return 0, nil, fe
	}
	if fe := watch.CheckText("transaction_id", e.TransactionID, 1, wire.MaxID); fe != nil {
		return 0, nil, fe
	}
	names, err := h.Store.Names(r.Context(), e.Account())
	if err != nil {
		return 0, nil, err
	}
	e.AccountRef = names.Account.Ref
	rep := eventsReply{Events: []eventReply{}}
	for _, kind := range []watch.Kind{watch.Debit, watch.LinkRegistered} {
		e.Kind = kind
		f, err := h.familyOf(r.Context(), e.RecordID())
		if err != nil {
			return 0, nil, err
		}
		told, err := h.toldOf(r.Context(), f)
		if err != nil {
			return 0, nil, err
		}
		rep.Events = append(rep.Events, f.all(told)...)
	}
	var refused []*store.Refused
	for _, k := range names.Keys() { // each by the name that the bank gave it then
		list, err := h.Store.RefusedTransaction(r.Context(), k, e.TransactionID)
		if err != nil {
			return 0, nil, err
		}
		refused = append(refused, list...)
	}
	return h.events(r.Context(), rep, refused, names)
}

// event tells what became of the events that a bank gave one id: one, if it
// gives each an id of its own.
func (h *Handler) event(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	q, err := query(r, "account_ref")
	if err != nil {
		return 0, nil, err
	}
	var names *store.Names // of the account that is asked for, if one is
	if ref := q.Get("account_ref"); ref != "" {
		if fe := watch.CheckRef("account_ref", ref); fe != nil {
			return 0, nil, fe
		}
		if names, err = h.Store.Names(r.Context(), watch.AccountKey{Bank: bank, Ref: ref}); err != nil {
			return 0, nil, err
		}
	}
	id := wire.TrimID(r.PathValue("event_id"))
	traces, err := h.Store.Traced(r.Context(), bank, id)
	if err != nil {
		return 0, nil, err
	}
	rep := eventsReply{Events: []eventReply{}}
	for _, t := range traces {
		f, err := h.familyOf(r.Context(), t.Record)
		if err != nil {
			return 0, nil, err
		}
		told, err := h.toldOf(r.Context(), f)
		if err != nil {
			return 0, nil, err
		}
		for _, e := range f.find(id, told) {
			if (names == nil || names.Account.Ref == e.AccountRef) && !slices.ContainsFunc(rep.Events, e.is) {
				rep.Events = append(rep.Events, e)
			}
		}
	}
	refused, err := h.Store.RefusedEvent(r.Context(), bank, id)
	if err != nil {
		return 0, nil, err
	}
	if names != nil {
		refused = slices.DeleteFunc(refused, func(x *store.Refused) bool { return x.Ref != "" && !slices.Contains(names.Refs(), x.Ref) })
	}
	return h.events(r.Context(), rep, refused, names)
}

// events adds what was refused, and answers. Accounts are named as they are called now,
// but of what was refused as it was sent. Of an account of which no event is
// known it is told whether it has watchers, if the account is named.
func (h *Handler) events(ctx context.Context, rep eventsReply, refused []*store.Refused, names *store.Names) (int, any, error) {
	if err := h.callEvents(ctx, rep.Events); err != nil {
		return 0, nil, err
	}
	for _, x := range refused {
		rep.Events = append(rep.Events, eventReply{ID: x.EventID, Outcome: isRefused, TransactionID: x.Txn, AccountRef: x.Ref, ReceivedAt: x.At.UTC(),
			Refused: &refusedReply{x.Field, x.Problem, x.Code, x.More}})
	}
	slices.SortStableFunc(rep.Events, func(a, b eventReply) int {
		return cmp.Or(a.ReceivedAt.Compare(b.ReceivedAt), cmp.Compare(a.ID, b.ID))
	})
	if len(rep.Events) > 0 {
		return http.StatusOK, rep, nil
	}
	if names == nil {
		return 0, nil, errNotFound
	}
	rep.Outcome = notRecorded
	switch _, err := h.Store.Account(ctx, names.Account); {
	case errors.Is(err, store.ErrNotFound):
		rep.Outcome = noWatcher
	case err != nil:
		return 0, nil, err
	}
	return http.StatusOK, rep, nil
}

// callEvents names the accounts of events on record as they are called now.
func (h *Handler) callEvents(ctx context.Context, events []eventReply) error {
	var keys []watch.AccountKey
	for _, e := range events {
		keys = append(keys, e.account)
	}
	called, err := h.Store.Called(ctx, keys...)
	if err != nil {
		return err
	}
	for i := range events {
		events[i].AccountRef = called[events[i].account].Now()
	}
	return nil
}

// family is the records of one id of a bank's: the id's own first.
type family []*watch.Record

// familyOf reads the family of any of its records; empty if there is none.
func (h *Handler) familyOf(ctx context.Context, id string) (f family, err error) {
	for range 2 { // from another transaction of an id to the id's own
		r, err := h.Store.Record(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return f, nil
		}
		if err == nil {
			r, err = h.Store.Telling(ctx, r)
		}
		if err != nil {
			return nil, err
		}
		f = family{r}
		own := watch.Event{Bank: r.Account.Bank, AccountRef: r.Account.Ref, TransactionID: r.Txn, Kind: r.Kind}
		root := own.RecordID()
		if root == r.ID || r.Seeded() {
			return h.withTwins(ctx, r)
		}
		id = root
	}
	return f, nil
}

func (h *Handler) withTwins(ctx context.Context, r *watch.Record) (family, error) {
	f := family{r}
	ids := make([]string, len(r.Twins))
	for i, t := range r.Twins {
		ids[i] = t.Record
	}
	twins, err := h.Store.Records(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if t := twins[id]; t != nil {
			f = append(f, t)
		}
	}
	return f, nil
}

// toldOf is when a channel first took what tells somebody of each record of a family;
// a record of which no watcher was told has none. What tells of it may be a message of
// the incident that it belongs to.
func (h *Handler) toldOf(ctx context.Context, f family) (map[string]time.Time, error) {
	told := map[string]time.Time{}
	for _, r := range f {
		by, at := r, r.ToldOf(r.ID, "")
		if r.Lead != "" && r.Lead != r.ID {
			lead, err := h.Store.Lead(ctx, r)
			if err != nil {
				return nil, err
			}
			by = lead
		}
		if t := by.ToldOf(r.ID, ""); at.IsZero() || !t.IsZero() && t.Before(at) {
			at = t
		}
		if !at.IsZero() {
			told[r.ID] = at.UTC()
		}
	}
	return told, nil
}

// conflict tells whether a bank gave an id to more than one debit or link.
func (f family) conflict() bool {
	return slices.ContainsFunc(f, func(r *watch.Record) bool { return r.Conflicts(f) })
}

// is tells whether two are one event of one record, found by two ways.
func (e *eventReply) is(b eventReply) bool { return e.record == b.record && e.entry == b.entry }

// all lists the events of the family, with when its records were told of.
func (f family) all(told map[string]time.Time) []eventReply {
	var out []eventReply
	for _, r := range f {
		remarks := r.Remarks()
		for i, e := range r.Story() {
			x := f.reply(r, told[r.ID])
			x.record, x.entry, x.Exceeds, x.Merged = r.ID, i, remarks[i].Exceeds, remarks[i].Merged
			x.ID, x.Type, x.OccurredAt, x.ReceivedAt = e.Event, e.Kind, e.At.UTC(), e.ReceivedAt.UTC()
			if !r.Seeded() {
				x.TransactionID = r.IDOf(&e, f[0])
			}
			if x.Outcome == alerted && r.Past && r.OnlyReturned() && (e.Kind == watch.Debit || e.Kind == watch.LinkRegistered) {
				x.Outcome, x.AlertedAt = isHistory, time.Time{} // what came of it since was told alone
			}
			if remarks[i].Repeats {
				x.Outcome, x.AlertedAt = knownBefore, time.Time{}
			}
			out = append(out, x)
		}
	}
	return out
}

// find finds the events of an id: more than one if the bank gave it to several
// stages. One that no record has is one that said nothing new.
func (f family) find(id string, told map[string]time.Time) []eventReply {
	all := f.all(told)
	if of := slices.DeleteFunc(slices.Clone(all), func(e eventReply) bool { return e.ID != id }); len(of) > 0 {
		return of
	}
	for _, r := range f {
		if len(r.Story()) > 0 {
			x := f.reply(r, told[r.ID])
			x.ID, x.Outcome, x.AlertedAt, x.Conflict, x.record, x.entry = id, knownBefore, time.Time{}, false, r.ID, -1
			if slices.ContainsFunc(all, func(e eventReply) bool { return e.TransactionID != r.Txn }) {
				x.TransactionID = "" // under which of them it was said is not kept
			}
			return []eventReply{x}
		}
	}
	return nil
}

func (f family) reply(r *watch.Record, told time.Time) eventReply {
	x := eventReply{Outcome: recorded, TransactionID: r.Txn, account: r.Account, AccountRef: r.Account.Ref, Conflict: f.conflict()}
	if r.Seeded() {
		x.TransactionID = ""
	}
	switch {
	case r.IsAlert() && !told.IsZero():
		x.Outcome, x.AlertedAt = alerted, told
	case r.Past:
		x.Outcome = isHistory
	}
	return x
}
