package bankapi

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"kozamori/internal/catalog"
	"kozamori/internal/line"
	"kozamori/internal/membership"
	"kozamori/internal/qr"
	"kozamori/internal/quote"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// accountRequest is an account of a customer who has proved to the bank that
// it is theirs.
type accountRequest struct {
	AccountRef  string `json:"account_ref"`
	AccountMask string `json:"account_mask"`
	Email       string `json:"email"`
	Lang        filled `json:"lang"`
	// What the bank knows of the account from before it is watched.
	Links       []linkRequest `json:"links"`
	HistoryFrom string        `json:"history_from"`
}

// codeRequest is one account, whose other open codes end unless they are to be
// kept.
type codeRequest struct {
	accountRequest
	KeepOthers bool `json:"keep_others"`
}

// linkRequest is a charge link that was registered before.
type linkRequest struct {
	Service    string `json:"service"`
	Descriptor string `json:"descriptor"`
	Since      string `json:"since"`
	Route      string `json:"route"`
}

func (a accountRequest) code() membership.CodeRequest {
	req := membership.CodeRequest{AccountRef: a.AccountRef, Mask: quote.Text(a.AccountMask), Email: a.Email, Lang: watch.Lang(a.Lang), HistoryFrom: a.HistoryFrom}
	for _, l := range a.Links {
		req.Links = append(req.Links, membership.LinkRequest(l))
	}
	return req
}

// MaxIdempotencyKey is how long a bank's own name of a request may be.
const MaxIdempotencyKey = 128

type codeReply struct {
	Code      string    `json:"code"`
	ExpiresAt time.Time `json:"expires_at"`
	LineURL   string    `json:"line_url,omitempty"` // opens the chat with the code typed in
	QRSVG     string    `json:"qr_svg,omitempty"`   // the same, to print
	// What the request calls services, and the catalogue does not.
	Unknown []unknownReply `json:"unknown_services,omitempty"`
}

// unknownReply names a field of the request. The link was taken, and is recognised
// by its descriptor.
type unknownReply struct {
	Field   string `json:"field"`
	Service string `json:"service"`
}

// unknown lists the services of links that the catalogue does not know. field
// leads to the account.
func (a *accountRequest) unknown(field string) (out []unknownReply) {
	for i, l := range a.Links {
		if l.Service == "" {
			continue
		}
		if _, ok := catalog.ByID(l.Service); !ok {
			out = append(out, unknownReply{fmt.Sprintf("%slinks[%d].service", field, i), wire.Word(l.Service)})
		}
	}
	return out
}

func (h *Handler) issueCode(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	var req codeRequest
	if err := read(r, &req); err != nil {
		return 0, nil, err
	}
	name, err := idempotencyKey(r)
	if err != nil {
		return 0, nil, err
	}
	asked := req.code()
	asked.KeepOthers, asked.IdempotencyKey = req.KeepOthers, name
	if err := begin(r.Context(), object{"account", req.AccountRef}); err != nil {
		return 0, nil, err
	}
	issued, err := h.Membership.Issue(r.Context(), bank, asked)
	if err != nil {
		return 0, nil, err
	}
	about(r.Context(), object{"code", issued.ID})
	rep := codeReply{Code: issued.Code, ExpiresAt: issued.Expires.UTC(), Unknown: req.unknown("")}
	if h.LineID != "" {
		rep.LineURL = line.ChatURL(h.LineID, issued.Code)
		if rep.QRSVG, err = qr.SVG(rep.LineURL); err != nil {
			return 0, nil, err
		}
	}
	return http.StatusCreated, rep, nil
}

type nonceRequest struct {
	Accounts []accountRequest `json:"accounts"`
}

type nonceReply struct {
	Nonce     string         `json:"nonce"`
	ExpiresAt time.Time      `json:"expires_at"`
	Unknown   []unknownReply `json:"unknown_services,omitempty"`
}

