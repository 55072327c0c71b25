package chat_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/queue"
	"kozamori/internal/sim"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// acts are events whose effect must come once, with the title of the one
// answer to each.
var acts = map[string]struct {
	do    func(*world) // sends the event
	title string
	late  bool   // the reply token is over before anybody works on the event
	with  string // what else each answer brings
	told  string // the title of what the other, bob, hears once
}{
	"not mine":                    {do: notMine, title: opened},
	"not mine, too late to reply": {do: notMine, title: opened, late: true},
	"a code": {do: func(w *world) {
		i, err := w.members.Issue(context.Background(), "0168", membership.CodeRequest{AccountRef: "acc_new"})
		if err != nil {
			w.t.Fatal(err)
		}
		_ = w.line.Say(alice, i.Code)
	}, title: wording.Connected(wording.ConnectedFacts{Lang: ja}).Title},
	"leaving": {do: func(w *world) {
		w.say(alice, "解除")
		_ = w.line.Tap(alice, w.button(alice, "a=leave"), "")
	}, title: wording.Left(wording.ChatLeaveFacts{}).Title},
	"a code for an account in use": {do: func(w *world) {
		k := watch.AccountKey{Bank: "0168", Ref: "acc_used"}
		w.used(k)
		i, err := w.members.Issue(context.Background(), k.Bank, membership.CodeRequest{AccountRef: k.Ref})
		if err != nil {
			w.t.Fatal(err)
		}
		_ = w.line.Say(alice, i.Code)
	}, title: wording.Connected(wording.ConnectedFacts{Lang: ja}).Title, with: "PayPay：心当たりがある"},
	"linking at the bank": {do: func(w *world) {
		token := w.offered(alice)
		nonce, _, err := w.members.Nonce(context.Background(), "0125", []membership.CodeRequest{{AccountRef: "acc_new"}})
		if err != nil {
			w.t.Fatal(err)
		}
		w.open(alice, token, nonce)
	}, title: wording.Connected(wording.ConnectedFacts{Lang: ja}).Title},
	"joining": {do: func(w *world) {
		k := watch.AccountKey{Bank: "0168", Ref: "acc_bob"}
		w.own(bob, k)
		code, _, err := w.members.Invite(context.Background(), bob, k, "", false)
		if err != nil {
			w.t.Fatal(err)
		}
		_ = w.line.Tap(alice, "a=join&c="+code, "")
	}, title: wording.Joined(ja, wording.ChatAccount{}, false, false).Title, told: wording.GuardianJoined(wording.GuardianFacts{}).Title},
	"erasing": {do: func(w *world) {
		w.say(alice, "解除")
		w.tap(alice, w.button(alice, "a=erase"))
		_ = w.line.Tap(alice, w.button(alice, "a=erase"), "")
	}, title: wording.Erased(wording.ChatLeaveFacts{}).Title},
	"leaving as a guardian": {do: func(w *world) {
		k := watch.AccountKey{Bank: "0168", Ref: "acc_bob"}
		w.own(bob, k, guardian(alice))
		w.say(alice, "解除")
		_ = w.line.Tap(alice, w.button(alice, "a=leave&t="+strings.Split(w.button(alice, "a=leave&t="), "&")[1][2:]+"&w=g-bob"), "")
	}, title: wording.Left(wording.ChatLeaveFacts{Lang: watch.English}).Title, told: wording.GuardianLeft(wording.GuardianFacts{}).Title},
	"leaving as the last owner": {do: func(w *world) {
		k := watch.AccountKey{Bank: "0168", Ref: "acc_own"}
		w.own(alice, k, guardian(bob))
		w.say(alice, "解除")
		_ = w.line.Tap(alice, w.button(alice, "a=leave&t="+strings.Split(w.button(alice, "a=leave&t="), "&")[1][2:]+"&w=w-own"), "")
	}, title: wording.Left(wording.ChatLeaveFacts{}).Title, told: wording.Dismissed(wording.GuardianFacts{Lang: watch.English}).Title},
	"pausing": {do: func(w *world) { _ = w.line.Tap(alice, "a=pause&for=1h", "") },
		title: wording.Paused(ja, time.Time{}, time.Time{}).Title},
	"resuming": {do: func(w *world) {
		w.tap(alice, "a=pause&for=1h")
		_ = w.line.Say(alice, "再開")
	}, title: wording.Resumed(ja, true).Title},
}

