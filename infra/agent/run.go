package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"kozamori/internal/intake"
	"kozamori/internal/webhook"
)

// once takes what is there. A file that may still grow is waited for.
func (a *agent) once(ctx context.Context) error {
	ready, waiting, err := a.look()
	if err != nil {
		return err
	}
	if waiting > 0 && a.still > 0 {
		a.say("%d files may still grow: waiting %v", waiting, a.still)
		if err := a.wait(ctx, a.still); err != nil {
			return err
		}
		if ready, waiting, err = a.look(); err != nil {
			return err
		}
	}
	if waiting > 0 {
		a.say("%d files are not whole yet, and were not read", waiting)
	}
	refused, err := a.all(ctx, ready)
	if err == nil && refused > 0 {
		err = fmt.Errorf("something of %d files was refused: see their reports", refused)
	}
	return err
}

// serve looks into the folder until the context ends.
func (a *agent) serve(ctx context.Context, every time.Duration) error {
	a.say("watching for files")
	for {
		ready, _, err := a.look()
		if err == nil {
			_, err = a.all(ctx, ready)
		}
		if ctx.Err() != nil { // which err is of, too
			a.say("stopped; the next start goes on from here")
			return nil //nolint:nilerr // to be stopped is no failure
		}
		if err != nil {
			a.say("%v; trying again in %v", err, every)
		}
		if err := a.wait(ctx, every); err != nil {
			return err
		}
	}
}

// all takes files in the order of their names, and tells of how many something
// was refused. A file that is not what it was is left for the next look.
func (a *agent) all(ctx context.Context, ready []found) (refused int, err error) {
	for _, f := range ready {
		r, err := a.take(ctx, f)
		if errors.Is(err, errChanged) || errors.Is(err, os.ErrNotExist) {
			delete(a.watched, f.name)
			a.say("%s: %v", intake.Shown(f.name), errChanged)
			continue
		}
		if _, ok := errors.AsType[*webhook.StatusError](err); ok || errors.Is(err, webhook.ErrNoAnswer) {
			return refused, fmt.Errorf("%s: %w; what was taken is kept, and the rest is sent next time", intake.Shown(f.name), err)
		}
		if err != nil {
			return refused, fmt.Errorf("%s: %w", intake.Shown(f.name), err)
		}
		if r.Outcome == outcomeRefused || r.Refused > 0 {
			refused++
		}
		if err := a.print(r); err != nil {
			return refused, err
		}
	}
	return refused, nil
}

func (a *agent) print(r *report) error {
	if !a.asJSON {
		return r.print(a.out)
	}
	e := json.NewEncoder(a.out)
	e.SetEscapeHTML(false)
	return e.Encode(r)
}
