package operator

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"kozamori/internal/engine"
	"kozamori/internal/health"
	"kozamori/internal/queue"
	"kozamori/internal/store"
)

// The protocol: each operation is a POST of one JSON document to a path of its
// name. It is spoken only between programs of one version on one machine.

// asked is what is asked for; each operation reads its own fields.
type asked struct {
	Keys   []store.Key   `json:",omitempty"`
	Writes []store.Write `json:",omitempty"`
	Query  *store.Query  `json:",omitempty"`

	Queue    queue.Name       `json:",omitempty"`
	Messages []queue.Outgoing `json:",omitempty"`
	Max      int              `json:",omitempty"`

	Name, Value string `json:",omitempty"`
}

// answered is what came of it.
type answered struct {
	Items  []store.Item `json:",omitempty"`
	Page   *store.Page  `json:",omitempty"`
	Dead   []queue.Dead `json:",omitempty"`
	Count  int          `json:",omitempty"`
	Depth  *queue.Depth `json:",omitempty"`
	Line   *LineAccess  `json:",omitempty"`
	Value  string       `json:",omitempty"`
	Fault  string       `json:",omitempty"` // what went wrong, in addition to what was done
	Failed []int        `json:",omitempty"` // the conditions that did not hold
	Cursor bool         `json:",omitempty"` // store.ErrCursor
	NoLINE bool         `json:",omitempty"` // ErrNoLINE

	Progress []int64        `json:",omitempty"` // how much is done, and of how much; another document follows
	Bytes    [2]int64       `json:",omitzero"`  // before and after, or a count
	Backup   *engine.Backup `json:",omitempty"`
	Disk     *health.Disk   `json:",omitempty"`
}

// LineAccess is how the stack's LINE is reached.
type LineAccess struct{ API, Data, Token string }

// Server is what a running stack serves.
type Server struct {
	Table   store.Table
	Queue   Queue
	Secrets Secrets
	LINE    func(context.Context) (LineAccess, error)
	Files   Files
	Walk    func(ctx context.Context, prefix, cursor string) (store.Page, error)
}

// Handler serves it. A client of the handler may do everything, so it belongs
// on a socket that only this user can open.
func (l *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	serve := func(name string, do func(context.Context, *asked, *answered) error) {
		mux.HandleFunc("POST /"+name, func(w http.ResponseWriter, r *http.Request) {
			var in asked
			if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
				http.Error(w, "not JSON", http.StatusBadRequest)
				return
			}
			var out answered
			if err := do(r.Context(), &in, &out); err != nil {
				out.Fault, out.Cursor, out.NoLINE = err.Error(), errors.Is(err, store.ErrCursor), errors.Is(err, ErrNoLINE)
				if c, ok := store.AsCondition(err); ok {
					out.Failed = c.Failed
				}
			}
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(&out) // a client that left finds out what happened by asking again
		})
	}
	serve("get", func(ctx context.Context, in *asked, out *answered) error {
		items, err := l.Table.Get(ctx, in.Keys...)
		for _, it := range items {
			out.Items = append(out.Items, it)
		}
		return err
	})
	serve("write", func(ctx context.Context, in *asked, _ *answered) error { return l.Table.Write(ctx, in.Writes...) })
	serve("query", func(ctx context.Context, in *asked, out *answered) error {
		if in.Query == nil {
			return errors.New("no query")
		}
		page, err := l.Table.Query(ctx, *in.Query)
		out.Page = &page
		return err
	})
	serve("walk", func(ctx context.Context, in *asked, out *answered) error {
		page, err := l.Walk(ctx, in.Name, in.Value)
		out.Page = &page
		return err
	})
	serve("send", func(ctx context.Context, in *asked, _ *answered) error {
		return l.Queue.Send(ctx, in.Queue, in.Messages...)
	})
	serve("dead", func(ctx context.Context, in *asked, out *answered) (err error) {
		out.Dead, err = l.Queue.Dead(ctx, in.Queue, in.Max)
		return err
	})
	serve("redrive", func(ctx context.Context, in *asked, out *answered) (err error) {
		out.Count, err = l.Queue.Redrive(ctx, in.Queue)
		return err
	})
	serve("depth", func(ctx context.Context, in *asked, out *answered) error {
		d, err := l.Queue.Depth(ctx, in.Queue)
		out.Depth = &d
		return err
	})
	serve("secret", func(ctx context.Context, in *asked, out *answered) (err error) {
		out.Value, err = l.Secrets.Secret(ctx, in.Name)
		return err
	})
	serve("put-secret", func(ctx context.Context, in *asked, _ *answered) error {
		return l.Secrets.PutSecret(ctx, in.Name, in.Value)
	})
	serve("line", func(ctx context.Context, _ *asked, out *answered) error {
		a, err := l.LINE(ctx)
		out.Line = &a
		return err
	})
	l.serveFiles(mux)
	return mux
}
