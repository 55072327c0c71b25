package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"golang.org/x/text/unicode/norm"

	"kozamori/internal/catalog"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// A request as a bank of ordinary habits sends it: 100 debits, of which five
// are payment services'.
type benchRequest struct {
	secret string
	body   []byte
	header http.Header
	now    time.Time
	rules  watch.Rules
	signed bool // the signature is verified too
}

func newBenchRequest(b *testing.B, signed bool) *benchRequest {
	ordinary := []string{"NTTﾄﾞｺﾓ", "PAYPAYｶｰﾄﾞ", "SMBC(ﾁﾝﾘﾖｳﾄｳ", "ﾄｳｷﾖｳﾃﾞﾝﾘﾖｸ", "ATM ｼﾕﾂｷﾝ", "ﾖｺﾊﾏｼ ｽｲﾄﾞｳ", "ﾐﾂｲｽﾐﾄﾓｶ-ﾄﾞ", "ﾆﾎﾝｾｲﾒｲ"}
	r := &benchRequest{secret: "whsec_" + strings.Repeat("A", 43) + "=", now: time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC), rules: watch.DefaultRules(), signed: signed}
	var body strings.Builder
	body.WriteString(`{"events":[`)
	for i := range 100 {
		descriptor := ordinary[i%len(ordinary)]
		if i%20 == 0 {
			descriptor = "ﾄﾞｺﾓｺｳｻﾞ"
		}
		if i > 0 {
			body.WriteByte(',')
		}
		fmt.Fprintf(&body, `{"id":"evt_01JD%016d","type":"debit","transaction_id":"20261124-%06d","account_ref":"acc_%08d","account_mask":"普通 ***%04d",`+
			`"occurred_at":"2026-11-24T11:%02d:11+09:00","amount":%d,"currency":"JPY","descriptor":%q,"balance_after":%d,"status":"posted"}`,
			i, i, i*7, i%10000, i%59, 1000+i*37, descriptor, 250000-i)
	}
	body.WriteString(`]}`)
	r.body = []byte(body.String())
	wh, err := webhooks.NewWebhook(r.secret)
	if err != nil {
		b.Fatal(err)
	}
	sig, err := wh.Sign("msg_1", r.now, r.body)
	if err != nil {
		b.Fatal(err)
	}
	r.header = http.Header{"Webhook-Id": {"msg_1"}, "Webhook-Timestamp": {strconv.FormatInt(r.now.Unix(), 10)}, "Webhook-Signature": {sig}}
	return r
}

func (r *benchRequest) verify(b *testing.B) {
	wh, err := webhooks.NewWebhook(r.secret)
	if err != nil {
		b.Fatal(err)
	}
	if err := wh.VerifyIgnoringTimestamp(r.body, r.header); err != nil {
		b.Fatal(err)
	}
}

func (r *benchRequest) run(b *testing.B, one func() (alerts int)) {
	b.ReportAllocs()
	before := cpuTime()
	for b.Loop() {
		if r.signed {
			r.verify(b)
		}
		if n := one(); n != 5 {
			b.Fatalf("%d alerts, want 5", n)
		}
	}
	// CPU of the whole process, the collector's included: on a busy machine the
	// wall's clock tells little.
	b.ReportMetric(float64((cpuTime()-before).Nanoseconds())/float64(b.N)/100, "cpu-ns/event")
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // cannot fail for oneself
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkEvent is what one event costs from the signed body to the decision
// whether its watcher is told, without store and queue.
func BenchmarkEvent(b *testing.B) {
	b.Run("ours", func(b *testing.B) { benchOurs(b, newBenchRequest(b, true)) })
	b.Run("plain", func(b *testing.B) { benchPlain(b, newBenchRequest(b, true)) })
}

// BenchmarkDecodeAndClassify is BenchmarkEvent without the signature: at most
// 2,000 ns of the processor an event.
func BenchmarkDecodeAndClassify(b *testing.B) {
	b.Run("ours", func(b *testing.B) { benchOurs(b, newBenchRequest(b, false)) })
	b.Run("plain", func(b *testing.B) { benchPlain(b, newBenchRequest(b, false)) })
}

func benchOurs(b *testing.B, r *benchRequest) {
	r.run(b, func() (alerts int) {
		read, err := wire.ReadBody(r.body, "0125", r.now)
		if err != nil {
			b.Fatal(err)
		}
		for i := range read.Events {
			e := &read.Events[i].Event
			if read.Events[i].Refused() {
				b.Fatal(read.Events[i].Problems)
			}
			m := catalog.Classify(e.Bank, e.Descriptor.Raw())
			f := watch.Facts{Amount: e.Amount, Service: m.Service, OccurredAt: e.OccurredAt}
			if r.rules.Evaluate(&f, r.now) != 0 {
				alerts++
			}
		}
		return alerts
	})
}

// benchPlain is the plain way: encoding/json into a struct, NFKC, a loop over
// names.
func benchPlain(b *testing.B, r *benchRequest) {
	type name struct{ text, service string }
	var names []name
	for _, s := range catalog.Services() {
		for _, text := range []string{s.NameJa, s.NameEn} {
			if text != "" {
				names = append(names, name{strings.ToUpper(norm.NFKC.String(text)), s.ID})
			}
		}
	}
	names = append(names, name{"ドコモコウザ", "docomo"})
	traps := []string{"PAYPAYカード", "PAYPAYカ-ド", "PAYPAY銀行", "PAYPAY証券", "LINE証券", "メルカリ"}
	r.run(b, func() (alerts int) {
		var batch struct {
			Events []struct {
				ID            string    `json:"id"`
				Type          string    `json:"type"`
				TransactionID string    `json:"transaction_id"`
				AccountRef    string    `json:"account_ref"`
				AccountMask   string    `json:"account_mask"`
				OccurredAt    time.Time `json:"occurred_at"`
				Amount        int64     `json:"amount"`
				Currency      string    `json:"currency"`
				Descriptor    string    `json:"descriptor"`
				BalanceAfter  *int64    `json:"balance_after"`
				Status        string    `json:"status"`
			} `json:"events"`
		}
		dec := json.NewDecoder(bytes.NewReader(r.body))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&batch); err != nil {
			b.Fatal(err)
		}
		for i := range batch.Events {
			e := &batch.Events[i]
			folded := strings.ToUpper(norm.NFKC.String(e.Descriptor))
			f := watch.Facts{Amount: e.Amount, OccurredAt: e.OccurredAt}
			for _, n := range names {
				if strings.Contains(folded, n.text) {
					f.Service = n.service
					break
				}
			}
			for _, t := range traps {
				if strings.Contains(folded, t) {
					f.Service = ""
				}
			}
			if r.rules.Evaluate(&f, r.now) != 0 {
				alerts++
			}
		}
		return alerts
	})
}