func (h *Handler) issueNonce(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	var req nonceRequest
	if err := read(r, &req); err != nil {
		return 0, nil, err
	}
	var accounts []membership.CodeRequest
	var named []object
	for _, a := range req.Accounts {
		accounts = append(accounts, a.code())
		named = append(named, object{"account", a.AccountRef})
	}
	if len(named) > membership.MaxTicked {
		named = nil // it will be refused
	}
	if err := begin(r.Context(), named...); err != nil {
		return 0, nil, err
	}
	nonce, expires, err := h.Membership.Nonce(r.Context(), bank, accounts)
	if err != nil {
		return 0, nil, err
	}
	rep := nonceReply{Nonce: nonce, ExpiresAt: expires.UTC()}
	for i, a := range req.Accounts {
		rep.Unknown = append(rep.Unknown, a.unknown(fmt.Sprintf("accounts[%d].", i))...)
	}
	return http.StatusCreated, rep, nil
}

type watcherReply struct {
	Role      watch.Role `json:"role"`
	Since     time.Time  `json:"since"`
	Reachable bool       `json:"reachable"` // over some channel, as far as we know
	// Channels are the kinds of channels that there are, working or not.
	Channels []watch.ChannelKind `json:"channels"`
	Consent  *consentReply       `json:"consent,omitempty"` // absent if it was not kept then
}

// consentReply is what a watcher agreed to.
type consentReply struct {
	At      time.Time `json:"at"`
	Version string    `json:"version,omitempty"` // of the operator's policy
}

type watchersReply struct {
	AccountRef string         `json:"account_ref"`
	Watchers   []watcherReply `json:"watchers"`
}

// watchers answers for an account without watchers too: the bank knows its
// accounts, and an empty list is the truth.
func (h *Handler) watchers(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	names, err := h.named(r, bank)
	if err != nil {
		return 0, nil, err
	}
	rep := watchersReply{AccountRef: names.Now(), Watchers: []watcherReply{}}
	a, err := h.Store.Account(r.Context(), names.Account)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return http.StatusOK, rep, nil
	case err != nil:
		return 0, nil, err
	}
	for _, w := range a.Watchers {
		x := watcherReply{Role: w.Role, Since: w.Since.UTC(), Reachable: len(w.Reachable()) > 0, Channels: []watch.ChannelKind{}}
		for _, c := range w.Channels {
			x.Channels = append(x.Channels, c.Kind)
		}
		if c := w.Consent; c != nil {
			x.Consent = &consentReply{c.At.UTC(), c.Version}
		}
		rep.Watchers = append(rep.Watchers, x)
	}
	return http.StatusOK, rep, nil
}

func (h *Handler) erase(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	names, err := h.named(r, bank)
	if err != nil {
		return 0, nil, err
	}
	if err := begin(r.Context()); err != nil {
		return 0, nil, err
	}
	if err := h.Membership.Erase(r.Context(), bank, names.Account.Ref); err != nil {
		return 0, nil, err
	}
	switch e, err := h.Store.Erasure(r.Context(), names.Account); {
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return 0, nil, err
	case err == nil && e.Walk != "":
		return http.StatusAccepted, erasureOf(names.Now(), e), nil
	}
	return http.StatusNoContent, nil, nil
}

type healthReply struct {
	LastEvent   time.Time  `json:"last_event,omitzero"`   // to the minute; absent if none ever came
	SilentSince time.Time  `json:"silent_since,omitzero"` // while the silence is an alarm
	Days        []dayReply `json:"days"`
}

// dayReply counts what was wrong with the events that came on one day.
type dayReply struct {
	Day       string         `json:"day"`
	Refused   int            `json:"refused"`
	Conflicts int            `json:"conflicts"`
	Latest    *conflictReply `json:"latest_conflict,omitempty"`
}

type conflictReply struct {
	EventID string    `json:"event_id"`
	At      time.Time `json:"received_at"`
}

func (h *Handler) health(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	f, err := h.Store.Feed(r.Context(), bank)
	if err != nil {
		return 0, nil, err
	}
	days, err := h.Store.Tallies(r.Context(), bank, h.Now())
	if err != nil {
		return 0, nil, err
	}
	rep := healthReply{f.LastEvent.UTC(), f.SilentSince.UTC(), []dayReply{}}
	for _, d := range days {
		day := dayReply{Day: d.Day, Refused: d.Refused, Conflicts: d.Conflicts}
		if d.Conflicts > 0 {
			day.Latest = &conflictReply{d.Conflict, d.ConflictAt.UTC()}
		}
		rep.Days = append(rep.Days, day)
	}
	return http.StatusOK, rep, nil
}
