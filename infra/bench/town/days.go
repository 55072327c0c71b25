package town

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"kozamori/internal/dispute"
	"kozamori/internal/queue"
	"kozamori/internal/watch"
)

var (
	ordinary = []string{"ﾄｳｷﾖｳﾃﾞﾝﾘﾖｸ", "ATM ｼﾕﾂｷﾝ", "ﾖｺﾊﾏｼ ｽｲﾄﾞｳ", "ﾐﾂｲｽﾐﾄﾓｶ-ﾄﾞ", "ﾆﾎﾝｾｲﾒｲ", "NTTﾄﾞｺﾓ"}
	wallets  = []string{"ﾄﾞｺﾓｺｳｻﾞ", "PAYPAY", "ﾒﾙﾍﾟｲ"}
)

func ref(i int) string               { return fmt.Sprintf("acc_%08d", i) }
func user(bank string, i int) string { return fmt.Sprintf("U%s%028x", bank, i) }
func (w *world) next() int           { w.serial++; return w.serial }
func (w *world) some(mean float64) int {
	if mean > 50 {
		return max(0, int(mean+w.rng.NormFloat64()*math.Sqrt(mean)+0.5))
	}
	n, p := 0, math.Exp(-mean)
	for u := w.rng.Float64(); u > p; u *= w.rng.Float64() {
		n++
	}
	return n
}

func sign(r *http.Request, body []byte, at time.Time, id int) error {
	wh, err := webhooks.NewWebhook(secret)
	if err != nil {
		return err
	}
	msg := fmt.Sprint("msg_", id)
	sig, err := wh.Sign(msg, at, body)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Webhook-Id", msg)
	r.Header.Set("Webhook-Timestamp", fmt.Sprint(at.Unix()))
	r.Header.Set("Webhook-Signature", sig)
	return nil
}

// due is one event that a bank will send.
type due struct {
	at     int // minute of the day
	branch *branch
	kind   byte // 'o'rdinary, 'w'allet, 'l'ink, 's'torm
	who    int
}

// plan is a day's events, in order.
func (w *world) plan(day time.Time, nth int) []due {
	var out []due
	for _, b := range w.banks {
		much := weight(day)
		night := func() int { return b.night*60 + w.rng.IntN(180) }
		waking := func() int { return 7*60 + w.rng.IntN(16*60) }
		for range w.some(float64(b.accounts) * debitsYear / 365 * much / 1.35) {
			at := waking()
			if w.rng.Float64() < atNight {
				at = night()
			}
			out = append(out, due{at - at%10, b, 'o', w.rng.IntN(b.accounts)}) // together, as a bank would
		}
		for range w.some(float64(b.watched) * chargesMonth * 12 / 365) {
			at := waking()
			if w.rng.Float64() < chargesNight {
				at = night()
			}
			out = append(out, due{at, b, 'w', w.rng.IntN(b.watched)})
		}
	}
	switch nth {
	case w.o.Days * 2 / 3: // the attack: an evening's hour, one bank
		b := w.banks[2]
		for i := range max(1, int(float64(b.watched)*attackShare)) {
			at := 19*60 + w.rng.IntN(60)
			out = append(out, due{at, b, 'l', i}, due{at + 1, b, 'w', i})
		}
	case w.o.Days / 3: // the storm: all morning, one bank sends the last hour's again and again
		for m := range stormRepeats {
			out = append(out, due{10*60 + m*3, w.banks[1], 's', 0})
		}
	}
	slices.SortStableFunc(out, func(a, b due) int { return a.at - b.at })
	return out
}

// day lets a day pass.
func (w *world) day(ctx context.Context, midnight time.Time, nth int) error {
	plan := w.plan(midnight, nth)
	for len(plan) > 0 {
		minute := plan[0].at
		n := 0
		for n < len(plan) && plan[n].at == minute {
			n++
		}
		at := midnight.Add(time.Duration(minute) * time.Minute)
		if err := w.until(ctx, at); err != nil {
			return err
		}
		if err := w.minute(ctx, plan[:n]); err != nil {
			return err
		}
		plan = plan[n:]
	}
	return w.until(ctx, midnight.Add(24*time.Hour))
}

