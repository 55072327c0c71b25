package bankapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"kozamori/internal/dispute"
	"kozamori/internal/watch"
)

// Lengths of a page of disputes.
const (
	DefaultPage = 50
	MaxPage     = dispute.MaxPage
)

// disputeReply is a dispute as its bank reads it; the names are those of the
// callbacks.
type disputeReply struct {
	dispute.Facts
	Status     watch.DisputeStatus `json:"status"`
	Text       string              `json:"text,omitempty"`
	AnsweredAt time.Time           `json:"answered_at"`
	AnsweredBy watch.Role          `json:"answered_by"`
	Via        watch.Via           `json:"via"`
	Changes    []changeReply       `json:"changes"`
	Notes      []noteReply         `json:"notes,omitempty"`
	History    []dispute.Entry     `json:"history"`
}

type changeReply struct {
	Seq      int                 `json:"seq"`
	Status   watch.DisputeStatus `json:"status"`
	At       time.Time           `json:"at"`
	Text     string              `json:"text,omitempty"`
	By       watch.Role          `json:"by,omitempty"`
	Via      watch.Via           `json:"via,omitempty"`
	Clerk    string              `json:"clerk,omitempty"`     // of the bank's
	Reopened bool                `json:"reopened,omitempty"`  // of the bank's
	Ready    string              `json:"ready,omitempty"`     // of the bank's: the id of text
	ToldAt   time.Time           `json:"told_at,omitzero"`    // the bank took the callback
	GaveUpAt time.Time           `json:"gave_up_at,omitzero"` // the bank never took it
	Further  *dispute.Charge     `json:"further,omitempty"`   // of "updated": a debit after the report
}

type noteReply struct {
	At    time.Time `json:"at"`
	Clerk string    `json:"clerk,omitempty"`
	Text  string    `json:"text"`
}

func replyOf(d *watch.Dispute) disputeReply {
	rep := disputeReply{Facts: dispute.FactsOf(d), Status: d.Status, Text: d.Text.Full(),
		AnsweredAt: d.AnsweredAt.UTC(), AnsweredBy: d.AnsweredBy, Via: d.Via, Changes: []changeReply{}, History: dispute.HistoryOf(d)}
	dispute.HistoriesOf(d, &rep.Facts)
	for _, c := range d.Changes {
		rep.Changes = append(rep.Changes, changeReply{Seq: c.Seq, Status: c.Status, At: c.At.UTC(), Text: c.Text.Full(),
			By: c.By, Via: c.Via, Clerk: c.Clerk, Reopened: c.Reopened, Ready: c.Ready, ToldAt: c.ToldAt.UTC(), GaveUpAt: c.GaveUpAt.UTC(), Further: dispute.FurtherOf(c.Further)})
	}
	for _, n := range d.Notes {
		rep.Notes = append(rep.Notes, noteReply{n.At.UTC(), n.Clerk, n.Text})
	}
	return rep
}

type disputesReply struct {
	Disputes []disputeReply `json:"disputes"`
	Cursor   string         `json:"cursor,omitempty"` // of the next page; absent on the last
}

func (h *Handler) listDisputes(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	q, err := query(r, append(slices.Clone(disputeFilters), "limit", "cursor", "order")...)
	if err != nil {
		return 0, nil, err
	}
	limit, err := pageLimit(q.Get("limit"))
	if err != nil {
		return 0, nil, err
	}
	wanted, err := filterOf(q)
	if err != nil {
		return 0, nil, err
	}
	by := cmp.Or(dispute.Order(q.Get("order")), dispute.NewestFirst)
	if by != dispute.NewestFirst && by != dispute.OldestFirst {
		return 0, nil, refused("order", "must be newest or oldest")
	}
	list, next, err := dispute.Find(r.Context(), h.Store, bank, wanted, by, limit, q.Get("cursor"))
	if err != nil {
		return 0, nil, err
	}
	rep := disputesReply{Disputes: []disputeReply{}, Cursor: next}
	for _, d := range list {
		rep.Disputes = append(rep.Disputes, replyOf(d))
	}
	return http.StatusOK, rep, nil
}

func (h *Handler) readDispute(w http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	d, err := h.Store.Dispute(r.Context(), r.PathValue("dispute_id"))
	if err != nil {
		return 0, nil, err
	}
	if d.Account.Bank != bank {
		return 0, nil, errNotFound
	}
	return h.tagged(r.Context(), w, d)
}

