package operator

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"time"

	"kozamori/infra/folder"
	"kozamori/internal/engine"
	"kozamori/internal/line"
	"kozamori/internal/queue"
)

// Local works on the local stack of a folder: through the stack while it
// runs, and otherwise on its files. Link keys given as id:base64 replace the
// folder's own, as they do in the stack.
func Local(ctx context.Context, data, linkKeys string) (*Deployment, error) {
	d, err := local(ctx, data, linkKeys)
	if err != nil {
		return nil, err
	}
	find := d.Queue
	d.Queue = func(ctx context.Context) (Queue, error) {
		q, err := find(ctx)
		return sesless{q}, err
	}
	return d, nil
}

// sesless are the queues where there is no SES that could say anything.
type sesless struct{ Queue }

// Dead is for Queue.
func (s sesless) Dead(ctx context.Context, n queue.Name, most int) ([]queue.Dead, error) {
	if n == queue.Feedback {
		return nil, nil
	}
	return s.Queue.Dead(ctx, n, most)
}

// Depth is for Queue.
func (s sesless) Depth(ctx context.Context, n queue.Name) (queue.Depth, error) {
	if n == queue.Feedback {
		return queue.Depth{}, nil
	}
	return s.Queue.Depth(ctx, n)
}

func local(ctx context.Context, data, linkKeys string) (*Deployment, error) {
	r, err := folder.ReadRunning(data)
	switch {
	case err == nil && answers(ctx, r.Socket):
		return Connect(r.Socket), nil
	case err != nil && !errors.Is(err, folder.ErrNotRunning):
		return nil, err
	}
	return open(data, linkKeys)
}

// answers tells whether a stack listens at the address. One that was killed
// leaves its address behind.
func answers(ctx context.Context, socket string) bool {
	c, err := (&net.Dialer{}).DialContext(ctx, "unix", socket)
	if err != nil {
		return false
	}
	_ = c.Close()
	return true
}

func open(data, linkKeys string) (_ *Deployment, err error) {
	if _, err := folder.ReadSecrets(data); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("no local stack has ever run in %s; start one with go run ./infra/local, or name its folder with -data or a deployment on AWS with -stack", data)
	} else if err != nil {
		return nil, err
	}
	var closers []func() error
	shut := func() error {
		var errs []error
		for i := len(closers) - 1; i >= 0; i-- {
			errs = append(errs, closers[i]())
		}
		return errors.Join(errs...)
	}
	defer func() {
		if err != nil {
			_ = shut()
		}
	}()
	f, err := folder.Open(data, nil)
	if err != nil {
		if errors.Is(err, folder.ErrInUse) {
			err = fmt.Errorf("%s is in use by a stack that is starting or stopping, or by another ctl; try again", data)
		}
		return nil, err
	}
	closers = append(closers, f.Close)
	d, err := f.Data(engine.Options{}, func(format string, args ...any) { _, _ = fmt.Fprintf(os.Stderr, format+"\n", args...) })
	if err != nil {
		return nil, err
	}
	closers = append(closers, d.Close)
	vault := f.Vault(d.Secrets)
	vault.Keys = linkKeys
	return &Deployment{Where: "the local stack, which is not running", Table: d.Table, Walk: d.Table.Walk, Secrets: vault, Files: d, Now: time.Now, Who: here,
		Queue: func(context.Context) (Queue, error) { return d.Queue, nil },
		LINE:  func(context.Context) (*line.Client, error) { return nil, ErrNoLINE },
		Close: shut}, nil
}
