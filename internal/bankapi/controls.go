package bankapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"kozamori/internal/control"
	"kozamori/internal/dispute"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

const (
	controlPath   = "/v1/banks/{bank}/controls/{control_id}"
	controlsPath  = "/v1/banks/{bank}/accounts/{account_ref}/controls"
	openPath      = "/v1/banks/{bank}/open-controls"
	offeringsPath = "/v1/banks/{bank}/offered-controls"
)

// Controls is what the API needs of control.Service.
type Controls interface {
	Set(ctx context.Context, bank, id string, say control.Answer) (*watch.Control, error)
}

var _ Controls = (*control.Service)(nil)

// controlReply is a control as its bank reads it; the names are those of the callbacks.
type controlReply struct {
	control.Facts
	State    watch.ControlState   `json:"state"`
	Text     string               `json:"text,omitempty"` // of the bank
	InForce  *inForceReply        `json:"in_force,omitempty"`
	CanState []watch.ControlState `json:"can_follow"`
	Changes  []controlChange      `json:"changes"`
}

// inForceReply is what people are told to be stopped.
type inForceReply struct {
	control.Terms
	Since time.Time `json:"since"`
}

type controlChange struct {
	Seq      int                `json:"seq"`
	State    watch.ControlState `json:"state"`
	At       time.Time          `json:"at"`
	Since    time.Time          `json:"since,omitzero"` // of the bank's
	Text     string             `json:"text,omitempty"` // of the bank's
	Clerk    string             `json:"clerk,omitempty"`
	By       watch.Role         `json:"by,omitempty"` // of an owner's
	Via      watch.Via          `json:"via,omitempty"`
	ToldAt   time.Time          `json:"told_at,omitzero"`    // the bank took the callback
	GaveUpAt time.Time          `json:"gave_up_at,omitzero"` // the bank never took it
}

func controlOf(c *watch.Control, ref string, now time.Time) controlReply {
	rep := controlReply{Facts: control.FactsOf(c, ref, 0), State: c.State, CanState: c.Can(now), Changes: []controlChange{}}
	if wish, since := c.InForce(now); wish != nil {
		rep.InForce = &inForceReply{control.TermsOf(wish.Terms), since.UTC()}
	}
	for _, x := range c.Changes {
		rep.Changes = append(rep.Changes, controlChange{x.Seq, x.State, x.At.UTC(), x.Since.UTC(), x.Text.Full(), x.Clerk, x.By, x.Via, x.ToldAt.UTC(), x.GaveUpAt.UTC()})
		if x.State.OfBank() {
			rep.Text = x.Text.Full()
		}
	}
	return rep
}

// listControls lists what owners asked the bank to stop on an account.
func (h *Handler) listControls(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	names, err := h.named(r, bank)
	if err != nil {
		return 0, nil, err
	}
	rep := struct {
		Controls []controlReply `json:"controls"`
	}{[]controlReply{}}
	list, err := h.Store.Controls(r.Context(), names.Account)
	if err != nil {
		return 0, nil, err
	}
	slices.SortFunc(list, func(a, b *watch.Control) int { return b.Last().At.Compare(a.Last().At) })
	for _, c := range list {
		rep.Controls = append(rep.Controls, controlOf(c, names.Now(), h.Now()))
	}
	return http.StatusOK, rep, nil
}

// listOpenControls lists what waits for the bank's answer, of all of its accounts.
func (h *Handler) listOpenControls(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	q, err := query(r, "limit", "cursor")
	if err != nil {
		return 0, nil, err
	}
	limit, err := pageLimit(q.Get("limit"))
	if err != nil {
		return 0, nil, err
	}
	list, next, err := h.Store.OpenControls(r.Context(), bank, limit, q.Get("cursor"))
	if err != nil {
		return 0, nil, err
	}
	rep := struct {
		Controls []controlReply `json:"controls"`
		Cursor   string         `json:"cursor,omitempty"` // of the next page; absent on the last
	}{[]controlReply{}, next}
	accounts := make([]watch.AccountKey, 0, len(list))
	for _, c := range list {
		accounts = append(accounts, c.Account)
	}
	called, err := h.Store.Called(r.Context(), accounts...)
	if err != nil {
		return 0, nil, err
	}
	for _, c := range list {
		rep.Controls = append(rep.Controls, controlOf(c, called[c.Account].Now(), h.Now()))
	}
	return http.StatusOK, rep, nil
}

