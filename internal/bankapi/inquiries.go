package bankapi

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"kozamori/internal/inquiry"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

const inquiriesPath = "/v1/banks/{bank}/inquiries"

// Inquiries is what the API needs of inquiry.Service.
type Inquiries interface {
	Ask(ctx context.Context, bank string, req inquiry.Request) (*inquiry.Asked, error)
}

var _ Inquiries = (*inquiry.Service)(nil)

// askingReply is a request of the bank, with how many of its inquiries are how far.
type askingReply struct {
	ID       string    `json:"request_id"`
	AskedAt  time.Time `json:"asked_at"`
	AnswerBy time.Time `json:"answer_by"`
	Clerk    string    `json:"clerk,omitempty"`
	// All are how many inquiries it has; it has fewer that stand once accounts were erased.
	All       int            `json:"all"`
	Inquiries []inquiryReply `json:"inquiries"`
}

// inquiryReply is an inquiry as its bank reads it; the names are those of the callbacks.
type inquiryReply struct {
	inquiry.Facts
	ToPhone bool            `json:"to_phone"`
	Changes []inquiryChange `json:"changes"`
}

type inquiryChange struct {
	Seq      int                `json:"seq"`
	State    watch.InquiryState `json:"state"`
	At       time.Time          `json:"at"`
	By       watch.Role         `json:"by,omitempty"`
	Via      watch.Via          `json:"via,omitempty"`
	ToldAt   time.Time          `json:"told_at,omitzero"`    // the bank took the callback
	GaveUpAt time.Time          `json:"gave_up_at,omitzero"` // the bank never took it
}

// phoned is which of the inquiries of a request are asked for.
type phoned string

const (
	everyInquiry phoned = ""
	toPhone      phoned = "true"
	notToPhone   phoned = "false"
)

// askingOf is a request as its bank reads it.
func (h *Handler) askingOf(ctx context.Context, a *inquiry.Asked, which phoned) (askingReply, error) {
	rep := askingReply{a.ID, a.At.UTC(), a.AnswerBy.UTC(), a.Clerk, len(a.Asking.Inquiries), []inquiryReply{}}
	var keys []watch.AccountKey
	for _, q := range a.All {
		keys = append(keys, q.Account)
	}
	called, err := h.Store.Called(ctx, keys...)
	if err != nil {
		return rep, err
	}
	for _, q := range a.All {
		one := inquiryReply{inquiry.FactsOf(q, called[q.Account].Now()), q.ToPhone(h.Now()), []inquiryChange{}}
		if which == toPhone && !one.ToPhone || which == notToPhone && one.ToPhone {
			continue
		}
		for _, x := range q.Changes {
			one.Changes = append(one.Changes, inquiryChange{x.Seq, x.State, x.At.UTC(), x.By, x.Via, x.ToldAt.UTC(), x.GaveUpAt.UTC()})
		}
		rep.Inquiries = append(rep.Inquiries, one)
	}
	return rep, nil
}

// ask asks those who watch accounts about debits and links.
func (h *Handler) ask(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	var req struct {
		Items []struct {
			AccountRef  string `json:"account_ref"`
			Transaction filled `json:"transaction_id"`
			Service     filled `json:"service"`
		} `json:"items"`
		Within *int   `json:"answer_within_minutes"`
		Clerk  string `json:"clerk"`
	}
	if err := read(r, &req); err != nil {
		return 0, nil, err
	}
	name, err := idempotencyKey(r)
	if err != nil {
		return 0, nil, err
	}
	is := inquiry.Request{Clerk: strings.TrimSpace(req.Clerk), IdempotencyKey: name}
	if w := req.Within; w != nil {
		if least, most := int(inquiry.LeastAnswer.Minutes()), int(inquiry.MostAnswer.Minutes()); *w < least || *w > most {
			return 0, nil, refused("answer_within_minutes", fmt.Sprintf("must be %d to %d", least, most))
		}
		is.Within = time.Duration(*w) * time.Minute
	}
	var named []object
	for _, it := range req.Items {
		is.Items = append(is.Items, inquiry.Item{AccountRef: it.AccountRef, Transaction: wire.TrimID(string(it.Transaction)), Service: string(it.Service)})
		named = append(named, object{"account", it.AccountRef})
	}
	if fe := is.Check(); fe != nil {
		return 0, nil, fe
	}
	if err := begin(r.Context(), named...); err != nil {
		return 0, nil, err
	}
	asked, err := h.Inquiries.Ask(r.Context(), bank, is)
	if err != nil {
		return 0, nil, err
	}
	about(r.Context(), object{"asking", asked.ID})
	rep, err := h.askingOf(r.Context(), asked, everyInquiry)
	return http.StatusOK, rep, err
}

// listInquiries lists the bank's requests, the newest first.
func (h *Handler) listInquiries(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	q, err := query(r, "limit", "cursor")
	if err != nil {
		return 0, nil, err
	}
	limit, err := pageLimit(q.Get("limit"))
	if err != nil {
		return 0, nil, err
	}
	list, cursor, err := h.Store.Askings(r.Context(), bank, limit, q.Get("cursor"))
	if err != nil {
		return 0, nil, err
	}
	type request struct {
		ID       string    `json:"request_id"`
		AskedAt  time.Time `json:"asked_at"`
		AnswerBy time.Time `json:"answer_by"`
		Clerk    string    `json:"clerk,omitempty"`
		All      int       `json:"all"`
	}
	rep := struct {
		Requests []request `json:"requests"`
		Cursor   string    `json:"cursor,omitempty"`
	}{[]request{}, cursor}
	for _, a := range list {
		rep.Requests = append(rep.Requests, request{a.ID, a.At.UTC(), a.AnswerBy.UTC(), a.Clerk, len(a.Inquiries)})
	}
	return http.StatusOK, rep, nil
}

// readInquiries shows a request with its inquiries, or those of them that are to be phoned.
func (h *Handler) readInquiries(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	q, err := query(r, "to_phone")
	if err != nil {
		return 0, nil, err
	}
	which := phoned(q.Get("to_phone"))
	if which != everyInquiry && which != toPhone && which != notToPhone {
		return 0, nil, refused("to_phone", "must be true or false")
	}
	asked, err := inquiry.Read(r.Context(), h.Store, bank, r.PathValue("request_id"))
	if err != nil {
		return 0, nil, err
	}
	rep, err := h.askingOf(r.Context(), asked, which)
	return http.StatusOK, rep, err
}
