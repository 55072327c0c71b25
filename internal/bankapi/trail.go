package bankapi

import (
	"net/http"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/watch"
)

type trailReply struct {
	AccountRef string      `json:"account_ref"`
	Steps      []stepReply `json:"steps"`
	Cursor     string      `json:"cursor,omitempty"` // of the next page; absent on the last
}

// stepReply is a step as the account's bank reads it: people by role alone.
type stepReply struct {
	ID       string         `json:"id"`
	At       time.Time      `json:"at"`
	Kind     watch.StepKind `json:"kind"`
	Way      watch.Way      `json:"way,omitempty"`
	By       watch.Role     `json:"by,omitempty"`
	Of       watch.Role     `json:"of,omitempty"`
	Lowered  bool           `json:"lowered"`
	Changes  []turnReply    `json:"changes"`
	Restores string         `json:"restores,omitempty"`
	Control  *controlStep   `json:"control,omitempty"`
}

// controlStep is what a step says of something that the bank was asked to stop.
type controlStep struct {
	ID      string             `json:"control_id"`
	Control watch.ControlKind  `json:"control"`
	Service string             `json:"service,omitempty"`
	State   watch.ControlState `json:"state"`
}

type turnReply struct {
	Name    string         `json:"name"`
	Before  jsontext.Value `json:"before,omitempty"`
	After   jsontext.Value `json:"after,omitempty"`
	Lowered bool           `json:"lowered"`
}

// trail answers for an account without watchers too: who ended the watching
// stands in it.
func (h *Handler) trail(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	names, err := h.named(r, bank)
	if err != nil {
		return 0, nil, err
	}
	q, err := query(r, "limit", "cursor")
	if err != nil {
		return 0, nil, err
	}
	limit, err := pageLimit(q.Get("limit"))
	if err != nil {
		return 0, nil, err
	}
	rep := trailReply{AccountRef: names.Now(), Steps: []stepReply{}}
	list, cursor, err := h.Store.TrailPage(r.Context(), names.Account, limit, q.Get("cursor"))
	if err != nil {
		return 0, nil, err
	}
	rep.Cursor = cursor
	for _, s := range list {
		x := stepReply{ID: s.ID, At: s.At.UTC(), Kind: s.Kind, Way: s.Way, By: s.ByRole, Of: s.OfRole, Lowered: s.Lowered, Changes: []turnReply{}, Restores: s.Restores}
		for _, t := range s.Turns {
			y := turnReply{Name: t.Name, Before: t.Before, After: t.After, Lowered: t.Lowers}
			if _, address := t.OfAddress(); address { // not even a part of one
				y.Before, y.After = nil, nil
			}
			x.Changes = append(x.Changes, y)
		}
		if c := s.Control; c != nil {
			x.Control = &controlStep{c.ID, c.Kind, c.Service, c.State}
		}
		rep.Steps = append(rep.Steps, x)
	}
	return http.StatusOK, rep, nil
}
