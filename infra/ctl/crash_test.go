package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"kozamori/infra/folder"
	"kozamori/infra/operator"
	"kozamori/internal/detect"
	"kozamori/internal/engine"
	"kozamori/internal/queue"
	qembedded "kozamori/internal/queue/embedded"
	"kozamori/internal/store"
	"kozamori/internal/testkit/crashtest"
	"kozamori/internal/watch"
)

func TestMain(m *testing.M) {
	crashtest.Main(map[string]func(){"ctl": dyingCtl})
	os.Exit(m.Run())
}

// dying ends the process right after the chosen thing that a command did to
// the world: done, and not reported.
type dying struct{ left int }

func (d *dying) step() {
	if d.left--; d.left == 0 {
		crashtest.Die()
	}
}

type dyingTable struct {
	store.Table
	*dying
}

func (t dyingTable) Write(ctx context.Context, writes ...store.Write) error {
	err := t.Table.Write(ctx, writes...)
	t.step()
	return err
}

type dyingQueue struct {
	operator.Queue
	*dying
}

func (q dyingQueue) Send(ctx context.Context, n queue.Name, msgs ...queue.Outgoing) error {
	err := q.Queue.Send(ctx, n, msgs...)
	q.step()
	return err
}

type dyingSecrets struct {
	operator.Secrets
	*dying
}

func (s dyingSecrets) PutSecret(ctx context.Context, name, value string) error {
	err := s.Secrets.PutSecret(ctx, name, value)
	s.step()
	return err
}

// dyingCtl is the child: the command on a folder, which dies at a step.
func dyingCtl() {
	die, _ := strconv.Atoi(os.Getenv("DIE"))
	mortal := &dying{die}
	c := &console{In: strings.NewReader(""), Out: os.Stdout, Err: os.Stdout, Env: func(string) string { return "" }}
	c.reach = func(ctx context.Context, _ *place) (*operator.Deployment, error) {
		d, err := operator.Local(ctx, os.Getenv("DATA"), "")
		if err != nil {
			return nil, err
		}
		q, err := d.Queue(ctx)
		d.Queue = func(context.Context) (operator.Queue, error) { return dyingQueue{q, mortal}, err }
		d.Table, d.Secrets = dyingTable{d.Table, mortal}, dyingSecrets{d.Secrets, mortal}
		return d, nil
	}
	os.Exit(run(context.Background(), c, strings.Fields(os.Getenv("ARGS"))))
}

// dies runs a command that dies at a step; step 0 lets it finish. It returns
// what was said.
func dies(t *testing.T, data string, step int, args string) string {
	t.Helper()
	return strings.Join(crashtest.Start(t, "ctl", "DATA="+data, fmt.Sprint("DIE=", step), "ARGS="+args).Wait(), "\n")
}

// house is a data folder with a bank in it. use opens it between two commands.
func house(t *testing.T) (data string, use func(func(*folder.Folder, *store.Store, *qembedded.Queue))) {
	t.Helper()
	data = t.TempDir()
	use = func(do func(*folder.Folder, *store.Store, *qembedded.Queue)) {
		t.Helper()
		f, err := folder.Open(data, nil)
		if err != nil {
			t.Fatal(err)
		}
		d, err := f.Data(engine.Options{}, t.Logf, "0125")
		if err != nil {
			t.Fatal(err)
		}
		do(f, store.New(d.Table), d.Queue)
		_, _ = d.Close(), f.Close()
	}
	use(func(_ *folder.Folder, s *store.Store, _ *qembedded.Queue) {
		if err := s.Write(t.Context(), store.PutBank(&store.Bank{Code: "0125"})); err != nil {
			t.Fatal(err)
		}
	})
	return data, use
}

