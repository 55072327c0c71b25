package session_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kozamori/internal/session"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

const alice = "U000000000000000000000000000a11ce"

func newDesk(t *testing.T) (*session.Service, *atomic.Int64) {
	t.Helper()
	var at atomic.Int64
	at.Store(time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC).Unix())
	now := func() time.Time { return time.Unix(at.Load(), 0) }
	table := worldtest.Table(t, now)
	keys := worldtest.Keys(t)
	return &session.Service{Store: store.New(table), Keys: keys, Now: now}, &at
}

func TestADoorOpensOneSessionHoweverManyPress(t *testing.T) {
	t.Parallel()
	d, _ := newDesk(t)
	ctx := context.Background()
	door, err := d.Door(ctx, alice, watch.English)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 { // previews of the link
		if s, err := d.Look(ctx, door); err != nil || s.LineUser != alice {
			t.Fatalf("%+v, %v", s, err)
		}
	}
	var wg sync.WaitGroup
	var in, out atomic.Int64
	for range 20 {
		wg.Go(func() {
			secret, _, err := d.Enter(ctx, door)
			switch {
			case err == nil:
				in.Add(1)
				if s, err := d.Who(ctx, secret); err != nil || s.LineUser != alice || s.Lang != watch.English {
					t.Errorf("session %+v, %v", s, err)
				}
			case errors.Is(err, session.ErrNone), errors.Is(err, store.ErrConflict):
				out.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if in.Load() != 1 || out.Load() != 19 {
		t.Errorf("%d sessions, %d refused", in.Load(), out.Load())
	}
}

func TestDoorsAndSessionsEnd(t *testing.T) {
	t.Parallel()
	d, at := newDesk(t)
	ctx := context.Background()
	door, _ := d.Door(ctx, alice, "")
	late, _ := d.Door(ctx, alice, "")
	secret, _, err := d.Enter(ctx, door)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Who(ctx, door); !errors.Is(err, session.ErrNone) {
		t.Errorf("a door is taken for a session: %v", err)
	}
	if _, _, err := d.Enter(ctx, secret); !errors.Is(err, session.ErrNone) {
		t.Errorf("a session is taken for a door: %v", err)
	}
	at.Add(int64(session.DoorLife / time.Second))
	if _, _, err := d.Enter(ctx, late); !errors.Is(err, session.ErrNone) {
		t.Errorf("a late door: %v", err)
	}
	at.Add(int64((session.Life - session.DoorLife - time.Second) / time.Second))
	if _, err := d.Who(ctx, secret); err != nil {
		t.Errorf("a session in its last second: %v", err)
	}
	at.Add(1)
	if _, err := d.Who(ctx, secret); !errors.Is(err, session.ErrNone) {
		t.Errorf("a session that is over: %v", err)
	}
	door, _ = d.Door(ctx, alice, "")
	secret, s, err := d.Enter(ctx, door)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := d.Leave(ctx, s); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.Who(ctx, secret); !errors.Is(err, session.ErrNone) {
		t.Errorf("after leaving: %v", err)
	}
}

func TestWhoseTimeIsOverHearsItInTheirLanguage(t *testing.T) {
	t.Parallel()
	d, at := newDesk(t)
	ctx := context.Background()
	door, err := d.Door(ctx, alice, watch.English)
	if err != nil {
		t.Fatal(err)
	}
	secret, _, err := d.Enter(ctx, door)
	if err != nil {
		t.Fatal(err)
	}
	over := func(what string, s session.Session, err error) {
		t.Helper()
		if !errors.Is(err, session.ErrNone) || s.Lang != watch.English || s.LineUser != "" {
			t.Errorf("%s: %+v, %v", what, s, err)
		}
	}
	s, err := d.Look(ctx, door)
	over("a used door, looked at", s, err)
	_, s, err = d.Enter(ctx, door)
	over("a used door", s, err)
	at.Add(int64(session.Life / time.Second))
	s, err = d.Who(ctx, secret)
	over("a session", s, err)
	if s, err := d.Who(ctx, "x"); !errors.Is(err, session.ErrNone) || s.Lang != "" {
		t.Errorf("unknown: %+v, %v", s, err)
	}
}
