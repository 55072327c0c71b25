package main

import (
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"kozamori/internal/bankapi"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
)

func TestHistoryGivesEachAccountItsPast(t *testing.T) {
	q := &taking{}
	st := store.New(worldtest.Table(t, time.Now))
	secret, key := bankapi.NewAPIKey("0125", "test", nil, time.Now(), time.Time{})
	if err := st.AddAPIKey(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(bankapi.New(bankapi.Config{Store: st, Queue: q, Now: time.Now, Logger: slog.New(slog.DiscardHandler)}))
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "0125-past.json")
	write := func(body string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`{"events":[
		{"id":"a1","type":"debit","transaction_id":"t1","account_ref":"acc_1","occurred_on":"2025-11-05","amount":5000,"currency":"JPY","descriptor":"PAYPAY"},
		{"id":"b1","type":"charge_link.registered","transaction_id":"l1","account_ref":"acc_2","occurred_on":"2019-05-01","service":"paypay"},
		{"id":"a2","type":"debit","transaction_id":"t2","account_ref":"acc_1","occurred_on":"2025-12-05","amount":5000,"currency":"JPY","descriptor":"A & B <PAYPAY>"}]}`)
	env := []string{"KOZAMORI_BANK_API_KEY", secret}
	code, out, errs := ctl(t, env, "history", "-url", server.URL, "-from", "2025-11-01T00:00:00+09:00", file)
	want := "FILE            BANK  ACCOUNT  ACCEPTED  REJECTED\n0125-past.json  0125  acc_1    2         0\n0125-past.json  0125  acc_2    1         0\n"
	if code != 0 || out != want || errs != "" {
		t.Errorf("%d %q %q", code, out, errs)
	}
	if len(q.events) != 3 || q.events[1].Descriptor != "A & B <PAYPAY>" || !q.events[2].History || q.events[2].AccountRef != "acc_2" {
		t.Errorf("%+v", q.events)
	}
	write(`{"events":[{"id":"a1","type":"debit","transaction_id":"t1","account_ref":"acc_1","occurred_on":"2025-11-05","amount":0,"currency":"JPY","descriptor":"PAYPAY"}]}`)
	if code, _, errs := ctl(t, env, "history", "-url", server.URL, file); code == 0 || errs == "" {
		t.Errorf("a refused event: %d %q", code, errs)
	}
	for _, args := range [][]string{{"history"}, {"history", "-url", server.URL, file + "x"}, {"history", "-url", server.URL, "-bank", "x", file}} {
		if code, _, _ := ctl(t, env, args...); code == 0 {
			t.Errorf("%q is taken", args)
		}
	}
	if code, _, errs := ctl(t, []string{"KOZAMORI_BANK_API_KEY", secret + "x"}, "history", "-url", server.URL, file); code == 0 || errs == "" {
		t.Error("another key is taken")
	}
}