// A body in which an event is good by now and another is still bad: a replay
// writes the bad one by itself, queues the good one and takes the body out.
func TestAReplayThatDiesAnywhereLosesNothingAndDoublesNothing(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Second)
	event := func(txn string, yen int) string {
		return fmt.Sprintf(`{"id":"evt_%s","type":"debit","transaction_id":%q,"account_ref":"acc_1","occurred_at":%q,"amount":%d,"currency":"JPY","descriptor":"ﾄﾞｺﾓｺｳｻﾞ"}`,
			txn, txn, now.Format(time.RFC3339), yen)
	}
	raw := `{"events":[` + event("good", 1000) + `,` + event("bad", -1) + `]}`
	whole := watch.Derive("refused", "0125", raw)
	account := watch.AccountKey{Bank: "0125", Ref: "acc_1"}
	const steps = 4 // the first keeps that it is done
	for die := 1; die <= steps+1; die++ {
		t.Run(fmt.Sprint("dead after step ", die), func(t *testing.T) {
			data, use := house(t)
			use(func(_ *folder.Folder, s *store.Store, _ *qembedded.Queue) {
				err := s.Write(t.Context(), append(
					store.PutRefused(&store.Refused{ID: whole, Bank: "0125", At: now, Problem: "a mistake of ours", Raw: raw}),
					store.PutAccount(&watch.Account{AccountKey: account, Watchers: []watch.Watcher{{ID: "w1", Role: watch.Owner,
						Channels: []watch.Channel{{Kind: watch.Email, Address: "a@example.jp"}}, Rules: watch.DefaultRules()}}}))...)
				if err != nil {
					t.Fatal(err)
				}
			})
			said := dies(t, data, die, "quarantine replay -bank 0125 "+whole)
			if died := !strings.Contains(said, "STILL REFUSED"); died != (die <= steps) {
				t.Fatalf("it died: %v, of %d steps\n%s", died, steps, said)
			}
			use(func(_ *folder.Folder, s *store.Store, q *qembedded.Queue) {
				depth, err := q.Depth(t.Context(), queue.Events)
				if err != nil {
					t.Fatal(err)
				}
				_, err = s.Refused(t.Context(), "0125", whole)
				if depth.Waiting == 0 && err != nil {
					t.Fatalf("the good event is nowhere: %v", err)
				}
			})
			// The operator who saw it die runs it again, on everything.
			dies(t, data, 0, "quarantine replay -bank 0125 -all")
			use(func(_ *folder.Folder, s *store.Store, q *qembedded.Queue) {
				stage := detect.New(detect.Config{Store: s, Queue: q, Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
				for {
					ms, err := q.Receive(t.Context(), queue.Events, 10, time.Millisecond)
					if err != nil {
						t.Fatal(err)
					}
					if len(ms) == 0 {
						break
					}
					queue.Settle(t.Context(), q, queue.Events, ms, stage.Handle, slog.New(slog.DiscardHandler))
				}
				records, err := store.First(s.History(t.Context(), account, time.Time{}, time.Time{}), 10)
				if err != nil || len(records) != 1 || records[0].Txn != "good" || len(records[0].Deliveries) != 1 {
					t.Errorf("%d records, %v", len(records), err)
				}
				left, err := store.First(s.Quarantine(t.Context(), "0125"), 10)
				if err != nil || len(left) != 1 || left[0].EventID != "evt_bad" {
					t.Errorf("%+v %v", left, err)
				}
			})
		})
	}
}

func TestARotationThatDiesCanBeBegunOnceMore(t *testing.T) {
	data, _ := house(t)
	secrets := func() []string {
		t.Helper()
		s, err := folder.ReadSecrets(data)
		if err != nil {
			t.Fatal(err)
		}
		return s.Banks["0125"].Live()
	}
	old := secrets()[0]
	if said := dies(t, data, 2, "bank rotate-secret 0125"); strings.Contains(said, "whsec_") {
		t.Fatalf("it did not die before it told the secret:\n%s", said)
	}
	lost := secrets()
	if len(lost) != 2 || lost[1] != old {
		t.Fatalf("%d live secrets: the old one no longer verifies", len(lost))
	}
	if said := dies(t, data, 0, "bank rotate-secret 0125"); !strings.Contains(said, "-again") || len(secrets()) != 2 || secrets()[0] != lost[0] {
		t.Fatalf("a rotation under way was begun once more without being asked to:\n%s", said)
	}
	said := dies(t, data, 0, "bank rotate-secret 0125 -again")
	now := secrets()
	if len(now) != 2 || now[1] != old || now[0] == lost[0] || !strings.Contains(said, now[0]) {
		t.Fatalf("%d live secrets; the new one was told: %v", len(now), strings.Contains(said, now[0]))
	}
	dies(t, data, 2, "bank rotate-secret 0125 -finish")
	dies(t, data, 0, "bank rotate-secret 0125 -finish")
	if end := secrets(); len(end) != 1 || end[0] != now[0] {
		t.Errorf("%d live secrets in the end", len(end))
	}
	if info, err := os.Stat(filepath.Join(data, "secrets.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}