// tagged answers with a dispute and the version that it is.
func (h *Handler) tagged(ctx context.Context, w http.ResponseWriter, d *watch.Dispute) (int, any, error) {
	w.Header().Set("ETag", `"`+strconv.FormatInt(d.Version, 10)+`"`)
	called, err := h.Store.Called(ctx, d.Account)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, replyOf(dispute.Called(d, called[d.Account].Now())), nil
}

// tagsOf are the tags that a request is for, if it names any. An empty header names what
// nothing is called: the request of a program that had no tag would overwrite all.
func tagsOf(r *http.Request) (list string, given bool) {
	all := r.Header.Values("If-Match")
	return strings.TrimSpace(strings.Join(all, ",")), len(all) > 0
}

// ifMatch is the version that a request is for; 0 if it names none.
func ifMatch(r *http.Request) (int64, error) {
	tag, given := tagsOf(r)
	if !given || tag == "*" {
		return 0, nil
	}
	inner, quoted := strings.CutPrefix(tag, `"`)
	inner, ended := strings.CutSuffix(inner, `"`)
	n, err := strconv.ParseInt(inner, 10, 64)
	if !quoted || !ended || err != nil || n < 1 {
		return 0, dispute.ErrChanged // it is of no version that there ever was
	}
	return n, nil
}

type statusRequest struct {
	Status string `json:"status"`
	Text   string `json:"text"`
	Ready  filled `json:"ready"` // a ready text, in place of one that is written
	Clerk  string `json:"clerk"`
}

// listTexts lists the ready texts.
func (h *Handler) listTexts(http.ResponseWriter, *http.Request, string) (int, any, error) {
	return http.StatusOK, struct {
		Texts []dispute.ReadyText `json:"texts"`
	}{h.Texts()}, nil
}

// ready is the text that a request says by its id.
func (h *Handler) ready(req *statusRequest) error {
	if req.Ready == "" {
		return nil
	}
	if req.Text != "" {
		return refused("ready", "stands in place of text, not next to it")
	}
	text, ok := dispute.Ready(h.Texts(), string(req.Ready), watch.DisputeStatus(req.Status))
	if !ok {
		return refused("ready", "is no ready text of that status")
	}
	req.Text = text
	return nil
}

// MaxClerk and MaxNote are the most characters of who says something of a dispute
// at the bank, and of a note.
const (
	MaxClerk = dispute.MaxClerk
	MaxNote  = dispute.MaxNote
)

func (h *Handler) setStatus(w http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	var req statusRequest
	if err := read(r, &req); err != nil {
		return 0, nil, err
	}
	status := watch.DisputeStatus(req.Status)
	switch status {
	case watch.DisputeReceived, watch.DisputeFrozen, watch.DisputeRefunded, watch.DisputeClosed, watch.DisputeReopened:
	default:
		return 0, nil, refused("status", "must be received, frozen, refunded, closed or reopened")
	}
	if err := h.ready(&req); err != nil {
		return 0, nil, err
	}
	if fe := watch.CheckWords("text", strings.TrimSpace(req.Text), dispute.MaxText); fe != nil {
		return 0, nil, refused(fe.Field, fe.Problem)
	}
	clerk := strings.TrimSpace(req.Clerk)
	version, err := change(r, clerk)
	if err != nil {
		return 0, nil, err
	}
	d, err := h.Disputes.Set(r.Context(), bank, r.PathValue("dispute_id"), dispute.Status{Status: status, Text: req.Text, Ready: string(req.Ready), Clerk: clerk, Read: version})
	if err != nil {
		return 0, nil, err
	}
	return h.tagged(r.Context(), w, d)
}

// change begins a change of a dispute, if its clerk and the version that they
// read are such, and returns that version.
func change(r *http.Request, clerk string) (version int64, err error) {
	if fe := watch.CheckText("clerk", clerk, 0, MaxClerk); fe != nil {
		return 0, fe
	}
	if version, err = ifMatch(r); err != nil {
		return 0, err
	}
	return version, begin(r.Context())
}

type noteRequest struct {
	Text  string `json:"text"`
	Clerk string `json:"clerk"`
}

// addNote keeps what the bank notes for itself. No person is shown it.
func (h *Handler) addNote(w http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	var req noteRequest
	if err := read(r, &req); err != nil {
		return 0, nil, err
	}
	text, clerk := strings.TrimSpace(req.Text), strings.TrimSpace(req.Clerk)
	if fe := dispute.CheckNote(text); fe != nil {
		return 0, nil, fe
	}
	version, err := change(r, clerk)
	if err != nil {
		return 0, nil, err
	}
	d, err := h.Disputes.Note(r.Context(), bank, r.PathValue("dispute_id"), clerk, text, version)
	if err != nil {
		return 0, nil, err
	}
	return h.tagged(r.Context(), w, d)
}
