package operator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"time"

	"kozamori/internal/engine"
	"kozamori/internal/line"
	"kozamori/internal/queue"
	"kozamori/internal/store"
)

// errGone says that no stack listens at the socket any more.
var errGone = errors.New("the local stack does not answer")

// remote is a running stack, reached through its socket.
type remote struct{ http *http.Client }

// Connect works on what a running stack serves at a socket. It makes no call.
func Connect(socket string) *Deployment {
	b := &remote{http: &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socket)
		},
	}}}
	return &Deployment{Where: "the local stack", Table: b, Walk: b.Walk, Secrets: b, Files: b, Now: time.Now, Who: here,
		Queue: func(context.Context) (Queue, error) { return b, nil },
		LINE: func(ctx context.Context) (*line.Client, error) {
			a, err := b.call(ctx, "line", asked{})
			if err == nil && a.Line == nil {
				err = errGone
			}
			if err != nil {
				return nil, err
			}
			return line.New(line.Config{Endpoint: a.Line.API, DataEndpoint: a.Line.Data, Tokens: line.StaticToken(a.Line.Token)}), nil
		},
		Close: func() error { b.http.CloseIdleConnections(); return nil },
	}
}

func (b *remote) call(ctx context.Context, operation string, in asked) (*answered, error) {
	return b.long(ctx, operation, in, nil)
}

// long is a call that may tell how far it is before it is done.
func (b *remote) long(ctx context.Context, operation string, in asked, progress engine.Progress) (*answered, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://stack/"+operation, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	res, err := b.http.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, errGone
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return nil, errors.New("the local stack is of another version; start it again")
	}
	var out answered
	for from := json.NewDecoder(res.Body); ; out = (answered{}) {
		if err := from.Decode(&out); err != nil {
			return nil, errGone
		}
		if len(out.Progress) != 2 {
			break
		}
		if progress != nil {
			progress(out.Progress[0], out.Progress[1])
		}
	}
	switch {
	case out.Failed != nil:
		return &out, &store.ConditionError{Failed: out.Failed}
	case out.Cursor:
		return &out, store.ErrCursor
	case out.NoLINE:
		return &out, ErrNoLINE
	case out.Fault != "":
		return &out, errors.New(out.Fault)
	}
	return &out, nil
}

// Get reads items.
func (b *remote) Get(ctx context.Context, keys ...store.Key) (map[store.Key]store.Item, error) {
	out, err := b.call(ctx, "get", asked{Keys: keys})
	if err != nil {
		return nil, err
	}
	items := make(map[store.Key]store.Item, len(out.Items))
	for _, it := range out.Items {
		items[it.Key] = it
	}
	return items, nil
}

// Write does all of the writes or none.
func (b *remote) Write(ctx context.Context, writes ...store.Write) error {
	_, err := b.call(ctx, "write", asked{Writes: writes})
	return err
}

// Query walks a partition.
func (b *remote) Query(ctx context.Context, q store.Query) (store.Page, error) {
	out, err := b.call(ctx, "query", asked{Query: &q})
	if err != nil || out.Page == nil {
		return store.Page{}, err
	}
	return *out.Page, nil
}

// Walk reads a page of the whole table.
func (b *remote) Walk(ctx context.Context, prefix, cursor string) (store.Page, error) {
	out, err := b.call(ctx, "walk", asked{Name: prefix, Value: cursor})
	if err != nil || out.Page == nil {
		return store.Page{}, err
	}
	return *out.Page, nil
}

// Send puts messages into a queue.
func (b *remote) Send(ctx context.Context, q queue.Name, msgs ...queue.Outgoing) error {
	_, err := b.call(ctx, "send", asked{Queue: q, Messages: msgs})
	return err
}

// Dead lists dead letters.
func (b *remote) Dead(ctx context.Context, q queue.Name, max int) ([]queue.Dead, error) {
	out, err := b.call(ctx, "dead", asked{Queue: q, Max: max})
	if err != nil {
		return nil, err
	}
	return out.Dead, nil
}

// Redrive sends dead letters back.
func (b *remote) Redrive(ctx context.Context, q queue.Name) (int, error) {
	out, err := b.call(ctx, "redrive", asked{Queue: q})
	if out == nil {
		return 0, err
	}
	return out.Count, err
}

// Depth counts a queue's messages.
func (b *remote) Depth(ctx context.Context, q queue.Name) (queue.Depth, error) {
	out, err := b.call(ctx, "depth", asked{Queue: q})
	if err != nil || out.Depth == nil {
		return queue.Depth{}, err
	}
	return *out.Depth, nil
}

// Secret reads a secret.
func (b *remote) Secret(ctx context.Context, name string) (string, error) {
	out, err := b.call(ctx, "secret", asked{Name: name})
	if err != nil {
		return "", err
	}
	return out.Value, nil
}

// PutSecret writes one.
func (b *remote) PutSecret(ctx context.Context, name, value string) error {
	_, err := b.call(ctx, "put-secret", asked{Name: name, Value: value})
	return err
}