func (h *Handler) readControl(w http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	c, err := h.Store.Control(r.Context(), r.PathValue("control_id"))
	if err != nil {
		return 0, nil, err
	}
	if c.Account.Bank != bank {
		return 0, nil, errNotFound
	}
	return h.taggedControl(r.Context(), w, c)
}

// taggedControl answers with a control and the version that it is.
func (h *Handler) taggedControl(ctx context.Context, w http.ResponseWriter, c *watch.Control) (int, any, error) {
	w.Header().Set("ETag", `"`+strconv.FormatInt(c.Version, 10)+`"`)
	called, err := h.Store.Called(ctx, c.Account)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, controlOf(c, called[c.Account].Now(), h.Now()), nil
}

// setControl takes what the bank answers.
func (h *Handler) setControl(w http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	var req struct {
		State string `json:"state"`
		Text  string `json:"text"`
		Since filled `json:"since"`
		Clerk string `json:"clerk"`
	}
	if err := read(r, &req); err != nil {
		return 0, nil, err
	}
	say := control.Answer{State: watch.ControlState(req.State), Text: strings.TrimSpace(req.Text), Clerk: strings.TrimSpace(req.Clerk)}
	needs := say.State == watch.ControlRefused || say.State == watch.ControlKept
	switch {
	case !say.State.OfBank():
		return 0, nil, refused("state", "must be applied, refused, not_offered, lifted or kept")
	case needs && say.Text == "":
		return 0, nil, refused("text", "is missing: it tells the people why")
	}
	if fe := watch.CheckWords("text", say.Text, control.MaxText); fe != nil {
		return 0, nil, fe
	}
	if req.Since != "" {
		at, err := time.Parse(time.RFC3339, string(req.Since))
		if err != nil {
			return 0, nil, refused("since", "must be a time such as 2026-11-30T14:05:00+09:00")
		}
		say.Since = at
	}
	version, err := change(r, say.Clerk)
	if errors.Is(err, dispute.ErrChanged) { // it is of no version that there ever was
		err = control.ErrChanged
	}
	if err != nil {
		return 0, nil, err
	}
	say.Read = version
	c, err := h.Controls.Set(r.Context(), bank, r.PathValue("control_id"), say)
	if err != nil {
		return 0, nil, err
	}
	return h.taggedControl(r.Context(), w, c)
}

type offeringsBody struct {
	Controls []watch.ControlKind `json:"controls"`
	// Shown are those that customers see: none while the bank has no callback address.
	Shown []watch.ControlKind `json:"shown"`
}

func offeringsOf(b *store.Bank) offeringsBody {
	out := offeringsBody{[]watch.ControlKind{}, []watch.ControlKind{}}
	out.Controls = append(out.Controls, b.Controls...)
	out.Shown = append(out.Shown, b.Offered()...)
	return out
}

// listOfferings tells what the bank's customers can ask it to stop.
func (h *Handler) listOfferings(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	b, err := h.tenant(r.Context(), bank)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, offeringsOf(b), nil
}

// putOfferings says what the bank's customers can ask it to stop. What was asked for before
// stands.
func (h *Handler) putOfferings(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	var req struct {
		Controls *[]string `json:"controls"`
	}
	if err := read(r, &req); err != nil {
		return 0, nil, err
	}
	if req.Controls == nil {
		return 0, nil, refused("controls", "is missing; an empty list offers none")
	}
	offered, err := ParseControls(*req.Controls)
	if err != nil {
		return 0, nil, refused("controls", err.Error())
	}
	if err := begin(r.Context(), object{"bank", bank}); err != nil {
		return 0, nil, err
	}
	var b *store.Bank
	err = store.Retry(r.Context(), func() (err error) {
		if b, err = h.Store.Bank(r.Context(), bank); errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("bankapi: there is a key, but no bank: %v", err) //nolint:errorlint // it is our fault, not an address that leads nowhere
		} else if err != nil || slices.Equal(b.Controls, offered) {
			return err
		}
		b.Controls = offered
		return h.Store.Write(r.Context(), store.PutBank(b))
	})
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, offeringsOf(b), nil
}

// ParseControls reads what a bank offers as somebody gives it, each once. It returns it in
// the order of watch.ControlKinds.
func ParseControls(given []string) (out []watch.ControlKind, err error) {
	var names []string
	for _, kind := range watch.ControlKinds() {
		names = append(names, string(kind))
		if slices.Contains(given, string(kind)) {
			out = append(out, kind)
		}
	}
	if len(out) != len(given) {
		return nil, errors.New("must be some of " + strings.Join(names, ", ") + ", each once")
	}
	return out, nil
}
