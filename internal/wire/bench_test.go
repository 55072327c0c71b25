package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/wire"
)

// benchBatch is a request as a bank of ordinary habits sends it: 100 debits,
// a few of them by payment services.
func benchBatch(n int) []byte {
	descriptors := []string{"NTTﾄﾞｺﾓ", "PAYPAYｶｰﾄﾞ", "SMBC(ﾁﾝﾘﾖｳﾄｳ", "ﾄｳｷﾖｳﾃﾞﾝﾘﾖｸ", "ATM ｼﾕﾂｷﾝ", "ﾄﾞｺﾓｺｳｻﾞ"}
	var b strings.Builder
	b.WriteString(`{"events":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"evt_01JD%016d","type":"debit","transaction_id":"20261124-%06d","account_ref":"acc_%08d","account_mask":"普通 ***%04d",`+
			`"occurred_at":"2026-11-24T11:%02d:11+09:00","amount":%d,"currency":"JPY","descriptor":%q,"balance_after":%d,"status":"posted"}`,
			i, i, i*7, i%10000, i%59, 1000+i*37, descriptors[i%len(descriptors)], 250000-i)
	}
	b.WriteString(`]}`)
	return []byte(b.String())
}

var benchNow = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

func perEvent(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/event")
}

func BenchmarkDecodeOurs(b *testing.B) {
	body := benchBatch(100)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		read, err := wire.ReadBody(body, "0125", benchNow)
		if err != nil || len(read.Events) != 100 || read.Events[99].Refused() {
			b.Fatal(err)
		}
	}
	perEvent(b, 100)
}

// plainEvent is how one would write it first.
type plainEvent struct {
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
	Service       string    `json:"service"`
	Route         string    `json:"route"`
}

func plainDecode(body []byte) ([]plainEvent, error) {
	var batch struct {
		Events []json.RawMessage `json:"events"`
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&batch); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("trailing")
	}
	out := make([]plainEvent, len(batch.Events))
	for i, raw := range batch.Events {
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func BenchmarkDecodePlain(b *testing.B) {
	body := benchBatch(100)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if out, err := plainDecode(body); err != nil || len(out) != 100 {
			b.Fatal(err)
		}
	}
	perEvent(b, 100)
}

func BenchmarkDecodeQueueBody(b *testing.B) {
	read, err := wire.ReadBody(benchBatch(100), "0125", benchNow)
	if err != nil {
		b.Fatal(err)
	}
	var raws []jsontext.Value
	for _, e := range read.Events {
		raws = append(raws, e.Raw)
	}
	bodies := wire.EncodeBatch("0125", benchNow, raws, 1<<20)
	b.ReportAllocs()
	for b.Loop() {
		if got, err := wire.DecodeBatch(bodies[0]); err != nil || len(got.Events) != 100 {
			b.Fatal(err)
		}
	}
	perEvent(b, 100)
}
