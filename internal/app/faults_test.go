package app_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"kozamori/internal/sim"
)

func never() int { return 0 }

func TestTheSameBatchTenTimesInDifferentCutsAndOrdersIsToldOnce(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			o := newOutside(t, never)
			rng := rand.New(rand.NewPCG(seed, 11))
			var all struct{ Events []json.RawMessage }
			if err := json.Unmarshal([]byte(batch(o.start)), &all); err != nil {
				t.Fatal(err)
			}
			events := append(all.Events, json.RawMessage(posted(o.start)))
			for round := range 10 {
				rng.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
				for rest, part := events, 0; len(rest) > 0; part++ {
					n := 1 + rng.IntN(len(rest))
					body, err := json.Marshal(map[string]any{"events": rest[:n]})
					if err != nil {
						t.Fatal(err)
					}
					o.send(fmt.Sprintf("msg_%d_%d", round, part), string(body))
					rest = rest[n:]
					if rng.IntN(2) == 0 {
						o.settle(time.Second)
					}
				}
			}
			o.settle(time.Second)
			o.answers()
			o.check()
		})
	}
}

func TestWhateverFailsOutsideEachEventEndsWhereItShould(t *testing.T) {
	t.Parallel()
	type fault struct {
		name string
		set  func(o *outside, n int)
	}
	var faults []fault
	for _, f := range []sim.Fault{sim.ServerError, sim.RateLimited, sim.Timeout, sim.AcceptThenDrop, sim.TokenRefused} {
		faults = append(faults, fault{"LINE " + string(f), func(o *outside, n int) {
			o.line.Fail(n, f)
			o.hangs("LINE", n, f == sim.Timeout)
		}})
	}
	for _, f := range []sim.MailFault{sim.MailServerError, sim.MailThrottled, sim.MailDailyQuota, sim.MailPaused, sim.MailForbidden, sim.MailHang, sim.MailDropped} {
		faults = append(faults, fault{"SES " + string(f), func(o *outside, n int) {
			o.mail.Fail(n, f)
			o.hangs("SES", n, f == sim.MailHang)
			if f == sim.MailDropped {
				o.dropped = n
			}
		}})
	}
	for _, f := range []sim.BankFault{sim.BankDown, sim.BankRefuses, sim.BankHangs, sim.BankDropped} {
		faults = append(faults, fault{"bank " + string(f), func(o *outside, n int) {
			o.bank.Fail(n, f)
			o.hangs("bank", n, f == sim.BankHangs)
		}})
	}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			o := newOutside(t, never)
			f.set(o, 2)
			o.send("msg_1", batch(o.start))
			o.settle(time.Second)
			o.send("msg_2", posted(o.start))
			for range 5 { // longer than the first steps of any backoff
				o.settle(10 * time.Second)
			}
			o.answers()
			for range 3 {
				o.settle(time.Hour)
			}
			o.check()
		})
	}
}

func TestAMailThatSESRefusesForGoodIsToldToTheBank(t *testing.T) {
	for _, f := range []sim.MailFault{sim.MailBadAddress, sim.MailRejected} {
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			o := newOutside(t, never)
			o.mail.Fail(1, f)
			o.send("msg_1", batch(o.start))
			o.settle(time.Second)
			o.settle(time.Minute)
			o.settle(time.Hour)
			var told []string
			for _, c := range o.bank.Callbacks() {
				told = append(told, c.Type)
			}
			if got := strings.Join(told, " "); got != "watcher.unreachable" || len(o.mail.Messages()) != 0 {
				t.Errorf("the bank heard %q, %d mails", got, len(o.mail.Messages()))
			}
		})
	}
}
