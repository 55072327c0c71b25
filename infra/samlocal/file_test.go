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
	"time"

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
