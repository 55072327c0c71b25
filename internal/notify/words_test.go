package notify_test

import (
	"bytes"
	"compress/flate"
	"strings"
	"testing"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/codec"
	"kozamori/internal/message"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// What LINE may have is sent again as it was, whatever is called otherwise by then: the
// bank, its number, what the dispute has come to, where the links of this release lead.
// The simulator of LINE notes a second body under a key, which newWorld looks at.
func TestOneKeyHasOneBody(t *testing.T) {
	for name, kind := range map[string]watch.DeliveryKind{"an alert": watch.TellAlert, "the bank's status": watch.TellDispute, "an answer": watch.TellAnswer} {
		for how, fault := range map[string]sim.Fault{"LINE has it": sim.AcceptThenDrop, "LINE may have it": sim.ServerError} {
			t.Run(name+", "+how, func(t *testing.T) {
				w := newWorld(t)
				w.disputed(watch.DisputeOpened)
				w.settle()
				d := w.dispute()
				d.Status, d.Changes[0].Watcher = watch.DisputeFrozen, "g1"
				d.Changes = append(d.Changes, watch.DisputeChange{Seq: 2, Status: d.Status, Text: "担当がお調べしています", At: w.Now()})
				w.put(w.store.PutDispute(d))
				w.seq = map[watch.DeliveryKind]int{watch.TellDispute: 2, watch.TellAnswer: 1}[kind]
				w.line.Fail(1, fault)
				w.alert(kind, watch.LINE, w.Now(), func(r *watch.Record) {
					r.Dispute = "d1"
				})
				w.settle()

				bank, err := w.store.Bank(t.Context(), "0125")
				if err != nil {
					t.Fatal(err)
				}
				bank.Name, bank.Phone = "七十七中央銀行", "022-211-9999"
				d = w.dispute()
				d.Changes[1].Text, d.Amount = "お返しする手続きに入りました", 123
				w.put(store.PutBank(bank), w.store.PutDispute(d))
				w.stage.Composer.BaseURL = "https://next.kozamori.example"
				w.account(func(a *watch.Account) { a.Watchers[1].Name = "たろう" })
				w.pass(2*time.Minute, time.Second)

				said := w.line.Messages()
				if len(said) != 1 {
					t.Fatalf("%d messages", len(said))
				}
				if s := string(said[0].Messages[0]); strings.Contains(s, "中央") || strings.Contains(s, "next") || strings.Contains(s, "手続き") || strings.Contains(s, "たろう") {
					t.Errorf("it is worded anew: %s", s)
				}
				if got := w.record().Deliveries[0].State; got != watch.Accepted {
					t.Errorf("it is %s", got)
				}
			})
		}
	}
}

// next is a release that draws otherwise than this one, in each form.
type next struct{ channel.Sender }

func (n next) Draw(m message.Message) ([]byte, error) {
	drawn, err := n.Sender.Draw(m)
	return bytes.ReplaceAll(drawn, []byte("銀行"), []byte("ぎんこう")), err
}

// Two releases side by side draw one message in two ways. What a channel may have taken
// is sent again as it was drawn, whichever release sends it. Where that died with its
// process, a release that draws the same asks for the same; one that does not asks under
// a key of its own, and it is counted that the message may be read twice.
func TestAnotherReleaseSendsAgainWhatThisOneDrew(t *testing.T) {
	for name, c := range map[string]struct {
		on      watch.ChannelKind
		fault   sim.Fault // none if the process dies instead
		other   bool      // the next attempt is another release's
		hidden  bool      // its reader may see no amounts by then
		read    int
		counted int
	}{
		"LINE has it and does not say so":                          {on: watch.LINE, fault: sim.AcceptThenDrop, other: true, read: 1},
		"LINE may have it":                                         {on: watch.LINE, fault: sim.ServerError, other: true, read: 1},
		"LINE refuses the drawing, and may have the text":          {on: watch.LINE, fault: sim.BadRequest, other: true, read: 1},
		"LINE refused it for certain":                              {on: watch.LINE, fault: sim.RateLimited, other: true, read: 1},
		"LINE has it, and the process died":                        {on: watch.LINE, read: 1},
		"LINE has it, the process died, and the next draws anew":   {on: watch.LINE, other: true, read: 2, counted: 1},
		"LINE has it, the process died, and amounts are hidden":    {on: watch.LINE, hidden: true, read: 2, counted: 1},
		"LINE has it and does not say so, and amounts are hidden":  {on: watch.LINE, fault: sim.AcceptThenDrop, hidden: true, read: 2, counted: 1},
		"LINE refused it for certain, and amounts are hidden":      {on: watch.LINE, fault: sim.RateLimited, hidden: true, read: 1},
		"SES has it, and the process died":                         {on: watch.Email, read: 2, counted: 1},
		"SES has it, the process died, and the next draws another": {on: watch.Email, other: true, read: 2, counted: 1},
	} {
		for what, kind := range map[string]watch.DeliveryKind{"an alert": watch.TellAlert, "an answer": watch.TellAnswer} {
			t.Run(name+", "+what, func(t *testing.T) {
				w := newWorld(t)
				if kind == watch.TellAnswer {
					w.disputed(watch.DisputeOpened)
					w.settle()
					w.seq = 1
				}
				here := w.release(c.on)
				switch {
				case c.fault == "":
					w.replace(c.on, func(s channel.Sender) channel.Sender { return &crash{Sender: s, times: 1} })
				case c.fault == sim.BadRequest:
					w.line.Fail(1, sim.BadRequest)
					w.line.Fail(1, sim.ServerError)
				default:
					w.line.Fail(1, c.fault)
				}
				w.alert(kind, c.on, w.Now(), func(r *watch.Record) { r.Dispute = "d1" })
				w.settle()
				w.replace(c.on, func(channel.Sender) channel.Sender {
					if c.other {
						return next{here}
					}
					return here
				})
				w.account(func(a *watch.Account) { a.Watchers[0].HideAmount = c.hidden })
				w.pass(5*time.Minute, time.Second)
				if got := w.record().Deliveries[0].State; got != watch.Accepted {
					t.Errorf("it is %s", got)
				}
				if n := len(w.line.Messages()) + len(w.mail.Messages()); n != c.read {
					t.Errorf("it is read %d times, want %d", n, c.read)
				}
				if n := strings.Count(w.log.String(), "a message whose outcome is unknown is sent again"); n != c.counted {
					t.Errorf("it is counted %d times that it may be read twice, want %d", n, c.counted)
				}
			})
		}
	}
}

// release is what sends over a channel as this release does.
func (w *world) release(kind watch.ChannelKind) channel.Sender {
	w.t.Helper()
	ch, err := w.stage.Channels.Get(kind)
	if err != nil {
		w.t.Fatal(err)
	}
	return ch.Sender
}

// The version before kept words, packed, and drew them at each attempt.
func TestWordsOfTheVersionBeforeAreSentAsTheyWere(t *testing.T) {
	w := newWorld(t)
	w.alert(watch.TellAlert, watch.LINE, w.Now(), nil)
	w.change(func(r *watch.Record) { r.Deliveries[0].Tried = true })
	words, err := codec.Marshal(message.Message{Lang: "ja", Alt: "口座からの引き落とし", Tone: message.Notice, Title: "七十七の銀行から"})
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	z, err := flate.NewWriter(&packed, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(words); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	kept, err := codec.Marshal(packed.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	r := w.record()
	if _, err := w.store.KeepWords(t.Context(), r.Deliveries[0].RetryKey(r.ID), w.Now(), kept); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if said := w.line.Messages(); len(said) != 1 || !strings.Contains(string(said[0].Messages[0]), "七十七の銀行から") {
		t.Errorf("%v", said)
	}
}

// What another version keeps in a form that this one cannot read holds nothing up.
func TestWordsThatCannotBeReadAreWordedAgain(t *testing.T) {
	for _, kept := range []string{`{"v2":"x"}`, `["x"]`} {
		w := newWorld(t)
		w.alert(watch.TellAlert, watch.LINE, w.Now(), nil)
		w.change(func(r *watch.Record) { r.Deliveries[0].Tried = true })
		r := w.record()
		if _, err := w.store.KeepWords(t.Context(), r.Deliveries[0].RetryKey(r.ID), w.Now(), []byte(kept)); err != nil {
			t.Fatal(err)
		}
		w.settle()
		if said := w.line.Messages(); len(said) != 1 || !strings.Contains(string(said[0].Messages[0]), "100,000円") {
			t.Errorf("%s: %v", kept, said)
		}
	}
}

func (w *world) put(writes ...store.Write) {
	w.t.Helper()
	if err := w.store.Write(w.t.Context(), writes...); err != nil {
		w.t.Fatal(err)
	}
}
