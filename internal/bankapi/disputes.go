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
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// Lengths of a page of disputes.
const (
	DefaultPage = 50
	MaxPage     = 100
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

// order is how a list of disputes is sorted, by when they were answered.
type order string

const (
	newestFirst order = "newest"
	oldestFirst order = "oldest"
)

// oldestCursor begins the cursors of a list that begins with the oldest: one of the
// other order would lead back.
const oldestCursor = "oldest:"

// disputesIn is a page of the bank's disputes in an order.
func (h *Handler) disputesIn(ctx context.Context, bank string, by order, limit int, cursor string) (list []*watch.Dispute, next string, err error) {
	if by == newestFirst {
		return h.Store.Disputes(ctx, bank, limit, cursor)
	}
	if cursor != "" {
		rest, own := strings.CutPrefix(cursor, oldestCursor)
		if !own || rest == "" {
			return nil, "", store.ErrCursor
		}
		cursor = rest
	}
	if list, next, err = h.Store.OldestDisputes(ctx, bank, limit, cursor); next != "" {
		next = oldestCursor + next
	}
	return list, next, err
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
	if wanted.account != "" {
		names, err := h.Store.Names(r.Context(), watch.AccountKey{Bank: bank, Ref: wanted.account})
		if err != nil {
			return 0, nil, err
		}
		wanted.account = names.Account.Ref
	}
	by := cmp.Or(order(q.Get("order")), newestFirst)
	if by != newestFirst && by != oldestFirst {
		return 0, nil, refused("order", "must be newest or oldest")
	}
	rep := disputesReply{Disputes: []disputeReply{}, Cursor: q.Get("cursor")}
	ctx, page := r.Context(), limit
	if wanted.some() {
		page = MaxPage
	}
	for looked := 0; looked < lookThrough; looked += page {
		list, next, err := h.disputesIn(ctx, bank, by, page, rep.Cursor)
		if err != nil {
			return 0, nil, err
		}
		leads, err := wanted.leadsOf(ctx, h.Store, list)
		if err != nil {
			return 0, nil, err
		}
		called, err := h.Store.Called(ctx, accountsOf(list)...)
		if err != nil {
			return 0, nil, err
		}
		for i, d := range list {
			if !wanted.has(d, leads[d.Account]) {
				continue
			}
			rep.Disputes = append(rep.Disputes, replyOf(dispute.Called(d, called[d.Account].Now())))
			if len(rep.Disputes) == limit && i+1 < len(list) { // the cursor must stand behind this one
				if _, next, err = h.disputesIn(ctx, bank, by, i+1, rep.Cursor); err != nil {
					return 0, nil, err
				}
				break
			}
		}
		if len(list) > 0 && wanted.past(list[len(list)-1], by) && len(rep.Disputes) < limit {
			next = "" // none that follows is asked for
		}
		if rep.Cursor = next; next == "" || len(rep.Disputes) == limit || !wanted.some() {
			break
		}
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

// accountsOf lists the accounts of disputes.
func accountsOf(list []*watch.Dispute) (out []watch.AccountKey) {
	for _, d := range list {
		out = append(out, d.Account)
	}
	return out
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

// ifMatch is the version that a request is for; 0 if it names none.
func ifMatch(r *http.Request) (int64, error) {
	tag := strings.TrimSpace(r.Header.Get("If-Match"))
	if tag == "" || tag == "*" {
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

// ReadyText is what the bank can say of a report without writing it.
type ReadyText struct {
	ID     string              `json:"id"`
	Status watch.DisputeStatus `json:"status"` // with which it is said
	Ja     string              `json:"ja"`
	En     string              `json:"en"`
}

// listTexts lists the ready texts.
func (h *Handler) listTexts(http.ResponseWriter, *http.Request, string) (int, any, error) {
	return http.StatusOK, struct {
		Texts []ReadyText `json:"texts"`
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
	for _, t := range h.Texts() {
		if t.ID == string(req.Ready) && string(t.Status) == req.Status {
			req.Text = t.Ja
			return nil
		}
	}
	return refused("ready", "is no ready text of that status")
}

// MaxClerk and MaxNote are the most characters of who says something of a dispute
// at the bank, and of a note.
const (
	MaxClerk = 40
	MaxNote  = 1000
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
	if fe := watch.CheckText("text", strings.ReplaceAll(text, "\n", " "), 1, MaxNote); fe != nil {
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