// minute has banks send what is due in this one, each in posts of a hundred.
func (w *world) minute(ctx context.Context, all []due) error {
	of := map[*branch][]due{}
	for _, d := range all {
		of[d.branch] = append(of[d.branch], d)
	}
	for _, b := range w.banks {
		for some := range slices.Chunk(of[b], 100) {
			if some[0].kind == 's' {
				if err := w.storm(ctx, b); err != nil {
					return err
				}
				continue
			}
			body := w.body(some)
			if b.hour = append(b.hour, body); len(b.hour) > 60 {
				b.hour = b.hour[1:]
			}
			w.count(b, len(some))
			if err := w.sends(ctx, b, body); err != nil {
				return err
			}
		}
	}
	return w.drain(ctx)
}

func (w *world) count(b *branch, n int) {
	w.events += n
	w.detect.add(b.code, float64(n*w.o.Scale))
}

// storm sends again what the bank sent lately.
func (w *world) storm(ctx context.Context, b *branch) error {
	w.storming = b.code
	for _, body := range b.hour {
		w.count(b, bytes.Count(body, []byte(`"account_ref"`)))
		if err := w.sends(ctx, b, body); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) body(some []due) []byte {
	var b bytes.Buffer
	b.WriteString(`{"events":[`)
	for i, d := range some {
		if i > 0 {
			b.WriteByte(',')
		}
		n, at := w.next(), w.clock.Now().Format(time.RFC3339)
		if d.kind == 'l' {
			fmt.Fprintf(&b, `{"id":"evt_%d","type":"charge_link.registered","transaction_id":"L%d","account_ref":%q,"occurred_at":%q,"service":"docomo"}`, n, n, ref(d.who), at)
			continue
		}
		text := ordinary[w.rng.IntN(len(ordinary))]
		if d.kind == 'w' {
			text = wallets[w.rng.IntN(len(wallets))]
		}
		fmt.Fprintf(&b, `{"id":"evt_%d","type":"debit","transaction_id":"T%d","account_ref":%q,"occurred_at":%q,"amount":%d,"currency":"JPY","descriptor":%q,"status":"posted"}`,
			n, n, ref(d.who), at, 500+w.rng.IntN(30)*500, text)
	}
	b.WriteString(`]}`)
	return b.Bytes()
}

// until lets time pass minute by minute, with a sweep in each, where there is
// anything to do; the others cost a sweep that finds nothing.
func (w *world) until(ctx context.Context, end time.Time) error {
	for w.clock.Now().Before(end) {
		if err := ctx.Err(); err != nil {
			return err
		}
		w.meter.tick()
		if w.clock.Now().Minute() == 0 {
			w.detect.hour(w.storming)
			w.notify.hour(w.storming)
			w.storming = ""
		}
		now := w.clock.Now().Truncate(time.Minute)
		w.clock.Set(now.Add(time.Minute))
		if w.meter.due(minuteOf(now.Add(3 * time.Minute).UTC().Format("20060102T150405.000Z"))) {
			w.meter.sweeping = true
			_, err := w.sys.Sweep().Sweep(ctx)
			if w.meter.sweeping = false; err != nil {
				return err
			}
		} else {
			w.idle++
		}
		if err := w.replies(ctx); err != nil {
			return err
		}
		if err := w.drain(ctx); err != nil {
			return err
		}
	}
	return nil
}

// replies answers what is to be answered by now.
func (w *world) replies(ctx context.Context) error {
	var later []reply
	for _, a := range w.answers {
		if a.at.After(w.clock.Now()) {
			later = append(later, a)
			continue
		}
		value := watch.NotMine
		if a.mine {
			value = watch.Mine
		}
		if _, err := w.sys.Disputes().Answer(ctx, a.record, dispute.Answerer{Watcher: "w1"}, value, watch.ViaLINE); err != nil {
			return fmt.Errorf("an answer: %w", err)
		}
		w.answered++
	}
	w.answers = later
	return nil
}

// drain lets the stages work until nothing is left but what waits for its time,
// to the end of the minute.
func (w *world) drain(ctx context.Context) error {
	for {
		for busy := true; busy; {
			busy = false
			for _, n := range queue.Names {
				ms, err := w.queue.Receive(ctx, n, 10, 0)
				if err != nil {
					return err
				}
				if len(ms) > 0 {
					busy = true
					queue.Settle(ctx, w.queue, n, ms, w.work[n], w.sys.Logger)
				}
			}
		}
		next := w.queue.next()
		if next.IsZero() || !next.Before(w.clock.Now().Truncate(time.Minute).Add(time.Minute)) {
			return nil
		}
		w.clock.Set(next)
	}
}