const opened = "お申し出を受け付けました。受付番号："

// TestAProcessThatDiesAnywhere stops the process at every step to the
// outside in turn, and lets another one continue.
func TestAProcessThatDiesAnywhere(t *testing.T) {
	t.Parallel()
	for name := range acts {
		t.Run(name+", continued at once", func(t *testing.T) {
			everywhere(t, name, false, 0, func(string) int { return 1 })
		})
		t.Run(name+", continued when no reply is possible", func(t *testing.T) {
			everywhere(t, name, false, 61*time.Second, func(last string) int {
				if last == "after reply" || last == "before write W" {
					return 2 // it is unknown whether the reply came through
				}
				return 1
			})
		})
	}
}

// TestAFailureAnywhere makes every step to the outside fail in turn, before
// or after it had its effect.
func TestAFailureAnywhere(t *testing.T) {
	t.Parallel()
	for name := range acts {
		t.Run(name, func(t *testing.T) {
			everywhere(t, name, true, 0, func(string) int { return 1 })
		})
	}
}

// everywhere does an act again and again, each time with the next step to the
// outside as its last or failing; most is how many answers may be shown then.
func everywhere(t *testing.T, name string, fails bool, wait time.Duration, most func(last string) int) {
	c := acts[name]
	for n, hit := 1, true; hit; n++ {
		if n > 200 {
			t.Fatal("it never ends")
		}
		w := newWorld(t)
		w.own(alice, account)
		w.alert("r1", account)
		c.do(w)
		before := len(w.shown(alice))
		if c.late {
			w.Add(55 * time.Second)
		}
		w.crash.count, w.crash.at, w.crash.fails, w.crash.last = 0, n, fails, ""
		w.once(fails)
		last := w.crash.last
		hit = last != ""
		w.crash.revive()
		w.Add(wait)
		for range 6 {
			w.Add(6 * time.Second)
			w.settle()
		}
		answers := w.shown(alice)[before:]
		if c.with != "" {
			all := len(answers)
			answers = slices.DeleteFunc(answers, func(m string) bool { return strings.Contains(m, c.with) })
			if all != 2*len(answers) {
				t.Errorf("%s (step %d): of %d messages %d are answers", last, n, all, len(answers))
			}
		}
		if len(answers) == 0 || len(answers) > most(last) {
			t.Errorf("%s (step %d): %d answers", last, n, len(answers))
		}
		for _, a := range answers {
			if !strings.Contains(a, c.title) {
				t.Errorf("%s (step %d): the answer is not %q: %s", last, n, c.title, a)
			}
		}
		news := 0
		for _, m := range w.shown(bob) {
			if c.told != "" && strings.Contains(m, c.told) {
				news++
			}
		}
		if c.told != "" && news != 1 {
			t.Errorf("%s (step %d): the other hears of it %d times", last, n, news)
		}
		if v := w.line.Violations(); len(v) > 0 {
			t.Errorf("%s: %v", last, v)
		}
		if strings.HasPrefix(name, "not mine") {
			d, err := w.store.Dispute(context.Background(), w.Record("r1").Dispute)
			if err != nil || len(d.Changes) != 1 || d.Status != watch.DisputeOpened {
				t.Errorf("%s: dispute %+v, %v", last, d, err)
			}
		}
	}
}

func notMine(w *world) { _ = w.line.Tap(alice, "a=notmine&r=r1&w=w-1", "") }

