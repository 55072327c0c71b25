package bankapi

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/audit"
	"kozamori/internal/store"
)

const auditPath = "/v1/banks/{bank}/audit"

// act is what a request does, on its way into the bank's audit list.
type act struct {
	audit.Act
	store *store.Store
	kept  bool // as begun
}

// begins notes what a request is about to do, and keeps nothing yet.
func (h *Handler) begins(r *http.Request, to route, id string, k *store.APIKey) *act {
	a := &act{audit.Act{ID: id, Bank: k.Bank, At: h.Now().UTC(), Actor: audit.Actor{Kind: audit.Key, ID: k.ID()}, What: to.act}, h.Store, false}
	for _, hole := range holes.FindAllStringSubmatch(to.path, -1) {
		if kind := kindOf(hole[1]); kind != "" && r.PathValue(hole[1]) != "" {
			a.Objects = append(a.Objects, audit.Object(kind, r.PathValue(hole[1])))
		}
	}
	if ref := r.URL.Query().Get("account_ref"); ref != "" {
		a.Objects = append(a.Objects, audit.Object("account", ref))
	}
	return a
}

var holes = regexp.MustCompile(`\{(\w+)\}`)

// kindOf is the kind of what a part of an address names; empty if it is no thing of
// its own.
func kindOf(part string) string {
	switch part {
	case "bank", "seq", "code":
		return ""
	case "webhook_id":
		return "callback"
	case "request_id": // of what it asks its customers
		return "asking"
	}
	kind, _, _ := strings.Cut(part, "_")
	return kind
}

// object is what is acted on: its kind, and its id.
type object struct{ kind, id string }

// about says what the request of a context is about.
func about(ctx context.Context, of ...object) {
	a := callOf(ctx).act
	for _, o := range of {
		if name := audit.Object(o.kind, o.id); !slices.Contains(a.Objects, name) {
			a.Objects = append(a.Objects, name)
		}
	}
}

// begin keeps that the request of a context is about to be done. What changes
// anything is begun before it does: if we die meanwhile, the list says so.
func begin(ctx context.Context, of ...object) error {
	a := callOf(ctx).act
	about(ctx, of...)
	if err := audit.Keep(ctx, a.store, &a.Act); err != nil {
		return err
	}
	a.kept = true
	return nil
}

// end keeps what came of it, though the caller may have gone.
func (a *act) end(ctx context.Context, status int) error {
	a.Ended(status)
	return audit.Keep(context.WithoutCancel(ctx), a.store, &a.Act)
}

type auditReply struct {
	Entries []listedReply `json:"entries"`
	Last    int64         `json:"last_seq"` // of the whole list
	Hash    string        `json:"last_hash"`
}

type listedReply struct {
	Hash  string         `json:"hash"`
	Entry jsontext.Value `json:"entry"`
}

// readAudit tells the bank who did what, the oldest first.
func (h *Handler) readAudit(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	q, err := query(r, "limit", "after")
	if err != nil {
		return 0, nil, err
	}
	limit, err := pageLimit(q.Get("limit"))
	if err != nil {
		return 0, nil, err
	}
	var after int64
	if v := q.Get("after"); v != "" {
		if after, err = strconv.ParseInt(v, 10, 64); err != nil || after < 0 || after > 1<<48 {
			return 0, nil, refused("after", "must be the seq of an entry, or 0")
		}
	}
	l := audit.List{Store: h.Store, Now: h.Now, Logger: h.Logger}
	head, err := l.Head(r.Context(), bank)
	if err != nil {
		return 0, nil, err
	}
	list, err := l.Read(r.Context(), bank, after, limit)
	if err != nil {
		return 0, nil, err
	}
	rep := auditReply{Entries: []listedReply{}, Last: head.Seq, Hash: head.Hash}
	for _, e := range list {
		rep.Entries = append(rep.Entries, listedReply{e.Hash, e.Entry})
	}
	return http.StatusOK, rep, nil
}
