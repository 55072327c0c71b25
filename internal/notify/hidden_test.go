package notify_test

import (
	"strings"
	"testing"

	"kozamori/internal/queue"
	"kozamori/internal/watch"
)

func TestNoAmountReachesWhoeverMaySeeNone(t *testing.T) {
	const note = "98,765円を止めました"
	for name, ch := range map[string]watch.ChannelKind{"LINE": watch.LINE, "mail": watch.Email} {
		for what, kind := range map[string]watch.DeliveryKind{"the bank's note": watch.TellDispute, "an alert": watch.TellAlert, "its end": watch.TellUndone} {
			for hidden, hide := range map[string]bool{"hidden while it waited": true, "shown": false} {
				t.Run(what+" by "+name+", amounts "+hidden, func(t *testing.T) {
					w := newWorld(t)
					w.disputed(watch.DisputeOpened)
					w.settle()
					d := w.dispute()
					d.Status, d.Text = watch.DisputeFrozen, note
					d.Changes = append(d.Changes, watch.DisputeChange{Seq: 2, Status: d.Status, Text: note, At: w.Now()})
					if err := w.store.Write(t.Context(), w.store.PutDispute(d)); err != nil {
						t.Fatal(err)
					}
					if kind == watch.TellDispute {
						w.seq = 2
					}
					w.alert(kind, ch, w.Now(), func(r *watch.Record) { r.Dispute = "d1" })
					w.account(func(a *watch.Account) { a.Watchers[0].Role, a.Watchers[0].HideAmount = watch.Guardian, hide })
					w.settle()
					said := ""
					if ch == watch.LINE {
						for _, m := range w.line.Messages() {
							said += string(m.Messages[0])
						}
					} else {
						for _, m := range w.mail.Messages() {
							said += m.Subject + m.Text + m.HTML
						}
					}
					shows := strings.Contains(said, "98,765") || strings.Contains(said, "100,000")
					if said == "" || w.dead(queue.LINE)+w.dead(queue.Email) > 0 || shows == hide {
						t.Errorf("reads %s", said)
					}
				})
			}
		}
	}
}