func TestAnAnswerReachesThePersonWhateverLINESays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fail  func(*world)
		wait  time.Duration // before the event is worked on
		want  int           // answers on the phone
		via   string
		again time.Duration // how long things go on
	}{
		"a reply answers":                                     {want: 1, via: "reply"},
		"a token that is too old is not tried":                {wait: 51 * time.Second, want: 1, via: "push"},
		"an outage of the reply is waited for":                {fail: replies(4, sim.ServerError), want: 1, via: "reply", again: 20 * time.Second},
		"a reply whose answer is lost is not pushed as well":  {fail: replies(1, sim.AcceptThenDrop), want: 1, via: "reply", again: time.Hour},
		"a reply that LINE refuses is pushed":                 {fail: replies(1, sim.RateLimited), want: 1, via: "push"},
		"an outage that outlives the token leaves it open":    {fail: replies(100, sim.ServerError), want: 0, again: time.Hour},
		"a push is sent again with its key until it is taken": {fail: pushes(3, sim.ServerError), wait: 55 * time.Second, want: 1, via: "push", again: time.Hour},
		"a push whose answer is lost is not doubled":          {fail: pushes(2, sim.AcceptThenDrop), wait: 55 * time.Second, want: 1, via: "push", again: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.own(alice, account)
			w.alert("r1", account)
			if c.fail != nil {
				c.fail(w)
			}
			_ = w.line.Tap(alice, "a=notmine&r=r1&w=w-1", "")
			w.Add(c.wait)
			w.settle()
			for i := time.Duration(0); i < c.again; i += 5 * time.Second {
				w.Add(5 * time.Second)
				w.settle()
			}
			if n := len(w.shown(alice)); n != c.want {
				t.Errorf("%d answers, want %d", n, c.want)
			}
			for _, m := range w.line.Messages() {
				if m.Via != c.via {
					t.Errorf("answered by %s, want %s", m.Via, c.via)
				}
			}
			if w.Record("r1").Dispute == "" || w.toBank() != 1 {
				t.Error("the bank is not told")
			}
			if v := w.line.Violations(); len(v) > 0 {
				t.Error(v)
			}
		})
	}
}

func replies(n int, f sim.Fault) func(*world) {
	return func(w *world) { w.line.FailAt(sim.Reply, n, f) }
}

func pushes(n int, f sim.Fault) func(*world) {
	return func(w *world) { w.line.FailAt(sim.Push, n, f) }
}

func TestAnEventThatComesTwiceIsOneEvent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.own(alice, account)
	w.alert("r1", account)
	w.line.Duplicate(1)
	w.press(alice, "notmine", "r1")
	for range 30 {
		w.Add(time.Second)
		w.settle()
	}
	if n := len(w.shown(alice)); n != 1 {
		t.Errorf("%d answers", n)
	}
	if w.toBank() != 1 {
		t.Errorf("the bank hears %d times", w.toBank())
	}
}

func TestAnAnswerThatCannotBeSentIsNotLostInSilence(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.own(alice, account)
	w.alert("r1", account)
	w.line.FailAt(sim.Push, 3, sim.BadRequest)
	_ = w.line.Tap(alice, "a=notmine&r=r1&w=w-1", "")
	w.Add(time.Minute)
	w.settle()
	dead, err := w.queue.Dead(context.Background(), queue.Chat, 10)
	if err != nil || len(dead) != 1 || strings.Contains(dead[0].Why, alice) {
		t.Fatalf("dead letters %v, %v", dead, err)
	}
	// The operator brings it back: the answer is sent, the act is not done again.
	if _, err := w.queue.Redrive(context.Background(), queue.Chat); err != nil {
		t.Fatal(err)
	}
	w.settle()
	w.reads(alice, opened)
	if w.toBank() != 1 {
		t.Errorf("the bank hears %d times", w.toBank())
	}
}

func TestWhatIsNoEventIsDeadLettered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.queue.Send(context.Background(), queue.Chat, queue.Outgoing{Body: []byte("hello")}, queue.Outgoing{Body: []byte("{}")}); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if dead, err := w.queue.Dead(context.Background(), queue.Chat, 10); err != nil || len(dead) != 2 {
		t.Errorf("%d dead letters, %v", len(dead), err)
	}
}

func TestNewsOfANewerProgramWaitAndSayNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := []byte(`{"news":{"kind":"storm","to":{"line_user":"u"},"guardian":{"line_user":"u","watcher":"w"}}}`)
	v := w.stage.Handle(context.Background(), []queue.Message{{ID: "m", Body: body, Receives: 1, SentAt: w.Now()}})
	if v[0].Done || v[0].DeadLetter != "" || v[0].Delay <= 0 || len(w.line.Messages()) != 0 {
		t.Errorf("%+v, %d messages", v[0], len(w.line.Messages()))
	}
}
