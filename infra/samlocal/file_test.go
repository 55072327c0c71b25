package samlocal_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"kozamori/internal/intake"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// file has the bank send a packed file, twice: its row is on record, and the bank is
// told what came of it.
func file(ctx context.Context, w *town) error {
	var body bytes.Buffer
	z := gzip.NewWriter(&body)
	_, _ = fmt.Fprintf(z, `{"id":"e_file","type":"debit","transaction_id":"f1","account_ref":"acc_bank","occurred_on":%q,"amount":700,"currency":"JPY","descriptor":"ﾄﾞｺﾓｺｳｻﾞ"}`, time.Now().In(watch.JST).Format(time.DateOnly))
	if err := z.Close(); err != nil {
		return err
	}
	path := fmt.Sprintf("/files?rows=1&sha256=%x", sha256.Sum256(body.Bytes()))
	first, err := w.ask(ctx, http.MethodPost, path, body.String(), http.StatusAccepted)
	if err != nil {
		return err
	}
	if _, err := w.ask(ctx, http.MethodPost, path, body.String(), http.StatusOK); err != nil {
		return err
	}
	kept, err := w.ask(ctx, http.MethodGet, "/files/"+text(first["file_id"]), "", http.StatusOK)
	if err != nil || kept["state"] != string(store.FileTaken) || kept["accepted"] != 1.0 {
		return errors.Join(err, fmt.Errorf("of the file it is said %v", kept))
	}
	if err := w.until("the file's row is on record", func() bool {
		list, err := store.First(w.store.History(ctx, watch.AccountKey{Bank: "0125", Ref: "acc_bank"}, time.Time{}, time.Time{}), 20)
		return err == nil && slices.ContainsFunc(list, func(r *watch.Record) bool { return r.Txn == "f1" && !r.Past })
	}); err != nil {
		return err
	}
	return w.until("the bank is told of its file", func() bool {
		return slices.ContainsFunc(w.bank.Callbacks(), func(c sim.Callback) bool { return c.Type == "intake.finished" })
	})
}

// bucketed has the bank leave files in the bucket: one that is taken in parts, one whose
// file has not come yet, and one that lies under no bank.
func bucketed(ctx context.Context, w *town) error {
	var b strings.Builder
	const rows = 320
	for i := range rows {
		_, _ = fmt.Fprintf(&b, `{"id":"e_left%d","type":"debit","transaction_id":"l%d","account_ref":"acc_left%d","occurred_on":%q,"amount":700,"currency":"JPY","descriptor":"ﾄﾞｺﾓｺｳｻﾞ","more":%q}`+"\n",
			i, i, i, time.Now().In(watch.JST).Format(time.DateOnly), strings.Repeat("x", 60_000))
	}
	b.WriteString("a row that is none\n")
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(b.String())))
	manifest := fmt.Sprintf(`{"rows":%d,"sha256":%q}`, rows+1, sum)
	for _, put := range [][2]string{{"0125/夜 1.jsonl", b.String()}, {"0125/夜 1.jsonl.manifest.json", manifest}, {"0125/later.jsonl.manifest.json", manifest}, {"9999/a.manifest.json", manifest}} {
		if err := w.Put(ctx, "FilesBucket", put[0], put[1]); err != nil {
			return err
		}
	}
	id := intake.FileID("0125", sum)
	if err := w.until("the file in the bucket is taken", func() bool {
		f, err := w.store.File(ctx, "0125", id)
		return err == nil && f.State == store.FileTaken && f.Accepted == rows && f.Refused == 1 && len(f.Parts) == 2
	}); err != nil {
		return err
	}
	if err := w.until("the bank is told of it", func() bool {
		return slices.ContainsFunc(w.bank.Callbacks(), func(c sim.Callback) bool { return c.Type == "intake.finished" && strings.Contains(string(c.Body), id) })
	}); err != nil {
		return err
	}
	return w.until("what lies under no bank is a dead letter", func() bool { return w.dead(ctx, "FilesDead") != "" })
}
